"""Changes to ECS images and to the snapshots behind them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, JsonValue

from swaslift.cloud import Cloud
from swaslift.cloud.meanings import COPYING
from swaslift.errors import ApiError
from swaslift.lifecycle.steps.removal import Removal, removed
from swaslift.lifecycle.waits import ecs_image_seen
from swaslift.models import EcsImage
from swaslift.planning.deletions import made_for
from swaslift.runs.effects import Records, Script, Wait, ask, consult, until
from swaslift.runs.step import Mark, Ref, Refused, Step
from swaslift.waiting.conditions import Watch
from swaslift.waiting.watches import ECS_IMAGES, ECS_SNAPSHOTS

IN_USE = ("ImageUsingByInstance", "ImageUseShared")
"""Codes with which ``DeleteImage`` refuses an image that somebody needs."""

SNAPSHOT_IN_USE = ("SnapshotCreatedDisk", "SnapshotCreatedImage")


_NO_IDS: tuple[str, ...] = ()


class Behind(BaseModel):
    """The snapshots behind an image.

    Attributes:
        own: ids of those that the service made for the image.
        others: ids of those that something else made: a step of a run, or somebody before the image was made.
    """

    model_config = ConfigDict(frozen=True, defer_build=True)

    own: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


def delete_image(ref: Ref, image: EcsImage | None) -> Script[str | None]:
    """Delete an image that the service made with snapshots of its own, and those snapshots.

    The service keeps and bills the snapshots of a deleted image. The image itself may be deleted already: then the
    journal names its snapshots. A snapshot that was not made for the image stays, and so does what is in use.

    Args:
        ref: the image.
        image: as the service showed it; None if it is not there any more.
    """
    known = image if image is not None and snapshots_of(image) else (yield from _recorded(ref))
    behind = yield from _behind(ref, known)
    gone = yield from removed(DeleteImage(name="image", ref=ref, snapshots=behind.own), *IN_USE)
    if isinstance(gone, Refused):
        return f"{ref} is kept: {_why_kept(gone)}"
    kept = [
        (yield from _delete_snapshots(ref.region_id, behind.own)),
        *(f"ecs.snapshot {i} stays: it was not made for the image {ref.id}" for i in behind.others),
    ]
    if image is None and known is None:
        kept.append((yield from _perhaps_left(ref)))
    return "; ".join(filter(None, kept)) or None


def delete_image_alone(ref: Ref) -> Script[str | None]:
    """Delete an image that was made from snapshots which were there before; they stay."""
    gone = yield from removed(DeleteImage(name="image", ref=ref), *IN_USE)
    return f"{ref} is kept: {_why_kept(gone)}" if isinstance(gone, Refused) else None


def _why_kept(refused: Refused) -> str:
    if refused.code in IN_USE:
        return f"an instance or another account uses it ({refused.code})"
    return refused.message


def snapshots_of(image: EcsImage) -> tuple[str, ...]:
    """Ids of the snapshots behind an image."""
    return tuple(d.snapshot_id for d in image.disks if d.snapshot_id)


def _recorded(ref: Ref) -> Script[EcsImage | None]:
    """An image as the run saw it first with the snapshots behind it; None if it never did."""

    def read(records: Records) -> EcsImage | None:
        for row in records.journal.effects(records.run_id):
            data = row.outcome if row.kind == "wait" and isinstance(row.outcome, dict) else {}
            if data.get("id") == ref.id and any(d.get("snapshot_id") for d in data.get("disks") or ()):
                return EcsImage.model_validate(data)
        return None

    return (yield from consult("recorded", read, record=EcsImage | None, foreseen=None))


def _behind(ref: Ref, image: EcsImage | None) -> Script[Behind]:
    """Which snapshots behind an image were made for it: not before it, and by no step of a run."""
    ids = snapshots_of(image) if image is not None else ()
    if image is None or not ids:
        return Behind()

    def look(cloud: Cloud) -> Behind:
        found = cloud.ecs.describe_snapshots(ref.region_id, ids=ids)
        others = {s.id for s in found if not made_for(image, s)}
        own = tuple(i for i in ids if i not in others)
        return Behind(own=own, others=tuple(i for i in ids if i in others))

    return (yield from ask("behind", look, record=Behind, foreseen=Behind()))


def _perhaps_left(ref: Ref) -> Script[str]:
    """What to say of an image that somebody deleted before the run could read which snapshots were behind it."""

    def look(cloud: Cloud) -> tuple[str, ...]:
        return tuple(s.id for s in cloud.ecs.describe_snapshots(ref.region_id) if ref.id in s.name)

    named = yield from ask("perhaps-left", look, record=tuple[str, ...], foreseen=_NO_IDS)
    hint = f"; by their names these may be: {', '.join(named)}" if named else ""
    return (
        f"{ref} in {ref.region_id} was deleted by somebody else before the run had read which snapshots are behind it. "
        f"They stay and are billed until they are deleted: look in the console for snapshots that no image uses{hint}"
    )


def _delete_snapshots(region_id: str, snapshots: Sequence[str]) -> Script[str | None]:
    kept = []
    for i, snapshot_id in enumerate(snapshots):
        snapshot = Ref(kind="ecs.snapshot", id=snapshot_id, region_id=region_id)
        why = yield from drop_ecs_snapshot(f"snapshot-{i + 1}", snapshot)
        if why:
            kept.append(why)
    return "; ".join(kept) or None


def drop_ecs_snapshot(name: str, snapshot: Ref) -> Script[str | None]:
    """Delete a snapshot of the run, unless something was made from it; why it stays, if it does."""
    gone = yield from removed(DeleteEcsSnapshot(name=name, ref=snapshot), *SNAPSHOT_IN_USE)
    if not isinstance(gone, Refused):
        return None
    if gone.code in SNAPSHOT_IN_USE:
        return f"{snapshot} is kept: a disk or an image was made from it ({gone.code})"
    return f"{snapshot} is kept: {gone.message}"


def _own_image(cloud: Cloud, region_id: str, mark: Mark) -> Ref | None:
    for image in cloud.ecs.describe_images(region_id, tags=mark.tags):
        return Ref(kind="ecs.image", id=image.id, region_id=region_id, name=image.name)
    return None


class _MakesImage(Step[Ref]):
    """A step that makes an ECS image of the account's own."""

    outcome: ClassVar[Any] = Ref
    discards: ClassVar[tuple[str, ...]] = ("CancelCopyImage", "DeleteImage", "DeleteSnapshot")
    base: str
    exact_name: str | None = None
    """The name a user asked for; later attempts add to it, since a failed image keeps its name."""

    def _name(self, mark: Mark) -> str:
        if self.exact_name and mark.attempt == 1:
            return self.exact_name
        return mark.label(self.exact_name or self.base, 128)

    def made(self, outcome: Ref) -> Ref | None:
        return outcome

    @property
    def charged(self) -> str | None:
        return "the snapshots behind the image, by size and time"

    @property
    def brings_snapshots(self) -> bool:
        """Whether the service makes the snapshots behind the image; else they were there before, and stay."""
        return True

    def noted(self, outcome: Ref) -> Wait[EcsImage | None] | None:
        return ecs_image_seen("seen", outcome) if self.brings_snapshots else None

    def undo_title(self, outcome: Ref, prior: JsonValue) -> str:
        del prior
        behind = " and the snapshots behind it" if self.brings_snapshots else ""
        return (
            f"delete the ECS image {outcome.id} in {outcome.region_id}{behind}; what an instance or another account "
            "uses stays"
        )

    def undo(self, outcome: Ref, prior: JsonValue) -> Script[str | None]:
        del prior
        image = yield from until(ecs_image_seen("seen", outcome))
        if not self.brings_snapshots:
            return (yield from delete_image_alone(outcome))
        return (yield from delete_image(outcome, image))


