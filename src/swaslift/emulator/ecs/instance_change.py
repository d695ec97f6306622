"""Starting, stopping, restarting, releasing and changing instances."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from swaslift.emulator.ecs import boot, find, fit
from swaslift.emulator.ecs.rules import check_description, check_name, host_name_ok, password_ok
from swaslift.emulator.ecs.service import ECS

if TYPE_CHECKING:
    from swaslift.emulator.ecs.records import Instance
    from swaslift.emulator.service import Call

_RELEASE_SECONDS = 5.0
_MOST_GROUPS = 5


def in_status(call: Call, instance: Instance, *allowed: str) -> None:
    """The instance is not locked, not being released and in one of some states."""
    if "security" in instance.locks:
        raise call.error("InstanceLockedForSecurity", "The instance is locked for security reasons.")
    releasing = instance.gone_at - call.now <= timedelta(seconds=_RELEASE_SECONDS)
    if instance.status(call.now) not in allowed or instance.lock_reasons(call.now) or releasing:
        raise call.error(
            "IncorrectInstanceStatus",
            f"The status {instance.status(call.now)} of the instance does not allow this operation.",
        )


@ECS.action("StartInstance")
def start_instance(call: Call) -> dict[str, Any]:
    """Start a Stopped instance; one without charge needs stock and gets a new address."""
    state, world, now = find.ecs(call), call.world, call.now
    instance = find.instance(call)
    in_status(call, instance, "Stopped")
    if state.system_disk(instance.id, now) is None:
        raise call.error("InvalidInstance.NotFoundSystemDisk", "The instance has no system disk.")
    if any(d.status(now) != "In_use" for d in state.disks_of(instance.id, now)):
        raise call.error("DiskError", "A disk of the instance is not In_use.")
    instance_type = state.catalog.types[instance.type_id]
    economical = instance.stopped_mode == "StopCharging"
    if economical and not fit.in_stock(call, instance_type, instance.zone_id):
        raise call.error("OperationDenied.NoStock", f"{instance_type.id} is sold out in {instance.zone_id}.")
    if world.balance(call.account_id) <= 0 and instance.charge_type == "PostPaid":
        raise call.error("InsufficientBalance", "The balance of the account is not sufficient.")
    call.stop_if_dry()
    if economical and instance.public_ip:
        instance.public_ip = state.public_address()
    boot.start(world, instance, now)
    return {}


@ECS.action("StopInstance")
def stop_instance(call: Call) -> dict[str, Any]:
    """Stop a Running instance."""
    instance = find.instance(call)
    mode = call.get("StoppedMode") or "KeepCharging"
    if mode not in {"KeepCharging", "StopCharging"}:
        raise call.error("InvalidParameter", "The specified StoppedMode is not valid.")
    in_status(call, instance, "Running")
    call.stop_if_dry()
    if instance.charge_type != "PostPaid":
        mode = "KeepCharging"  # silently ignored where economical mode is not possible
    boot.stop(call.world, instance, call.now, stopped_mode=mode)
    return {}


@ECS.action("RebootInstance")
def reboot_instance(call: Call) -> dict[str, Any]:
    """Restart a Running instance."""
    instance = find.instance(call)
    in_status(call, instance, "Running")
    call.stop_if_dry()
    boot.start(call.world, instance, call.now, reboot=True)
    return {}


@ECS.action("DeleteInstance")
def delete_instance(call: Call) -> dict[str, Any]:
    """Gone some seconds later; disks that shall stay become disks on their own."""
    state, now = find.ecs(call), call.now
    instance = find.instance(call)
    if "security" in instance.locks:
        raise call.error("InstanceLockedForSecurity", "The instance is locked for security reasons.")
    if instance.deletion_protection:
        raise call.error("InvalidOperation.DeletionProtection", "The deletion protection is on.")
    if instance.status(now) == "Pending":
        raise call.error("IncorrectInstanceStatus.Initializing", "The instance is still initialising.")
    in_status(call, instance, *(["Stopped", "Running"] if call.get("Force") else ["Stopped"]))
    expired = instance.expires_at is not None and instance.expires_at <= now
    if instance.charge_type == "PrePaid" and not (expired and call.get("TerminateSubscription")):
        raise call.error(
            "ChargeTypeViolation", "A subscription instance cannot be released before it expires."
        )
    call.stop_if_dry()
    if instance.status(now) == "Running":
        boot.stop(call.world, instance, now, stopped_mode="KeepCharging")
    instance.gone_at = now + timedelta(seconds=_RELEASE_SECONDS)
    for disk in state.disks_of(instance.id, now):
        if disk.delete_with_instance:
            disk.gone_at = instance.gone_at
        else:
            disk.timeline.plan(now, (_RELEASE_SECONDS, "Available"))
            disk.detached_at = instance.gone_at
    return {}


@ECS.action("ModifyInstanceAttribute")
def modify_instance_attribute(call: Call) -> dict[str, Any]:
    """Change name, host name, password, description, groups or protection."""
    instance, now = find.instance(call), call.now
    check_name(call, "InstanceName", "InvalidInstanceName.Malformed")
    check_description(call)
    if "security" in instance.locks:
        raise call.error("InstanceLockedForSecurity", "The instance is locked for security reasons.")
    windows = instance.traits.windows
    name, password = call.get("HostName"), call.get("Password")
    if name and not host_name_ok(name, windows=windows):
        raise call.error("InvalidHostName.Malformed", "The specified HostName is wrongly formed.")
    if password and not password_ok(password, windows=windows):
        raise call.error("InvalidPassword.Malformed", "The specified Password is wrongly formed.")
    if (name or password) and instance.status(now) in {"Pending", "Starting"}:
        raise call.error("IncorrectInstanceStatus", "The instance is starting.")
    protection = call.get("DeletionProtection")
    if protection and (instance.charge_type != "PostPaid" or instance.spot_strategy != "NoSpot"):
        raise call.error("InvalidChargeType.ValueNotSupported", "Only for pay-as-you-go instances.")
    groups = call.get("SecurityGroupIds")
    if groups:
        _check_groups(call, instance, groups)
        instance.security_group_ids = list(groups)
    instance.name = call.get("InstanceName") or instance.name
    instance.host_name = name or instance.host_name
    instance.description = call.get("Description") or instance.description
    instance.has_password = instance.has_password or bool(password)
    if protection is not None:
        instance.deletion_protection = protection
    return {}


def _check_groups(call: Call, instance: Instance, groups: list[str]) -> None:
    if len(set(groups)) < len(groups):
        raise call.error("InvalidParameter.SecurityGroupIdRepeated", "A security group is given twice.")
    if len(groups) > _MOST_GROUPS:
        raise call.error("JoinedGroupLimitExceed", "The instance would be in too many security groups.")
    found = [find.security_group(call, g) for g in groups]
    if any(g.vpc_id != instance.vpc_id for g in found):
        raise call.error(
            "InvalidSecurityGroupVpc.NotBelongToOneVpc",
            "A security group is in another VPC than the instance.",
        )
    if len({g.kind for g in found}) > 1:
        raise call.error("EnterpriseGroupLimited.MutliGroupType", "The groups are of different types.")


@ECS.action("AllocatePublicIpAddress")
def allocate_public_ip_address(call: Call) -> dict[str, Any]:
    """Give an instance with bandwidth a public address."""
    instance = find.instance(call)
    in_status(call, instance, "Running", "Stopped")
    if instance.public_ip:
        raise call.error("AllocatedAlready", "The instance has a public address already.")
    if instance.bandwidth_out < 1:
        raise call.error("AllocateIpInvalidInstanceBandwidth", "The bandwidth must be greater than 0.")
    instance.public_ip = find.ecs(call).public_address()
    return {"IpAddress": instance.public_ip}


@ECS.action("JoinSecurityGroup")
def join_security_group(call: Call) -> dict[str, Any]:
    """Put an instance into one more group."""
    instance = _member(call)
    group = find.security_group(call, call.get("SecurityGroupId"))
    if group.region_id != instance.region_id or group.vpc_id != instance.vpc_id:
        raise call.error("InvalidInstanceId.Mismatch", "The instance and the group are in different VPCs.")
    if group.id in instance.security_group_ids:
        raise call.error("InvalidInstanceId.AlreadyExists", "The instance is in the group already.")
    if len(instance.security_group_ids) >= _MOST_GROUPS:
        raise call.error("InstanceSecurityGroupLimitExceeded", "The instance is in too many groups.")
    joined = [find.security_group(call, g) for g in instance.security_group_ids]
    if any(g.kind != group.kind for g in joined):
        raise call.error("InvalidOperation.MultiGroupType", "The groups are of different types.")
    in_status(call, instance, "Running", "Stopped")
    instance.security_group_ids.append(group.id)
    return {}


@ECS.action("LeaveSecurityGroup")
def leave_security_group(call: Call) -> dict[str, Any]:
    """Take an instance out of a group; one must remain."""
    instance = _member(call)
    group = find.security_group(call, call.get("SecurityGroupId"))
    if group.id not in instance.security_group_ids:
        raise call.error("InvalidSecurityGroupAssociation.NotFound", "The instance is not in the group.")
    if len(instance.security_group_ids) == 1:
        raise call.error("InstanceLastSecurityGroup", "It is the only group of the instance.")
    in_status(call, instance, "Running", "Stopped")
    instance.security_group_ids.remove(group.id)
    return {}


def _member(call: Call) -> Instance:
    """The instance of a join or leave; the emulator has no network interfaces of their own."""
    interface = call.get("NetworkInterfaceId")
    if interface and call.get("InstanceId"):
        raise call.error(
            "InvalidParam.EniIdAndInstanceId.Conflict", "Give InstanceId or NetworkInterfaceId, not both."
        )
    if interface:
        raise call.error("InvalidEniId.NotFound", f"The network interface {interface} does not exist.")
    if not call.get("InstanceId"):
        raise call.error("MissingParameter", "InstanceId is required.")
    return find.instance(call)
