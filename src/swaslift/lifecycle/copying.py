"""Copies of an image in other regions, as a verb of their own.

One image is not copied twice at once: whether the service takes that is not documented. So the first
copy is a source as well as soon as it is there, and with each round twice as many copies go on side
by side: three regions take the time of two copies, seven that of three.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from swaslift.cloud import Cloud
from swaslift.errors import InvalidArgument
from swaslift.lifecycle.console_copy import COPIED, console_copy, may_be_copy
from swaslift.lifecycle.definition import Amendment, Definition
from swaslift.lifecycle.features import with_features
from swaslift.lifecycle.own_image import Copies, Owned, across, copied_across, own_here
from swaslift.lifecycle.share import kept_shared, share_to_ecs
from swaslift.lifecycle.steps.images import delete_image
from swaslift.lifecycle.tidy import still_billed
from swaslift.lifecycle.waits import image_usable
from swaslift.lifecycle.withdrawing import withdraw_share
from swaslift.models import CustomImage, EcsImage
from swaslift.planning.custom_images import state_of
from swaslift.planning.sheet import Sheet, Shown, Table
from swaslift.runs.changing import prefixed
from swaslift.runs.effects import Script, do, fork, say, until
from swaslift.runs.step import Ref
from swaslift.wording import meant

_CONSOLE = "console"


class CopySpec(BaseModel):
    """What is copied, where to, and what the copies are like.

    Attributes:
        swas: the image, if it is one of SWAS.
        ecs: the image, if it is one of ECS.
        regions: where to.
        several: whether the caller gave a list, and so gets one result a region.
        base: the stem of names.
        name: for the copies, where the user gave one.
        encrypted: whether the copies are encrypted; None: those of an encrypted image, and where the
            service insists.
        keys: KMS keys by region.
        product: what the copies are images of.
        taken: ids of copies made in the console under other names, as an amendment said.
    """

    model_config = ConfigDict(frozen=True, defer_build=True)

    swas: CustomImage | None
    ecs: EcsImage | None
    regions: tuple[str, ...]
    several: bool
    base: str
    name: str | None = None
    encrypted: bool | None = None
    keys: dict[str, str] = Field(default_factory=dict)
    product: Literal["ecs", "swas"] = "ecs"
    taken: tuple[str, ...] = ()

    @property
    def image(self) -> CustomImage | EcsImage:
        """The image."""
        found = self.swas or self.ecs
        if found is None:
            raise AssertionError("a spec names one image")
        return found


class ImageCopies(Shown):
    """What came of it, one image a region.

    Attributes:
        ecs: the images of ECS.
        swas: the custom images of SWAS.
        left: what is left to do by hand.
    """

    ecs: tuple[EcsImage, ...] = ()
    swas: tuple[CustomImage, ...] = ()
    left: tuple[str, ...] = ()

    @property
    def images(self) -> dict[str, EcsImage | CustomImage]:
        """The images by region."""
        found: tuple[EcsImage | CustomImage, ...] = (*self.ecs, *self.swas)
        return {i.region_id: i for i in found}

    def __getitem__(self, region_id: str) -> EcsImage | CustomImage:
        return self.images[region_id]

    def __len__(self) -> int:
        return len(self.images)

    def sheet(self) -> Sheet:
        rows = tuple(
            (region, i.product.upper(), i.name, i.id, state_of(i)) for region, i in self.images.items()
        )
        title = f"The image is in {', '.join(self.images)}"
        return Sheet(title, (Table("", ("region", "product", "name", "id", "state"), rows),), self.left)


def copy_image(spec: CopySpec) -> Script[ImageCopies]:
    """The script of the verb."""
    if spec.product == "swas" and spec.swas is not None:
        by_hand = {
            r: console_copy(spec.swas, r, spec.name or spec.swas.name, spec.taken) for r in spec.regions
        }
        found = yield from fork(_CONSOLE, by_hand)
        return ImageCopies(swas=tuple(found[r] for r in spec.regions))
    copy = Copies(spec.base, frozenset(spec.regions), spec.name, spec.encrypted, spec.keys)
    made: dict[str, EcsImage] = {}
    way: Owned | None = None
    shared: EcsImage | None
    sources: tuple[EcsImage, ...]
    if spec.ecs is not None and spec.ecs.owner_alias == "self":
        shared, sources = None, (spec.ecs,)
    else:
        if spec.swas is not None:
            ref = _ref(spec.swas)
            shared = yield from share_to_ecs(ref, like=spec.swas)
            way = yield from kept_shared(_first(spec, shared, copy), shared, ref, like=spec.swas)
        else:
            shared = _given(spec.ecs)
            way = yield from _first(spec, shared, copy)
        if way.insisted:
            copy = replace(copy, encrypted=True)  # all of them are alike
        made[way.image.region_id] = way.image
        sources = (way.image, way.intermediate) if way.intermediate else (way.image,)
    rest = [r for r in spec.regions if r not in made]
    made |= yield from _spread(copy, sources, rest, original=shared or sources[0])
    left = yield from _tidy(spec, shared, way)
    return ImageCopies(ecs=tuple(made[r] for r in spec.regions), left=left)


def _first(spec: CopySpec, shared: EcsImage, copy: Copies) -> Script[Owned]:
    """The first copy, made of an image of another owner."""
    if shared.region_id in spec.regions:
        made = yield from own_here(shared, copy=copy)
        image = yield from with_features(made.image, of=shared, step="copy-here")
        return made.model_copy(update={"image": image})
    return (yield from across(shared, to_region=spec.regions[0], copy=copy))


def _ref(image: CustomImage) -> Ref:
    return Ref(kind="swas.image", id=image.id, region_id=image.region_id, name=image.name)


def _given(image: EcsImage | None) -> EcsImage:
    if image is None:
        raise AssertionError("a spec names one image")
    return image


def _spread(
    copy: Copies, sources: tuple[EcsImage, ...], regions: Sequence[str], *, original: EcsImage
) -> Script[dict[str, EcsImage]]:
    """Copy to all regions, from each source one copy at a time; ``original``: what all of them are copies of."""
    if not regions:
        return {}
    if len(sources) > 1:
        shares = {s.region_id: (s, regions[i :: len(sources)]) for i, s in enumerate(sources)}
        found = yield from fork(
            "from",
            {r: _spread(copy, (s,), some, original=original) for r, (s, some) in shares.items() if some},
        )
        return {region: image for part in found.values() for region, image in part.items()}
    first, rest = regions[0], regions[1:]
    if first == sources[0].region_id:
        step = f"copy-{first}"
        made = yield from do(copy(step, sources[0], first))
        image = yield from until(image_usable(f"{step}-usable", made, of=step, like=sources[0]))
        image = yield from with_features(image, of=original, step=step)
    else:
        _, image = yield from copied_across(f"copy-{first}", sources[0], first, copy=copy, original=original)
    # One that stands beside its source is no second one: sources are told apart by their regions.
    further = (image,) if first != sources[0].region_id else ()
    more = yield from _spread(copy, (sources[0], *further), rest, original=original)
    return {first: image, **more}


def _tidy(spec: CopySpec, shared: EcsImage | None, way: Owned | None) -> Script[tuple[str, ...]]:
    """Withdraw what the run shared, and delete what was only a way there; what is left by that."""
    left: list[str] = []
    if spec.swas is not None and shared is not None:
        stays = yield from withdraw_share(_ref(spec.swas), shared, was_shared=spec.swas.shared_to_ecs)
        left += [stays] if stays else []
    if way is not None and way.intermediate is not None and way.intermediate_ref is not None:
        kept = yield from prefixed(delete_image(way.intermediate_ref, way.intermediate), "delete-copy")
        if kept:
            yield from say("copy-kept", kept)
        left += [still_billed(kept)] if kept else []
    return tuple(left)


def _check_copy(spec: CopySpec, image: CustomImage, image_id: str, there: Mapping[str, CustomImage]) -> None:
    copy = there.get(image_id)
    if copy is None:
        where = ", ".join(spec.regions)
        raise InvalidArgument(
            "amend", image_id, f"no such custom image in {where}", meant(image_id, there, "Check the id")
        )
    if not may_be_copy(image, copy):
        raise InvalidArgument(
            "amend",
            image_id,
            f"{copy.name} is no copy of {image.name}: its disks or its system differ",
            "Check the id",
        )


def _fact(image: EcsImage | CustomImage) -> str:
    encrypted = ", encrypted" if isinstance(image, EcsImage) and image.encrypted else ""
    return f"{image.name} ({image.id}){encrypted}"


class CopyToRegion(Definition[CopySpec, ImageCopies]):
    """The verb ``copy_to_region``."""

    name = "copy_to_region"
    spec = CopySpec
    outcome = ImageCopies

    def script(self, spec: CopySpec) -> Script[ImageCopies]:
        return copy_image(spec)

    def amend(
        self, spec: CopySpec, change: Any, cloud: Cloud, begun: Mapping[str, str]
    ) -> Amendment[CopySpec]:
        """Which images are the copies that were made in the console, whatever they are called: their ids."""
        if spec.swas is None or spec.product != "swas":
            raise InvalidArgument(
                "amend", change, "this run makes its copies itself", "Resume it as it is, or undo it"
            )
        if not isinstance(change, list | tuple) or not all(isinstance(i, str) for i in change):
            raise InvalidArgument(
                "amend", change, "no list of ids", "Give the ids of the copies, one a region at most"
            )
        there = {i.id: i for r in spec.regions for i in cloud.swas.list_custom_images(r)}
        for image_id in change:
            _check_copy(spec, spec.swas, image_id, there)
        regions = [there[image_id].region_id for image_id in change]
        if len(set(regions)) < len(regions):
            raise InvalidArgument("amend", change, "two of them are in one region", "Give one a region")
        kept = [i for i in spec.taken if i in there and there[i].region_id not in regions]
        waits = [f"{_CONSOLE}/{region}/{COPIED}" for region in regions]
        return Amendment(
            spec.model_copy(update={"taken": (*kept, *change)}),
            {},
            asks_anew=False,
            anew=tuple(wait for wait in waits if begun.get(wait) == "done"),
        )

    def facts(self, spec: CopySpec, outcome: ImageCopies | None) -> list[tuple[str, str]]:
        image = spec.image
        made = [(f"In {r}", _fact(i)) for r, i in (outcome.images if outcome else {}).items()]
        return [("Image", f"{image.name} ({image.id}) in {image.region_id}"), *made]

    def result(self, spec: CopySpec, outcome: ImageCopies) -> Any:
        return outcome if spec.several else outcome[spec.regions[0]]

    def left(self, outcome: ImageCopies) -> tuple[str, ...]:
        if not outcome.ecs:
            return outcome.left
        billed = "The snapshots behind the copies are billed until the images and the snapshots are deleted."
        return (billed, *outcome.left)
