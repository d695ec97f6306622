"""Tables for a console that never break a word: an id that is copied from a terminal has to be whole."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from swaslift.planning.sheet import Column

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType, RenderResult

_GAP = 2
"""Columns between two cells."""
_INDENT = 4
"""Columns before the lines of a block, but for its first."""
_READABLE = 16
"""Columns that a cell of several lines has at least, where it has as much to say."""


class Paragraph:
    """Text for a rich console that is broken into lines between words alone."""

    def __init__(self, text: Text, indent: int = 0) -> None:
        self.text = text.copy()
        self.text.overflow = "ignore"
        self.indent = indent

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for line in self.text.wrap(console, max(options.max_width - self.indent, 1)):
            line.rstrip()
            yield Text(" " * self.indent, overflow="ignore", no_wrap=True).append_text(line)


class Grid:
    """A table for a rich console; where it does not fit, each row is a block with a line for each cell."""

    def __init__(self, columns: Sequence[Column], rows: Sequence[Sequence[Text]]) -> None:
        self.columns = columns
        self.rows = rows

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        widths = self._widths(options.max_width)
        if widths is None:
            yield from self._blocks()
        else:
            yield self._table(widths)

    def _widths(self, width: int) -> list[int] | None:
        """Columns for each cell of a row; None where the words do not fit."""
        full = [max(map(cell_len, column), default=0) for column in self._lines()]
        least = [
            max(min(most, _READABLE), *(cell_len(word) for line in lines for word in line.split()), 0)
            if column.wraps
            else most
            for column, lines, most in zip(self.columns, self._lines(), full, strict=True)
        ]
        spare = width - sum(least) - _GAP * (len(least) - 1)
        if spare < 0:
            return None
        wanted = [most - some for most, some in zip(full, least, strict=True)]
        if sum(wanted) > spare:
            # What a column lacks decides how much of the rest it gets.
            wanted = [spare * lack // sum(wanted) for lack in wanted]
        return [some + more for some, more in zip(least, wanted, strict=True)]

    def _lines(self) -> list[list[str]]:
        """The lines of each column, its head included."""
        return [
            [column.head, *(line for row in self.rows for line in row[number].plain.split("\n"))]
            for number, column in enumerate(self.columns)
        ]

    def _table(self, widths: Sequence[int]) -> Table:
        table = Table(
            box=None, pad_edge=False, padding=(0, _GAP, 0, 0), show_header=any(c.head for c in self.columns)
        )
        for column, width in zip(self.columns, widths, strict=True):
            table.add_column(
                column.head,
                width=width,
                style=column.style,
                justify="right" if column.right else "left",
                no_wrap=not column.wraps,
            )
        for row in self.rows:
            table.add_row(*row)
        return table

    def _blocks(self) -> Iterable[RenderableType]:
        for number, row in enumerate(self.rows):
            if number:
                yield Text()
            for at, (column, cell) in enumerate(zip(self.columns, row, strict=True)):
                if cell:
                    label = f"{column.head}: " if column.head else ""
                    yield Paragraph(Text(label).append_text(cell), _INDENT if at else 0)


def paragraph(text: str, style: str = "") -> Paragraph:
    """Text of one style, broken into lines between words alone."""
    return Paragraph(Text(text, style=style))


def bullets(lines: Iterable[str]) -> Grid:
    """A list, each of its lines indented behind its mark."""
    return Grid((Column(), Column(wraps=True)), [(Text("*"), Text(line)) for line in lines])
