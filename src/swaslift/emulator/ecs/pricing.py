"""Prices of the emulator, plainly invented, and ``DescribePrice``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from swaslift.emulator.ecs import find
from swaslift.emulator.ecs.catalog import CATEGORIES
from swaslift.emulator.ecs.service import ECS

if TYPE_CHECKING:
    from swaslift.emulator.ecs.catalog import InstanceType, Prices
    from swaslift.emulator.service import Call

_PERIODS = {"Hour": {1}, "Week": set(range(1, 5)), "Month": set(range(1, 10)), "Year": set(range(1, 6))}


def hourly(prices: Prices, type_id: str | None, disks: list[tuple[str, int]], bandwidth: int) -> float:
    """The list price of an hour."""
    total = prices.instance_hour.get(type_id, 0.0) if type_id else 0.0
    total += sum(prices.disk_gib_hour.get(category, 0.0) * size for category, size in disks)
    return total + prices.bandwidth_mbit_hour * bandwidth


@ECS.action("DescribePrice")
def describe_price(call: Call) -> dict[str, Any]:
    """What an instance, disks or bandwidth would cost."""
    find.region(call)
    kind = call.get("ResourceType") or "instance"
    amount = call.get("Amount", 1)
    if not 1 <= amount <= 1000:
        raise call.error("InvalidAmount.Malformed", "Amount must be between 1 and 1000.")
    factor = _factor(call, kind) * amount
    if kind == "instance":
        parts = _instance_parts(call)
    elif kind == "disk":
        parts = [("dataDisk", _disks(call)[0])]
    elif kind == "bandwidth":
        parts = [("bandwidth", _bandwidth(call))]
    else:
        raise call.error(
            "InvalidResourceType.ValueNotSupported", f"The ResourceType {kind} is not supported."
        )
    body = _body(call, kind, [(name, price * factor) for name, price in parts])
    image = find.ecs(call).catalog.prices.image_hour.get(call.get("ImageId") or "")
    if kind == "instance" and image is not None:
        body["RelatedPrice"] = {"MarketplaceImagePrice": _price(call, image * factor)}
    return {"PriceInfo": body}


def _price(call: Call, amount: float) -> dict[str, Any]:
    return {
        "Currency": find.ecs(call).catalog.prices.currency,
        "DiscountPrice": 0.0,
        "OriginalPrice": round(amount, 4),
        "TradePrice": round(amount, 4),
    }


def _factor(call: Call, kind: str) -> float:
    unit, period = call.get("PriceUnit") or "Hour", call.get("Period", 1)
    prices = find.ecs(call).catalog.prices
    if unit not in _PERIODS or (kind == "disk" and unit != "Hour"):
        raise call.error("InvalidPriceUnit.ValueNotSupported", f"The PriceUnit {unit} is not supported.")
    if period not in _PERIODS[unit]:
        raise call.error("InvalidPeriod", "The specified Period is not valid.")
    month = prices.month_hours
    hours = {"Hour": 1.0, "Week": month * 7 / 30, "Month": month, "Year": month * prices.year_months}
    return float(hours[unit] * period)


def _instance_parts(call: Call) -> list[tuple[str, float]]:
    catalog = find.ecs(call).catalog
    type_id = call.get("InstanceType")
    if not type_id:
        raise call.error("InvalidInstanceType.Missing", "The parameter InstanceType is required.")
    instance_type = catalog.types.get(type_id)
    if instance_type is None:
        raise call.error(
            "InvalidInstanceType.ValueNotSupported", "The instance type does not exist.", http=400
        )
    if not catalog.sold_in(instance_type, call.region_id):
        raise call.error("InvalidInstanceType.ValueNotSupported", "The region does not sell it.", http=403)
    if type_id not in catalog.prices.instance_hour:
        raise call.error("PriceNotFound", f"There is no price for {type_id}.")
    return _priced(call, instance_type)


def _priced(call: Call, instance_type: InstanceType) -> list[tuple[str, float]]:
    prices = find.ecs(call).catalog.prices
    image_id = call.get("ImageId")
    image = find.image_in_use(call, image_id)[0] if image_id else None
    if image is not None and (image.traits.architecture == "arm64") != (instance_type.architecture == "ARM"):
        raise call.error(
            "InvalidInstanceType.NotSupported", "The type does not fit the image's architecture."
        )
    wanted = call.get("SystemDisk") or {}
    category = wanted.get("Category") or instance_type.system_disks[0]
    if category not in CATEGORIES:
        raise call.error(
            "InvalidSystemDiskCategory.ValueNotSupported", "The disk category does not exist.", http=400
        )
    if category not in instance_type.system_disks:
        raise call.error("InvalidInstanceType.NotSupportDiskCategory", "The type does not take the category.")
    size = int(wanted.get("Size") or max(40, image.system.size if image else 0))
    if image is not None and size < image.system.size:
        raise call.error(
            "InvalidSystemDiskSize.LessThanImageSize", "The system disk is smaller than the image.", http=400
        )
    parts = [
        ("instanceType", prices.instance_hour[instance_type.id]),
        ("bandwidth", _bandwidth(call)),
        ("image", 0.0),
    ]
    if image is not None or wanted:
        parts.append(("systemDisk", prices.disk_gib_hour.get(category, 0.0) * size))
    if call.get("DataDisk"):
        parts.append(("dataDisk", sum(_disks(call))))
    return parts


def _disks(call: Call) -> list[float]:
    prices = find.ecs(call).catalog.prices
    found = []
    for disk in call.get("DataDisk") or [{}]:
        category, size = disk.get("Category"), disk.get("Size")
        if not category:
            raise call.error("InvalidDiskCategory.Missing", "DataDisk.1.Category is required.")
        if category not in CATEGORIES:
            raise call.error(
                "InvalidDataDiskCategory.ValueNotSupported", "The disk category does not exist.", http=400
            )
        if not size or size < 1:
            raise call.error("InvalidDataDiskSize.ValueNotSupported", "The size of the disk is not valid.")
        found.append(prices.disk_gib_hour.get(category, 0.0) * size)
    return found


def _bandwidth(call: Call) -> float:
    out = call.get("InternetMaxBandwidthOut", 0)
    kind = call.get("InternetChargeType") or "PayByTraffic"
    if kind not in {"PayByTraffic", "PayByBandwidth"}:
        raise call.error("InvalidInternetChargeType.ValueNotSupported", "The charge type is not supported.")
    if not 0 <= out <= 100:
        raise call.error(
            "InvalidInternetMaxBandwidthOut.ValueNotSupported", "The bandwidth is out of range.", http=400
        )
    by_bandwidth = kind == "PayByBandwidth"
    return find.ecs(call).catalog.prices.bandwidth_mbit_hour * out if by_bandwidth else 0.0


def _body(call: Call, kind: str, parts: list[tuple[str, float]]) -> dict[str, Any]:
    rule = {"Description": "Prices of the emulator: invented, nobody charges them.", "RuleId": 1}
    price = _price(call, sum(part for _, part in parts)) | {"ReservedInstanceHourPrice": 0.0}
    if kind == "instance":
        price["DetailInfos"] = {
            "DetailInfo": [
                {
                    "DiscountPrice": 0.0,
                    "OriginalPrice": round(part, 4),
                    "Resource": name,
                    "SubRules": {"Rule": [rule] if part else []},
                    "TradePrice": round(part, 4),
                }
                for name, part in parts
            ]
        }
    return {"Price": price, "Rules": {"Rule": [rule]}}
