"""The journal's file: its schema and versions, made so that nobody else reads it, opened by one process at a time."""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import Any

from filelock import FileLock

from swaslift.errors import JournalError

SCHEMA_VERSION = 1
"""``PRAGMA user_version`` of the file. 0: before schemas were numbered."""
APPLICATION_ID = 0x7377_6C66
"""``PRAGMA application_id``: tells a journal from other SQLite files ("swlf")."""
BUSY_SECONDS = 30.0
"""How long a write waits for another process that writes."""

_TABLES = """
CREATE TABLE run (
    run_id TEXT PRIMARY KEY, account_id TEXT NOT NULL, verb TEXT NOT NULL, source TEXT NOT NULL,
    arguments TEXT NOT NULL, spec TEXT NOT NULL, plan TEXT NOT NULL, version TEXT NOT NULL,
    state TEXT NOT NULL, part TEXT NOT NULL, reason TEXT, remedy TEXT, outcome TEXT,
    owner TEXT, fence INTEGER NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL
);
CREATE TABLE effect (
    run_id TEXT NOT NULL REFERENCES run(run_id), seq INTEGER NOT NULL, part TEXT NOT NULL,
    name TEXT NOT NULL, attempt INTEGER NOT NULL, kind TEXT NOT NULL, state TEXT NOT NULL,
    request TEXT, prior TEXT, outcome TEXT, error TEXT,
    began_at TEXT NOT NULL, ended_at TEXT, deadline TEXT,
    PRIMARY KEY (run_id, name, attempt)
);
CREATE TABLE event (
    run_id TEXT NOT NULL REFERENCES run(run_id), seq INTEGER NOT NULL, at TEXT NOT NULL,
    kind TEXT NOT NULL, text TEXT NOT NULL, PRIMARY KEY (run_id, seq)
);
"""

_INDEXED = """
ALTER TABLE run ADD COLUMN image_id TEXT;
ALTER TABLE effect ADD COLUMN image_id TEXT;
CREATE INDEX run_created ON run (created_at DESC, run_id);
CREATE INDEX run_state ON run (state, created_at DESC, run_id);
CREATE INDEX run_open ON run (created_at DESC, run_id) WHERE state NOT IN ('finished', 'undone');
CREATE INDEX run_source ON run (source);
CREATE INDEX run_image ON run (image_id) WHERE image_id IS NOT NULL;
CREATE INDEX effect_seq ON effect (run_id, seq);
CREATE INDEX effect_image ON effect (image_id, kind) WHERE image_id IS NOT NULL;
"""
"""From version 0 to 1: what is asked for often is indexed, so that no other run has to be read."""

HOLDERS = "holders"
"""The directory of lock files, beside the journal."""

_MEANINGS = {
    sqlite3.SQLITE_FULL: ("its disk is full", "Free some space on that disk"),
    sqlite3.SQLITE_IOERR: (
        "the disk refused to read or write it",
        "Check that disk: free space, quota, file size limit, mount",
    ),
    sqlite3.SQLITE_READONLY: ("it can only be read", "Make the file and its directory writable"),
    sqlite3.SQLITE_PERM: (
        "its permissions forbid it",
        "Make the file and its directory readable and writable",
    ),
    sqlite3.SQLITE_CANTOPEN: (
        "the file cannot be opened",
        "Make the file and its directory readable and writable",
    ),
    sqlite3.SQLITE_BUSY: (
        f"another process has locked it for more than {BUSY_SECONDS:.0f} s",
        "End whatever keeps the file open, such as a database browser or a backup",
    ),
    sqlite3.SQLITE_LOCKED: ("another connection has locked it", "Close what keeps the file open"),
    sqlite3.SQLITE_CORRUPT: ("the file is damaged", ""),
    sqlite3.SQLITE_NOTADB: ("the file is no SQLite database", ""),
}
_REPLACE = (
    "Move the file away and put a copy back, if there is one. Without a journal, the same call with the same "
    "run_id finds what its run has made by its tags"
)


def journal_error(path: Path, doing: str, error: BaseException) -> JournalError:
    """What a failed access to the journal is told as.

    Args:
        path: the file.
        doing: what could not be done: ``opened``, ``read`` or ``written``.
        error: of SQLite or of the file system.
    """
    code = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
    why, remedy = _MEANINGS.get(code, ("", ""))
    told = f"{why}: {error}" if why else str(error)
    if not remedy:
        damaged = code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
        remedy = _REPLACE if damaged else "Set SWASLIFT_STATE_DIR to a directory that can be written"
    return JournalError(f"the journal {path} cannot be {doing} ({told})", remedy)


