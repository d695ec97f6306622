"""``DescribeImages``, ``CreateImage`` and what changes images."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from swaslift.emulator import Emulator, Quirks
from tests.emulator.conftest import START
from tests.emulator.ecs_steps import BASE, CENTOS, IDLE, LOCKED, PUBLIC, REGION, WEB, WIN, Ecs

PARTNER = "6543210987654321"


def _ids(found: list[dict[str, Any]]) -> set[str]:
    return {i["ImageId"] for i in found}


# Reading.


def test_only_available_images_are_listed_unless_status_says_otherwise(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    made = ecs.do("CreateImage", InstanceId=WEB)["ImageId"]
    ecs.wait(5)
    assert made not in _ids(ecs.images())
    assert made in _ids(ecs.images(Status="Creating"))
    assert made in _ids(ecs.images(Status="Creating,Available"))
    assert made in _ids(ecs.images(Status="ALL"))
    ecs.wait()
    assert made in _ids(ecs.images())


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
    assert _ids(ecs.images(ImageOwnerAlias="self")) == {BASE}
    assert PUBLIC in _ids(ecs.images(ImageOwnerAlias="system"))
    assert _ids(ecs.images(ImageName="base-2026")) == {BASE}
    assert _ids(ecs.images(OSType="windows")) == {WIN}
    assert _ids(ecs.images(Tag=[{"Key": "team", "Value": "ops"}])) == {BASE}
    assert _ids(ecs.images(Tag=[{"Key": "team", "Value": "dev"}])) == set()
    assert _ids(ecs.images(ImageFamily="base")) == {BASE}
    assert CENTOS not in _ids(ecs.images(InstanceType="ecs.g8i.large"))
    assert _ids(ecs.images(Usage="instance")) == {PUBLIC}
    assert _ids(ecs.images(ImageOwnerAlias="marketplace")) == set()
    old = [{"Key": "CreationEndTime", "Value": "2026-06-30T00:00Z"}]
    assert _ids(ecs.images(Filter=old)) == {BASE}


def test_an_image_is_found_by_its_snapshot_and_one_id_is_one_id(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    base = ecs.image(BASE)
    assert base is not None
    snapshot = base["DiskDeviceMappings"]["DiskDeviceMapping"][0]["SnapshotId"]
    assert _ids(ecs.images(SnapshotId=snapshot)) == {BASE}
    assert ecs.images(ImageId=f"{BASE},{PUBLIC}") == []


def test_pages_tell_the_number_of_all_images(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    first = ecs.do("DescribeImages", PageSize=2)
    second = ecs.do("DescribeImages", PageSize=2, PageNumber=2)
    assert first["TotalCount"] == second["TotalCount"] == 5
    assert len(first["Images"]["Image"]) == 2
    assert not _ids(first["Images"]["Image"]) & _ids(second["Images"]["Image"])
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
        work = cloud.world.ecs.images.get(image).work
        ecs.wait(work.seconds)
        assert _ids(ecs.images(Status="Available", Usable=False)) == {image}
        refused = ecs.refused("RunInstances", **ecs.order(ImageId=image))
        assert refused == (403, "OperationDenied.ImageNotValid")
        ecs.wait(59.9)
        assert _ids(ecs.images(Status="Available", Usable=False)) == {image}
        ecs.wait(0.1)
        assert image in _ids(ecs.images(Status="Available", Usable=True))
        assert ecs.do("RunInstances", **ecs.order(ImageId=image))


def test_an_unknown_region_is_refused(cloud: Emulator) -> None:
    assert Ecs(cloud).refused("DescribeImages", RegionId="cn-beijing") == (404, "InvalidRegionId.NotFound")


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


# Sharing.


def test_a_shared_image_is_seen_by_the_other_account_until_it_is_withdrawn(cloud: Emulator) -> None:
    ecs, partner = Ecs(cloud), Ecs(cloud, "LTAIemulator0001")
    ecs.do("ModifyImageSharePermission", ImageId=BASE, AddAccount=[PARTNER])
    found = partner.images(ImageOwnerAlias="others")
    assert [(i["ImageId"], i["ImageOwnerId"], "IsSelfShared" in i) for i in found] == [
        (BASE, 1234567890123456, False)
    ]
    own = ecs.image(BASE)
    assert own is not None
    assert own["IsSelfShared"] == "true"
    shares = ecs.do("DescribeImageSharePermission", ImageId=BASE)
    assert [a["AliyunId"] for a in shares["Accounts"]["Account"]] == [PARTNER]
    assert partner.refused("ModifyImageAttribute", ImageId=BASE)[0] == 404
    ecs.do("ModifyImageSharePermission", ImageId=BASE, RemoveAccount=[PARTNER])
    assert partner.images(ImageOwnerAlias="others") == []


def test_a_community_image_is_listed_to_others_when_they_ask_for_it(cloud: Emulator) -> None:
    ecs, partner = Ecs(cloud), Ecs(cloud, "LTAIemulator0001")
    ecs.do("ModifyImageSharePermission", ImageId=BASE, IsPublic=True)
    assert BASE not in _ids(partner.images(ImageOwnerAlias="others"))
    assert _ids(partner.images(ImageOwnerAlias="others", IsPublic=True)) == {BASE}
    assert ecs.refused("ModifyImageSharePermission", ImageId=BASE, IsPublic=True) == (403, "Image.Public")
    ecs.do("ModifyImageSharePermission", ImageId=BASE, IsPublic=False)
    assert ecs.refused("ModifyImageSharePermission", ImageId=BASE, IsPublic=False) == (403, "Image.NotPublic")


@pytest.mark.parametrize(
    ("order", "refusal"),
    [
        ({}, (400, "MissingParameter")),
        ({"AddAccount": ["bob"]}, (404, "InvalidAccount.NotFound")),
        ({"AddAccount": ["1234567890123456"]}, (404, "InvalidAccount.Forbbiden")),
        ({"ImageId": "m-unknown", "AddAccount": [PARTNER]}, (404, "InvalidImageId.NotFound")),
        ({"AddAccount": [PARTNER], "DryRun": True}, (400, "DryRunOperation")),
    ],
)
def test_a_wrong_share_is_refused(cloud: Emulator, order: dict[str, Any], refusal: tuple[int, str]) -> None:
    ecs = Ecs(cloud)
    assert ecs.refused("ModifyImageSharePermission", **({"ImageId": BASE} | order)) == refusal


def test_ten_accounts_a_call_and_fifty_an_image(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    accounts = [f"{10**15 + n}" for n in range(60)]
    ecs.do("ModifyImageSharePermission", ImageId=BASE, AddAccount=accounts[:12])
    assert ecs.do("DescribeImageSharePermission", ImageId=BASE)["TotalCount"] == 10
    for start in (10, 20, 30, 40):
        ecs.do("ModifyImageSharePermission", ImageId=BASE, AddAccount=accounts[start : start + 10])
    order = {"ImageId": BASE, "AddAccount": accounts[50:51]}
    assert ecs.refused("ModifyImageSharePermission", **order) == (403, "QuotaExceed.ShareImageUser")


def test_an_image_with_the_service_key_or_out_of_use_is_not_shared(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    safe = ecs.copy(to=REGION, name="safe", Encrypted=True)
    order = {"ImageId": safe, "AddAccount": [PARTNER]}
    denied = (403, "OperationDenied.InvalidImageStatus")
    assert ecs.refused("ModifyImageSharePermission", **order) == denied
    ecs.wait()
    code = "InvalidOperation.ServiceKeyEncryptedImageUnsupported"
    assert ecs.refused("ModifyImageSharePermission", **order) == (403, code)
    ecs.do("ModifyImageAttribute", ImageId=BASE, Status="Deprecated")
    assert ecs.refused("ModifyImageSharePermission", **(order | {"ImageId": BASE})) == denied


# Changing.


def test_name_description_family_and_features_can_be_changed(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    ecs.do(
        "ModifyImageAttribute",
        ImageId=BASE,
        ImageName="renamed",
        Description="new words",
        ImageFamily="other",
        LicenseType="BYOL",
        BootMode="UEFI",
        Features={"NvmeSupport": "unsupported", "ImdsSupport": "v2"},
    )
    seen = ecs.image(BASE)
    assert seen is not None
    assert (seen["ImageName"], seen["Description"], seen["ImageFamily"]) == ("renamed", "new words", "other")
    assert (seen["LicenseType"], seen["BootMode"]) == ("BYOL", "UEFI")
    assert (seen["Features"]["NvmeSupport"], seen["Features"]["ImdsSupport"]) == ("unsupported", "v2")
    back = {"ImageId": BASE, "Features": {"ImdsSupport": "v1"}}
    assert ecs.refused("ModifyImageAttribute", **back) == (403, "InvalidOperation.FeaturesImdsSupportNotMatch")


@pytest.mark.parametrize(
    ("order", "refusal"),
    [
        ({"ImageId": "m-unknown"}, (404, "InvalidImageId.NotFound")),
        ({"ImageId": PUBLIC}, (404, "InvalidImageId.NotFound")),
        ({"ImageName": "!"}, (400, "InvalidImageName.Malformed")),
        ({"ImageFamily": "!"}, (400, "InvalidImageFamily.Malformed")),
        ({"Description": "x"}, (400, "InvalidDescription.Malformed")),
        ({"Status": "Available"}, (403, "ImageStatus.NotDeprecated")),
        ({"BootMode": "floppy"}, (400, "InvalidBootMode.NotSupport")),
        ({"LicenseType": "Free"}, (400, "InvalidLicenseType.NotSupported")),
        ({"Features": {"ImdsSupport": "v3"}}, (400, "InvalidParameter.FeaturesImdsSupport")),
        ({"DryRun": True}, (400, "DryRunOperation")),
    ],
)
def test_a_wrong_change_is_refused(cloud: Emulator, order: dict[str, Any], refusal: tuple[int, str]) -> None:
    assert Ecs(cloud).refused("ModifyImageAttribute", **({"ImageId": BASE} | order)) == refusal


def test_states_bind_what_can_be_changed(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    made = ecs.do("CreateImage", InstanceId=WEB, ImageName="made")["ImageId"]
    order = {"ImageId": made, "Description": "words"}
    assert ecs.refused("ModifyImageAttribute", **order) == (403, "InvalidStatus.ImageIsCreating")
    ecs.wait()
    taken = {"ImageId": made, "ImageName": "base-2026-05"}
    assert ecs.refused("ModifyImageAttribute", **taken) == (400, "InvalidImageName.Duplicated")
    ecs.run(ImageId=made)
    mode = {"ImageId": made, "BootMode": "UEFI"}
    assert ecs.refused("ModifyImageAttribute", **mode) == (403, "OperationDeined.ImageUsingByInstance")
    ecs.do("ModifyImageSharePermission", ImageId=made, AddAccount=[PARTNER])
    old = {"ImageId": made, "Status": "Deprecated"}
    assert ecs.refused("ModifyImageAttribute", **old) == (403, "ImageUseShared")
    ecs.do("ModifyImageSharePermission", ImageId=made, RemoveAccount=[PARTNER])
    ecs.do("ModifyImageAttribute", **old)
    assert ecs.refused("ModifyImageAttribute", **old) == (403, "ImageStatus.NotAvailable")


def test_a_deprecated_image_still_makes_instances(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    ecs.do("ModifyImageAttribute", ImageId=BASE, Status="Deprecated")
    assert ecs.image_status(BASE) == "Deprecated"
    assert ecs.run(ImageId=BASE)
    ecs.do("ModifyImageAttribute", ImageId=BASE, Status="Available")
    assert ecs.image_status(BASE) == "Available"


# Which types fit.


def _types(ecs: Ecs, image: str, **query: Any) -> set[str]:
    found = ecs.do("DescribeImageSupportInstanceTypes", ImageId=image, **query)["InstanceTypes"]["InstanceType"]
    return {t["InstanceTypeId"] for t in found}


def test_types_must_fit_architecture_boot_mode_and_nvme(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    linux, old = _types(ecs, PUBLIC), _types(ecs, CENTOS)
    assert {"ecs.g7.large", "ecs.g8i.large"} <= linux
    assert "ecs.g8y.large" not in linux
    assert "ecs.g8i.large" not in old
    assert _types(ecs, "ubuntu_22_04_arm64_20G_alibase_20260915.vhd") == {"ecs.g8y.large"}
    ecs.do("ModifyImageAttribute", ImageId=BASE, Features={"NvmeSupport": "unsupported"})
    assert "ecs.g8i.large" not in _types(ecs, BASE)


def test_types_are_those_the_region_sells(cloud: Emulator) -> None:
    assert "ecs.t6-c1m1.large" not in _types(Ecs(cloud), PUBLIC, RegionId="ap-southeast-1")


def test_an_image_with_data_disks_fits_no_type_for_a_change_of_system(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    image = ecs.do("CreateImage", InstanceId=IDLE)["ImageId"]
    ecs.wait()
    assert _types(ecs, image)
    assert _types(ecs, image, ActionType="ChangeOS") == set()


@pytest.mark.parametrize(
    ("query", "refusal"),
    [
        ({}, (400, "MissingParameter")),
        ({"ImageId": "m-unknown"}, (404, "InvalidImageId.NotFound")),
        ({"ImageId": PUBLIC, "ActionType": "Dance"}, (404, "InvalidUsage")),
        ({"ImageId": PUBLIC, "Filter": [{"Key": "color", "Value": "x"}]}, (400, "InvalidParamter")),
    ],
)
def test_a_wrong_question_for_types_is_refused(
    cloud: Emulator, query: dict[str, Any], refusal: tuple[int, str]
) -> None:
    assert Ecs(cloud).refused("DescribeImageSupportInstanceTypes", **query) == refusal


def test_late_visibility_delays_lists(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    cloud.faults.late_visibility(30)
    image = ecs.copy(to=REGION)
    ecs.wait(31)
    assert ecs.image(image) is None
    ecs.wait(1)
    assert ecs.image_status(image) == "Creating"
    assert cloud.clock.now() == START + timedelta(seconds=32)
