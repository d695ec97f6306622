"""An emulator on a virtual clock, and clients for it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from swaslift.emulator import Emulator
from tests.emulator.sdk import Sdk
from tests.emulator.swas_steps import Steps

if TYPE_CHECKING:
    from collections.abc import Iterator

START = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)


@pytest.fixture
def cloud() -> Iterator[Emulator]:
    """The default inventory; time stands still until it is advanced."""
    with Emulator(speed=None, start=START, seed=7) as running:
        yield running


@pytest.fixture
def sdk(cloud: Emulator) -> Sdk:
    """Clients of the first account."""
    return Sdk(cloud)


@pytest.fixture
def swas(cloud: Emulator) -> Steps:
    """The first account at work on SWAS."""
    return Steps(cloud)
