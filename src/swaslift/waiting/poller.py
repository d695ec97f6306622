"""The poller that all waits of a client share.

Waits for the same kind of resource in the same region are polled with one call. Each group has
its own pace (`waiting.pacing`), and is never polled more often than its kind allows, however many
waits come and go.

Each poll runs in a thread of its own, and at most one of a group at a time, so a region or an action
that does not answer delays only the waits of its own group. There are as many threads as polls under
way, however many waits there are. No lock is held while a call is under way, and what a poll saw is
reported in the thread that waits.

A poll that fails in passing (no answer, throttled, a failed service, an answer that cannot be read)
delays the next poll. It is evidence as well: it is reported while it lasts, and it is the reason when
the deadline passes meanwhile.
"""

from __future__ import annotations

import logging
import math
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from swaslift.clock import NAP, nap, speed_of
from swaslift.cloud import Cloud
from swaslift.cloud.retrying import Retrying, Trouble, passing
from swaslift.errors import (
    ResourceFailed,
    ResourceVanished,
    SwasliftError,
    ThrottledError,
    WaitTimeout,
    WaitUnanswered,
)
from swaslift.process import ProcessOwned
from swaslift.waiting.conditions import Condition, Sight, Verdict, Watch
from swaslift.waiting.pacing import CAP, delay, remaining
from swaslift.wording import counted, duration

logger = logging.getLogger("swaslift.waiting")

APPEARS_WITHIN = 300.0
"""Seconds in which a fresh resource has to be seen for the first time."""
SHORTEST = 0.05
"""Seconds that `Poller.look` says at least."""
SILENT_AFTER = 2.0
"""Real seconds after which a poll is taken to hang, on a clock that only sleeping moves."""
BLIND_AFTER = 120.0
"""Seconds of failing polls up to a deadline before which the state seen last still counts."""
BLIND_SHARE = 0.1
"""The same, as a part of the wait."""
REST = 5.0
"""Seconds after a poll without an answer; doubled with each one more in a row."""
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
        retrying: the polls that failed last, when the last one did; the rest is what was seen before them.
    """

    percent: int | None
    remaining: float | None
    state: str | None
    unknown: bool = False
    note: str = ""
    idle: bool = False
    retrying: Retrying | None = None


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
    error: Exception | None = None
    """Why it ended without its answer; one that is no `SwasliftError` is a fault of the program."""
    stopped: BaseException | None = None
    """What ended a poll of it that is no error, e.g. ``SystemExit``; raised in the thread that waits."""
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
    failing: bool = False
    """Whether the last poll failed in passing."""
    _news: deque[Progress] = field(default_factory=deque)

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

    def keep(self, now: float, failing: Retrying | None) -> None:
        """Keep what a poll brought for the thread that waits."""
        verdict = self.verdict or Verdict("pending", None)
        if failing is None and not self.failing and verdict.outcome != "pending":
            return
        self.failing = failing is not None
        fresh = not self.failing and verdict.unknown and verdict.state not in self.sight.unknown
        if fresh and verdict.state:
            self.sight.unknown.add(verdict.state)
        left = None if self.failing or self.over else self.remaining(now)
        self._news.append(
            Progress(self.progress, left, verdict.state, fresh, verdict.note, verdict.idle, failing)
        )

    def report(self) -> None:
        """Pass on the news that polls have brought. A listener that fails must not end the wait."""
        while self._news:
            try:
                self.tell(self._news.popleft())
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
        region_id: where.
        waits: what is waited for.
        due: when the next look is worth while, in the clock's monotonic seconds.
        earliest: when it is allowed: the floor of its kind, or the end of a throttled minute.
        polling: whether a poll of it is under way.
        silent: whether that poll is taken to hang.
        trouble: the polls that failed last.
    """

    watch: Watch[Any]
    region_id: str
    waits: list[Waiting] = field(default_factory=list)
    due: float = math.inf
    earliest: float = -math.inf
    polling: bool = False
    silent: bool = False
    trouble: Trouble = field(init=False)

    def __post_init__(self) -> None:
        self.trouble = Trouble(f"polling {self.watch.states.resource}", self.region_id)

    @property
    def open(self) -> list[Waiting]:
        """The waits that are not over."""
        return [w for w in self.waits if not w.over and w.stopped is None]

    def schedule(self) -> None:
        """Set when the next poll is due: when one of its waits is."""
        self.due = min((w.due for w in self.open), default=math.inf)


