"""What the journal keeps, as records: runs, attempts of effects, moments."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal, TypeVar, get_args

from pydantic import BaseModel, ConfigDict

RunState = Literal["running", "finished", "undone", "paused"]
EffectState = Literal["intent", "done", "failed"]

T = TypeVar("T")

_UNKNOWN = datetime(1970, 1, 1, tzinfo=UTC)
"""A time that the journal holds in a form that cannot be read."""


@dataclass(frozen=True)
class RunRow:
    """A run as the journal keeps it.

    Attributes:
        damage: what of it cannot be read, and why; the fields concerned are empty.
        raw: the texts of a damaged row as they are, to be searched.
    """

    run_id: str
    account_id: str
    verb: str
    source: str
    arguments: dict[str, Any]
    spec: dict[str, Any]
    plan: dict[str, Any]
    version: str
    state: RunState
    part: Literal["do", "undo"]
    reason: str | None
    remedy: str | None
    outcome: Any
    owner: str | None
    fence: int
    created_at: datetime
    updated_at: datetime
    damage: tuple[str, ...] = ()
    raw: str = field(default="", repr=False)

    @property
    def needs(self) -> str:
        """What a resume needs that a terminal cannot give, to stand behind the call; empty for nothing."""
        if self.plan.get("composed"):
            # An undo is made of the journal alone.
            return f"in a process that has defined the chain {self.verb}" if self.part == "do" else ""
        if into := self.spec.get("into"):
            return f"with into=, a client of account {into}"
        return ""


class AboutWait(BaseModel):
    """What the journal keeps of a wait beside its outcome; see `swaslift.runs.effects.Wait`."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    title: str = ""
    of: str | None = None
    manual: str | None = None
    resource: str = ""
    sight: bool = False
    """Whether it ends as soon as the resource is listed, in whatever state."""


@dataclass(frozen=True)
class EffectRow:
    """One attempt of one effect.

    Attributes:
        damage: what of it cannot be read, and why; the fields concerned are empty.
    """

    seq: int
    part: Literal["do", "undo"]
    name: str
    attempt: int
    kind: str
    state: EffectState
    request: Any
    prior: Any
    outcome: Any
    error: str | None
    began_at: datetime
    ended_at: datetime | None
    deadline: datetime | None
    damage: tuple[str, ...] = ()

    @property
    def about(self) -> AboutWait:
        """Of a wait, what it is for; empty for other effects."""
        known = self.kind == "wait" and isinstance(self.request, dict)
        return AboutWait.model_validate(self.request) if known else AboutWait()

    @property
    def undone_as(self) -> str:
        """Under which names an undo takes it back."""
        return f"undo/{self.name}/{self.attempt}"

    @property
    def found_in_undo(self) -> str:
        """The question with which an undo looks for what it made, where its outcome was not written."""
        return f"{self.undone_as}/found"

    @property
    def needed_in_undo(self) -> str:
        """The question with which an undo asks whether another run needs what it made."""
        return f"{self.undone_as}/needed"


CENSUS = "undo/census"
"""The question at the end of an undo which of the run's resources the cloud still shows."""


@dataclass(frozen=True)
class EventRow:
    """A moment in the life of a run."""

    at: datetime
    kind: str
    text: str


class _Reader:
    """Reads the columns of one row, and notes what cannot be read."""

    def __init__(self, row: sqlite3.Row) -> None:
        self._row = row
        self.damage: list[str] = []

    def read(self, column: str, convert: Callable[[Any], T], otherwise: T) -> T:
        """One column, or what stands for it where it cannot be read."""
        try:
            return convert(self._row[column])
        except (ValueError, TypeError, LookupError, OverflowError, RecursionError) as error:
            self.damage.append(f"{column}: {error}")
            return otherwise

    @property
    def raw(self) -> str:
        """All texts of the row."""
        return "\n".join(str(value) for value in tuple(self._row) if value is not None)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"it holds {value!r}, not a text")
    return value


