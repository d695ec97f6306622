"""``ReplaceSystemDisk``: what it demands, what it destroys, what it keeps."""

from __future__ import annotations

import json
from typing import Any

import pytest

from swaslift.emulator import Emulator
from tests.emulator.ecs_steps import ABROAD, BASE, CENTOS, IDLE, LOCKED, PUBLIC, SGP, WEB, WIKI, WIN, Ecs
from tests.emulator.swas_steps import Steps

ARM = "ubuntu_22_04_arm64_20G_alibase_20260915.vhd"
OLD = "d-emulator-idle"


def test_the_old_disk_is_gone_and_a_new_one_is_being_made(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    before = ecs.instance(IDLE)
    new = ecs.do("ReplaceSystemDisk", InstanceId=IDLE, ImageId=BASE)["DiskId"]
    assert ecs.do("DescribeDisks", DiskIds=json.dumps([OLD]))["TotalCount"] == 0
    ecs.wait(2)
    disk = ecs.system_disk(IDLE)
    assert (disk["DiskId"], disk["Status"], disk["Size"], disk["Device"]) == (
        new,
        "Creating",
        40,
        "/dev/xvda",
    )
    ecs.wait(60)
    assert ecs.system_disk(IDLE)["Status"] == "In_use"
    after = ecs.instance(IDLE)
    assert (after["ImageId"], after["KeyPairName"], after["Status"]) == (BASE, "", "Stopped")
    kept = ("VpcAttributes", "NetworkInterfaces", "PublicIpAddress", "SecurityGroupIds", "HostName")
    assert {k: after[k] for k in kept} == {k: before[k] for k in kept}
    ecs.do("StartInstance", InstanceId=IDLE)


def test_the_instance_is_locked_until_it_is_done(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    ecs.do("ReplaceSystemDisk", InstanceId=IDLE, ImageId=BASE)
    assert len(ecs.instance(IDLE)["OperationLocks"]["LockReason"]) == 1
    assert ecs.refused("StartInstance", InstanceId=IDLE) == (403, "IncorrectInstanceStatus")
    again = {"InstanceId": IDLE, "ImageId": BASE}
    assert ecs.refused("ReplaceSystemDisk", **again) == (403, "IncorrectInstanceStatus")
    ecs.wait(60)
    assert ecs.instance(IDLE)["OperationLocks"]["LockReason"] == []


def test_snapshots_of_the_old_disk_stay(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    snapshot = ecs.snapshot(OLD)
    ecs.wait()
    ecs.do("ReplaceSystemDisk", InstanceId=IDLE, ImageId=BASE)
    found = ecs.do("DescribeSnapshots", SnapshotIds=json.dumps([snapshot]))["Snapshots"]["Snapshot"]
    assert [(s["Status"], s["SourceDiskId"]) for s in found] == [("accomplished", OLD)]


def test_the_data_disk_and_the_category_stay(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    ecs.do("ReplaceSystemDisk", InstanceId=IDLE, ImageId=BASE, SystemDisk={"Size": 80})
    ecs.wait(60)
    disks = {d["Type"]: d for d in ecs.disks(IDLE)}
    assert disks["data"]["DiskId"] == "d-emulator-idle-data"
    assert (disks["system"]["Size"], disks["system"]["Category"]) == (80, "cloud_essd")


def test_a_key_pair_can_be_given(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    ecs.do("ReplaceSystemDisk", InstanceId=IDLE, ImageId=BASE, KeyPairName="ops")
    assert ecs.instance(IDLE)["KeyPairName"] == "ops"


def test_a_shared_swas_image_can_be_used(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    image = ecs.shared()
    ecs.do("ReplaceSystemDisk", InstanceId=IDLE, ImageId=image)
    assert ecs.instance(IDLE)["ImageId"] == image


def test_an_image_with_a_data_disk_is_refused(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    data = Steps(cloud).snapshot(WIKI, "data", "data")
    image = ecs.shared(WIKI, "wiki", DataSnapshotId=data)
    assert ecs.refused("ReplaceSystemDisk", InstanceId=IDLE, ImageId=image) == (400, "OperationDenied")
    assert ecs.system_disk(IDLE)["DiskId"] == OLD


@pytest.mark.parametrize(
    ("order", "refusal"),
    [
        ({"InstanceId": "i-unknown"}, (404, "InvalidInstanceId.NotFound")),
        ({"InstanceId": WEB}, (403, "IncorrectInstanceStatus")),
        ({"InstanceId": LOCKED}, (403, "InstanceLockedForSecurity")),
        ({"ImageId": "m-unknown"}, (404, "InvalidImageId.NotFound")),
        ({"ImageId": ARM}, (400, "InvalidInstanceType.NotSupported")),
        ({"SystemDisk": {"Size": 39}}, (404, "InvalidSystemDiskSize.LessThanImageSize")),
        ({"SystemDisk": {"Size": 2049}}, (404, "InvalidSystemDiskSize.MoreThanMaxSize")),
        ({"ImageId": PUBLIC, "SystemDisk": {"Size": 39}}, (404, "InvalidSystemDiskSize.LessThanMinSize")),
        ({"Password": "weak"}, (400, "InvalidPassword.Malformed")),
        ({"Password": "Rehearsal-1", "PasswordInherit": True}, (400, "InvalidPasswordParam.Mismatch")),
        ({"KeyPairName": "unknown"}, (400, "InvalidKeyPairName.NotFound")),
        ({"ImageId": WIN, "KeyPairName": "ops"}, (403, "DependencyViolation.WindowsInstance")),
        ({"KMSKeyId": "key-1"}, (403, "InvalidEncrypted.NotMatchKmsKeyId")),
    ],
)
def test_a_wrong_replacement_changes_nothing(
    cloud: Emulator, order: dict[str, Any], refusal: tuple[int, str]
) -> None:
    ecs = Ecs(cloud)
    assert ecs.refused("ReplaceSystemDisk", **({"InstanceId": IDLE, "ImageId": BASE} | order)) == refusal
    assert ecs.system_disk(IDLE)["DiskId"] == OLD


def test_a_new_instance_cannot_be_replaced(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    order = {"InstanceId": ecs.run(), "ImageId": BASE}
    assert ecs.refused("ReplaceSystemDisk", **order) == (403, "OperationDenied.InstanceCreating")


def test_a_running_snapshot_or_a_missing_disk_blocks_it(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    order = {"InstanceId": IDLE, "ImageId": BASE}
    ecs.snapshot(OLD)
    assert ecs.refused("ReplaceSystemDisk", **order) == (403, "DiskCreatingSnapshot")
    ecs.wait()
    ecs.do("DetachDisk", InstanceId=IDLE, DiskId=OLD)
    assert ecs.refused("ReplaceSystemDisk", **order) == (403, "IncorrectDiskStatus")
    ecs.wait(300)
    assert ecs.refused("ReplaceSystemDisk", **order) == (400, "InvalidInstance.NotFoundSystemDisk")


def test_an_image_must_be_usable_and_fit_the_type(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    fresh = ecs.copy(to="cn-hangzhou", name="fresh")
    order = {"InstanceId": IDLE, "ImageId": fresh}
    assert ecs.refused("ReplaceSystemDisk", **order) == (403, "OperationDenied.ImageNotValid")
    modern = ecs.stopped(InstanceType="ecs.g8i.large")
    order = {"InstanceId": modern, "ImageId": CENTOS}
    assert ecs.refused("ReplaceSystemDisk", **order) == (403, "InvalidParameter.NotMatch")


def test_between_windows_and_linux_only_in_the_mainland(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    ecs.do("ReplaceSystemDisk", InstanceId=IDLE, ImageId=WIN)
    ecs.wait(60)
    assert ecs.instance(IDLE)["OSType"] == "windows"
    order = {"InstanceId": SGP, "ImageId": WIN}
    assert ecs.refused("ReplaceSystemDisk", **order) == (403, "OperationDenied")
    ecs.do("ReplaceSystemDisk", InstanceId=SGP, ImageId=CENTOS)
    ecs.wait(60)
    assert ecs.instance(SGP, ABROAD)["PublicIpAddress"]["IpAddress"] == ["203.0.113.20"]


def test_a_long_host_name_does_not_fit_windows(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    ecs.do("ModifyInstanceAttribute", InstanceId=IDLE, HostName="a-name-that-is-too-long")
    order = {"InstanceId": IDLE, "ImageId": WIN}
    assert ecs.refused("ReplaceSystemDisk", **order) == (403, "InvalidHostname.MismatchImage")


def test_without_a_size_the_new_disk_has_that_of_the_image_or_40(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    instance = ecs.stopped(SystemDisk={"Category": "cloud_essd", "Size": "120"})
    ecs.do("ReplaceSystemDisk", InstanceId=instance, ImageId=BASE)
    ecs.wait(60)
    assert ecs.system_disk(instance)["Size"] == 40


def test_an_unpaid_order_keeps_the_system_disk(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    cloud.world.ecs.instances.get(IDLE).unpaid_order = True  # type: ignore[union-attr]  # it is there
    order = {"InstanceId": IDLE, "ImageId": BASE}
    assert ecs.refused("ReplaceSystemDisk", **order) == (403, "OperationDenied.UnpaidOrder")


def test_one_token_replaces_once(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    order = {"InstanceId": IDLE, "ImageId": BASE, "ClientToken": "r"}
    first = ecs.do("ReplaceSystemDisk", **order)["DiskId"]
    assert ecs.do("ReplaceSystemDisk", **order)["DiskId"] == first