class Poller(ProcessOwned):
    """Polls what is waited for, as rarely as it can and as soon as it should. Thread-safe."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        super().__init__()

    def _renew(self) -> None:
        # In a forked child nobody waits: whoever did is in the parent.
        self._changed = threading.Condition()
        self._groups: dict[tuple[int, str, str | None], _Group] = {}
        self._events = 0
        self._latest = -math.inf
        """When the last poll ended, in the clock's monotonic seconds."""

    def wait(self, waits: Sequence[Waiting], enough: Callable[[], bool] | None = None) -> None:
        """Block until each of the waits is over, or one has failed; results and errors are fields of them.

        Args:
            waits: the waits.
            enough: says otherwise when the caller can go on.
        """
        there = enough or (lambda: met(waits))

        def seen() -> bool:
            self.report(waits)
            return there()

        self.add(waits)
        try:
            while not seen():
                self.turn(seen)
        finally:
            self.drop(waits)

    def report(self, waits: Sequence[Waiting]) -> None:
        """Pass on what polls have brought, in the thread that calls."""
        for w in waits:
            w.report()
            if w.stopped is not None:
                raise w.stopped

    def add(self, waits: Sequence[Waiting]) -> None:
        """Take waits in; they are looked at next, unless their kind was looked at just now."""
        with self._changed:
            for w in waits:
                key = w.condition.group
                if key not in self._groups:
                    self._groups[key] = _Group(w.condition.watch, w.condition.region_id)
                group = self._groups[key]
                group.waits.append(w)
                # At once, or as soon as its kind allows: see `_start`. What was looked at keeps its pace.
                group.due = min(group.due, w.due)

    def drop(self, waits: Sequence[Waiting]) -> None:
        """Let waits go."""
        with self._changed:
            for w in waits:
                group = self._groups.get(w.condition.group)
                if group is not None and w in group.waits:
                    group.waits.remove(w)

    def wake(self) -> None:
        """Have whoever lets time pass in `turn` look whether there is enough now."""
        with self._changed:
            self._events += 1
            self._changed.notify_all()

    def turn(self, enough: Callable[[], bool], busy: Callable[[], bool] = lambda: False) -> None:
        """Start the polls that are due; unless there is enough, let time pass until a poll ends or is due.

        Args:
            enough: takes notice of what was seen, and says whether the caller can go on.
            busy: whether something else is under way that ends with a `wake`.
        """
        clock = self._cloud.clock
        pause = self.look()
        with self._changed:
            seen = self._events
        if enough():
            return
        # No longer than a nap: the caller may have been cancelled.
        pause = min(pause, nap(clock))
        occupied = busy()
        with self._changed:
            if self._events != seen:
                return
            if occupied and not any(g.open for g in self._groups.values()):
                pause = nap(clock)
            if occupied or any(g.polling for g in self._groups.values()):
                speed = speed_of(clock)
                if math.isfinite(speed):
                    self._changed.wait(pause / speed)
                    return
                if math.isinf(pause):
                    # Nothing moves a virtual clock but what is under way.
                    self._changed.wait(NAP)
                    return
        clock.sleep(pause)

    def look(self) -> float:
        """Start every poll that is due; seconds until the next one is.

        On a clock that only sleeping moves, polls are started one after the other, and each may take
        `SILENT_AFTER` real seconds before time goes on without it.
        """
        clock = self._cloud.clock
        virtual = math.isinf(speed_of(clock))
        now = clock.monotonic()
        started: set[int] = set()
        while self._start(now, started):
            if virtual:
                self._let_answer()
                # An emulator's clock is a request away.
                now = max(now, self._latest)
        if virtual:
            self._let_answer()
        with self._changed:
            nearest = min((g.due for g in self._groups.values() if g.open and not g.polling), default=None)
            if nearest is None:
                return math.inf if any(g.polling for g in self._groups.values()) else SHORTEST
            return max(nearest - now, SHORTEST)

    def _start(self, now: float, started: set[int]) -> bool:
        """Start the next poll that is due, if there is one, of a group that is not among ``started``."""
        with self._changed:
            for key, group in list(self._groups.items()):
                if group.polling or id(group) in started:
                    continue
                if not group.waits and group.earliest <= now:
                    del self._groups[key]
                elif group.due <= now:
                    waits = group.open
                    if waits and group.earliest <= now:
                        group.polling = True
                        started.add(id(group))
                        break
                    # A deadline comes also while the group may not be polled.
                    self._settle(group, waits, now, 0.0)
            else:
                return False
        # A daemon: a poll that hangs must not keep the process from ending.
        poll = threading.Thread(target=self._poll, args=(group, waits), name="swaslift-poll", daemon=True)
        try:
            poll.start()
        except BaseException:
            with self._changed:
                group.polling = False
            raise
        return True

    def _let_answer(self) -> None:
        """Wait for the polls that are under way, but for those that hang."""
        with self._changed:
            going = [g for g in self._groups.values() if g.polling and not g.silent]
            if not self._changed.wait_for(lambda: not any(g.polling for g in going), SILENT_AFTER):
                for group in going:
                    group.silent = group.polling

    def _poll(self, group: _Group, waits: list[Waiting]) -> None:
        """One poll, in a thread of its own."""
        failure: BaseException | None = None
        try:
            found, rest = self._ask(group, waits)
            now = self._cloud.clock.monotonic()
            with self._changed:
                self._latest = now
                group.earliest = now + rest
                pause = self._judge_all(waits, found, now, group.trouble.last)
                self._settle(group, waits, now, pause)
        except BaseException as error:  # noqa: BLE001  # raised again in the threads that wait
            failure = error
        with self._changed:
            for w in waits if failure is not None else ():
                if isinstance(failure, Exception):
                    w.error = failure
                else:
                    w.stopped = failure
            group.polling = group.silent = False
            group.schedule()
            self._events += 1
            self._changed.notify_all()

    def _ask(self, group: _Group, waits: list[Waiting]) -> tuple[dict[str, Any] | None, float]:
        """Records by id, or None where the poll failed in passing; and the seconds before the next one."""
        trouble, policy = group.trouble, self._cloud.policy
        try:
            found, calls = self._fetch(group, waits)
        except SwasliftError as error:
            if not passing(error):
                raise
            if isinstance(error, ThrottledError):
                rest = policy.until_unblocked(error)
            else:
                rest = min(REST * 2.0 ** min(trouble.failures, 10), CAP)
            trouble.failed(error, now=self._cloud.clock.now(), again_in=rest)
            return None, rest
        if trouble.last is not None:
            trouble.answered(self._cloud.clock.now())
        return found, group.watch.floor * calls

    def _fetch(self, group: _Group, waits: list[Waiting]) -> tuple[dict[str, Any], int]:
        """Records by id, and how many calls they took."""
        ids = list(dict.fromkeys(w.condition.id for w in waits))
        watch = group.watch
        batches = [ids[i : i + watch.batch] for i in range(0, len(ids), watch.batch)]
        cloud = self._cloud.of(waits[0].condition.account)
        found: dict[str, Any] = {}
        for batch in batches:
            found.update(watch.look(cloud, group.region_id, batch))
        return found, len(batches)

    def _judge_all(
        self, waits: list[Waiting], found: dict[str, Any] | None, now: float, failing: Retrying | None
    ) -> float:
        """Judge what was seen; seconds until the next poll is worth while."""
        for w in waits:
            if found is not None:
                self._judge(w, found.get(w.condition.id), now)
            w.keep(now, failing)
        if found is None:
            return 0.0
        pause = min((w.pause(now) for w in waits if not w.over), default=0.0)
        return pause * self._cloud.random.uniform(0.9, 1.1)

    def _settle(self, group: _Group, waits: list[Waiting], now: float, pause: float) -> None:
        """End the waits whose deadline has passed, and say when the others are polled again."""
        for w in waits:
            # Also where nothing could be seen: throttled, or without a network.
            self._check_deadline(w, now, group.trouble.last)
            # A deadline is met by a last poll, if the group may be polled by then.
            w.due = min(w.deadline, max(now + pause, group.earliest))
        group.schedule()

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

    @staticmethod
    def _check_deadline(w: Waiting, now: float, failing: Retrying | None) -> None:
        if now < w.deadline or w.over:
            return
        if w.absent(now) and not w.proven(now) and not w.granted:
            # A run that comes back late sees it gone at its first look, and one look is no proof.
            w.granted, w.deadline = True, now + CONFIRMED_WITHIN
            return
        state = w.verdict.state if w.verdict else None
        about: dict[str, Any] = {
            "resource": w.condition.resource,
            "last_state": state,
            "elapsed": now - w.since,
        }
        limit = duration(w.deadline - w.since)
        if failing is not None and (w.verdict is None or _blind(failing, now - w.since)):
            w.error = WaitUnanswered(
                f"nothing is known of {w.condition.described}, and the {limit} to wait "
                f"for it are over. {failing.brief}; it was tried {counted(failing.failures, 'time')}. The state seen "
                f"before that is {w.condition.said(state)}. Last error: {failing.error}",
                error=failing.error,
                unanswered_since=failing.since,
                **about,
            )
            return
        besides = "" if failing is None else f", and the last polls failed ({failing.brief}: {failing.error})"
        w.error = WaitTimeout(
            f"{w.condition.described} did not get there within {limit}; its state is "
            f"{w.condition.said(state)}{besides}",
            **about,
        )


def _blind(failing: Retrying, waited: float) -> bool:
    """Whether polls have failed for so long that the state seen before says little."""
    return (failing.at - failing.since).total_seconds() > max(BLIND_AFTER, BLIND_SHARE * waited)
