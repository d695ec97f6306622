"""An execution: one run's script, joined with its journal.

`advance` carries the script on until it has to wait for the cloud, and hands the waits out; whoever
drives it (the blocking driver, a scheduler of many) brings them back. Everything else happens here:
finished effects are answered from the journal, intents are written before the call and outcomes
behind it, and an error becomes a pause.

The rules of attempts: an attempt that got no definite answer is tried again as the same attempt,
with the same token and the request that the journal froze. A definite refusal, or a resource proven
failed or gone, ends the attempt; the next try is a new one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal, NoReturn

from pydantic import BaseModel, TypeAdapter

from swaslift.cloud import Cloud
from swaslift.consent import Consent
from swaslift.errors import (
    ResourceFailed,
    ResourceVanished,
    RunPaused,
    SwasliftError,
    WaitTimeout,
)
from swaslift.runs.attempts import Stop, attempt_step, remedy_for, thaw
from swaslift.runs.branch import Branch
from swaslift.runs.downtime import still_down
from swaslift.runs.effects import (
    Ask,
    Do,
    Effect,
    Failed,
    Fork,
    Gate,
    Include,
    Pause,
    Say,
    Script,
    Until,
    Wait,
)
from swaslift.runs.elsewhere import elsewhere
from swaslift.runs.events import Event, EventKind, Listener
from swaslift.runs.history import ASIDE, History
from swaslift.runs.journal import Hold, Journal
from swaslift.runs.renaming import lenient, prefixed
from swaslift.runs.rows import EffectRow, RunRow
from swaslift.runs.step import STEP_KINDS, Mark
from swaslift.waiting.poller import Progress, Waiting

INTERRUPTED = "interrupted from the keyboard"


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
    cancelled: str = ""
    """Why it was cancelled; empty where it was not."""

    def __post_init__(self) -> None:
        self._trunk = Branch(self.script)
        self._used: list[Consent] = []
        self._history = History(self.journal, self.row, self.part)

    # -- driving -------------------------------------------------------------------------------

    def advance(self) -> Sequence[Waiting]:
        """Go on until waits have to be met; an empty answer means that the script is over.

        There is no use in calling it again before it is `ready`.

        Raises:
            RunPaused: the run stopped on the way; the journal says so.
        """
        try:
            return self._advance()
        except Stop as stop:
            raise self._pause(stop.reason, stop.remedy) from stop.error
        except KeyboardInterrupt:
            self.interrupt()
        except RunPaused:
            raise
        except Exception as error:
            self._pause(f"{type(error).__name__}: {error}", "this is a fault of the program; nothing is lost")
            raise

    def interrupt(self) -> NoReturn:
        """Pause because of Ctrl-C, and let it go on its way with a word on how to resume."""
        paused = self._pause(INTERRUPTED, "resume it when you like; nothing is lost")
        raise KeyboardInterrupt(str(paused))

    def cancel(self, reason: str) -> None:
        """Have it pause at its next step."""
        self.cancelled = reason

    @property
    def ready(self) -> bool:
        """Whether it can go on: what one of its branches waits for is there, or it was cancelled."""
        return bool(self.cancelled) or any(branch.ready for branch in self._trunk.leaves())

    def _advance(self) -> Sequence[Waiting]:
        if self.cancelled:
            # Waits that are under way stay intents: a resume takes them up again.
            raise Stop(self.cancelled, "resume it, or undo what it made")
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
            if branch.waiting:
                if not branch.ready:
                    return
                self._collect(branch)
            script = branch.asides[-1][0] if branch.asides else branch.script
            try:
                effect = script.send(branch.answer)
            except StopIteration as end:
                if not branch.asides:
                    branch.result, branch.over = end.value, True
                    return
                _, effect = branch.asides.pop()
            branch.answer = self._carry(branch, effect)
            if self.cancelled:
                raise Stop(self.cancelled, "resume it, or undo what it made")

    def _carry(self, branch: Branch, effect: Effect) -> Any:
        kind = type(effect)
        carry = {
            Do: self._do,
            Until: self._until,
            Ask: self._ask,
            Gate: self._gate,
            Say: self._say,
            Fork: self._fork,
            Include: self._include,
            Pause: self._halt,
        }[kind]
        return carry(branch, effect)  # type: ignore[operator]  # each takes its own kind

    # -- steps ---------------------------------------------------------------------------------

    def _do(self, branch: Branch, effect: Do[Any]) -> Any:
        step, last = effect.step, self._history.last(effect.name)
        if last is not None and last.kind != step.kind:
            raise self._history.mismatch(
                f"step {step.name!r} was a {last.kind} when the run began and is a {step.kind} now"
            )
        if last is not None and last.state == "done":
            return step.decode(last.outcome)
        if last is not None and last.state == "failed" and last.outcome is not None:
            aside = f"{step.name}{ASIDE}{last.attempt}"
            if not self._history.visited(aside):
                self._discard(branch, aside, effect, last)
                return None
        self._history.go_live(step.name, branch.path)
        if last is not None and last.state == "intent":
            step = thaw(step, last.request)
            mark = Mark(self.row.run_id, step.name, last.attempt, last.began_at)
            self._tell("step", step.name, f"{step.headline} (again, same token)")
        else:
            self._tell("step", step.name, step.headline)
            try:
                prior = step.prior(self.cloud.of(step.account))
            except SwasliftError as error:
                raise Stop(str(error), remedy_for(error), error) from error
            now = self.cloud.clock.now()
            mark = Mark(self.row.run_id, step.name, last.attempt + 1 if last else 1, now)
            self.hold.begin(
                step.name,
                kind=step.kind,
                part=self.part,
                attempt=mark.attempt,
                request=step.model_dump(mode="json"),
                prior=prior,
                now=now,
            )
            self._history.reload(step.name)
        try:
            outcome = attempt_step(step, mark, effect.refusals, self.cloud, self._tell)
        except Stop as stop:
            if stop.definite:
                self.hold.fail(step.name, stop.reason, attempt=mark.attempt, now=self.cloud.clock.now())
            raise
        self.hold.end(step.name, step.encode(outcome), attempt=mark.attempt, now=self.cloud.clock.now())
        return outcome

    def _discard(self, branch: Branch, aside: str, effect: Do[Any], failed: EffectRow) -> None:
        """Put in a script that removes what a failed attempt left, before the next attempt.

        It would take up a quota, a name or a copy slot, and somebody would pay for it.
        """
        self._history.last(aside)
        step = thaw(effect.step, failed.request)
        outcome = step.decode(failed.outcome)
        branch.asides.append(
            (prefixed(lenient(elsewhere(step.account, step.discard(outcome))), aside), effect)
        )

    # -- waits ---------------------------------------------------------------------------------

    def _until(self, branch: Branch, effect: Until) -> tuple[Any, ...] | None:
        waits = effect.waits
        known = [self._history.recorded(w.name, branch.path) for w in waits]
        if all(done for done, _ in known):
            return tuple(
                TypeAdapter(w.record).validate_python(o) for w, (_, o) in zip(waits, known, strict=True)
            )
        clock = self.cloud.clock
        pairs = []
        for wait in waits:
            now, mono = clock.now(), clock.monotonic()
            last = self._history.last(wait.name)
            if last is not None and last.state == "intent" and last.deadline is not None:
                # After a crash the deadline stands; time went on while nobody looked.
                began, deadline = last.began_at, last.deadline
            else:
                began, deadline = now, now + timedelta(seconds=wait.timeout)
                self.hold.begin(
                    wait.name,
                    kind="wait",
                    part=self.part,
                    attempt=last.attempt + 1 if last and last.state == "failed" else 1,
                    deadline=deadline,
                    now=now,
                )
                self._history.reload(wait.name)
            waiting = Waiting(
                wait.condition,
                since=mono - (now - began).total_seconds(),
                deadline=mono + (deadline - now).total_seconds(),
                tell=lambda news, w=wait: self._progress(w, news),  # type: ignore[misc]  # bound per wait
            )
            pairs.append((wait, waiting))
            if wait.manual:
                self._tell("manual", wait.name, wait.manual)
            elif wait.title:
                self._tell("waiting", wait.name, wait.title)
        branch.waiting = tuple(pairs)
        return None

    def _progress(self, wait: Wait[Any], news: Progress) -> None:
        if news.unknown:
            self._tell(
                "unknown state", wait.name, f"{wait.condition.resource} shows {news.state!r}; still waiting"
            )
        self._tell("progress", wait.name, wait.title, percent=news.percent, remaining=news.remaining)

    def _collect(self, branch: Branch) -> None:
        """Take the waits back from the driver: their outcomes, or the pause they end in."""
        pairs, branch.waiting = branch.waiting, ()
        outcomes = []
        failed = next(
            (
                (w, waiting.error)
                for w, waiting in pairs
                if waiting.error is not None and not _late(w, waiting)
            ),
            None,
        )
        if failed is not None:
            # What is met already is looked at again on resume; one look costs less than a second rule.
            self._wait_failed(*failed)
        for wait, waiting in pairs:
            if _late(wait, waiting):
                record = wait.if_late
            elif not waiting.over or waiting.verdict is None:
                raise AssertionError(f"the driver brought {wait.name} back before it was over")
            else:
                record = waiting.verdict.record
            attempt = self._history.attempt(wait.name)
            self.hold.end(
                wait.name,
                TypeAdapter(wait.record).dump_python(record, mode="json"),
                attempt=attempt,
                now=self.cloud.clock.now(),
            )
            self._tell("done", wait.name, wait.title)
            outcomes.append(record)
        branch.answer = tuple(outcomes)

    def _wait_failed(self, wait: Wait[Any], error: SwasliftError) -> None:
        now = self.cloud.clock.now()
        proven = isinstance(error, ResourceFailed | ResourceVanished)
        attempt = self._history.attempt(wait.name)
        self.hold.fail(wait.name, str(error), attempt=attempt, now=now)
        maker = self._history.last(wait.of) if proven and wait.of is not None else None
        anew = maker is not None and not STEP_KINDS[maker.kind].model_validate(maker.request).bought
        if maker is not None and wait.of is not None and anew:
            self.hold.fail(wait.of, str(error), attempt=maker.attempt, now=now)
        reason = str(error)
        if wait.evidence is not None:
            reason += self._evidence(wait)
        remedy = remedy_for(error)
        if wait.remedy and isinstance(error, WaitTimeout):
            remedy = wait.remedy.format(run=self.row.run_id)
        if anew:
            remedy = f"resume it: {wait.of} is made anew, as another attempt"
        elif proven and maker is not None:
            remedy = "it was paid for, so it is not made anew: look for it in the console, then resume to wait again"
        raise Stop(reason, remedy, error, definite=proven) from error

    def _evidence(self, wait: Wait[Any]) -> str:
        try:
            shown = wait.evidence(self.cloud) if wait.evidence else ""
        except SwasliftError as error:
            return f"\n\n(no evidence could be read: {error})"
        return f"\n\n{shown}" if shown else ""

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
                self._tell("stopped", child.path, f"{stop.reason}\n{stop.remedy}")
        children = branch.children
        if not all(c.over or c.stop is not None for c in children.values()):
            return False
        stopped = {k: c.stop for k, c in children.items() if c.stop is not None}
        settled = branch.fork.unsure or all(s.definite for s in stopped.values())
        if stopped and not (branch.fork.tolerant and settled):
            raise _together(stopped)
        failed = {k: Failed(reason=s.reason, remedy=s.remedy) for k, s in stopped.items()}
        if branch.fork.tolerant and not self._history.done(branch.fork.name):
            self._settle(branch.fork.name, "fork", {k: f.model_dump() for k, f in failed.items()})
        branch.answer = {k: failed.get(k, c.result) for k, c in children.items()}
        branch.fork, branch.children = None, {}
        return True

    # -- parts ---------------------------------------------------------------------------------

    def _include(self, branch: Branch, effect: Include) -> BaseModel:
        done, outcome = self._history.recorded(effect.name, branch.path)
        if done:
            self._used.extend(Consent.model_validate(c) for c in outcome["consents"])
            return effect.spec.model_validate(outcome["spec"])
        try:
            prepared = effect.prepare(self.row.run_id)
        except SwasliftError as error:
            raise Stop(str(error), remedy_for(error), error) from error
        for check in prepared.checks:
            if check.level == "warning":
                self.hold.event("warning", str(check), now=self.cloud.clock.now())
        blockers = [c for c in prepared.checks if c.level == "blocker"]
        if blockers or prepared.spec is None:
            reason = "; ".join(str(c) for c in blockers)
            raise Stop(f"{effect.name}: {reason}", "mend what it says, then resume, or undo the run")
        own = self._history.made()
        needed = [c for c in prepared.consents if c.resource_id not in own]
        used = Consent.together((*self._used, *needed))
        missing = [c for c in used if not any(g.covers(c) for g in self.agreed)]
        if missing:
            wanted = ", ".join(str(c) for c in missing)
            raise Stop(
                f"{effect.name} needs more leave than was given when the run began",
                f"lift.runs.resume({self.row.run_id!r}, consent=[{wanted}])",
            )
        self._used.extend(needed)
        self._settle(
            effect.name,
            "part",
            {
                "spec": prepared.spec.model_dump(mode="json"),
                "consents": [c.model_dump(mode="json") for c in needed],
            },
        )
        return prepared.spec

    # -- reads, gates, remarks -----------------------------------------------------------------

    def _ask(self, branch: Branch, effect: Ask[Any]) -> Any:
        done, outcome = self._history.recorded(effect.name, branch.path)
        adapter = TypeAdapter(effect.record)
        if done:
            return adapter.validate_python(outcome)
        try:
            answer = effect.query(self.cloud)
        except SwasliftError as error:
            raise Stop(str(error), remedy_for(error), error) from error
        self._settle(effect.name, "ask", adapter.dump_python(answer, mode="json"))
        return answer

    def _gate(self, branch: Branch, effect: Gate) -> None:
        last = self._history.last(effect.name)
        if last is not None and last.state == "done":
            return
        # A gate that an amendment opened anew may stand before effects that are done.
        self._history.go_live(effect.name, branch.path)
        try:
            checks = effect.ask(self.cloud)
        except SwasliftError as error:
            raise Stop(str(error), remedy_for(error), error) from error
        blockers = [c for c in checks if c.level == "blocker"]
        for check in checks:
            if check.level == "warning":
                self.hold.event("warning", str(check), now=self.cloud.clock.now())
        if blockers:
            raise Stop(
                f"{effect.title}: " + "; ".join(str(c) for c in blockers),
                "amend the target: lift.runs.resume(id, amend=NewInstance(...)), or undo the run",
            )
        self._settle(effect.name, "gate", None)
        self._tell("gate", effect.name, f"{effect.title}: passed")

    def _say(self, branch: Branch, effect: Say) -> None:
        done, _ = self._history.recorded(effect.name, branch.path)
        if not done:
            self._settle(effect.name, "say", effect.text)
            self._tell("note", effect.name, effect.text)

    def _halt(self, branch: Branch, effect: Pause) -> None:
        done, _ = self._history.recorded(effect.name, branch.path)
        if done:
            return
        last, now = self._history.last(effect.name), self.cloud.clock.now()
        if last is None:
            self.hold.begin(effect.name, kind="pause", part=self.part, now=now)
            raise Stop(effect.reason, effect.remedy, definite=True)
        # It is an intent: whoever resumed the run has read why it paused.
        self.hold.end(effect.name, effect.reason, attempt=last.attempt, now=now)

    def _settle(self, name: str, kind: str, outcome: Any) -> None:
        now = self.cloud.clock.now()
        attempt = self._history.failures(name) + 1
        self.hold.begin(name, kind=kind, part=self.part, attempt=attempt, now=now)
        self.hold.end(name, outcome, attempt=attempt, now=now)

    # -- news ----------------------------------------------------------------------------------

    def _pause(self, reason: str, remedy: str) -> RunPaused:
        down = still_down(self.journal.effects(self.row.run_id), self.part)
        # Evidence stands behind an empty line, and these sentences before it.
        told, gap, evidence = reason.partition("\n\n")
        reason = "\n".join((told, *down)) + gap + evidence
        self.hold.set_state("paused", now=self.cloud.clock.now(), reason=reason, remedy=remedy)
        self._tell("paused", "", f"{reason}\n{remedy}")
        return RunPaused(self.row.run_id, reason, remedy)

    def _tell(
        self,
        kind: EventKind,
        name: str,
        text: str,
        *,
        percent: int | None = None,
        remaining: float | None = None,
    ) -> None:
        if not self.listeners:
            return  # and ask no clock: an emulator's is a request away
        event = Event(kind, self.row.run_id, self.cloud.clock.now(), name, text, percent, remaining)
        for listener in self.listeners:
            listener(event)


def _late(wait: Wait[Any], waiting: Waiting) -> bool:
    """Whether time ran out for a wait that has an outcome for that."""
    return wait.if_late is not None and isinstance(waiting.error, WaitTimeout)


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
