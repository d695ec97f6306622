"""The verb ``delete_image``: images of SWAS and of ECS, and the snapshots behind them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from swaslift.lifecycle.definition import Definition
from swaslift.lifecycle.steps import UnshareEcsImage, UnshareImage, UnshareWithAccounts
from swaslift.lifecycle.steps.accounts import in_calls
from swaslift.lifecycle.steps.erasing import (
    EraseCustomImage,
    EraseEcsImage,
    EraseEcsSnapshot,
    EraseSnapshot,
)
from swaslift.models import CustomImage, EcsImage
from swaslift.planning.sheet import Sheet, Shown, Table
from swaslift.runs.changing import ANY
from swaslift.runs.effects import Script, attempt, do, fork
from swaslift.runs.step import Ref, Refused
from swaslift.wording import counted

SWAS_BILLED = "Copies of {} in ECS, here or in other regions, stay, and the snapshots behind them stay billed"
ECS_BILLED = "the ECS snapshot {} in {} stays, and stays billed by size and time"


class _Deletion(BaseModel):
    model_config = ConfigDict(frozen=True, defer_build=True)

    snapshots: tuple[Ref, ...] = ()
    """Those behind it."""
    erased: tuple[Ref, ...] = ()
    """Those of them that are deleted as well."""
    accounts: tuple[str, ...] = ()
    """Accounts that it is withdrawn from first."""


class SwasDeletion(_Deletion):
    """A custom image of SWAS, what is behind it, and whether it is withdrawn from ECS first."""

    product: Literal["swas"] = "swas"
    image: CustomImage
    unshare: bool = False
    losers: tuple[str, ...] = ()
    """Instances that lose it when it is withdrawn from ECS, as the plan named them."""

    @property
    def ref(self) -> Ref:
        """The image, as steps name it."""
        return Ref(kind="swas.image", id=self.image.id, region_id=self.image.region_id, name=self.image.name)


class EcsDeletion(_Deletion):
    """An ECS image of the account's own, and what is behind it."""

    product: Literal["ecs"] = "ecs"
    image: EcsImage

    @property
    def ref(self) -> Ref:
        """The image, as steps name it."""
        return Ref(kind="ecs.image", id=self.image.id, region_id=self.image.region_id, name=self.image.name)


Deletion = Annotated[SwasDeletion | EcsDeletion, Field(discriminator="product")]


class DeleteSpec(BaseModel):
    """What is deleted."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    deletions: tuple[Deletion, ...]


class DeletedImages(Shown):
    """What a deletion came to.

    Attributes:
        images: the images that are gone.
        snapshots: the snapshots that are gone.
        kept: snapshots that the service did not let go, and why.
        billed: what goes on being billed, or may.
    """

    images: tuple[Ref, ...] = ()
    snapshots: tuple[Ref, ...] = ()
    kept: tuple[str, ...] = ()
    billed: tuple[str, ...] = ()

    def sheet(self) -> Sheet:
        rows = tuple(
            (r.kind.replace(".", " "), r.name, r.id, r.region_id) for r in (*self.images, *self.snapshots)
        )
        title = f"Gone: {counted(len(self.images), 'image')} and {counted(len(self.snapshots), 'snapshot')}"
        return Sheet(title, (Table("", ("what", "name", "id", "region"), rows),), (*self.kept, *self.billed))


def delete_images(spec: DeleteSpec) -> Script[DeletedImages]:
    """The script of the verb: all images first, since one snapshot may be behind several."""
    yield from fork("images", {d.ref.id: _image(d) for d in spec.deletions})
    erased = {r.id: (r, d.product) for d in spec.deletions for r in d.erased}
    found = yield from fork("snapshots", {r.id: _snapshot(r, product) for r, product in erased.values()})
    kept = {key: why for key, why in found.items() if why is not None}
    gone = tuple(r for r, _ in erased.values() if r.id not in kept)
    return DeletedImages(
        images=tuple(d.ref for d in spec.deletions),
        snapshots=gone,
        kept=tuple(kept.values()),
        billed=billed(spec, gone=frozenset(r.id for r in gone)),
    )


def billed(spec: DeleteSpec, *, gone: frozenset[str]) -> tuple[str, ...]:
    """What goes on being billed when these snapshots are gone."""
    lines = []
    for deletion in spec.deletions:
        if isinstance(deletion, SwasDeletion):
            lines.append(SWAS_BILLED.format(deletion.image.name))
        lines += [
            ECS_BILLED.format(r.id, r.region_id)
            for r in deletion.snapshots
            if r.kind == "ecs.snapshot" and r.id not in gone
        ]
    return tuple(lines)


def _image(deletion: Deletion) -> Script[bool]:
    ref, accounts = deletion.ref, deletion.accounts
    if isinstance(deletion, EcsDeletion):
        if accounts:
            withdrawal = UnshareEcsImage(name="unshare-accounts", image=ref, accounts=accounts, erased=True)
            for some in in_calls(withdrawal):
                yield from do(some)
        return (yield from do(EraseEcsImage(name="delete", ref=ref)))
    servers = deletion.image.used_by
    if deletion.unshare:
        yield from do(UnshareImage(name="unshare", image=ref, losers=deletion.losers, servers=servers))
    if accounts:
        away = UnshareWithAccounts(name="unshare-accounts", image=ref, accounts=accounts, servers=servers)
        for ten in in_calls(away):
            yield from do(ten)
    return (yield from do(EraseCustomImage(name="delete", ref=ref, servers=servers)))


def _snapshot(ref: Ref, product: str) -> Script[str | None]:
    """Delete a snapshot; what is needed elsewhere stays, and that is no failure."""
    step = EraseSnapshot if product == "swas" else EraseEcsSnapshot
    gone = yield from attempt(step(name="delete", ref=ref), ANY)
    return f"{ref} is kept: {gone.code}: {gone.message}" if isinstance(gone, Refused) else None


class DeleteImages(Definition[DeleteSpec, DeletedImages]):
    """The verb ``delete_image``."""

    name = "delete_image"
    spec = DeleteSpec
    outcome = DeletedImages

    def script(self, spec: DeleteSpec) -> Script[DeletedImages]:
        return delete_images(spec)

    def facts(self, spec: DeleteSpec, outcome: DeletedImages | None) -> list[tuple[str, str]]:
        del outcome
        return [("Image", f"{d.image.name} ({d.image.id}) in {d.image.region_id}") for d in spec.deletions]

    def left(self, outcome: DeletedImages) -> tuple[str, ...]:
        return (*outcome.kept, *outcome.billed)
