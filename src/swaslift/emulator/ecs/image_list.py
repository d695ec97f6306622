"""``DescribeImages`` and what else reads images."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from swaslift.emulator.ecs import find, fit
from swaslift.emulator.ecs.filters import minute
from swaslift.emulator.ecs.image_view import image_body
from swaslift.emulator.ecs.paging import by_number
from swaslift.emulator.ecs.rules import has_tags
from swaslift.emulator.ecs.service import ECS
from swaslift.emulator.ecs.times import to_second

if TYPE_CHECKING:
    from swaslift.emulator.ecs.records import Image
    from swaslift.emulator.service import Call

_STATUSES = {"Creating", "Waiting", "Available", "UnAvailable", "CreateFailed", "Deprecated"}
_MOST_IDS = 100
_ALIASES = {"system", "self", "others", "marketplace"}
_FEATURES = {
    "CpuOnlineUpgrade": "supported",
    "CpuOnlineDowngrade": "unsupported",
    "MemoryOnlineUpgrade": "supported",
    "MemoryOnlineDowngrade": "unsupported",
}


@ECS.action("DescribeImages")
def describe_images(call: Call) -> dict[str, Any]:
    """Images the account may use; only Available ones unless Status says otherwise."""
    find.region(call)
    _check(call)
    statuses = _statuses(call)
    call.stop_if_dry()
    seen = [(i, alias) for i, alias in find.usable_by(call) if i.listed(call.now)]
    wanted = {part.strip() for part in (call.get("ImageId") or "").split(",")} - {""}
    if len(wanted) > _MOST_IDS:
        raise call.error("InvalidParamter", f"At most {_MOST_IDS} image ids can be given.")
    if wanted:
        seen = [s for s in seen if s[0].id in wanted]
        unknown = wanted - {image.id for image, _ in seen}
        if unknown and call.world.quirks.unknown_image == "not_found":
            raise find.unknown_image(call, min(unknown))
    matching = [s for s in seen if s[0].status(call.now) in statuses and _matches(call, *s)]
    page, fields = by_number(call, matching, most=100)
    images = [image_body(call.world, image, alias, call.now) for image, alias in page]
    return {"Images": {"Image": images}, "RegionId": call.region_id, **fields}


def _check(call: Call) -> None:
    alias = call.get("ImageOwnerAlias")
    if alias and alias not in _ALIASES:
        raise call.error("InvalidImageOwnerAlias.ValueNotSupported", "The ImageOwnerAlias is not supported.")
    if call.get("IsPublic") and alias != "others":
        raise call.error(
            "InvalidImageOwnerAlias.PublicImageUnsupported", "Community images need ImageOwnerAlias=others."
        )
    if call.get("ImageOwnerId") and alias not in {None, "", "others"}:
        raise call.error(
            "InvalidOperation.ImageOwnerIdUnsupported",
            "ImageOwnerId goes with shared and community images only.",
        )
    if call.get("Usage") not in {None, "instance", "none"}:
        raise call.error("InvalidUsage", "The specified Usage is not valid.")
    if call.get("OSType") not in {None, "windows", "linux"}:
        raise call.error("InvalidOSType", "The specified OSType is not valid.")
    if call.get("Architecture") not in {None, "i386", "x86_64", "arm64"}:
        raise call.error("InvalidArchitecture", "The specified Architecture is not valid.")
    type_id = call.get("InstanceType")
    if type_id and type_id not in find.ecs(call).catalog.types:
        raise call.error(
            "InvalidInstanceType.ValueNotSupported", "The specified InstanceType is not supported."
        )
    _check_filters(call)


def _check_filters(call: Call) -> None:
    for one in call.get("Filter") or []:
        key, value = one.get("Key"), one.get("Value")
        if key not in {"CreationStartTime", "CreationEndTime", "NetworkType", *_FEATURES}:
            raise call.error("InvalidFilterKey.NotFound", f"The filter key {key} does not exist.")
        if key == "NetworkType" and value not in {"vpc", "classic"}:
            raise call.error("InvalidFilterValue.NetworkType", "The network type is not valid.")
        if key.startswith("Creation") and minute(value) is None:
            raise call.error("InvalidFilterValue", f"The filter value {value} is not valid.")
        if key in _FEATURES and value not in {"supported", "unsupported"}:
            raise call.error("InvalidFilterValue", f"The filter value {value} is not valid.")


def _statuses(call: Call) -> set[str]:
    text = call.get("Status")
    if not text:
        if call.get("Usable") is not None:
            raise call.error("InvalidParamter", "Status is required when Usable is given.")
        return {"Available"}
    given = {part.strip() for part in str(text).split(",")}
    if given == {"ALL"}:
        return _STATUSES
    if not given <= _STATUSES:
        raise call.error("InvalidParamter", "The specified Status is not valid.")
    return given


def _matches(call: Call, image: Image, alias: str) -> bool:
    return _owner(call, image, alias) and _nature(call, image) and _filters(call, image)


def _owner(call: Call, image: Image, alias: str) -> bool:
    wanted, community = call.get("ImageOwnerAlias"), bool(call.get("IsPublic"))
    shared = alias != "others" or image.swas_image_id != "" or call.account_id in image.shared_with
    if community:
        return image.community
    owner = call.get("ImageOwnerId")
    return (
        (not wanted or alias == wanted)
        and (shared or not image.community)
        and (owner is None or str(owner) == image.account_id)
        and (not call.get("Tag") or (alias == "self" and has_tags(image.tags, call)))
        and call.get("ResourceGroupId") in {None, image.resource_group_id}
    )


def _nature(call: Call, image: Image) -> bool:
    state, traits = find.ecs(call), image.traits
    usable = call.get("Usable")
    if usable is not None and image.usable(call.now, call.world.quirks.usable_lag) != usable:
        return False
    if call.get("InstanceType") and not fit.fits(traits, state.catalog.types[call.get("InstanceType")]):
        return False
    if call.get("Usage"):
        used = any(i.image_id == image.id and i.exists(call.now) for i in state.instances)
        if used != (call.get("Usage") == "instance"):
            return False
    snapshot = call.get("SnapshotId")
    return (
        (not call.get("ImageName") or call.get("ImageName").strip("*") in image.name)
        and (not snapshot or any(p.snapshot_id == snapshot for p in image.parts))
        and call.get("ImageFamily") in {None, image.family}
        and call.get("OSType") in {None, traits.os_type}
        and call.get("Architecture") in {None, traits.architecture}
        and call.get("IsSupportCloudinit") in {None, traits.cloud_init}
        and call.get("IsSupportIoOptimized") is not False
        and (call.get("ActionType") != "ChangeOS" or not image.data_parts)
    )


def _filters(call: Call, image: Image) -> bool:
    for one in call.get("Filter") or []:
        key, value = one["Key"], one.get("Value")
        if key == "CreationStartTime" and image.created_at < _moment(value):
            return False
        if key == "CreationEndTime" and image.created_at > _moment(value):
            return False
        if key == "NetworkType" and value == "classic":
            return False
        if key in _FEATURES and _FEATURES[key] != value:
            return False
    return True


def _moment(text: str | None) -> datetime:
    return minute(text) or datetime.min.replace(tzinfo=UTC)


@ECS.action("DescribeImageSharePermission")
def describe_image_share_permission(call: Call) -> dict[str, Any]:
    """The accounts with which an own image is shared."""
    image = find.own_image(call)
    accounts = [
        {"AliyunId": account, "SharedTime": to_second(when)} for account, when in image.shared_with.items()
    ]
    page, fields = by_number(call, accounts, most=100)
    groups = [{"Group": "all"}] if image.community else []
    return {
        "Accounts": {"Account": page},
        "ImageId": image.id,
        "RegionId": call.region_id,
        "ShareGroups": {"ShareGroup": groups},
        **fields,
    }


@ECS.action("DescribeImageSupportInstanceTypes")
def describe_image_support_instance_types(call: Call) -> dict[str, Any]:
    """The types sold in the region that can boot an image."""
    find.region(call)
    wanted = call.get("ImageId")
    for one in call.get("Filter") or []:
        if one.get("Key") != "imageId":
            raise call.error("InvalidParamter", f"The filter key {one.get('Key')} is not supported.")
        wanted = wanted or one.get("Value")
    action_type = call.get("ActionType") or "CreateEcs"
    if action_type not in {"CreateEcs", "ChangeOS"}:
        raise call.error("InvalidUsage", "The specified ActionType is not valid.")
    if not wanted:
        raise call.error("MissingParameter", "The parameter ImageId is required.")
    image, _ = find.image_in_use(call, wanted)
    state = find.ecs(call)
    types = [
        t
        for t in state.catalog.types.values()
        if fit.fits(image.traits, t)
        and state.catalog.sold_in(t, call.region_id)
        and not (action_type == "ChangeOS" and image.data_parts)
    ]
    return {
        "ImageId": image.id,
        "InstanceTypes": {
            "InstanceType": [
                {
                    "CpuCoreCount": t.cpu,
                    "InstanceTypeFamily": t.family,
                    "InstanceTypeId": t.id,
                    "MemorySize": t.memory,
                }
                for t in types
            ]
        },
        "RegionId": call.region_id,
    }
