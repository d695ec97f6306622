"""Whose clock takes note of the date of an answer.

The transport is shared by all clients of a process and knows only hosts. So each call names the clock of its
client before it is sent; calls of other threads do not see that.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar


def _ignore(_date: str | None) -> None:
    """Nobody asked."""


HEARD: ContextVar[Callable[[str | None], None]] = ContextVar("swaslift-dated", default=_ignore)
"""Called with the ``Date`` header of each answer of the service."""
