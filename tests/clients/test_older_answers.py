"""What the older Python SDK makes of refusals, of both formats, of wrong secrets and of repeated tokens."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Any

import pytest
from aliyunsdkcore.acs_exception.exceptions import ServerException
from aliyunsdkecs.request.v20140526.CopyImageRequest import CopyImageRequest
from aliyunsdkecs.request.v20140526.CreateSnapshotRequest import CreateSnapshotRequest as CreateEcsSnapshot
from aliyunsdkecs.request.v20140526.DescribeDisksRequest import DescribeDisksRequest
from aliyunsdkecs.request.v20140526.DescribeImagesRequest import DescribeImagesRequest
from aliyunsdkecs.request.v20140526.DescribeSnapshotsRequest import DescribeSnapshotsRequest
from aliyunsdkswas_open.request.v20200601.CreateSnapshotRequest import CreateSnapshotRequest
from aliyunsdkswas_open.request.v20200601.DeleteCustomImageRequest import DeleteCustomImageRequest
from aliyunsdkswas_open.request.v20200601.ListInstancesRequest import ListInstancesRequest
from aliyunsdkswas_open.request.v20200601.ListRegionsRequest import ListRegionsRequest
from aliyunsdkswas_open.request.v20200601.ModifyImageShareStatusRequest import ModifyImageShareStatusRequest

from tests.clients.older import Older, refusal
from tests.emulator.sdk import Sdk
from tests.emulator.swas_steps import SHOP, Steps

if TYPE_CHECKING:
    from swaslift.emulator import Emulator


@pytest.fixture
def shared(cloud: Emulator) -> str:
    """A custom image that is shared with ECS."""
    steps = Steps(cloud, Sdk(cloud))
    image = steps.image()
    steps.do("ModifyImageShareStatus", ImageId=image, Operation="Share")
    cloud.clock.advance(60)
    cloud.log.clear()
    return image


def test_the_documented_code_is_the_one_of_the_exception(cloud: Emulator, shared: str) -> None:
    client = Older(cloud)
    assert refusal(client, DeleteCustomImageRequest, ImageId=shared) == (400, "CustomImageInShare")
    wrong = {"ImageId": shared, "Operation": "Lend"}
    assert refusal(client, ModifyImageShareStatusRequest, **wrong) == (400, "InvalidParam.OperationIllegal")
    away = {"ImageId": shared, "DestinationRegionId": "cn-shanghai"}
    assert refusal(client, CopyImageRequest, **away) == (403, "OperationDenied.SameRegionOnly")
    assert refusal(client, ListInstancesRequest, PageSize="many") == (403, "InvalidParam")
    assert cloud.log.writes() == []


def test_the_request_id_of_a_refusal_is_the_one_of_the_log(cloud: Emulator) -> None:
    with pytest.raises(ServerException, match=r"InvalidImageId\.NotFound") as refused:
        Older(cloud).ask(DeleteCustomImageRequest, ImageId="m-nobody")
    assert refused.value.get_request_id() == cloud.log[-1].request_id


@pytest.mark.parametrize(
    ("kind", "given", "rows"),
    [
        (ListInstancesRequest, {"PageSize": 100}, "Instances"),
        (ListRegionsRequest, {}, "Regions"),
        (DescribeImagesRequest, {"ImageOwnerAlias": "system"}, "Images/Image"),
    ],
)
def test_xml_says_the_same_as_json(cloud: Emulator, kind: type, given: dict[str, Any], rows: str) -> None:
    client = Older(cloud)
    plain = json.loads(client.text(kind, "JSON", **given))
    root = ET.fromstring(client.text(kind, "XML", **given))
    assert root.tag == kind.__name__.replace("Request", "Response")
    assert len(root.findall(rows)) > 1
    request_id = root.find("RequestId")
    assert request_id is not None
    assert request_id.text != plain["RequestId"]
    root.remove(request_id)
    assert _shape(root) == _written({k: v for k, v in plain.items() if k != "RequestId"})


@pytest.mark.parametrize("accept", ["XML", None])
def test_xml_is_what_the_older_form_answers_of_itself(cloud: Emulator, accept: str | None) -> None:
    good = ET.fromstring(Older(cloud).text(ListInstancesRequest, accept, InstanceName="shop"))
    assert good.findtext("Instances/InstanceId") == SHOP
    bad = ET.fromstring(Older(cloud).text(DeleteCustomImageRequest, accept, ImageId="m-nobody"))
    assert (bad.tag, bad.findtext("Code")) == ("Error", "InvalidImageId.NotFound")


def test_a_wrong_secret_is_told_from_a_wrong_signature(cloud: Emulator) -> None:
    # SWAS answers SignatureDoesNotMatch with the text that it signed; where the SDK signed the very
    # same text, it says that the secret is wrong.
    stranger = Older(cloud, secret="wrong")
    assert refusal(stranger, ListInstancesRequest, InstanceName="a b+c*~/ü 中&=%") == (
        400,
        "InvalidAccessKeySecret",
    )
    assert cloud.log[-1].code == "SignatureDoesNotMatch"
    assert refusal(stranger, DescribeImagesRequest) == (400, "IncompleteSignature")


def test_a_token_repeated_makes_one_snapshot(cloud: Emulator) -> None:
    client, disk = Older(cloud), Steps(cloud, Sdk(cloud)).disk(SHOP)
    order = {"DiskId": disk, "SnapshotName": "once", "ClientToken": "token-1"}
    first, second = (client.ask(CreateSnapshotRequest, **order) for _ in range(2))
    assert first["SnapshotId"] == second["SnapshotId"]
    assert first["RequestId"] != second["RequestId"]
    assert len(cloud.log.writes()) == 1
    other = order | {"SnapshotName": "twice"}
    assert refusal(client, CreateSnapshotRequest, **other) == (400, "IdempotentParameterMismatch")


def test_what_the_client_repeats_by_itself_is_done_once(cloud: Emulator) -> None:
    cloud.faults.lose_answer("CreateSnapshot")
    client = Older(cloud, retry=True)
    disk = client.ask(DescribeDisksRequest)["Disks"]["Disk"][0]["DiskId"]
    order = {"DiskId": disk, "SnapshotName": "once", "ClientToken": "token-1"}
    snapshot = client.ask(CreateEcsSnapshot, **order)["SnapshotId"]
    assert [(call.fault, call.replayed) for call in cloud.log.of("CreateSnapshot")] == [
        ("lose_answer", False),
        (None, True),
    ]
    cloud.clock.advance(60)
    found = client.ask(DescribeSnapshotsRequest, SnapshotName="once")["Snapshots"]["Snapshot"]
    assert [row["SnapshotId"] for row in found] == [snapshot]


def _shape(element: ET.Element) -> Any:
    """Names and texts, each name with the list of what stood under it."""
    if len(element) == 0:
        return element.text or ""
    grouped: dict[str, list[Any]] = {}
    for child in element:
        grouped.setdefault(child.tag, []).append(_shape(child))
    return grouped


def _written(value: Any) -> Any:
    """The same of JSON: numbers and booleans as texts, what is empty as nothing."""
    if isinstance(value, dict):
        inner = {k: [_written(i) for i in (v if isinstance(v, list) else [v])] for k, v in value.items()}
        return {k: v for k, v in inner.items() if v} or ""
    return str(value).lower() if isinstance(value, bool) else str(value)
