"""From what SWAS answers to records."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from swaslift.cloud.parse import flag, number, percent, tags, text, when
from swaslift.models import (
    CustomImage,
    FirewallRule,
    Invocation,
    InvocationResult,
    Server,
    ServerDisk,
    ServerKeyPair,
    ServerPlan,
    SharedAccount,
    Snapshot,
    StockImage,
)

Item = Mapping[str, Any]


def disk(item: Item, server_id: str, **where: Any) -> ServerDisk:
    """A disk of a server (``ListDisks``, and in ``ListInstances``)."""
    # Documented as system|data and as System|Data.
    kind = str(item.get("DiskType", "")).lower()
    return ServerDisk(
        **where,
        id=item["DiskId"],
        server_id=server_id,
        name=item.get("DiskName", ""),
        kind="data" if kind == "data" else "system",
        size=number(item.get("Size")),
        category=item.get("Category", ""),
        device=item.get("Device", ""),
        status=item.get("Status", ""),
    )


def server(item: Item, **where: Any) -> Server:
    """A server (``ListInstances``)."""
    image = item.get("Image") or {}
    spec = item.get("ResourceSpec") or {}
    os_name = " ".join(filter(None, (image.get("ImageName"), image.get("ImageVersion"))))
    # Where it is, which need not be where it was asked for: the service goes by its endpoint.
    where["region_id"] = item.get("RegionId") or where["region_id"]
    return Server(
        **where,
        id=item["InstanceId"],
        name=item.get("InstanceName", ""),
        status=item.get("Status", ""),
        business_status=item.get("BusinessStatus", "Normal"),
        disable_reason=item.get("DisableReason", ""),
        image_id=item.get("ImageId", ""),
        os_type=image.get("OsType", ""),
        os_name=os_name,
        plan_id=item.get("PlanId", ""),
        cpu=number(spec.get("Cpu")),
        memory=float(spec.get("Memory") or 0),
        public_ip=item.get("PublicIpAddress", ""),
        private_ip=item.get("InnerIpAddress", ""),
        disks=tuple(disk(d, item["InstanceId"], **where) for d in item.get("Disks") or ()),
        created_at=when(item.get("CreationTime")),
        expires_at=when(item.get("ExpiredTime")),
        tags=tags(item.get("Tags")),
    )


def snapshot(item: Item, **where: Any) -> Snapshot:
    """A snapshot (``ListSnapshots``)."""
    return Snapshot(
        **where,
        id=item["SnapshotId"],
        name=item.get("SnapshotName", ""),
        disk_id=item.get("SourceDiskId", ""),
        disk_kind=str(item.get("SourceDiskType", "")).lower(),
        server_id=item.get("InstanceId", ""),
        # Spelled with a capital in the documents, in lower case in a provider's code.
        status=str(item.get("Status", "")).capitalize(),
        progress=percent(item.get("Progress")),
        created_at=when(item.get("CreationTime")),
        tags=tags(item.get("Tags")),
    )


def image(item: Item, **where: Any) -> CustomImage:
    """A custom image (``ListCustomImages``)."""
    return CustomImage(
        **where,
        id=item["ImageId"],
        name=item.get("Name", ""),
        status=str(item.get("Status", "")),
        owner_id=str(item.get("UserId") or ""),
        server_id=item.get("InstanceId", ""),
        server_name=item.get("InstanceName", ""),
        system_snapshot_id=item.get("SystemSnapshotId", ""),
        data_snapshot_id=item.get("DataSnapshotId", ""),
        system_disk_size=number(item.get("RequiredSystemDiskSize")),
        data_disk_size=number(item.get("RequiredDataDiskSize")),
        os_type=item.get("OsType", ""),
        shared_to_ecs=flag(item.get("InShare")),
        shared_to_accounts=flag(item.get("InShareUser")),
        source_image=" ".join(filter(None, (item.get("SourceImageName"), item.get("SourceImageVersion")))),
        used_by=tuple(item.get("CreateInstances") or ()),
        description=item.get("Description", ""),
        created_at=when(item.get("CreationTime")),
        tags=tags(item.get("Tags")),
    )


def stock_image(item: Item, **where: Any) -> StockImage:
    """A system or app image (``ListImages``)."""
    return StockImage(
        **where,
        id=item["ImageId"],
        name=item.get("ImageName", ""),
        kind="app" if item.get("ImageType") == "app" else "system",
        os_type=item.get("Platform", ""),
        description=item.get("Description", ""),
    )


def shared_account(item: Item) -> SharedAccount:
    """An account that an image is shared with (``ListCustomImageShareAccounts``)."""
    return SharedAccount(account_id=str(item["UserId"]), shared_at=when(item.get("SharedTime")))


def invocation(item: Item, server_id: str, **where: Any) -> Invocation:
    """A command that was sent to a server (``DescribeInvocations``)."""
    return Invocation(
        **where,
        id=item["InvokeId"],
        server_id=server_id,
        name=item.get("CommandName", ""),
        kind=item.get("CommandType", ""),
        content=text(item.get("CommandContent")),
        status=item.get("InvocationStatus", ""),
    )


def invocation_result(item: Item, **where: Any) -> InvocationResult:
    """What came of a command in a server (``DescribeInvocationResult``)."""
    return InvocationResult(
        **where,
        id=item["InvokeId"],
        server_id=item["InstanceId"],
        status=item.get("InvocationStatus", ""),
        output=text(item.get("Output")),
        exit_code=item.get("ExitCode"),
        error_code=item.get("ErrorCode", ""),
        error_info=item.get("ErrorInfo", ""),
        user=item.get("InvokeUser", ""),
        started_at=when(item.get("StartTime")),
        finished_at=when(item.get("FinishedTime")),
    )


def server_plan(item: Item, region_id: str) -> ServerPlan:
    """A plan that is sold in a region (``ListPlans``)."""
    return ServerPlan(
        id=item["PlanId"],
        region_id=region_id,
        cpu=number(item.get("Core")),
        memory=float(item.get("Memory") or 0),
        disk_size=number(item.get("DiskSize")),
        disk_type=item.get("DiskType", ""),
        bandwidth=number(item.get("Bandwidth")),
        traffic=number(item.get("Flow")),
        # A string in newer answers, a number in older ones.
        price=float(item.get("OriginPrice") or 0),
        currency=item.get("Currency", ""),
        platforms=tuple(json.loads(item.get("SupportPlatform") or "[]")),
        kind=item.get("PlanType", ""),
    )


def firewall_rule(item: Item, server_id: str, **where: Any) -> FirewallRule:
    """A firewall rule of a server (``ListFirewallRules``)."""
    return FirewallRule(
        **where,
        id=item["RuleId"],
        server_id=server_id,
        protocol=item.get("RuleProtocol", ""),
        port=item.get("Port", ""),
        source=item.get("SourceCidrIp", ""),
        policy=item.get("Policy", "accept"),
        remark=item.get("Remark", ""),
        tags=tags(item.get("Tags")),
    )


def key_pair(item: Item, **where: Any) -> ServerKeyPair:
    """An SSH key pair (``ListKeyPairs``)."""
    return ServerKeyPair(
        **where,
        name=item["KeyPairName"],
        public_key=item.get("PublicKey", ""),
        server_ids=tuple(item.get("InstanceIds") or ()),
        created_at=when(item.get("CreationTime")),
    )
