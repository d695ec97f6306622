"""A script that happens in another account: the same effects, carried out with that account's client."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from swaslift.cloud import Cloud
from swaslift.runs.changing import changed
from swaslift.runs.effects import Ask, Do, Effect, Fork, Gate, Script, Until, Wait
from swaslift.runs.step import in_account

T = TypeVar("T")


def elsewhere(account: str | None, script: Script[T]) -> Script[T]:
    """The same script in another account; None leaves it where it is.

    The account's client is one that this process was handed (`Cloud.introduce`). It is never stored, so
    a run that is resumed without it pauses and says so.

    Args:
        account: the id of the other account.
        script: what happens there, all of it.
    """
    return script if account is None else changed(script, lambda effect: _there(effect, account))


def _there(effect: Effect, account: str) -> Effect:
    match effect:
        case Do(step=step):
            return replace(effect, step=step.model_copy(update={"account": account}))
        case Until(waits=waits):
            return Until(tuple(_wait(w, account) for w in waits))
        case Ask(query=query):
            return replace(effect, query=_with(query, account) if query else None)
        case Gate(ask=ask, title=title):
            return replace(effect, ask=_with(ask, account), title=in_account(title, account))
        case Fork(branches=branches):
            return replace(effect, branches={k: elsewhere(account, b) for k, b in branches.items()})
        case _:
            return effect


def _wait(wait: Wait[Any], account: str) -> Wait[Any]:
    return replace(
        wait,
        condition=replace(wait.condition, account=account),
        title=wait.title and in_account(wait.title, account),
        evidence=_with(wait.evidence, account) if wait.evidence else None,
    )


def _with(query: Callable[[Cloud], T], account: str) -> Callable[[Cloud], T]:
    return lambda cloud: query(cloud.of(account))
