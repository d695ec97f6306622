"""Effects that are answered at once: reads, gates, remarks, pauses, and the parts of a chain."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

from swaslift.consent import Consent
from swaslift.errors import NotFoundError
from swaslift.runs.attempts import Stop, pausing
from swaslift.runs.branch import Branch
from swaslift.runs.effects import ASKED, Ask, Gate, Include, Included, Pause, Records, Say
from swaslift.runs.gone import check_sources
from swaslift.runs.ledger import Ledger
from swaslift.runs.recorded import restored


def answer(run: Ledger, branch: Branch, effect: Ask[Any] | Gate | Say | Pause | Include) -> Any:
    """Answer an effect, from the journal where it is there."""
    match effect:
        case Ask():
            return _ask(run, branch, effect)
        case Gate():
            return _gate(run, branch, effect)
        case Say():
            return _say(run, branch, effect)
        case Pause():
            return _halt(run, branch, effect)
        case Include():
            return _include(run, branch, effect)


def _ask(run: Ledger, branch: Branch, effect: Ask[Any]) -> Any:
    if effect.before and run.history.done(effect.before) and not run.history.done(effect.name):
        return effect.foreseen
    done, outcome = run.history.recorded(effect.name, branch.path)
    if done:
        return restored(effect.record, outcome, f"the answer to {effect.name}")
    try:
        with pausing():
            found = _asked(run, effect)
    except Stop as stop:
        if isinstance(stop.error, NotFoundError):
            check_sources(run, stop)
        raise
    run.settle(effect.name, "ask", TypeAdapter(effect.record).dump_python(found, mode="json"))
    return found


def _asked(run: Ledger, effect: Ask[Any]) -> Any:
    if effect.consult is not None:
        return effect.consult(Records(run.cloud, run.hold.journal, run.row.run_id, effect.name))
    if effect.query is not None:
        return effect.query(run.cloud)
    raise AssertionError(f"{effect.name} asks nothing")


def _gate(run: Ledger, branch: Branch, effect: Gate) -> None:
    last = run.history.last(effect.name)
    if last is not None and last.state == "done":
        return
    # A gate that an amendment opened anew may stand before effects that are done.
    run.history.go_live(effect.name, branch.path)
    try:
        with pausing():
            checks = effect.ask(run.cloud)
    except Stop as stop:
        if isinstance(stop.error, NotFoundError):
            check_sources(run, stop)
        raise
    blockers = run.weigh(checks)
    if blockers:
        raise Stop(
            f"{effect.title}: " + "; ".join(str(c) for c in blockers),
            "mend it, then resume; or amend the target: lift.runs.resume(id, amend=NewInstance(...)); or undo the run",
        )
    run.settle(effect.name, "gate", effect.title)
    run.tell("gate", effect.name, f"{effect.title}: passed")


def _say(run: Ledger, branch: Branch, effect: Say) -> None:
    done, _ = run.history.recorded(effect.name, branch.path)
    if not done:
        run.settle(effect.name, "say", effect.text)
        run.tell("note", effect.name, effect.text)


def _halt(run: Ledger, branch: Branch, effect: Pause) -> None:
    done, _ = run.history.recorded(effect.name, branch.path)
    if done:
        return
    last, now = run.history.last(effect.name), run.cloud.clock.now()
    if last is None:
        run.hold.begin(effect.name, kind="pause", part=run.part, now=now)
        raise Stop(effect.reason, effect.remedy, definite=True)
    # It is an intent: whoever resumed the run has read why it paused.
    run.hold.end(effect.name, effect.reason, attempt=last.attempt, now=now)


def _include(run: Ledger, branch: Branch, effect: Include) -> Included:
    done, outcome = run.history.recorded(effect.name, branch.path)
    if done:
        return Included(run.row.run_id, restored(effect.spec, outcome["spec"], f"the spec of {effect.name}"))
    part = effect.name.removesuffix(ASKED)
    with pausing():
        prepared = effect.prepare(run.row.run_id)
    blockers = run.weigh(prepared.checks)
    if blockers or prepared.spec is None:
        reason = "; ".join(str(c) for c in blockers)
        raise Stop(f"{part}: {reason}", "mend what it says, then resume, or undo the run")
    own = run.history.made()
    needed = [c for c in prepared.consents if c.resource_id not in own]
    missing = Consent.uncovered(Consent.together((*_taken(run, effect.name), *needed)), run.agreed)
    if any(c.unpriced for c in missing):
        raise Stop(
            f"{part}: the price could not be asked, so it cannot be weighed against the leave that was given",
            f"mend what keeps the price from being quoted, then resume it, and it is asked anew. To go on without one: "
            f'lift.runs.resume({run.row.run_id!r}, consent=Consent(kind="charges")), leave to spend without a limit',
        )
    if missing:
        wanted = ", ".join(str(c) for c in missing)
        currency = run.row.plan.get("currency", "")
        short = "; ".join(filter(None, (c.shortfall(run.agreed, currency) for c in missing)))
        raise Stop(
            f"{part} needs more leave than was given when the run began" + (f": {short}" if short else ""),
            f"lift.runs.resume({run.row.run_id!r}, consent=[{wanted}])",
        )
    run.settle(
        effect.name,
        "part",
        {
            "spec": prepared.spec.model_dump(mode="json"),
            "consents": [c.model_dump(mode="json") for c in needed],
        },
    )
    return Included(run.row.run_id, prepared.spec)


def _taken(run: Ledger, but: str) -> list[Consent]:
    """Leave that the other parts have taken, also those that the replay has not come by yet."""
    rows = run.hold.journal.effects(run.row.run_id)
    parts = (r for r in rows if r.kind == "part" and r.state == "done" and r.name != but)
    return [Consent.model_validate(c) for r in parts for c in r.outcome["consents"]]
