"""Runs as a user holds them: what they did, how they stand, how to go on or go back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from threading import TIMEOUT_MAX
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel

from swaslift.consent import Consent
from swaslift.drivers.carrier import OVER, Carrier
from swaslift.errors import RunBusy, RunError, RunPaused
from swaslift.lifecycle.definition import Definition
from swaslift.lifecycle.migrate_to_ecs import Migrated
from swaslift.lifecycle.undo import Undone, consents_to_undo, deleted, undo_titles
from swaslift.lifecycle.undo_shares import SHARES, shared_by_others
from swaslift.models import EcsDisk, EcsImage, EcsInstance
from swaslift.planning.accounts import HasCloud, introduce
from swaslift.planning.arguments import check_number
from swaslift.planning.sheet import Sheet, Shown, Table, as_html, as_text, facts, renderable
from swaslift.runs.downtime import still_down
from swaslift.runs.progress import progress_line
from swaslift.runs.recorded import restored
from swaslift.runs.report import Report, build_report
from swaslift.runs.rows import EffectRow, RunRow
from swaslift.wording import counted, minute

if TYPE_CHECKING:
    from swaslift.drivers.background import Background

Status = Literal["running", "finished", "undone", "paused"]


class Run:
    """One run, read from the journal. Nothing here goes to the network but `undo` and `result`."""

    def __init__(self, carrier: Carrier, run_id: str, background: Background | None = None) -> None:
        self._carrier = carrier
        self._background = background
        self.id = run_id

    @property
    def _row(self) -> RunRow:
        return self._carrier.journal.standing(self.id)

    @property
    def _effects(self) -> list[EffectRow]:
        return self._carrier.journal.readable_effects(self.id)

    @property
    def status(self) -> Status:
        """running, paused, finished or undone; what no living process carries on is paused."""
        return self._row.state

    @property
    def verb(self) -> str:
        """The verb."""
        return self._row.verb

    @property
    def reason(self) -> str | None:
        """Why it is paused."""
        return self._row.reason

    @property
    def remedy(self) -> str | None:
        """What to do about that."""
        return self._row.remedy

    @property
    def needs(self) -> str:
        """What a resume needs that only Python can give, so that a terminal cannot go on with it; empty for nothing."""
        return self._row.needs

    @property
    def down(self) -> list[str]:
        """Servers and instances that it has stopped and not started yet, a sentence each."""
        return still_down(self._effects, self._row.part)

    @property
    def created_at(self) -> datetime:
        """When it began, UTC."""
        return self._row.created_at

    @property
    def progress(self) -> str:
        """Where it stands, in one line: how many of its steps are done, and what goes on.

        A step is done when what it made is there. How many there are is the plan's reckoning until the run is
        over: what is refused or fails on the way makes them more or fewer. Where this client carries the
        run, its waits show their percentage, where the service gives one, and an estimate of what is
        left, as the last look showed them. What somebody has to do by hand stands there in full.
        A call that fails in passing, such as one to a service that cannot be reached, is named with the time
        since when.
        """
        return self._progress(self._row)

    def _progress(self, row: RunRow) -> str:
        return progress_line(row, self._effects, self._carrier.news(row), self._carrier.failing(row))

    @property
    def report(self) -> Report:
        """The report so far."""
        row = self._row
        definition = self._carrier.definitions.get(row.verb)
        if definition is None or row.damage:
            # A chain that this client has not defined: what happened is told all the same.
            arguments = [(name, str(value)) for name, value in row.arguments.items()]
            return build_report(row, self._effects, self._carrier.journal.events(self.id), facts=arguments)
        spec = self._restored(definition.spec, row.spec)
        outcome = self._restored(definition.outcome, row.outcome) if row.state == "finished" else None
        left = definition.left(outcome) if outcome is not None else ()
        if row.state == "undone":
            left = self._restored(Undone, row.outcome).left
        return build_report(
            row,
            self._effects,
            self._carrier.journal.events(self.id),
            facts=definition.facts(spec, outcome),
            left=left,
        )

    @property
    def undo(self) -> Undo:
        """The way back."""
        return Undo(self._carrier, self.id)

    def result(self, timeout: float | None = None) -> Any:
        """The result; waits for a run that goes on in the background.

        Args:
            timeout: seconds of real time to wait, at most.

        Raises:
            InvalidArgument: that is no number of seconds.
            RunPaused: it stopped on the way.
            TimeoutError: it is not over yet.
            RunError: it was undone, or it is a chain that this client does not know.
            KeyboardInterrupt: Ctrl-C; the run is paused, and the message says how to go on.
        """
        check_number("timeout", timeout, least=0, most=TIMEOUT_MAX)
        if self._background is not None:
            with self._carrier.interruptible(self.id):
                self._background.wait(self.id, timeout)
        row = self._row
        if row.state == "paused":
            raise RunPaused(self.id, row.reason or "", row.remedy or "", row.needs)
        if row.state == "undone":
            raise RunError(f"run {self.id!r} is undone, and has no result; again=True does it once more")
        if row.state != "finished":
            raise TimeoutError(f"run {self.id!r} is {row.state}, not finished; resume it to go on")
        verb = self._carrier.definition_of(row)
        outcome = self._restored(verb.outcome, row.outcome)
        return self.shown(verb, self._restored(verb.spec, row.spec), outcome)

    def _restored(self, kind: Any, value: Any) -> Any:
        return restored(kind, value, f"run {self.id!r}")

    def shown(self, verb: Definition[Any, Any], spec: BaseModel, outcome: BaseModel) -> Any:
        """What a verb of this run returns, the run's own or a part's."""
        return Migration(self, outcome) if isinstance(outcome, Migrated) else verb.result(spec, outcome)

    def cancel(self) -> None:
        """Stop a run that this client carries, in the background or another thread, at its next step.

        It is then paused.

        Raises:
            RunBusy: another process, or another client, carries it.
            RunError: nobody does: it is paused or over.
        """
        if self._carrier.cancel(self.id):
            return
        row = self._row
        if row.state == "running":
            raise RunBusy(
                f"run {self.id!r} is carried by {row.owner} (host-process-...), not by this client; pause it "
                "there, with Ctrl-C or with cancel() of the client that carries it"
            )
        raise RunError(f"nobody carries run {self.id!r}, so there is nothing to cancel: it is {row.state}")

    def __repr__(self) -> str:
        row = self._row
        state = "" if row.state in OVER else f"{row.state}: "
        # Evidence behind an empty line is for the report.
        told = " ".join((row.reason or "").partition("\n\n")[0].split())
        reason = f", {told}" if row.state == "paused" else ""
        return f"<Run {self.id} {state}{self._progress(row)}{reason}>"

    def _repr_html_(self) -> str:
        row, paused = self._row, self.status == "paused"
        known = facts(
            ("state", row.state),
            ("done", self.progress),
            ("began", minute(row.created_at)),
            ("why", (paused and row.reason) or ""),
            ("what to do", (paused and row.remedy) or ""),
        )
        title = str(row.plan.get("title", row.verb))
        # Why it is paused says what is down as well.
        return as_html(
            "sheet.html.j2",
            sheet=Sheet(f"{title} (run {self.id})", (known,), () if paused else tuple(self.down)),
        )


class RunList(list[Run]):
    """Runs, the latest first: a list that is shown as a table."""

    def sheet(self) -> Sheet:
        """What is shown."""
        rows = tuple((r.id, r.status, minute(r.created_at), r.progress, _told(r)) for r in self)
        table = Table("", ("run", "state", "began", "progress", "reason"), rows, wraps=(3, 4))
        return Sheet(counted(len(self), "run") if self else "no runs", (table,))

    def __str__(self) -> str:
        return as_text(renderable(self.sheet()))

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return as_html("sheet.html.j2", sheet=self.sheet())


def _told(run: Run) -> str:
    """Why a run is paused, in a line, and what it has left down."""
    first = [(run.reason or "").partition("\n")[0]] if run.status == "paused" else []
    return "; ".join((*first, *run.down))


class UndoPlan(Shown):
    """What an undo would do, one line a step of the run, latest first, and the leave it needs.

    Attributes:
        run_id: the run.
        steps: the lines.
        consents: the leave.
        undone: whether the run is undone already: there is nothing left to do.
        first: what has to be done before, or the undo pauses there.
    """

    run_id: str
    steps: tuple[str, ...]
    consents: tuple[Consent, ...]
    undone: bool = False
    first: tuple[str, ...] = ()

    def sheet(self) -> Sheet:
        """What is shown."""
        steps = tuple((str(number), step) for number, step in enumerate(self.steps, 1))
        table = Table("", ("#", "what happens"), steps, wraps=(1,))
        known = facts(
            *(("first", line) for line in self.first),
            ("" if steps else "state", "" if steps else self._nothing),
            ("consent", self._consents if steps else ""),
        )
        return Sheet(f"Undo of run {self.run_id}", (table, known))

    @property
    def _nothing(self) -> str:
        if self.undone:
            return "the run is undone already; its report tells what could not be taken back"
        return "nothing to take back"

    @property
    def _consents(self) -> str:
        return ", ".join(str(c) for c in self.consents) or "none needed"


class Undo:
    """The undo of a run: ``run.undo.plan()`` shows it, ``run.undo(consent=...)`` does it."""

    def __init__(self, carrier: Carrier, run_id: str) -> None:
        self._carrier = carrier
        self._run_id = run_id

    def plan(self) -> UndoPlan:
        """What would be taken back, and what stays; of a run that is undone, that it is. Reads the journal alone."""
        if self._carrier.journal.run(self._run_id).state == "undone":
            return UndoPlan(run_id=self._run_id, steps=(), consents=(), undone=True)
        rows = self._carrier.journal.effects(self._run_id)
        return UndoPlan(
            run_id=self._run_id,
            steps=tuple(undo_titles(rows, lambda refs: self._carrier.needed_elsewhere(self._run_id, refs))),
            consents=tuple(consents_to_undo(self._run_id, rows)),
            first=tuple(
                shared_by_others(
                    self._run_id,
                    deleted(rows),
                    self._carrier.journal.effects_on_images(deleted(rows), SHARES),
                )
            ),
        )

    def __call__(self, *, consent: Iterable[Consent] | Consent = (), into: HasCloud | None = None) -> Undone:
        """Take back what the run changed, in reverse; what could not be taken back is in the result.

        Args:
            consent: leave for what it destroys; see `plan`.
            into: a client of the other account, for a run that ended in one.

        Raises:
            InvalidArgument: an argument is wrong.
            ConsentRequired: instances would be released or disks replaced, and no leave was given.
            RunPaused: the undo stopped on the way; the same call goes on with it.
        """
        introduce(self._carrier.cloud, into)
        return self._carrier.undo(self._run_id, consent)


class Migration:
    """What ``migrate_to_ecs`` returns.

    Attributes:
        run: the run, with its way back.
        instance: the instance, as it was when it answered.
        disks: its disks.
        image: the ECS image behind it.
        left: what is left to do by hand.
    """

    def __init__(self, run: Run, outcome: Migrated) -> None:
        self.run = run
        self.instance: EcsInstance = outcome.instance
        self.disks: tuple[EcsDisk, ...] = outcome.disks
        self.image: EcsImage = outcome.image
        self.left = outcome.left

    @property
    def report(self) -> Report:
        """The report."""
        return self.run.report

    def __repr__(self) -> str:
        where = f"{self.instance.id} at {self.instance.public_ip or self.instance.private_ip}"
        return f"<Migration {self.run.id}: {where}, image {self.image.id}>"

    def _repr_html_(self) -> str:
        return self.report._repr_html_()
