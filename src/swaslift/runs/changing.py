"""Scripts inside scripts: the same effects, changed on their way out, as by names of their own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from swaslift.runs.effects import Ask, Do, Effect, Fork, Gate, Include, Pause, Say, Script, Until, Wait
from swaslift.runs.step import Refused

T = TypeVar("T")

ANY = "*"
"""Among the refusals of a step: whatever definite refusal comes is an answer, not a failure."""

GONE = "gone"
"""Among the refusals of a step: that a resource is not there is an answer, not a failure."""


def named(name: str, script: Script[T]) -> Script[T]:
    """The same script under a name of its own, so that a chain can use a verb twice."""
    return prefixed(script, name)


def changed(script: Script[T], change: Callable[[Effect], Effect]) -> Script[T]:
    """The same script with each of its effects changed on its way out."""
    answer: Any = None
    while True:
        try:
            effect = script.send(answer)
        except StopIteration as end:
            result: T = end.value
            return result
        answer = yield change(effect)


def prefixed(script: Script[T], prefix: str) -> Script[T]:
    """The same script with names under a prefix, so that each use of it has its own."""
    return changed(script, lambda effect: _renamed(effect, prefix))


def turn(number: int, script: Script[T]) -> Script[T]:
    """The script of a turn that may have to be done again; from the second on it is ``again-2`` ..."""
    return script if number == 1 else prefixed(script, f"again-{number}")


def _renamed(effect: Effect, prefix: str) -> Effect:
    match effect:
        case Do(step=step):
            return replace(effect, step=step.model_copy(update={"name": f"{prefix}/{step.name}"}))
        case Until(waits=waits):
            return Until(
                tuple(
                    replace(
                        w,
                        name=f"{prefix}/{w.name}",
                        of=f"{prefix}/{w.of}" if w.of else None,
                        sent_by=f"{prefix}/{w.sent_by}" if w.sent_by else None,
                    )
                    for w in waits
                )
            )
        case Ask(name=name, before=before):
            return replace(effect, name=f"{prefix}/{name}", before=f"{prefix}/{before}" if before else "")
        case Gate() | Say() | Include() | Pause() | Fork():  # a fork names its branches' effects after itself
            return replace(effect, name=f"{prefix}/{effect.name}")


def lenient(script: Script[T]) -> Script[T]:
    """The same script, going on where a step is refused."""
    return changed(script, _allowed)


def _allowed(effect: Effect) -> Effect:
    match effect:
        case Do(refusals=refusals):
            return replace(effect, refusals=refusals | {ANY})
        case Fork(branches=branches):
            return replace(effect, branches={k: lenient(b) for k, b in branches.items()})
        case _:
            return effect


def while_there(script: Script[str | None]) -> Script[str | None]:
    """The same script, ended with a sentence if something that it acts on is not there any more.

    A resource that the script itself makes is made again by the next attempt, so a wait for one is left as it is.
    """
    answer: Any = None
    while True:
        try:
            effect = script.send(answer)
        except StopIteration as end:
            result: str | None = end.value
            return result
        answer = yield _if_there(effect)
        if gone := _not_there(effect, answer):
            script.close()
            return gone


def _if_there(effect: Effect) -> Effect:
    match effect:
        case Do(refusals=refusals):
            return replace(effect, refusals=refusals | {GONE})
        case Until(waits=waits):
            return Until(tuple(_or_gone(w) if _vanishes(w) else w for w in waits))
        case Fork(branches=branches):
            return replace(effect, branches={k: while_there(b) for k, b in branches.items()})
        case _:
            return effect


def _vanishes(wait: Wait[Any]) -> bool:
    """Whether a wait fails if its resource is gone, and no step of the script made that."""
    return wait.of is None and not wait.condition.gone and not wait.condition.or_gone


def _or_gone(wait: Wait[Any]) -> Wait[Any]:
    return replace(wait, condition=replace(wait.condition, or_gone=True), record=wait.record | None)


def _not_there(effect: Effect, answer: Any) -> str:
    """What is not there any more, in a sentence; empty if the script can go on."""
    match effect, answer:
        case Do(step=step, refusals=refusals), Refused(gone=True) if not refusals & {answer.code, ANY}:
            why = f"{answer.code}: {answer.message}"
            return f"{step.headline}: not done, since what it needs is not there any more ({why})"
        case Until(waits=waits), tuple():
            lost = [w for w, record in zip(waits, answer, strict=True) if record is None and _vanishes(w)]
            return "; ".join(f"{w.condition.resource} is not there any more" for w in lost if not w.bounded)
    return ""
