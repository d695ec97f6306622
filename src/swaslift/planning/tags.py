"""The services' rules for tags."""

from __future__ import annotations

import re
from collections.abc import Mapping

from swaslift.checks import Check
from swaslift.runs.step import ATTEMPT_TAG, RUN_TAG, STEP_TAG

MOST = 20
OWN_PREFIX = "swaslift-"
"""What the keys of this library begin with: by them runs find what they made."""
_OURS = (RUN_TAG, STEP_TAG, ATTEMPT_TAG)


def check_tags(field: str, tags: Mapping[str, str], *, longest: int = 64) -> list[Check]:
    """Whether the service takes tags beside those of a run.

    Args:
        field: the argument that holds them.
        tags: key and value.
        longest: characters of a key or value at most; 64 in SWAS, 128 in ECS.
    """
    rule = (
        f"Keys have 1 to {longest} characters and do not begin with aliyun or acs:, values at most {longest}; "
        "neither holds http(s)://"
    )
    checks = []
    room = MOST - len(_OURS)
    if len(tags) > room:
        checks.append(
            Check(field, len(tags), f"at most {room} tags fit", f"{MOST} in all; a run adds its own")
        )
    for key, value in tags.items():
        lengths = 1 <= len(key) <= longest and len(value) <= longest
        if not lengths or key.lower().startswith(("aliyun", "acs:")) or re.search("https?://", key + value):
            checks.append(Check(field, f"{key}={value}", "the service does not take this tag", rule))
        elif key.startswith(OWN_PREFIX):
            checks.append(Check(field, key, "such keys are this library's own", "Choose another key"))
    return checks
