"""What a list call gives."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Generic, TypeVar

from swaslift.models import Record
from swaslift.planning.lookup import shown
from swaslift.planning.regions import Unasked
from swaslift.planning.sheet import Sheet, Table, as_html, as_text, renderable
from swaslift.wording import counted, plural

T = TypeVar("T")


def _state(one: object) -> str:
    """The state of a record in a word."""
    return one.words().get("status", "") if isinstance(one, Record) else ""


class Listing(Iterator[T], Generic[T]):
    """Records, to iterate over once.

    Those of one region are fetched as you go, page by page. Those of several regions are read when the call
    returns, and can be shown as a table.

    Attributes:
        unasked: what could not be asked of several regions, and why; the records of those are missing.
    """

    def __init__(self, word: str, items: Iterable[T], unasked: Sequence[Unasked] = ()) -> None:
        self._word = word
        self._read = tuple(items) if isinstance(items, list | tuple) else None
        self._items = iter(items)
        self.unasked = tuple(unasked)

    def __iter__(self) -> Listing[T]:
        return self

    def __next__(self) -> T:
        return next(self._items)

    def __str__(self) -> str:
        sheet = self._sheet()
        return repr(self) if sheet is None else as_text(renderable(sheet))

    def __repr__(self) -> str:
        if self._read is None:
            return f"<{plural(self._word)}, fetched as they are iterated over; list(...) reads them all>"
        return f"<{counted(len(self._read), self._word)}{', some regions not asked' if self.unasked else ''}>"

    def _repr_html_(self) -> str | None:
        sheet = self._sheet()
        return None if sheet is None else as_html("sheet.html.j2", sheet=sheet)

    def _sheet(self) -> Sheet | None:
        """The table; None when the records are fetched one by one."""
        if self._read is None:
            return None
        rows = tuple((str(getattr(one, "region_id", "")), shown(one), _state(one)) for one in self._read)
        columns = ("region", self._word, "status")
        return Sheet(
            counted(len(self._read), self._word), (Table("", columns, rows),), tuple(map(str, self.unasked))
        )