def _perhaps(convert: Callable[[Any], T]) -> Callable[[Any], T | None]:
    return lambda value: None if value is None else convert(value)


def _number(value: Any) -> int:
    if not isinstance(value, int):
        raise TypeError(f"it holds {value!r}, not a number")
    return value


def _time(value: Any) -> datetime:
    at = datetime.fromisoformat(_text(value))
    if at.tzinfo is None:
        raise ValueError(f"it holds {value!r}, without a zone")
    return at.astimezone(UTC)


def _json(value: Any) -> Any:
    return json.loads(_text(value))


def _mapping(value: Any) -> dict[str, Any]:
    found = _json(value)
    if not isinstance(found, dict):
        raise TypeError("it holds no JSON object")
    return found


def _plan(value: Any) -> dict[str, Any]:
    plan = _mapping(value)
    for step in plan.get("steps", []):
        for name in ("name", "title", "kind"):
            _text(step[name])
        _perhaps(_text)(step["only_if"])
    for entry in ("consents", "given", "warnings"):
        if not isinstance(plan.get(entry, []), list):
            raise TypeError(f"its {entry} are no list")
    return plan


def _one_of(choices: Any) -> Callable[[Any], Any]:
    def convert(value: Any) -> Any:
        if value not in get_args(choices):
            raise ValueError(f"it holds {value!r}, not one of {', '.join(get_args(choices))}")
        return value

    return convert


_PART = _one_of(Literal["do", "undo"])


def run_row(row: sqlite3.Row) -> RunRow:
    """A row of the table of runs, as far as it can be read."""
    reader = _Reader(row)
    read = reader.read
    nothing: dict[str, Any] = {}
    values: dict[str, Any] = {
        **{c: read(c, _text, "") for c in ("account_id", "verb", "source", "version")},
        **{c: read(c, _mapping, nothing) for c in ("arguments", "spec")},
        "plan": read("plan", _plan, nothing),
        "state": read("state", _one_of(RunState), "paused"),
        "part": read("part", _PART, "do"),
        **{c: read(c, _perhaps(_text), None) for c in ("reason", "remedy", "owner")},
        "outcome": read("outcome", _perhaps(_json), None),
        "fence": read("fence", _number, 0),
        **{c: read(c, _time, _UNKNOWN) for c in ("created_at", "updated_at")},
    }
    damage = tuple(reader.damage)
    return RunRow(run_id=str(row["run_id"]), **values, damage=damage, raw=reader.raw if damage else "")


def lost_row(run_id: str, why: str) -> RunRow:
    """A run of which nothing but its id can be read."""
    texts = dict.fromkeys(("account_id", "verb", "source", "version"), "")
    return RunRow(
        run_id=run_id,
        **texts,
        arguments={},
        spec={},
        plan={},
        state="paused",
        part="do",
        reason=None,
        remedy=None,
        outcome=None,
        owner=None,
        fence=0,
        created_at=_UNKNOWN,
        updated_at=_UNKNOWN,
        damage=(why,),
    )


def effect_row(row: sqlite3.Row) -> EffectRow:
    """A row of the table of effects, as far as it can be read."""
    reader = _Reader(row)
    read = reader.read
    values: dict[str, Any] = {
        **{c: read(c, _number, 0) for c in ("seq", "attempt")},
        **{c: read(c, _text, "") for c in ("name", "kind")},
        "part": read("part", _PART, "do"),
        "state": read("state", _one_of(EffectState), "failed"),
        **{c: read(c, _perhaps(_json), None) for c in ("request", "prior", "outcome")},
        "error": read("error", _perhaps(_text), None),
        "began_at": read("began_at", _time, _UNKNOWN),
        **{c: read(c, _perhaps(_time), None) for c in ("ended_at", "deadline")},
    }
    return EffectRow(**values, damage=tuple(reader.damage))


def event_row(row: sqlite3.Row) -> EventRow:
    """A row of the table of events, as far as it can be read."""
    read = _Reader(row).read
    return EventRow(read("at", _time, _UNKNOWN), read("kind", _text, ""), read("text", _text, ""))
