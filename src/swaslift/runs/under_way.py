"""What a run has begun in the cloud and not seen the end of: it goes on there, whatever becomes of the run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from swaslift.runs.rows import EffectRow
from swaslift.runs.step import STEP_KINDS, Refused, Step


def unseen(effects: Sequence[EffectRow]) -> Iterator[tuple[Step[Any], Any]]:
    """Steps of a run whose resources no wait has seen done, with their outcomes."""
    there = {
        r.outcome["id"]
        for r in effects
        if r.part == "do"
        and r.kind == "wait"
        and r.state == "done"
        and isinstance(r.outcome, dict)
        and "id" in r.outcome
        and not r.about.sight
    }
    for row in effects:
        if row.part != "do" or row.state != "done" or row.kind not in STEP_KINDS:
            continue
        step = STEP_KINDS[row.kind].model_validate(row.request)
        outcome = step.decode(row.outcome)
        if isinstance(outcome, Refused):
            continue
        made = {ref.id for ref in step.makes(outcome)}
        if made and not made <= there:
            yield step, outcome


def still_going(effects: Sequence[EffectRow]) -> list[str]:
    """What goes on in the cloud while the run is paused, in sentences."""
    told = (step.goes_on(outcome) for step, outcome in unseen(effects))
    return [sentence for sentence in told if sentence]
