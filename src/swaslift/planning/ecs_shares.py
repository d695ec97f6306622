"""An ECS image that is to be shared with another account: whether the service will do it."""

from __future__ import annotations

from collections.abc import Sequence

from swaslift.checks import Check, warning
from swaslift.cloud import Cloud
from swaslift.models import EcsImage
from swaslift.planning.accounts import ECS_MOST, check_room
from swaslift.planning.ecs_images import FIELD, check_ecs_image

_ANOTHER_KEY = (
    "Copy it with a KMS key of your own, copy_to_region(image, region, encrypted=True, kms_key_id=...), and hand over "
    "the copy"
)


def check_shareable(cloud: Cloud, image: EcsImage, accounts: Sequence[str]) -> list[Check]:
    """Whether an image can be shared with accounts (``ModifyImageSharePermission``)."""
    if image.foreseen:
        return []  # what an earlier part of a chain makes; it is looked at again when it is there
    if image.owner_alias != "self":
        problem = "it is not an own ECS image, and only those can be shared with another account"
        remedy = (
            "The other account finds it by itself"
            if image.owner_alias in {"system", "marketplace"}
            else "Copy it into one first (copy_to_region), and hand over the copy"
        )
        return [Check(FIELD, image.id, problem, remedy)]
    checks = check_ecs_image(image)
    checks += check_encryption(cloud, image)
    shared = list(cloud.ecs.describe_image_share_permission(image.region_id, image.id))
    checks += check_room(image.id, shared, accounts, ECS_MOST)
    return checks


def check_encryption(cloud: Cloud, image: EcsImage) -> list[Check]:
    """Whether what the image is encrypted with lets it be shared."""
    if not image.encrypted:
        return []
    if len(image.disks) > 1:
        problem = f"it is encrypted and holds {len(image.disks)} snapshots; the service shares those with one"
        return [Check(FIELD, image.id, problem, "Use an image of the system disk alone, or a plain image")]
    keys = cloud.ecs.kms_keys(image.region_id, [d.snapshot_id for d in image.disks if d.snapshot_id])
    key = next((k for k in keys.values() if k), "")
    if not key:
        problem = "it is encrypted with the service key of ECS; such an image cannot be shared"
        return [Check(FIELD, image.id, problem, _ANOTHER_KEY)]
    return [
        warning(
            FIELD,
            image.id,
            f"it is encrypted with the KMS key {key}. The service refuses it if that is its own service key, or if "
            "no RAM role of this account lets the ECS of the other account use the key",
            "Set the role up first: "
            "https://www.alibabacloud.com/help/en/ecs/user-guide/share-an-encrypted-custom-image",
        )
    ]
