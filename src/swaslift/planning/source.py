"""The source server: found, and fit to be imaged."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from swaslift.checks import Check
from swaslift.cloud import Cloud
from swaslift.errors import InvalidArgument
from swaslift.models import Server
from swaslift.planning.expiry import RETENTION_DAYS, check_expiry
from swaslift.planning.lookup import unique
from swaslift.wording import day, meant


def check_region(field: str, region_id: str, known: Sequence[str]) -> None:
    """Refuse a region that the product is not offered in."""
    if region_id not in known:
        near = [r for r in known if r.split("-")[0] == region_id.split("-", maxsplit=1)[0]] or list(known)
        raise InvalidArgument(
            field,
            region_id,
            "the service is not offered in such a region",
            meant(region_id, known, f"Regions: {', '.join(near)}"),
        )


def find_server(cloud: Cloud, server: Server | str, region_id: str) -> Server:
    """A server by record, id or unique name, read anew.

    Raises:
        InvalidArgument: there is none, or several of that name.
    """
    if isinstance(server, Server):
        key, region_id = server.id, server.region_id
        if server.account_id != cloud.account_id:
            raise InvalidArgument(
                "server",
                server.id,
                f"it belongs to account {server.account_id}, the credentials to {cloud.account_id}",
            )
    elif isinstance(server, str) and server:
        key = server
    else:
        raise InvalidArgument("server", server, "not a server", "Give its id, its name, or a Server record")
    check_region("region", region_id, cloud.swas.list_regions())
    everyone = cloud.swas.list_instances(region_id)
    return unique("server", key, everyone, what="server", where=region_id)


def check_server(server: Server, now: datetime, *, lost: str, remedy: str) -> list[Check]:
    """Whether a server can be imaged as it is now.

    Args:
        server: the server.
        now: the time.
        lost: what is lost beside its snapshots and images when it expires soon.
        remedy: what to do about that.
    """
    if not any(d.kind == "system" for d in server.disks):
        return [
            Check(
                "server", server.name, "the service lists no system disk for it", "Look at it in the console"
            )
        ]
    checks = []
    if server.business_status == "Expired":
        on = f" on {day(server.expires_at)}" if server.expires_at else ""
        checks.append(
            Check(
                "server",
                server.name,
                f"the server expired{on}; an expired server cannot be imaged",
                f"Renew it; it is released {RETENTION_DAYS} days after it expired, with its snapshots and images",
            )
        )
    elif server.status == "Disabled":
        checks.append(
            Check(
                "server",
                server.name,
                f"the server is disabled ({server.disable_reason})",
                "Lift the lock first",
            )
        )
    elif server.status not in {"Running", "Stopped"}:
        checks.append(
            Check(
                "server", server.name, f"the server is {server.status}", "Wait until it is Running or Stopped"
            )
        )
    else:
        checks += check_expiry(server, now, lost=lost, remedy=remedy)
    return checks


def check_data_disks(server: Server, data_disks: str) -> list[Check]:
    """Whether an image can hold the data disks."""
    if data_disks == "leave" or len(server.data_disks) <= 1:
        return []
    ids = ", ".join(d.id for d in server.data_disks)
    return [
        Check(
            "server",
            server.name,
            f"it has {len(server.data_disks)} data disks ({ids}), and a custom image holds one",
            'Give data_disks="leave" and copy their data by other means',
        )
    ]
