"""Servers: list them, and buy them."""

from __future__ import annotations

from datetime import timedelta
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from swaslift.emulator.service import ServiceError
from swaslift.emulator.swas import building, describe, lookup
from swaslift.emulator.swas.records import AVAILABLE, CustomImage, Plan, Server, StockImage, add_months
from swaslift.emulator.swas.service import SWAS
from swaslift.emulator.world import Timeline

if TYPE_CHECKING:
    from swaslift.emulator.service import Call

PERIODS = (1, 3, 6, 12, 24, 36)
SERVERS_PER_REGION = 50
WINDOWS_DISK = 40
SMALLEST_DATA_DISK = 20
SMALLEST_ESSD_DATA_DISK = 40
"""On the China site, which sells in CNY."""
CHINA_SITE = "CNY"


@SWAS.action("ListInstances")
def list_instances(call: Call) -> dict[str, Any]:
    """Servers of a region, by the filters of the call."""
    if call.get("ChargeType", "PrePaid") != "PrePaid":
        raise call.error("InvalidChargeType.ValueNotSupported", "ChargeType must be PrePaid.")
    ids = lookup.ids(call, "InstanceIds")
    addresses = lookup.ids(call, "PublicIpAddresses")
    if ids and call.world.quirks.unknown_server != "empty":
        _refuse_unknown(call, ids)
    found = [s for s in _visible(call, ids) if lookup.fits(call, s) and _matches(call, s, addresses)]
    rows, paging = lookup.page(call, found)
    return {"Instances": [describe.server(call.world, s, call.now) for s in rows], **paging}


def _refuse_unknown(call: Call, ids: list[str]) -> None:
    for server_id in ids:
        try:
            lookup.server(call, server_id)
        except ServiceError:
            if call.world.quirks.unknown_server == "not_found":
                raise
            raise call.error("InternalError", "The request processing has failed due to an error.") from None


@SWAS.action("ListInstanceStatus")
def list_instance_status(call: Call) -> dict[str, Any]:
    """Only the states."""
    rows, paging = lookup.page(call, _visible(call, lookup.ids(call, "InstanceIds")))
    return {
        "InstanceStatuses": [{"InstanceId": s.server_id, "Status": s.status_at(call.now)} for s in rows],
        **paging,
    }


def _visible(call: Call, ids: list[str] | None) -> list[Server]:
    servers = call.world.swas.servers_of(call.account_id, call.now, call.region_id)
    return [s for s in servers if s.visible_at <= call.now and (ids is None or s.server_id in ids)]


def _matches(call: Call, server: Server, addresses: list[str] | None) -> bool:
    name, status, plan_type = call.get("InstanceName"), call.get("Status"), call.get("PlanType")
    return (
        (addresses is None or server.public_ip in addresses)
        and (not name or fnmatchcase(server.name, name))
        and (not status or status == server.status_at(call.now))
        and (not plan_type or plan_type == call.world.swas.plans[server.plan_id].plan_type)
    )


@SWAS.action("CreateInstances")
def create_instances(call: Call) -> dict[str, Any]:
    """Buy servers: paid at once, for whole months."""
    amount = call.get("Amount", 1)
    data_disk = call.get("DataDiskSize", 0)
    _check_order(call, amount, data_disk)
    plan = lookup.plan(call, call.params["PlanId"])
    image = _image(call)
    _check_fit(call, plan, image, data_disk)
    present = len(call.world.swas.servers_of(call.account_id, call.now, call.region_id))
    present += len(call.world.swas.databases_of(call.account_id, call.region_id))
    if present + amount > SERVERS_PER_REGION:
        raise call.error(
            "ExceedAccountQuota",
            f"{present} servers and databases, and {amount} more, exceed {SERVERS_PER_REGION} per region.",
        )
    if call.world.faults.out_of_stock(plan.plan_id, call.region_id):
        raise call.error("NotEnoughStock", f"There is no stock of the plan {plan.plan_id}.")
    price = plan.price * call.params["Period"] * amount
    if call.world.balance(call.account_id) < price:
        raise call.error("PaymentFailed", f"The balance does not cover {price:.2f} {plan.currency}.")
    call.world.spend(call.account_id, price)
    return {"InstanceIds": [_build(call, plan, image, data_disk) for _ in range(amount)]}


