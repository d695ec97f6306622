"""What a run has stopped, from when to when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from swaslift.runs.rows import EffectRow
from swaslift.runs.step import STEP_KINDS
from swaslift.wording import duration, minute

_OFF = frozenset({"Stopped", "Stopping"})


@dataclass(frozen=True)
class Downtime:
    """A time during which a server or an instance was down because of the run; times are UTC.

    Attributes:
        id: of the server or instance.
        since: when it was told to stop.
        certain: whether the stop was answered; its call may have been cut off.
        started: when it was told to start again.
        until: when it was seen Running again; None where it was not.
    """

    id: str
    since: datetime
    certain: bool
    started: datetime | None = None
    until: datetime | None = None

    def sentence(self, part: Literal["do", "undo"]) -> str:
        """How it stands while the run is paused."""
        if self.started is not None:
            told = f"was stopped at {minute(self.since)} and told to start at {minute(self.started)}"
            return f"{self.id} {told}, and was not seen Running since"
        verb = "is" if self.certain else "may be"
        way = "resume or undo" if part == "do" else "resume"
        return f"{self.id} {verb} stopped since {minute(self.since)}; {way} to start it"

    @property
    def fact(self) -> str:
        """The whole of it, for a report."""
        if self.until is None:
            return f"{self.id}, since {minute(self.since)}"
        took = duration((self.until - self.since).total_seconds())
        return f"{self.id} for {took}, {minute(self.since)} to {minute(self.until)}"


def downtimes(effects: Iterable[EffectRow]) -> list[Downtime]:
    """Each time something was down, in order. What was down before the run is not told of."""
    over: list[Downtime] = []
    down: dict[str, Downtime] = {}
    up: set[str] = set()
    before: set[str] = set()
    """What was up, and what was down, when the run first switched it."""
    for row in effects:
        _look(row, down, over)
        if row.kind not in STEP_KINDS or row.state == "failed":
            continue
        switched = STEP_KINDS[row.kind].model_validate(row.request).switches()
        if switched is None:
            continue
        resource_id, on = switched
        if resource_id not in up | before:
            status = row.prior.get("status") if isinstance(row.prior, dict) else None
            (before if status in _OFF else up).add(resource_id)
        if resource_id in before:
            continue
        at = row.ended_at or row.began_at
        if not on and resource_id not in down:
            down[resource_id] = Downtime(resource_id, at, certain=row.state == "done")
        elif on and resource_id in down and row.state == "done":
            down[resource_id] = replace(down[resource_id], started=at)
    return over + list(down.values())


def _look(row: EffectRow, down: dict[str, Downtime], over: list[Downtime]) -> None:
    """See whether something was seen Running."""
    record = row.outcome if isinstance(row.outcome, dict) else {}
    if row.state == "done" and record.get("status") == "Running" and record.get("id") in down:
        over.append(replace(down.pop(record["id"]), until=row.ended_at))


def still_down(effects: Sequence[EffectRow], part: Literal["do", "undo"]) -> list[str]:
    """What is down because the run has not got to start it yet, in sentences."""
    return [d.sentence(part) for d in downtimes(effects) if d.until is None]
