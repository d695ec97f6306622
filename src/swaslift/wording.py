"""Numbers, times and choices in sentences: the one way in which plans, reports, errors and the command write them."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

_SHOWN = 8
"""Choices that are listed."""


def number(value: float) -> str:
    """A number with at most two decimals: ``511``, ``2.5``, ``0.25``."""
    text = f"{value:.2f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def money(amount: float, currency: str) -> str:
    """A sum: ``423.40 CNY``."""
    return f"{amount:.2f} {currency}".rstrip()


def counted(count: float, noun: str) -> str:
    """A number of things: ``1 server``, ``3 servers``, ``2.5 months``."""
    return f"{number(count)} {noun if count == 1 else plural(noun)}"


def plural(noun: str) -> str:
    """``servers``, ``vSwitches``."""
    return f"{noun}es" if noun.endswith(("s", "x", "ch", "sh")) else f"{noun}s"


def listed(noun: str, names: Sequence[str]) -> str:
    """Things by their names: ``account 1``, ``accounts 1, 2``."""
    return f"{plural(noun) if len(names) > 1 else noun} {', '.join(names)}"


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


def nearest(given: object, known: Iterable[str]) -> str | None:
    """The choice that a mistyped one most likely meant; letter case does not count."""
    choices = {choice.casefold(): choice for choice in known if choice}
    found = difflib.get_close_matches(str(given).strip().casefold(), choices, n=1, cutoff=0.6)
    return choices[found[0]] if found else None


def meant(given: object, known: Iterable[str], then: str = "") -> str:
    """The nearest choice as a question, if one is near, before what else there is to say."""
    near = nearest(given, known)
    question = "" if near is None else f"Did you mean {near!r}?"
    return " ".join(filter(None, (question, then)))


def instead(given: object, known: Iterable[str]) -> str:
    """What to give instead of something mistyped: the nearest choice, and the others."""
    choices = list(dict.fromkeys(choice for choice in known if choice))
    more = f" and {len(choices) - _SHOWN} more" if len(choices) > _SHOWN else ""
    return meant(given, choices, f"Give one of {', '.join(choices[:_SHOWN])}{more}" if choices else "")