def _check_order(call: Call, amount: int, data_disk: int) -> None:
    period, renewal = call.params["Period"], call.get("AutoRenewPeriod", 1)
    if period not in PERIODS:
        raise call.error("InvalidPeriod.ValueNotSupported", f"Period must be one of {PERIODS}, not {period}.")
    if call.get("AutoRenew") and renewal not in PERIODS:
        raise call.error(
            "InvalidAutoRenewPeriod.ValueNotSupported", f"AutoRenewPeriod must be one of {PERIODS}."
        )
    if not 1 <= amount <= 20:
        raise call.error("InvalidAmount.ValueNotSupported", f"Amount must be from 1 to 20, not {amount}.")
    if not 0 <= data_disk <= 16380 or data_disk % 20:
        raise call.error(
            "InvalidDataDiskSize.ValueNotSupported",
            f"DataDiskSize must be from 0 to 16380 in steps of 20, not {data_disk}.",
        )
    if call.get("ChargeType", "PrePaid") != "PrePaid":
        raise call.error("InvalidChargeType.ValueNotSupported", "ChargeType must be PrePaid.")


def _image(call: Call) -> StockImage | CustomImage:
    """A stock image, an own custom image, or one that another account shares."""
    wanted = call.params["ImageId"]
    stock = call.world.swas.stock_images.get(wanted)
    if stock is not None:
        return stock
    custom = lookup.find_image(call, wanted)
    if custom is None:
        received = call.world.swas.images_received(call.account_id, call.region_id, call.now)
        custom = next((i for i in received if i.image_id == wanted), None)
    if custom is None:
        raise call.error("InvalidImageId.NotFound", f"The specified image {wanted} does not exist.")
    if custom.status.at(call.now) != AVAILABLE:
        raise lookup.invalid(call, f"The image {wanted} is not available.")
    return custom


def _check_fit(call: Call, plan: Plan, image: StockImage | CustomImage, data_disk: int) -> None:
    disk = image.system_disk_size if isinstance(image, CustomImage) else image.min_disk
    if image.platform not in plan.platforms:
        raise call.error(
            "PlatformNotMatch", f"The plan {plan.plan_id} does not support {image.platform} images."
        )
    if plan.disk_size < disk or (image.platform == "Windows" and plan.disk_size <= WINDOWS_DISK):
        raise call.error(
            "InvalidPlanIdSize.ValueNotSupported",
            f"The system disk of the plan, {plan.disk_size} GiB, is too small for the image.",
        )
    if plan.memory < image.min_memory:
        raise call.error(
            "InvalidPlanMemorySize.ValueNotSupported",
            f"The memory of the plan, {plan.memory} GiB, is too small for the image.",
        )
    least = SMALLEST_DATA_DISK
    if plan.disk_type == "ESSD" and plan.currency == CHINA_SITE:
        least = SMALLEST_ESSD_DATA_DISK
    strict = plan.disk_type == "SSD" and call.world.quirks.ssd_plan_without_data_disk == "refused"
    if data_disk < least and (data_disk or strict):
        raise call.error(
            "InvalidDataDiskSize.ValueNotSupported",
            f"The disk of the plan {plan.plan_id} is a {plan.disk_type}: DataDiskSize must be {least} or more.",
        )
    needed = _data_disk_of(call, image)
    if data_disk < needed:
        raise call.error(
            "InvalidDataDiskSize.ValueNotSupported", f"The image needs a data disk of {needed} GiB or more."
        )


def _data_disk_of(call: Call, image: StockImage | CustomImage) -> int:
    """A share across accounts does not take the data disk along."""
    if isinstance(image, CustomImage) and image.account_id == call.account_id:
        return image.data_disk_size
    return 0


def _build(call: Call, plan: Plan, image: StockImage | CustomImage, data_disk: int) -> str:
    durations, world = call.world.durations, call.world
    starting = world.seconds(durations.swas_pending)
    running = starting + world.seconds(durations.swas_start)
    server = building.server(
        world,
        account_id=call.account_id,
        region_id=call.region_id,
        plan=plan,
        image_id=image.image_id,
        platform=image.platform,
        name="",
        created=call.now,
        visible_at=world.visible_at(call.now),
        expires=add_months(call.now, call.params["Period"]),
        status=Timeline(
            (call.now, "Pending"),
            (call.now + timedelta(seconds=starting), "Starting"),
            (call.now + timedelta(seconds=running), "Running"),
        ),
        data_disk=data_disk,
    )
    building.open_default_ports(world, server)
    if call.get("AutoRenew"):
        server.auto_renew_months = call.get("AutoRenewPeriod", 1)
    server.image_held_data = _data_disk_of(call, image) > 0
    if isinstance(image, CustomImage):
        image.created_servers.append(server.server_id)
    return server.server_id
