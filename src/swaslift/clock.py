"""Time, as the rest of the library sees it.

Nothing else reads a clock or sleeps. Deadlines in memory are monotonic seconds; what the journal
keeps is UTC. Under an emulator whose clock runs faster, or only when told, the client follows
that clock (`cloud.emulated`), so pacing scales with it.
"""

from __future__ import annotations

import math
import time
from datetime import UTC, datetime
from typing import Protocol

NAP = 1.0
"""Seconds of real time that a thread sleeps at most before it looks at what other threads did."""


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
        return time.monotonic()

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


def speed_of(clock: Clock) -> float:
    """Seconds that pass on a clock in one real second; infinite where only sleeping moves it."""
    speed: float = getattr(clock, "speed", 1.0)
    return speed


def nap(clock: Clock) -> float:
    """Seconds on a clock that are about `NAP` of real time; infinite where no thread ever waits for it."""
    return NAP * speed_of(clock)
