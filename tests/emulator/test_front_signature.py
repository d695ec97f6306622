"""Both signature forms are verified for real."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from alibabacloud_tea_openapi.models import GlobalParameters

from swaslift.emulator import Emulator
from swaslift.emulator.inventory import default
from tests.emulator import wire
from tests.emulator.sdk import Sdk, refusal

CODES = {"swas": "SignatureDoesNotMatch", "ecs": "IncompleteSignature", "sts": "SignatureDoesNotMatch"}
ACTIONS = {"swas": "ListRegions", "ecs": "DescribeRegions", "sts": "GetCallerIdentity"}


@pytest.mark.parametrize("rpc", [False, True], ids=["acs3", "rpc"])
def test_a_signed_call_of_the_sdk_is_answered(cloud: Emulator, rpc: bool) -> None:
    answer = Sdk(cloud, rpc=rpc).call("ListInstances", RegionId="cn-hangzhou", InstanceName="sh*p")
    assert [server["InstanceName"] for server in answer["Instances"]] == ["shop"]


@pytest.mark.parametrize("rpc", [False, True], ids=["acs3", "rpc"])
@pytest.mark.parametrize("service", ["swas", "ecs", "sts"])
def test_a_wrong_secret_is_refused(cloud: Emulator, service: str, rpc: bool) -> None:
    stranger = Sdk(cloud, rpc=rpc, access_key_secret="wrong")
    assert refusal(lambda: stranger.call(ACTIONS[service], service)) == (400, CODES[service])


@pytest.mark.parametrize("rpc", [False, True], ids=["acs3", "rpc"])
def test_an_unknown_key_is_refused(cloud: Emulator, rpc: bool) -> None:
    stranger = Sdk(cloud, rpc=rpc, access_key_id="LTAInobody")
    assert refusal(lambda: stranger.call("ListRegions")) == (404, "InvalidAccessKeyId.NotFound")


@pytest.mark.parametrize("rpc", [False, True], ids=["acs3", "rpc"])
def test_characters_that_need_encoding_do_not_break_the_signature(cloud: Emulator, rpc: bool) -> None:
    Sdk(cloud, rpc=rpc).call(
        "TagResources",
        RegionId="cn-hangzhou",
        ResourceType="instance",
        ResourceId__1="8a1f0c2d4e5b46f79a0b1c2d3e4f5a60",
        Tag__1__Key="a b+c*~/",
        Tag__1__Value="ü 中&=%",
    )
    server = cloud.world.swas.servers["8a1f0c2d4e5b46f79a0b1c2d3e4f5a60"]
    assert server.tags["a b+c*~/"] == "ü 中&=%"


def test_a_changed_query_breaks_the_acs3_signature(cloud: Emulator) -> None:
    good = wire.acs3(cloud, query={"AcceptLanguage": "en-US"})
    assert good.http == 200
    reply = wire.acs3(cloud, query={"AcceptLanguage": "en-US"}, unsigned={"x-acs-action": "ListPlans"})
    assert reply.refused == (400, "SignatureDoesNotMatch")


def test_a_body_that_does_not_fit_its_hash_is_refused(cloud: Emulator) -> None:
    reply = wire.acs3(cloud, body=b"AcceptLanguage=en-US", changed={"x-acs-content-sha256": "0" * 64})
    assert reply.refused == (400, "SignatureDoesNotMatch")


def test_parameters_may_come_in_a_form(cloud: Emulator) -> None:
    reply = wire.acs3(cloud, body=b"AcceptLanguage=en-US")
    assert reply.json["Regions"][0]["LocalName"] == "China (Qingdao)"


def test_a_signature_that_leaves_out_the_action_is_refused(cloud: Emulator) -> None:
    reply = wire.acs3(
        cloud,
        changed={"x-acs-action": None},  # type: ignore[dict-item]  # the SDK leaves out what is None
        unsigned={"x-acs-action": "ListRegions"},
    )
    assert reply.refused == (400, "SignatureDoesNotMatch")


def test_an_authorization_of_another_form_is_refused(cloud: Emulator) -> None:
    reply = wire.acs3(cloud, unsigned={"Authorization": "Bearer something"})
    assert reply.refused == (400, "SignatureDoesNotMatch")


def test_a_parameter_added_after_signing_breaks_the_rpc_signature(cloud: Emulator) -> None:
    asked = {"Action": "ListRegions", "Format": "JSON"}
    assert wire.rpc(cloud, asked).http == 200
    reply = wire.rpc(cloud, asked, added={"AcceptLanguage": "en-US"})
    assert reply.refused == (400, "SignatureDoesNotMatch")


@pytest.mark.parametrize("form", [False, True], ids=["query", "form"])
def test_the_older_form_takes_everything_in_query_or_form(cloud: Emulator, form: bool) -> None:
    asked = {"Action": "ListRegions", "Format": "JSON", "AcceptLanguage": "en-US"}
    reply = wire.rpc(cloud, asked, method="POST" if form else "GET", form=form)
    assert len(reply.json["Regions"]) == 27


@pytest.mark.parametrize("name", ["AccessKeyId", "Signature", "SignatureNonce", "Timestamp"])
def test_the_older_form_names_what_is_missing(cloud: Emulator, name: str) -> None:
    reply = wire.rpc(cloud, {"Action": "ListRegions", "Format": "JSON", name: ""}, added={name: ""})
    assert reply.refused == (400, "MissingParameter")
    assert f'"{name}"' in reply.json["Message"]


def test_another_signature_method_is_refused(cloud: Emulator) -> None:
    asked = {"Action": "ListRegions", "Format": "JSON", "SignatureMethod": "HMAC-MD5"}
    assert wire.rpc(cloud, asked).refused == (400, "SignatureDoesNotMatch")


@pytest.mark.parametrize("rpc", [False, True], ids=["acs3", "rpc"])
@pytest.mark.parametrize("minutes", [-16, 16])
def test_a_timestamp_far_from_real_time_is_refused(cloud: Emulator, minutes: int, rpc: bool) -> None:
    stamp = (datetime.now(UTC) + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")
    extra = (
        GlobalParameters(queries={"Timestamp": stamp})
        if rpc
        else GlobalParameters(headers={"x-acs-date": stamp})
    )
    late = Sdk(cloud, rpc=rpc, global_parameters=extra)
    assert refusal(lambda: late.call("ListRegions")) == (400, "IllegalTimestamp")


def test_a_timestamp_in_another_form_is_refused(cloud: Emulator) -> None:
    late = Sdk(cloud, global_parameters=GlobalParameters(headers={"x-acs-date": "yesterday"}))
    assert refusal(lambda: late.call("ListRegions")) == (400, "IllegalTimestamp")


def test_signatures_are_checked_on_real_time_whatever_the_clock_says(cloud: Emulator, sdk: Sdk) -> None:
    cloud.clock.advance(3600)
    assert sdk.call("ListRegions")["Regions"]


@pytest.mark.parametrize("rpc", [False, True], ids=["acs3", "rpc"])
def test_a_nonce_serves_once(cloud: Emulator, rpc: bool) -> None:
    nonce = {"SignatureNonce": "the-same"} if rpc else {"x-acs-signature-nonce": "the-same"}
    extra = GlobalParameters(queries=nonce) if rpc else GlobalParameters(headers=nonce)
    sdk = Sdk(cloud, rpc=rpc, global_parameters=extra)
    assert sdk.call("ListRegions")["Regions"]
    assert refusal(lambda: sdk.call("ListRegions")) == (400, "SignatureNonceUsed")


@pytest.mark.parametrize("rpc", [False, True], ids=["acs3", "rpc"])
@pytest.mark.parametrize("token", ["", "another"])
def test_a_temporary_key_needs_its_token(cloud: Emulator, token: str, rpc: bool) -> None:
    assert Sdk(cloud, "STS.emulator0000", rpc=rpc).call("ListRegions")["Regions"]
    bare = Sdk(cloud, "STS.emulator0000", rpc=rpc, security_token=token)
    assert refusal(lambda: bare.call("ListRegions")) == (400, "InvalidSecurityToken.Expired")


def test_a_token_ends_on_the_clock_of_the_emulator() -> None:
    inventory = default()
    inventory["accounts"][2]["token_expires_in_seconds"] = 3600
    with Emulator(inventory, speed=None) as cloud:
        sdk = Sdk(cloud, "STS.emulator0000")
        cloud.clock.advance(3599)
        assert sdk.call("ListRegions")["Regions"]
        cloud.clock.advance(1)
        assert refusal(lambda: sdk.call("ListRegions")) == (400, "InvalidSecurityToken.Expired")
