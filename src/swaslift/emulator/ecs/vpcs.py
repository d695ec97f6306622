"""VPCs and vSwitches through the legacy actions of ECS."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Any

from swaslift.emulator.ecs import find
from swaslift.emulator.ecs.paging import by_number
from swaslift.emulator.ecs.records_network import Vpc, VSwitch
from swaslift.emulator.ecs.rules import check_description, check_name
from swaslift.emulator.ecs.service import ECS
from swaslift.emulator.ecs.times import to_second
from swaslift.emulator.world import Timeline

if TYPE_CHECKING:
    from datetime import datetime

    from swaslift.emulator.ecs.state import EcsState
    from swaslift.emulator.service import Call

_PRIVATE = [ipaddress.IPv4Network(n) for n in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")]


@ECS.action("DescribeVpcs")
def describe_vpcs(call: Call) -> dict[str, Any]:
    """VPCs that lists show."""
    find.region(call)
    state = find.ecs(call)
    found = [
        v
        for v in state.vpcs.listed(call.account_id, call.region_id, call.now)
        if call.get("VpcId") in {None, v.id} and call.get("IsDefault") in {None, v.is_default}
    ]
    page, fields = by_number(call, found, most=50)
    return {"Vpcs": {"Vpc": [vpc_body(state, v, call.now) for v in page]}, **fields}


def vpc_body(state: EcsState, vpc: Vpc, now: datetime) -> dict[str, Any]:
    """An entry of ``DescribeVpcs``."""
    switches = [s.id for s in state.vswitches if s.vpc_id == vpc.id and s.exists(now)]
    return {
        "CidrBlock": vpc.cidr,
        "CreationTime": to_second(vpc.created_at),
        "Description": vpc.description,
        "IsDefault": vpc.is_default,
        "RegionId": vpc.region_id,
        "Status": vpc.timeline.at(now),
        "UserCidrs": {"UserCidr": vpc.user_cidrs},
        "VRouterId": vpc.router_id,
        "VSwitchIds": {"VSwitchId": switches},
        "VpcId": vpc.id,
        "VpcName": vpc.name,
    }


@ECS.action("CreateVpc")
def create_vpc(call: Call) -> dict[str, Any]:
    """A new VPC, Available a little later."""
    find.region(call)
    world, now = call.world, call.now
    check_name(call, "VpcName", "InvalidVpcName.Malformed")
    text = call.get("CidrBlock") or "172.16.0.0/12"
    try:
        cidr = ipaddress.IPv4Network(text)
        valid = any(cidr.subnet_of(p) for p in _PRIVATE)
    except ValueError:
        valid = False
    if not valid:
        raise call.error("InvalidParameter", f"The CIDR block {text} is not valid.", http=400)
    timeline = Timeline((now, "Pending"))
    timeline.plan(now, (world.seconds(world.durations.network_ready), "Available"))
    vpc_id = world.new_id("vpc-")
    vpc = find.ecs(call).vpcs.add(
        Vpc(
            id=vpc_id,
            account_id=call.account_id,
            region_id=call.region_id,
            created_at=now,
            visible_at=world.visible_at(now),
            name=call.get("VpcName") or "",
            cidr=text,
            timeline=timeline,
            description=call.get("Description") or "",
            user_cidrs=[c for c in str(call.get("UserCidr") or "").split(",") if c],
            router_id=world.new_id("vrt-"),
        )
    )
    return {"RouteTableId": world.new_id("vtb-"), "VRouterId": vpc.router_id, "VpcId": vpc.id}


@ECS.action("DescribeVSwitches")
def describe_vswitches(call: Call) -> dict[str, Any]:
    """VSwitches that lists show."""
    state = find.ecs(call)
    found = [
        s
        for s in state.vswitches.listed(call.account_id, call.region_id, call.now)
        if call.get("VSwitchId") in {None, s.id}
        and call.get("VpcId") in {None, s.vpc_id}
        and call.get("ZoneId") in {None, s.zone_id}
        and call.get("IsDefault") in {None, s.is_default}
    ]
    page, fields = by_number(call, found, most=50)
    return {"VSwitches": {"VSwitch": [vswitch_body(state, s, call.now) for s in page]}, **fields}


def vswitch_body(state: EcsState, vswitch: VSwitch, now: datetime) -> dict[str, Any]:
    """An entry of ``DescribeVSwitches``."""
    return {
        "AvailableIpAddressCount": state.free_addresses(vswitch, now),
        "CidrBlock": vswitch.cidr,
        "CreationTime": to_second(vswitch.created_at),
        "Description": vswitch.description,
        "IsDefault": vswitch.is_default,
        "ResourceGroupId": vswitch.resource_group_id,
        "Status": vswitch.timeline.at(now),
        "VSwitchId": vswitch.id,
        "VSwitchName": vswitch.name,
        "VpcId": vswitch.vpc_id,
        "ZoneId": vswitch.zone_id,
    }


@ECS.action("CreateVSwitch")
def create_vswitch(call: Call) -> dict[str, Any]:
    """A new vSwitch in a zone, Available a little later."""
    state, world, now = find.ecs(call), call.world, call.now
    check_name(call, "VSwitchName", "InvalidVSwitchName.Malformed")
    check_description(call)
    vpc = state.vpcs.find(call.get("VpcId"), call.account_id, now)
    if vpc is None or call.get("RegionId") not in {None, vpc.region_id}:
        raise call.error("InvalidVpcId.NotFound", f"The VPC {call.get('VpcId')} does not exist.")
    if vpc.timeline.at(now) != "Available":
        raise call.error("IncorrectVpcStatus", "The VPC is not Available yet.")
    if state.catalog.regions[vpc.region_id].zone(call.get("ZoneId")) is None:
        raise call.error("InvalidZoneId.NotFound", f"The zone {call.get('ZoneId')} does not exist.")
    cidr = _cidr(call, vpc)
    for other in state.vswitches:
        if other.vpc_id == vpc.id and other.exists(now) and cidr.overlaps(ipaddress.IPv4Network(other.cidr)):
            raise call.error("InvalidCidrBlock.Overlapped", f"The CIDR block overlaps {other.id}.")
    timeline = Timeline((now, "Pending"))
    timeline.plan(now, (world.seconds(world.durations.network_ready), "Available"))
    vswitch = state.vswitches.add(
        VSwitch(
            id=world.new_id("vsw-"),
            account_id=call.account_id,
            region_id=vpc.region_id,
            created_at=now,
            visible_at=world.visible_at(now),
            name=call.get("VSwitchName") or "",
            vpc_id=vpc.id,
            zone_id=call.get("ZoneId"),
            cidr=str(cidr),
            timeline=timeline,
            description=call.get("Description") or "",
        )
    )
    return {"VSwitchId": vswitch.id}


def _cidr(call: Call, vpc: Vpc) -> ipaddress.IPv4Network:
    text = call.get("CidrBlock")
    try:
        cidr = ipaddress.IPv4Network(text)
    except ValueError:
        raise call.error("InvalidCidrBlock.Malformed", f"The CIDR block {text} is malformed.") from None
    if not 16 <= cidr.prefixlen <= 29:
        raise call.error("InvalidCirdrBlock.MaskLength", "The mask must have 16 to 29 bits.")
    if not cidr.subnet_of(ipaddress.IPv4Network(vpc.cidr)):
        raise call.error("InvalidParameter", "The CIDR block is not within the VPC.", http=400)
    return cidr
