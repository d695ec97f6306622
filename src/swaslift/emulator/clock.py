"""The emulator's clock: the time at which its resources live.

Signatures are checked on real time; everything else (snapshots that take minutes, servers
that expire, the minute of a rate limit) is reckoned on this clock. It is real, runs faster
than real time, or is virtual and moves only when somebody advances it.
"""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta


class EmulatorClock:
    """Real time (``speed=1``), scaled time (``speed=600``) or virtual time (``speed=None``)."""

    def __init__(self, *, speed: float | None = 1.0, start: datetime | None = None) -> None:
        if speed is not None and speed <= 0:
            raise ValueError(f"speed must be above 0, not {speed}")
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
            return self._base + timedelta(seconds=(time.monotonic() - self._mark) * self.speed)

    def advance(self, seconds: float) -> datetime:
        """Move the clock forward, whatever its kind. Time never goes back."""
        if seconds < 0:
            raise ValueError(f"time never goes back: {seconds}")
        with self._lock:
            self._base += timedelta(seconds=seconds)
        return self.now()
