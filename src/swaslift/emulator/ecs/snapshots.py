"""Snapshots of disks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from swaslift.emulator.ecs import find
from swaslift.emulator.ecs.documented import SNAPSHOT
from swaslift.emulator.ecs.filters import asked, periods, shown
from swaslift.emulator.ecs.paging import either
from swaslift.emulator.ecs.records import Snapshot
from swaslift.emulator.ecs.rules import check_description, check_name, check_tags, has_tags, tag_body
from swaslift.emulator.ecs.service import ECS
from swaslift.emulator.ecs.times import to_second
from swaslift.emulator.ecs.work import Work

if TYPE_CHECKING:
    from datetime import datetime

    from swaslift.emulator.ecs.records import Disk
    from swaslift.emulator.ecs.state import EcsState
    from swaslift.emulator.service import Call

_MOST_PER_DISK = 256
_AS_SHOWN = ("Category", "KMSKeyId", "SnapshotLinkId")


def running_snapshot(state: EcsState, disk: Disk, now: datetime) -> bool:
    """Whether a snapshot of a disk is being made; only one can be."""
    return any(
        s.source_disk_id == disk.id and s.exists(now) and s.status(now) == "progressing"
        for s in state.snapshots
    )


def start_snapshot(call: Call, disk: Disk, name: str = "") -> Snapshot:
    """Begin a snapshot of a disk; the checks are the caller's."""
    world, now = call.world, call.now
    seconds = world.seconds(world.durations.ecs_snapshot)
    snapshot_id = world.new_id("s-")
    return find.ecs(call).snapshots.add(
        Snapshot(
            id=snapshot_id,
            account_id=call.account_id,
            region_id=disk.region_id,
            created_at=now,
            visible_at=world.visible_at(now),
            name=name or snapshot_id,
            work=Work(now, seconds, world.faults.outcome("ecs_snapshot", disk.region_id)),
            size=disk.size,
            kind=disk.kind,
            traits=disk.traits,
            source_disk_id=disk.id,
            encrypted=disk.encrypted,
            kms_key_id=disk.kms_key_id,
        )
    )


@ECS.action("CreateSnapshot")
def create_snapshot(call: Call) -> dict[str, Any]:
    """Begin a snapshot of a disk."""
    state, now = find.ecs(call), call.now
    check_name(call, "SnapshotName", "InvalidSnapshotName.Malformed", no_auto=True)
    check_description(call)
    check_tags(call)
    if call.get("Category") not in {None, "standard", "flash"}:
        raise call.error("InvalidParameter", "The specified Category is not valid.")
    days = call.get("RetentionDays")
    if days is not None and not 1 <= days <= 65536:
        raise call.error("InvalidRetentionDays.Malformed", "RetentionDays must be between 1 and 65536.")
    disk = find.disk(call)
    host = state.instances.find(disk.host(now), call.account_id, now) if disk.host(now) else None
    if host is not None:
        if "security" in host.locks:
            raise call.error("InstanceLockedForSecurity", "The instance is locked for security reasons.")
        if host.status(now) not in {"Running", "Stopped"}:
            raise call.error("IncorrectInstanceStatus", "The instance must be Running or Stopped.")
    if disk.status(now) not in {"In_use", "Available"}:
        raise call.error("IncorrectDiskStatus", "The disk must be In_use or Available.")
    if running_snapshot(state, disk, now):
        raise call.error("IncorrectDiskStatus.CreatingSnapshot", "A snapshot of the disk is still running.")
    if sum(s.source_disk_id == disk.id and s.exists(now) for s in state.snapshots) >= _MOST_PER_DISK:
        raise call.error("QuotaExceed.Snapshot", "The disk has too many snapshots.")
    snapshot = start_snapshot(call, disk, call.get("SnapshotName") or "")
    snapshot.description = call.get("Description") or ""
    snapshot.retention_days = days
    snapshot.category = call.get("Category") or snapshot.category
    snapshot.tags = call.tags
    snapshot.resource_group_id = call.get("ResourceGroupId") or ""
    return {"SnapshotId": snapshot.id}


def usage(state: EcsState, snapshot: Snapshot, now: datetime) -> str:
    """What was made from a snapshot."""
    image = any(p.snapshot_id == snapshot.id for i in state.images for p in i.parts)
    disk = any(d.snapshot_id == snapshot.id and d.exists(now) for d in state.disks)
    return {(True, True): "image_disk", (True, False): "image", (False, True): "disk"}.get(
        (image, disk), "none"
    )


