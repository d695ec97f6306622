"""Copies that are waited for on a virtual clock: what it costs, and how late their ends are noticed."""

from __future__ import annotations

import math
from random import Random
from types import SimpleNamespace
from typing import Any

from swaslift.clock import VirtualClock
from swaslift.waiting import states
from swaslift.waiting.conditions import Condition, Watch
from swaslift.waiting.poller import Poller, Waiting
from swaslift.waiting.watches import ECS_IMAGES
from tests.cloud.doors import door

TYPICAL = 900.0
"""Seconds that a copy takes in the middle."""
SPREAD = 0.45
"""How far durations lie apart: the deviation of their logarithm."""
USABLE_AFTER = 20.0
"""Seconds after which an available image is usable."""


def durations(count: int, seed: int) -> list[float]:
    """Seconds that so many copies take."""
    random = Random(seed)
    return [TYPICAL * math.exp(random.gauss(0, SPREAD)) for _ in range(count)]


def watched(lasting: list[float], *, seed: int) -> tuple[int, list[float]]:
    """Images that are copied side by side: calls made, and how late each end was noticed."""
    clock = VirtualClock()
    cloud = door(clock=clock)
    cloud.random.seed(seed)
    calls = 0

    def look(_cloud: Any, _region: str, ids: Any) -> dict[str, Any]:
        nonlocal calls
        calls += 1
        now = clock.monotonic()
        return {
            i: SimpleNamespace(
                status="Available" if now >= lasting[int(i)] else "Creating",
                progress=min(100, int(100 * now / lasting[int(i)])),
                usable=now >= lasting[int(i)] + USABLE_AFTER,
            )
            for i in ids
        }

    watch = Watch(states.ECS_IMAGE, look, lambda i: i.status, lambda i: i.progress, floor=ECS_IMAGES.floor)
    waits = [
        Waiting(Condition(watch, "r", str(n), also=lambda i: i.usable), since=0, deadline=math.inf)
        for n in range(len(lasting))
    ]
    poller = Poller(cloud)
    poller.add(waits)
    seen: dict[str, float] = {}
    while len(seen) < len(waits):
        pause = poller.look()
        for w in waits:
            if w.over:
                seen.setdefault(w.condition.id, clock.monotonic())
        clock.sleep(pause)
    return calls, sorted(seen[str(n)] - d - USABLE_AFTER for n, d in enumerate(lasting))
