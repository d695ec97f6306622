"""What all records have in common."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Literal

from pydantic import BaseModel, ConfigDict

Tags = Mapping[str, str]


class Record(BaseModel):
    """Base of all records."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    def _repr_html_(self) -> str:
        """What a notebook shows: the fields that hold something."""
        left = 'style="text-align: left"'
        rows = "".join(
            f"<tr><th {left}>{escape(name)}</th><td {left}>{escape(str(value))}</td></tr>"
            for name, value in self
            if value not in ("", None, (), {})
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
