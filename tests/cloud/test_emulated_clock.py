"""Living at an emulator's clock."""

from __future__ import annotations

import math
import time
from datetime import UTC, datetime

import pytest

from swaslift.clock import SystemClock, VirtualClock
from swaslift.cloud.emulated import EmulatedClock, clock_of
from swaslift.emulator import Emulator
from swaslift.errors import ConnectError
from tests.cloud.doors import door
from tests.cloud.wires import dead_port, foreign, turnstile


def test_without_an_endpoint_url_time_is_the_machines() -> None:
    assert isinstance(clock_of(None), SystemClock)


def test_a_host_beyond_loopback_is_not_asked_for_its_clock() -> None:
    """An emulator answers on loopback alone, and a far host may be reached through a proxy only."""
    assert isinstance(clock_of("http://swas.example:8080"), SystemClock)


def test_another_service_on_loopback_has_the_machines_time() -> None:
    for answer in ({}, {"status": 404}, {"body": b'{"emulator": "another"}'}, {"body": b"[]"}):
        with foreign(**answer) as (url, _):
            assert isinstance(clock_of(url), SystemClock)


def test_a_dead_endpoint_is_told() -> None:
    with pytest.raises(ConnectError, match="Is the emulator running"):
        clock_of(f"http://127.0.0.1:{dead_port()}")


def test_a_virtual_clock_moves_only_when_somebody_sleeps(cloud: Emulator) -> None:
    clock = clock_of(cloud.endpoint_url)
    assert isinstance(clock, EmulatedClock)
    assert clock.speed == math.inf
    start = clock.now()
    assert start == cloud.clock.now()
    assert clock.monotonic() == 0
    began = time.monotonic()
    clock.sleep(3600)
    clock.sleep(0)
    clock.sleep(-5)
    assert time.monotonic() - began < 1
    assert clock.monotonic() == 3600
    assert (clock.now() - start).total_seconds() == 3600


def test_a_virtual_clock_sees_what_others_do_to_it(cloud: Emulator) -> None:
    one, other = clock_of(cloud.endpoint_url), clock_of(cloud.endpoint_url)
    one.sleep(10)
    cloud.clock.advance(5)
    assert one.monotonic() == other.monotonic() == 15
    assert one.now() == other.now() == cloud.clock.now()


def test_a_virtual_clock_keeps_one_connection(cloud: Emulator) -> None:
    with turnstile(cloud.endpoint) as (url, came):
        clock = clock_of(url)
        for _ in range(20):
            clock.sleep(1)
            clock.now()
        assert len(came) == 1


def test_a_virtual_clock_goes_on_by_itself_where_its_emulator_has_stopped() -> None:
    with Emulator(speed=None) as running:
        clock = clock_of(running.endpoint_url)
        clock.sleep(1)
        at = clock.now()
    assert clock.now() == at
    clock.sleep(30)
    assert (clock.now() - at).total_seconds() == 30
    assert clock.monotonic() == 31


def test_a_scaled_clock_runs_as_fast_as_the_emulators_and_sleeps_as_much_less() -> None:
    start = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)
    with Emulator(speed=600, start=start) as running:
        clock = clock_of(running.endpoint_url)
        assert isinstance(clock, EmulatedClock)
        assert clock.speed == 600
        began, before = time.monotonic(), clock.monotonic()
        clock.sleep(60)
        real, felt = time.monotonic() - began, clock.monotonic() - before
        assert 0.1 <= real < 5
        assert 60 <= felt < 3000
        # Never ahead: a minute that is over here is over there.
        assert clock.now() <= running.clock.now()
        assert (running.clock.now() - clock.now()).total_seconds() < 600


def test_a_scaled_clock_asks_nobody_once_it_is_made() -> None:
    with Emulator(speed=600) as running:
        clock = clock_of(running.endpoint_url)
    before = clock.now()
    clock.sleep(1)
    assert (clock.now() - before).total_seconds() >= 1


def test_a_clock_that_is_given_comes_first(cloud: Emulator) -> None:
    clock = VirtualClock()
    client = door(cloud, clock=clock)
    client.clock.sleep(90)
    assert (clock.monotonic(), client.clock.now()) == (90, clock.now())
    assert client.emulated


def test_a_door_knows_whether_it_leads_to_an_emulator(cloud: Emulator) -> None:
    assert door(cloud).emulated
    assert not door().emulated
    with foreign() as (url, _):
        assert not door(endpoint_url=url).emulated


def test_the_door_lives_at_one_clock(cloud: Emulator) -> None:
    client = door(cloud)
    assert client.clock.speed == math.inf
    client.clock.sleep(60)
    assert client.clock.now() == cloud.clock.now()
