"""What is done to runs: each trial stops one on its own fresh stage, goes on, and is judged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from tests.crash.child import Ended
from tests.crash.forge import Forge
from tests.crash.others import Trouble, counting
from tests.crash.proof import (
    Outcome,
    Reference,
    count_creations,
    judge,
    judge_renewed,
    look_around,
)
from tests.crash.stage import Stage

TURNS = 3
"""How often an undo may pause for what fails in it, and go on."""

SHORT_LIVED = 5.0
"""Seconds of a token's life: longer than lists lag (2 s), too short for whoever comes back later."""


def spread(points: Sequence[int], count: int) -> list[int]:
    """So many of the points, evenly, the first and the last among them."""
    if count >= len(points):
        return list(points)
    step = (len(points) - 1) / max(count - 1, 1)
    return [points[round(i * step)] for i in range(count)]


def middles_of_waits(reference: Reference) -> list[int]:
    """Points at which a wait looks once more: the same call goes out that went out just before."""
    asks = [i for i in reference.points if reference.moments[i].startswith("before ")]
    return [i for earlier, i in pairwise(asks) if reference.moments[earlier] == reference.moments[i]]


def before_tidying(reference: Reference) -> list[int]:
    """Points up to the first removal: until then all that the run made is there to be found."""
    removals = [i for i in reference.points if ".Delete" in reference.moments[i]]
    end = min(removals, default=len(reference.moments))
    return [i for i in reference.points if i <= end]


def kill(
    reference: Reference,
    forge: Forge,
    at: int,
    *again: int,
    way: int = 0,
    token_lifetime: float | None = None,
    gap: float = 0.0,
    clock_off: float = 0.0,
) -> Outcome:
    """Kill a run, go on with it, and perhaps kill that as well.

    Args:
        reference: the run that nobody killed.
        forge: where processes come from.
        at: the point of the kill.
        again: points of further kills, each counted from the beginning of the process that it meets.
        way: which of the scenario's ways to go on is the first.
        token_lifetime: seconds for which the service remembers tokens.
        gap: seconds until somebody goes on.
        clock_off: seconds by which the clock of whoever goes on is ahead.
    """
    scenario, outcome = reference.scenario, Outcome()
    quirks = scenario.quirks
    if token_lifetime is not None:
        quirks = replace(quirks, token_lifetime=token_lifetime)
    with Stage(forge, scenario.kind, quirks=quirks) as stage:
        scenario.prepare(stage)
        ended = stage.perform(scenario.do, at=at)
        if not _killed(outcome, ended):
            return outcome
        stage.clock_off = clock_off
        # Killed before the journal knew of it: nothing happened, and only the same act begins it.
        ways = scenario.ways if at >= reference.known else (scenario.do,)
        for turn, point in enumerate(again):
            stage.cloud.clock.advance(gap)
            outcome.kills += stage.perform(ways[(way + turn) % len(ways)], at=point).end == "killed"
        stage.cloud.clock.advance(gap)
        ended = scenario.go_on(stage, ways[(way + len(again)) % len(ways)])
        if gap and _asks(stage, ended):
            count_creations(outcome, reference, stage.executed())
        elif gap and stage.kind.renews and any(a[0].startswith("again-2/") for a in ended.attempts):
            judge_renewed(outcome, reference, stage, ended)
        else:
            judge(outcome, reference, stage, ended)
    return outcome


def kill_and_undo(reference: Reference, forge: Forge, at: int) -> Outcome:
    """Kill a run on its way, and undo it instead of going on."""
    outcome = Outcome()
    with _stage(reference, forge) as stage:
        reference.scenario.prepare(stage)
        if not _killed(outcome, stage.perform("call", at=at)):
            return outcome
        # What the undo makes itself, to restore a disk, is not counted.
        made = stage.executed()
        ended = stage.perform("undo")
        count_creations(outcome, reference, made)
        if ended.end != "returned" or ended.status != "undone":
            outcome.problems.append(f"it ended {ended.status} with {ended.end}: {ended.text}")
            return outcome
        look_around(outcome, stage.settled(), ended, stage.kind, undone=True)
    return outcome


