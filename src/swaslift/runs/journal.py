"""The journal: what a run is, what it meant to do, and what came of it.

One SQLite file, mode 0600, in the user's state directory. A write is durable before the next thing
happens (``synchronous=FULL``). The driver writes at one place: an intent, with its frozen request
and the state before, ahead of the call; the outcome behind it. A run is held by one process at a
time: the holder's lock file proves that it lives, and each write is fenced by the number of the
hold, so a process that lost its hold cannot write any more.

A write that fails is a `JournalError`. What has to be known all the same (that a run paused, that it is held no
longer) is kept in memory, and written together with the next write that succeeds.

The tables keep to plain columns and JSON text, so that another database can take them.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import socket
import sqlite3
import threading
import uuid
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from filelock import FileLock, Timeout
from platformdirs import user_state_path

from swaslift.errors import JournalError, RunBusy, RunNotFound
from swaslift.process import ProcessOwned
from swaslift.redaction import hide_own
from swaslift.runs.database import HOLDERS, image_in, journal_error, open_database
from swaslift.runs.downtime import still_down
from swaslift.runs.recorded import checked
from swaslift.runs.rows import EffectRow, EventRow, RunRow, RunState, effect_row, event_row, lost_row, run_row
from swaslift.wording import meant

logger = logging.getLogger("swaslift.journal")

STATE_VARIABLE = "SWASLIFT_STATE_DIR"
UNFINISHED: tuple[RunState, ...] = ("running", "paused")
"""States of runs that can still be resumed."""

_INHERITED: list[sqlite3.Connection] = []
"""Connections of a parent process: SQLite says to leave them open rather than to close them."""


def default_path() -> Path:
    """Where the journal is: ``SWASLIFT_STATE_DIR``, else the user's state directory."""
    given = os.environ.get(STATE_VARIABLE)
    directory = Path(given) if given else user_state_path("swaslift", appauthor=False)
    return directory / "journal.db"


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _marks(values: Collection[Any]) -> str:
    return ", ".join("?" * len(values))


