"""Time, as the rest of the library sees it.

Nothing else reads a clock or sleeps. Deadlines in memory are monotonic seconds; what the journal
keeps is UTC. Under an emulator whose clock runs faster, or only when told, the client follows
that clock (`cloud.emulated`), so pacing scales with it.

The clock of a machine can be wrong by hours and can be set while a run is under way. So the time of day is
the services' time (`ServiceClock`): they date each answer. Ages across processes come from `ServiceClock.age`,
which says None when nobody can tell.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Protocol

NAP = 1.0
"""Seconds of real time that a thread sleeps at most before it looks at what other threads did."""
SKEW = 60.0
"""Seconds by which the services' time may seem to go back: answers are slow, and hosts differ."""

_CONTINUOUS: int | None = getattr(time, "CLOCK_BOOTTIME", getattr(time, "CLOCK_MONOTONIC", None))
"""On Linux and macOS ``time.monotonic`` stands still while the machine is suspended; this clock does not."""


class Clock(Protocol):
    """What a client needs of a clock."""

    def now(self) -> datetime:
        """The time of day, in UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds that never go back, from an arbitrary start."""
        ...

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic() if _CONTINUOUS is None else time.clock_gettime(_CONTINUOUS)

    def sleep(self, seconds: float) -> None:
        if seconds > 0:
            time.sleep(seconds)


class VirtualClock:
    """Time that passes only when somebody sleeps, at once. For tests without a cloud."""

    speed = math.inf

    def __init__(self, start: datetime | None = None) -> None:
        self._start = start or datetime(2026, 1, 1, tzinfo=UTC)
        self._elapsed = 0.0

    def now(self) -> datetime:
        return datetime.fromtimestamp(self._start.timestamp() + self._elapsed, UTC)

    def monotonic(self) -> float:
        return self._elapsed

    def sleep(self, seconds: float) -> None:
        self._elapsed += max(seconds, 0.0)


class ServiceClock:
    """The services' time of day: their last date, and the monotonic seconds since. Thread-safe.

    Before the first dated answer it is the machine's own time, and `age` vouches for nothing.

    Args:
        own: the clock that tells the seconds in between, and sleeps.
        held: whether its time of day counts as that of the services, whatever date their answers have.
    """

    def __init__(self, own: Callable[[], Clock], *, held: bool = False) -> None:
        self._own = own
        self._held = held
        self._header = ""
        self._anchor: tuple[datetime, float] | None = None
        """A time of the services, and the monotonic seconds when it was learned."""

    @property
    def speed(self) -> float:
        """Seconds that pass here in one real second."""
        return float(getattr(self._own(), "speed", 1.0))

    def dated(self, header: str | None) -> None:
        """Take the ``Date`` of an answer that has just come; it counts whole seconds.

        A date ahead of what is known moves the time on. One behind it is late, unless by more than `SKEW`.
        """
        if self._held or not header or header == self._header:
            return  # no news: an answer of the same second
        try:
            date = parsedate_to_datetime(header)
        except (ValueError, OverflowError):
            return
        if date.tzinfo is None:
            return  # "-0000": no time of a known zone
        date, monotonic = date.astimezone(UTC), self._own().monotonic()
        known = self._anchor
        behind = math.inf if known is None else (date - _later(known, monotonic)).total_seconds()
        if behind > 0 or behind < -SKEW:
            self._anchor = (date, monotonic)
        self._header = header

    def now(self) -> datetime:
        """The time of day of the services, in UTC; the machine's own as long as no answer was dated."""
        known = self._anchor
        return self._own().now() if known is None else _later(known, self._own().monotonic())

    def age(self, since: datetime | None) -> float | None:
        """Seconds since a moment that the journal or a service noted.

        None: it cannot be told. No answer was dated so far, or the moment is still to come by the services' time.
        """
        if since is None or (self._anchor is None and not self._held):
            return None
        seconds = (self.now() - since).total_seconds()
        return None if seconds < -SKEW else max(seconds, 0.0)

    def monotonic(self) -> float:
        """Seconds that never go back, from an arbitrary start."""
        return self._own().monotonic()

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self._own().sleep(seconds)


def _later(known: tuple[datetime, float], monotonic: float) -> datetime:
    date, then = known
    return date + timedelta(seconds=monotonic - then)


def speed_of(clock: Clock) -> float:
    """Seconds that pass on a clock in one real second; infinite where only sleeping moves it."""
    speed: float = getattr(clock, "speed", 1.0)
    return speed


def nap(clock: Clock) -> float:
    """Seconds on a clock that are about `NAP` of real time; infinite where no thread ever waits for it."""
    return NAP * speed_of(clock)
