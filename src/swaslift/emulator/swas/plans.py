"""What is for sale: plans and images."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from swaslift.emulator.swas import describe, lookup
from swaslift.emulator.swas.records import AVAILABLE
from swaslift.emulator.swas.service import SWAS

if TYPE_CHECKING:
    from swaslift.emulator.service import Call


@SWAS.action("ListPlans")
def list_plans(call: Call) -> dict[str, Any]:
    """The plans that are sold in the region."""
    plans = call.world.swas.plans.values()
    return {"Plans": [describe.plan(plan) for plan in plans if plan.sold_in(call.region_id)]}


@SWAS.action("ListImages")
def list_images(call: Call) -> dict[str, Any]:
    """System, app and custom images; custom ones only once they are available."""
    kind = call.get("ImageType")
    if kind not in {None, "system", "app", "custom"}:
        raise call.error(
            "InvalidImageType.ValueNotSupported", f"ImageType must be system, app or custom, not {kind!r}."
        )
    wanted = lookup.ids(call, "ImageIds", 50)
    swas = call.world.swas
    rows = [
        {
            "Description": stock.description,
            "ImageId": stock.image_id,
            "ImageName": stock.name,
            "ImageType": stock.kind,
            "Platform": stock.platform,
        }
        for stock in swas.stock_images.values()
    ]
    own = swas.images_of(call.account_id, call.now, call.region_id)
    received = swas.images_received(call.account_id, call.region_id, call.now)
    rows += [
        {
            "Description": image.description,
            "ImageId": image.image_id,
            "ImageName": image.name,
            "ImageType": "custom",
            "Platform": image.platform,
        }
        for image in (*own, *received)
        if image.status.at(call.now) == AVAILABLE and image.visible_at <= call.now
    ]
    return {
        "Images": [
            row
            for row in rows
            if kind in {None, row["ImageType"]} and (wanted is None or row["ImageId"] in wanted)
        ]
    }
