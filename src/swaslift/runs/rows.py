"""What the journal keeps, as records: runs, attempts of effects, moments."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

RunState = Literal["running", "finished", "undone", "paused"]
EffectState = Literal["intent", "done", "failed"]


@dataclass(frozen=True)
class RunRow:
    """A run as the journal keeps it."""

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
    """One attempt of one effect."""

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


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _json(text: str | None) -> Any:
    return None if text is None else json.loads(text)


def run_row(row: sqlite3.Row) -> RunRow:
    """A row of the table of runs."""
    values = dict(row)
    for column in ("arguments", "spec", "plan", "outcome"):
        values[column] = _json(values[column])
    for column in ("created_at", "updated_at"):
        values[column] = datetime.fromisoformat(values[column]).astimezone(UTC)
    return RunRow(**values)


def effect_row(row: sqlite3.Row) -> EffectRow:
    """A row of the table of effects."""
    values = dict(row)
    del values["run_id"]
    for column in ("request", "prior", "outcome"):
        values[column] = _json(values[column])
    began = datetime.fromisoformat(values.pop("began_at"))
    ended, deadline = _time(values.pop("ended_at")), _time(values.pop("deadline"))
    return EffectRow(**values, began_at=began, ended_at=ended, deadline=deadline)


def event_row(row: sqlite3.Row) -> EventRow:
    """A row of the table of events."""
    return EventRow(datetime.fromisoformat(row["at"]), row["kind"], row["text"])
