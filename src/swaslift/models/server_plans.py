"""What SWAS sells."""

from __future__ import annotations

from swaslift.models.base import Record


class ServerPlan(Record):
    """A plan: the size of a server, and its price for a month. ``memory`` and ``disk_size`` in GiB."""

    id: str
    region_id: str
    """Where it is sold."""
    cpu: int = 0
    memory: float = 0
    disk_size: int = 0
    """Of the system disk."""
    disk_type: str = ""
    """SSD or ESSD."""
    bandwidth: int = 0
    """Mbit/s at most."""
    traffic: int = 0
    """GB a month that are in the price."""
    price: float = 0
    """For one month, without discounts, in ``currency``."""
    currency: str = ""
    platforms: tuple[str, ...] = ()
    """``Linux``, ``Windows``: what may run on it."""
    kind: str = ""
