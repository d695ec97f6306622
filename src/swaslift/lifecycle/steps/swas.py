"""Changes in SWAS: snapshots, custom images, sharing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Literal

from pydantic import Field, JsonValue

from swaslift.checks import Check
from swaslift.cloud import Cloud
from swaslift.errors import ApiError, NotFoundError
from swaslift.lifecycle.steps.removal import Removal, removed, told_as
from swaslift.lifecycle.waits import swas_image_seen, swas_snapshot_seen
from swaslift.models import CustomImage
from swaslift.planning.deletions import check_unused, check_withdrawal
from swaslift.runs.effects import Script, do, until
from swaslift.runs.step import Mark, Ref, Refused, Step
from swaslift.waiting.conditions import Watch
from swaslift.waiting.watches import SWAS_IMAGES, SWAS_SNAPSHOTS


class CreateSnapshot(Step[Ref]):
    """``CreateSnapshot`` of one disk of a server."""

    kind: ClassVar[str] = "swas.CreateSnapshot"
    outcome: ClassVar[Any] = Ref
    writes: ClassVar[tuple[str, ...]] = ("CreateSnapshot",)
    discards: ClassVar[tuple[str, ...]] = ("DeleteSnapshot",)

    region_id: str
    disk_id: str
    disk_kind: str
    base: str
    tags: dict[str, str] = Field(default_factory=dict)

    @property
    def title(self) -> str:
        return f"snapshot of the {self.disk_kind} disk {self.disk_id}"

    @property
    def minutes(self) -> float:
        # That of a data disk goes on beside that of the system disk.
        return 15 if self.disk_kind == "system" else 0

    def find(self, cloud: Cloud, mark: Mark) -> Ref | None:
        for s in cloud.swas.list_snapshots(self.region_id, disk_id=self.disk_id, tags=mark.tags):
            return self._ref(s.id, s.name)
        return None

    def happened(self, cloud: Cloud, mark: Mark) -> Ref | None:
        """By its tags alone: a list by disk is refused if the server, and with it the disk, is gone."""
        for s in cloud.swas.list_snapshots(self.region_id, tags=mark.tags):
            return self._ref(s.id, s.name)
        return None

    def make(self, cloud: Cloud, mark: Mark) -> Ref:
        name = mark.label(self.base, 50)
        made = cloud.swas.create_snapshot(
            self.region_id, self.disk_id, name, tags={**self.tags, **mark.tags}, token=mark.token
        )
        return self._ref(made, name)

    def _ref(self, snapshot_id: str, name: str) -> Ref:
        return Ref(kind="swas.snapshot", id=snapshot_id, region_id=self.region_id, name=name)

    def foresee(self) -> Ref:
        return self._ref(f"<snapshot of {self.disk_id}>", self.base)

    def made(self, outcome: Ref) -> Ref | None:
        return outcome

    def goes_on(self, outcome: Ref) -> str | None:
        return f"the snapshot {outcome.id} is still being made in the cloud; an undo deletes it"

    def undo_title(self, outcome: Ref, prior: JsonValue) -> str:
        del prior
        return f"delete the SWAS snapshot {outcome.id}, unless another image was made from it"

    def undo(self, outcome: Ref, prior: JsonValue) -> Script[str | None]:
        del prior
        if (yield from until(swas_snapshot_seen("seen", outcome))) is None:
            return None
        return (yield from drop_snapshot("delete", outcome))


class DeleteSnapshot(Removal):
    """``DeleteSnapshot``."""

    kind: ClassVar[str] = "swas.DeleteSnapshot"
    writes: ClassVar[tuple[str, ...]] = ("DeleteSnapshot",)
    watch: ClassVar[Watch[Any] | None] = SWAS_SNAPSHOTS

    @property
    def title(self) -> str:
        return f"delete the SWAS snapshot {self.ref.id}"

    def delete(self, cloud: Cloud, mark: Mark) -> None:
        cloud.swas.delete_snapshot(self.ref.region_id, self.ref.id, token=mark.token)


BEHIND_AN_IMAGE = "BehindAnImage"
"""No document names the code with which the service keeps a snapshot that an image was made from."""


class DropSnapshot(DeleteSnapshot):
    """``DeleteSnapshot``; whether an image was made from it is what a refusal is told by."""

    kind: ClassVar[str] = "swas.DeleteSnapshot.unbound"

    def refusal(self, cloud: Cloud, error: ApiError) -> ApiError | None:
        images = [
            i.id
            for i in cloud.swas.list_custom_images(self.ref.region_id)
            if self.ref.id in {i.system_snapshot_id, i.data_snapshot_id}
        ]
        if images:
            return told_as(BEHIND_AN_IMAGE, f"an image was made from it ({', '.join(images)})", error)
        return super().refusal(cloud, error)


def drop_snapshot(name: str, snapshot: Ref) -> Script[str | None]:
    """Delete a snapshot of the run, unless an image was made from it; why it stays, where it does."""
    dropped = yield from removed(DropSnapshot(name=name, ref=snapshot), BEHIND_AN_IMAGE)
    return f"{snapshot} stays: {dropped.message}" if isinstance(dropped, Refused) else None


class CreateCustomImage(Step[Ref]):
    """``CreateCustomImage`` from snapshots of a server."""

    kind: ClassVar[str] = "swas.CreateCustomImage"
    outcome: ClassVar[Any] = Ref
    writes: ClassVar[tuple[str, ...]] = ("CreateCustomImage",)
    discards: ClassVar[tuple[str, ...]] = ("DeleteCustomImage",)

    region_id: str
    server_id: str
    server_name: str = ""
    system_snapshot_id: str
    data_snapshot_id: str | None = None
    base: str
    exact_name: str | None = None
    """The name a user asked for; later attempts add to it, since a failed image keeps its name."""
    description: str | None = None
    resource_group_id: str | None = None
    tags: dict[str, str] = Field(default_factory=dict)

    @property
    def title(self) -> str:
        with_data = " with its data disk" if self.data_snapshot_id else ""
        return f"custom image of the server {self.server_name or self.server_id}{with_data}"

    @property
    def minutes(self) -> float:
        return 5

    def find(self, cloud: Cloud, mark: Mark) -> Ref | None:
        for image in cloud.swas.list_custom_images(self.region_id, tags=mark.tags):
            return self._ref(image.id, image.name)
        return None

    def make(self, cloud: Cloud, mark: Mark) -> Ref:
        name = self.exact_name or self.base
        if self.exact_name is None or mark.attempt > 1:
            name = mark.label(name, 128)
        made = cloud.swas.create_custom_image(
            self.region_id,
            self.server_id,
            name,
            self.system_snapshot_id,
            data_snapshot_id=self.data_snapshot_id,
            description=self.description,
            resource_group_id=self.resource_group_id,
            tags={**self.tags, **mark.tags},
            token=mark.token,
        )
        return self._ref(made, name)

    def _ref(self, image_id: str, name: str) -> Ref:
        return Ref(kind="swas.image", id=image_id, region_id=self.region_id, name=name)

    def foresee(self) -> Ref:
        return self._ref(f"<image of {self.server_name or self.server_id}>", self.exact_name or self.base)

    def made(self, outcome: Ref) -> Ref | None:
        return outcome

    def goes_on(self, outcome: Ref) -> str | None:
        return f"the custom image {outcome.id} is still being made in the cloud; an undo deletes it"

    def undo_title(self, outcome: Ref, prior: JsonValue) -> str:
        del prior
        return f"delete the SWAS image {outcome.id}"

    def undo(self, outcome: Ref, prior: JsonValue) -> Script[str | None]:
        del prior
        if (yield from until(swas_image_seen("seen", outcome))) is None:
            return None
        gone = yield from removed(DeleteCustomImage(name="delete", ref=outcome))
        return f"{outcome} stays: {gone.message}" if isinstance(gone, Refused) else None


class DeleteCustomImage(Removal):
    """``DeleteCustomImage``; it must not be shared any more."""

    kind: ClassVar[str] = "swas.DeleteCustomImage"
    writes: ClassVar[tuple[str, ...]] = ("DeleteCustomImage",)
    watch: ClassVar[Watch[Any] | None] = SWAS_IMAGES

    @property
    def title(self) -> str:
        return f"delete the SWAS image {self.ref.id}"

    def delete(self, cloud: Cloud, mark: Mark) -> None:
        cloud.swas.delete_custom_image(self.ref.region_id, self.ref.id, token=mark.token)


def passing_token(cloud: Cloud, mark: Mark) -> str:
    """A token for a change of a share.

    Doing it twice changes nothing. A token that outlives this try could do harm: the answer that the
    service remembers of an earlier share shares nothing once the image was unshared.
    """
    return f"{mark.token[:48]}-{cloud.clock.now():%y%m%d%H%M%S}"


def _image(cloud: Cloud, ref: Ref) -> CustomImage | None:
    return next(iter(cloud.swas.list_custom_images(ref.region_id, ids=[ref.id])), None)


class _Sharing(Step[bool]):
    """A change of an image's share with ECS; the state before is kept, and restored by the undo."""

    outcome: ClassVar[Any] = bool
    writes: ClassVar[tuple[str, ...]] = ("ModifyImageShareStatus",)
    wanted: ClassVar[bool]

    image: Ref

    def changes(self) -> Ref | None:
        return self.image

    def prior(self, cloud: Cloud) -> JsonValue:
        image = _image(cloud, self.image)
        return {"shared": bool(image and image.shared_to_ecs)}

    def altered(self, prior: JsonValue) -> frozenset[str]:
        """What it altered, against the state before: ``ecs``, or nothing."""
        shared = bool(isinstance(prior, dict) and prior.get("shared"))
        return frozenset() if shared is self.wanted else frozenset({"ecs"})

    def find(self, cloud: Cloud, mark: Mark) -> bool | None:
        del mark
        image = _image(cloud, self.image)
        return True if image is not None and image.shared_to_ecs is self.wanted else None

    def make(self, cloud: Cloud, mark: Mark) -> bool:
        operation: Literal["Share", "UnShare"] = "Share" if self.wanted else "UnShare"
        token = passing_token(cloud, mark)
        cloud.swas.modify_image_share_status(self.image.region_id, self.image.id, operation, token=token)
        return True

    def foresee(self) -> bool:
        return True


