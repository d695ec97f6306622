"""No input makes the emulator answer with a failure of its own, or not at all."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from alibabacloud_tea_openapi.utils import Utils

from swaslift.emulator import Emulator
from swaslift.emulator.clock import LATEST
from swaslift.emulator.front import request
from swaslift.emulator.front.params import Schema
from swaslift.emulator.swas import SWAS
from tests.emulator import wire
from tests.emulator.conftest import START
from tests.emulator.fuzz import DEEP, Fuzz, right_requests
from tests.emulator.sdk import REGION, Sdk, refusal
from tests.emulator.tour_ecs_inventory import inventory

SHOP = "8a1f0c2d4e5b46f79a0b1c2d3e4f5a60"
ENDLESS = "9" * 5_000


@pytest.fixture
def lenient() -> Iterator[Emulator]:
    """As foreign clients meet it."""
    with Emulator(inventory(), speed=None, start=START, seed=1, strict=False) as cloud:
        yield cloud


def test_a_sample_of_odd_requests_is_answered(lenient: Emulator) -> None:
    outcome = Fuzz(lenient, 11, right_requests(lenient)).run(1_500)
    assert outcome.failures == []
    assert len(outcome.actions) > 100
    assert outcome.by_status[200] > 300, "most requests are to reach a handler"


def test_odd_requests_are_answered_at_the_end_of_time(lenient: Emulator) -> None:
    right = right_requests(lenient)
    lenient.clock.advance((LATEST - lenient.clock.now()).total_seconds())
    assert lenient.clock.now() == LATEST
    assert Fuzz(lenient, 12, right).run(300).failures == []


@pytest.mark.parametrize(
    ("action", "query", "code"),
    [
        ("ListInstances", {"InstanceIds": DEEP}, "InvalidParam"),
        ("ListInstances", {"InstanceIds": '["\\ud800"]'}, "InvalidParam"),
        ("ListInstances", {"InstanceIds": f"[{ENDLESS}]"}, "InvalidParam"),
        ("ListInstances", {"InstanceIds": "[[]]"}, "InvalidParam"),
        ("ListInstances", {"PageSize": "²"}, "InvalidParam"),
        ("ListInstances", {"PageSize": "٣"}, "InvalidParam"),
        ("ListInstances", {"PageSize": ENDLESS}, "InvalidParam"),
        ("ListInstances", {"PageSize": "1_0"}, "InvalidParam"),
        ("ListTagResources", {"ResourceType": "instance", f"ResourceId.{ENDLESS}": "x"}, "InvalidParam"),
        ("ListTagResources", {"ResourceType": "instance", "NextToken": "²"}, "InvalidParam"),
        ("CreateCustomImage", {"InstanceId": SHOP, "ImageName": "ab", "Tag.1.Value": "x"}, "InvalidParam"),
        (
            "CreateFirewallRule",
            {"InstanceId": SHOP, "RuleProtocol": "TCP", "Port": "²"},
            "InvalidPort.ValueNotSupported",
        ),
    ],
)
def test_a_value_of_no_sense_is_refused_by_swas(
    sdk: Sdk, action: str, query: dict[str, str], code: str
) -> None:
    assert refusal(sdk.call, action, RegionId=REGION, **query).code == code


@pytest.mark.parametrize(
    ("action", "query", "code"),
    [
        ("DescribeImages", {"Tag.1.Value": "x", "PageSize": "²"}, "InvalidParameter"),
        ("CreateSecurityGroup", {"VpcId": "vpc-emulator-hz", "Tag.1.Value": "x"}, "InvalidTagKey.Malformed"),
        ("DescribeInstanceTypes", {"MinimumMemorySize": "1e999"}, "InvalidParameter"),
        ("DescribeInstanceTypes", {"MinimumMemorySize": "NaN"}, "InvalidParameter"),
        ("ListTagResources", {"ResourceType": "instance", "TagFilter.1.TagValues.1": "x"}, ""),
    ],
)
def test_a_value_of_no_sense_is_refused_by_ecs(
    sdk: Sdk, action: str, query: dict[str, str], code: str
) -> None:
    if code:
        assert refusal(sdk.call, action, "ecs", RegionId=REGION, **query).code == code
    else:
        sdk.call(action, "ecs", RegionId=REGION, **query)


def test_an_index_that_is_no_ascii_number_is_no_index() -> None:
    schema = Schema(SWAS.contract.actions["ListInstances"])
    assert schema.decode({"RegionId": REGION, "Tag.².Key": "x", "Tag.N.Key": "y", "N.PageSize": "1"}) == {
        "RegionId": REGION
    }


def test_json_in_a_parameter_stays_an_object(sdk: Sdk) -> None:
    script: dict[str, Any] = {
        "Type": "RunShellScript",
        "Name": "n",
        "CommandContent": "echo {{1}}",
        "EnableParameter": True,
    }
    assert sdk.call("RunCommand", RegionId=REGION, InstanceId=SHOP, Parameters='{"1": "a"}', **script)[
        "InvokeId"
    ]


def test_xml_is_well_formed_whatever_a_resource_is_called(cloud: Emulator) -> None:
    cloud.world.swas.servers[SHOP].tags["a\x00\x1f\ufffe"] = "\x0b"
    reply = wire.rpc(cloud, {"Action": "ListInstances", "RegionId": REGION, "InstanceName": "shop"})
    assert reply.http == 200
    assert "<Key>a\ufffd\ufffd\ufffd</Key>" in reply.text


def test_bytes_beyond_ascii_in_a_header_are_signed_as_they_came(cloud: Emulator) -> None:
    assert wire.acs3(cloud, unsigned={"x-odd": "caf\xe9"}).http == 200
    assert wire.acs3(cloud, unsigned={"Authorization": "caf\xe9"}).http == 400
    assert wire.acs3(cloud, changed={"x-acs-odd": "caf\xe9"}).http in {200, 400}


RAW = {
    "a length that is no number": b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: x\r\n\r\n",
    "two lengths": b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "a chunk of no length": b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    "a body that is not gzip": (
        b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nab"
    ),
    "a body that does not arrive": b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9\r\n\r\na",
    "a body of control that does not arrive": (
        b"POST /-/faults HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9\r\n\r\na"
    ),
    "a path of no sense": b"GET //[ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    "an endless header": b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: " + b"a" * 300_000 + b"\r\n\r\n",
    "bytes in the path": b"GET /\xff\xfe?\xff=\xfe HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    "another host": b"GET / HTTP/1.1\r\nHost: \xff\r\n\r\n",
    "no HTTP": b"\x16\x03\x01\x02\x00\x01\r\n\r\n",
}


@pytest.mark.parametrize("sent", RAW.values(), ids=RAW)
def test_what_is_hardly_http_is_refused(
    cloud: Emulator, sent: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(request, "SLOWEST_BODY", 0.05)
    host, _, port = cloud.endpoint.partition(":")
    with socket.create_connection((host, int(port)), timeout=10) as line:
        line.sendall(sent)
        answer = line.recv(65_536)
    status = int(answer.split()[1])
    assert 400 <= status < 500, answer


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/-/clock/advance", '{"seconds": 1e999}'),
        ("/-/clock/advance", '{"seconds": NaN}'),
        ("/-/clock/advance", f'{{"seconds": {10**400}}}'),
        ("/-/clock/advance", '{"seconds": true}'),
        ("/-/clock/advance", '{"seconds": "1"}'),
        ("/-/clock/advance", "[]"),
        ("/-/faults", DEEP),
        ("/-/faults", '{"kind": []}'),
        ("/-/faults", '{"kind": "fail", "action": 1, "http": 500, "code": "x"}'),
        ("/-/faults", '{"kind": "fail", "action": "*", "http": "500", "code": "x"}'),
        ("/-/faults", '{"kind": "fail", "action": "*", "http": 99, "code": "x"}'),
        ("/-/faults", '{"kind": "fail", "action": "*", "http": 500, "code": "\\ud800"}'),
        ("/-/faults", '{"kind": "throttle", "action": "*", "times": "many"}'),
        ("/-/faults", '{"kind": "throttle", "action": "*", "lockout": 1}'),
        ("/-/faults", '{"kind": "throttle", "action": "*", "retry_after_ms": "a\\r\\nb: c"}'),
        ("/-/faults", '{"kind": "slow", "action": "*", "seconds": -1}'),
        ("/-/faults", '{"kind": "slow", "action": "*", "seconds": 1e300}'),
        ("/-/faults", '{"kind": "cut", "action": "*", "region_id": {}}'),
        ("/-/faults", '{"kind": "cut", "action": "*", "after": -1}'),
        ("/-/faults", '{"kind": "fail_resource", "resource": {}}'),
        ("/-/faults", '{"kind": "no_stock", "instance_type": ["a"]}'),
        ("/-/faults", '{"kind": "few_in_stock", "instance_type": "a", "left": "b"}'),
        ("/-/faults", '{"kind": "late_visibility", "seconds": 1e300}'),
        ("/-/faults", '{"kind": "unreachable", "region_id": null}'),
        ("/-/console/copy-image", '{"image_id": [], "region_id": 1}'),
        ("/-/console/copy-image", '{"image_id": "m", "region_id": "cn-beijing", "name": 1}'),
    ],
)
def test_control_refuses_what_makes_no_sense_and_keeps_nothing_of_it(
    cloud: Emulator, path: str, body: str
) -> None:
    reply = wire.send(cloud, "POST", path, body.encode())
    assert (reply.http, list(reply.json)) == (400, ["error"])
    assert not any(cloud.faults.pending().values())
    assert cloud.clock.now() == START


def test_a_clock_that_runs_stops_at_the_end_of_time() -> None:
    with Emulator(speed=1e300, start=LATEST - timedelta(days=1)) as cloud:
        assert json.loads(wire.send(cloud, "GET", "/-/clock").text)["now"].startswith("9000-01-01")
    with pytest.raises(ValueError, match="finite"):
        Emulator(speed=float("inf"))


def test_an_error_says_where_and_what_to_read(cloud: Emulator) -> None:
    body = wire.acs3(cloud, "ListPlans").json
    assert body["HostId"] == cloud.endpoint
    assert body["Recommend"].startswith(
        "https://api.aliyun.com/troubleshoot?q=MissingParameter&product=SWAS-OPEN"
    )
    assert body["RequestId"] in body["Recommend"]


def test_an_unsigned_header_changes_nothing_of_a_signed_request(cloud: Emulator) -> None:
    other = {"x-acs-action": "StopInstance", "x-acs-version": "2014-05-26"}
    reply = wire.rpc(cloud, {"Action": "ListRegions", "Format": "JSON"}, headers=other)
    assert reply.json["Regions"]
    assert [call.action for call in cloud.log] == ["ListRegions"]
    reply = wire.acs3(cloud, changed={"x-acs-version": None}, unsigned={"x-acs-version": "2014-05-26"})  # type: ignore[dict-item]  # the SDK leaves out what is None
    assert reply.refused == (400, "IncompleteSignature")


@pytest.mark.parametrize("name", ["Timestamp", "TimeStamp"])
def test_a_timestamp_may_have_milliseconds_and_the_older_name(cloud: Emulator, name: str) -> None:
    stamp = Utils.get_timestamp().replace("Z", ".123Z")
    asked = {"Action": "ListRegions", "Format": "JSON", name: stamp}
    if name != "Timestamp":
        asked["Timestamp"] = ""
    assert wire.rpc(cloud, asked).http == 200
