"""A journal that cannot be written for a while."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from swaslift.runs.journal import Journal


class FullDisk(Journal):
    """A journal whose writes fail on demand, by their number or by the thread that writes, as with a full disk."""

    fails: range = range(0)
    thread = ""
    number = 0

    @contextmanager
    def _write(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            self.number += 1
            if self.number in self.fails or threading.current_thread().name == self.thread:
                # SQLite's own refusal: nothing of the transaction is written.
                self._open().execute("PRAGMA query_only=ON")
            try:
                with super()._write() as database:
                    yield database
            finally:
                if not self._closed:
                    self._open().execute("PRAGMA query_only=OFF")
