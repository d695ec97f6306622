"""The journal's file: made so that nobody else reads it, and opened by one process at a time."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from filelock import FileLock

_SCHEMA = """
CREATE TABLE IF NOT EXISTS run (
    run_id TEXT PRIMARY KEY, account_id TEXT NOT NULL, verb TEXT NOT NULL, source TEXT NOT NULL,
    arguments TEXT NOT NULL, spec TEXT NOT NULL, plan TEXT NOT NULL, version TEXT NOT NULL,
    state TEXT NOT NULL, part TEXT NOT NULL, reason TEXT, remedy TEXT, outcome TEXT,
    owner TEXT, fence INTEGER NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS effect (
    run_id TEXT NOT NULL REFERENCES run(run_id), seq INTEGER NOT NULL, part TEXT NOT NULL,
    name TEXT NOT NULL, attempt INTEGER NOT NULL, kind TEXT NOT NULL, state TEXT NOT NULL,
    request TEXT, prior TEXT, outcome TEXT, error TEXT,
    began_at TEXT NOT NULL, ended_at TEXT, deadline TEXT,
    PRIMARY KEY (run_id, name, attempt)
);
CREATE TABLE IF NOT EXISTS event (
    run_id TEXT NOT NULL REFERENCES run(run_id), seq INTEGER NOT NULL, at TEXT NOT NULL,
    kind TEXT NOT NULL, text TEXT NOT NULL, PRIMARY KEY (run_id, seq)
);
"""

HOLDERS = "holders"
"""The directory of lock files, beside the journal."""


def open_database(path: Path) -> sqlite3.Connection:
    """Open the journal's file, and make it where it is not there.

    Raises:
        OSError, sqlite3.Error: it cannot be opened.
    """
    holders = path.with_name(HOLDERS)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    holders.mkdir(exist_ok=True, mode=0o700)
    # Made before SQLite does, so that it is never readable for others.
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    path.chmod(0o600)
    database = sqlite3.connect(path, isolation_level=None, timeout=30, check_same_thread=False)
    try:
        # SQLite answers "database is locked" at once where two switch to WAL at the same moment.
        with FileLock(holders / "opening.lock", timeout=30, thread_local=False):
            database.row_factory = sqlite3.Row
            database.execute("PRAGMA journal_mode=WAL")
            database.execute("PRAGMA synchronous=FULL")
            database.executescript(_SCHEMA)
    except BaseException:
        database.close()
        raise
    return database
