"""How SWAS images look in ECS while they are shared with it."""

from __future__ import annotations

import pytest

from swaslift.emulator import Emulator, Quirks
from tests.emulator.conftest import START
from tests.emulator.ecs_steps import PUBLIC, SHOP, WIKI, WINDOWS, Ecs
from tests.emulator.swas_steps import Steps


def test_a_shared_image_appears_in_ecs_of_the_same_account_and_region(cloud: Emulator) -> None:
    ecs, swas = Ecs(cloud), Steps(cloud)
    image = swas.image()
    assert ecs.image(image) is None
    swas.do("ModifyImageShareStatus", ImageId=image, Operation="Share")
    ecs.wait(10)
    seen = ecs.image(image)
    assert seen is not None
    expected = {
        "ImageId": image,
        "ImageName": "golden",
        "Status": "Available",
        "Usable": True,
        "ImageOwnerAlias": "others",
        "IsCopied": False,
        "OSType": "linux",
        "Platform": "Ubuntu",
        "Architecture": "x86_64",
        "Tags": {"Tag": []},
    }
    assert {k: seen[k] for k in expected} == expected
    assert seen["ImageOwnerId"] != 1234567890123456
    assert ecs.image(image, "ap-southeast-1") is None
    assert Ecs(cloud, "LTAIemulator0001").image(image) is None


def test_lists_show_a_share_a_little_later(cloud: Emulator) -> None:
    ecs, swas = Ecs(cloud), Steps(cloud)
    image = swas.image()
    swas.do("ModifyImageShareStatus", ImageId=image, Operation="Share")
    assert ecs.images(ImageId=image) == []
    ecs.wait(2)
    assert len(ecs.images(ImageId=image)) == 1


def test_unsharing_takes_it_away_at_once_and_copies_stay(cloud: Emulator) -> None:
    ecs, swas = Ecs(cloud), Steps(cloud)
    image = ecs.shared()
    copy = ecs.copy(image, to="cn-hangzhou", name="mine")
    ecs.wait()
    swas.do("ModifyImageShareStatus", ImageId=image, Operation="UnShare")
    assert ecs.image(image) is None
    assert ecs.image_status(copy) == "Available"
    assert ecs.refused("RunInstances", **ecs.order(ImageId=image)) == (404, "InvalidImageId.NotFound")
    assert ecs.do("RunInstances", **ecs.order(ImageId=copy))["InstanceIdSets"]


def test_the_disk_sizes_of_an_image_with_a_data_disk_are_told(cloud: Emulator) -> None:
    ecs, swas = Ecs(cloud), Steps(cloud)
    data = swas.snapshot(WIKI, "data", "data")
    image = ecs.shared(WIKI, "wiki", DataSnapshotId=data)
    seen = ecs.image(image)
    assert seen is not None
    mappings = seen["DiskDeviceMappings"]["DiskDeviceMapping"]
    assert [(m["Type"], m["Size"], m["Device"]) for m in mappings] == [
        ("system", "40", "/dev/xvda"),
        ("data", "60", "/dev/xvdb"),
    ]


def test_a_windows_image_is_known_as_one(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    seen = ecs.image(ecs.shared(WINDOWS, "win"))
    assert seen is not None
    assert (seen["OSType"], seen["Platform"]) == ("windows", "Windows Server 2022")


def test_the_user_can_neither_tag_nor_change_nor_delete_it(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    image = ecs.shared()
    tag = {"ResourceType": "image", "ResourceId": [image], "Tag": [{"Key": "a", "Value": "b"}]}
    assert ecs.refused("TagResources", **tag) == (403, "InvalidResourceId.NotSupported")
    for action in ("DeleteImage", "ModifyImageAttribute", "DescribeImageSharePermission"):
        assert ecs.refused(action, ImageId=image) == (404, "InvalidImageId.NotFound")
    refused = ecs.refused("ModifyImageSharePermission", ImageId=image, AddAccount=["6543210987654321"])
    assert refused == (404, "InvalidImageId.NotFound")


def test_it_can_run_instances_and_replace_disks(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    image = ecs.shared()
    instance = ecs.running(ImageId=image)
    assert ecs.instance(instance)["ImageId"] == image
    other = ecs.stopped(ImageId=PUBLIC)
    ecs.do("ReplaceSystemDisk", InstanceId=other, ImageId=image)
    assert ecs.instance(other)["ImageId"] == image


def test_after_unsharing_disks_made_from_it_cannot_be_reinitialised(cloud: Emulator) -> None:
    ecs, swas = Ecs(cloud), Steps(cloud)
    image = ecs.shared()
    instance = ecs.stopped(ImageId=image)
    disk = ecs.system_disk(instance)["DiskId"]
    swas.do("ModifyImageShareStatus", ImageId=image, Operation="UnShare")
    assert ecs.refused("ReInitDisk", DiskId=disk) == (403, "SharedImageDeleted")
    swas.do("ModifyImageShareStatus", ImageId=image, Operation="Share")
    ecs.do("ReInitDisk", DiskId=disk)


def test_the_id_in_ecs_may_be_another_one_but_stays_the_same() -> None:
    quirks = Quirks(swas_image_id_in_ecs="different")
    with Emulator(speed=None, start=START, quirks=quirks) as cloud:
        ecs, swas = Ecs(cloud), Steps(cloud)
        image = swas.image()
        swas.do("ModifyImageShareStatus", ImageId=image, Operation="Share")
        ecs.wait(10)
        assert ecs.image(image) is None
        first = ecs.images(ImageName="golden")[0]["ImageId"]
        swas.do("ModifyImageShareStatus", ImageId=image, Operation="UnShare")
        swas.do("ModifyImageShareStatus", ImageId=image, Operation="Share")
        ecs.wait(10)
        assert [i["ImageId"] for i in ecs.images(ImageName="golden")] == [first]
        assert first.startswith("m-")
        assert ecs.copy(first, to="cn-hangzhou")


@pytest.mark.parametrize("alias", ["others", "self"])
def test_the_owner_alias_follows_the_quirk(alias: str) -> None:
    quirks = Quirks(swas_image_owner_alias=alias)  # type: ignore[arg-type]  # the parametrized literals
    with Emulator(speed=None, start=START, quirks=quirks) as cloud:
        ecs = Ecs(cloud)
        image = ecs.shared()
        found = {a: [i["ImageId"] for i in ecs.images(ImageOwnerAlias=a)] for a in ("self", "others")}
        assert image in found.pop(alias)
        assert all(image not in rest for rest in found.values())
        assert ecs.refused("DeleteImage", ImageId=image) == (404, "InvalidImageId.NotFound")


def test_the_image_of_a_released_server_leaves_ecs(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    image = ecs.shared(SHOP)
    assert ecs.image(image) is not None
    ecs.wait(400 * 86_400)
    assert ecs.image(image) is None
