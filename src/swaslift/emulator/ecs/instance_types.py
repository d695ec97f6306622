"""Sizes of instances: the catalogue, the families, and advice."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from swaslift.emulator.ecs import find, fit
from swaslift.emulator.ecs.documented import INSTANCE_TYPE
from swaslift.emulator.ecs.filters import asked, shown
from swaslift.emulator.ecs.paging import by_token
from swaslift.emulator.ecs.service import ECS

if TYPE_CHECKING:
    from swaslift.emulator.ecs.catalog import InstanceType
    from swaslift.emulator.service import Call

_LEVELS = {"EntryLevel", "EnterpriseLevel", "CreditEntryLevel"}
_AS_SHOWN = ("GPUSpec", "LocalStorageCategory", "PhysicalProcessorModel")
_ANY_OF = {
    "CpuArchitectures": "CpuArchitecture",
    "GpuSpecs": "GPUSpec",
    "InstanceCategories": "InstanceCategory",
    "LocalStorageCategories": "LocalStorageCategory",
    "PhysicalProcessorModels": "PhysicalProcessorModel",
}
_AT_LEAST = (
    "MinimumBaselineCredit",
    "MinimumCpuSpeedFrequency",
    "MinimumCpuTurboFrequency",
    "MinimumDiskQuantity",
    "MinimumEniIpv6AddressQuantity",
    "MinimumEniPrivateIpAddressQuantity",
    "MinimumEniQuantity",
    "MinimumEriQuantity",
    "MinimumGPUAmount",
    "MinimumInitialCredit",
    "MinimumInstanceBandwidthRx",
    "MinimumInstanceBandwidthTx",
    "MinimumInstancePpsRx",
    "MinimumInstancePpsTx",
    "MinimumLocalStorageAmount",
    "MinimumLocalStorageCapacity",
    "MinimumPrimaryEniQueueNumber",
    "MinimumQueuePairNumber",
    "MinimumSecondaryEniQueueNumber",
)
_AT_MOST = ("MaximumCpuSpeedFrequency", "MaximumCpuTurboFrequency", "MaximumGPUAmount")


@ECS.action("DescribeInstanceTypes")
def describe_instance_types(call: Call) -> dict[str, Any]:
    """The whole catalogue, whether the region sells a type or not."""
    found = [t for t in find.ecs(call).catalog.types.values() if _matches(call, t)]
    page, fields = by_token(call, found, most=100, default=100)
    del fields["TotalCount"]
    return {"InstanceTypes": {"InstanceType": [type_body(t) for t in page]}, **fields}


def _matches(call: Call, one: InstanceType) -> bool:
    ids, families = call.get("InstanceTypes"), call.get("InstanceTypeFamilies")
    return (
        (not ids or one.id in ids)
        and (not families or one.family in families)
        and call.get("InstanceTypeFamily") in {None, one.family}
        and call.get("MinimumCpuCoreCount", 0) <= one.cpu <= call.get("MaximumCpuCoreCount", one.cpu)
        and call.get("MinimumMemorySize", 0) <= one.memory <= call.get("MaximumMemorySize", one.memory)
        and call.get("CpuArchitecture") in {None, one.architecture}
        and call.get("InstanceCategory") in {None, one.category}
        and call.get("InstanceFamilyLevel") in {None, one.level}
        and call.get("NvmeSupport") in {None, one.nvme}
        and _limits(call, one)
    )


def _limits(call: Call, one: InstanceType) -> bool:
    """The filters that are told by what the answer shows."""
    lists = {name: field for name, field in _ANY_OF.items() if call.get(name)}
    if not lists and not asked(call, (*_AS_SHOWN, *_AT_LEAST, *_AT_MOST)):
        return True
    body = type_body(one)
    return (
        shown(call, body, _AS_SHOWN)
        and all(body.get(field, "") in call.get(name) for name, field in lists.items())
        and all(body.get(n.removeprefix("Minimum"), 0) >= call.get(n, 0) for n in _AT_LEAST)
        and all(body.get(n.removeprefix("Maximum"), 0) <= call.get(n, math.inf) for n in _AT_MOST)
    )


def type_body(one: InstanceType) -> dict[str, Any]:
    """An entry of ``DescribeInstanceTypes``; limits grow with the cores by a rule of the emulator."""
    arm, interfaces = one.architecture == "ARM", min(2 + one.cpu // 2, 8)
    threads = 1 if arm else 2
    speed = 1_024_000 * max(1, one.cpu)
    body: dict[str, Any] = {
        "Attributes": {"Attribute": [{"Name": "Generation", "Value": one.generation}]},
        "Clock": {"PtpSupport": "unsupported"},
        "CpuArchitecture": one.architecture,
        "CpuCoreCount": one.cpu,
        "CpuOptions": {
            "Core": max(1, one.cpu // threads),
            "CoreFactor": 1,
            "HyperThreadingAdjustable": not arm,
            "SupportedTopologyTypes": {
                "SupportedTopologyType": ["DiscreteCoreToHTMapping"] if not arm else []
            },
            "ThreadsPerCore": threads,
        },
        "CpuSpeedFrequency": one.clock,
        "CpuTurboFrequency": one.turbo,
        "DiskQuantity": 17,
        "EnhancedNetwork": {"RssSupport": False, "SriovSupport": False, "VfQueueNumberPerEni": 2},
        "EniIpv6AddressQuantity": 6,
        "EniPrivateIpAddressQuantity": 6,
        "EniQuantity": interfaces,
        "EniTotalQuantity": interfaces,
        "EniTrunkSupported": False,
        "EriQuantity": 0,
        "GPUAmount": 0,
        "GPUMemorySize": 0.0,
        "GPUSpec": "",
        "InstanceBandwidthRx": speed,
        "InstanceBandwidthTx": speed,
        "InstanceCategory": one.category,
        "InstanceFamilyLevel": one.level,
        "InstancePpsRx": 300_000 * one.cpu,
        "InstancePpsTx": 300_000 * one.cpu,
        "InstanceTypeFamily": one.family,
        "InstanceTypeId": one.id,
        "JumboFrameSupport": one.level == "EnterpriseLevel",
        "LocalStorageCategory": "",
        "MaximumQueueNumberPerEni": 2,
        "MemorySize": one.memory,
        "NetworkCardQuantity": 1,
        "NetworkCards": {"NetworkCardInfo": [{"NetworkCardIndex": 0}]},
        "NetworkEncryptionSupport": False,
        "NvmeSupport": one.nvme,
        "PhysicalProcessorModel": one.processor,
        "PrimaryEniQueueNumber": 2,
        "QueuePairNumber": 0,
        "SecondaryEniQueueNumber": 2,
        "SecurityOptions": {"SecureBootSupport": "unsupported"},
        "SupportedBootModes": {"SupportedBootMode": list(one.boot_modes)},
        "TotalEniQueueQuantity": 2 * interfaces,
    }
    if one.credits:
        body |= {"BaselineCredit": one.credits // 5, "InitialCredit": one.credits}
    return INSTANCE_TYPE.put(body, one.documented)


@ECS.action("DescribeInstanceTypeFamilies")
def describe_instance_type_families(call: Call) -> dict[str, Any]:
    """The families that a region sells."""
    find.region(call)
    catalog = find.ecs(call).catalog
    families = {t.family: t.generation for t in catalog.types.values() if catalog.sold_in(t, call.region_id)}
    wanted = call.get("Generation")
    return {
        "InstanceTypeFamilies": {
            "InstanceTypeFamily": [
                {"Generation": generation, "InstanceTypeFamilyId": family}
                for family, generation in families.items()
                if wanted in {None, generation}
            ]
        }
    }


@ECS.action("DescribeRecommendInstanceType")
def describe_recommend_instance_type(call: Call) -> dict[str, Any]:
    """Types of the size asked for that are in stock; none is an error, not an empty list."""
    region = find.region(call)
    _check_recommend(call)
    catalog = find.ecs(call).catalog
    like = catalog.types.get(call.get("InstanceType") or "")
    cores = like.cpu if like else call.get("Cores")
    memory = like.memory if like else call.get("Memory")
    sized = [t for t in catalog.types.values() if t.cpu == cores and t.memory == memory]
    if not sized:
        raise call.error("InvalidCoreAndMemory.ValueNotSupported", "No type has this size.")
    families, level = call.get("InstanceTypeFamily"), call.get("InstanceFamilyLevel")
    sized = [t for t in sized if not families or t.family in families]
    if not sized:
        raise call.error("RecommendEmpty.InstanceTypeFamilyNotMatched", "No family fits.")
    category = call.get("SystemDiskCategory")
    sized = [t for t in sized if not category or category in t.system_disks]
    if not sized:
        raise call.error("RecommendEmpty.DiskCategoryNotRecommended", "No type takes the disk category.")
    sized = [t for t in sized if level in {None, t.level}]
    zones = [z.id for z in region.zones if call.get("ZoneId") in {None, z.id}]
    sold = [(t, [z for z in zones if z in t.zones]) for t in sized]
    sold = [(t, where) for t, where in sold if where]
    if not sold:
        raise call.error("RecommendEmpty.InstanceTypeNotMatched", "No type of this size is sold there.")
    stocked = [(t, [z for z in where if fit.in_stock(call, t, z)]) for t, where in sold]
    stocked = [(t, where) for t, where in stocked if where]
    if not stocked:
        raise call.error("RecommendEmpty.InstanceTypeSoldOut", "Every fitting type is sold out.")
    prices, most = catalog.prices.instance_hour, call.get("MaxPrice")
    stocked = [(t, z) for t, z in stocked if most is None or prices.get(t.id, 0.0) <= most]
    if not stocked:
        raise call.error("RecommendEmpty.PriceNotSatisfied", "Every fitting type costs more.")
    if call.get("PriorityStrategy") == "PriceFirst":
        stocked.sort(key=lambda s: prices.get(s[0].id, 0.0))
    bodies = [_recommended(call, t, where, i) for i, (t, where) in enumerate(stocked, 1)]
    return {"Data": {"RecommendInstanceType": bodies}}


def _check_recommend(call: Call) -> None:
    for param, known, code in (
        ("NetworkType", {"vpc", "classic"}, "InvalidNetworkType.ValueNotSupported"),
        ("InstanceFamilyLevel", _LEVELS, "InvalidInstanceFamilyLevel.NotSupported"),
        ("InstanceChargeType", {"PrePaid", "PostPaid"}, "InvalidInstanceChargeType.NotFound"),
        (
            "SpotStrategy",
            {"NoSpot", "SpotWithPriceLimit", "SpotAsPriceGo"},
            "InvalidSpotStrategy.ValueNotSupported",
        ),
        ("IoOptimized", {"optimized", "none"}, "InvalidIoOptimized.NotFound"),
        (
            "PriorityStrategy",
            {"InventoryFirst", "PriceFirst", "NewProductFirst"},
            "InvalidPriorityStrategy.ValueNotSupported",
        ),
        (
            "SystemDiskCategory",
            {"cloud_efficiency", "cloud_ssd", "cloud_essd", "cloud"},
            "InvalidDiskCategory.NotFound",
        ),
        ("Scene", {"CREATE", "UPGRADE"}, "InvalidScene.ValueNotSupported"),
    ):
        if call.get(param) not in {None, *known}:
            raise call.error(code, f"The specified {param} is not valid.")
    if call.get("NetworkType") == "classic":
        raise call.error("RecommendEmpty.NetworkTypeNotSupported", "The classic network is gone.")
    if call.get("ZoneId") and find.region(call).zone(call.get("ZoneId")) is None:
        raise call.error("InvalidZoneId.ValueNotSupported", "The specified ZoneId is not valid.")
    name, size = call.get("InstanceType"), (call.get("Cores"), call.get("Memory"))
    if name and name not in find.ecs(call).catalog.types:
        raise call.error("InvalidInstanceType.NotSupported", f"The instance type {name} does not exist.")
    if bool(name) == (None not in size):
        raise call.error("InvalidParam.TypeAndCpuMem.Conflict", "Give InstanceType, or Cores and Memory.")


def _recommended(call: Call, one: InstanceType, zones: list[str], priority: int) -> dict[str, Any]:
    return {
        "CommodityCode": "ecs",
        "InstanceChargeType": call.get("InstanceChargeType") or "PostPaid",
        "InstanceType": {
            "Cores": one.cpu,
            "Generation": one.generation,
            "InstanceType": one.id,
            "InstanceTypeFamily": one.family,
            "Memory": int(one.memory * 1024),
            "SupportIoOptimized": "optimized",
        },
        "NetworkType": "vpc",
        "Priority": priority,
        "RegionId": call.region_id,
        "Scene": call.get("Scene") or "CREATE",
        "SpotStrategy": call.get("SpotStrategy") or "NoSpot",
        "ZoneId": zones[0],
        "Zones": {"zone": [{"NetworkTypes": {"NetworkType": ["vpc"]}, "ZoneNo": z} for z in zones]},
    }