class CopyImage(_MakesImage):
    """``CopyImage``: an own copy of a shared image in its region, or of an own one in another region."""

    kind: ClassVar[str] = "ecs.CopyImage"
    writes: ClassVar[tuple[str, ...]] = ("CopyImage",)
    busy: ClassVar[frozenset[str]] = COPYING

    region_id: str
    image_id: str
    to_region: str
    encrypted: bool | None = None
    kms_key_id: str | None = None

    @property
    def title(self) -> str:
        where = f"from {self.region_id} to {self.to_region}"
        if self.to_region == self.region_id:
            where = "into an ECS image of your own"
        if not self.encrypted:
            return f"copy the image {self.image_id} {where}"
        key = f"the key {self.kms_key_id}" if self.kms_key_id else "the service key"
        return f"make an encrypted copy of the image {self.image_id} {where}, with {key}"

    @property
    def minutes(self) -> float:
        return 20 if self.to_region == self.region_id else 35

    def find(self, cloud: Cloud, mark: Mark) -> Ref | None:
        return _own_image(cloud, self.to_region, mark)

    def make(self, cloud: Cloud, mark: Mark) -> Ref:
        name = self._name(mark)
        made = cloud.ecs.copy_image(
            self.region_id,
            self.image_id,
            to_region=self.to_region,
            name=name,
            encrypted=self.encrypted,
            kms_key_id=self.kms_key_id,
            tags=mark.tags,
            token=mark.token,
        )
        return Ref(kind="ecs.image", id=made, region_id=self.to_region, name=name)

    def goes_on(self, outcome: Ref) -> str | None:
        return (
            f"the copy {outcome.id} in {outcome.region_id} goes on in the cloud, and its snapshots will be billed; "
            "an undo cancels it"
        )

    def cancel_title(self, outcome: Ref) -> str:
        """What an undo does while the copy is not known to be over."""
        return (
            f"cancel the copy {outcome.id} in {outcome.region_id}, or, if it is there by then, delete that ECS image "
            "and the snapshots behind it; what an instance or another account uses stays"
        )

    def foresee(self) -> Ref:
        where = "" if self.to_region == self.region_id else f" in {self.to_region}"
        name = self.exact_name or self.base
        return Ref(kind="ecs.image", id=f"<own copy{where}>", region_id=self.to_region, name=name)


