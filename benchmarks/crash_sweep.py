"""Kill a run at every point, go on, and count what is wrong afterwards.

A point is a moment after a durable write to the journal, or before or behind an exchange with the
cloud; points are counted from a run that nobody kills. Each gets a fresh world, a real process that
is killed with SIGKILL there, and another one that goes on.

    python benchmarks/crash_sweep.py                       every point of every scenario, killed once
    python benchmarks/crash_sweep.py --trial undo          killed, and then undone
    python benchmarks/crash_sweep.py --scenario replace-disk --stride 5
    python benchmarks/crash_sweep.py --trial double --count 200 --seed 3

Trials: ``kill``; ``double`` (what goes on is killed as well, at random); ``undo`` (undone instead of
gone on with); ``journal`` (the journal is lost); ``tokens`` (the service forgot the tokens); ``late``
(gone on with after most of a day, when every deadline has passed); ``interrupt`` (Ctrl-C in the
middle of a wait); ``unwritable`` (the journal cannot be written for one to five writes; the same client and another
process go on by turns); ``storm`` (Ctrl-C four times within milliseconds; likewise); ``trouble`` (something else goes
wrong as well: a resource fails inside the undo or is never done, or somebody else deletes, releases, starts or stops
what the run made or needs; then it is undone, every other time after a resume); ``clock`` (whoever goes on has a clock
that is wrong by hours, by turns in both directions, and the service forgot the tokens).
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.clocks import JUMPS
from tests.crash import trials, unwritten
from tests.crash.forge import Forge
from tests.crash.others import TROUBLES
from tests.crash.proof import Outcome, Reference, record
from tests.crash.scenarios import SCENARIOS

Trial = Callable[[Reference, Forge, argparse.Namespace], Iterator[tuple[str, Outcome]]]

GAP = 120.0
"""Seconds of the emulator's clock after which somebody goes on, where tokens are forgotten."""
LATE = 20 * 3600.0
"""The same, where deadlines have passed and tokens have not."""


def _points(
    reference: Reference, points: list[int], options: argparse.Namespace
) -> Iterator[tuple[int, str]]:
    for at in points[:: options.stride]:
        yield at, f"{at} ({reference.moments[at]})"


def _kill(reference: Reference, forge: Forge, options: argparse.Namespace) -> Iterator[tuple[str, Outcome]]:
    start = 0 if options.planning else reference.first
    points = list(range(start, len(reference.moments)))
    for turn, (at, where) in enumerate(_points(reference, points, options)):
        yield where, trials.kill(reference, forge, at, way=turn)


def _double(reference: Reference, forge: Forge, options: argparse.Namespace) -> Iterator[tuple[str, Outcome]]:
    random = Random(options.seed)
    for turn in range(options.count):
        at = random.choice(reference.points)
        again = random.randrange(len(reference.moments) - reference.first)
        yield f"{at}, then {again}", trials.kill(reference, forge, at, again, way=turn)


def _undo(reference: Reference, forge: Forge, options: argparse.Namespace) -> Iterator[tuple[str, Outcome]]:
    for at, where in _points(reference, list(reference.points), options):
        yield where, trials.kill_and_undo(reference, forge, at)


def _journal(
    reference: Reference, forge: Forge, options: argparse.Namespace
) -> Iterator[tuple[str, Outcome]]:
    for at, where in _points(reference, trials.before_tidying(reference), options):
        yield where, trials.kill_and_lose_journal(reference, forge, at)


def _tokens(reference: Reference, forge: Forge, options: argparse.Namespace) -> Iterator[tuple[str, Outcome]]:
    for turn, (at, where) in enumerate(_points(reference, list(reference.points), options)):
        yield where, trials.kill(reference, forge, at, way=turn, token_lifetime=trials.SHORT_LIVED, gap=GAP)


def _late(reference: Reference, forge: Forge, options: argparse.Namespace) -> Iterator[tuple[str, Outcome]]:
    for turn, (at, where) in enumerate(_points(reference, list(reference.points), options)):
        yield where, trials.kill(reference, forge, at, way=turn, gap=LATE)


def _interrupt(
    reference: Reference, forge: Forge, options: argparse.Namespace
) -> Iterator[tuple[str, Outcome]]:
    for turn, (at, where) in enumerate(_points(reference, trials.middles_of_waits(reference), options)):
        yield where, trials.interrupt(reference, forge, at, way=turn)


