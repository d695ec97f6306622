"""``make test`` tells how many cassettes there are, of what, and how old."""

from __future__ import annotations

import re
from datetime import date, timedelta

from swaslift.testing.files import load
from tests.cassettes.stage import files
from tests.cassettes.summary import line


def test_it_counts_by_provenance_and_age() -> None:
    recorded = [load(p).provenance.recorded for p in files()]
    told = re.fullmatch(
        r"cassettes: (\d+) \((\d+) emulator, (\d+) vendor-doc-example, (\d+) live\), (\d+) to (\d+) days old",
        line(max(recorded) + timedelta(days=3)),
    )
    assert told
    total, *each, youngest, oldest = (int(n) for n in told.groups())
    assert total == sum(each) == len(files())
    assert each[:2] == [len(files("emulator")), len(files("vendor-doc-example"))]
    assert (youngest, oldest) == (3, 3 + (max(recorded) - min(recorded)).days)


def test_a_day_counts_as_one() -> None:
    told = load(files()[0]).provenance
    assert told.age(told.recorded + timedelta(days=1)) == 1
    assert told.age(date(told.recorded.year, told.recorded.month, told.recorded.day)) == 0
