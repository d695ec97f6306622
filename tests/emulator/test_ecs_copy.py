"""``CopyImage``: who may copy what where, the queue, and what remains."""

from __future__ import annotations

from typing import Any

import pytest

from swaslift.emulator import Durations, Emulator
from tests.emulator.conftest import START
from tests.emulator.ecs_steps import ABROAD, BASE, PUBLIC, REGION, WEB, Ecs, cloud_with

NAME = "DestinationImageName"


def test_a_copy_is_creating_then_available_then_usable(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    copy = ecs.copy()
    ecs.wait(2)
    assert ecs.image_status(copy, ABROAD) == "Creating"
    assert ecs.images(ImageId=copy, RegionId=ABROAD) == []
    work = ecs.record("images", copy).work
    ecs.wait(work.seconds - 2)
    seen = ecs.image(copy, ABROAD)
    assert seen is not None
    assert (seen["Status"], seen["Usable"], seen["IsCopied"]) == ("Available", False, True)
    ecs.wait(20)
    seen = ecs.image(copy, ABROAD)
    assert seen is not None
    assert seen["Usable"] is True


def test_progress_is_linear_and_full_only_at_the_end(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    copy = ecs.copy()
    seconds = ecs.record("images", copy).work.seconds
    ecs.wait(seconds / 2)
    half = ecs.image(copy, ABROAD)
    assert half is not None
    mapping = half["DiskDeviceMappings"]["DiskDeviceMapping"][0]
    assert half["Progress"] in {"49%", "50%"}
    assert mapping["Progress"] == half["Progress"]
    assert abs(mapping["RemainTime"] - seconds / 2) < seconds / 50
    ecs.wait(seconds / 2 - 1)
    nearly = ecs.image(copy, ABROAD)
    assert nearly is not None
    assert nearly["Progress"] == "99%"


def test_how_often_somebody_looks_changes_nothing() -> None:
    seen = []
    for pause in (7, 1800):
        with Emulator(speed=None, start=START, seed=5) as cloud:
            ecs = Ecs(cloud)
            copies = [ecs.copy(i) for i in ecs.own_images(7)]
            for _ in range(1800 // pause):
                ecs.wait(pause)
                ecs.image(copies[0], ABROAD)
            ecs.wait(1800 % pause)
            seen.append([ecs.image_status(c, ABROAD) for c in copies])
    assert seen[0] == seen[1]


def test_a_copy_inside_the_region_is_quicker_than_one_across() -> None:
    durations = Durations(image_copy=100, cross_region_copy=1000)
    with Emulator(speed=None, start=START, durations=durations) as cloud:
        ecs = Ecs(cloud)
        near = ecs.copy(to=REGION, name="near")
        ecs.wait(300)
        far = ecs.copy(name="far")
        ecs.wait(300)
        assert (ecs.image_status(near), ecs.image_status(far, ABROAD)) == ("Available", "Creating")


def test_the_copy_has_the_tags_and_group_of_the_request_only(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    copy = ecs.copy(
        Tag=[{"Key": "run", "Value": "7"}], ResourceGroupId="rg-x", DestinationDescription="a copy"
    )
    ecs.wait()
    seen = ecs.image(copy, ABROAD)
    assert seen is not None
    assert seen["Tags"]["Tag"] == [{"TagKey": "run", "TagValue": "7"}]
    assert (seen["ResourceGroupId"], seen["Description"]) == ("rg-x", "a copy")


def test_the_snapshots_of_a_copy_survive_its_deletion(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    copy = ecs.copy()
    ecs.wait()
    seen = ecs.image(copy, ABROAD)
    assert seen is not None
    snapshot = seen["DiskDeviceMappings"]["DiskDeviceMapping"][0]["SnapshotId"]
    assert ecs.refused("DeleteSnapshot", SnapshotId=snapshot) == (403, "SnapshotCreatedImage")
    ecs.do("DeleteImage", ImageId=copy, RegionId=ABROAD)
    left = ecs.do("DescribeSnapshots", RegionId=ABROAD)["Snapshots"]["Snapshot"]
    assert [(s["SnapshotId"], s["Status"], s["SourceRegionId"], s["Usage"]) for s in left] == [
        (snapshot, "accomplished", REGION, "none")
    ]
    ecs.do("DeleteSnapshot", SnapshotId=snapshot)
    assert ecs.do("DescribeSnapshots", RegionId=ABROAD)["TotalCount"] == 0


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"DestinationRegionId": "mars"}, (400, "DestinationRegion.NotFound")),
        ({"RegionId": "cn-qingdao"}, (400, "SourceRegion.NotFound")),
        ({"ImageId": "m-unknown"}, (404, "InvalidImageId.NotFound")),
        ({"ImageId": PUBLIC}, (403, "OperationDenied")),
        ({NAME: "x"}, (400, "InvalidImageName.Malformed")),
        ({NAME: "1copy"}, (400, "InvalidImageName.Malformed")),
        ({NAME: "aliyun-copy"}, (400, "InvalidImageName.Malformed")),
        ({NAME: "acs:copy"}, (400, "InvalidImageName.Malformed")),
        ({NAME: "http://copy"}, (400, "InvalidImageName.Malformed")),
        ({NAME: "a copy"}, (400, "InvalidImageName.Malformed")),
        ({NAME: "a" * 129}, (400, "InvalidImageName.Malformed")),
        ({"DestinationDescription": "x"}, (400, "InvalidDescription.Malformed")),
        ({"DestinationDescription": "https://x.example"}, (400, "InvalidDescription.Malformed")),
        ({"KMSKeyId": "key-1"}, (400, "InvalidEncrypted.NotMatchKmsKeyId")),
        ({"Tag": [{"Key": "acs:x", "Value": ""}]}, (400, "InvalidParameter")),
    ],
)
def test_a_wrong_copy_is_refused(cloud: Emulator, changes: dict[str, Any], refusal: tuple[int, str]) -> None:
    ecs = Ecs(cloud)
    order = {"ImageId": BASE, "DestinationRegionId": ABROAD} | changes
    assert ecs.refused("CopyImage", **order) == refusal
    assert ecs.images(RegionId=ABROAD, Status="ALL", ImageOwnerAlias="self") == []


def test_the_name_must_be_free_in_the_destination_only(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    ecs.copy(name="base-2026-05")
    again = {"ImageId": ecs.own_images(1)[0], "DestinationRegionId": ABROAD, NAME: "base-2026-05"}
    assert ecs.refused("CopyImage", **again) == (400, "InvalidImageName.Duplicated")
    ecs.do("CopyImage", **(again | {NAME: "another"}))


def test_an_image_that_is_not_available_cannot_be_copied(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    creating = ecs.do("CreateImage", InstanceId=WEB)["ImageId"]
    order = {"ImageId": creating, "DestinationRegionId": ABROAD}
    assert ecs.refused("CopyImage", **order) == (400, "IncorrectImageStatus")
    ecs.do("ModifyImageAttribute", ImageId=BASE, Status="Deprecated")
    assert ecs.refused("CopyImage", **(order | {"ImageId": BASE})) == (400, "IncorrectImageStatus")


def test_a_dry_run_checks_and_starts_nothing(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    order = {"ImageId": BASE, "DestinationRegionId": ABROAD, "DryRun": True}
    assert ecs.refused("CopyImage", **order) == (400, "DryRunOperation")
    assert ecs.refused("CopyImage", **(order | {"ImageId": "m-x"})) == (404, "InvalidImageId.NotFound")
    assert cloud.log.writes() == []
    assert len(cloud.world.ecs.images.of("1234567890123456", ABROAD, cloud.clock.now())) == 0


def test_a_token_starts_one_copy_only(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    assert ecs.copy(ClientToken="one") == ecs.copy(ClientToken="one")
    order = {"ImageId": BASE, "DestinationRegionId": "cn-shanghai", "ClientToken": "one"}
    assert ecs.refused("CopyImage", **order) == (400, "IdempotentParameterMismatch")


@pytest.mark.parametrize("plain", ["refused", "allowed"])
def test_a_copy_is_encrypted_where_its_request_says_so_or_its_source_is(plain: str) -> None:
    with cloud_with(encrypted_image_plain_copy=plain) as cloud:
        ecs = Ecs(cloud)
        first = ecs.copy(to=REGION, name="safe", Encrypted=True, KMSKeyId="key-1")
        ecs.wait()
        said = ecs.copy(first, to="cn-shanghai", Encrypted=True)
        ecs.wait()
        unsaid = ecs.copy(first)
        ecs.wait()
        for image, region, encrypted in ((unsaid, ABROAD, plain == "refused"), (said, "cn-shanghai", True)):
            assert _encrypted(ecs, image, region) is encrypted
            (snapshot,) = ecs.do("DescribeSnapshots", RegionId=region)["Snapshots"]["Snapshot"]
            assert not snapshot.get("KMSKeyId")
        order = {"ImageId": first, "DestinationRegionId": "cn-beijing", "Encrypted": False, "DryRun": True}
        code = "OperationDeined.EncryptedSnapshot" if plain == "refused" else "DryRunOperation"
        assert ecs.refused("CopyImage", **order)[1] == code


def _encrypted(ecs: Ecs, image: str, region: str) -> bool:
    seen = ecs.image(image, region)
    assert seen is not None
    (disk,) = seen["DiskDeviceMappings"]["DiskDeviceMapping"]
    return bool(disk["Encrypted"])


def test_an_account_may_encrypt_by_default() -> None:
    with cloud_with(account_default_encryption="on") as cloud:
        ecs = Ecs(cloud)
        copy = ecs.copy()
        ecs.wait()
        assert _encrypted(ecs, copy, ABROAD)
        code = (403, "InvalidEncrypted.NotMatchDiskDefaultEncryption")
        plain = {"ImageId": BASE, "DestinationRegionId": "cn-shanghai", "Encrypted": False}
        assert ecs.refused("CopyImage", **plain) == code
        assert ecs.refused("RunInstances", **ecs.order(SystemDisk={"Encrypted": "false"})) == code
        instance = ecs.running()
        disks = ecs.do("DescribeDisks", RegionId=REGION, InstanceId=instance)["Disks"]["Disk"]
        assert [d["Encrypted"] for d in disks] == [True]


def test_a_plain_image_may_not_become_an_encrypted_one_in_another_region() -> None:
    with cloud_with(plain_image_encrypted_across="refused") as cloud:
        ecs = Ecs(cloud)
        order = {"ImageId": BASE, "DestinationRegionId": ABROAD, "Encrypted": True}
        assert ecs.refused("CopyImage", **order) == (403, "OperationDenied.EncryptSnapshotAcrossRegion")
        here = ecs.copy(to=REGION, Encrypted=True)
        ecs.wait()
        assert ecs.copy(here, to=ABROAD, Encrypted=True)


# Shared images.


def test_a_shared_image_is_copied_within_its_region_only_by_default(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    image = ecs.shared()
    across = {"ImageId": image, "DestinationRegionId": ABROAD}
    assert ecs.refused("CopyImage", **across) == (403, "OperationDenied.SameRegionOnly")
    own = ecs.copy(image, to=REGION)
    ecs.wait()
    assert ecs.copy(own, to=ABROAD)


def test_a_shared_image_may_be_copied_across_where_the_quirk_says_so() -> None:
    with cloud_with(shared_image_cross_region_copy="allowed") as cloud:
        ecs = Ecs(cloud)
        copy = ecs.copy(ecs.shared())
        ecs.wait()
        assert ecs.image_status(copy, ABROAD) == "Available"


def test_a_plain_copy_of_a_shared_image_is_refused_where_it_must_be_encrypted() -> None:
    with cloud_with(same_region_copy="encrypted_only") as cloud:
        ecs = Ecs(cloud)
        order = {"ImageId": ecs.shared(), "DestinationRegionId": REGION}
        assert ecs.refused("CopyImage", **order) == (403, "IncorrectDestinationRegion")
        assert ecs.do("CopyImage", **order, Encrypted=True)["ImageId"]
        assert ecs.copy(BASE, to=REGION)


def test_an_image_of_another_account_follows_the_same_rule(cloud: Emulator) -> None:
    ecs, partner = Ecs(cloud), Ecs(cloud, "LTAIemulator0001")
    order = {"ImageId": BASE, "DestinationRegionId": ABROAD}
    assert partner.refused("CopyImage", **order) == (404, "InvalidImageId.NotFound")
    ecs.do("ModifyImageSharePermission", ImageId=BASE, AddAccount=["6543210987654321"])
    assert partner.refused("CopyImage", **order) == (403, "OperationDenied.SameRegionOnly")
    assert partner.copy(BASE, to=REGION)


def test_a_community_image_of_another_account_cannot_be_copied(cloud: Emulator) -> None:
    Ecs(cloud).do("ModifyImageSharePermission", ImageId=BASE, IsPublic=True)
    order = {"ImageId": BASE, "DestinationRegionId": REGION}
    assert Ecs(cloud, "LTAIemulator0001").refused("CopyImage", **order) == (
        400,
        "OperationDenied.CommunityImage",
    )


# One image, one copy at a time.


def test_the_same_image_cannot_be_copied_twice_into_a_region_at_once() -> None:
    with cloud_with(one_image_to_many_regions="allowed") as cloud:
        ecs = Ecs(cloud)
        ecs.copy()
        order = {"ImageId": BASE, "DestinationRegionId": ABROAD}
        assert ecs.refused("CopyImage", **order) == (400, "OperationDenied.ImageCopyConflict")
        ecs.copy(to="cn-shanghai")
        ecs.wait()
        ecs.copy(name="second")


def test_one_copy_at_a_time_everywhere_by_default(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    ecs.copy()
    order = {"ImageId": BASE, "DestinationRegionId": "cn-shanghai"}
    assert ecs.refused("CopyImage", **order) == (400, "OperationDenied.ImageCopyConflict")
    ecs.wait()
    ecs.do("CopyImage", **order)
