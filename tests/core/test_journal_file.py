"""The journal's file: damaged, foreign, of another version, for reading alone, replaced while it is in use."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from swaslift.checks import Check
from swaslift.errors import JournalError, RunNotFound, RunPaused
from swaslift.planning.unfinished import check_unneeded, unfinished
from swaslift.runs.database import SCHEMA_VERSION
from swaslift.runs.journal import Journal
from swaslift.runs.step import Ref
from tests.core.shelf import Bench
from tests.core.test_journal import NOW
from tests.core.test_kill import in_child


def altered(path: Path, *statements: str) -> Journal:
    """The journal after somebody has changed its file."""
    database = sqlite3.connect(path)
    for statement in statements:
        database.execute(statement)
    database.commit()
    database.close()
    return Journal(path)


def closed(bench: Bench, *run_ids: str) -> Path:
    for run_id in run_ids:
        bench.begin(run_id)
    bench.close()
    return bench.journal.path


@pytest.mark.parametrize(
    ("prepare", "told"),
    [
        (lambda path: path.write_bytes(b"no database, but 32 bytes of text"), "no SQLite database"),
        (lambda path: altered(path, "CREATE TABLE other (x)"), "no journal of swaslift .its tables: other"),
        (lambda path: altered(path, "PRAGMA application_id=1"), "no journal of swaslift"),
        (lambda path: path.mkdir(), "cannot be opened"),
    ],
)
def test_a_foreign_file_is_refused_and_left_as_it_is(
    prepare: Callable[[Path], object], told: str, tmp_path: Path
) -> None:
    path = tmp_path / "journal.db"
    prepare(path)
    before = path.read_bytes() if path.is_file() else b""
    with pytest.raises(JournalError, match=told):
        Journal(path).runs()
    assert not path.is_file() or path.read_bytes() == before


def test_a_journal_of_a_newer_version_is_refused(bench: Bench) -> None:
    path = closed(bench, "r")
    newer = altered(path, f"PRAGMA user_version={SCHEMA_VERSION + 1}")
    with pytest.raises(JournalError, match=f"schema {SCHEMA_VERSION + 1}.*a newer version has written it"):
        newer.runs()


def test_a_journal_without_a_schema_version_is_migrated(bench: Bench) -> None:
    bench.begin()
    bench.carry()
    bench.close()
    indexes = ("created", "state", "open", "source", "image")
    older = altered(
        bench.journal.path,
        *(f"DROP INDEX run_{name}" for name in indexes),
        "DROP INDEX effect_seq",
        "DROP INDEX effect_image",
        "ALTER TABLE run DROP COLUMN image_id",
        "ALTER TABLE effect DROP COLUMN image_id",
        "PRAGMA user_version=0",
        "PRAGMA application_id=0",
    )
    assert older.run("r").state == "finished"
    assert len(older.effects("r")) > 5
    older.hold("r").release()
    older.close()


@pytest.mark.parametrize(
    "damage",
    [
        "plan='{'",
        "plan='{\"steps\": [1]}'",
        "arguments='[]'",
        "spec=x'ff'",
        "state='gone'",
        "created_at='yesterday'",
        "fence='x'",
    ],
)
def test_one_bad_row_hides_no_other(damage: str, bench: Bench) -> None:
    path = closed(bench, "bad", "good")
    journal = bench.carrier.journal = altered(path, f"UPDATE run SET {damage} WHERE run_id='bad'")
    assert {r.run_id for r in journal.runs()} == {"bad", "good"}
    assert "cannot be read" in (journal.standing("bad").reason or "")
    assert {g.row.run_id for g in unfinished(journal, emulated=False)} == {"bad", "good"}
    with pytest.raises(JournalError, match=r"'bad' .*cannot be read"):
        bench.carrier.carry("bad")
    assert bench.carry("good").boxes
    journal.close()


@pytest.mark.parametrize("column", ["request", "outcome"])
@pytest.mark.parametrize("value", ["{", '{"name": 7}'])
def test_a_bad_effect_stops_its_own_run_alone_and_what_it_names_is_still_needed(
    column: str, value: str, bench: Bench
) -> None:
    bench.begin("bad")
    bench.carry("bad")
    path = closed(bench, "good")
    journal = bench.carrier.journal = altered(
        path,
        "UPDATE run SET state='paused' WHERE run_id='bad'",
        f"UPDATE effect SET {column}='{value}' WHERE run_id='bad' AND name='box-0'",
    )
    with pytest.raises(JournalError, match=r"'box-0' of run 'bad'"):
        bench.carrier.carry("bad")
    box = Ref(kind="shelf.box", id="b1-1", region_id="here")
    checks: list[Check] = check_unneeded(unfinished(journal, emulated=False, about=[box]), [box])
    assert "bad" in checks[0].problem
    assert bench.carry("good").boxes
    journal.close()


def test_what_cannot_be_written_can_be_read(bench: Bench) -> None:
    """As on a disk that is mounted for reading alone; nobody may write, not even root."""
    path = closed(bench, "r")
    with tempfile.TemporaryDirectory() as directory:
        copy = Path(directory) / "journal.db"
        shutil.copy(path, copy)
        copy.chmod(0o444)
        copy.parent.chmod(0o555)

        def look() -> None:
            if os.geteuid() == 0:
                os.setuid(65534)
            journal = Journal(copy)
            assert [r.run_id for r in journal.runs()] == ["r"]
            assert journal.standing("r").state == "paused"
            with pytest.raises(JournalError, match="cannot be written"):
                journal.hold("r")

        assert in_child(look) == 0
        copy.parent.chmod(0o755)


@pytest.mark.parametrize("put_back", [False, True])
def test_a_file_that_is_replaced_while_a_run_goes_on_stops_it_with_a_clear_error(
    put_back: bool, bench: Bench, tmp_path: Path
) -> None:
    bench.begin()
    hold = bench.journal.hold("r")
    copy = tmp_path / "copy.db"
    shutil.copy(bench.journal.path, copy)
    for path in tmp_path.glob("journal.db*"):
        path.unlink()
    if put_back:
        other = Journal(copy)
        other.runs()
        other.close()
        shutil.copy(copy, bench.journal.path)
    with pytest.raises(JournalError, match="deleted or replaced while it was in use"):
        hold.event("note", "to nowhere", now=NOW)
    hold.release()


def test_an_outcome_without_its_intent_is_not_lost_without_a_word(bench: Bench) -> None:
    bench.begin()
    hold = bench.journal.hold("r")
    with pytest.raises(JournalError, match="no intent of 'box-0'"):
        hold.end("box-0", None, now=NOW)
    hold.release()


def test_lists_are_read_in_pages_latest_first(bench: Bench) -> None:
    for number in range(7):
        bench.begin(f"r{number}")
        bench.cloud.clock.sleep(60)
    journal = bench.journal
    assert journal.run_ids(limit=3) == ["r6", "r5", "r4"]
    assert journal.run_ids(limit=3, before="r4") == ["r3", "r2", "r1"]
    assert journal.runs(states=["finished"]) == []
    with pytest.raises(RunNotFound, match="The latest are: r6, r5"):
        journal.run_ids(before="nobody")


def test_a_closed_client_pauses_what_another_thread_carries(bench: Bench) -> None:
    bench.begin()
    bench.carrier.listeners.append(lambda event: bench.carrier.activities.stop("its client was closed"))
    with pytest.raises(RunPaused, match="its client was closed"):
        bench.carry()
    assert bench.journal.run("r").state == "paused"
