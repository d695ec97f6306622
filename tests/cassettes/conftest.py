"""A shut network: a replay that opens a socket, or asks for a name, fails."""

from __future__ import annotations

import socket
from typing import Any, NoReturn

import pytest


@pytest.fixture
def shut(monkeypatch: pytest.MonkeyPatch) -> None:
    """No socket can be made and no name be looked up."""

    def refuse(*_args: Any, **_kwargs: Any) -> NoReturn:
        raise AssertionError("the network is shut")

    monkeypatch.setattr(socket.socket, "__init__", refuse)
    for name in ("getaddrinfo", "gethostbyname", "create_connection"):
        monkeypatch.setattr(socket, name, refuse)
