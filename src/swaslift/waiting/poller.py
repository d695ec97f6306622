"""The poller that all waits of a client share.

Waits for the same kind of resource in the same region are looked at with one call. Each group has
its own pace (`waiting.pacing`); a throttled group rests until the next minute, and an answer that
does not come only delays the next look, until the deadline of the wait.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from swaslift.cloud import Cloud
from swaslift.errors import (
    ResourceFailed,
    ResourceVanished,
    ServerError,
    SwasliftError,
    ThrottledError,
    TransportError,
    WaitTimeout,
)
from swaslift.waiting.conditions import Condition, Sight, Verdict
from swaslift.waiting.pacing import delay, remaining

APPEARS_WITHIN = 300.0
"""Seconds in which a fresh resource has to be seen for the first time."""
ABSENT_AFTER = 60.0
"""Seconds after which a resource that need not be there is taken to be gone: lists lag by less."""


@dataclass(frozen=True)
class Progress:
    """What a wait tells about itself: percent, seconds left, state; each None where unknown."""

    percent: int | None
    remaining: float | None
    state: str | None
    unknown: bool = False


@dataclass
class Waiting:
    """One wait in the poller.

    Attributes:
        condition: what is waited for.
        since: when the resource began to change, in the clock's monotonic seconds.
        deadline: when to give up, likewise.
        tell: called with news.
    """

    condition: Condition[Any]
    since: float
    deadline: float
    tell: Callable[[Progress], None] = lambda _news: None
    verdict: Verdict[Any] | None = None
    error: SwasliftError | None = None
    looked: int = 0
    progress: int | None = None
    sight: Sight = field(default_factory=Sight)

    @property
    def over(self) -> bool:
        """Whether it has its answer: the condition is met, or can no longer be."""
        return self.error is not None or (self.verdict is not None and self.verdict.outcome == "done")


class Poller:
    """Looks at what is waited for, as rarely as it can and as soon as it should. Thread-safe."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._lock = threading.RLock()
        self._groups: dict[tuple[int, str], list[Waiting]] = {}
        self._due: dict[tuple[int, str], float] = {}

    def wait(self, waits: Sequence[Waiting]) -> None:
        """Block until each of the waits is over; results and errors stand in them.

        When one of them ends in an error the rest is dropped: the caller is going to stop.
        """
        clock = self._cloud.clock
        self.add(waits)
        try:
            while True:
                pause = self.look()
                if all(w.over for w in waits) or any(w.error for w in waits):
                    return
                clock.sleep(pause)
        finally:
            self.drop(waits)

    def add(self, waits: Sequence[Waiting]) -> None:
        """Take waits in."""
        now = self._cloud.clock.monotonic()
        with self._lock:
            for w in waits:
                key = w.condition.group
                self._groups.setdefault(key, []).append(w)
                self._due[key] = min(self._due.get(key, now), now)

    def drop(self, waits: Sequence[Waiting]) -> None:
        """Let waits go."""
        with self._lock:
            for w in waits:
                group = self._groups.get(w.condition.group, [])
                if w in group:
                    group.remove(w)
                if not group:
                    self._groups.pop(w.condition.group, None)
                    self._due.pop(w.condition.group, None)

    def look(self) -> float:
        """Look at every group that is due; seconds until the next one is."""
        with self._lock:
            for key in [k for k, due in self._due.items() if due <= self._cloud.clock.monotonic()]:
                self._look_at(key)
            now = self._cloud.clock.monotonic()
            nearest = min((due for k, due in self._due.items() if self._open(k)), default=now)
            deadline = min((w.deadline for k in self._groups for w in self._open(k)), default=nearest)
            return max(min(nearest, deadline) - now, 0.05)

    def _open(self, key: tuple[int, str]) -> list[Waiting]:
        return [w for w in self._groups.get(key, []) if not w.over]

    def _look_at(self, key: tuple[int, str]) -> None:
        waits = self._open(key)
        clock = self._cloud.clock
        if not waits:
            self._due[key] = float("inf")
            return
        watch = waits[0].condition.watch
        ids = list(dict.fromkeys(w.condition.id for w in waits))
        found: dict[str, Any] = {}
        try:
            for start in range(0, len(ids), watch.batch):
                found.update(watch.look(self._cloud, key[1], ids[start : start + watch.batch]))
        except ThrottledError as error:
            self._rest(key, waits, self._blocked_for(error))
            return
        except (TransportError, ServerError):
            self._rest(key, waits, 20.0)
            return
        except SwasliftError as error:
            for w in waits:
                w.error = error
            return
        now = clock.monotonic()
        for w in waits:
            self._judge(w, found.get(w.condition.id), now)
        still = [w for w in waits if not w.over]
        pause = min(
            (
                delay(age=now - w.since, progress=w.progress, typical=watch.states.typical, floor=watch.floor)
                for w in still
            ),
            default=0.0,
        )
        self._due[key] = now + pause * self._cloud.random.uniform(0.9, 1.1) if still else float("inf")

    def _rest(self, key: tuple[int, str], waits: list[Waiting], seconds: float) -> None:
        now = self._cloud.clock.monotonic()
        for w in waits:
            self._check_deadline(w, now, None)
        self._due[key] = now + seconds

    def _blocked_for(self, error: ThrottledError) -> float:
        if error.retry_after is not None:
            return error.retry_after
        return 60.5 - self._cloud.clock.now().second

    def _judge(self, w: Waiting, record: Any, now: float) -> None:
        verdict = w.condition.judge(record, w.sight)
        w.verdict = verdict
        w.looked += 1
        elapsed = now - w.since
        if verdict.outcome == "failed":
            w.error = ResourceFailed(
                f"{w.condition.resource} in {w.condition.region_id} failed: its state is {verdict.state}",
                resource=w.condition.resource,
                last_state=verdict.state,
                elapsed=elapsed,
            )
            return
        if w.condition.or_gone and not w.sight.seen and elapsed > ABSENT_AFTER:
            w.verdict = Verdict("done", None)
            return
        if verdict.outcome == "gone" or (
            not w.sight.seen and not w.condition.gone and elapsed > APPEARS_WITHIN
        ):
            how = "is gone" if w.sight.seen else f"did not appear within {APPEARS_WITHIN:g} s"
            w.error = ResourceVanished(
                f"{w.condition.resource} in {w.condition.region_id} {how}",
                resource=w.condition.resource,
                last_state=verdict.state,
                elapsed=elapsed,
            )
            return
        if verdict.progress is not None:
            w.progress = verdict.progress
        if verdict.outcome == "pending":
            left = remaining(age=elapsed, progress=w.progress, typical=w.condition.watch.states.typical)
            news = verdict.unknown and verdict.state not in w.sight.unknown
            if verdict.unknown and verdict.state:
                w.sight.unknown.add(verdict.state)
            w.tell(Progress(w.progress, left, verdict.state, unknown=news))
            self._check_deadline(w, now, verdict.state)

    @staticmethod
    def _check_deadline(w: Waiting, now: float, state: str | None) -> None:
        if now >= w.deadline:
            w.error = WaitTimeout(
                f"{w.condition.resource} in {w.condition.region_id} did not get there within "
                f"{w.deadline - w.since:.0f} s; its state is {state}",
                resource=w.condition.resource,
                last_state=state,
                elapsed=now - w.since,
            )
