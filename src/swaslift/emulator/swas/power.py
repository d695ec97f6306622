"""Start, stop and restart a server, change its plan, its name or its password."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from swaslift.emulator.swas import describe, lookup
from swaslift.emulator.swas.service import SWAS

if TYPE_CHECKING:
    from swaslift.emulator.service import Call
    from swaslift.emulator.swas.records import Plan, Server

_SPECIAL = r"()`~!@#$%^&*-_+=|{}[]:;'<>,.?/"


def require_status(call: Call, server: Server, *allowed: str) -> None:
    """Refuse the call unless the server is in one of these states."""
    status = server.status_at(call.now)
    if status not in allowed:
        raise call.error(
            "IncorrectInstanceStatus",
            f"The server {server.server_id} is {status}; this needs {' or '.join(allowed)}.",
        )


@SWAS.action("StartInstance")
def start_instance(call: Call) -> dict[str, Any]:
    """Stopped -> Starting -> Running."""
    server = lookup.server(call)
    require_status(call, server, "Stopped")
    seconds = call.world.seconds(call.world.durations.swas_start)
    server.status.plan(call.now, (0, "Starting"), (seconds, "Running"))
    return {}


@SWAS.action("StopInstance")
def stop_instance(call: Call) -> dict[str, Any]:
    """Running -> Stopping -> Stopped."""
    server = lookup.server(call)
    require_status(call, server, "Running")
    seconds = call.world.seconds(call.world.durations.swas_stop)
    server.status.plan(call.now, (0, "Stopping"), (seconds, "Stopped"))
    return {}


@SWAS.action("RebootInstance")
def reboot_instance(call: Call) -> dict[str, Any]:
    """Running -> Starting -> Running."""
    server = lookup.server(call)
    require_status(call, server, "Running")
    seconds = call.world.seconds(call.world.durations.swas_reboot)
    server.status.plan(call.now, (0, "Starting"), (seconds, "Running"))
    return {}


@SWAS.action("UpdateInstanceAttribute")
def update_instance_attribute(call: Call) -> dict[str, Any]:
    """A new name, at once; a new password, which takes a restart to become effective."""
    server = lookup.server(call)
    name, password = call.get("InstanceName"), call.get("Password")
    if name is not None and not lookup.named_well(lookup.SERVER_NAME, name):
        raise call.error(
            "InvalidInstanceName.ValueNotSupported",
            'InstanceName: 2 to 50 letters, digits, "_" or "-", the first a letter or a digit.',
        )
    if password is not None and not _good_password(password, server.platform):
        raise call.error(
            "InvalidPassword.ValueNotSupported",
            "Password: 8 to 30 characters, three of upper case, lower case, digits and special ones.",
        )
    if name is not None:
        server.name = name
    if password is not None:
        server.password_set = True
    return {}


def _good_password(password: str, platform: str) -> bool:
    classes = ("[A-Z]", "[a-z]", "[0-9]", f"[{re.escape(_SPECIAL)}]")
    allowed = re.fullmatch(f"[A-Za-z0-9{re.escape(_SPECIAL)}]{{8,30}}", password)
    strong = sum(re.search(c, password) is not None for c in classes) >= 3
    return allowed is not None and strong and not (platform == "Windows" and password.startswith("/"))


def _higher(call: Call, server: Server) -> list[Plan]:
    """The plans above the server's own: same family, same sort of disk, nothing smaller."""
    own = call.world.swas.plans[server.plan_id]
    disk = call.world.swas.system_disk(server).size
    return [
        plan
        for plan in call.world.swas.plans.values()
        if plan.plan_id != own.plan_id
        and plan.sold_in(call.region_id)
        and (plan.plan_type, plan.disk_type) == (own.plan_type, own.disk_type)
        and plan.core >= own.core
        and plan.memory >= own.memory
        and plan.disk_size >= disk
        and plan.price > own.price
        and server.platform in plan.platforms
    ]


@SWAS.action("ListInstancePlansModification")
def list_instance_plans_modification(call: Call) -> dict[str, Any]:
    """The plans to which a server can go up; two fields have other types than in ListPlans."""
    rows = []
    for plan in _higher(call, lookup.server(call)):
        fields = describe.plan(plan)
        for name in ("IspType", "PlanType", "PublicIpNum", "Tags"):
            del fields[name]
        rows.append(fields | {"Memory": int(plan.memory), "OriginPrice": plan.price})
    return {"Plans": rows}


@SWAS.action("UpgradeInstance")
def upgrade_instance(call: Call) -> dict[str, Any]:
    """A higher plan for the rest of the paid time; the server restarts."""
    server = lookup.server(call)
    plan = lookup.plan(call, call.params["PlanId"])
    if plan not in _higher(call, server):
        raise call.error(
            "InvalidPlanIdUpgrade.ValueNotSupported", f"{plan.plan_id} is no upgrade of {server.plan_id}."
        )
    require_status(call, server, "Running", "Stopped")
    if call.world.faults.out_of_stock(plan.plan_id, call.region_id):
        raise call.error("NotEnoughUpgradeStock", f"There is no stock of the plan {plan.plan_id}.")
    months = (server.expires_at(call.now) - call.now).days / 30
    price = (plan.price - call.world.swas.plans[server.plan_id].price) * months
    if call.world.balance(call.account_id) < price:
        raise call.error("PaymentFailed", f"The balance does not cover {price:.2f} {plan.currency}.")
    call.world.spend(call.account_id, price)
    server.plan_id = plan.plan_id
    call.world.swas.system_disk(server).size = plan.disk_size
    seconds = call.world.seconds(call.world.durations.swas_upgrade)
    server.status.plan(call.now, (0, "Upgrading"), (seconds, "Running"))
    return {}
