"""Tables for the eye: one text for a terminal, one for a notebook."""

from __future__ import annotations

import shutil
import sys
from abc import ABC, abstractmethod
from dataclasses import dataclass
from io import StringIO
from typing import TYPE_CHECKING, Any, Protocol

from swaslift.models import Record
from swaslift.runs.markup import whole

if TYPE_CHECKING:
    from rich.console import RenderableType

PLAIN_WIDTH = 100
"""Columns of text that is not printed to a terminal: a file, a pipe, a notebook."""


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes:
        head: what stands above it; empty for nothing.
        wraps: whether its cells may be broken into lines, between words alone.
        style: of the head and the cells, for a rich console.
        right: whether it is aligned to the right.
    """

    head: str = ""
    wraps: bool = False
    style: str = ""
    right: bool = False


@dataclass(frozen=True)
class Table:
    """A table; one without rows is left out.

    Attributes:
        heading: what stands above it.
        columns: heads of the columns; empty heads for none.
        rows: cells.
        wraps: the columns whose cells may be broken into lines; ids have to stay whole.
    """

    heading: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    wraps: tuple[int, ...] = ()


@dataclass(frozen=True)
class Sheet:
    """A title, tables, and remarks below them."""

    title: str
    tables: tuple[Table, ...]
    remarks: tuple[str, ...] = ()

    @property
    def shown(self) -> tuple[Table, ...]:
        """The tables that hold something."""
        return tuple(t for t in self.tables if t.rows)


class Titled(Protocol):
    """What has a name and an id."""

    @property
    def id(self) -> str:
        """The id."""

    @property
    def name(self) -> str:
        """The name; may be empty."""


class Shown(Record, ABC):
    """A record that is looked at as tables; its fields are there for scripts all the same."""

    @abstractmethod
    def sheet(self) -> Sheet:
        """What is shown."""

    def __str__(self) -> str:
        return as_text(renderable(self.sheet()))

    __repr__ = __str__

    def __rich__(self) -> RenderableType:
        return renderable(self.sheet())

    def _repr_html_(self) -> str:
        return as_html("sheet.html.j2", sheet=self.sheet())


def facts(*pairs: tuple[str, str]) -> Table:
    """A table of what is known of one thing, a line each; what is empty is left out."""
    return Table("", ("", ""), tuple((label, text) for label, text in pairs if text), wraps=(1,))


def titled(one: Titled) -> str:
    """A thing by its name and its id."""
    return f"{one.name} ({one.id})" if one.name else one.id


def first_line(text: str) -> str:
    """What stands before the evidence."""
    return text.strip().partition("\n")[0]


def renderable(sheet: Sheet) -> RenderableType:
    """A sheet for a rich console."""
    from rich.console import Group
    from rich.text import Text

    from swaslift.planning.grid import bullets, paragraph

    parts: list[RenderableType] = [paragraph(sheet.title, style="bold")]
    for table in sheet.shown:
        heading = [paragraph(table.heading, style="cyan")] if table.heading else []
        parts += [Text(), *heading, as_grid(table)]
    if sheet.remarks:
        parts += [Text(), bullets(sheet.remarks)]
    return Group(*parts)


def as_grid(table: Table) -> RenderableType:
    """A table for a rich console."""
    from rich.text import Text

    from swaslift.planning.grid import Grid

    columns = [Column(head, wraps=number in table.wraps) for number, head in enumerate(table.columns)]
    return Grid(columns, [tuple(map(Text, row)) for row in table.rows])


def as_html(template: str, **values: Any) -> str:
    """An HTML fragment."""
    from jinja2 import Environment, PackageLoader

    templates = Environment(loader=PackageLoader("swaslift.planning", "."), autoescape=True)
    templates.filters["whole"] = whole
    return templates.get_template(template).render(values)


def text_width() -> int:
    """Columns of the terminal that text is printed to; a fixed number where stdout is none.

    A notebook's stdout is no terminal, though the process may have been started from one.
    """
    try:
        in_terminal = sys.stdout.isatty()
    except (AttributeError, ValueError):  # closed, or none at all
        in_terminal = False
    return shutil.get_terminal_size((PLAIN_WIDTH, 24)).columns if in_terminal else PLAIN_WIDTH


def as_text(what: RenderableType, width: int | None = None) -> str:
    """What a rich console shows, as plain text; nothing is printed.

    Args:
        what: it.
        width: columns; those of the terminal by default, see `text_width`.
    """
    from rich.console import Console

    out = StringIO()
    # In a notebook rich would display the text instead of writing it.
    console = Console(
        file=out, width=width or text_width(), color_system=None, highlight=False, force_jupyter=False
    )
    console.print(what, crop=False)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines())
