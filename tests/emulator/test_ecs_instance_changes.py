"""Changing instances: attributes, groups, addresses, key pairs."""

from __future__ import annotations

import json
from typing import Any

import pytest

from swaslift.emulator import Emulator
from tests.emulator.ecs_steps import GROUP, IDLE, LOCKED, WEB, WIN, Ecs

WRONG = (403, "IncorrectInstanceStatus")
SECURITY = (403, "InstanceLockedForSecurity")
UNKNOWN = (404, "InvalidInstanceId.NotFound")
EMPTY = "sg-emulator-hz-empty"
OTHER = "sg-emulator-hz-other"


# Changing.


def test_attributes_change(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    ecs.do(
        "ModifyInstanceAttribute",
        InstanceId=WEB,
        InstanceName="web-new",
        HostName="web-new",
        Description="renamed",
        SecurityGroupIds=[EMPTY],
        Password="Rehearsal-1",
    )
    seen = ecs.instance(WEB)
    assert (seen["InstanceName"], seen["HostName"], seen["Description"]) == ("web-new", "web-new", "renamed")
    assert seen["SecurityGroupIds"]["SecurityGroupId"] == [EMPTY]


@pytest.mark.parametrize(
    ("order", "refusal"),
    [
        ({"InstanceId": "i-unknown"}, UNKNOWN),
        ({"InstanceId": LOCKED}, SECURITY),
        ({"InstanceName": "!"}, (400, "InvalidInstanceName.Malformed")),
        ({"Description": "x"}, (400, "InvalidDescription.Malformed")),
        ({"HostName": "-"}, (400, "InvalidHostName.Malformed")),
        ({"Password": "weak"}, (400, "InvalidPassword.Malformed")),
        ({"SecurityGroupIds": ["sg-unknown"]}, (404, "InvalidSecurityGroupId.NotFound")),
        ({"SecurityGroupIds": [OTHER]}, (404, "InvalidSecurityGroupVpc.NotBelongToOneVpc")),
        ({"SecurityGroupIds": [GROUP, GROUP]}, (404, "InvalidParameter.SecurityGroupIdRepeated")),
        ({"SecurityGroupIds": [f"sg-{n}" for n in range(6)]}, (400, "JoinedGroupLimitExceed")),
    ],
)
def test_a_wrong_change_is_refused(cloud: Emulator, order: dict[str, Any], refusal: tuple[int, str]) -> None:
    assert Ecs(cloud).refused("ModifyInstanceAttribute", **({"InstanceId": WEB} | order)) == refusal


def test_some_changes_need_the_right_moment_or_payment(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    starting = ecs.run()
    assert ecs.refused("ModifyInstanceAttribute", InstanceId=starting, HostName="x1") == WRONG
    paid = ecs.run(InstanceChargeType="PrePaid")
    order = {"InstanceId": paid, "DeletionProtection": True}
    assert ecs.refused("ModifyInstanceAttribute", **order) == (403, "InvalidChargeType.ValueNotSupported")
    wide = ecs.do("CreateSecurityGroup", VpcId="vpc-emulator-hz", SecurityGroupType="enterprise")
    mixed = {"InstanceId": WEB, "SecurityGroupIds": [GROUP, wide["SecurityGroupId"]]}
    assert ecs.refused("ModifyInstanceAttribute", **mixed) == (403, "EnterpriseGroupLimited.MutliGroupType")


def test_a_public_address_is_given_once_and_only_with_bandwidth(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    assert ecs.refused("AllocatePublicIpAddress", InstanceId=WEB) == (403, "AllocatedAlready")
    code = (400, "AllocateIpInvalidInstanceBandwidth")
    assert ecs.refused("AllocatePublicIpAddress", InstanceId=IDLE) == code
    assert ecs.refused("AllocatePublicIpAddress", InstanceId="i-unknown") == UNKNOWN
    assert ecs.refused("AllocatePublicIpAddress", InstanceId=LOCKED) == SECURITY


def test_an_instance_joins_and_leaves_groups(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    ecs.do("JoinSecurityGroup", InstanceId=WEB, SecurityGroupId=EMPTY)
    assert ecs.instance(WEB)["SecurityGroupIds"]["SecurityGroupId"] == [GROUP, EMPTY]
    ecs.do("LeaveSecurityGroup", InstanceId=WEB, SecurityGroupId=GROUP)
    assert ecs.instance(WEB)["SecurityGroupIds"]["SecurityGroupId"] == [EMPTY]


@pytest.mark.parametrize(
    ("action", "order", "refusal"),
    [
        ("Join", {"SecurityGroupId": GROUP}, (403, "InvalidInstanceId.AlreadyExists")),
        ("Join", {"SecurityGroupId": OTHER}, (400, "InvalidInstanceId.Mismatch")),
        ("Join", {"SecurityGroupId": "sg-unknown"}, (404, "InvalidSecurityGroupId.NotFound")),
        ("Join", {"SecurityGroupId": EMPTY, "InstanceId": "i-unknown"}, UNKNOWN),
        ("Join", {"SecurityGroupId": EMPTY, "InstanceId": LOCKED}, SECURITY),
        ("Join", {"SecurityGroupId": EMPTY, "InstanceId": None}, (400, "MissingParameter")),
        (
            "Join",
            {"SecurityGroupId": EMPTY, "NetworkInterfaceId": "eni-1"},
            (403, "InvalidParam.EniIdAndInstanceId.Conflict"),
        ),
        (
            "Join",
            {"SecurityGroupId": EMPTY, "NetworkInterfaceId": "eni-1", "InstanceId": None},
            (404, "InvalidEniId.NotFound"),
        ),
        ("Leave", {"SecurityGroupId": GROUP}, (403, "InstanceLastSecurityGroup")),
        ("Leave", {"SecurityGroupId": EMPTY}, (400, "InvalidSecurityGroupAssociation.NotFound")),
    ],
)
def test_a_wrong_move_between_groups_is_refused(
    cloud: Emulator, action: str, order: dict[str, Any], refusal: tuple[int, str]
) -> None:
    fields = {k: v for k, v in ({"InstanceId": WEB} | order).items() if v is not None}
    assert Ecs(cloud).refused(f"{action}SecurityGroup", **fields) == refusal


def test_five_groups_an_instance_and_one_kind(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    wide = ecs.do("CreateSecurityGroup", VpcId="vpc-emulator-hz", SecurityGroupType="enterprise")
    order = {"InstanceId": WEB, "SecurityGroupId": wide["SecurityGroupId"]}
    assert ecs.refused("JoinSecurityGroup", **order) == (400, "InvalidOperation.MultiGroupType")
    for _ in range(4):
        group = ecs.do("CreateSecurityGroup", VpcId="vpc-emulator-hz")["SecurityGroupId"]
        ecs.do("JoinSecurityGroup", InstanceId=WEB, SecurityGroupId=group)
    order = {"InstanceId": WEB, "SecurityGroupId": EMPTY}
    assert ecs.refused("JoinSecurityGroup", **order) == (400, "InstanceSecurityGroupLimitExceeded")


# Key pairs on instances.


def test_key_pairs_are_bound_and_taken_off_with_a_result_for_each(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    targets = json.dumps([LOCKED, IDLE, "i-unknown"])
    ecs.do("ImportKeyPair", KeyPairName="mine", PublicKeyBody="ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAQQC7")
    answer = ecs.do("AttachKeyPair", KeyPairName="mine", InstanceIds=targets)
    results = {r["InstanceId"]: (r["Success"], r["Code"]) for r in answer["Results"]["Result"]}
    assert results == {
        LOCKED: ("false", "IncorrectInstanceStatus"),
        IDLE: ("true", "200"),
        "i-unknown": ("false", "InvalidInstanceId.NotFound"),
    }
    assert (answer["TotalCount"], answer["FailCount"]) == ("3", "2")
    assert ecs.instance(IDLE)["KeyPairName"] == "mine"
    ecs.do("DetachKeyPair", KeyPairName="mine", InstanceIds=json.dumps([IDLE]))
    assert ecs.instance(IDLE)["KeyPairName"] == ""


def test_a_wrong_binding_is_refused(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    windows = ecs.run(ImageId=WIN)
    for action in ("AttachKeyPair", "DetachKeyPair"):
        cases = [
            ({"KeyPairName": "x1", "InstanceIds": json.dumps([WEB])}, (400, "InvalidKeyPairName.NotFound")),
            ({"InstanceIds": json.dumps([windows])}, (403, "DependencyViolation.WindowsInstance")),
            ({"InstanceIds": "[]"}, (400, "InvalidInstanceIds.ValueNotSupported")),
            (
                {"InstanceIds": json.dumps([f"i-{n}" for n in range(51)])},
                (403, "InstanceKeyPairLimitExceeded"),
            ),
        ]
        for order, refusal in cases:
            assert ecs.refused(action, **({"KeyPairName": "ops"} | order)) == refusal
