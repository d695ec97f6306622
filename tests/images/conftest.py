"""A custom image to work on, made by the door as a user's own script would."""

from __future__ import annotations

import pytest

from swaslift import Client, Script
from swaslift.emulator import Emulator
from swaslift.errors import RunPaused
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


def bought(lift: Client, image: CustomImage) -> str:
    """A server from an image, by somebody else."""
    (server,) = lift.cloud.swas.create_instances(
        "cn-hangzhou",
        image.id,
        "swas.s.c2m2s50b3",
        period_months=1,
        amount=1,
        data_disk_size=0,
        auto_renew=False,
        auto_renew_months=None,
        token="buy",
        within=60,
    )
    return server


def paused_before_the_image(cloud: Emulator, lift: Client) -> None:
    """A chain "late" that has paused; "golden" is but a name in its arguments, and a later part looks for it."""

    @lift.chain
    def late(server: str, image: str) -> Script[None]:
        yield from lift.capture_image.part(server, "before")
        yield from lift.share_to_ecs.part(image)

    cloud.faults.fail("CreateSnapshot", 403, "Forbidden.RAM")
    with pytest.raises(RunPaused):
        late("shop", "golden", run_id="late")
