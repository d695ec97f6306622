"""A journal that cannot be written for a while."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from swaslift.runs.journal import Journal


class FullDisk(Journal):
    """A journal whose writes fail on demand, by their number, as with a full disk."""

    fails: range = range(0)
    number = 0

    @contextmanager
    def _write(self) -> Iterator[sqlite3.Connection]:
        self.number += 1
        if self.number in self.fails:
            # SQLite's own refusal: nothing of the transaction is written.
            self._open().execute("PRAGMA query_only=ON")
        try:
            with super()._write() as database:
                yield database
        finally:
            if not self._closed:
                self._open().execute("PRAGMA query_only=OFF")
