"""The poller: who is looked at when, and what ends a wait."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from swaslift.errors import (
    ResourceFailed,
    ResourceVanished,
    WaitTimeout,
)
from swaslift.waiting.conditions import Watch
from swaslift.waiting.pacing import CAP
from swaslift.waiting.poller import ABSENT_AFTER, APART, APPEARS_WITHIN, Progress, Waiting
from swaslift.wording import duration
from tests.waiting.shelf import STATES, Shelf, Thing

ANSWER: dict[str, Any] = {"action": "List", "code": "X", "http_status": 400}


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


# -- ends ------------------------------------------------------------------------------------------


def test_a_wait_ends_with_the_record_it_waited_for(shelf: Shelf) -> None:
    w = shelf.waiting("a", (0, "making"), (50, "ready"))
    shelf.poller.wait([w])
    assert w.over
    assert w.error is None
    assert w.verdict is not None
    assert w.verdict.record == Thing("ready")
    assert 50 <= shelf.clock.monotonic() <= 90


def test_what_is_there_already_costs_one_look_and_no_time(shelf: Shelf) -> None:
    shelf.poller.wait([shelf.waiting("a", (0, "ready"))])
    assert shelf.times == [0]


def test_a_failure_state_ends_it_at_once(shelf: Shelf) -> None:
    w = shelf.waiting("a", (0, "making"), (30, "broken"), region="cn-x")
    shelf.poller.wait([w])
    assert isinstance(w.error, ResourceFailed)
    assert str(w.error) == "test.thing a in cn-x failed: its state is broken"
    assert (w.error.resource, w.error.last_state) == ("test.thing a", "broken")
    assert w.error.elapsed == shelf.times[-1]


def test_a_deadline_ends_it_on_time_after_a_last_look(shelf: Shelf) -> None:
    # Before the pace would look again, so that the last look is the deadline's.
    w = shelf.waiting("a", (0, "making"), within=50)
    shelf.poller.wait([w])
    assert isinstance(w.error, WaitTimeout)
    assert "did not get there within 50 s; its state is making" in str(w.error)
    assert shelf.clock.monotonic() == pytest.approx(50, abs=0.2)
    assert shelf.times == pytest.approx([0, 50], abs=0.2)


def test_a_deadline_ends_it_on_time_where_the_kind_was_looked_at_just_before(shelf: Shelf) -> None:
    watch = shelf.kind(floor=6.0)
    w = shelf.waiting("a", (0, "making"), watch=watch, within=50)
    shelf.poller.add([w])
    shelf.poller.look()
    shelf.clock.sleep(47)
    shelf.poller.add([shelf.waiting("b", (0, "making"), watch=watch)])
    shelf.clock.sleep(shelf.poller.look())
    shelf.poller.look()
    assert isinstance(w.error, WaitTimeout)
    assert shelf.clock.monotonic() == pytest.approx(50, abs=0.2)
    assert shelf.times == [0, 47]


def test_what_is_gone_after_the_deadline_is_looked_at_twice(shelf: Shelf) -> None:
    w = shelf.waiting("a", (0, None), gone=True, within=-10, since=-100)
    shelf.poller.wait([w])
    assert w.error is None
    assert len(shelf.times) == 2
    back = shelf.waiting("b", (0, None), (shelf.clock.monotonic() + 1, "made"), gone=True, within=-10)
    shelf.poller.wait([back])
    assert isinstance(back.error, WaitTimeout)


def test_what_is_ready_at_the_deadline_is_in_time(shelf: Shelf) -> None:
    w = shelf.waiting("a", (0, "making"), (499, "ready"), within=500)
    shelf.poller.wait([w])
    assert w.error is None


def test_a_deadline_does_not_make_the_poller_spin(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the deadline and the next look nothing is slept away in small bits."""
    naps: list[float] = []
    sleep = shelf.clock.sleep

    def nap(seconds: float) -> None:
        naps.append(seconds)
        sleep(seconds)

    monkeypatch.setattr(shelf.clock, "sleep", nap)
    w = shelf.waiting("a", (0, "making"), within=500)
    shelf.poller.wait([w])
    # The pace may have looked so shortly before the deadline that the kind allows no look at it.
    at_the_deadline = shelf.times[-1] >= 500
    assert len(naps) == len(shelf.times) - at_the_deadline


def test_what_never_appears_ends_after_a_while(shelf: Shelf) -> None:
    w = shelf.waiting("a", (0, None))
    shelf.poller.wait([w])
    assert isinstance(w.error, ResourceVanished)
    assert f"did not appear within {duration(APPEARS_WITHIN)}" in str(w.error)
    assert APPEARS_WITHIN <= shelf.clock.monotonic() <= APPEARS_WITHIN + CAP


def test_what_appears_late_is_waited_for(shelf: Shelf) -> None:
    w = shelf.waiting("a", (0, None), (250, "making"), (600, "ready"))
    shelf.poller.wait([w])
    assert w.error is None


def test_what_was_there_and_is_gone_ends_it(shelf: Shelf) -> None:
    w = shelf.waiting("a", (0, "making"), (30, None))
    shelf.poller.wait([w])
    assert isinstance(w.error, ResourceVanished)
    assert str(w.error).endswith("is gone")


@pytest.mark.parametrize("or_gone", [False, True])
def test_one_look_without_it_is_no_proof(shelf: Shelf, or_gone: bool) -> None:
    def drop(_now: float) -> None:
        looks = len(shelf.looks)
        shelf.lives["a"] = [(0, None if looks == 2 else "making" if looks < 5 else "ready")]

    shelf.trouble = drop
    w = shelf.waiting("a", or_gone=or_gone)
    shelf.poller.wait([w])
    assert w.error is None
    assert w.verdict is not None
    assert w.verdict.record == Thing("ready")


