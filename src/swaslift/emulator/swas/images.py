"""Custom images: make, list and delete them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from swaslift.emulator.swas import describe, lookup
from swaslift.emulator.swas.power import require_status
from swaslift.emulator.swas.quota import image_limit
from swaslift.emulator.swas.records import (
    AVAILABLE,
    CREATING,
    DEFAULT_GROUP,
    FAILED,
    UNFINISHED,
    CustomImage,
    Server,
    Snapshot,
)
from swaslift.emulator.swas.service import SWAS
from swaslift.emulator.world import Timeline

if TYPE_CHECKING:
    from datetime import datetime

    from swaslift.emulator.service import Call


@SWAS.action("CreateCustomImage")
def create_custom_image(call: Call) -> dict[str, Any]:
    """Start to make an image from a system-disk snapshot or, without one, from the server itself.

    A data-disk snapshot goes into it if given.
    """
    server = lookup.server(call)
    # An expired server is Disabled; while it starts or stops, its snapshots can still be used.
    require_status(call, server, "Running", "Stopped", "Starting", "Stopping")
    name, tags = call.params["ImageName"], lookup.new_tags(call)
    if not lookup.named_well(lookup.IMAGE_NAME, name):
        raise call.error(
            "InvalidParam.IllegalImageName",
            'ImageName: 2 to 128 letters, digits, ":", "_" or "-", the first a letter or a digit.',
        )
    _check_description(call)
    system = _system_snapshot(call, server)
    data = _data_snapshot(call, server)
    mine = call.world.swas.images_of(call.account_id, call.now)
    if any(i.name == name and i.region_id == call.region_id for i in mine):
        raise call.error("ImageNameAlreadyExist", f"There is an image with the name {name} already.")
    limit, counted = image_limit(call, mine)
    if counted >= limit:
        raise call.error("CustomImageQuotaLimit", f"There are {counted} custom images, {limit} are allowed.")
    made = _build(call, server, system, data)
    made.tags = tags
    call.world.swas.images[made.image_id] = made
    return {"ImageId": made.image_id}


def _check_description(call: Call) -> None:
    text = call.get("Description")
    if text and (not 2 <= len(text) <= 256 or text.startswith(("http://", "https://"))):
        raise lookup.invalid(
            call, "Description: 2 to 256 characters, not beginning with http:// or https://."
        )


def _system_snapshot(call: Call, server: Server) -> Snapshot | None:
    wanted = call.get("SystemSnapshotId")
    if not wanted:
        return None
    found = lookup.find_snapshot(call, wanted)
    if found is None or found.server_id != server.server_id:
        raise call.error(
            "InvalidParam.SystemSnapshotIdNotFound", f"The server has no system-disk snapshot {wanted!r}."
        )
    if found.disk_kind != "system" or found.status.at(call.now) != "Accomplished":
        raise call.error(
            "InvalidParam.SystemSnapshotIdNotSupport",
            f"The snapshot {wanted} is one of a {found.disk_kind} disk and {found.status.at(call.now)}.",
        )
    return found


def _data_snapshot(call: Call, server: Server) -> Snapshot | None:
    wanted = call.get("DataSnapshotId")
    if not wanted:
        return None
    found = lookup.find_snapshot(call, wanted)
    if found is None or found.server_id != server.server_id or found.disk_kind != "data":
        raise call.error(
            "InvalidParam.DataSnapshotIdNotFound", f"The server has no data-disk snapshot {wanted!r}."
        )
    if found.status.at(call.now) != "Accomplished":
        raise lookup.invalid(call, f"The data-disk snapshot {wanted} is {found.status.at(call.now)}.")
    return found


def _timeline(call: Call, now: datetime, *, direct: bool) -> Timeline:
    seconds = call.world.seconds(call.world.durations.swas_image)
    if direct:
        seconds += call.world.seconds(call.world.durations.swas_snapshot)
    fate = call.world.faults.outcome("swas_image", call.region_id)
    status = Timeline((now, CREATING))
    if fate == "done":
        status.plan(now, (seconds, AVAILABLE))
    elif fate == "fail":
        status.plan(now, (seconds * 0.6, FAILED))
    return status


def _build(call: Call, server: Server, system: Snapshot | None, data: Snapshot | None) -> CustomImage:
    stock = call.world.swas.stock_images.get(server.image_id)
    custom = call.world.swas.images.get(server.image_id)
    return CustomImage(
        image_id=call.world.new_id("m-"),
        account_id=call.account_id,
        region_id=call.region_id,
        name=call.params["ImageName"],
        server_id=server.server_id,
        server_name=server.name,
        platform=server.platform,
        source_image_name=stock.name if stock else custom.source_image_name if custom else "",
        source_image_version=stock.version if stock else custom.source_image_version if custom else "",
        system_snapshot_id=system.snapshot_id if system else "",
        system_snapshot_name=system.name if system else "",
        system_disk_size=system.disk_size if system else call.world.swas.system_disk(server).size,
        created=call.now,
        visible_at=call.world.visible_at(call.now),
        status=_timeline(call, call.now, direct=system is None),
        description=call.get("Description", ""),
        data_snapshot_id=data.snapshot_id if data else "",
        data_snapshot_name=data.name if data else "",
        data_disk_size=data.disk_size if data else 0,
        min_memory=stock.min_memory if stock else custom.min_memory if custom else 0.5,
        resource_group_id=call.get("ResourceGroupId") or DEFAULT_GROUP,
    )


@SWAS.action("ListCustomImages")
def list_custom_images(call: Call) -> dict[str, Any]:
    """Own images and, unless ``Share=false``, those that other accounts share with this one."""
    swas, world = call.world.swas, call.world
    ids, names = lookup.ids(call, "ImageIds"), lookup.ids(call, "ImageNames")
    images = swas.images_of(call.account_id, call.now, call.region_id)
    if call.get("Share") is not False:
        images += swas.images_received(call.account_id, call.region_id, call.now)
    found = [
        image
        for image in images
        if lookup.fits(call, image)
        and (ids is None or image.image_id in ids)
        and (names is None or image.name in names)
        and call.get("SystemSnapshotId") in {None, "", image.system_snapshot_id}
        and call.get("DataSnapshotId") in {None, "", image.data_snapshot_id}
        and call.get("InstanceId") in {None, "", image.server_id}
    ]
    rows, paging = lookup.page(call, found)
    return {
        "CustomImages": [
            describe.image(world, image, call.now)
            if image.account_id == call.account_id
            else describe.received_image(world, image, call.now)
            for image in rows
        ],
        # In this action alone these three are texts.
        **{name: str(value) for name, value in paging.items()},
    }


@SWAS.action("DeleteCustomImage")
def delete_custom_image(call: Call) -> dict[str, Any]:
    """Delete one image; it must not be shared."""
    _delete(call, [call.params["ImageId"]])
    return {}


@SWAS.action("DeleteCustomImages")
def delete_custom_images(call: Call) -> dict[str, Any]:
    """Delete up to 15 images, all or none."""
    _delete(call, lookup.ids(call, "ImageIds", 15) or [])
    return {}


def _delete(call: Call, image_ids: list[str]) -> None:
    images = [lookup.image(call, one) for one in image_ids]
    for image in images:
        if image.in_share or image.share_accounts:
            raise call.error("CustomImageInShare", f"The image {image.image_id} is shared: unshare it first.")
        unfinished = image.status.at(call.now) in UNFINISHED
        if unfinished and call.world.quirks.unfinished_swas_image == "refused":
            raise lookup.invalid(call, f"The image {image.image_id} is still being made.")
    for image in images:
        call.world.swas.images.pop(image.image_id, None)
