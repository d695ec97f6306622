"""The SWAS part of an inventory: the key ``swas``.

* ``plans``: ``plan_id``, ``core``, ``memory`` (GiB), ``disk_size`` (GiB), ``disk_type`` (``ESSD`` or
  ``SSD``), ``bandwidth`` (Mbit/s), ``flow`` (GiB a month), ``price`` (a month), ``currency``,
  ``platforms`` (``Linux``, ``Windows``), ``plan_type``; optional ``regions`` (none: all) and ``tags``
  (``cn``, ``en``, ``color``).
* ``images``: ``image_id``, ``name``, ``kind`` (``system`` or ``app``), ``platform``, ``version``,
  ``description``; optional ``min_disk`` (GiB) and ``min_memory`` (GiB).
* ``servers``: ``name``, ``region_id``, ``plan_id``, ``image_id``; optional ``id``, ``account_id``, ``status``
  (``Running`` or ``Stopped``), ``expires_in_days`` (below 0: expired already; default 300),
  ``created_days_ago``, ``auto_renew_months``, ``data_disk`` (GiB), ``public_ip``, ``inner_ip``, ``tags``,
  ``combination_of``, ``key_pair``, ``firewall`` (``protocol``, ``port``; optional ``source``, ``policy``
  (``accept`` or ``drop``), ``remark``), ``disk_remark``, and ``command_replies`` (``contains``; optional
  ``output``, ``exit_code``, ``seconds``): what the server prints when it is sent such a command.
  Without ``firewall`` a server has the default rules.
* ``databases``: ``id``, ``region_id``; optional ``account_id`` and ``name``. They count as servers do.
* ``key_pairs``: ``name``, ``region_id``, ``public_key``; optional ``account_id``.
* ``commands``: ``id``, ``region_id``, ``name``, ``content``; optional ``account_id`` and ``kind``.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from swaslift.emulator.inventory_error import Entry, InventoryError
from swaslift.emulator.swas import building
from swaslift.emulator.swas.records import (
    Command,
    CommandReply,
    Database,
    KeyPair,
    Plan,
    Server,
    StockImage,
)
from swaslift.emulator.swas.service import SWAS
from swaslift.emulator.world import Timeline

if TYPE_CHECKING:
    from collections.abc import Mapping

    from swaslift.emulator.world import World

__all__ = ["load"]

PLATFORMS = ("Linux", "Windows")


def load(world: World, data: Mapping[str, Any]) -> None:
    """Fill ``world.swas`` from ``data["swas"]``."""
    section = Entry(data.get("swas", {}), "swas")
    for entry in section.entries("plans"):
        _plan(world, entry)
    for entry in section.entries("images"):
        _image(world, entry)
    for entry in section.entries("key_pairs"):
        pair = KeyPair(
            _account(world, entry),
            _region(entry),
            entry.text("name"),
            entry.text("public_key"),
            world.clock.now(),
        )
        entry.done()
        world.swas.key_pairs[pair.account_id, pair.region_id, pair.name] = pair
    for entry in section.entries("databases"):
        database = Database(
            _account(world, entry),
            _region(entry),
            entry.text("id"),
            entry.text("name", ""),
            world.clock.now() + timedelta(days=300),
        )
        entry.done()
        world.swas.databases.append(database)
    for entry in section.entries("servers"):
        _server(world, entry)
    for entry in section.entries("commands"):
        _command(world, entry)
    section.done()


def _plan(world: World, entry: Entry) -> None:
    tags = [(t.text("cn"), t.text("en"), t.text("color")) for t in entry.entries("tags")]
    plan = Plan(
        plan_id=entry.text("plan_id"),
        core=entry.integer("core"),
        memory=entry.number("memory"),
        disk_size=entry.integer("disk_size"),
        disk_type=entry.choice("disk_type", ("ESSD", "SSD"), "ESSD"),
        bandwidth=entry.integer("bandwidth"),
        flow=entry.integer("flow", 0),
        price=entry.number("price"),
        currency=entry.text("currency", "CNY"),
        platforms=tuple(entry.texts("platforms", PLATFORMS)),
        plan_type=entry.text("plan_type", "NORMAL"),
        regions=tuple(entry.texts("regions")),
        tags=tuple(tags),
    )
    entry.done()
    _new(entry, "plan_id", plan.plan_id, world.swas.plans)
    world.swas.plans[plan.plan_id] = plan


def _image(world: World, entry: Entry) -> None:
    image = StockImage(
        image_id=entry.text("image_id"),
        name=entry.text("name"),
        kind=entry.choice("kind", ("system", "app"), "system"),
        platform=entry.choice("platform", PLATFORMS, "Linux"),
        version=entry.text("version", ""),
        description=entry.text("description", ""),
        min_disk=entry.integer("min_disk", 20),
        min_memory=entry.number("min_memory", 0.5),
    )
    entry.done()
    _new(entry, "image_id", image.image_id, world.swas.stock_images)
    world.swas.stock_images[image.image_id] = image


def _server(world: World, entry: Entry) -> None:
    now = world.clock.now()
    plan_id, image_id = entry.text("plan_id"), entry.text("image_id")
    if plan_id not in world.swas.plans:
        raise InventoryError(
            f"{entry.where}.plan_id",
            f"there is no plan {plan_id!r}",
            "use one of swas.plans, or add it there",
        )
    if image_id not in world.swas.stock_images:
        raise InventoryError(
            f"{entry.where}.image_id",
            f"there is no image {image_id!r}",
            "use one of swas.images, or add it there",
        )
    server_id = entry.text("id", "")
    if server_id:
        _new(entry, "id", server_id, world.swas.servers)
    created = now - timedelta(days=entry.number("created_days_ago", 200))
    addresses = world.swas.next_addresses()
    made = building.server(
        world,
        account_id=_account(world, entry),
        region_id=_region(entry),
        plan=world.swas.plans[plan_id],
        image_id=image_id,
        platform=world.swas.stock_images[image_id].platform,
        name=entry.text("name"),
        created=created,
        visible_at=created,
        expires=now + timedelta(days=entry.number("expires_in_days", 300)),
        status=Timeline((created, entry.choice("status", ("Running", "Stopped"), "Running"))),
        server_id=server_id,
        data_disk=entry.integer("data_disk", 0),
        addresses=(entry.text("public_ip", addresses[0]), entry.text("inner_ip", addresses[1])),
    )
    made.auto_renew_months = entry.integer("auto_renew_months", 0)
    made.combination_of = entry.text("combination_of", "")
    made.tags = entry.mapping("tags")
    remark = entry.text("disk_remark", "")
    for disk_id in made.disk_ids:
        world.swas.disks[disk_id].remark = remark
        world.swas.disks[disk_id].name = f"{made.name}-{world.swas.disks[disk_id].kind}"
    _firewall(world, entry, made)
    _replies(entry, made)
    _bind(world, entry, made)
    entry.done()


def _firewall(world: World, entry: Entry, server: Server) -> None:
    rules = entry.entries("firewall")
    if not entry.has("firewall"):
        building.open_default_ports(world, server)
    for rule in rules:
        building.rule(
            world,
            server,
            rule.choice("protocol", ("TCP", "UDP", "TCP+UDP", "ICMP"), "TCP"),
            rule.text("port"),
            source=rule.text("source", "0.0.0.0/0"),
            policy=rule.choice("policy", ("accept", "drop"), "accept"),
            remark=rule.text("remark", ""),
        )
        rule.done()


def _replies(entry: Entry, server: Server) -> None:
    for reply in entry.entries("command_replies"):
        server.replies.append(
            CommandReply(
                contains=reply.text("contains"),
                output=reply.text("output", ""),
                exit_code=reply.integer("exit_code", 0),
                seconds=reply.number("seconds") if reply.has("seconds") else None,
            )
        )
        reply.done()


def _bind(world: World, entry: Entry, server: Server) -> None:
    name = entry.text("key_pair", "")
    if not name:
        return
    pair = world.swas.key_pairs.get((server.account_id, server.region_id, name))
    if pair is None:
        raise InventoryError(
            f"{entry.where}.key_pair",
            f"there is no key pair {name!r}",
            "add it to swas.key_pairs in that region",
        )
    server.key_pair = name
    pair.server_ids.append(server.server_id)


def _command(world: World, entry: Entry) -> None:
    command = Command(
        command_id=entry.text("id"),
        account_id=_account(world, entry),
        region_id=_region(entry),
        name=entry.text("name"),
        content=entry.text("content"),
        kind=entry.choice(
            "kind", ("RunShellScript", "RunBatScript", "RunPowerShellScript"), "RunShellScript"
        ),
    )
    entry.done()
    _new(entry, "id", command.command_id, world.swas.commands)
    world.swas.commands[command.command_id] = command


def _account(world: World, entry: Entry) -> str:
    known = [account.account_id for account in world.accounts.values()]
    return entry.choice("account_id", known, known[0])


def _region(entry: Entry) -> str:
    return entry.choice("region_id", SWAS.contract.regions)


def _new(entry: Entry, key: str, value: str, known: Mapping[str, Any]) -> None:
    if value in known:
        raise InventoryError(f"{entry.where}.{key}", f"{value!r} is there twice", "change one of the two")
