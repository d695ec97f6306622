"""What SWAS sells: one method per action."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from swaslift.cloud import swas_records as records
from swaslift.cloud.parse import given
from swaslift.cloud.swas_reads import SwasReads
from swaslift.models import ServerPlan, StockImage


class SwasPlans(SwasReads):
    """The server plans, and the images beside the custom ones."""

    def list_plans(self, region_id: str) -> Iterator[ServerPlan]:
        """``ListPlans``: the plans that are sold in a region, with their prices."""
        body = self._caller.read("swas", "ListPlans", region_id, {"RegionId": region_id})
        for item in body.get("Plans") or []:
            yield records.server_plan(item, region_id)

    def list_images(
        self, region_id: str, *, kind: Literal["system", "app"] | None = None
    ) -> Iterator[StockImage]:
        """``ListImages`` without custom images, which `list_custom_images` tells more of."""
        params = given(RegionId=region_id, ImageType=kind)
        body = self._caller.read("swas", "ListImages", region_id, params)
        for item in body.get("Images") or []:
            if item.get("ImageType") != "custom":
                yield records.stock_image(item, **self._where(region_id))
