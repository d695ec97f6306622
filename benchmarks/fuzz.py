"""Send an emulator requests as nobody should, for five seeds of 4,000 each.

    python benchmarks/fuzz.py [--requests 4000] [--seeds 1 2 3 4 5]

Exits with 1 where one is answered with a failure of the emulator (5xx but 501), with a text that cannot be
read, or not at all.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.emulator.conftest import START
from tests.emulator.fuzz import Fuzz, right_requests
from tests.emulator.tour_ecs_inventory import inventory

from swaslift.emulator import Emulator


def main() -> int:
    """Run all seeds and print what they came to."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--requests", type=int, default=4000)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3, 4, 5])
    asked = parser.parse_args()
    failed = 0
    for seed in asked.seeds:
        begun = time.monotonic()
        with Emulator(inventory(), speed=None, start=START, seed=seed, strict=False) as cloud:
            outcome = Fuzz(cloud, seed, right_requests(cloud)).run(asked.requests)
        statuses = ", ".join(f"{n} x {status}" for status, n in sorted(outcome.by_status.items()))
        print(
            f"seed {seed}: {outcome.sent} requests, {len(outcome.actions)} actions, {statuses}; "
            f"{len(outcome.failures)} failures, {time.monotonic() - begun:.0f} s"
        )
        for failure in outcome.failures[:20]:
            print(f"  {failure}")
        failed += len(outcome.failures)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
