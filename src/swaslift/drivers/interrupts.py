"""Ctrl-C: work on a run goes on in a thread that no signal reaches, until the run is paused and released.

Python raises KeyboardInterrupt in the main thread, between any two instructions of it. So the main thread only
waits: a Ctrl-C asks the run to pause at its next step, and another one, however soon it comes, interrupts nothing.
"""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from swaslift.clock import SystemClock
from swaslift.runs.execution import INTERRUPTED

T = TypeVar("T")

PATIENCE = 5.0
"""Seconds after the first Ctrl-C in which the main thread waits for the run to pause, however often it is pressed."""


class _Work(Generic[T]):
    """Something that is done in another thread, and what came of it."""

    def __init__(self, work: Callable[[], T]) -> None:
        self._work = work
        self._results: list[T] = []
        self.error: BaseException | None = None
        self.done = threading.Event()

    def __call__(self) -> None:
        try:
            self._results.append(self._work())
        except BaseException as error:  # noqa: BLE001  # it is raised in the thread that waits
            self.error = error
        finally:
            self.done.set()

    def result(self) -> T:
        """What it returned.

        Raises:
            BaseException: what it raised.
        """
        if self.error is not None:
            raise self.error
        return self._results[0]


def uninterrupted(work: Callable[[list[str]], T]) -> T:
    """Do something that Ctrl-C must not cut off in the middle; its result.

    Args:
        work: called with the reasons to stop, a list that a Ctrl-C appends to.

    Raises:
        KeyboardInterrupt: Ctrl-C was pressed. The work has ended, or ends as soon as it sees the reason: it may
            still wait for an answer then.
    """
    reasons: list[str] = []
    if threading.current_thread() is not threading.main_thread():
        return work(reasons)  # signals reach the main thread alone
    task = _Work(lambda: work(reasons))
    context = contextvars.copy_context()
    thread = threading.Thread(target=context.run, args=(task,), name="swaslift-call", daemon=True)
    try:
        thread.start()
        _attend(task.done, reasons)
    except BaseException:
        # One call in C, the first thing that happens here: no other Ctrl-C can come before it.
        reasons.append(INTERRUPTED)
        raise
    if INTERRUPTED in reasons:  # others, such as a cancellation, are told by what it raised
        raise KeyboardInterrupt from task.error
    return task.result()


def _attend(done: threading.Event, reasons: list[str]) -> None:
    clock, first = SystemClock(), None
    while not done.is_set():
        try:
            done.wait(1.0)
        except KeyboardInterrupt:
            reasons.append(INTERRUPTED)
            now = clock.monotonic()
            if first is None:
                first = now
            elif now - first > PATIENCE:
                raise