@ECS.action("DescribeSnapshots")
def describe_snapshots(call: Call) -> dict[str, Any]:
    """Snapshots that lists show."""
    find.region(call)
    _check(call)
    call.stop_if_dry()
    state = find.ecs(call)
    ids = find.json_list(call, "SnapshotIds")
    if ids is not None and len(ids) > 100:
        raise call.error("InvalidSnapshotIds.Malformed", "At most 100 snapshot ids can be given.")
    since, until = periods(call, Creation="created_at")["created_at"]
    found = [
        s
        for s in state.snapshots.listed(call.account_id, call.region_id, call.now)
        if (ids is None or s.id in ids)
        and _matches(call, state, s)
        and since <= s.created_at <= until
        and (not asked(call, _AS_SHOWN) or shown(call, snapshot_body(state, s, call.now), _AS_SHOWN))
    ]
    page, fields = either(call, found, most=100)
    return {"Snapshots": {"Snapshot": [snapshot_body(state, s, call.now) for s in page]}, **fields}


def _check(call: Call) -> None:
    for param, known, code in (
        ("Status", {"progressing", "accomplished", "failed", "all"}, "InvalidStatus.NotFound"),
        ("SnapshotType", {"auto", "user", "all"}, "InvalidSnapshotType.NotFound"),
        ("SourceDiskType", {"system", "data", "System", "Data"}, "InvalidSourceDiskType"),
        ("Usage", {"image", "disk", "image_disk", "none"}, "InvalidUsage"),
    ):
        if call.get(param) not in {None, *known}:
            raise call.error(code, f"The specified {param} is not valid.")


def _matches(call: Call, state: EcsState, snapshot: Snapshot) -> bool:
    now, wanted = call.now, call.get("Status")
    instance = call.get("InstanceId")
    if instance and snapshot.source_disk_id not in {d.id for d in state.disks_of(instance, now)}:
        return False
    return (
        wanted in {None, "all", snapshot.status(now)}
        and call.get("DiskId") in {None, snapshot.source_disk_id}
        and call.get("SnapshotName") in {None, snapshot.name}
        and call.get("SnapshotType") in {None, "all", "user"}
        and (call.get("SourceDiskType") or snapshot.kind).lower() == snapshot.kind
        and call.get("Usage") in {None, usage(state, snapshot, now)}
        and (not call.get("Encrypted") or snapshot.encrypted)
        and call.get("ResourceGroupId") in {None, snapshot.resource_group_id}
        and has_tags(snapshot.tags, call)
    )


def snapshot_body(state: EcsState, snapshot: Snapshot, now: datetime) -> dict[str, Any]:
    """How a snapshot looks in ``DescribeSnapshots``."""
    done = snapshot.status(now) == "accomplished"
    body: dict[str, Any] = {
        "Available": done,
        "Category": snapshot.category,
        "CreationTime": to_second(snapshot.created_at),
        "Description": snapshot.description,
        "Encrypted": snapshot.encrypted,
        "InstantAccess": False,
        "KMSKeyId": snapshot.kms_key_id,
        "LastModifiedTime": to_second(snapshot.changed_at or snapshot.created_at),
        "ProductCode": "",
        "Progress": f"{snapshot.work.percent(now)}%",
        "RegionId": snapshot.region_id,
        "RemainTime": snapshot.work.remaining(now),
        "ResourceGroupId": snapshot.resource_group_id,
        "SnapshotId": snapshot.id,
        "SnapshotName": snapshot.name,
        "SnapshotSN": f"{snapshot.id.removeprefix('s-')}-sn",
        "SnapshotType": "user",
        "SourceDiskSize": str(snapshot.size),
        "SourceDiskType": snapshot.kind,
        "SourceStorageType": "disk",
        "Status": snapshot.status(now),
        "Tags": tag_body(snapshot.tags),
        "Usage": usage(state, snapshot, now),
    }
    if snapshot.retention_days is not None:
        body["RetentionDays"] = snapshot.retention_days
    if snapshot.source_disk_id:
        body["SourceDiskId"] = snapshot.source_disk_id
        body["SnapshotLinkId"] = f"sl-{snapshot.source_disk_id.removeprefix('d-')}"
    if snapshot.source_snapshot_id:
        body["SourceSnapshotId"] = snapshot.source_snapshot_id
        body["SourceRegionId"] = snapshot.source_region_id
    if done:
        body["FullSnapshotSizeInBytes"] = snapshot.size * 2**30 // 4
    return SNAPSHOT.put(body, snapshot.documented)


@ECS.action("DeleteSnapshot")
def delete_snapshot(call: Call) -> dict[str, Any]:
    """An unknown snapshot is ignored, as documented."""
    state, now = find.ecs(call), call.now
    snapshot = find.snapshot(call, call.get("SnapshotId"))
    if snapshot is None:
        return {}
    if any(p.snapshot_id == snapshot.id for i in state.images for p in i.parts):
        raise call.error("SnapshotCreatedImage", "Images were created from the snapshot; delete them first.")
    if any(d.snapshot_id == snapshot.id and d.exists(now) for d in state.disks) and not call.get("Force"):
        raise call.error("SnapshotCreatedDisk", "Disks were created from the snapshot; use Force=true.")
    state.snapshots.remove(snapshot.id)
    return {}