class ShareImage(_Sharing):
    """``ModifyImageShareStatus`` with ``Share``: ECS of the same account and region sees the image."""

    kind: ClassVar[str] = "swas.ShareImage"
    wanted: ClassVar[bool] = True

    def find(self, cloud: Cloud, mark: Mark) -> bool | None:
        """The outcome tells whether the step itself may have shared it: not what was so when it first looked."""
        return None if super().find(cloud, mark) is None else mark.again

    def happened(self, cloud: Cloud, mark: Mark) -> bool | None:
        return super().find(cloud, mark)

    def discard(self, outcome: bool) -> Script[str | None]:
        """Nothing: where ECS does not see the image, it is shared once more."""
        del outcome
        return None
        yield  # a script without effects

    @property
    def title(self) -> str:
        return f"share the image {self.image.id} with ECS"

    def undo_title(self, outcome: bool, prior: JsonValue) -> str:
        del outcome
        if isinstance(prior, dict) and prior.get("shared"):
            return f"stays: the image {self.image.id} is shared with ECS, as it was before"
        return f"stop sharing the image {self.image.id} with ECS"

    def undo(self, outcome: bool, prior: JsonValue) -> Script[str | None]:
        del outcome
        if isinstance(prior, dict) and prior.get("shared"):
            return None
        yield from do(UnshareImage(name="unshare", image=self.image))
        return None


