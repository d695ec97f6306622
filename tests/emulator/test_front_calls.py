"""Dispatch, parameters, answers in JSON and XML, dry runs, and the log."""

from __future__ import annotations

import gc
import threading
import time
import xml.etree.ElementTree as ET
from datetime import timedelta
from typing import Literal

import pytest
from alibabacloud_tea_openapi.exceptions import ClientException

from swaslift.emulator import Emulator, Quirks
from swaslift.emulator.front.params import Invalid, Missing, Schema
from swaslift.emulator.service import Call, DryRunPassed, ServiceError
from swaslift.emulator.swas import SWAS
from tests.emulator import wire
from tests.emulator.conftest import START
from tests.emulator.sdk import REGION, Refused, Sdk, refusal

SHOP = "8a1f0c2d4e5b46f79a0b1c2d3e4f5a60"


@pytest.mark.parametrize("service", ["swas", "ecs", "sts"])
def test_an_action_that_does_not_exist_is_not_found(sdk: Sdk, service: str) -> None:
    assert refusal(lambda: sdk.call("MakeCoffee", service)) == (404, "InvalidAction.NotFound")


@pytest.mark.parametrize(
    ("service", "action"),
    [("swas", "CreateCommand"), ("ecs", "DescribeLaunchTemplates"), ("sts", "AssumeRole")],
)
def test_a_real_action_that_is_not_served_says_so(sdk: Sdk, service: str, action: str) -> None:
    assert refusal(lambda: sdk.call(action, service)) == (501, "EmulatorNotImplemented")


def test_a_version_that_no_service_has_is_unknown(sdk: Sdk) -> None:
    assert refusal(lambda: sdk.call("ListRegions", "2019-01-01")) == (404, "InvalidApi.NotFound")


