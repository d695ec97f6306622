"""The records of what SWAS holds.

Statuses that change by themselves are `Timeline`s; what a record looks like at a moment follows
from it and the clock.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from swaslift.emulator.world import Timeline

RETENTION = timedelta(days=15)
"""From the expiry of a server to its release, with its snapshots and images."""

DEFAULT_GROUP = "rg-emulatordefault"
"""The resource group of what is put into none."""

COPYING, AVAILABLE, UNAVAILABLE, FAILED, CREATING = "0", "1", "2", "3", "4"
UNFINISHED = frozenset({COPYING, CREATING})
"""The statuses of a custom image."""


def add_months(moment: datetime, months: int) -> datetime:
    """The same day some months later, or the last day of a shorter month."""
    years, month = divmod(moment.month - 1 + months, 12)
    year, month = moment.year + years, month + 1
    return moment.replace(year=year, month=month, day=min(moment.day, calendar.monthrange(year, month)[1]))


@dataclass(frozen=True)
class Plan:
    """A server plan: what one pays for."""

    plan_id: str
    core: int
    memory: float
    disk_size: int
    disk_type: str
    bandwidth: int
    flow: int
    price: float
    currency: str
    platforms: tuple[str, ...]
    plan_type: str
    regions: tuple[str, ...] = ()
    """Empty: sold everywhere."""
    tags: tuple[tuple[str, str, str], ...] = ()
    """Chinese title, English title, colour."""

    def sold_in(self, region_id: str) -> bool:
        """Whether the plan is sold in a region."""
        return not self.regions or region_id in self.regions


@dataclass(frozen=True)
class StockImage:
    """A system or app image that the service offers in every region."""

    image_id: str
    name: str
    kind: str
    """``system`` or ``app``."""
    platform: str
    version: str
    description: str
    min_disk: int = 20
    min_memory: float = 0.5


@dataclass
class Disk:
    """A disk of a server."""

    disk_id: str
    account_id: str
    region_id: str
    server_id: str
    kind: str
    """``system`` or ``data``."""
    category: str
    size: int
    device: str
    created: datetime
    status: Timeline
    name: str = ""
    remark: str = ""
    resource_group_id: str = DEFAULT_GROUP
    tags: dict[str, str] = field(default_factory=dict)


@dataclass
class FirewallRule:
    """One rule of a server's firewall."""

    rule_id: str
    protocol: str
    port: str
    source: str = "0.0.0.0/0"
    policy: str = "accept"
    remark: str = ""
    tags: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class CommandReply:
    """What a server answers to commands whose text contains something."""

    contains: str
    output: str = ""
    exit_code: int = 0
    seconds: float | None = None


@dataclass
class Server:
    """A simple application server; ``expires`` is the end of what has been paid for."""

    server_id: str
    account_id: str
    region_id: str
    name: str
    plan_id: str
    image_id: str
    platform: str
    created: datetime
    visible_at: datetime
    expires: datetime
    status: Timeline
    public_ip: str
    inner_ip: str
    uuid: str
    auto_renew_months: int = 0
    resource_group_id: str = DEFAULT_GROUP
    combination_of: str = ""
    ddos_status: str = "Normal"
    image_held_data: bool = False
    """Made from a custom image with a data disk: such a server cannot be reset."""
    key_pair: str = ""
    tags: dict[str, str] = field(default_factory=dict)
    disk_ids: list[str] = field(default_factory=list)
    firewall: dict[str, FirewallRule] = field(default_factory=dict)
    reset_at: datetime | None = None
    password_set: bool = False
    replies: list[CommandReply] = field(default_factory=list)

    def expires_at(self, now: datetime) -> datetime:
        """The end of the paid time, with the renewals that happened by themselves until now."""
        first, months = self.expires, self.auto_renew_months
        if not months or now < first:
            return first
        renewals = ((now.year - first.year) * 12 + now.month - first.month) // months
        ends = add_months(first, renewals * months)
        return ends if now < ends else add_months(first, (renewals + 1) * months)

    def expired(self, now: datetime) -> bool:
        """Whether the paid time is over."""
        return now >= self.expires_at(now)

    def exists(self, now: datetime) -> bool:
        """A server is released 15 days after its expiry."""
        return now < self.expires_at(now) + RETENTION

    def status_at(self, now: datetime) -> str:
        """An expired server is Disabled, whatever it did before."""
        return "Disabled" if self.expired(now) else self.status.at(now)


@dataclass
class Snapshot:
    """A snapshot of one disk; it goes with its server."""

    snapshot_id: str
    account_id: str
    region_id: str
    server_id: str
    disk_id: str
    disk_kind: str
    disk_size: int
    name: str
    created: datetime
    visible_at: datetime
    status: Timeline
    seconds: float
    """What taking it takes; the progress is linear over this time."""
    remark: str = ""
    resource_group_id: str = DEFAULT_GROUP
    rolled_back: datetime | None = None
    tags: dict[str, str] = field(default_factory=dict)

    def progress(self, now: datetime) -> int:
        """Percent: 100 once accomplished, never before."""
        if self.status.at(now) == "Accomplished":
            return 100
        failed = self.status.reached("Failed")
        until = min(now, failed) if failed else now
        return max(0, min(99, int(100 * (until - self.created).total_seconds() / self.seconds)))


@dataclass
class CustomImage:
    """A custom image; it goes with the server that it was made from."""

    image_id: str
    account_id: str
    region_id: str
    name: str
    server_id: str
    server_name: str
    """As it was called when the image was made."""
    platform: str
    source_image_name: str
    source_image_version: str
    system_snapshot_id: str
    system_snapshot_name: str
    system_disk_size: int
    created: datetime
    visible_at: datetime
    status: Timeline
    description: str = ""
    data_snapshot_id: str = ""
    data_snapshot_name: str = ""
    data_disk_size: int = 0
    """0: without data disk."""
    min_memory: float = 0.5
    resource_group_id: str = DEFAULT_GROUP
    copied: bool = False
    """A copy from another region has no source server here, so it is not released with one."""
    in_share: bool = False
    """Shared with ECS of the same account and region."""
    shared_at: datetime | None = None
    """Since when; ECS lists it a little later."""
    share_accounts: dict[int, datetime] = field(default_factory=dict)
    created_servers: list[str] = field(default_factory=list)
    tags: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Database:
    """A database; of it only that it is there."""

    account_id: str
    region_id: str
    database_id: str
    name: str
    expires: datetime


@dataclass
class KeyPair:
    """An SSH key pair of an account in a region."""

    account_id: str
    region_id: str
    name: str
    public_key: str
    created: datetime
    server_ids: list[str] = field(default_factory=list)


@dataclass
class Command:
    """A stored command, as the console keeps them."""

    command_id: str
    account_id: str
    region_id: str
    name: str
    content: str
    kind: str = "RunShellScript"
    tags: dict[str, str] = field(default_factory=dict)


@dataclass
class Invocation:
    """One command on one server."""

    invoke_id: str
    account_id: str
    region_id: str
    server_id: str
    name: str
    kind: str
    user: str
    content: str
    created: datetime
    started: datetime
    status: Timeline
    output: str
    exit_code: int
    error_code: str = ""
    error_info: str = ""
