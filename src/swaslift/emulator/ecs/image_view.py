"""How an image looks in ``DescribeImages``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from swaslift.emulator.ecs.documented import IMAGE
from swaslift.emulator.ecs.rules import tag_body
from swaslift.emulator.ecs.times import to_second

if TYPE_CHECKING:
    from datetime import datetime

    from swaslift.emulator.ecs.records import Image
    from swaslift.emulator.world import World


def image_body(world: World, image: Image, alias: str, now: datetime) -> dict[str, Any]:
    """All documented fields for which an image of the emulator has a value."""
    traits, own = image.traits, alias == "self" and not image.swas_image_id
    in_use = any(i.image_id == image.id and i.exists(now) for i in world.ecs.instances)
    body: dict[str, Any] = {
        "Architecture": traits.architecture,
        "BootMode": traits.boot_mode,
        "CreationTime": to_second(image.created_at),
        "Description": image.description,
        "DiskDeviceMappings": {"DiskDeviceMapping": [_part(image, i, now) for i in range(len(image.parts))]},
        "Features": {
            "CpuOnlineDowngrade": "unsupported",
            "CpuOnlineUpgrade": "supported",
            "ImdsSupport": traits.imds,
            "MemoryOnlineDowngrade": "unsupported",
            "MemoryOnlineUpgrade": "supported",
            "NvmeSupport": "supported" if traits.nvme else "unsupported",
        },
        "ImageFamily": image.family,
        "ImageId": image.id,
        "ImageName": image.name,
        "ImageOwnerAlias": alias,
        "ImageVersion": image.version,
        "IsCopied": image.copy is not None,
        "IsPublic": image.official or image.community,
        "IsSubscribed": False,
        "IsSupportCloudinit": traits.cloud_init,
        "IsSupportIoOptimized": True,
        "LicenseType": image.license_type,
        "LoginAsNonRootSupported": traits.non_root_login,
        "OSName": traits.os_name,
        "OSNameEn": traits.os_name_en,
        "OSType": traits.os_type,
        "Platform": traits.platform,
        "ProductCode": "",
        "Progress": f"{image.percent(now)}%",
        "SecureBootOptions": {"SecureBootSupport": "unsupported"},
        "Size": image.system.size,
        "Status": image.status(now),
        "Tags": tag_body(image.tags if own else {}),
        "Usable": image.usable(now, world.quirks.usable_lag),
        "Usage": "instance" if in_use else "none",
    }
    if image.account_id.isdigit():
        body["ImageOwnerId"] = int(image.account_id)
    if own:
        body["IsSelfShared"] = "true" if image.shared_with else "false"
        body["ResourceGroupId"] = image.resource_group_id
    return IMAGE.put(body, image.documented)


def _part(image: Image, index: int, now: datetime) -> dict[str, Any]:
    part = image.parts[index]
    return {
        "Device": part.device,
        "Encrypted": part.encrypted,
        "Format": "",
        "ImportOSSBucket": "",
        "ImportOSSObject": "",
        "Progress": f"{image.percent(now)}%",
        "RemainTime": image.work.remaining(now) if image.work else 0,
        "Size": str(part.size),
        "SnapshotId": part.snapshot_id,
        "Type": part.kind,
    }
