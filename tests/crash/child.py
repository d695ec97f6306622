"""What happens in a process that may be killed: one act of one run, with its moments counted."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any, Literal

from pydantic import BaseModel

from swaslift import Client
from swaslift.cloud.caller import Exchange
from tests.clocks import WrongClock
from tests.crash.kinds import KINDS
from tests.crash.trouble import FullDisk, Refusing, Storm
from tests.support import KEYS_OF_OTHER

Do = Literal["plan", "call", "start", "resume", "undo"]
Then = Literal["kill", "interrupt", "meet", "storm", "unwritable"]

OPENED = "journal"
"""How a moment behind a write to the journal is called."""


class Act(BaseModel):
    """One thing to do in a process of its own.

    Attributes:
        do: plan, call the verb, start it in the background and wait for its result, resume the run, or undo it.
        at: the moment at which something happens to the process, counted from 0.
        then: what: it is killed, interrupted as by Ctrl-C, once or several times, stands still until the others are
            through, or cannot write its journal for a while.
        second: whether it begins only when another one stands still.
        failures: how many writes fail, where the journal cannot be written.
        again: whether the same client goes on with it, where it has stopped.
        clock_off: seconds by which the clock of the process is ahead.
    """

    do: Do
    kind: str
    endpoint_url: str
    access_key_id: str
    access_key_secret: str
    journal: str
    at: int | None = None
    then: Then = "kill"
    second: bool = False
    failures: int = 0
    again: bool = False
    clock_off: float = 0.0


class Ended(BaseModel):
    """How an act ended.

    Attributes:
        end: ``returned``, ``killed``, or the name of the exception.
        text: of the exception.
        moments: the moments that it came by, in order.
        status: of the run, as the journal has it; None where there is none.
        report: of the run.
        attempts: (effect, kind, attempt, state) of each row in the journal.
        writes: what the plan says that the run may write.
    """

    end: str
    text: str = ""
    moments: list[str] = []
    status: str | None = None
    report: dict[str, Any] = {}
    attempts: list[tuple[str, str, int, str]] = []
    writes: list[str] = []


class Moments:
    """Counts moments, and lets something happen at one of them."""

    def __init__(self, at: int | None, happen: Callable[[], None]) -> None:
        self.seen: list[str] = []
        self._at = at
        self._happen = happen
        self._lock = threading.Lock()  # a plan asks several regions at once

    def written(self) -> None:
        self._come_by(OPENED)

    def exchanged(self, exchange: Exchange) -> None:
        self._come_by(f"{exchange.phase} {exchange.product}.{exchange.action}")

    def _come_by(self, label: str) -> None:
        with self._lock:
            index = len(self.seen)
            self.seen.append(label)
        if index == self._at:
            self._happen()


def perform(act: Act, meet: Callable[[], None]) -> Ended:
    """Carry an act out; comes back unless the process is killed on the way."""
    disk, storm = FullDisk(), Storm()
    happenings: dict[str, Callable[[], None]] = {
        "kill": lambda: os.kill(os.getpid(), signal.SIGKILL),
        "interrupt": lambda: os.kill(os.getpid(), signal.SIGINT),
        "meet": meet,
        "storm": storm.begin,
        "unwritable": lambda: disk.fill(act.failures),
    }
    moments = Moments(act.at, happenings[act.then])
    with _client(act, moments, disk) as lift, _other(act, moments, disk) as other:
        ended = _attempt(act, lift, other)
        if act.then == "storm":
            storm.calm()
        for _ in range(act.failures + 2 if act.again else 0):
            if ended.end in {"RunPaused", "JournalError", "KeyboardInterrupt"}:
                # Before the journal knew of it, only the same call begins it.
                known = lift._journal.find(KINDS[act.kind].run_id) is not None
                ended = _attempt(act.model_copy(update={"do": "resume"}) if known else act, lift, other)
        disk.free()
        ended.moments = list(moments.seen)
        _look(KINDS[act.kind].run_id, lift, ended)
    return ended


def _attempt(act: Act, lift: Client, other: Client) -> Ended:
    ended = Ended(end="returned")
    try:
        _do(act, lift, other, ended)
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001  # how it ended is the answer
        ended.end, ended.text = type(error).__name__, str(error)
    return ended


def _client(act: Act, moments: Moments, disk: FullDisk) -> Client:
    lift = Client(
        region="cn-hangzhou",
        endpoint_url=act.endpoint_url,
        access_key_id=act.access_key_id,
        access_key_secret=act.access_key_secret,
        journal=act.journal,
        random=Random(7),
        clock=WrongClock(act.endpoint_url, act.clock_off) if act.clock_off else None,
    )
    journal = Refusing(Path(act.journal), disk, after_write=moments.written)
    lift._journal = lift._carrier.journal = journal
    lift.cloud.observe(moments.exchanged)
    return lift


def _other(act: Act, moments: Moments, disk: FullDisk) -> Client:
    """A client of the second account; it loads nothing and asks nothing unless it is used."""
    keys = act.model_copy(update={**KEYS_OF_OTHER, "journal": f"{act.journal}-of-other"})
    return _client(keys, moments, disk)


def _do(act: Act, lift: Client, other: Client, ended: Ended) -> None:
    kind = KINDS[act.kind]
    handed = {"into": other} if kind.into else {}
    if act.do == "plan":
        ended.writes = sorted(kind.plan(lift, **handed).writes)
    elif act.do == "call":
        kind.call(lift, **handed)
    elif act.do == "start":
        kind.start(lift, **handed)
    elif act.do == "resume":
        kind.of(lift)
        lift.runs.resume(kind.run_id, into=handed.get("into"))
    else:
        kind.of(lift)
        undo = lift.runs.get(kind.run_id).undo
        undo(consent=undo.plan().consents, into=handed.get("into"))


def _look(run_id: str, lift: Client, ended: Ended) -> None:
    if lift._journal.find(run_id) is None:
        return
    run = lift.runs.get(run_id)
    ended.status = run.status
    ended.report = run.report.model_dump(mode="json")
    ended.attempts = [(e.name, e.kind, e.attempt, e.state) for e in lift._journal.effects(run_id)]
