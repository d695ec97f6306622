"""Reinstall a server, and roll a disk back to a snapshot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from swaslift.emulator.swas import lookup
from swaslift.emulator.swas.power import require_status
from swaslift.emulator.swas.records import AVAILABLE, CustomImage, KeyPair, Server, StockImage
from swaslift.emulator.swas.service import SWAS

if TYPE_CHECKING:
    from swaslift.emulator.service import Call


@SWAS.action("ResetSystem")
def reset_system(call: Call) -> dict[str, Any]:
    """Wipe the disks and install an image; snapshots stay, but cannot be rolled back any more."""
    server = lookup.server(call)
    image_id = call.get("ImageId") or server.image_id
    image: StockImage | CustomImage = call.world.swas.stock_images.get(image_id) or lookup.image(
        call, image_id
    )
    why = _refusal(call, server, image)
    if why:
        raise call.error("InvalidImageId.NotSupport", why)
    stopped = ("Stopped",) if call.world.quirks.reset_system_in == "running_or_stopped" else ()
    require_status(call, server, "Running", *stopped)
    key_pair = _key_pair(call, image)
    server.image_id, server.platform, server.reset_at = image.image_id, image.platform, call.now
    server.image_held_data = isinstance(image, CustomImage) and image.data_disk_size > 0
    if key_pair:
        _bind(call, server, key_pair)
    if call.get("LoginCredentials", {}).get("Password"):
        server.password_set = True
    seconds = call.world.seconds(call.world.durations.swas_reset)
    server.status.plan(call.now, (0, "Resetting"), (seconds, "Running"))
    return {}


def _key_pair(call: Call, image: StockImage | CustomImage) -> KeyPair | None:
    name = call.get("LoginCredentials", {}).get("KeyPairName")
    if not name:
        return None
    found = call.world.swas.key_pairs.get((call.account_id, call.region_id, name))
    if found is None:
        raise lookup.invalid(call, f"There is no key pair {name}.")
    if image.platform == "Windows":
        raise lookup.invalid(call, "Windows servers take no key pair.")
    return found


def _bind(call: Call, server: Server, pair: KeyPair) -> None:
    """A server has one key pair; another one takes its place."""
    for other in call.world.swas.key_pairs.values():
        if server.server_id in other.server_ids:
            other.server_ids.remove(server.server_id)
    server.key_pair = pair.name
    pair.server_ids.append(server.server_id)


def _refusal(call: Call, server: Server, image: StockImage | CustomImage) -> str:
    """Why this image cannot be installed on this server; empty if it can."""
    if server.image_held_data:
        return "A server made from a custom image with data-disk data cannot be reset."
    abroad = not call.region_id.startswith("cn-") or call.region_id == "cn-hongkong"
    if server.platform != image.platform and abroad:
        return "Outside the Chinese mainland a reset cannot change between Windows and Linux."
    return _refusal_of_custom(call, server, image) if isinstance(image, CustomImage) else ""


def _refusal_of_custom(call: Call, server: Server, image: CustomImage) -> str:
    data_disk = call.world.swas.data_disk(server)
    if image.status.at(call.now) != AVAILABLE:
        return "The image is not available."
    if image.server_id == server.server_id:
        return "The image stems from this same server."
    if image.system_disk_size > call.world.swas.system_disk(server).size:
        return "The system disk of the server is smaller than that of the image."
    if image.data_disk_size > (data_disk.size if data_disk else 0):
        return "The data disk of the server is smaller than that of the image."
    return ""


@SWAS.action("ResetDisk")
def reset_disk(call: Call) -> dict[str, Any]:
    """Roll a disk back; what changed since the snapshot is lost."""
    disk = lookup.disk(call, call.params["DiskId"])
    snapshot = lookup.snapshot(call, call.params["SnapshotId"])
    server = call.world.swas.servers[disk.server_id]
    if server.status_at(call.now) != "Stopped":
        raise call.error("IncorrectInstanceStatus.ResetDisk", "The server must be Stopped for a rollback.")
    if snapshot.disk_id != disk.disk_id:
        raise call.error("InvalidSnapshotId.NotFound", "The snapshot is not one of this disk.")
    if snapshot.status.at(call.now) != "Accomplished":
        raise lookup.invalid(call, f"The snapshot {snapshot.snapshot_id} is not accomplished.")
    if server.reset_at is not None and snapshot.created < server.reset_at:
        raise lookup.invalid(call, "The snapshot is older than the last reset of the server.")
    snapshot.rolled_back = call.now
    seconds = call.world.seconds(call.world.durations.swas_reset_disk)
    disk.status.plan(call.now, (0, "ReIniting"), (seconds, "In_use"))
    return {}
