"""Images, disks and instances of ECS."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from swaslift.models.base import Record, Resource, Tags


class ImageDisk(Record):
    """One disk inside an ECS image; ``size`` in GiB."""

    kind: str
    """``system`` or ``data``."""
    device: str = ""
    size: int = 0
    snapshot_id: str = ""
    encrypted: bool = False


class EcsImage(Resource):
    """An image as ECS sees it: an own one, or one that is shared with the account."""

    product: Literal["swas", "ecs"] = "ecs"
    id: str
    name: str = ""
    status: str = ""
    """Creating, Waiting, Available, UnAvailable, CreateFailed or Deprecated."""
    usable: bool | None = None
    """False while ``Available`` is not enough yet; None where the service does not say."""
    owner_alias: str = ""
    """system, self, others or marketplace."""
    progress: int = 0
    architecture: str = ""
    boot_mode: str = ""
    nvme_support: str = ""
    os_type: str = ""
    size: int = 0
    disks: tuple[ImageDisk, ...] = ()
    is_copied: bool = False
    owner_id: str = ""
    """The account that the image belongs to; empty where the service does not say."""
    shared_to_accounts: bool | None = None
    """Whether an own image is shared with other accounts; None where the service does not say."""
    description: str = ""
    created_at: datetime | None = None
    tags: Tags = Field(default_factory=dict)

    @property
    def system_disk_size(self) -> int:
        """GiB of the system disk that an instance from it has at least."""
        return next((d.size for d in self.disks if d.kind == "system"), self.size)

    @property
    def encrypted(self) -> bool:
        """Whether one of its snapshots is encrypted."""
        return any(d.encrypted for d in self.disks)

    @property
    def data_disks(self) -> tuple[ImageDisk, ...]:
        """Its data disks; an image that holds one cannot replace a system disk."""
        return tuple(d for d in self.disks if d.kind == "data")


class EcsDisk(Resource):
    """A cloud disk; ``size`` in GiB."""

    product: Literal["swas", "ecs"] = "ecs"
    id: str
    name: str = ""
    kind: str
    """``system`` or ``data``."""
    category: str = ""
    performance_level: str = ""
    """PL0 to PL3, of a ``cloud_essd``."""
    size: int = 0
    status: str = ""
    instance_id: str = ""
    zone_id: str = ""
    image_id: str = ""


class EcsInstance(Resource):
    """An ECS instance; ``memory`` in GiB."""

    product: Literal["swas", "ecs"] = "ecs"
    id: str
    name: str = ""
    status: str = ""
    """Pending, Starting, Running, Stopping or Stopped."""
    instance_type: str = ""
    zone_id: str = ""
    vpc_id: str = ""
    vswitch_id: str = ""
    security_group_ids: tuple[str, ...] = ()
    image_id: str = ""
    os_type: str = ""
    public_ip: str = ""
    private_ip: str = ""
    key_pair: str = ""
    charge_type: str = ""
    stopped_mode: str = ""
    locks: tuple[str, ...] = ()
    """Reasons of ``OperationLocks``: financial, security, recycling ..."""
    created_at: datetime | None = None
    started_at: datetime | None = None
    """When it was last started, to the minute."""
    expires_at: datetime | None = None
    tags: Tags = Field(default_factory=dict)
