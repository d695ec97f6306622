"""A service that cannot be reached: who hears of it, and what a run that pauses for it says."""

from __future__ import annotations

import threading
from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from swaslift import Client
from swaslift.clock import VirtualClock
from swaslift.cloud.caller import Exchange
from swaslift.emulator import Emulator
from swaslift.errors import ConnectError, NoAnswerError, RunPaused, WaitUnanswered
from swaslift.runs.events import Event
from tests.support import client_of

FAULTS: dict[str, Callable[[Emulator, str, int], None]] = {
    "cut": lambda cloud, action, times: cloud.faults.cut(action, times=times),
    "fail": lambda cloud, action, times: cloud.faults.fail(action, 503, "ServiceUnavailable", times=times),
    "throttle": lambda cloud, action, times: cloud.faults.throttle(action, times=times),
}


def told(events: list[Event]) -> list[tuple[str, str]]:
    """What was reported of retries: the kind, and the call."""
    return [(e.kind, e.retrying.call) for e in events if e.retrying is not None]


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("action", ["ListSnapshots", "ListCustomImages"])
def test_an_outage_in_a_wait_is_reported_at_once_and_when_it_is_over(
    cloud: Emulator, lift: Client, action: str, fault: str
) -> None:
    events: list[Event] = []
    lines: list[str] = []

    def listen(event: Event) -> None:
        events.append(event)
        if event.kind == "waiting" and not lines:
            lines.append("")
            FAULTS[fault](cloud, action, 3)
        if event.kind == "retrying":
            lines.append(lift.runs.get("r").progress)
            with client_of(cloud, journal=lift._journal.path) as other:
                lines.append(other.runs.get("r").progress)

    lift.listen(listen)
    lift.capture_image("shop", "golden", run_id="r")
    assert told(events) == [
        ("retrying", f"{action} in cn-hangzhou"),
        ("recovered", f"{action} in cn-hangzhou"),
    ]
    here, elsewhere = lines[1:3]
    assert f"; {action} in cn-hangzhou: " in here
    assert " since 2026-11-01 08:" in here
    assert f"{action} in cn-hangzhou: " in elsewhere
    assert "cn-hangzhou: " not in lift.runs.get("r").progress


def test_a_wait_that_ends_in_an_outage_names_the_network_and_can_be_resumed(
    cloud: Emulator, lift: Client
) -> None:
    lift.listen(lambda e: cloud.faults.cut("ListSnapshots", times=9999) if e.kind == "waiting" else None)
    with pytest.raises(RunPaused) as paused:
        lift.capture_image("shop", "golden", run_id="r")
    assert isinstance(paused.value.__cause__, WaitUnanswered)
    assert f"ListSnapshots in cn-hangzhou: no answer from {cloud.endpoint_url}" in paused.value.reason
    assert "check the network" in paused.value.remedy
    assert cloud.endpoint_url in paused.value.remedy
    lift._carrier.listeners.clear()
    cloud.faults.clear()
    assert lift.runs.resume("r").name == "golden"


@pytest.mark.parametrize("action", ["CreateSnapshot", "CreateCustomImage"])
def test_the_retries_of_a_call_are_reported(cloud: Emulator, lift: Client, action: str) -> None:
    events: list[Event] = []
    cloud.faults.fail(action, 503, "ServiceUnavailable", times=3)
    lift.listen(events.append)
    lift.capture_image("shop", "golden")
    assert told(events) == [
        ("retrying", f"{action} in cn-hangzhou"),
        ("recovered", f"{action} in cn-hangzhou"),
    ]


def test_a_call_that_is_given_up_is_reported_before_the_pause(cloud: Emulator, lift: Client) -> None:
    events: list[Event] = []
    cloud.faults.cut("CreateSnapshot", times=99)
    lift.listen(events.append)
    with pytest.raises(RunPaused, match="check the network"):
        lift.capture_image("shop", "golden")
    kinds = [kind for kind, _ in told(events)]
    assert kinds[:2] == ["retrying", "gave up"]
    assert kinds[-1] == "gave up"
    assert events[-1].kind == "paused"


def test_an_outage_in_an_undo_is_reported(cloud: Emulator, lift: Client) -> None:
    lift.capture_image("shop", "golden", run_id="r")
    events: list[Event] = []
    lift.listen(events.append)
    cloud.faults.cut("DeleteCustomImage", times=2)
    cloud.faults.fail("ListCustomImages", 503, "ServiceUnavailable", times=2)
    lift.runs.get("r").undo()
    kinds = told(events)
    assert (
        [kind for kind, _ in kinds].count("retrying") == [kind for kind, _ in kinds].count("recovered") >= 1
    )
    assert lift.runs.get("r").status == "undone"


@pytest.mark.parametrize("clock", [None, VirtualClock()])
def test_an_emulator_that_has_gone_pauses_the_run_and_names_the_network(clock: Any) -> None:
    cloud = Emulator(speed=None, seed=7)
    cloud.start()
    events: list[Event] = []
    with client_of(cloud, random=Random(7), clock=clock) as lift:

        def listen(event: Event) -> None:
            events.append(event)
            if event.kind == "waiting":
                cloud.stop()

        lift.listen(listen)
        with pytest.raises(RunPaused, match="cannot be reached since") as paused:
            lift.capture_image("shop", "golden", run_id="r")
        assert isinstance(paused.value.__cause__, WaitUnanswered)
        assert isinstance(paused.value.__cause__.error, ConnectError | NoAnswerError)
        assert ("retrying", "ListSnapshots in cn-hangzhou") in told(events)
        assert lift.runs.get("r").status == "paused"


def test_a_background_run_that_hangs_in_a_call_holds_up_no_other(cloud: Emulator, lift: Client) -> None:
    reached, go_on = threading.Event(), threading.Event()

    def hang(exchange: Exchange) -> None:
        if (exchange.phase, exchange.action) == ("before", "CreateSnapshot") and not reached.is_set():
            reached.set()
            go_on.wait(60)

    lift.cloud.observe(hang)
    hung = lift.capture_image.start("shop", "one", run_id="hung")
    assert reached.wait(30)
    other = lift.capture_image.start("wiki", "two", run_id="other")
    assert other.result(timeout=60).name == "two"
    assert hung.status == "running"
    go_on.set()
    assert hung.result(timeout=60).name == "one"
