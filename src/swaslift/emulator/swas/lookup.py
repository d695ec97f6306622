"""What many handlers ask: records by id, id lists, pages, tags and the rules of names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from swaslift.emulator.service import Call, ServiceError
    from swaslift.emulator.swas.records import CustomImage, Disk, Plan, Server, Snapshot

T = TypeVar("T")
CHINESE = "\u4e00-\u9fa5"
SNAPSHOT_NAME = re.compile(rf"[A-Za-z{CHINESE}][{CHINESE}A-Za-z0-9:_.-]{{1,49}}")
IMAGE_NAME = re.compile(rf"[A-Za-z0-9{CHINESE}][{CHINESE}A-Za-z0-9:_-]{{1,127}}")
SERVER_NAME = re.compile(rf"[A-Za-z0-9{CHINESE}][{CHINESE}A-Za-z0-9_.-]{{1,49}}")
KEY_PAIR_NAME = re.compile(r"[A-Za-z][A-Za-z0-9:_-]{1,63}")


def at(moment: datetime) -> str:
    """A moment as most SWAS fields have it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def named_well(rule: re.Pattern[str], name: str) -> bool:
    """Whether a name keeps its rule; no name may begin like an address."""
    return rule.fullmatch(name) is not None and not name.startswith(("http://", "https://"))


def server(call: Call, server_id: str | None = None) -> Server:
    """The server of the call (``InstanceId``), of the same account and region."""
    wanted = server_id or call.params["InstanceId"]
    found = call.world.swas.servers.get(wanted)
    if found is None or not _mine(call, found) or not found.exists(call.now):
        raise call.error("InvalidInstanceId.NotFound", f"The specified server {wanted} does not exist.")
    return found


def disk(call: Call, disk_id: str) -> Disk:
    """A disk by id."""
    found = call.world.swas.disks.get(disk_id)
    if (
        found is None
        or not _mine(call, found)
        or not call.world.swas.server_exists(found.server_id, call.now)
    ):
        raise call.error("InvalidDiskId.NotFound", f"The specified disk {disk_id} does not exist.")
    return found


def find_snapshot(call: Call, snapshot_id: str) -> Snapshot | None:
    """A snapshot by id, or nothing."""
    found = call.world.swas.snapshots.get(snapshot_id)
    if (
        found is None
        or not _mine(call, found)
        or not call.world.swas.server_exists(found.server_id, call.now)
    ):
        return None
    return found


def snapshot(call: Call, snapshot_id: str) -> Snapshot:
    """A snapshot by id."""
    found = find_snapshot(call, snapshot_id)
    if found is None:
        raise call.error(
            "InvalidSnapshotId.NotFound", f"The specified snapshot {snapshot_id} does not exist."
        )
    return found


def find_image(call: Call, image_id: str) -> CustomImage | None:
    """An own custom image by id, or nothing."""
    found = call.world.swas.images.get(image_id)
    if found is None or not _mine(call, found) or not call.world.swas.image_exists(found, call.now):
        return None
    return found


def image(call: Call, image_id: str | None = None) -> CustomImage:
    """The own custom image of the call (``ImageId``)."""
    wanted = image_id or call.params["ImageId"]
    found = find_image(call, wanted)
    if found is None:
        raise call.error("InvalidImageId.NotFound", f"The specified image {wanted} does not exist.")
    return found


def plan(call: Call, plan_id: str) -> Plan:
    """A plan that is sold in the region of the call."""
    found = call.world.swas.plans.get(plan_id)
    if found is None or not found.sold_in(call.region_id):
        raise call.error("InvalidPlanId.NotFound", f"The specified plan {plan_id} does not exist.")
    return found


def invalid(call: Call, message: str) -> ServiceError:
    """The service's word for a value that no more special code fits (HTTP 403)."""
    return call.error("InvalidParam", message)


def ids(call: Call, name: str, most: int = 100) -> list[str] | None:
    """A list of ids; None where the call does not filter by it."""
    wanted = call.get(name)
    if wanted is None:
        return None
    if not all(isinstance(one, str) for one in wanted):
        raise invalid(call, f"{name} takes texts.")
    if len(wanted) > most:
        raise invalid(call, f"{name} takes at most {most} entries, not {len(wanted)}.")
    return list(wanted)


def page(call: Call, items: Sequence[T], *, most: int = 100) -> tuple[Sequence[T], dict[str, int]]:
    """One page of a list, and the fields that describe it."""
    number, size = call.get("PageNumber", 1), call.get("PageSize", 10)
    if not 1 <= number <= 1000:
        raise invalid(call, f"PageNumber must be from 1 to 1000, not {number}.")
    if not 1 <= size <= most:
        raise invalid(call, f"PageSize must be from 1 to {most}, not {size}.")
    return [items[i] for i in call.world.shown(number, size, len(items))], {
        "PageNumber": number,
        "PageSize": size,
        "TotalCount": len(items),
    }


def tagged(call: Call, tags: Mapping[str, str]) -> bool:
    """Whether a record has the tags that the call filters by; a tag without value fits any value."""
    for wanted in call.get("Tag", []):
        if wanted.get("Key") not in tags:
            return False
        if wanted.get("Value") and tags[wanted["Key"]] != wanted["Value"]:
            return False
    return True


def fits(call: Call, record: Any) -> bool:
    """Whether a record fits the filters that all lists have: visible, tags, resource group."""
    group = call.get("ResourceGroupId")
    visible = getattr(record, "visible_at", call.now) <= call.now
    return visible and tagged(call, record.tags) and group in {None, record.resource_group_id}


def new_tags(call: Call) -> dict[str, str]:
    """The tags that the call wants to set, checked."""
    tags = call.tags
    if len(tags) > 20:
        raise invalid(call, f"At most 20 tags fit into one call, not {len(tags)}.")
    for key, value in tags.items():
        if not 1 <= len(key) <= 64 or len(value) > 64:
            raise invalid(call, f"The tag {key!r}: a key has 1 to 64 characters, a value at most 64.")
        if key.lower().startswith(("aliyun", "acs:")):
            raise invalid(call, f"The tag key {key!r} must not begin with aliyun or acs:.")
        if "://" in key + value and re.search("https?://", key + value):
            raise invalid(call, f"The tag {key!r} must not hold http:// or https://.")
    return tags


def _mine(call: Call, record: Any) -> bool:
    return bool(record.account_id == call.account_id and record.region_id == call.region_id)
