"""A script that pauses by itself, and a fork that goes on whatever a branch came to."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest

from swaslift.errors import ConflictError, NoAnswerError, RunExists, RunPaused
from swaslift.runs.effects import Failed, Script, do, fork_tolerant, pause
from swaslift.runs.preview import foresee
from tests.core import shelf
from tests.core.shelf import Bench, Filled, FillSpec, MakeBox, RemoveBox, TurnSwitch
from tests.core.test_kill import killed, writes_of


def one(base: str) -> Script[str]:
    made = yield from do(MakeBox(name="box", base=base))
    return made.id


def guarded(spec: FillSpec) -> Script[Filled]:
    """The switch is on while a box is made, and off again whatever comes of it."""
    yield from do(TurnSwitch(name="on", to="on"))
    made = yield from fork_tolerant("still", {"boxes": one("l")}, unsure=True)
    yield from do(TurnSwitch(name="off", to="off"))
    box = made["boxes"]
    if isinstance(box, Failed):
        yield from pause("told", box.reason, "look at it")
        yield from do(RemoveBox(name="remove", box="l-1"))
        return Filled(boxes=(), colour=spec.colour)
    return Filled(boxes=(box,), colour=spec.colour)


def test_a_pause_says_why_and_a_resume_goes_on_behind_it(tmp_path: Path) -> None:
    bench = Bench(tmp_path, script=guarded)
    shelf.FAULTS["still/boxes/box"] = [NoAnswerError("no answer", action="MakeBox", endpoint="shelf")] * 9
    bench.begin()
    with pytest.raises(RunPaused, match="no answer") as paused:
        bench.carry()
    assert paused.value.remedy == "look at it"
    assert shelf.CALLS == ["turn on", "turn off"]
    assert bench.carry().boxes == ()
    assert shelf.CALLS[-1] == "remove l-1"


def test_a_plan_is_not_read_beyond_a_pause() -> None:
    def script() -> Script[None]:
        yield from do(TurnSwitch(name="on", to="on"))
        yield from pause("told", "why", "what to do")
        yield from do(TurnSwitch(name="off", to="off"))

    assert [s.name for s in foresee(script)] == ["on"]


def test_killed_between_any_two_writes_it_pauses_once_and_then_ends(tmp_path: Path) -> None:
    """What failed is done anew where the process died before that was told; then it is told once more."""

    def work(bench: Bench) -> None:
        refused = ConflictError("no", action="MakeBox", code="No", http_status=400, retryable=False)
        shelf.FAULTS["still/boxes/box"] = [refused]
        bench.carrier.definitions["fill"]._script = guarded  # type: ignore[attr-defined]  # of this test
        bench.begin()
        with suppress(RunPaused):
            bench.carry()
        bench.carry()

    whole = tmp_path / "whole"
    whole.mkdir()
    count = writes_of(whole, work)
    assert count > 15
    for point in range(1, count + 1):
        root = tmp_path / str(point)
        assert killed(root, work, point) == -9
        bench = Bench(root, script=guarded)
        for _ in range(2):
            with suppress(RunPaused, RunExists):
                bench.carry()
        assert bench.journal.run("r").state == "finished", point
        assert bench.switch == "off"
        bench.close()
