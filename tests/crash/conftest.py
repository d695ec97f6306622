"""The warm process, and the runs that nobody kills: each recorded once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

import pytest

from tests.crash.forge import Forge
from tests.crash.proof import Reference, record
from tests.crash.scenarios import SCENARIOS

Recorded = Callable[[str], Reference]


@pytest.fixture(scope="session")
def forge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forge]:
    """Where processes come from."""
    with Forge(tmp_path_factory.mktemp("forge")) as warm:
        yield warm


@pytest.fixture(scope="session")
def recorded(forge: Forge) -> Recorded:
    """The run of a scenario that nobody killed."""
    return cache(lambda name: record(forge, SCENARIOS[name]))
