"""ECS images that come to life: on new instances, or on an existing one."""

from __future__ import annotations

from swaslift import Client, Consent
from swaslift.emulator import Emulator
from tests.crash.kinds.kind import Kind
from tests.crash.kinds.migrations import TARGET
from tests.support import new_instance

BASE = "m-emulator-base-hz"
"""An own image that has been there."""

_BEHIND = "s-s8iv3z8auqlijggpfjuz"
"""The snapshot behind it, on every stage."""

# A new instance takes an address and is counted in its security group, and its image is in use then.
_HERE = frozenset({"vsw-emulator-hz-i", "sg-emulator-hz-web", BASE, _BEHIND})

_REPLACED = frozenset({TARGET, "d-emulator-web-old", BASE, _BEHIND})


def runs_from_it(cloud: Emulator, lift: Client) -> None:
    """The instance runs from that image already: the system is to be reset."""
    ecs = lift.cloud.ecs
    ecs.stop_instance("cn-hangzhou", TARGET)
    cloud.clock.advance(600)
    ecs.replace_system_disk("cn-hangzhou", TARGET, BASE, key_pair="ops", token="before")
    cloud.clock.advance(600)
    ecs.start_instance("cn-hangzhou", TARGET)
    cloud.clock.advance(600)


KINDS = (
    Kind(
        "launch",
        "launch_instances",
        lambda: {"ecs_image": BASE, "target": new_instance(), "count": 3, "min_count": 2},
        touches=_HERE,
    ),
    Kind(
        "replace-system",
        "replace_system_disk",
        lambda: {"instance": TARGET, "ecs_image": BASE},
        touches=_REPLACED,
        # A disk that is gone does not come back, all else is as it was.
        touches_undone=_REPLACED,
        consent=(Consent.erase(TARGET),),
    ),
    Kind(
        "reset-system",
        "replace_system_disk",
        lambda: {"instance": TARGET, "ecs_image": BASE},
        prepare=runs_from_it,
        touches=_REPLACED | {"web-old-system"},
        touches_undone=_REPLACED | {"web-old-system"},
        consent=(Consent.erase(TARGET),),
    ),
)
