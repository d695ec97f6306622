"""The background driver: one thread that carries the runs a client has started."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from swaslift.clock import SystemClock, nap
from swaslift.drivers.activities import PAUSES_WITHIN, Activity
from swaslift.drivers.carrier import Carrier
from swaslift.drivers.interrupts import uninterrupted
from swaslift.errors import RunError, RunPaused
from swaslift.runs.execution import Execution
from swaslift.waiting.poller import Waiting

NOTICED = 0.1
"""Seconds of real time within which a Ctrl-C, or the end of the thread, is noticed by whoever waits for a run."""


@dataclass
class _Going:
    activity: Activity
    execution: Execution
    waits: list[Waiting] = field(default_factory=list)


class Background:
    """Carries many runs in one thread; a run that waits holds nothing but its place in a list."""

    def __init__(self, carrier: Carrier) -> None:
        self._carrier = carrier
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
        clock = SystemClock()
        end = None if timeout is None else clock.monotonic() + timeout
        with self._changed:
            while run_id in self._going:
                if not self._lives:
                    raise RunError(
                        f"the thread of this client that carried run {run_id!r} has ended, as after a fork; go on in "
                        f"a process of its own: lift.runs.resume({run_id!r})"
                    )
                if reasons:
                    self._going[run_id].execution.cancel(reasons[0])
                left = NOTICED if end is None or reasons else min(NOTICED, end - clock.monotonic())
                if left <= 0:
                    raise TimeoutError(f"run {run_id!r} is still going on")
                self._changed.wait(left)

    def _drive(self) -> None:
        try:
            self._drive_all()
        except BaseException as error:  # noqa: BLE001  # whoever waits for a run has to hear of it
            self._give_up(error)

    def _give_up(self, error: BaseException) -> None:
        """Pause all runs, for a reason that is not in them."""
        with self._changed:
            going = list(self._going.items())
        for run_id, run in going:
            try:
                run.execution.abort(error)
            except Exception as worse:  # noqa: BLE001  # the other runs have to be let go of all the same
                self._end(run_id, run, worse)
            else:
                self._end(run_id, run, None)

    def _drive_all(self) -> None:
        while True:
            with self._changed:
                going = list(self._going.items())
                if not going:
                    self._thread = None
                    return
            for run_id, run in going:
                self._step(run_id, run)
            try:
                pause = self._carrier.poller.look()
            except Exception as error:  # noqa: BLE001  # a fault here must not leave runs hanging
                self._give_up(error)
                continue
            with self._changed:
                idle = all(self._stands_still(r) for r in self._going.values())
            if idle and going:
                # No longer than a nap, so that new runs and cancellations are noticed.
                clock = self._carrier.cloud.clock
                clock.sleep(min(pause, nap(clock)))

    @staticmethod
    def _stands_still(run: _Going) -> bool:
        return bool(run.waits) and not run.execution.ready

    def _step(self, run_id: str, run: _Going) -> None:
        if self._stands_still(run):
            return
        poller = self._carrier.poller
        try:
            poller.drop(run.waits)
            run.waits = list(run.execution.advance())
            if run.waits:
                poller.add(run.waits)
                return
            self._carrier.finish(run.execution)
        except BaseException as error:  # noqa: BLE001  # it is handed to whoever waits for the run
            self._end(run_id, run, error)
        else:
            self._end(run_id, run, None)

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
