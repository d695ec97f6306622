"""What is lost beside the process: the journal, or the service's memory of tokens."""

from __future__ import annotations

import pytest

from tests.crash import trials
from tests.crash.conftest import Recorded
from tests.crash.forge import Forge

GAP = 120.0
"""Seconds of the emulator's clock until somebody goes on: tokens are forgotten by then."""


@pytest.mark.parametrize("scenario", ["new-instance", "replace-disk"])
def test_without_its_journal_a_run_adopts_what_it_made(
    scenario: str, forge: Forge, recorded: Recorded
) -> None:
    reference = recorded(scenario)
    for at in trials.spread(trials.before_tidying(reference), 4)[1:]:
        outcome = trials.kill_and_lose_journal(reference, forge, at)
        assert not outcome.problems, (at, reference.moments[at], outcome.problems)


@pytest.mark.parametrize(
    ("scenario", "action"),
    [
        ("new-instance", "swas.CreateSnapshot"),
        ("new-instance", "ecs.RunInstances"),
        ("replace-disk", "ecs.ReplaceSystemDisk"),
    ],
)
def test_a_service_that_forgot_the_token_does_not_make_it_again(
    scenario: str, action: str, forge: Forge, recorded: Recorded
) -> None:
    """Made, and killed before the answer was written down: what is there is found by its tags."""
    reference = recorded(scenario)
    at = reference.last(f"after {action}")
    outcome = trials.kill(reference, forge, at, token_lifetime=trials.SHORT_LIVED, gap=GAP)
    assert not outcome.problems


def test_the_proof_itself_sees_what_is_made_twice(forge: Forge, recorded: Recorded) -> None:
    """Where the service remembers no token at all and its lists lag, nobody can know: so it happens."""
    reference = recorded("new-instance")
    at = reference.last("after ecs.RunInstances")
    outcome = trials.kill(reference, forge, at, token_lifetime=0.0)
    assert outcome.duplicates == 1
    assert "ecs.RunInstances was carried out 2 times, not 1" in outcome.problems
    assert any("is left behind, and the report does not say so" in problem for problem in outcome.problems)
