"""What ECS sells: regions, zones, instance types, disk categories and prices.

The catalogue is a small one, made for the emulator. Prices are plainly invented.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Zone:
    """A zone and the disk categories it offers."""

    id: str
    name: str
    disk_categories: tuple[str, ...]
    documented: Mapping[str, Any] = field(default_factory=dict, hash=False)
    """Response fields that the inventory gives; see `swaslift.emulator.ecs.documented`."""


@dataclass(frozen=True)
class Region:
    """A region of the emulated cloud."""

    id: str
    name: str
    zones: tuple[Zone, ...]

    @property
    def mainland(self) -> bool:
        """Whether it lies in the Chinese mainland, where other rules hold."""
        return self.id.startswith("cn-") and self.id != "cn-hongkong"

    def zone(self, zone_id: str) -> Zone | None:
        """A zone by its id."""
        return next((z for z in self.zones if z.id == zone_id), None)


@dataclass(frozen=True)
class InstanceType:
    """A size of instance."""

    id: str
    family: str
    cpu: int
    memory: float
    zones: tuple[str, ...]
    """Where it is sold."""
    system_disks: tuple[str, ...]
    data_disks: tuple[str, ...]
    architecture: Literal["X86", "ARM"] = "X86"
    generation: str = "ecs-6"
    level: str = "EnterpriseLevel"
    category: str = "General-purpose"
    nvme: Literal["required", "supported", "unsupported"] = "supported"
    boot_modes: tuple[str, ...] = ("BIOS", "UEFI")
    processor: str = "Intel(R) Xeon(R) Platinum"
    clock: float = 2.7
    turbo: float = 3.5
    sold_out: bool = False
    """No stock anywhere."""
    credits: int = 0
    """CPU credits at the start, for burstable types."""
    documented: Mapping[str, Any] = field(default_factory=dict, hash=False)
    """As of a zone."""


@dataclass(frozen=True)
class SizeRange:
    """The sizes in GiB that a disk may have."""

    least: int
    most: int

    def __contains__(self, size: int) -> bool:
        return self.least <= size <= self.most


CATEGORIES = (
    "cloud",
    "cloud_efficiency",
    "cloud_ssd",
    "cloud_essd",
    "cloud_auto",
    "cloud_essd_entry",
)
PERFORMANCE_LEVELS = ("PL0", "PL1", "PL2", "PL3")

_SYSTEM = {
    "cloud": SizeRange(20, 500),
    "cloud_auto": SizeRange(1, 2048),
    "PL0": SizeRange(1, 2048),
    "PL1": SizeRange(20, 2048),
    "PL2": SizeRange(461, 2048),
    "PL3": SizeRange(1261, 2048),
}
_DATA = {
    "cloud": SizeRange(5, 2000),
    "cloud_efficiency": SizeRange(20, 32768),
    "cloud_ssd": SizeRange(20, 32768),
    "cloud_essd_entry": SizeRange(10, 32768),
    "cloud_auto": SizeRange(1, 65536),
    "PL0": SizeRange(1, 65536),
    "PL1": SizeRange(20, 65536),
    "PL2": SizeRange(461, 65536),
    "PL3": SizeRange(1261, 65536),
}


def sizes(kind: Literal["system", "data"], category: str, level: str) -> SizeRange:
    """The sizes a disk may have, as ``RunInstances`` documents them."""
    table = _SYSTEM if kind == "system" else _DATA
    name = level if category == "cloud_essd" else category
    return table.get(name, SizeRange(20, 2048 if kind == "system" else 32768))


@dataclass(frozen=True)
class Prices:
    """Prices of the emulator; no price list of the vendor."""

    currency: str
    instance_hour: dict[str, float]
    disk_gib_hour: dict[str, float]
    bandwidth_mbit_hour: float
    month_hours: float
    """How many hours a month of a subscription costs."""
    year_months: float
    """How many months a year of a subscription costs."""
    image_hour: dict[str, float] = field(default_factory=dict)
    """What images of the marketplace cost beside the instance, by their ids."""


@dataclass
class Catalog:
    """All that is sold."""

    regions: dict[str, Region] = field(default_factory=dict)
    types: dict[str, InstanceType] = field(default_factory=dict)
    prices: Prices = field(default_factory=lambda: Prices("CNY", {}, {}, 0.0, 432.0, 10.2))

    def zone_ids(self, region_id: str) -> list[str]:
        """The zones of a region."""
        region = self.regions.get(region_id)
        return [z.id for z in region.zones] if region else []

    def sold_in(self, instance_type: InstanceType, region_id: str) -> list[str]:
        """The zones of a region that sell a type."""
        return [z for z in self.zone_ids(region_id) if z in instance_type.zones]
