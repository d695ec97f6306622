"""How the overview of all images is made: the regions read side by side, and a row for each image."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from swaslift.cloud import Cloud
from swaslift.models import CustomImage, EcsImage, EcsInstance, Server
from swaslift.planning.custom_images import state_of
from swaslift.planning.deletions import not_listed
from swaslift.planning.expiry import released_at
from swaslift.planning.image_verdicts import Uses, of_custom_image, of_ecs_image
from swaslift.planning.overview import Deletion, ImageUser, Overview, OverviewRow
from swaslift.planning.region_images import RegionImages, read_region
from swaslift.planning.regions import side_by_side
from swaslift.planning.source import check_region
from swaslift.planning.unfinished import Going, check_unneeded
from swaslift.runs.step import RUN_TAG

IN_MAKING = frozenset({"Creating", "Waiting"})


def read_overview(cloud: Cloud, regions: Sequence[str] | None, going: Sequence[Going]) -> Overview:
    """Read all images of regions. One that fails is named in ``unasked``.

    Args:
        cloud: whom to ask.
        regions: which regions; None for all.
        going: the runs that are not over: what they need is not free to delete.

    Raises:
        InvalidArgument: neither product is offered in such a region.
        ApiError, TransportError: the list of regions could not be had.
    """
    swas, ecs = cloud.swas.list_regions(), cloud.ecs.describe_regions()
    everywhere = tuple(dict.fromkeys((*swas, *ecs)))
    for one in regions or ():
        check_region("regions", one, everywhere)
    wanted = everywhere if regions is None else tuple(regions)
    read = side_by_side(wanted, lambda one: read_region(cloud, one, swas=one in swas, ecs=one in ecs))
    now = cloud.clock.now()
    under_way = [i for region in read for i in region.own if i.is_copied and i.status in IN_MAKING]
    return Overview(
        account_id=cloud.account_id,
        read_at=now,
        regions=wanted,
        rows=tuple(_kept_for(going, row) for region in read for row in _rows(region, under_way, now)),
        unasked=tuple(u for region in read for u in region.unasked),
    )


def _kept_for(going: Sequence[Going], row: OverviewRow) -> OverviewRow:
    """The row, with the runs that need the image, or may: ``delete_image`` looks at them as well."""
    found = check_unneeded(going, [row.image])
    if not found:
        return row
    needed = any(c.level == "blocker" for c in found)
    deletion: Deletion = "blocked" if needed else "unknown" if row.deletion == "free" else row.deletion
    said = () if row.deletion == "free" else (row.why,)
    return row.model_copy(
        update={"deletion": deletion, "why": "; ".join((*said, *(c.problem for c in found)))}
    )


def _rows(region: RegionImages, under_way: Sequence[EcsImage], now: datetime) -> Iterator[OverviewRow]:
    for custom in sorted(region.custom, key=_order):
        yield _custom_row(region, custom, under_way, now)
    for own in sorted(region.own, key=_order):
        yield _own_row(region, own, under_way, now)


def _custom_row(
    region: RegionImages, image: CustomImage, under_way: Sequence[EcsImage], now: datetime
) -> OverviewRow:
    ids = region.seen.get(image.id, frozenset())
    uses = Uses(
        servers=region.servers_from(image),
        instances=region.instances_from(ids) if ids else [],
        accounts=region.accounts.get(image.id, ()),
        under_way=[c for c in under_way if ids and c.size == image.system_disk_size],
        not_listed=not_listed(image, region.servers) if region.servers is not None else (),
    )
    deletion, why = of_custom_image(image, uses)
    return OverviewRow(
        **_common(image, uses, now),
        shared_to_ecs=image.shared_to_ecs,
        size=image.system_disk_size + image.data_disk_size,
        source=_source(image, region.servers),
        released_at=released_at(next((s for s in region.servers or () if s.id == image.server_id), None)),
        deletion=deletion,
        why=why,
    )


def _own_row(
    region: RegionImages, image: EcsImage, under_way: Sequence[EcsImage], now: datetime
) -> OverviewRow:
    uses = Uses(
        servers=[],
        instances=region.instances_from({image.id}),
        accounts=region.accounts.get(image.id, ()),
        # A copy is as large as what it is made of.
        under_way=[c for c in under_way if c.id != image.id and c.size == image.size],
    )
    deletion, why = of_ecs_image(image, uses)
    return OverviewRow(
        **_common(image, uses, now),
        size=sum(d.size for d in image.disks) or image.size,
        source="a copy" if image.is_copied else "",
        deletion=deletion,
        why=why,
    )


def _common(image: CustomImage | EcsImage, uses: Uses, now: datetime) -> dict[str, Any]:
    made: list[Server | EcsInstance] = [*(uses.servers or ()), *(uses.instances or ())]
    users = [ImageUser(product=u.product, id=u.id, name=u.name, status=u.status) for u in made]
    return {
        "image": image,
        "state": state_of(image),
        "accounts": tuple(uses.accounts or ()),
        "age_days": (now - image.created_at).days if image.created_at else None,
        "users": tuple(users),
        "run_id": image.tags.get(RUN_TAG, ""),
    }


def _source(image: CustomImage, servers: Sequence[Server] | None) -> str:
    if image.received:
        return f"account {image.owner_id}"
    found = next((s for s in servers or () if s.id == image.server_id), None)
    name = found.name if found else image.server_name or image.server_id
    # A copy that the console made in another region names no server.
    if not name:
        return ""
    return f"server {name}" if found or servers is None else f"server {name}, which is not here"


def _order(image: CustomImage | EcsImage) -> tuple[str, str]:
    return (image.created_at.isoformat() if image.created_at else "", image.id)