def _trouble(
    reference: Reference, forge: Forge, options: argparse.Namespace
) -> Iterator[tuple[str, Outcome]]:
    for name in options.trouble or TROUBLES:
        for turn, (at, where) in enumerate(_points(reference, list(reference.points), options)):
            outcome = trials.kill_in_trouble(reference, forge, at, TROUBLES[name], way=turn)
            yield f"{where}, {name}{', resumed' if turn % 2 else ''}", outcome


def _unwritable(
    reference: Reference, forge: Forge, options: argparse.Namespace
) -> Iterator[tuple[str, Outcome]]:
    for turn, (at, where) in enumerate(_points(reference, list(reference.points), options)):
        failures, same = 1 + turn // 2 % 5, bool(turn % 2)
        yield where, unwritten.unwritable(reference, forge, at, failures=failures, same=same, way=turn // 2)


def _storm(reference: Reference, forge: Forge, options: argparse.Namespace) -> Iterator[tuple[str, Outcome]]:
    for turn, (at, where) in enumerate(_points(reference, list(reference.points), options)):
        yield where, unwritten.storm(reference, forge, at, same=bool(turn % 2), way=turn // 2)


def _clock(reference: Reference, forge: Forge, options: argparse.Namespace) -> Iterator[tuple[str, Outcome]]:
    for turn, (at, where) in enumerate(_points(reference, list(reference.points), options)):
        off = JUMPS[turn % len(JUMPS)]
        outcome = trials.kill(
            reference, forge, at, way=turn, token_lifetime=trials.SHORT_LIVED, gap=GAP, clock_off=off
        )
        yield f"{where}, clock off by {off / 3600:+g} h", outcome


TRIALS: dict[str, Trial] = {
    "kill": _kill,
    "double": _double,
    "undo": _undo,
    "journal": _journal,
    "tokens": _tokens,
    "late": _late,
    "interrupt": _interrupt,
    "unwritable": _unwritable,
    "storm": _storm,
    "trouble": _trouble,
    "clock": _clock,
}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--trial", choices=TRIALS, default="kill")
    parser.add_argument("--scenario", choices=SCENARIOS, action="append", help="all that fit by default")
    parser.add_argument("--stride", type=int, default=1, help="take every so-many-th point")
    parser.add_argument("--count", type=int, default=100, help="of random pairs of points (double)")
    parser.add_argument("--seed", type=int, default=1, help="of what is random (double)")
    parser.add_argument("--trouble", choices=TROUBLES, action="append", help="all by default (trouble)")
    parser.add_argument("--planning", action="store_true", help="kill while it plans as well (kill)")
    return parser.parse_args()


def _names(options: argparse.Namespace) -> list[str]:
    """Scenarios that are asked for; what is undone or begun anew has to be a call."""
    calls_only = options.trial in {"undo", "journal"}
    return [
        name
        for name, scenario in SCENARIOS.items()
        if name in (options.scenario or SCENARIOS) and not (calls_only and scenario.do != "call")
    ]


def main() -> int:
    """Print one line a scenario, and what failed; 1 where anything did."""
    options = _options()
    print(f"trial {options.trial}, stride {options.stride}, seed {options.seed}")
    print(f"{'scenario':16} {'points':>6} {'written':>7} {'before':>6} {'after':>6} {'trials':>6} ", end="")
    print(f"{'kills':>6} {'twice':>6} {'failed':>6} {'seconds':>7}")
    failed = 0
    with tempfile.TemporaryDirectory() as home, Forge(Path(home)) as forge:
        for name in _names(options):
            failed += _sweep(record(forge, SCENARIOS[name]), forge, options)
    return 1 if failed else 0


def _sweep(reference: Reference, forge: Forge, options: argparse.Namespace) -> int:
    began = time.monotonic()
    outcomes = list(TRIALS[options.trial](reference, forge, options))
    labels = [reference.moments[i].split()[0] for i in reference.points]
    counts = [len(labels), *(labels.count(label) for label in ("journal", "before", "after"))]
    failures = [(where, o) for where, o in outcomes if o.problems]
    counts += [len(outcomes), sum(o.kills for _, o in outcomes), sum(o.duplicates for _, o in outcomes)]
    widths = (6, 7, 6, 6, 6, 6, 6, 6)
    numbers = " ".join(f"{n:>{w}}" for n, w in zip([*counts, len(failures)], widths, strict=True))
    print(f"{reference.scenario.name:16} {numbers} {time.monotonic() - began:>7.0f}", flush=True)
    for where, outcome in failures:
        print(f"  at {where}")
        for problem in outcome.problems[:6]:
            print(f"    {problem[:400]}")
    return len(failures)


if __name__ == "__main__":
    sys.exit(main())
