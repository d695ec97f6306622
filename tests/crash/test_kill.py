"""Killed with SIGKILL at points spread over the whole run, and gone on with in another process.

These are samples; ``python benchmarks/crash_sweep.py`` takes every point.
"""

from __future__ import annotations

from random import Random

import pytest

from tests.crash import trials
from tests.crash.child import OPENED
from tests.crash.conftest import Recorded
from tests.crash.forge import Forge
from tests.crash.kinds import KINDS
from tests.crash.proof import Outcome

LEFT_TO_THE_SWEEP = {
    "unshare-account", "unshare", "capture", "delete-ecs", "reset-system", "with-data-disk", "scale-out-waves",
    "reinstall", "reset-stopped",
}  # fmt: skip
"""Kinds with nearly the same steps as another one."""

SAMPLES = {kind: 2 for kind in KINDS if kind not in LEFT_TO_THE_SWEEP} | {
    "new-instance": 4,
    "replace-disk": 4,
    "from-share": 2,
    "snapshot-fails": 2,
    "copy-failed": 2,
    "undo-paused": 2,
    "undo-finished": 2,
    "undo-replaced": 3,
}
UNDONE = {"new-instance": 3, "replace-disk": 3}


def wrong(outcomes: dict[object, Outcome]) -> dict[object, list[str]]:
    return {where: outcome.problems for where, outcome in outcomes.items() if outcome.problems}


@pytest.mark.parametrize("scenario", SAMPLES)
def test_what_was_killed_goes_on_and_nothing_is_made_twice(
    scenario: str, forge: Forge, recorded: Recorded
) -> None:
    reference = recorded(scenario)
    points = trials.spread(reference.points, SAMPLES[scenario])
    outcomes: dict[object, Outcome] = {
        (at, reference.moments[at]): trials.kill(reference, forge, at, way=turn)
        for turn, at in enumerate(points)
    }
    assert not wrong(outcomes)
    assert sum(o.kills for o in outcomes.values()) == len(points)


def test_a_run_that_was_killed_while_it_planned_has_left_nothing(forge: Forge, recorded: Recorded) -> None:
    reference = recorded("new-instance")
    at = reference.first // 2
    assert reference.moments[at] != OPENED
    assert not trials.kill(reference, forge, at).problems


def test_points_are_where_the_journal_was_written_and_around_each_exchange(recorded: Recorded) -> None:
    reference = recorded("new-instance")
    moments = reference.moments
    for action in ("swas.CreateSnapshot", "ecs.CopyImage", "ecs.RunInstances", "swas.DeleteSnapshot"):
        at = reference.last(f"before {action}")
        # The intent is written first (then it is looked whether it was done), the outcome right behind.
        assert OPENED in moments[at - 5 : at]
        assert moments[at + 1 : at + 3] == (f"after {action}", OPENED)


@pytest.mark.parametrize("scenario", UNDONE)
def test_what_was_killed_is_undone_and_leaves_what_the_report_says(
    scenario: str, forge: Forge, recorded: Recorded
) -> None:
    reference = recorded(scenario)
    points = trials.spread(reference.points, UNDONE[scenario] + 1)[1:]
    outcomes: dict[object, Outcome] = {
        (at, reference.moments[at]): trials.kill_and_undo(reference, forge, at) for at in points
    }
    assert not wrong(outcomes)


@pytest.mark.parametrize(
    ("scenario", "moment"),
    [("replace-disk", "after ecs.CreateSnapshot"), ("other-region", "after ecs.DeleteImage")],
)
def test_what_was_cut_off_before_it_was_written_is_told_or_removed(
    scenario: str, moment: str, forge: Forge, recorded: Recorded
) -> None:
    """A backup that only the undo found; an image that is gone, while the snapshots behind it are not."""
    reference = recorded(scenario)
    assert not trials.kill_and_undo(reference, forge, reference.last(moment)).problems


@pytest.mark.parametrize("scenario", ["new-instance", "replace-disk", "undo-replaced"])
def test_what_goes_on_may_be_killed_as_well(scenario: str, forge: Forge, recorded: Recorded) -> None:
    reference = recorded(scenario)
    random = Random(11)
    outcomes: dict[object, Outcome] = {}
    for turn in range(2):
        at = random.choice(reference.points)
        again = random.randrange(4, 16)
        outcomes[at, again] = trials.kill(reference, forge, at, again, way=turn)
    assert not wrong(outcomes)
    assert max(o.kills for o in outcomes.values()) == 2
