"""The control endpoints, for other processes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.emulator import wire
from tests.emulator.conftest import START
from tests.emulator.sdk import REGION, Sdk, refusal
from tests.emulator.swas_steps import LONG, Steps

if TYPE_CHECKING:
    from swaslift.emulator import Emulator


def post(cloud: Emulator, path: str, data: Any) -> wire.Reply:
    return wire.send(cloud, "POST", path, json.dumps(data).encode())


def test_the_clock_can_be_read_and_advanced(cloud: Emulator) -> None:
    before = wire.send(cloud, "GET", "/-/clock").json
    assert before["now"] == START.isoformat()
    assert (before["speed"], before["virtual"], before["emulator"]) == (None, True, "swaslift")
    after = post(cloud, "/-/clock/advance", {"seconds": 90}).json
    assert after["now"] == "2026-11-01T08:01:30+00:00"
    assert after == wire.send(cloud, "GET", "/-/clock").json
    assert cloud.clock.now().minute == 1


def test_a_clock_that_is_to_go_back_is_refused(cloud: Emulator) -> None:
    for wrong in ({"seconds": -1}, {"seconds": "1"}, {}, {"seconds": True}):
        assert post(cloud, "/-/clock/advance", wrong).http == 400


def test_the_log_and_the_state_can_be_read(cloud: Emulator, sdk: Sdk) -> None:
    sdk.call("ListRegions")
    logged = wire.send(cloud, "GET", "/-/log").json
    assert [(call["action"], call["http"], call["write"]) for call in logged] == [("ListRegions", 200, False)]
    state = wire.send(cloud, "GET", "/-/state").json
    assert state == json.loads(json.dumps(cloud.state()))
    names = {s["InstanceName"] for s in state["1234567890123456"]["swas"]["servers"].values()}
    assert names == {"shop", "wiki", "legacy-win", "old-blog", "batch", "edge-sg"}


def test_a_fault_can_be_set_from_another_process(cloud: Emulator, sdk: Sdk) -> None:
    reply = post(
        cloud,
        "/-/faults",
        {"kind": "fail", "action": "ListPlans", "http": 500, "code": "InternalError", "times": 1},
    )
    assert reply.http == 200
    assert reply.json["calls"][0]["action"] == "ListPlans"
    assert refusal(lambda: sdk.call("ListPlans", RegionId=REGION)) == (500, "InternalError")
    assert sdk.call("ListPlans", RegionId=REGION)["Plans"]


def test_every_kind_of_fault_can_be_set(cloud: Emulator) -> None:
    for fault in (
        {"kind": "throttle", "action": "A", "times": 2, "retry_after_ms": 100},
        {"kind": "lose_answer", "action": "A"},
        {"kind": "cut", "action": "A"},
        {"kind": "slow", "action": "A", "seconds": 0.1},
        {"kind": "fail_resource", "resource": "swas_snapshot"},
        {"kind": "stall", "resource": "ecs_image"},
        {"kind": "no_heartbeat"},
        {"kind": "no_stock", "instance_type": "ecs.g7.large"},
        {"kind": "few_in_stock", "instance_type": "ecs.g6.large", "left": 2},
        {"kind": "late_visibility", "seconds": 30},
        {"kind": "omit", "action": "ListInstances", "times": 2},
    ):
        assert post(cloud, "/-/faults", fault).http == 200, fault
    pending = wire.send(cloud, "GET", "/-/faults").json
    assert [f["kind"] for f in pending["calls"]] == ["throttle", "lose_answer", "cut", "slow", "omit"]
    assert [f["kind"] for f in pending["resources"]] == ["fail", "stall", "no_heartbeat"]
    assert pending["no_stock"] == [{"instance_type": "ecs.g7.large", "zone": None}]
    assert pending["few_in_stock"] == {"ecs.g6.large": 2}
    assert pending["late_visibility"] == 30
    assert post(cloud, "/-/faults", {"kind": "clear"}).json["calls"] == []


def test_a_fault_that_makes_no_sense_is_refused_with_the_reason(cloud: Emulator) -> None:
    for wrong in ({"kind": "explode"}, {"kind": "cut"}, {"kind": "stall", "resource": "coffee"}):
        reply = post(cloud, "/-/faults", wrong)
        assert reply.http == 400
        assert reply.json["error"]
    assert wire.send(cloud, "POST", "/-/faults", b"{").http == 400
    assert wire.send(cloud, "POST", "/-/faults", b"[]").http == 400


@pytest.mark.parametrize(
    ("path", "body", "says"),
    [
        (
            "/-/console/copy-image",
            {},
            (
                '"image_id" is missing, "region_id" is missing; give {"image_id": ..., "region_id": ...} '
                '(optional: "name")'
            ),
        ),
        (
            "/-/console/copy-image",
            {"image_id": "m-1", "region_id": "r", "nam": "x"},
            '"nam" is unknown; give {"image_id": ..., "region_id": ...} (optional: "name")',
        ),
        (
            "/-/faults",
            {"kind": "stall"},
            '"resource" is missing; give {"resource": ...} (optional: "times", "region_id")',
        ),
        ("/-/faults", {"kind": "clear", "all": 1}, '"all" is unknown; give {}'),
    ],
)
def test_a_body_with_wrong_fields_is_told_the_right_ones(
    cloud: Emulator, path: str, body: dict[str, Any], says: str
) -> None:
    reply = post(cloud, path, body)
    assert (reply.http, reply.json["error"]) == (400, says)


def test_a_person_can_copy_an_image_in_the_console(cloud: Emulator, swas: Steps) -> None:
    image = swas.image()
    there = {"RegionId": "ap-southeast-1"}
    wanted = {"image_id": image, "region_id": "ap-southeast-1"}
    copy = post(cloud, "/-/console/copy-image", wanted).json["image_id"]
    cloud.clock.advance(5)
    row = swas.image_now(copy, **there)
    assert row is not None
    assert (row["Status"], row["Name"]) == ("0", "golden")
    assert "InstanceId" not in row
    cloud.clock.advance(2 * LONG)
    row = swas.image_now(copy, **there)
    assert row is not None
    assert (row["Status"], row["InShare"]) == ("1", False)
    assert swas.buy(copy, **there)
    # The copy outlives the server that the image was made from.
    cloud.clock.advance(400 * 86400)
    assert swas.image_now(image) is None
    assert swas.image_now(copy, **there) is not None


def test_the_console_does_not_copy_what_cannot_be_copied(cloud: Emulator, swas: Steps) -> None:
    early = swas.begin_image()
    elsewhere = "ap-southeast-1"
    for image, region, why in (
        ("m-nothing", elsewhere, "no custom image"),
        (early, elsewhere, "not available yet"),
    ):
        with pytest.raises(ValueError, match=why):
            cloud.console_copy_image(image, region)
    cloud.clock.advance(LONG)
    with pytest.raises(ValueError, match="another region"):
        cloud.console_copy_image(early, REGION)
    cloud.console_copy_image(early, elsewhere)
    with pytest.raises(ValueError, match="already"):
        cloud.console_copy_image(early, elsewhere)
    assert cloud.console_copy_image(early, elsewhere, name="second")
    assert post(cloud, "/-/console/copy-image", {"image": early}).http == 400


def test_health_is_answered_and_other_paths_are_not(cloud: Emulator) -> None:
    assert wire.send(cloud, "GET", "/-/health").json["status"] == "ok"
    assert wire.send(cloud, "GET", "/-/coffee").http == 404


def test_control_calls_are_not_in_the_log(cloud: Emulator) -> None:
    wire.send(cloud, "GET", "/-/health")
    assert len(cloud.log) == 0
