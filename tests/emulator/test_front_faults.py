"""Faults on demand, and the rate limit."""

from __future__ import annotations

import time
from typing import Any

import pytest
from alibabacloud_tea_openapi.exceptions import ThrottlingException

from swaslift.emulator import Emulator, Faults, Quirks
from tests.emulator.sdk import REGION, Sdk, refusal

SHOP = "8a1f0c2d4e5b46f79a0b1c2d3e4f5a60"


def plans(sdk: Sdk, region: str = REGION) -> Any:
    return sdk.call("ListPlans", RegionId=region)["Plans"]


def test_throttling_happens_as_often_as_asked_for(cloud: Emulator, sdk: Sdk) -> None:
    cloud.faults.throttle("ListPlans", times=2)
    assert refusal(lambda: plans(sdk)) == (400, "Throttling.User")
    assert sdk.call("ListRegions")["Regions"]
    assert refusal(lambda: plans(sdk)) == (400, "Throttling.User")
    assert plans(sdk)
    assert [call.fault for call in cloud.log] == ["throttle", None, "throttle", None]


def test_a_throttled_answer_can_carry_the_time_to_wait(cloud: Emulator, sdk: Sdk) -> None:
    cloud.faults.throttle("ListPlans", code="Throttling", http=503, retry_after_ms=1500)
    with pytest.raises(ThrottlingException) as caught:
        plans(sdk)
    assert (caught.value.code, caught.value.retry_after) == ("Throttling", 1500)


def test_a_lockout_blocks_the_rest_of_the_minute(cloud: Emulator, sdk: Sdk) -> None:
    cloud.faults.throttle("ListPlans", lockout=True)
    for _ in range(3):
        assert refusal(lambda: plans(sdk)) == (400, "Throttling.User")
    cloud.clock.advance(59)
    assert refusal(lambda: plans(sdk)) == (400, "Throttling.User")
    cloud.clock.advance(1)
    assert plans(sdk)


def test_an_error_is_answered_instead_of_the_work(cloud: Emulator, sdk: Sdk) -> None:
    cloud.faults.fail("StopInstance", 503, "ServiceUnavailable", "later", after=1)
    stop = {"RegionId": REGION, "InstanceId": SHOP}
    sdk.call("StopInstance", **stop)
    cloud.clock.advance(60)
    sdk.call("StartInstance", **stop)
    cloud.clock.advance(100)
    assert refusal(lambda: sdk.call("StopInstance", **stop)) == (503, "ServiceUnavailable")
    assert cloud.world.swas.servers[SHOP].status_at(cloud.clock.now()) == "Running"


def test_a_cut_connection_leaves_nothing_done(cloud: Emulator, sdk: Sdk) -> None:
    cloud.faults.cut("StopInstance")
    assert refusal(lambda: sdk.call("StopInstance", RegionId=REGION, InstanceId=SHOP)).http == 0
    assert cloud.world.swas.servers[SHOP].status_at(cloud.clock.now()) == "Running"
    assert (cloud.log[0].http, cloud.log[0].fault) == (0, "cut")
    assert cloud.log.writes() == []


def test_a_list_may_leave_out_what_is_there(cloud: Emulator, sdk: Sdk) -> None:
    cloud.faults.omit("ListInstances")
    left_out = sdk.call("ListInstances", RegionId=REGION)
    assert (left_out["Instances"], left_out["TotalCount"]) == ([], 0)
    assert len(sdk.call("ListInstances", RegionId=REGION)["Instances"]) > 1
    assert [c.fault for c in cloud.log] == ["omit", None]
    cloud.faults.omit("StopInstance")
    sdk.call("StopInstance", RegionId=REGION, InstanceId=SHOP)


def test_a_slow_answer_takes_real_time(cloud: Emulator, sdk: Sdk) -> None:
    cloud.faults.slow("ListPlans", 0.15)
    cloud.faults.fail("ListPlans", 500, "InternalError")
    begun = time.monotonic()
    assert refusal(lambda: plans(sdk)) == (500, "InternalError")
    assert time.monotonic() - begun >= 0.15
    assert plans(sdk)


def test_faults_can_be_kept_to_one_region(cloud: Emulator, sdk: Sdk) -> None:
    cloud.faults.fail("ListPlans", 500, "InternalError", region_id="ap-southeast-1")
    assert plans(sdk)
    assert refusal(lambda: plans(sdk, "ap-southeast-1")) == (500, "InternalError")


