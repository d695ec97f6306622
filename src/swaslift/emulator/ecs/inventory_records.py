"""What every entry of the ECS inventory has: an owner, a region, an id of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from swaslift.emulator.inventory_error import Entry, InventoryError

if TYPE_CHECKING:
    from swaslift.emulator.ecs.state import Shelf
    from swaslift.emulator.world import World


def owner(world: World, entry: Entry) -> str:
    """The account that owns the thing: the one named, or the first."""
    known = [account.account_id for account in world.accounts.values()]
    return entry.choice("account_id", known, known[0])


def region_of(world: World, entry: Entry) -> str:
    """The region of the thing, one of those of the inventory."""
    return entry.choice("region_id", list(world.ecs.catalog.regions))


def fresh_id(entry: Entry, shelf: Shelf[Any], where: str = "id") -> str:
    """The id of a new thing; one that is there already is refused."""
    found = entry.text(where)
    if shelf.get(found) is not None:
        raise InventoryError(f"{entry.where}.{where}", f"{found!r} is there twice", "change one of the two")
    return found


def known(entry: Entry, name: str, value: str, shelf: Any, kind: str) -> Any:
    """What an entry refers to, or an error that says so."""
    found = shelf.get(value)
    if found is None:
        raise InventoryError(
            f"{entry.where}.{name}",
            f"there is no {kind} {value!r}",
            f"use one of the inventory, or add the {kind}",
        )
    return found
