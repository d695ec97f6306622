"""Disks and snapshots."""

from __future__ import annotations

import json
from typing import Any

import pytest

from swaslift.emulator import Emulator
from tests.emulator.ecs_steps import BASE, IDLE, LOCKED, WEB, WIN, Ecs

SYSTEM, DATA = "d-emulator-idle", "d-emulator-idle-data"


# Disks.


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({}, 4),
        ({"DiskType": "data"}, 1),
        ({"DiskType": "system"}, 3),
        ({"InstanceId": IDLE}, 2),
        ({"Category": "cloud_ssd"}, 0),
        ({"Status": "Available"}, 0),
        ({"DiskIds": "[]"}, 0),
        ({"ZoneId": "cn-hangzhou-h"}, 0),
        ({"Encrypted": True}, 0),
        ({"Portable": True}, 1),
        ({"RegionId": "ap-southeast-1"}, 1),
    ],
)
def test_the_filters_narrow_the_list(cloud: Emulator, query: dict[str, Any], count: int) -> None:
    assert Ecs(cloud).do("DescribeDisks", **query)["TotalCount"] == count


@pytest.mark.parametrize(
    ("query", "refusal"),
    [
        ({"DiskType": "tape"}, (400, "InvalidDiskType.ValueNotSupported")),
        ({"Status": "Lost"}, (400, "InvalidStatus.ValueNotSupported")),
        ({"Category": "tape"}, (400, "InvalidCategory.ValueNotSupported")),
        ({"DiskChargeType": "Free"}, (404, "InvalidDiskChargeType.NotFound")),
        ({"DiskIds": json.dumps([f"d-{n}" for n in range(101)])}, (403, "InvalidDiskIds.Malformed")),
        ({"DryRun": True}, (400, "DryRunOperation")),
    ],
)
def test_a_wrong_query_is_refused(cloud: Emulator, query: dict[str, Any], refusal: tuple[int, str]) -> None:
    assert Ecs(cloud).refused("DescribeDisks", **query) == refusal


