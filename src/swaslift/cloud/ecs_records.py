"""ECS answers as records."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from swaslift.cloud.parse import flag, number, percent, tags, when
from swaslift.models import (
    EcsDisk,
    EcsImage,
    EcsInstance,
    ImageDisk,
    InstanceType,
    SecurityGroup,
    SharedAccount,
    Snapshot,
    VSwitch,
)

Item = Mapping[str, Any]


def _tags(item: Item) -> dict[str, str]:
    return tags((item.get("Tags") or {}).get("Tag"), "TagKey", "TagValue")


def image(item: Item, **where: Any) -> EcsImage:
    """An item of ``DescribeImages``."""
    mappings = (item.get("DiskDeviceMappings") or {}).get("DiskDeviceMapping") or []
    features = item.get("Features") or {}
    shared = item.get("IsSelfShared")
    return EcsImage(
        **where,
        id=item["ImageId"],
        name=item.get("ImageName", ""),
        status=item.get("Status", ""),
        usable=item.get("Usable"),
        owner_alias=item.get("ImageOwnerAlias", ""),
        progress=percent(item.get("Progress")),
        architecture=item.get("Architecture", ""),
        boot_mode=item.get("BootMode") or "",
        nvme_support=features.get("NvmeSupport") or "",
        os_type=item.get("OSType", ""),
        size=number(item.get("Size")),
        disks=tuple(
            ImageDisk(
                kind="data" if str(m.get("Type", "")).lower() == "data" else "system",
                device=m.get("Device", ""),
                size=number(m.get("Size")),
                snapshot_id=m.get("SnapshotId") or "",
                encrypted=flag(m.get("Encrypted")),
            )
            for m in mappings
        ),
        is_copied=flag(item.get("IsCopied")),
        owner_id=str(item.get("ImageOwnerId") or ""),
        shared_to_accounts=flag(shared) if shared not in {None, ""} else None,
        description=item.get("Description") or "",
        created_at=when(item.get("CreationTime")),
        tags=_tags(item),
    )


def instance(item: Item, **where: Any) -> EcsInstance:
    """An item of ``DescribeInstances``."""
    vpc = item.get("VpcAttributes") or {}
    private = (vpc.get("PrivateIpAddress") or {}).get("IpAddress") or []
    public = (item.get("PublicIpAddress") or {}).get("IpAddress") or []
    elastic = (item.get("EipAddress") or {}).get("IpAddress") or ""
    locks = (item.get("OperationLocks") or {}).get("LockReason") or []
    return EcsInstance(
        **where,
        id=item["InstanceId"],
        name=item.get("InstanceName", ""),
        status=item.get("Status", ""),
        instance_type=item.get("InstanceType", ""),
        zone_id=item.get("ZoneId", ""),
        vpc_id=vpc.get("VpcId", ""),
        vswitch_id=vpc.get("VSwitchId", ""),
        security_group_ids=tuple((item.get("SecurityGroupIds") or {}).get("SecurityGroupId") or ()),
        image_id=item.get("ImageId", ""),
        os_type=item.get("OSType", ""),
        public_ip=public[0] if public else elastic,
        private_ip=private[0] if private else "",
        key_pair=item.get("KeyPairName") or "",
        charge_type=item.get("InstanceChargeType", ""),
        stopped_mode=item.get("StoppedMode", ""),
        locks=tuple(lock.get("LockReason", "") for lock in locks),
        created_at=when(item.get("CreationTime")),
        started_at=when(item.get("StartTime")),
        expires_at=when(item.get("ExpiredTime")),
        tags=_tags(item),
    )


def disk(item: Item, **where: Any) -> EcsDisk:
    """An item of ``DescribeDisks``."""
    return EcsDisk(
        **where,
        id=item["DiskId"],
        name=item.get("DiskName", ""),
        kind="data" if item.get("Type") == "data" else "system",
        category=item.get("Category", ""),
        performance_level=item.get("PerformanceLevel") or "",
        size=number(item.get("Size")),
        status=item.get("Status", ""),
        instance_id=item.get("InstanceId") or "",
        zone_id=item.get("ZoneId", ""),
        image_id=item.get("ImageId") or "",
    )


def snapshot(item: Item, **where: Any) -> Snapshot:
    """An item of ``DescribeSnapshots``."""
    return Snapshot(
        **where,
        id=item["SnapshotId"],
        name=item.get("SnapshotName", ""),
        disk_id=item.get("SourceDiskId", ""),
        disk_kind=item.get("SourceDiskType", ""),
        status=item.get("Status", ""),
        progress=percent(item.get("Progress")),
        created_at=when(item.get("CreationTime")),
        tags=_tags(item),
    )


def vswitch(item: Item, **where: Any) -> VSwitch:
    """An item of ``DescribeVSwitches``."""
    return VSwitch(
        **where,
        id=item["VSwitchId"],
        name=item.get("VSwitchName", ""),
        vpc_id=item.get("VpcId", ""),
        zone_id=item.get("ZoneId", ""),
        free_addresses=number(item.get("AvailableIpAddressCount")),
    )


def security_group(item: Item, **where: Any) -> SecurityGroup:
    """An item of ``DescribeSecurityGroups``."""
    return SecurityGroup(
        **where,
        id=item["SecurityGroupId"],
        name=item.get("SecurityGroupName", ""),
        vpc_id=item.get("VpcId", ""),
    )


def instance_type(item: Item) -> InstanceType:
    """An item of ``DescribeInstanceTypes``."""
    return InstanceType(
        id=item["InstanceTypeId"],
        cpu=number(item.get("CpuCoreCount")),
        memory=float(item.get("MemorySize") or 0),
        architecture=item.get("CpuArchitecture", ""),
        nvme_support=item.get("NvmeSupport") or "",
    )


def shared_account(item: Item) -> SharedAccount:
    """An item of ``DescribeImageSharePermission``."""
    return SharedAccount(account_id=str(item["AliyunId"]), shared_at=when(item.get("SharedTime")))
