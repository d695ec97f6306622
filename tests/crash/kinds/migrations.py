"""Migrations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from swaslift import Consent, ReplaceSystemDisk
from swaslift.targets import Target
from tests.crash.kinds.kind import Kind
from tests.support import KEY_PAIR, new_instance, new_instance_of_other

TARGET = "i-emulator-web-old"
"""The running instance whose system disk is replaced."""


def _from(server: str, target: Callable[[], Target]) -> Callable[[], Mapping[str, Any]]:
    return lambda: {"server": server, "target": target()}


def _elsewhere() -> Target:
    return new_instance(
        region="ap-southeast-1", vswitch_id="vsw-emulator-sgp-a", security_group_id="sg-emulator-sgp-web"
    )


def _replacement() -> Target:
    return ReplaceSystemDisk(TARGET, key_pair=KEY_PAIR)


# A new instance takes an address and is counted in its security group.
_HERE = frozenset({"vsw-emulator-hz-i", "sg-emulator-hz-web"})
_THERE = frozenset({"vsw-emulator-sgp-a", "sg-emulator-sgp-web"})
_OF_OTHER = frozenset({"vsw-emulator-partner-hz", "sg-emulator-partner-hz"})
_REPLACED = frozenset({TARGET, "d-emulator-web-old"})

KINDS = (
    Kind("new-instance", "migrate_to_ecs", _from("shop", new_instance), touches=_HERE),
    Kind("with-data-disk", "migrate_to_ecs", _from("wiki", new_instance), touches=_HERE),
    Kind(
        "replace-disk",
        "migrate_to_ecs",
        _from("shop", _replacement),
        touches=_REPLACED,
        # A disk that is gone does not come back, all else is as it was.
        touches_undone=_REPLACED,
        consent=(Consent.erase(TARGET),),
    ),
    Kind("into", "migrate_to_ecs", _from("shop", new_instance_of_other), touches=_OF_OTHER, into=True),
    Kind("other-region", "migrate_to_ecs", _from("shop", _elsewhere), touches=_THERE),
)
