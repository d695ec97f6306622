"""The journal: private, durable, and held by one process at a time."""

from __future__ import annotations

import os
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from swaslift.errors import ConfigError, RunBusy, RunNotFound
from swaslift.runs.journal import Journal, default_path
from tests.core.shelf import Bench
from tests.core.test_kill import in_child

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def test_the_file_and_its_companions_are_for_the_owner_alone(bench: Bench, tmp_path: Path) -> None:
    bench.begin()
    for path in tmp_path.glob("journal.db*"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path


def test_it_lies_in_the_state_directory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SWASLIFT_STATE_DIR", str(tmp_path / "here"))
    assert default_path() == tmp_path / "here" / "journal.db"
    monkeypatch.delenv("SWASLIFT_STATE_DIR")
    assert "swaslift" in str(default_path())


def test_a_directory_that_cannot_be_written_stops_before_anything_is_done(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="SWASLIFT_STATE_DIR"):
        Journal(tmp_path / "file" / "journal.db").runs()


def test_an_unknown_run_names_the_known_ones(bench: Bench) -> None:
    bench.begin("first")
    with pytest.raises(RunNotFound, match="first"):
        bench.journal.run("second")


def test_a_run_held_by_a_living_process_is_busy(bench: Bench, tmp_path: Path) -> None:
    bench.begin()
    hold = bench.journal.hold("r")
    other = Journal(tmp_path / "journal.db")
    with pytest.raises(RunBusy):
        other.hold("r")
    hold.release()
    other.hold("r").release()
    other.close()


def test_a_run_of_a_dead_process_is_taken_over_at_once(bench: Bench, tmp_path: Path) -> None:
    bench.begin()

    def die() -> None:
        Journal(tmp_path / "journal.db").hold("r")
        os._exit(0)

    assert in_child(die) == 0
    bench.journal.hold("r").release()


def test_who_lost_the_hold_cannot_write_any_more(bench: Bench, tmp_path: Path) -> None:
    bench.begin()
    stale = bench.journal.hold("r")
    other = Journal(tmp_path / "journal.db")
    # As after a network file system that lost the lock: the fence holds even then.
    other._lives = lambda row: False  # type: ignore[method-assign]  # the lock said to be gone
    fresh = other.hold("r")
    with pytest.raises(RunBusy, match="taken over"):
        stale.event("note", "too late", now=NOW)
    fresh.release()
    other.close()
