"""Which disks a new instance is to get, and whether it may."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from swaslift.emulator import numbers
from swaslift.emulator.ecs import find, fit
from swaslift.emulator.ecs.catalog import CATEGORIES, PERFORMANCE_LEVELS, sizes
from swaslift.emulator.ecs.rules import documented

if TYPE_CHECKING:
    from swaslift.emulator.ecs.catalog import InstanceType
    from swaslift.emulator.ecs.records import Image
    from swaslift.emulator.service import Call


@dataclass
class DiskSpec:
    """One disk to be made."""

    kind: Literal["system", "data"]
    category: str
    level: str
    size: int
    device: str = ""
    snapshot_id: str = ""
    encrypted: bool = False
    kms_key_id: str = ""
    name: str = ""
    description: str = ""
    delete_with_instance: bool = True


def truth(value: Any) -> bool:
    """A flag that some actions take as text."""
    return value is True or str(value).lower() == "true"


def _encrypted(call: Call, wanted: dict[str, Any]) -> bool:
    """Whether a disk is to be encrypted: as asked for, or by the account's default."""
    given = wanted.get("Encrypted")
    if call.world.quirks.account_default_encryption == "off":
        return truth(given)
    if given not in {None, ""} and not truth(given):
        raise documented(
            call,
            ("InvalidEncrypted.NotMatchDiskDefaultEncryption",),
            "The account encrypts its disks by default.",
        )
    return True


def whole(call: Call, value: Any, code: str) -> int:
    """A size that some actions take as text."""
    try:
        return numbers.integer(str(value))
    except ValueError:
        raise call.error(code, f"The size {value!r} is not a number.") from None


def check_category(
    call: Call,
    category: str,
    level: str,
    instance_type: InstanceType,
    zone_id: str,
    *,
    kind: Literal["system", "data"],
) -> None:
    """The category exists, the type takes it and the zone has it."""
    code = "InvalidSystemDiskCategory" if kind == "system" else "InvalidDataDiskCategory"
    if category not in CATEGORIES:
        raise call.error(f"{code}.ValueNotSupported", f"The disk category {category} does not exist.")
    if level and level not in PERFORMANCE_LEVELS:
        raise call.error("InvalidPerformanceLevel.Malformed", "The PerformanceLevel is wrongly formed.")
    taken = instance_type.system_disks if kind == "system" else instance_type.data_disks
    if category not in taken:
        raise call.error(
            "InvalidInstanceType.NotSupportDiskCategory",
            f"{instance_type.id} does not take {category} disks.",
        )
    zone = next(
        (z for r in find.ecs(call).catalog.regions.values() for z in r.zones if z.id == zone_id), None
    )
    if zone is not None and category not in zone.disk_categories:
        raise documented(
            call,
            ("OperationDenied.ZoneSystemCategoryNotMatch", "InvalidDiskCategory.NotSupported"),
            f"{zone_id} has no {category} disks.",
        )


def check_size(call: Call, size: int, category: str, level: str, image: Image) -> None:
    """The size of a system disk against its image and its category."""
    if size < image.system.size:
        raise call.error(
            "InvalidSystemDiskSize.LessThanImageSize", "The system disk is smaller than the image.", http=404
        )
    allowed = sizes("system", category, level)
    if size < allowed.least:
        raise call.error("InvalidSystemDiskSize.LessThanMinSize", f"The least size is {allowed.least} GiB.")
    if size > allowed.most:
        raise call.error("InvalidSystemDiskSize.MoreThanMaxSize", f"The most is {allowed.most} GiB.")


