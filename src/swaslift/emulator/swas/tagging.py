"""Tags of servers, disks, snapshots, custom images, firewall rules and commands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from swaslift.emulator.numbers import digits
from swaslift.emulator.swas import lookup
from swaslift.emulator.swas.service import SWAS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from swaslift.emulator.service import Call, ServiceError

PAGE = 50
_NOT_FOUND = {
    "instance": "InvalidInstanceId.NotFound",
    "snapshot": "InvalidSnapshotId.NotFound",
    "customimage": "InvalidImageId.NotFound",
    "disk": "InvalidDiskId.NotFound",
    "firewallrule": "InvalidParam",
    "command": "InvalidParam",
}
TAGS_PER_RESOURCE = 20


def _resources(call: Call) -> dict[str, dict[str, str]]:
    """The tags of every resource of the asked kind, by id."""
    kind = call.params["ResourceType"]
    if kind not in _NOT_FOUND:
        raise lookup.invalid(call, f"ResourceType must be one of {', '.join(_NOT_FOUND)}, not {kind!r}.")
    return dict(_of_kind(call, kind))


def _of_kind(call: Call, kind: str) -> Iterator[tuple[str, dict[str, str]]]:
    swas, where = call.world.swas, (call.account_id, call.now, call.region_id)
    if kind == "instance":
        yield from ((s.server_id, s.tags) for s in swas.servers_of(*where))
    elif kind == "disk":
        yield from ((d.disk_id, d.tags) for d in swas.disks_of(*where))
    elif kind == "snapshot":
        yield from ((s.snapshot_id, s.tags) for s in swas.snapshots_of(*where))
    elif kind == "customimage":
        yield from ((i.image_id, i.tags) for i in swas.images_of(*where))
    elif kind == "firewallrule":
        yield from ((r.rule_id, r.tags) for s in swas.servers_of(*where) for r in s.firewall.values())
    else:
        yield from (
            (c.command_id, c.tags)
            for c in swas.commands.values()
            if (c.account_id, c.region_id) == (call.account_id, call.region_id)
        )


def _wanted(call: Call) -> list[str]:
    ids = [str(one) for one in call.get("ResourceId", [])]
    if len(ids) > 50:
        raise lookup.invalid(call, "At most 50 resources fit into one call.")
    return ids


def _chosen(call: Call) -> list[dict[str, str]]:
    known = _resources(call)
    return [known[one] if one in known else _missing(call, one) for one in _wanted(call)]


def _missing(call: Call, resource_id: str) -> dict[str, str]:
    code = _NOT_FOUND[call.params["ResourceType"]]
    refused: ServiceError = call.error(code, f"The specified resource {resource_id} does not exist.")
    raise refused


@SWAS.action("TagResources")
def tag_resources(call: Call) -> dict[str, Any]:
    """Set tags; a key that is there gets the new value."""
    tags, chosen = lookup.new_tags(call), _chosen(call)
    for present in chosen:
        if len({*present, *tags}) > TAGS_PER_RESOURCE:
            raise lookup.invalid(call, f"A resource has at most {TAGS_PER_RESOURCE} tags.")
    for present in chosen:
        present.update(tags)
    return {}


@SWAS.action("UntagResources")
def untag_resources(call: Call) -> dict[str, Any]:
    """Remove tags by key, or all of them; without either nothing happens."""
    keys = call.get("TagKey")
    for present in _chosen(call):
        for key in keys if keys is not None else list(present) if call.get("All") else []:
            present.pop(key, None)
    return {}


@SWAS.action("ListTagResources")
def list_tag_resources(call: Call) -> dict[str, Any]:
    """The tags of resources, 50 a page; an empty ``NextToken`` ends the list."""
    known, ids = _resources(call), _wanted(call)
    rows = [
        {
            "ResourceId": resource,
            "ResourceType": call.params["ResourceType"],
            "TagKey": key,
            "TagValue": value,
        }
        for resource, tags in known.items()
        if (not ids or resource in ids) and lookup.tagged(call, tags)
        for key, value in tags.items()
    ]
    token = call.get("NextToken") or "0"
    if not digits(token):
        raise lookup.invalid(call, f"NextToken {token!r} is not one of this service.")
    start, end = int(token), int(token) + PAGE
    return {
        "NextToken": str(end) if end < len(rows) else "",
        "TagResources": {"TagResource": rows[start:end]},
    }
