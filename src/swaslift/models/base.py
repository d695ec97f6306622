"""What all records have in common."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from html import escape
from typing import Literal

from pydantic import BaseModel, ConfigDict

from swaslift.wording import number

Tags = Mapping[str, str]


class Record(BaseModel):
    """Base of all records.

    Its fields are data, as the service gave them; text and notebook show those that hold something, in words.
    """

    model_config = ConfigDict(frozen=True, defer_build=True)

    def words(self) -> dict[str, str]:
        """The fields that hold something, as people read them."""
        return {name: _said(value) for name, value in self if value not in ("", None, (), {})}

    def __str__(self) -> str:
        words = self.words()
        widest = max(map(len, words), default=0)
        return "\n".join(f"{name:<{widest}}  {said}" for name, said in words.items())

    def __repr_args__(self) -> Iterator[tuple[str | None, object]]:
        yield from (
            (name, value) for name, value in super().__repr_args__() if value not in ("", None, (), {})
        )

    def _repr_html_(self) -> str:
        left = 'style="text-align: left; vertical-align: top; padding: .2rem .9rem .2rem 0"'
        rows = "".join(
            f"<tr><th {left}>{escape(name)}</th><td {left}>{escape(said)}</td></tr>"
            for name, said in self.words().items()
        )
        return f"<table>{rows}</table>"


class Resource(Record):
    """Something that exists in one account and region."""

    product: Literal["swas", "ecs"]
    account_id: str
    region_id: str

    @property
    def foreseen(self) -> bool:
        """Whether this stands in a plan for something that is not there yet: its id is in angle brackets."""
        return str(getattr(self, "id", "")).startswith("<")


def _said(value: object) -> str:
    """A value of a field in words."""
    match value:
        case bool():
            said = "yes" if value else "no"
        case datetime():
            said = f"{value:%Y-%m-%d %H:%M:%S} UTC"
        case float():
            said = number(value)
        case Record():
            said = _short(value)
        case Mapping():
            said = ", ".join(f"{key}={_said(one)}" for key, one in value.items())
        case tuple() | list():
            said = ", ".join(map(_said, value))
        case _:
            said = str(value)
    return said


def _short(record: Record) -> str:
    """A record inside another: its name and id, else what it holds."""
    name, own = getattr(record, "name", ""), getattr(record, "id", "")
    if name or own:
        return f"{name} ({own})" if name and own and name != own else str(name or own)
    return ", ".join(f"{field} {said}" for field, said in record.words().items())
