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

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal, NoReturn

from pydantic import TypeAdapter

from swaslift.cloud import Cloud
from swaslift.errors import (
    ResourceFailed,
    ResourceVanished,
    RunMismatch,
    RunPaused,
    SwasliftError,
)
from swaslift.runs.attempts import Stop, attempt_step, remedy_for, thaw
from swaslift.runs.effects import (
    STEP_KINDS,
    Ask,
    Do,
    Effect,
    Gate,
    Mark,
    Say,
    Script,
    Until,
    Wait,
)
from swaslift.runs.events import Event, EventKind, Listener
from swaslift.runs.journal import Hold, Journal
from swaslift.runs.renaming import lenient, prefixed
from swaslift.runs.rows import EffectRow, RunRow
from swaslift.waiting.poller import Progress, Waiting

ASIDE = "~"
"""Stands in the names of effects that were put in before a step's next attempt."""


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
    """

    cloud: Cloud
    journal: Journal
    hold: Hold
    row: RunRow
    script: Script[Any]
    listeners: Sequence[Listener] = ()
    part: Literal["do", "undo"] = "do"
    result: Any = None
    over: bool = False
    cancelled: bool = False
    _rows: dict[str, list[EffectRow]] = field(default_factory=dict)
    _visited: set[str] = field(default_factory=set)
    _waiting: tuple[tuple[Wait[Any], Waiting], ...] = ()
    _answer: Any = None
    _asides: list[tuple[Script[Any], Do[Any]]] = field(default_factory=list)
    """Scripts put in before an effect, with the effect to go on with."""

    def __post_init__(self) -> None:
        for effect in self.journal.effects(self.row.run_id):
            if effect.part == self.part:
                self._rows.setdefault(effect.name, []).append(effect)

    # -- driving -------------------------------------------------------------------------------

    def advance(self) -> Sequence[Waiting]:
        """Go on until waits have to be met; an empty answer means that the script is over.

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
        paused = self._pause("interrupted from the keyboard", "resume it when you like; nothing is lost")
        raise KeyboardInterrupt(str(paused))

    def _advance(self) -> Sequence[Waiting]:
        while True:
            if self.cancelled:
                # Waits that are under way stay intents: a resume takes them up again.
                self._waiting = ()
                raise Stop("cancelled", "resume it, or undo what it made")
            if self._waiting:
                self._collect()
            script = self._asides[-1][0] if self._asides else self.script
            try:
                effect = script.send(self._answer)
            except StopIteration as end:
                if not self._asides:
                    self._check_visited()
                    self.result, self.over = end.value, True
                    return ()
                _, effect = self._asides.pop()
            self._answer = self._carry(effect)
            if self._waiting:
                return [w for _, w in self._waiting]

    def _carry(self, effect: Effect) -> Any:
        match effect:
            case Do():
                return self._do(effect)
            case Until(waits=waits):
                return self._until(waits)
            case Ask():
                return self._ask(effect)
            case Gate():
                return self._gate(effect)
            case Say(name=name, text=text):
                return self._say(name, text)

    # -- replay --------------------------------------------------------------------------------

    def _last(self, name: str) -> EffectRow | None:
        self._visited.add(name)
        attempts = self._rows.get(name)
        return max(attempts, key=lambda r: r.attempt) if attempts else None

    def _recorded(self, name: str) -> tuple[bool, Any]:
        row = self._last(name)
        if row is not None and row.state == "done":
            return True, row.outcome
        self._go_live(name)
        return False, None

    def _go_live(self, name: str) -> None:
        """An effect that the journal does not answer: what was done before it must have come before.

        One that failed and is done anew has a place in the order, and so has what removes the failed
        attempt: what came after it is still to come.
        """
        rows = self._rows.get(name) or self._rows.get(name.split(ASIDE, maxsplit=1)[0])
        self._check_visited(min(r.seq for r in rows) if rows else None)

    def _check_visited(self, before: int | None = None) -> None:
        left = [
            n
            for n, rows in self._rows.items()
            if n.split(ASIDE)[0] not in self._visited
            and rows[-1].state == "done"
            and (before is None or rows[0].seq < before)
        ]
        if left:
            error = RunMismatch(
                f"run {self.row.run_id!r} was begun by swaslift {self.row.version} and has done "
                f"{', '.join(left)}, which this version's {self.row.verb} does not do at this point"
            )
            raise Stop(str(error), f"resume it with swaslift {self.row.version}, or undo it", error)

    # -- steps ---------------------------------------------------------------------------------

    def _do(self, effect: Do[Any]) -> Any:
        step, last = effect.step, self._last(effect.name)
        if last is not None and last.kind != step.kind:
            error = RunMismatch(
                f"step {step.name!r} was a {last.kind} when the run began and is a {step.kind} now"
            )
            raise Stop(str(error), f"resume it with swaslift {self.row.version}, or undo it", error)
        if last is not None and last.state == "done":
            return step.decode(last.outcome)
        if last is not None and last.state == "failed" and last.outcome is not None:
            aside = f"{step.name}{ASIDE}{last.attempt}"
            if aside not in self._visited:
                self._discard(aside, effect, last)
                return None
        self._go_live(step.name)
        if last is not None and last.state == "intent":
            step = thaw(step, last.request)
            mark = Mark(self.row.run_id, step.name, last.attempt)
            self._tell("step", step.name, f"{step.title} (again, same token)")
        else:
            mark = Mark(self.row.run_id, step.name, last.attempt + 1 if last else 1)
            self._tell("step", step.name, step.title)
            try:
                prior = step.prior(self.cloud)
            except SwasliftError as error:
                raise Stop(str(error), remedy_for(error), error) from error
            self.hold.begin(
                step.name,
                kind=step.kind,
                part=self.part,
                attempt=mark.attempt,
                request=step.model_dump(mode="json"),
                prior=prior,
                now=self.cloud.clock.now(),
            )
            self._reload(step.name)
        try:
            outcome = attempt_step(step, mark, effect.refusals, self.cloud, self._tell)
        except Stop as stop:
            if stop.definite:
                self.hold.fail(step.name, stop.reason, attempt=mark.attempt, now=self.cloud.clock.now())
            raise
        self.hold.end(step.name, step.encode(outcome), attempt=mark.attempt, now=self.cloud.clock.now())
        return outcome

    def _discard(self, aside: str, effect: Do[Any], failed: EffectRow) -> None:
        """Put in a script that removes what a failed attempt left, before the next attempt.

        It would take up a quota, a name or a copy slot, and somebody would pay for it.
        """
        self._visited.add(aside)
        step = thaw(effect.step, failed.request)
        outcome = step.decode(failed.outcome)
        self._asides.append((prefixed(lenient(step.discard(outcome)), aside), effect))

    # -- waits ---------------------------------------------------------------------------------

    def _until(self, waits: tuple[Wait[Any], ...]) -> tuple[Any, ...] | None:
        known = [self._recorded(w.name) for w in waits]
        if all(done for done, _ in known):
            return tuple(
                TypeAdapter(w.record).validate_python(o) for w, (_, o) in zip(waits, known, strict=True)
            )
        clock = self.cloud.clock
        pairs = []
        for wait in waits:
            now, mono = clock.now(), clock.monotonic()
            last = self._last(wait.name)
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
                self._reload(wait.name)
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
        self._waiting = tuple(pairs)
        return None

    def _reload(self, name: str) -> None:
        rows = [r for r in self.journal.effects(self.row.run_id) if r.name == name]
        self._rows[name] = rows

    def _progress(self, wait: Wait[Any], news: Progress) -> None:
        if news.unknown:
            self._tell(
                "unknown state", wait.name, f"{wait.condition.resource} shows {news.state!r}; still waiting"
            )
        self._tell("progress", wait.name, wait.title, percent=news.percent, remaining=news.remaining)

    def _collect(self) -> None:
        """Take the waits back from the driver: their outcomes, or the pause they end in."""
        pairs, self._waiting = self._waiting, ()
        outcomes = []
        failed = next(((w, waiting.error) for w, waiting in pairs if waiting.error is not None), None)
        if failed is not None:
            # What is met already is looked at again on resume; one look costs less than a second rule.
            self._wait_failed(*failed)
        for wait, waiting in pairs:
            if not waiting.over or waiting.verdict is None:
                raise AssertionError(f"the driver brought {wait.name} back before it was over")
            attempt = max(r.attempt for r in self._rows[wait.name])
            record = waiting.verdict.record
            self.hold.end(
                wait.name,
                TypeAdapter(wait.record).dump_python(record, mode="json"),
                attempt=attempt,
                now=self.cloud.clock.now(),
            )
            self._tell("done", wait.name, wait.title)
            outcomes.append(record)
        self._answer = tuple(outcomes)

    def _wait_failed(self, wait: Wait[Any], error: SwasliftError) -> None:
        now = self.cloud.clock.now()
        proven = isinstance(error, ResourceFailed | ResourceVanished)
        attempt = max(r.attempt for r in self._rows[wait.name])
        self.hold.fail(wait.name, str(error), attempt=attempt, now=now)
        maker = self._last(wait.of) if proven and wait.of is not None else None
        anew = maker is not None and not STEP_KINDS[maker.kind].model_validate(maker.request).bought
        if maker is not None and wait.of is not None and anew:
            self.hold.fail(wait.of, str(error), attempt=maker.attempt, now=now)
        reason = str(error)
        if wait.evidence is not None:
            reason += self._evidence(wait)
        remedy = remedy_for(error)
        if anew:
            remedy = f"resume it: {wait.of} is made anew, as another attempt"
        elif proven and maker is not None:
            remedy = "it was paid for, so it is not made anew: look for it in the console, then resume to wait again"
        raise Stop(reason, remedy, error) from error

    def _evidence(self, wait: Wait[Any]) -> str:
        try:
            shown = wait.evidence(self.cloud) if wait.evidence else ""
        except SwasliftError as error:
            return f"\n(no evidence could be read: {error})"
        return f"\n{shown}" if shown else ""

    # -- reads, gates, remarks -----------------------------------------------------------------

    def _ask(self, effect: Ask[Any]) -> Any:
        done, outcome = self._recorded(effect.name)
        adapter = TypeAdapter(effect.record)
        if done:
            return adapter.validate_python(outcome)
        try:
            answer = effect.query(self.cloud)
        except SwasliftError as error:
            raise Stop(str(error), remedy_for(error), error) from error
        self._settle(effect.name, "ask", adapter.dump_python(answer, mode="json"))
        return answer

    def _gate(self, effect: Gate) -> None:
        last = self._last(effect.name)
        if last is not None and last.state == "done":
            return
        # A gate that an amendment opened anew may stand before effects that are done.
        self._go_live(effect.name)
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

    def _say(self, name: str, text: str) -> None:
        done, _ = self._recorded(name)
        if not done:
            self._settle(name, "say", text)
            self._tell("note", name, text)

    def _settle(self, name: str, kind: str, outcome: Any) -> None:
        now = self.cloud.clock.now()
        attempt = max((r.attempt for r in self._rows.get(name, ()) if r.state == "failed"), default=0) + 1
        self.hold.begin(name, kind=kind, part=self.part, attempt=attempt, now=now)
        self.hold.end(name, outcome, attempt=attempt, now=now)

    # -- news ----------------------------------------------------------------------------------

    def _pause(self, reason: str, remedy: str) -> RunPaused:
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
