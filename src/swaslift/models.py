"""What the cloud holds, as frozen records.

Every record knows its account, region and product, so that it can be handed from one call to
another. Sizes are GiB, times are UTC, ids are the services' own. A record is what was read at one
moment: nothing in it goes to the network, and ``get`` reads it anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Tags = Mapping[str, str]


class Record(BaseModel):
    """Base of all records."""

    model_config = ConfigDict(frozen=True, defer_build=True)


class Resource(Record):
    """Something that exists in one account and region."""

    product: Literal["swas", "ecs"]
    account_id: str
    region_id: str


class ImageStatus(StrEnum):
    """Status codes of a SWAS custom image (``ListCustomImages``)."""

    COPYING = "0"
    AVAILABLE = "1"
    UNAVAILABLE = "2"
    FAILED = "3"
    CREATING = "4"


class Identity(Record):
    """Who signs the calls (STS ``GetCallerIdentity``)."""

    account_id: str
    arn: str
    identity_type: str


class ServerDisk(Resource):
    """A disk of a SWAS server; ``size`` in GiB."""

    product: Literal["swas", "ecs"] = "swas"
    id: str
    server_id: str
    name: str = ""
    kind: Literal["system", "data"]
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


class CustomImage(Resource):
    """A custom image of SWAS."""

    product: Literal["swas", "ecs"] = "swas"
    id: str
    name: str
    status: str
    """See `ImageStatus`."""
    server_id: str = ""
    system_snapshot_id: str = ""
    data_snapshot_id: str = ""
    system_disk_size: int = 0
    data_disk_size: int = 0
    os_type: str = ""
    shared_to_ecs: bool = False
    shared_to_accounts: bool = False
    used_by: tuple[str, ...] = ()
    description: str = ""
    created_at: datetime | None = None
    tags: Tags = Field(default_factory=dict)


class ImageDisk(Record):
    """One disk inside an ECS image; ``size`` in GiB."""

    kind: Literal["system", "data"]
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
    created_at: datetime | None = None
    tags: Tags = Field(default_factory=dict)

    @property
    def has_data_disks(self) -> bool:
        """Whether the image holds data disk snapshots; such an image cannot replace a system disk."""
        return any(d.kind == "data" for d in self.disks)


class EcsDisk(Resource):
    """A cloud disk; ``size`` in GiB."""

    product: Literal["swas", "ecs"] = "ecs"
    id: str
    name: str = ""
    kind: Literal["system", "data"]
    category: str = ""
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
    expires_at: datetime | None = None
    tags: Tags = Field(default_factory=dict)


class VSwitch(Resource):
    """A vSwitch of a VPC."""

    product: Literal["swas", "ecs"] = "ecs"
    id: str
    name: str = ""
    vpc_id: str
    zone_id: str
    free_addresses: int = 0


class SecurityGroup(Resource):
    """A security group."""

    product: Literal["swas", "ecs"] = "ecs"
    id: str
    name: str = ""
    vpc_id: str = ""


class KeyPair(Resource):
    """An SSH key pair known to ECS."""

    product: Literal["swas", "ecs"] = "ecs"
    name: str


class InstanceType(Record):
    """The specification of an ECS instance type; ``memory`` in GiB."""

    id: str
    cpu: int
    memory: float
    architecture: str = ""
    """``X86`` or ``ARM``."""
    nvme_support: str = ""


class DiskOffer(Record):
    """A disk category on offer for an instance type in a zone; sizes in GiB."""

    category: str
    min_size: int = 0
    max_size: int = 0
    in_stock: bool = True


class Price(Record):
    """A price that the service quoted, in the account's currency."""

    amount: float
    currency: str
    unit: Literal["hour", "month"]
