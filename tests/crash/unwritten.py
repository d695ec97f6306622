"""Trials of a run that nobody kills: its journal cannot be written for a while, or Ctrl-C comes several times."""

from __future__ import annotations

from tests.crash.forge import Forge
from tests.crash.proof import Outcome, Reference, judge
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
            if ended.status != scenario.end:
                ended = scenario.go_on(stage, way_on)
        judge(outcome, reference, stage, ended)
    return outcome
