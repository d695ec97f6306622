"""No name but loopback's is looked up: a test of far hosts must not depend on a resolver."""

from __future__ import annotations

import socket
from typing import Any

import pytest

_getaddrinfo = socket.getaddrinfo


def _loopback_alone(host: Any, *args: Any, **rest: Any) -> Any:
    name = host.decode() if isinstance(host, bytes) else str(host)
    if name in {"localhost", "::1"} or name.startswith("127."):
        return _getaddrinfo(host, *args, **rest)
    raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


@pytest.fixture(autouse=True)
def no_resolver(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", _loopback_alone)
