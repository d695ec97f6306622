"""A custom image of SWAS: found, and looked at before it is used."""

from __future__ import annotations

from collections.abc import Iterable

from swaslift.checks import Check
from swaslift.cloud import Cloud
from swaslift.errors import InvalidArgument
from swaslift.models import CustomImage, EcsImage, ImageStatus
from swaslift.models.kinds import state_name
from swaslift.planning.lookup import unique
from swaslift.planning.source import check_region
from swaslift.runs.step import RUN_TAG


def state_of(image: CustomImage | EcsImage) -> str:
    """The state of an image in a word; a state that is not known as the service spells it."""
    return state_name(f"{image.product}.image", image.status)


def matching(key: str, images: Iterable[CustomImage]) -> list[CustomImage]:
    """The image of that id, else all of that name."""
    everything = list(images)
    return [i for i in everything if key == i.id] or [i for i in everything if key == i.name]


def find_custom_image(cloud: Cloud, image: CustomImage | str, region_id: str) -> CustomImage:
    """A custom image by record, id or unique name, read anew.

    Raises:
        InvalidArgument: there is none, or several of that name.
    """
    if isinstance(image, CustomImage) and image.foreseen:
        return image
    if isinstance(image, CustomImage):
        key, region_id = image.id, image.region_id
        if image.account_id != cloud.account_id:
            raise InvalidArgument(
                "image",
                image.id,
                f"it belongs to account {image.account_id}, the credentials to {cloud.account_id}",
            )
    elif isinstance(image, str) and image:
        key = image
    else:
        raise InvalidArgument(
            "image", image, "not a custom image", "Give its id, its name, or a CustomImage record"
        )
    check_region("region", region_id, cloud.swas.list_regions())
    everything = cloud.swas.list_custom_images(region_id)
    return unique("image", key, everything, what="custom image", where=region_id)


def check_available(image: CustomImage) -> list[Check]:
    """Whether an image can be used: only an available one is shared, copied or built from."""
    if image.status == ImageStatus.AVAILABLE:
        return []
    problem = f"the image is not available: it is {state_of(image)}"
    pending = image.status in {ImageStatus.CREATING, ImageStatus.COPYING}
    return [
        Check("image", image.id, problem, "Wait until it is available" if pending else "Use another image")
    ]


def check_own(image: CustomImage) -> list[Check]:
    """Whether an image is the account's own: only servers are built from one that another account shares."""
    if not image.received:
        return []
    return [
        Check(
            "image",
            image.id,
            f"it belongs to account {image.owner_id}, which shares it: servers can be built from it, no more",
            "Ask that account, or build a server from it and image that",
        )
    ]


def check_name_free(cloud: Cloud, region_id: str, name: str, run_id: str) -> list[Check]:
    """Whether no custom image of the region has a name already, beside what the run itself has made."""
    taken = [
        i
        for i in cloud.swas.list_custom_images(region_id)
        if i.name == name and not i.received and i.tags.get(RUN_TAG) != run_id
    ]
    return [
        Check("name", name, f"the custom image {i.id} in {region_id} has this name", "Choose another name")
        for i in taken[:1]
    ]


def as_ecs_sees_it(cloud: Cloud, image: CustomImage) -> list[EcsImage]:
    """The image as ECS lists it: by its id, else every image there of its name.

    No document says whether a shared image keeps its id in ECS.
    """
    by_id = list(cloud.ecs.describe_images(image.region_id, image_id=image.id))
    if by_id:
        return by_id
    return [i for i in cloud.ecs.describe_images(image.region_id, name=image.name) if i.name == image.name]
