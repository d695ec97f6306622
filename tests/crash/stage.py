"""A fresh world and a fresh journal for each point."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from swaslift.emulator import Emulator, Quirks
from tests.crash.child import Act, Do, Ended, Then
from tests.crash.forge import Forge
from tests.crash.kinds import KINDS
from tests.crash.kinds.kind import Kind
from tests.support import client_of

START = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)
SETTLED = START + timedelta(days=2)
"""When worlds are compared: whatever a run set going is over by then."""

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?Z")
_MADE = {
    "swas": ("servers", "disks", "snapshots", "custom_images"),
    "ecs": ("instances", "disks", "images", "snapshots"),
}

World = dict[str, Any]


class Stage:
    """An emulator with the default inventory and what the kind prepares, and a journal beside it.

    Its clock moves only when a client waits, so no time passes between a kill and what follows it.
    """

    def __init__(self, forge: Forge, kind: str, *, quirks: Quirks | None = None) -> None:
        self._forge = forge
        self.kind: Kind = KINDS[kind]
        self.cloud = Emulator(speed=None, start=START, seed=7, quirks=quirks)
        self._prepared: Counter[str] = Counter()
        self._directory = Path(tempfile.mkdtemp(prefix="crash-"))
        self.journal = self._directory / "journal.db"
        self.clock_off = 0.0
        """Seconds by which the clocks of the processes that follow are ahead."""

    def __enter__(self) -> Self:
        self.cloud.start()
        with client_of(self.cloud, journal=self._directory / "prepared.db") as lift:
            self.kind.prepare(self.cloud, lift)
        self._prepared = self._writes()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.cloud.stop()
        shutil.rmtree(self._directory)

    def act(self, do: Do, *, at: int | None = None, then: Then = "kill", second: bool = False) -> Act:
        """An act of the run on this stage."""
        keys = self.cloud.environment()
        return Act(
            do=do,
            kind=self.kind.name,
            endpoint_url=self.cloud.endpoint_url,
            access_key_id=keys["ALIBABA_CLOUD_ACCESS_KEY_ID"],
            access_key_secret=keys["ALIBABA_CLOUD_ACCESS_KEY_SECRET"],
            journal=str(self.journal),
            at=at,
            then=then,
            second=second,
            clock_off=self.clock_off,
        )

    def perform(self, do: Do, *, at: int | None = None, then: Then = "kill", **trouble: Any) -> Ended:
        """Carry an act out in a process of its own; ``trouble`` is more of the `Act`."""
        return self._forge.perform(self.act(do, at=at, then=then).model_copy(update=trouble))[0]

    def perform_all(self, *acts: Act) -> list[Ended]:
        """Carry acts out at the same time, each in a process of its own."""
        return self._forge.perform(*acts)

    def lose_journal(self) -> None:
        """Delete the journal, as a machine that burned down would."""
        for path in self._directory.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()

    def start_server(self, name: str) -> None:
        """Start a server of SWAS, as its operator does."""
        with client_of(self.cloud, journal=self._directory / "operator.db") as lift:
            lift.servers.start(name)
        self.cloud.clock.advance(600)

    def executed(self) -> Counter[str]:
        """How often each action changed something: no refusals, no dry runs, no replays of a token."""
        return self._writes() - self._prepared

    def _writes(self) -> Counter[str]:
        return Counter(f"{c.service}.{c.action}" for c in self.cloud.log.writes())

    def settled(self) -> World:
        """The world when everything is over."""
        self.cloud.clock.advance((SETTLED - self.cloud.clock.now()).total_seconds())
        return self.cloud.state()


def timeless(world: Any) -> Any:
    """A world without the moments at which things happened."""
    if isinstance(world, dict):
        return {k: timeless(v) for k, v in world.items()}
    if isinstance(world, list):
        return [timeless(v) for v in world]
    return _MOMENT.sub("<moment>", world) if isinstance(world, str) else world


def resources(world: World) -> set[str]:
    """Ids of what a run can make: servers, snapshots, images, instances and disks."""
    return {
        key
        for products in world.values()
        for product, kinds in _MADE.items()
        for kind in kinds
        for key in products[product][kind]
        if not key.endswith("(shared by SWAS)")
    }


def differences(one: Any, other: Any, path: str = "") -> list[str]:
    """Where two worlds differ, in words."""
    if isinstance(one, dict) and isinstance(other, dict):
        found = []
        for key in sorted({*one, *other}):
            if key not in one:
                found.append(f"{path}/{key} is new")
            elif key not in other:
                found.append(f"{path}/{key} is missing")
            else:
                found += differences(one[key], other[key], f"{path}/{key}")
        return found
    return [] if one == other else [f"{path}: {one!r} became {other!r}"]
