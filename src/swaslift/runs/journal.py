"""The journal: what a run is, what it meant to do, and what came of it.

One SQLite file, mode 0600, in the user's state directory. A write is durable before the next thing
happens (``synchronous=FULL``). The driver writes at one place: an intent, with its frozen request
and the state before, ahead of the call; the outcome behind it. A run is held by one process at a
time: the holder's lock file proves that it lives, and each write is fenced by the number of the
hold, so a process that lost its hold cannot write any more.

The tables keep to plain columns and JSON text, so that another database can take them.
"""

from __future__ import annotations

import json
import os
import socket
import sqlite3
import threading
import uuid
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from filelock import FileLock, Timeout
from platformdirs import user_state_path

from swaslift.errors import ConfigError, RunBusy, RunNotFound
from swaslift.process import ProcessOwned
from swaslift.redaction import hide_own
from swaslift.runs.database import HOLDERS, open_database
from swaslift.runs.downtime import still_down
from swaslift.runs.rows import EffectRow, EventRow, RunRow, RunState, effect_row, event_row, run_row
from swaslift.wording import meant

STATE_VARIABLE = "SWASLIFT_STATE_DIR"

_INHERITED: list[sqlite3.Connection] = []
"""Connections of a parent process: SQLite says to leave them open rather than to close them."""


