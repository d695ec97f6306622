"""ECS: changes send what they are told, and give back what was made."""

from __future__ import annotations

from typing import Any

import pytest

from swaslift.cloud import Cloud
from swaslift.emulator import Emulator, Quirks
from swaslift.errors import ApiError, ConflictError, InvalidRequestError, NotFoundError
from tests.cloud.doors import OTHER_REGION, REGION, door

TAGS = {"a": "b"}
TAG = [{"Key": "a", "Value": "b"}]
IDLE = "i-emulator-idle"
IMAGE = "m-emulator-base-hz"
REQUEST: dict[str, Any] = {
    "RegionId": REGION,
    "InstanceType": "ecs.g7.large",
    "ImageId": IMAGE,
    "SecurityGroupId": "sg-emulator-hz-web",
    "VSwitchId": "vsw-emulator-hz-i",
    "SystemDisk": {"Category": "cloud_essd", "Size": "40"},
    "InstanceChargeType": "PostPaid",
    "KeyPairName": "ops",
    "Tag": TAG,
}


@pytest.fixture
def client(cloud: Emulator) -> Cloud:
    return door(cloud)


def sent(cloud: Emulator) -> tuple[str, dict[str, Any]]:
    """The last call: its action and its parameters."""
    return cloud.log[-1].action, cloud.log[-1].params


def test_copy_image(cloud: Emulator, client: Cloud) -> None:
    made = client.ecs.copy_image(
        REGION, IMAGE, to_region=OTHER_REGION, name="copy", description="a copy", tags=TAGS, token="t1"
    )
    assert sent(cloud) == (
        "CopyImage",
        {
            "RegionId": REGION,
            "ImageId": IMAGE,
            "DestinationRegionId": OTHER_REGION,
            "DestinationImageName": "copy",
            "DestinationDescription": "a copy",
            "Tag": TAG,
            "ClientToken": "t1",
        },
    )
    client.clock.sleep(60)
    (found,) = client.ecs.describe_images(OTHER_REGION, image_id=made)
    assert (found.name, found.tags, found.is_copied) == ("copy", TAGS, True)
    client.ecs.cancel_copy_image(OTHER_REGION, made)
    assert sent(cloud) == ("CancelCopyImage", {"RegionId": OTHER_REGION, "ImageId": made})


def test_an_encrypted_copy_says_so(cloud: Emulator, client: Cloud) -> None:
    client.ecs.copy_image(
        REGION,
        IMAGE,
        to_region=OTHER_REGION,
        name="copy",
        encrypted=True,
        kms_key_id="k-1",
        tags={},
        token="t1",
    )
    params = cloud.log[-1].params
    assert (params["Encrypted"], params["KMSKeyId"]) == (True, "k-1")
    assert "Tag" not in params


def test_an_image_is_made_from_an_instance_and_removed(cloud: Emulator, client: Cloud) -> None:
    made = client.ecs.create_image(
        REGION, "own", instance_id=IDLE, description="of idle", tags=TAGS, token="t1"
    )
    assert sent(cloud) == (
        "CreateImage",
        {
            "RegionId": REGION,
            "InstanceId": IDLE,
            "ImageName": "own",
            "Description": "of idle",
            "Tag": TAG,
            "ClientToken": "t1",
        },
    )
    client.clock.sleep(3600)
    (found,) = client.ecs.describe_images(REGION, image_id=made)
    client.ecs.delete_image(REGION, made, force=True)
    assert sent(cloud) == ("DeleteImage", {"RegionId": REGION, "ImageId": made, "Force": True})
    client.clock.sleep(60)
    assert list(client.ecs.describe_images(REGION, image_id=made)) == []
    snapshots = [d.snapshot_id for d in found.disks]
    assert {s.id for s in client.ecs.describe_snapshots(REGION, ids=snapshots)} == set(snapshots)
    client.ecs.delete_snapshot(REGION, snapshots[0])
    assert sent(cloud) == ("DeleteSnapshot", {"SnapshotId": snapshots[0], "Force": False})
    client.ecs.delete_image(REGION, made)  # gone already: the service does not mind