@dataclass(frozen=True)
class _Unwritten:
    """What the journal could not take about a run that was held by this process.

    Attributes:
        fence: the number of that hold.
        at: when.
        reason: why the run paused; None where only the end of the hold is missing.
        remedy: what to do about that.
    """

    fence: int
    at: datetime | None = None
    reason: str | None = None
    remedy: str | None = None


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
        self._file: tuple[int, int] | None = None
        self._opened = 0
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
        self._writing = False
        self._held: dict[str, Hold] = {}
        self._unwritten: dict[str, _Unwritten] = {}

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
            raise JournalError(
                f"the journal {self.path} was closed with its client",
                "Make another client, and go on with that one",
            )
        if self._database is not None and self._file != self._identity():
            # Deleted, or a copy put back: what would be written to the old file, nobody could read.
            self._drop()
        if self._database is not None and not self._writing:
            self._roll_back(self._database)  # Ctrl-C may have come before `_carried` ended its own
        if self._database is None:
            self._database = open_database(self.path)
            before, self._file = self._file, self._identity()
            if self._file != before:
                self._opened += 1
                self._unwritten.clear()
        return self._database

    def _identity(self) -> tuple[int, int] | None:
        try:
            stat = self.path.stat()
        except OSError:
            return None
        return stat.st_dev, stat.st_ino

    def _drop(self) -> None:
        database, self._database = self._database, None
        if database is not None:
            with suppress(sqlite3.Error):
                database.close()

    def close(self) -> None:
        """Close the file and let go of what is held, for good."""
        with self._lock:
            if self._unwritten and self._database is not None:
                with suppress(JournalError), self._write():
                    pass  # what could not be written before goes along
            self._closed = True
            self._drop()
            if self._alive is not None:
                self._alive.release()
                _forget(Path(self._alive.lock_file))
                self._alive = None

    def _fetch(self, query: str, values: Sequence[Any] = ()) -> list[sqlite3.Row]:
        """Rows. Ctrl-C may come at any line in here, and leaves nothing behind."""
        with self._lock:
            try:
                return self._open().execute(query, values).fetchall()
            except sqlite3.Error as error:
                raise journal_error(self.path, "read", error) from None

    @contextmanager
    def _write(self) -> Iterator[sqlite3.Connection]:
        """A transaction. Used in threads that Ctrl-C does not reach; see `swaslift.drivers.interrupts`."""
        with self._lock:
            database = self._open()
            self._writing = True
            try:
                database.execute("BEGIN IMMEDIATE")
                settled = self._catch_up(database)
                yield database
                database.execute("COMMIT")
            except sqlite3.Error as error:
                raise journal_error(self.path, "written", error) from None
            finally:
                self._roll_back(database)
                self._writing = False
            for run_id, missing in settled:
                if self._unwritten.get(run_id) == missing:
                    del self._unwritten[run_id]
                self._freed_file(self._owner, run_id, missing.fence).unlink(missing_ok=True)
        if self._after_write:
            self._after_write()

    def _roll_back(self, database: sqlite3.Connection) -> None:
        try:
            if database.in_transaction:
                database.execute("ROLLBACK")
        except sqlite3.Error:
            # The connection is of no use any more; the next access opens another one.
            self._drop()

    def _keep(self, run_id: str, missing: _Unwritten) -> None:
        """Keep in memory what could not be written."""
        with self._lock:
            self._unwritten[run_id] = missing

    def _catch_up(self, db: sqlite3.Connection) -> list[tuple[str, _Unwritten]]:
        """Write what could not be written before, where nobody has taken the run since."""
        for run_id, missing in self._unwritten.items():
            row = db.execute("SELECT fence, state FROM run WHERE run_id=?", (run_id,)).fetchone()
            if row is None or row["fence"] != missing.fence:
                continue
            if missing.reason is not None and missing.at is not None and row["state"] == "running":
                _set_state(db, run_id, "paused", missing.at, reason=missing.reason, remedy=missing.remedy)
            if run_id not in self._held:
                db.execute("UPDATE run SET owner=NULL WHERE run_id=?", (run_id,))
        return [(i, m) for i, m in self._unwritten.items() if i not in self._held]

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
        values = {
            "run_id": run_id, "account_id": account_id, "verb": verb, "source": source,
            "arguments": _dump(arguments), "spec": _dump(spec), "plan": _dump(plan), "version": version,
            "state": "running", "part": "do", "fence": 0, "created_at": now.isoformat(),
            "updated_at": now.isoformat(), "image_id": image_in(arguments),
        }  # fmt: skip
        with self._write() as db:
            if db.execute("SELECT 1 FROM run WHERE run_id=?", (run_id,)).fetchone():
                raise RunBusy(f"run {run_id!r} was begun by another process at the same moment")
            db.execute(
                f"INSERT INTO run ({', '.join(values)}) VALUES ({_marks(values)})",  # noqa: S608  # columns above
                tuple(values.values()),
            )
        return self.run(run_id)

    def find(self, run_id: str) -> RunRow | None:
        """A run, or None."""
        rows = self._fetch("SELECT * FROM run WHERE run_id=?", (run_id,))
        return run_row(rows[0]) if rows else None

    def state(self, run_id: str) -> str | None:
        """The recorded state of a run alone, or None where there is no such run."""
        rows = self._fetch("SELECT state FROM run WHERE run_id=?", (run_id,))
        return str(rows[0]["state"]) if rows else None

    def run(self, run_id: str) -> RunRow:
        """A run.

        Raises:
            RunNotFound: there is none of that id.
        """
        row = self.find(run_id)
        if row is None:
            raise self._unknown(run_id)
        return row

    def _unknown(self, run_id: str) -> RunNotFound:
        known = self.run_ids()
        near = meant(run_id, known, f"The latest are: {', '.join(known[:5]) or 'none'}")
        return RunNotFound(f"the journal {self.path} has no run {run_id!r}. {near}")

    def run_ids(
        self, *, states: Collection[RunState] = (), before: str | None = None, limit: int | None = None
    ) -> list[str]:
        """Ids of runs, the latest first.

        Args:
            states: only those recorded in one of these states; all by default.
            before: only those behind this run in that order.
            limit: how many at most; all by default.

        Raises:
            RunNotFound: there is no run ``before``.
        """
        where, values = ["TRUE"], list[Any]()
        if set(states) == set(UNFINISHED):
            where.append("state NOT IN ('finished', 'undone')")  # as its index has it
        elif states:
            where.append(f"state IN ({_marks(states)})")
            values += states
        if before is not None:
            there = self._fetch("SELECT created_at FROM run WHERE run_id=?", (before,))
            if not there:
                raise self._unknown(before)
            began = there[0]["created_at"]
            where.append("(created_at < ? OR (created_at = ? AND run_id > ?))")
            values += [began, began, before]
        query = (
            f"SELECT run_id FROM run WHERE {' AND '.join(where)} "  # noqa: S608  # conditions above
            "ORDER BY created_at DESC, run_id LIMIT ?"
        )
        rows = self._fetch(query, (*values, -1 if limit is None else limit))
        return [r["run_id"] for r in rows]

    def runs(
        self, *, states: Collection[RunState] = (), before: str | None = None, limit: int | None = None
    ) -> list[RunRow]:
        """Runs, the latest first; of one that cannot be read, what can be read. Arguments as for `run_ids`."""
        ids = self.run_ids(states=states, before=before, limit=limit)
        return [row for i in ids if (row := self._find_anyhow(i)) is not None]

    def _find_anyhow(self, run_id: str) -> RunRow | None:
        """A run, of which nothing but the id may be known where its part of the file is damaged."""
        try:
            return self.find(run_id)
        except JournalError as error:
            if self._closed:
                raise
            logger.warning("run %s cannot be read: %s", run_id, error)
            return lost_row(run_id, str(error))

    def about_image(self, image_id: str) -> list[RunRow]:
        """Runs whose source or whose argument ``image`` is an image, the latest first."""
        query = "SELECT * FROM run WHERE source=? OR image_id=? ORDER BY created_at DESC, run_id"
        return [run_row(r) for r in self._fetch(query, (image_id, image_id))]

    def unfinished_naming(self, ids: Collection[str], run_ids: Collection[str] = ()) -> list[RunRow]:
        """Runs that are not over, and in whose records one of some texts stands.

        Args:
            ids: ids of resources.
            run_ids: runs that are among them in any case; so are those of chains, whose arguments are looked up late.
        """
        texts = [json.dumps(i, ensure_ascii=False)[1:-1] for i in ids]
        named = " OR ".join(
            ["FALSE", *(f"instr(IFNULL({c}, ''), ?)" for c in ("request", "outcome") for _ in texts)]
        )
        in_run = " OR ".join(["FALSE", *(f"instr({c}, ?)" for c in ("arguments", "spec") for _ in texts)])
        query = (
            f"SELECT * FROM run WHERE state NOT IN ('finished', 'undone') AND (source = verb "  # noqa: S608  # marks
            f"OR run_id IN ({_marks(run_ids)}) OR {in_run} "
            f"OR EXISTS (SELECT 1 FROM effect WHERE effect.run_id = run.run_id AND ({named}))) "
            "ORDER BY created_at DESC, run_id"
        )
        return [run_row(r) for r in self._fetch(query, (*run_ids, *texts * 2, *texts * 2))]

    def standing(self, run_id: str) -> RunRow:
        """A run as it stands: one that is under way, and that no living process carries, is paused.

        Raises:
            RunNotFound: there is none of that id.
        """
        row = self.run(run_id)
        if row.damage:
            return replace(row, state=row.state if row.state in OVER else "paused", **_told(row))
        if row.state != "running":
            return row
        missing = self._unwritten.get(run_id)
        if missing is not None and missing.fence == row.fence and missing.reason is not None:
            return replace(row, state="paused", reason=missing.reason, remedy=missing.remedy)
        if self._carried(row):
            return row
        reason = "its process ended" if row.owner else "nobody carries it on"
        reason = "\n".join((reason, *still_down(self.readable_effects(run_id), row.part)))
        return replace(row, state="paused", reason=reason, remedy="resume it; nothing is lost")

    def _carried(self, row: RunRow) -> bool:
        """Whether a living process carries a run on."""
        if row.owner == self._owner:
            return row.run_id in self._held
        with self._lock:
            database = self._open()
            # What is read below belongs to the transaction.
            self._writing = True
            try:
                # As `hold` does it: two that look at once must not take each other for the holder.
                database.execute("BEGIN IMMEDIATE")
                row = self.run(row.run_id)
                return row.state != "running" or (bool(row.owner) and self._lives(row))
            except sqlite3.Error:
                # It cannot be written at this moment, so nobody can take a lock away from the holder either.
                return bool(row.owner) and self._lives(row)
            finally:
                self._roll_back(database)
                self._writing = False

    # -- holding a run -------------------------------------------------------------------------

    def hold(self, run_id: str) -> Hold:
        """Take a run for this process.

        Raises:
            RunBusy: another process that lives holds it, or this one does.
            JournalError: that cannot be written down.
        """
        self._prove_life()
        hold = Hold(self, run_id, 0)
        with self._lock:
            if run_id in self._held:
                raise RunBusy(
                    f"run {run_id!r} is being carried by this client already, in the background or in another "
                    f"thread; wait for it with lift.runs.get({run_id!r}).result(), or cancel() it first"
                )
            self._held[run_id] = hold
        try:
            self._take(hold)
        except BaseException:
            with self._lock:
                del self._held[run_id]
            raise
        return hold

    def _take(self, hold: Hold) -> None:
        run_id = hold.run_id
        with self._write() as db:
            found = db.execute("SELECT * FROM run WHERE run_id=?", (run_id,)).fetchone()
            if found is None:
                raise self._unknown(run_id)
            row = run_row(found)
            # What this client itself is recorded as the owner of, and does not hold, it may take again.
            if row.owner and row.owner != self._owner and self._lives(row):
                raise RunBusy(
                    f"run {run_id!r} is being carried by {row.owner} (host-process-...); "
                    "wait for it, or stop that process and resume"
                )
            hold.fence, hold.opened = row.fence + 1, self._opened
            db.execute("UPDATE run SET owner=?, fence=? WHERE run_id=?", (self._owner, hold.fence, run_id))
        with self._lock:
            missing = self._unwritten.pop(run_id, None)
        if missing is not None:
            self._freed_file(self._owner, run_id, missing.fence).unlink(missing_ok=True)

    def _let_go(self, hold: Hold) -> None:
        """End a hold. What cannot be written about that is kept, and told to other processes by a file."""
        with self._lock:
            if self._held.get(hold.run_id) is not hold:
                return
            del self._held[hold.run_id]
            try:
                with self._write() as db:
                    db.execute(
                        "UPDATE run SET owner=NULL WHERE run_id=? AND fence=?", (hold.run_id, hold.fence)
                    )
            except JournalError as error:
                logger.warning("the end of run %s here could not be written: %s", hold.run_id, error)
                known = self._unwritten.get(hold.run_id)
                if known is None or known.fence != hold.fence:
                    self._unwritten[hold.run_id] = _Unwritten(hold.fence)
                with suppress(OSError):
                    self._freed_file(self._owner, hold.run_id, hold.fence).touch(mode=0o600)

    def _lock_file(self, owner: str) -> Path:
        return self.path.with_name(HOLDERS) / f"{owner}.lock"

    def _freed_file(self, owner: str, run_id: str, fence: int) -> Path:
        """Tells that a living process does not hold a run any more, where the journal could not be written."""
        digest = hashlib.sha256(run_id.encode()).hexdigest()[:16]
        return self.path.with_name(HOLDERS) / f"{owner}.{digest}.{fence}.freed"

    def _prove_life(self) -> None:
        with self._lock:
            if self._alive is None:
                self._open()
                lock = FileLock(self._lock_file(self._owner), thread_local=False)
                try:
                    lock.acquire(timeout=0)
                except OSError as error:
                    raise journal_error(self.path, "written", error) from None
                self._alive = lock

    def _lives(self, row: RunRow) -> bool:
        """Whether the process that is recorded to hold a run lives, and still holds it."""
        owner = row.owner or ""
        if self._freed_file(owner, row.run_id, row.fence).exists():
            return False
        path = self._lock_file(owner)
        if not path.exists():
            return False
        lock = FileLock(path, thread_local=False)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            return True
        except OSError:
            return True  # in a directory that cannot be written nobody can tell
        lock.release()
        _forget(path)
        return False

    # -- effects -------------------------------------------------------------------------------

    def effects(self, run_id: str, name: str | None = None) -> list[EffectRow]:
        """All attempts of all effects of a run, or of one, in the order in which they began.

        Raises:
            JournalError: one of them cannot be read, and so the run cannot be resumed or undone.
        """
        rows = self._effects(run_id, name)
        for row in rows:
            if row.damage:
                raise JournalError(
                    f"the journal {self.path} holds {row.name or 'an effect'!r} of run {run_id!r} in a form that "
                    f"cannot be read ({'; '.join(row.damage)})",
                    _PUT_BACK,
                )
        return rows

    def readable_effects(self, run_id: str) -> list[EffectRow]:
        """The same without those that cannot be read: to show a run, not to go on with it."""
        try:
            rows = self._effects(run_id)
        except JournalError as error:
            if self._closed:
                raise
            logger.warning("the effects of run %s cannot be read: %s", run_id, error)
            return []
        return [row for row in rows if not row.damage]

    def _effects(self, run_id: str, name: str | None = None) -> list[EffectRow]:
        query, values = "SELECT * FROM effect WHERE run_id=? ORDER BY seq", [run_id]
        if name is not None:
            query, values = "SELECT * FROM effect WHERE run_id=? AND name=? ORDER BY seq", [run_id, name]
        return [checked(effect_row(r)) for r in self._fetch(query, values)]

    def raw_effects(self, run_id: str) -> list[str]:
        """The effects of a run as raw texts, where they cannot be read: to search what they name."""
        try:
            rows = self._fetch("SELECT request, outcome FROM effect WHERE run_id=?", (run_id,))
        except JournalError:
            return []
        return [str(value) for row in rows for value in tuple(row) if value is not None]

    def effects_on_images(
        self, images: Collection[str], kinds: Collection[str]
    ) -> list[tuple[str, EffectRow]]:
        """All attempts of steps of some kinds that are about some images, of all runs, as they began, with run ids."""
        chosen = list(images)
        found: list[tuple[str, EffectRow]] = []
        # SQLite takes a limited number of values in one statement.
        for start in range(0, len(chosen), 500):
            some = chosen[start : start + 500]
            query = f"SELECT * FROM effect WHERE image_id IN ({_marks(some)}) AND kind IN ({_marks(kinds)})"  # noqa: S608  # marks alone
            found += [(r["run_id"], checked(effect_row(r))) for r in self._fetch(query, (*some, *kinds))]
        found.sort(key=lambda one: (one[1].began_at, one[1].seq))
        return [(run_id, row) for run_id, row in found if not row.damage]

    def events(self, run_id: str) -> list[EventRow]:
        """The moments in the life of a run."""
        rows = self._fetch("SELECT * FROM event WHERE run_id=? ORDER BY seq", (run_id,))
        return [event_row(r) for r in rows]


