"""``DescribeDisks``, attaching, detaching and re-initialising."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from swaslift.emulator.ecs import boot, find
from swaslift.emulator.ecs.catalog import CATEGORIES
from swaslift.emulator.ecs.disk_view import disk_body
from swaslift.emulator.ecs.filters import asked, periods, shown
from swaslift.emulator.ecs.paging import either
from swaslift.emulator.ecs.rules import check_password, has_tags, password_ok
from swaslift.emulator.ecs.service import ECS
from swaslift.emulator.ecs.snapshots import running_snapshot
from swaslift.emulator.ecs.work import NEVER

if TYPE_CHECKING:
    from swaslift.emulator.ecs.records import Disk, Instance
    from swaslift.emulator.service import Call

_STATUSES = {"In_use", "Available", "Attaching", "Detaching", "Creating", "ReIniting", "All"}
_MOST_DISKS = 17
_AS_SHOWN = (
    "AutoSnapshotPolicyId",
    "DeleteAutoSnapshot",
    "EnableAutoSnapshot",
    "EnableAutomatedSnapshotPolicy",
    "KMSKeyId",
    "MultiAttach",
    "PerformanceLevel",
)


@ECS.action("DescribeDisks")
def describe_disks(call: Call) -> dict[str, Any]:
    """Disks that lists show; all filters are combined."""
    find.region(call)
    for param, known, code in (
        ("DiskType", {"all", "system", "data"}, "InvalidDiskType.ValueNotSupported"),
        ("Status", _STATUSES, "InvalidStatus.ValueNotSupported"),
        ("Category", {"all", *CATEGORIES}, "InvalidCategory.ValueNotSupported"),
        ("DiskChargeType", {"PrePaid", "PostPaid"}, "InvalidDiskChargeType.NotFound"),
    ):
        if call.get(param) not in {None, *known}:
            raise call.error(code, f"The specified {param} is not valid.")
    ids = find.json_list(call, "DiskIds")
    if ids is not None and len(ids) > 100:
        raise call.error("InvalidDiskIds.Malformed", "At most 100 disk ids can be given.")
    since, until = periods(call, Creation="created_at")["created_at"]
    call.stop_if_dry()
    found = [
        d
        for d in find.ecs(call).disks.listed(call.account_id, call.region_id, call.now)
        if (ids is None or d.id in ids)
        and _matches(call, d)
        and since <= d.created_at <= until
        and (not asked(call, _AS_SHOWN) or shown(call, disk_body(d, call.now), _AS_SHOWN))
    ]
    page, fields = either(call, found, most=500, least=10, most_numbered=100)
    extra = set(call.get("AdditionalAttributes") or [])
    bodies = [disk_body(d, call.now, iops="IOPS" in extra, placement="Placement" in extra) for d in page]
    return {"Disks": {"Disk": bodies}, **fields}


def _matches(call: Call, disk: Disk) -> bool:
    now = call.now
    return (
        call.get("InstanceId") in {None, disk.host(now)}
        and call.get("DiskType") in {None, "all", disk.kind}
        and call.get("Category") in {None, "all", disk.category}
        and call.get("Status") in {None, "All", disk.status(now)}
        and call.get("ZoneId") in {None, disk.zone_id}
        and call.get("SnapshotId") in {None, disk.snapshot_id}
        and call.get("DiskChargeType") in {None, disk.charge_type}
        and call.get("DiskName") in {None, disk.name}
        and call.get("Portable") in {None, disk.kind == "data"}
        and call.get("DeleteWithInstance") in {None, disk.delete_with_instance}
        and (not call.get("Encrypted") or disk.encrypted)
        and not call.get("EnableShared")  # no disk of the emulator is shared
        and (not call.get("LockReason") or call.get("LockReason") in disk.locks)
        and call.get("ResourceGroupId") in {None, disk.resource_group_id}
        and has_tags(disk.tags, call)
    )


def _steady(call: Call, instance: Instance, *, system: bool) -> None:
    """A data disk moves while the instance runs or is stopped, a system disk only when stopped."""
    if "security" in instance.locks:
        raise call.error("InstanceLockedForSecurity", "The instance is locked for security reasons.")
    allowed = {"Stopped"} if system else {"Running", "Stopped"}
    if instance.status(call.now) not in allowed or instance.lock_reasons(call.now):
        raise call.error("IncorrectInstanceStatus", "The instance status does not allow the operation.")


@ECS.action("AttachDisk")
def attach_disk(call: Call) -> dict[str, Any]:
    """Attach an Available disk as data disk or, with Bootable, as system disk."""
    state, now, world = find.ecs(call), call.now, call.world
    instance, disk = find.instance(call), find.disk(call)
    bootable = bool(call.get("Bootable"))
    _steady(call, instance, system=bootable)
    if disk.zone_id != instance.zone_id:
        raise call.error("ResourcesNotInSameZone", "The instance and the disk are in different zones.")
    if disk.status(now) == "In_use":
        raise call.error("InvalidDisk.InUse", "The disk is in use.")
    if disk.status(now) != "Available":
        raise call.error("IncorrectDiskStatus", "The disk is not Available.")
    instance_type = state.catalog.types[instance.type_id]
    if disk.category not in (instance_type.system_disks if bootable else instance_type.data_disks):
        raise call.error(
            "InvalidInstanceType.NotSupportDiskCategory", "The instance type does not take the disk category."
        )
    attached = state.disks_of(instance.id, now)
    if bootable:
        _check_bootable(call, instance, disk, attached)
    elif len(attached) >= _MOST_DISKS:
        raise call.error("InstanceDiskLimitExceeded", "The instance has the maximum of disks.")
    disk.instance_id = instance.id
    disk.device = "/dev/xvda" if bootable else next_device(attached)
    disk.kind = "system" if bootable else "data"
    disk.delete_with_instance = bool(call.get("DeleteWithInstance"))
    disk.gone_at = instance.gone_at if disk.delete_with_instance else NEVER
    disk.attached_at = now
    disk.timeline.plan(now, (0.0, "Attaching"), (world.seconds(world.durations.disk_attach), "In_use"))
    if bootable and disk.traits is not None:
        instance.traits, instance.image_id = disk.traits, disk.image_id
        instance.key_pair = call.get("KeyPairName") or ""
    return {}


def next_device(attached: list[Disk]) -> str:
    """The next free device name for a data disk."""
    taken = {d.device for d in attached}
    return next(n for n in (f"/dev/xvd{c}" for c in "bcdefghijklmnopqrstuvwxyz") if n not in taken)


def _check_bootable(call: Call, instance: Instance, disk: Disk, attached: list[Disk]) -> None:
    if any(d.kind == "system" for d in attached):
        raise call.error("InstanceDiskLimitExceeded", "The instance has a system disk already.")
    if disk.traits is None:
        raise call.error("InvalidDisk.DiskNotBootable", "The disk cannot be a system disk.")
    if disk.instance_id != instance.id:
        raise call.error("InvalidInstance.NotOriginInstance", "It goes back to its original instance only.")
    if not call.get("Password") and not call.get("KeyPairName"):
        raise call.error("InvalidParameter.AllEmpty", "Password or KeyPairName is required.")
    if call.get("Password") and not password_ok(call.get("Password"), windows=disk.traits.windows):
        raise call.error("InvalidParameter", "The specified Password is not valid.")
    if call.get("KeyPairName") and disk.traits.windows:
        raise call.error("DependencyViolation.WindowsInstance", "Windows instances have no key pairs.")


@ECS.action("DetachDisk")
def detach_disk(call: Call) -> dict[str, Any]:
    """Detach a disk; it is on its own about a minute later."""
    now, world = call.now, call.world
    instance, disk = find.instance(call), find.disk(call)
    if disk.status(now) == "Available":
        raise call.error("InvalidDisk.AlreadyDetached", "The disk is detached already.")
    if disk.host(now) != instance.id:
        raise call.error("DependencyViolation", "The disk is not attached to the instance.")
    if disk.status(now) == "Detaching":
        raise call.error("InvalidOperation.DiskDetachingFromThisEcs", "The disk is being detached already.")
    if disk.status(now) != "In_use":
        raise call.error("IncorrectDiskStatus", "The disk is not In_use.")
    _steady(call, instance, system=disk.kind == "system")
    seconds = world.seconds(world.durations.disk_detach)
    disk.timeline.plan(now, (0.0, "Detaching"), (seconds, "Available"))
    disk.detached_at = disk.timeline.reached("Available")
    default = disk.kind == "system"
    disk.delete_with_instance = call.get("DeleteWithInstance", default)
    disk.gone_at = NEVER
    return {}


@ECS.action("ReInitDisk")
def reinit_disk(call: Call) -> dict[str, Any]:
    """Put a disk back to the state in which it was made."""
    state, now, world = find.ecs(call), call.now, call.world
    disk = find.disk(call)
    instance = state.instances.find(disk.host(now), call.account_id, now)
    if instance is None or disk.status(now) != "In_use":
        raise call.error("IncorrectDiskStatus", "The disk is not In_use.")
    _steady(call, instance, system=True)
    if running_snapshot(state, disk, now):
        raise call.error("DiskCreatingSnapshot", "A snapshot of the disk is still running.")
    if disk.kind == "system":
        windows = disk.traits is not None and disk.traits.windows
        check_password(call, windows=windows)
        _check_key_pair(call, instance, windows=windows)
        _check_source(call, disk)
    elif disk.snapshot_id and state.snapshots.find(disk.snapshot_id, call.account_id, now) is None:
        raise call.error("InvalidSourceSnapshot", "The snapshot behind the disk is deleted.")
    seconds = world.seconds(world.durations.disk_reinit)
    disk.timeline.plan(now, (0.0, "ReIniting"), (seconds, "In_use"))
    if disk.kind == "system":
        instance.key_pair = call.get("KeyPairName") or ""
    if call.get("AutoStartInstance"):
        boot.start(world, instance, now, after=seconds)
    return {}


def _check_key_pair(call: Call, instance: Instance, *, windows: bool) -> None:
    name = call.get("KeyPairName")
    if not name:
        return
    if windows:
        raise call.error("DependencyViolation.WindowsInstance", "Windows instances have no key pairs.")
    if find.ecs(call).key_pair(name, call.account_id, instance.region_id, call.now) is None:
        raise call.error("InvalidKeyPairName.NotFound", f"The key pair {name} does not exist.")


def _check_source(call: Call, disk: Disk) -> None:
    """A system disk returns to its image, which must still be there for the account."""
    if any(i.id == disk.image_id for i, _ in find.usable_by(call, region_id=disk.region_id)):
        return
    if disk.image_id in find.ecs(call).shared_image_ids:
        raise call.error("SharedImageDeleted", "The shared image behind the disk is gone.")
    raise call.error("InvalidDiskId.OperationNotSupported", "The image behind the disk is gone.")
