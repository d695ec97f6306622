"""The services' rules for tags."""

from __future__ import annotations

import re
from collections.abc import Mapping

from swaslift.checks import Check
from swaslift.runs.effects import ATTEMPT_TAG, RUN_TAG, STEP_TAG

MOST = 20
_OURS = (RUN_TAG, STEP_TAG, ATTEMPT_TAG)
_RULE = "Keys have 1 to 64 characters and do not begin with aliyun or acs:, values at most 64; neither holds http(s)://"


def check_tags(field: str, tags: Mapping[str, str]) -> list[Check]:
    """Whether SWAS takes tags beside those of a run."""
    checks = []
    room = MOST - len(_OURS)
    if len(tags) > room:
        checks.append(
            Check(field, len(tags), f"at most {room} tags fit", f"{MOST} in all; a run adds its own")
        )
    for key, value in tags.items():
        refused = not 1 <= len(key) <= 64 or len(value) > 64 or key.lower().startswith(("aliyun", "acs:"))
        if refused or re.search("https?://", key + value):
            checks.append(Check(field, f"{key}={value}", "the service does not take this tag", _RULE))
        elif key.startswith("swaslift-"):
            checks.append(Check(field, key, "such keys are this library's own", "Choose another key"))
    return checks
