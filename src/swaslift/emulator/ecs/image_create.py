"""``CreateImage``: from an instance, from mapped snapshots, or from one system disk snapshot."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal, cast

from swaslift.emulator.ecs import find
from swaslift.emulator.ecs.records import Image, ImagePart, Snapshot, Traits
from swaslift.emulator.ecs.rules import check_description, check_name, check_tags
from swaslift.emulator.ecs.service import ECS
from swaslift.emulator.ecs.snapshots import running_snapshot, start_snapshot
from swaslift.emulator.ecs.work import Work

if TYPE_CHECKING:
    from swaslift.emulator.ecs.records import Disk
    from swaslift.emulator.service import Call

_ARCHITECTURES = {"i386", "x86_64", "arm64"}
_BOOT_MODES = {"BIOS", "UEFI", "UEFI-Preferred"}
_DEVICE = re.compile(r"/dev/xvd[a-z]")


@ECS.action("CreateImage")
def create_image(call: Call) -> dict[str, Any]:
    """Make an image; the instance goes before the mapping, the mapping before the snapshot."""
    find.region(call)
    _check_words(call)
    state, now = find.ecs(call), call.now
    own = state.images.of(call.account_id, call.region_id, now)
    name = call.get("ImageName")
    if name and any(i.name == name for i in own):
        raise call.error("InvalidImageName.Duplicated", f"The image name {name} already exists.")
    if len(own) >= state.quota("max-images", 100):
        raise call.error("QuotaExceed.Image", "The image quota of the region is exceeded.")
    if call.get("InstanceId"):
        return {"ImageId": _from_instance(call).id}
    if call.get("DiskDeviceMapping"):
        return {"ImageId": _from_mapping(call).id}
    if call.get("SnapshotId"):
        return {"ImageId": _from_snapshot(call).id}
    raise call.error("MissingParameter", "One of InstanceId, DiskDeviceMapping and SnapshotId is required.")


def _check_words(call: Call) -> None:
    check_name(call, "ImageName", "InvalidImageName.Malformed", no_vendor=True)
    check_name(call, "ImageFamily", "InvalidImageFamily.Malformed", no_vendor=True)
    check_description(call)
    check_tags(call)
    if call.get("ImageVersion") and len(call.get("ImageVersion")) > 40:
        raise call.error("InvalidImageVersion.Malformed", "The specified ImageVersion is wrongly formed.")
    if call.get("Architecture") not in {None, *_ARCHITECTURES}:
        raise call.error("InvalidArchitecture.Malformed", "The specified Architecture is wrongly formed.")
    if call.get("BootMode") not in {None, *_BOOT_MODES}:
        raise call.error("InvalidBootMode.Malformed", "The specified BootMode is wrongly formed.")
    if call.get("BootMode") == "BIOS" and call.get("Architecture") == "arm64":
        raise call.error("InvalidBootMode.NotSupport", "An arm64 image cannot boot in BIOS mode.")
    if call.get("DetectionStrategy") not in {None, "Standard"}:
        raise call.error("InvalidDetectionStrategy.Malformed", "The DetectionStrategy is not valid.")


def _from_instance(call: Call) -> Image:
    """A snapshot of every disk, then the image."""
    state, now, world = find.ecs(call), call.now, call.world
    instance = find.instance(call, in_region=True)
    if "security" in instance.locks:
        raise call.error("InstanceLockedForSecurity", "The instance is locked for security reasons.")
    if instance.status(now) not in {"Running", "Stopped"} or instance.lock_reasons(now):
        raise call.error("IncorrectInstanceStatus", "The instance must be Running or Stopped.")
    disks = state.disks_of(instance.id, now)
    if not any(d.kind == "system" for d in disks):
        raise call.error("InvalidInstance.NotFoundSystemDisk", "The instance has no system disk.")
    for disk in disks:
        if running_snapshot(state, disk, now):
            raise call.error("IncorrectDiskStatus.CreatingSnapshot", f"A snapshot of {disk.id} is running.")
        if disk.status(now) != "In_use":
            raise call.error("IncorrectDiskStatus", f"The disk {disk.id} is not In_use.")
    call.stop_if_dry()
    image_id = world.new_id("m-")
    taken = [(d, start_snapshot(call, d, name=f"Created_from_{instance.id}_{d.kind}")) for d in disks]
    longest = max(s.work.seconds for _, s in taken)
    parts = [_part(d, s) for d, s in taken]
    work = Work(now, longest + world.seconds(world.durations.ecs_image))
    work.fate = world.faults.outcome("ecs_image", call.region_id)
    if any(s.work.fate != "done" for _, s in taken):
        work.fate = next(s.work.fate for _, s in taken if s.work.fate != "done")
    return _image(call, image_id, instance.traits, parts, work)


def _part(disk: Disk, snapshot: Snapshot) -> ImagePart:
    return ImagePart(
        disk.device, disk.size, disk.kind, snapshot.id, encrypted=disk.encrypted, kms_key_id=disk.kms_key_id
    )


def _from_mapping(call: Call) -> Image:
    parts: list[ImagePart] = []
    traits: Traits | None = None
    letters = iter("bcdefghijklmnopqrstuvwxyz")
    for mapping in call.get("DiskDeviceMapping"):
        if not mapping.get("SnapshotId"):
            raise call.error("MissingParameter", "DiskDeviceMapping.N.SnapshotId is required.")
        snapshot = _ready(call, mapping["SnapshotId"])
        kind = mapping.get("DiskType") or snapshot.kind
        if kind not in {"system", "data"}:
            raise call.error("InvalidDiskType.ValueNotSupported", f"The disk type {kind} is not supported.")
        size = int(mapping.get("Size") or snapshot.size)
        if not snapshot.size <= size <= (2048 if kind == "system" else 65536):
            raise call.error("InvalidSize.ValueNotSupported", f"The size {size} is out of range.")
        device = mapping.get("Device") or ("/dev/xvda" if kind == "system" else f"/dev/xvd{next(letters)}")
        if not _DEVICE.fullmatch(device):
            raise call.error("InvalidDevice.Malformed", f"The device {device} is wrongly formed.")
        if any(p.device == device for p in parts):
            raise call.error("InvalidDevice.InUse", f"The device {device} is given twice.")
        if kind == "system":
            if snapshot.kind != "system":
                raise call.error("OperationDenied", "The snapshot is not one of a system disk.", http=400)
            traits = snapshot.traits
        parts.append(
            ImagePart(
                device,
                size,
                cast("Literal['system', 'data']", kind),
                snapshot.id,
                encrypted=snapshot.encrypted,
                kms_key_id=snapshot.kms_key_id,
            )
        )
    if traits is None or sum(p.kind == "system" for p in parts) != 1:
        raise call.error("OperationDenied", "There must be one system disk snapshot.", http=400)
    call.stop_if_dry()
    parts.sort(key=lambda p: p.device)
    return _image(call, call.world.new_id("m-"), traits, parts, _quick(call))


def _from_snapshot(call: Call) -> Image:
    snapshot = _ready(call, call.get("SnapshotId"))
    if snapshot.kind != "system" or snapshot.traits is None:
        raise call.error("InvalidSystemSnapshot.Missing", "The snapshot is not one of a system disk.")
    call.stop_if_dry()
    part = ImagePart(
        "/dev/xvda", snapshot.size, "system", snapshot.id, snapshot.encrypted, snapshot.kms_key_id
    )
    return _image(call, call.world.new_id("m-"), snapshot.traits, [part], _quick(call))


def _ready(call: Call, snapshot_id: str) -> Snapshot:
    snapshot = find.snapshot(call, snapshot_id)
    if snapshot is None or snapshot.region_id != call.region_id:
        raise call.error("InvalidSnapshotId.NotFound", f"The snapshot {snapshot_id} does not exist.")
    if snapshot.status(call.now) != "accomplished":
        raise call.error("InvalidSnapshotId.NotReady", f"The snapshot {snapshot_id} is not ready.")
    return snapshot


def _quick(call: Call) -> Work:
    world = call.world
    seconds = world.seconds(world.durations.image_from_snapshot)
    return Work(call.now, seconds, world.faults.outcome("ecs_image", call.region_id))


def _image(call: Call, image_id: str, traits: Traits, parts: list[ImagePart], work: Work) -> Image:
    from_instance = bool(call.get("InstanceId"))
    overrides: dict[str, Any] = {}
    if call.get("Platform") and not from_instance:
        overrides["platform"] = call.get("Platform")
    if call.get("Architecture") and not from_instance:
        overrides["architecture"] = call.get("Architecture")
    if call.get("BootMode"):
        overrides["boot_mode"] = call.get("BootMode")
    if (call.get("Features") or {}).get("ImdsSupport"):
        overrides["imds"] = call.get("Features")["ImdsSupport"]
    return find.ecs(call).images.add(
        Image(
            id=image_id,
            account_id=call.account_id,
            region_id=call.region_id,
            created_at=call.now,
            visible_at=call.world.visible_at(call.now),
            tags=call.tags,
            resource_group_id=call.get("ResourceGroupId") or "",
            name=call.get("ImageName") or image_id,
            description=call.get("Description") or "",
            family=call.get("ImageFamily") or "",
            version=call.get("ImageVersion") or "",
            traits=Traits(**{**traits.__dict__, **overrides}),
            parts=parts,
            work=work,
        )
    )
