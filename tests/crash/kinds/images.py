"""Custom images: shared, withdrawn, copied."""

from __future__ import annotations

from swaslift import Client
from swaslift.emulator import Emulator
from tests.crash.kinds.kind import Kind
from tests.images.conftest import make_image


def golden(cloud: Emulator, lift: Client) -> None:
    """An available custom image of that name."""
    make_image(cloud, lift, "golden")


def shared(cloud: Emulator, lift: Client) -> None:
    """The same, shared with ECS."""
    image = make_image(cloud, lift, "golden")
    lift.cloud.swas.modify_image_share_status(image.region_id, image.id, "Share", token="share")
    cloud.clock.advance(600)


KINDS = (
    Kind("share", "share_to_ecs", lambda: {"image": "golden"}, prepare=golden, touches=frozenset({"golden"})),
    Kind(
        "unshare",
        "unshare_from_ecs",
        lambda: {"image": "golden"},
        prepare=shared,
        touches=frozenset({"golden"}),
    ),
    Kind(
        "copy",
        "copy_to_region",
        lambda: {"image": "golden", "region": ["ap-southeast-1", "eu-central-1", "ap-northeast-1"]},
        prepare=golden,
        # Without its journal nobody knows that the run has shared it: then it stays shared.
        touches=frozenset({"golden"}),
    ),
)
