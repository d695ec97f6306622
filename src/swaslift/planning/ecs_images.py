"""An ECS image: found, and looked at before anything is made from it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from swaslift.checks import Check, warning
from swaslift.cloud import Cloud
from swaslift.errors import InvalidArgument
from swaslift.models import CustomImage, EcsImage
from swaslift.planning.custom_images import find_custom_image, matching
from swaslift.planning.lookup import shown
from swaslift.planning.regions import Unasked, everywhere
from swaslift.planning.source import check_region
from swaslift.runs.step import RUN_TAG
from swaslift.wording import meant

FIELD = "ecs_image"
_PENDING = frozenset({"Creating", "Waiting"})


def find_ecs_image(
    cloud: Cloud, image: EcsImage | CustomImage | str, region_id: str, field: str = FIELD
) -> EcsImage:
    """An ECS image by record, id or unique name, read anew in the region where it is to be used.

    It may be an own one, one that is shared with the account, or one of the system.

    Raises:
        InvalidArgument: there is none in the region, or several of that name, or it is an image of SWAS.
    """
    check_region("region", region_id, cloud.ecs.describe_regions())
    if isinstance(image, CustomImage):
        raise _is_of_swas(image, region_id, field)
    if isinstance(image, EcsImage) and image.foreseen and image.region_id == region_id:
        return image
    if isinstance(image, EcsImage):
        key = image.id
        if not image.foreseen and image.account_id != cloud.account_id:
            raise InvalidArgument(
                field,
                key,
                f"account {image.account_id} sees it, and the credentials belong to {cloud.account_id}",
                "Share it with that account first, and look it up there",
            )
        if image.region_id != region_id:
            raise _is_elsewhere(key, [image.region_id], region_id, field)
    elif isinstance(image, str) and image:
        key = image
    else:
        raise InvalidArgument(
            field, image, "not an ECS image", "Give its id, its name, or an EcsImage record"
        )
    found = _matching(cloud, key, region_id)
    if not found:
        raise _missing(cloud, key, region_id, field)
    return _the_one(found, key, field)


def _the_one(found: Sequence[EcsImage], key: str, field: str) -> EcsImage:
    if len(found) > 1:
        raise InvalidArgument(
            field,
            key,
            f"{len(found)} images have this name",
            f"Give an id: {', '.join(i.id for i in found)}",
        )
    return found[0]


def find_image(
    cloud: Cloud, image: CustomImage | EcsImage | str, region_id: str, *, argument: str = "region"
) -> CustomImage | EcsImage:
    """An image of either product: by record, or by id or name, then first among the custom images of SWAS.

    Args:
        cloud: to read with.
        image: the image.
        region_id: where an id or a name is looked for.
        argument: how the caller's argument for that region is called.

    Raises:
        InvalidArgument: there is none, or several of that name.
    """
    if isinstance(image, EcsImage):
        return find_ecs_image(cloud, image, image.region_id, "image")
    if isinstance(image, str) and image:
        offered = region_id in cloud.swas.list_regions()
        if not offered or not matching(image, cloud.swas.list_custom_images(region_id)):
            check_region(argument, region_id, cloud.ecs.describe_regions())
            found = _matching(cloud, image, region_id)
            if not found:
                raise _in_neither(cloud, image, region_id, argument)
            return _the_one(found, image, "image")
    return find_custom_image(cloud, image, region_id)


def name_taken(cloud: Cloud, region_id: str, name: str, run_id: str) -> bool:
    """Whether an own image of a region has a name; what the run itself made does not count."""
    found = cloud.ecs.describe_images(region_id, name=name, owner="self")
    return any(i.name == name and i.tags.get(RUN_TAG) != run_id for i in found)


def check_ecs_image(image: EcsImage, field: str = FIELD) -> list[Check]:
    """Whether an image can be used as it is now, and what to know of one that is not one's own."""
    checks = []
    if image.status != "Available":
        remedy = "Wait until it is available" if image.status in _PENDING else "Use another image"
        checks.append(Check(field, image.id, f"the image is not available: it is {image.status}", remedy))
    elif image.usable is False:
        problem = "the image is available, but cannot be used yet"
        checks.append(Check(field, image.id, problem, "Wait a minute, then try again"))
    if image.owner_alias == "others":
        by = f" by account {image.owner_id}" if image.owner_id else ""
        problem = (
            f"the image is shared with this account{by}, not its own: once it is unshared or deleted, disks made from "
            "it cannot be re-initialised"
        )
        checks.append(warning(field, image.id, problem, "Copy it first, where that matters"))
    return checks


