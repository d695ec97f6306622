"""When to look again."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import pytest

from swaslift.clock import VirtualClock
from swaslift.waiting import states
from swaslift.waiting.conditions import Condition, Watch
from swaslift.waiting.pacing import CAP, NEARLY, delay, remaining
from swaslift.waiting.poller import Poller, Waiting
from swaslift.waiting.watches import ECS_IMAGES
from tests.cloud.doors import door


def test_progress_tells_the_remainder() -> None:
    assert remaining(age=300, progress=50, typical=900) == 300
    assert remaining(age=300, progress=75, typical=900) == 100
    assert remaining(age=594, progress=99, typical=900) == 6


def test_without_progress_the_usual_duration_does() -> None:
    assert remaining(age=100, progress=None, typical=900) == 800
    assert remaining(age=100, progress=0, typical=900) == 800
    assert remaining(age=2000, progress=None, typical=900) == 400


def test_the_last_bit_is_short_whatever_the_age() -> None:
    assert remaining(age=5000, progress=100, typical=900) == NEARLY
    assert remaining(age=5000, progress=None, typical=900, nearly=True) == NEARLY


def test_two_thirds_of_the_remainder_pass_before_the_next_look() -> None:
    assert delay(age=60, progress=60, typical=900, floor=2) == 26


@pytest.mark.parametrize(("progress", "expected"), [(1, CAP), (99, 5.0)])
def test_neither_sooner_than_the_floor_nor_later_than_the_cap(progress: int, expected: float) -> None:
    assert delay(age=300, progress=progress, typical=900, floor=5) == expected


def test_a_percentage_that_stalls_does_no_harm() -> None:
    for age in range(0, 20_000, 100):
        for progress in (0, 1, 50, 99, 100):
            assert 2 <= delay(age=age, progress=progress, typical=900, floor=2) <= CAP


def test_a_percentage_that_does_not_move_is_trusted_less_and_less() -> None:
    pauses = [delay(age=900 + u, progress=99, typical=900, floor=2, unchanged=u) for u in (0, 60, 200, 2000)]
    assert pauses == pytest.approx([5.9, 6.3, 20, CAP], abs=0.1)


def watched(durations: list[float], *, usable_after: float, seed: int) -> tuple[int, list[float]]:
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
                status="Available" if now >= durations[int(i)] else "Creating",
                progress=min(100, int(100 * now / durations[int(i)])),
                usable=now >= durations[int(i)] + usable_after,
            )
            for i in ids
        }

    watch = Watch(states.ECS_IMAGE, look, lambda i: i.status, lambda i: i.progress, floor=ECS_IMAGES.floor)
    waits = [
        Waiting(Condition(watch, "r", str(n), also=lambda i: i.usable), since=0, deadline=math.inf)
        for n in range(len(durations))
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
    return calls, sorted(seen[str(n)] - d - usable_after for n, d in enumerate(durations))


@pytest.mark.parametrize("seed", range(5))
def test_fifty_copies_of_about_fifteen_minutes_are_noticed_in_time_with_few_calls(seed: int) -> None:
    cloud = door(clock=VirtualClock())
    cloud.random.seed(seed)
    durations = [900 * math.exp(cloud.random.gauss(0, 0.45)) for _ in range(50)]
    calls, late = watched(durations, usable_after=20, seed=seed)
    assert calls <= 200
    assert late[int(0.95 * len(late))] <= 8
    assert late[0] >= 0


@pytest.mark.parametrize("seed", range(5))
def test_one_copy_of_fifteen_minutes_takes_few_looks(seed: int) -> None:
    calls, (late,) = watched([900], usable_after=20, seed=seed)
    assert calls <= 22
    assert late <= 8
