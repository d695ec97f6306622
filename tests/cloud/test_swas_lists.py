"""SWAS: names and key pairs, through the door."""

from __future__ import annotations

import pytest

from swaslift.cloud import Cloud
from swaslift.emulator import Emulator
from swaslift.errors import InvalidRequestError
from tests.cloud.doors import REGION, door
from tests.cloud.oracle import Field, body, compare, time

PUBLIC_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0bZ8v1sPq3bD0kYpGmV2v4s8o3wqKc2d1n0Yt5b7Qe somebody"
KEY_PAIR: dict[str, Field] = {
    "name": "KeyPairName",
    "public_key": "PublicKey",
    "server_ids": lambda p: tuple(p["InstanceIds"]),
    "created_at": time("CreationTime"),
}


@pytest.fixture
def client(cloud: Emulator) -> Cloud:
    return door(cloud)


def send(client: Cloud, action: str, **params: object) -> None:
    """A change that the library itself does not make."""
    client.caller.change("swas", action, REGION, {"RegionId": REGION, **params})


def test_a_server_gets_another_name_and_nothing_else(cloud: Emulator, client: Cloud) -> None:
    shop = next(client.swas.list_instances(REGION, name="shop"))
    client.swas.update_instance_attribute(REGION, shop.id, name="store", token="t1")
    assert [c.params for c in cloud.log.writes()] == [
        {"RegionId": REGION, "InstanceId": shop.id, "InstanceName": "store", "ClientToken": "t1"}
    ]
    (found,) = client.swas.list_instances(REGION, ids=[shop.id])
    assert found == shop.model_copy(update={"name": "store"})
    with pytest.raises(InvalidRequestError):
        client.swas.update_instance_attribute(REGION, shop.id, name="-", token="t2")


def test_key_pairs_and_their_servers(client: Cloud) -> None:
    shop = next(client.swas.list_instances(REGION, name="shop"))
    for name in ("first", "second"):
        send(client, "ImportKeyPair", KeyPairName=name, PublicKeyBody=PUBLIC_KEY)
    send(client, "AttachKeyPair", KeyPairName="second", InstanceIds=[shop.id])
    items = body(client, "swas", "ListKeyPairs")["KeyPairs"]
    compare(client.swas.list_key_pairs(REGION), items, KEY_PAIR)
    (second,) = client.swas.list_key_pairs(REGION, name="second")
    assert second.server_ids == (shop.id,)
