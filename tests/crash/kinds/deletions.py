"""Deletions: of a shared custom image with its snapshot, and of an ECS image with those behind it."""

from __future__ import annotations

from swaslift import Client
from swaslift.emulator import Emulator
from tests.crash.kinds.images import shared
from tests.crash.kinds.kind import Kind


def copied(cloud: Emulator, lift: Client) -> None:
    """An own ECS image of a custom image that is shared."""
    shared(cloud, lift)
    seen = next(iter(lift.cloud.ecs.describe_images("cn-hangzhou", name="golden")))
    lift.cloud.ecs.copy_image(
        "cn-hangzhou", seen.id, to_region="cn-hangzhou", name="silver", tags={}, token="copy"
    )
    cloud.clock.advance(3 * 3600)


# The image, and the snapshot behind it; the seed of the stage gives the image this id.
_SILVER = frozenset({"silver", "SnapshotForImage-m-bwj4j3uy0ort5sbe6ge2"})

KINDS = (
    Kind(
        "delete",
        "delete_image",
        lambda: {"image": "golden", "unshare": True, "snapshots": True},
        prepare=shared,
        touches=frozenset({"golden"}),
        touches_undone=frozenset({"golden"}),
        agree=True,
    ),
    Kind(
        "delete-ecs",
        "delete_image",
        lambda: {"image": "silver", "snapshots": True},
        prepare=copied,
        touches=_SILVER,
        touches_undone=_SILVER,
        agree=True,
    ),
)
