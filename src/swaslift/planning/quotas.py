"""Quotas of snapshots and custom images, which are tiny in SWAS.

3 snapshots a server; snapshots and custom images each at most min(3 x servers, 15). Whether the
second counts an account or a region is not documented (the pages speak of the account, the error of
the region), so both are reckoned: a quota that is full under both readings blocks, one that is full
under one of them warns.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from swaslift.checks import Check, warning
from swaslift.cloud import Cloud
from swaslift.errors import ApiError, TransportError
from swaslift.models import CustomImage, Server, Snapshot
from swaslift.runs.step import RUN_TAG
from swaslift.wording import counted, day

PER_SERVER = 3
CEILING = 15


@dataclass(frozen=True)
class Holdings:
    """What one region of the account holds."""

    region_id: str
    servers: tuple[Server, ...]
    snapshots: tuple[Snapshot, ...]
    images: tuple[CustomImage, ...]


def holdings(cloud: Cloud, region_id: str, run_id: str) -> Holdings:
    """What a region holds beside what a run has made itself.

    Images that others share with the account do not count. What carries the run's tag is adopted by
    it, so that a run whose journal was lost does not stand in its own way.
    """
    images = [i for i in cloud.swas.list_custom_images(region_id) if not i.received]
    return Holdings(
        region_id,
        tuple(cloud.swas.list_instances(region_id)),
        tuple(s for s in cloud.swas.list_snapshots(region_id) if s.tags.get(RUN_TAG) != run_id),
        tuple(i for i in images if i.tags.get(RUN_TAG) != run_id),
    )


def everywhere(cloud: Cloud, regions: Sequence[str], run_id: str) -> tuple[list[Holdings], list[str]]:
    """What the account holds in each region, and the regions that could not be asked."""

    def one(region_id: str) -> Holdings | str:
        try:
            return holdings(cloud, region_id, run_id)
        except (ApiError, TransportError):
            return region_id

    with ThreadPoolExecutor(max_workers=8) as pool:
        found = list(pool.map(one, regions))
    return [h for h in found if isinstance(h, Holdings)], [h for h in found if isinstance(h, str)]


def check_quotas(
    cloud: Cloud,
    server: Server,
    regions: Sequence[str],
    *,
    snapshots: int,
    run_id: str,
    adopted: Collection[str] = (),
    images: int = 1,
    instead: str = "",
) -> list[Check]:
    """Whether a run's snapshots and its image fit.

    Args:
        cloud: the door.
        server: the source.
        regions: all regions of SWAS.
        snapshots: how many snapshots the run takes at once.
        run_id: the run; what it has made already is not counted.
        adopted: snapshots that it takes over; they may still be in progress.
        images: how many images it makes.
        instead: what else can be done where no snapshot can be deleted alone.
    """
    held, unasked = everywhere(cloud, regions, run_id)
    here = next((h for h in held if h.region_id == server.region_id), None)
    if here is None:
        return [warning("quota", server.region_id, "the region's snapshots and images could not be counted")]
    checks = []
    if snapshots:
        names = [s.name or s.id for s in here.snapshots]
        checks = _of_server(server, here, snapshots, adopted, instead)
        checks += _of_account(here, held, "snapshots", snapshots, names)
    if images:
        checks += _of_account(here, held, "images", images, [i.name for i in here.images if not i.used_by])
    if unasked:
        checks.append(
            warning(
                "quota",
                ", ".join(unasked),
                "these regions could not be asked; their holdings are not counted",
            )
        )
    return checks


def _of_server(
    server: Server, here: Holdings, wanted: int, adopted: Collection[str], instead: str
) -> list[Check]:
    disks = {d.id for d in server.disks}
    own = [s for s in here.snapshots if s.disk_id in disks]
    checks = []
    if len(own) + wanted > PER_SERVER:
        checks.append(
            Check(
                "quota.snapshots_per_server",
                f"{len(own)} of {PER_SERVER}",
                f"{_too_many(wanted, 'snapshot')} on server {server.name}",
                _freeing(own, here.images, len(own) + wanted - PER_SERVER, instead),
            )
        )
    running = [s for s in own if s.status == "Progressing" and s.id not in adopted]
    if running:
        checks.append(
            Check(
                "server",
                server.name,
                f"snapshot {running[0].id} of it is in progress",
                "Wait until it is done",
            )
        )
    return checks


def _too_many(wanted: int, what: str) -> str:
    return f"{counted(wanted, f'more {what}')} {'does' if wanted == 1 else 'do'} not fit"


def _freeing(snapshots: Sequence[Snapshot], images: Sequence[CustomImage], excess: int, instead: str) -> str:
    """What makes room: snapshots that no image needs, else an image with those behind it."""
    bound = {i: image for image in images for i in (image.system_snapshot_id, image.data_snapshot_id) if i}
    free = sorted((s for s in snapshots if s.id not in bound), key=lambda s: s.id)
    ways = []
    if free:
        number = "one" if excess == 1 else min(excess, len(free))
        made = [f", {day(s.created_at)}" if s.created_at else "" for s in free]
        rows = "; ".join(f"{s.name or s.id} ({s.id}{on})" for s, on in zip(free, made, strict=True))
        ways.append(f"Delete {number} that no image was made from: {rows}")
    if len(free) < excess:
        behind = {bound[s.id].id: bound[s.id] for s in snapshots if s.id in bound}
        rows = "; ".join(f"{i.name} ({i.id}, of {_those_of(i, snapshots)})" for i in behind.values())
        ways.append(
            f"An image was made from each of the {'others' if free else 'snapshots'}: delete one of these images "
            f"with its snapshots, delete_image(image, snapshots=True): {rows}{instead}"
        )
    return ". ".join(ways)


def _those_of(image: CustomImage, snapshots: Sequence[Snapshot]) -> str:
    ids = (image.system_snapshot_id, image.data_snapshot_id)
    return ", ".join(s.name or s.id for s in snapshots if s.id in ids)


def _of_account(
    here: Holdings, held: Sequence[Holdings], what: str, wanted: int, names: list[str]
) -> list[Check]:
    def full(regions: Sequence[Holdings]) -> tuple[bool, int, int]:
        used = sum(len(getattr(h, what)) for h in regions)
        limit = min(PER_SERVER * sum(len(h.servers) for h in regions), CEILING)
        return used + wanted > limit, used, limit

    full_here, used_here, limit_here = full([here])
    full_all, used_all, limit_all = full(held)
    if not full_here and not full_all:
        return []
    remedy = f"Delete what is no longer needed, e.g. {', '.join(names[:5]) or 'in another region'}"
    value = f"{used_all} of {limit_all} in the account, {used_here} of {limit_here} in {here.region_id}"
    field = f"quota.{what}"
    if full_here and full_all:
        return [Check(field, value, _too_many(wanted, what.removesuffix("s")), remedy)]
    which = "region" if full_here else "account"
    return [
        warning(
            field,
            value,
            f"full if the quota counts the {which}, which no document settles; then the run would pause there",
            remedy,
        )
    ]
