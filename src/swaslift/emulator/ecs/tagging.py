"""Tags on whatever can carry them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from swaslift.emulator.ecs import find
from swaslift.emulator.ecs.paging import by_token
from swaslift.emulator.ecs.rules import check_tags, has_tags
from swaslift.emulator.ecs.service import ECS

if TYPE_CHECKING:
    from swaslift.emulator.ecs.records import Record
    from swaslift.emulator.ecs.state import Shelf
    from swaslift.emulator.service import Call

_MOST_TAGS = 20
_MOST_RESOURCES = 50


def _shelf(call: Call) -> Shelf[Any]:
    find.region(call)
    shelves, kind = find.ecs(call).tagged(), call.get("ResourceType")
    if kind not in shelves:
        raise call.error("InvalidResourceType.NotFound", f"The ResourceType {kind} does not exist.")
    ids = call.get("ResourceId") or []
    if len(ids) > _MOST_RESOURCES:
        raise call.error("NumberExceed.ResourceIds", "At most 50 resource ids can be given.")
    return shelves[kind]


def _resources(call: Call, shelf: Shelf[Any]) -> list[Record]:
    found = []
    for resource_id in call.get("ResourceId") or []:
        if call.get("ResourceType") == "keypair":
            record: Record | None = find.ecs(call).key_pair(
                resource_id, call.account_id, call.region_id, call.now
            )
        else:
            record = shelf.find(resource_id, call.account_id, call.now)
        if record is None or record.region_id != call.region_id:
            if call.get("ResourceType") == "image" and _seen(call, resource_id):
                raise call.error(
                    "InvalidResourceId.NotSupported", "An image of another owner cannot be tagged."
                )
            raise call.error("InvalidResourceId.NotFound", f"The resource {resource_id} does not exist.")
        found.append(record)
    return found


def _seen(call: Call, image_id: str) -> bool:
    return any(i.id == image_id for i, _ in find.usable_by(call))


@ECS.action("TagResources")
def tag_resources(call: Call) -> dict[str, Any]:
    """An existing key gets the new value."""
    shelf = _shelf(call)
    check_tags(call)
    resources = _resources(call, shelf)
    for record in resources:
        if len(record.tags | call.tags) > _MOST_TAGS:
            raise call.error("QuotaExceed.Tags", f"{record.id} would have more than 20 tags.")
    for record in resources:
        record.tags.update(call.tags)
    return {}


@ECS.action("UntagResources")
def untag_resources(call: Call) -> dict[str, Any]:
    """Remove tags by key, or all."""
    shelf = _shelf(call)
    keys, everything = call.get("TagKey") or [], bool(call.get("All"))
    if keys and everything:
        raise call.error("Param.Conflict", "All=true goes without TagKey.")
    if len(keys) > _MOST_TAGS:
        raise call.error("NumberExceed.Tags", "At most 20 tag keys can be given.")
    if not keys and not everything:
        raise call.error("MissingParameter.Tags", "TagKey or All=true is required.")
    for record in _resources(call, shelf):
        for key in list(record.tags) if everything else keys:
            record.tags.pop(key, None)
    return {}


def _chosen(wanted: dict[str, Any], key: str, value: str) -> bool:
    values = wanted.get("TagValues")
    return (wanted.get("TagKey") or "").strip("*") in key and (not values or value in values)


@ECS.action("ListTagResources")
def list_tag_resources(call: Call) -> dict[str, Any]:
    """Tags of resources, one entry each."""
    shelf = _shelf(call)
    ids, tags, filters = call.get("ResourceId"), call.get("Tag"), call.get("TagFilter")
    if not ids and not tags and not filters:
        raise call.error("BothEmpty.TagsAndResources", "Resource ids or tags are required.")
    if tags and filters:
        raise call.error("InvalidTagFilter.Malformed", "Tag and TagFilter exclude each other.")
    check_tags(call)
    keypair = call.get("ResourceType") == "keypair"
    records = shelf.listed(call.account_id, call.region_id, call.now)
    found = [
        {"ResourceId": name, "ResourceType": call.get("ResourceType"), "TagKey": key, "TagValue": value}
        for record in records
        for name in [record.name if keypair else record.id]
        if (not ids or name in ids) and has_tags(record.tags, call)
        for key, value in record.tags.items()
        if (not tags or key in {t["Key"] for t in tags})
        and (not filters or any(_chosen(f, key, value) for f in filters))
    ]
    page, fields = by_token(call, found, most=50, default=50)
    del fields["TotalCount"]
    return {"TagResources": {"TagResource": page}, **fields}
