"""The quota that snapshots and custom images have alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from swaslift.emulator.service import Call


class _Regional(Protocol):
    region_id: str


def snapshot_limit(call: Call, mine: Sequence[_Regional]) -> tuple[int, int]:
    """The limit of an account, min(3 x servers, 15), and how many count."""
    return _limit(call, mine, None)


def image_limit(call: Call, mine: Sequence[_Regional]) -> tuple[int, int]:
    """As `snapshot_limit`, in the account or the region, per quirk."""
    scope = call.world.quirks.swas_image_quota_scope
    return _limit(call, mine, call.region_id if scope == "region" else None)


def _limit(call: Call, mine: Sequence[_Regional], region_id: str | None) -> tuple[int, int]:
    servers = call.world.swas.servers_of(call.account_id, call.now, region_id)
    counted = [one for one in mine if region_id in {None, one.region_id}]
    return min(3 * len(servers), 15), len(counted)
