"""The runs that a client carries on at this moment."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from swaslift.clock import SystemClock
from swaslift.errors import RunBusy
from swaslift.process import ProcessOwned
from swaslift.runs.execution import Execution

PAUSES_WITHIN = 30.0
"""Seconds of real time in which a run that was asked to pause has to be released: a call may still be answered."""


@dataclass(eq=False)
class Activity:
    """One run that this client carries on.

    Attributes:
        run_id: the run.
        reasons: why it has to pause; empty while it goes on.
        thread: the id of the thread that carries it on alone; None where the background does.
        execution: the run itself, once it is taken.
        done: set when it is no longer carried on here.
    """

    run_id: str
    reasons: list[str]
    thread: int | None
    execution: Execution | None = None
    done: threading.Event = field(default_factory=threading.Event)


class Activities(ProcessOwned):
    """All of one client. Thread-safe. A forked child carries none of those of its parent."""

    def _renew(self) -> None:
        self._lock = threading.Lock()
        self._active: dict[str, Activity] = {}

    def begin(self, run_id: str, reasons: list[str], *, background: bool = False) -> Activity:
        """Begin to carry a run on, after one that is being paused here has been released.

        Raises:
            RunBusy: this client carries it on already.
        """
        thread = threading.get_ident()
        mine = Activity(run_id, reasons, None if background else thread)
        while True:
            with self._lock:
                other = self._active.setdefault(run_id, mine)
            if other is mine:
                return mine
            if not other.reasons or other.thread == thread:
                raise RunBusy(
                    f"run {run_id!r} is being carried by this client already, in the background or in another "
                    f"thread; wait for it with lift.runs.get({run_id!r}).result(), or cancel() it first"
                )
            if not other.done.wait(PAUSES_WITHIN):
                raise RunBusy(
                    f"run {run_id!r} is being paused by this client, and a call that it has sent is not answered "
                    "yet; try again in a minute"
                )

    def end(self, activity: Activity) -> None:
        """A run is no longer carried on here."""
        with self._lock:
            if self._active.get(activity.run_id) is activity:
                del self._active[activity.run_id]
        activity.done.set()

    def execution(self, run_id: str) -> Execution | None:
        """A run that is carried on here."""
        activity = self._active.get(run_id)
        return activity.execution if activity is not None else None

    def stop(self, reason: str) -> None:
        """Have all of them pause, and wait until they have."""
        with self._lock:
            going = list(self._active.values())
        for activity in going:
            activity.reasons.append(reason)
        clock = SystemClock()
        end = clock.monotonic() + PAUSES_WITHIN
        for activity in going:
            if activity.thread != threading.get_ident():
                activity.done.wait(max(end - clock.monotonic(), 0.0))
