"""Small readings of the services' field formats, shared by the products."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

_FORMATS = ("%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%MZ", "%Y-%m-%dT%H:%M:%S.%fZ", "%Y-%m-%d %H:%M:%S.%f")


def when(text: str | None) -> datetime | None:
    """A time in UTC; the services write it with and without seconds."""
    for form in _FORMATS if text else ():
        try:
            return datetime.strptime(text or "", form).replace(tzinfo=UTC)
        except ValueError:
            continue
    return None


def percent(text: str | int | None) -> int:
    """``"47%"`` as 47; empty as 0."""
    digits = str(text or "0").rstrip("%").strip()
    return int(float(digits)) if digits.replace(".", "", 1).isdigit() else 0


def text(encoded: str | None) -> str:
    """Text that an answer spells in Base64; one that is none is passed as it is."""
    try:
        return base64.b64decode(encoded or "", validate=True).decode("utf-8", "replace")
    except binascii.Error:
        return encoded or ""


def number(value: str | int | float | None) -> int:
    """A whole number that some answers spell as a string; what is missing counts as 0."""
    try:
        return int(float(value or 0))
    except ValueError:
        return 0


def flag(value: str | bool | None) -> bool:
    """A boolean that some answers spell as a string."""
    return value if isinstance(value, bool) else str(value).lower() == "true"


def tags(items: Iterable[Mapping[str, Any]] | None, key: str = "Key", value: str = "Value") -> dict[str, str]:
    """A list of key and value pairs as a mapping."""
    return {str(t[key]): str(t.get(value, "")) for t in items or ()}


def tag_list(tags: Mapping[str, str] | None) -> list[dict[str, str]] | None:
    """A mapping as the list that requests take."""
    return [{"Key": k, "Value": v} for k, v in tags.items()] if tags else None


def id_list(ids: Iterable[str] | None) -> str | None:
    """Ids as the JSON text that requests take."""
    return None if ids is None else json.dumps(list(ids))


def count(ids: Sequence[str] | None) -> int | None:
    """How many items there can be, where ids are asked for."""
    return None if ids is None else len(ids)


def given(**params: Any) -> dict[str, Any]:
    """The parameters that have a value."""
    return {k: v for k, v in params.items() if v is not None}
