"""The preview driver: a plan's list of steps, read off the verb's own text.

The script is run with foreseen outcomes. Where it is ready for a refusal, it is read a second time
as if every such step were refused; steps that only show up then are listed as conditional.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from swaslift.runs.effects import Ask, Do, Effect, Gate, PlannedStep, Refused, Say, Script, Until

T = TypeVar("T")


def foresee(script: Callable[[], Script[Any]]) -> list[PlannedStep]:
    """The steps of a verb, in order; conditional ones where they would come."""
    usual = list(_read(script(), refuse=frozenset()))
    steps = [step for step, _ in usual]
    for name in [step.name for step, refusable in usual if refusable]:
        other = [step for step, _ in _read(script(), refuse=frozenset({name}))]
        steps = _merged(steps, other, f"if {name} is refused")
        # What comes after a refusal may itself be ready for one.
        for inner in [
            s.name for s, may in _read(script(), refuse=frozenset({name})) if may and s.name != name
        ]:
            deeper = [s for s, _ in _read(script(), refuse=frozenset({name, inner}))]
            steps = _merged(steps, deeper, f"if {name} and {inner} are refused")
    return steps


def _merged(steps: list[PlannedStep], other: list[PlannedStep], why: str) -> list[PlannedStep]:
    """The steps, with those that only the other reading has put behind their predecessor there."""
    merged = list(steps)
    known = {step.name for step in steps}
    before: str | None = None
    for step in other:
        if step.name not in known:
            at = next((i + 1 for i, s in enumerate(merged) if s.name == before), 0)
            merged.insert(at, _conditional(step, why))
            known.add(step.name)
        before = step.name
    return merged


def _conditional(step: PlannedStep, why: str) -> PlannedStep:
    return PlannedStep(**{**step.__dict__, "only_if": why})


def _read(script: Script[Any], refuse: frozenset[str]) -> Iterator[tuple[PlannedStep, bool]]:
    answer: Any = None
    while True:
        try:
            effect = script.send(answer)
        except StopIteration:
            return
        answer, lines, refusable = _answer(effect, refuse)
        for line in lines:
            yield line, refusable


def _answer(effect: Effect, refuse: frozenset[str]) -> tuple[Any, list[PlannedStep], bool]:
    match effect:
        case Do(step=step, refusals=refusals):
            line = PlannedStep(
                step.name,
                step.title,
                "step",
                (*step.writes, *step.discards),
                step.minutes,
                step.charged,
                step.irreversible,
            )
            if step.name in refuse and refusals:
                return Refused(code=min(refusals), message="foreseen"), [line], True
            return step.foresee(), [line], bool(refusals)
        case Until(waits=waits):
            lines = [
                PlannedStep(w.name, w.manual or w.title, "manual" if w.manual else "wait")
                for w in waits
                if w.manual or w.title
            ]
            return tuple(w.foreseen for w in waits), lines, False
        case Ask(foreseen=foreseen):
            return foreseen, [], False
        case Gate(name=name, title=title):
            return None, [PlannedStep(name, title, "gate")], False
        case Say():
            return None, [], False
