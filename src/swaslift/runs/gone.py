"""What a run has made and goes on to use, and is not there any more.

Somebody has deleted it, or the journal is an older copy that was put back: the run itself cleaned up since. Without
this check every resume would meet the same refusal.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from swaslift.runs.attempts import Stop, pausing
from swaslift.runs.ledger import Ledger
from swaslift.runs.rows import EffectRow
from swaslift.runs.step import STEP_KINDS, Mark, Ref, Refused, Step

HARMLESS = frozenset({"swas.snapshot", "swas.image", "ecs.image", "ecs.snapshot"})
"""Kinds of what one more attempt may make, where what the last one made cannot be found."""
SETTLE_TRIES = 12
SETTLE_SECONDS = 5.0
"""How often, and how far apart, it is looked whether something is there: lists lag by less."""


def check_sources(run: Ledger, stop: Stop, step: Step[Any] | None = None) -> None:
    """Check whether what the run has made is still there, after the cloud has not found something.

    Args:
        run: the run.
        stop: why it pauses otherwise.
        step: what was refused; only what it names is checked. None: something else was, and all is checked.

    Raises:
        Stop: something is gone; a resume makes it again, where nothing that the run switched is in the way.
    """
    named = None if step is None else set(texts(step.model_dump(mode="json")))
    rows = [r for r in run.hold.journal.effects(run.row.run_id) if r.part == run.part]
    steps = [(r, STEP_KINDS[r.kind].model_validate(r.request)) for r in rows if r.kind in STEP_KINDS]
    removed = {ref.id for row, one in steps if row.state == "done" and (ref := one.removes()) is not None}
    for row, maker in steps:
        refs = [r for r in _made(maker, row) if r.kind in HARMLESS and r.id not in removed]
        mark = Mark(run.row.run_id, row.name, row.attempt, row.began_at, again=True)
        used = refs if named is None else [r for r in refs if r.id in named]
        if not used or settled(run, maker, mark):
            continue
        reason = f"{stop.reason}\n{used[0].kind} {used[0].id} is not there any more; {row.name} of this run has made it"
        if any(other.switches() is not None for _, other in steps):
            # It was made while something was stopped, perhaps, and would now be made while that runs.
            raise Stop(reason, "undo it, and begin another run", stop.error, definite=True) from stop
        now = run.cloud.clock.now()
        for known in (row, *(r for r in rows if _rests_on(r, row, {one.id for one in used}))):
            run.hold.fail(
                known.name, "what it rests on is not there any more", attempt=known.attempt, now=now
            )
        raise Stop(reason, f"resume it: {row.name} makes it again", stop.error, definite=True) from stop


def _rests_on(row: EffectRow, maker: EffectRow, gone: set[str]) -> bool:
    """Whether what was done, and made nothing itself, was about what is gone."""
    if row.state != "done" or row.seq <= maker.seq:
        return False
    if row.kind in STEP_KINDS and _made(STEP_KINDS[row.kind].model_validate(row.request), row):
        return False
    return row.about.of == maker.name or not gone.isdisjoint(texts((row.request, row.outcome)))


def _made(step: Step[Any], row: EffectRow) -> tuple[Ref, ...]:
    outcome = step.decode(row.outcome) if row.state == "done" and row.outcome is not None else None
    return () if outcome is None or isinstance(outcome, Refused) else tuple(step.makes(outcome))


def texts(data: Any) -> Iterator[str]:
    """All texts in plain data."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for value in data.values():
            yield from texts(value)
    elif isinstance(data, list | tuple):
        for value in data:
            yield from texts(value)


def settled(run: Ledger, step: Step[Any], mark: Mark) -> bool:
    """Whether what an attempt has made is there, looked at for as long as lists lag."""
    there = run.cloud.of(step.account)
    with pausing():
        for _ in range(SETTLE_TRIES):
            if step.happened(there, mark) is not None:
                return True
            run.cloud.clock.sleep(SETTLE_SECONDS)
    return False