def system_disk(call: Call, image: Image, instance_type: InstanceType, zone_id: str) -> DiskSpec:
    """The system disk: of the image's size or larger, 40 GiB where nothing is said."""
    wanted: dict[str, Any] = call.get("SystemDisk") or {}
    default, default_level = fit.default_category(instance_type, find.region(call))
    category = wanted.get("Category") or default
    level = wanted.get("PerformanceLevel") or (default_level if category == default else "")
    if category == "cloud_essd":
        level = level or "PL1"
    check_category(call, category, level, instance_type, zone_id, kind="system")
    size = max(40, image.system.size)
    if wanted.get("Size") not in {None, ""}:
        size = whole(call, wanted["Size"], "InvalidSystemDiskSize.ValueNotSupported")
    check_size(call, size, category, level, image)
    encrypted = _encrypted(call, wanted) or image.system.encrypted
    if wanted.get("KMSKeyId") and not truth(wanted.get("Encrypted")):
        raise documented(
            call,
            ("InvalidEncrypted.NotMatchKmsKeyId",),
            "Encrypted must be true when KMSKeyId is given.",
        )
    shared = image.account_id != call.account_id and not image.official
    if shared and image.encrypted and not truth(wanted.get("Encrypted")):
        raise call.error("InvalidParam.EncryptedMismatch", "A shared encrypted image needs Encrypted=true.")
    return DiskSpec(
        "system",
        category,
        level,
        size,
        device="/dev/xvda",
        snapshot_id=image.system.snapshot_id,
        encrypted=encrypted,
        kms_key_id=wanted.get("KMSKeyId") or image.system.kms_key_id,
        name=wanted.get("DiskName") or "",
        description=wanted.get("Description") or "",
    )


def data_disks(call: Call, image: Image, instance_type: InstanceType, zone_id: str) -> list[DiskSpec]:
    """The data disks of the image first, then those of the request."""
    wanted = list(call.get("DataDisk") or [])
    by_device = {d["Device"]: d for d in wanted if d.get("Device")}
    parts = {p.device: p for p in image.data_parts}
    for device in by_device:
        if device not in parts:
            raise call.error("InvalidDataDevice.Malformed", f"The image has no data disk {device}.")
    specs = []
    for part in image.data_parts:
        spec = _data_disk(call, by_device.get(part.device, {}), instance_type, zone_id, least=part.size)
        spec.device, spec.snapshot_id = part.device, part.snapshot_id
        spec.encrypted = spec.encrypted or part.encrypted
        specs.append(spec)
    letters = iter(n for n in (f"/dev/xvd{c}" for c in "bcdefghijklmnopqrstuvwxyz") if n not in parts)
    for one in wanted:
        if not one.get("Device"):
            spec = _data_disk(call, one, instance_type, zone_id)
            spec.device = next(letters)
            specs.append(spec)
    if len(specs) > 16:
        raise call.error("InstanceDiskNumber.LimitExceed", "An instance has at most 16 data disks.")
    return specs


def _data_disk(
    call: Call, wanted: dict[str, Any], instance_type: InstanceType, zone_id: str, *, least: int | None = None
) -> DiskSpec:
    default = (
        "cloud_efficiency" if "cloud_efficiency" in instance_type.data_disks else instance_type.data_disks[0]
    )
    category = wanted.get("Category") or default
    level = wanted.get("PerformanceLevel") or ("PL1" if category == "cloud_essd" else "")
    check_category(call, category, level, instance_type, zone_id, kind="data")
    snapshot_id = wanted.get("SnapshotId") or ""
    size = wanted.get("Size")
    if snapshot_id:
        snapshot = find.snapshot(call, snapshot_id)
        if snapshot is None or snapshot.region_id != call.region_id:
            raise call.error("InvalidDataDiskSnapshotId.NotFound", "The data disk snapshot does not exist.")
        if snapshot.kind != "data":
            raise call.error("InvalidSnapshotId.NotDataDiskSnapshot", "The snapshot is one of a system disk.")
        if snapshot.status(call.now) != "accomplished":
            raise call.error("InvalidSnapshotId.NotReady", "The snapshot is not ready.")
        size = max(int(size or 0), snapshot.size)
    elif size is None and least is not None:
        size = least
    if size is None:
        raise call.error("InvalidDataDiskSize.ValueNotSupported", "The size of a data disk is required.")
    if least is not None and size < least:
        raise call.error("InvalidDiskSize.TooSmall", "A data disk is smaller than its source snapshot.")
    if size not in sizes("data", category, level) and least != size:
        raise call.error(
            "InvalidDataDiskSize.ValueNotSupported", f"A {category} disk cannot have {size} GiB."
        )
    return DiskSpec(
        "data",
        category,
        level,
        size,
        snapshot_id=snapshot_id,
        encrypted=_encrypted(call, wanted),
        kms_key_id=wanted.get("KMSKeyId") or "",
        name=wanted.get("DiskName") or "",
        description=wanted.get("Description") or "",
        delete_with_instance=truth(wanted.get("DeleteWithInstance", True)),
    )
