"""Inventories: what exists at the start, and how a wrong one is told."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from swaslift.emulator import Emulator, InventoryError
from swaslift.emulator.inventory import default
from tests.emulator.sdk import Sdk

if TYPE_CHECKING:
    from pathlib import Path


def test_an_inventory_can_come_from_a_file(tmp_path: Path) -> None:
    inventory = default()
    inventory["swas"]["servers"] = [
        {
            "name": "mine",
            "region_id": "cn-shanghai",
            "plan_id": "swas.s.c2m2s40b4",
            "image_id": "img-debian-12",
            "status": "Stopped",
        }
    ]
    inventory["default_region"] = "cn-shanghai"
    path = tmp_path / "cloud.json"
    path.write_text(json.dumps(inventory), "utf-8")
    with Emulator(path, speed=None) as cloud:
        assert cloud.environment()["ALIBABA_CLOUD_REGION_ID"] == "cn-shanghai"
        rows = Sdk(cloud).call("ListInstances", RegionId="cn-shanghai")["Instances"]
    assert [(row["InstanceName"], row["Status"]) for row in rows] == [("mine", "Stopped")]


@pytest.mark.parametrize(
    ("path", "value", "key", "remedy"),
    [
        (["colour"], "red", "colour", "remove it"),
        (["accounts"], [], "accounts", "at least one account"),
        (["accounts"], None, "accounts", "give a list"),
        (["accounts", 0, "access_key_id"], 7, "accounts[0].access_key_id", "give a text"),
        (["accounts", 1, "access_key_id"], "LTAIemulator0000", "accounts[1].access_key_id", "change one"),
        (["accounts", 0, "identity_type"], "Robot", "accounts[0].identity_type", "RAMUser"),
        (["accounts", 0, "account_id"], "me", "accounts[0].account_id", "give digits"),
        (["swas", "servers", 0, "plan_id"], "x", "swas.servers[0].plan_id", "swas.plans"),
        (["swas", "servers", 0, "image_id"], "x", "swas.servers[0].image_id", "swas.images"),
        (["swas", "servers", 0, "region_id"], "x", "swas.servers[0].region_id", "cn-hangzhou"),
        (["swas", "servers", 0, "account_id"], "9", "swas.servers[0].account_id", "1234567890123456"),
        (["swas", "servers", 0, "statsu"], "x", "swas.servers[0].statsu", "status"),
        (["swas", "servers", 0, "data_disk"], "x", "swas.servers[0].data_disk", "give an integer"),
        (["swas", "servers", 0, "tags"], ["x"], "swas.servers[0].tags", "give an object"),
        (["swas", "servers", 0, "key_pair"], "x", "swas.servers[0].key_pair", "swas.key_pairs"),
        (
            ["swas", "servers", 1, "id"],
            "8a1f0c2d4e5b46f79a0b1c2d3e4f5a60",
            "swas.servers[1].id",
            "change one",
        ),
        (["swas", "plans", 0, "price"], "dear", "swas.plans[0].price", "give a number"),
        (["swas", "plans", 0, "platforms"], "Linux", "swas.plans[0].platforms", "list of texts"),
        (["swas", "servers", 0, "firewall", 0], 22, "swas.servers[0].firewall[0]", "named keys"),
        (["swas"], [], "swas", "named keys"),
    ],
)
def test_a_wrong_inventory_names_the_key_and_the_remedy(
    path: list[Any], value: Any, key: str, remedy: str
) -> None:
    inventory = default()
    inside: Any = inventory
    for part in path[:-1]:
        inside = inside[part]
    inside[path[-1]] = value
    with pytest.raises(InventoryError) as caught:
        Emulator(inventory)
    assert caught.value.key == key
    assert remedy in caught.value.remedy
    assert str(caught.value).startswith(f"inventory, {key}: ")


def test_a_missing_key_is_named() -> None:
    inventory = default()
    del inventory["swas"]["servers"][0]["name"]
    with pytest.raises(InventoryError, match=r"swas\.servers\[0\]\.name: it is missing; give a text"):
        Emulator(inventory)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(InventoryError, match=r"nowhere\.json: it cannot be read"):
        Emulator(tmp_path / "nowhere.json")
    broken = tmp_path / "broken.json"
    broken.write_text("{", "utf-8")
    with pytest.raises(InventoryError, match=r"broken\.json: it is not JSON"):
        Emulator(broken)
    broken.write_text("[]", "utf-8")
    with pytest.raises(InventoryError, match=r"broken\.json: it holds no object"):
        Emulator(str(broken))


def test_the_default_keys_are_plainly_not_real() -> None:
    for account in default()["accounts"]:
        assert "emulator" in account["access_key_id"]
        assert "emulator" in account["access_key_secret"]