def kill_in_trouble(
    reference: Reference, forge: Forge, at: int, trouble: Trouble, *, way: int = 0
) -> Outcome:
    """Kill a run or an undo while something else goes wrong, perhaps go on, and undo it.

    The undo has to end, whatever is missing. What the run did not make is there and as it was, and what is left is
    named.

    Args:
        reference: the run that nobody killed.
        forge: where processes come from.
        at: the point of the kill; a run that pauses before it is not killed.
        trouble: what goes wrong.
        way: odd ones resume before they undo.
    """
    scenario, outcome = reference.scenario, Outcome()
    with _stage(reference, forge) as stage:
        scenario.prepare(stage)
        trouble.before(stage)
        ended = stage.perform(scenario.do, at=at)
        outcome.kills += ended.end == "killed"
        if at < reference.known and scenario.do == "call":
            return outcome
        # What was arranged for the act that was killed has met it, or never will.
        stage.cloud.faults.clear()
        touched = trouble.between(stage) | counting(stage)
        ended = stage.perform("resume") if way % 2 else ended
        for _ in range(TURNS):
            if ended.status in {"finished", "undone"} and ended.end != "killed":
                break
            ended = stage.perform("undo")
        undone = ended.status == "undone"
        if ended.status not in {"finished", "undone"} or ended.end not in {"returned", "RunExists"}:
            outcome.problems.append(f"it ended {ended.status} with {ended.end}: {ended.text}")
            return outcome
        look_around(outcome, stage.settled(), ended, stage.kind, undone=undone, touched=touched)
    return outcome


def kill_and_lose_journal(reference: Reference, forge: Forge, at: int) -> Outcome:
    """Kill a run, delete its journal, and make the same call again with the same run id.

    What carries its tags is adopted. That an instance was stopped and started before is nowhere
    written any more, so that may come again; a creation may not.
    """
    outcome = Outcome()
    with _stage(reference, forge) as stage:
        reference.scenario.prepare(stage)
        if not _killed(outcome, stage.perform("call", at=at)):
            return outcome
        stage.lose_journal()
        ended = reference.scenario.go_on(stage, "call")
        while ended.end == "PreflightError" and "Wait until" in ended.text:
            # What the run set going is still going on, and the plan says to wait for it.
            stage.cloud.clock.advance(60)
            ended = reference.scenario.go_on(stage, "call")
        if ended.end == "PreflightError" and "Start it" in ended.text:
            # Nothing tells that the run has stopped it: whoever calls again is told that it is down.
            stage.start_server("shop")
            ended = reference.scenario.go_on(stage, "call")
        count_creations(outcome, reference, stage.executed())
        if _asks(stage, ended):
            return outcome
        if ended.end != "returned" or ended.status != "finished":
            outcome.problems.append(f"it ended {ended.status} with {ended.end}: {ended.text}")
            return outcome
        look_around(outcome, stage.settled(), ended, stage.kind)
    return outcome


def interrupt(reference: Reference, forge: Forge, at: int, *, way: int = 0) -> Outcome:
    """Press Ctrl-C in the middle of a wait, and go on."""
    scenario, outcome = reference.scenario, Outcome()
    with _stage(reference, forge) as stage:
        scenario.prepare(stage)
        ended = stage.perform(scenario.do, at=at, then="interrupt")
        if ended.end != "KeyboardInterrupt" or ended.status != "paused":
            outcome.problems.append(f"it ended {ended.status} with {ended.end}: {ended.text}")
        if f"lift.runs.resume({stage.kind.run_id!r})" not in ended.text:
            outcome.problems.append(f"it does not say how to go on: {ended.text!r}")
        ended = scenario.go_on(stage, scenario.ways[way % len(scenario.ways)])
        judge(outcome, reference, stage, ended)
    return outcome


def _asks(stage: Stage, ended: Ended) -> bool:
    """Whether the run stopped because nobody but a person can tell what it has made."""
    asks = stage.kind.asks and "whose they are" in ended.text
    return asks and (ended.end, ended.status) == ("RunPaused", "paused")


def _stage(reference: Reference, forge: Forge) -> Stage:
    return Stage(forge, reference.scenario.kind, quirks=reference.scenario.quirks)


def _killed(outcome: Outcome, ended: Ended) -> bool:
    if ended.end == "killed":
        outcome.kills += 1
        return True
    outcome.problems.append(f"was not killed: {ended.end} {ended.text}")
    return False
