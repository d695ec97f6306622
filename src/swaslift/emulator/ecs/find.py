"""What a request refers to, or the documented error when it is not there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from swaslift.emulator import bridge
from swaslift.emulator.ecs.rules import documented

if TYPE_CHECKING:
    from swaslift.emulator.ecs.catalog import Region
    from swaslift.emulator.ecs.records import Disk, Image, Instance, Snapshot
    from swaslift.emulator.ecs.records_network import SecurityGroup
    from swaslift.emulator.ecs.state import EcsState
    from swaslift.emulator.service import Call


def ecs(call: Call) -> EcsState:
    """The state of ECS."""
    return call.world.ecs


def region(call: Call) -> Region:
    """The region of the call."""
    found = ecs(call).catalog.regions.get(call.region_id)
    if found is None:
        raise documented(call, ("InvalidRegionId.NotFound",), "The specified RegionId does not exist.")
    return found


def instance(call: Call, instance_id: str | None = None, *, in_region: bool = False) -> Instance:
    """An instance of the account; actions without RegionId find it in any region."""
    wanted = instance_id or call.get("InstanceId") or ""
    found = ecs(call).instances.find(wanted, call.account_id, call.now)
    if found is None or (in_region and found.region_id != call.region_id):
        raise documented(
            call,
            ("InvalidInstanceId.NotFound", "InvalidInstance.NotFound"),
            f"The specified InstanceId {wanted} does not exist.",
        )
    return found


def disk(call: Call, disk_id: str | None = None) -> Disk:
    """A disk of the account, in any region."""
    wanted = disk_id or call.get("DiskId") or ""
    found = ecs(call).disks.find(wanted, call.account_id, call.now)
    if found is None:
        raise call.error("InvalidDiskId.NotFound", f"The specified disk {wanted} does not exist.", http=404)
    return found


def snapshot(call: Call, snapshot_id: str) -> Snapshot | None:
    """A snapshot of the account, or None."""
    return ecs(call).snapshots.find(snapshot_id, call.account_id, call.now)


def security_group(
    call: Call, group_id: str, *, code: str = "InvalidSecurityGroupId.NotFound"
) -> SecurityGroup:
    """A security group of the account, in the region if the call names one."""
    found = ecs(call).security_groups.find(group_id, call.account_id, call.now)
    if found is None or (call.get("RegionId") and found.region_id != call.region_id):
        raise call.error(code, f"The specified SecurityGroupId {group_id} does not exist.", http=404)
    return found


def own_image(call: Call, image_id: str | None = None) -> Image:
    """A custom image that the account owns in ECS; an image shared with it is none."""
    wanted = image_id or call.get("ImageId") or ""
    found = ecs(call).images.find(wanted, call.account_id, call.now)
    if found is None or found.official or found.region_id != call.region_id:
        raise unknown_image(call, wanted)
    return found


def usable_by(call: Call, *, region_id: str | None = None) -> list[tuple[Image, str]]:
    """Every image that the account may use in a region, with the alias of its owner, newest first."""
    where = region_id or call.region_id
    state, now, me = ecs(call), call.now, call.account_id
    seen: list[tuple[Image, str]] = []
    for found in state.images:
        if found.region_id != where or not found.exists(now):
            continue
        if found.official:
            seen.append((found, "system"))
        elif found.account_id == me:
            seen.append((found, "self"))
        elif me in found.shared_with or found.community:
            seen.append((found, "others"))
    alias = call.world.quirks.swas_image_owner_alias
    seen += [(i, alias) for i in bridge.shared_images(call.world, me, where, now)]
    return sorted(seen, key=lambda s: (s[0].official, -s[0].created_at.timestamp(), -s[0].seq))


def image_in_use(
    call: Call, image_id: str | None = None, *, region_id: str | None = None
) -> tuple[Image, str]:
    """An image that the account may use, with its owner alias."""
    wanted = image_id or call.get("ImageId") or ""
    for found, alias in usable_by(call, region_id=region_id):
        if found.id == wanted:
            return found, alias
    raise unknown_image(call, wanted)


def unknown_image(call: Call, image_id: str) -> Exception:
    """The error for an image that is not there or not visible."""
    return call.error(
        "InvalidImageId.NotFound", f"The specified ImageId {image_id} does not exist.", http=404
    )


def json_list(call: Call, name: str) -> list[str] | None:
    """A parameter that is a JSON list on the wire; an empty list is not the same as none."""
    value = call.get(name)
    return None if value is None else [str(v) for v in value]
