"""What a migration rests on: frozen in the journal when the run begins."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from swaslift.models import EcsDisk, EcsInstance, Server
from swaslift.planning.costs import Quote
from swaslift.targets import NewInstance, ReplaceSystemDisk

Keep = Literal["share", "swas_image", "swas_snapshots", "copies"]
DataDisks = Literal["include", "leave"]
Verify = Literal["cloud_assistant", "running"]


def is_economical(instance: EcsInstance) -> bool:
    """Whether an instance is stopped in economical mode (StopInstance with StopCharging)."""
    return instance.status in {"Stopping", "Stopped"} and instance.stopped_mode == "StopCharging"


class ExistingTarget(BaseModel):
    """The instance whose system disk is replaced, as the plan found it; sizes in GiB."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    kind: Literal["existing"] = "existing"
    how: ReplaceSystemDisk
    instance: EcsInstance
    disk_id: str
    disk_size: int
    disk_category: str = ""
    performance_level: str = ""

    @classmethod
    def of(cls, how: ReplaceSystemDisk, instance: EcsInstance, disk: EcsDisk) -> ExistingTarget:
        """The target with the system disk that it has now."""
        return cls(
            how=how,
            instance=instance,
            disk_id=disk.id,
            disk_size=disk.size,
            disk_category=disk.category,
            performance_level=disk.performance_level,
        )

    @property
    def economical(self) -> bool:
        """Whether it is stopped without charge: its resources were given back, and a start needs stock."""
        return is_economical(self.instance)

    def new_size(self, least: int) -> int:
        """GiB of the new disk, where the image needs ``least``."""
        return self.how.size or max(self.disk_size, least)


class NewTarget(BaseModel):
    """The instance to be made, and what it was to cost; None where the service quoted no price."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    kind: Literal["new"] = "new"
    how: NewInstance
    quote: Quote | None = None


class MigrationSpec(BaseModel):
    """One migration: what its script needs to know, and nothing that can change under it.

    Attributes:
        base: the stem of names that the run gives.
        target_region: where the instance is or will be.
        own_image: whether to end on an ECS image of the account's own.
        into: the account to end in, if not this one.
    """

    model_config = ConfigDict(frozen=True, defer_build=True)

    server: Server
    target: Annotated[ExistingTarget | NewTarget, Field(discriminator="kind")]
    target_region: str
    base: str
    image_name: str | None = None
    data_disks: DataDisks = "include"
    keep: tuple[Keep, ...] = ()
    verify: Verify = "cloud_assistant"
    own_image: bool = True
    into: str | None = None

    @property
    def takes_data_disk(self) -> bool:
        """Whether the image holds the data disk too."""
        return bool(self.server.data_disks) and self.data_disks == "include"

    @property
    def crosses(self) -> bool:
        """Whether the target is in another region than the server."""
        return self.target_region != self.server.region_id

    @property
    def image_disk_size(self) -> int:
        """GiB of the system disk in the image."""
        return self.server.system_disk.size
