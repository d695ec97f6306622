"""Reading, starting, stopping, changing and releasing instances."""

from __future__ import annotations

import json
from typing import Any

import pytest

from swaslift.emulator import Emulator
from swaslift.emulator.inventory import default
from tests.emulator.conftest import START
from tests.emulator.ecs_steps import ABROAD, IDLE, LOCKED, SGP, WEB, Ecs

WRONG = (403, "IncorrectInstanceStatus")
SECURITY = (403, "InstanceLockedForSecurity")
UNKNOWN = (404, "InvalidInstanceId.NotFound")
EMPTY = "sg-emulator-hz-empty"
OTHER = "sg-emulator-hz-other"


def _ids(answer: dict[str, Any]) -> set[str]:
    return {i["InstanceId"] for i in answer["Instances"]["Instance"]}


# Reading.


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, {WEB, LOCKED, IDLE}),
        ({"InstanceIds": json.dumps([WEB, "i-unknown"])}, {WEB}),
        ({"InstanceIds": "[]"}, set()),
        ({"InstanceName": "web*"}, {WEB}),
        ({"InstanceName": "web"}, set()),
        ({"Status": "Stopped"}, {IDLE}),
        ({"KeyPairName": "ops"}, {WEB, IDLE}),
        ({"LockReason": "security"}, {LOCKED}),
        ({"Tag": [{"Key": "role"}]}, {WEB}),
        ({"SecurityGroupId": EMPTY}, set()),
        ({"VpcId": "vpc-emulator-hz", "ZoneId": "cn-hangzhou-i"}, {WEB, LOCKED, IDLE}),
        ({"InstanceTypeFamily": "ecs.g7", "InstanceChargeType": "PostPaid"}, {WEB, LOCKED, IDLE}),
        ({"PublicIpAddresses": '["203.0.113.21"]'}, {WEB}),
        ({"InstanceNetworkType": "classic"}, set()),
        ({"RegionId": ABROAD}, {SGP}),
    ],
)
def test_the_filters_narrow_the_list(cloud: Emulator, query: dict[str, Any], found: set[str]) -> None:
    assert _ids(Ecs(cloud).do("DescribeInstances", **query)) == found


@pytest.mark.parametrize(
    ("query", "refusal"),
    [
        ({"Status": "Sleeping"}, (404, "InvalidStatus.NotFound")),
        ({"InstanceChargeType": "Free"}, (404, "InvalidInstanceChargeType.NotFound")),
        ({"InternetChargeType": "Free"}, (404, "InvalidInternetChargeType.ValueNotSupported")),
        ({"InstanceNetworkType": "ring"}, (404, "InvalidNetworkType.NotFound")),
        ({"LockReason": "boredom"}, (404, "InvalidLockReason.NotFound")),
        ({"InstanceIds": json.dumps([f"i-{n}" for n in range(101)])}, (400, "InvalidParameter")),
        ({"NextToken": "x"}, (400, "InvalidParameter")),
        ({"DryRun": True}, (400, "DryRunOperation")),
        ({"RegionId": "cn-qingdao"}, (404, "InvalidRegionId.NotFound")),
    ],
)
def test_a_wrong_query_is_refused(cloud: Emulator, query: dict[str, Any], refusal: tuple[int, str]) -> None:
    assert Ecs(cloud).refused("DescribeInstances", **query) == refusal


