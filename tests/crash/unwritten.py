"""Trials of a run that nobody kills: its journal cannot be written for a while, or Ctrl-C comes several times."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from tests.crash.forge import Forge
from tests.crash.proof import Outcome, Reference, judge, look_around
from tests.crash.stage import Stage

STOPPED = {"RunPaused", "JournalError", "returned"}
"""How a call may end whose journal could not be written: paused, refused, or through before the disk was full."""


def unwritable(
    reference: Reference, forge: Forge, at: int, *, failures: int, same: bool, way: int = 0
) -> Outcome:
    """Have writes to the journal fail from some point on, and go on when they succeed again.

    Args:
        reference: the run that nothing happened to.
        forge: where processes come from.
        at: the point.
        failures: how many writes fail.
        same: whether the same client goes on, else another process.
        way: which of the scenario's ways to go on another process takes.
    """
    scenario, outcome = reference.scenario, Outcome()
    with Stage(forge, scenario.kind, quirks=scenario.quirks) as stage:
        scenario.prepare(stage)
        again = same and not scenario.pauses
        ended = stage.perform(scenario.do, at=at, then="unwritable", failures=failures, again=again)
        if not again:
            if ended.end not in STOPPED:
                outcome.problems.append(f"it ended {ended.status} with {ended.end}: {ended.text}")
            if ended.end != "returned":
                way_on = scenario.ways[way % len(scenario.ways)] if at >= reference.known else scenario.do
                ended = scenario.go_on(stage, way_on)
        judge(outcome, reference, stage, ended)
    return outcome


def storm(reference: Reference, forge: Forge, at: int, *, same: bool, way: int = 0) -> Outcome:
    """Press Ctrl-C several times within milliseconds, and go on; arguments as above."""
    scenario, outcome = reference.scenario, Outcome()
    with Stage(forge, scenario.kind, quirks=scenario.quirks) as stage:
        scenario.prepare(stage)
        again = same and not scenario.pauses
        ended = stage.perform(scenario.do, at=at, then="storm", again=again)
        if not again:
            if ended.end != "KeyboardInterrupt":
                outcome.problems.append(f"it ended {ended.status} with {ended.end}: {ended.text}")
            if ended.status == "running":
                outcome.problems.append("it is still held by the client that was interrupted")
            way_on = scenario.ways[way % len(scenario.ways)] if ended.status is not None else scenario.do
            if ended.status == scenario.end:
                ended.end = "returned"  # pressed behind its last write
            else:
                ended = scenario.go_on(stage, way_on)
        judge(outcome, reference, stage, ended)
    return outcome


def lose_journal_late(reference: Reference, forge: Forge, at: int, *, pauses: int) -> Outcome:
    """Kill a run after its clean-up began, delete its journal, and make the same call until it ends.

    Args:
        reference: the run that nothing happened to.
        forge: where processes come from.
        at: the point of the kill.
        pauses: how often it may pause before that.
    """
    scenario, outcome = reference.scenario, Outcome()
    with Stage(forge, scenario.kind, quirks=scenario.quirks) as stage:
        scenario.prepare(stage)
        stage.perform(scenario.do, at=at)
        stage.lose_journal()
        _ends_within(outcome, stage, pauses)
    return outcome


def put_older_copy_back(reference: Reference, forge: Forge, at: int, *, pauses: int) -> Outcome:
    """Kill a run, keep a copy of its journal, finish the run, put the copy back, and resume; arguments as above."""
    scenario, outcome = reference.scenario, Outcome()
    with Stage(forge, scenario.kind, quirks=scenario.quirks) as stage, tempfile.TemporaryDirectory() as kept:
        scenario.prepare(stage)
        stage.perform(scenario.do, at=at)
        for path in stage.journal.parent.glob("journal.db*"):
            shutil.copy(path, kept)
        scenario.go_on(stage, "resume")
        stage.lose_journal()
        for path in Path(kept).iterdir():
            shutil.copy(path, stage.journal.parent)
        _ends_within(outcome, stage, pauses)
    return outcome


def _ends_within(outcome: Outcome, stage: Stage, pauses: int) -> None:
    told = []
    for _ in range(pauses + 1):
        ended = stage.perform("call")
        told.append(f"it ended {ended.status} with {ended.end}: {ended.text}")
        if ended.status == "finished":
            look_around(outcome, stage.settled(), ended, stage.kind)
            # What did not appear may still come, so a report goes on to name it.
            outcome.problems = [p for p in outcome.problems if not p.startswith("the report names")]
            return
        stage.cloud.clock.advance(60)
    outcome.problems += told
