"""The background driver: one thread that watches over the runs a client has started.

A run that waits holds nothing but its place in a list. A run that can go on does so in a thread of its
own, so that a call that hangs holds up its own run alone; a bounded number goes on at once.
"""

from __future__ import annotations

import logging
import math
import threading
from dataclasses import dataclass, field

from swaslift.clock import SystemClock, speed_of
from swaslift.drivers.activities import PAUSES_WITHIN, Activity
from swaslift.drivers.carrier import Carrier
from swaslift.drivers.interrupts import uninterrupted
from swaslift.errors import RunError, RunPaused
from swaslift.process import ProcessOwned
from swaslift.runs.execution import Execution
from swaslift.waiting.poller import SILENT_AFTER, Waiting

logger = logging.getLogger("swaslift.drivers")

AT_ONCE = 16
"""Runs that go on at once; those that hang in a call do not count."""
HANGING = 128
"""Threads at most, those of runs that hang in a call among them."""
NOTICED = 0.1
"""Seconds of real time within which a Ctrl-C, or the end of the thread, is noticed by whoever waits for a run."""

_REAL = SystemClock()


@dataclass
class _Going:
    activity: Activity
    execution: Execution
    waits: list[Waiting] = field(default_factory=list)
    since: float | None = None
    """When the thread that carries it on was started, in real monotonic seconds; None where it has none."""

    @property
    def busy(self) -> bool:
        """Whether a thread carries it on at this moment."""
        return self.since is not None

    @property
    def hangs(self) -> bool:
        """Whether its thread has been at it for long."""
        return self.since is not None and _REAL.monotonic() - self.since > SILENT_AFTER

    @property
    def can_go_on(self) -> bool:
        """Whether there is something to do for a thread."""
        return not self.busy and (not self.waits or self.execution.ready)


