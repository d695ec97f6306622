"""Security groups, their rules, VPCs and vSwitches."""

from __future__ import annotations

import json
from typing import Any

import pytest

from swaslift.emulator import Emulator
from tests.emulator.ecs_steps import GROUP, Ecs

VPC, OTHER_VPC = "vpc-emulator-hz", "vpc-emulator-hz-other"
EMPTY, OTHER = "sg-emulator-hz-empty", "sg-emulator-hz-other"
SSH = {"IpProtocol": "tcp", "PortRange": "22/22", "SourceCidrIp": "203.0.113.0/24"}


def _rules(ecs: Ecs, group: str = EMPTY, **query: Any) -> list[dict[str, Any]]:
    found = ecs.do("DescribeSecurityGroupAttribute", SecurityGroupId=group, **query)
    return list(found["Permissions"]["Permission"])


# Rules.


def test_the_deprecated_flat_form_is_one_rule(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    ecs.do("AuthorizeSecurityGroup", SecurityGroupId=EMPTY, Priority="5", **SSH)
    [rule] = _rules(ecs)
    assert (rule["IpProtocol"], rule["PortRange"], rule["Priority"]) == ("TCP", "22/22", "5")
    assert rule["SourceCidrIp"] == "203.0.113.0/24"
    ecs.do("RevokeSecurityGroup", SecurityGroupId=EMPTY, Priority="5", **SSH)
    assert _rules(ecs) == []
    for action in ("AuthorizeSecurityGroup", "RevokeSecurityGroup"):
        assert ecs.refused(action, SecurityGroupId=EMPTY) == (400, "MissingParameter")


def test_rules_are_added_once_and_removed(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    order = {"SecurityGroupId": EMPTY, "Permissions": [SSH]}
    ecs.do("AuthorizeSecurityGroup", **order)
    ecs.do("AuthorizeSecurityGroup", **order)
    found = _rules(ecs)
    expected = {
        "IpProtocol": "TCP",
        "PortRange": "22/22",
        "SourceCidrIp": "203.0.113.0/24",
        "Policy": "Accept",
        "Priority": "1",
        "Direction": "ingress",
        "NicType": "intranet",
    }
    assert [{k: r[k] for k in expected} for r in found] == [expected]
    ecs.do("RevokeSecurityGroup", **order)
    ecs.do("RevokeSecurityGroup", **order)
    assert _rules(ecs) == []


def test_a_rule_can_be_removed_by_its_id(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    ecs.do("AuthorizeSecurityGroup", SecurityGroupId=EMPTY, Permissions=[SSH])
    rule = _rules(ecs)[0]["SecurityGroupRuleId"]
    ecs.do("RevokeSecurityGroup", SecurityGroupId=EMPTY, SecurityGroupRuleId=[rule])
    order = {"SecurityGroupId": EMPTY, "SecurityGroupRuleId": [rule]}
    assert ecs.refused("RevokeSecurityGroup", **order) == (400, "InvalidParam.SecurityGroupRuleId")
    both = order | {"Permissions": [SSH]}
    assert ecs.refused("RevokeSecurityGroup", **both) == (400, "InvalidParam.SecurityGroupRuleId")


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"IpProtocol": "SCTP"}, (400, "InvalidIpProtocol.ValueNotSupported")),
        ({"Policy": "maybe"}, (400, "InvalidPolicy.Malformed")),
        ({"Priority": "high"}, (400, "InvalidPriority.Malformed")),
        ({"Priority": "101"}, (400, "InvalidPriority.ValueNotSupported")),
        ({"NicType": "wifi"}, (400, "InvalidNicType.ValueNotSupported")),
        ({"NicType": "internet"}, (400, "InvalidNicType.Mismatch")),
        ({"Description": "x" * 513}, (400, "InvalidSecurityGroupDiscription.Malformed")),
        ({"PortRange": None}, (400, "InvalidPortRange.Malformed")),
        ({"PortRange": "22"}, (400, "InvalidParam.PortRange")),
        ({"PortRange": "0/22"}, (400, "InvalidParam.PortRange")),
        ({"PortRange": "90/80"}, (400, "InvalidParam.PortRange")),
        ({"IpProtocol": "ICMP"}, (400, "InvalidParam.PortRange")),
        ({"SourceCidrIp": None}, (400, "MissingParameter.Source")),
        ({"SourceCidrIp": "somewhere"}, (400, "InvalidSourceCidrIp.Malformed")),
        ({"SourceCidrIp": "2001:db8::/32"}, (400, "InvalidSourceCidrIp.Malformed")),
        ({"Ipv6SourceCidrIp": "2001:db8::/32"}, (400, "InvalidParamter.Conflict")),
        ({"DestCidrIp": "203.0.113.0/24"}, (400, "InvalidParamter.Conflict")),
        ({"SourceGroupId": EMPTY}, (400, "InvalidParamter.Conflict")),
        ({"SourceGroupId": "sg-unknown"}, (404, "InvalidSourceGroupId.NotFound")),
        ({"SourceGroupId": OTHER}, (400, "InvalidSourceGroupId.Mismatch")),
    ],
)
def test_a_wrong_rule_is_refused(cloud: Emulator, change: dict[str, Any], refusal: tuple[int, str]) -> None:
    ecs = Ecs(cloud)
    rule = {k: v for k, v in (SSH | change).items() if v is not None}
    order = {"SecurityGroupId": EMPTY, "Permissions": [rule]}
    assert ecs.refused("AuthorizeSecurityGroup", **order) == refusal
    assert _rules(ecs) == []


