"""The rules of a security group."""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING, Any

from swaslift.emulator.ecs import find
from swaslift.emulator.ecs.documented import GROUP_ATTRIBUTE, RULE
from swaslift.emulator.ecs.paging import by_token
from swaslift.emulator.ecs.records_network import Rule, SecurityGroup
from swaslift.emulator.ecs.service import ECS
from swaslift.emulator.ecs.times import to_second
from swaslift.emulator.numbers import digits

if TYPE_CHECKING:
    from swaslift.emulator.ecs.state import EcsState
    from swaslift.emulator.service import Call

_PROTOCOLS = {"TCP", "UDP", "ICMP", "ICMPV6", "GRE", "ALL"}
_MOST_RULES = 1000
_FLAT = (
    "Description",
    "DestCidrIp",
    "IpProtocol",
    "Ipv6SourceCidrIp",
    "NicType",
    "Policy",
    "PortRange",
    "Priority",
    "SourceCidrIp",
    "SourceGroupId",
    "SourcePortRange",
    "SourcePrefixListId",
)
_SOURCES = ("SourceCidrIp", "Ipv6SourceCidrIp", "SourceGroupId", "SourcePrefixListId")


@ECS.action("DescribeSecurityGroupAttribute")
def describe_security_group_attribute(call: Call) -> dict[str, Any]:
    """A group with its rules."""
    find.region(call)
    if call.get("NicType") not in {None, "internet", "intranet"}:
        raise call.error("InvalidNicType.ValueNotSupported", "The specified NicType is not supported.")
    if call.get("Direction") not in {None, "all", "ingress", "egress"}:
        raise call.error("InvalidParamter", "The specified Direction is not valid.")
    group = find.security_group(call, call.get("SecurityGroupId"))
    rules = [r for r in group.rules if call.get("Direction") in {None, "all", r.direction}]
    page, fields = by_token(call, rules, most=1000, least=10, default=500)
    del fields["TotalCount"]
    body = {
        "Description": group.description,
        "InnerAccessPolicy": "Accept" if group.kind == "normal" else "Drop",
        "Permissions": {"Permission": [rule_body(find.ecs(call), r) for r in page]},
        "RegionId": group.region_id,
        "SecurityGroupId": group.id,
        "SecurityGroupName": group.name,
        "SnapshotPolicyIds": {"SnapshotPolicyId": []},
        "VpcId": group.vpc_id,
        **fields,
    }
    return GROUP_ATTRIBUTE.put(body, group.documented)


def rule_body(state: EcsState, rule: Rule) -> dict[str, Any]:
    """How a rule looks in ``DescribeSecurityGroupAttribute``."""
    source = state.security_groups.get(rule.source_group)
    body = {
        "CreateTime": to_second(rule.created_at),
        "Description": rule.description,
        "DestCidrIp": rule.dest_cidr,
        "DestGroupId": "",
        "DestGroupName": "",
        "DestGroupOwnerAccount": "",
        "DestPrefixListId": "",
        "DestPrefixListName": "",
        "Direction": rule.direction,
        "IpProtocol": rule.protocol,
        "Ipv6DestCidrIp": "",
        "Ipv6SourceCidrIp": rule.source_cidr6,
        "NicType": rule.nic_type,
        "Policy": rule.policy,
        "PortRange": rule.ports,
        "Priority": str(rule.priority),
        "SecurityGroupRuleId": rule.id,
        "SourceCidrIp": rule.source_cidr,
        "SourceGroupId": rule.source_group,
        "SourceGroupName": source.name if source else "",
        "SourceGroupOwnerAccount": source.account_id if source else "",
        "SourcePortRange": rule.source_ports,
        "SourcePrefixListId": rule.source_prefix_list,
        "SourcePrefixListName": "",
    }
    return RULE.put(body, rule.documented)


@ECS.action("AuthorizeSecurityGroup")
def authorize_security_group(call: Call) -> dict[str, Any]:
    """An identical rule that exists makes the call succeed without change."""
    group = find.security_group(call, call.get("SecurityGroupId"))
    rules = [_rule(call, group, p) for p in _permissions(call)]
    keys = [r.key for r in rules]
    if len(set(keys)) < len(keys):
        raise call.error("InvalidParam.DuplicatePermissions", "Permissions holds the same rule twice.")
    existing = {r.key for r in group.rules}
    fresh = [r for r in rules if r.key not in existing]
    if len(group.rules) + len(fresh) > _MOST_RULES:
        raise call.error("AuthorizationLimitExceed", "The limit of rules of the security group is reached.")
    group.rules.extend(fresh)
    return {}


@ECS.action("RevokeSecurityGroup")
def revoke_security_group(call: Call) -> dict[str, Any]:
    """By rule ids, or by rules; a rule that matches nothing is ignored, an unknown id is not."""
    group = find.security_group(call, call.get("SecurityGroupId"))
    ids = call.get("SecurityGroupRuleId")
    if ids and call.get("Permissions"):
        raise call.error("InvalidParam.SecurityGroupRuleId", "Give SecurityGroupRuleId or Permissions.")
    if ids:
        known = {r.id for r in group.rules}
        if not set(ids) <= known:
            raise call.error("InvalidParam.SecurityGroupRuleId", "A security group rule does not exist.")
        group.rules = [r for r in group.rules if r.id not in ids]
        return {}
    keys = {_rule(call, group, p).key for p in _permissions(call)}
    group.rules = [r for r in group.rules if r.key not in keys]
    return {}


