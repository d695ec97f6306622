"""Filters that several lists have."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from swaslift.emulator.ecs.rules import documented

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from swaslift.emulator.service import Call

_MINUTE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}Z")


def minute(text: Any) -> datetime | None:
    """A moment of the form ``2026-11-01T08:00Z``; None if it is none."""
    if _MINUTE.fullmatch(str(text)) is None:
        return None
    try:
        return datetime.strptime(str(text), "%Y-%m-%dT%H:%MZ").replace(tzinfo=UTC)
    except ValueError:
        return None


def periods(call: Call, **moments: str) -> dict[str, tuple[datetime, datetime]]:
    """``Filter.N``: the periods asked for, by the field that they bound; ``Creation`` and ``Expired``, say.

    Args:
        call: The call.
        moments: The fields, by the first part of the keys ``...StartTime`` and ``...EndTime``.

    Raises:
        ServiceError: A key or a value is not valid.
    """
    always = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
    found = dict.fromkeys(moments.values(), always)
    for one in call.get("Filter") or []:
        key, when = str(one.get("Key")), minute(one.get("Value"))
        field = moments.get(key.removesuffix("StartTime").removesuffix("EndTime"))
        if field is None or not key.endswith(("StartTime", "EndTime")):
            raise documented(
                call, ("InvalidFilterKey.NotFound", "InvalidParameter"), f"There is no filter {key!r}."
            )
        if when is None:
            raise documented(
                call,
                ("InvalidFilterValue", "InvalidParameter"),
                f"The value of the filter {key} is not valid.",
            )
        since, until = found[field]
        found[field] = (max(since, when), until) if key.endswith("StartTime") else (since, min(until, when))
    return found


def shown(call: Call, body: Mapping[str, Any], fields: Sequence[str]) -> bool:
    """Whether an entry of the answer has what is asked for in the fields of the same names."""
    return all(call.get(name) in {None, body.get(name)} for name in fields)


def asked(call: Call, names: Sequence[str]) -> bool:
    """Whether a call filters by one of these."""
    return any(call.get(name) is not None for name in names)


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
