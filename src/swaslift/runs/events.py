"""What a run tells whoever watches."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from swaslift.cloud.retrying import Retrying

EventKind = Literal[
    "started", "resumed", "step", "done", "adopted", "refused", "waiting", "progress", "unknown state",
    "manual", "gate", "note", "retrying", "recovered", "gave up", "stopped", "paused", "finished", "undoing", "undone",
]  # fmt: skip


@dataclass(frozen=True)
class Event:
    """News of a run.

    Attributes:
        kind: what happened.
        run_id: in which run.
        at: when, UTC, at the client's clock.
        name: the effect that it is about, where there is one.
        text: for people.
        percent: of a wait, where the service tells it.
        remaining: seconds that a wait still takes, as far as can be told.
        retrying: of ``retrying``, ``recovered`` and ``gave up``: the call that fails, its last error, and since when.
    """

    kind: EventKind
    run_id: str
    at: datetime
    name: str = ""
    text: str = ""
    percent: int | None = None
    remaining: float | None = None
    retrying: Retrying | None = None

    def __str__(self) -> str:
        percent = "" if self.percent is None else f"{self.percent} %"
        what = " ".join(filter(None, (self.text.partition("\n")[0] or self.name, percent)))
        return f"{self.at:%H:%M:%S} UTC {self.run_id} {self.kind}{f': {what}' if what else ''}"


Listener = Callable[[Event], None]
