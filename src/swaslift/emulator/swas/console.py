"""What only the console can do; no action of the API does it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from swaslift.emulator.swas.records import AVAILABLE, COPYING
from swaslift.emulator.swas.service import SWAS
from swaslift.emulator.world import Timeline

if TYPE_CHECKING:
    from swaslift.emulator.world import World


def copy_image(world: World, image_id: str, region_id: str, name: str | None = None) -> str:
    """Begin to copy a custom image to another region; returns the id of the copy.

    Raises:
        ValueError: The console would not offer this; the text says why.
    """
    now, image = world.clock.now(), world.swas.images.get(image_id)
    if image is None or not world.swas.image_exists(image, now):
        raise ValueError(f"there is no custom image {image_id}")
    if image.status.at(now) != AVAILABLE:
        raise ValueError(f"the image {image_id} is not available yet")
    if region_id not in SWAS.contract.regions or region_id == image.region_id:
        raise ValueError(f"an image is copied to another region of SWAS, not to {region_id!r}")
    name = name or image.name
    if any(i.name == name for i in world.swas.images_of(image.account_id, now, region_id)):
        raise ValueError(f"there is an image with the name {name} in {region_id} already")
    status = Timeline((now, COPYING))
    status.plan(now, (world.seconds(world.durations.cross_region_copy), AVAILABLE))
    copy = replace(
        image,
        image_id=world.new_id("m-"),
        region_id=region_id,
        name=name,
        server_id="",
        server_name="",
        system_snapshot_id="",
        system_snapshot_name="",
        data_snapshot_id="",
        data_snapshot_name="",
        created=now,
        visible_at=world.visible_at(now),
        status=status,
        copied=True,
        in_share=False,
        share_accounts={},
        created_servers=[],
        tags={},
    )
    world.swas.images[copy.image_id] = copy
    return copy.image_id
