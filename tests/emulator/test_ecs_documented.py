"""Response fields that an inventory gives: what is taken, what is refused, where they show."""

from __future__ import annotations

import json
from typing import Any

import pytest

from swaslift.emulator import Emulator, InventoryError
from swaslift.emulator.ecs import documented
from swaslift.emulator.inventory import default
from tests.emulator.conftest import START
from tests.emulator.ecs_guide import Guide
from tests.emulator.ecs_steps import PUBLIC, WEB
from tests.emulator.sdk import refusal
from tests.emulator.shapes import fields
from tests.emulator.tour_ecs import GROUP, VSWITCH
from tests.emulator.tour_ecs_inventory import BASE, GPU_TYPE, RICH, inventory

SHAPES = [s for s in vars(documented).values() if isinstance(s, documented.Shape)]
AT = "ecs.instances[0].documented"


def _instance(given: Any) -> dict[str, Any]:
    data = default()
    data["ecs"]["instances"][0]["documented"] = given
    return data


@pytest.mark.parametrize(
    ("given", "key", "wrong", "remedy"),
    [
        ({"GpuSpec": "x"}, f"{AT}.GpuSpec", "documents no such field", "GPUSpec"),
        ({"EipAddress": {"Ip": "x"}}, f"{AT}.EipAddress.Ip", "documents no such field", "IpAddress"),
        ({"EipAddress": {"Bandwidth": "5"}}, f"{AT}.EipAddress.Bandwidth", "'5'", "give an integer"),
        ({"EipAddress": {"Bandwidth": True}}, f"{AT}.EipAddress.Bandwidth", "True", "give an integer"),
        ({"EipAddress": "203.0.113.9"}, f"{AT}.EipAddress", "'203.0.113.9'", "give an object"),
        ({"EnableNVS": "yes"}, f"{AT}.EnableNVS", "'yes'", "give true or false"),
        ({"ISP": None}, f"{AT}.ISP", "None", "give a text"),
        ({"RdmaIpAddress": {"IpAddress": "10.0.0.9"}}, f"{AT}.RdmaIpAddress.IpAddress", "", "give a list"),
        ({"RdmaIpAddress": {"IpAddress": [9]}}, f"{AT}.RdmaIpAddress.IpAddress[0]", "9", "give a text"),
        ({"Status": "Stopped"}, f"{AT}.Status", "the emulator decides it", "EipAddress"),
        ({"PublicIpAddress": {"IpAddress": []}}, f"{AT}.PublicIpAddress.IpAddress", "decides", "remove it"),
        (
            {"NetworkInterfaces": {"NetworkInterface": [{}, {}]}},
            f"{AT}.NetworkInterfaces.NetworkInterface",
            "the emulator has one",
            "give the fields of one",
        ),
        ([], AT, "[]", "give an object"),
    ],
)
def test_what_the_action_does_not_document_is_refused(given: Any, key: str, wrong: str, remedy: str) -> None:
    with pytest.raises(InventoryError) as caught:
        Emulator(_instance(given))
    assert caught.value.key == key
    assert wrong in str(caught.value)
    assert remedy in caught.value.remedy


@pytest.mark.parametrize(
    ("path", "key"),
    [
        (("regions", 0, "zones", 0), "ecs.regions[0].zones[0]"),
        (("instance_types", 0), "ecs.instance_types[0]"),
        (("images", 0), "ecs.images[0]"),
        (("vpcs", 0, "security_groups", 0), "ecs.vpcs[0].security_groups[0]"),
        (("vpcs", 0, "security_groups", 0, "rules", 0), "ecs.vpcs[0].security_groups[0].rules[0]"),
        (("instances", 0, "system_disk"), "ecs.instances[0].system_disk"),
        (("snapshots", 0), "ecs.snapshots[0]"),
        (("command_replies", 0), "ecs.command_replies[0]"),
    ],
)
def test_a_typo_is_refused_wherever_fields_can_be_given(path: tuple[Any, ...], key: str) -> None:
    data = inventory()
    entry = data["ecs"]
    for part in path:
        entry = entry[part]
    entry["documented"] = {"Colour": "red"}
    with pytest.raises(InventoryError) as caught:
        Emulator(data)
    assert caught.value.key == f"{key}.documented.Colour"


@pytest.mark.parametrize("name", ["max-colours", "max-images"])
def test_a_field_of_an_attribute_that_is_not_answered_is_refused(name: str) -> None:
    data = default()
    data["ecs"]["documented_attributes"] = {name: {"Count": 3}}
    with pytest.raises(InventoryError) as caught:
        Emulator(data)
    assert caught.value.key == f"ecs.documented_attributes.{name}"


def test_a_typo_in_a_field_of_an_attribute_is_refused() -> None:
    data = default()
    data["ecs"]["documented_attributes"] = {"max-security-groups": {"Counts": 3}}
    with pytest.raises(InventoryError) as caught:
        Emulator(data)
    assert caught.value.key == "ecs.documented_attributes.max-security-groups.Counts"


