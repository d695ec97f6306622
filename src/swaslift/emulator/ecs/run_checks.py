"""What ``RunInstances`` checks before it makes anything."""

from __future__ import annotations

import base64
import binascii
import ipaddress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from swaslift.emulator.ecs import find, fit, pricing
from swaslift.emulator.ecs.disk_checks import DiskSpec, data_disks, system_disk
from swaslift.emulator.ecs.rules import (
    check_description,
    check_name,
    check_password,
    check_tags,
    host_name_ok,
)
from swaslift.emulator.service import not_implemented

if TYPE_CHECKING:
    from swaslift.emulator.ecs.catalog import InstanceType
    from swaslift.emulator.ecs.records import Image
    from swaslift.emulator.ecs.records_network import VSwitch
    from swaslift.emulator.service import Call

_MONTHS = {*range(1, 10), 12, 24, 36, 48, 60}


@dataclass
class Wanted:
    """A request that passed every check."""

    amount: int
    image: Image
    instance_type: InstanceType
    vswitch: VSwitch
    group_ids: list[str]
    system: DiskSpec
    data: list[DiskSpec]
    charge_type: str
    bandwidth_out: int
    bandwidth_in: int
    internet_charge_type: str
    price: float
    period_days: int = 0
    release_at: datetime | None = None
    extra: dict[str, Any] = field(default_factory=dict)


def check(call: Call) -> Wanted:
    """All preconditions, in the order in which a person would ask."""
    amount = _amount(call)
    _check_words(call)
    instance_type = _instance_type(call)
    vswitch = _network(call)
    group_ids = _groups(call, vswitch)
    amount = _stock(call, instance_type, vswitch, amount)
    image = _image(call, instance_type)
    _check_login(call, image)
    system = system_disk(call, image, instance_type, vswitch.zone_id)
    data = data_disks(call, image, instance_type, vswitch.zone_id)
    out, into, internet = _internet(call)
    charge_type, days = _charging(call)
    release_at = _release(call)
    _addresses(call, vswitch, amount)
    price = _money(call, amount, image, instance_type, [system, *data], out, charge_type, days)
    return Wanted(
        amount=amount,
        image=image,
        instance_type=instance_type,
        vswitch=vswitch,
        group_ids=group_ids,
        system=system,
        data=data,
        charge_type=charge_type,
        bandwidth_out=out,
        bandwidth_in=into,
        internet_charge_type=internet,
        price=price,
        period_days=days,
        release_at=release_at,
    )


def _amount(call: Call) -> int:
    amount, least = call.get("Amount", 1), call.get("MinAmount")
    if not 1 <= amount <= 100:
        raise call.error("InvalidMaxAmount.Malformed", "Amount must be between 1 and 100.")
    if least is not None and not 1 <= least <= amount:
        raise call.error("InvalidMinAmount.Malformed", "MinAmount must be between 1 and Amount.")
    return int(amount)


def _check_words(call: Call) -> None:
    check_name(call, "InstanceName", "InvalidInstanceName.Malformed")
    check_description(call)
    check_tags(call)
    text = call.get("UserData")
    if text:
        try:
            raw = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            raise call.error("InvalidUserData.Base64FormatInvalid", "UserData is not Base64.") from None
        if len(raw) > 32 * 1024:
            raise call.error("InvalidUserData.SizeExceeded", "UserData is larger than 32 KB.")


def _instance_type(call: Call) -> InstanceType:
    if call.get("IoOptimized") not in {None, "optimized"}:
        raise call.error("InvalidIoOptimize.ValueNotSupported", "The IoOptimized is not supported.")
    name = call.get("InstanceType")
    if not name:
        raise call.error("MissingParameter", "The parameter InstanceType is required.")
    found = find.ecs(call).catalog.types.get(name)
    if found is None:
        raise call.error(
            "InvalidInstanceType.ValueNotSupported", f"The instance type {name} does not exist.", http=400
        )
    return found


def _network(call: Call) -> VSwitch:
    state = find.ecs(call)
    vswitch_id, zone = call.get("VSwitchId"), call.get("ZoneId")
    if zone and find.region(call).zone(zone) is None:
        raise call.error("InvalidZoneId.NotFound", f"The zone {zone} does not exist.")
    if not vswitch_id:
        raise call.error("MissingParameter", "The parameter VSwitchId is required.")
    vswitch = state.vswitches.find(vswitch_id, call.account_id, call.now)
    if vswitch is None or vswitch.region_id != call.region_id:
        raise call.error("InvalidVSwitchId.NotFound", f"The vSwitch {vswitch_id} does not exist.")
    if vswitch.timeline.at(call.now) != "Available":
        raise call.error("IncorrectVSwitchStatus", "The vSwitch is not Available yet.")
    if zone and zone != vswitch.zone_id:
        raise call.error("InvalidParameter.NotMatch", "The vSwitch is in another zone than ZoneId says.")
    return vswitch


