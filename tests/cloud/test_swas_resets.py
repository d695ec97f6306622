"""SWAS: systems that are installed anew, disks that are rolled back, and what to install, through the door."""

from __future__ import annotations

import pytest

from swaslift.cloud import Cloud
from swaslift.emulator import Emulator
from swaslift.errors import ApiError, ConflictError, InvalidRequestError, NotFoundError
from swaslift.models import Server
from tests.cloud.doors import REGION, door
from tests.cloud.oracle import Field, body, compare

IMAGE: dict[str, Field] = {
    "id": "ImageId",
    "name": "ImageName",
    "kind": "ImageType",
    "os_type": "Platform",
    "description": "Description",
}
DEBIAN = "img-debian-12"


@pytest.fixture
def client(cloud: Emulator) -> Cloud:
    return door(cloud)


def server(client: Cloud, name: str) -> Server:
    return next(client.swas.list_instances(REGION, name=name))


def test_images_of_the_service_are_listed_without_custom_ones(client: Cloud) -> None:
    shop = server(client, "shop")
    taken = client.swas.create_snapshot(REGION, shop.system_disk.id, "gold", tags={}, token="t1")
    client.clock.sleep(3600)
    made = client.swas.create_custom_image(REGION, shop.id, "gold", taken, tags={}, token="t2")
    client.clock.sleep(3600)
    items = body(client, "swas", "ListImages")["Images"]
    assert made in {i["ImageId"] for i in items}
    records = client.swas.list_images(REGION)
    compare(records, [i for i in items if i["ImageType"] != "custom"], IMAGE)
    assert {r.kind for r in records} == {"system", "app"}


def test_key_pairs_are_listed(client: Cloud) -> None:
    items = body(client, "swas", "ListKeyPairs")["KeyPairs"]
    assert [k.name for k in client.swas.list_key_pairs(REGION)] == [i["KeyPairName"] for i in items]
    assert [k.name for k in client.swas.list_key_pairs(REGION, name="ops")] == ["ops"]
    assert not list(client.swas.list_key_pairs(REGION, name="none"))


def test_a_system_is_installed_anew(cloud: Emulator, client: Cloud) -> None:
    shop = server(client, "shop")
    client.swas.reset_system(REGION, shop.id, DEBIAN, key_pair="ops", token="t1")
    assert server(client, "shop").status == "Resetting"
    client.clock.sleep(600)
    now = server(client, "shop")
    assert (now.status, now.image_id, now.public_ip) == ("Running", DEBIAN, shop.public_ip)
    client.swas.reset_system(REGION, shop.id, DEBIAN, key_pair="ops", token="t1")
    assert server(client, "shop").status == "Running", "the same token does it once"
    client.swas.reset_system(REGION, shop.id, DEBIAN, password="Str0ng-enough", token="t2")
    client.clock.sleep(600)
    client.swas.reset_system(REGION, shop.id, DEBIAN, token="t3")
    what = {"RegionId": REGION, "InstanceId": shop.id, "ImageId": DEBIAN}
    sent = [c.params for c in cloud.log.writes()]
    assert sent[0] == {**what, "LoginCredentials": {"KeyPairName": "ops"}, "ClientToken": "t1"}
    assert sent[-1] == {**what, "ClientToken": "t3"}
    assert "Str0ng" not in str(list(cloud.log))


def test_what_cannot_be_installed_is_refused(client: Cloud) -> None:
    with pytest.raises(NotFoundError):
        client.swas.reset_system(REGION, server(client, "shop").id, "img-none", token="t1")
    with pytest.raises(NotFoundError):
        client.swas.reset_system(REGION, "none", DEBIAN, token="t2")
    with pytest.raises(ConflictError):
        client.swas.reset_system(REGION, server(client, "old-blog").id, DEBIAN, token="t3")
    shop = server(client, "shop")
    taken = client.swas.create_snapshot(REGION, shop.system_disk.id, "gold", tags={}, token="t4")
    client.clock.sleep(3600)
    made = client.swas.create_custom_image(REGION, shop.id, "gold", taken, tags={}, token="t5")
    client.clock.sleep(3600)
    with pytest.raises(InvalidRequestError, match="stems from this same server"):
        client.swas.reset_system(REGION, shop.id, made, token="t6")


def test_a_disk_is_rolled_back_unless_the_system_was_reset_since(cloud: Emulator, client: Cloud) -> None:
    shop = server(client, "shop")
    taken = client.swas.create_snapshot(REGION, shop.system_disk.id, "before", tags={}, token="t1")
    client.clock.sleep(3600)
    with pytest.raises(ConflictError, match="Stopped"):
        client.swas.reset_disk(REGION, shop.system_disk.id, taken, token="t2")
    client.swas.stop_instance(REGION, shop.id, token="t3")
    client.clock.sleep(600)
    client.swas.reset_disk(REGION, shop.system_disk.id, taken, token="t4")
    assert cloud.log[-1].params == {
        "RegionId": REGION,
        "DiskId": shop.system_disk.id,
        "SnapshotId": taken,
        "ClientToken": "t4",
    }
    assert next(iter(client.swas.list_disks(REGION, server_id=shop.id))).status == "ReIniting"
    client.clock.sleep(600)
    client.swas.reset_system(REGION, shop.id, DEBIAN, token="t5")
    client.clock.sleep(600)
    client.swas.stop_instance(REGION, shop.id, token="t6")
    client.clock.sleep(600)
    with pytest.raises(ApiError, match="older than the last reset"):
        client.swas.reset_disk(REGION, shop.system_disk.id, taken, token="t7")