def default_path() -> Path:
    """Where the journal is: ``SWASLIFT_STATE_DIR``, else the user's state directory."""
    given = os.environ.get(STATE_VARIABLE)
    directory = Path(given) if given else user_state_path("swaslift", appauthor=False)
    return directory / "journal.db"


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class Journal(ProcessOwned):
    """The journal of one machine. Thread-safe. A forked child opens it for itself and holds no run.

    Args:
        path: the database file; made when it is first written.
        after_write: called after each durable write; for crash tests.
    """

    def __init__(self, path: Path | None = None, *, after_write: Callable[[], None] | None = None) -> None:
        self.path = path or default_path()
        self._after_write = after_write
        self._database: sqlite3.Connection | None = None
        self._closed = False
        super().__init__()

    def _renew(self) -> None:
        self._lock = threading.RLock()
        if self._database is not None:
            # A signal handler has forked in the middle of a write of its own thread.
            _INHERITED.append(self._database)
            self._database = None
        self._owner = f"{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
        # Of the parent's lock the child has a descriptor, which `filelock` has closed without unlocking.
        self._alive: FileLock | None = None

    def _before_fork(self) -> None:
        # SQLite forbids a child to use or to close what its parent opened, and takes the parent's locks for the
        # child's own when the child opens the same file. So nobody has it open while the process forks.
        self._lock.acquire()
        if self._database is not None and not self._database.in_transaction:
            self._database.close()
            self._database = None

    def _after_fork(self) -> None:
        self._lock.release()

    # -- the file ------------------------------------------------------------------------------

    def _open(self) -> sqlite3.Connection:
        if self._closed:
            raise ConfigError(f"the journal {self.path} was closed with its client; make another client")
        if self._database is None:
            try:
                self._database = open_database(self.path)
            except (OSError, sqlite3.Error) as error:
                raise ConfigError(
                    f"the journal {self.path} cannot be opened ({error}). Nothing is done without it; "
                    f"set {STATE_VARIABLE} to a directory that can be written"
                ) from None
        return self._database

    def close(self) -> None:
        """Close the file and let go of what is held, for good."""
        with self._lock:
            self._closed = True
            if self._database is not None:
                self._database.close()
                self._database = None
            if self._alive is not None:
                self._alive.release()
                Path(self._alive.lock_file).unlink(missing_ok=True)
                self._alive = None

    @contextmanager
    def _write(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            database = self._open()
            try:
                # Ctrl-C may come at any line, so the transaction begins and ends inside.
                database.execute("BEGIN IMMEDIATE")
                yield database
                database.execute("COMMIT")
            except sqlite3.Error as error:
                raise ConfigError(f"the journal {self.path} cannot be written ({error})") from None
            finally:
                if database.in_transaction:
                    database.execute("ROLLBACK")
        if self._after_write:
            self._after_write()

    # -- runs ----------------------------------------------------------------------------------

    def create(
        self,
        *,
        run_id: str,
        account_id: str,
        verb: str,
        source: str,
        arguments: dict[str, Any],
        spec: dict[str, Any],
        plan: dict[str, Any],
        version: str,
        now: datetime,
    ) -> RunRow:
        """Write a new run down.

        Raises:
            RunBusy: another process has just begun a run of that id.
        """
        with self._write() as db:
            if db.execute("SELECT 1 FROM run WHERE run_id=?", (run_id,)).fetchone():
                raise RunBusy(f"run {run_id!r} was begun by another process at the same moment")
            db.execute(
                "INSERT INTO run VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
                (
                    run_id, account_id, verb, source, _dump(arguments), _dump(spec), _dump(plan), version,
                    "running", "do", None, None, None, None, 0, now.isoformat(), now.isoformat(),
                ),
            )  # fmt: skip
        return self.run(run_id)

    def find(self, run_id: str) -> RunRow | None:
        """A run, or None."""
        with self._lock:
            row = self._open().execute("SELECT * FROM run WHERE run_id=?", (run_id,)).fetchone()
        return None if row is None else run_row(row)

    def run(self, run_id: str) -> RunRow:
        """A run.

        Raises:
            RunNotFound: there is none of that id.
        """
        row = self.find(run_id)
        if row is None:
            known = [r.run_id for r in self.runs()]
            near = meant(run_id, known, f"The latest are: {', '.join(known[:5]) or 'none'}")
            raise RunNotFound(f"the journal {self.path} has no run {run_id!r}. {near}")
        return row

    def runs(self) -> list[RunRow]:
        """All runs, the latest first."""
        with self._lock:
            rows = self._open().execute("SELECT * FROM run ORDER BY created_at DESC, run_id").fetchall()
        return [run_row(r) for r in rows]

    def standing(self, run_id: str) -> RunRow:
        """A run as it stands: one that is under way, and that no living process carries, is paused.

        Raises:
            RunNotFound: there is none of that id.
        """
        row = self.run(run_id)
        if row.state != "running" or row.owner == self._owner:
            return row
        with self._lock:
            try:
                # As `hold` does it: two that look at once must not take each other for the holder.
                self._open().execute("BEGIN IMMEDIATE")
                row = self.run(run_id)
                if row.state != "running" or (row.owner and self._lives(row.owner)):
                    return row
            except sqlite3.Error as error:
                raise ConfigError(f"the journal {self.path} cannot be read ({error})") from None
            finally:
                if self._open().in_transaction:
                    self._open().execute("ROLLBACK")
        reason = "its process ended" if row.owner else "nobody carries it on"
        reason = "\n".join((reason, *still_down(self.effects(run_id), row.part)))
        return replace(row, state="paused", reason=reason, remedy="resume it; nothing is lost")

    # -- holding a run -------------------------------------------------------------------------

    def hold(self, run_id: str) -> Hold:
        """Take a run for this process.

        Raises:
            RunBusy: another process that lives holds it.
        """
        self._prove_life()
        hold = Hold(self, run_id, 0)
        try:
            self._take(hold)
        except KeyboardInterrupt:
            # Ctrl-C right behind the write: nobody would ever let go of it.
            hold.release()
            raise
        return hold

    def _take(self, hold: Hold) -> None:
        run_id = hold.run_id
        with self._write() as db:
            row = db.execute("SELECT owner, fence FROM run WHERE run_id=?", (run_id,)).fetchone()
            if row is None:
                raise RunNotFound(f"the journal {self.path} has no run {run_id!r}")
            if row["owner"] == self._owner or (row["owner"] and self._lives(row["owner"])):
                raise RunBusy(
                    f"run {run_id!r} is being carried by {row['owner']} (host-process-...); "
                    "wait for it, or stop that process and resume"
                )
            hold.fence = row["fence"] + 1
            db.execute("UPDATE run SET owner=?, fence=? WHERE run_id=?", (self._owner, hold.fence, run_id))

    def _lock_file(self, owner: str) -> Path:
        return self.path.with_name(HOLDERS) / f"{owner}.lock"

    def _prove_life(self) -> None:
        with self._lock:
            if self._alive is None:
                self._lock_file(self._owner).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                self._alive = FileLock(self._lock_file(self._owner), thread_local=False)
                self._alive.acquire(timeout=0)

    def _lives(self, owner: str) -> bool:
        lock = FileLock(self._lock_file(owner), thread_local=False)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            return True
        lock.release()
        self._lock_file(owner).unlink(missing_ok=True)
        return False

    # -- effects -------------------------------------------------------------------------------

    def effects(self, run_id: str) -> list[EffectRow]:
        """All attempts of all effects of a run, in the order in which they began."""
        with self._lock:
            rows = (
                self._open().execute("SELECT * FROM effect WHERE run_id=? ORDER BY seq", (run_id,)).fetchall()
            )
        return [effect_row(r) for r in rows]

    def effects_of(self, kinds: Collection[str]) -> list[tuple[str, EffectRow]]:
        """All attempts of steps of some kinds, of all runs, with the run's id, in the order in which they began."""
        marks = ", ".join("?" * len(kinds))
        query = f"SELECT * FROM effect WHERE kind IN ({marks}) ORDER BY began_at, seq"  # noqa: S608  # marks alone
        with self._lock:
            rows = self._open().execute(query, tuple(kinds)).fetchall()
        return [(r["run_id"], effect_row(r)) for r in rows]

    def events(self, run_id: str) -> list[EventRow]:
        """The moments in the life of a run."""
        with self._lock:
            rows = (
                self._open().execute("SELECT * FROM event WHERE run_id=? ORDER BY seq", (run_id,)).fetchall()
            )
        return [event_row(r) for r in rows]


class Hold:
    """A run in the hands of this process: the only way to write about it."""

    def __init__(self, journal: Journal, run_id: str, fence: int) -> None:
        self.journal = journal
        self.run_id = run_id
        self.fence = fence
        self._owner = journal._owner  # noqa: SLF001  # the other half of the journal

    @property
    def _inherited(self) -> bool:
        """Whether this process was forked off the one that holds the run."""
        return self._owner != self.journal._owner  # noqa: SLF001  # the other half of the journal

    def check_process(self) -> None:
        """Refuse to go on in a process that does not hold the run.

        Raises:
            RunBusy: this process was forked off the one that does.
        """
        if self._inherited:
            raise RunBusy(
                f"run {self.run_id!r} is carried by {self._owner} (host-process-...), from which this process was "
                "forked; only that one goes on with it"
            )

    @contextmanager
    def _write(self) -> Iterator[sqlite3.Connection]:
        self.check_process()
        with self.journal._write() as db:  # noqa: SLF001  # the other half of the journal
            row = db.execute("SELECT fence FROM run WHERE run_id=?", (self.run_id,)).fetchone()
            if row["fence"] != self.fence:
                raise RunBusy(f"run {self.run_id!r} was taken over by another process; this one stops")
            yield db

    def release(self) -> None:
        """Let go of the run; where another process has it by now, nothing is left to let go of."""
        if self._inherited:
            return
        with self.journal._write() as db:  # noqa: SLF001  # the other half of the journal
            db.execute("UPDATE run SET owner=NULL WHERE run_id=? AND fence=?", (self.run_id, self.fence))

    def set_state(
        self,
        state: RunState,
        *,
        now: datetime,
        part: Literal["do", "undo"] | None = None,
        reason: str | None = None,
        remedy: str | None = None,
        outcome: Any = None,
        event: str | None = None,
    ) -> None:
        """Change the state of the run, with an event that says so."""
        with self._write() as db:
            db.execute(
                "UPDATE run SET state=?, part=COALESCE(?, part), reason=?, remedy=?, "
                "outcome=COALESCE(?, outcome), updated_at=? WHERE run_id=?",
                (
                    state, part, reason and hide_own(reason), remedy and hide_own(remedy),
                    None if outcome is None else _dump(outcome), now.isoformat(), self.run_id,
                ),
            )  # fmt: skip
            self._event(db, now, state, event or reason or state)

    def set_spec(self, spec: dict[str, Any], arguments: dict[str, Any], *, now: datetime, event: str) -> None:
        """Change what has not started yet."""
        with self._write() as db:
            db.execute(
                "UPDATE run SET spec=?, arguments=?, updated_at=? WHERE run_id=?",
                (_dump(spec), _dump(arguments), now.isoformat(), self.run_id),
            )
            self._event(db, now, "amended", event)

    def set_plan(self, plan: dict[str, Any], *, now: datetime, kind: str, event: str) -> None:
        """Add to what the run was begun with."""
        with self._write() as db:
            db.execute(
                "UPDATE run SET plan=?, updated_at=? WHERE run_id=?",
                (_dump(plan), now.isoformat(), self.run_id),
            )
            self._event(db, now, kind, event)

    def event(self, kind: str, text: str, *, now: datetime) -> None:
        """Write down a moment."""
        with self._write() as db:
            self._event(db, now, kind, text)

    def _event(self, db: sqlite3.Connection, now: datetime, kind: str, text: str) -> None:
        db.execute(
            "INSERT INTO event SELECT ?, COALESCE(MAX(seq), 0) + 1, ?, ?, ? FROM event WHERE run_id=?",
            (self.run_id, now.isoformat(), kind, hide_own(text), self.run_id),
        )

    def begin(
        self,
        name: str,
        *,
        kind: str,
        part: Literal["do", "undo"],
        attempt: int = 1,
        request: Any = None,
        prior: Any = None,
        deadline: datetime | None = None,
        now: datetime,
    ) -> None:
        """Write down an intent, before anything is sent; begun anew, it keeps its place in the order."""
        with self._write() as db:
            db.execute(
                "INSERT INTO effect SELECT ?, COALESCE(MAX(seq), 0) + 1, ?,?,?,?,?,?,?,?,?,?,?,? "
                "FROM effect WHERE run_id=? "
                "ON CONFLICT (run_id, name, attempt) DO UPDATE SET part=excluded.part, kind=excluded.kind, "
                "state=excluded.state, request=excluded.request, prior=excluded.prior, outcome=NULL, "
                "error=NULL, began_at=excluded.began_at, ended_at=NULL, deadline=excluded.deadline",
                (
                    self.run_id, part, name, attempt, kind, "intent", _dump(request), _dump(prior), None, None,
                    now.isoformat(), None, deadline.isoformat() if deadline else None, self.run_id,
                ),
            )  # fmt: skip

    def end(self, name: str, outcome: Any, *, attempt: int = 1, now: datetime) -> None:
        """Write down an outcome."""
        with self._write() as db:
            db.execute(
                "UPDATE effect SET state='done', outcome=?, ended_at=? WHERE run_id=? AND name=? AND attempt=?",
                (_dump(outcome), now.isoformat(), self.run_id, name, attempt),
            )

    def fail(self, name: str, error: str, *, attempt: int = 1, now: datetime) -> None:
        """Write down that an attempt failed for good; the next one is another attempt."""
        with self._write() as db:
            db.execute(
                "UPDATE effect SET state='failed', error=?, ended_at=? WHERE run_id=? AND name=? AND attempt=?",
                (hide_own(error), now.isoformat(), self.run_id, name, attempt),
            )