@pytest.mark.parametrize("shape", SHAPES, ids=lambda s: "-".join((s.action, *s.at[-1:])))
def test_what_may_be_given_is_documented(shape: documented.Shape) -> None:
    spec = (shape.also.spec if shape.also else {}) | shape.spec
    known = [path.replace("[]", "") for path, _ in fields(spec)]
    for free in shape.free:
        assert [k for k in known if k == free or k.startswith(f"{free}.")], free


def test_the_fields_join_those_that_the_emulator_knows() -> None:
    with Emulator(inventory(), speed=None, start=START, seed=1) as cloud:
        guide = Guide(cloud)
        found = guide.ask("DescribeInstances", InstanceIds=json.dumps([RICH, WEB]))["Instances"]["Instance"]
        state = cloud.state()
    rich, web = sorted(found, key=lambda i: i["InstanceId"] != RICH)
    [interface] = rich["NetworkInterfaces"]["NetworkInterface"]
    [address] = interface["PrivateIpSets"]["PrivateIpSet"]
    assert address == {
        "PrivateDnsName": "tour.ecs.internal",
        "PrivateIpAddress": interface["PrimaryIpAddress"],
        "Primary": True,
    }
    assert rich["CpuOptions"]["CoreCount"] == web["CpuOptions"]["CoreCount"] * 2
    assert "MetadataOptions" not in rich, "nobody asked for it"
    assert (rich["InstanceType"], rich["GPUSpec"], rich["GPUAmount"]) == (GPU_TYPE, "NVIDIA P100", 1)
    assert (web["GPUSpec"], web["EipAddress"]["IpAddress"], "EnableNVS" in web) == ("", "", False)
    assert "203.0.113.30" in json.dumps(state)


def test_an_empty_list_takes_nothing_away() -> None:
    data = _instance({"NetworkInterfaces": {"NetworkInterface": []}})
    with Emulator(data, speed=None, start=START, seed=1) as cloud:
        found = Guide(cloud).ask("DescribeInstances", InstanceIds=json.dumps([WEB]))["Instances"]["Instance"]
    assert len(found[0]["NetworkInterfaces"]["NetworkInterface"]) == 1


def test_instances_are_found_by_their_elastic_address() -> None:
    with Emulator(inventory(), speed=None, start=START, seed=1) as cloud:
        guide = Guide(cloud)
        found = guide.ask("DescribeInstances", EipAddresses='["203.0.113.30"]')["Instances"]["Instance"]
        none = guide.ask("DescribeInstances", EipAddresses='["203.0.113.31"]')["Instances"]["Instance"]
    assert ([i["InstanceId"] for i in found], none) == ([RICH], [])


def test_an_image_of_the_marketplace_costs_extra() -> None:
    data = inventory()
    for account in data["accounts"]:
        account["balance"] = 0.6  # an hour costs 0.58, of the marketplace 0.68
    size = {"InstanceType": "ecs.g7.large", "SystemDisk": {"Category": "cloud_essd", "Size": "40"}}
    with Emulator(data, speed=None, start=START, seed=1) as cloud:
        guide = Guide(cloud)
        price = guide.ask("DescribePrice", ImageId=BASE, Amount=2, **size)["PriceInfo"]
        plain = guide.ask("DescribePrice", ImageId=PUBLIC, Amount=2, **size)["PriceInfo"]
        assert price["Price"]["TradePrice"] == plain["Price"]["TradePrice"]
        assert price["RelatedPrice"]["MarketplaceImagePrice"]["TradePrice"] == 0.2
        assert "RelatedPrice" not in plain
        run = size | {"VSwitchId": VSWITCH, "SecurityGroupId": GROUP}
        refused = refusal(guide.ask, "RunInstances", ImageId=BASE, **run)
        guide.ask("RunInstances", ImageId=PUBLIC, **run)
    assert refused == (403, "InsufficientBalance")


def test_a_snapshot_of_the_inventory_can_become_an_image() -> None:
    with Emulator(inventory(), speed=None, start=START, seed=1) as cloud:
        guide = Guide(cloud)
        [old] = guide.ask("DescribeSnapshots", SnapshotIds='["s-tour-old"]')["Snapshots"]["Snapshot"]
        image = guide.ask("CreateImage", SnapshotId="s-tour-old", ImageName="of-old")["ImageId"]
        cloud.clock.advance(3000)
        [made] = guide.ask("DescribeImages", ImageId=image)["Images"]["Image"]
    assert (old["Status"], old["SourceDiskId"], old["SourceDiskSize"]) == (
        "accomplished",
        "d-tour-rich",
        "40",
    )
    assert (made["Status"], made["OSName"]) == ("Available", "Ubuntu  22.04 64位")
