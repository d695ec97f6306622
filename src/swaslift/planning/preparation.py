"""What a verb's call asks for, and what was found out before anything happens."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from swaslift.checks import Check
from swaslift.consent import Consent
from swaslift.planning.costs import Cost
from swaslift.planning.unfinished import Taken
from swaslift.runs.effects import PlannedStep

R = TypeVar("R")


@dataclass(frozen=True)
class Preparation:
    """What planning found out.

    Attributes:
        spec: what the run will rest on; None where a blocker left it open.
        checks: blockers and warnings.
        steps: what happens, in order.
        consents: what needs leave.
        cost: what the service quotes, where something is charged.
        downtime: who is down for how long.
        remarks: what to know before.
        takes: what it takes away: no other run of the journal that is not over may need it.
    """

    spec: BaseModel | None
    checks: tuple[Check, ...]
    steps: tuple[PlannedStep, ...]
    consents: tuple[Consent, ...] = ()
    cost: Cost | None = None
    downtime: str = "none"
    remarks: tuple[str, ...] = ()
    takes: tuple[Taken, ...] = ()


@dataclass(frozen=True)
class Request(Generic[R]):
    """One call of a verb, with its arguments looked at; ``R`` is what the verb returns.

    Attributes:
        title: one line for people.
        source: the id of what the verb works on.
        name: its name, from which a run's id is made readable.
        arguments: the arguments, as the journal keeps and compares them.
        prepare: reads, checks and prices, for a run of the given id; changes nothing.
        apart: what tells this call from another one of the verb on the same source, for the run's id.
        consent: leave that came with the call.
        run_id: an id that came with the call.
        again: whether to do once more what is over.
    """

    title: str
    source: str
    name: str
    arguments: dict[str, Any]
    prepare: Callable[[str], Preparation]
    apart: str = ""
    consent: Iterable[Consent] | Consent = ()
    run_id: str | None = None
    again: bool = False
