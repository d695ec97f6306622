"""Undo: only what the run made, in reverse, back to what was there before."""

from __future__ import annotations

from pathlib import Path

import pytest

from swaslift.errors import RunExists, RunPaused
from tests.core import shelf
from tests.core.shelf import Bench
from tests.core.test_runs import refusal


def test_undo_takes_back_in_reverse_and_restores_what_was_there(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "switch").write_text("dim")
    (tmp_path / "box-other.json").write_text("{}")
    bench.begin()
    (tmp_path / "box-other.json").write_text('{"tags": {}}')
    bench.carry()
    shelf.CALLS.clear()
    assert bench.carrier.undo("r", []).left == ()
    assert shelf.CALLS == ["turn dim", "remove lid-1", "remove b1-1", "remove b0-1"]
    assert bench.switch == "dim"
    assert bench.boxes == ["other"]
    assert bench.journal.run("r").state == "undone"


def test_undo_leaves_a_state_that_the_run_found_as_it_is(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "switch").write_text("on")
    bench.begin()
    bench.carry()
    bench.carrier.undo("r", [])
    assert bench.switch == "on"


def test_undo_finds_what_a_lost_answer_had_made(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf.FAULTS["box-1"] = ["lost"] * 4
    bench.begin()
    with monkeypatch.context() as lagging:
        lagging.setattr(shelf.MakeBox, "find", lambda self, cloud, mark: None)
        with pytest.raises(RunPaused):
            bench.carry()
    assert bench.states()["box-1"] == (1, "intent")
    assert "b1-1" in bench.boxes
    bench.carrier.undo("r", [])
    assert bench.boxes == []


def test_undo_removes_a_resource_that_failed(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "fate-b0-1").write_text("broken")
    bench.begin()
    with pytest.raises(RunPaused):
        bench.carry()
    bench.carrier.undo("r", [])
    assert bench.boxes == []


def test_an_undo_that_stops_goes_on_where_it_was(bench: Bench) -> None:
    bench.begin()
    bench.carry()
    shelf.FAULTS["undo/box-1/1/remove"] = [refusal("Box.Stuck")]
    with pytest.raises(RunPaused, match="Stuck"):
        bench.carrier.undo("r", [])
    assert bench.boxes == ["b0-1", "b1-1"]
    shelf.CALLS.clear()
    bench.carrier.carry("r")
    assert shelf.CALLS == ["remove b1-1", "remove b0-1"]
    assert bench.journal.run("r").state == "undone"


def test_an_undone_run_is_over(bench: Bench) -> None:
    bench.begin()
    bench.carry()
    bench.carrier.undo("r", [])
    with pytest.raises(RunExists, match="undone"):
        bench.carrier.undo("r", [])
    with pytest.raises(RunExists):
        bench.carry()