def test_looks_without_it_prove_something_only_when_they_are_apart(shelf: Shelf) -> None:
    """Others of its kind have all of them looked at every two seconds."""
    quick = Watch(replace(STATES, typical=1), shelf.watch.look, shelf.watch.state)
    w = shelf.waiting("a", (0, "making"), (1, None), (APART, "making"), (60, "ready"), watch=quick)
    shelf.poller.wait([w])
    assert len([t for t in shelf.times if 1 <= t < APART]) > 2
    assert w.error is None
    gone = shelf.waiting("b", (0, "making"), (100, None), watch=quick)
    shelf.poller.wait([gone])
    assert isinstance(gone.error, ResourceVanished)
    assert 100 + APART <= shelf.clock.monotonic() <= 100 + APART + CAP


@pytest.mark.parametrize(("within", "or_gone"), [(3600, False), (-1000, False), (-1000, True)])
def test_the_first_look_of_a_late_resume_is_no_proof(shelf: Shelf, within: float, or_gone: bool) -> None:
    def back(*life: tuple[float, str | None]) -> Waiting:
        w = shelf.waiting("a", *life, since=shelf.clock.monotonic() - 9000, within=within, or_gone=or_gone)
        shelf.poller.wait([w])
        return w

    there = back((0, None), (1, "ready"))
    assert there.error is None
    assert there.verdict is not None
    assert there.verdict.record is not None
    shelf.clock.sleep(10)  # its kind may be looked at again
    began = shelf.clock.monotonic()
    gone = back((0, None))
    if or_gone:
        assert gone.error is None
    else:
        assert isinstance(gone.error, ResourceVanished)
    assert shelf.clock.monotonic() <= began + CAP + 10


def test_waiting_for_something_to_go_ends_when_it_went(shelf: Shelf) -> None:
    w = shelf.waiting("a", (0, "ready"), (30, None), gone=True)
    shelf.poller.wait([w])
    assert w.error is None
    assert 30 <= shelf.clock.monotonic() <= 30 + CAP


def test_what_need_not_be_there_is_taken_to_be_gone_after_a_while(shelf: Shelf) -> None:
    w = shelf.waiting("a", (0, None), or_gone=True)
    shelf.poller.wait([w])
    assert w.error is None
    assert w.verdict is not None
    assert w.verdict.record is None
    assert ABSENT_AFTER <= shelf.clock.monotonic() <= ABSENT_AFTER + CAP + 10


def test_one_error_ends_the_others_that_are_waited_for_with_it(shelf: Shelf) -> None:
    good = shelf.waiting("a", (0, "making"), (9000, "ready"))
    bad = shelf.waiting("b", (0, "broken"))
    shelf.poller.wait([good, bad])
    assert bad.error is not None
    assert not good.over
    assert shelf.times == [0]


def test_after_a_wait_nothing_is_kept(shelf: Shelf) -> None:
    shelf.poller.wait([shelf.waiting("a", (0, "ready"))])
    shelf.clock.sleep(100)
    shelf.poller.look()
    assert shelf.poller._groups == {}
    assert len(shelf.times) == 1


# -- news ------------------------------------------------------------------------------------------


def test_a_state_that_nobody_knows_is_told_once_and_waited_through(shelf: Shelf) -> None:
    news: list[Progress] = []
    w = shelf.waiting("a", (0, "polishing"), (400, "waxing"), (800, "ready"), tell=news.append)
    shelf.poller.wait([w])
    assert w.error is None
    assert [n.state for n in news if n.unknown] == ["polishing", "waxing"]
    assert len(news) > 4


def test_a_listener_that_fails_does_not_end_the_waits(shelf: Shelf, caplog: pytest.LogCaptureFixture) -> None:
    def fail(_news: Progress) -> None:
        raise RuntimeError("a listener's own fault")

    w = shelf.waiting("a", (0, "making"), (50, "ready"), tell=fail)
    shelf.poller.wait([w])
    assert w.error is None
    assert "a listener failed at the news of test.thing a" in caplog.text


# -- threads ---------------------------------------------------------------------------------------


def test_two_threads_that_wait_share_the_looks(shelf: Shelf) -> None:
    started = threading.Barrier(2)

    def run(name: str) -> None:
        w = shelf.waiting(name, (0, "making"), (200, "ready"))
        shelf.poller.add([w])
        started.wait(5)
        shelf.poller.wait([w])
        assert w.error is None

    threads = [threading.Thread(target=run, args=(n,)) for n in ("a", "b")]
    for t in threads:
        t.start()
    for t in threads:
        t.join(10)
    assert not any(t.is_alive() for t in threads)
    together = [ids for _, _, ids in shelf.looks if len(ids) == 2]
    assert together
    alone = Shelf()
    alone.poller.wait([alone.waiting("a", (0, "making"), (200, "ready"))])
    assert len(shelf.looks) <= len(alone.looks) + 3


def test_a_wait_of_one_thread_is_not_dropped_with_an_equal_one_of_another(shelf: Shelf) -> None:
    mine, yours = shelf.waiting("a", (0, "making"), (50, "ready")), shelf.waiting("a")
    shelf.poller.add([mine, yours])
    shelf.poller.drop([yours])
    for _ in range(20):
        shelf.clock.sleep(shelf.poller.look())
    assert mine.verdict is not None
    assert mine.verdict.outcome == "done"
    assert not yours.over


def test_time_goes_by_the_clients_clock_alone(shelf: Shelf) -> None:
    before = shelf.clock.now()
    shelf.poller.wait([shelf.waiting("a", (0, "making"), (36_000, "ready"))])
    assert shelf.clock.now() - before >= timedelta(hours=10)
