"""All resources of ECS that exist in the emulated cloud."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from swaslift.emulator.ecs.catalog import Catalog
from swaslift.emulator.ecs.records import Disk, Image, Instance, Record, Snapshot

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from swaslift.emulator.ecs.records_commands import Invocation
    from swaslift.emulator.ecs.records_network import KeyPair, SecurityGroup, Vpc, VSwitch
    from swaslift.emulator.world import World

R = TypeVar("R", bound=Record)


class Shelf(Generic[R]):
    """The resources of one kind, by id."""

    def __init__(self) -> None:
        self._records: dict[str, R] = {}
        self._numbers = count(1)

    def add(self, record: R) -> R:
        """Keep a new record."""
        return self.add_as(record.id, record)

    def add_as(self, key: str, record: R) -> R:
        """Keep a record whose id is not its own alone, such as a public image of every region."""
        record.seq = next(self._numbers)
        self._records[key] = record
        return record

    def remove(self, record_id: str) -> None:
        """Forget a record."""
        self._records.pop(record_id, None)

    def find(self, record_id: str, account_id: str, now: datetime) -> R | None:
        """An existing resource of the account, in whatever region."""
        record = self._records.get(record_id)
        if record is None or record.account_id != account_id or not record.exists(now):
            return None
        return record

    def get(self, record_id: str) -> R | None:
        """A record by its id alone, whoever owns it."""
        return self._records.get(record_id)

    def of(self, account_id: str, region_id: str, now: datetime) -> list[R]:
        """What exists in a region, the newest first, whether lists show it yet or not."""
        found = [
            r
            for r in self._records.values()
            if r.account_id == account_id and r.region_id == region_id and r.exists(now)
        ]
        return sorted(found, key=lambda r: -r.seq)

    def listed(self, account_id: str, region_id: str, now: datetime) -> list[R]:
        """What lists of a region show, the newest first."""
        return [r for r in self.of(account_id, region_id, now) if r.listed(now)]

    def __iter__(self) -> Iterator[R]:
        return iter(list(self._records.values()))

    def __len__(self) -> int:
        return len(self._records)


@dataclass
class TaskRecord:
    """An asynchronous task of the image import and export kind; only the inventory makes any."""

    id: str
    account_id: str
    region_id: str
    action: str
    resource_id: str
    created_at: datetime
    finished_at: datetime
    status: str = "Finished"


@dataclass(frozen=True)
class CommandReply:
    """What instances answer to scripts whose text contains something."""

    contains: str
    output: str = ""
    exit_code: int = 0
    seconds: float | None = None
    documented: Mapping[str, Any] = field(default_factory=dict, hash=False)
    """Response fields of the results; see `swaslift.emulator.ecs.documented`."""


@dataclass
class EcsState:
    """The state of ECS."""

    catalog: Catalog = field(default_factory=Catalog)
    images: Shelf[Image] = field(default_factory=Shelf)
    snapshots: Shelf[Snapshot] = field(default_factory=Shelf)
    disks: Shelf[Disk] = field(default_factory=Shelf)
    instances: Shelf[Instance] = field(default_factory=Shelf)
    security_groups: Shelf[SecurityGroup] = field(default_factory=Shelf)
    vpcs: Shelf[Vpc] = field(default_factory=Shelf)
    vswitches: Shelf[VSwitch] = field(default_factory=Shelf)
    key_pairs: Shelf[KeyPair] = field(default_factory=Shelf)
    invocations: Shelf[Invocation] = field(default_factory=Shelf)
    tasks: list[TaskRecord] = field(default_factory=list)
    attributes: dict[str, list[str]] = field(default_factory=dict)
    """Quotas and privileges of the accounts."""
    documented_attributes: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    """Response fields of the attributes, by their names; see `swaslift.emulator.ecs.documented`."""
    replies: list[CommandReply] = field(default_factory=list)
    """What scripts answer, beyond the few words the emulator understands by itself."""
    shared_image_ids: set[str] = field(default_factory=set)
    """Images of others from which disks were made here; they may be unshared since."""
    order_ids: Iterator[int] = field(default_factory=lambda: count(2_110_000_000_001))
    _public_hosts: Iterator[int] = field(default_factory=lambda: count(257))

    def quota(self, name: str, default: int) -> int:
        """A quota of the accounts, or a default."""
        values = self.attributes.get(name)
        return int(values[0]) if values else default

    def disks_of(self, instance_id: str, now: datetime) -> list[Disk]:
        """The disks attached to an instance, the system disk first, then by device."""
        attached = [d for d in self.disks if d.exists(now) and d.host(now) == instance_id]
        return sorted(attached, key=lambda d: (d.kind != "system", d.device))

    def system_disk(self, instance_id: str, now: datetime) -> Disk | None:
        """The system disk of an instance, if it has one."""
        return next((d for d in self.disks_of(instance_id, now) if d.kind == "system"), None)

    def key_pair(self, name: str, account_id: str, region_id: str, now: datetime) -> KeyPair | None:
        """A key pair by its name."""
        return next((k for k in self.key_pairs.of(account_id, region_id, now) if k.name == name), None)

    def members(self, group_id: str, now: datetime) -> list[Instance]:
        """The instances in a security group."""
        return [i for i in self.instances if i.exists(now) and group_id in i.security_group_ids]

    def free_addresses(self, vswitch: VSwitch, now: datetime) -> int:
        """How many addresses of a vSwitch are free."""
        taken = sum(1 for i in self.instances if i.exists(now) and i.vswitch_id == vswitch.id)
        return max(0, ipaddress.ip_network(vswitch.cidr).num_addresses - 4 - taken)

    def private_address(self, vswitch: VSwitch, now: datetime) -> str | None:
        """The next free address of a vSwitch; the first one and the last three are reserved."""
        taken = {i.private_ip for i in self.instances if i.exists(now) and i.vswitch_id == vswitch.id}
        network = ipaddress.ip_network(vswitch.cidr)
        hosts = (str(network[i]) for i in range(1, network.num_addresses - 3))
        return next((h for h in hosts if h not in taken), None)

    def public_address(self) -> str:
        """A fresh public address, out of the range that RFC 2544 keeps for tests."""
        return str(ipaddress.IPv4Address("198.18.0.0") + next(self._public_hosts))

    def tagged(self) -> dict[str, Shelf[Any]]:
        """The shelves by the names that the tag actions have for them."""
        return {
            "instance": self.instances,
            "disk": self.disks,
            "snapshot": self.snapshots,
            "image": self.images,
            "securitygroup": self.security_groups,
            "keypair": self.key_pairs,
            "invocation": self.invocations,
        }

    def dump(self, world: World, account_id: str, now: datetime) -> dict[str, Any]:
        """``{kind: {id: description}}`` of one account, without what merely passes."""
        from swaslift.emulator.ecs.dump import dump  # noqa: PLC0415  # the views import this module

        return dump(world, account_id, now)
