"""Waits: begun with a deadline that a crash does not move, and taken back from whoever drives."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from pydantic import TypeAdapter

from swaslift.clock import ServiceClock
from swaslift.errors import ResourceFailed, ResourceVanished, SwasliftError, WaitTimeout, WaitUnanswered
from swaslift.runs.attempts import Stop, remedy_for
from swaslift.runs.branch import Branch
from swaslift.runs.effects import Until, Wait
from swaslift.runs.ledger import Ledger
from swaslift.runs.recorded import restored
from swaslift.runs.rows import AboutWait, EffectRow
from swaslift.runs.step import STEP_KINDS
from swaslift.waiting.poller import Progress, Waiting


def begin_waits(run: Ledger, branch: Branch, effect: Until) -> tuple[Any, ...] | None:
    """Answer waits from the journal, or hand them to the branch, which then waits."""
    waits = effect.waits
    known = [run.history.recorded(w.name, branch.path) for w in waits]
    if all(done for done, _ in known):
        return tuple(
            restored(w.record, o, f"what {w.name} saw") for w, (_, o) in zip(waits, known, strict=True)
        )
    clock = run.cloud.clock
    pairs = []
    for wait in waits:
        last = run.history.last(wait.name)
        age, seconds = _under_way(clock, last)
        if age is None:
            now = clock.now()
            age, seconds = 0.0, wait.timeout
            run.hold.begin(
                wait.name,
                kind="wait",
                part=run.part,
                attempt=_attempt(last),
                request=_about(wait).model_dump(mode="json"),
                deadline=now + timedelta(seconds=seconds),
                now=now,
            )
            run.history.reload(wait.name)
        since = clock.monotonic() - age
        waiting = Waiting(wait.condition, since=since, deadline=since + seconds, tell=_Teller(run, wait))
        pairs.append((wait, waiting))
        if wait.manual:
            # Where a look can tell whether somebody has acted already, it is asked first.
            if not wait.condition.watch.states.idle:
                run.call("manual", wait.name, wait.manual)
        elif wait.title:
            run.tell("waiting", wait.name, wait.title)
    branch.waiting = tuple(pairs)
    return None


def _under_way(clock: ServiceClock, last: EffectRow | None) -> tuple[float | None, float]:
    """For how long a wait has lasted that an earlier process began, and its timeout, in seconds.

    After a crash its deadline stays: time went on meanwhile. None: there is none, or its age is not known; then
    it gets its full time.
    """
    if last is None or last.state != "intent" or last.deadline is None:
        return None, 0.0
    return clock.age(last.began_at), (last.deadline - last.began_at).total_seconds()


def _attempt(last: EffectRow | None) -> int:
    if last is None:
        return 1
    return last.attempt + 1 if last.state == "failed" else last.attempt


def _about(wait: Wait[Any]) -> AboutWait:
    return AboutWait(
        title=wait.title,
        of=wait.of,
        manual=wait.manual,
        resource=wait.condition.watch.states.resource,
        sight=wait.condition.seen,
    )


@dataclass
class _Teller:
    """Passes on what a wait tells about itself."""

    run: Ledger
    wait: Wait[Any]
    noted: str = ""
    idle: bool = False

    def __call__(self, news: Progress) -> None:
        run, wait = self.run, self.wait
        if news.unknown:
            run.tell(
                "unknown state", wait.name, f"{wait.condition.described} shows {news.state!r}; still waiting"
            )
        news = replace(news, note=news.note.replace("{run}", run.row.run_id))
        run.news[wait.name] = news
        run.retry(wait.name, news.retrying)
        if news.retrying is not None:
            run.tell("progress", wait.name, wait.title, percent=news.percent)
            return
        if wait.manual and news.idle and not self.idle:
            run.call("manual", wait.name, wait.manual)
        if news.note and news.note != self.noted:
            run.call("note", wait.name, news.note)
        if self.idle and not news.idle:
            run.call("note", wait.name, f"that was seen; now waiting: {wait.title}")
        self.noted, self.idle = news.note, news.idle
        run.tell("progress", wait.name, wait.title, percent=news.percent, remaining=news.remaining)


def collect_waits(run: Ledger, branch: Branch) -> None:
    """Take the waits back from the driver: their outcomes, or the pause they end in."""
    pairs, branch.waiting = branch.waiting, ()
    for wait, _ in pairs:
        run.news.pop(wait.name, None)
        run.forget(wait.name)
    outcomes = []
    failed = next(
        ((w, waiting.error) for w, waiting in pairs if waiting.error is not None and not _late(w, waiting)),
        None,
    )
    if failed is not None:
        # What is met already is looked at again on resume; one look costs less than a second rule.
        _wait_failed(run, *failed)
    for wait, waiting in pairs:
        if _late(wait, waiting):
            record = wait.if_late
        elif not waiting.over or waiting.verdict is None:
            raise AssertionError(f"the driver brought {wait.name} back before it was over")
        else:
            record = waiting.verdict.record
        attempt = run.history.attempt(wait.name)
        run.hold.end(
            wait.name,
            TypeAdapter(wait.record).dump_python(record, mode="json"),
            attempt=attempt,
            now=run.cloud.clock.now(),
        )
        run.tell("done", wait.name, wait.title)
        outcomes.append(record)
    branch.answer = tuple(outcomes)


def _wait_failed(run: Ledger, wait: Wait[Any], error: Exception) -> None:
    if not isinstance(error, SwasliftError):
        raise error
    now = run.cloud.clock.now()
    proven = isinstance(error, ResourceFailed | ResourceVanished)
    attempt = run.history.attempt(wait.name)
    run.hold.fail(wait.name, str(error), attempt=attempt, now=now)
    maker = run.history.last(wait.of) if proven and wait.of is not None else None
    anew = maker is not None and not STEP_KINDS[maker.kind].model_validate(maker.request).bought
    if maker is not None and wait.of is not None and anew:
        run.hold.fail(wait.of, str(error), attempt=maker.attempt, now=now)
    reason = str(error)
    if wait.evidence is not None and not isinstance(error, WaitUnanswered):
        reason += _evidence(run, wait)
    remedy = remedy_for(error)
    if wait.remedy and isinstance(error, WaitTimeout):
        remedy = wait.remedy.format(run=run.row.run_id)
    if proven and wait.beyond is not None:
        remedy = wait.beyond
    if anew:
        remedy = f"resume it: {wait.of} is made anew, as another attempt"
    elif proven and maker is not None:
        remedy = (
            "it was paid for, so it is not made anew: look for it in the console, then resume to wait again"
        )
    sender = run.history.last(wait.sent_by) if wait.sent_by and isinstance(error, WaitTimeout) else None
    if sender is not None:
        run.hold.fail(sender.name, str(error), attempt=sender.attempt, now=now)
        remedy = "find out why, then resume, which sends the request again as another attempt, or undo"
    raise Stop(reason, remedy, error, definite=proven) from error


def _evidence(run: Ledger, wait: Wait[Any]) -> str:
    try:
        shown = wait.evidence(run.cloud) if wait.evidence else ""
    except SwasliftError as error:
        return f"\n\n(no evidence could be read: {error})"
    return f"\n\n{shown}" if shown else ""


def _late(wait: Wait[Any], waiting: Waiting) -> bool:
    """Whether time ran out for a wait that has an outcome for that."""
    return (wait.if_late is not None or wait.bounded) and isinstance(waiting.error, WaitTimeout)
