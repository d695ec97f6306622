"""What the emulated cloud holds at the start: JSON that a person can read and change.

The keys:

* ``default_region``: the region that `Emulator.environment` names.
* ``accounts``: ``account_id``, ``access_key_id``, ``access_key_secret``; optional ``identity_type``
  (``Account``, ``RAMUser``, ``AssumedRoleUser``), ``name`` (a user's, or ``role/session``),
  ``principal_id``, ``security_token``, ``token_expires_in_seconds`` and ``balance``.
  Every other object names its owner with ``account_id``; without it, the first account owns it.
* ``swas``: see `swaslift.emulator.swas.inventory`.
* ``ecs``: see `swaslift.emulator.ecs.inventory`.

A wrong inventory raises `InventoryError`, which names the key and the remedy.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from swaslift.emulator.ecs import inventory as ecs_inventory
from swaslift.emulator.inventory_error import Entry, InventoryError
from swaslift.emulator.swas import inventory as swas_inventory
from swaslift.emulator.world import Account

if TYPE_CHECKING:
    from swaslift.emulator.world import World

__all__ = ["Entry", "InventoryError", "default", "load", "read"]

_SECTIONS = ("default_region", "accounts", "swas", "ecs")


def default() -> dict[str, Any]:
    """The inventory that comes with the package, as a fresh copy to change."""
    text = resources.files("swaslift.emulator").joinpath("default_inventory.json").read_text("utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def read(source: Path | str | Mapping[str, Any] | None) -> Mapping[str, Any]:
    """The inventory behind a path, or the given one, or the default one."""
    if source is None:
        return default()
    if isinstance(source, Mapping):
        return source
    path = Path(source)
    try:
        loaded = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise InventoryError(
            str(path), f"it cannot be read ({error.strerror})", "give the path of a JSON file"
        ) from error
    except ValueError as error:
        raise InventoryError(str(path), f"it is not JSON ({error})", "correct the file there") from error
    if not isinstance(loaded, dict):
        raise InventoryError(str(path), "it holds no object", f"write {{...}} with the keys {_SECTIONS}")
    return loaded


def load(world: World, data: Mapping[str, Any]) -> str:
    """Fill a world; returns the default region."""
    for key in data:
        if key not in _SECTIONS:
            raise InventoryError(
                key, "there is no such key", f"remove it, or use one of {', '.join(_SECTIONS)}"
            )
    top = Entry(data, "")
    entries = top.entries("accounts")
    if not entries:
        raise InventoryError("accounts", "there is none", "give at least one account with its access key")
    for entry in entries:
        account = _account(world, entry)
        if account.access_key_id in world.accounts:
            raise InventoryError(
                f"{entry.where}.access_key_id", f"{account.access_key_id!r} is there twice", "change one"
            )
        world.accounts[account.access_key_id] = account
    swas_inventory.load(world, data)
    ecs_inventory.load(world, data)
    return top.text("default_region", "cn-hangzhou")


def _account(world: World, entry: Entry) -> Account:
    ends = None
    if entry.has("token_expires_in_seconds"):
        ends = world.clock.now() + timedelta(seconds=entry.number("token_expires_in_seconds"))
    account = Account(
        account_id=entry.text("account_id"),
        access_key_id=entry.text("access_key_id"),
        access_key_secret=entry.text("access_key_secret"),
        security_token=entry.text("security_token", "") or None,
        identity_type=entry.choice("identity_type", ("Account", "RAMUser", "AssumedRoleUser"), "Account"),
        name=entry.text("name", "root"),
        balance=entry.number("balance", 10_000.0),
        principal_id=entry.text("principal_id", ""),
        token_expires_at=ends,
    )
    if not account.account_id.isdigit():
        raise InventoryError(
            f"{entry.where}.account_id", f"{account.account_id!r} is no number", "give digits"
        )
    entry.done()
    return account
