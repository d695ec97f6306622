"""Fixtures for pytest; the top ``conftest.py`` says that it wants them.

    pytest_plugins = ["swaslift.testing.fixtures"]

`swaslift_emulator` is a cloud of one's own, `swaslift_clock` time that is held, and `swaslift_cassette`
plays a cassette; ``pytest --swaslift-record=emulator`` (or ``live``, which spends your money) writes it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from swaslift.clock import VirtualClock
from swaslift.emulator import Emulator
from swaslift.testing.sessions import Tape, record, replay

OpenCassette = Callable[..., AbstractContextManager[Tape]]
"""``open_cassette(name, about=..., **options)``; the options are those of `swaslift.testing.record`."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--swaslift-record``."""
    parser.getgroup("swaslift").addoption(
        "--swaslift-record",
        choices=["emulator", "live"],
        help="write the cassettes of the tests that run, against swaslift's emulator or the live cloud",
    )


@pytest.fixture
def swaslift_emulator() -> Iterator[Emulator]:
    """A running emulator with its default inventory; its time passes when a client waits."""
    with Emulator(speed=None) as running:
        yield running


@pytest.fixture
def swaslift_clock() -> VirtualClock:
    """Time that passes only when a client waits, for ``Client(clock=...)``; nobody really sleeps."""
    return VirtualClock()


@pytest.fixture
def swaslift_cassettes(request: pytest.FixtureRequest) -> Path:
    """Where the cassettes of a test are: in ``cassettes`` beside it. Override it for another place."""
    return request.path.parent / "cassettes"


@pytest.fixture
def swaslift_cassette(request: pytest.FixtureRequest, swaslift_cassettes: Path) -> OpenCassette:
    """Opens a cassette by its name, to be used with ``with``.

    The test fails where something is sent that the cassette does not hold, and where it holds something
    that was not asked for.
    """
    mode = request.config.getoption("--swaslift-record")

    def open_cassette(name: str, *, about: str = "", **options: Any) -> AbstractContextManager[Tape]:
        path = swaslift_cassettes / f"{name}.yaml"
        if mode is None:
            return replay(path, hide=options.get("hide"))
        emulator = request.getfixturevalue("swaslift_emulator") if mode == "emulator" else None
        return record(path, about=about or f"recorded by {request.node.name}", emulator=emulator, **options)

    return open_cassette