def test_tokens_lead_through_all_pages(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    ecs.run_all(Amount=20)
    ecs.wait(5)
    seen: list[str] = []
    query: dict[str, Any] = {"MaxResults": 1}
    while True:
        answer = ecs.do("DescribeInstances", **query)
        seen += _ids(answer)
        assert len(_ids(answer)) <= 10
        if "NextToken" not in answer:
            break
        query["NextToken"] = answer["NextToken"]
    assert len(seen) == len(set(seen)) == answer["TotalCount"] == 23


def test_another_account_sees_nothing(cloud: Emulator) -> None:
    other = Ecs(cloud, "LTAIemulator0001")
    assert other.do("DescribeInstances")["TotalCount"] == 0
    assert other.refused("StopInstance", InstanceId=WEB) == UNKNOWN


def test_the_state_of_many_is_read_at_once(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    answer = ecs.do("DescribeInstanceStatus", InstanceId=[WEB, IDLE, "i-unknown"])
    assert {s["InstanceId"]: s["Status"] for s in answer["InstanceStatuses"]["InstanceStatus"]} == {
        WEB: "Running",
        IDLE: "Stopped",
    }
    assert ecs.refused("DescribeInstanceStatus", ZoneId="x") == (404, "InvalidZoneId.NotFound")
    assert ecs.refused("DescribeInstanceStatus", PageSize=51) == (400, "InvalidParameter")
    many = [f"i-{n}" for n in range(101)]
    refused = ecs.refused("DescribeInstanceStatus", InstanceId=many)
    assert refused == (403, "InvalidParameter.TooManyInstanceIds")


def test_one_instance_is_described_without_a_region(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    assert ecs.do("DescribeInstanceAttribute", InstanceId=SGP)["RegionId"] == ABROAD
    assert ecs.refused("DescribeInstanceAttribute", InstanceId="i-unknown") == UNKNOWN
    locks = ecs.do("DescribeInstanceAttribute", InstanceId=LOCKED)["OperationLocks"]
    assert locks == {"LockReason": [{"LockReason": "security"}]}


# Power.


def test_stop_and_start(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    address = ecs.instance(WEB)["PublicIpAddress"]["IpAddress"]
    ecs.do("StopInstance", InstanceId=WEB)
    assert ecs.status(WEB) == "Stopping"
    ecs.wait(60)
    stopped = ecs.instance(WEB)
    assert (stopped["Status"], stopped["StoppedMode"]) == ("Stopped", "KeepCharging")
    assert stopped["PublicIpAddress"]["IpAddress"] == address
    ecs.do("StartInstance", InstanceId=WEB)
    assert ecs.status(WEB) == "Starting"
    ecs.wait(90)
    started = ecs.instance(WEB)
    assert (started["Status"], started["StoppedMode"]) == ("Running", "Not-applicable")
    assert started["PublicIpAddress"]["IpAddress"] == address


def test_a_stop_without_charge_gives_the_address_and_the_place_away(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    address = ecs.instance(WEB)["PublicIpAddress"]["IpAddress"]
    ecs.do("StopInstance", InstanceId=WEB, StoppedMode="StopCharging")
    ecs.wait(60)
    assert ecs.instance(WEB)["PublicIpAddress"]["IpAddress"] == []
    cloud.faults.no_stock("ecs.g7.large")
    assert ecs.refused("StartInstance", InstanceId=WEB) == (403, "OperationDenied.NoStock")
    cloud.faults.clear()
    ecs.do("StartInstance", InstanceId=WEB)
    ecs.wait(90)
    fresh = ecs.instance(WEB)["PublicIpAddress"]["IpAddress"]
    assert len(fresh) == 1
    assert fresh != address


def test_a_restart_is_starting_before_it_is_running_again(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    ecs.do("RebootInstance", InstanceId=WEB)
    assert ecs.status(WEB) == "Starting"
    assert ecs.refused("RebootInstance", InstanceId=WEB) == WRONG
    ecs.wait(120)
    assert ecs.status(WEB) == "Running"


@pytest.mark.parametrize(
    ("action", "order", "refusal"),
    [
        ("StartInstance", {"InstanceId": WEB}, WRONG),
        ("StopInstance", {"InstanceId": IDLE}, WRONG),
        ("RebootInstance", {"InstanceId": IDLE}, WRONG),
        ("DeleteInstance", {"InstanceId": WEB}, WRONG),
        ("StopInstance", {"InstanceId": WEB, "StoppedMode": "Sometimes"}, (400, "InvalidParameter")),
        *(
            (a, {"InstanceId": LOCKED}, SECURITY)
            for a in ("StopInstance", "RebootInstance", "DeleteInstance")
        ),
        *(
            (a, {"InstanceId": "i-unknown"}, UNKNOWN)
            for a in ("StartInstance", "StopInstance", "RebootInstance", "DeleteInstance")
        ),
        ("StartInstance", {"InstanceId": IDLE, "DryRun": True}, (400, "DryRunOperation")),
        ("StopInstance", {"InstanceId": WEB, "DryRun": True}, (400, "DryRunOperation")),
        ("RebootInstance", {"InstanceId": WEB, "DryRun": True}, (400, "DryRunOperation")),
        ("DeleteInstance", {"InstanceId": IDLE, "DryRun": True}, (400, "DryRunOperation")),
    ],
)
def test_a_wrong_step_is_refused(
    cloud: Emulator, action: str, order: dict[str, Any], refusal: tuple[int, str]
) -> None:
    ecs = Ecs(cloud)
    before = {i: ecs.status(i) for i in (WEB, IDLE, LOCKED)}
    assert ecs.refused(action, **order) == refusal
    assert {i: ecs.status(i) for i in (WEB, IDLE, LOCKED)} == before


def test_nothing_starts_without_money() -> None:
    data = default()
    for account in data["accounts"]:
        account["balance"] = 0
    with Emulator(data, speed=None, start=START) as cloud:
        assert Ecs(cloud).refused("StartInstance", InstanceId=IDLE) == (403, "InsufficientBalance")


def test_nothing_starts_without_its_system_disk(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    ecs.do("DetachDisk", InstanceId=IDLE, DiskId="d-emulator-idle")
    assert ecs.refused("StartInstance", InstanceId=IDLE) == (403, "DiskError")
    ecs.wait(300)
    assert ecs.refused("StartInstance", InstanceId=IDLE) == (400, "InvalidInstance.NotFoundSystemDisk")


# Releasing.


def test_a_released_instance_is_gone_a_little_later_with_its_disks(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    ecs.do("DeleteInstance", InstanceId=IDLE)
    assert ecs.status(IDLE) == "Stopped"
    assert ecs.refused("StartInstance", InstanceId=IDLE) == WRONG
    ecs.wait(10)
    assert ecs.status(IDLE) == ""
    assert ecs.disks(IDLE) == []
    assert ecs.refused("StartInstance", InstanceId=IDLE) == UNKNOWN
    assert ecs.do("DescribeDisks", DiskIds='["d-emulator-idle", "d-emulator-idle-data"]')["TotalCount"] == 0


def test_a_running_instance_is_released_by_force(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    ecs.do("DeleteInstance", InstanceId=WEB, Force=True)
    assert ecs.status(WEB) == "Stopping"
    ecs.wait(10)
    assert ecs.status(WEB) == ""


def test_a_disk_that_is_to_stay_stays(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    instance = ecs.stopped(DataDisk=[{"Size": 30, "Category": "cloud_essd", "DeleteWithInstance": False}])
    data = next(d["DiskId"] for d in ecs.disks(instance) if d["Type"] == "data")
    ecs.do("DeleteInstance", InstanceId=instance)
    ecs.wait(10)
    left = ecs.do("DescribeDisks", DiskIds=json.dumps([data]))["Disks"]["Disk"]
    assert [(d["Status"], d["InstanceId"]) for d in left] == [("Available", "")]


def test_protection_pending_and_subscription_forbid_a_release(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    fresh = ecs.run()
    assert ecs.refused("DeleteInstance", InstanceId=fresh) == (403, "IncorrectInstanceStatus.Initializing")
    ecs.do("ModifyInstanceAttribute", InstanceId=IDLE, DeletionProtection=True)
    assert ecs.refused("DeleteInstance", InstanceId=IDLE) == (403, "InvalidOperation.DeletionProtection")
    paid = ecs.stopped(InstanceChargeType="PrePaid")
    assert ecs.refused("DeleteInstance", InstanceId=paid) == (403, "ChargeTypeViolation")
    ecs.wait(31 * 86_400)
    ecs.do("DeleteInstance", InstanceId=paid, TerminateSubscription=True)