def open_database(path: Path) -> sqlite3.Connection:
    """Open the journal's file: made where it is not there, for reading alone where it cannot be written.

    Raises:
        JournalError: it cannot be opened, is no journal, or is one of a newer version.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Made before SQLite does, so that it is never readable for others.
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        if path.is_file() and os.access(path, os.R_OK):
            return _open_to_read(path)
        raise journal_error(path, "opened", error) from None
    try:
        return _open_to_write(path)
    except (OSError, sqlite3.Error) as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN}:
            return _open_to_read(path)
        raise journal_error(path, "opened", error) from None


def _open_to_write(path: Path) -> sqlite3.Connection:
    holders = path.with_name(HOLDERS)
    holders.mkdir(exist_ok=True, mode=0o700)
    with suppress(PermissionError):  # a file of somebody else in the same group
        path.chmod(0o600)
    database = _connect(str(path))
    try:
        # SQLite answers "database is locked" at once where two switch to WAL at the same moment.
        with FileLock(holders / "opening.lock", timeout=BUSY_SECONDS, thread_local=False):
            _check_schema(path, database)
            database.execute("PRAGMA journal_mode=WAL")
            database.execute("PRAGMA synchronous=FULL")
            _migrate(database)
    except BaseException:
        database.close()
        raise
    return database


def _open_to_read(path: Path) -> sqlite3.Connection:
    """Open a file that cannot be written."""
    # Where no log lies beside it, SQLite reads it only when told that nobody changes it.
    log = path.with_name(f"{path.name}-wal")
    alone = not log.exists() or log.stat().st_size == 0
    location = f"{path.absolute().as_uri()}?{'immutable=1' if alone else 'mode=ro'}"
    database = None
    try:
        database = _connect(location)
        database.execute("PRAGMA query_only=ON")
        version = _check_schema(path, database)
    except BaseException as error:
        if database is not None:
            database.close()
        if isinstance(error, OSError | sqlite3.Error):
            raise journal_error(path, "opened", error) from None
        raise
    if version < SCHEMA_VERSION:
        database.close()
        raise JournalError(
            f"the journal {path} has schema {version}, which has to be migrated to schema {SCHEMA_VERSION}, and the "
            "file cannot be written",
            "Make the file and its directory writable, or copy both to where they are",
        )
    return database


def _connect(location: str) -> sqlite3.Connection:
    database = sqlite3.connect(
        location,
        isolation_level=None,
        timeout=BUSY_SECONDS,
        check_same_thread=False,
        uri=location.startswith("file:"),
    )
    database.row_factory = sqlite3.Row
    return database


def _number(database: sqlite3.Connection, pragma: str) -> int:
    return int(database.execute(f"PRAGMA {pragma}").fetchone()[0])


def _check_schema(path: Path, database: sqlite3.Connection) -> int:
    """The version of the file's schema.

    Raises:
        JournalError: it is not one that can be read.
    """
    version, application = _number(database, "user_version"), _number(database, "application_id")
    names = {r["name"] for r in database.execute("SELECT name FROM sqlite_master WHERE type='table'")}
    if version > SCHEMA_VERSION and application == APPLICATION_ID:
        raise JournalError(
            f"the journal {path} has schema {version}, and this swaslift knows schemas up to {SCHEMA_VERSION}: a newer "
            "version has written it",
            "Install that version, or set SWASLIFT_STATE_DIR to another directory",
        )
    ours = {"run", "effect", "event"}
    known = (application == APPLICATION_ID and ours <= names) or (
        (application, version) == (0, 0) and (not names or ours <= names)
    )
    if not known:
        tables = ", ".join(sorted(names)[:5]) or "none"
        raise JournalError(
            f"{path} is a SQLite file, but no journal of swaslift (its tables: {tables})",
            "Give another path as journal=, or set SWASLIFT_STATE_DIR to another directory",
        )
    return version


def _migrate(database: sqlite3.Connection) -> None:
    """Bring the schema to `SCHEMA_VERSION`, as a whole or not at all."""
    if _number(database, "user_version") == SCHEMA_VERSION:
        return
    database.execute("BEGIN IMMEDIATE")
    try:
        new = database.execute("SELECT 1 FROM sqlite_master WHERE name='run'").fetchone() is None
        for statement in (_TABLES if new else "").split(";") + _INDEXED.split(";"):
            if statement.strip():
                database.execute(statement)
        for table, column in (("run", "arguments"), ("effect", "request")):
            rows = database.execute(f"SELECT rowid, {column} FROM {table}").fetchall()  # noqa: S608  # names of ours
            database.executemany(
                f"UPDATE {table} SET image_id=? WHERE rowid=?",  # noqa: S608  # as above
                [(image, r["rowid"]) for r in rows if (image := image_in(_read(r[column])))],
            )
        database.execute(f"PRAGMA application_id={APPLICATION_ID}")
        database.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
        database.execute("COMMIT")
    except BaseException:
        if database.in_transaction:
            database.execute("ROLLBACK")
        raise


def _read(text: str | None) -> Any:
    try:
        return json.loads(text or "null")
    except ValueError:
        return None  # a damaged row stays as it is, and is told of where it is read


def image_in(data: Any) -> str | None:
    """Id of the image that arguments of a run, or the request of a step, are about; None where they name none."""
    image = data.get("image") if isinstance(data, dict) else None
    if isinstance(image, dict):
        image = image.get("id")
    return image if isinstance(image, str) else None
