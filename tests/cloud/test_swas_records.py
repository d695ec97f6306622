"""SWAS: each record holds what the service answered."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from swaslift.cloud import Cloud
from swaslift.emulator import Emulator, Quirks
from tests.cloud.doors import REGION, door
from tests.cloud.oracle import Field, at, body, compare, number, pairs, percent, time

TAGS = {"made-by": "a test", "empty": ""}

DISK: dict[str, Field] = {
    "id": "DiskId",
    "server_id": "InstanceId",
    "name": "DiskName",
    "kind": lambda d: d["DiskType"].lower(),
    "size": "Size",
    "category": "Category",
    "device": "Device",
    "status": "Status",
}
SERVER: dict[str, Field] = {
    "id": "InstanceId",
    "name": "InstanceName",
    "status": "Status",
    "business_status": "BusinessStatus",
    "disable_reason": "DisableReason",
    "image_id": "ImageId",
    "os_type": "Image.OsType",
    "os_name": lambda s: f"{at(s, 'Image.ImageName')} {at(s, 'Image.ImageVersion')}",
    "plan_id": "PlanId",
    "cpu": "ResourceSpec.Cpu",
    "memory": "ResourceSpec.Memory",
    "public_ip": "PublicIpAddress",
    "private_ip": "InnerIpAddress",
    "created_at": time("CreationTime"),
    "expires_at": time("ExpiredTime"),
    "tags": pairs("Tags", "Key", "Value"),
}
SNAPSHOT: dict[str, Field] = {
    "id": "SnapshotId",
    "name": "SnapshotName",
    "disk_id": "SourceDiskId",
    "disk_kind": lambda s: s["SourceDiskType"].lower(),
    "server_id": "InstanceId",
    "status": lambda s: s["Status"].capitalize(),
    "progress": percent("Progress"),
    "created_at": time("CreationTime"),
    "tags": pairs("Tags", "Key", "Value"),
}
IMAGE: dict[str, Field] = {
    "id": "ImageId",
    "name": "Name",
    "status": "Status",
    "owner_id": lambda i: str(i["UserId"]),
    "server_id": "InstanceId",
    "server_name": "InstanceName",
    "system_snapshot_id": "SystemSnapshotId",
    "data_snapshot_id": "DataSnapshotId",
    "system_disk_size": number("RequiredSystemDiskSize"),
    "data_disk_size": number("RequiredDataDiskSize"),
    "os_type": "OsType",
    "source_image": lambda i: f"{i['SourceImageName']} {i['SourceImageVersion']}".strip(),
    "shared_to_ecs": "InShare",
    "shared_to_accounts": "InShareUser",
    "used_by": lambda i: tuple(i["CreateInstances"]),
    "description": "Description",
    "created_at": time("CreationTime"),
    "tags": pairs("Tags", "Key", "Value"),
}


@pytest.fixture(params=["lower", "documented", "capitalized"])
def client(request: pytest.FixtureRequest) -> Iterator[Cloud]:
    """A door to each spelling of what the documents spell in two ways."""
    with Emulator(speed=None, seed=7, quirks=Quirks(swas_letter_case=request.param)) as cloud:
        yield door(cloud)


def test_servers(client: Cloud) -> None:
    items = body(client, "swas", "ListInstances", PageSize=100)["Instances"]
    records = list(client.swas.list_instances(REGION))
    without_disks = [r.model_copy(update={"disks": ()}) for r in records]
    compare(without_disks, items, {**SERVER, "disks": lambda _: ()}, empty=["disks"])
    for record, item in zip(records, items, strict=True):
        inside = [{**d, "InstanceId": item["InstanceId"]} for d in item["Disks"]]
        compare(record.disks, inside, DISK)


def test_servers_by_id_and_by_name(client: Cloud) -> None:
    shop, wiki = (next(client.swas.list_instances(REGION, name=n)) for n in ("shop", "wiki"))
    found = client.swas.list_instances(REGION, ids=[shop.id, wiki.id])
    assert {s.name for s in found} == {"shop", "wiki"}
    assert wiki.system_disk.kind == "system"
    assert [d.kind for d in wiki.data_disks] == ["data"]


def test_disks(client: Cloud) -> None:
    items = body(client, "swas", "ListDisks", PageSize=100)["Disks"]
    compare(client.swas.list_disks(REGION), items, DISK)
    assert {d.kind for d in client.swas.list_disks(REGION)} == {"system", "data"}


def test_disks_of_one_server(client: Cloud) -> None:
    wiki = next(client.swas.list_instances(REGION, name="wiki"))
    assert list(client.swas.list_disks(REGION, server_id=wiki.id)) == list(wiki.disks)


def test_regions(client: Cloud) -> None:
    items = client.caller.read("swas", "ListRegions", REGION, {})
    assert client.swas.list_regions() == [r["RegionId"] for r in items["Regions"]]
    assert REGION in client.swas.list_regions()


def test_snapshots_and_images_on_the_way_and_done(client: Cloud) -> None:
    wiki = next(client.swas.list_instances(REGION, name="wiki"))
    made = [
        client.swas.create_snapshot(REGION, d.id, f"of-{d.kind}", tags=TAGS, token=f"t-{d.kind}")
        for d in wiki.disks
    ]
    client.clock.sleep(60)
    items = body(client, "swas", "ListSnapshots", PageSize=100)["Snapshots"]
    compare(client.swas.list_snapshots(REGION), items, SNAPSHOT)
    assert {s.status for s in client.swas.list_snapshots(REGION)} == {"Progressing"}
    client.clock.sleep(3600)
    done = list(client.swas.list_snapshots(REGION, ids=made))
    assert sorted(s.id for s in done) == sorted(made)
    assert {(s.status, s.progress) for s in done} == {("Accomplished", 100)}
    assert [s.id for s in client.swas.list_snapshots(REGION, disk_id=wiki.system_disk.id)] == made[:1]
    assert len(list(client.swas.list_snapshots(REGION, tags=TAGS))) == 2
    assert list(client.swas.list_snapshots(REGION, tags={"made-by": "another"})) == []

    image = client.swas.create_custom_image(
        REGION,
        wiki.id,
        "whole",
        made[0],
        data_snapshot_id=made[1],
        description="both disks",
        tags=TAGS,
        token="t-image",
    )
    client.clock.sleep(3600)
    client.swas.modify_image_share_status(REGION, image, "Share", token="t-share")
    raw = body(client, "swas", "ListCustomImages", PageSize="100")
    assert isinstance(raw["TotalCount"], str)
    not_used = ["used_by", "shared_to_accounts"]
    compare(client.swas.list_custom_images(REGION), raw["CustomImages"], IMAGE, empty=not_used)
    (found,) = client.swas.list_custom_images(REGION, ids=[image])
    assert (found.status, found.shared_to_ecs, found.system_disk_size, found.data_disk_size) == (
        "1",
        True,
        40,
        60,
    )
    assert [i.id for i in client.swas.list_custom_images(REGION, names=["whole"])] == [image]
    assert [i.id for i in client.swas.list_custom_images(REGION, tags=TAGS)] == [image]
    assert list(client.swas.list_custom_images(REGION, names=["another"])) == []


def test_what_is_removed_is_no_longer_listed(client: Cloud) -> None:
    shop = next(client.swas.list_instances(REGION, name="shop"))
    snapshot = client.swas.create_snapshot(REGION, shop.system_disk.id, "one", tags=TAGS, token="t1")
    client.clock.sleep(3600)
    image = client.swas.create_custom_image(REGION, shop.id, "one", snapshot, tags={}, token="t2")
    client.clock.sleep(3600)
    client.swas.modify_image_share_status(REGION, image, "Share", token="t3")
    client.swas.modify_image_share_status(REGION, image, "UnShare", token="t4")
    assert [i.shared_to_ecs for i in client.swas.list_custom_images(REGION)] == [False]
    client.swas.delete_custom_image(REGION, image, token="t5")
    client.swas.delete_snapshot(REGION, snapshot, token="t6")
    client.clock.sleep(60)
    gone: list[Any] = [*client.swas.list_custom_images(REGION), *client.swas.list_snapshots(REGION)]
    assert gone == []


def test_changes_send_what_they_are_told_and_nothing_else() -> None:
    with Emulator(speed=None, seed=7) as cloud:
        client = door(cloud)
        shop = next(client.swas.list_instances(REGION, name="shop"))
        snapshot = client.swas.create_snapshot(
            REGION, shop.system_disk.id, "one", tags={"a": "b"}, token="t1"
        )
        client.clock.sleep(3600)
        image = client.swas.create_custom_image(REGION, shop.id, "two", snapshot, tags={}, token="t2")
        client.clock.sleep(3600)
        client.swas.modify_image_share_status(REGION, image, "Share", token="t3")
        client.swas.modify_image_share_status(REGION, image, "UnShare", token="t4")
        client.swas.delete_custom_image(REGION, image, token="t5")
        client.swas.delete_snapshot(REGION, snapshot, token="t6")
        sent = [(c.action, c.params) for c in cloud.log.writes()]
    where = {"RegionId": REGION}
    assert sent == [
        (
            "CreateSnapshot",
            {
                **where,
                "ClientToken": "t1",
                "DiskId": shop.system_disk.id,
                "SnapshotName": "one",
                "Tag": [{"Key": "a", "Value": "b"}],
            },
        ),
        (
            "CreateCustomImage",
            {
                **where,
                "ClientToken": "t2",
                "ImageName": "two",
                "InstanceId": shop.id,
                "SystemSnapshotId": snapshot,
            },
        ),
        ("ModifyImageShareStatus", {**where, "ClientToken": "t3", "ImageId": image, "Operation": "Share"}),
        ("ModifyImageShareStatus", {**where, "ClientToken": "t4", "ImageId": image, "Operation": "UnShare"}),
        ("DeleteCustomImage", {**where, "ClientToken": "t5", "ImageId": image}),
        ("DeleteSnapshot", {**where, "ClientToken": "t6", "SnapshotId": snapshot}),
    ]
