"""What a journal with many finished runs costs: a page of the list, and work beside it.

    python benchmarks/journal.py                     beside 10 and 5,000 finished runs
    python benchmarks/journal.py --runs 10 1000

The runs are copies of real ones (a migration, a capture, a share, and a copy to another region), written as a run
writes them. Figures are the best of several: seconds of CPU of the whole process, the emulator's included, so that
nothing else that the machine does counts; SQLite's own steps, in thousands.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from click.testing import CliRunner
from tests.core.past import fill
from tests.support import client_of, new_instance

from swaslift import Client
from swaslift.cli.main import cli
from swaslift.emulator import Emulator
from swaslift.runs.journal import Journal

PAGE_WITHIN = 0.050
"""Seconds that a page of runs may take."""
SAME_WITHIN = 1.5
"""How much longer work may take beside many runs than beside few: other things go on on this machine."""


def _originals(directory: Path) -> list[str]:
    """Real runs, carried out on an emulator; their ids."""
    with Emulator(speed=None, seed=7) as cloud, client_of(cloud, journal=directory / "originals.db") as lift:
        plan = lift.migrate_to_ecs.plan("shop", new_instance(), run_id="migrated")
        plan.apply(consent=plan.consents)
        image = lift.capture_image("batch", "golden", run_id="captured")
        lift.share_to_ecs(image, run_id="shared")
        lift.copy_to_region(image, "ap-southeast-1", run_id="copied")
    return ["migrated", "captured", "shared", "copied"]


def _best(times: int, work: Callable[[], Any]) -> float:
    best = float("inf")
    for _ in range(times):
        began = time.process_time()
        work()
        best = min(best, time.process_time() - began)
    return best


def _page(lift: Client) -> list[tuple[Any, ...]]:
    """A page, with what a table shows of each run."""
    return [(r.id, r.status, r.created_at) for r in lift.runs.list()]


class _Steps:
    """Counts what SQLite does for a client, in thousands of instructions."""

    def __init__(self, lift: Client) -> None:
        self._count = 0
        lift._journal._open().set_progress_handler(self._one_more, 1000)  # noqa: SLF001  # what is measured

    def _one_more(self) -> int:
        self._count += 1
        return 0

    def during(self, work: Callable[[], Any]) -> int:
        """How many there are while something is done."""
        before = self._count
        work()
        return self._count - before


def _undo(lift: Client, number: int) -> float:
    """Seconds that the undo of a capture takes, of two steps."""
    lift.capture_image("legacy-win", f"undone-{number}", run_id=f"undone-{number}")
    undo = lift.runs.get(f"undone-{number}").undo
    return _best(1, lambda: undo(consent=undo.plan().consents))


def _measure(directory: Path, originals: list[str], count: int) -> dict[str, float]:
    path = directory / f"{count}" / "journal.db"
    path.parent.mkdir()
    journal = Journal(path)
    began = time.process_time()
    fill(journal, directory / "originals.db", originals, count)
    journal.close()
    found = {"built in": time.process_time() - began, "MiB": path.stat().st_size / 2**20}
    with Emulator(speed=None, seed=7) as cloud, client_of(cloud, journal=path, random=Random(7)) as lift:
        steps = _Steps(lift)
        _page(lift)
        found["list a page"] = _best(5, lambda: _page(lift))
        found["list paused ones"] = _best(5, lambda: lift.runs.list(status="paused"))
        found["undo of two steps"] = min(_undo(lift, n) for n in range(5))
        found["list, SQL steps"] = steps.during(lambda: _page(lift))
        found["undo, SQL steps"] = steps.during(lambda: _undo(lift, 9))
        environment = {**cloud.environment(), "SWASLIFT_STATE_DIR": str(path.parent), "COLUMNS": "200"}
        found["swaslift runs"] = _best(3, lambda: CliRunner().invoke(cli, ["runs"], env=environment))
    return found


def main() -> int:
    """Print a line for each thing that is measured; 1 where it grows with the history."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, nargs=2, default=[10, 5000], metavar=("FEW", "MANY"))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        directory = Path(home)
        originals = _originals(directory)
        few, many = (_measure(directory, originals, count) for count in options.runs)
    print(f"{'finished runs':20} {options.runs[0]:>10} {options.runs[1]:>10}")
    for name, value in few.items():
        print(f"{name:20} {value:>10.3f} {many[name]:>10.3f}")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{'peak memory, MiB':20} {'':>10} {memory:>10.0f}")
    slow = many["list a page"] > PAGE_WITHIN
    grows = many["undo of two steps"] > SAME_WITHIN * few["undo of two steps"]
    if slow:
        print(f"a page takes more than {PAGE_WITHIN * 1000:.0f} ms")
    if grows:
        print("the undo grows with the history")
    return 1 if slow or grows else 0


if __name__ == "__main__":
    sys.exit(main())
