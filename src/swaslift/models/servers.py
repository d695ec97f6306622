"""Simple Application Servers and their disks."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from swaslift.models.base import Resource, Tags


class ServerDisk(Resource):
    """A disk of a SWAS server; ``size`` in GiB."""

    product: Literal["swas", "ecs"] = "swas"
    id: str
    server_id: str
    name: str = ""
    kind: str
    size: int
    category: str = ""
    device: str = ""
    status: str = ""


class Server(Resource):
    """A Simple Application Server; the API says instance."""

    product: Literal["swas", "ecs"] = "swas"
    id: str
    name: str
    status: str
    """Pending, Starting, Running, Stopping, Stopped, Resetting, Upgrading or Disabled."""
    business_status: str = "Normal"
    """Normal, Expired or Overdue."""
    disable_reason: str = ""
    image_id: str = ""
    os_type: str = ""
    """``Linux`` or ``Windows``."""
    os_name: str = ""
    plan_id: str = ""
    cpu: int = 0
    memory: float = 0
    """GiB."""
    public_ip: str = ""
    private_ip: str = ""
    disks: tuple[ServerDisk, ...] = ()
    created_at: datetime | None = None
    expires_at: datetime | None = None
    tags: Tags = Field(default_factory=dict)

    @property
    def system_disk(self) -> ServerDisk:
        """The system disk."""
        return next(d for d in self.disks if d.kind == "system")

    @property
    def data_disks(self) -> tuple[ServerDisk, ...]:
        """The data disks; a server has at most one in the plans sold today."""
        return tuple(d for d in self.disks if d.kind == "data")
