"""The services' time of day, from their dates and the seconds since."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from swaslift.clock import ServiceClock, VirtualClock

NOW = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def date(at: datetime) -> str:
    return format_datetime(at, usegmt=True)


@pytest.fixture
def own() -> VirtualClock:
    """The clock of a machine that is half a year behind."""
    return VirtualClock(NOW - 4000 * HOUR)


@pytest.fixture
def clock(own: VirtualClock) -> ServiceClock:
    return ServiceClock(lambda: own)


def test_before_an_answer_the_machines_time_is_shown_and_no_age_is_known(
    clock: ServiceClock, own: VirtualClock
) -> None:
    assert clock.now() == own.now()
    assert clock.age(own.now() - HOUR) is None


def test_an_answer_tells_the_time_and_the_seconds_since_are_counted(clock: ServiceClock) -> None:
    clock.dated(date(NOW))
    clock.sleep(90)
    assert clock.now() == NOW + timedelta(seconds=90)
    assert clock.age(NOW - HOUR) == 3690


@pytest.mark.parametrize(("ahead", "age"), [(30, 0.0), (3600, None)])
def test_a_moment_to_come_is_now_or_has_no_age(clock: ServiceClock, ahead: int, age: float | None) -> None:
    clock.dated(date(NOW))
    assert clock.age(NOW + timedelta(seconds=ahead)) == age
    assert clock.age(None) is None


@pytest.mark.parametrize(
    ("passed", "answered", "now"),
    [
        (10, 0, 10),  # a late answer: time does not go back
        (10, 40, 40),  # the machine slept without counting
        (10, 7200, 7200),
        (7200, 10, 10),  # it counted what did not pass
    ],
)
def test_what_a_later_answer_says_corrects_what_was_counted(
    clock: ServiceClock, passed: int, answered: int, now: int
) -> None:
    clock.dated(date(NOW - timedelta(seconds=1)))
    clock.dated(date(NOW))
    clock.sleep(passed)
    clock.dated(date(NOW + timedelta(seconds=answered + (1 if answered == 0 else 0))))
    clock.dated(date(NOW + timedelta(seconds=answered)))
    assert clock.now() == NOW + timedelta(seconds=now)


@pytest.mark.parametrize(
    "header", [None, "", "soon", "Sun, 01 Nov 2026 08:00:00 -0000", "Sun, 01 Nov 99999 08:00:00 GMT"]
)
def test_what_is_no_date_is_passed_over(clock: ServiceClock, own: VirtualClock, header: str | None) -> None:
    clock.dated(header)
    assert clock.now() == own.now()


def test_a_held_clock_keeps_its_time_whatever_date_an_answer_has(own: VirtualClock) -> None:
    held = ServiceClock(lambda: own, held=True)
    held.dated(date(NOW))
    assert held.now() == own.now()
    assert held.age(own.now() - HOUR) == 3600
