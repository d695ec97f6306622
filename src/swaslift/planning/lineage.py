"""Which images came from which, as far as runs tell it: by their tags, and by this machine's journal."""

from __future__ import annotations

from collections.abc import Sequence

from swaslift.cloud import Cloud
from swaslift.models import CustomImage, EcsImage
from swaslift.planning.image_history import ImageCopy
from swaslift.planning.regions import Unasked, attempted, side_by_side
from swaslift.runs.rows import RunRow
from swaslift.runs.step import RUN_TAG

Image = CustomImage | EcsImage


def copies_of(cloud: Cloud, image: Image, runs: Sequence[RunRow]) -> tuple[list[ImageCopy], list[Unasked]]:
    """The account's own ECS images, in all regions, that came from an image; and the regions not asked."""
    makers = {r.run_id for r in runs if r.account_id == cloud.account_id and _works_on(r, image.id)}
    if isinstance(image, CustomImage):
        # A run that made the image may have copied it as well: a migration does.
        makers |= {image.tags[RUN_TAG]} if RUN_TAG in image.tags else set()
    answers = side_by_side(
        cloud.ecs.describe_regions(),
        lambda one: attempted("ecs", one, lambda: cloud.ecs.describe_images(one, owner="self")),
    )
    own = [i for some in answers if not isinstance(some, Unasked) for i in some]
    copies = [c for i in own if i.id != image.id and (c := _copy(image, i, makers)) is not None]
    return copies, [a for a in answers if isinstance(a, Unasked)]


def _copy(image: Image, other: EcsImage, makers: set[str]) -> ImageCopy | None:
    if other.system_disk_size != image.system_disk_size:
        return None
    run_id = other.tags.get(RUN_TAG, "")
    if run_id in makers:
        return ImageCopy(image=other, run_id=run_id, known=True)
    if not run_id and other.is_copied and other.name == image.name:
        return ImageCopy(image=other, known=False)
    return None


def _works_on(run: RunRow, image_id: str) -> bool:
    return run.source == image_id or run.arguments.get("image") == image_id


def origin_of(cloud: Cloud, image: EcsImage, runs: Sequence[RunRow]) -> tuple[Image | None, list[Unasked]]:
    """The image that an ECS image was copied from, where a run tells it; and the regions not asked."""
    run_id = image.tags.get(RUN_TAG)
    if run_id is None:
        return None, []
    row = next((r for r in runs if r.run_id == run_id and r.account_id == cloud.account_id), None)
    source = str(row.arguments.get("image") or "") if row else ""

    def custom(region_id: str) -> list[CustomImage] | Unasked:
        return attempted("swas", region_id, lambda: cloud.swas.list_custom_images(region_id))

    answers = side_by_side(cloud.swas.list_regions(), custom)
    for some in answers:
        for found in some if not isinstance(some, Unasked) else ():
            if found.id == source or found.tags.get(RUN_TAG) == run_id:
                return found, []
    unasked = [a for a in answers if isinstance(a, Unasked)]
    region = str(row.arguments.get("image_region") or "") if row else ""
    if source and region:
        listed = attempted("ecs", region, lambda: cloud.ecs.describe_images(region, image_id=source))
        if isinstance(listed, Unasked):
            return None, [*unasked, listed]
        return next((i for i in listed if i.id == source), None), unasked
    return None, unasked