def test_an_image_that_is_gone_is_told_where_the_service_does() -> None:
    with (
        Emulator(speed=None, quirks=Quirks(unknown_image="not_found")) as cloud,
        pytest.raises(NotFoundError),
    ):
        door(cloud).ecs.delete_image(REGION, "m-none")


def test_an_image_is_made_from_a_snapshot(cloud: Emulator, client: Cloud) -> None:
    snapshot = client.ecs.create_snapshot(REGION, "d-emulator-idle", "before", tags=TAGS, token="t1")
    assert sent(cloud) == (
        "CreateSnapshot",
        {"DiskId": "d-emulator-idle", "SnapshotName": "before", "Tag": TAG, "ClientToken": "t1"},
    )
    client.clock.sleep(3600)
    made = client.ecs.create_image(REGION, "from-snapshot", snapshot_id=snapshot, tags={}, token="t2")
    assert cloud.log[-1].params["SnapshotId"] == snapshot
    client.clock.sleep(60)
    assert [i.id for i in client.ecs.describe_images(REGION, name="from-snapshot")] == [made]


def test_an_instance_is_run_and_released(cloud: Emulator, client: Cloud) -> None:
    (made,) = client.ecs.run_instances(REGION, REQUEST, token="t1")
    assert sent(cloud) == ("RunInstances", {**REQUEST, "ClientToken": "t1"})
    client.clock.sleep(120)
    (found,) = client.ecs.describe_instances(REGION, ids=[made])
    assert (found.status, found.key_pair, found.tags) == ("Running", "ops", TAGS)
    client.ecs.delete_instance(REGION, made)
    assert sent(cloud) == ("DeleteInstance", {"InstanceId": made, "Force": True})
    client.clock.sleep(600)
    assert list(client.ecs.describe_instances(REGION, ids=[made])) == []


def test_several_instances_are_run_at_once(cloud: Emulator, client: Cloud) -> None:
    cloud.faults.few_in_stock("ecs.g7.large", 2)
    request = {**REQUEST, "Amount": 3, "MinAmount": 1, "InstanceName": "web-", "UniqueSuffix": True}
    made = client.ecs.run_instances(REGION, request, token="t1")
    client.clock.sleep(120)
    found = client.ecs.describe_instances(REGION, ids=made)
    assert {i.id: i.name for i in found} == dict(zip(made, ["web-001", "web-002"], strict=True))


def test_the_same_token_runs_one_instance(cloud: Emulator, client: Cloud) -> None:
    assert client.ecs.run_instances(REGION, REQUEST, token="t1") == client.ecs.run_instances(
        REGION, REQUEST, token="t1"
    )
    with pytest.raises(InvalidRequestError, match="used before, with other parameters"):
        client.ecs.run_instances(REGION, {**REQUEST, "KeyPairName": None} | {"HostName": "h"}, token="t1")


@pytest.mark.parametrize("status", [400, 200])
def test_a_dry_run_passes_whatever_status_it_is_told_with(status: Any) -> None:
    with Emulator(speed=None, quirks=Quirks(dry_run_status=status)) as cloud:
        client = door(cloud)
        assert client.ecs.dry_run_instances(REGION, REQUEST) is None
        refused = client.ecs.dry_run_instances(REGION, {**REQUEST, "ImageId": "m-none"})
        assert isinstance(refused, ApiError)
        assert refused.code == "InvalidImageId.NotFound"
        assert cloud.log.attempted_writes() == []
        assert cloud.log.of("RunInstances")[0].http == status