def _permissions(call: Call) -> list[dict[str, Any]]:
    """The rules; without ``Permissions`` the deprecated flat parameters are one."""
    listed: list[dict[str, Any]] = call.get("Permissions") or []
    flat = {name: call.get(name) for name in _FLAT if call.get(name) is not None}
    if not listed and not flat:
        raise call.error("MissingParameter", "The parameter Permissions is required.", http=400)
    return listed or [flat]


def _rule(call: Call, group: SecurityGroup, given: dict[str, Any]) -> Rule:
    protocol = str(given.get("IpProtocol") or "").upper()
    if protocol not in _PROTOCOLS:
        raise call.error("InvalidIpProtocol.ValueNotSupported", f"The protocol {protocol} is not supported.")
    policy = str(given.get("Policy") or "accept").lower()
    if policy not in {"accept", "drop"}:
        raise call.error("InvalidPolicy.Malformed", "The specified Policy is wrongly formed.")
    priority = str(given.get("Priority") or "1")
    if not digits(priority):
        raise call.error("InvalidPriority.Malformed", "The specified Priority is wrongly formed.")
    if not 1 <= int(priority) <= 100:
        raise call.error("InvalidPriority.ValueNotSupported", "Priority must be between 1 and 100.")
    if given.get("NicType") not in {None, "intranet", "internet"}:
        raise call.error("InvalidNicType.ValueNotSupported", "The specified NicType is not supported.")
    if given.get("NicType") == "internet":
        raise call.error("InvalidNicType.Mismatch", "Rules of a VPC have the NicType intranet.")
    if len(given.get("Description") or "") > 512:
        raise call.error("InvalidSecurityGroupDiscription.Malformed", "The description is too long.")
    _check_source(call, group, given)
    return Rule(
        id=call.world.new_id("sgr-"),
        created_at=call.now,
        protocol="ICMPv6" if protocol == "ICMPV6" else protocol,
        ports=_ports(call, protocol, given.get("PortRange")),
        policy=policy.capitalize(),
        priority=int(priority),
        source_cidr=given.get("SourceCidrIp") or "",
        source_cidr6=given.get("Ipv6SourceCidrIp") or "",
        source_group=given.get("SourceGroupId") or "",
        source_prefix_list=given.get("SourcePrefixListId") or "",
        source_ports=given.get("SourcePortRange") or "",
        dest_cidr=given.get("DestCidrIp") or "",
        description=given.get("Description") or "",
    )


def _ports(call: Call, protocol: str, text: str | None) -> str:
    if not text:
        raise call.error("InvalidPortRange.Malformed", "The parameter PortRange is required.")
    match = re.fullmatch(r"(-?[0-9]{1,6})/(-?[0-9]{1,6})", text)
    if match is None:
        raise call.error("InvalidParam.PortRange", f"The port range {text} is not of the form a/b.")
    first, last = int(match[1]), int(match[2])
    if protocol in {"TCP", "UDP"}:
        if not 1 <= first <= last <= 65535:
            raise call.error("InvalidParam.PortRange", f"The port range {text} is out of range.")
    elif (first, last) != (-1, -1):
        raise call.error("InvalidParam.PortRange", f"For {protocol} the port range is -1/-1.")
    return text


def _check_source(call: Call, group: SecurityGroup, given: dict[str, Any]) -> None:
    if not any(given.get(s) for s in _SOURCES):
        raise call.error("MissingParameter.Source", "One source is required.")
    _check_blocks(call, given)
    if given.get("SourceCidrIp") and given.get("Ipv6SourceCidrIp"):
        raise call.error("InvalidParamter.Conflict", "A rule has IPv4 or IPv6 addresses, not both.")
    if given.get("SourceCidrIp") and given.get("SourceCidrIp") == given.get("DestCidrIp"):
        raise call.error("InvalidParamter.Conflict", "Source and destination are equal.")
    source = given.get("SourceGroupId")
    if source == group.id:
        raise call.error("InvalidParamter.Conflict", "The group and its source are the same.")
    if source:
        other = find.security_group(call, source, code="InvalidSourceGroupId.NotFound")
        if other.vpc_id != group.vpc_id:
            raise call.error("InvalidSourceGroupId.Mismatch", "The groups are in different VPCs.", http=400)


def _check_blocks(call: Call, given: dict[str, Any]) -> None:
    """Addresses are CIDR blocks of the right family."""
    for name, version in (("SourceCidrIp", 4), ("Ipv6SourceCidrIp", 6), ("DestCidrIp", 4)):
        text = given.get(name)
        if not text:
            continue
        try:
            fits = ipaddress.ip_network(text, strict=False).version == version
        except ValueError:
            fits = False
        if not fits:
            raise call.error("InvalidSourceCidrIp.Malformed", f"The specified {name} is wrongly formed.")
