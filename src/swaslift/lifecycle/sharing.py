"""Sharing a custom image with ECS, and withdrawing it, as verbs of their own."""

from __future__ import annotations

from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from swaslift.cloud import Cloud
from swaslift.errors import NotFoundError
from swaslift.lifecycle.definition import Definition
from swaslift.lifecycle.share import share_to_ecs
from swaslift.lifecycle.steps import UnshareImage
from swaslift.models import CustomImage, EcsImage
from swaslift.runs.effects import Script, ask, do
from swaslift.runs.step import Ref


class SharingSpec(BaseModel):
    """The image that is shared or withdrawn."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    image: CustomImage

    @property
    def ref(self) -> Ref:
        """The image, as steps name it."""
        return Ref(kind="swas.image", id=self.image.id, region_id=self.image.region_id, name=self.image.name)


class WithdrawalSpec(SharingSpec):
    """The image that is withdrawn from ECS.

    Attributes:
        losers: ids of instances that were made from it, as the plan named them: there is leave for those.
    """

    losers: tuple[str, ...] = ()


def _image_fact(image: CustomImage) -> tuple[str, str]:
    return ("Image", f"{image.name} ({image.id}) in {image.region_id}")


class ShareToEcs(Definition[SharingSpec, EcsImage]):
    """The verb ``share_to_ecs``."""

    name = "share_to_ecs"
    repeats: ClassVar[bool] = True
    spec = SharingSpec
    outcome = EcsImage

    def script(self, spec: SharingSpec) -> Script[EcsImage]:
        return share_to_ecs(spec.ref, like=spec.image)

    def facts(self, spec: SharingSpec, outcome: EcsImage | None) -> list[tuple[str, str]]:
        seen = [("In ECS", f"{outcome.name} ({outcome.id})")] if outcome else []
        return [_image_fact(spec.image), *seen]


def unshare(spec: WithdrawalSpec) -> Script[CustomImage]:
    """Withdraw an image from ECS; the image as it is then."""
    ref = spec.ref
    yield from do(UnshareImage(name="unshare", image=ref, losers=spec.losers))
    return (
        yield from ask(
            "image",
            lambda cloud: image_there(cloud, ref),
            record=CustomImage,
            foreseen=spec.image.model_copy(update={"shared_to_ecs": False}),
        )
    )


def image_there(cloud: Cloud, ref: Ref) -> CustomImage:
    """A custom image as it is now.

    Raises:
        NotFoundError: it is gone.
    """
    found = next(iter(cloud.swas.list_custom_images(ref.region_id, ids=[ref.id])), None)
    if found is None:
        raise NotFoundError(
            "the image is not listed any more",
            action="ListCustomImages",
            code="Vanished",
            http_status=200,
            region_id=ref.region_id,
            hint="It was there when the run began; look at it in the console.",
        )
    return found


class UnshareFromEcs(Definition[WithdrawalSpec, CustomImage]):
    """The verb ``unshare_from_ecs``."""

    name = "unshare_from_ecs"
    repeats: ClassVar[bool] = True
    spec = WithdrawalSpec
    outcome = CustomImage

    def script(self, spec: WithdrawalSpec) -> Script[CustomImage]:
        return unshare(spec)

    def facts(self, spec: WithdrawalSpec, outcome: CustomImage | None) -> list[tuple[str, str]]:
        return [_image_fact(outcome or spec.image)]
