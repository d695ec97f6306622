"""Scripts side by side in one run: joined, failed in part, killed, and read ahead by a plan."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from swaslift.errors import ApiError, ConflictError, NoAnswerError, RunPaused
from swaslift.runs.effects import Failed, Script, Wait, do, fork, fork_tolerant, until
from swaslift.runs.preview import foresee, usual_minutes
from swaslift.waiting.conditions import Condition
from tests.core import shelf
from tests.core.shelf import BOXES, Bench, Filled, FillSpec, MakeBox, RemoveBox, TurnSwitch
from tests.core.test_kill import killed, writes_of


def box(base: str) -> Script[str]:
    """Make a box, wait until it has settled, and put another one on it."""
    made = yield from do(MakeBox(name="box", base=base))
    yield from until(Wait("settled", Condition(BOXES, "here", made.id), str, "settled", of="box"))
    yield from do(MakeBox(name="upon", base=f"{base}-upon"))
    return made.id


def side_by_side(spec: FillSpec) -> Script[Filled]:
    made = yield from fork("boxes", {"left": box("l"), "right": box("r")})
    yield from do(TurnSwitch(name="switch", to="on"))
    return Filled(boxes=tuple(made.values()), colour=spec.colour)


def tolerant(spec: FillSpec) -> Script[Filled]:
    made = yield from fork_tolerant("boxes", {"left": box("l"), "right": box("r")})
    yield from do(TurnSwitch(name="switch", to="on"))
    names = [m.reason if isinstance(m, Failed) else m for m in made.values()]
    return Filled(boxes=tuple(names), colour=spec.colour)


def nested(spec: FillSpec) -> Script[Filled]:
    def inner(base: str) -> Script[str]:
        first = yield from box(base)
        yield from fork("more", {"a": box(f"{base}a"), "b": box(f"{base}b")})
        return first

    made = yield from fork("boxes", {"left": inner("l"), "right": box("r")})
    return Filled(boxes=tuple(made.values()), colour=spec.colour)


ALL = ["l-1", "l-upon-1", "r-1", "r-upon-1"]
Opened = Callable[..., Bench]


@pytest.fixture
def opened(tmp_path: Path) -> Opened:
    return lambda script: Bench(tmp_path, script=script)


def refused() -> ApiError:
    return ConflictError("no", action="MakeBox", code="No", http_status=400, retryable=False)


def test_branches_go_on_side_by_side_and_are_joined(opened: Opened) -> None:
    bench = opened(side_by_side)
    bench.begin()
    assert bench.carry().boxes == ("l-1", "r-1")
    assert bench.boxes == ALL
    # The second box is begun while the first one settles.
    assert shelf.CALLS[:2] == ["make boxes/left/box 1", "make boxes/right/box 1"]
    assert shelf.CALLS[-1] == "turn on"


def test_a_branch_does_not_wait_for_another_one(opened: Opened, tmp_path: Path) -> None:
    bench = opened(side_by_side)
    (tmp_path / "fate-l-1").write_text("settling")
    bench.begin()
    with pytest.raises(RunPaused, match="did not get there"):
        bench.carry()
    assert "r-upon-1" in bench.boxes


def test_what_fails_in_one_branch_lets_the_other_end_and_then_pauses(opened: Opened) -> None:
    bench = opened(side_by_side)
    bench.begin()
    shelf.FAULTS["boxes/left/box"] = [refused()]
    with pytest.raises(RunPaused, match="No"):
        bench.carry()
    assert bench.boxes == ["r-1", "r-upon-1"]
    assert "stopped boxes/left" in bench.events
    assert bench.carry().boxes == ("l-2", "r-1")
    assert bench.ever_made == ["r-1", "r-upon-1", "l-2", "l-upon-1"]


def test_what_fails_in_several_branches_is_told_together(opened: Opened) -> None:
    bench = opened(side_by_side)
    bench.begin()
    shelf.FAULTS["boxes/left/box"] = [refused()]
    shelf.FAULTS["boxes/right/upon"] = [refused()]
    with pytest.raises(RunPaused, match=r"left: .*; right: "):
        bench.carry()
    assert bench.carry().boxes == ("l-2", "r-1")


def test_a_tolerant_fork_takes_a_definite_failure_for_an_outcome(opened: Opened, tmp_path: Path) -> None:
    bench = opened(tolerant)
    (tmp_path / "fate-l-1").write_text("broken")
    bench.begin()
    left, right = bench.carry().boxes
    assert "failed: its state is broken" in left
    assert right == "r-1"
    assert bench.switch == "on"


def test_a_tolerant_fork_pauses_where_nothing_definite_is_known(opened: Opened) -> None:
    bench = opened(tolerant)
    bench.begin()
    shelf.FAULTS["boxes/left/box"] = [NoAnswerError("no", action="MakeBox", endpoint="x")] * 4
    with pytest.raises(RunPaused):
        bench.carry()
    assert bench.carry().boxes == ("l-1", "r-1")


def test_a_recorded_failure_stays_one_on_resume(opened: Opened, tmp_path: Path) -> None:
    bench = opened(tolerant)
    bench.begin()
    shelf.FAULTS["boxes/left/box"] = [refused()]
    shelf.FAULTS["switch"] = [refused()]
    with pytest.raises(RunPaused):
        bench.carry()
    left, right = bench.carry().boxes
    assert "No" in left
    assert right == "r-1"
    assert bench.ever_made == ["r-1", "r-upon-1"]


@pytest.mark.parametrize(("script", "stride"), [(side_by_side, 1), (nested, 3), (tolerant, 2)])
def test_killed_between_two_writes_it_goes_on(
    tmp_path: Path, script: Callable[[FillSpec], Script[Filled]], stride: int
) -> None:
    def work(bench: Bench) -> None:
        bench.carrier.definitions["fill"]._script = script  # type: ignore[attr-defined]  # the verb of this test
        bench.begin()
        bench.carry()

    whole = tmp_path / "whole"
    whole.mkdir()
    count = writes_of(whole, work)
    assert count > 15
    for point in range(1, count + 1, stride):
        root = tmp_path / str(point)
        assert killed(root, work, point) == -9
        bench = Bench(root, script=script)
        if bench.journal.find("r") is None:
            bench.begin()
        if bench.journal.run("r").state != "finished":
            bench.carry()
        assert len(bench.ever_made) == len(set(bench.ever_made)) == len(bench.boxes), point
        assert {state for _, state in bench.states().values()} == {"done"}
        bench.close()


def test_branches_nest(opened: Opened) -> None:
    bench = opened(nested)
    bench.begin()
    assert bench.carry().boxes == ("l-1", "r-1")
    assert "boxes/left/more/a/upon" in bench.states()


def test_the_undo_takes_back_what_all_branches_made(opened: Opened) -> None:
    bench = opened(side_by_side)
    bench.begin()
    bench.carry()
    bench.carrier.undo("r", [])
    assert bench.boxes == []


def test_a_plan_reads_the_branches_and_counts_them_once(opened: Opened) -> None:
    class Slow(MakeBox):
        kind = "shelf.Slow"

        @property
        def minutes(self) -> float:
            return 10 if self.base == "long" else 4

    def script() -> Script[None]:
        yield from do(Slow(name="first", base="short"))
        yield from fork("f", {"x": _two("short"), "y": _two("long")})
        yield from do(RemoveBox(name="last", box="b"))

    def _two(base: str) -> Script[None]:
        yield from do(Slow(name="one", base=base))
        yield from do(Slow(name="two", base=base))

    steps = foresee(script)
    assert [s.name for s in steps] == ["first", "f/x/one", "f/x/two", "f/y/one", "f/y/two", "last"]
    assert usual_minutes(steps) == 4 + 20


@pytest.mark.parametrize("cancelled", [False, True])
def test_what_had_stopped_one_branch_is_told_beside_what_ended_the_run(
    opened: Opened, cancelled: bool
) -> None:
    bench = opened(nested)
    shelf.FAULTS["boxes/right/box"] = [refused()]
    bench.begin("r")
    execution = bench.carrier.take(bench.carrier.activities.begin("r", []))
    assert execution.advance()
    if cancelled:
        execution.cancel("cancelled")
        with pytest.raises(RunPaused):
            execution.advance()
    else:
        with pytest.raises(KeyboardInterrupt):
            execution.interrupt()
    reason = bench.journal.run("r").reason or ""
    assert reason.startswith("cancelled" if cancelled else "interrupted from the keyboard")
    assert "boxes/right had stopped before: MakeBox answered 400 No" in reason
    assert "boxes/left" not in reason