class Background(ProcessOwned):
    """Carries many runs; see above."""

    def __init__(self, carrier: Carrier) -> None:
        self._carrier = carrier
        super().__init__()

    def _renew(self) -> None:
        # In a forked child there is no such thread: the parent carries its runs on.
        self._changed = threading.Condition()
        self._going: dict[str, _Going] = {}
        self._errors: dict[str, BaseException] = {}
        self._thread: threading.Thread | None = None

    def submit(self, run_id: str) -> None:
        """Take a run on."""
        with self._carrier.interruptible(run_id):
            uninterrupted(lambda reasons: self._take(run_id, reasons))

    def _take(self, run_id: str, reasons: list[str]) -> None:
        activity = self._carrier.activities.begin(run_id, reasons, background=True)
        try:
            run = _Going(activity, self._carrier.take(activity))
        except BaseException:
            self._carrier.activities.end(activity)
            raise
        try:
            with self._changed:
                self._errors.pop(run_id, None)
                self._going[run_id] = run
                if not self._lives:
                    self._thread = threading.Thread(target=self._drive, name="swaslift-driver", daemon=True)
                    self._thread.start()
                self._changed.notify_all()
        except BaseException as error:
            self._end(run_id, run, error)
            raise

    @property
    def _lives(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def cancel(self, run_id: str, reason: str) -> None:
        """Pause a run at its next step."""
        with self._changed:
            if run_id in self._going:
                self._going[run_id].execution.cancel(reason)
            self._changed.notify_all()

    def wait(self, run_id: str, timeout: float | None) -> None:
        """Block until a run is no longer carried here.

        Raises:
            TimeoutError: it still is.
            RunError: the thread that carried it has ended.
            KeyboardInterrupt: Ctrl-C; the run pauses at its next step.
        """
        uninterrupted(lambda reasons: self._wait(run_id, timeout, reasons))
        with self._changed:
            error = self._errors.pop(run_id, None)
        if error is not None and not isinstance(error, RunPaused):
            raise error

    def _wait(self, run_id: str, timeout: float | None, reasons: list[str]) -> None:
        end = None if timeout is None else _REAL.monotonic() + timeout
        with self._changed:
            while run_id in self._going:
                if not self._lives:
                    raise RunError(
                        f"the thread of this client that carried run {run_id!r} has ended, as after a fork; go on in "
                        f"a process of its own: lift.runs.resume({run_id!r})"
                    )
                if reasons:
                    self._going[run_id].execution.cancel(reasons[0])
                left = NOTICED if end is None or reasons else min(NOTICED, end - _REAL.monotonic())
                if left <= 0:
                    raise TimeoutError(f"run {run_id!r} is still going on")
                self._changed.wait(left)

    def _drive(self) -> None:
        while True:
            with self._changed:
                if not self._going:
                    self._thread = None
                    return
            try:
                self._carrier.poller.turn(self._tend, self._busy)
            except BaseException as error:  # noqa: BLE001  # whoever waits for a run has to hear of it
                self._give_up(error)

    def _give_up(self, error: BaseException) -> None:
        """Pause the runs that no thread carries on, for a reason that is not in them."""
        for run_id, run in self._now():
            if not run.busy:
                self._abort(run_id, run, error)
                self._end(run_id, run, None)

    @staticmethod
    def _abort(run_id: str, run: _Going, error: BaseException) -> None:
        try:
            run.execution.abort(error)
        except Exception:
            # Whatever else fails, the run has to be let go of.
            logger.exception("the pause of run %s, for %r, failed", run_id, error)

    def _now(self) -> list[tuple[str, _Going]]:
        with self._changed:
            return list(self._going.items())

    def _busy(self) -> bool:
        return any(run.busy for _, run in self._now())

    def _tend(self) -> bool:
        """Attend to every run; whether none is left."""
        for run_id, run in self._now():
            self._attend(run_id, run)
        return not self._now()

    @staticmethod
    def _crowded(going: list[_Going]) -> bool:
        """Whether as many threads are under way as there may be."""
        busy = [r for r in going if r.busy]
        return len(busy) >= HANGING or sum(not r.hangs for r in busy) >= AT_ONCE

    def _attend(self, run_id: str, run: _Going) -> None:
        """Pass on what was seen for a run, and start the thread that carries it on, if it can go on."""
        if run.busy:
            return
        try:
            self._carrier.poller.report(run.waits)
        except BaseException as error:  # noqa: BLE001  # it is handed to whoever waits for the run
            self._abort(run_id, run, error)
            self._end(run_id, run, error)
            return
        with self._changed:
            if not run.can_go_on or self._crowded(list(self._going.values())):
                return
            run.since = _REAL.monotonic()
        step = threading.Thread(target=self._step, args=(run_id, run), name=f"swaslift-{run_id}", daemon=True)
        try:
            step.start()
        except RuntimeError as error:  # no more threads can be had
            self._abort(run_id, run, error)
            self._end(run_id, run, error)
            return
        if math.isinf(speed_of(self._carrier.cloud.clock)):
            # Nothing passes meanwhile, so runs go on one after the other, but for one that hangs.
            with self._changed:
                self._changed.wait_for(lambda: not run.busy, SILENT_AFTER)

    def _step(self, run_id: str, run: _Going) -> None:
        """Carry a run on until it waits or has ended, in a thread of its own."""
        poller = self._carrier.poller
        try:
            poller.drop(run.waits)
            run.waits = list(run.execution.advance())
            if run.waits:
                poller.add(run.waits)
            else:
                self._carrier.finish(run.execution)
        except BaseException as error:  # noqa: BLE001  # it is handed to whoever waits for the run
            self._end(run_id, run, error)
        else:
            if not run.waits:
                self._end(run_id, run, None)
        finally:
            with self._changed:
                run.since = None
                self._changed.notify_all()
            poller.wake()

    def _end(self, run_id: str, run: _Going, error: BaseException | None) -> None:
        try:
            run.execution.hold.release()
        finally:
            with self._changed:
                self._going.pop(run_id, None)
                if error is not None:
                    self._errors[run_id] = error
                self._carrier.activities.end(run.activity)
                self._changed.notify_all()

    def stop(self) -> None:
        """Wait until the thread has ended, once every run was told to pause."""
        thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join(PAUSES_WITHIN)
