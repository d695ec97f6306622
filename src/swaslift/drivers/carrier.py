"""The carrier: begins runs, joins them, carries them on, and undoes them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Literal

from pydantic import BaseModel

from swaslift.cloud import Cloud
from swaslift.consent import Consent
from swaslift.drivers.activities import Activities, Activity
from swaslift.drivers.amending import Amending
from swaslift.drivers.blocking import carry
from swaslift.drivers.interrupts import uninterrupted
from swaslift.errors import (
    ConsentRequired,
    InvalidArgument,
    JournalError,
    RunConflict,
    RunError,
    RunExists,
    RunPaused,
)
from swaslift.lifecycle.definition import Definition
from swaslift.lifecycle.undo import Undone, consents_to_undo, undo
from swaslift.planning.plan import Plan, consent_list
from swaslift.planning.unfinished import needed_by, unfinished
from swaslift.runs.events import Event, EventKind, Listener
from swaslift.runs.execution import Execution
from swaslift.runs.journal import Hold, Journal, unreadable
from swaslift.runs.recorded import restored
from swaslift.runs.rows import RunRow
from swaslift.runs.step import Ref
from swaslift.version import version
from swaslift.waiting.poller import Poller, Progress
from swaslift.wording import minute

OVER = ("finished", "undone")
BESIDE = ("warning", "waiting", "amended", "consent")
"""Events that do not tell whether a call is answered again."""
GIVEN = "given"
"""Beside the plan of a run: leave that came with a resume."""


class Carrier:
    """Runs of one client. Thread-safe: a run is held by one carrier at a time."""

    def __init__(self, cloud: Cloud, journal: Journal, definitions: dict[str, Definition[Any, Any]]) -> None:
        self.cloud = cloud
        self.journal = journal
        self.poller = Poller(cloud)
        self.definitions = definitions
        self.listeners: list[Listener] = []
        self.activities = Activities()

    # -- beginning and joining -----------------------------------------------------------------

    def unfinished(self, run_id: str, verb: str, arguments: dict[str, Any]) -> RunRow | None:
        """The run of this id, if it is to be gone on with.

        Raises:
            RunConflict: it was begun with other arguments.
            RunExists: it is being undone.
        """
        row = self.journal.find(run_id)
        if row is None:
            return None
        self._own(row)
        if row.state in OVER:
            return None
        if differences := _differences(_asked(row.verb, row.arguments), _asked(verb, arguments)):
            raise RunConflict(run_id, differences)
        if row.part == "undo":
            raise RunExists(
                f"run {run_id!r} is being undone; go on with that first: lift.runs.resume({run_id!r})"
            )
        return row

    def free_id(self, run_id: str, verb: str, arguments: dict[str, Any], *, again: bool) -> str:
        """The id for a new run.

        Args:
            run_id: the id that it would have.
            verb: what is called.
            arguments: with what.
            again: whether to begin another one where the run of this id is over.

        Raises:
            RunExists: the run of this id is over, and ``again`` was not asked for.
        """
        row = self.journal.find(run_id)
        if row is None or row.state not in OVER:
            return run_id
        if not again:
            raise RunExists(self._over(row, verb, arguments))
        return self._next_id(run_id)

    def _next_id(self, run_id: str) -> str:
        number = 2
        while self.journal.state(f"{run_id}-{number}") in OVER:
            number += 1
        return f"{run_id}-{number}"

    def _over(self, row: RunRow, verb: str, arguments: dict[str, Any]) -> str:
        """Why a call begins no run: that of its id is over."""
        since = f"{row.state} since {minute(row.updated_at)}"
        result = f"Its result is lift.runs.get({row.run_id!r})"
        differences = _leaves(_differences(_asked(row.verb, row.arguments), _asked(verb, arguments)))
        if not differences:
            return f"run {row.run_id!r} is {since}. {result}; to do the same once more, call with again=True"
        lines = "".join(
            f"\n  - {name}: that run had {was!r}, this call has {given!r}"
            for name, (was, given) in differences.items()
        )
        return (
            f"run {row.run_id!r} is {since}, and has other arguments:{lines}\n{result}. To carry out "
            f"this call as well, give another run_id, or again=True, which calls it {self._next_id(row.run_id)!r}"
        )

    def create(self, plan: Plan[Any]) -> RunRow:
        """Write a new run down."""
        with self.interruptible(plan.run_id):
            return uninterrupted(
                lambda _reasons: self.journal.create(
                    run_id=plan.run_id,
                    account_id=plan.account_id,
                    verb=plan.verb,
                    source=plan.source,
                    arguments=plan.arguments,
                    spec=plan.spec,
                    plan={**plan.to_json(), "composed": self.definitions[plan.verb].composed},
                    version=version(),
                    now=self.cloud.clock.now(),
                )
            )

    @contextmanager
    def interruptible(self, run_id: str) -> Iterator[None]:
        """Let Ctrl-C go on its way with a word on how the run stands, wherever it came."""
        try:
            yield
        except KeyboardInterrupt as interrupt:
            if interrupt.args:
                raise
            raise KeyboardInterrupt(self._stands(run_id)) from None

    def _stands(self, run_id: str) -> str:
        """How a run stands that was interrupted."""
        try:
            row = self.journal.find(run_id) and self.journal.standing(run_id)
        except JournalError as error:
            return f"run {run_id!r} was interrupted; {error}"
        return _word(row) if row else "nothing was begun"

    # -- carrying ------------------------------------------------------------------------------

    def carry(
        self, run_id: str, *, amend: Any = None, consent: Iterable[Consent] | Consent = ()
    ) -> BaseModel:
        """Carry a run until it is over, in this thread; its outcome.

        Raises:
            RunPaused: it stopped on the way.
            RunBusy: another process carries it.
            KeyboardInterrupt: Ctrl-C; the run is paused, and the message says how to go on.
        """

        def work(reasons: list[str]) -> BaseModel:
            with self._active(run_id, reasons) as activity:
                execution = self.take(activity, amend=amend, consent=consent)
                try:
                    carry(execution, self.poller)
                    return self.finish(execution)
                finally:
                    execution.hold.release()

        with self.interruptible(run_id):
            return uninterrupted(work)

    @contextmanager
    def _active(self, run_id: str, reasons: list[str]) -> Iterator[Activity]:
        activity = self.activities.begin(run_id, reasons)
        try:
            yield activity
        finally:
            self.activities.end(activity)

    def take(
        self, activity: Activity, *, amend: Any = None, consent: Iterable[Consent] | Consent = ()
    ) -> Execution:
        """Take a run into this process, ready to be driven."""
        run_id, given = activity.run_id, consent_list(consent)
        self._own(self.journal.run(run_id))
        hold = self.journal.hold(run_id)
        try:
            # Read when it is held: before that, another process may have carried it to its end.
            row = self.journal.run(run_id)
            self._still_open(row, amend)
            if row.part == "undo":
                return self._start(row, hold, activity, "undo", "resumed")
            if amend is not None:
                row = self._amend(row, hold, amend, given)
            if given:
                row = self._keep(row, hold, given)
            fresh = not self.journal.effects(run_id)
            return self._start(row, hold, activity, "do", "started" if fresh else "resumed")
        except BaseException:
            hold.release()
            raise

    @staticmethod
    def _still_open(row: RunRow, amend: Any) -> None:
        if row.state in OVER:
            raise RunExists(f"run {row.run_id!r} is {row.state}; there is nothing to go on with")
        if row.part == "undo" and amend is not None:
            raise InvalidArgument("amend", amend, f"run {row.run_id!r} is being undone")

    def _start(
        self,
        row: RunRow,
        hold: Hold,
        activity: Activity,
        part: Literal["do", "undo"],
        kind: EventKind,
    ) -> Execution:
        if part == "undo":
            script: Any = undo(row.run_id, self.journal.effects(row.run_id))
        else:
            definition = self.definition_of(row)
            script = definition.script(restored(definition.spec, row.spec, f"the spec of run {row.run_id!r}"))
        hold.set_state("running", now=self.cloud.clock.now(), part=part, event=kind)
        self.tell(kind, row.run_id, str(row.plan.get("title", row.verb)))
        activity.execution = Execution(
            cloud=self.cloud,
            journal=self.journal,
            hold=hold,
            row=row,
            script=script,
            listeners=self.listeners,
            part=part,
            agreed=_agreed(row),
            reasons=activity.reasons,
        )
        return activity.execution

    def needed_elsewhere(self, run_id: str, refs: Collection[Ref]) -> dict[str, str]:
        """Which resources another run needs that is not over: who, in words, by id."""
        going = unfinished(self.journal, emulated=self.cloud.emulated, but=run_id, about=refs)
        return needed_by(going, refs)

    def news(self, row: RunRow) -> dict[str, Progress]:
        """What the open waits of a run told last, by name; empty where another process carries it."""
        execution = self._here(row)
        return execution.news if execution is not None else {}

    def failing(self, row: RunRow) -> list[str]:
        """What fails in passing while a run goes on, also in another process: calls, and since when."""
        if row.state != "running":
            return []
        execution = self._here(row)
        if execution is not None:
            return [r.brief for r in execution.retries]
        told = (e for e in reversed(self.journal.events(row.run_id)) if e.kind not in BESIDE)
        last = next(told, None)
        return [last.text] if last is not None and last.kind == "retrying" else []

    def _here(self, row: RunRow) -> Execution | None:
        """The execution of a run that this carrier carries."""
        execution = self.activities.execution(row.run_id)
        here = execution is not None and row.state == "running" and execution.hold.fence == row.fence
        return execution if here else None

    def cancel(self, run_id: str) -> bool:
        """Have a run pause at its next step; whether this carrier carries it."""
        execution = self._here(self.journal.run(run_id))
        if execution is None:
            return False
        execution.cancel("cancelled")
        return True

    def finish(self, execution: Execution) -> BaseModel:
        """Write down that a run is over."""
        outcome: BaseModel = execution.result
        state = "undone" if execution.part == "undo" else "finished"
        try:
            execution.hold.set_state(
                "undone" if state == "undone" else "finished",
                now=self.cloud.clock.now(),
                outcome=outcome.model_dump(mode="json"),
            )
        except JournalError as error:
            raise execution.unwritten(error) from error
        self.tell("undone" if state == "undone" else "finished", execution.row.run_id, state)
        return outcome

    def _amend(self, row: RunRow, hold: Hold, change: Any, given: Sequence[Consent]) -> RunRow:
        self.definition_of(row)
        agreed = (*_agreed(row), *given)
        Amending(row, hold, self.cloud, self.definitions, change, agreed).apply()
        return self.journal.run(row.run_id)

    def _keep(self, row: RunRow, hold: Hold, given: Sequence[Consent]) -> RunRow:
        """Write leave down that came with a resume: it is the run's from here on, as that of its plan is."""
        there = _agreed(row)
        if new := [c for c in given if c not in there]:
            kept = [*row.plan.get(GIVEN, ()), *(c.model_dump(mode="json", exclude_none=True) for c in new)]
            told = f"leave was given: {', '.join(map(str, new))}"
            now = self.cloud.clock.now()
            hold.set_plan({**row.plan, GIVEN: kept}, now=now, kind="consent", event=told)
        return self.journal.run(row.run_id)

    def definition_of(self, row: RunRow) -> Definition[Any, Any]:
        """The verb of a run.

        Raises:
            RunError: this client does not know it.
        """
        definition = self.definitions.get(row.verb)
        if definition is None:
            raise RunError(
                f"run {row.run_id!r} is a {row.verb}, which this client does not know; it was begun by swaslift "
                f"{row.version}. A chain of your own has to be defined first: lift.chain(...)"
            )
        return definition

    def _own(self, row: RunRow) -> None:
        if row.damage:
            raise unreadable(self.journal.path, row)
        if row.account_id != self.cloud.account_id:
            raise RunError(
                f"run {row.run_id!r} belongs to account {row.account_id}, and these credentials to "
                f"{self.cloud.account_id}; use the credentials of that account"
            )
        if row.plan.get("emulated", False) != self.cloud.emulated:
            where, here = (
                ("the emulator", "the live cloud")
                if row.plan.get("emulated")
                else ("the live cloud", "the emulator")
            )
            raise RunError(f"run {row.run_id!r} was begun on {where}, and this client speaks to {here}")

    # -- undoing -------------------------------------------------------------------------------

    def undo(self, run_id: str, consent: Iterable[Consent] | Consent) -> Undone:
        """Undo a run; an undo that was cut off goes on.

        Raises:
            ConsentRequired: it would release instances or replace disks, and no leave was given.
            KeyboardInterrupt: Ctrl-C; the undo is paused, and the message says how to go on.
        """

        def work(reasons: list[str]) -> Undone:
            with self._active(run_id, reasons) as activity:
                return self._undo(activity, consent)

        with self.interruptible(run_id):
            return uninterrupted(work)

    def _undo(self, activity: Activity, consent: Iterable[Consent] | Consent) -> Undone:
        run_id, given = activity.run_id, consent_list(consent)
        self._own(self.journal.run(run_id))
        hold = self.journal.hold(run_id)
        try:
            row = self.journal.run(run_id)
            if row.state == "undone":
                raise RunExists(f"run {run_id!r} is undone already")
            needed = consents_to_undo(run_id, self.journal.effects(run_id))
            missing = [c for c in needed if not any(g.covers(c) for g in given)]
            if missing and row.part != "undo":
                raise ConsentRequired(f"undo of run {run_id!r}", missing, given)
            kind: EventKind = "undoing" if row.part == "do" else "resumed"
            execution = self._start(row, hold, activity, "undo", kind)
            carry(execution, self.poller)
            outcome = self.finish(execution)
        finally:
            hold.release()
        return Undone.model_validate(outcome)

    def tell(self, kind: EventKind, run_id: str, text: str) -> None:
        """Tell whoever listens."""
        if not self.listeners:
            return
        event = Event(kind, run_id, self.cloud.clock.now(), text=text)
        for listener in self.listeners:
            listener(event)


