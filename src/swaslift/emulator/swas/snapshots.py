"""Disks and their snapshots."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from swaslift.emulator.swas import describe, lookup
from swaslift.emulator.swas.quota import snapshot_limit
from swaslift.emulator.swas.records import DEFAULT_GROUP, Disk, Snapshot
from swaslift.emulator.swas.service import SWAS
from swaslift.emulator.world import Timeline

if TYPE_CHECKING:
    from swaslift.emulator.service import Call

SNAPSHOTS_PER_SERVER = 3


@SWAS.action("ListDisks")
def list_disks(call: Call) -> dict[str, Any]:
    """Disks of a region."""
    ids, server_id, kind = lookup.ids(call, "DiskIds"), call.get("InstanceId"), call.get("DiskType", "")
    if kind.lower() not in {"", "system", "data"}:
        raise lookup.invalid(call, f"DiskType must be system or data, not {kind!r}.")
    found = [
        disk
        for disk in call.world.swas.disks_of(call.account_id, call.now, call.region_id)
        if lookup.fits(call, disk)
        and call.world.swas.servers[disk.server_id].visible_at <= call.now
        and (ids is None or disk.disk_id in ids)
        and (not server_id or disk.server_id == server_id)
        and kind.lower() in {"", disk.kind}
    ]
    rows, paging = lookup.page(call, found)
    return {"Disks": [describe.disk(call.world, d, call.now) for d in rows], **paging}


@SWAS.action("ListSnapshots")
def list_snapshots(call: Call) -> dict[str, Any]:
    """Snapshots that fit every filter; an unknown server or disk as filter is an error."""
    ids, kind = lookup.ids(call, "SnapshotIds"), call.get("SourceDiskType", "")
    if kind.lower() not in {"", "system", "data"}:
        raise lookup.invalid(call, f"SourceDiskType must be system or data, not {kind!r}.")
    server = lookup.server(call) if call.get("InstanceId") else None
    disk = lookup.disk(call, call.params["DiskId"]) if call.get("DiskId") else None
    found = [
        snapshot
        for snapshot in call.world.swas.snapshots_of(call.account_id, call.now, call.region_id)
        if lookup.fits(call, snapshot)
        and (ids is None or snapshot.snapshot_id in ids)
        and (server is None or snapshot.server_id == server.server_id)
        and (disk is None or snapshot.disk_id == disk.disk_id)
        and kind.lower() in {"", snapshot.disk_kind}
    ]
    rows, paging = lookup.page(call, found)
    return {"Snapshots": [describe.snapshot(call.world, s, call.now) for s in rows], **paging}


@SWAS.action("CreateSnapshot")
def create_snapshot(call: Call) -> dict[str, Any]:
    """Start a snapshot of one disk; only one may be in progress on it."""
    disk = lookup.disk(call, call.params["DiskId"])
    tags = lookup.new_tags(call)
    _check_snapshot(call, disk)
    world, fate = call.world, call.world.faults.outcome("swas_snapshot", call.region_id)
    seconds = world.seconds(world.durations.swas_snapshot)
    status = Timeline((call.now, "Progressing"))
    if fate == "done":
        status.plan(call.now, (seconds, "Accomplished"))
    elif fate == "fail":
        status.plan(call.now, (seconds * 0.6, "Failed"))
    made = Snapshot(
        snapshot_id=world.new_id("s-"),
        account_id=call.account_id,
        region_id=call.region_id,
        server_id=disk.server_id,
        disk_id=disk.disk_id,
        disk_kind=disk.kind,
        disk_size=disk.size,
        name=call.params["SnapshotName"],
        created=call.now,
        visible_at=world.visible_at(call.now),
        status=status,
        seconds=seconds,
        resource_group_id=call.get("ResourceGroupId") or DEFAULT_GROUP,
        tags=tags,
    )
    world.swas.snapshots[made.snapshot_id] = made
    return {"SnapshotId": made.snapshot_id}


def _check_snapshot(call: Call, disk: Disk) -> None:
    swas, name = call.world.swas, call.params["SnapshotName"]
    if not lookup.named_well(lookup.SNAPSHOT_NAME, name):
        raise call.error(
            "InvalidSnapshotName.ValueNotSupported",
            'SnapshotName: 2 to 50 letters, digits, ":", "_", "." or "-", the first a letter.',
        )
    status = swas.servers[disk.server_id].status_at(call.now)
    if status not in {"Running", "Stopped"} or disk.status.at(call.now) != "In_use":
        raise call.error(
            "IncorrectStatus",
            f"The server is {status}, the disk {disk.status.at(call.now)}: no snapshot now.",
        )
    mine = swas.snapshots_of(call.account_id, call.now)
    if any(s.disk_id == disk.disk_id and s.status.at(call.now) == "Progressing" for s in mine):
        raise call.error(
            "IncorrectDiskStatus.CreatingSnapshot", "Another snapshot of this disk is being created."
        )
    if any(s.name == name and s.region_id == call.region_id for s in mine):
        raise call.error(
            "InvalidSnapshotName.Duplicate", f"There is a snapshot with the name {name} already."
        )
    limit, counted = snapshot_limit(call, mine)
    of_server = sum(s.server_id == disk.server_id for s in mine)
    if of_server >= SNAPSHOTS_PER_SERVER or counted >= limit:
        raise call.error(
            "SnapshotLimitExceed",
            f"The server has {of_server} of {SNAPSHOTS_PER_SERVER} snapshots, all have {counted} of {limit}.",
        )


@SWAS.action("DeleteSnapshot")
def delete_snapshot(call: Call) -> dict[str, Any]:
    """Delete one snapshot; an image made from it must go first."""
    _delete(call, [call.params["SnapshotId"]])
    return {}


@SWAS.action("DeleteSnapshots")
def delete_snapshots(call: Call) -> dict[str, Any]:
    """Delete several snapshots, all or none."""
    _delete(call, lookup.ids(call, "SnapshotIds") or [])
    return {}


def _delete(call: Call, snapshot_ids: list[str]) -> None:
    snapshots = [lookup.snapshot(call, one) for one in snapshot_ids]
    images = call.world.swas.images_of(call.account_id, call.now, call.region_id)
    for snapshot in snapshots:
        if snapshot.status.at(call.now) == "Progressing":
            raise lookup.invalid(call, f"The snapshot {snapshot.snapshot_id} is still being created.")
        for image in images:
            if snapshot.snapshot_id in {image.system_snapshot_id, image.data_snapshot_id}:
                raise lookup.invalid(
                    call,
                    f"The snapshot {snapshot.snapshot_id} is behind the custom image {image.image_id}: "
                    "delete that image first.",
                )
    for snapshot in snapshots:
        call.world.swas.snapshots.pop(snapshot.snapshot_id, None)
