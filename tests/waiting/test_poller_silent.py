"""The poller while a region does not answer: the others go on, and what cannot be seen is reported."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from swaslift.clock import SystemClock, VirtualClock
from swaslift.errors import (
    ConflictError,
    ConnectError,
    NoAnswerError,
    ServerError,
    SwasliftError,
    ThrottledError,
    UnreadableAnswer,
    WaitTimeout,
    WaitUnanswered,
)
from swaslift.waiting import poller
from swaslift.waiting.poller import Progress
from tests.waiting.shelf import Shelf

ANSWER: dict[str, Any] = {"action": "List", "code": "X", "http_status": 503}
NETWORK: dict[str, Any] = {"action": "List", "endpoint": "https://far"}
UNREADABLE = UnreadableAnswer(
    region_id="r", field="Things[0].State", value="7", problem="a text", advice="Try again", **NETWORK
)
LOST = NoAnswerError("lost", **NETWORK)


@pytest.fixture
def answers() -> Iterator[threading.Event]:
    """Set when the silent region answers."""
    event = threading.Event()
    yield event
    event.set()


def silent(shelf: Shelf, answers: threading.Event) -> Shelf:
    """The shelf, whose polls of the region ``silent`` hang."""

    def hang(_now: float) -> Exception | None:
        if shelf.looks[-1][1] == "silent":
            answers.wait(60)
        return None

    shelf.trouble = hang
    return shelf


@pytest.mark.parametrize("clock", [VirtualClock, SystemClock])
def test_a_region_that_hangs_delays_no_other_group_of_the_same_wait(
    clock: Any, answers: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(poller, "SILENT_AFTER", 0.05)
    shelf = silent(Shelf(clock=clock()), answers)
    hung = shelf.waiting("a", (0, "ready"), region="silent")
    other = shelf.waiting("b", (0, "ready"))
    shelf.poller.wait([hung, other], lambda: other.over)
    assert not hung.over
    answers.set()
    shelf.poller.wait([hung])
    assert hung.error is None


def test_a_region_that_hangs_delays_no_wait_of_another_thread(answers: threading.Event) -> None:
    shelf = silent(Shelf(clock=SystemClock()), answers)  # type: ignore[arg-type]
    hung = shelf.waiting("a", (0, "ready"), region="silent")
    stuck = threading.Thread(target=shelf.poller.wait, args=([hung],))
    stuck.start()
    other = shelf.waiting("b", (0, "ready"))
    shelf.poller.wait([other])
    assert not hung.over
    answers.set()
    stuck.join(30)
    assert hung.over


def test_a_group_that_hangs_is_polled_by_one_thread(answers: threading.Event) -> None:
    shelf = silent(Shelf(clock=SystemClock()), answers)  # type: ignore[arg-type]
    shelf.poller.add([shelf.waiting(f"t{n}", (0, "ready"), region="silent") for n in range(1000)])
    before = threading.active_count()
    for _ in range(50):
        shelf.poller.look()
    assert threading.active_count() <= before + 1


@pytest.mark.parametrize(
    ("error", "problem"),
    [
        (ConnectError("down", **NETWORK), "List in r: https://far cannot be reached"),
        (LOST, "List in r: no answer from https://far"),
        (UNREADABLE, "List in r: the answer of https://far cannot be read (Things[0].State)"),
        (ServerError("", **ANSWER), "List in r: the service answers 503 X"),
        (ThrottledError("", **ANSWER), "List in r: too many calls (X)"),
        (ConflictError("", retryable=True, **ANSWER), "List in r: the service answers 503 X"),
    ],
    ids=lambda e: type(e).__name__,
)
def test_a_poll_that_fails_is_reported_at_once_and_again_when_it_is_over(
    error: SwasliftError, problem: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "swaslift.cloud")
    shelf, news = Shelf(), list[Progress]()
    shelf.trouble = lambda now: error if now < 200 else None
    shelf.poller.wait([shelf.waiting("a", (0, "ready"), tell=news.append)])
    first, *_, last = news
    assert first.retrying is not None
    assert (first.retrying.problem, first.retrying.failures) == (problem, 1)
    assert first.retrying.since == first.retrying.at
    assert first.retrying.error is error
    assert last.retrying is None
    assert problem in caplog.messages[0]
    assert "answered again after" in caplog.messages[-1]
    assert len(caplog.messages) == 2


def test_an_outage_that_lasts_is_logged_again_every_ten_minutes(caplog: pytest.LogCaptureFixture) -> None:
    shelf = Shelf()
    shelf.trouble = lambda _now: LOST
    shelf.poller.wait([shelf.waiting("a", (0, "ready"), within=3600)])
    assert 5 <= len(caplog.messages) <= 7


def test_a_wait_whose_polls_fail_ends_with_the_network_and_not_with_the_resource() -> None:
    shelf = Shelf()
    shelf.trouble = lambda now: LOST if now > 300 else None
    w = shelf.waiting("a", (0, "making"), within=3600)
    shelf.poller.wait([w])
    assert isinstance(w.error, WaitUnanswered)
    assert w.error.error is LOST
    assert w.error.last_state == "making"
    assert "List in r: no answer from https://far since 2026-01-01 00:0" in str(w.error)


def test_a_short_failure_before_the_deadline_does_not_hide_that_the_resource_is_late() -> None:
    shelf = Shelf()
    shelf.trouble = lambda now: LOST if now > 3550 else None
    w = shelf.waiting("a", (0, "making"), within=3600)
    shelf.poller.wait([w])
    assert isinstance(w.error, WaitTimeout)
    assert "its state is making, and the last polls failed" in str(w.error)


def test_a_fault_in_a_poll_is_raised_where_it_is_waited_for() -> None:
    shelf = Shelf()
    fault = RuntimeError("a fault of the program")
    shelf.trouble = lambda _now: fault
    w = shelf.waiting("a", (0, "ready"))
    shelf.poller.wait([w])
    assert w.error is fault


def test_what_ends_the_process_ends_it_in_the_thread_that_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = Shelf()

    def leave(*_: Any) -> None:
        raise SystemExit

    monkeypatch.setattr(shelf, "trouble", leave)
    with pytest.raises(SystemExit):
        shelf.poller.wait([shelf.waiting("a", (0, "ready"))])
