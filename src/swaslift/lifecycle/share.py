"""From a custom image of SWAS to the image that ECS sees.

No document says whether ECS shows the shared image under its SWAS id, nor under which owner alias.
So it is told by id; else by its unique name, among images that were not there before the share; else
the run stops: it never guesses.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal, TypeVar

from swaslift.cloud import Cloud
from swaslift.errors import ConflictError
from swaslift.lifecycle.steps import ShareImage
from swaslift.models import CustomImage, EcsImage, ImageDisk
from swaslift.runs.changing import changed
from swaslift.runs.effects import Do, Effect, Script, Wait, ask, do, until
from swaslift.runs.step import Ref
from swaslift.waiting import states
from swaslift.waiting.conditions import Condition, Watch

T = TypeVar("T")

_NONE: list[str] = []
_GONE = "InvalidImageId.NotFound"


def share_to_ecs(image: Ref, *, like: CustomImage) -> Script[EcsImage]:
    """Share an image with ECS, and find it there; ``like``: what its disks are, for the plan."""
    sizes: dict[Literal["system", "data"], int] = {
        "system": like.system_disk_size,
        "data": like.data_disk_size,
    }
    before = yield from ask(
        "ecs-images-before", lambda cloud: _named(cloud, image), record=list[str], foreseen=_NONE
    )
    yield from do(ShareImage(name="share", image=image))
    return (
        yield from until(
            Wait(
                "share-seen",
                _visible(image, frozenset(before)),
                EcsImage,
                EcsImage(
                    account_id="",
                    region_id=image.region_id,
                    id="<image as ECS sees it>",
                    name=image.name,
                    status="Available",
                    owner_alias="others",
                    size=like.system_disk_size,
                    disks=tuple(ImageDisk(kind=kind, size=size) for kind, size in sizes.items() if size),
                ),
                of="share",
                title="shared image visible and usable in ECS",
                timeout=1800,
                remedy=(
                    "look whether the image is still shared: somebody may have withdrawn it. Share it again, "
                    f"lift.share_to_ecs({image.id!r}, region={image.region_id!r}), then resume"
                ),
            )
        )
    )


def kept_shared(script: Script[T], seen: EcsImage, image: Ref, *, like: CustomImage) -> Script[T]:
    """The same script; where somebody withdraws the share meanwhile, it shares the image again and goes on.

    Args:
        script: uses the image in ECS.
        seen: the image as ECS sees it.
        image: the custom image.
        like: what its disks are.
    """

    def mended(effect: Effect) -> Effect:
        if not isinstance(effect, Do) or getattr(effect.step, "image_id", None) != seen.id:
            return effect
        return replace(effect, mends={**effect.mends, _GONE: lambda: share_to_ecs(image, like=like)})

    return changed(script, mended)


def _named(cloud: Cloud, image: Ref) -> list[str]:
    """Images of that name that are somebody else's: those there while ours is not shared."""
    found = cloud.ecs.describe_images(image.region_id, name=image.name)
    named = [i.id for i in found if i.name == image.name and i.id != image.id]
    if not named:
        return []
    # A run whose journal was lost has shared it before.
    shared = any(i.shared_to_ecs for i in cloud.swas.list_custom_images(image.region_id, ids=[image.id]))
    return [] if shared else named


def _visible(image: Ref, before: frozenset[str]) -> Condition[EcsImage]:
    def look(cloud: Cloud, region_id: str, _ids: Sequence[str]) -> Mapping[str, EcsImage]:
        for found in cloud.ecs.describe_images(region_id, image_id=image.id, patient=False):
            return {image.id: found}
        named = [
            i
            for i in cloud.ecs.describe_images(region_id, name=image.name, patient=False)
            if i.name == image.name and i.id not in before
        ]
        if len(named) > 1:
            raise ConflictError(
                f"{len(named)} new images carry the name {image.name}: {', '.join(i.id for i in named)}",
                action="DescribeImages",
                code="AmbiguousImage",
                http_status=200,
                region_id=region_id,
                hint="Which of them is the shared one cannot be told; rename or remove the others, then resume.",
            )
        return {image.id: named[0]} if named else {}

    watch = Watch(states.ECS_IMAGE, look, lambda i: i.status, lambda i: i.progress)
    return Condition(watch, image.region_id, image.id, also=lambda i: i.usable is not False)
