"""ECS answers as records."""

from __future__ import annotations

from typing import Any

from swaslift.cloud.parse import Fields
from swaslift.models import (
    DiskOffer,
    EcsDisk,
    EcsImage,
    EcsInstance,
    ImageDisk,
    InstanceType,
    KeyPair,
    SecurityGroup,
    SharedAccount,
    Snapshot,
    VSwitch,
)

_KINDS = ("system", "data")
_SNAPSHOT_STATES = ("progressing", "accomplished", "failed")
_IMAGE_STATES = ("Creating", "Waiting", "Available", "UnAvailable", "CreateFailed", "Deprecated")
_INSTANCE_STATES = ("Pending", "Starting", "Running", "Stopping", "Stopped")
_DISK_STATES = ("In_use", "Available", "Attaching", "Detaching", "Creating", "ReIniting")


def _tags(item: Fields) -> dict[str, str]:
    return item.tags("Tags", "Tag", key="TagKey", value="TagValue")


def image(item: Fields, **where: Any) -> EcsImage:
    """An item of ``DescribeImages``."""
    return EcsImage(
        **where,
        id=item.needed("ImageId"),
        name=item.text("ImageName"),
        status=item.spelled("Status", *_IMAGE_STATES),
        usable=item.flag_if_given("Usable"),
        owner_alias=item.text("ImageOwnerAlias"),
        progress=item.percent("Progress"),
        architecture=item.text("Architecture"),
        boot_mode=item.text("BootMode"),
        nvme_support=item.inside("Features").text("NvmeSupport"),
        os_type=item.text("OSType"),
        size=item.number("Size"),
        disks=tuple(
            ImageDisk(
                kind=m.spelled("Type", *_KINDS),
                device=m.text("Device"),
                size=m.number("Size"),
                snapshot_id=m.text("SnapshotId"),
                encrypted=m.flag("Encrypted"),
            )
            for m in item.items("DiskDeviceMappings", "DiskDeviceMapping")
        ),
        is_copied=item.flag("IsCopied"),
        owner_id=item.text("ImageOwnerId"),
        shared_to_accounts=item.flag_if_given("IsSelfShared"),
        description=item.text("Description"),
        created_at=item.when("CreationTime"),
        tags=_tags(item),
    )


def instance(item: Fields, **where: Any) -> EcsInstance:
    """An item of ``DescribeInstances``."""
    vpc = item.inside("VpcAttributes")
    private = vpc.texts("PrivateIpAddress", "IpAddress")
    public = item.texts("PublicIpAddress", "IpAddress")
    return EcsInstance(
        **where,
        id=item.needed("InstanceId"),
        name=item.text("InstanceName"),
        status=item.spelled("Status", *_INSTANCE_STATES),
        instance_type=item.text("InstanceType"),
        zone_id=item.text("ZoneId"),
        vpc_id=vpc.text("VpcId"),
        vswitch_id=vpc.text("VSwitchId"),
        security_group_ids=item.texts("SecurityGroupIds", "SecurityGroupId"),
        image_id=item.text("ImageId"),
        os_type=item.text("OSType"),
        public_ip=public[0] if public else item.inside("EipAddress").text("IpAddress"),
        private_ip=private[0] if private else "",
        key_pair=item.text("KeyPairName"),
        charge_type=item.text("InstanceChargeType"),
        stopped_mode=item.text("StoppedMode"),
        locks=tuple(lock.text("LockReason") for lock in item.items("OperationLocks", "LockReason")),
        created_at=item.when("CreationTime"),
        started_at=item.when("StartTime"),
        expires_at=item.when("ExpiredTime"),
        tags=_tags(item),
    )


def disk(item: Fields, **where: Any) -> EcsDisk:
    """An item of ``DescribeDisks``."""
    return EcsDisk(
        **where,
        id=item.needed("DiskId"),
        name=item.text("DiskName"),
        kind=item.spelled("Type", *_KINDS),
        category=item.text("Category"),
        performance_level=item.text("PerformanceLevel"),
        size=item.number("Size"),
        status=item.spelled("Status", *_DISK_STATES),
        instance_id=item.text("InstanceId"),
        zone_id=item.text("ZoneId"),
        image_id=item.text("ImageId"),
    )


def snapshot(item: Fields, **where: Any) -> Snapshot:
    """An item of ``DescribeSnapshots``."""
    return Snapshot(
        **where,
        id=item.needed("SnapshotId"),
        name=item.text("SnapshotName"),
        disk_id=item.text("SourceDiskId"),
        disk_kind=item.spelled("SourceDiskType", *_KINDS),
        status=item.spelled("Status", *_SNAPSHOT_STATES),
        progress=item.percent("Progress"),
        created_at=item.when("CreationTime"),
        tags=_tags(item),
    )


def vswitch(item: Fields, **where: Any) -> VSwitch:
    """An item of ``DescribeVSwitches``."""
    return VSwitch(
        **where,
        id=item.needed("VSwitchId"),
        name=item.text("VSwitchName"),
        vpc_id=item.text("VpcId"),
        zone_id=item.text("ZoneId"),
        free_addresses=item.number("AvailableIpAddressCount"),
    )


def security_group(item: Fields, **where: Any) -> SecurityGroup:
    """An item of ``DescribeSecurityGroups``."""
    return SecurityGroup(
        **where,
        id=item.needed("SecurityGroupId"),
        name=item.text("SecurityGroupName"),
        vpc_id=item.text("VpcId"),
    )


def key_pair(item: Fields, **where: Any) -> KeyPair:
    """An item of ``DescribeKeyPairs``."""
    return KeyPair(**where, name=item.needed("KeyPairName"))


def instance_type(item: Fields) -> InstanceType:
    """An item of ``DescribeInstanceTypes``."""
    return InstanceType(
        id=item.needed("InstanceTypeId"),
        cpu=item.number("CpuCoreCount"),
        memory=item.decimal("MemorySize"),
        architecture=item.text("CpuArchitecture"),
        nvme_support=item.text("NvmeSupport"),
    )


def shared_account(item: Fields) -> SharedAccount:
    """An item of ``DescribeImageSharePermission``."""
    return SharedAccount(account_id=item.needed("AliyunId"), shared_at=item.when("SharedTime"))


def in_stock(item: Fields) -> bool:
    """Whether a resource of ``DescribeAvailableResource`` can be had."""
    return item.text("Status") == "Available" and "WithoutStock" not in item.text("StatusCategory")


def disk_offer(item: Fields) -> DiskOffer:
    """A disk category of ``DescribeAvailableResource``."""
    return DiskOffer(
        category=item.needed("Value"),
        min_size=item.number("Min"),
        max_size=item.number("Max"),
        in_stock=in_stock(item),
    )