def still_there(cloud: Cloud, image: EcsImage) -> tuple[EcsImage, list[Check]]:
    """An image that a plan was made with, as it is now, and whether it is still there and can be used."""
    found = next(iter(cloud.ecs.describe_images(image.region_id, image_id=image.id)), None)
    if found is None:
        problem = f"the image is not listed in {image.region_id} any more"
        remedy = "It was deleted or unshared; undo the run, and use another"
        return image, [Check(FIELD, image.id, problem, remedy)]
    return found, [c for c in check_ecs_image(found) if c.level == "blocker"]


def _matching(cloud: Cloud, key: str, region_id: str) -> list[EcsImage]:
    by_id = [i for i in cloud.ecs.describe_images(region_id, image_id=key) if i.id == key]
    return by_id or [i for i in cloud.ecs.describe_images(region_id, name=key) if i.name == key]


def _missing(cloud: Cloud, key: str, region_id: str, field: str) -> InvalidArgument:
    """Why it is not found: it is an image of SWAS, or in another region, or nowhere."""
    of_swas, unasked = _of_swas(cloud, key, region_id)
    if of_swas:
        return _is_of_swas(of_swas[0], region_id, field)
    elsewhere, more = _regions_of(cloud, key, region_id)
    if elsewhere:
        return _is_elsewhere(key, elsewhere, region_id, field)
    own = list(cloud.ecs.describe_images(region_id, owner="self"))
    there = ", ".join(map(shown, own[:8])) or "none"
    return InvalidArgument(
        field,
        key,
        f"no such image in {region_id}",
        meant(
            key,
            _called(own),
            f"Own images there: {there}. Another region: region=...{_but([*unasked, *more])}",
        ),
    )


def _in_neither(cloud: Cloud, key: str, region_id: str, argument: str) -> InvalidArgument:
    """Why no image of either product is found: it is in another region, or nowhere."""
    of_swas, unasked = _of_swas(cloud, key, region_id)
    elsewhere, more = _regions_of(cloud, key, region_id)
    there = sorted({i.region_id for i in of_swas} | {*elsewhere})
    if there:
        wanted = " or ".join(f"{argument}={r!r}" for r in there)
        return InvalidArgument(
            "image", key, f"it is in {', '.join(there)}, not in {region_id}", f"Give {wanted}"
        )
    images = [
        *(cloud.swas.list_custom_images(region_id) if region_id in cloud.swas.list_regions() else ()),
        *cloud.ecs.describe_images(region_id, owner="self"),
    ]
    known = ", ".join(map(shown, images[:8])) or "none"
    return InvalidArgument(
        "image",
        key,
        f"no such image in {region_id}, neither of SWAS nor of ECS",
        meant(
            key,
            _called(images),
            f"Own images there: {known}. Another region: {argument}=...{_but([*unasked, *more])}",
        ),
    )


def _called(images: Iterable[CustomImage | EcsImage]) -> list[str]:
    return [text for image in images for text in (image.name, image.id)]


def _but(unasked: Sequence[Unasked]) -> str:
    """What the search in other regions leaves open."""
    return "".join(f". {one}" for one in unasked)


def _of_swas(cloud: Cloud, key: str, region_id: str) -> tuple[list[CustomImage], list[Unasked]]:
    """Custom images of SWAS of an id or a name in all regions, those of one region first; and who was not asked."""
    regions = sorted(cloud.swas.list_regions(), key=lambda r: r != region_id)
    found, unasked = everywhere("swas", regions, cloud.swas.list_custom_images, needed=False)
    return [i for i in found if key in {i.id, i.name}], unasked


def _regions_of(cloud: Cloud, key: str, region_id: str) -> tuple[list[str], list[Unasked]]:
    """The other regions in which ECS has an image of an id or a name; and those that could not be asked."""
    others = [r for r in cloud.ecs.describe_regions() if r != region_id]
    found, unasked = everywhere("ecs", others, lambda one: _matching(cloud, key, one), needed=False)
    return list(dict.fromkeys(i.region_id for i in found)), unasked


def _is_elsewhere(key: str, regions: Iterable[str], region_id: str, field: str) -> InvalidArgument:
    return InvalidArgument(
        field,
        key,
        f"the image is in {', '.join(regions)}, and is to be used in {region_id}",
        f"Copy it first: copy_to_region(image, {region_id!r})",
    )


def _is_of_swas(image: CustomImage, region_id: str, field: str) -> InvalidArgument:
    if image.region_id == region_id:
        remedy = "Share it first, and use what that returns: share_to_ecs(image)"
    else:
        remedy = f"Copy it first, and use what that returns: copy_to_region(image, {region_id!r})"
    problem = (
        f"{image.name or image.id} is a custom image of SWAS in {image.region_id}, which ECS does not see"
    )
    return InvalidArgument(field, image.id, problem, remedy)
