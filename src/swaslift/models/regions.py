"""Regions."""

from __future__ import annotations

from swaslift.models.base import Record


class Region(Record):
    """A region, and which of the two products it offers."""

    id: str
    swas: bool
    ecs: bool
