"""Something that runs by itself for a while: a copy, a snapshot, an image being made."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

Fate = Literal["done", "fail", "stall"]
Stage = Literal["waiting", "running", "done", "failed"]

NEVER = datetime(9999, 1, 1, tzinfo=UTC)
FAILS_AT = 0.6
"""The share of the work after which one that fails stops."""
STALLS_AT = 0.5
"""The share of the work beyond which one that stalls does not come."""


@dataclass
class Work:
    """Its stage and progress are functions of the clock alone."""

    starts_at: datetime
    seconds: float
    fate: Fate = "done"

    @property
    def ends_at(self) -> datetime:
        """When it is over, one way or the other; ``NEVER`` if it stalls or does not start."""
        if self.fate == "stall" or self.starts_at >= NEVER:
            return NEVER
        return self.starts_at + timedelta(seconds=self.seconds * (FAILS_AT if self.fate == "fail" else 1))

    def stage(self, now: datetime) -> Stage:
        """Waiting, running, done or failed."""
        if now < self.starts_at:
            return "waiting"
        if now < self.ends_at:
            return "running"
        return "failed" if self.fate == "fail" else "done"

    def percent(self, now: datetime) -> int:
        """Whole percents, linear in time; 100 only when it is done."""
        if self.stage(now) == "done":
            return 100
        share = (
            (now - self.starts_at).total_seconds() / max(self.seconds, 0.001) if now > self.starts_at else 0.0
        )
        limit = {"done": 0.99, "fail": FAILS_AT, "stall": STALLS_AT}[self.fate]
        return int(100 * min(share, limit))

    def remaining(self, now: datetime) -> int:
        """Seconds the service expects it to take from now on."""
        if self.stage(now) in {"done", "failed"}:
            return 0
        return math.ceil(self.seconds * (1 - self.percent(now) / 100))
