"""The making of records that belong together: a server comes with its disks."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from swaslift.emulator.swas.records import DEFAULT_GROUP, Disk, FirewallRule, Plan, Server
from swaslift.emulator.world import Timeline, World

if TYPE_CHECKING:
    from datetime import datetime

DEFAULT_PORTS = ("22", "80", "443")


def server(
    world: World,
    *,
    account_id: str,
    region_id: str,
    plan: Plan,
    image_id: str,
    platform: str,
    name: str,
    created: datetime,
    visible_at: datetime,
    expires: datetime,
    status: Timeline,
    server_id: str = "",
    data_disk: int = 0,
    addresses: tuple[str, str] | None = None,
    resource_group_id: str = DEFAULT_GROUP,
) -> Server:
    """A server with its disks, entered into the world; without a name it gets one."""
    public_ip, inner_ip = addresses or world.swas.next_addresses()
    server_id = server_id or world.new_id("")
    made = Server(
        server_id=server_id,
        account_id=account_id,
        region_id=region_id,
        name=name or f"{platform}-{server_id[:4]}",
        plan_id=plan.plan_id,
        image_id=image_id,
        platform=platform,
        created=created,
        visible_at=visible_at,
        expires=expires,
        status=status,
        public_ip=public_ip,
        inner_ip=inner_ip,
        uuid=str(uuid.UUID(int=world.random.getrandbits(128), version=4)),
        resource_group_id=resource_group_id,
    )
    world.swas.servers[server_id] = made
    disk(world, made, "system", plan.disk_type, plan.disk_size)
    if data_disk:
        disk(world, made, "data", plan.disk_type, data_disk)
    return made


def disk(world: World, of: Server, kind: str, category: str, size: int, disk_id: str = "") -> Disk:
    """A disk of a server."""
    made = Disk(
        disk_id=disk_id or world.new_id("d-"),
        account_id=of.account_id,
        region_id=of.region_id,
        server_id=of.server_id,
        kind=kind,
        category=category,
        size=size,
        device="/dev/xvda" if kind == "system" else "/dev/xvdb",
        created=of.created,
        status=Timeline((of.created, "In_use")),
        resource_group_id=of.resource_group_id,
    )
    world.swas.disks[made.disk_id] = made
    of.disk_ids.append(made.disk_id)
    return made


def rule(
    world: World,
    of: Server,
    protocol: str,
    port: str,
    *,
    source: str = "0.0.0.0/0",
    policy: str = "accept",
    remark: str = "",
    tags: dict[str, str] | None = None,
) -> FirewallRule:
    """A firewall rule of a server."""
    made = FirewallRule(
        rule_id=world.new_id(""),
        protocol=protocol,
        port=port,
        source=source,
        policy=policy,
        remark=remark,
        tags=dict(tags or {}),
    )
    of.firewall[made.rule_id] = made
    return made


def open_default_ports(world: World, of: Server) -> None:
    """The rules that every new server has."""
    for port in DEFAULT_PORTS:
        rule(world, of, "TCP", port)
