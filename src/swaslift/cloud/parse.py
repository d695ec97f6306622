"""The services' field formats: answers read field by field, and values as requests take them.

`Fields` is the only way from an answer to a record. It is tolerant where the services spell a value in
several ways (numbers as text, times, letter case), and strict otherwise: what cannot be read raises
`Unreadable`, which names the field and the value, and is never taken for a field that is absent. Absent
is what is missing, null or empty text.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

T = TypeVar("T")

_LARGEST = 2**63
_EMPTY: tuple[Any, ...] = (None, "")


class Unreadable(Exception):  # the caller makes an `UnreadableAnswer` of it, with action and region
    """A field that cannot be read.

    Attributes:
        field: the path of the field.
        value: what is there; None when nothing is.
        expected: what should be there.
    """

    def __init__(self, field: str, value: object, expected: str) -> None:
        self.field = field
        self.value = value
        self.expected = expected
        super().__init__(f"{field} is {value!r}, expected {expected}")


class Fields:
    """One object of an answer.

    Each method reads one field, and raises `Unreadable` when it cannot. Fields are optional, except where a
    method says otherwise.

    Args:
        values: the object as the service sent it.
        path: where it is in the answer.
    """

    __slots__ = ("_path", "_values")

    def __init__(self, values: object, path: str = "") -> None:
        if not isinstance(values, Mapping):
            raise Unreadable(path or "body", values, "an object")
        self._values: Mapping[str, Any] = values
        self._path = path

    @property
    def whole(self) -> dict[str, Any]:
        """The object as it was sent."""
        return dict(self._values)

    def _field(self, name: str) -> str:
        return f"{self._path}.{name}" if self._path else name

    def _read(self, name: str, read: Callable[[Any], T], absent: T, expected: str) -> T:
        value = self._values.get(name)
        if value is None or value == "":
            return absent
        try:
            return read(value)
        except (ValueError, TypeError, OverflowError):
            raise Unreadable(self._field(name), value, expected) from None

    def text(self, name: str, absent: str = "") -> str:
        """Text; a whole number is taken as its digits."""
        return self._read(name, _text, absent, "text")

    def needed(self, name: str) -> str:
        """Text that has to be there: an id, or the name of what has no id."""
        found = self.text(name)
        if not found:
            raise Unreadable(self._field(name), self._values.get(name), "text")
        return found

    def spelled(self, name: str, *spellings: str, absent: str = "") -> str:
        """A value of an enumeration, as the documents spell it whatever its letter case; a new one as it is."""
        found = self.text(name, absent)
        return next((s for s in spellings if s.lower() == found.lower()), found)

    def whole_number(self, name: str) -> int | None:
        """A whole number, also as text; None when it is absent."""
        return self._read(name, _whole, None, "a whole number")

    def number(self, name: str) -> int:
        """A whole number, also as text; 0 when it is absent."""
        return self.whole_number(name) or 0

    def decimal(self, name: str) -> float:
        """A number, also as text; 0 when it is absent."""
        return self._read(name, _decimal, 0.0, "a number")

    def price(self, name: str) -> float:
        """A number that has to be there: without it something would seem to be free."""
        if self._values.get(name) in _EMPTY:
            raise Unreadable(self._field(name), self._values.get(name), "a number")
        return self.decimal(name)

    def percent(self, name: str) -> int:
        """``"47%"`` as 47; 0 when it is absent."""
        return self._read(name, _percent, 0, "a percentage from 0 to 100")

    def flag(self, name: str) -> bool:
        """A boolean, also as text; False when it is absent."""
        return self.flag_if_given(name) or False

    def flag_if_given(self, name: str) -> bool | None:
        """A boolean, also as text; None when it is absent."""
        return self._read(name, _flag, None, "true or false")

    def when(self, name: str) -> datetime | None:
        """A time in UTC; see `when`."""
        return self._read(name, when, None, "a time")

    def base64(self, name: str) -> str:
        """Text that the service encodes in Base64; text that is none is passed as it is."""
        found = self.text(name)
        try:
            return base64.b64decode(found, validate=True).decode("utf-8", "replace")
        except (binascii.Error, ValueError):
            return found

    def texts(self, name: str, *deeper: str) -> tuple[str, ...]:
        """A list of texts, inside of objects when several names are given; also as the text of a JSON list."""
        if deeper:
            return self.inside(name).texts(*deeper)
        value, field = self._values.get(name), self._field(name)
        if isinstance(value, str) and value:
            try:
                value = json.loads(value)
            except (ValueError, RecursionError):
                raise Unreadable(field, value, "a list") from None
        return tuple(_member(item, f"{field}[{n}]") for n, item in enumerate(_list(value, field) or ()))

    def ids(self, name: str, *deeper: str) -> tuple[str, ...]:
        """A list of ids that has to hold at least one."""
        found = self.texts(name, *deeper)
        if not found or not all(found):
            raise Unreadable(self._field(".".join((name, *deeper))), found or None, "a list of ids")
        return found

    def items(self, name: str, *deeper: str, needed: bool = False) -> list[Fields]:
        """A list of objects, inside of objects when several names are given.

        Args:
            name: where it is.
            deeper: where it is in that object.
            needed: whether it has to be there.
        """
        if deeper:
            return self.inside(name).items(*deeper, needed=needed)
        field = self._field(name)
        found = _list(self._values.get(name), field)
        if found is None and needed:
            raise Unreadable(field, None, "a list")
        return [Fields(item, f"{field}[{n}]") for n, item in enumerate(found or ())]

    def inside(self, name: str) -> Fields:
        """An object; an empty one when it is absent."""
        value = self._values.get(name)
        return Fields({} if value in _EMPTY else value, self._field(name))

    def needed_inside(self, name: str) -> Fields:
        """An object that has to be there."""
        return Fields(self._values.get(name), self._field(name))

    def tags(self, name: str, *deeper: str, key: str = "Key", value: str = "Value") -> dict[str, str]:
        """A list of key and value pairs as a mapping."""
        return {t.needed(key): t.text(value) for t in self.items(name, *deeper)}


def _list(value: object, field: str) -> list[Any] | None:
    if value is None or value == "":
        return None
    if not isinstance(value, list):
        raise Unreadable(field, value, "a list")
    return value


def _member(value: object, field: str) -> str:
    try:
        return _text(value)
    except TypeError:
        raise Unreadable(field, value, "text") from None


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise TypeError


def _decimal(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise TypeError
    if isinstance(value, str) and not (value.isascii() and "_" not in value):
        raise ValueError
    found = float(value)
    if not math.isfinite(found):
        raise ValueError
    return found


def _whole(value: object) -> int:
    found = _decimal(value)
    if not found.is_integer() or abs(found) >= _LARGEST:
        raise ValueError
    return value if isinstance(value, int) else int(found)


def _percent(value: object) -> int:
    found = _decimal(value.strip().removesuffix("%").strip() if isinstance(value, str) else value)
    if not 0 <= found <= 100:
        raise ValueError
    return int(found)


def _flag(value: object) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in {"true", "false"}:
        return value.lower() == "true"
    raise TypeError


def when(text: object) -> datetime:
    """A time in UTC.

    The services write it with and without seconds, with fractions, and with ``Z`` or an offset (``+0000``,
    ``+08:00``). One without a zone is taken as UTC.

    Raises:
        ValueError: it is no time.
        TypeError: it is no text.
        OverflowError: it is too far away.
    """
    if not isinstance(text, str):
        raise TypeError
    spelled = text.strip()
    if len(spelled) < len("2024-03-01T16:00"):
        raise ValueError
    found = datetime.fromisoformat(spelled)
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


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
