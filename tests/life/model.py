"""The life cycle of images as the documents tell it, small enough to be believed."""

from __future__ import annotations

from dataclasses import dataclass, field

from swaslift.models import CustomImage, EcsImage, EcsInstance, Server

HOME = "cn-hangzhou"
ABROAD = "ap-southeast-1"
SNAPSHOTS_A_SERVER = 3
ACCOUNTS_AN_IMAGE = 10


@dataclass
class Golden:
    """A custom image of SWAS.

    Attributes:
        record: as it was captured.
        shared: with ECS.
        seen: its id in ECS, while it is shared.
        accounts: with which it is shared.
        instances: of ECS that were made from the shared image itself.
        lived: what it has gone through.
    """

    record: CustomImage
    shared: bool = False
    seen: EcsImage | None = None
    accounts: set[str] = field(default_factory=set)
    instances: set[str] = field(default_factory=set)
    lived: set[str] = field(default_factory=set)


@dataclass
class Own:
    """An ECS image of the account's own."""

    record: EcsImage
    instances: set[str] = field(default_factory=set)
    handed: set[str] = field(default_factory=set)


@dataclass
class Life:
    """All that the account has beside what was there before."""

    goldens: dict[str, Golden] = field(default_factory=dict)
    owns: dict[str, Own] = field(default_factory=dict)
    instances: dict[str, EcsInstance] = field(default_factory=dict)
    """Of ECS, that were launched or migrated to, in HOME."""
    snapshots: dict[str, set[str]] = field(default_factory=dict)
    """Of SWAS, by server: they stay when their image goes."""
    servers: dict[str, Server] = field(default_factory=dict)
    """That were bought: they stay, whatever becomes of their image."""
    built_from: dict[str, str] = field(default_factory=dict)
    """The image of each bought server."""
    backups: set[str] = field(default_factory=set)
    """Snapshots of ECS, of system disks that were replaced."""
    foreign: bool = False
    """Whether a server for another platform was tried."""
    migrated: bool = False
    """Whether a migration was tried."""

    def names(self) -> set[str]:
        """Names that a custom image has."""
        return {g.record.name for g in self.goldens.values()}

    def own_names(self, region_id: str) -> set[str]:
        """Names that an own ECS image of a region has."""
        return {o.record.name for o in self.owns.values() if o.record.region_id == region_id}

    def free_snapshots(self, server_id: str) -> int:
        """How many more snapshots a server of SWAS may have."""
        return SNAPSHOTS_A_SERVER - len(self.snapshots.get(server_id, ()))

    def moves(self, instance: EcsInstance, image: Golden | Own) -> None:
        """An instance is there, and its system disk is made from an image."""
        self.instances[instance.id] = instance
        images: list[Golden | Own] = [*self.goldens.values(), *self.owns.values()]
        for other in images:
            other.instances.discard(instance.id)
        image.instances.add(instance.id)
