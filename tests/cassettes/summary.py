"""The line about the cassettes at the end of a test run."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime

from swaslift.testing.files import load
from tests.cassettes.stage import files


def line(today: date | None = None) -> str:
    """How many cassettes there are, where they come from, and how old they are."""
    told = [load(path).provenance for path in files()]
    if not told:
        return "cassettes: none"
    counts = Counter(p.provenance for p in told)
    sources = ", ".join(f"{counts[s]} {s}" for s in ("emulator", "vendor-doc-example", "live"))
    ages = sorted(p.age(today or datetime.now(UTC).date()) for p in told)
    return f"cassettes: {len(told)} ({sources}), {ages[0]} to {ages[-1]} days old"
