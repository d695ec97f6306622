"""VPCs, vSwitches, security groups and key pairs of an inventory.

``vpcs``: ``id``, ``region_id``, ``name``, ``cidr``; optional ``is_default``, ``description``, ``vswitches``
(``id``, ``zone_id``, ``cidr``; optional ``name``, ``resource_group_id``) and ``security_groups`` (``id``,
``name``; optional ``description``, ``kind``, ``tags``, ``documented``, ``rules``: ``protocol``, ``ports``;
optional ``source``, ``source_group``, ``source_prefix_list``, ``dest``, ``policy``, ``priority``,
``direction``, ``description``, ``documented``).
"""

from __future__ import annotations

import base64
import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

from swaslift.emulator.ecs import documented
from swaslift.emulator.ecs.inventory_records import fresh_id, owner, region_of
from swaslift.emulator.ecs.records_network import KeyPair, Rule, SecurityGroup, Vpc, VSwitch
from swaslift.emulator.inventory_error import Entry, InventoryError
from swaslift.emulator.world import Timeline

if TYPE_CHECKING:
    from swaslift.emulator.world import World

_AGE = timedelta(days=400)


def load_vpc(world: World, entry: Entry) -> None:
    """One VPC with what is in it."""
    created, state = world.clock.now() - _AGE, world.ecs
    vpc = Vpc(
        id=fresh_id(entry, state.vpcs),
        account_id=owner(world, entry),
        region_id=region_of(world, entry),
        created_at=created,
        visible_at=created,
        name=entry.text("name"),
        cidr=entry.text("cidr"),
        timeline=Timeline((created, "Available")),
        description=entry.text("description", ""),
        is_default=entry.flag("is_default"),
        user_cidrs=entry.texts("user_cidrs"),
        router_id=entry.text("router_id", "") or world.new_id("vrt-"),
    )
    for one in entry.entries("vswitches"):
        _vswitch(world, one, vpc)
    for one in entry.entries("security_groups"):
        _security_group(world, one, vpc)
    entry.done()
    state.vpcs.add(vpc)


def _vswitch(world: World, entry: Entry, vpc: Vpc) -> None:
    zones = world.ecs.catalog.zone_ids(vpc.region_id)
    world.ecs.vswitches.add(
        VSwitch(
            id=fresh_id(entry, world.ecs.vswitches),
            account_id=vpc.account_id,
            region_id=vpc.region_id,
            created_at=vpc.created_at,
            visible_at=vpc.visible_at,
            resource_group_id=entry.text("resource_group_id", ""),
            name=entry.text("name", ""),
            vpc_id=vpc.id,
            zone_id=entry.choice("zone_id", zones),
            cidr=entry.text("cidr"),
            timeline=Timeline((vpc.created_at, "Available")),
            description=entry.text("description", ""),
        )
    )
    entry.done()


def _security_group(world: World, entry: Entry, vpc: Vpc) -> None:
    group = SecurityGroup(
        id=fresh_id(entry, world.ecs.security_groups),
        account_id=vpc.account_id,
        region_id=vpc.region_id,
        created_at=vpc.created_at,
        visible_at=vpc.visible_at,
        tags=entry.mapping("tags"),
        name=entry.text("name"),
        vpc_id=vpc.id,
        description=entry.text("description", ""),
        kind=cast("Any", entry.choice("kind", ("normal", "enterprise"), "normal")),
        documented=documented.GROUP.read(entry),
    )
    for rule in entry.entries("rules"):
        group.rules.append(_rule(world, rule, group))
    entry.done()
    world.ecs.security_groups.add(group)


def _rule(world: World, entry: Entry, group: SecurityGroup) -> Rule:
    egress = entry.choice("direction", ("ingress", "egress"), "ingress") == "egress"
    rule = Rule(
        id=entry.text("id", "") or world.new_id("sgr-"),
        created_at=group.created_at,
        direction="egress" if egress else "ingress",
        protocol=entry.choice("protocol", ("TCP", "UDP", "ICMP", "ICMPv6", "GRE", "ALL")),
        ports=entry.text("ports", "-1/-1"),
        policy=entry.choice("policy", ("Accept", "Drop"), "Accept"),
        priority=entry.integer("priority", 1),
        source_cidr=entry.text("source", ""),
        source_group=entry.text("source_group", ""),
        source_prefix_list=entry.text("source_prefix_list", ""),
        dest_cidr=entry.text("dest", ""),
        description=entry.text("description", ""),
        documented=documented.RULE.read(entry),
    )
    entry.done()
    return rule


def load_key_pair(world: World, entry: Entry) -> None:
    """One key pair: its public half."""
    created, public = world.clock.now() - _AGE, entry.text("public_key")
    try:
        raw = base64.b64decode(public.split(" ")[1], validate=True)
    except (IndexError, ValueError):
        raise InventoryError(
            f"{entry.where}.public_key", "it is no public key", "give one in OpenSSH form, 'ssh-rsa AAAA...'"
        ) from None
    world.ecs.key_pairs.add(
        KeyPair(
            id=entry.text("id", "") or world.new_id("ssh-"),
            account_id=owner(world, entry),
            region_id=region_of(world, entry),
            created_at=created,
            visible_at=created,
            tags=entry.mapping("tags"),
            name=entry.text("name"),
            fingerprint=hashlib.md5(raw, usedforsecurity=False).hexdigest(),
            public_key=public,
        )
    )
    entry.done()