def _groups(call: Call, vswitch: VSwitch) -> list[str]:
    single, several = call.get("SecurityGroupId"), call.get("SecurityGroupIds") or []
    if single and several:
        raise call.error(
            "InvalidSecurityGroupId.SingleIdAndMultiIdConflict", "Give SecurityGroupId or SecurityGroupIds."
        )
    ids = [single] if single else list(several)
    if not ids:
        raise call.error("MissingParameter", "The parameter SecurityGroupId is required.")
    if len(set(ids)) < len(ids):
        raise call.error("InvalidParameter.SecurityGroupIdRepeated", "A security group is given twice.")
    for group_id in ids:
        group = find.security_group(call, group_id)
        if group.vpc_id != vswitch.vpc_id:
            raise call.error(
                "InvalidParameter.Mismatch", "The security group and the vSwitch are in different VPCs."
            )
    return ids


def _stock(call: Call, instance_type: InstanceType, vswitch: VSwitch, amount: int) -> int:
    """How many can be had: with ``MinAmount`` what is in stock, from that number on; else all or none."""
    if vswitch.zone_id not in instance_type.zones:
        raise call.error(
            "InvalidInstanceType.ZoneNotSupported", f"{vswitch.zone_id} does not sell {instance_type.id}."
        )
    if not fit.in_stock(call, instance_type, vswitch.zone_id):
        raise call.error("OperationDenied.NoStock", f"{instance_type.id} is sold out in {vswitch.zone_id}.")
    left = call.world.faults.in_stock(instance_type.id)
    if left is not None and left < amount:
        if left < (call.get("MinAmount") or amount):
            raise call.error("OperationDenied.NoStock", f"{left} of {instance_type.id} are left.")
        amount = left
    state = find.ecs(call)
    used = sum(
        state.catalog.types[i.type_id].cpu
        for i in state.instances.of(call.account_id, call.region_id, call.now)
        if i.charge_type == "PostPaid"
    )
    most = state.quota("max-postpaid-instance-vcpu-count", 2000)
    if used + instance_type.cpu * call.get("Amount", 1) > most:
        raise call.error("QuotaExceed.ElasticQuota", "The vCPU quota of the account is exhausted.")
    return amount


def _image(call: Call, instance_type: InstanceType) -> Image:
    image_id, family = call.get("ImageId"), call.get("ImageFamily")
    if image_id and family:
        raise call.error("UnexpectedImageFamily.ImageIdSupplied", "Give ImageId or ImageFamily.")
    if family:
        image = _newest_of(call, family)
    elif image_id:
        image, _ = find.image_in_use(call)
    else:
        raise call.error("MissingParameter", "The parameter ImageId is required.")
    if not image.usable(call.now, call.world.quirks.usable_lag):
        raise call.error("OperationDenied.ImageNotValid", "The image cannot be used (yet).", http=403)
    if not fit.architecture_fits(image.traits, instance_type):
        raise call.error("InvalidParameter.Conflict", "The image does not fit the instance type.")
    if not fit.nvme_fits(image.traits, instance_type):
        raise call.error(
            "InvalidParameter.NotMatch", "The image does not support NVMe, which the type needs."
        )
    if not fit.boot_mode_fits(image.traits, instance_type):
        raise call.error(
            "ImageNotSupportInstanceType", "The image does not support the instance type (boot mode)."
        )
    if (call.get("ImageOptions") or {}).get("LoginAsNonRoot") and not image.traits.non_root_login:
        raise call.error("LoginAsNonRoot.ImageNotSupport", "The image has no ecs-user login.")
    if call.get("UserData") and not image.traits.cloud_init:
        raise call.error("ImageNotSupportCloudInit", "The image has no cloud-init.")
    return image


def _newest_of(call: Call, family: str) -> Image:
    for image, alias in find.usable_by(call):
        if alias == "self" and image.family == family and image.status(call.now) == "Available":
            return image
    raise call.error("InvalidImageFamily.MissingAvailableImage", "The family has no available image.")


