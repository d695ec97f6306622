"""The poller that all waits of a client share.

Waits for the same kind of resource in the same region are looked at with one call. Each group has
its own pace (`waiting.pacing`), and is never looked at more often than its kind allows, however many
waits come and go. A throttled group rests until the next minute, and an answer that does not come
only delays the next look, until the deadline of the wait.
"""

from __future__ import annotations

import logging
import math
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from swaslift.clock import nap
from swaslift.cloud import Cloud
from swaslift.errors import (
    ApiError,
    ResourceFailed,
    ResourceVanished,
    ServerError,
    SwasliftError,
    ThrottledError,
    TransportError,
    WaitTimeout,
)
from swaslift.waiting.conditions import Condition, Sight, Verdict, Watch
from swaslift.waiting.pacing import CAP, delay, remaining
from swaslift.wording import duration

logger = logging.getLogger("swaslift.waiting")

APPEARS_WITHIN = 300.0
"""Seconds in which a fresh resource has to be seen for the first time."""
SHORTEST = 0.05
"""Seconds that `Poller.look` says at least."""
REST = 5.0
"""Seconds after a look without an answer; doubled with each one more in a row."""
CONFIRMED_WITHIN = 60.0
"""Seconds beyond a deadline for the second look at what is gone at the first."""
APART = 30.0
"""Seconds between the first look without a resource and the one that ends its wait in an error, at least."""
ABSENT_AFTER = 60.0
"""Seconds after which a resource that need not be there is taken to be gone: lists lag by less."""


@dataclass(frozen=True)
class Progress:
    """What a wait tells about itself: percent, seconds left, state; each None where unknown.

    Attributes:
        unknown: whether the state is a new one that is not known.
        note: what a person should know besides; empty for nothing.
        idle: nothing has begun yet, since somebody has to act first.
    """

    percent: int | None
    remaining: float | None
    state: str | None
    unknown: bool = False
    note: str = ""
    idle: bool = False


@dataclass(eq=False)
class Waiting:
    """One wait in the poller.

    Attributes:
        condition: what is waited for.
        since: when the resource began to change, in the clock's monotonic seconds.
        deadline: when to give up, likewise.
        tell: called with news.
        moved: when the percentage was last seen to change, likewise.
        idle: when it was last seen that nothing has begun, likewise.
        missed: since when looks in a row have shown nothing, likewise.
    """

    condition: Condition[Any]
    since: float
    deadline: float
    tell: Callable[[Progress], None] = lambda _news: None
    verdict: Verdict[Any] | None = None
    error: SwasliftError | None = None
    looked: int = 0
    progress: int | None = None
    moved: float | None = None
    idle: float | None = None
    missed: float | None = None
    sight: Sight = field(default_factory=Sight)
    due: float = -math.inf
    """When the next look is worth while, likewise; at once for a fresh one."""
    granted: bool = False
    """Whether it was given time beyond its deadline for a look that confirms what the last one showed."""

    @property
    def over(self) -> bool:
        """Whether it has its answer: the condition is met, or can no longer be."""
        return self.error is not None or (self.verdict is not None and self.verdict.outcome == "done")

    def age(self, now: float) -> float:
        """Seconds since the resource began to change."""
        return now - (self.since if self.idle is None else self.idle)

    def remaining(self, now: float) -> float | None:
        """Seconds that are left, as far as can be told; None before it has begun."""
        if self.verdict is not None and self.verdict.idle:
            return None
        return remaining(age=self.age(now), **self._pace())

    def absent(self, now: float) -> bool:
        """Whether the last look shows it as good as gone, or as one that should have appeared by then."""
        patience = ABSENT_AFTER if self.condition.or_gone else APPEARS_WITHIN
        overdue = not self.condition.gone and now - self.since > patience
        return self.missed is not None and (self.condition.gone or self.sight.seen or overdue)

    def proven(self, now: float) -> bool:
        """Whether looks in a row have shown that: one is no proof, as a list may drop what is there."""
        if self.missed is None or self.sight.looks_without < 2:
            return False
        return self.condition.gone or self.condition.or_gone or now - self.missed >= APART

    def pause(self, now: float) -> float:
        """Seconds until it is worth another look."""
        return delay(
            age=self.age(now),
            floor=self.condition.watch.floor,
            unchanged=0.0 if self.moved is None else now - self.moved,
            **self._pace(),
        )

    def report(self, news: Progress) -> None:
        """Pass news on. A listener that fails must not stop the waits of others."""
        try:
            self.tell(news)
        except Exception:
            logger.exception("a listener failed at the news of %s", self.condition.resource)

    def _pace(self) -> dict[str, Any]:
        return {
            "progress": self.progress,
            "typical": self.condition.watch.states.typical,
            "nearly": self.verdict is not None and self.verdict.nearly,
        }


