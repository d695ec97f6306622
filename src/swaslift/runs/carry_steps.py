"""Steps: the intent before the call, the outcome behind it; what a failed attempt left goes first."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any

from pydantic import JsonValue

from swaslift.errors import ApiError, NotFoundError
from swaslift.runs.attempts import Stop, attempt_step, pausing, thaw
from swaslift.runs.branch import Branch
from swaslift.runs.changing import lenient, prefixed
from swaslift.runs.effects import Do, until
from swaslift.runs.elsewhere import elsewhere
from swaslift.runs.gone import HARMLESS, check_sources, settled
from swaslift.runs.history import ASIDE
from swaslift.runs.ledger import Ledger
from swaslift.runs.resting import rest
from swaslift.runs.rows import EffectRow
from swaslift.runs.step import Mark, Refused, Step

TOKEN_USED = frozenset(
    {"IdempotentParameterMismatch", "IdempotenceParamNotMatch", "InvalidIdempotenceParameter.Mismatch"}
)
"""Codes that say that a token was used before, for a request with other parameters."""
MENDS = 3
"""How often one process puts right what keeps one step from being carried out."""


def carry_step(run: Ledger, branch: Branch, effect: Do[Any]) -> Any:
    """Carry out a step, or answer it from the journal; None where something comes before it: a script, a rest."""
    step, last = effect.step, run.history.last(effect.name)
    if last is not None and last.kind != step.kind:
        raise run.history.mismatch(
            f"step {step.name!r} was a {last.kind} when the run began and is a {step.kind} now"
        )
    if last is not None and last.state == "done":
        outcome = step.decode(last.outcome)
        return None if _note(run, branch, effect, outcome, last.attempt) else outcome
    if last is not None and last.state == "failed" and last.outcome is not None:
        aside = f"{step.name}{ASIDE}{last.attempt}"
        if not run.history.visited(aside):
            _discard(run, branch, aside, effect, last)
            return None
    run.history.go_live(step.name, branch.path)
    step, mark, prior = _begun(run, step, last)
    try:
        look = partial(_look, run, step)
        outcome = attempt_step(effect, step, mark, run.cloud, run.tell, look)
    except Stop as stop:
        return _stopped(run, branch, effect, step, stop, mark)
    if not isinstance(outcome, Refused):
        outcome = step.in_view_of(prior, outcome)
    run.hold.end(step.name, step.encode(outcome), attempt=mark.attempt, now=run.cloud.clock.now())
    run.history.reload(step.name)
    return None if _note(run, branch, effect, outcome, mark.attempt) else outcome


def _stopped(run: Ledger, branch: Branch, effect: Do[Any], step: Step[Any], stop: Stop, mark: Mark) -> Any:
    """What becomes of a step that was not carried out; None where something comes before it.

    Raises:
        Stop: the run has to pause.
    """
    if rest(run, branch, effect, stop):
        return None
    if stop.definite:
        run.hold.fail(step.name, stop.reason, attempt=mark.attempt, now=run.cloud.clock.now())
        if _mend(run, branch, effect, stop, mark):
            return None
        if _token_was_used(run, branch, step, stop, mark):
            run.history.reload(step.name)
            return carry_step(run, branch, effect)
        if isinstance(stop.error, NotFoundError):
            check_sources(run, stop, step)
    raise stop


def _token_was_used(run: Ledger, branch: Branch, step: Step[Any], stop: Stop, mark: Mark) -> bool:
    """Whether another attempt is due: a request that the journal has lost has used the token of this one.

    What that request made is not there any more, as none of the polls shows it. Where it may be there all the same,
    and another one would cost or destroy something, a person decides.
    """
    code = stop.error.code if isinstance(stop.error, ApiError) else ""
    harmless = step.removes() is not None or {r.kind for r in step.makes(step.foresee())} & HARMLESS
    if code not in TOKEN_USED or not harmless or branch.renewed.get(step.name, 0) == MENDS:
        return False
    if settled(run, step, mark):
        return False
    branch.renewed[step.name] = branch.renewed.get(step.name, 0) + 1
    run.tell("note", step.name, f"{step.headline}: its token was used before; it is sent with another one")
    return True


def _note(run: Ledger, branch: Branch, effect: Do[Any], outcome: Any, attempt: int) -> bool:
    """Put in a wait that reads what an undo may need of what was made; whether that is still to be done."""
    step = effect.step
    wait = None if isinstance(outcome, Refused) else step.noted(outcome)
    if wait is None:
        return False
    name = f"{step.name}{ASIDE}{attempt}-{wait.name}"
    if run.history.visited(name):
        return False
    noted = until(replace(wait, name=name, of=step.name))
    branch.asides.append((elsewhere(step.account, noted), effect))
    return True


def _begun(run: Ledger, step: Step[Any], last: EffectRow | None) -> tuple[Step[Any], Mark, JsonValue]:
    """The attempt: the one that was begun and has no answer yet, or a new one, written down before its call."""
    if last is not None and last.state == "intent":
        run.tell("step", step.name, f"{step.headline} (again, same token)")
        mark = Mark(run.row.run_id, step.name, last.attempt, last.began_at, again=True)
        return thaw(step, last.request), mark, last.prior
    run.tell("step", step.name, step.headline)
    prior: JsonValue = None
    # What is not there has no state before; whether that is a failure, sending the change shows.
    with pausing(), suppress(NotFoundError):
        prior = step.prior(run.cloud.of(step.account))
    now = run.cloud.clock.now()
    mark = Mark(run.row.run_id, step.name, last.attempt + 1 if last else 1, now)
    run.hold.begin(
        step.name,
        kind=step.kind,
        part=run.part,
        attempt=mark.attempt,
        request=step.model_dump(mode="json"),
        prior=prior,
        now=now,
    )
    run.history.reload(step.name)
    return step, mark, prior


def _look(run: Ledger, step: Step[Any], again: bool) -> None:
    """Look once more, right before it is sent: what the plan saw may be long ago.

    Where an earlier send of the attempt may still come through, the attempt is not over.
    """
    run.hold.check_process()
    with pausing():
        checks = step.look(run.cloud.of(step.account))
    known = run.row.plan.get("warnings", ())
    blockers = run.weigh([c for c in checks if str(c) not in known])
    if blockers:
        remedies = dict.fromkeys(c.remedy for c in blockers if c.remedy)
        raise Stop(
            f"{step.headline}: " + "; ".join(c.problem for c in blockers),
            "; ".join((*remedies, "then resume it, or undo it")),
            definite=not again,
        )


def _mend(run: Ledger, branch: Branch, effect: Do[Any], stop: Stop, mark: Mark) -> bool:
    """Put in a script that puts right what a refusal tells, before the next attempt; whether there is one."""
    code = stop.error.code if isinstance(stop.error, ApiError) else ""
    mended = branch.mended.get(effect.name, 0)
    if code not in effect.mends or mended == MENDS:
        return False
    branch.mended[effect.name] = mended + 1
    run.history.reload(effect.name)
    run.tell("note", effect.name, stop.reason)
    branch.asides.append((prefixed(effect.mends[code](), f"{effect.name}{ASIDE}{mark.attempt}"), effect))
    return True


def _discard(run: Ledger, branch: Branch, aside: str, effect: Do[Any], failed: EffectRow) -> None:
    """Put in a script that removes what a failed attempt left, before the next attempt.

    It would take up a quota, a name or a copy slot, and somebody would pay for it.
    """
    run.history.last(aside)
    step = thaw(effect.step, failed.request)
    outcome = step.decode(failed.outcome)
    branch.asides.append((prefixed(lenient(elsewhere(step.account, step.discard(outcome))), aside), effect))
