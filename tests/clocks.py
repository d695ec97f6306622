"""Clocks of machines that are wrong."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from swaslift.clock import Clock
from swaslift.cloud.emulated import clock_of

JUMPS = (-5 * 3600.0, -90 * 60.0, 5 * 3600.0)
"""Seconds by which the clock of a process is wrong that goes on with a run."""


class WrongClock:
    """An emulator's clock as seen by a machine whose time of day is wrong; seconds pass as they should.

    Attributes:
        off: seconds by which it is ahead; it may change at any time.
    """

    def __init__(self, endpoint_url: str | None, off: float = 0.0) -> None:
        self._right: Clock = clock_of(endpoint_url)
        self.off = off

    @property
    def speed(self) -> float:
        return float(getattr(self._right, "speed", math.nan))

    def now(self) -> datetime:
        return self._right.now() + timedelta(seconds=self.off)

    def monotonic(self) -> float:
        return self._right.monotonic()

    def sleep(self, seconds: float) -> None:
        self._right.sleep(seconds)
