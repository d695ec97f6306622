"""Snapshots, which SWAS and ECS both have."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from swaslift.models.base import Resource, Tags


class Snapshot(Resource):
    """A snapshot of one disk, in SWAS or in ECS; ``progress`` is 0 to 100."""

    id: str
    name: str = ""
    disk_id: str = ""
    disk_kind: str = ""
    server_id: str = ""
    status: str
    progress: int = 0
    created_at: datetime | None = None
    tags: Tags = Field(default_factory=dict)
