"""A shut network: a replay that opens a socket, or asks for a name, fails."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any, NoReturn

import pytest


@pytest.fixture
def shut() -> Iterator[None]:
    """No socket can be made and no name be looked up; name it last, after what needs an emulator."""

    def refuse(*_args: Any, **_kwargs: Any) -> NoReturn:
        raise AssertionError("the network is shut")

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(socket.socket, "__init__", refuse)
        for name in ("getaddrinfo", "gethostbyname", "create_connection"):
            patched.setattr(socket, name, refuse)
        yield
