"""Handing an ECS image over to other accounts, as a verb of its own."""

from __future__ import annotations

from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from swaslift.cloud import Cloud
from swaslift.lifecycle.definition import Definition
from swaslift.lifecycle.steps import ShareEcsImage
from swaslift.lifecycle.steps.accounts import in_calls
from swaslift.models import EcsImage, HandedOver, SharedAccount
from swaslift.runs.effects import Script, ask, do
from swaslift.runs.step import Ref


class HandOverSpec(BaseModel):
    """The image that is handed over, and the accounts that get it."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    image: EcsImage
    accounts: tuple[str, ...]

    @property
    def ref(self) -> Ref:
        """The image, as steps name it."""
        return Ref(kind="ecs.image", id=self.image.id, region_id=self.image.region_id, name=self.image.name)


def hand_over(spec: HandOverSpec) -> Script[HandedOver]:
    """Share an image with accounts, and say what they have to do."""

    def look(cloud: Cloud) -> list[SharedAccount]:
        return list(cloud.ecs.describe_image_share_permission(spec.ref.region_id, spec.ref.id))

    for step in in_calls(ShareEcsImage(name="share", image=spec.ref, accounts=spec.accounts)):
        yield from do(step)
    foreseen = [SharedAccount(account_id=a) for a in spec.accounts]
    accounts = yield from ask("accounts", look, record=list[SharedAccount], foreseen=foreseen)
    return HandedOver(image=spec.image, accounts=tuple(accounts), to_do=tuple(_to_do(spec)))


def _to_do(spec: HandOverSpec) -> list[str]:
    image = spec.image
    to_do = [
        (
            f"In {', '.join(spec.accounts)}: the image {image.id} is among the shared images of "
            f"{image.region_id}, and in no other region (DescribeImages with ImageOwnerAlias=others)."
        ),
        (
            "Copy it there into an own image, within its region, with a client of that account: "
            f"copy_to_region({image.id!r}, {image.region_id!r}); the own one can go on to other regions. Do not run "
            "servers that matter from the share itself: once it is withdrawn or deleted, their system disks cannot "
            "be re-initialised."
        ),
        "Say when that is done; then the share can be withdrawn, by the undo of this run, or in the console.",
    ]
    if image.encrypted:
        to_do.insert(
            1,
            "The copy, and any disk made from the image, has to be encrypted with a KMS key of that account.",
        )
    return to_do


class HandOver(Definition[HandOverSpec, HandedOver]):
    """The verb ``hand_over``."""

    name = "hand_over"
    repeats: ClassVar[bool] = True
    spec = HandOverSpec
    outcome = HandedOver

    def script(self, spec: HandOverSpec) -> Script[HandedOver]:
        return hand_over(spec)

    def facts(self, spec: HandOverSpec, outcome: HandedOver | None) -> list[tuple[str, str]]:
        facts = [
            ("Image", f"{spec.image.name} ({spec.image.id}) in {spec.image.region_id}"),
            ("To", ", ".join(spec.accounts)),
        ]
        if outcome is not None:
            facts.append(("Shared with", ", ".join(a.account_id for a in outcome.accounts)))
        return facts

    def left(self, outcome: HandedOver) -> tuple[str, ...]:
        return outcome.to_do
