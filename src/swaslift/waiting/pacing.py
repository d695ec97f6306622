"""When to look again.

A constant interval wastes calls early and a growing one is late at the end; where the service gives
a percentage, the pace follows the expected remainder: look again after three quarters of it.
Without one, the age of the resource against its usual duration stands in. Once all but the last bit is
there (an image is available, yet not usable), the rest is short, whatever the age says.
"""

from __future__ import annotations

CAP = 60.0
"""Seconds between two looks, at most: bounds the harm of a percentage that stalls."""

NEARLY = 9.6
"""Seconds that the last bit is reckoned to take."""

SHARE = 0.75
"""Part of the remainder that passes before the next look.

`benchmarks/pacing.py` weighs it and `NEARLY`: larger ones spare calls, and notice ends later. Their
product, with a tenth of jitter, is how late the end of the last bit is noticed at most: below 8 s.
"""

_LATE = 0.2
_STALL = 0.1


def remaining(*, age: float, progress: int | None, typical: float, nearly: bool = False) -> float:
    """Seconds that are left, as far as can be told."""
    if nearly or progress == 100:
        return NEARLY
    if progress and 0 < progress < 100:
        return age * (100 - progress) / progress
    return max(typical - age, age * _LATE)


def delay(
    *,
    age: float,
    progress: int | None,
    typical: float,
    floor: float,
    nearly: bool = False,
    unchanged: float = 0.0,
) -> float:
    """Seconds until the next look at one resource.

    Args:
        age: seconds since it began to change.
        progress: its percentage, where the service gives one.
        typical: seconds that it usually takes.
        floor: seconds between two looks, at least.
        nearly: all but the last bit is there.
        unchanged: seconds since its percentage last moved: one that stalls at 99 says little.
    """
    left = remaining(age=age, progress=progress, typical=typical, nearly=nearly)
    return min(max(SHARE * left, _STALL * unchanged, floor), max(CAP, floor))
