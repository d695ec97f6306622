"""The ECS part of an inventory: the key ``ecs``.

* ``regions``: ``id``, ``name``, ``zones`` (``id``, ``name``, ``disk_categories``).
* ``instance_types``: ``id``, ``family``, ``cpu``, ``memory`` (GiB), ``zones``, ``system_disks``,
  ``data_disks``; optional ``architecture`` (``X86``, ``ARM``), ``generation``, ``level``, ``category``,
  ``nvme`` (``required``, ``supported``, ``unsupported``), ``boot_modes``, ``processor``, ``sold_out``,
  ``credits``.
* ``prices``: ``currency``, ``instance_hour`` and ``disk_gib_hour`` (by name), ``bandwidth_mbit_hour``,
  ``month_hours``, ``year_months``; optional ``image_hour`` (images of the marketplace, by id), ``note``.
  Invented, all of them.
* ``attributes``: quotas by the names of ``DescribeAccountAttributes``, and ``max-images``;
  ``documented_attributes``: further response fields of theirs, by the same names.
* ``images``: ``id``, ``name``, ``size`` (GiB), and what the system can do; public ones (``official``)
  are in every region, others in ``region_id``.
* ``vpcs``: ``id``, ``region_id``, ``name``, ``cidr``, ``vswitches`` and ``security_groups`` with ``rules``;
  optional ``router_id``, and an ``id`` for each rule.
* ``key_pairs``: ``name``, ``region_id``, ``public_key``; optional ``id``.
* ``instances``: ``id``, ``name``, ``instance_type``, ``image_id``, ``vswitch_id``, ``security_group_ids``,
  ``system_disk`` (``category``, ``size``); see `inventory_instances`.
* ``snapshots``: of disks of instances: ``id``, ``disk_id``; optional ``name``, ``description``,
  ``created_days_ago``, ``tags``.
* ``tasks``: finished image tasks. ``command_replies``: what instances answer to scripts
  (``contains``; optional ``output``, ``exit_code``, ``seconds``).

Zones, instance types, images, security groups and their rules, instances and their disks, snapshots and
command replies may have ``documented``: response fields that nothing in the emulator decides; see
`swaslift.emulator.ecs.documented`.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from swaslift.emulator.ecs import documented
from swaslift.emulator.ecs.catalog import InstanceType, Prices, Region, Zone
from swaslift.emulator.ecs.inventory_instances import load_instance, load_snapshot
from swaslift.emulator.ecs.inventory_network import load_key_pair, load_vpc
from swaslift.emulator.ecs.inventory_records import owner, region_of
from swaslift.emulator.ecs.records import Image, ImagePart, Snapshot, Traits
from swaslift.emulator.ecs.state import CommandReply, TaskRecord
from swaslift.emulator.ecs.work import Work
from swaslift.emulator.inventory_error import Entry, InventoryError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from swaslift.emulator.world import World

__all__ = ["load"]


def load(world: World, data: Mapping[str, Any]) -> None:
    """Fill ``world.ecs`` from ``data["ecs"]`` (``data`` is the whole inventory)."""
    section = Entry(data.get("ecs", {}), "ecs")
    catalog = world.ecs.catalog
    for entry in section.entries("regions"):
        region = _region(entry)
        catalog.regions[region.id] = region
    for entry in section.entries("instance_types"):
        instance_type = _instance_type(entry)
        catalog.types[instance_type.id] = instance_type
    if section.has("prices"):
        catalog.prices = _prices(section.entry("prices"))
    for name, value in section.mapping("attributes").items():
        world.ecs.attributes[name] = [value]
    if section.has("documented_attributes"):
        _documented_attributes(world, section.entry("documented_attributes"))
    for name, load_one in (
        ("images", _image),
        ("vpcs", load_vpc),
        ("key_pairs", load_key_pair),
        ("instances", load_instance),
        ("snapshots", load_snapshot),
        ("tasks", _task),
        ("command_replies", _reply),
    ):
        for entry in section.entries(name):
            load_one(world, entry)
    section.done()


def _reply(world: World, entry: Entry) -> None:
    seconds = entry.number("seconds") if entry.has("seconds") else None
    reply = CommandReply(
        entry.text("contains"),
        entry.text("output", ""),
        entry.integer("exit_code", 0),
        seconds,
        documented.RESULT.read(entry),
    )
    entry.done()
    world.ecs.replies.append(reply)


def _documented_attributes(world: World, entry: Entry) -> None:
    for name in entry.names:
        if name not in world.ecs.attributes or name == "max-images":  # no action answers that one
            raise InventoryError(
                f"{entry.where}.{name}", "there is no such attribute", "use one of ecs.attributes"
            )
        world.ecs.documented_attributes[name] = documented.QUOTA.read(entry, name)


def _region(entry: Entry) -> Region:
    zones = []
    for zone in entry.entries("zones"):
        categories, given = tuple(zone.texts("disk_categories")), documented.ZONE.read(zone)
        zones.append(Zone(zone.text("id"), zone.text("name"), categories, given))
        zone.done()
    region = Region(entry.text("id"), entry.text("name"), tuple(zones))
    entry.done()
    return region


def _instance_type(entry: Entry) -> InstanceType:
    made = InstanceType(
        id=entry.text("id"),
        family=entry.text("family"),
        cpu=entry.integer("cpu"),
        memory=entry.number("memory"),
        zones=tuple(entry.texts("zones")),
        system_disks=tuple(entry.texts("system_disks")),
        data_disks=tuple(entry.texts("data_disks")),
        architecture=cast("Any", entry.choice("architecture", ("X86", "ARM"), "X86")),
        generation=entry.text("generation", "ecs-6"),
        level=entry.text("level", "EnterpriseLevel"),
        category=entry.text("category", "General-purpose"),
        nvme=cast("Any", entry.choice("nvme", ("required", "supported", "unsupported"), "supported")),
        boot_modes=tuple(entry.texts("boot_modes", ("BIOS", "UEFI"))),
        processor=entry.text("processor", "Intel(R) Xeon(R) Platinum"),
        sold_out=entry.flag("sold_out"),
        credits=entry.integer("credits", 0),
        documented=documented.INSTANCE_TYPE.read(entry),
    )
    entry.done()
    return made


def _prices(entry: Entry) -> Prices:
    entry.text("note", "")
    prices = Prices(
        currency=entry.text("currency", "CNY"),
        instance_hour=_numbers(entry.entry("instance_hour")),
        disk_gib_hour=_numbers(entry.entry("disk_gib_hour")),
        image_hour=_numbers(entry.entry("image_hour")) if entry.has("image_hour") else {},
        bandwidth_mbit_hour=entry.number("bandwidth_mbit_hour", 0.0),
        month_hours=entry.number("month_hours", 432.0),
        year_months=entry.number("year_months", 10.2),
    )
    entry.done()
    return prices


def _numbers(entry: Entry) -> dict[str, float]:
    return {name: entry.number(name) for name in entry.names}


def _image(world: World, entry: Entry) -> None:
    now, official = world.clock.now(), entry.flag("official")
    created = now - timedelta(days=entry.number("created_days_ago", 30))
    traits = _traits(entry)
    regions = list(world.ecs.catalog.regions) if official else [region_of(world, entry)]
    account = "" if official else owner(world, entry)
    image_id, name, size = entry.text("id"), entry.text("name"), entry.integer("size")
    family, tags = entry.text("family", ""), entry.mapping("tags")
    description, given = entry.text("description", ""), documented.IMAGE.read(entry)
    entry.done()
    for region_id in regions:
        snapshot_id = "" if official else _snapshot(world, account, region_id, created, size, traits)
        world.ecs.images.add_as(
            f"{region_id}/{image_id}" if official else image_id,
            Image(
                id=image_id,
                account_id=account,
                region_id=region_id,
                created_at=created,
                visible_at=created,
                tags=tags,
                name=name,
                description=description,
                traits=traits,
                parts=[ImagePart("/dev/xvda", size, "system", snapshot_id)],
                family=family,
                official=official,
                documented=given,
            ),
        )


def _traits(entry: Entry) -> Traits:
    base = Traits()
    return Traits(
        os_name=entry.text("os_name", base.os_name),
        os_name_en=entry.text("os_name_en", base.os_name_en),
        os_type=cast("Any", entry.choice("os_type", ("linux", "windows"), "linux")),
        platform=entry.text("platform", base.platform),
        architecture=cast("Any", entry.choice("architecture", ("x86_64", "arm64", "i386"), "x86_64")),
        boot_mode=cast("Any", entry.choice("boot_mode", ("BIOS", "UEFI", "UEFI-Preferred"), "BIOS")),
        nvme=entry.flag("nvme", default=True),
        cloud_init=entry.flag("cloud_init", default=True),
        non_root_login=entry.flag("non_root_login"),
        agent=entry.flag("agent", default=True),
    )


def _snapshot(
    world: World, account_id: str, region_id: str, created: datetime, size: int, traits: Traits
) -> str:
    snapshot_id = world.new_id("s-")
    world.ecs.snapshots.add(
        Snapshot(
            id=snapshot_id,
            account_id=account_id,
            region_id=region_id,
            created_at=created,
            visible_at=created,
            name=snapshot_id,
            work=Work(created, 1.0),
            size=size,
            kind="system",
            traits=traits,
        )
    )
    return snapshot_id


def _task(world: World, entry: Entry) -> None:
    now = world.clock.now()
    finished = now - timedelta(hours=entry.number("finished_hours_ago", 24))
    status = entry.choice("status", ("Finished", "Failed"), "Finished")
    task = TaskRecord(
        id=entry.text("id"),
        account_id=owner(world, entry),
        region_id=region_of(world, entry),
        action=entry.choice("action", ("ImportImage", "ExportImage", "ModifyDiskSpec")),
        resource_id=entry.text("resource_id"),
        created_at=finished - timedelta(minutes=40),
        finished_at=finished,
        status=status,
    )
    entry.done()
    if any(t.id == task.id for t in world.ecs.tasks):
        raise InventoryError(f"{entry.where}.id", f"{task.id!r} is there twice", "change one of the two")
    world.ecs.tasks.append(task)
