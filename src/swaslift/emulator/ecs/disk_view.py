"""How a disk looks in ``DescribeDisks``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from swaslift.emulator.ecs.documented import DISK
from swaslift.emulator.ecs.rules import tag_body
from swaslift.emulator.ecs.times import to_minute, to_second

if TYPE_CHECKING:
    from datetime import datetime

    from swaslift.emulator.ecs.records import Disk


def disk_body(disk: Disk, now: datetime, *, iops: bool = False, placement: bool = False) -> dict[str, Any]:
    """All documented fields for which a disk of the emulator has a value."""
    host = disk.host(now)
    attached = to_second(disk.attached_at or disk.created_at)
    mount = [{"AttachedTime": attached, "Device": disk.device, "InstanceId": host}] if host else []
    body: dict[str, Any] = {
        "Attachments": {"Attachment": mount},
        "BurstingEnabled": False,
        "Category": disk.category,
        "CreationTime": to_second(disk.created_at),
        "DeleteAutoSnapshot": True,
        "DeleteWithInstance": disk.delete_with_instance,
        "Description": disk.description,
        "Device": disk.device if host else "",
        "DiskChargeType": disk.charge_type,
        "DiskId": disk.id,
        "DiskName": disk.name,
        "EnableAutoSnapshot": True,
        "EnableAutomatedSnapshotPolicy": False,
        "Encrypted": disk.encrypted,
        "ExpiredTime": to_minute(disk.expires_at) if disk.expires_at else "2999-09-08T16:00Z",
        "ImageId": disk.image_id,
        "InstanceId": host,
        "KMSKeyId": disk.kms_key_id,
        "MountInstanceNum": len(mount),
        "MountInstances": {"MountInstance": mount},
        "MultiAttach": "Disabled",
        "OperationLocks": {"OperationLock": [{"LockReason": r} for r in disk.locks]},
        "Portable": disk.kind == "data",
        "ProductCode": "",
        "RegionId": disk.region_id,
        "ResourceGroupId": disk.resource_group_id,
        "SerialNumber": disk.id.removeprefix("d-"),
        "Size": disk.size,
        "SourceSnapshotId": disk.snapshot_id,
        "Status": disk.status(now),
        "StorageSetId": "",
        "Tags": tag_body(disk.tags),
        "Type": disk.kind,
        "ZoneId": disk.zone_id,
    }
    if disk.category == "cloud_essd":
        body["PerformanceLevel"] = disk.performance_level
    if host:
        body["AttachedTime"] = attached
    if disk.detached_at and disk.detached_at <= now:
        body["DetachedTime"] = to_second(disk.detached_at)
    if disk.snapshot_id:
        body["DataSource"] = {"Id": disk.snapshot_id, "Type": "Snapshot"}
    if iops:
        most = min(1800 + 50 * disk.size, 50_000)
        body |= {"IOPS": most, "IOPSRead": most, "IOPSWrite": most}
        flow = min(120 + disk.size // 2, 350)
        body |= {"Throughput": flow, "ThroughputRead": flow, "ThroughputWrite": flow}
    if placement:
        body["Placement"] = {"ZoneIds": disk.zone_id}
    return DISK.put(body, disk.documented)