def test_a_call_needs_rules_that_differ_and_a_group(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    for action in ("AuthorizeSecurityGroup", "RevokeSecurityGroup"):
        assert ecs.refused(action, SecurityGroupId=EMPTY) == (400, "MissingParameter")
        unknown = {"SecurityGroupId": "sg-unknown", "Permissions": [SSH]}
        assert ecs.refused(action, **unknown) == (404, "InvalidSecurityGroupId.NotFound")
    twice = {"SecurityGroupId": EMPTY, "Permissions": [SSH, SSH]}
    assert ecs.refused("AuthorizeSecurityGroup", **twice) == (400, "InvalidParam.DuplicatePermissions")


def test_a_group_has_so_many_rules(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    for hundred in range(10):
        rules = [SSH | {"PortRange": f"{n}/{n}"} for n in range(1 + hundred * 100, 101 + hundred * 100)]
        ecs.do("AuthorizeSecurityGroup", SecurityGroupId=EMPTY, Permissions=rules)
    more = {"SecurityGroupId": EMPTY, "Permissions": [SSH | {"PortRange": "9999/9999"}]}
    assert ecs.refused("AuthorizeSecurityGroup", **more) == (403, "AuthorizationLimitExceed")


def test_rules_are_read_by_direction(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    assert {r["Direction"] for r in _rules(ecs, GROUP)} == {"ingress", "egress"}
    assert [r["DestCidrIp"] for r in _rules(ecs, GROUP, Direction="egress")] == ["0.0.0.0/0"]
    wrong = {"SecurityGroupId": GROUP, "Direction": "up"}
    assert ecs.refused("DescribeSecurityGroupAttribute", **wrong) == (400, "InvalidParamter")
    wrong = {"SecurityGroupId": GROUP, "NicType": "wifi"}
    assert ecs.refused("DescribeSecurityGroupAttribute", **wrong) == (400, "InvalidNicType.ValueNotSupported")
    wrong = {"SecurityGroupId": "sg-emulator-sh-web"}
    assert ecs.refused("DescribeSecurityGroupAttribute", **wrong) == (404, "InvalidSecurityGroupId.NotFound")


# Groups.


def test_a_group_is_made_listed_and_deleted(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    made = ecs.do("CreateSecurityGroup", VpcId=VPC, SecurityGroupName="made", ClientToken="t")[
        "SecurityGroupId"
    ]
    assert (
        ecs.do("CreateSecurityGroup", VpcId=VPC, SecurityGroupName="made", ClientToken="t")["SecurityGroupId"]
        == made
    )
    query = {"SecurityGroupIds": json.dumps([made])}
    assert ecs.do("DescribeSecurityGroups", **query)["TotalCount"] == 0
    ecs.wait(5)
    found = ecs.do("DescribeSecurityGroups", **query)["SecurityGroups"]["SecurityGroup"]
    assert [(g["SecurityGroupName"], g["VpcId"], g["RuleCount"], g["EcsCount"]) for g in found] == [
        ("made", VPC, 0, 0)
    ]
    ecs.do("DeleteSecurityGroup", SecurityGroupId=made)
    assert ecs.do("DescribeSecurityGroups", **query)["TotalCount"] == 0


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"VpcId": None}, (403, "InvalidVpcId.NotFound")),
        ({"VpcId": "vpc-unknown"}, (404, "InvalidVpcId.NotFound")),
        ({"VpcId": "vpc-emulator-sh"}, (404, "InvalidVpcId.NotFound")),
        ({"SecurityGroupName": "!"}, (400, "InvalidSecurityGroupName.Malformed")),
        ({"Description": "x"}, (400, "InvalidDescription.Malformed")),
        ({"SecurityGroupType": "huge"}, (400, "InvalidParams.GroupType")),
        ({"Tag": [{"Key": "acs:a", "Value": ""}]}, (400, "InvalidTagKey.Malformed")),
    ],
)
def test_a_wrong_group_is_refused(cloud: Emulator, change: dict[str, Any], refusal: tuple[int, str]) -> None:
    order = {k: v for k, v in ({"VpcId": VPC} | change).items() if v is not None}
    assert Ecs(cloud).refused("CreateSecurityGroup", **order) == refusal


