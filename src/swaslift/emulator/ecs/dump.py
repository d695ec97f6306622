"""Everything that ECS holds of an account, as its own describe actions would tell it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from swaslift.emulator import bridge
from swaslift.emulator.ecs.disk_view import disk_body
from swaslift.emulator.ecs.image_view import image_body
from swaslift.emulator.ecs.instance_view import instance_body
from swaslift.emulator.ecs.key_pairs import key_pair_body
from swaslift.emulator.ecs.security_groups import group_body
from swaslift.emulator.ecs.security_rules import rule_body
from swaslift.emulator.ecs.snapshots import snapshot_body
from swaslift.emulator.ecs.vpcs import vpc_body, vswitch_body

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from swaslift.emulator.world import World

_PASSING = {"Progress", "RemainTime"}


def dump(world: World, account_id: str, now: datetime) -> dict[str, Any]:
    """``{kind: {id: description}}``, without progress and the like."""
    state = world.ecs

    def mine(shelf: Iterable[Any]) -> list[Any]:
        return [r for r in shelf if r.account_id == account_id and r.exists(now)]

    alias = world.quirks.swas_image_owner_alias
    shared = [
        image
        for region in state.catalog.regions
        for image in bridge.shared_images(world, account_id, region, now)
    ]
    images = {i.id: image_body(world, i, "self", now) for i in mine(state.images) if not i.official}
    images |= {f"{i.id} (shared by SWAS)": image_body(world, i, alias, now) for i in shared}
    groups = {
        g.id: group_body(state, g, now) | {"Permissions": [rule_body(state, r) for r in g.rules]}
        for g in mine(state.security_groups)
    }
    kinds: dict[str, dict[str, Any]] = {
        "instances": {i.id: instance_body(state, i, now) for i in mine(state.instances)},
        "disks": {d.id: disk_body(d, now) for d in mine(state.disks)},
        "images": images,
        "image_shares": {
            i.id: {"Accounts": sorted(i.shared_with)} for i in mine(state.images) if i.shared_with
        },
        "snapshots": {s.id: snapshot_body(state, s, now) for s in mine(state.snapshots)},
        "security_groups": groups,
        "vpcs": {v.id: vpc_body(state, v, now) for v in mine(state.vpcs)},
        "vswitches": {v.id: vswitch_body(state, v, now) for v in mine(state.vswitches)},
        "key_pairs": {k.id: key_pair_body(k) for k in mine(state.key_pairs)},
        "invocations": {
            v.id: {"CommandId": v.command_id, "InstanceIds": [r.instance_id for r in v.runs]}
            for v in mine(state.invocations)
        },
    }
    return {kind: _steady(found) for kind, found in kinds.items()}


def _steady(value: Any) -> Any:
    """Without what changes by itself from second to second."""
    if isinstance(value, dict):
        return {k: _steady(v) for k, v in value.items() if k not in _PASSING}
    return [_steady(v) for v in value] if isinstance(value, list) else value