_PUT_BACK = (
    "Put an intact copy of the journal back. Without one, move the journal away: the same call with the same run_id "
    "finds what the run has made by its tags"
)
OVER: tuple[RunState, ...] = ("finished", "undone")
"""States of runs that are over."""


def unreadable(path: Path, row: RunRow) -> JournalError:
    """What is raised where a run that cannot be read would have to be gone on with."""
    return JournalError(f"run {row.run_id!r} in the journal {path}: {_told(row)['reason']}", _PUT_BACK)


def _told(row: RunRow) -> dict[str, Any]:
    """Why a run that cannot be read is not gone on with."""
    return {
        "reason": f"its record in the journal cannot be read ({'; '.join(row.damage)})",
        "remedy": _PUT_BACK[0].lower() + _PUT_BACK[1:],
    }


def _forget(lock_file: Path) -> None:
    """Remove the lock file of a process that holds nothing any more, and what it has told of its runs."""
    lock_file.unlink(missing_ok=True)
    for freed in lock_file.parent.glob(f"{lock_file.stem}.*.freed"):
        freed.unlink(missing_ok=True)


def _set_state(
    db: sqlite3.Connection,
    run_id: str,
    state: RunState,
    now: datetime,
    *,
    part: Literal["do", "undo"] | None = None,
    reason: str | None = None,
    remedy: str | None = None,
    outcome: Any = None,
    event: str | None = None,
) -> None:
    db.execute(
        "UPDATE run SET state=?, part=COALESCE(?, part), reason=?, remedy=?, "
        "outcome=COALESCE(?, outcome), updated_at=? WHERE run_id=?",
        (
            state,
            part,
            reason and hide_own(reason),
            remedy and hide_own(remedy),
            None if outcome is None else _dump(outcome),
            now.isoformat(),
            run_id,
        ),
    )
    _add_event(db, run_id, now, state, event or reason or state)


