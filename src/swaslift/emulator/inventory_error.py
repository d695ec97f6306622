"""The error of an inventory that makes no sense, and the helpers that find it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


class InventoryError(ValueError):
    """An inventory is wrong; the message names the key and the remedy."""

    def __init__(self, key: str, wrong: str, remedy: str) -> None:
        super().__init__(f"inventory, {key}: {wrong}; {remedy}")
        self.key = key
        self.remedy = remedy


class Entry:
    """One object of an inventory, read key by key; what is left unread at the end is refused.

    ``where`` names it in messages, e.g. ``swas.servers[0]``.
    """

    def __init__(self, data: Any, where: str) -> None:
        if not isinstance(data, Mapping):
            raise InventoryError(where, f"{data!r} is no object", "write {...} with named keys")
        self._data = dict(data)
        self._known: set[str] = set()
        self.where = where

    def text(self, name: str, default: str | None = None) -> str:
        """A text; required where there is no default."""
        value = self._take(name, default, "a text")
        if not isinstance(value, str):
            raise self._wrong(name, value, "a text")
        return value

    def number(self, name: str, default: float | None = None) -> float:
        """A number."""
        value = self._take(name, default, "a number")
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise self._wrong(name, value, "a number")
        return value

    def integer(self, name: str, default: int | None = None) -> int:
        """An integer."""
        value = self._take(name, default, "an integer")
        if not isinstance(value, int) or isinstance(value, bool):
            raise self._wrong(name, value, "an integer")
        return value

    def flag(self, name: str, *, default: bool = False) -> bool:
        """True or false."""
        value = self._take(name, default, "true or false")
        if not isinstance(value, bool):
            raise self._wrong(name, value, "true or false")
        return value

    def choice(self, name: str, choices: Sequence[str], default: str | None = None) -> str:
        """One of some texts."""
        value = self.text(name, default)
        if value not in choices:
            raise InventoryError(
                f"{self.where}.{name}", f"{value!r} is unknown", f"choose one of {', '.join(choices)}"
            )
        return value

    def texts(self, name: str, default: Sequence[str] = ()) -> list[str]:
        """A list of texts."""
        value = self._take(name, list(default), "a list of texts")
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self._wrong(name, value, "a list of texts")
        return value

    def mapping(self, name: str) -> dict[str, str]:
        """Texts by name, e.g. tags; empty where absent."""
        value = self._take(name, {}, "an object of texts")
        if not isinstance(value, Mapping) or not all(isinstance(v, str) for v in value.values()):
            raise self._wrong(name, value, "an object of texts")
        return dict(value)

    def object(self, name: str) -> dict[str, Any]:
        """An object whose values the caller checks; empty where absent."""
        value = self._take(name, {}, "an object")
        if not isinstance(value, Mapping):
            raise self._wrong(name, value, "an object")
        return dict(value)

    def entries(self, name: str) -> list[Entry]:
        """A list of objects; empty where absent."""
        value = self._take(name, [], "a list of objects")
        if not isinstance(value, list):
            raise self._wrong(name, value, "a list of objects")
        return [Entry(item, f"{self.where}.{name}[{i}]".lstrip(".")) for i, item in enumerate(value)]

    def entry(self, name: str) -> Entry:
        """One object; required."""
        return Entry(self._take(name, None, "an object"), f"{self.where}.{name}".lstrip("."))

    @property
    def names(self) -> list[str]:
        """The keys that are there."""
        return list(self._data)

    def has(self, name: str) -> bool:
        """Whether the key is there."""
        return name in self._data

    def done(self) -> None:
        """Refuse keys that nobody asked for: most likely they are misspelt."""
        strange = sorted(set(self._data) - self._known)
        if strange:
            raise InventoryError(
                f"{self.where}.{strange[0]}".lstrip("."),
                "there is no such key",
                f"remove it, or use one of {', '.join(sorted(self._known))}",
            )

    def _take(self, name: str, default: Any, expected: str) -> Any:
        self._known.add(name)
        if name in self._data:
            return self._data[name]
        if default is None:
            raise InventoryError(f"{self.where}.{name}".lstrip("."), "it is missing", f"give {expected}")
        return default

    def _wrong(self, name: str, value: Any, expected: str) -> InventoryError:
        return InventoryError(
            f"{self.where}.{name}".lstrip("."), f"{value!r} is not {expected}", f"give {expected}"
        )
