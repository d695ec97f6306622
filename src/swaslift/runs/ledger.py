"""What carrying a run needs at hand: the door, the journal's row and history, and who listens."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from swaslift.checks import Check
from swaslift.cloud import Cloud
from swaslift.consent import Consent
from swaslift.runs.events import Event, EventKind, Listener
from swaslift.runs.history import History
from swaslift.runs.journal import Hold
from swaslift.runs.rows import RunRow
from swaslift.waiting.poller import Progress


@dataclass
class Ledger:
    """One run, as the effects that are carried out see it.

    Attributes:
        cloud: the door.
        hold: the right to write to the journal.
        row: the run as it was when it was taken.
        part: the run itself, or its undo.
        history: what was done before.
        agreed: leave that was given for it.
        listeners: who is told the news.
        news: what the open waits told last, by their names.
    """

    cloud: Cloud
    hold: Hold
    row: RunRow
    part: Literal["do", "undo"]
    history: History
    agreed: Sequence[Consent] = ()
    listeners: Sequence[Listener] = ()
    news: dict[str, Progress] = field(default_factory=dict)

    def settle(self, name: str, kind: str, outcome: Any) -> None:
        """Write down an effect that has begun and ended at once."""
        now = self.cloud.clock.now()
        attempt = self.history.failures(name) + 1
        self.hold.begin(name, kind=kind, part=self.part, attempt=attempt, now=now)
        self.hold.end(name, outcome, attempt=attempt, now=now)

    def weigh(self, checks: Sequence[Check]) -> list[Check]:
        """The blockers; warnings are written down."""
        for check in checks:
            if check.level == "warning":
                self.hold.event("warning", str(check), now=self.cloud.clock.now())
        return [c for c in checks if c.level == "blocker"]

    def tell(
        self,
        kind: EventKind,
        name: str,
        text: str,
        *,
        percent: int | None = None,
        remaining: float | None = None,
    ) -> None:
        """Tell whoever listens."""
        if not self.listeners:
            return  # and ask no clock: an emulator's is a request away
        event = Event(kind, self.row.run_id, self.cloud.clock.now(), name, text, percent, remaining)
        for listener in self.listeners:
            listener(event)

    def call(self, kind: EventKind, name: str, text: str) -> None:
        """Tell what a person has to act on: where nobody listens, it is printed on stderr."""
        self.tell(kind, name, text)
        if not self.listeners:
            print(f"swaslift, run {self.row.run_id}: {text}", file=sys.stderr, flush=True)  # noqa: T201  # else the run would wait for days in silence
