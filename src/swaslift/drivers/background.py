"""The background driver: one thread that carries the runs a client has started."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from swaslift.clock import nap
from swaslift.drivers.carrier import Carrier
from swaslift.errors import RunPaused
from swaslift.process import ProcessOwned
from swaslift.runs.execution import Execution
from swaslift.waiting.poller import Waiting


@dataclass
class _Going:
    execution: Execution
    waits: list[Waiting] = field(default_factory=list)


class Background(ProcessOwned):
    """Carries many runs in one thread; a run that waits holds nothing but its place in a list."""

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
            execution = self._carrier.take(run_id)
        with self._changed:
            self._errors.pop(run_id, None)
            self._going[run_id] = _Going(execution)
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._drive, name="swaslift-driver", daemon=True)
                self._thread.start()
            self._changed.notify_all()

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
        """
        with self._changed:
            if not self._changed.wait_for(lambda: run_id not in self._going, timeout):
                raise TimeoutError(f"run {run_id!r} is still going on")
            error = self._errors.pop(run_id, None)
        if error is not None and not isinstance(error, RunPaused):
            raise error

    def _drive(self) -> None:
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
                for run_id, run in going:
                    self._end(run_id, run, error)
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
        poller.drop(run.waits)
        try:
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
                self._changed.notify_all()

    def stop(self) -> None:
        """Pause every run at its next step, and wait until the thread has ended."""
        with self._changed:
            for run in self._going.values():
                run.execution.cancel("its client was closed")
            thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join()
