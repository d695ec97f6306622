"""Replacing the system disk of an ECS instance: backup, replacement, key pair, and the way back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from itertools import count
from typing import Any, ClassVar

from pydantic import JsonValue

from swaslift.cloud import Cloud
from swaslift.lifecycle.spec import is_economical
from swaslift.lifecycle.steps.images import CreateImage, drop_ecs_snapshot
from swaslift.lifecycle.steps.instances import instance
from swaslift.lifecycle.steps.power import DOWN, StopInstance, other_disk
from swaslift.lifecycle.waits import (
    disk_replaced,
    ecs_snapshot_seen,
    image_usable,
    instance_seen,
    stopped,
)
from swaslift.runs.changing import prefixed, turn
from swaslift.runs.effects import Script, ask, attempt, do, pause, until, until_both
from swaslift.runs.step import Declined, Mark, Ref, Refused, Step
from swaslift.secret import Secret

STARTED = "swaslift.Started"
"""Code of why a disk is not replaced: what is on it may be in no backup."""

ECONOMICAL = "swaslift.Economical"
"""Code of why a disk is not replaced: the instance might not start again for want of stock."""


REPLACED = "swaslift.Replaced"
"""Code of why a disk is not replaced: it is another one than the run knows."""

NO_IMAGE = "InvalidImageId.NotFound"

TURNS = 3
"""How often a disk is restored again because of what somebody else did, before the undo pauses."""


class BackUpDisk(Step[Ref]):
    """``CreateSnapshot`` of a cloud disk, as the backup before it is replaced.

    The undo of the replacement needs it, so an undo leaves it in place. Where the disk was not replaced,
    it is of no use, and goes.
    """

    kind: ClassVar[str] = "ecs.CreateSnapshot"
    outcome: ClassVar[Any] = Ref
    writes: ClassVar[tuple[str, ...]] = ("CreateSnapshot",)
    discards: ClassVar[tuple[str, ...]] = ("DeleteSnapshot",)

    region_id: str
    disk_id: str
    base: str

    @property
    def title(self) -> str:
        return f"back up the system disk {self.disk_id} (snapshot)"

    @property
    def minutes(self) -> float:
        return 5

    @property
    def charged(self) -> str | None:
        return "the snapshot, by size and time"

    def find(self, cloud: Cloud, mark: Mark) -> Ref | None:
        """By its tags alone: the disk may be another one by now, if the journal of the run was lost."""
        for s in cloud.ecs.describe_snapshots(self.region_id, tags=mark.tags):
            return self._ref(s.id, s.name)
        return None

    def make(self, cloud: Cloud, mark: Mark) -> Ref:
        name = mark.label(self.base, 128)
        made = cloud.ecs.create_snapshot(self.region_id, self.disk_id, name, tags=mark.tags, token=mark.token)
        return self._ref(made, name)

    def _ref(self, snapshot_id: str, name: str) -> Ref:
        return Ref(kind="ecs.snapshot", id=snapshot_id, region_id=self.region_id, name=name)

    def foresee(self) -> Ref:
        return self._ref(f"<backup of {self.disk_id}>", self.base)

    def made(self, outcome: Ref) -> Ref | None:
        return outcome

    def undo_title(self, outcome: Ref, prior: JsonValue) -> str:
        del prior
        return f"stays: the backup {outcome.id}, which the old system can be restored from"

    def undo(self, outcome: Ref, prior: JsonValue) -> Script[str | None]:
        del prior
        if (yield from until(ecs_snapshot_seen("seen", outcome))) is None:
            return f"the backup {outcome} is not there any more: somebody else has deleted it"
        return f"the backup {outcome} is kept: it is what the old system can be restored from"

    def undo_unused(self, outcome: Ref) -> Script[str | None]:
        """As `undo`, where no replacement of the disk was begun: delete the backup if the disk is there.

        Where the journal was lost before, an earlier life of the run may have replaced it.
        """

        def has_its_disk(cloud: Cloud) -> bool:
            found = cloud.ecs.describe_snapshots(self.region_id, ids=[outcome.id])
            ids = [s.disk_id for s in found if s.disk_id]
            return bool(ids) and any(cloud.ecs.describe_disks(self.region_id, ids=ids))

        kept = yield from self.undo(outcome, None)
        if not (yield from ask("has-its-disk", has_its_disk, record=bool, foreseen=True)):
            return kept
        return (yield from self.discard(outcome))

    def discard(self, outcome: Ref) -> Script[str | None]:
        return (yield from drop_ecs_snapshot("delete", outcome))


class ReplaceDisk(Step[Ref]):
    """``ReplaceSystemDisk`` of a Stopped instance. The old disk is destroyed with its data.

    Attributes:
        size: GiB of the new disk.
        old_size: GiB of the old one; 0 where that does not matter.
        backed_up_at: when the backup was begun: it holds what was on the disk then.
        own_image: whether the run made the image; then a disk from it proves that it was replaced. An
            image that was there before may be the one that the old disk was made from, too.
    """

    kind: ClassVar[str] = "ecs.ReplaceSystemDisk"
    outcome: ClassVar[Any] = Ref
    writes: ClassVar[tuple[str, ...]] = ("ReplaceSystemDisk",)

    region_id: str
    instance_id: str
    image_id: str
    old_disk_id: str
    size: int
    old_size: int = 0
    backup: Ref | None = None
    backed_up_at: datetime | None = None
    old_key_pair: str = ""
    password: Secret | None = None
    base: str
    own_image: bool = True

    @property
    def title(self) -> str:
        return f"replace the system disk of {self.instance_id} by one from {self.image_id}"

    @property
    def charged(self) -> str | None:
        if not 0 < self.old_size < self.size:
            return None
        return f"the disk grows from {self.old_size} to {self.size} GiB, and is charged by its size"

    @property
    def irreversible(self) -> str | None:
        way_back = "; the backup brings it back" if self.backup else ", and there is no backup"
        return f"the data of the old system disk {self.old_disk_id}{way_back}"

    @property
    def minutes(self) -> float:
        return 2

    def prior(self, cloud: Cloud) -> JsonValue:
        found = instance(cloud, self.region_id, self.instance_id)
        return {"key_pair": found.key_pair if found else ""}

    def find(self, cloud: Cloud, mark: Mark) -> Ref | None:
        """The disk was made from the image, and is not the old one.

        Without the journal, the new disk is what a plan takes for the old one. Then the run's own image
        tells, or the backup, which is of the disk before.
        """
        del mark
        for disk in cloud.ecs.describe_disks(self.region_id, instance_id=self.instance_id, kind="system"):
            if disk.id == self.old_disk_id and (disk.image_id != self.image_id or not self._is_new(cloud)):
                return None
            if disk.image_id not in {self.image_id, ""}:
                problem = (
                    f"instance {self.instance_id} has the system disk {disk.id}, made from {disk.image_id}: "
                    "somebody else replaced it meanwhile"
                )
                raise Declined(REPLACED, problem, "Undo the run, and plan again")
            return self._ref(disk.id)
        return None

    def _is_new(self, cloud: Cloud) -> bool:
        """Whether what a plan took for the old disk, and is from the image, was put in by this run."""
        if self.own_image:
            return True
        backup = self.backup.id if self.backup else None
        found = cloud.ecs.describe_snapshots(self.region_id, ids=[backup]) if backup else ()
        return any(s.disk_id != self.old_disk_id for s in found)

    def make(self, cloud: Cloud, mark: Mark) -> Ref:
        self._check_down(cloud)
        disk_id = cloud.ecs.replace_system_disk(
            self.region_id,
            self.instance_id,
            self.image_id,
            size=self.size,
            password=self.password.resolve() if self.password else None,
            token=mark.token,
        )
        return self._ref(disk_id)

    def _check_down(self, cloud: Cloud) -> None:
        """That it has stood still since it was stopped: time may have passed, and somebody used it."""
        found = instance(cloud, self.region_id, self.instance_id)
        if found is None:
            return
        # The service tells the minute alone.
        since = self.backed_up_at and self.backed_up_at.replace(second=0, microsecond=0)
        if is_economical(found):
            problem = (
                f"the instance {self.instance_id} was stopped in economical mode meanwhile: it has given back its "
                "resources, and may not start again if they are out of stock"
            )
            raise Declined(ECONOMICAL, problem, "Start the instance, then resume or undo the run")
        if found.status in DOWN and not (since and found.started_at and found.started_at > since):
            return
        held = f"no backup: {self.backup.id} is older" if self.backup else "no backup"
        problem = (
            f"the instance {self.instance_id} was stopped, and somebody has started it since; it is {found.status}. "
            f"What it has written is in {held}"
        )
        raise Declined(STARTED, problem, "Undo the run, and plan anew")

    def _ref(self, disk_id: str) -> Ref:
        return Ref(kind="ecs.disk", id=disk_id, region_id=self.region_id)

    def made(self, outcome: Ref) -> Ref | None:
        return outcome

    def destroys(self) -> Ref | None:
        return Ref(kind="ecs.disk", id=self.old_disk_id, region_id=self.region_id)

    def restores_from(self) -> tuple[Ref, ...]:
        return (self.backup,) if self.backup else ()

    def foresee(self) -> Ref:
        return self._ref("<new system disk>")

    def undo_title(self, outcome: Ref, prior: JsonValue) -> str:
        del outcome, prior
        if self.backup is None:
            return f"stays: the old system disk {self.old_disk_id} is gone and was not backed up"
        return (
            f"stop {self.instance_id}, and replace its system disk once more, by one of {self.size} GiB from the "
            f"backup {self.backup.id}; the image made on the way stays"
        )

    def undo(self, outcome: Ref, prior: JsonValue) -> Script[str | None]:
        """Through an image made from the backup: no API rolls an old disk's snapshot onto a new disk."""
        if self.backup is None:
            return f"the old system disk {self.old_disk_id} is gone and was not backed up"
        holds = f"the backup {self.backup.id} holds the old system"
        lost = f"the old system of the instance {self.instance_id} does not come back on it"
        if (yield from until(instance_seen("there", self.region_id, self.instance_id))) is None:
            return f"{lost}: the instance is not there any more; {holds}"
        if now := (yield from other_disk(self.region_id, self.instance_id, outcome.id)):
            return f"{lost}: {now}. It is left as it is; {holds}"
        if (yield from until(ecs_snapshot_seen("backup", self.backup))) is None:
            return f"{lost}: the backup {self.backup.id} is not there any more. The instance is left as it is"
        image, disk = yield from self._restored(self.backup, outcome)
        if isinstance(disk, Refused):
            return f"{lost}: {disk.message}. It is left as it is; {holds}. The image {image.id} stays"
        yield from until_both(*disk_replaced("restored", disk, self.instance_id))
        key_pair = prior.get("key_pair") if isinstance(prior, dict) else ""
        if key_pair:
            yield from do(
                AttachKeyPair(
                    name="key-pair",
                    region_id=self.region_id,
                    instance_id=self.instance_id,
                    key_pair=str(key_pair),
                )
            )
        return (
            f"the old system is back on a new disk {disk.id} of {self.size} GiB; the image {image.id}, from which "
            "that disk was made, and the backup are kept"
        )

    def _restored(self, backup: Ref, current: Ref) -> Script[tuple[Ref, Ref | Refused]]:
        """An image of the backup and a disk of that image; no disk if somebody else has replaced the disk."""
        for number in count(1):
            under = f"image-{number}"
            image = yield from prefixed(self._image_of(backup), under)
            for again in count(1):
                disk = yield from prefixed(turn(again, self._replaced(image, current)), under)
                # Somebody has started it meanwhile: it is stopped again.
                if not isinstance(disk, Refused) or disk.code != STARTED:
                    break
                if again % TURNS == 0:
                    yield from pause(
                        f"started-{number}-{again}",
                        f"somebody starts {self.instance_id} each time that the undo has stopped it",
                        "find out who or what starts it, then resume the undo",
                    )
            # Somebody has deleted the image meanwhile: another one is made.
            if not isinstance(disk, Refused) or disk.code != NO_IMAGE:
                return image, disk
            if number % TURNS == 0:
                yield from pause(
                    f"deleted-{number}",
                    f"the service does not know the image {image.id}, which the undo has made of the backup",
                    "find out who deletes it, then resume the undo: it makes another one, which is billed",
                )
        raise AssertionError("unreachable")

    def _image_of(self, backup: Ref) -> Script[Ref]:
        image = yield from do(
            CreateImage(
                name="restore-image",
                region_id=self.region_id,
                snapshot_id=backup.id,
                base=f"{self.base}-restore",
            )
        )
        usable = image_usable("restore-image-usable", image, of="restore-image")
        # One that is never done is deleted, and another one is made.
        yield from until(replace(usable, timeout=3600, sent_by="restore-image"))
        return image

    def _replaced(self, image: Ref, current: Ref) -> Script[Ref | Refused]:
        region, instance_id = self.region_id, self.instance_id
        yield from do(StopInstance(name="stop", region_id=region, instance_id=instance_id))
        yield from until(stopped("stopped", region, instance_id, sent_by="stop"))
        restore = ReplaceDisk(
            name="restore",
            region_id=region,
            instance_id=instance_id,
            image_id=image.id,
            old_disk_id=current.id,
            size=self.size,
            base=self.base,
        )
        return (yield from attempt(restore, NO_IMAGE, declines=(REPLACED, STARTED)))


class AttachKeyPair(Step[bool]):
    """``AttachKeyPair``; it works from the next start on."""

    kind: ClassVar[str] = "ecs.AttachKeyPair"
    outcome: ClassVar[Any] = bool
    writes: ClassVar[tuple[str, ...]] = ("AttachKeyPair",)

    region_id: str
    instance_id: str
    key_pair: str

    @property
    def title(self) -> str:
        return f"attach the key pair {self.key_pair} to {self.instance_id}"

    def find(self, cloud: Cloud, mark: Mark) -> bool | None:
        del mark
        found = instance(cloud, self.region_id, self.instance_id)
        return True if found and found.key_pair == self.key_pair else None

    def make(self, cloud: Cloud, mark: Mark) -> bool:
        del mark
        cloud.ecs.attach_key_pair(self.region_id, self.instance_id, self.key_pair)
        return True

    def foresee(self) -> bool:
        return True
