"""What SWAS sells: one method per action."""

from __future__ import annotations

from collections.abc import Iterator

from swaslift.cloud import swas_records as records
from swaslift.cloud.swas_reads import SwasReads
from swaslift.models import ServerPlan


class SwasPlans(SwasReads):
    """The server plans."""

    def list_plans(self, region_id: str) -> Iterator[ServerPlan]:
        """``ListPlans``: the plans that are sold in a region, with their prices."""
        body = self._caller.read("swas", "ListPlans", region_id, {"RegionId": region_id})
        for item in body.get("Plans") or []:
            yield records.server_plan(item, region_id)
