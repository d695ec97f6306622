"""The instances of an inventory, with their disks.

``id``, ``name``, ``instance_type``, ``image_id``, ``vswitch_id``, ``security_group_ids``, ``system_disk``
(``category``, ``size``; optional ``id``, ``performance_level``); optional ``data_disks`` (the same),
``status`` (``Running``, ``Stopped``), ``key_pair``, ``private_ip``, ``public_ip``, ``bandwidth_out``,
``locks`` (``security``, ``financial``), ``unpaid_order``, ``charge_type``, ``expires_in_days``, ``created_days_ago``,
``deletion_protection``, ``description``, ``tags``, ``documented``; disks have ``documented`` as well.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from swaslift.emulator.ecs import documented
from swaslift.emulator.ecs.inventory_records import fresh_id, known, owner
from swaslift.emulator.ecs.records import Disk, Instance, Snapshot
from swaslift.emulator.ecs.work import Work
from swaslift.emulator.inventory_error import Entry, InventoryError
from swaslift.emulator.world import Timeline

if TYPE_CHECKING:
    from swaslift.emulator.ecs.records import Image
    from swaslift.emulator.ecs.records_network import VSwitch
    from swaslift.emulator.world import World


def load_instance(world: World, entry: Entry) -> None:
    """One instance that has been there for a while."""
    state, now = world.ecs, world.clock.now()
    created = now - timedelta(days=entry.number("created_days_ago", 90))
    vswitch: VSwitch = known(entry, "vswitch_id", entry.text("vswitch_id"), state.vswitches, "vSwitch")
    type_id = known(
        entry, "instance_type", entry.text("instance_type"), state.catalog.types, "instance type"
    ).id
    image = _image(world, entry, vswitch.region_id)
    groups = entry.texts("security_group_ids")
    for group_id in groups:
        known(entry, "security_group_ids", group_id, state.security_groups, "security group")
    status = entry.choice("status", ("Running", "Stopped"), "Running")
    out, public_ip = entry.integer("bandwidth_out", 0), entry.text("public_ip", "")
    instance_id = fresh_id(entry, state.instances)
    prepaid = entry.choice("charge_type", ("PostPaid", "PrePaid"), "PostPaid") == "PrePaid"
    instance = Instance(
        id=instance_id,
        account_id=owner(world, entry),
        region_id=vswitch.region_id,
        created_at=created,
        visible_at=created,
        tags=entry.mapping("tags"),
        name=entry.text("name"),
        host_name=entry.text("host_name", f"iZ{instance_id[2:14]}Z".replace("_", "-")),
        description=entry.text("description", ""),
        zone_id=vswitch.zone_id,
        type_id=type_id,
        image_id=image.id,
        traits=image.traits,
        vpc_id=vswitch.vpc_id,
        vswitch_id=vswitch.id,
        private_ip=entry.text("private_ip", state.private_address(vswitch, now) or ""),
        mac=":".join(["00:16:3e", *(f"{world.random.randrange(256):02x}" for _ in range(3))]),
        eni_id=world.new_id("eni-"),
        security_group_ids=groups,
        timeline=Timeline((created, "Pending"), (created + timedelta(minutes=1), status)),
        public_ip=public_ip or (state.public_address() if out else ""),
        bandwidth_in=max(out, 10),
        bandwidth_out=out,
        key_pair=entry.text("key_pair", ""),
        charge_type="PrePaid" if prepaid else "PostPaid",
        sale_cycle="month" if prepaid else "",
        expires_at=now + timedelta(days=entry.number("expires_in_days", 30)) if prepaid else None,
        deletion_protection=entry.flag("deletion_protection"),
        stopped_mode="KeepCharging" if status == "Stopped" else "Not-applicable",
        locks=entry.texts("locks"),
        unpaid_order=entry.flag("unpaid_order"),
        booted_from=image.name,
        documented=documented.INSTANCE.read(entry),
    )
    if status == "Running" and image.traits.agent:
        instance.agent_at = created + timedelta(minutes=2)
    state.instances.add(instance)
    _disk(world, entry.entry("system_disk"), instance, created, "system", "/dev/xvda")
    for i, one in enumerate(entry.entries("data_disks")):
        _disk(world, one, instance, created, "data", f"/dev/xvd{'bcdefghijklmnopq'[i]}")
    entry.done()


def _image(world: World, entry: Entry, region_id: str) -> Image:
    image_id = entry.text("image_id")
    for image in world.ecs.images:
        if image.id == image_id and image.region_id == region_id:
            return image
    raise InventoryError(
        f"{entry.where}.image_id", f"there is no image {image_id!r} in {region_id}", "use one of ecs.images"
    )


def _disk(
    world: World,
    entry: Entry,
    instance: Instance,
    created: datetime,
    kind: Literal["system", "data"],
    device: str,
) -> None:
    category = entry.text("category", "cloud_essd")
    level = entry.text("performance_level", "PL1" if category == "cloud_essd" else "")
    disk_id = entry.text("id", "") or world.new_id("d-")
    if world.ecs.disks.get(disk_id) is not None:
        raise InventoryError(f"{entry.where}.id", f"{disk_id!r} is there twice", "change one of the two")
    world.ecs.disks.add(
        Disk(
            id=disk_id,
            account_id=instance.account_id,
            region_id=instance.region_id,
            created_at=created,
            visible_at=created,
            zone_id=instance.zone_id,
            size=entry.integer("size"),
            kind=kind,
            category=category,
            performance_level=level,
            timeline=Timeline((created, "Creating"), (created + timedelta(minutes=1), "In_use")),
            name=entry.text("name", f"{instance.name}-{kind}"),
            instance_id=instance.id,
            device=device,
            delete_with_instance=entry.flag("delete_with_instance", default=True),
            image_id=instance.image_id if kind == "system" else "",
            traits=instance.traits if kind == "system" else None,
            charge_type=instance.charge_type,
            expires_at=instance.expires_at,
            attached_at=created,
            documented=documented.DISK.read(entry),
            tags=entry.mapping("tags"),
        )
    )
    entry.done()


def load_snapshot(world: World, entry: Entry) -> None:
    """One finished snapshot of a disk."""
    created = world.clock.now() - timedelta(days=entry.number("created_days_ago", 10))
    disk: Disk = known(entry, "disk_id", entry.text("disk_id"), world.ecs.disks, "disk")
    snapshot_id = fresh_id(entry, world.ecs.snapshots)
    world.ecs.snapshots.add(
        Snapshot(
            id=snapshot_id,
            account_id=disk.account_id,
            region_id=disk.region_id,
            created_at=created,
            visible_at=created,
            tags=entry.mapping("tags"),
            name=entry.text("name", snapshot_id),
            description=entry.text("description", ""),
            work=Work(created, 1.0),
            size=disk.size,
            kind=disk.kind,
            traits=disk.traits,
            source_disk_id=disk.id,
            documented=documented.SNAPSHOT.read(entry),
        )
    )
    entry.done()
