"""A journal that cannot be written for a while: its run pauses, nothing is sent without an intent, others go on."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest

from swaslift.drivers.background import Background
from swaslift.errors import JournalError, RunBusy, RunError, RunExists, RunPaused
from swaslift.run import Run
from swaslift.runs.journal import Journal
from tests.core import shelf
from tests.core.full_disk import FullDisk
from tests.core.past import fill
from tests.core.shelf import Bench
from tests.core.test_kill import run_it, writes_of


def full_disk(root: Path) -> tuple[Bench, FullDisk]:
    bench = Bench(root)
    bench.journal = bench.carrier.journal = FullDisk(root / "journal.db")
    return bench, bench.journal


@pytest.mark.parametrize("failures", [1, 3])
def test_a_write_that_fails_pauses_the_run_and_nothing_happens_twice(tmp_path: Path, failures: int) -> None:
    (tmp_path / "whole").mkdir()
    total = writes_of(tmp_path / "whole", run_it)
    for point in range(2, total + 1):
        root = tmp_path / str(point)
        root.mkdir()
        bench, journal = full_disk(root)
        bench.begin()
        journal.fails = range(point, point + failures)
        for _ in range(failures + 1):
            with suppress(RunPaused, JournalError, RunExists):
                bench.carry()
            # Another process sees that nobody holds it, though this could not be written either.
            other = Journal(root / "journal.db")
            assert other.standing("r").state in {"paused", "finished"}, point
            other.close()
        if bench.journal.run("r").state != "finished":
            bench.carry()
        assert bench.ever_made == ["b0-1", "b1-1", "lid-1"], point
        assert bench.switch == "on", point
        bench.close()


def test_nothing_is_sent_before_its_intent_is_written(tmp_path: Path) -> None:
    bench, journal = full_disk(tmp_path)
    bench.begin()
    # Taken, running, the question's two, and then the intent of the first box.
    journal.fails = range(journal.number + 5, journal.number + 7)
    with pytest.raises(RunPaused, match="cannot be written"):
        bench.carry()
    assert shelf.CALLS == []
    assert "box-0" not in bench.states()


def test_a_pause_that_could_not_be_written_is_written_with_the_next_write(tmp_path: Path) -> None:
    bench, journal = full_disk(tmp_path)
    bench.begin()
    bench.begin("other")
    journal.fails = range(journal.number + 5, journal.number + 8)
    with pytest.raises(RunPaused):
        bench.carry()
    assert bench.journal.run("r").state == "running"
    assert bench.journal.standing("r").state == "paused"
    assert "cannot be written" in (bench.journal.standing("r").reason or "")
    assert bench.carry("other").boxes
    assert bench.journal.run("r").state == "paused"
    assert bench.journal.run("r").owner is None
    assert not list((tmp_path / "holders").glob("*.freed"))


def test_in_the_background_one_run_pauses_and_the_others_go_on(tmp_path: Path) -> None:
    bench, journal = full_disk(tmp_path)
    background = Background(bench.carrier)
    for run_id in ("one", "two", "three"):
        bench.begin(run_id)
    began = journal.number
    journal.fails = range(began + 12, began + 14)
    for run_id in ("one", "two", "three"):
        background.submit(run_id)
    ends = []
    for run_id in ("one", "two", "three"):
        background.wait(run_id, 60)
        ends.append(bench.journal.standing(run_id).state)
    assert sorted(ends) == ["finished", "finished", "paused"]
    paused = ("one", "two", "three")[ends.index("paused")]
    assert bench.carry(paused).boxes
    bench.close()


def test_a_background_thread_that_fails_is_noticed_by_whoever_waits(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise MemoryError("no memory is left")

    bench.begin()
    with monkeypatch.context() as broken:
        broken.setattr(bench.carrier.poller, "turn", fail)
        background = Background(bench.carrier)
        background.submit("r")
        with pytest.raises(RunPaused, match="MemoryError: no memory is left"):
            Run(bench.carrier, "r", background).result(timeout=60)
    assert bench.carry().boxes


def test_a_thread_that_is_gone_is_noticed_by_whoever_waits(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a process that was forked."""
    background = Background(bench.carrier)
    bench.begin()
    monkeypatch.setattr(Background, "_drive", lambda self: None)
    background.submit("r")
    with pytest.raises(RunError, match=r"has ended.*lift\.runs\.resume\('r'\)"):
        background.wait("r", 60)


def test_a_run_that_is_being_paused_here_is_waited_for_and_not_refused(bench: Bench) -> None:
    bench.begin()
    first = bench.carrier.activities.begin("r", [])
    with pytest.raises(RunBusy, match="by this client already"):
        bench.carrier.activities.begin("r", [])
    first.thread = None
    first.reasons.append("cancelled")
    first.done.wait = lambda timeout=None: bench.carrier.activities.end(first) or True  # type: ignore[method-assign,func-returns-value]  # as when the other thread ends it now
    bench.carrier.activities.end(bench.carrier.activities.begin("r", []))


@pytest.mark.parametrize("count", [60])
def test_what_a_run_asks_of_the_journal_does_not_grow_with_the_history(
    count: int, bench: Bench, tmp_path: Path
) -> None:
    """Counted in SQLite's own steps, not in time."""
    bench.begin()
    bench.carry()
    bench.close()
    steps = {}
    for finished in (5, count):
        journal = Journal(tmp_path / f"{finished}.db")
        fill(journal, tmp_path / "journal.db", ["r"], finished)
        steps[finished] = _steps(journal)
        journal.close()
    assert steps[count] <= steps[5] + 3


def _steps(journal: Journal) -> int:
    """Hundreds of instructions for what is asked on the way of a run, and for a page of the list."""
    count = 0

    def one_more() -> int:
        nonlocal count
        count += 1
        return 0

    journal._open().set_progress_handler(one_more, 100)
    journal.runs(states=("running", "paused"))
    journal.unfinished_naming({"b0-1"}, {"r"})
    journal.effects_on_images(["m-1"], ["swas.ShareImage"])
    journal.about_image("m-1")
    journal.effects("past-0")
    journal.effects("past-0", "box-0")
    journal.run_ids(limit=5)
    journal.runs(states=["paused"], limit=5)
    journal._open().set_progress_handler(None, 0)
    return count
