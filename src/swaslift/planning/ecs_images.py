"""An image of ECS: found, and looked at before it is used."""

from __future__ import annotations

from swaslift.checks import Check
from swaslift.cloud import Cloud
from swaslift.errors import InvalidArgument
from swaslift.models import CustomImage, EcsImage
from swaslift.planning.custom_images import find_custom_image, matching
from swaslift.planning.source import check_region
from swaslift.runs.effects import RUN_TAG


def find_ecs_image(cloud: Cloud, image: EcsImage | str, region_id: str) -> EcsImage:
    """An ECS image by record, id or unique own name, read anew (``DescribeImages``).

    Raises:
        InvalidArgument: there is none, or several of that name.
    """
    if isinstance(image, EcsImage) and image.foreseen:
        return image
    if isinstance(image, EcsImage):
        if image.account_id != cloud.account_id:
            raise InvalidArgument(
                "image",
                image.id,
                f"it was read with account {image.account_id}, the credentials are of {cloud.account_id}",
            )
        key, region_id = image.id, image.region_id
    elif isinstance(image, str) and image:
        key = image
    else:
        raise InvalidArgument(
            "image", image, "not an ECS image", "Give its id, its name, or an EcsImage record"
        )
    check_region("region", region_id, cloud.ecs.describe_regions())
    found = list(cloud.ecs.describe_images(region_id, image_id=key)) or [
        i for i in cloud.ecs.describe_images(region_id, name=key, owner="self") if i.name == key
    ]
    if not found:
        raise InvalidArgument("image", key, f"no such ECS image in {region_id}", "Another region: region=...")
    if len(found) > 1:
        ids = ", ".join(i.id for i in found)
        raise InvalidArgument("image", key, f"{len(found)} images have this name", f"Give an id: {ids}")
    return found[0]


def find_image(cloud: Cloud, image: CustomImage | EcsImage | str, region_id: str) -> CustomImage | EcsImage:
    """An image of either product: by record, or by id or name, then first among the custom images of SWAS.

    Raises:
        InvalidArgument: there is none, or several of that name.
    """
    if isinstance(image, EcsImage):
        return find_ecs_image(cloud, image, region_id)
    if isinstance(image, str) and image:
        offered = region_id in cloud.swas.list_regions()
        if not offered or not matching(image, cloud.swas.list_custom_images(region_id)):
            return find_ecs_image(cloud, image, region_id)
    return find_custom_image(cloud, image, region_id)


def check_usable(field: str, image: EcsImage) -> list[Check]:
    """Whether an ECS image can be used: only an available one is copied, shared or run from."""
    if image.status != "Available":
        problem = f"the image is not available: it is {image.status}"
        pending = image.status in {"Creating", "Waiting"}
        remedy = "Wait until it is available" if pending else "Use another image"
        return [Check(field, image.id, problem, remedy)]
    if image.usable is False:
        return [Check(field, image.id, "the image is available, but not usable yet", "Wait a minute")]
    return []


def name_taken(cloud: Cloud, region_id: str, name: str, run_id: str) -> bool:
    """Whether an own image of a region has a name; what the run itself made does not count."""
    found = cloud.ecs.describe_images(region_id, name=name, owner="self")
    return any(i.name == name and i.tags.get(RUN_TAG) != run_id for i in found)
