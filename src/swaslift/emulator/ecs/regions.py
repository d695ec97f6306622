"""Regions, zones and what is in stock there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from swaslift.emulator.ecs import find, fit
from swaslift.emulator.ecs.catalog import CATEGORIES, sizes
from swaslift.emulator.ecs.documented import ZONE
from swaslift.emulator.ecs.service import ECS

if TYPE_CHECKING:
    from swaslift.emulator.ecs.catalog import InstanceType, Zone
    from swaslift.emulator.service import Call

_LANGUAGES = {"zh-CN", "zh_TW", "en-US", "ja", "fr", "de", "ko"}
_CHARGES = {"PrePaid", "PostPaid", "SpotWithPriceLimit", "SpotAsPriceGo"}


@ECS.action("DescribeRegions")
def describe_regions(call: Call) -> dict[str, Any]:
    """The regions of the inventory."""
    if call.get("InstanceChargeType") not in {None, *_CHARGES}:
        raise call.error("Invalid.InstanceChargeType", "The specified InstanceChargeType is not valid.")
    if call.get("ResourceType") not in {None, "instance", "disk", "reservedinstance", "scu"}:
        raise call.error("InvalidResourceType.NotFound", "The specified ResourceType does not exist.")
    if call.get("AcceptLanguage") not in {None, *_LANGUAGES}:
        raise call.error("InvalidAcceptLanguage.NotFound", "The specified AcceptLanguage is not supported.")
    contract = call.service.contract.data
    regions = []
    for region in find.ecs(call).catalog.regions.values():
        default = contract["endpoint"].replace("{region}", region.id)
        regions.append(
            {
                "LocalName": region.name,
                "RegionEndpoint": contract["endpoint_exceptions"].get(region.id, default),
                "RegionId": region.id,
                "Status": "available",
            }
        )
    return {"Regions": {"Region": regions}}


@ECS.action("DescribeZones")
def describe_zones(call: Call) -> dict[str, Any]:
    """Zones and what each can offer, stock aside."""
    region = find.region(call)
    if call.get("SpotStrategy") not in {None, "NoSpot", "SpotWithPriceLimit", "SpotAsPriceGo"}:
        raise call.error("InvalidSpotStrategy", "The specified SpotStrategy is not valid.")
    if call.get("InstanceChargeType") not in {None, "PrePaid", "PostPaid"}:
        raise call.error("InvalidInstanceChargeType.NotFound", "The InstanceChargeType does not exist.")
    if call.get("AcceptLanguage") not in {None, *_LANGUAGES}:
        raise call.error("InvalidAcceptLanguage.NotFound", "The specified AcceptLanguage is not supported.")
    verbose = call.get("Verbose", True)
    return {"Zones": {"Zone": [_zone(call, zone, verbose=verbose) for zone in region.zones]}}


def _zone(call: Call, zone: Zone, *, verbose: bool) -> dict[str, Any]:
    types = [t for t in find.ecs(call).catalog.types.values() if zone.id in t.zones]
    body: dict[str, Any] = {"LocalName": zone.name, "ZoneId": zone.id, "ZoneType": "AvailabilityZone"}
    if not verbose:
        return body
    system = [c for c in zone.disk_categories if any(c in t.system_disks for t in types)]
    data = [c for c in zone.disk_categories if any(c in t.data_disks for t in types)]
    info = {
        "DataDiskCategories": {"supportedDataDiskCategory": data},
        "InstanceGenerations": {"supportedInstanceGeneration": sorted({t.generation for t in types})},
        "InstanceTypeFamilies": {"supportedInstanceTypeFamily": sorted({t.family for t in types})},
        "InstanceTypes": {"supportedInstanceType": [t.id for t in types]},
        "IoOptimized": True,
        "NetworkTypes": {"supportedNetworkCategory": ["vpc"]},
        "SystemDiskCategories": {"supportedSystemDiskCategory": system},
    }
    body |= {
        "AvailableDedicatedHostTypes": {"DedicatedHostType": []},
        "AvailableDiskCategories": {"DiskCategories": list(zone.disk_categories)},
        "AvailableInstanceTypes": {"InstanceTypes": [t.id for t in types]},
        "AvailableResourceCreation": {"ResourceTypes": ["VSwitch", "IoOptimized", "Instance", "Disk"]},
        "AvailableResources": {"ResourcesInfo": [info]},
        "AvailableVolumeCategories": {"VolumeCategories": []},
        "DedicatedHostGenerations": {"DedicatedHostGeneration": []},
    }
    return ZONE.put(body, zone.documented)


_DESTINATIONS = {"Zone", "IoOptimized", "InstanceType", "Network", "ddh", "SystemDisk", "DataDisk"}


@ECS.action("DescribeAvailableResource")
def describe_available_resource(call: Call) -> dict[str, Any]:
    """What each zone has in stock."""
    region = find.region(call)
    _check(call)
    zones = [z for z in region.zones if call.get("ZoneId") in {None, z.id}]
    answers = []
    for zone in zones:
        resources = _resources(call, zone)
        if not resources:
            continue
        sold_out = all(r["Status"] == "SoldOut" for r in resources)
        answers.append(
            {
                "AvailableResources": {
                    "AvailableResource": [
                        {
                            "SupportedResources": {"SupportedResource": resources},
                            "Type": call.get("DestinationResource"),
                        }
                    ]
                },
                "RegionId": region.id,
                "Status": "SoldOut" if sold_out else "Available",
                "StatusCategory": "WithoutStock" if sold_out else "WithStock",
                "ZoneId": zone.id,
            }
        )
    return {"AvailableZones": {"AvailableZone": answers}}


def _check(call: Call) -> None:
    destination = call.get("DestinationResource")
    if destination not in _DESTINATIONS:
        raise call.error("Invalid.DestinationResource", "The specified DestinationResource is not valid.")
    for param, known, code in (
        ("ResourceType", {"instance", "disk", "reservedinstance", "ddh"}, "Invalid.ResourceType"),
        ("InstanceChargeType", {"PrePaid", "PostPaid"}, "Invalid.InstanceChargeType"),
        ("IoOptimized", {"none", "optimized"}, "Invalid.IoOptimized"),
        ("NetworkCategory", {"vpc", "classic"}, "Invalid.NetworkCategory"),
        ("SpotStrategy", {"NoSpot", "SpotWithPriceLimit", "SpotAsPriceGo"}, "Invalid.SpotStrategy"),
    ):
        if call.get(param) not in {None, *known}:
            raise call.error(code, f"The specified {param} is not valid.")
    if destination != "InstanceType" and call.get("Cores") is not None:
        raise call.error("InvalidParam.Cores", "Cores goes with DestinationResource=InstanceType only.")
    if destination != "InstanceType" and call.get("Memory") is not None:
        raise call.error("InvalidParam.Memory", "Memory goes with DestinationResource=InstanceType only.")
    needs_type = destination == "SystemDisk" or (
        destination == "DataDisk" and call.get("ResourceType") == "instance"
    )
    if needs_type and not call.get("InstanceType"):
        raise call.error("Invalid.Param", "The parameter InstanceType is required.")


def _resources(call: Call, zone: Zone) -> list[dict[str, Any]]:
    destination = call.get("DestinationResource")
    types = [t for t in find.ecs(call).catalog.types.values() if zone.id in t.zones and _asked(call, t)]
    if destination == "InstanceType":
        return [_resource(t.id, stock=fit.in_stock(call, t, zone.id)) for t in types]
    stock = any(fit.in_stock(call, t, zone.id) for t in types)
    if destination in {"SystemDisk", "DataDisk"}:
        return [_disk(call, category, stock=stock) for category in _categories(call, zone, types)]
    if destination == "ddh" or not types:
        return []
    value = {"Zone": zone.id, "IoOptimized": "optimized", "Network": "vpc"}[destination]
    return [_resource(value, stock=stock)]


def _asked(call: Call, instance_type: InstanceType) -> bool:
    system, data = call.get("SystemDiskCategory"), call.get("DataDiskCategory")
    return (
        call.get("InstanceType") in {None, instance_type.id}
        and call.get("Cores") in {None, instance_type.cpu}
        and call.get("Memory") in {None, instance_type.memory}
        and (not system or system in instance_type.system_disks)
        and (not data or data in instance_type.data_disks)
    )


def _categories(call: Call, zone: Zone, types: list[InstanceType]) -> list[str]:
    system = call.get("DestinationResource") == "SystemDisk"
    free = call.get("ResourceType") == "disk"
    return [
        c
        for c in CATEGORIES
        if c in zone.disk_categories
        and (free or any(c in (t.system_disks if system else t.data_disks) for t in types))
    ]


def _disk(call: Call, category: str, *, stock: bool) -> dict[str, Any]:
    system = call.get("DestinationResource") == "SystemDisk"
    allowed = sizes("system" if system else "data", category, "PL1")
    return _resource(category, stock=stock or call.get("ResourceType") == "disk") | {
        "Max": allowed.most,
        "Min": allowed.least,
        "Unit": "GiB",
    }


def _resource(value: str, *, stock: bool) -> dict[str, Any]:
    return {
        "Status": "Available" if stock else "SoldOut",
        "StatusCategory": "WithStock" if stock else "WithoutStock",
        "Value": value,
    }
