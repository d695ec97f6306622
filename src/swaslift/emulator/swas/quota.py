"""The quota that snapshots and custom images have alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from swaslift.emulator.service import Call


class _Regional(Protocol):
    region_id: str


def image_and_snapshot_limit(call: Call, mine: Sequence[_Regional]) -> tuple[int, int]:
    """The limit, min(3 x servers, 15), and how many count; in the account or the region, per quirk."""
    region = call.region_id if call.world.quirks.swas_image_quota_scope == "region" else None
    servers = call.world.swas.servers_of(call.account_id, call.now, region)
    counted = [one for one in mine if region in {None, one.region_id}]
    return min(3 * len(servers), 15), len(counted)
