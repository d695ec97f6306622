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
        yield from self._caller.read_as(
            "swas",
            "ListPlans",
            region_id,
            {"RegionId": region_id},
            lambda body: [records.server_plan(p, region_id) for p in body.items("Plans", needed=True)],
        )
