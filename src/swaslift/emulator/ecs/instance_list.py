"""Reading instances: their state, their description, one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from swaslift.emulator.ecs import find
from swaslift.emulator.ecs.filters import asked, like, periods, shown
from swaslift.emulator.ecs.instance_view import attribute_body, instance_body
from swaslift.emulator.ecs.paging import by_number, either
from swaslift.emulator.ecs.rules import has_tags
from swaslift.emulator.ecs.service import ECS
from swaslift.emulator.ecs.work import NEVER

if TYPE_CHECKING:
    from swaslift.emulator.ecs.records import Instance
    from swaslift.emulator.service import Call

_CHOICES = (
    ("Status", {"Pending", "Running", "Starting", "Stopping", "Stopped"}, "InvalidStatus.NotFound"),
    ("InstanceChargeType", {"PostPaid", "PrePaid"}, "InvalidInstanceChargeType.NotFound"),
    ("InternetChargeType", {"PayByBandwidth", "PayByTraffic"}, "InvalidInternetChargeType.ValueNotSupported"),
    ("InstanceNetworkType", {"classic", "vpc"}, "InvalidNetworkType.NotFound"),
    (
        "LockReason",
        {"financial", "security", "recycling", "dedicatedhostfinancial", "refunded"},
        "InvalidLockReason.NotFound",
    ),
)
_AS_SHOWN = ("DeviceAvailable", "HpcClusterId", "IoOptimized")
_OF_METADATA = ("HttpEndpoint", "HttpTokens")


@ECS.action("DescribeInstances")
def describe_instances(call: Call) -> dict[str, Any]:
    """Instances that lists show, in full."""
    find.region(call)
    for param, known, code in _CHOICES:
        if call.get(param) not in {None, *known}:
            raise call.error(code, f"The specified {param} is not valid.")
    ids = find.json_list(call, "InstanceIds")
    if ids is not None and len(ids) > 100:
        raise call.error("InvalidParameter", "At most 100 instance ids can be given.")
    bounds = periods(call, Creation="created_at", Expired="expires_at")
    call.stop_if_dry()
    state = find.ecs(call)
    found = [
        i
        for i in state.instances.listed(call.account_id, call.region_id, call.now)
        if (ids is None or i.id in ids)
        and _matches(call, i)
        and _answers(call, i)
        and all(since <= (getattr(i, at) or NEVER) <= until for at, (since, until) in bounds.items())
    ]
    page, fields = either(call, found, most=100, least=10)
    meta = "META_OPTIONS" in (call.get("AdditionalAttributes") or [])
    return {"Instances": {"Instance": [instance_body(state, i, call.now, meta=meta) for i in page]}, **fields}


def _matches(call: Call, instance: Instance) -> bool:
    now, name = call.now, call.get("InstanceName")
    group = call.get("SecurityGroupId")
    private = find.json_list(call, "PrivateIpAddresses")
    public = find.json_list(call, "PublicIpAddresses")
    elastic = find.json_list(call, "EipAddresses")
    reason = call.get("LockReason")
    return (
        (not name or like(name, instance.name))
        and call.get("Status") in {None, instance.status(now)}
        and call.get("ImageId") in {None, instance.image_id}
        and call.get("VpcId") in {None, instance.vpc_id}
        and call.get("VSwitchId") in {None, instance.vswitch_id}
        and call.get("ZoneId") in {None, instance.zone_id}
        and (not group or group in instance.security_group_ids)
        and call.get("InstanceType") in {None, instance.type_id}
        and call.get("InstanceTypeFamily") in {None, find.ecs(call).catalog.types[instance.type_id].family}
        and call.get("InstanceChargeType") in {None, instance.charge_type}
        and call.get("InstanceNetworkType") in {None, "vpc"}
        and call.get("InternetChargeType") in {None, instance.internet_charge_type}
        and call.get("KeyPairName") in {None, instance.key_pair}
        and (private is None or instance.private_ip in private)
        and (public is None or instance.public_address(now) in public)
        and (elastic is None or instance.documented.get("EipAddress", {}).get("IpAddress") in elastic)
        and (not reason or reason in instance.lock_reasons(now))
        and call.get("ResourceGroupId") in {None, instance.resource_group_id}
        and has_tags(instance.tags, call)
    )


def _answers(call: Call, instance: Instance) -> bool:
    """The filters that are told by what the answer shows."""
    addresses = {
        "InnerIpAddress": find.json_list(call, "InnerIpAddresses"),
        "RdmaIpAddress": find.json_list(call, "RdmaIpAddresses"),
    }
    given = any(wanted is not None for wanted in addresses.values())
    if not given and not asked(call, (*_AS_SHOWN, *_OF_METADATA)):
        return True
    body = instance_body(find.ecs(call), instance, call.now, meta=True)
    return (
        shown(call, body, _AS_SHOWN)
        and shown(call, body["MetadataOptions"], _OF_METADATA)
        and all(
            wanted is None or not set(wanted).isdisjoint(body[name]["IpAddress"])
            for name, wanted in addresses.items()
        )
    )


@ECS.action("DescribeInstanceStatus")
def describe_instance_status(call: Call) -> dict[str, Any]:
    """The state alone, for polling."""
    ids, zone = call.get("InstanceId"), call.get("ZoneId")
    if zone and find.region(call).zone(zone) is None:
        raise call.error("InvalidZoneId.NotFound", f"The zone {zone} does not exist.")
    if ids is not None and len(ids) > 100:
        raise call.error("InvalidParameter.TooManyInstanceIds", "At most 100 instance ids can be given.")
    found = [
        i
        for i in find.ecs(call).instances.listed(call.account_id, call.region_id, call.now)
        if (not ids or i.id in ids) and zone in {None, i.zone_id}
    ]
    page, fields = by_number(call, found, most=50)
    statuses = [{"InstanceId": i.id, "Status": i.status(call.now)} for i in page]
    return {"InstanceStatuses": {"InstanceStatus": statuses}, **fields}


@ECS.action("DescribeInstanceAttribute")
def describe_instance_attribute(call: Call) -> dict[str, Any]:
    """One instance."""
    return attribute_body(find.ecs(call), find.instance(call), call.now)
