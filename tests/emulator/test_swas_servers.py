"""Servers: lists, purchases, power, expiry."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from swaslift.emulator import Emulator, Quirks
from swaslift.emulator.inventory import default
from tests.emulator.conftest import START
from tests.emulator.sdk import REGION, refusal
from tests.emulator.swas_steps import BATCH, EDGE, LONG, OLD_BLOG, SHOP, WIKI, WINDOWS, Steps


def names(rows: list[dict[str, Any]]) -> set[str]:
    return {row["InstanceName"] for row in rows}


def test_a_region_lists_its_own_servers(swas: Steps) -> None:
    assert names(swas.servers()) == {"shop", "wiki", "legacy-win", "old-blog", "batch"}
    assert names(swas.servers(RegionId="ap-southeast-1")) == {"edge-sg"}
    assert swas.servers(RegionId="cn-beijing") == []


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"InstanceName": "*i*"}, {"wiki", "legacy-win"}),
        ({"Status": "Stopped"}, {"batch"}),
        ({"InstanceIds": f'["{SHOP}","{WIKI}"]'}, {"shop", "wiki"}),
        ({"PublicIpAddresses": '["203.0.113.12"]'}, {"legacy-win"}),
        ({"InstanceIds": f'["{SHOP}"]', "PublicIpAddresses": '["203.0.113.12"]'}, set()),
        ({"Tag__1__Key": "env", "Tag__1__Value": "production"}, {"shop", "wiki"}),
        ({"Tag__1__Key": "env", "Tag__2__Key": "team"}, {"shop"}),
        ({"ResourceGroupId": "rg-other"}, set()),
        ({"PlanType": "NORMAL", "Status": "Running"}, {"shop", "wiki", "legacy-win"}),
        ({"PlanType": "OTHER"}, set()),
        ({"InstanceIds": '["nobody"]'}, set()),
    ],
)
def test_servers_are_filtered(swas: Steps, query: dict[str, Any], expected: set[str]) -> None:
    assert names(swas.servers(**query)) == expected


@pytest.mark.parametrize(
    ("said", "answer"),
    [("not_found", (404, "InvalidInstanceId.NotFound")), ("internal_error", (500, "InternalError"))],
)
def test_an_unknown_server_is_an_error_where_the_quirk_says_so(said: Any, answer: tuple[int, str]) -> None:
    with Emulator(speed=None, quirks=Quirks(unknown_server=said)) as cloud:
        swas = Steps(cloud)
        assert refusal(lambda: swas.servers(InstanceIds='["nobody"]')) == answer
        assert names(swas.servers(InstanceIds=f'["{SHOP}"]')) == {"shop"}


def test_lists_come_in_pages(swas: Steps) -> None:
    first = swas.do("ListInstances", PageSize=2)
    last = swas.do("ListInstances", PageSize=2, PageNumber=3)
    assert (first["TotalCount"], first["PageNumber"], first["PageSize"]) == (5, 1, 2)
    assert (len(first["Instances"]), len(last["Instances"])) == (2, 1)
    assert swas.do("ListInstances", PageNumber=9)["Instances"] == []


@pytest.mark.parametrize(
    "query", [{"PageSize": 101}, {"PageSize": 0}, {"PageNumber": 0}, {"PageNumber": 1001}]
)
def test_a_page_outside_the_limits_is_refused(swas: Steps, query: dict[str, Any]) -> None:
    assert refusal(lambda: swas.do("ListInstances", **query)) == (403, "InvalidParam")


def test_more_than_100_ids_are_refused(swas: Steps) -> None:
    ids = "[" + ",".join(f'"{n}"' for n in range(101)) + "]"
    assert refusal(lambda: swas.do("ListInstances", InstanceIds=ids)) == (403, "InvalidParam")
    assert refusal(lambda: swas.do("ListInstances", InstanceIds="[1]")) == (403, "InvalidParam")


def test_another_charge_type_is_refused(swas: Steps) -> None:
    refused = refusal(lambda: swas.do("ListInstances", ChargeType="PostPaid"))
    assert refused == (400, "InvalidChargeType.ValueNotSupported")


def test_a_bought_server_comes_up_by_itself(swas: Steps) -> None:
    [server] = swas.buy(Amount=1)
    swas.cloud.clock.advance(3)
    assert swas.status(server) == "Pending"
    swas.cloud.clock.advance(20)
    assert swas.status(server) == "Starting"
    swas.cloud.clock.advance(100)
    [row] = swas.servers(InstanceIds=f'["{server}"]')
    assert (row["Status"], row["PlanId"], row["ImageId"]) == (
        "Running",
        "swas.s.c2m2s40b4",
        "img-ubuntu-2204",
    )
    assert row["ExpiredTime"] == "2026-12-01T08:00:00Z"
    assert [(d["DiskType"], d["Size"]) for d in row["Disks"]] == [("system", 40)]
    ports = [r["Port"] for r in swas.do("ListFirewallRules", InstanceId=server)["FirewallRules"]]
    assert ports == ["22", "80", "443"]


def test_a_bought_server_is_listed_only_after_a_while(swas: Steps) -> None:
    [server] = swas.buy()
    assert swas.servers(InstanceIds=f'["{server}"]') == []
    assert swas.do("ListInstanceStatus", InstanceIds=f'["{server}"]')["InstanceStatuses"] == []
    assert swas.do("ListDisks", InstanceId=server)["Disks"] == []
    swas.cloud.clock.advance(2)
    assert len(swas.servers(InstanceIds=f'["{server}"]')) == 1
    assert len(swas.do("ListDisks", InstanceId=server)["Disks"]) == 1


def test_lists_can_be_made_to_lag(swas: Steps) -> None:
    swas.cloud.faults.late_visibility(30)
    [server] = swas.buy()
    swas.cloud.clock.advance(31.9)
    assert swas.servers(InstanceIds=f'["{server}"]') == []
    swas.cloud.clock.advance(0.1)
    assert len(swas.servers(InstanceIds=f'["{server}"]')) == 1


def test_without_lag_a_server_is_listed_at_once() -> None:
    with Emulator(speed=None, quirks=Quirks(visible_lag=0)) as cloud:
        swas = Steps(cloud)
        [server] = swas.buy()
        assert swas.status(server) == "Pending"


def test_several_servers_are_bought_at_once_and_paid(swas: Steps) -> None:
    before = swas.cloud.world.balance("1234567890123456")
    servers = swas.buy(Amount=3, Period=3, DataDiskSize=40)
    assert len(set(servers)) == 3
    assert swas.cloud.world.balance("1234567890123456") == before - 3 * 3 * 60
    swas.cloud.clock.advance(LONG)
    addresses = {row["PublicIpAddress"] for row in swas.servers()}
    assert len(addresses) == 8


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ({"image": "img-nothing"}, (404, "InvalidImageId.NotFound")),
        ({"plan": "swas.nothing"}, (404, "InvalidPlanId.NotFound")),
        ({"Period": 2}, (400, "InvalidPeriod.ValueNotSupported")),
        ({"Period": "soon"}, (400, "InvalidPeriod.ValueNotSupported")),
        ({"Amount": 0}, (400, "InvalidAmount.ValueNotSupported")),
        ({"Amount": 21}, (400, "InvalidAmount.ValueNotSupported")),
        ({"DataDiskSize": 30}, (400, "InvalidDataDiskSize.ValueNotSupported")),
        ({"DataDiskSize": 16400}, (400, "InvalidDataDiskSize.ValueNotSupported")),
        ({"DataDiskSize": 20}, (400, "InvalidDataDiskSize.ValueNotSupported")),
        ({"ChargeType": "PostPaid"}, (400, "InvalidChargeType.ValueNotSupported")),
        ({"AutoRenew": True, "AutoRenewPeriod": 5}, (400, "InvalidAutoRenewPeriod.ValueNotSupported")),
        ({"image": "img-windows-2022"}, (400, "PlatformNotMatch")),
        ({"image": "img-windows-2022", "plan": "small-win"}, (400, "InvalidPlanIdSize.ValueNotSupported")),
        (
            {"image": "img-windows-2022", "plan": "little-memory"},
            (400, "InvalidPlanMemorySize.ValueNotSupported"),
        ),
        ({"plan": "swas.s.c4m16s100b8", "Period": 36, "Amount": 2}, (403, "PaymentFailed")),
    ],
)
def test_an_order_that_cannot_be_is_refused(order: dict[str, Any], expected: tuple[int, str]) -> None:
    inventory = default()
    plan = inventory["swas"]["plans"][3]
    inventory["swas"]["plans"] += [
        plan | {"plan_id": "small-win", "disk_size": 40},
        plan | {"plan_id": "little-memory", "memory": 1},
    ]
    with Emulator(inventory, speed=None) as cloud:
        before = len(cloud.world.swas.servers)
        assert refusal(lambda: Steps(cloud).buy(**order)) == expected
        assert len(cloud.world.swas.servers) == before
        assert cloud.world.spent == {}


def test_a_region_has_at_most_50_servers(swas: Steps) -> None:
    swas.buy(Amount=20)
    swas.buy(Amount=20)
    swas.buy(Amount=5)
    assert refusal(swas.buy) == (400, "ExceedAccountQuota")
    assert swas.buy(RegionId="cn-beijing")


def test_without_stock_nothing_is_bought(swas: Steps) -> None:
    swas.cloud.faults.no_stock("swas.s.c2m2s40b4")
    assert refusal(swas.buy) == (400, "NotEnoughStock")
    assert swas.buy(plan="swas.s.c2m2s50b3")
    refused = refusal(lambda: swas.do("UpgradeInstance", InstanceId=BATCH, PlanId="swas.s.c2m2s40b4"))
    assert refused == (500, "NotEnoughUpgradeStock")


def test_power_goes_through_its_states(swas: Steps) -> None:
    swas.do("StopInstance", InstanceId=SHOP)
    assert swas.status(SHOP) == "Stopping"
    swas.cloud.clock.advance(60)
    assert swas.status(SHOP) == "Stopped"
    swas.do("StartInstance", InstanceId=SHOP)
    assert swas.status(SHOP) == "Starting"
    swas.cloud.clock.advance(120)
    assert swas.status(SHOP) == "Running"
    swas.do("RebootInstance", InstanceId=SHOP)
    assert swas.status(SHOP) == "Starting"
    swas.cloud.clock.advance(180)
    assert swas.status(SHOP) == "Running"


@pytest.mark.parametrize(
    ("action", "server"),
    [
        ("StartInstance", SHOP),
        ("StopInstance", BATCH),
        ("RebootInstance", BATCH),
        ("StartInstance", OLD_BLOG),
        ("StopInstance", OLD_BLOG),
    ],
)
def test_a_server_in_the_wrong_state_refuses(swas: Steps, action: str, server: str) -> None:
    assert refusal(lambda: swas.do(action, InstanceId=server)) == (403, "IncorrectInstanceStatus")


@pytest.mark.parametrize(
    "action", ["StartInstance", "StopInstance", "RebootInstance", "UpdateInstanceAttribute", "ResetSystem"]
)
def test_an_unknown_server_is_not_found(swas: Steps, action: str) -> None:
    assert refusal(lambda: swas.do(action, InstanceId="nobody")) == (404, "InvalidInstanceId.NotFound")


def test_an_upgrade_goes_up_only(swas: Steps) -> None:
    higher = swas.do("ListInstancePlansModification", InstanceId=SHOP)["Plans"]
    assert "swas.s.c2m4s60b5" in {plan["PlanId"] for plan in higher}
    assert "swas.s.c2m1s40b3" not in {plan["PlanId"] for plan in higher}
    refused = refusal(lambda: swas.do("UpgradeInstance", InstanceId=SHOP, PlanId="swas.s.c2m1s40b3"))
    assert refused == (400, "InvalidPlanIdUpgrade.ValueNotSupported")
    refused = refusal(lambda: swas.do("UpgradeInstance", InstanceId=SHOP, PlanId="nothing"))
    assert refused == (404, "InvalidPlanId.NotFound")
    swas.do("UpgradeInstance", InstanceId=SHOP, PlanId="swas.s.c2m4s60b5")
    assert swas.status(SHOP) == "Upgrading"
    swas.cloud.clock.advance(LONG)
    [row] = swas.servers(InstanceIds=f'["{SHOP}"]')
    assert (row["Status"], row["PlanId"], row["ResourceSpec"]["DiskSize"]) == (
        "Running",
        "swas.s.c2m4s60b5",
        60,
    )
    assert 0 < swas.cloud.world.spent["1234567890123456"] < 35 * 12


def test_an_upgrade_that_cannot_be_paid_is_refused() -> None:
    inventory = default()
    for account in inventory["accounts"]:
        account["balance"] = 1
    with Emulator(inventory, speed=None) as cloud:
        swas = Steps(cloud)
        refused = refusal(lambda: swas.do("UpgradeInstance", InstanceId=SHOP, PlanId="swas.s.c2m4s60b5"))
        assert refused == (403, "PaymentFailed")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"InstanceName": "x"}, "InvalidInstanceName.ValueNotSupported"),
        ({"InstanceName": "-first"}, "InvalidInstanceName.ValueNotSupported"),
        ({"InstanceName": "x" * 51}, "InvalidInstanceName.ValueNotSupported"),
        ({"Password": "short1A"}, "InvalidPassword.ValueNotSupported"),
        ({"Password": "alllowercase1"}, "InvalidPassword.ValueNotSupported"),
        ({"Password": "With space 1"}, "InvalidPassword.ValueNotSupported"),
    ],
)
def test_a_bad_name_or_password_is_refused(swas: Steps, change: dict[str, str], code: str) -> None:
    assert refusal(lambda: swas.do("UpdateInstanceAttribute", InstanceId=SHOP, **change)) == (400, code)


def test_a_windows_password_does_not_begin_with_a_slash(swas: Steps) -> None:
    change = {"Password": "/Rehearsal-1"}
    refused = refusal(lambda: swas.do("UpdateInstanceAttribute", InstanceId=WINDOWS, **change))
    assert refused == (400, "InvalidPassword.ValueNotSupported")
    swas.do("UpdateInstanceAttribute", InstanceId=SHOP, **change)


def test_a_server_gets_its_new_name(swas: Steps) -> None:
    swas.do("UpdateInstanceAttribute", InstanceId=SHOP, InstanceName="store.example.com")
    assert names(swas.servers(InstanceIds=f'["{SHOP}"]')) == {"store.example.com"}


def test_a_server_expires_and_is_released_15_days_later(swas: Steps) -> None:
    [row] = swas.servers(InstanceIds=f'["{OLD_BLOG}"]')
    assert (row["BusinessStatus"], row["Status"], row["DisableReason"]) == ("Expired", "Disabled", "EXPIRED")
    assert row["ExpiredTime"] == "2026-10-29T08:00:00Z"
    swas.cloud.clock.advance(timedelta(days=12).total_seconds() - 1)
    assert len(swas.servers(InstanceIds=f'["{OLD_BLOG}"]')) == 1
    swas.cloud.clock.advance(1)
    assert swas.servers(InstanceIds=f'["{OLD_BLOG}"]') == []
    assert refusal(lambda: swas.do("StartInstance", InstanceId=OLD_BLOG)).http == 404
    assert OLD_BLOG not in swas.cloud.state()["1234567890123456"]["swas"]["servers"]


def test_a_server_that_renews_itself_does_not_expire(swas: Steps) -> None:
    [server] = swas.buy(AutoRenew=True, AutoRenewPeriod=1)
    swas.cloud.clock.advance(timedelta(days=75).total_seconds())
    [row] = swas.servers(InstanceIds=f'["{server}"]')
    assert (row["BusinessStatus"], row["Status"]) == ("Normal", "Running")
    assert row["ExpiredTime"] == "2027-02-01T08:00:00Z"
    assert "DisableReason" not in row


def test_a_running_server_becomes_expired_on_the_clock() -> None:
    inventory = default()
    inventory["swas"]["servers"][0]["expires_in_days"] = 1
    with Emulator(inventory, speed=None, start=START) as cloud:
        swas = Steps(cloud)
        assert swas.status(SHOP) == "Running"
        cloud.clock.advance(86400)
        assert swas.status(SHOP) == "Disabled"


def test_plans_and_images_are_for_sale(swas: Steps) -> None:
    plans = {plan["PlanId"]: plan for plan in swas.do("ListPlans")["Plans"]}
    assert plans["swas.s.c2m2s50b3"]["SupportPlatform"] == '["Linux","Windows"]'
    assert plans["swas.s.c2m2s50b3"]["OriginPrice"] == "65"
    assert {i["ImageType"] for i in swas.do("ListImages")["Images"]} == {"system", "app"}
    app = swas.do("ListImages", ImageType="app")["Images"]
    assert [i["ImageId"] for i in app] == ["img-wordpress-6"]
    one = swas.do("ListImages", ImageIds='["img-debian-12"]')["Images"]
    assert [i["Platform"] for i in one] == ["Linux"]
    refused = refusal(lambda: swas.do("ListImages", ImageType="public"))
    assert refused == (400, "InvalidImageType.ValueNotSupported")


def test_a_plan_can_be_sold_in_some_regions_only() -> None:
    inventory = default()
    inventory["swas"]["plans"][0]["regions"] = ["cn-beijing"]
    with Emulator(inventory, speed=None) as cloud:
        swas = Steps(cloud)
        assert "swas.s.c1m1s20b1" not in {p["PlanId"] for p in swas.do("ListPlans")["Plans"]}
        assert "swas.s.c1m1s20b1" in {
            p["PlanId"] for p in swas.do("ListPlans", RegionId="cn-beijing")["Plans"]
        }
        assert refusal(lambda: swas.buy(plan="swas.s.c1m1s20b1")) == (404, "InvalidPlanId.NotFound")


def test_disks_are_listed_by_server_and_kind(swas: Steps) -> None:
    both = swas.do("ListDisks", InstanceId=WIKI)["Disks"]
    assert {(d["DiskType"], d["Size"], d["Device"]) for d in both} == {
        ("system", 40, "/dev/xvda"),
        ("data", 60, "/dev/xvdb"),
    }
    for kind in ("data", "Data"):
        [data] = swas.do("ListDisks", InstanceId=WIKI, DiskType=kind)["Disks"]
        assert data["Size"] == 60
    [one] = swas.do("ListDisks", DiskIds=f'["{swas.disk(SHOP)}"]')["Disks"]
    assert one["InstanceName"] == "shop"
    assert refusal(lambda: swas.do("ListDisks", DiskType="floppy")) == (403, "InvalidParam")
    assert swas.do("ListDisks", RegionId="ap-southeast-1")["Disks"][0]["InstanceId"] == EDGE


def test_values_can_be_spelled_the_other_way() -> None:
    with Emulator(speed=None, quirks=Quirks(swas_letter_case="capitalized")) as cloud:
        swas = Steps(cloud)
        assert swas.do("ListDisks", InstanceId=SHOP)["Disks"][0]["DiskType"] == "System"
        row = swas.snapshot_now(swas.snapshot())
        assert row is not None
        assert (row["Status"], row["SourceDiskType"]) == ("Accomplished", "System")


def test_regions_have_names_in_two_languages(swas: Steps) -> None:
    by_id = {r["RegionId"]: r for r in swas.sdk.call("ListRegions")["Regions"]}
    assert by_id[REGION]["RegionEndpoint"] == "swas.cn-hangzhou.aliyuncs.com"
    assert "杭州" in by_id[REGION]["LocalName"]
    english = {
        r["RegionId"]: r["LocalName"] for r in swas.sdk.call("ListRegions", AcceptLanguage="en-US")["Regions"]
    }
    assert english[REGION] == "China (Hangzhou)"
