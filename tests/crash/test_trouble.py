"""Killed, and something else goes wrong as well: then it is undone, perhaps after a resume.

These are samples; ``python benchmarks/crash_sweep.py --trial trouble`` takes every point.
"""

from __future__ import annotations

import pytest

from tests.crash import trials
from tests.crash.conftest import Recorded
from tests.crash.forge import Forge
from tests.crash.others import TROUBLES

SAMPLES = [
    ("undo-replaced", "ecs-image-fails", "journal"),
    ("undo-replaced", "ecs-images-deleted", "before ecs.ReplaceSystemDisk"),
    ("undo-replaced", "instances-released", "before ecs.StopInstance"),
    ("undo-finished", "ecs-images-deleted", "before ecs.DeleteInstance"),
    ("new-instance", "swas-snapshot-stuck", "after swas.CreateSnapshot"),
    ("new-instance", "ecs-images-deleted", "after ecs.RunInstances"),
    ("replace-disk", "instances-released", "before ecs.ReplaceSystemDisk"),
    ("replace-disk", "snapshots-deleted", "after ecs.CreateSnapshot"),
    ("capture-stopped", "started", "before swas.CreateSnapshot"),
    ("launch", "instances-released", "after ecs.RunInstances"),
]


@pytest.mark.parametrize(("scenario", "trouble", "moment"), SAMPLES)
def test_an_undo_ends_and_names_what_is_left_whatever_else_went_wrong(
    scenario: str, trouble: str, moment: str, forge: Forge, recorded: Recorded
) -> None:
    reference = recorded(scenario)
    at = reference.last(moment)
    for way in range(2):
        outcome = trials.kill_in_trouble(reference, forge, at, TROUBLES[trouble], way=way)
        assert not outcome.problems, (way, outcome.problems)
