"""Simple Application Servers and their disks."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from swaslift.errors import InvalidArgument
from swaslift.models.base import Resource, Tags


class ServerDisk(Resource):
    """A disk of a SWAS server; ``size`` in GiB."""

    product: Literal["swas", "ecs"] = "swas"
    id: str
    server_id: str
    name: str = ""
    kind: str
    """``system`` or ``data``."""
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
        """The system disk.

        Raises:
            InvalidArgument: the service lists none.
        """
        for disk in self.disks:
            if disk.kind == "system":
                return disk
        listed = ", ".join(f"{d.id} ({d.kind or 'no kind'})" for d in self.disks) or "none"
        raise InvalidArgument(
            "server",
            self.id,
            f"the service lists no system disk of it; disks: {listed}",
            "A server that is being made has none yet: wait until it is Running",
        )

    @property
    def data_disks(self) -> tuple[ServerDisk, ...]:
        """The data disks; a server has at most one in the plans sold today."""
        return tuple(d for d in self.disks if d.kind == "data")
