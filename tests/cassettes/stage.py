"""Where the cassettes are, and the emulated cloud that they are recorded of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from swaslift import Client
from swaslift.emulator import Emulator
from tests.cassettes.scenarios import Scenario
from tests.support import client_of

ROOT = Path(__file__).resolve().parents[2] / "cassettes"
"""``emulator``, ``live`` and ``vendor-doc-example``: a folder for each provenance."""

START = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)


def files(*sources: str) -> list[Path]:
    """The cassettes of these provenances, or all."""
    return sorted(p for p in ROOT.glob("*/*.yaml") if not sources or p.parent.name in sources)


def stage_of(scenario: Scenario) -> AbstractContextManager[Emulator]:
    """The cloud as it is before a scenario."""
    return cloud_with(scenario.before)


@contextmanager
def cloud_with(before: Callable[[Emulator, Client], None]) -> Iterator[Emulator]:
    """A cloud in which something was arranged: the same each time."""
    with Emulator(speed=None, start=START, seed=7) as cloud:
        # A journal of its own: what is arranged is no part of what is recorded.
        with (
            TemporaryDirectory() as place,
            client_of(cloud, random=Random(7), journal=f"{place}/journal.db") as lift,
        ):
            before(cloud, lift)
        cloud.log.clear()
        yield cloud
