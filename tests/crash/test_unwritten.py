"""A disk that is full for a while, and Ctrl-C pressed several times; the crash sweep takes every point."""

from __future__ import annotations

import pytest

from tests.crash import trials, unwritten
from tests.crash.conftest import Recorded
from tests.crash.forge import Forge

SAMPLES = {"new-instance": 2, "undo-replaced": 1, "scale-out": 2}


@pytest.mark.parametrize("scenario", SAMPLES)
def test_a_journal_that_cannot_be_written_for_a_while_pauses_and_nothing_is_made_twice(
    scenario: str, forge: Forge, recorded: Recorded
) -> None:
    reference = recorded(scenario)
    for turn, at in enumerate(trials.spread(reference.points, SAMPLES[scenario] + 1)[1:]):
        same = bool(turn % 2)
        outcome = unwritten.unwritable(reference, forge, at, failures=1 + 2 * turn, same=same, way=turn)
        assert not outcome.problems, (at, reference.moments[at], same, outcome.problems)


def test_an_outcome_that_cannot_be_written_is_found_and_not_made_again(
    forge: Forge, recorded: Recorded
) -> None:
    reference = recorded("scale-out")
    at = reference.last("after swas.CreateInstances")
    for same in (True, False):
        outcome = unwritten.unwritable(reference, forge, at, failures=4, same=same)
        assert not outcome.problems, (same, outcome.problems)


@pytest.mark.parametrize("same", [True, False])
def test_ctrl_c_pressed_several_times_leaves_a_run_that_can_be_resumed(
    same: bool, forge: Forge, recorded: Recorded
) -> None:
    reference = recorded("new-instance")
    for at in trials.spread(reference.points, 3)[1:]:
        outcome = unwritten.storm(reference, forge, at, same=same)
        assert not outcome.problems, (at, reference.moments[at], outcome.problems)


def test_without_its_journal_after_the_clean_up_began_a_run_pauses_once_and_ends(
    forge: Forge, recorded: Recorded
) -> None:
    reference = recorded("new-instance")
    outcome = unwritten.lose_journal_late(reference, forge, reference.points[-1], pauses=1)
    assert not outcome.problems, outcome.problems


def test_an_older_copy_of_the_journal_does_not_keep_a_run_from_its_end(
    forge: Forge, recorded: Recorded
) -> None:
    reference = recorded("new-instance")
    at = reference.last("before ecs.DescribeImageSupportInstanceTypes")
    outcome = unwritten.put_older_copy_back(reference, forge, at, pauses=3)
    assert not outcome.problems, outcome.problems
