"""When a server is released after its expiry, and what goes with it: its snapshots and its SWAS images."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from swaslift.checks import Check, warning
from swaslift.cloud import Cloud
from swaslift.models import CustomImage, EcsImage, Server
from swaslift.planning.regions import Unasked, attempted
from swaslift.wording import day, minute

RETENTION_DAYS = 15
"""Days that an expired server is kept; its snapshots and images go with it (create-a-custom-image)."""
_RETENTION = timedelta(days=RETENTION_DAYS)
RESET = "servers that were made from it can then not be reset to it"
RE_INITIALISED = "disks that were made from it can then not be re-initialised"


def released_at(server: Server | None) -> datetime | None:
    """When a server is released unless it is renewed, and its SWAS images with it."""
    if server is None or server.expires_at is None:
        return None
    try:
        return server.expires_at + _RETENTION
    except OverflowError:  # 9999-12-31, which stands for never
        return None


def check_expiry(
    server: Server | None,
    now: datetime,
    *,
    lost: str,
    remedy: str,
    image: CustomImage | None = None,
) -> list[Check]:
    """Warn of a server that expires within the days of its retention, or has expired: what is lost, and when.

    Args:
        server: the server; None where it is not known.
        now: the time.
        lost: what is lost by that, beside its snapshots and images.
        remedy: what to do about it.
        image: the image that is used, where it is not the server itself.
    """
    gone = released_at(server)
    if server is None or server.expires_at is None or gone is None or server.expires_at - now >= _RETENTION:
        return []
    whose = f"the server {server.name}, of which it was made," if image else "the server"
    verb = "expired" if server.expires_at <= now else "expires"
    problem = (
        f"{whose} {verb} on {minute(server.expires_at)}; {RETENTION_DAYS} days later, on {day(gone)}, "
        f"its snapshots and SWAS images{', this one too,' if image else ''} are released with it; {lost}"
    )
    if image is not None:
        return [warning("image", image.id, problem, remedy)]
    return [warning("server", server.name, problem, remedy)]


def check_image_expiry(
    cloud: Cloud,
    image: CustomImage,
    *,
    lost: str = RESET,
    remedy: str = "Renew that server",
    servers: Iterable[Server] | None = None,
) -> list[Check]:
    """The warning for an image of a server, which goes with it.

    Args:
        cloud: to read with (``ListInstances``).
        image: the image; of one that another account shares, the server is not known.
        lost: what is lost with it.
        remedy: what to do about it.
        servers: those of its region, where they are known.
    """
    if image.foreseen or image.received or not image.server_id:
        return []
    found = servers
    if found is None:
        asked = attempted(
            "swas",
            image.region_id,
            lambda: cloud.swas.list_instances(image.region_id, ids=[image.server_id]),
        )
        if isinstance(asked, Unasked):
            return [_unasked("image", image.id, asked)]
        found = asked
    server = next((s for s in found if s.id == image.server_id), None)
    return check_expiry(server, cloud.clock.now(), lost=lost, remedy=remedy, image=image)


def check_share_expiry(cloud: Cloud, image: EcsImage, *, field: str) -> list[Check]:
    """The warning for an ECS image that is a SWAS image in truth, shared with ECS.

    Under which owner and id ECS lists such an image is not documented; a copy is an image of its own.
    """
    if image.foreseen or image.owner_alias in {"system", "marketplace"} or image.is_copied:
        return []
    region = image.region_id

    def fetch() -> Iterable[CustomImage]:
        return cloud.swas.list_custom_images(region) if region in cloud.swas.list_regions() else ()

    asked = attempted("swas", region, fetch)
    if isinstance(asked, Unasked):
        return [_unasked(field, image.id, asked)] if image.owner_alias != "self" else []
    shared = [i for i in asked if i.shared_to_ecs and not i.received]
    behind = [i for i in shared if i.id == image.id] or [
        i for i in shared if i.name == image.name and i.system_disk_size == image.system_disk_size
    ]
    remedy = "Copy the image first, and use the copy (copy_to_region), or renew that server"
    checks = [c for i in behind[:1] for c in check_image_expiry(cloud, i, lost=RE_INITIALISED, remedy=remedy)]
    return [Check(field, image.id, c.problem, c.remedy, c.level) for c in checks]


def _unasked(field: str, value: str, asked: Unasked) -> Check:
    return warning(field, value, f"whether it goes with an expiring server is not known: {asked}")
