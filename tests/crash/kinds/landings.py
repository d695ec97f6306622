"""ECS images that come to life: on new instances, or on an existing one."""

from __future__ import annotations

from tests.crash.kinds.kind import Kind
from tests.support import new_instance

BASE = "m-emulator-base-hz"
"""An own image that has been there."""

# A new instance takes an address and is counted in its security group, and its image is in use then.
_HERE = frozenset({"vsw-emulator-hz-i", "sg-emulator-hz-web", BASE, "SNAPSHOT"})

KINDS = (
    Kind(
        "launch",
        "launch_instances",
        lambda: {"ecs_image": BASE, "target": new_instance(), "count": 3, "min_count": 2},
        touches=_HERE,
    ),
)
