"""What ECS has on offer."""

from __future__ import annotations

from swaslift.models.base import Record


class InstanceType(Record):
    """The specification of an ECS instance type; ``memory`` in GiB."""

    id: str
    cpu: int
    memory: float
    architecture: str = ""
    """``X86`` or ``ARM``."""
    nvme_support: str = ""


class DiskOffer(Record):
    """A disk category on offer for an instance type in a zone; sizes in GiB."""

    category: str
    min_size: int = 0
    max_size: int = 0
    in_stock: bool = True
