"""What is sold, where, in stock, at which price."""

from __future__ import annotations

from typing import Any

import pytest

from swaslift.emulator import Emulator
from tests.emulator.ecs_steps import BASE, PUBLIC, Ecs

ARM = "ubuntu_22_04_arm64_20G_alibase_20260915.vhd"


def _stock(ecs: Ecs, **query: Any) -> dict[str, dict[str, str]]:
    """Status by zone and value."""
    fields = {"DestinationResource": "InstanceType"} | query
    zones = ecs.do("DescribeAvailableResource", **fields)["AvailableZones"]["AvailableZone"]
    return {
        z["ZoneId"]: {
            r["Value"]: r["Status"]
            for a in z["AvailableResources"]["AvailableResource"]
            for r in a["SupportedResources"]["SupportedResource"]
        }
        for z in zones
    }


def test_the_regions_are_those_of_the_inventory(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    regions = ecs.do("DescribeRegions")["Regions"]["Region"]
    assert {r["RegionId"]: r["RegionEndpoint"] for r in regions} == {
        "cn-hangzhou": "ecs-cn-hangzhou.aliyuncs.com",
        "cn-shanghai": "ecs.cn-shanghai.aliyuncs.com",
        "cn-beijing": "ecs.cn-beijing.aliyuncs.com",
        "ap-northeast-1": "ecs.ap-northeast-1.aliyuncs.com",
        "eu-central-1": "ecs.eu-central-1.aliyuncs.com",
        "ap-southeast-1": "ecs.ap-southeast-1.aliyuncs.com",
    }
    assert ecs.refused("DescribeRegions", AcceptLanguage="la") == (404, "InvalidAcceptLanguage.NotFound")
    assert ecs.refused("DescribeRegions", ResourceType="x") == (404, "InvalidResourceType.NotFound")
    assert ecs.refused("DescribeRegions", InstanceChargeType="x") == (403, "Invalid.InstanceChargeType")


def test_zones_tell_what_they_can_offer(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    zones = {z["ZoneId"]: z for z in ecs.do("DescribeZones")["Zones"]["Zone"]}
    assert set(zones) == {"cn-hangzhou-h", "cn-hangzhou-i"}
    assert "ecs.t6-c1m1.large" in zones["cn-hangzhou-i"]["AvailableInstanceTypes"]["InstanceTypes"]
    assert "ecs.t6-c1m1.large" not in zones["cn-hangzhou-h"]["AvailableInstanceTypes"]["InstanceTypes"]
    assert "cloud_auto" not in zones["cn-hangzhou-h"]["AvailableDiskCategories"]["DiskCategories"]
    short = ecs.do("DescribeZones", Verbose=False)["Zones"]["Zone"]
    assert all(set(z) == {"LocalName", "ZoneId", "ZoneType"} for z in short)
    assert ecs.refused("DescribeZones", SpotStrategy="x") == (400, "InvalidSpotStrategy")
    assert ecs.refused("DescribeZones", InstanceChargeType="x") == (404, "InvalidInstanceChargeType.NotFound")


def test_stock_is_told_per_zone_and_follows_the_faults(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    found = _stock(ecs, InstanceType="ecs.g7.large")
    assert found == {z: {"ecs.g7.large": "Available"} for z in ("cn-hangzhou-h", "cn-hangzhou-i")}
    cloud.faults.no_stock("ecs.g7.large", "cn-hangzhou-i")
    assert _stock(ecs, InstanceType="ecs.g7.large")["cn-hangzhou-i"] == {"ecs.g7.large": "SoldOut"}
    assert set(_stock(ecs, InstanceType="ecs.t6-c1m1.large")) == {"cn-hangzhou-i"}
    assert set(_stock(ecs, InstanceType="ecs.c6.large")["cn-hangzhou-h"].values()) == {"SoldOut"}
    assert "ecs.r7.large" in _stock(ecs, Cores=2, Memory=16.0)["cn-hangzhou-i"]


def test_disks_are_told_for_a_type_with_their_sizes(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    query = {"DestinationResource": "SystemDisk", "InstanceType": "ecs.g7.large"}
    assert _stock(ecs, **query) == {
        "cn-hangzhou-h": {"cloud_essd": "Available"},
        "cn-hangzhou-i": {"cloud_essd": "Available", "cloud_auto": "Available"},
    }
    zone = ecs.do("DescribeAvailableResource", **query)["AvailableZones"]["AvailableZone"][0]
    disk = zone["AvailableResources"]["AvailableResource"][0]["SupportedResources"]["SupportedResource"][0]
    assert (disk["Min"], disk["Max"], disk["Unit"]) == (20, 2048, "GiB")
    free = {"DestinationResource": "DataDisk", "ResourceType": "disk"}
    assert "cloud_ssd" in _stock(ecs, **free)["cn-hangzhou-h"]


@pytest.mark.parametrize(
    ("query", "refusal"),
    [
        ({"DestinationResource": "Moon"}, (404, "Invalid.DestinationResource")),
        ({"ResourceType": "x"}, (404, "Invalid.ResourceType")),
        ({"InstanceChargeType": "x"}, (400, "Invalid.InstanceChargeType")),
        ({"IoOptimized": "x"}, (404, "Invalid.IoOptimized")),
        ({"NetworkCategory": "x"}, (404, "Invalid.NetworkCategory")),
        ({"SpotStrategy": "x"}, (404, "Invalid.SpotStrategy")),
        ({"DestinationResource": "Zone", "Cores": 2}, (403, "InvalidParam.Cores")),
        ({"DestinationResource": "Zone", "Memory": 2.0}, (403, "InvalidParam.Memory")),
        ({"DestinationResource": "SystemDisk"}, (400, "Invalid.Param")),
        ({"DestinationResource": "DataDisk", "ResourceType": "instance"}, (400, "Invalid.Param")),
        ({"RegionId": "cn-qingdao"}, (404, "InvalidRegionId.NotFound")),
    ],
)
def test_a_wrong_question_for_stock_is_refused(
    cloud: Emulator, query: dict[str, Any], refusal: tuple[int, str]
) -> None:
    fields = {"DestinationResource": "InstanceType"} | query
    assert Ecs(cloud).refused("DescribeAvailableResource", **fields) == refusal


def test_types_are_found_by_size_family_and_kind(cloud: Emulator) -> None:
    ecs = Ecs(cloud)

    def types(**query: Any) -> set[str]:
        return {
            t["InstanceTypeId"]
            for t in ecs.do("DescribeInstanceTypes", **query)["InstanceTypes"]["InstanceType"]
        }

    assert types(InstanceTypes=["ecs.g7.large", "ecs.none"]) == {"ecs.g7.large"}
    assert types(CpuArchitecture="ARM") == {"ecs.g8y.large"}
    assert types(InstanceTypeFamily="ecs.g7", MinimumCpuCoreCount=4, MaximumCpuCoreCount=4) == {
        "ecs.g7.xlarge"
    }
    assert types(NvmeSupport="required") == {"ecs.g8i.large"}
    assert types(MaximumMemorySize=2.0) == {"ecs.t6-c1m1.large"}
    first = ecs.do("DescribeInstanceTypes", MaxResults=6)
    rest = ecs.do("DescribeInstanceTypes", MaxResults=6, NextToken=first["NextToken"])
    assert len(first["InstanceTypes"]["InstanceType"]) == 6
    assert len(rest["InstanceTypes"]["InstanceType"]) == 5
    assert "NextToken" not in rest


def test_families_are_those_the_region_sells(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    found = ecs.do("DescribeInstanceTypeFamilies", RegionId="ap-southeast-1")
    families = {f["InstanceTypeFamilyId"] for f in found["InstanceTypeFamilies"]["InstanceTypeFamily"]}
    assert "ecs.g7" in families
    assert "ecs.t6-c1m1" not in families
    some = ecs.do("DescribeInstanceTypeFamilies", Generation="ecs-8")["InstanceTypeFamilies"]
    assert {f["InstanceTypeFamilyId"] for f in some["InstanceTypeFamily"]} == {"ecs.g8i", "ecs.g8y"}


# Advice.


def _advice(ecs: Ecs, **query: Any) -> list[str]:
    found = ecs.do("DescribeRecommendInstanceType", NetworkType="vpc", **query)
    return [r["InstanceType"]["InstanceType"] for r in found["Data"]["RecommendInstanceType"]]


def test_advice_names_types_of_the_size_that_are_in_stock(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    cheap = _advice(ecs, Cores=2, Memory=8.0, PriorityStrategy="PriceFirst")
    assert cheap[0] == "ecs.g8y.large"
    assert {"ecs.g7.large", "ecs.g6.large", "ecs.g8i.large"} <= set(cheap)
    assert "ecs.c6.large" not in _advice(ecs, InstanceType="ecs.c7.large")
    assert _advice(ecs, Cores=2, Memory=8.0, SystemDiskCategory="cloud_ssd") == ["ecs.g6.large"]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({}, "InvalidParam.TypeAndCpuMem.Conflict"),
        ({"InstanceType": "ecs.g7.large", "Cores": 2, "Memory": 8.0}, "InvalidParam.TypeAndCpuMem.Conflict"),
        ({"InstanceType": "ecs.none"}, "InvalidInstanceType.NotSupported"),
        ({"Cores": 3, "Memory": 8.0}, "InvalidCoreAndMemory.ValueNotSupported"),
        (
            {"Cores": 2, "Memory": 8.0, "InstanceTypeFamily": ["ecs.x"]},
            "RecommendEmpty.InstanceTypeFamilyNotMatched",
        ),
        (
            {"Cores": 2, "Memory": 8.0, "SystemDiskCategory": "cloud"},
            "RecommendEmpty.DiskCategoryNotRecommended",
        ),
        ({"Cores": 2, "Memory": 2.0, "ZoneId": "cn-hangzhou-h"}, "RecommendEmpty.InstanceTypeNotMatched"),
        ({"Cores": 2, "Memory": 8.0, "MaxPrice": 0.01}, "RecommendEmpty.PriceNotSatisfied"),
        (
            {"InstanceType": "ecs.c6.large", "InstanceTypeFamily": ["ecs.c6"]},
            "RecommendEmpty.InstanceTypeSoldOut",
        ),
        ({"Cores": 2, "Memory": 8.0, "NetworkType": "classic"}, "RecommendEmpty.NetworkTypeNotSupported"),
        ({"Cores": 2, "Memory": 8.0, "NetworkType": "x"}, "InvalidNetworkType.ValueNotSupported"),
        ({"Cores": 2, "Memory": 8.0, "ZoneId": "x"}, "InvalidZoneId.ValueNotSupported"),
        ({"Cores": 2, "Memory": 8.0, "SpotStrategy": "x"}, "InvalidSpotStrategy.ValueNotSupported"),
        ({"Cores": 2, "Memory": 8.0, "InstanceChargeType": "x"}, "InvalidInstanceChargeType.NotFound"),
        ({"Cores": 2, "Memory": 8.0, "PriorityStrategy": "x"}, "InvalidPriorityStrategy.ValueNotSupported"),
        ({"Cores": 2, "Memory": 8.0, "IoOptimized": "x"}, "InvalidIoOptimized.NotFound"),
        ({"Cores": 2, "Memory": 8.0, "SystemDiskCategory": "x"}, "InvalidDiskCategory.NotFound"),
        ({"Cores": 2, "Memory": 8.0, "Scene": "x"}, "InvalidScene.ValueNotSupported"),
        ({"Cores": 2, "Memory": 8.0, "InstanceFamilyLevel": "x"}, "InvalidInstanceFamilyLevel.NotSupported"),
    ],
)
def test_no_advice_is_an_error_that_says_why(cloud: Emulator, query: dict[str, Any], code: str) -> None:
    fields = {"NetworkType": "vpc"} | query
    assert Ecs(cloud).refused("DescribeRecommendInstanceType", **fields) == (400, code)


# Prices.


def _price(ecs: Ecs, **query: Any) -> dict[str, Any]:
    return dict(ecs.do("DescribePrice", **({"InstanceType": "ecs.g7.large"} | query))["PriceInfo"]["Price"])


def test_a_price_is_the_sum_of_its_parts_and_says_it_is_invented(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    body = ecs.do(
        "DescribePrice",
        InstanceType="ecs.g7.large",
        ImageId=PUBLIC,
        SystemDisk={"Category": "cloud_essd", "Size": 40},
        InternetChargeType="PayByBandwidth",
        InternetMaxBandwidthOut=5,
    )["PriceInfo"]
    price = body["Price"]
    parts = {d["Resource"]: d["TradePrice"] for d in price["DetailInfos"]["DetailInfo"]}
    assert parts == {"instanceType": 0.5, "bandwidth": 0.4, "image": 0.0, "systemDisk": 0.08}
    assert (price["TradePrice"], price["Currency"]) == (0.98, "CNY")
    assert "invented" in body["Rules"]["Rule"][0]["Description"]


def test_prices_grow_with_time_number_and_disks(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    hour = _price(ecs)["TradePrice"]
    assert _price(ecs, Amount=3)["TradePrice"] == 3 * hour
    assert _price(ecs, PriceUnit="Month")["TradePrice"] == 432 * hour
    assert _price(ecs, PriceUnit="Month", Period=2)["TradePrice"] == 864 * hour
    assert (
        _price(ecs, PriceUnit="Year")["TradePrice"] > _price(ecs, PriceUnit="Month", Period=9)["TradePrice"]
    )
    assert _price(ecs, InternetMaxBandwidthOut=5)["TradePrice"] == hour
    disk = {"ResourceType": "disk", "DataDisk": [{"Category": "cloud_essd", "Size": 100}]}
    assert _price(ecs, **disk)["TradePrice"] == 0.2
    line = {"ResourceType": "bandwidth", "InternetChargeType": "PayByBandwidth", "InternetMaxBandwidthOut": 1}
    assert _price(ecs, **line)["TradePrice"] == 0.08


@pytest.mark.parametrize(
    ("query", "refusal"),
    [
        ({"ResourceType": "yacht"}, (400, "InvalidResourceType.ValueNotSupported")),
        ({"Amount": 0}, (403, "InvalidAmount.Malformed")),
        ({"PriceUnit": "Decade"}, (400, "InvalidPriceUnit.ValueNotSupported")),
        ({"ResourceType": "disk", "PriceUnit": "Month"}, (400, "InvalidPriceUnit.ValueNotSupported")),
        ({"Period": 2}, (400, "InvalidPeriod")),
        ({"InstanceType": ""}, (404, "InvalidInstanceType.Missing")),
        ({"InstanceType": "ecs.none"}, (400, "InvalidInstanceType.ValueNotSupported")),
        (
            {"InstanceType": "ecs.t6-c1m1.large", "RegionId": "ap-southeast-1"},
            (403, "InvalidInstanceType.ValueNotSupported"),
        ),
        ({"ImageId": "m-unknown"}, (404, "InvalidImageId.NotFound")),
        ({"ImageId": ARM}, (400, "InvalidInstanceType.NotSupported")),
        ({"SystemDisk": {"Category": "tape"}}, (400, "InvalidSystemDiskCategory.ValueNotSupported")),
        ({"SystemDisk": {"Category": "cloud_ssd"}}, (403, "InvalidInstanceType.NotSupportDiskCategory")),
        ({"ImageId": BASE, "SystemDisk": {"Size": 20}}, (400, "InvalidSystemDiskSize.LessThanImageSize")),
        ({"ResourceType": "disk"}, (404, "InvalidDiskCategory.Missing")),
        (
            {"ResourceType": "disk", "DataDisk": [{"Category": "tape", "Size": 9}]},
            (400, "InvalidDataDiskCategory.ValueNotSupported"),
        ),
        (
            {"ResourceType": "disk", "DataDisk": [{"Category": "cloud_essd"}]},
            (400, "InvalidDataDiskSize.ValueNotSupported"),
        ),
        ({"InternetChargeType": "x"}, (400, "InvalidInternetChargeType.ValueNotSupported")),
        ({"InternetMaxBandwidthOut": 101}, (400, "InvalidInternetMaxBandwidthOut.ValueNotSupported")),
    ],
)
def test_a_wrong_question_for_a_price_is_refused(
    cloud: Emulator, query: dict[str, Any], refusal: tuple[int, str]
) -> None:
    assert Ecs(cloud).refused("DescribePrice", **({"InstanceType": "ecs.g7.large"} | query)) == refusal


def test_a_type_without_a_price_is_said_to_have_none(cloud: Emulator) -> None:
    del cloud.world.ecs.catalog.prices.instance_hour["ecs.g7.large"]
    assert Ecs(cloud).refused("DescribePrice", InstanceType="ecs.g7.large") == (400, "PriceNotFound")


# Quotas and tasks.


def test_quotas_are_told_and_the_used_vcpus_are_counted(cloud: Emulator) -> None:
    ecs = Ecs(cloud)

    def value(name: str) -> list[str]:
        items = ecs.do("DescribeAccountAttributes", AttributeName=[name])["AccountAttributeItems"]
        return [v["Value"] for v in items["AccountAttributeItem"][0]["AttributeValues"]["ValueItem"]]

    assert value("max-security-groups") == ["100"]
    assert value("used-postpaid-instance-vcpu-count") == ["6"]
    ecs.run()
    assert value("used-postpaid-instance-vcpu-count") == ["8"]


def test_tasks_are_those_of_image_export_and_never_copies(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    ecs.copy()
    tasks = ecs.do("DescribeTasks")["TaskSet"]["Task"]
    assert [(t["TaskAction"], t["TaskStatus"]) for t in tasks] == [("ExportImage", "Finished")]
    assert ecs.do("DescribeTasks", TaskStatus="Failed")["TotalCount"] == 0
    assert ecs.refused("DescribeTaskAttribute", TaskId="t-unknown") == (400, "InvalidTaskId.NotFound")