class SetImageFeatures(Step[bool]):
    """``ModifyImageAttribute``: give a copy the features that its source has.

    ``CopyImage`` was seen to lose ``NvmeSupport``; instance types with NVMe disks alone refuse such an image.

    Attributes:
        image: the copy.
        nvme_support: supported or unsupported; None leaves it as it is.
        boot_mode: BIOS, UEFI or UEFI-Preferred; None leaves it as it is.
    """

    kind: ClassVar[str] = "ecs.ModifyImageAttribute"
    outcome: ClassVar[Any] = bool
    writes: ClassVar[tuple[str, ...]] = ("ModifyImageAttribute",)

    image: Ref
    nvme_support: str | None = None
    boot_mode: str | None = None

    @property
    def title(self) -> str:
        return f"give the copy {self.image.id} the features of its source (NVMe, boot mode)"

    def find(self, cloud: Cloud, mark: Mark) -> bool | None:
        del mark
        found = next(iter(cloud.ecs.describe_images(self.image.region_id, image_id=self.image.id)), None)
        if found is None:
            return None
        nvme = self.nvme_support in {None, found.nvme_support}
        return True if nvme and self.boot_mode in {None, found.boot_mode} else None

    def make(self, cloud: Cloud, mark: Mark) -> bool:
        del mark
        cloud.ecs.modify_image_attribute(
            self.image.region_id, self.image.id, nvme_support=self.nvme_support, boot_mode=self.boot_mode
        )
        return True

    def foresee(self) -> bool:
        return True

    def changes(self) -> Ref | None:
        return self.image

    def undo_title(self, outcome: bool, prior: JsonValue) -> str:
        del outcome, prior
        return self.nothing("the copy is the run's own, and goes as a whole")