def test_a_documented_action_without_handler_answers_501(sdk: Sdk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(SWAS.handlers, "ListPlans")
    assert refusal(lambda: sdk.call("ListPlans", RegionId=REGION)) == (501, "EmulatorNotImplemented")


def test_a_method_that_the_action_does_not_take_is_refused(sdk: Sdk) -> None:
    refused = refusal(lambda: sdk.call("DeleteKeyPairs", method="GET", RegionId=REGION, KeyPairNames__1="a"))
    assert refused == (403, "UnsupportedHTTPMethod")


def test_a_missing_parameter_is_named(sdk: Sdk) -> None:
    with pytest.raises(ClientException, match='"RegionId"') as caught:
        sdk.call("ListPlans")
    assert Refused(caught.value.status_code, caught.value.code) == (400, "MissingParameter")


@pytest.mark.parametrize(
    ("action", "service", "expected"),
    [("ListPlans", "swas", (403, "InvalidParam")), ("DescribeRegions", "ecs", (400, "InvalidParameter"))],
)
def test_a_parameter_nobody_knows_is_refused(sdk: Sdk, action: str, service: str, expected: Refused) -> None:
    refused = refusal(lambda: sdk.call(action, service, RegionId=REGION, Colour="red"))
    assert refused == expected


def test_a_value_of_the_wrong_type_is_refused(sdk: Sdk) -> None:
    for wrong in ({"PageSize": "ten"}, {"InstanceIds": "not json"}, {"InstanceIds": '{"a": 1}'}):
        refused = refusal(sdk.call, "ListInstances", RegionId=REGION, **wrong)
        assert refused == (403, "InvalidParam")


def test_a_value_of_the_wrong_type_gets_its_own_code_where_one_is_documented(sdk: Sdk) -> None:
    refused = refusal(lambda: sdk.call("ListInstances", RegionId=REGION, PublicIpAddresses="x"))
    assert refused == (400, "InvalidPublicIpAddresses.ValueNotSupported")


def test_an_unknown_region_is_refused(sdk: Sdk) -> None:
    assert refusal(lambda: sdk.call("ListPlans", RegionId="mars-1")) == (403, "InvalidParam")
    refused = refusal(lambda: sdk.call("DescribeImages", "ecs", RegionId="mars-1"))
    assert refused == (404, "InvalidRegionId.NotFound")


def test_parameters_become_nested_and_typed() -> None:
    schema = Schema(
        {
            "params": [
                {"name": "Tag.N.Key", "type": "string", "required": False},
                {"name": "Tag.N.Value", "type": "string", "required": False},
                {"name": "Account.N", "type": "integer", "required": True},
                {"name": "SystemDisk.Size", "type": "integer", "required": False},
                {"name": "Ids", "type": "string", "required": False, "constraints": "JSON array string"},
                {"name": "Rules", "type": "array<string>", "required": False, "wire": "simple"},
                {"name": "All", "type": "boolean", "required": False},
            ]
        }
    )
    flat = {
        "Tag.10.Key": "c",
        "Tag.2.Key": "b",
        "Tag.1.Key": "a",
        "Tag.1.Value": "",
        "Account.1": "6543210987654321",
        "SystemDisk.Size": "40",
        "Ids": '["x"]',
        "Rules": "r1, r2",
        "All": "True",
        "Version": "2020-06-01",
    }
    assert schema.decode(flat) == {
        "Tag": [{"Key": "a", "Value": ""}, {"Key": "b"}, {"Key": "c"}],
        "Account": [6543210987654321],
        "SystemDisk": {"Size": 40},
        "Ids": ["x"],
        "Rules": ["r1", "r2"],
        "All": True,
    }
    with pytest.raises(Missing, match=r"Account\.1"):
        schema.decode({})
    with pytest.raises(Invalid, match="an integer"):
        schema.decode({"Account.1": "me"})


def test_a_parameter_nobody_knows_is_ignored_unless_the_emulator_is_strict() -> None:
    assert Schema({"params": []}).decode({"Colour.1.Name": "red"}) == {}
    with pytest.raises(Invalid, match="no such parameter"):
        Schema({"params": []}, strict=True).decode({"Colour.1.Name": "red"})
    with Emulator(speed=None, strict=False) as cloud:
        assert wire.acs3(cloud, "ListPlans", {"RegionId": REGION, "Colour": "red"}).http == 200


def test_every_answer_has_a_request_id_in_body_and_header(cloud: Emulator) -> None:
    good, bad = wire.acs3(cloud), wire.acs3(cloud, "ListPlans")
    for reply in (good, bad):
        assert reply.headers["x-acs-request-id"] == reply.json["RequestId"]
        assert len(reply.json["RequestId"]) == 36
        assert "date" in reply.headers
    assert good.json["RequestId"] != bad.json["RequestId"]


def test_the_older_form_answers_xml_unless_json_is_asked_for(cloud: Emulator) -> None:
    asked = {"Action": "ListRegions", "AcceptLanguage": "en-US"}
    reply = wire.rpc(cloud, asked)
    assert reply.headers["content-type"] == "text/xml; charset=utf-8"
    root = ET.fromstring(reply.text)
    assert root.tag == "ListRegionsResponse"
    assert root.findtext("Regions/RegionId") == "cn-qingdao"
    assert len(root.findall("Regions")) == 27
    assert wire.rpc(cloud, asked, headers={"accept": "application/json"}).json["Regions"]
    assert wire.rpc(cloud, asked | {"Format": "JSON"}).json["Regions"]


def test_an_error_in_xml_has_its_own_root(cloud: Emulator) -> None:
    reply = wire.rpc(cloud, {"Action": "ListPlans", "Format": "XML"})
    root = ET.fromstring(reply.text)
    assert (reply.http, root.tag, root.findtext("Code")) == (400, "Error", "MissingParameter")


def test_xml_spells_booleans_and_escapes_text(cloud: Emulator) -> None:
    cloud.world.swas.servers[SHOP].tags["a<b"] = "&"
    reply = wire.rpc(cloud, {"Action": "ListInstances", "RegionId": REGION, "InstanceName": "shop"})
    instance = ET.fromstring(reply.text).find("Instances")
    assert instance is not None
    assert instance.findtext("Combination") == "false"
    assert "a<b" in [tag.findtext("Key") for tag in instance.findall("Tags")]


@pytest.mark.parametrize("status", [400, 200])
def test_a_passed_dry_run_says_so_with_the_status_of_the_quirk(
    status: Literal[400, 200], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(SWAS.contract.actions["StopInstance"], "dry_run", True)
    monkeypatch.setitem(
        SWAS.contract.actions["StopInstance"],
        "params",
        [
            *SWAS.contract.actions["StopInstance"]["params"],
            {"name": "DryRun", "type": "boolean", "required": False},
        ],
    )
    done: list[str] = []

    def stop(call: Call) -> dict[str, object]:
        if call.get("InstanceId") == "x":
            raise ServiceError(404, "InvalidInstanceId.NotFound", "no")
        if call.get("InstanceId") != "careless":
            call.stop_if_dry()
        done.append("stopped")
        return {}

    monkeypatch.setitem(SWAS.handlers, "StopInstance", stop)
    with Emulator(speed=None, quirks=Quirks(dry_run_status=status)) as cloud:
        query = {"RegionId": REGION, "InstanceId": SHOP, "DryRun": "true", "ClientToken": "t"}
        reply = wire.acs3(cloud, "StopInstance", query)
        assert reply.refused == (status, "DryRunOperation")
        assert wire.acs3(cloud, "StopInstance", query | {"InstanceId": "x"}).http == 404
        assert done == []
        assert cloud.log[0].dry_run
        assert cloud.log.attempted_writes() == []
        # A handler that forgets to stop is a fault of the emulator, and is told as one.
        assert wire.acs3(cloud, "StopInstance", query | {"InstanceId": "careless"}).http == 500
        # The dry runs have not used up the token.
        assert wire.acs3(cloud, "StopInstance", query | {"DryRun": "false"}).http == 200


def test_dry_run_passed_is_no_error_of_a_service() -> None:
    assert not issubclass(DryRunPassed, ServiceError)


def test_the_log_has_every_call_with_what_became_of_it(cloud: Emulator, sdk: Sdk) -> None:
    sdk.call("ListInstances", RegionId=REGION, PageSize=5)
    cloud.clock.advance(30)
    refusal(lambda: sdk.call("StartInstance", RegionId=REGION, InstanceId=SHOP))
    sdk.call("StopInstance", RegionId=REGION, InstanceId=SHOP, ClientToken="once")
    read, refused, written = cloud.log
    assert [call.seq for call in cloud.log] == [1, 2, 3]
    assert (read.action, read.write, read.http, read.code) == ("ListInstances", False, 200, "")
    assert read.params == {"RegionId": REGION, "PageSize": 5}
    assert (refused.http, refused.code, refused.write) == (403, "IncorrectInstanceStatus", True)
    assert (written.client_token, written.service, written.region_id) == ("once", "swas", REGION)
    assert written.account_id == "1234567890123456"
    assert (read.at, written.at) == (START, START + timedelta(seconds=30))
    assert cloud.log.writes() == [written]
    assert cloud.log.attempted_writes() == [refused, written]
    assert cloud.log.of("StopInstance") == [written]


def test_the_log_holds_no_secret(cloud: Emulator, sdk: Sdk) -> None:
    sdk.call("UpdateInstanceAttribute", RegionId=REGION, InstanceId=SHOP, Password="Very-secret-1")
    assert cloud.log[0].params["Password"] == "***"
    sdk.call("ResetSystem", RegionId=REGION, InstanceId=SHOP, LoginCredentials__Password="Very-secret-1")
    assert cloud.log[1].params["LoginCredentials"] == {"Password": "***"}
    bad = Sdk(cloud, access_key_secret="wrong")
    secrets = {"Password": "Very-secret-1", "LoginCredentials__Password": "Very-secret-1"}
    refusal(lambda: bad.call("UpdateInstanceAttribute", RegionId=REGION, **secrets))
    assert cloud.log[2].http == 400
    assert "Very-secret-1" not in str(cloud.log[2])
    refusal(lambda: Sdk(cloud, "STS.emulator0000", rpc=True).call("ListPlans"))
    assert "emulator-security-token" not in str(cloud.log[3])


def test_a_handler_that_breaks_is_an_internal_error(
    sdk: Sdk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(SWAS.handlers, "ListPlans", lambda _call: 1 // 0)
    assert refusal(lambda: sdk.call("ListPlans", RegionId=REGION)) == (500, "InternalError")
    assert "ZeroDivisionError" in caplog.text


def test_accounts_do_not_see_each_other(cloud: Emulator, sdk: Sdk) -> None:
    other = Sdk(cloud, "LTAIemulator0001")
    mine = {s["InstanceId"] for s in sdk.call("ListInstances", RegionId=REGION, PageSize=100)["Instances"]}
    theirs = {s["InstanceId"] for s in other.call("ListInstances", RegionId=REGION)["Instances"]}
    assert mine
    assert theirs
    assert not mine & theirs
    refused = refusal(lambda: other.call("StopInstance", RegionId=REGION, InstanceId=SHOP))
    assert refused == (404, "InvalidInstanceId.NotFound")


def test_regions_do_not_see_each_other(sdk: Sdk) -> None:
    refused = refusal(lambda: sdk.call("StopInstance", RegionId="ap-southeast-1", InstanceId=SHOP))
    assert refused == (404, "InvalidInstanceId.NotFound")


def test_the_same_seed_gives_the_same_world() -> None:
    def build(seed: int) -> dict[str, object]:
        with Emulator(speed=None, start=START, seed=seed) as cloud:
            sdk = Sdk(cloud)
            sdk.call("ListRegions")
            disk = cloud.world.swas.servers[SHOP].disk_ids[0]
            sdk.call("CreateSnapshot", RegionId=REGION, DiskId=disk, SnapshotName="nightly")
            cloud.clock.advance(900)
            return cloud.state()

    assert build(3) == build(3)
    assert build(3) != build(4)


def test_stopping_joins_the_thread_quickly_and_frees_the_port() -> None:
    cloud = Emulator(speed=None).start()
    port = int(cloud.endpoint.rsplit(":", 1)[1])
    assert Sdk(cloud).call("ListRegions")["Regions"]
    begun = time.monotonic()
    cloud.stop()
    assert time.monotonic() - begun < 1
    assert "swaslift-emulator" not in {thread.name for thread in threading.enumerate()}
    with Emulator(speed=None, port=port) as again:
        assert again.endpoint == f"127.0.0.1:{port}"
    assert cloud.state()
    with pytest.raises(RuntimeError, match="not running"):
        _ = cloud.endpoint


def test_stopping_ends_a_slow_call_whose_caller_has_gone(caplog: pytest.LogCaptureFixture) -> None:
    cloud = Emulator(speed=None).start()
    cloud.faults.slow("ListPlans", 3600)
    assert refusal(Sdk(cloud, read_timeout=300).call, "ListPlans", RegionId=REGION).http == 0
    begun = time.monotonic()
    cloud.stop()
    assert time.monotonic() - begun < 1
    assert [(call.action, call.http, call.fault) for call in cloud.log] == [("ListPlans", 0, "slow")]
    del cloud
    gc.collect()  # asyncio tells of a task that is left behind when it is taken away
    assert caplog.messages == []


def test_a_port_in_use_is_told_at_once(cloud: Emulator) -> None:
    port = int(cloud.endpoint.rsplit(":", 1)[1])
    with pytest.raises(OSError, match="address already in use"):
        Emulator(speed=None, port=port).start()


def test_another_host_name_is_refused(cloud: Emulator) -> None:
    reply = wire.send(cloud, "GET", "/-/health", headers={"host": "evil.example.com"})
    assert reply.http == 403


def test_the_environment_points_a_client_at_the_emulator(cloud: Emulator) -> None:
    assert cloud.environment() == {
        "SWASLIFT_ENDPOINT_URL": cloud.endpoint_url,
        "ALIBABA_CLOUD_ACCESS_KEY_ID": "LTAIemulator0000",
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "emulator-secret",
        "ALIBABA_CLOUD_REGION_ID": REGION,
    }
    assert cloud.endpoint_url.startswith("http://127.0.0.1:")
