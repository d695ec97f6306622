"""The poller: one look for many, how often, and what happens when no answer comes."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest

from swaslift.errors import (
    AuthError,
    ConflictError,
    ConnectError,
    NoAnswerError,
    ServerError,
    SwasliftError,
    ThrottledError,
    WaitUnanswered,
)
from swaslift.waiting.pacing import CAP
from swaslift.waiting.poller import Progress
from tests.waiting.shelf import Shelf

ANSWER: dict[str, Any] = {"action": "List", "code": "X", "http_status": 400}


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


# -- one look for many -----------------------------------------------------------------------------


def test_many_of_a_kind_and_region_are_one_look(shelf: Shelf) -> None:
    waits = [shelf.waiting(f"t{n}", (0, "making"), (50, "ready")) for n in range(80)]
    shelf.poller.wait(waits)
    assert all(len(ids) == 80 for _, _, ids in shelf.looks)
    assert len(shelf.looks) <= 5


def test_more_than_a_look_takes_are_several_and_the_pace_allows_for_them(shelf: Shelf) -> None:
    watch = shelf.kind(batch=100, floor=6.0)
    waits = [
        # So old that the pace alone would be faster.
        shelf.waiting(f"t{n}", (0, "making"), (90, "ready"), watch=watch, since=-90.0)
        for n in range(250)
    ]
    shelf.poller.wait(waits)
    sizes = [len(ids) for _, _, ids in shelf.looks]
    assert sizes[:3] == [100, 100, 50]
    starts = shelf.times[::3]
    assert all(b - a >= 18 for a, b in itertools.pairwise(starts))


def test_the_same_thing_is_asked_for_once(shelf: Shelf) -> None:
    shelf.poller.wait([shelf.waiting("a", (0, "ready")), shelf.waiting("a")])
    assert shelf.looks == [(0, "r", ("a",))]


def test_regions_and_kinds_are_apart(shelf: Shelf) -> None:
    other = shelf.kind()
    shelf.poller.wait(
        [
            shelf.waiting("a", (0, "ready")),
            shelf.waiting("b", (0, "ready"), region="far"),
            shelf.waiting("c", (0, "ready"), watch=other),
        ]
    )
    assert [(region, ids) for _, region, ids in shelf.looks] == [
        ("r", ("a",)),
        ("far", ("b",)),
        ("r", ("c",)),
    ]


def test_a_group_whose_waits_are_over_is_left_alone(shelf: Shelf) -> None:
    slow = shelf.waiting("a", (0, "making"), (400, "ready"))
    quick = shelf.waiting("b", (0, "ready"), region="far")
    shelf.poller.wait([slow, quick])
    assert [r for _, r, _ in shelf.looks].count("far") == 1


# -- pace ------------------------------------------------------------------------------------------


def test_a_kind_is_never_looked_at_more_often_than_its_floor_however_many_come_and_go(shelf: Shelf) -> None:
    watch = shelf.kind(floor=6.0)
    poller = shelf.poller
    going = []
    for n in range(60):
        w = shelf.waiting(f"t{n}", (0, "making"), watch=watch)
        poller.add([w])
        going.append(w)
        poller.look()
        if n % 3 == 0:
            poller.drop([going.pop(0)])
        shelf.clock.sleep(1)
    gaps = [b - a for a, b in itertools.pairwise(shelf.times)]
    assert min(gaps) >= 6
    assert len(shelf.times) <= 10  # ten a minute is what the oldest documents allow


def test_also_when_none_was_left_in_between(shelf: Shelf) -> None:
    watch = shelf.kind(floor=6.0)
    for n in range(5):
        shelf.poller.wait([shelf.waiting(f"t{n}", (0, "ready"), watch=watch)])
    assert shelf.times == pytest.approx([0, 6, 12, 18, 24], abs=0.2)


def test_a_new_wait_is_looked_at_at_once_where_the_floor_allows(shelf: Shelf) -> None:
    shelf.poller.add([shelf.waiting("a", (0, "making"))])
    shelf.poller.look()
    shelf.clock.sleep(10)
    shelf.poller.add([shelf.waiting("b", (0, "ready"))])
    shelf.poller.look()
    assert shelf.looks == [(0, "r", ("a",)), (10, "r", ("a", "b"))]


def test_looks_are_rare_while_much_is_left_and_dense_at_the_end(shelf: Shelf) -> None:
    shelf.poller.wait([shelf.waiting("a", (0, "making"), (100, "ready"))])
    gaps = [b - a for a, b in itertools.pairwise(shelf.times)]
    assert gaps[0] == pytest.approx(60, rel=0.11)
    assert gaps[-1] < gaps[0]


def test_a_wait_that_goes_on_after_a_crash_knows_its_age(shelf: Shelf) -> None:
    news: list[Progress] = []
    w = shelf.waiting("a", (0, "making"), (5, "ready"), since=-95.0, tell=news.append)
    shelf.poller.wait([w])
    assert news[0].remaining == pytest.approx(19)  # a fifth of its age: it is nearly due


# -- when no answer comes --------------------------------------------------------------------------


def until(end: float, error: SwasliftError) -> Callable[[float], Exception | None]:
    """Trouble up to a moment."""
    return lambda now: error if now < end else None


def test_a_throttled_group_rests_until_the_next_minute(shelf: Shelf) -> None:
    shelf.clock.sleep(17)
    shelf.trouble = until(18, ThrottledError("", **ANSWER))
    shelf.poller.wait([shelf.waiting("a", (0, "ready"))])
    first, second = shelf.times
    assert first == 17
    assert 60 <= second <= 62.1


def test_new_waits_do_not_wake_a_group_that_rests(shelf: Shelf) -> None:
    shelf.trouble = until(1, ThrottledError("", **ANSWER))
    shelf.poller.add([shelf.waiting("a", (0, "ready"))])
    shelf.poller.look()
    for n in range(20):
        shelf.poller.add([shelf.waiting(f"t{n}", (0, "ready"))])
        shelf.poller.look()
        shelf.clock.sleep(2)
    assert shelf.times == [0]


def test_other_groups_go_on_while_one_rests(shelf: Shelf) -> None:
    def trouble(_now: float) -> Exception | None:
        return ThrottledError("", **ANSWER) if shelf.looks[-1][1] == "busy" and len(shelf.looks) < 3 else None

    shelf.trouble = trouble
    busy = shelf.waiting("a", (0, "ready"), region="busy")
    quick = shelf.waiting("b", (0, "making"), (20, "ready"))
    shelf.poller.add([busy, quick])
    shelf.poller.look()
    while not quick.over:
        shelf.clock.sleep(shelf.poller.look())
    assert not busy.over
    assert shelf.clock.monotonic() < 100


def test_what_the_service_says_about_when_to_come_back_is_kept_to(shelf: Shelf) -> None:
    shelf.trouble = until(1, ThrottledError("", retry_after=3.0, **ANSWER))
    shelf.poller.wait([shelf.waiting("a", (0, "ready"))])
    assert 3 <= shelf.times[1] <= 3.6


NETWORK: dict[str, Any] = {"action": "List", "endpoint": "e"}


@pytest.mark.parametrize(
    "error",
    [
        ConnectError("down", **NETWORK),
        NoAnswerError("lost", **NETWORK),
        ServerError("", **ANSWER),
        ConflictError("", retryable=True, **ANSWER),
    ],
    ids=lambda e: type(e).__name__,
)
def test_an_answer_that_does_not_come_only_delays_the_next_look(shelf: Shelf, error: SwasliftError) -> None:
    shelf.trouble = until(100, error)
    w = shelf.waiting("a", (0, "ready"))
    shelf.poller.wait([w])
    assert w.error is None
    gaps = [round(b - a) for a, b in itertools.pairwise(shelf.times)]
    assert gaps[:4] == [5, 10, 20, 40]  # longer and longer
    assert shelf.times[-1] <= 100 + CAP


def test_after_an_answer_the_next_trouble_starts_from_the_shortest_rest(shelf: Shelf) -> None:
    shelf.trouble = lambda now: NoAnswerError("lost", **NETWORK) if now < 12 or 40 < now < 120 else None
    shelf.poller.wait([shelf.waiting("a", (0, "making"), (130, "ready"))])
    rests = [round(b - a) for a, b in itertools.pairwise(shelf.times)]
    assert rests[:2] == [5, 10]
    assert rests.count(5) == 2


@pytest.mark.parametrize(
    "error", [ThrottledError("", **ANSWER), NoAnswerError("lost", **NETWORK)], ids=lambda e: type(e).__name__
)
def test_the_deadline_holds_also_while_nothing_can_be_seen(shelf: Shelf, error: SwasliftError) -> None:
    shelf.trouble = lambda _now: error
    w = shelf.waiting("a", (0, "ready"), within=100)
    shelf.poller.wait([w])
    assert isinstance(w.error, WaitUnanswered)
    assert w.error.error is error
    assert shelf.clock.monotonic() == pytest.approx(100, abs=0.2)


def test_a_refused_identity_ends_the_waits_of_the_group_at_once_and_no_others(shelf: Shelf) -> None:
    refused = AuthError("no", **ANSWER)
    shelf.trouble = lambda _now: refused if shelf.looks[-1][1] == "closed" else None
    one, two = (shelf.waiting(n, (0, "making"), region="closed") for n in ("a", "b"))
    other = shelf.waiting("c", (0, "making"))
    shelf.poller.add([one, two, other])
    shelf.poller.look()
    assert one.error is two.error is refused
    assert other.error is None
    assert shelf.clock.monotonic() == 0
