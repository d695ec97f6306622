"""STS: who am I?"""

from __future__ import annotations

from swaslift.emulator import Emulator
from swaslift.emulator.inventory import default
from tests.emulator.sdk import Sdk


def test_an_account_is_told_by_its_own_key(sdk: Sdk) -> None:
    answer = sdk.call("GetCallerIdentity", "sts")
    assert answer["AccountId"] == "1234567890123456"
    assert answer["IdentityType"] == "Account"
    assert answer["Arn"] == "acs:ram::1234567890123456:root"
    assert answer["UserId"] == answer["PrincipalId"] == "1234567890123456"


def test_an_assumed_role_is_told_with_its_session(cloud: Emulator) -> None:
    answer = Sdk(cloud, "STS.emulator0000").call("GetCallerIdentity", "sts")
    assert answer["IdentityType"] == "AssumedRoleUser"
    assert answer["Arn"] == "acs:ram::1234567890123456:assumed-role/swaslift-operator/rehearsal"
    assert answer["PrincipalId"] == "300000000000000001:rehearsal"
    assert answer["RoleId"] == "300000000000000001"
    assert "UserId" not in answer


def test_a_ram_user_is_told_by_its_name() -> None:
    inventory = default()
    inventory["accounts"].append(
        {
            "account_id": "1234567890123456",
            "access_key_id": "LTAIemulator0002",
            "access_key_secret": "emulator-secret-of-a-user",
            "identity_type": "RAMUser",
            "name": "night-shift",
            "principal_id": "200000000000000002",
        }
    )
    with Emulator(inventory, speed=None) as cloud:
        answer = Sdk(cloud, "LTAIemulator0002").call("GetCallerIdentity", "sts")
    assert answer["Arn"] == "acs:ram::1234567890123456:user/night-shift"
    assert answer["UserId"] == "200000000000000002"


def test_every_documented_field_is_filled_for_some_identity(cloud: Emulator, sdk: Sdk) -> None:
    answers = [
        sdk.call("GetCallerIdentity", "sts"),
        Sdk(cloud, "STS.emulator0000").call("GetCallerIdentity", "sts"),
    ]
    documented = {
        "AccountId",
        "Arn",
        "IdentityType",
        "PrincipalId",
        "RequestId",
        "RoleId",
        "UserId",
    }
    assert {name for answer in answers for name in answer} == documented
    assert all(isinstance(value, str) for answer in answers for value in answer.values())


def test_an_identity_shares_the_resources_of_its_account(cloud: Emulator, sdk: Sdk) -> None:
    region = {"RegionId": "cn-hangzhou"}
    by_role = Sdk(cloud, "STS.emulator0000").call("ListInstances", **region)
    assert by_role["Instances"] == sdk.call("ListInstances", **region)["Instances"]