def _check_login(call: Call, image: Image) -> None:
    windows = image.traits.windows
    check_password(call, windows=windows)
    name, key = call.get("HostName"), call.get("KeyPairName")
    if name and not host_name_ok(name, windows=windows):
        raise call.error("InvalidHostName.Malformed", "The specified HostName is wrongly formed.")
    if key and windows and call.world.quirks.windows_key_pair == "refused":
        raise call.error("DependencyViolation.WindowsInstance", "Windows instances have no key pairs.")
    if call.get("PasswordInherit") and not image.traits.inherited_login:
        raise call.error("InvalidPasswordParam.Mismatch", "The image holds no password to inherit.")
    if (
        key
        and not windows
        and find.ecs(call).key_pair(key, call.account_id, call.region_id, call.now) is None
    ):
        raise call.error("InvalidKeyPairName.NotFound", f"The key pair {key} does not exist.")


def _internet(call: Call) -> tuple[int, int, str]:
    kind = call.get("InternetChargeType") or "PayByTraffic"
    if kind not in {"PayByTraffic", "PayByBandwidth"}:
        raise call.error("InvalidInternetChargeType.ValueNotSupported", "The charge type is not supported.")
    out = call.get("InternetMaxBandwidthOut", 0)
    if not 0 <= out <= 100:
        raise call.error("InvalidParameter", "InternetMaxBandwidthOut must be between 0 and 100.", http=400)
    into = call.get("InternetMaxBandwidthIn", max(out, 10))
    if not 1 <= into <= max(out, 10):
        raise call.error("InvalidInternetMaxBandwidthIn.Malformed", "InternetMaxBandwidthIn is not valid.")
    return out, into, kind


def _charging(call: Call) -> tuple[str, int]:
    if call.get("AutoPay") is False:
        raise not_implemented("The emulator pays every order at once: leave AutoPay out.")
    kind = call.get("InstanceChargeType") or "PostPaid"
    if kind not in {"PostPaid", "PrePaid"}:
        raise call.error("InvalidInstanceChargeType.NotFound", "The InstanceChargeType does not exist.")
    if call.get("SpotStrategy") not in {None, "NoSpot", "SpotWithPriceLimit", "SpotAsPriceGo"}:
        raise call.error("InvalidSpotStrategy", "The SpotStrategy is not valid.")
    if kind == "PostPaid":
        return kind, 0
    if call.get("SpotStrategy") not in {None, "NoSpot"}:
        raise call.error("InvalidSpotPrepaid", "The specified Spot type is not support PrePay Instance.")
    unit, period = call.get("PeriodUnit") or "Month", call.get("Period", 1)
    if (unit, True) not in {("Month", period in _MONTHS), ("Week", 1 <= period <= 4)}:
        raise call.error("InvalidPeriod", "The specified Period is not valid.")
    return kind, period * (30 if unit == "Month" else 7)


def _release(call: Call) -> datetime | None:
    text = call.get("AutoReleaseTime")
    if not text:
        return None
    for form in ("%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%MZ"):
        try:
            when = datetime.strptime(text, form).replace(tzinfo=UTC)
        except ValueError:
            continue
        if timedelta(minutes=30) <= when - call.now <= timedelta(days=3 * 366):
            return when
    raise call.error("InvalidAutoReleaseTime.Malformed", "The AutoReleaseTime is not valid.")


def _addresses(call: Call, vswitch: VSwitch, amount: int) -> None:
    state, wanted = find.ecs(call), call.get("PrivateIpAddress")
    if state.free_addresses(vswitch, call.now) < amount:
        raise call.error("QuotaExceeded.PrivateIpAddress", "The vSwitch has too few free addresses.")
    if not wanted:
        return
    try:
        inside = ipaddress.ip_address(wanted) in ipaddress.ip_network(vswitch.cidr)
    except ValueError:
        raise call.error("InvalidPrivateIpAddress.Malformed", "The private address is malformed.") from None
    if not inside:
        raise call.error("InvalidPrivateIpAddress", "The private address is outside the vSwitch.")
    if any(
        i.private_ip == wanted and i.vswitch_id == vswitch.id for i in state.instances if i.exists(call.now)
    ):
        raise call.error("InvalidPrivateIpAddress.Duplicated", "The private address is in use.")


def _money(
    call: Call,
    amount: int,
    image: Image,
    instance_type: InstanceType,
    disks: list[DiskSpec],
    bandwidth: int,
    charge_type: str,
    days: int,
) -> float:
    """A subscription must be paid at once; pay-as-you-go needs one hour of it on the account."""
    state = find.ecs(call)
    prices = state.catalog.prices
    hour = pricing.hourly(prices, instance_type.id, [(d.category, d.size) for d in disks], bandwidth)
    hour += prices.image_hour.get(image.id, 0.0)
    price = hour if charge_type == "PostPaid" else hour * prices.month_hours * days / 30
    if call.world.balance(call.account_id) < price * amount:
        raise call.error("InsufficientBalance", "The balance of the account is not sufficient.", http=403)
    return round(price * amount, 2)
