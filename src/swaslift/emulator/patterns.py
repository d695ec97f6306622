"""Names with ``*`` in them."""

from __future__ import annotations


def like(pattern: str, text: str) -> bool:
    """Whether a text fits a pattern in which ``*`` stands for any characters."""
    first, *inner = pattern.split("*")
    if not inner:
        return text == pattern
    *inner, last = inner
    if not text.startswith(first) or not text.endswith(last) or len(text) < len(first) + len(last):
        return False
    at, end = len(first), len(text) - len(last)
    for part in inner:
        found = text.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return True
