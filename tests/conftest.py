"""What every test stands on: an emulator on a virtual clock, a client of it, and no way out.

Nothing here reaches beyond loopback, and nothing waits for real time to pass.
"""

from __future__ import annotations

import os
import socket
from datetime import UTC, datetime
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from swaslift import Client
from swaslift.emulator import Emulator
from swaslift.emulator.emulator import STRICT_VARIABLE
from tests.support import client_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

START = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)
_connect = socket.socket.connect
# Emulators of a module or a session begin before `isolated` does.
os.environ[STRICT_VARIABLE] = "1"


def _loopback_only(self: socket.socket, address: Any) -> None:
    host = address[0] if isinstance(address, tuple) else str(address)
    if isinstance(address, tuple) and not (host.startswith("127.") or host in {"::1", "localhost"}):
        raise AssertionError(f"a test tried to reach {address}, beyond loopback")
    _connect(self, address)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what the cassettes are that were played."""
    from tests.cassettes.summary import line

    terminalreporter.write_line(line())


@pytest.fixture(autouse=True)
def isolated(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No credentials, proxies or journal of the machine, and no network but loopback."""
    for name in list(os.environ):
        if name.startswith(("ALIBABA_CLOUD_", "SWASLIFT_")) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("ALIBABA_CLOUD_ECS_METADATA_DISABLED", "true")
    monkeypatch.setenv(STRICT_VARIABLE, "1")
    monkeypatch.setenv("SWASLIFT_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(socket.socket, "connect", _loopback_only)


@pytest.fixture
def cloud() -> Iterator[Emulator]:
    """The default inventory; time stands still until somebody waits."""
    with Emulator(speed=None, start=START, seed=7) as running:
        yield running


@pytest.fixture
def lift(cloud: Emulator) -> Iterator[Client]:
    """A client of the emulator's first account, in cn-hangzhou."""
    with client_of(cloud, random=Random(7)) as client:
        yield client
