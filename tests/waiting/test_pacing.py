"""When to look again."""

from __future__ import annotations

import pytest

from swaslift.waiting.pacing import CAP, NEARLY, delay, remaining
from tests.waiting.copies import durations, watched


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


def test_three_quarters_of_the_remainder_pass_before_the_next_look() -> None:
    assert delay(age=60, progress=60, typical=900, floor=2) == 30


@pytest.mark.parametrize(("progress", "expected"), [(1, CAP), (99, 5.0)])
def test_neither_sooner_than_the_floor_nor_later_than_the_cap(progress: int, expected: float) -> None:
    assert delay(age=300, progress=progress, typical=900, floor=5) == expected


def test_a_percentage_that_stalls_does_no_harm() -> None:
    for age in range(0, 20_000, 100):
        for progress in (0, 1, 50, 99, 100):
            assert 2 <= delay(age=age, progress=progress, typical=900, floor=2) <= CAP


def test_a_percentage_that_does_not_move_is_trusted_less_and_less() -> None:
    pauses = [delay(age=900 + u, progress=99, typical=900, floor=2, unchanged=u) for u in (0, 60, 200, 2000)]
    assert pauses == pytest.approx([6.8, 7.3, 20, CAP], abs=0.1)


SEEDS = range(30)


@pytest.mark.parametrize("seed", SEEDS)
def test_fifty_copies_of_about_fifteen_minutes_are_noticed_in_time_with_few_calls(seed: int) -> None:
    calls, late = watched(durations(50, seed), seed=seed)
    assert calls <= 200
    assert late[int(0.95 * len(late))] <= 8
    assert late[0] >= 0


@pytest.mark.parametrize("seed", SEEDS)
def test_one_copy_of_fifteen_minutes_takes_few_looks(seed: int) -> None:
    calls, (late,) = watched([900], seed=seed)
    assert calls <= 22
    assert late <= 8
