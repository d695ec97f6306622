"""When to look again.

A constant interval wastes calls early and a growing one is late at the end; where the service gives
a percentage, the pace follows the expected remainder: look again after half of it. Without one, the
age of the resource against its usual duration stands in. Once all but the last bit is there (an
image is available, yet not usable), the rest is short, whatever the age says.
"""

from __future__ import annotations

CAP = 60.0
"""Seconds between two looks, at most: bounds the harm of a percentage that stalls."""

NEARLY = 14.0
"""Seconds that the last bit is reckoned to take."""

_SHARE = 0.5
_LATE = 0.2


def remaining(*, age: float, progress: int | None, typical: float, nearly: bool = False) -> float:
    """Seconds that are left, as far as can be told."""
    if nearly or progress == 100:
        return NEARLY
    if progress and 0 < progress < 100:
        return age * (100 - progress) / progress
    return max(typical - age, age * _LATE)


def delay(*, age: float, progress: int | None, typical: float, floor: float, nearly: bool = False) -> float:
    """Seconds until the next look at one resource."""
    left = remaining(age=age, progress=progress, typical=typical, nearly=nearly)
    return min(max(_SHARE * left, floor), max(CAP, floor))
