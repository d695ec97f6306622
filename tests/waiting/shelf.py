"""Things that change by themselves on a virtual clock, for tests of the poller alone."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from swaslift.clock import VirtualClock
from swaslift.cloud import Cloud
from swaslift.waiting.conditions import Condition, Watch
from swaslift.waiting.poller import Poller, Progress, Waiting
from swaslift.waiting.states import States
from tests.cloud.doors import settings

STATES = States(
    "test.thing", frozenset({"making", "almost"}), frozenset({"ready"}), frozenset({"broken"}), typical=100
)
Life = Sequence[tuple[float, str | None]]
"""From which second on which state holds; None where the thing is not there."""


@dataclass(frozen=True)
class Thing:
    state: str


@dataclass
class Shelf:
    """A poller, its clock, and the things it looks at."""

    lives: dict[str, Life] = field(default_factory=dict)
    trouble: Callable[[float], Exception | None] = lambda _now: None
    looks: list[tuple[float, str, tuple[str, ...]]] = field(default_factory=list)
    """When, where and at what was looked."""

    clock: VirtualClock = field(default_factory=VirtualClock)

    def __post_init__(self) -> None:
        self.cloud = Cloud(settings(), clock=self.clock, random=Random(7))
        self.poller = Poller(self.cloud)
        self.watch = self.kind()

    def kind(self, **changes: Any) -> Watch[Thing]:
        """A kind of thing that is looked at apart from the others."""
        return Watch(STATES, self._look, lambda t: t.state, **{"floor": 2.0, **changes})

    def _look(self, _cloud: Cloud, region_id: str, ids: Sequence[str]) -> Mapping[str, Thing]:
        now = self.clock.monotonic()
        self.looks.append((now, region_id, tuple(ids)))
        error = self.trouble(now)
        if error is not None:
            raise error
        states = {i: [s for since, s in self.lives[i] if since <= now] for i in ids}
        return {i: Thing(s[-1]) for i, s in states.items() if s and s[-1] is not None}

    def waiting(
        self,
        thing: str,
        *lives: tuple[float, str | None],
        within: float = math.inf,
        since: float | None = None,
        region: str = "r",
        watch: Watch[Thing] | None = None,
        tell: Callable[[Progress], None] = lambda _news: None,
        **condition: Any,
    ) -> Waiting:
        """A wait for a thing with that life."""
        if lives:
            self.lives[thing] = lives
        now = self.clock.monotonic()
        began = now if since is None else since
        return Waiting(
            Condition(watch or self.watch, region, thing, **condition),
            since=began,
            deadline=now + within,
            tell=tell,
        )

    @property
    def times(self) -> list[float]:
        """When was looked."""
        return [at for at, _, _ in self.looks]
