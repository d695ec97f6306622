"""Sharing and changing images, and the types that they fit."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from swaslift.emulator import Emulator
from tests.emulator.conftest import START
from tests.emulator.ecs_steps import BASE, CENTOS, IDLE, PUBLIC, REGION, WEB, Ecs, image_ids

PARTNER = "6543210987654321"


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
    assert BASE not in image_ids(partner.images(ImageOwnerAlias="others"))
    assert image_ids(partner.images(ImageOwnerAlias="others", IsPublic=True)) == {BASE}
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
    assert ecs.refused("ModifyImageAttribute", **back) == (
        403,
        "InvalidOperation.FeaturesImdsSupportNotMatch",
    )


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
    found = ecs.do("DescribeImageSupportInstanceTypes", ImageId=image, **query)["InstanceTypes"][
        "InstanceType"
    ]
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
