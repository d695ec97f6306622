"""The resources of ECS as plain records.

A record says what happened to a resource; what it looks like now is computed from that and the
clock. Nothing here knows about requests and answers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from swaslift.emulator.ecs.work import NEVER, Work

if TYPE_CHECKING:
    from collections.abc import Mapping

    from swaslift.emulator.world import Timeline


@dataclass(kw_only=True)
class Record:
    """What every resource has."""

    id: str
    account_id: str
    region_id: str
    created_at: datetime
    visible_at: datetime
    """From when on lists show it."""
    gone_at: datetime = NEVER
    tags: dict[str, str] = field(default_factory=dict)
    resource_group_id: str = ""
    documented: Mapping[str, Any] = field(default_factory=dict)
    """Response fields that the inventory gives; see `swaslift.emulator.ecs.documented`."""
    seq: int = 0
    """The order of creation."""

    def exists(self, now: datetime) -> bool:
        """Whether it is not gone."""
        return now < self.gone_at

    def listed(self, now: datetime) -> bool:
        """Whether lists show it."""
        return self.visible_at <= now < self.gone_at


@dataclass(frozen=True)
class Traits:
    """What a system disk or an image holds: the operating system and what it can do."""

    os_name: str = "Ubuntu  22.04 64位"
    os_name_en: str = "Ubuntu  22.04 64 bit"
    os_type: Literal["linux", "windows"] = "linux"
    platform: str = "Ubuntu"
    architecture: Literal["x86_64", "arm64", "i386"] = "x86_64"
    boot_mode: Literal["BIOS", "UEFI", "UEFI-Preferred"] = "BIOS"
    nvme: bool = True
    imds: Literal["v1", "v2"] = "v1"
    cloud_init: bool = True
    non_root_login: bool = False
    agent: bool = True
    """Whether the Cloud Assistant agent is installed."""
    inherited_login: bool = True
    """Whether it holds a password that an instance can inherit."""

    @property
    def windows(self) -> bool:
        """Whether it is a Windows system."""
        return self.os_type == "windows"


@dataclass
class ImagePart:
    """One disk of an image."""

    device: str
    size: int
    kind: Literal["system", "data"]
    snapshot_id: str
    encrypted: bool = False
    kms_key_id: str = ""


@dataclass
class CopyJob:
    """Where a copied image comes from and which queue its copy stands in."""

    source_image_id: str
    source_region_id: str
    slot_region_id: str


@dataclass(kw_only=True)
class Image(Record):
    """A public, own, shared or community image."""

    name: str
    traits: Traits
    parts: list[ImagePart]
    description: str = ""
    family: str = ""
    version: str = ""
    official: bool = False
    """A public image of Alibaba Cloud."""
    swas_image_id: str = ""
    """Set on the view of a SWAS image that is shared with ECS."""
    community: bool = False
    deprecated: bool = False
    license_type: str = "Auto"
    shared_with: dict[str, datetime] = field(default_factory=dict)
    work: Work | None = None
    copy: CopyJob | None = None

    @property
    def system(self) -> ImagePart:
        """The system disk of the image."""
        return next(p for p in self.parts if p.kind == "system")

    @property
    def data_parts(self) -> list[ImagePart]:
        """Its data disks."""
        return [p for p in self.parts if p.kind == "data"]

    @property
    def encrypted(self) -> bool:
        """Whether any of its disks is encrypted."""
        return any(p.encrypted for p in self.parts)

    @property
    def ready_at(self) -> datetime:
        """When it is or was ready."""
        return self.work.ends_at if self.work else self.created_at

    def status(self, now: datetime) -> str:
        """The documented state."""
        stage = self.work.stage(now) if self.work else "done"
        if stage != "done":
            return {"waiting": "Waiting", "running": "Creating", "failed": "CreateFailed"}[stage]
        return "Deprecated" if self.deprecated else "Available"

    def usable(self, now: datetime, lag: float) -> bool:
        """Whether instances can be made from it; later than ``Available``, as measured live by others."""
        if self.status(now) not in {"Available", "Deprecated"}:
            return False
        return self.work is None or now >= self.ready_at + timedelta(seconds=lag)

    def percent(self, now: datetime) -> int:
        """Its progress."""
        return self.work.percent(now) if self.work else 100


@dataclass(kw_only=True)
class Snapshot(Record):
    """A snapshot of a disk, or the copy of one that an image copy leaves behind."""

    name: str
    work: Work
    size: int
    kind: Literal["system", "data"]
    traits: Traits | None
    source_disk_id: str = ""
    source_snapshot_id: str = ""
    source_region_id: str = ""
    description: str = ""
    retention_days: int | None = None
    encrypted: bool = False
    kms_key_id: str = ""
    category: str = "standard"
    changed_at: datetime | None = None

    def status(self, now: datetime) -> str:
        """The documented state."""
        stage = self.work.stage(now)
        return {
            "waiting": "progressing",
            "running": "progressing",
            "failed": "failed",
            "done": "accomplished",
        }[stage]


@dataclass(kw_only=True)
class Disk(Record):
    """A cloud disk."""

    zone_id: str
    size: int
    kind: Literal["system", "data"]
    category: str
    timeline: Timeline
    performance_level: str = ""
    name: str = ""
    description: str = ""
    instance_id: str = ""
    device: str = ""
    delete_with_instance: bool = True
    encrypted: bool = False
    kms_key_id: str = ""
    image_id: str = ""
    snapshot_id: str = ""
    traits: Traits | None = None
    charge_type: str = "PostPaid"
    expires_at: datetime | None = None
    attached_at: datetime | None = None
    detached_at: datetime | None = None
    locks: list[str] = field(default_factory=list)

    def status(self, now: datetime) -> str:
        """The documented state."""
        return self.timeline.at(now)

    def host(self, now: datetime) -> str:
        """The instance it is attached to, or nothing."""
        return "" if self.status(now) == "Available" else self.instance_id


@dataclass(kw_only=True)
class Instance(Record):
    """A virtual machine."""

    name: str
    zone_id: str
    type_id: str
    image_id: str
    traits: Traits
    vpc_id: str
    vswitch_id: str
    private_ip: str
    mac: str
    eni_id: str
    security_group_ids: list[str]
    timeline: Timeline
    host_name: str = ""
    description: str = ""
    public_ip: str = ""
    bandwidth_in: int = 0
    bandwidth_out: int = 0
    internet_charge_type: str = "PayByTraffic"
    key_pair: str = ""
    has_password: bool = False
    charge_type: str = "PostPaid"
    sale_cycle: str = ""
    expires_at: datetime | None = None
    release_at: datetime | None = None
    spot_strategy: str = "NoSpot"
    spot_price_limit: float = 0.0
    deletion_protection: bool = False
    http_endpoint: str = "enabled"
    http_tokens: str = "optional"
    ram_role: str = ""
    non_root: bool = False
    stopped_mode: str = "Not-applicable"
    locks: list[str] = field(default_factory=list)
    unpaid_order: bool = False
    """Whether an order for it waits to be paid: its system disk cannot be replaced until then."""
    busy_until: datetime | None = None
    """Until when the replacement of its system disk locks it."""
    silent: bool = False
    """Its system does not boot properly: no heartbeat, and the console says why."""
    agent_at: datetime | None = None
    """When the Cloud Assistant agent first calls after the last boot."""
    booted_from: str = ""
    shot_at: datetime | None = None
    commands: int = 0
    last_command_at: datetime | None = None
    boots: int = 1
    initialised_at: datetime | None = None

    def status(self, now: datetime) -> str:
        """The documented state."""
        return self.timeline.at(now)

    def lock_reasons(self, now: datetime) -> list[str]:
        """Why it is locked, if it is."""
        replacing = self.busy_until is not None and now < self.busy_until
        return [*self.locks, *(["ReplaceSystemDisk"] if replacing else [])]

    def agent_alive(self, now: datetime) -> bool:
        """Whether the agent has called within the last two minutes."""
        return self.status(now) == "Running" and self.agent_at is not None and self.agent_at <= now

    def public_address(self, now: datetime) -> str:
        """A stopped instance that is not charged has given its address back."""
        if self.status(now) == "Stopped" and self.stopped_mode == "StopCharging":
            return ""
        return self.public_ip
