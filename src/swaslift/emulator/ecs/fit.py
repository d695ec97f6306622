"""What goes with what: images, instance types, zones and disk categories."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from swaslift.emulator.ecs.catalog import InstanceType, Region
    from swaslift.emulator.ecs.records import Traits
    from swaslift.emulator.service import Call


def architecture_fits(traits: Traits, instance_type: InstanceType) -> bool:
    """ARM images run on ARM types only, and on these nothing else does."""
    return (traits.architecture == "arm64") == (instance_type.architecture == "ARM")


def boot_mode_fits(traits: Traits, instance_type: InstanceType) -> bool:
    """Whether a type can boot the way the image wants."""
    wanted = {"UEFI-Preferred": {"UEFI", "BIOS"}}.get(traits.boot_mode, {traits.boot_mode})
    return bool(wanted & set(instance_type.boot_modes))


def nvme_fits(traits: Traits, instance_type: InstanceType) -> bool:
    """A type that shows its disks as NVMe devices cannot boot an image without the driver."""
    return traits.nvme or instance_type.nvme != "required"


def fits(traits: Traits, instance_type: InstanceType) -> bool:
    """Whether a system can run on a type at all."""
    return (
        architecture_fits(traits, instance_type)
        and boot_mode_fits(traits, instance_type)
        and nvme_fits(traits, instance_type)
    )


def in_stock(call: Call, instance_type: InstanceType, zone_id: str) -> bool:
    """Whether a zone sells a type and has any left."""
    return (
        zone_id in instance_type.zones
        and not instance_type.sold_out
        and not call.world.faults.out_of_stock(instance_type.id, zone_id)
    )


def default_category(instance_type: InstanceType, region: Region) -> tuple[str, str]:
    """The category and performance level of a system disk that names none."""
    if "cloud_efficiency" in instance_type.system_disks:
        return "cloud_efficiency", ""
    if "cloud_essd" in instance_type.system_disks:
        return "cloud_essd", "PL0" if region.mainland else "PL1"
    return instance_type.system_disks[0], ""
