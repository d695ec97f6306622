"""A process killed with -9 between any two journal writes, and one that goes on after it."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.core.shelf import Bench


def in_child(work: Callable[[], None]) -> int:
    """Do something in a process of its own; its exit code, or minus the signal that ended it."""
    child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException:  # noqa: BLE001  # the child must not come back into pytest
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def killer(after: int) -> Callable[[], None]:
    """Kill this process after so many journal writes."""
    count = 0

    def strike() -> None:
        nonlocal count
        count += 1
        if count == after:
            os.kill(os.getpid(), signal.SIGKILL)

    return strike


def writes_of(root: Path, work: Callable[[Bench], None]) -> int:
    """How many journal writes something makes when nobody kills it."""
    count = 0

    def one_more() -> None:
        nonlocal count
        count += 1

    bench = Bench(root, after_write=one_more)
    work(bench)
    bench.close()
    return count


def killed(root: Path, work: Callable[[Bench], None], point: int) -> int:
    """Do something in a process that is killed after so many journal writes."""
    root.mkdir()
    return in_child(lambda: work(Bench(root, after_write=killer(point))))


def run_it(bench: Bench) -> None:
    bench.begin()
    bench.carry()


def run_and_undo(bench: Bench) -> None:
    run_it(bench)
    bench.carrier.undo("r", [])


def test_killed_after_any_write_a_run_finishes_and_nothing_happens_twice(tmp_path: Path) -> None:
    (tmp_path / "whole").mkdir()
    total = writes_of(tmp_path / "whole", run_it)
    assert total > 20
    for point in range(1, total + 1):
        root = tmp_path / str(point)
        assert killed(root, run_it, point) == -9
        bench = Bench(root)
        if bench.journal.run("r").state != "finished":
            bench.carry()
        assert bench.boxes == ["b0-1", "b1-1", "lid-1"], f"point {point}"
        assert bench.ever_made == ["b0-1", "b1-1", "lid-1"], f"point {point}"
        assert bench.switch == "on"
        assert bench.journal.run("r").state == "finished"
        bench.close()


def test_killed_after_any_write_an_undo_finishes(tmp_path: Path) -> None:
    (tmp_path / "whole").mkdir()
    (tmp_path / "run").mkdir()
    first = writes_of(tmp_path / "run", run_it)
    total = writes_of(tmp_path / "whole", run_and_undo)
    for point in range(first + 1, total + 1):
        root = tmp_path / str(point)
        assert killed(root, run_and_undo, point) == -9
        bench = Bench(root)
        if bench.journal.run("r").state != "undone":
            bench.carrier.undo("r", [])
        assert bench.boxes == [], f"point {point}"
        assert bench.switch == "off", f"point {point}"
        bench.close()


@pytest.mark.parametrize("gap", [7, 12])
def test_killed_again_and_again_it_still_finishes(tmp_path: Path, gap: int) -> None:
    in_child(lambda: Bench(tmp_path).begin())
    for _ in range(30):
        if in_child(lambda: _carry(tmp_path, gap)) == 0:
            break
    bench = Bench(tmp_path)
    assert bench.journal.run("r").state == "finished"
    assert bench.ever_made == ["b0-1", "b1-1", "lid-1"]
    bench.close()


def _carry(root: Path, gap: int) -> None:
    Bench(root, after_write=killer(gap)).carry()