class CreateImage(_MakesImage):
    """``CreateImage`` from an instance, or from the snapshot of a system disk."""

    kind: ClassVar[str] = "ecs.CreateImage"
    writes: ClassVar[tuple[str, ...]] = ("CreateImage",)

    region_id: str
    instance_id: str | None = None
    snapshot_id: str | None = None

    @property
    def brings_snapshots(self) -> bool:
        return self.instance_id is not None

    def goes_on(self, outcome: Ref) -> str | None:
        return f"the ECS image {outcome.id} in {outcome.region_id} is still being made in the cloud; an undo deletes it"

    @property
    def title(self) -> str:
        source = f"instance {self.instance_id}" if self.instance_id else f"snapshot {self.snapshot_id}"
        return f"ECS image from {source}"

    @property
    def minutes(self) -> float:
        return 10

    def find(self, cloud: Cloud, mark: Mark) -> Ref | None:
        return _own_image(cloud, self.region_id, mark)

    def make(self, cloud: Cloud, mark: Mark) -> Ref:
        name = self._name(mark)
        made = cloud.ecs.create_image(
            self.region_id,
            name,
            instance_id=self.instance_id,
            snapshot_id=self.snapshot_id,
            tags=mark.tags,
            token=mark.token,
        )
        return Ref(kind="ecs.image", id=made, region_id=self.region_id, name=name)

    def foresee(self) -> Ref:
        return Ref(kind="ecs.image", id="<new image>", region_id=self.region_id, name=self.base)


class DeleteImage(Removal):
    """``DeleteImage``, or ``CancelCopyImage`` while a copy is still under way."""

    kind: ClassVar[str] = "ecs.DeleteImage"
    writes: ClassVar[tuple[str, ...]] = ("CancelCopyImage", "DeleteImage")
    watch: ClassVar[Watch[Any] | None] = ECS_IMAGES
    snapshots: tuple[str, ...] = ()
    """Those behind it, which go next: when the image is gone, nothing else tells them."""

    @property
    def title(self) -> str:
        # In a plan they have no ids yet, and so no lines of their own.
        behind = " and the snapshots behind it" if self.ref.id.startswith("<") else ""
        return f"delete the ECS image {self.ref.id} in {self.ref.region_id}{behind}"

    def delete(self, cloud: Cloud, mark: Mark) -> None:
        del mark
        if self.unready(cloud) and self._cancel(cloud):
            return
        cloud.ecs.delete_image(self.ref.region_id, self.ref.id)

    def complete_title(self, gone: Collection[str]) -> str | None:
        if self.ref.id not in gone:
            return f"{self.title}, which was begun, and the snapshots behind it"
        left = [s for s in self.snapshots if s not in gone]
        return f"delete the ECS snapshots {', '.join(left)}, as far as they are there" if left else None

    def complete(self, gone: Collection[str]) -> Script[str | None]:
        if self.ref.id not in gone:
            refused = yield from removed(self, *IN_USE)
            if isinstance(refused, Refused):
                return None  # what made it says so
        return (
            yield from _delete_snapshots(self.ref.region_id, [s for s in self.snapshots if s not in gone])
        )

    def _cancel(self, cloud: Cloud) -> bool:
        try:
            cloud.ecs.cancel_copy_image(self.ref.region_id, self.ref.id)
        except ApiError as error:
            # Finished in the meantime, or never was a copy: it is deleted like any other.
            if error.code in {"IncorrectImageStatus", "CancelNotSupported", "ImageCreatedNotFromCopy"}:
                return False
            raise
        return True


class DeleteEcsSnapshot(Removal):
    """``DeleteSnapshot`` of ECS."""

    kind: ClassVar[str] = "ecs.DeleteSnapshot"
    writes: ClassVar[tuple[str, ...]] = ("DeleteSnapshot",)
    watch: ClassVar[Watch[Any] | None] = ECS_SNAPSHOTS

    @property
    def title(self) -> str:
        return f"delete the ECS snapshot {self.ref.id}"

    def delete(self, cloud: Cloud, mark: Mark) -> None:
        del mark
        cloud.ecs.delete_snapshot(self.ref.region_id, self.ref.id)
