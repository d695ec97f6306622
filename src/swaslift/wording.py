"""Numbers, times and choices in sentences: the one way in which plans, reports, errors and the command write them."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

_SHOWN = 8
"""Choices that are listed where nothing is near to what was given."""


def number(value: float) -> str:
    """A number with at most two decimals: ``511``, ``2.5``, ``0.25``."""
    text = f"{value:.2f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def money(amount: float, currency: str) -> str:
    """A sum: ``423.40 CNY``."""
    return f"{amount:.2f} {currency}".rstrip()


def counted(count: float, noun: str) -> str:
    """A number of things: ``1 server``, ``3 servers``, ``2.5 months``."""
    return f"{number(count)} {noun}" if count == 1 else f"{number(count)} {noun}s"


def listed(noun: str, names: Sequence[str]) -> str:
    """Things by their names: ``account 1``, ``accounts 1, 2``."""
    return f"{noun}{'s' if len(names) > 1 else ''} {', '.join(names)}"


def duration(seconds: float) -> str:
    """How long something takes: ``45 s``, ``43 min``, ``2 h 15 min``, ``3 d 4 h``."""
    if round(seconds) < 60:
        return f"{max(0, round(seconds))} s"
    minutes = round(seconds / 60)
    if minutes < 90:
        return f"{minutes} min"
    if minutes < 48 * 60:
        return _two(minutes // 60, "h", minutes % 60, "min")
    hours = round(minutes / 60)
    return _two(hours // 24, "d", hours % 24, "h")


def _two(large: int, unit: str, small: int, lower: str) -> str:
    return f"{large} {unit} {small} {lower}" if small else f"{large} {unit}"


def minute(at: datetime) -> str:
    """A time to the minute: ``2026-11-01 08:31 UTC``."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def day(at: datetime) -> str:
    """A day: ``2026-11-01 UTC``."""
    return f"{at.astimezone(UTC):%Y-%m-%d} UTC"


def nearest(given: object, known: Iterable[str], most: int = 3) -> list[str]:
    """The choices that a mistyped one may have meant, the most likely first; letter case does not count."""
    choices = {choice.casefold(): choice for choice in known if choice}
    wanted = str(given).strip().casefold()
    found = difflib.get_close_matches(wanted, choices, n=most, cutoff=0.6)
    return [choices[one] for one in found]


def instead(given: object, known: Iterable[str], otherwise: str = "") -> str:
    """What to give instead of something mistyped: the nearest choices.

    Args:
        given: what was given.
        known: the choices.
        otherwise: what to say where nothing is near; the first of the choices by default.
    """
    choices = list(dict.fromkeys(choice for choice in known if choice))
    if near := nearest(given, choices):
        return f"Did you mean {' or '.join(map(repr, near))}?"
    if otherwise or not choices:
        return otherwise
    more = f" and {len(choices) - _SHOWN} more" if len(choices) > _SHOWN else ""
    return f"Give one of {', '.join(choices[:_SHOWN])}{more}"
