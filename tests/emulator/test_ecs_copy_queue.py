"""The places for running copies: who waits, who goes next, what a cancellation does."""

from __future__ import annotations

import pytest

from swaslift.emulator import Emulator
from tests.emulator.ecs_steps import ABROAD, BASE, REGION, Ecs, cloud_with
from tests.emulator.swas_steps import Steps

NAME = "DestinationImageName"


# The queue.


def _statuses(ecs: Ecs, copies: list[str], region: str = ABROAD) -> list[str]:
    return [ecs.image_status(c, region) for c in copies]


def test_the_sixth_copy_waits_until_a_place_is_free(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    images = ecs.own_images(7)
    copies = [ecs.copy(i) for i in images]
    ecs.wait(3)
    assert _statuses(ecs, copies) == ["Creating"] * 5 + ["Waiting"] * 2
    waiting = ecs.image(copies[5], ABROAD)
    assert waiting is not None
    assert waiting["Progress"] == "0%"
    first_end = min(ecs.record("images", c).work.ends_at for c in copies[:5])
    ecs.wait((first_end - cloud.clock.now()).total_seconds())
    assert sorted(_statuses(ecs, copies)) == ["Available"] + ["Creating"] * 5 + ["Waiting"]
    assert ecs.image_status(copies[5], ABROAD) == "Creating"
    ecs.wait()
    assert _statuses(ecs, copies) == ["Available"] * 7


def test_a_cancelled_copy_gives_its_place_to_the_next(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    copies = [ecs.copy(i) for i in ecs.own_images(6)]
    ecs.wait(60)
    ecs.do("CancelCopyImage", ImageId=copies[0], RegionId=ABROAD)
    assert ecs.image_status(copies[5], ABROAD) == "Creating"
    assert ecs.image(copies[0], ABROAD) is None


def test_a_waiting_copy_can_be_cancelled(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    copies = [ecs.copy(i) for i in ecs.own_images(6)]
    ecs.wait(3)
    ecs.do("CancelCopyImage", ImageId=copies[5], RegionId=ABROAD)
    assert ecs.image(copies[5], ABROAD) is None


@pytest.mark.parametrize(("quirk", "waiting"), [("destination", "Creating"), ("source", "Waiting")])
def test_the_places_are_counted_where_the_quirk_says(quirk: str, waiting: str) -> None:
    with cloud_with(copy_slots_counted_in=quirk) as cloud:
        ecs = Ecs(cloud)
        images = ecs.own_images(6)
        copies = [ecs.copy(i, to=ABROAD if n < 3 else "cn-shanghai") for n, i in enumerate(images)]
        ecs.wait(3)
        assert ecs.image_status(copies[5], "cn-shanghai") == waiting


def test_a_stalled_copy_keeps_its_place(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    images = ecs.own_images(6)
    cloud.faults.stall("ecs_image", times=5)
    copies = [ecs.copy(i) for i in images]
    ecs.wait(100_000)
    assert _statuses(ecs, copies) == ["Creating"] * 5 + ["Waiting"]
    stalled = ecs.image(copies[0], ABROAD)
    assert stalled is not None
    assert stalled["Progress"] == "50%"
    ecs.do("CancelCopyImage", ImageId=copies[0], RegionId=ABROAD)
    ecs.wait()
    assert ecs.image_status(copies[5], ABROAD) == "Available"


def test_a_failed_copy_ends_as_such_and_frees_its_place(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    images = ecs.own_images(6)
    cloud.faults.fail_resource("ecs_image", region_id=ABROAD)
    copies = [ecs.copy(i) for i in images]
    ecs.wait(1200)
    assert _statuses(ecs, copies[:1] + copies[5:]) == ["CreateFailed", "Creating"]
    failed = ecs.image(copies[0], ABROAD)
    assert failed is not None
    assert (failed["Progress"], failed["Usable"]) == ("60%", False)
    ecs.do("DeleteImage", ImageId=copies[0], RegionId=ABROAD)


# Cancelling.


def test_cancelling_takes_the_unfinished_image_and_its_snapshots(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    copy = ecs.copy()
    ecs.wait(10)
    ecs.do("CancelCopyImage", ImageId=copy, RegionId=ABROAD)
    assert ecs.image(copy, ABROAD) is None
    assert ecs.do("DescribeSnapshots", RegionId=ABROAD)["TotalCount"] == 0
    assert ecs.copy()


def test_a_finished_copy_cannot_be_cancelled(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    copy = ecs.copy()
    ecs.wait()
    order = {"ImageId": copy, "RegionId": ABROAD}
    assert ecs.refused("CancelCopyImage", **order) == (400, "IncorrectImageStatus")


@pytest.mark.parametrize(
    ("image", "refusal"),
    [(BASE, (400, "ImageCreatedNotFromCopy")), ("m-unknown", (404, "InvalidImageId.NotFound"))],
)
def test_only_copies_can_be_cancelled(cloud: Emulator, image: str, refusal: tuple[int, str]) -> None:
    assert Ecs(cloud).refused("CancelCopyImage", ImageId=image) == refusal


def test_a_running_copy_is_cancelled_and_not_deleted(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    copy = ecs.copy()
    order = {"ImageId": copy, "RegionId": ABROAD, "Force": True}
    assert ecs.refused("DeleteImage", **order) == (403, "OperationDenied.ImageCopying")


def test_the_image_quota_of_the_destination_holds(cloud: Emulator) -> None:
    cloud.world.ecs.attributes["max-images"] = ["1"]
    ecs = Ecs(cloud)
    order = {"ImageId": BASE, "DestinationRegionId": REGION}
    assert ecs.refused("CopyImage", **order) == (403, "QuotaExceed.Image")


def test_a_whole_migration_abroad_works_with_encryption_and_same_region_copies() -> None:
    with cloud_with(same_region_copy="encrypted_only") as cloud:
        ecs, swas = Ecs(cloud), Steps(cloud)
        image = ecs.shared()
        instance = ecs.running(ImageId=image)
        own = ecs.do("CreateImage", InstanceId=instance, ImageName="own")["ImageId"]
        ecs.wait()
        copy = ecs.copy(own)
        ecs.wait()
        swas.do("ModifyImageShareStatus", ImageId=image, Operation="UnShare")
        made = ecs.do(
            "RunInstances",
            RegionId=ABROAD,
            ImageId=copy,
            InstanceType="ecs.g7.large",
            VSwitchId="vsw-emulator-sgp-a",
            SecurityGroupId="sg-emulator-sgp-web",
        )["InstanceIdSets"]["InstanceIdSet"][0]
        ecs.wait(200)
        assert ecs.instance(made, ABROAD)["Status"] == "Running"
