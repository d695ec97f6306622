"""From what SWAS answers to records."""

from __future__ import annotations

from typing import Any

from swaslift.cloud.parse import Fields
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

# Documented in one spelling and answered in others, so letter case is no part of them.
_DISK_KINDS = ("system", "data")
_SERVER_STATES = [
    "Pending",
    "Starting",
    "Running",
    "Stopping",
    "Stopped",
    "Resetting",
    "Upgrading",
    "Disabled",
]
_SNAPSHOT_STATES = ("Progressing", "Accomplished", "Failed")


def disk(item: Fields, server_id: str, **where: Any) -> ServerDisk:
    """A disk of a server (``ListDisks``, and in ``ListInstances``)."""
    return ServerDisk(
        **where,
        id=item.needed("DiskId"),
        server_id=server_id,
        name=item.text("DiskName"),
        kind=item.spelled("DiskType", *_DISK_KINDS),
        size=item.number("Size"),
        category=item.text("Category"),
        device=item.text("Device"),
        status=item.text("Status"),
    )


def server(item: Fields, **where: Any) -> Server:
    """A server (``ListInstances``)."""
    image, spec = item.inside("Image"), item.inside("ResourceSpec")
    server_id = item.needed("InstanceId")
    # Where it is, which need not be where it was asked for: the service goes by its endpoint.
    where["region_id"] = item.text("RegionId") or where["region_id"]
    return Server(
        **where,
        id=server_id,
        name=item.text("InstanceName"),
        status=item.spelled("Status", *_SERVER_STATES),
        business_status=item.spelled("BusinessStatus", "Normal", "Expired", "Overdue", absent="Normal"),
        disable_reason=item.text("DisableReason"),
        image_id=item.text("ImageId"),
        os_type=image.spelled("OsType", "Linux", "Windows"),
        os_name=" ".join(filter(None, (image.text("ImageName"), image.text("ImageVersion")))),
        plan_id=item.text("PlanId"),
        cpu=spec.number("Cpu"),
        memory=spec.decimal("Memory"),
        public_ip=item.text("PublicIpAddress"),
        private_ip=item.text("InnerIpAddress"),
        disks=tuple(disk(d, server_id, **where) for d in item.items("Disks")),
        created_at=item.when("CreationTime"),
        expires_at=item.when("ExpiredTime"),
        tags=item.tags("Tags"),
    )


def snapshot(item: Fields, **where: Any) -> Snapshot:
    """A snapshot (``ListSnapshots``)."""
    return Snapshot(
        **where,
        id=item.needed("SnapshotId"),
        name=item.text("SnapshotName"),
        disk_id=item.text("SourceDiskId"),
        disk_kind=item.spelled("SourceDiskType", *_DISK_KINDS),
        server_id=item.text("InstanceId"),
        status=item.spelled("Status", *_SNAPSHOT_STATES),
        progress=item.percent("Progress"),
        created_at=item.when("CreationTime"),
        tags=item.tags("Tags"),
    )


def image(item: Fields, **where: Any) -> CustomImage:
    """A custom image (``ListCustomImages``)."""
    return CustomImage(
        **where,
        id=item.needed("ImageId"),
        name=item.text("Name"),
        status=item.text("Status"),
        owner_id=item.text("UserId"),
        server_id=item.text("InstanceId"),
        server_name=item.text("InstanceName"),
        system_snapshot_id=item.text("SystemSnapshotId"),
        data_snapshot_id=item.text("DataSnapshotId"),
        system_disk_size=item.number("RequiredSystemDiskSize"),
        data_disk_size=item.number("RequiredDataDiskSize"),
        os_type=item.spelled("OsType", "Linux", "Windows"),
        shared_to_ecs=item.flag("InShare"),
        shared_to_accounts=item.flag("InShareUser"),
        source_image=" ".join(filter(None, (item.text("SourceImageName"), item.text("SourceImageVersion")))),
        used_by=item.texts("CreateInstances"),
        description=item.text("Description"),
        created_at=item.when("CreationTime"),
        tags=item.tags("Tags"),
    )


def stock_image(item: Fields, **where: Any) -> StockImage:
    """A system or app image (``ListImages``)."""
    return StockImage(
        **where,
        id=item.needed("ImageId"),
        name=item.text("ImageName"),
        kind=item.spelled("ImageType", "system", "app", "custom"),
        os_type=item.spelled("Platform", "Linux", "Windows"),
        description=item.text("Description"),
    )


def shared_account(item: Fields) -> SharedAccount:
    """An account that an image is shared with (``ListCustomImageShareAccounts``)."""
    return SharedAccount(account_id=item.needed("UserId"), shared_at=item.when("SharedTime"))


def invocation(item: Fields, server_id: str, **where: Any) -> Invocation:
    """A command that was sent to a server (``DescribeInvocations``)."""
    return Invocation(
        **where,
        id=item.needed("InvokeId"),
        server_id=server_id,
        name=item.text("CommandName"),
        kind=item.text("CommandType"),
        content=item.base64("CommandContent"),
        status=item.text("InvocationStatus"),
    )


def invocation_result(item: Fields, **where: Any) -> InvocationResult:
    """What came of a command in a server (``DescribeInvocationResult``)."""
    return InvocationResult(
        **where,
        id=item.needed("InvokeId"),
        server_id=item.needed("InstanceId"),
        status=item.text("InvocationStatus"),
        output=item.base64("Output"),
        exit_code=item.whole_number("ExitCode"),
        error_code=item.text("ErrorCode"),
        error_info=item.text("ErrorInfo"),
        user=item.text("InvokeUser"),
        started_at=item.when("StartTime"),
        finished_at=item.when("FinishedTime"),
    )


def server_plan(item: Fields, region_id: str) -> ServerPlan:
    """A plan that is sold in a region (``ListPlans``)."""
    return ServerPlan(
        id=item.needed("PlanId"),
        region_id=region_id,
        cpu=item.number("Core"),
        memory=item.decimal("Memory"),
        disk_size=item.number("DiskSize"),
        disk_type=item.text("DiskType"),
        bandwidth=item.number("Bandwidth"),
        traffic=item.number("Flow"),
        # A string in newer answers, a number in older ones.
        price=item.decimal("OriginPrice"),
        currency=item.text("Currency"),
        platforms=item.texts("SupportPlatform"),
        kind=item.text("PlanType"),
    )


def firewall_rule(item: Fields, server_id: str, **where: Any) -> FirewallRule:
    """A firewall rule of a server (``ListFirewallRules``)."""
    return FirewallRule(
        **where,
        id=item.needed("RuleId"),
        server_id=server_id,
        protocol=item.text("RuleProtocol"),
        port=item.text("Port"),
        source=item.text("SourceCidrIp"),
        policy=item.spelled("Policy", "accept", "drop", absent="accept"),
        remark=item.text("Remark"),
        tags=item.tags("Tags"),
    )


def key_pair(item: Fields, **where: Any) -> ServerKeyPair:
    """An SSH key pair (``ListKeyPairs``)."""
    return ServerKeyPair(
        **where,
        name=item.needed("KeyPairName"),
        public_key=item.text("PublicKey"),
        server_ids=item.texts("InstanceIds"),
        created_at=item.when("CreationTime"),
    )
