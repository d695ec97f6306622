"""ECS: each record holds what the service answered."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from swaslift.cloud import Cloud
from swaslift.emulator import Emulator, Quirks
from swaslift.models import DiskOffer, InstanceType
from tests.cloud.doors import REGION, door
from tests.cloud.oracle import Field, at, body, compare, number, pairs, percent, time

TAGS = {"made-by": "a test", "empty": ""}
ZONE = "cn-hangzhou-i"


def nested(*path: str) -> Field:
    """A list of plain values, as a tuple."""
    return lambda item: tuple(at(item, ".".join(path)) or ())


IMAGE_DISK: dict[str, Field] = {
    "kind": "Type",
    "device": "Device",
    "size": number("Size"),
    "snapshot_id": "SnapshotId",
    "encrypted": "Encrypted",
}
IMAGE: dict[str, Field] = {
    "id": "ImageId",
    "name": "ImageName",
    "status": "Status",
    "usable": "Usable",
    "owner_alias": "ImageOwnerAlias",
    "progress": percent("Progress"),
    "architecture": "Architecture",
    "boot_mode": "BootMode",
    "nvme_support": "Features.NvmeSupport",
    "os_type": "OSType",
    "size": "Size",
    "is_copied": "IsCopied",
    "owner_id": lambda i: str(i.get("ImageOwnerId") or ""),
    "shared_to_accounts": lambda i: {"true": True, "false": False}.get(str(i.get("IsSelfShared"))),
    "description": "Description",
    "created_at": time("CreationTime"),
    "tags": pairs("Tags.Tag", "TagKey", "TagValue"),
}
INSTANCE: dict[str, Field] = {
    "id": "InstanceId",
    "name": "InstanceName",
    "status": "Status",
    "instance_type": "InstanceType",
    "zone_id": "ZoneId",
    "vpc_id": "VpcAttributes.VpcId",
    "vswitch_id": "VpcAttributes.VSwitchId",
    "security_group_ids": nested("SecurityGroupIds", "SecurityGroupId"),
    "image_id": "ImageId",
    "os_type": "OSType",
    "public_ip": lambda i: (at(i, "PublicIpAddress.IpAddress") or [at(i, "EipAddress.IpAddress")])[0],
    "private_ip": "VpcAttributes.PrivateIpAddress.IpAddress.0",
    "key_pair": "KeyPairName",
    "charge_type": "InstanceChargeType",
    "stopped_mode": "StoppedMode",
    "locks": lambda i: tuple(r["LockReason"] for r in at(i, "OperationLocks.LockReason")),
    "created_at": time("CreationTime"),
    "started_at": time("StartTime"),
    "expires_at": time("ExpiredTime"),
    "tags": pairs("Tags.Tag", "TagKey", "TagValue"),
}
DISK: dict[str, Field] = {
    "id": "DiskId",
    "name": "DiskName",
    "kind": "Type",
    "category": "Category",
    "performance_level": lambda d: d.get("PerformanceLevel", ""),
    "size": "Size",
    "status": "Status",
    "instance_id": "InstanceId",
    "zone_id": "ZoneId",
    "image_id": "ImageId",
}
SNAPSHOT: dict[str, Field] = {
    "id": "SnapshotId",
    "name": "SnapshotName",
    "disk_id": "SourceDiskId",
    "disk_kind": "SourceDiskType",
    "server_id": lambda _: "",  # a thing of SWAS
    "status": "Status",
    "progress": percent("Progress"),
    "created_at": time("CreationTime"),
    "tags": pairs("Tags.Tag", "TagKey", "TagValue"),
}


@pytest.fixture
def client(cloud: Emulator) -> Cloud:
    return door(cloud)


def test_regions(client: Cloud) -> None:
    sent = client.caller.read("ecs", "DescribeRegions", REGION, {})
    assert client.ecs.describe_regions() == [r["RegionId"] for r in sent["Regions"]["Region"]]
    assert REGION in client.ecs.describe_regions()


def test_instances(client: Cloud) -> None:
    items = body(client, "ecs", "DescribeInstances", MaxResults=100)["Instances"]["Instance"]
    compare(client.ecs.describe_instances(REGION), items, INSTANCE)
    (web,) = client.ecs.describe_instances(REGION, ids=["i-emulator-web-old"])
    assert [i.id for i in client.ecs.describe_instances(REGION, tags=web.tags)] == [web.id]
    assert len(list(client.ecs.describe_instances(REGION, image_id=web.image_id))) == len(items)
    assert list(client.ecs.describe_instances(REGION, image_id="m-none")) == []


def test_a_private_instance_with_an_elastic_address_has_that_as_its_public_one() -> None:
    from swaslift.cloud.ecs_records import instance
    from swaslift.cloud.parse import Fields

    sent = {"InstanceId": "i-1", "EipAddress": {"IpAddress": "203.0.113.9"}}
    assert instance(Fields(sent), account_id="1", region_id=REGION).public_ip == "203.0.113.9"
    both = {**sent, "PublicIpAddress": {"IpAddress": ["203.0.113.1"]}}
    assert instance(Fields(both), account_id="1", region_id=REGION).public_ip == "203.0.113.1"
    assert instance(Fields({"InstanceId": "i-1"}), account_id="1", region_id=REGION).public_ip == ""


def test_disks(client: Cloud) -> None:
    items = body(client, "ecs", "DescribeDisks", MaxResults=100)["Disks"]["Disk"]
    compare(client.ecs.describe_disks(REGION), items, DISK)
    (system,) = client.ecs.describe_disks(REGION, instance_id="i-emulator-idle", kind="system")
    (data,) = client.ecs.describe_disks(REGION, instance_id="i-emulator-idle", kind="data")
    assert (system.id, data.id) == ("d-emulator-idle", "d-emulator-idle-data")
    assert [d.id for d in client.ecs.describe_disks(REGION, ids=[data.id])] == [data.id]


def make_image(client: Cloud, name: str = "own", token: str = "t1") -> str:
    return client.ecs.create_image(REGION, name, instance_id="i-emulator-idle", tags=TAGS, token=token)


def test_images_on_the_way_and_done(client: Cloud) -> None:
    image = make_image(client)
    client.clock.sleep(60)
    # One's own have no description here; what the system has belongs to nobody and is not shared.
    unfilled_of = {"self": ["description"], "system": ["created_at", "owner_id", "shared_to_accounts"]}
    for owner in ("self", "system"):
        statuses = "Creating,Waiting,Available,UnAvailable,CreateFailed,Deprecated"
        sent = body(client, "ecs", "DescribeImages", PageSize=100, ImageOwnerAlias=owner, Status=statuses)
        items = sent["Images"]["Image"]
        records = list(client.ecs.describe_images(REGION, owner=owner))
        bare = [r.model_copy(update={"disks": ()}) for r in records]
        unfilled = ["disks", "tags", "usable", *unfilled_of[owner]]
        compare(bare, items, {**IMAGE, "disks": lambda _: ()}, empty=unfilled)
        for record, item in zip(records, items, strict=True):
            if record.disks or at(item, "DiskDeviceMappings.DiskDeviceMapping"):
                mapped = item["DiskDeviceMappings"]["DiskDeviceMapping"]
                compare(record.disks, mapped, IMAGE_DISK, empty=IMAGE_DISK, where=False)
    (found,) = client.ecs.describe_images(REGION, image_id=image)
    assert found.status == "Creating"  # which the service leaves out unless it is asked for by name
    assert found.tags == TAGS
    client.clock.sleep(3600)
    (found,) = client.ecs.describe_images(REGION, image_id=image)
    assert (found.status, found.usable, found.progress) == ("Available", True, 100)
    assert [d.kind for d in found.data_disks] == ["data"]
    assert {d.kind for d in found.disks} == {"system", "data"}
    assert all(d.snapshot_id for d in found.disks)
    assert [i.id for i in client.ecs.describe_images(REGION, name="own")] == [image]
    assert [i.id for i in client.ecs.describe_images(REGION, tags=TAGS)] == [image]
    snapshot = found.disks[0].snapshot_id
    assert [i.id for i in client.ecs.describe_images(REGION, snapshot_id=snapshot)] == [image]


@pytest.mark.parametrize("said", ["empty", "not_found"])
def test_an_image_that_is_not_there_gives_nothing_either_way(said: Any) -> None:
    with Emulator(speed=None, quirks=Quirks(unknown_image=said)) as cloud:
        assert list(door(cloud).ecs.describe_images(REGION, image_id="m-none")) == []
        assert [c.code for c in cloud.log.of("DescribeImages")] in (
            [[""]] if said == "empty" else [["InvalidImageId.NotFound"]]
        )


def test_other_refusals_of_an_image_list_are_told(cloud: Emulator, client: Cloud) -> None:
    cloud.faults.fail("DescribeImages", 403, "Forbidden.RAM")
    with pytest.raises(Exception, match=r"Forbidden\.RAM"):
        list(client.ecs.describe_images(REGION))


def test_snapshots_on_the_way_and_done(client: Cloud) -> None:
    made = client.ecs.create_snapshot(REGION, "d-emulator-idle", "before", tags=TAGS, token="t1")
    client.clock.sleep(60)
    items = body(client, "ecs", "DescribeSnapshots", MaxResults=100)["Snapshots"]["Snapshot"]
    compare(client.ecs.describe_snapshots(REGION), items, SNAPSHOT, empty=["server_id"])
    assert all(s.product == "ecs" for s in client.ecs.describe_snapshots(REGION))
    (found,) = client.ecs.describe_snapshots(REGION, ids=[made])
    assert found.status == "progressing"
    client.clock.sleep(3600)
    (found,) = client.ecs.describe_snapshots(REGION, disk_id="d-emulator-idle", tags=TAGS)
    assert (found.id, found.status, found.progress) == (made, "accomplished", 100)


def test_vswitches(client: Cloud) -> None:
    items = body(client, "ecs", "DescribeVSwitches", PageSize=50)["VSwitches"]["VSwitch"]
    fields: dict[str, Field] = {
        "id": "VSwitchId",
        "name": "VSwitchName",
        "vpc_id": "VpcId",
        "zone_id": "ZoneId",
        "free_addresses": "AvailableIpAddressCount",
    }
    compare(client.ecs.describe_vswitches(REGION), items, fields)
    (one,) = client.ecs.describe_vswitches(REGION, vswitch_id="vsw-emulator-hz-i")
    assert one.zone_id == ZONE


def test_security_groups(client: Cloud) -> None:
    items = body(client, "ecs", "DescribeSecurityGroups", MaxResults=100)["SecurityGroups"]["SecurityGroup"]
    fields: dict[str, Field] = {"id": "SecurityGroupId", "name": "SecurityGroupName", "vpc_id": "VpcId"}
    compare(client.ecs.describe_security_groups(REGION), items, fields)
    found = client.ecs.describe_security_groups(REGION, ids=["sg-emulator-hz-web"])
    assert [g.name for g in found] == ["web"]


def test_key_pairs(client: Cloud) -> None:
    items = body(client, "ecs", "DescribeKeyPairs", PageSize=50)["KeyPairs"]["KeyPair"]
    compare(client.ecs.describe_key_pairs(REGION), items, {"name": "KeyPairName"})
    assert [k.name for k in client.ecs.describe_key_pairs(REGION, name="ops")] == ["ops"]
    assert list(client.ecs.describe_key_pairs(REGION, name="none")) == []


def test_instance_types(client: Cloud) -> None:
    ids = ["ecs.g7.large", "ecs.g8y.large", "ecs.none"]
    sent = client.caller.read("ecs", "DescribeInstanceTypes", REGION, {"InstanceTypes": ids})
    fields: dict[str, Field] = {
        "id": "InstanceTypeId",
        "cpu": "CpuCoreCount",
        "memory": "MemorySize",
        "architecture": "CpuArchitecture",
        "nvme_support": "NvmeSupport",
    }
    found = client.ecs.describe_instance_types(REGION, ids)
    compare(found, sent["InstanceTypes"]["InstanceType"], fields, where=False)
    assert InstanceType(
        id="ecs.g8y.large", cpu=2, memory=8, architecture="ARM", nvme_support="supported"
    ).architecture in {t.architecture for t in found}
    assert {t.id for t in found} == set(ids[:2])


def test_instance_types_on_sale_in_a_zone(cloud: Emulator, client: Cloud) -> None:
    offers = client.ecs.available_instance_types(REGION, ZONE)
    assert offers["ecs.g7.large"] is True
    cloud.faults.no_stock("ecs.g7.large", ZONE)
    offers = client.ecs.available_instance_types(REGION, ZONE)
    assert offers.get("ecs.g7.large", False) is False
    assert cloud.log[-1].params["InstanceChargeType"] == "PostPaid"
    client.ecs.available_instance_types(REGION, ZONE, charge_type="PrePaid")
    assert cloud.log[-1].params["InstanceChargeType"] == "PrePaid"


def test_system_disks_on_sale_for_a_type(client: Cloud) -> None:
    offers = client.ecs.available_system_disks(REGION, ZONE, "ecs.g7.large")
    assert offers[0] == DiskOffer(category="cloud_essd", min_size=20, max_size=2048, in_stock=True)
    assert len(offers) > 1


def test_data_disks_on_sale_for_a_type(cloud: Emulator, client: Cloud) -> None:
    offers = client.ecs.available_data_disks(
        REGION, ZONE, "ecs.g7.large", system_category="cloud_essd", category="cloud_essd"
    )
    assert offers[0] == DiskOffer(category="cloud_essd", min_size=20, max_size=65536, in_stock=True)
    asked = cloud.log[-1].params
    assert (asked["DestinationResource"], asked["SystemDiskCategory"]) == ("DataDisk", "cloud_essd")


@pytest.mark.parametrize(("unit", "period"), [("hour", 1), ("month", 1), ("month", 3), ("year", 2)])
def test_the_price_is_the_trade_price_of_the_whole_period(client: Cloud, unit: Any, period: int) -> None:
    asked: dict[str, Any] = {
        "instance_type": "ecs.g7.large",
        "system_disk": {"Category": "cloud_essd", "Size": 40, "PerformanceLevel": "PL1"},
        "bandwidth": 5,
    }
    price = client.ecs.describe_price(REGION, **asked, unit=unit, period=period)
    sent = body(
        client,
        "ecs",
        "DescribePrice",
        ResourceType="instance",
        InstanceType="ecs.g7.large",
        InternetMaxBandwidthOut=5,
        SystemDisk={"Category": "cloud_essd", "Size": 40, "PerformanceLevel": "PL1"},
        PriceUnit=unit.capitalize(),
        Period=period,
    )["PriceInfo"]["Price"]
    assert (price.amount, price.currency) == (sent["TradePrice"], sent["Currency"])
    assert price.amount > 0
    with_data = client.ecs.describe_price(
        REGION, **asked, unit=unit, period=period, data_disks=[{"Category": "cloud_essd", "Size": 100}]
    )
    assert with_data.amount > price.amount
    three = client.ecs.describe_price(
        REGION, **asked, unit=unit, period=period, image_id="m-emulator-base-hz", count=3
    )
    assert three.amount == pytest.approx(3 * price.amount)


def test_the_price_of_a_disk_is_that_of_an_hour(cloud: Emulator, client: Cloud) -> None:
    price = client.ecs.describe_disk_price(REGION, category="cloud_essd", size=100, performance_level="PL1")
    asked = cloud.log[-1].params
    assert (asked["ResourceType"], asked["PriceUnit"]) == ("disk", "Hour")
    wanted = [{"Category": "cloud_essd", "Size": 100, "PerformanceLevel": "PL1"}]
    sent = body(client, "ecs", "DescribePrice", ResourceType="disk", DataDisk=wanted)["PriceInfo"]["Price"]
    assert (price.amount, price.currency) == (sent["TradePrice"], sent["Currency"])
    assert price.amount > 0


def test_instance_types_that_can_boot_an_image(client: Cloud) -> None:
    arm = "ubuntu_22_04_arm64_20G_alibase_20260915.vhd"
    found = client.ecs.describe_image_support_instance_types(REGION, arm)
    assert "ecs.g8y.large" in found
    assert "ecs.g7.large" not in found
    assert client.ecs.describe_image_support_instance_types(REGION, arm, change_os=True)


def test_which_agents_are_alive_where_some_instances_are_off_or_gone(client: Cloud) -> None:
    ids = ["i-emulator-web-old", "i-emulator-idle", "i-none"]
    assert client.ecs.cloud_assistant_alive(REGION, ids) == {"i-emulator-web-old"}
    assert client.ecs.cloud_assistant_alive(REGION, ["i-none"]) == frozenset()
    assert client.ecs.cloud_assistant_alive(REGION, []) == frozenset()


def test_the_console_is_text(client: Cloud) -> None:
    sent = body(
        client, "ecs", "GetInstanceConsoleOutput", InstanceId="i-emulator-web-old", RemoveSymbols=True
    )
    text = client.ecs.get_instance_console_output(REGION, "i-emulator-web-old")
    assert text == base64.b64decode(sent["ConsoleOutput"]).decode()
    assert text
