"""What is migrated, and where to: the kinds of runs that are killed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from swaslift import Client, Consent, ReplaceSystemDisk
from swaslift.targets import Target
from tests.support import KEY_PAIR, new_instance

TARGET = "i-emulator-web-old"
"""The running instance whose system disk is replaced."""

CONSENT = [Consent.charges(max_monthly=10_000, max_total=10_000), Consent.erase(TARGET)]


@dataclass(frozen=True)
class Kind:
    """One migration of the default inventory.

    Attributes:
        server: the source.
        target: where it goes.
        arguments: of the verb.
        touches: what was there before and may look different afterwards, by id.
    """

    name: str
    server: str
    target: Callable[[], Target]
    touches: frozenset[str]
    arguments: dict[str, Any] = field(default_factory=dict)

    @property
    def touches_undone(self) -> frozenset[str]:
        """The same after an undo: a disk that is gone does not come back, all else is as it was."""
        return self.touches & {TARGET, "d-emulator-web-old"}

    @property
    def run_id(self) -> str:
        """The id of its run."""
        return f"proof-{self.name}"

    def call(self, lift: Client) -> None:
        """The call of the verb, as a user writes it."""
        lift.migrate_to_ecs(self.server, self.target(), run_id=self.run_id, consent=CONSENT, **self.arguments)


def _elsewhere() -> Target:
    return new_instance(
        region="ap-southeast-1", vswitch_id="vsw-emulator-sgp-a", security_group_id="sg-emulator-sgp-web"
    )


def _replacement() -> Target:
    return ReplaceSystemDisk(TARGET, key_pair=KEY_PAIR)


# A new instance takes an address and is counted in its security group.
_HERE = frozenset({"vsw-emulator-hz-i", "sg-emulator-hz-web"})
_THERE = frozenset({"vsw-emulator-sgp-a", "sg-emulator-sgp-web"})

KINDS = {
    kind.name: kind
    for kind in (
        Kind("new-instance", "shop", new_instance, _HERE),
        Kind("with-data-disk", "wiki", new_instance, _HERE),
        Kind("replace-disk", "shop", _replacement, frozenset({TARGET, "d-emulator-web-old"})),
        Kind("other-region", "shop", _elsewhere, _THERE),
    )
}
