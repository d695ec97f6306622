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
        touches=frozenset({"silver"}),
        touches_undone=frozenset({"silver"}),
        agree=True,
    ),
)
