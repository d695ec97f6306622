"""The clock, and statuses that change with it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from swaslift.emulator import EmulatorClock
from swaslift.emulator.swas.records import add_months
from swaslift.emulator.world import Timeline

START = datetime(2026, 11, 1, tzinfo=UTC)


def test_a_virtual_clock_moves_only_when_advanced() -> None:
    clock = EmulatorClock(speed=None, start=START)
    assert clock.virtual
    assert clock.now() == clock.now() == START
    assert clock.advance(90) == START + timedelta(seconds=90)


def test_a_scaled_clock_runs_faster_than_real_time(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = [100.0]
    monkeypatch.setattr("time.monotonic", lambda: ticks[0])
    clock = EmulatorClock(speed=600, start=START)
    ticks[0] += 2
    assert clock.now() == START + timedelta(seconds=1200)
    clock.advance(60)
    assert clock.now() == START + timedelta(seconds=1260)


@pytest.mark.parametrize("seconds", [-1, -0.001])
def test_time_never_goes_back(seconds: float) -> None:
    with pytest.raises(ValueError, match="seconds must be between 0 and"):
        EmulatorClock(speed=None).advance(seconds)


def test_a_clock_needs_a_speed_above_zero() -> None:
    with pytest.raises(ValueError, match="above 0"):
        EmulatorClock(speed=0)


def test_a_timeline_tells_the_same_status_however_often_it_is_read() -> None:
    line = Timeline((START, "Creating"))
    line.plan(START, (10, "Available"))
    moments = [START + timedelta(seconds=s) for s in (0, 9.999, 10, 1000)]
    assert [line.at(m) for m in moments] == ["Creating", "Creating", "Available", "Available"]
    assert [line.at(m) for m in reversed(moments)] == ["Available", "Available", "Creating", "Creating"]


def test_a_new_plan_forgets_what_was_still_to_come() -> None:
    line = Timeline((START, "Running"))
    line.plan(START, (0, "Stopping"), (20, "Stopped"))
    later = START + timedelta(seconds=5)
    line.plan(later, (0, "Starting"), (30, "Running"))
    assert line.at(START + timedelta(seconds=25)) == "Starting"
    assert line.at(START + timedelta(seconds=35)) == "Running"


def test_months_are_calendar_months() -> None:
    assert add_months(datetime(2026, 1, 31, tzinfo=UTC), 1).day == 28
    assert add_months(datetime(2026, 11, 30, tzinfo=UTC), 3) == datetime(2027, 2, 28, tzinfo=UTC)
    assert add_months(datetime(2026, 12, 5, tzinfo=UTC), 12).year == 2027