def test_stop_keeps_the_instance_charged_so_that_it_can_start(cloud: Emulator, client: Cloud) -> None:
    web = "i-emulator-web-old"
    client.ecs.stop_instance(REGION, web)
    assert sent(cloud) == ("StopInstance", {"InstanceId": web, "StoppedMode": "KeepCharging"})
    client.clock.sleep(120)
    (found,) = client.ecs.describe_instances(REGION, ids=[web])
    assert (found.status, found.stopped_mode) == ("Stopped", "KeepCharging")
    client.ecs.start_instance(REGION, web)
    assert sent(cloud) == ("StartInstance", {"InstanceId": web})
    client.clock.sleep(120)
    (found,) = client.ecs.describe_instances(REGION, ids=[web])
    assert found.status == "Running"


def test_an_economical_stop_gives_the_resources_back(cloud: Emulator, client: Cloud) -> None:
    client.ecs.stop_instance(REGION, "i-emulator-web-old", economical=True)
    assert sent(cloud)[1]["StoppedMode"] == "StopCharging"


def test_features_of_an_image_are_set(cloud: Emulator, client: Cloud) -> None:
    base = "m-emulator-base-hz"
    client.ecs.modify_image_attribute(REGION, base, nvme_support="unsupported", boot_mode="UEFI")
    wanted = {"BootMode": "UEFI", "Features": {"NvmeSupport": "unsupported"}}
    assert sent(cloud) == ("ModifyImageAttribute", {"RegionId": REGION, "ImageId": base, **wanted})
    (found,) = client.ecs.describe_images(REGION, image_id=base)
    assert (found.nvme_support, found.boot_mode) == ("unsupported", "UEFI")


def test_a_copy_is_tried_without_making_it(cloud: Emulator, client: Cloud) -> None:
    base = "m-emulator-base-hz"
    assert client.ecs.dry_run_copy(REGION, base, to_region=OTHER_REGION, encrypted=False) is None
    refused = client.ecs.dry_run_copy(REGION, "m-none", to_region=OTHER_REGION)
    assert refused is not None
    assert refused.code == "InvalidImageId.NotFound"
    assert cloud.log.attempted_writes() == []


def test_a_locked_instance_is_told(client: Cloud) -> None:
    with pytest.raises(ConflictError, match="locked for security"):
        client.ecs.stop_instance(REGION, "i-emulator-locked")


def test_a_system_disk_is_replaced(cloud: Emulator, client: Cloud) -> None:
    made = client.ecs.replace_system_disk(REGION, IDLE, IMAGE, size=60, key_pair="ops", token="t1")
    assert sent(cloud) == (
        "ReplaceSystemDisk",
        {
            "InstanceId": IDLE,
            "ImageId": IMAGE,
            "SystemDisk": {"Size": 60},
            "KeyPairName": "ops",
            "ClientToken": "t1",
        },
    )
    client.clock.sleep(600)
    (disk,) = client.ecs.describe_disks(REGION, instance_id=IDLE, kind="system")
    assert (disk.id, disk.size, disk.status, disk.image_id) == (made, 60, "In_use", IMAGE)


def test_a_password_goes_to_the_service_and_to_no_log(cloud: Emulator, client: Cloud) -> None:
    assert client.ecs.replace_system_disk(REGION, IDLE, IMAGE, password="Abc-12345", token="t1")
    assert cloud.log[-1].params["Password"] == "***"
    assert "SystemDisk" not in cloud.log[-1].params


def test_a_key_pair_is_attached(cloud: Emulator, client: Cloud) -> None:
    client.ecs.attach_key_pair(REGION, IDLE, "ops")
    assert sent(cloud) == (
        "AttachKeyPair",
        {"RegionId": REGION, "KeyPairName": "ops", "InstanceIds": [IDLE]},
    )


def test_a_key_pair_that_was_not_attached_is_an_error_though_the_answer_is_200(
    cloud: Emulator, client: Cloud
) -> None:
    with pytest.raises(ApiError, match="AttachKeyPair") as failed:
        client.ecs.attach_key_pair(REGION, "i-none", "ops")
    assert failed.value.code
    assert failed.value.request_id == cloud.log[-1].request_id
    if cloud.log[-1].http == 200:
        assert "not attached" in str(failed.value)