def _add_event(db: sqlite3.Connection, run_id: str, now: datetime, kind: str, text: str) -> None:
    db.execute(
        "INSERT INTO event (run_id, seq, at, kind, text) "
        "SELECT ?, COALESCE(MAX(seq), 0) + 1, ?, ?, ? FROM event WHERE run_id=?",
        (run_id, now.isoformat(), kind, hide_own(text), run_id),
    )


class Hold:
    """A run in the hands of this process: the only way to write about it."""

    def __init__(self, journal: Journal, run_id: str, fence: int) -> None:
        self.journal = journal
        self.run_id = run_id
        self.fence = fence
        self.opened = 0
        """Which file it belongs to: the journal may be replaced while it is in use."""
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
        journal = self.journal
        with journal._write() as db:  # noqa: SLF001  # the other half of the journal
            row = db.execute("SELECT fence FROM run WHERE run_id=?", (self.run_id,)).fetchone()
            if row is None or self.opened != journal._opened:  # noqa: SLF001  # as above
                raise JournalError(
                    f"the journal {journal.path} was deleted or replaced while it was in use, and so run "
                    f"{self.run_id!r} cannot go on here",
                    "Put the right file back. Without it, the same call with the same run_id finds what the run has "
                    "made by its tags",
                )
            if row["fence"] != self.fence:
                raise RunBusy(f"run {self.run_id!r} was taken over by another process; this one stops")
            yield db

    def release(self) -> None:
        """Let go of the run; where another process has it by now, nothing is left to let go of."""
        if self._inherited:
            return
        self.journal._let_go(self)  # noqa: SLF001  # the other half of the journal

    def pause(self, reason: str, remedy: str, *, now: datetime) -> bool:
        """Have the run paused, in memory where the journal cannot take it; whether it could."""
        try:
            self.set_state("paused", now=now, reason=reason, remedy=remedy)
        except JournalError as error:
            logger.warning("the pause of run %s could not be written: %s", self.run_id, error)
            self.journal._keep(self.run_id, _Unwritten(self.fence, now, reason, remedy))  # noqa: SLF001  # as above
            return False
        return True

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
            _set_state(
                db, self.run_id, state, now, part=part, reason=reason, remedy=remedy, outcome=outcome, event=event
            )  # fmt: skip

    def set_spec(self, spec: dict[str, Any], arguments: dict[str, Any], *, now: datetime, event: str) -> None:
        """Change what has not started yet."""
        with self._write() as db:
            db.execute(
                "UPDATE run SET spec=?, arguments=?, updated_at=? WHERE run_id=?",
                (_dump(spec), _dump(arguments), now.isoformat(), self.run_id),
            )
            _add_event(db, self.run_id, now, "amended", event)

    def set_plan(self, plan: dict[str, Any], *, now: datetime, kind: str, event: str) -> None:
        """Add to what the run was begun with."""
        with self._write() as db:
            db.execute(
                "UPDATE run SET plan=?, updated_at=? WHERE run_id=?",
                (_dump(plan), now.isoformat(), self.run_id),
            )
            _add_event(db, self.run_id, now, kind, event)

    def event(self, kind: str, text: str, *, now: datetime) -> None:
        """Write down a moment."""
        with self._write() as db:
            _add_event(db, self.run_id, now, kind, text)

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
        values = {
            "run_id": self.run_id, "part": part, "name": name, "attempt": attempt, "kind": kind,
            "state": "intent", "request": _dump(request), "prior": _dump(prior), "began_at": now.isoformat(),
            "deadline": deadline.isoformat() if deadline else None, "image_id": image_in(request),
        }  # fmt: skip
        kept = ", ".join(f"{c}=excluded.{c}" for c in values if c not in {"run_id", "name", "attempt"})
        with self._write() as db:
            db.execute(
                f"INSERT INTO effect ({', '.join(values)}, seq) "  # noqa: S608  # columns above
                f"SELECT {_marks(values)}, COALESCE(MAX(seq), 0) + 1 FROM effect WHERE run_id=? "
                f"ON CONFLICT (run_id, name, attempt) DO UPDATE SET {kept}, "
                "outcome=NULL, error=NULL, ended_at=NULL",
                (*values.values(), self.run_id),
            )

    def end(self, name: str, outcome: Any, *, attempt: int = 1, now: datetime) -> None:
        """Write down an outcome."""
        with self._write() as db:
            self._settled(
                name,
                db.execute(
                    "UPDATE effect SET state='done', outcome=?, ended_at=? WHERE run_id=? AND name=? AND attempt=?",
                    (_dump(outcome), now.isoformat(), self.run_id, name, attempt),
                ),
            )

    def fail(self, name: str, error: str, *, attempt: int = 1, now: datetime) -> None:
        """Write down that an attempt failed for good; the next one is another attempt."""
        with self._write() as db:
            self._settled(
                name,
                db.execute(
                    "UPDATE effect SET state='failed', error=?, ended_at=? WHERE run_id=? AND name=? AND attempt=?",
                    (hide_own(error), now.isoformat(), self.run_id, name, attempt),
                ),
            )

    def _settled(self, name: str, done: sqlite3.Cursor) -> None:
        if done.rowcount != 1:
            raise JournalError(
                f"the journal {self.journal.path} has no intent of {name!r} in run {self.run_id!r}", _PUT_BACK
            )
