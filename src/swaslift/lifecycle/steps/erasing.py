"""Deleting what is the user's: images and snapshots that no run of this kind has made. It is for good."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import ClassVar

from swaslift.checks import Check
from swaslift.cloud import Cloud
from swaslift.lifecycle.steps.removal import Removal
from swaslift.planning.deletions import look_at_custom_image, look_at_ecs_image
from swaslift.runs.step import Mark, Ref


class Erasure(Removal):
    """Delete a resource of the user's. An undo does not bring it back, and says so."""

    @property
    def irreversible(self) -> str | None:
        return f"{self.ref.name or self.ref.id} is deleted for good"

    def happened(self, cloud: Cloud, mark: Mark) -> bool | None:
        """It was there when the run began, so what is not listed any more is deleted."""
        del mark
        return None if self.listed(cloud) else True

    @abstractmethod
    def listed(self, cloud: Cloud) -> bool:
        """Whether the resource is there."""

    def removes(self) -> Ref | None:
        return None

    def destroys(self) -> Ref | None:
        return self.ref


class EraseCustomImage(Erasure):
    """``DeleteCustomImage``; it must not be shared any more."""

    kind: ClassVar[str] = "swas.EraseCustomImage"
    writes: ClassVar[tuple[str, ...]] = ("DeleteCustomImage",)

    servers: tuple[str, ...] = ()
    """Ids of servers that it was said to have made when the deletion was planned."""

    @property
    def title(self) -> str:
        return f"delete the custom image {self.ref.name} ({self.ref.id})"

    def listed(self, cloud: Cloud) -> bool:
        return any(cloud.swas.list_custom_images(self.ref.region_id, ids=[self.ref.id]))

    def look(self, cloud: Cloud) -> Sequence[Check]:
        return look_at_custom_image(cloud, self.ref.region_id, self.ref.id, self.servers)

    def delete(self, cloud: Cloud, mark: Mark) -> None:
        cloud.swas.delete_custom_image(self.ref.region_id, self.ref.id, token=mark.token)


class EraseSnapshot(Erasure):
    """``DeleteSnapshot`` of SWAS; images made from it must be gone."""

    kind: ClassVar[str] = "swas.EraseSnapshot"
    writes: ClassVar[tuple[str, ...]] = ("DeleteSnapshot",)

    @property
    def title(self) -> str:
        return f"delete the SWAS snapshot {self.ref.id}"

    def listed(self, cloud: Cloud) -> bool:
        return any(cloud.swas.list_snapshots(self.ref.region_id, ids=[self.ref.id]))

    def delete(self, cloud: Cloud, mark: Mark) -> None:
        cloud.swas.delete_snapshot(self.ref.region_id, self.ref.id, token=mark.token)


class EraseEcsImage(Erasure):
    """``DeleteImage``; the snapshots behind it stay, and stay billed."""

    kind: ClassVar[str] = "ecs.EraseImage"
    writes: ClassVar[tuple[str, ...]] = ("DeleteImage",)

    @property
    def title(self) -> str:
        return f"delete the ECS image {self.ref.name} ({self.ref.id}) in {self.ref.region_id}"

    def listed(self, cloud: Cloud) -> bool:
        return any(cloud.ecs.describe_images(self.ref.region_id, image_id=self.ref.id))

    def look(self, cloud: Cloud) -> Sequence[Check]:
        return look_at_ecs_image(cloud, self.ref.region_id, self.ref.id)

    def delete(self, cloud: Cloud, mark: Mark) -> None:
        del mark
        cloud.ecs.delete_image(self.ref.region_id, self.ref.id)


class EraseEcsSnapshot(Erasure):
    """``DeleteSnapshot`` of ECS."""

    kind: ClassVar[str] = "ecs.EraseSnapshot"
    writes: ClassVar[tuple[str, ...]] = ("DeleteSnapshot",)

    @property
    def title(self) -> str:
        return f"delete the ECS snapshot {self.ref.id}"

    def listed(self, cloud: Cloud) -> bool:
        return any(cloud.ecs.describe_snapshots(self.ref.region_id, ids=[self.ref.id]))

    def delete(self, cloud: Cloud, mark: Mark) -> None:
        del mark
        cloud.ecs.delete_snapshot(self.ref.region_id, self.ref.id)
