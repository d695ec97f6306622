"""A custom image to work on, made by the door as a user's own script would."""

from __future__ import annotations

import pytest

from swaslift import Client
from swaslift.emulator import Emulator
from swaslift.models import CustomImage


def make_image(cloud: Emulator, lift: Client, name: str, *, wait: bool = True) -> CustomImage:
    """A custom image of the server ``shop``; with ``wait`` an available one."""
    swas, shop = lift.cloud.swas, lift.servers.get("shop")
    snapshot = swas.create_snapshot(
        shop.region_id, shop.system_disk.id, name, tags={}, token=f"snapshot-{name}"
    )
    cloud.clock.advance(3600)
    made = swas.create_custom_image(shop.region_id, shop.id, name, snapshot, tags={}, token=f"image-{name}")
    cloud.clock.advance(3600 if wait else 10)
    return next(iter(swas.list_custom_images(shop.region_id, ids=[made])))


@pytest.fixture
def image(cloud: Emulator, lift: Client) -> CustomImage:
    """An available custom image that is not shared."""
    return make_image(cloud, lift, "golden")
