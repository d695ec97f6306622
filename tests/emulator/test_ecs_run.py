"""``RunInstances``: every precondition, and what it makes."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from swaslift.emulator import Emulator
from swaslift.emulator.inventory import default
from tests.emulator.conftest import START
from tests.emulator.ecs_steps import ABROAD, BASE, CENTOS, GROUP, IDLE, PUBLIC, WEB, WIKI, WIN, Ecs
from tests.emulator.swas_steps import Steps

ARM = "ubuntu_22_04_arm64_20G_alibase_20260915.vhd"
LONG_TEXT = base64.b64encode(b"x" * 33_000).decode()


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        # amounts and words
        ({"Amount": 0}, (400, "InvalidMaxAmount.Malformed")),
        ({"Amount": 101}, (400, "InvalidMaxAmount.Malformed")),
        ({"Amount": 2, "MinAmount": 3}, (400, "InvalidMinAmount.Malformed")),
        ({"InstanceName": "1"}, (400, "InvalidInstanceName.Malformed")),
        ({"InstanceName": "http://x"}, (400, "InvalidInstanceName.Malformed")),
        ({"Description": "x"}, (400, "InvalidDescription.Malformed")),
        ({"Tag": [{"Key": "acs:a", "Value": ""}]}, (400, "InvalidTagKey.Malformed")),
        ({"Tag": [{"Key": "a"}, {"Key": "a"}]}, (400, "Duplicate.TagKey")),
        ({"Tag": [{"Key": f"k{n}"} for n in range(21)]}, (400, "NumberExceed.Tags")),
        ({"UserData": "!"}, (400, "InvalidUserData.Base64FormatInvalid")),
        ({"UserData": LONG_TEXT}, (400, "InvalidUserData.SizeExceeded")),
        # type, zone, stock
        ({"InstanceType": None}, (400, "MissingParameter")),
        ({"InstanceType": "ecs.none"}, (400, "InvalidInstanceType.ValueNotSupported")),
        (
            {"InstanceType": "ecs.t6-c1m1.large", "VSwitchId": "vsw-emulator-hz-h"},
            (403, "InvalidInstanceType.ZoneNotSupported"),
        ),
        ({"InstanceType": "ecs.c6.large"}, (403, "OperationDenied.NoStock")),
        # network
        ({"VSwitchId": None}, (400, "MissingParameter")),
        ({"VSwitchId": "vsw-unknown"}, (404, "InvalidVSwitchId.NotFound")),
        ({"VSwitchId": "vsw-emulator-sh-l"}, (404, "InvalidVSwitchId.NotFound")),
        ({"ZoneId": "cn-hangzhou-h"}, (403, "InvalidParameter.NotMatch")),
        ({"ZoneId": "cn-mars-a"}, (404, "InvalidZoneId.NotFound")),
        ({"SecurityGroupId": None}, (400, "MissingParameter")),
        ({"SecurityGroupId": "sg-unknown"}, (404, "InvalidSecurityGroupId.NotFound")),
        ({"SecurityGroupId": "sg-emulator-hz-other"}, (400, "InvalidParameter.Mismatch")),
        ({"SecurityGroupIds": [GROUP]}, (400, "InvalidSecurityGroupId.SingleIdAndMultiIdConflict")),
        (
            {"SecurityGroupId": None, "SecurityGroupIds": [GROUP, GROUP]},
            (400, "InvalidParameter.SecurityGroupIdRepeated"),
        ),
        ({"PrivateIpAddress": "10.0.0.1"}, (400, "InvalidPrivateIpAddress")),
        ({"PrivateIpAddress": "here"}, (400, "InvalidPrivateIpAddress.Malformed")),
        ({"InternetMaxBandwidthOut": 101}, (400, "InvalidParameter")),
        ({"InternetMaxBandwidthIn": 200}, (400, "InvalidInternetMaxBandwidthIn.Malformed")),
        ({"InternetChargeType": "PayLater"}, (400, "InvalidInternetChargeType.ValueNotSupported")),
        # image
        ({"ImageId": None}, (400, "MissingParameter")),
        ({"ImageId": "m-unknown"}, (404, "InvalidImageId.NotFound")),
        ({"ImageFamily": "base"}, (400, "UnexpectedImageFamily.ImageIdSupplied")),
        ({"ImageId": None, "ImageFamily": "none"}, (403, "InvalidImageFamily.MissingAvailableImage")),
        ({"ImageId": ARM}, (400, "InvalidParameter.Conflict")),
        ({"InstanceType": "ecs.g8y.large"}, (400, "InvalidParameter.Conflict")),
        ({"ImageId": CENTOS, "InstanceType": "ecs.g8i.large"}, (403, "InvalidParameter.NotMatch")),
        (
            {"ImageId": CENTOS, "ImageOptions": {"LoginAsNonRoot": True}},
            (400, "LoginAsNonRoot.ImageNotSupport"),
        ),
        # login
        ({"Password": "short"}, (400, "InvalidPassword.Malformed")),
        ({"Password": "alllowercase1"}, (400, "InvalidPassword.Malformed")),
        ({"ImageId": WIN, "Password": "/Rehearsal1"}, (400, "InvalidPassword.Malformed")),
        ({"Password": "Rehearsal-1", "PasswordInherit": True}, (400, "InvalidPasswordParam.Mismatch")),
        ({"KeyPairName": "unknown"}, (404, "InvalidKeyPairName.NotFound")),
        ({"KeyPairName": "ops", "ImageId": WIN}, (403, "DependencyViolation.WindowsInstance")),
        ({"HostName": "-x"}, (400, "InvalidHostName.Malformed")),
        ({"HostName": "a-very-long-name", "ImageId": WIN}, (400, "InvalidHostName.Malformed")),
        # disks
        ({"SystemDisk": {"Category": "tape"}}, (400, "InvalidSystemDiskCategory.ValueNotSupported")),
        ({"SystemDisk": {"Category": "cloud_ssd"}}, (403, "InvalidInstanceType.NotSupportDiskCategory")),
        (
            {"SystemDisk": {"Category": "cloud_auto"}, "VSwitchId": "vsw-emulator-hz-h"},
            (403, "OperationDenied.ZoneSystemCategoryNotMatch"),
        ),
        ({"SystemDisk": {"Size": "x"}}, (400, "InvalidSystemDiskSize.ValueNotSupported")),
        ({"SystemDisk": {"Size": "19"}}, (404, "InvalidSystemDiskSize.LessThanImageSize")),
        (
            {"SystemDisk": {"Size": "300", "Category": "cloud_essd", "PerformanceLevel": "PL2"}},
            (404, "InvalidSystemDiskSize.LessThanMinSize"),
        ),
        ({"SystemDisk": {"Size": "2049"}}, (404, "InvalidSystemDiskSize.MoreThanMaxSize")),
        (
            {"SystemDisk": {"Category": "cloud_essd", "PerformanceLevel": "PL9"}},
            (400, "InvalidPerformanceLevel.Malformed"),
        ),
        ({"SystemDisk": {"KMSKeyId": "key-1"}}, (400, "InvalidEncrypted.NotMatchKmsKeyId")),
        ({"DataDisk": [{"Category": "cloud_essd"}]}, (400, "InvalidDataDiskSize.ValueNotSupported")),
        (
            {"DataDisk": [{"Category": "cloud_essd", "Size": 5}]},
            (400, "InvalidDataDiskSize.ValueNotSupported"),
        ),
        (
            {"DataDisk": [{"Category": "tape", "Size": 50}]},
            (400, "InvalidDataDiskCategory.ValueNotSupported"),
        ),
        ({"DataDisk": [{"Size": 50, "Device": "/dev/xvdb"}]}, (400, "InvalidDataDevice.Malformed")),
        ({"DataDisk": [{"Size": 50}] * 17}, (400, "InstanceDiskNumber.LimitExceed")),
        ({"DataDisk": [{"SnapshotId": "s-unknown"}]}, (404, "InvalidDataDiskSnapshotId.NotFound")),
        # money and time
        ({"InstanceChargeType": "Free"}, (404, "InvalidInstanceChargeType.NotFound")),
        ({"InstanceChargeType": "PrePaid", "Period": 11}, (400, "InvalidPeriod")),
        ({"InstanceChargeType": "PrePaid", "PeriodUnit": "Week", "Period": 5}, (400, "InvalidPeriod")),
        ({"SpotStrategy": "Cheap"}, (400, "InvalidSpotStrategy")),
        ({"SpotStrategy": "SpotAsPriceGo", "InstanceChargeType": "PrePaid"}, (400, "InvalidSpotPrepaid")),
        ({"AutoPay": False}, (501, "EmulatorNotImplemented")),
        ({"IoOptimized": "none"}, (400, "InvalidIoOptimize.ValueNotSupported")),
        ({"AutoReleaseTime": "2026-11-01T08:10:00Z"}, (400, "InvalidAutoReleaseTime.Malformed")),
        ({"AutoReleaseTime": "tomorrow"}, (400, "InvalidAutoReleaseTime.Malformed")),
        ({"Amount": 100, "InstanceChargeType": "PrePaid"}, (403, "InsufficientBalance")),
        # dry
        ({"DryRun": True}, (400, "DryRunOperation")),
    ],
)
def test_a_wrong_order_is_refused(cloud: Emulator, changes: dict[str, Any], refusal: tuple[int, str]) -> None:
    ecs = Ecs(cloud)
    before = len(cloud.world.ecs.instances)
    assert ecs.refused("RunInstances", **ecs.order(**changes)) == refusal
    assert len(cloud.world.ecs.instances) == before


def test_a_poor_account_cannot_run_anything() -> None:
    data = default()
    for account in data["accounts"]:
        account["balance"] = 0.1
    with Emulator(data, speed=None, start=START) as cloud:
        ecs = Ecs(cloud)
        assert ecs.refused("RunInstances", **ecs.order()) == (403, "InsufficientBalance")


def test_subscriptions_are_paid_and_the_money_is_gone(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    made = ecs.do("RunInstances", **ecs.order(InstanceChargeType="PrePaid", Period=12))
    assert made["OrderId"]
    assert made["TradePrice"] > 2000
    order = ecs.order(InstanceChargeType="PrePaid", Period=60)
    assert ecs.refused("RunInstances", **order) == (403, "InsufficientBalance")
    ecs.wait(3)
    seen = ecs.instance(made["InstanceIdSets"]["InstanceIdSet"][0])
    assert (seen["InstanceChargeType"], seen["ExpiredTime"][:7]) == ("PrePaid", "2027-10")


def test_the_vcpu_quota_holds(cloud: Emulator) -> None:
    cloud.world.ecs.attributes["max-postpaid-instance-vcpu-count"] = ["9"]
    ecs = Ecs(cloud)
    ecs.run()
    assert ecs.refused("RunInstances", **ecs.order()) == (403, "QuotaExceed.ElasticQuota")


def test_the_addresses_of_a_vswitch_run_out(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    small = ecs.do(
        "CreateVSwitch", VpcId="vpc-emulator-hz", ZoneId="cn-hangzhou-i", CidrBlock="172.20.9.0/29"
    )
    fresh = ecs.order(VSwitchId=small["VSwitchId"], Amount=4)
    assert ecs.refused("RunInstances", **fresh) == (400, "IncorrectVSwitchStatus")
    ecs.wait(10)
    made = ecs.run_all(**fresh)
    ecs.wait(5)
    assert len({ecs.instance(i)["VpcAttributes"]["PrivateIpAddress"]["IpAddress"][0] for i in made}) == 4
    assert ecs.refused("RunInstances", **(fresh | {"Amount": 1})) == (400, "QuotaExceeded.PrivateIpAddress")


def test_an_address_is_given_once(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    ecs.run(PrivateIpAddress="172.20.2.200")
    order = ecs.order(PrivateIpAddress="172.20.2.200")
    assert ecs.refused("RunInstances", **order) == (400, "InvalidPrivateIpAddress.Duplicated")


def test_a_type_sold_out_on_demand_comes_back_when_cleared(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    cloud.faults.no_stock("ecs.g7.large", "cn-hangzhou-i")
    assert ecs.refused("RunInstances", **ecs.order()) == (403, "OperationDenied.NoStock")
    assert ecs.run(VSwitchId="vsw-emulator-hz-h")
    cloud.faults.clear()
    assert ecs.run()


def test_an_image_must_be_available_and_usable(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    image = ecs.do("CreateImage", InstanceId=WEB)["ImageId"]
    assert ecs.refused("RunInstances", **ecs.order(ImageId=image)) == (403, "OperationDenied.ImageNotValid")


def test_an_image_lives_in_its_region_only(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    order = ecs.order(
        RegionId=ABROAD,
        ImageId=BASE,
        VSwitchId="vsw-emulator-sgp-a",
        SecurityGroupId="sg-emulator-sgp-web",
    )
    assert ecs.refused("RunInstances", **order) == (404, "InvalidImageId.NotFound")


def test_a_shared_encrypted_image_needs_an_encrypted_disk(cloud: Emulator) -> None:
    ecs, partner = Ecs(cloud, "LTAIemulator0001"), Ecs(cloud)
    safe = partner.copy(to="cn-hangzhou", name="safe", Encrypted=True, KMSKeyId="key-1")
    partner.wait()
    partner.do("ModifyImageSharePermission", ImageId=safe, AddAccount=["6543210987654321"])
    vpc = ecs.do("CreateVpc", CidrBlock="10.0.0.0/16")["VpcId"]
    ecs.wait(10)
    switch = ecs.do("CreateVSwitch", VpcId=vpc, ZoneId="cn-hangzhou-i", CidrBlock="10.0.0.0/24")["VSwitchId"]
    group = ecs.do("CreateSecurityGroup", VpcId=vpc)["SecurityGroupId"]
    ecs.wait(10)
    order = ecs.order(ImageId=safe, VSwitchId=switch, SecurityGroupId=group)
    assert ecs.refused("RunInstances", **order) == (400, "InvalidParam.EncryptedMismatch")
    assert ecs.run(**order, SystemDisk={"Encrypted": "true"})


# What it makes.


def test_an_instance_is_pending_then_starting_then_running(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    instance = ecs.run()
    assert ecs.status(instance) == ""
    ecs.wait(2)
    assert ecs.status(instance) == "Pending"
    ecs.wait(8)
    assert ecs.status(instance) == "Starting"
    ecs.wait(60)
    assert ecs.status(instance) == "Running"
    assert ecs.instance(instance)["StartTime"] == "2026-11-01T08:00Z"


def test_an_order_is_carried_out_in_full(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    instance = ecs.running(
        InstanceName="shop",
        HostName="shop-1",
        Description="the shop",
        KeyPairName="ops",
        InternetMaxBandwidthOut=5,
        PrivateIpAddress="172.20.2.77",
        DeletionProtection=True,
        ResourceGroupId="rg-shop",
        Tag=[{"Key": "run", "Value": "7"}],
        SystemDisk={"Category": "cloud_essd", "Size": "60", "PerformanceLevel": "PL0", "DiskName": "root"},
    )
    seen = ecs.instance(instance)
    expected = {
        "InstanceName": "shop",
        "HostName": "shop-1",
        "Description": "the shop",
        "KeyPairName": "ops",
        "ImageId": PUBLIC,
        "InstanceType": "ecs.g7.large",
        "ZoneId": "cn-hangzhou-i",
        "Cpu": 2,
        "Memory": 8192,
        "DeletionProtection": True,
        "ResourceGroupId": "rg-shop",
        "InternetMaxBandwidthOut": 5,
        "Tags": {"Tag": [{"TagKey": "run", "TagValue": "7"}]},
        "SecurityGroupIds": {"SecurityGroupId": [GROUP]},
        "StoppedMode": "Not-applicable",
        "OperationLocks": {"LockReason": []},
    }
    assert {k: seen[k] for k in expected} == expected
    assert seen["VpcAttributes"]["PrivateIpAddress"]["IpAddress"] == ["172.20.2.77"]
    assert len(seen["PublicIpAddress"]["IpAddress"]) == 1
    disk = ecs.system_disk(instance)
    got = (disk["Size"], disk["Category"], disk["PerformanceLevel"], disk["DiskName"], disk["Status"])
    assert got == (60, "cloud_essd", "PL0", "root", "In_use")


def test_without_bandwidth_there_is_no_public_address(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    assert ecs.instance(ecs.running())["PublicIpAddress"]["IpAddress"] == []


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("ecs.g6.large", (40, "cloud_efficiency", None)),
        ("ecs.g7.large", (40, "cloud_essd", "PL0")),
    ],
)
def test_the_default_disk_follows_the_type(
    cloud: Emulator, kind: str, expected: tuple[int, str, str | None]
) -> None:
    ecs = Ecs(cloud)
    disk = ecs.system_disk(ecs.running(InstanceType=kind))
    assert (disk["Size"], disk["Category"], disk.get("PerformanceLevel")) == expected


def test_a_password_wins_over_a_key_pair(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    assert ecs.instance(ecs.running(KeyPairName="ops", Password="Rehearsal-1"))["KeyPairName"] == ""


def test_the_data_disks_of_an_image_come_first(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    image = ecs.do("CreateImage", InstanceId=IDLE)["ImageId"]
    ecs.wait()
    instance = ecs.running(
        ImageId=image,
        DataDisk=[{"Device": "/dev/xvdb", "Size": 150}, {"Size": 30, "DeleteWithInstance": False}],
    )
    disks = sorted(ecs.disks(instance), key=lambda d: d["Device"])
    assert [(d["Device"], d["Size"], d["Type"], d["DeleteWithInstance"]) for d in disks] == [
        ("/dev/xvda", 40, "system", True),
        ("/dev/xvdb", 150, "data", True),
        ("/dev/xvdc", 30, "data", False),
    ]
    assert disks[1]["SourceSnapshotId"]
    small = ecs.order(ImageId=image, DataDisk=[{"Device": "/dev/xvdb", "Size": 90}])
    assert ecs.refused("RunInstances", **small) == (403, "InvalidDiskSize.TooSmall")


def test_a_shared_image_with_a_data_disk_makes_both_disks(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    data = Steps(cloud).snapshot(WIKI, "data", "data")
    instance = ecs.running(ImageId=ecs.shared(WIKI, "wiki", DataSnapshotId=data))
    assert sorted(d["Size"] for d in ecs.disks(instance)) == [40, 60]


def test_a_data_disk_of_a_snapshot_is_at_least_as_large(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    data = ecs.snapshot("d-emulator-idle-data")
    order = ecs.order(DataDisk=[{"SnapshotId": data, "Size": 20}])
    assert ecs.refused("RunInstances", **order) == (403, "InvalidSnapshotId.NotReady")
    ecs.wait()
    instance = ecs.running(**order)
    assert sorted(d["Size"] for d in ecs.disks(instance)) == [40, 100]
    system = ecs.snapshot("d-emulator-idle")
    wrong = ecs.order(DataDisk=[{"SnapshotId": system}])
    assert ecs.refused("RunInstances", **wrong) == (403, "InvalidSnapshotId.NotDataDiskSnapshot")


def test_an_image_family_means_its_newest_image(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    assert ecs.instance(ecs.running(ImageId=None, ImageFamily="base"))["ImageId"] == BASE


def test_many_instances_are_made_at_once_and_one_token_makes_them_once(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    first = ecs.run_all(Amount=3, ClientToken="t")
    assert ecs.run_all(Amount=3, ClientToken="t") == first
    assert len(set(first)) == 3
    assert ecs.refused("RunInstances", **ecs.order(ClientToken="t")) == (400, "IdempotentParameterMismatch")


def test_several_are_told_apart_by_a_suffix_when_asked(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    made = ecs.run_all(Amount=3, InstanceName="web-", HostName="web", UniqueSuffix=True)
    plain = ecs.run_all(Amount=2, InstanceName="web-")
    assert [ecs.record("instances", i).name for i in made] == ["web-001", "web-002", "web-003"]
    assert [ecs.record("instances", i).host_name for i in made] == ["web001", "web002", "web003"]
    assert {ecs.record("instances", i).name for i in plain} == {"web-"}


def test_with_a_least_number_what_is_in_stock_is_made(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    cloud.faults.few_in_stock("ecs.g7.large", 3)
    sold_out = (403, "OperationDenied.NoStock")
    assert ecs.refused("RunInstances", **ecs.order(Amount=5)) == sold_out
    assert ecs.refused("RunInstances", **ecs.order(Amount=5, MinAmount=4)) == sold_out
    assert len(ecs.run_all(Amount=5, MinAmount=2)) == 3
    assert ecs.refused("RunInstances", **ecs.order()) == sold_out
    cloud.faults.clear()
    assert len(ecs.run_all(Amount=5, MinAmount=2)) == 5


def test_an_instance_may_disappear_before_it_has_started(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    cloud.faults.fail_resource("ecs_instance")
    cloud.faults.stall("ecs_instance")
    lost, stuck, good = ecs.run_all(Amount=3)
    ecs.wait(6)
    seen = ecs.do("DescribeInstances")["Instances"]["Instance"]
    assert {i["InstanceId"]: i["Status"] for i in seen}[lost] == "Starting"
    ecs.wait()
    seen = ecs.do("DescribeInstances")["Instances"]["Instance"]
    states = {i["InstanceId"]: i["Status"] for i in seen}
    assert lost not in states
    assert (states[stuck], states[good]) == ("Pending", "Running")
    assert not [d for d in ecs.do("DescribeDisks")["Disks"]["Disk"] if d["InstanceId"] == lost]


def test_an_instance_with_a_release_time_goes_by_itself(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    kept = [{"Size": 30, "Category": "cloud_essd", "DeleteWithInstance": False}]
    instance = ecs.running(AutoReleaseTime="2026-11-01T10:00:00Z", DataDisk=kept)
    disk = ecs.system_disk(instance)["DiskId"]
    data = next(d["DiskId"] for d in ecs.disks(instance) if d["Type"] == "data")
    ecs.wait(7200)
    assert ecs.status(instance) == ""
    assert ecs.do("DescribeDisks", DiskIds=f'["{disk}"]')["TotalCount"] == 0
    assert ecs.disk(data)["Status"] == "Available"
