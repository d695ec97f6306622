"""The target: whether what the user asks for exists, belongs together and can be had."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from swaslift.checks import Check, warning
from swaslift.cloud import Cloud
from swaslift.errors import ConfigError
from swaslift.models import DiskOffer, EcsDisk, EcsImage, EcsInstance, Server
from swaslift.planning.names import check_name
from swaslift.secret import Secret
from swaslift.targets import Disk, NewInstance, ReplaceSystemDisk
from swaslift.wording import counted, day, meant


@dataclass(frozen=True)
class System:
    """What is to boot on a target.

    Attributes:
        holder: what holds it: a server or an image.
        os_type: Linux or Windows, in whatever case; empty where that is not known.
        disk_size: GiB of its system disk; 0 where that is not known yet.
        data_disks: GiB of each data disk that comes along; None where they are not known yet.
        cpu: vCPUs that it has now; 0 where that is not known.
        memory: GiB of memory that it has now; 0 where that is not known.
    """

    holder: str
    os_type: str
    disk_size: int
    data_disks: tuple[int, ...] | None = ()
    cpu: int = 0
    memory: float = 0

    @classmethod
    def of_server(cls, server: Server, *, with_data_disk: bool) -> System:
        """The system of a server, with or without its data disks."""
        data = tuple(d.size for d in server.data_disks) if with_data_disk else ()
        return cls(
            "server", server.os_type, server.system_disk.size, data, cpu=server.cpu, memory=server.memory
        )

    @classmethod
    def of_image(cls, image: EcsImage) -> System:
        """What an ECS image holds."""
        known = bool(image.disks) or not image.foreseen
        data = tuple(d.size for d in image.data_disks) if known else None
        return cls("image", image.os_type, image.system_disk_size, data)

    @property
    def windows(self) -> bool:
        """Whether it is Windows."""
        return self.os_type.lower() == "windows"


def check_new_instance(
    cloud: Cloud, system: System, target: NewInstance, region_id: str, *, count: int = 1
) -> list[Check]:
    """Everything about new instances that can be asked before there is an image."""
    checks = check_name("target.name", target.name) + _tags(target.tags)
    zone, found = _network(cloud, target, region_id, count)
    checks += found
    checks += _login(cloud, system, region_id, target.key_pair, target.password)
    if zone:
        checks += _instance_type(cloud, target, region_id, zone, system)
    checks += _size(target.system_disk, system.disk_size, system.holder, "system")
    for size in system.data_disks or ():
        checks += _size(target.data_disk_for(size), size, system.holder, "data")
    if target.data_disk is not None and system.data_disks == ():
        problem = f"no data disk of the {system.holder} comes along"
        checks.append(Check("target.data_disk", target.data_disk.category, problem, "Leave it out"))
    return checks


def _size(disk: Disk, size: int, holder: str, kind: Literal["system", "data"]) -> list[Check]:
    """Whether a disk holds the one of the image, and can be so small."""
    field = f"target.{kind}_disk.size"
    if disk.size is not None and disk.size < size:
        problem = f"smaller than the {kind} disk of the {holder}, which has {size} GiB"
        return [Check(field, disk.size, problem, f"Give at least {size}, or leave it out")]
    level, least = disk.performance_level, disk.least(kind)
    if level is None or not size or (disk.size or size) >= least:
        return []  # smaller than what its category takes, it gets that size
    problem = f"it is as large as that of the {holder}, and a cloud_essd of {level} has {least} GiB at least"
    remedy = f"Give the disk size={least} or more, or another performance_level"
    return [Check(field, disk.size or size, problem, remedy)]


def _tags(tags: dict[str, str]) -> list[Check]:
    """The rule of ``RunInstances``: 20 tags, of which the run takes three."""
    field = "target.tags"
    if len(tags) > 17:
        return [
            Check(field, len(tags), "too many tags", "20 fit, and a run takes 3 of them: give 17 at most")
        ]
    return [
        Check(
            field, key, "ECS does not take this tag", "At most 128 characters; no acs:, aliyun or http(s)://"
        )
        for key, value in tags.items()
        if not 0 < len(key) <= 128
        or len(value) > 128
        or key.lower().startswith(("acs:", "aliyun"))
        or "http://" in key + value
        or "https://" in key + value
    ]


def _network(cloud: Cloud, target: NewInstance, region_id: str, count: int) -> tuple[str, list[Check]]:
    checks: list[Check] = []
    switch = next(iter(cloud.ecs.describe_vswitches(region_id, vswitch_id=target.vswitch_id)), None)
    if switch is None:
        switches = list(cloud.ecs.describe_vswitches(region_id))
        there = ", ".join(f"{v.id} ({v.zone_id})" for v in switches) or "none; create one first"
        known = [text for v in switches for text in (v.id, v.name)]
        checks.append(
            Check(
                "target.vswitch_id",
                target.vswitch_id,
                f"no such vSwitch in {region_id}",
                meant(target.vswitch_id, known, f"vSwitches there: {there}"),
            )
        )
    groups = list(cloud.ecs.describe_security_groups(region_id, ids=[target.security_group_id]))
    if not groups:
        others = list(cloud.ecs.describe_security_groups(region_id))
        there = ", ".join(f"{g.id} ({g.vpc_id})" for g in others) or "none; create one first"
        known = [text for g in others for text in (g.id, g.name)]
        checks.append(
            Check(
                "target.security_group_id",
                target.security_group_id,
                f"no such security group in {region_id}",
                meant(target.security_group_id, known, f"Security groups there: {there}"),
            )
        )
    elif switch is not None and groups[0].vpc_id != switch.vpc_id:
        fitting = ", ".join(
            g.id for g in cloud.ecs.describe_security_groups(region_id) if g.vpc_id == switch.vpc_id
        )
        checks.append(
            Check(
                "target.security_group_id",
                target.security_group_id,
                f"it belongs to {groups[0].vpc_id}, the vSwitch {switch.id} to {switch.vpc_id}",
                f"Security groups of that VPC: {fitting or 'none'}",
            )
        )
    if switch is not None and switch.free_addresses < count:
        free = f"{switch.free_addresses or 'no'} free address{'' if switch.free_addresses == 1 else 'es'}"
        problem = f"the vSwitch has {free} for {counted(count, 'instance')}"
        checks.append(Check("target.vswitch_id", switch.id, problem, "Choose another vSwitch"))
    return (switch.zone_id if switch else ""), checks


def _instance_type(
    cloud: Cloud, target: NewInstance, region_id: str, zone_id: str, system: System
) -> list[Check]:
    field, type_id = "target.instance_type", target.instance_type
    sold = cloud.ecs.available_instance_types(region_id, zone_id, charge_type=target.billing)
    if type_id not in sold:
        family = type_id.rsplit(".", 1)[0]
        similar = [t for t in sorted(sold) if t.startswith(family)] or sorted(sold)
        remedy = f"Sold in {zone_id}: {', '.join(similar[:6]) or 'nothing'}"
        if not cloud.ecs.describe_instance_types(region_id, [type_id]):
            return [Check(field, type_id, "no such instance type", meant(type_id, sold, remedy))]
        zones = sorted(
            {
                v.zone_id
                for v in cloud.ecs.describe_vswitches(region_id)
                if v.zone_id != zone_id
                and type_id
                in cloud.ecs.available_instance_types(region_id, v.zone_id, charge_type=target.billing)
            }
        )
        if zones:
            remedy += f"; or use a vSwitch in {', '.join(zones)}"
        return [Check(field, type_id, f"it is not sold in zone {zone_id} of the vSwitch", remedy)]
    if not sold[type_id]:
        others = ", ".join(t for t, stock in sorted(sold.items()) if stock)
        return [Check(field, type_id, f"it is sold out in zone {zone_id}", f"In stock there: {others}")]
    return [
        *_smaller(cloud, type_id, region_id, system),
        *_system_disk(cloud, target, region_id, zone_id),
        *_data_disk(cloud, target, region_id, zone_id, system.data_disks or ()),
    ]


def _smaller(cloud: Cloud, type_id: str, region_id: str, system: System) -> list[Check]:
    """Warn of an instance type with less than the server has."""
    if not system.cpu and not system.memory:
        return []
    found = next(iter(cloud.ecs.describe_instance_types(region_id, [type_id])), None)
    if found is None or (found.cpu >= system.cpu and found.memory >= system.memory):
        return []
    problem = (
        f"it has {found.cpu} vCPU and {found.memory:g} GiB of memory, and the {system.holder} {system.cpu} vCPU and "
        f"{system.memory:g} GiB"
    )
    return [warning("target.instance_type", type_id, problem, "Choose a larger type, if it needs as much")]


def _system_disk(cloud: Cloud, target: NewInstance, region_id: str, zone_id: str) -> list[Check]:
    offers = cloud.ecs.available_system_disks(
        region_id, zone_id, target.instance_type, charge_type=target.billing
    )
    return _on_offer(offers, target.system_disk, target.instance_type, zone_id, "system")


def _data_disk(
    cloud: Cloud, target: NewInstance, region_id: str, zone_id: str, sizes: Sequence[int]
) -> list[Check]:
    """Whether the data disks can be had: which category they get is sent, not left to ECS."""
    wanted = {disk.category: disk for disk in map(target.data_disk_for, sizes)}
    checks: list[Check] = []
    for category, disk in wanted.items():
        offers = cloud.ecs.available_data_disks(
            region_id,
            zone_id,
            target.instance_type,
            system_category=target.system_disk.category,
            category=category,
            charge_type=target.billing,
        )
        checks += _on_offer(offers, disk, target.instance_type, zone_id, "data")
    return checks


def _on_offer(
    offers: Sequence[DiskOffer],
    disk: Disk,
    instance_type: str,
    zone_id: str,
    kind: Literal["system", "data"],
) -> list[Check]:
    offer = next((o for o in offers if o.category == disk.category and o.in_stock), None)
    if offer is None:
        taken = ", ".join(o.category for o in offers if o.in_stock)
        return [
            Check(
                f"target.{kind}_disk.category",
                disk.category,
                f"{instance_type} does not take it as a {kind} disk in {zone_id}",
                f"Choose another: {kind}_disk=Disk(category). It takes: {taken or 'nothing that is in stock'}",
            )
        ]
    size = disk.size
    # An offer does not tell performance levels apart; what those take at least is known.
    least = 0 if disk.category == "cloud_essd" else offer.min_size
    if size is not None and offer.max_size and not least <= size <= offer.max_size:
        sizes = f"{offer.min_size} to {offer.max_size} GiB"
        problem = f"{disk.category} {kind} disks have {sizes} here"
        return [Check(f"target.{kind}_disk.size", size, problem, "Choose a size in this range")]
    return []


def _login(
    cloud: Cloud, system: System, region_id: str, key_pair: str | None, password: Secret | None
) -> list[Check]:
    checks: list[Check] = []
    if key_pair:
        if system.windows:
            checks.append(
                Check(
                    "target.key_pair", key_pair, "Windows takes no key pair", "Give password=Secret.env(...)"
                )
            )
        elif not any(k.name == key_pair for k in cloud.ecs.describe_key_pairs(region_id, name=key_pair)):
            names = [k.name for k in cloud.ecs.describe_key_pairs(region_id)]
            there = ", ".join(names) or "none; import one first"
            checks.append(
                Check(
                    "target.key_pair",
                    key_pair,
                    f"no such key pair in {region_id}",
                    meant(key_pair, names, f"Key pairs there: {there}"),
                )
            )
    if password is not None:
        try:
            problem = password_problem(password.resolve(), windows=system.windows)
        except ConfigError as error:
            problem = str(error)
        if problem:
            checks.append(Check("target.password", password.reference, problem, "Set a password that fits"))
    return checks


TRAFFIC = "Public traffic is charged by the GB, beside the price."
"""What RunInstances takes for its ``PayByTraffic``, which the price does not hold."""


def logins_of_image(target: NewInstance) -> str:
    """What a plan says of an instance that gets no login of its own; empty where it gets one."""
    if target.key_pair or target.password:
        return ""
    return (
        "Neither key_pair nor password is given: the instance keeps the logins of the image (PasswordInherit), for "
        "which the image must hold a password. Whether an image from SWAS does is not documented; if ECS refuses it, "
        "the run pauses before the instance is made, and goes on with a key pair or a password"
        ": resume(run, amend=NewInstance(...))."
    )


def password_problem(password: str, *, windows: bool) -> str | None:
    """The rule of ``RunInstances``: 8 to 30 characters, three of four classes."""
    classes = sum(bool(re.search(p, password)) for p in (r"[a-z]", r"[A-Z]", r"[0-9]", r"[^A-Za-z0-9]"))
    if not 8 <= len(password) <= 30 or classes < 3:
        return "8 to 30 characters with three of upper case, lower case, digits and special characters are needed"
    if windows and password.startswith("/"):
        return "a Windows password must not start with /"
    return None


def find_target_instance(
    cloud: Cloud, system: System, target: ReplaceSystemDisk, region_id: str
) -> tuple[EcsInstance | None, EcsDisk | None, list[Check]]:
    """The instance whose system disk is to be replaced, and what stands against it."""
    field = "target.instance"
    instance = next(iter(cloud.ecs.describe_instances(region_id, ids=[target.instance])), None)
    if instance is None:
        others = list(cloud.ecs.describe_instances(region_id))
        there = ", ".join(f"{i.name} ({i.id})" for i in others) or "none"
        known = [text for i in others for text in (i.id, i.name)]
        listing = f"Instances there: {there}. If it is elsewhere, give region=..."
        return None, None, [
            Check(
                field,
                target.instance,
                f"no such instance in {region_id}",
                meant(target.instance, known, listing),
            )
        ]  # fmt: skip
    checks: list[Check] = []
    if instance.locks:
        checks.append(
            Check(
                field,
                instance.id,
                f"it is locked ({', '.join(instance.locks)})",
                "Wait until the operation that locks it is over, or lift the lock",
            )
        )
    if instance.status not in {"Running", "Stopped"}:
        checks.append(
            Check(field, instance.id, f"it is {instance.status}", "Wait until it is Running or Stopped")
        )
    if instance.status == "Stopped" and instance.stopped_mode == "StopCharging":
        checks.append(
            warning(
                field,
                instance.id,
                "it is stopped in economical mode: its resources and its public address were given back. It is "
                "started before its disk is replaced; if its type is out of stock, the run pauses there, and the "
                "disk is not touched",
                "Start it yourself first, to see its new address before",
            )
        )
    disk = next(iter(cloud.ecs.describe_disks(region_id, instance_id=instance.id, kind="system")), None)
    if disk is None:
        checks.append(Check(field, instance.id, "it has no system disk", "Choose another instance"))
        return instance, None, checks
    if instance.expires_at and instance.expires_at <= cloud.clock.now():
        checks.append(
            Check(field, instance.id, f"it expired on {day(instance.expires_at)}", "Renew it first")
        )
    least = max(disk.size, system.disk_size)
    if target.size is not None and target.size < least:
        checks.append(
            Check(
                "target.size",
                target.size,
                f"smaller than the old disk ({disk.size} GiB) or the image ({system.disk_size} GiB)",
                f"Give at least {least}, or leave it out",
            )
        )
    checks += _largest(cloud, instance, disk, max(least, target.size or 0))
    if instance.os_type and system.os_type and instance.os_type.lower() != system.os_type.lower():
        checks.append(_other_os(field, instance, system, region_id))
    checks += _login(cloud, system, region_id, target.key_pair, target.password)
    if not target.backup:
        checks.append(
            warning(
                "target.backup",
                False,
                "without a backup the old system cannot be brought back",
                "Leave it on",
            )
        )
    return instance, disk, checks


def _largest(cloud: Cloud, instance: EcsInstance, disk: EcsDisk, size: int) -> list[Check]:
    """Whether a system disk of the old one's category can be so large: there is no dry run to tell."""
    offers = cloud.ecs.available_system_disks(
        instance.region_id,
        instance.zone_id,
        instance.instance_type,
        charge_type=instance.charge_type or "PostPaid",
    )
    most = max((o.max_size for o in offers if o.category == disk.category), default=0)
    if not most or size <= most:
        return []
    problem = f"the system disk stays a {disk.category}, of {most} GiB at most here"
    return [Check("target.size", size, problem, "Choose a smaller size, or a new instance")]


def _other_os(field: str, instance: EcsInstance, system: System, region_id: str) -> Check:
    problem = f"the instance runs {instance.os_type}, the {system.holder} {system.os_type}"
    if in_mainland(region_id):
        return warning(field, instance.id, problem)
    return Check(
        field,
        instance.id,
        f"{problem}; outside the Chinese mainland the system cannot change between them",
        "Choose an instance with the same system, or a NewInstance",
    )


def in_mainland(region_id: str) -> bool:
    """Whether a region is in the Chinese mainland: only there a system changes between Windows and Linux."""
    return region_id.startswith("cn-") and region_id != "cn-hongkong"
