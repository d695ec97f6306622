"""Numbers in texts: ASCII digits, and no more of them than a 64-bit number has."""

from __future__ import annotations

import re

_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
_NUMBER = re.compile(r"[+-]?[0-9]{1,18}(\.[0-9]{1,18})?")


def integer(text: str) -> int:
    """An integer; raises `ValueError`."""
    if _INTEGER.fullmatch(text) is None:
        raise ValueError(f"{text:.40} is not an integer")
    return int(text)


def number(text: str) -> float:
    """A number with or without decimals; raises `ValueError`."""
    if _NUMBER.fullmatch(text) is None:
        raise ValueError(f"{text:.40} is not a number")
    return float(text)


def positive(text: str) -> bool:
    """Whether a text is a number without a sign."""
    return _NUMBER.fullmatch(text) is not None and text[0] not in "+-"


def digits(text: str) -> bool:
    """Whether a text is an unsigned integer."""
    return _INTEGER.fullmatch(text) is not None and text[0] not in "+-"
