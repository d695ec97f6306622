"""``ReplaceSystemDisk``: the old disk and its data are gone the moment it succeeds."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from swaslift.emulator.ecs import find, fit
from swaslift.emulator.ecs.catalog import sizes
from swaslift.emulator.ecs.disk_checks import DiskSpec, whole
from swaslift.emulator.ecs.instance_change import in_status
from swaslift.emulator.ecs.rules import check_password, host_name_ok
from swaslift.emulator.ecs.run_instances import make_disk
from swaslift.emulator.ecs.service import ECS
from swaslift.emulator.ecs.snapshots import running_snapshot

if TYPE_CHECKING:
    from swaslift.emulator.ecs.records import Disk, Image, Instance
    from swaslift.emulator.service import Call


@ECS.action("ReplaceSystemDisk")
def replace_system_disk(call: Call) -> dict[str, Any]:
    """Put a new system disk, made from an image, in the place of the old one."""
    state, world, now = find.ecs(call), call.world, call.now
    instance = find.instance(call)
    if instance.status(now) == "Pending":
        raise call.error("OperationDenied.InstanceCreating", "The instance is still being created.")
    if instance.unpaid_order:
        raise call.error("OperationDenied.UnpaidOrder", "The instance has an unpaid order.")
    in_status(call, instance, "Stopped")
    old = state.system_disk(instance.id, now)
    if old is None:
        raise call.error("InvalidInstance.NotFoundSystemDisk", "The instance has no system disk.")
    if old.status(now) != "In_use":
        raise call.error("IncorrectDiskStatus", "The system disk is not In_use.")
    if running_snapshot(state, old, now):
        raise call.error("DiskCreatingSnapshot", "A snapshot of the disk is still running.")
    image, _ = find.image_in_use(call, region_id=instance.region_id)
    _check_image(call, instance, image)
    _check_login(call, instance, image)
    size = _size(call, old, image)
    by_default = call.world.quirks.account_default_encryption == "on"
    if by_default and call.get("Encrypted") is False:
        raise call.error(
            "InvalidEncrypted.NotMatchDiskDefaultEncryption", "The account encrypts its disks by default."
        )
    if call.get("KMSKeyId") and not call.get("Encrypted"):
        raise call.error(
            "InvalidEncrypted.NotMatchKmsKeyId", "Encrypted must be true when KMSKeyId is given."
        )
    shared = image.account_id != call.account_id and not image.official
    if shared and image.encrypted and not call.get("Encrypted"):
        raise call.error(
            "InvalidEncrypted.NotMatchSnapshot", "A shared encrypted image needs Encrypted=true."
        )

    if shared:
        state.shared_image_ids.add(image.id)
    instance.image_id, instance.traits = image.id, image.traits
    instance.booted_from = image.name
    instance.key_pair = call.get("KeyPairName") or ""
    instance.has_password = instance.has_password or bool(call.get("Password"))
    instance.silent = world.faults.take_no_heartbeat(instance.region_id)
    seconds = world.seconds(world.durations.replace_disk)
    instance.busy_until = now + timedelta(seconds=seconds)
    spec = DiskSpec(
        "system",
        old.category,
        old.performance_level,
        size,
        device=old.device,
        snapshot_id=image.system.snapshot_id,
        encrypted=bool(call.get("Encrypted")) or image.system.encrypted or by_default,
        kms_key_id=call.get("KMSKeyId") or image.system.kms_key_id,
        name=old.name,
        description=old.description,
        delete_with_instance=old.delete_with_instance,
    )
    new = make_disk(call, instance, spec, seconds)
    new.charge_type, new.expires_at = old.charge_type, old.expires_at
    old.gone_at = now
    return {"DiskId": new.id}


def _check_image(call: Call, instance: Instance, image: Image) -> None:
    state = find.ecs(call)
    instance_type = state.catalog.types[instance.type_id]
    if not image.usable(call.now, call.world.quirks.usable_lag):
        raise call.error("OperationDenied.ImageNotValid", "The image cannot be used (yet).")
    if image.data_parts:
        raise call.error(
            "OperationDenied",
            "The image holds data disk snapshots; it cannot replace a system disk.",
            http=400,
        )
    if not fit.architecture_fits(image.traits, instance_type):
        raise call.error(
            "InvalidInstanceType.NotSupported", "The image does not fit the type's architecture."
        )
    if not fit.nvme_fits(image.traits, instance_type):
        raise call.error(
            "InvalidParameter.NotMatch", "The image does not support NVMe, which the type needs."
        )
    if not fit.boot_mode_fits(image.traits, instance_type):
        raise call.error(
            "ImageNotSupportInstanceType", "The image does not support the instance type (boot mode)."
        )
    region = state.catalog.regions[instance.region_id]
    if not region.mainland and image.traits.windows != instance.traits.windows:
        raise call.error(
            "OperationDenied", "The region does not allow changing between Windows and Linux.", http=403
        )


def _check_login(call: Call, instance: Instance, image: Image) -> None:
    windows, key = image.traits.windows, call.get("KeyPairName")
    check_password(call, windows=windows)
    if key and windows:
        raise call.error("DependencyViolation.WindowsInstance", "Windows instances have no key pairs.")
    if key and find.ecs(call).key_pair(key, call.account_id, instance.region_id, call.now) is None:
        raise call.error("InvalidKeyPairName.NotFound", f"The key pair {key} does not exist.")
    if not host_name_ok(instance.host_name, windows=windows) and windows != instance.traits.windows:
        raise call.error("InvalidHostname.MismatchImage", "The host name does not fit the new system.")


def _size(call: Call, old: Disk, image: Image) -> int:
    """A size that is given is at least that of the old disk and of the image; else max(40, image)."""
    given = (call.get("SystemDisk") or {}).get("Size")
    if given in {None, ""}:
        return max(40, image.system.size)
    size = whole(call, given, "InvalidSystemDiskSize.ValueNotSupported")
    if size < image.system.size:
        raise call.error("InvalidSystemDiskSize.LessThanImageSize", "The disk is smaller than the image.")
    if size < old.size:
        raise call.error("InvalidSystemDiskSize.LessThanMinSize", "The disk is smaller than the old one.")
    if size > sizes("system", old.category, old.performance_level).most:
        raise call.error("InvalidSystemDiskSize.MoreThanMaxSize", "The disk is too large.")
    return size
