"""Numbers in sentences."""

from __future__ import annotations

from collections.abc import Sequence


def counted(number: float, noun: str) -> str:
    """A number of things: ``1 server``, ``3 servers``, ``2.5 minutes``."""
    return f"{number:g} {noun}" if number == 1 else f"{number:g} {noun}s"


def listed(noun: str, names: Sequence[str]) -> str:
    """Things by their names: ``account 1``, ``accounts 1, 2``."""
    return f"{noun}{'s' if len(names) > 1 else ''} {', '.join(names)}"
