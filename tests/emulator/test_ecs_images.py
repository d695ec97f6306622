"""``DescribeImages``, ``CreateImage`` and what changes images."""

from __future__ import annotations

from typing import Any

import pytest

from swaslift.emulator import Emulator, Quirks
from tests.emulator.conftest import START
from tests.emulator.ecs_steps import BASE, CENTOS, IDLE, LOCKED, PUBLIC, REGION, WEB, WIN, Ecs, image_ids

PARTNER = "6543210987654321"


# Reading.


def test_only_available_images_are_listed_unless_status_says_otherwise(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    made = ecs.do("CreateImage", InstanceId=WEB)["ImageId"]
    ecs.wait(5)
    assert made not in image_ids(ecs.images())
    assert made in image_ids(ecs.images(Status="Creating"))
    assert made in image_ids(ecs.images(Status="Creating,Available"))
    assert made in image_ids(ecs.images(Status="ALL"))
    ecs.wait()
    assert made in image_ids(ecs.images())


@pytest.mark.parametrize(
    ("query", "refusal"),
    [
        ({"Usable": True}, (400, "InvalidParamter")),
        ({"Status": "ALL,Creating"}, (400, "InvalidParamter")),
        ({"Status": "Ready"}, (400, "InvalidParamter")),
        ({"ImageOwnerAlias": "mine"}, (400, "InvalidImageOwnerAlias.ValueNotSupported")),
        ({"IsPublic": True}, (400, "InvalidImageOwnerAlias.PublicImageUnsupported")),
        ({"ImageOwnerAlias": "self", "ImageOwnerId": 1}, (400, "InvalidOperation.ImageOwnerIdUnsupported")),
        ({"Usage": "all"}, (404, "InvalidUsage")),
        ({"OSType": "bsd"}, (404, "InvalidOSType")),
        ({"Architecture": "sparc"}, (404, "InvalidArchitecture")),
        ({"InstanceType": "ecs.none"}, (400, "InvalidInstanceType.ValueNotSupported")),
        ({"Filter": [{"Key": "Color", "Value": "red"}]}, (404, "InvalidFilterKey.NotFound")),
        ({"Filter": [{"Key": "NetworkType", "Value": "x"}]}, (400, "InvalidFilterValue.NetworkType")),
        ({"Filter": [{"Key": "CreationStartTime", "Value": "x"}]}, (404, "InvalidFilterValue")),
        ({"PageSize": 101}, (400, "InvalidParameter")),
        ({"PageNumber": 0}, (400, "InvalidParameter")),
        ({"DryRun": True}, (400, "DryRunOperation")),
    ],
)
def test_a_wrong_query_is_refused(cloud: Emulator, query: dict[str, Any], refusal: tuple[int, str]) -> None:
    assert Ecs(cloud).refused("DescribeImages", **query) == refusal


def test_the_filters_narrow_the_list(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    assert image_ids(ecs.images(ImageOwnerAlias="self")) == {BASE}
    assert PUBLIC in image_ids(ecs.images(ImageOwnerAlias="system"))
    assert image_ids(ecs.images(ImageName="base-2026")) == {BASE}
    assert image_ids(ecs.images(OSType="windows")) == {WIN}
    assert image_ids(ecs.images(Tag=[{"Key": "team", "Value": "ops"}])) == {BASE}
    assert image_ids(ecs.images(Tag=[{"Key": "team", "Value": "dev"}])) == set()
    assert image_ids(ecs.images(ImageFamily="base")) == {BASE}
    assert CENTOS not in image_ids(ecs.images(InstanceType="ecs.g8i.large"))
    assert image_ids(ecs.images(Usage="instance")) == {PUBLIC}
    assert image_ids(ecs.images(ImageOwnerAlias="marketplace")) == set()
    old = [{"Key": "CreationEndTime", "Value": "2026-06-30T00:00Z"}]
    assert image_ids(ecs.images(Filter=old)) == {BASE}


def test_an_image_is_found_by_its_snapshot_and_several_by_their_ids(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    base = ecs.image(BASE)
    assert base is not None
    snapshot = base["DiskDeviceMappings"]["DiskDeviceMapping"][0]["SnapshotId"]
    assert image_ids(ecs.images(SnapshotId=snapshot)) == {BASE}
    assert image_ids(ecs.images(ImageId=f"{BASE}, {PUBLIC},")) == {BASE, PUBLIC}
    many = ",".join(f"m-{n}" for n in range(101))
    assert ecs.refused("DescribeImages", ImageId=many) == (400, "InvalidParamter")


def test_pages_tell_the_number_of_all_images(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    first = ecs.do("DescribeImages", PageSize=2)
    second = ecs.do("DescribeImages", PageSize=2, PageNumber=2)
    assert first["TotalCount"] == second["TotalCount"] == 5
    assert len(first["Images"]["Image"]) == 2
    assert not image_ids(first["Images"]["Image"]) & image_ids(second["Images"]["Image"])
    assert ecs.do("DescribeImages", PageNumber=9)["Images"]["Image"] == []


def test_an_unknown_image_is_an_empty_list_or_an_error_as_the_quirk_says(cloud: Emulator) -> None:
    assert Ecs(cloud).images(ImageId="m-unknown") == []
    with Emulator(speed=None, quirks=Quirks(unknown_image="not_found")) as other:
        ecs = Ecs(other)
        assert ecs.refused("DescribeImages", ImageId="m-unknown") == (404, "InvalidImageId.NotFound")
        assert ecs.refused("DeleteImage", ImageId="m-unknown") == (404, "InvalidImageId.NotFound")
        made = ecs.do("CreateImage", InstanceId=WEB)["ImageId"]
        ecs.wait(5)
        assert ecs.images(ImageId=made) == []


def test_usable_follows_available_after_the_lag() -> None:
    with Emulator(speed=None, start=START, quirks=Quirks(usable_lag=60)) as cloud:
        ecs = Ecs(cloud)
        image = ecs.copy(to=REGION)
        work = ecs.record("images", image).work
        ecs.wait(work.seconds)
        assert image_ids(ecs.images(Status="Available", Usable=False)) == {image}
        refused = ecs.refused("RunInstances", **ecs.order(ImageId=image))
        assert refused == (403, "OperationDenied.ImageNotValid")
        ecs.wait(59.9)
        assert image_ids(ecs.images(Status="Available", Usable=False)) == {image}
        ecs.wait(0.1)
        assert image in image_ids(ecs.images(Status="Available", Usable=True))
        assert ecs.do("RunInstances", **ecs.order(ImageId=image))


def test_an_unknown_region_is_refused(cloud: Emulator) -> None:
    assert Ecs(cloud).refused("DescribeImages", RegionId="cn-qingdao") == (404, "InvalidRegionId.NotFound")


# Making.


def test_an_image_of_an_instance_has_all_its_disks(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    image = ecs.do("CreateImage", InstanceId=IDLE, ImageName="both")["ImageId"]
    ecs.wait()
    seen = ecs.image(image)
    assert seen is not None
    mappings = seen["DiskDeviceMappings"]["DiskDeviceMapping"]
    assert [(m["Type"], m["Size"]) for m in mappings] == [("system", "40"), ("data", "100")]
    found = ecs.do("DescribeSnapshots", Usage="image")["Snapshots"]["Snapshot"]
    assert {m["SnapshotId"] for m in mappings} <= {s["SnapshotId"] for s in found}


def test_a_running_snapshot_of_a_disk_blocks_an_image(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    ecs.do("CreateImage", InstanceId=WEB, ImageName="one")
    again = {"InstanceId": WEB, "ImageName": "two"}
    assert ecs.refused("CreateImage", **again) == (403, "IncorrectDiskStatus.CreatingSnapshot")


def test_a_failed_snapshot_fails_the_image(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    cloud.faults.fail_resource("ecs_snapshot")
    image = ecs.do("CreateImage", InstanceId=WEB)["ImageId"]
    ecs.wait()
    assert ecs.image_status(image) == "CreateFailed"


def test_an_image_of_a_mapping_takes_system_and_data_snapshots(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    system, data = ecs.snapshot("d-emulator-idle"), ecs.snapshot("d-emulator-idle-data")
    ecs.wait()
    mapping = [{"SnapshotId": data}, {"SnapshotId": system, "Size": 60}]
    image = ecs.do("CreateImage", DiskDeviceMapping=mapping)["ImageId"]
    ecs.wait()
    seen = ecs.image(image)
    assert seen is not None
    mappings = seen["DiskDeviceMappings"]["DiskDeviceMapping"]
    assert [(m["Device"], m["Size"]) for m in mappings] == [("/dev/xvda", "60"), ("/dev/xvdb", "100")]
    cases: list[tuple[list[dict[str, Any]], tuple[int, str]]] = [
        ([{"SnapshotId": data}], (400, "OperationDenied")),
        ([{"SnapshotId": data, "DiskType": "system"}], (400, "OperationDenied")),
        ([{"SnapshotId": system, "Size": 20}], (400, "InvalidSize.ValueNotSupported")),
        ([{"SnapshotId": system, "Device": "/dev/sda"}], (400, "InvalidDevice.Malformed")),
        ([{"SnapshotId": system, "DiskType": "tape"}], (400, "InvalidDiskType.ValueNotSupported")),
        ([{"Size": 40}], (400, "MissingParameter")),
        (
            [{"SnapshotId": system}, {"SnapshotId": data, "Device": "/dev/xvda"}],
            (400, "InvalidDevice.InUse"),
        ),
    ]
    for wrong, refusal in cases:
        assert ecs.refused("CreateImage", DiskDeviceMapping=wrong) == refusal


def test_an_image_of_a_snapshot_needs_a_finished_one_of_a_system_disk(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    system, data = ecs.snapshot("d-emulator-idle"), ecs.snapshot("d-emulator-idle-data")
    assert ecs.refused("CreateImage", SnapshotId=system) == (403, "InvalidSnapshotId.NotReady")
    ecs.wait()
    assert ecs.refused("CreateImage", SnapshotId=data) == (403, "InvalidSystemSnapshot.Missing")
    assert ecs.refused("CreateImage", SnapshotId="s-unknown") == (404, "InvalidSnapshotId.NotFound")
    assert ecs.do("CreateImage", SnapshotId=system)["ImageId"]


@pytest.mark.parametrize(
    ("order", "refusal"),
    [
        ({}, (400, "MissingParameter")),
        ({"InstanceId": "i-unknown"}, (404, "InvalidInstanceId.NotFound")),
        ({"InstanceId": LOCKED}, (400, "InstanceLockedForSecurity")),
        ({"InstanceId": WEB, "ImageName": "-"}, (400, "InvalidImageName.Malformed")),
        ({"InstanceId": WEB, "ImageName": "base-2026-05"}, (400, "InvalidImageName.Duplicated")),
        ({"InstanceId": WEB, "Description": "x"}, (400, "InvalidDescription.Malformed")),
        ({"InstanceId": WEB, "ImageFamily": "!"}, (400, "InvalidImageFamily.Malformed")),
        ({"InstanceId": WEB, "ImageVersion": "1" * 41}, (400, "InvalidImageVersion.Malformed")),
        ({"InstanceId": WEB, "Architecture": "sparc"}, (400, "InvalidArchitecture.Malformed")),
        ({"InstanceId": WEB, "BootMode": "floppy"}, (400, "InvalidBootMode.Malformed")),
        (
            {"InstanceId": WEB, "BootMode": "BIOS", "Architecture": "arm64"},
            (400, "InvalidBootMode.NotSupport"),
        ),
        ({"InstanceId": WEB, "DetectionStrategy": "x"}, (400, "InvalidDetectionStrategy.Malformed")),
        ({"InstanceId": WEB, "Tag": [{"Key": "acs:a", "Value": ""}]}, (400, "InvalidTagKey.Malformed")),
        ({"InstanceId": WEB, "Tag": [{"Key": "a", "Value": "acs:"}]}, (400, "InvalidTagValue.Malformed")),
        ({"InstanceId": WEB, "Tag": [{"Key": "a"}, {"Key": "a"}]}, (400, "Duplicate.TagKey")),
        ({"InstanceId": WEB, "DryRun": True}, (400, "DryRunOperation")),
    ],
)
def test_a_wrong_image_is_refused(cloud: Emulator, order: dict[str, Any], refusal: tuple[int, str]) -> None:
    ecs = Ecs(cloud)
    assert ecs.refused("CreateImage", **order) == refusal
    assert cloud.log.writes() == []


def test_the_image_quota_holds(cloud: Emulator) -> None:
    cloud.world.ecs.attributes["max-images"] = ["1"]
    assert Ecs(cloud).refused("CreateImage", InstanceId=WEB) == (403, "QuotaExceed.Image")


def test_an_instance_on_the_move_cannot_be_imaged(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    instance = ecs.run()
    assert ecs.refused("CreateImage", InstanceId=instance) == (400, "IncorrectInstanceStatus")


# Deleting.


def test_an_image_in_use_is_deleted_by_force_only(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    instance = ecs.stopped(ImageId=BASE)
    assert ecs.refused("DeleteImage", ImageId=BASE) == (403, "ImageUsingByInstance")
    assert ecs.refused("DeleteImage", ImageId=BASE, Force=True, DryRun=True) == (400, "DryRunOperation")
    ecs.do("DeleteImage", ImageId=BASE, Force=True)
    assert ecs.image(BASE) is None
    disk = ecs.system_disk(instance)["DiskId"]
    assert ecs.refused("ReInitDisk", DiskId=disk) == (404, "InvalidDiskId.OperationNotSupported")


def test_a_shared_or_published_image_is_not_deleted(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    ecs.do("ModifyImageSharePermission", ImageId=BASE, AddAccount=[PARTNER])
    assert ecs.refused("DeleteImage", ImageId=BASE) == (403, "ImageUseShared")
    ecs.do("ModifyImageSharePermission", ImageId=BASE, RemoveAccount=[PARTNER], IsPublic=True)
    assert ecs.refused("DeleteImage", ImageId=BASE) == (403, "ImageIsPublic")


def test_deleting_an_unknown_image_changes_nothing_and_a_public_one_is_refused(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    assert set(ecs.do("DeleteImage", ImageId="m-unknown")) == {"RequestId"}
    assert ecs.refused("DeleteImage", ImageId=PUBLIC) == (404, "InvalidImageId.NotFound")