def test_the_group_quota_and_a_new_vpc_bind(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    vpc = ecs.do("CreateVpc", CidrBlock="10.0.0.0/16")["VpcId"]
    assert ecs.refused("CreateSecurityGroup", VpcId=vpc) == (400, "IncorrectVpcStatus")
    cloud.world.ecs.attributes["max-security-groups"] = ["3"]
    assert ecs.refused("CreateSecurityGroup", VpcId=VPC) == (403, "QuotaExceed.SecurityGroup")


def test_a_group_in_use_is_not_deleted(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    assert ecs.refused("DeleteSecurityGroup", SecurityGroupId=GROUP) == (403, "DependencyViolation")
    unknown = ecs.refused("DeleteSecurityGroup", SecurityGroupId="sg-unknown")
    assert unknown == (404, "InvalidSecurityGroup.NotFound")
    made = ecs.do("CreateSecurityGroup", VpcId=VPC)["SecurityGroupId"]
    rule = {"IpProtocol": "ALL", "PortRange": "-1/-1", "SourceGroupId": EMPTY}
    ecs.do("AuthorizeSecurityGroup", SecurityGroupId=made, Permissions=[rule])
    assert ecs.refused("DeleteSecurityGroup", SecurityGroupId=EMPTY) == (403, "DependencyViolation")
    ecs.do("DeleteSecurityGroup", SecurityGroupId=made)
    ecs.do("DeleteSecurityGroup", SecurityGroupId=EMPTY)


def test_groups_are_found_by_name_vpc_and_tag(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    for query, found in (
        ({"VpcId": OTHER_VPC}, [OTHER]),
        ({"SecurityGroupName": "web"}, [GROUP]),
        ({"Tag": [{"Key": "team", "Value": "ops"}]}, [GROUP]),
        ({"SecurityGroupType": "enterprise"}, []),
        ({"NetworkType": "classic"}, []),
    ):
        groups = ecs.do("DescribeSecurityGroups", **query)["SecurityGroups"]["SecurityGroup"]
        assert [g["SecurityGroupId"] for g in groups] == found
    code = (400, "InvalidParameter.SecurityGroupType")
    assert ecs.refused("DescribeSecurityGroups", SecurityGroupType="huge") == code
    many = json.dumps([f"sg-{n}" for n in range(101)])
    assert ecs.refused("DescribeSecurityGroups", SecurityGroupIds=many) == (
        400,
        "InvalidSecurityGroupId.Malformed",
    )
    assert ecs.refused("DescribeSecurityGroups", NextToken="x") == (400, "InValidParameter.NextToken")
    assert ecs.refused("DescribeSecurityGroups", DryRun=True) == (400, "DryRunOperation")


# VPCs and vSwitches.


def test_a_vpc_and_a_vswitch_are_pending_first(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    vpc = ecs.do("CreateVpc", VpcName="mine", CidrBlock="10.0.0.0/8", UserCidr="100.1.0.0/24")["VpcId"]
    order = {"VpcId": vpc, "ZoneId": "cn-hangzhou-h", "CidrBlock": "10.1.0.0/24"}
    assert ecs.refused("CreateVSwitch", **order) == (400, "IncorrectVpcStatus")
    ecs.wait(10)
    switch = ecs.do("CreateVSwitch", **order)["VSwitchId"]
    ecs.wait(10)
    found = ecs.do("DescribeVpcs", VpcId=vpc)["Vpcs"]["Vpc"][0]
    assert (found["Status"], found["VSwitchIds"]) == ("Available", {"VSwitchId": [switch]})
    seen = ecs.do("DescribeVSwitches", VpcId=vpc)["VSwitches"]["VSwitch"][0]
    assert (seen["Status"], seen["ZoneId"], seen["AvailableIpAddressCount"]) == (
        "Available",
        "cn-hangzhou-h",
        252,
    )


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"VpcId": "vpc-unknown"}, (404, "InvalidVpcId.NotFound")),
        ({"ZoneId": "cn-shanghai-l"}, (404, "InvalidZoneId.NotFound")),
        ({"CidrBlock": "here"}, (400, "InvalidCidrBlock.Malformed")),
        ({"CidrBlock": "172.20.5.0/30"}, (400, "InvalidCirdrBlock.MaskLength")),
        ({"CidrBlock": "10.0.0.0/24"}, (400, "InvalidParameter")),
        ({"CidrBlock": "172.20.1.128/25"}, (400, "InvalidCidrBlock.Overlapped")),
        ({"VSwitchName": "!"}, (400, "InvalidVSwitchName.Malformed")),
        ({"Description": "x"}, (400, "InvalidDescription.Malformed")),
    ],
)
def test_a_wrong_vswitch_is_refused(
    cloud: Emulator, change: dict[str, Any], refusal: tuple[int, str]
) -> None:
    good = {"VpcId": VPC, "ZoneId": "cn-hangzhou-h", "CidrBlock": "172.20.5.0/24"}
    assert Ecs(cloud).refused("CreateVSwitch", **(good | change)) == refusal


@pytest.mark.parametrize(
    ("order", "refusal"),
    [
        ({"CidrBlock": "8.8.8.0/24"}, (400, "InvalidParameter")),
        ({"CidrBlock": "here"}, (400, "InvalidParameter")),
        ({"VpcName": "!"}, (400, "InvalidVpcName.Malformed")),
        ({"RegionId": "cn-qingdao"}, (404, "InvalidRegionId.NotFound")),
    ],
)
def test_a_wrong_vpc_is_refused(cloud: Emulator, order: dict[str, str], refusal: tuple[int, str]) -> None:
    assert Ecs(cloud).refused("CreateVpc", **order) == refusal


def test_networks_are_those_of_the_region(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    found = ecs.do("DescribeVpcs", RegionId="ap-southeast-1")["Vpcs"]["Vpc"]
    assert [v["VpcId"] for v in found] == ["vpc-emulator-sgp"]
    switches = ecs.do("DescribeVSwitches", ZoneId="cn-hangzhou-h")["VSwitches"]["VSwitch"]
    assert [s["VSwitchId"] for s in switches] == ["vsw-emulator-hz-h"]
