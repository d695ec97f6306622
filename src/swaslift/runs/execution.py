"""An execution: one run's script, joined with its journal.

`advance` carries the script on until it has to wait for the cloud, and hands the waits out; whoever
drives it (the blocking driver, a scheduler of many) brings them back. Branches go on side by side here,
and an error becomes a pause; how each kind of effect is carried out, or answered from the journal,
stands in `carry_steps`, `carry_waits` and `carry_answers`.

The rules of attempts: an attempt that got no definite answer is tried again as the same attempt,
with the same token and the request that the journal froze. A definite refusal, or a resource proven
failed or gone, ends the attempt; the next try is a new one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, Literal, NoReturn

from swaslift.cloud import Cloud
from swaslift.cloud.retrying import Retrying, heard_by
from swaslift.consent import Consent
from swaslift.errors import JournalError, RunBusy, RunPaused, SwasliftError, for_python
from swaslift.runs.attempts import Stop
from swaslift.runs.branch import Branch
from swaslift.runs.carry_answers import answer
from swaslift.runs.carry_steps import carry_step
from swaslift.runs.carry_waits import begin_waits, collect_waits
from swaslift.runs.changing import prefixed
from swaslift.runs.downtime import still_down
from swaslift.runs.effects import Do, Effect, Failed, Fork, Script, Until
from swaslift.runs.events import Listener
from swaslift.runs.history import History
from swaslift.runs.journal import Hold, Journal
from swaslift.runs.ledger import Ledger
from swaslift.runs.rows import RunRow
from swaslift.runs.under_way import still_going
from swaslift.waiting.poller import Progress, Waiting

INTERRUPTED = "interrupted from the keyboard"
_AT_WILL = "resume it when you like; nothing is lost"


@dataclass
class Execution:
    """One run, being carried on by this process.

    Attributes:
        cloud: the door.
        journal: where it is written.
        hold: the right to write.
        row: the run as it was when it was taken.
        script: the verb's generator, fresh.
        part: the run itself, or its undo.
        agreed: leave that was given for it.
    """

    cloud: Cloud
    journal: Journal
    hold: Hold
    row: RunRow
    script: Script[Any]
    listeners: Sequence[Listener] = ()
    part: Literal["do", "undo"] = "do"
    agreed: Sequence[Consent] = ()
    result: Any = None
    over: bool = False
    reasons: list[str] = field(default_factory=list)
    """Why it has to pause, said from outside, perhaps by another thread; empty where it has not."""

    def __post_init__(self) -> None:
        self._trunk = Branch(self.script)
        self._history = History(self.journal, self.row, self.part)
        self._ledger = Ledger(
            self.cloud,
            self.hold,
            self.row,
            self.part,
            self._history,
            agreed=self.agreed,
            listeners=self.listeners,
        )

    @property
    def news(self) -> dict[str, Progress]:
        """What its open waits told last, by their names."""
        return dict(self._ledger.news)

    @property
    def retries(self) -> list[Retrying]:
        """The calls of it that fail in passing at this moment."""
        return list({r.call: r for r in list(self._ledger.retries.values())}.values())

    # -- driving -------------------------------------------------------------------------------

    def advance(self) -> Sequence[Waiting]:
        """Go on until waits have to be met; an empty answer means that the script is over.

        There is no use in calling it again before it is `ready`.

        Raises:
            RunPaused: the run stopped on the way; the journal says so.
        """
        try:
            with heard_by(self._ledger.hear):
                return self._advance()
        except Stop as stop:
            raise self._pause(stop.reason, stop.remedy) from stop.error
        except KeyboardInterrupt:
            self.interrupt()
        except JournalError as error:
            raise self.unwritten(error) from error
        except (RunPaused, RunBusy):
            raise
        except Exception as error:
            self.abort(error)
            raise

    def unwritten(self, error: JournalError) -> RunPaused:
        """The pause of a run that the journal cannot be read or written for."""
        return self._pause(error.problem, error.remedy)

    def abort(self, error: BaseException) -> None:
        """Pause because of an error that has nothing to do with what the run does."""
        remedy = (
            "resume it"
            if isinstance(error, SwasliftError)
            else "this is a fault of the program; nothing is lost"
        )
        self._pause(f"{type(error).__name__}: {error}", remedy)

    def interrupt(self) -> NoReturn:
        """Pause because of Ctrl-C, and let it go on its way with a word on how to resume."""
        paused = self._pause(self._besides(INTERRUPTED), _AT_WILL)
        raise KeyboardInterrupt(str(paused))

    def cancel(self, reason: str) -> None:
        """Have it pause at its next step."""
        self.reasons.append(reason)

    @property
    def cancelled(self) -> str:
        """Why it has to pause; empty where it has not."""
        return self.reasons[0] if self.reasons else ""

    @property
    def ready(self) -> bool:
        """Whether it can go on: what one of its branches waits for is there, or it was cancelled."""
        return bool(self.cancelled) or any(branch.ready for branch in self._trunk.leaves())

    def _advance(self) -> Sequence[Waiting]:
        if self.cancelled:
            # Waits that are under way stay intents: a resume takes them up again.
            raise self._cancellation()
        self._go(self._trunk)
        if self._trunk.over:
            self._history.check_complete()
            self.result, self.over = self._trunk.result, True
            return ()
        return [w for branch in self._trunk.leaves() for _, w in branch.waiting]

    def _go(self, branch: Branch) -> None:
        """Carry a branch on until it waits or is over."""
        while True:
            if branch.fork is not None and not self._join(branch):
                return
            if branch.waiting and not branch.ready:
                return
            effect = branch.wake() or self._next(branch)
            if effect is None:
                return
            branch.answer = self._carry(branch, effect)
            if self.cancelled:
                raise self._cancellation()

    def _next(self, branch: Branch) -> Effect | None:
        """The next effect of a branch; None where it is over."""
        if branch.waiting:
            collect_waits(self._ledger, branch)
        script = branch.asides[-1][0] if branch.asides else branch.script
        try:
            effect: Effect = script.send(branch.answer)
        except StopIteration as end:
            if not branch.asides:
                branch.result, branch.over = end.value, True
                return None
            _, effect = branch.asides.pop()
        return effect

    def _carry(self, branch: Branch, effect: Effect) -> Any:
        match effect:
            case Do():
                return carry_step(self._ledger, branch, effect)
            case Until():
                return begin_waits(self._ledger, branch, effect)
            case Fork():
                return self._fork(branch, effect)
            case _:
                return answer(self._ledger, branch, effect)

    # -- branches ------------------------------------------------------------------------------

    def _fork(self, branch: Branch, effect: Fork) -> None:
        joined = self._history.last(effect.name)
        outcome = joined.outcome if joined is not None else None
        failed = {k: Failed.model_validate(f) for k, f in (outcome or {}).items()}
        branch.fork = effect
        branch.children = {}
        for key, script in effect.branches.items():
            path = f"{effect.name}/{key}"
            self._history.begin_branch(path)
            child = Branch(prefixed(script, path), path)
            branch.children[key] = child
            if key in failed:
                child.result, child.over = failed[key], True
                self._history.pass_by(path)

    def _join(self, branch: Branch) -> bool:
        """Carry the branches of a fork on; whether each is over, and so the fork."""
        if branch.fork is None:
            raise AssertionError("there is no fork to join")
        for child in branch.children.values():
            if child.over or child.stop is not None:
                continue
            try:
                self._go(child)
            except Stop as stop:
                if self.cancelled:
                    raise
                child.stop = stop
                child.waiting = ()
                self._ledger.tell("stopped", child.path, f"{stop.reason}\n{stop.remedy}")
        children = branch.children
        if not all(c.over or c.stop is not None for c in children.values()):
            return False
        stopped = {k: c.stop for k, c in children.items() if c.stop is not None}
        settled = branch.fork.unsure or all(s.definite for s in stopped.values())
        if stopped and not (branch.fork.tolerant and settled):
            raise _together(stopped)
        failed = {k: Failed(reason=s.reason, remedy=s.remedy) for k, s in stopped.items()}
        if branch.fork.tolerant and not self._history.done(branch.fork.name):
            self._ledger.settle(branch.fork.name, "fork", {k: f.model_dump() for k, f in failed.items()})
        branch.answer = {k: failed.get(k, c.result) for k, c in children.items()}
        branch.fork, branch.children = None, {}
        return True

    def _cancellation(self) -> Stop:
        remedy = _AT_WILL if self.cancelled == INTERRUPTED else "resume it, or undo what it made"
        return Stop(self._besides(self.cancelled), remedy)

    def _besides(self, reason: str) -> str:
        """Why the run is ended from outside, and why branches of it had stopped before, without their evidence."""
        lines = [reason]
        for branch in self._trunk.stopped():
            if branch.stop is not None:
                told, _, _ = branch.stop.reason.partition("\n\n")
                lines.append(f"{branch.path} had stopped before: {told}")
        return "\n".join(lines)

    # -- news ----------------------------------------------------------------------------------

    def _pause(self, reason: str, remedy: str) -> RunPaused:
        down: list[str] = []
        with suppress(JournalError):
            effects = self.journal.readable_effects(self.row.run_id)
            down = still_down(effects, self.part) + (still_going(effects) if self.part == "do" else [])
        # Evidence stands behind an empty line, and these sentences before it.
        told, gap, evidence = reason.partition("\n\n")
        reason = "\n".join((told, *down)) + gap + evidence
        needs = replace(self.row, part=self.part).needs
        if needs:
            remedy = for_python(remedy)
        # Where the journal cannot take it either, this process knows of it, and writes it as soon as it can.
        self.hold.pause(reason, remedy, now=self.cloud.clock.now())
        self._ledger.tell("paused", "", f"{reason}\n{remedy}")
        return RunPaused(self.row.run_id, reason, remedy, needs)


def _together(stopped: Mapping[str, Stop]) -> Stop:
    """What stopped several branches, as one."""
    if len(stopped) == 1:
        return next(iter(stopped.values()))
    reasons = "; ".join(f"{key}: {stop.reason}" for key, stop in stopped.items())
    remedies = dict.fromkeys(stop.remedy for stop in stopped.values())
    return Stop(
        reasons,
        "; ".join(remedies),
        next(iter(stopped.values())).error,
        definite=all(s.definite for s in stopped.values()),
    )