def _asked(verb: str, arguments: dict[str, Any]) -> dict[str, Any]:
    return {"verb": verb, **arguments}


def _differences(recorded: dict[str, Any], given: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    return {
        k: (recorded.get(k), given.get(k)) for k in {**recorded, **given} if recorded.get(k) != given.get(k)
    }


def _leaves(differences: dict[str, tuple[Any, Any]]) -> dict[str, tuple[Any, Any]]:
    """Differences inside of mappings by their dotted names."""
    found: dict[str, tuple[Any, Any]] = {}
    for name, (was, given) in differences.items():
        if isinstance(was, dict) and isinstance(given, dict):
            inner = _leaves(_differences(was, given))
            found |= {f"{name}.{k}": pair for k, pair in inner.items()}
        else:
            found[name] = (was, given)
    return found


def _word(row: RunRow) -> str:
    """What to say of a run that was interrupted."""
    if row.state == "paused":
        return str(RunPaused(row.run_id, row.reason or "", row.remedy or "", row.needs))
    if row.state == "running":
        return f"run {row.run_id!r} pauses at its next step; then go on with lift.runs.resume({row.run_id!r})"
    return f"run {row.run_id!r} is {row.state}; its report is lift.runs.get({row.run_id!r}).report"


def _agreed(row: RunRow) -> list[Consent]:
    """What the plan needed leave for, without which the run would not have begun, and leave given since."""
    return [Consent.model_validate(c) for c in (*row.plan.get("consents", ()), *row.plan.get(GIVEN, ()))]