def test_a_data_disk_moves_from_one_instance_to_another(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    ecs.do("DetachDisk", InstanceId=IDLE, DiskId=DATA)
    assert ecs.disk(DATA)["Status"] == "Detaching"
    ecs.wait(200)
    disk = ecs.disk(DATA)
    assert (disk["Status"], disk["InstanceId"], disk["Device"]) == ("Available", "", "")
    ecs.do("AttachDisk", InstanceId=WEB, DiskId=DATA, DeleteWithInstance=True)
    disk = ecs.disk(DATA)
    assert (disk["Status"], disk["InstanceId"], disk["Device"]) == ("Attaching", WEB, "/dev/xvdb")
    ecs.wait(60)
    assert ecs.disk(DATA)["Status"] == "In_use"


def test_a_wrong_detach_is_refused(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    cases: list[tuple[dict[str, str], tuple[int, str]]] = [
        ({"InstanceId": WEB, "DiskId": DATA}, (403, "DependencyViolation")),
        ({"InstanceId": "i-unknown", "DiskId": DATA}, (404, "InvalidInstanceId.NotFound")),
        ({"InstanceId": IDLE, "DiskId": "d-unknown"}, (404, "InvalidDiskId.NotFound")),
        ({"InstanceId": WEB, "DiskId": "d-emulator-web-old"}, (403, "IncorrectInstanceStatus")),
        ({"InstanceId": LOCKED, "DiskId": "d-emulator-locked"}, (403, "InstanceLockedForSecurity")),
    ]
    for order, refusal in cases:
        assert ecs.refused("DetachDisk", **order) == refusal
    order = {"InstanceId": IDLE, "DiskId": DATA}
    ecs.do("DetachDisk", **order)
    assert ecs.refused("DetachDisk", **order) == (403, "InvalidOperation.DiskDetachingFromThisEcs")
    ecs.wait(200)
    assert ecs.refused("DetachDisk", **order) == (404, "InvalidDisk.AlreadyDetached")


def test_a_wrong_attach_is_refused(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    order = {"InstanceId": WEB, "DiskId": DATA}
    assert ecs.refused("AttachDisk", **order) == (404, "InvalidDisk.InUse")
    ecs.do("DetachDisk", InstanceId=IDLE, DiskId=DATA)
    ecs.wait(200)
    assert ecs.refused("AttachDisk", **(order | {"InstanceId": LOCKED})) == (403, "InstanceLockedForSecurity")
    far = ecs.running(VSwitchId="vsw-emulator-hz-h")
    assert ecs.refused("AttachDisk", **(order | {"InstanceId": far})) == (403, "ResourcesNotInSameZone")
    moving = ecs.run()
    assert ecs.refused("AttachDisk", **(order | {"InstanceId": moving})) == (400, "IncorrectInstanceStatus")
    bootable = {"InstanceId": IDLE, "DiskId": DATA, "Bootable": True, "Password": "Rehearsal-1"}
    assert ecs.refused("AttachDisk", **bootable) == (403, "InstanceDiskLimitExceeded")
    small = ecs.running(InstanceType="ecs.g6.large")
    ecs.record("disks", DATA).category = "cloud_auto"
    code = (403, "InvalidInstanceType.NotSupportDiskCategory")
    assert ecs.refused("AttachDisk", **(order | {"InstanceId": small})) == code


def test_a_system_disk_goes_back_to_its_instance(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    ecs.do("DetachDisk", InstanceId=IDLE, DiskId=SYSTEM)
    ecs.do("DetachDisk", InstanceId=IDLE, DiskId=DATA)
    ecs.wait(300)
    back = {"InstanceId": IDLE, "DiskId": SYSTEM, "Bootable": True}
    assert ecs.refused("AttachDisk", **back) == (403, "InvalidParameter.AllEmpty")
    assert ecs.refused("AttachDisk", **back, Password="weak") == (400, "InvalidParameter")
    data = back | {"DiskId": DATA, "Password": "Rehearsal-1"}
    assert ecs.refused("AttachDisk", **data) == (400, "InvalidDisk.DiskNotBootable")
    ecs.do("AttachDisk", **back, KeyPairName="ops")
    ecs.wait(60)
    assert ecs.system_disk(IDLE)["DiskId"] == SYSTEM
    ecs.do("StartInstance", InstanceId=IDLE)


def test_reinitialising_takes_a_while_and_can_start_the_instance(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    ecs.do("ReInitDisk", DiskId=SYSTEM, AutoStartInstance=True)
    assert ecs.disk(SYSTEM)["Status"] == "ReIniting"
    assert ecs.status(IDLE) == "Stopped"
    ecs.wait(300)
    assert (ecs.disk(SYSTEM)["Status"], ecs.status(IDLE)) == ("In_use", "Running")


def test_a_wrong_reinitialisation_is_refused(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    cases: list[tuple[dict[str, Any], tuple[int, str]]] = [
        ({"DiskId": "d-unknown"}, (404, "InvalidDiskId.NotFound")),
        ({"DiskId": "d-emulator-web-old"}, (403, "IncorrectInstanceStatus")),
        ({"DiskId": "d-emulator-locked"}, (403, "InstanceLockedForSecurity")),
        ({"DiskId": SYSTEM, "Password": "weak"}, (400, "InvalidPassword.Malformed")),
        ({"DiskId": SYSTEM, "KeyPairName": "unknown"}, (400, "InvalidKeyPairName.NotFound")),
    ]
    for order, refusal in cases:
        assert ecs.refused("ReInitDisk", **order) == refusal
    windows = ecs.system_disk(ecs.stopped(ImageId=WIN))["DiskId"]
    refused = ecs.refused("ReInitDisk", DiskId=windows, KeyPairName="ops")
    assert refused == (403, "DependencyViolation.WindowsInstance")
    ecs.snapshot(SYSTEM)
    assert ecs.refused("ReInitDisk", DiskId=SYSTEM) == (403, "DiskCreatingSnapshot")
    ecs.do("DetachDisk", InstanceId=IDLE, DiskId=DATA)
    assert ecs.refused("ReInitDisk", DiskId=DATA) == (403, "IncorrectDiskStatus")


def test_a_data_disk_needs_its_snapshot(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    snapshot = ecs.snapshot(DATA)
    ecs.wait()
    instance = ecs.stopped(DataDisk=[{"SnapshotId": snapshot, "Category": "cloud_essd"}])
    disk = next(d["DiskId"] for d in ecs.disks(instance) if d["Type"] == "data")
    assert ecs.refused("DeleteSnapshot", SnapshotId=snapshot) == (403, "SnapshotCreatedDisk")
    ecs.do("ReInitDisk", DiskId=disk)
    ecs.wait(300)
    ecs.do("DeleteSnapshot", SnapshotId=snapshot, Force=True)
    assert ecs.refused("ReInitDisk", DiskId=disk) == (403, "InvalidSourceSnapshot")


# Snapshots.


def test_a_snapshot_progresses_and_is_accomplished(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    made = ecs.do("CreateSnapshot", DiskId=SYSTEM, SnapshotName="before", RetentionDays=3)["SnapshotId"]
    query = {"SnapshotIds": json.dumps([made])}
    assert ecs.do("DescribeSnapshots", **query)["TotalCount"] == 0
    ecs.wait(ecs.record("snapshots", made).work.seconds / 2)
    half = ecs.do("DescribeSnapshots", **query)["Snapshots"]["Snapshot"][0]
    assert (half["Status"], half["Available"], half["RetentionDays"]) == ("progressing", False, 3)
    assert half["Progress"] in {"49%", "50%"}
    ecs.wait(1000)
    done = ecs.do("DescribeSnapshots", **query)["Snapshots"]["Snapshot"][0]
    assert (done["Status"], done["Progress"], done["Usage"]) == ("accomplished", "100%", "none")


def test_a_snapshot_can_fail_or_stall(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    cloud.faults.fail_resource("ecs_snapshot")
    cloud.faults.stall("ecs_snapshot")
    ecs.snapshot(SYSTEM)
    ecs.snapshot(DATA)
    ecs.wait(100_000)
    found = ecs.do("DescribeSnapshots", DiskId=SYSTEM)["Snapshots"]["Snapshot"]
    assert [s["Status"] for s in found] == ["failed"]
    assert ecs.do("DescribeSnapshots", DiskId=DATA, Status="progressing")["TotalCount"] == 1
    assert ecs.refused("CreateSnapshot", DiskId=DATA) == (403, "IncorrectDiskStatus.CreatingSnapshot")


@pytest.mark.parametrize(
    ("order", "refusal"),
    [
        ({"DiskId": "d-unknown"}, (404, "InvalidDiskId.NotFound")),
        ({"DiskId": "d-emulator-locked"}, (403, "InstanceLockedForSecurity")),
        ({"SnapshotName": "auto-1"}, (400, "InvalidSnapshotName.Malformed")),
        ({"SnapshotName": "!"}, (400, "InvalidSnapshotName.Malformed")),
        ({"Description": "x"}, (404, "InvalidDescription.Malformed")),
        ({"RetentionDays": 0}, (400, "InvalidRetentionDays.Malformed")),
        ({"Tag": [{"Key": "a"}, {"Key": "a"}]}, (400, "Duplicate.TagKey")),
    ],
)
def test_a_wrong_snapshot_is_refused(
    cloud: Emulator, order: dict[str, Any], refusal: tuple[int, str]
) -> None:
    assert Ecs(cloud).refused("CreateSnapshot", **({"DiskId": SYSTEM} | order)) == refusal


def test_a_disk_in_motion_has_no_snapshots(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    instance = ecs.run()
    ecs.wait(2)
    disk = ecs.system_disk(instance)["DiskId"]
    assert ecs.refused("CreateSnapshot", DiskId=disk) == (400, "IncorrectInstanceStatus")
    ecs.do("DetachDisk", InstanceId=IDLE, DiskId=DATA)
    assert ecs.refused("CreateSnapshot", DiskId=DATA) == (403, "IncorrectDiskStatus")


def test_a_disk_has_so_many_snapshots(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    for _ in range(256):
        ecs.snapshot(SYSTEM)
        ecs.wait(1000)
    assert ecs.refused("CreateSnapshot", DiskId=SYSTEM) == (403, "QuotaExceed.Snapshot")


def test_deleting_a_running_snapshot_cancels_it_and_an_unknown_one_is_ignored(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    ecs.do("DeleteSnapshot", SnapshotId=ecs.snapshot(SYSTEM))
    assert ecs.snapshot(SYSTEM)
    assert set(ecs.do("DeleteSnapshot", SnapshotId="s-unknown")) == {"RequestId"}


def test_a_snapshot_behind_an_image_cannot_be_deleted(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    base = ecs.image(BASE)
    assert base is not None
    snapshot = base["DiskDeviceMappings"]["DiskDeviceMapping"][0]["SnapshotId"]
    assert ecs.refused("DeleteSnapshot", SnapshotId=snapshot) == (403, "SnapshotCreatedImage")
    ecs.do("DeleteImage", ImageId=BASE)
    ecs.do("DeleteSnapshot", SnapshotId=snapshot)


@pytest.mark.parametrize(
    ("query", "refusal"),
    [
        ({"Status": "lost"}, (404, "InvalidStatus.NotFound")),
        ({"SnapshotType": "x"}, (404, "InvalidSnapshotType.NotFound")),
        ({"SourceDiskType": "x"}, (404, "InvalidSourceDiskType")),
        ({"Usage": "x"}, (404, "InvalidUsage")),
        ({"SnapshotIds": json.dumps([f"s-{n}" for n in range(101)])}, (403, "InvalidSnapshotIds.Malformed")),
        ({"DryRun": True}, (400, "DryRunOperation")),
    ],
)
def test_a_wrong_question_for_snapshots_is_refused(
    cloud: Emulator, query: dict[str, Any], refusal: tuple[int, str]
) -> None:
    assert Ecs(cloud).refused("DescribeSnapshots", **query) == refusal


def test_snapshots_are_found_by_instance_disk_kind_and_use(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    snapshot = ecs.snapshot(DATA)
    ecs.wait(5)
    for query in ({"InstanceId": IDLE}, {"DiskId": DATA}, {"SourceDiskType": "data"}, {"Usage": "none"}):
        found = ecs.do("DescribeSnapshots", **query)["Snapshots"]["Snapshot"]
        assert [s["SnapshotId"] for s in found] == [snapshot]
    assert ecs.do("DescribeSnapshots", InstanceId=WEB)["TotalCount"] == 0
