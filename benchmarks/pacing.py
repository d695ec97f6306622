"""Weigh the pace of looking: calls made against how late the ends of copies are noticed.

    python benchmarks/pacing.py                        the pace as it is, 30 seeds
    python benchmarks/pacing.py --share 0.65 0.72 0.8 --nearly 10 10.5 11 --seeds 200

Fifty copies of some fifteen minutes side by side, and one alone, on a virtual clock: no cloud, no
emulator. Exits with 1 where the pace as it is misses the goal in any seed: at most 200 calls for the
fifty, 95 of 100 ends noticed within 8 s.
"""

from __future__ import annotations

import argparse
import sys
from itertools import product
from pathlib import Path
from statistics import mean
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.waiting.copies import TYPICAL, durations, watched

from swaslift.waiting import pacing

COPIES = 50
CALLS = 200
LATE = 8.0
"""Seconds."""


class Trial(NamedTuple):
    """One seed: calls and seconds late, of the fifty and of the one alone."""

    calls: int
    p95: float
    latest: float
    calls_alone: int
    late_alone: float

    @property
    def good(self) -> bool:
        """Whether the fifty met the goal."""
        return self.calls <= CALLS and self.p95 <= LATE


def trial(seed: int) -> Trial:
    """Wait for the copies of a seed."""
    calls, late = watched(durations(COPIES, seed), seed=seed)
    calls_alone, (late_alone,) = watched([TYPICAL], seed=seed)
    return Trial(calls, late[int(0.95 * COPIES)], late[-1], calls_alone, late_alone)


def main() -> int:
    """Print a line for each pair of constants."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--share", type=float, nargs="+", default=[pacing.SHARE])
    parser.add_argument("--nearly", type=float, nargs="+", default=[pacing.NEARLY])
    parser.add_argument("--seeds", type=int, default=30)
    options = parser.parse_args()
    as_it_is = (pacing.SHARE, pacing.NEARLY)
    status = 0
    print(
        f"{COPIES} copies: calls, seconds late (95 of 100, latest); one alone: the same; worst of the seeds"
    )
    print("share  nearly | calls mean  worst    p95  latest | calls   late | seeds that miss the goal")
    for pair in product(options.share, options.nearly):
        pacing.SHARE, pacing.NEARLY = pair
        trials = [trial(seed) for seed in range(options.seeds)]
        missed = sum(not t.good for t in trials)
        print(
            f"{pair[0]:5.2f}  {pair[1]:6.2f} | {mean(t.calls for t in trials):10.0f}"
            f"  {max(t.calls for t in trials):5d}  {max(t.p95 for t in trials):5.1f}"
            f"  {max(t.latest for t in trials):6.1f} | {max(t.calls_alone for t in trials):5d}"
            f"  {max(t.late_alone for t in trials):5.1f} | {missed} of {options.seeds}"
        )
        if pair == as_it_is and missed:
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main())
