"""The life cycle of images as the documents tell it, small enough to be believed."""

from __future__ import annotations

from dataclasses import dataclass, field

from swaslift.models import CustomImage, EcsImage

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
    instances: set[str] = field(default_factory=set)
    snapshots: dict[str, set[str]] = field(default_factory=dict)
    """Of SWAS, by server: they stay when their image goes."""

    def names(self) -> set[str]:
        """Names that a custom image has."""
        return {g.record.name for g in self.goldens.values()}

    def own_names(self, region_id: str) -> set[str]:
        """Names that an own ECS image of a region has."""
        return {o.record.name for o in self.owns.values() if o.record.region_id == region_id}
