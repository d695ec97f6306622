"""Changes to ECS images and to the snapshots behind them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, ClassVar

from pydantic import JsonValue

from swaslift.cloud import Cloud
from swaslift.cloud.meanings import COPYING
from swaslift.errors import ApiError
from swaslift.lifecycle.steps.removal import Removal
from swaslift.lifecycle.waits import ecs_image_seen
from swaslift.models import EcsImage
from swaslift.runs.effects import Script, attempt, until
from swaslift.runs.step import Mark, Ref, Refused, Step

IN_USE = ("ImageUsingByInstance", "ImageUseShared")
"""Codes with which ``DeleteImage`` refuses an image that somebody needs."""

SNAPSHOT_IN_USE = ("SnapshotCreatedDisk", "SnapshotCreatedImage")


def delete_image(ref: Ref, image: EcsImage | None) -> Script[str | None]:
    """Delete an image and the snapshots behind it, which the service would keep and bill.

    What an instance was made from stays: its disk could not be re-initialised any more.
    """
    snapshots = tuple(d.snapshot_id for d in (image.disks if image else ()) if d.snapshot_id)
    gone = yield from attempt(DeleteImage(name="image", ref=ref, snapshots=snapshots), *IN_USE)
    if isinstance(gone, Refused):
        return f"{ref} is kept: an instance or another account uses it ({gone.code})"
    return (yield from _delete_snapshots(ref.region_id, snapshots))


def _delete_snapshots(region_id: str, snapshots: Sequence[str]) -> Script[str | None]:
    kept = []
    for i, snapshot_id in enumerate(snapshots):
        snapshot = Ref(kind="ecs.snapshot", id=snapshot_id, region_id=region_id)
        step = DeleteEcsSnapshot(name=f"snapshot-{i + 1}", ref=snapshot)
        gone = yield from attempt(step, *SNAPSHOT_IN_USE)
        if isinstance(gone, Refused):
            kept.append(f"{snapshot} is kept: a disk or an image was made from it ({gone.code})")
    return "; ".join(kept) or None


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

    def undo_title(self, outcome: Ref, prior: JsonValue) -> str:
        del prior
        return (
            f"delete the ECS image {outcome.id} in {outcome.region_id} and the snapshots behind it; what an instance "
            "or another account uses stays"
        )

    def undo(self, outcome: Ref, prior: JsonValue) -> Script[str | None]:
        del prior
        image = yield from until(ecs_image_seen("seen", outcome))
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
    snapshots: tuple[str, ...] = ()
    """Those behind it, which go next: when the image is gone, nothing else tells them."""

    @property
    def title(self) -> str:
        # In a plan they have no ids yet, and so no lines of their own.
        behind = " and the snapshots behind it" if self.ref.id.startswith("<") else ""
        return f"delete the ECS image {self.ref.id} in {self.ref.region_id}{behind}"

    def delete(self, cloud: Cloud, mark: Mark) -> None:
        del mark
        image = next(iter(cloud.ecs.describe_images(self.ref.region_id, image_id=self.ref.id)), None)
        if image is not None and image.status in {"Creating", "Waiting"} and self._cancel(cloud):
            return
        cloud.ecs.delete_image(self.ref.region_id, self.ref.id)

    def complete_title(self, gone: Collection[str]) -> str | None:
        if self.ref.id not in gone:
            return f"{self.title}, which was begun, and the snapshots behind it"
        left = [s for s in self.snapshots if s not in gone]
        return f"delete the ECS snapshots {', '.join(left)}, as far as they are there" if left else None

    def complete(self, gone: Collection[str]) -> Script[str | None]:
        if self.ref.id not in gone:
            refused = yield from attempt(self, *IN_USE)
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

    @property
    def title(self) -> str:
        return f"delete the ECS snapshot {self.ref.id}"

    def delete(self, cloud: Cloud, mark: Mark) -> None:
        del mark
        cloud.ecs.delete_snapshot(self.ref.region_id, self.ref.id)
