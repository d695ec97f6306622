"""The emulator's clock: the time at which its resources live.

Signatures are checked on real time; everything else (snapshots that take minutes, servers
that expire, the minute of a rate limit) is reckoned on this clock. It is real, runs faster
than real time, or is virtual and moves only when somebody advances it.
"""

from __future__ import annotations

import math
import threading
import time
from datetime import UTC, datetime, timedelta

LATEST = datetime(9000, 1, 1, tzinfo=UTC)
"""Where the clock stops: what begins then can still end before the last year that a date can have."""


class EmulatorClock:
    """Real time (``speed=1``), scaled time (``speed=600``) or virtual time (``speed=None``)."""

    def __init__(self, *, speed: float | None = 1.0, start: datetime | None = None) -> None:
        if speed is not None and not 0 < speed < math.inf:
            raise ValueError(f"speed must be above 0 and finite, not {speed}")
        self.speed = speed
        self._lock = threading.Lock()
        self._base = start or datetime.now(UTC)
        self._mark = time.monotonic()

    @property
    def virtual(self) -> bool:
        """Whether it moves only when advanced."""
        return self.speed is None

    def now(self) -> datetime:
        """The present moment of the emulated cloud."""
        with self._lock:
            if self.speed is None:
                return self._base
            passed = (time.monotonic() - self._mark) * self.speed
            return self._base + timedelta(seconds=min(passed, (LATEST - self._base).total_seconds()))

    def advance(self, seconds: float) -> datetime:
        """Move the clock forward, whatever its kind. Time never goes back, and ends with the year 8999.

        Raises:
            ValueError: The seconds are negative, no number, or lead beyond that year.
        """
        with self._lock:
            left = (LATEST - self._base).total_seconds()
            if not 0 <= seconds <= left:
                raise ValueError(f"seconds must be between 0 and {left:.0f}, not {seconds!r:.40}")
            self._base += timedelta(seconds=seconds)
        return self.now()
