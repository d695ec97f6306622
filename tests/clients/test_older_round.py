"""The older Python SDK takes an image through its life, and leaves nothing behind."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from aliyunsdkecs.request.v20140526.CopyImageRequest import CopyImageRequest
from aliyunsdkecs.request.v20140526.DeleteImageRequest import DeleteImageRequest
from aliyunsdkecs.request.v20140526.DeleteSnapshotRequest import DeleteSnapshotRequest as DeleteEcsSnapshot
from aliyunsdkecs.request.v20140526.DescribeImagesRequest import DescribeImagesRequest
from aliyunsdkswas_open.request.v20200601.CreateCustomImageRequest import CreateCustomImageRequest
from aliyunsdkswas_open.request.v20200601.CreateSnapshotRequest import CreateSnapshotRequest
from aliyunsdkswas_open.request.v20200601.DeleteCustomImageRequest import DeleteCustomImageRequest
from aliyunsdkswas_open.request.v20200601.DeleteSnapshotRequest import DeleteSnapshotRequest
from aliyunsdkswas_open.request.v20200601.ListCustomImagesRequest import ListCustomImagesRequest
from aliyunsdkswas_open.request.v20200601.ListDisksRequest import ListDisksRequest
from aliyunsdkswas_open.request.v20200601.ListInstancesRequest import ListInstancesRequest
from aliyunsdkswas_open.request.v20200601.ListSnapshotsRequest import ListSnapshotsRequest
from aliyunsdkswas_open.request.v20200601.ModifyImageShareStatusRequest import ModifyImageShareStatusRequest

from tests.clients.life import AVAILABLE, LONG, WRITES
from tests.clients.older import Older, refusal

if TYPE_CHECKING:
    from swaslift.emulator import Emulator


def test_an_image_is_made_shared_copied_and_deleted(cloud: Emulator) -> None:
    before = cloud.state()
    hangzhou, shanghai = Older(cloud), Older(cloud, "cn-shanghai")

    snapshot, image = _capture(cloud, hangzhou)
    hangzhou.ask(ModifyImageShareStatusRequest, ImageId=image, Operation="Share")
    cloud.clock.advance(60)
    seen = _image(hangzhou, image)
    assert (seen["Status"], seen["ImageOwnerAlias"], seen["ImageName"]) == ("Available", "others", "golden")

    copy = _copied(cloud, hangzhou, hangzhou, image, DestinationImageName="golden-in-ecs")
    far = _copied(
        cloud,
        hangzhou,
        shanghai,
        copy["ImageId"],
        DestinationRegionId="cn-shanghai",
        Tags=[{"Key": "of", "Value": "a b+c*~/ü 中&=%"}],
    )
    assert far["Tags"]["Tag"] == [{"TagKey": "of", "TagValue": "a b+c*~/ü 中&=%"}]

    for client, made in ((hangzhou, copy), (shanghai, far)):
        _delete(client, made)
    hangzhou.ask(ModifyImageShareStatusRequest, ImageId=image, Operation="UnShare")
    hangzhou.ask(DeleteCustomImageRequest, ImageId=image)
    hangzhou.ask(DeleteSnapshotRequest, SnapshotId=snapshot)
    cloud.clock.advance(LONG)

    assert cloud.state() == before
    assert [call.action for call in cloud.log.writes()] == WRITES


def _capture(cloud: Emulator, client: Older) -> tuple[str, str]:
    """The snapshot of the server's system disk and the custom image made of it."""
    servers = client.ask(ListInstancesRequest, PageSize=100)["Instances"]
    server = next(s["InstanceId"] for s in servers if s["InstanceName"] == "shop")
    disks = client.ask(ListDisksRequest, InstanceId=server, DiskType="system")["Disks"]
    order = {"DiskId": disks[0]["DiskId"], "SnapshotName": "before"}
    snapshot = client.ask(CreateSnapshotRequest, **order)["SnapshotId"]
    cloud.clock.advance(60)
    wanted = json.dumps([snapshot])
    (taken,) = client.ask(ListSnapshotsRequest, SnapshotIds=wanted)["Snapshots"]
    assert taken["Status"] == "progressing"
    cloud.clock.advance(LONG)
    (taken,) = client.ask(ListSnapshotsRequest, SnapshotIds=wanted)["Snapshots"]
    assert (taken["Status"], taken["Progress"]) == ("accomplished", "100%")

    parts = {"InstanceId": server, "SystemSnapshotId": snapshot, "Description": "by the older SDK"}
    image = client.ask(CreateCustomImageRequest, ImageName="golden", **parts)["ImageId"]
    cloud.clock.advance(LONG)
    (made,) = client.ask(ListCustomImagesRequest, ImageIds=json.dumps([image]))["CustomImages"]
    assert (made["Status"], made["Description"]) == (AVAILABLE, "by the older SDK")
    return snapshot, image


def _copied(cloud: Emulator, source: Older, destination: Older, image: str, **order: Any) -> dict[str, Any]:
    """The finished copy as its region shows it."""
    copy = source.ask(CopyImageRequest, ImageId=image, **order)["ImageId"]
    cloud.clock.advance(60)
    assert _image(destination, copy, Status="Creating")["ImageOwnerAlias"] == "self"
    cloud.clock.advance(LONG)
    return _image(destination, copy)


def _image(client: Older, image: str, **filters: Any) -> dict[str, Any]:
    answer = client.ask(DescribeImagesRequest, ImageId=image, **filters)
    (found,) = answer["Images"]["Image"]
    assert answer["TotalCount"] == 1
    return dict(found)


def _delete(client: Older, image: dict[str, Any]) -> None:
    """Delete an ECS image, and then the snapshot that it leaves, which could not go before."""
    (mapping,) = image["DiskDeviceMappings"]["DiskDeviceMapping"]
    snapshot = {"SnapshotId": mapping["SnapshotId"]}
    assert refusal(client, DeleteEcsSnapshot, **snapshot) == (403, "SnapshotCreatedImage")
    client.ask(DeleteImageRequest, ImageId=image["ImageId"])
    client.ask(DeleteEcsSnapshot, **snapshot)
