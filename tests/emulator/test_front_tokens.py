"""Client tokens, and answers that get lost."""

from __future__ import annotations

from typing import Any

import pytest

from swaslift.emulator import Emulator, Quirks
from tests.emulator.sdk import REGION, Sdk, refusal

SHOP = "8a1f0c2d4e5b46f79a0b1c2d3e4f5a60"


def buy(sdk: Sdk, token: str, **changes: Any) -> dict[str, Any]:
    order: dict[str, Any] = {
        "RegionId": REGION,
        "ImageId": "img-ubuntu-2204",
        "PlanId": "swas.s.c2m2s40b4",
        "Period": 1,
    }
    return sdk.call("CreateInstances", ClientToken=token, **(order | changes))


def test_the_same_token_buys_once(cloud: Emulator, sdk: Sdk) -> None:
    before = len(cloud.world.swas.servers)
    first, second = buy(sdk, "t1"), buy(sdk, "t1")
    assert first["InstanceIds"] == second["InstanceIds"]
    assert first["RequestId"] != second["RequestId"]
    assert len(cloud.world.swas.servers) == before + 1
    assert [call.replayed for call in cloud.log] == [False, True]
    assert len(cloud.log.writes()) == 1
    assert len(cloud.log.attempted_writes()) == 2


def test_another_token_buys_again(sdk: Sdk) -> None:
    assert buy(sdk, "t1")["InstanceIds"] != buy(sdk, "t2")["InstanceIds"]


def test_a_token_with_other_parameters_is_refused(sdk: Sdk) -> None:
    buy(sdk, "t1")
    assert refusal(lambda: buy(sdk, "t1", Amount=2)) == (400, "IdempotentParameterMismatch")


def test_a_token_counts_per_account_region_and_action(cloud: Emulator, sdk: Sdk) -> None:
    first = buy(sdk, "t1")["InstanceIds"]
    other = Sdk(cloud, "LTAIemulator0001")
    assert buy(other, "t1")["InstanceIds"] != first
    assert buy(sdk, "t1", RegionId="ap-southeast-1")["InstanceIds"] != first
    sdk.call("StopInstance", RegionId=REGION, InstanceId=SHOP, ClientToken="t1")
    assert cloud.log[-1].http == 200
    assert not cloud.log[-1].replayed


def test_a_token_is_forgotten_after_its_lifetime() -> None:
    with Emulator(speed=None, quirks=Quirks(token_lifetime=600)) as cloud:
        sdk = Sdk(cloud)
        first = buy(sdk, "t1")["InstanceIds"]
        cloud.clock.advance(599)
        assert buy(sdk, "t1")["InstanceIds"] == first
        cloud.clock.advance(1)
        assert buy(sdk, "t1")["InstanceIds"] != first


def test_a_refused_call_does_not_use_up_its_token(cloud: Emulator, sdk: Sdk) -> None:
    start = {"RegionId": REGION, "InstanceId": SHOP, "ClientToken": "t1"}
    assert refusal(lambda: sdk.call("StartInstance", **start)).http == 403
    sdk.call("StopInstance", RegionId=REGION, InstanceId=SHOP)
    cloud.clock.advance(60)
    sdk.call("StartInstance", **start)
    assert cloud.log[-1].http == 200
    assert not cloud.log[-1].replayed


def test_a_list_is_not_answered_from_memory(cloud: Emulator, sdk: Sdk) -> None:
    asked = {"RegionId": REGION, "KeyPairName": "new", "ClientToken": "t1"}
    assert sdk.call("ListKeyPairs", method="GET", **asked)["TotalCount"] == 0
    sdk.call("ImportKeyPair", RegionId=REGION, KeyPairName="new", PublicKeyBody="ssh-ed25519 AAAA")
    assert sdk.call("ListKeyPairs", method="GET", **asked)["TotalCount"] == 1


@pytest.mark.parametrize("token", ["x" * 65, "clé"])
def test_a_token_has_at_most_64_ascii_characters(sdk: Sdk, token: str) -> None:
    assert refusal(lambda: buy(sdk, token)) == (403, "InvalidParam")


def test_after_a_lost_answer_the_token_gives_the_same_servers(cloud: Emulator, sdk: Sdk) -> None:
    before = set(cloud.world.swas.servers)
    cloud.faults.lose_answer("CreateInstances")
    assert refusal(lambda: buy(sdk, "t1")).http == 0
    bought = set(cloud.world.swas.servers) - before
    assert len(bought) == 1
    assert set(buy(sdk, "t1")["InstanceIds"]) == bought
    lost, again = cloud.log
    assert (lost.http, lost.fault, lost.replayed) == (200, "lose_answer", False)
    assert (again.http, again.fault, again.replayed) == (200, None, True)


def test_after_a_lost_answer_without_token_the_next_call_buys_again(cloud: Emulator, sdk: Sdk) -> None:
    before = len(cloud.world.swas.servers)
    cloud.faults.lose_answer("CreateInstances")
    refusal(lambda: buy(sdk, ""))
    buy(sdk, "")
    assert len(cloud.world.swas.servers) == before + 2
