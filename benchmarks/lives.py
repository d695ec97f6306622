"""Random lives of images, beside a model: what was reached, and whether the model held.

    python benchmarks/lives.py                         2,000 lives in as many processes as there are cores
    python benchmarks/lives.py --examples 200 --jobs 1 --seed 5

Exits with 1 where the model did not hold, or where a verb, a branch of the refusals or a full life was
not reached. ``make test`` makes a few lives; see tests/life/.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from hypothesis import HealthCheck, Phase, settings
from hypothesis import seed as seeded
from hypothesis.stateful import run_state_machine_as_test

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.life import machine, reached

STEPS = 14


def _live(examples: int, seed: int) -> None:
    """A share of the lives, in this process; what was reached goes to standard output."""
    chosen = settings(
        max_examples=examples,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    seeded(seed)(machine.Lives)
    run_state_machine_as_test(machine.Lives, settings=chosen)
    print(json.dumps(reached.REACHED))


def main() -> int:
    """Share the lives out, and add up what was reached."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--examples", type=int, default=2000)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--share", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.share:
        _live(options.examples, options.seed)
        return 0
    began = time.monotonic()
    shares = [
        options.examples // options.jobs + (i < options.examples % options.jobs) for i in range(options.jobs)
    ]
    processes = [
        subprocess.Popen(
            [sys.executable, __file__, "--share", "--examples", str(n), "--seed", str(options.seed + i)],
            stdout=subprocess.PIPE,
            text=True,
        )
        for i, n in enumerate(shares)
    ]
    held = True
    for process in processes:
        out, _ = process.communicate()
        held &= process.returncode == 0
        if process.returncode == 0:
            reached.REACHED.update(Counter(json.loads(out.splitlines()[-1])))
    print(reached.report())
    print(f"{options.examples} lives of at most {STEPS} steps in {time.monotonic() - began:.0f} s")
    if not held:
        print("the model did not hold; see above")
    return 0 if held and not reached.missing() else 1


if __name__ == "__main__":
    sys.exit(main())
