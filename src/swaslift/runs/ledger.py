"""What carrying a run needs at hand: the door, the journal's row and history, and who listens."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from swaslift.checks import Check
from swaslift.cloud import Cloud
from swaslift.cloud.retrying import Retrying, due, recovered
from swaslift.consent import Consent
from swaslift.runs.events import Event, EventKind, Listener
from swaslift.runs.history import History
from swaslift.runs.journal import Hold
from swaslift.runs.rows import RunRow
from swaslift.waiting.poller import Progress

CALL = ""
"""The name under which a call of the run is kept, beside the names of its waits."""


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
        retries: what fails in passing at this moment: by the name of the wait, a call by `CALL`.
    """

    cloud: Cloud
    hold: Hold
    row: RunRow
    part: Literal["do", "undo"]
    history: History
    agreed: Sequence[Consent] = ()
    listeners: Sequence[Listener] = ()
    news: dict[str, Progress] = field(default_factory=dict)
    retries: dict[str, Retrying] = field(default_factory=dict)
    _reported: dict[str, tuple[str, datetime]] = field(default_factory=dict)

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
        retrying: Retrying | None = None,
    ) -> None:
        """Tell whoever listens."""
        if not self.listeners:
            return  # and ask no clock: an emulator's is a request away
        event = Event(kind, self.row.run_id, self.cloud.clock.now(), name, text, percent, remaining, retrying)
        for listener in self.listeners:
            listener(event)

    def hear(self, retrying: Retrying) -> None:
        """Hear of the retries of a call."""
        if not retrying.over:
            self.retry(CALL, retrying)
        elif retrying.over == "answered":
            self.retry(CALL, None)
        else:
            # Whoever made the call reports its error.
            reported = retrying.call in self._reported
            self.forget(CALL)
            if reported and retrying.call not in self._reported:
                self._end("gave up", CALL, f"{retrying.problem}; not tried again", retrying)

    def retry(self, name: str, retrying: Retrying | None) -> None:
        """Report what fails in passing, or with None that it is over: once, however many waits it delays."""
        before = self.retries.get(name)
        if retrying is not None:
            self.retries[name] = retrying
            if due(self._reported.get(retrying.call), retrying):
                self.hold.event("retrying", str(retrying), now=retrying.at)
                self._reported[retrying.call] = (retrying.problem, retrying.at)
                self.tell("retrying", name, str(retrying), retrying=retrying)
        elif before is not None:
            self.forget(name)
            if before.call in self._reported:
                return
            self._end("recovered", name, recovered(before, self.cloud.clock.now()), before)

    def _end(self, kind: EventKind, name: str, text: str, retrying: Retrying) -> None:
        now = self.cloud.clock.now()
        self.hold.event(kind, text, now=now)
        self.tell(kind, name, text, retrying=retrying)
        for call in self._reported:
            # The last of these events is what other processes show.
            still = next(r for r in self.retries.values() if r.call == call)
            self.hold.event("retrying", str(still), now=now)

    def forget(self, name: str) -> None:
        """Report no more what failed under this name: its wait has ended, or its call."""
        self.retries.pop(name, None)
        calls = {r.call for r in self.retries.values()}
        self._reported = {call: told for call, told in self._reported.items() if call in calls}

    def call(self, kind: EventKind, name: str, text: str) -> None:
        """Tell what a person has to act on: where nobody listens, it is printed on stderr."""
        self.tell(kind, name, text)
        if not self.listeners:
            print(f"swaslift, run {self.row.run_id}: {text}", file=sys.stderr, flush=True)  # noqa: T201  # else the run would wait for days in silence