def met(waits: Sequence[Waiting]) -> bool:
    """Whether nothing is left to wait for: each is over, or one ended in an error."""
    return all(w.over for w in waits) or any(w.error for w in waits)


@dataclass
class _Group:
    """Waits that are looked at together.

    Attributes:
        watch: how to look.
        waits: what is waited for.
        due: when the next look is worth while, in the clock's monotonic seconds.
        earliest: when it is allowed: the floor of its kind, or the end of a throttled minute.
        rest: seconds that the last look keeps the next one off.
        failures: looks without an answer, in a row.
    """

    watch: Watch[Any]
    waits: list[Waiting] = field(default_factory=list)
    due: float = math.inf
    earliest: float = -math.inf
    rest: float = 0.0
    failures: int = 0

    @property
    def open(self) -> list[Waiting]:
        """The waits that are not over."""
        return [w for w in self.waits if not w.over]


class Poller:
    """Looks at what is waited for, as rarely as it can and as soon as it should. Thread-safe."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._lock = threading.RLock()
        self._groups: dict[tuple[int, str, str | None], _Group] = {}

    def wait(self, waits: Sequence[Waiting], enough: Callable[[], bool] | None = None) -> None:
        """Block until each of the waits is over, or one has failed; results and errors stand in them.

        Args:
            waits: the waits.
            enough: says otherwise when the caller can go on.
        """
        clock = self._cloud.clock
        there = enough or (lambda: met(waits))
        self.add(waits)
        try:
            while not there():
                pause = self.look()
                if not there():
                    # No longer than a nap: another thread's look may see them over before the next is due.
                    clock.sleep(min(pause, nap(clock)))
        finally:
            self.drop(waits)

    def add(self, waits: Sequence[Waiting]) -> None:
        """Take waits in; they are looked at next, unless their kind was looked at just now."""
        with self._lock:
            for w in waits:
                group = self._groups.setdefault(w.condition.group, _Group(w.condition.watch))
                group.waits.append(w)
                # At once, or as soon as its kind allows: see `_attend`. What was looked at keeps its pace.
                group.due = min(group.due, w.due)

    def drop(self, waits: Sequence[Waiting]) -> None:
        """Let waits go."""
        with self._lock:
            for w in waits:
                group = self._groups.get(w.condition.group)
                if group is not None and w in group.waits:
                    group.waits.remove(w)

    def look(self) -> float:
        """Look at every group that is due; seconds until the next one is."""
        clock = self._cloud.clock
        with self._lock:
            now = clock.monotonic()
            for key, group in list(self._groups.items()):
                if not group.waits and group.earliest <= now:
                    del self._groups[key]
                elif group.due <= now:
                    now = self._attend(group, key[1], now)
            nearest = min((g.due for g in self._groups.values() if g.open), default=now)
            return max(nearest - now, SHORTEST)

    def _attend(self, group: _Group, region_id: str, now: float) -> float:
        """Look at a group, and say when to look again; returns the time after it."""
        waits = group.open
        pause = 0.0
        if waits and group.earliest <= now:
            found = self._seen(group, waits, region_id)
            now = self._cloud.clock.monotonic()
            group.earliest = now + group.rest
            if found is not None:
                pause = self._judge_all(waits, found, now)
        for w in waits:
            # Also where nothing could be seen: throttled, or without a network.
            self._check_deadline(w, now)
        group.due = math.inf
        for w in group.open:
            # A deadline is met by a last look, if the group may be looked at by then.
            w.due = min(w.deadline, max(now + pause, group.earliest))
            group.due = min(group.due, w.due)
        return now

    def _seen(self, group: _Group, waits: list[Waiting], region_id: str) -> dict[str, Any] | None:
        """One look: records by id, or None where no answer came; sets how long the group rests."""
        watch = group.watch
        ids = list(dict.fromkeys(w.condition.id for w in waits))
        batches = [ids[i : i + watch.batch] for i in range(0, len(ids), watch.batch)]
        found: dict[str, Any] = {}
        try:
            cloud = self._cloud.of(waits[0].condition.account)
            for batch in batches:
                found.update(watch.look(cloud, region_id, batch))
        except SwasliftError as error:
            rest = self._rest_after(error, group)
            if rest is None:
                for w in waits:
                    w.error = error
            group.rest = rest or 0.0
            return None
        group.failures = 0
        group.rest = watch.floor * len(batches)
        return found

    def _judge_all(self, waits: list[Waiting], found: dict[str, Any], now: float) -> float:
        """Judge what was seen; seconds until the next look is worth while."""
        for w in waits:
            self._judge(w, found.get(w.condition.id), now)
        pause = min((w.pause(now) for w in waits if not w.over), default=0.0)
        return pause * self._cloud.random.uniform(0.9, 1.1)

    def _rest_after(self, error: SwasliftError, group: _Group) -> float | None:
        """Seconds for which an error keeps a group from being looked at; None: it ends the waits."""
        if isinstance(error, ThrottledError):
            return self._cloud.policy.until_unblocked(error)
        if isinstance(error, TransportError | ServerError) or (
            isinstance(error, ApiError) and error.retryable
        ):
            group.failures += 1
            return min(REST * 2.0 ** (group.failures - 1), CAP)
        return None

    def _judge(self, w: Waiting, record: Any, now: float) -> None:
        verdict = w.condition.judge(record, w.sight)
        w.missed = None if record is not None else now if w.missed is None else w.missed
        gone = w.absent(now) and w.proven(now)
        if verdict.outcome == "gone" and not gone:
            verdict = Verdict("pending", None)
        w.verdict = verdict
        w.looked += 1
        elapsed = now - w.since
        if verdict.outcome == "failed":
            w.error = ResourceFailed(
                f"{w.condition.described} failed: its state is {w.condition.said(verdict.state)}",
                resource=w.condition.resource,
                last_state=verdict.state,
                elapsed=elapsed,
            )
            return
        if gone and w.condition.or_gone:
            w.verdict = Verdict("done", None)
            return
        if gone and not w.condition.gone:
            how = "is gone" if w.sight.seen else f"did not appear within {duration(APPEARS_WITHIN)}"
            w.error = ResourceVanished(
                f"{w.condition.described} {how}",
                resource=w.condition.resource,
                last_state=verdict.state,
                elapsed=elapsed,
            )
            return
        if verdict.idle:
            w.idle = now
        if verdict.progress is not None and verdict.progress != w.progress:
            w.progress, w.moved = verdict.progress, now
        if verdict.outcome == "pending":
            news = verdict.unknown and verdict.state not in w.sight.unknown
            if verdict.unknown and verdict.state:
                w.sight.unknown.add(verdict.state)
            told = Progress(w.progress, w.remaining(now), verdict.state, news, verdict.note, verdict.idle)
            w.report(told)

    @staticmethod
    def _check_deadline(w: Waiting, now: float) -> None:
        if now < w.deadline or w.over:
            return
        if w.absent(now) and not w.proven(now) and not w.granted:
            # A run that comes back late sees it gone at its first look, and one look is no proof.
            w.granted, w.deadline = True, now + CONFIRMED_WITHIN
        else:
            state = w.verdict.state if w.verdict else None
            w.error = WaitTimeout(
                f"{w.condition.described} did not get there within {duration(w.deadline - w.since)}; its "
                f"state is {w.condition.said(state)}",
                resource=w.condition.resource,
                last_state=state,
                elapsed=now - w.since,
            )