class UnshareImage(_Sharing):
    """``ModifyImageShareStatus`` with ``UnShare``.

    Disks of ECS instances made from the shared image itself can no longer be re-initialised.
    """

    kind: ClassVar[str] = "swas.UnshareImage"
    wanted: ClassVar[bool] = False

    losers: tuple[str, ...] | None = None
    """Ids of instances that may lose it by that; None where it is not looked for more, as in an undo."""
    servers: tuple[str, ...] | None = None
    """As `EraseCustomImage.servers`, where the image is deleted next: then nothing is begun that will be refused."""

    @property
    def title(self) -> str:
        return f"stop sharing the image {self.image.id} with ECS"

    def look(self, cloud: Cloud) -> Sequence[Check]:
        image = _image(cloud, self.image) if self.losers is not None else None
        if image is None:
            return ()
        unused = [] if self.servers is None else check_unused(cloud, image, self.servers)
        return [*unused, *check_withdrawal(cloud, image, self.losers)[0]]

    def make(self, cloud: Cloud, mark: Mark) -> bool:
        try:
            return super().make(cloud, mark)
        except NotFoundError:
            return True

    def reverts(self) -> Ref | None:
        return self.image

    def undo_title(self, outcome: bool, prior: JsonValue) -> str:
        del outcome
        if isinstance(prior, dict) and prior.get("shared"):
            return f"share the image {self.image.id} with ECS again"
        return self.nothing("it was not shared before")

    def undo(self, outcome: bool, prior: JsonValue) -> Script[str | None]:
        del outcome
        if isinstance(prior, dict) and prior.get("shared"):
            yield from do(ShareImage(name="share", image=self.image))
        return None
