"""Whoever goes on with a run has a clock that is wrong by hours; the service forgot the tokens."""

from __future__ import annotations

import pytest

from tests.clocks import JUMPS
from tests.crash import trials
from tests.crash.conftest import Recorded
from tests.crash.forge import Forge

GAP = 120.0
"""Seconds of the emulator's clock until somebody goes on: tokens are forgotten by then."""


@pytest.mark.parametrize("off", JUMPS)
@pytest.mark.parametrize(
    ("scenario", "moment"),
    [("scale-out", "after swas.CreateInstances"), ("new-instance", "after ecs.RunInstances")],
)
def test_what_was_bought_is_not_bought_again_whatever_the_clock_says(
    scenario: str, moment: str, off: float, forge: Forge, recorded: Recorded
) -> None:
    reference = recorded(scenario)
    at = reference.last(moment)
    outcome = trials.kill(reference, forge, at, token_lifetime=trials.SHORT_LIVED, gap=GAP, clock_off=off)
    assert not outcome.problems


@pytest.mark.parametrize("off", JUMPS)
def test_a_wait_goes_on_whatever_the_clock_says(off: float, forge: Forge, recorded: Recorded) -> None:
    reference = recorded("new-instance")
    at = trials.middles_of_waits(reference)[2]
    assert not trials.kill(reference, forge, at, clock_off=off).problems
