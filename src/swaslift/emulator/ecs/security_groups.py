"""Security groups, without their rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from swaslift.emulator.ecs import find
from swaslift.emulator.ecs.documented import GROUP
from swaslift.emulator.ecs.filters import like
from swaslift.emulator.ecs.paging import either
from swaslift.emulator.ecs.records_network import SecurityGroup
from swaslift.emulator.ecs.rules import check_description, check_name, check_tags, has_tags, tag_body
from swaslift.emulator.ecs.service import ECS
from swaslift.emulator.ecs.times import to_second

if TYPE_CHECKING:
    from datetime import datetime

    from swaslift.emulator.ecs.state import EcsState
    from swaslift.emulator.service import Call

_ROOM = 2000


@ECS.action("CreateSecurityGroup")
def create_security_group(call: Call) -> dict[str, Any]:
    """A new group without rules."""
    find.region(call)
    state, now = find.ecs(call), call.now
    check_name(call, "SecurityGroupName", "InvalidSecurityGroupName.Malformed")
    check_description(call)
    check_tags(call)
    kind: Any = call.get("SecurityGroupType") or "normal"
    if kind not in {"normal", "enterprise"}:
        raise call.error("InvalidParams.GroupType", "The specified SecurityGroupType is not valid.")
    if not call.get("VpcId"):
        raise call.error("InvalidVpcId.NotFound", "The parameter VpcId is required.", http=403)
    vpc = state.vpcs.find(call.get("VpcId"), call.account_id, now)
    if vpc is None or vpc.region_id != call.region_id:
        raise call.error("InvalidVpcId.NotFound", f"The VPC {call.get('VpcId')} does not exist.", http=404)
    if vpc.timeline.at(now) != "Available":
        raise call.error("IncorrectVpcStatus", "The VPC is not Available yet.")
    existing = state.security_groups.of(call.account_id, call.region_id, now)
    if len(existing) >= state.quota("max-security-groups", 100):
        raise call.error("QuotaExceed.SecurityGroup", "The security group quota is reached.")
    group_id = call.world.new_id("sg-")
    state.security_groups.add(
        SecurityGroup(
            id=group_id,
            account_id=call.account_id,
            region_id=call.region_id,
            created_at=now,
            visible_at=call.world.visible_at(now),
            tags=call.tags,
            resource_group_id=call.get("ResourceGroupId") or "",
            name=call.get("SecurityGroupName") or group_id,
            description=call.get("Description") or "",
            vpc_id=vpc.id,
            kind=kind,
        )
    )
    return {"SecurityGroupId": group_id}


@ECS.action("DescribeSecurityGroups")
def describe_security_groups(call: Call) -> dict[str, Any]:
    """Groups that lists show."""
    find.region(call)
    if call.get("SecurityGroupType") not in {None, "normal", "enterprise"}:
        raise call.error("InvalidParameter.SecurityGroupType", "The SecurityGroupType is not valid.")
    ids = find.json_list(call, "SecurityGroupIds")
    if ids is not None and len(ids) > 100:
        raise call.error("InvalidSecurityGroupId.Malformed", "At most 100 security group ids can be given.")
    call.stop_if_dry()
    state = find.ecs(call)
    found = [
        g
        for g in state.security_groups.listed(call.account_id, call.region_id, call.now)
        if (ids is None or g.id in ids)
        and call.get("SecurityGroupId") in {None, g.id}
        and _named(call, g)
        and call.get("ServiceManaged") in {None, g.documented.get("ServiceManaged", False)}
        and call.get("VpcId") in {None, g.vpc_id}
        and call.get("NetworkType") in {None, "vpc"}
        and call.get("SecurityGroupType") in {None, g.kind}
        and call.get("ResourceGroupId") in {None, g.resource_group_id}
        and has_tags(g.tags, call)
    ]
    page, fields = either(call, found, most=100)
    bodies = [group_body(state, g, call.now) for g in page]
    return {"RegionId": call.region_id, "SecurityGroups": {"SecurityGroup": bodies}, **fields}


def _named(call: Call, group: SecurityGroup) -> bool:
    name = call.get("SecurityGroupName")
    if name and call.get("FuzzyQuery"):
        return like(f"*{name}*", group.name)
    return name in {None, group.name}


def group_body(state: EcsState, group: SecurityGroup, now: datetime) -> dict[str, Any]:
    """An entry of ``DescribeSecurityGroups``."""
    members = len(state.members(group.id, now))
    body = {
        "AvailableInstanceAmount": _ROOM - members,
        "CreationTime": to_second(group.created_at),
        "Description": group.description,
        "EcsCount": members,
        "GroupToGroupRuleCount": sum(bool(r.source_group) for r in group.rules),
        "ResourceGroupId": group.resource_group_id,
        "RuleCount": len(group.rules),
        "SecurityGroupId": group.id,
        "SecurityGroupName": group.name,
        "SecurityGroupType": group.kind,
        "ServiceManaged": False,
        "Tags": tag_body(group.tags),
        "VpcId": group.vpc_id,
    }
    return GROUP.put(body, group.documented)


@ECS.action("DeleteSecurityGroup")
def delete_security_group(call: Call) -> dict[str, Any]:
    """Delete a group that holds no instances and is not referenced."""
    state, now = find.ecs(call), call.now
    group = find.security_group(call, call.get("SecurityGroupId"), code="InvalidSecurityGroup.NotFound")
    others = (g for g in state.security_groups if g is not group and g.exists(now))
    referenced = any(r.source_group == group.id for g in others for r in g.rules)
    if state.members(group.id, now) or referenced:
        raise call.error("DependencyViolation", "The security group holds instances or is referenced.")
    state.security_groups.remove(group.id)
    return {}