def test_faults_come_in_the_order_given_and_can_meet_any_action(cloud: Emulator, sdk: Sdk) -> None:
    cloud.faults.fail("*", 500, "InternalError")
    cloud.faults.fail("ListPlans", 503, "ServiceUnavailable")
    assert refusal(lambda: plans(sdk)) == (500, "InternalError")
    assert refusal(lambda: plans(sdk)) == (503, "ServiceUnavailable")
    assert plans(sdk)


def test_a_region_that_cannot_be_reached_leaves_the_others_alone(cloud: Emulator, sdk: Sdk) -> None:
    cloud.faults.unreachable("ap-southeast-1")
    for _ in range(2):
        assert refusal(sdk.call, "ListPlans", RegionId="ap-southeast-1").http == 0
    assert plans(sdk)
    cloud.faults.clear()
    assert sdk.call("ListPlans", RegionId="ap-southeast-1")["Plans"]


@pytest.mark.parametrize(
    ("service", "action", "entries"),
    [("swas", "ListInstances", ("Instances",)), ("ecs", "DescribeImages", ("Images", "Image"))],
)
def test_short_pages_hold_all_entries_together(service: str, action: str, entries: tuple[str, ...]) -> None:
    with Emulator(speed=None, quirks=Quirks(page_filling="short")) as cloud:
        sizes, ids, total = [], set(), 0
        for number in range(1, 6):
            body = Sdk(cloud).call(action, service, RegionId=REGION, PageSize=4, PageNumber=number)
            total = body["TotalCount"]
            items: Any = body
            for name in entries:
                items = items[name]
            sizes.append(len(items))
            ids |= {str(sorted(item.items(), key=str)) for item in items}
        assert sizes == [3, 0, total - 3, 0, 0]
        assert len(ids) == total


def test_clearing_forgets_every_fault(cloud: Emulator, sdk: Sdk) -> None:
    cloud.faults.fail("ListPlans", 500, "InternalError", times=9)
    cloud.faults.late_visibility(60)
    cloud.faults.no_stock("swas.s.c2m2s40b4")
    cloud.faults.stall("swas_image")
    cloud.faults.unreachable(REGION)
    cloud.faults.clear()
    assert plans(sdk)
    assert not any(cloud.faults.pending().values())


def test_a_fault_of_an_unknown_kind_of_resource_is_refused() -> None:
    with pytest.raises(ValueError, match="swas_image"):
        Faults().fail_resource("coffee")  # type: ignore[arg-type]  # that is what is tested


def test_resource_faults_are_used_up_one_by_one() -> None:
    faults = Faults()
    faults.fail_resource("ecs_image", region_id="cn-beijing")
    faults.stall("ecs_image")
    assert faults.outcome("ecs_image", REGION) == "stall"
    assert faults.outcome("ecs_image", REGION) == "done"
    assert faults.outcome("ecs_image", "cn-beijing") == "fail"
    faults.no_heartbeat()
    assert [faults.take_no_heartbeat(REGION) for _ in range(2)] == [True, False]
    faults.no_stock("ecs.g7.large", "cn-hangzhou-h")
    assert faults.out_of_stock("ecs.g7.large", "cn-hangzhou-h")
    assert not faults.out_of_stock("ecs.g7.large", "cn-hangzhou-i")


def test_one_call_too_many_blocks_the_rest_of_the_minute() -> None:
    with Emulator(speed=None, quirks=Quirks(calls_per_minute=3)) as cloud:
        cloud.clock.advance(60 - cloud.clock.now().second)
        sdk, other = Sdk(cloud), Sdk(cloud, "LTAIemulator0001")
        for _ in range(3):
            assert plans(sdk)
        assert refusal(lambda: plans(sdk)) == (400, "Throttling.User")
        # Other actions, regions and accounts have their own budgets.
        assert sdk.call("ListRegions")["Regions"]
        assert plans(sdk, "ap-southeast-1")
        assert plans(other)
        cloud.clock.advance(59)
        assert refusal(lambda: plans(sdk)) == (400, "Throttling.User")
        cloud.clock.advance(1)
        assert plans(sdk)


def test_identities_of_one_account_share_its_budget() -> None:
    with Emulator(speed=None, quirks=Quirks(calls_per_minute=1)) as cloud:
        assert plans(Sdk(cloud))
        assert refusal(lambda: plans(Sdk(cloud, "STS.emulator0000"))) == (400, "Throttling.User")
