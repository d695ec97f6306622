"""What one look says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from swaslift.cloud import Cloud
from swaslift.waiting import states
from swaslift.waiting.conditions import Condition, Sight, Verdict, Watch


@dataclass(frozen=True)
class Thing:
    state: str
    progress: int = 0
    usable: bool | None = None


def look(_cloud: Cloud, _region: str, _ids: Sequence[str]) -> Mapping[str, Thing]:
    raise AssertionError("nothing is looked at here")


WATCH = Watch(states.ECS_IMAGE, look, lambda t: t.state, lambda t: t.progress)


def looks(shown: Sequence[Thing | str | None], **condition: Any) -> list[Verdict[Thing]]:
    """The verdicts of looks that follow one another."""
    waited_for = Condition(WATCH, "r", "m-1", **condition)
    sight = Sight()
    return [waited_for.judge(Thing(t) if isinstance(t, str) else t, sight) for t in shown]


def outcomes(shown: Sequence[Thing | str | None], **condition: Any) -> list[str]:
    return [v.outcome for v in looks(shown, **condition)]


def test_success_ends_the_wait_with_the_record() -> None:
    first, last = looks(["Creating", Thing("Available", 100)])
    assert (first.outcome, first.state) == ("pending", "Creating")
    assert last == Verdict("done", "Available", Thing("Available", 100), 100)


def test_nothing_before_the_first_sight_means_wait_and_twice_after_it_means_gone() -> None:
    assert outcomes([None, None, None, "Creating", None, None]) == ["pending"] * 5 + ["gone"]
    assert outcomes(["Creating", None, "Creating", None, None]) == ["pending"] * 4 + ["gone"]


@pytest.mark.parametrize("state", ["CreateFailed", "UnAvailable", "Deprecated"])
def test_a_failure_state_ends_the_wait_at_once(state: str) -> None:
    (verdict,) = looks([Thing(state, 40)])
    assert (verdict.outcome, verdict.state, verdict.progress) == ("failed", state, 40)


def test_a_failure_state_may_be_what_is_wanted() -> None:
    assert outcomes(["CreateFailed"], wanted=frozenset({"CreateFailed"})) == ["done"]
    assert outcomes(["UnAvailable", "Available"], fails_on=frozenset()) == ["pending", "done"]


def test_a_state_of_no_set_keeps_the_wait_going_and_is_told() -> None:
    new, known = looks(["Polishing", "Creating"])
    assert (new.outcome, new.unknown) == ("pending", True)
    assert (known.outcome, known.unknown) == ("pending", False)


def test_a_state_that_is_wanted_here_is_known() -> None:
    wanted = frozenset({"Polished"})
    assert [v.unknown for v in looks(["Available", "Polished"], wanted=wanted)] == [False, False]


def test_available_is_not_enough_where_usable_says_no() -> None:
    shown = [Thing("Available", 100, usable=u) for u in (False, None)]
    first, last = looks(shown, also=lambda t: t.usable is not False)
    assert (first.outcome, first.nearly) == ("pending", True)
    assert last.outcome == "done"  # where the service does not say, its state counts


def test_a_restart_counts_only_when_the_old_state_was_seen_to_end() -> None:
    shown = ["Available", "Available", "Creating", "Available"]
    assert outcomes(shown, leaves="Available") == ["pending"] * 3 + ["done"]
    assert not any(v.nearly for v in looks(shown[:2], leaves="Available"))


def test_waiting_for_the_end_takes_two_looks_without_it() -> None:
    assert outcomes(["Available", None, None], gone=True) == ["pending", "pending", "done"]
    assert outcomes([None, "Available", None, None], gone=True) == ["pending"] * 3 + ["done"]
    assert outcomes([None, None], gone=True) == ["pending", "done"]


def test_waiting_for_the_end_no_state_fails() -> None:
    assert outcomes(["CreateFailed", "Available"], gone=True) == ["pending", "pending"]


def test_a_wait_that_may_end_with_the_end_does() -> None:
    assert outcomes(["Creating", None, None], or_gone=True) == ["pending", "pending", "done"]
    assert outcomes([None, None, "Available"], or_gone=True) == ["pending", "pending", "done"]


def test_resources_of_the_same_kind_and_region_are_looked_at_together() -> None:
    one, same = (Condition(WATCH, "r", i) for i in ("m-1", "m-2"))
    elsewhere = Condition(WATCH, "other", "m-1")
    another = Condition(Watch(states.ECS_IMAGE, look, lambda t: t.state), "r", "m-1")
    assert one.group == same.group
    assert len({one.group, elsewhere.group, another.group}) == 3
    assert one.resource == "ecs.image m-1"
