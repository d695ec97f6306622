"""What happens to a process that is not killed: its journal cannot be written for a while, Ctrl-C several times."""

from __future__ import annotations

import os
import resource
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from sqlite3 import Connection

from swaslift.errors import JournalError
from swaslift.runs.journal import Journal

PRESSES = 4
"""How often Ctrl-C is pressed, one right after the other."""


class FullDisk:
    """No file of this process can grow, until so many writes to the journal have failed."""

    def __init__(self) -> None:
        self.left = 0

    def fill(self, failures: int) -> None:
        """Have the next writes fail."""
        self.left = failures
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))

    def failed(self) -> None:
        """A write has failed."""
        self.left -= 1
        if self.left <= 0:
            self.free()

    @staticmethod
    def free() -> None:
        """Have all writes succeed again."""
        hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))


class Refusing(Journal):
    """A journal on a disk that may be full."""

    def __init__(self, path: Path, disk: FullDisk, *, after_write: Callable[[], None]) -> None:
        super().__init__(path, after_write=after_write)
        self._disk = disk

    @contextmanager
    def _write(self) -> Iterator[Connection]:
        try:
            with super()._write() as database:
                yield database
        except JournalError:
            self._disk.failed()
            raise


class Storm:
    """Ctrl-C, several times within milliseconds."""

    def __init__(self) -> None:
        self._begun = False
        self._over = threading.Event()

    def begin(self) -> None:
        """Press it for the first time; the others follow from another thread."""
        self._begun = True
        threading.Thread(target=self._press, daemon=True).start()

    def _press(self) -> None:
        for _ in range(PRESSES):
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.001)
        self._over.set()

    def calm(self) -> None:
        """Wait until nobody presses it any more, whatever is still raised here; from then on it is ignored."""
        calm = not self._begun
        while not calm:
            try:
                self._over.wait()
                signal.signal(signal.SIGINT, signal.SIG_IGN)
                calm = True
            except KeyboardInterrupt:
                continue
