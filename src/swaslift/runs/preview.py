"""The preview driver: a plan's list of steps, read off the verb's own text.

The script is run with foreseen outcomes. Where it is ready for a refusal, it is read a second time
as if every such step were refused; steps that only show up then are listed as conditional.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from contextlib import suppress
from dataclasses import replace
from typing import Any

from swaslift.errors import InvalidArgument
from swaslift.runs.changing import prefixed
from swaslift.runs.effects import (
    Ask,
    Do,
    Effect,
    Fork,
    Gate,
    Include,
    Included,
    Pause,
    PlannedStep,
    Prepared,
    Say,
    Script,
    Until,
)
from swaslift.runs.step import Refused, Step

_Line = tuple[PlannedStep, bool]
"""A step, and whether the script is ready for its refusal."""


class Parts:
    """The verbs that a chain includes, looked at for its plan, each once.

    Args:
        run_id: the run that is planned.
    """

    def __init__(self, run_id: str) -> None:
        self.found: dict[str, Prepared] = {}
        self._run_id = run_id
        self._seen: set[str] = set()
        self._made: set[str] = set()

    def begin(self) -> None:
        """A reading begins."""
        self._seen.clear()
        self._made.clear()

    def remarked(self, line: PlannedStep, step: Step[Any], outcome: Any) -> PlannedStep:
        """A line of a step, with a remark where the step takes back only what the run makes itself."""
        gone = step.removes() or step.reverts()
        if not isinstance(outcome, Refused):
            self._made |= {ref.id for ref in step.makes(outcome)}
        if gone is None or gone.id not in self._made:
            return line
        return replace(line, remark="only what the run itself made; it was a way there")

    def look(self, part: Include) -> Included | None:
        """What a part rests on; None where blockers left it open."""
        if part.name in self._seen:
            verb = part.name.rsplit("/", 2)[-2]
            raise InvalidArgument(
                "part",
                verb,
                "the verb is used twice under one name",
                f'Give each use its own: yield from named("first", lift.{verb}.part(...))',
            )
        self._seen.add(part.name)
        if part.name not in self.found:
            self.found[part.name] = part.prepare(self._run_id)
        spec = self.found[part.name].spec
        return Included(self._run_id, spec) if spec is not None else None


class _Open(Exception):  # not an error: the reading ends here
    """A part of which nobody knows yet what it would do."""


def foresee(script: Callable[[], Script[Any]], parts: Parts | None = None) -> list[PlannedStep]:
    """The steps of a verb, in order; conditional ones where they would come.

    Args:
        script: makes the script, as often as it is read.
        parts: looks at the verbs that it includes.
    """
    parts = parts or Parts("")
    usual = _lines(script(), frozenset(), parts)
    steps = [step for step, _ in usual]
    for name in [step.name for step, refusable in usual if refusable]:
        refused = _lines(script(), frozenset({name}), parts)
        steps = _merged(_dropped(steps, usual, refused, if_refused(name)), refused, if_refused(name))
        # What comes after a refusal may itself be ready for one.
        for inner in [s.name for s, may in refused if may and s.name != name]:
            deeper = _lines(script(), frozenset({name, inner}), parts)
            why = if_refused(name, inner)
            steps = _merged(_dropped(steps, refused, deeper, why), deeper, why)
    return steps


def if_refused(*names: str) -> str:
    """The condition of a step that comes only when others are refused."""
    return f"if {' and '.join(names)} {'is' if len(names) == 1 else 'are'} refused"


def _dropped(
    steps: list[PlannedStep], before: list[_Line], other: list[_Line], why: str
) -> list[PlannedStep]:
    """The steps, with a word at those that one reading has and the other has not."""
    gone = {step.name for step, _ in before} - {step.name for step, _ in other}
    return [replace(s, unless=(*s.unless, why)) if s.name in gone else s for s in steps]


def _merged(steps: list[PlannedStep], other: list[_Line], why: str) -> list[PlannedStep]:
    """The steps, with those that only the other reading has put behind their predecessor there."""
    merged = list(steps)
    known = {step.name for step in steps}
    before: str | None = None
    for step, _ in other:
        if step.name not in known:
            at = next((i + 1 for i, s in enumerate(merged) if s.name == before), 0)
            merged.insert(at, _conditional(step, why))
            known.add(step.name)
        before = step.name
    return merged


def _conditional(step: PlannedStep, why: str) -> PlannedStep:
    own = f" and {step.only_if.removeprefix('if ')}" if step.only_if else ""
    return replace(step, only_if=why + own)


class _Paused(Exception):
    """A plan is not read beyond a pause."""


def _lines(script: Script[Any], refuse: frozenset[str], parts: Parts) -> list[_Line]:
    lines: list[_Line] = []
    parts.begin()
    with suppress(_Open, _Paused):
        for line in _read(script, refuse, parts):
            lines.append(line)  # noqa: PERF402  # what was read before an open part counts
    return lines


def _read(script: Script[Any], refuse: frozenset[str], parts: Parts) -> Generator[_Line, None, Any]:
    """The lines of a script; returns what the script returns."""
    answer: Any = None
    while True:
        try:
            effect = script.send(answer)
        except StopIteration as end:
            return end.value
        if isinstance(effect, Fork):
            answer = {}
            for key, branch in effect.branches.items():
                inner = _read(prefixed(branch, f"{effect.name}/{key}"), refuse, parts)
                answer[key] = yield from _in_branch(inner, (effect.name, key))
            continue
        if isinstance(effect, Include):
            answer = parts.look(effect)
            if answer is None:
                raise _Open
            continue
        answer, lines, refusable = _answer(effect, refuse)
        for line in lines:
            yield (parts.remarked(line, effect.step, answer) if isinstance(effect, Do) else line), refusable


def _in_branch(lines: Generator[_Line, None, Any], branch: tuple[str, str]) -> Generator[_Line, None, Any]:
    while True:
        try:
            step, refusable = next(lines)
        except StopIteration as end:
            return end.value
        yield replace(step, branch=(branch, *step.branch)), refusable


def usual_minutes(steps: Iterable[PlannedStep], depth: int = 0) -> float:
    """How long steps usually take: branches of a fork side by side, conditional steps left out."""
    total = 0.0
    forks: dict[str, dict[str, list[PlannedStep]]] = {}
    for step in steps:
        if step.only_if is not None:
            continue
        if len(step.branch) > depth:
            fork, key = step.branch[depth]
            forks.setdefault(fork, {}).setdefault(key, []).append(step)
        else:
            total += step.minutes
    for branches in forks.values():
        total += max(usual_minutes(branch, depth + 1) for branch in branches.values())
    return total


def _answer(effect: Effect, refuse: frozenset[str]) -> tuple[Any, list[PlannedStep], bool]:
    match effect:
        case Do(step=step, refusals=refusals, only_if=only_if):
            line = PlannedStep(
                step.name,
                step.headline,
                "step",
                (*step.writes, *step.discards),
                step.minutes,
                step.charged,
                step.irreversible,
                only_if,
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
        case Pause():
            raise _Paused
        case Fork() | Include():
            raise AssertionError("read by their own text")
