"""Records as the service describes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from swaslift.emulator.swas.lookup import at

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from swaslift.emulator.swas.records import (
        CustomImage,
        Disk,
        FirewallRule,
        KeyPair,
        Plan,
        Server,
        Snapshot,
    )
    from swaslift.emulator.world import World


def tags(of: Mapping[str, str]) -> list[dict[str, str]]:
    """Tags as SWAS lists them."""
    return [{"Key": key, "Value": value} for key, value in of.items()]


def filled(fields: dict[str, Any]) -> dict[str, Any]:
    """Without the fields that have no value."""
    return {name: value for name, value in fields.items() if value is not None and value != ""}


def disk_kind(world: World, kind: str) -> str:
    """``system`` or ``data``, in the letter case of the quirk."""
    return kind.capitalize() if world.quirks.swas_letter_case == "capitalized" else kind


def snapshot_status(world: World, status: str) -> str:
    """A snapshot status, in the letter case of the quirk."""
    return status.lower() if world.quirks.swas_letter_case == "lower" else status


def plan(one: Plan) -> dict[str, Any]:
    """One of ``ListPlans``."""
    return {
        "Bandwidth": one.bandwidth,
        "Core": one.core,
        "Currency": one.currency,
        "DiskSize": one.disk_size,
        "DiskType": one.disk_type,
        "Flow": one.flow,
        "IspType": "BGP",
        "Memory": one.memory,
        "OriginPrice": f"{one.price:.2f}".rstrip("0").rstrip("."),
        "PlanId": one.plan_id,
        "PlanType": one.plan_type,
        "PublicIpNum": "1",
        "SupportPlatform": platforms(one),
        "Tags": [{"CnTitle": cn, "EnTitle": en, "Color": color} for cn, en, color in one.tags],
    }


def platforms(one: Plan) -> str:
    """A JSON array as text, as the service has it."""
    return "[" + ",".join(f'"{name}"' for name in one.platforms) + "]"


def server(world: World, one: Server, now: datetime) -> dict[str, Any]:
    """One of ``ListInstances``."""
    owned = world.swas.plans[one.plan_id]
    expired = one.expired(now)
    return filled(
        {
            "BusinessStatus": "Expired" if expired else "Normal",
            "ChargeType": "PrePaid",
            "Combination": bool(one.combination_of),
            "CombinationInstanceId": one.combination_of,
            "CreationTime": at(one.created),
            "DdosStatus": one.ddos_status,
            "DisableReason": "EXPIRED" if expired else None,
            "Disks": [disk_of_server(world, world.swas.disks[i], now) for i in one.disk_ids],
            "ExpiredTime": at(one.expires_at(now)),
            "Image": image_of_server(world, one),
            "ImageId": one.image_id,
            "InnerIpAddress": one.inner_ip,
            "InstanceId": one.server_id,
            "InstanceName": one.name,
            "NetworkAttributes": [
                {
                    "PeakBandwidth": owned.bandwidth,
                    "PrivateIpAddress": one.inner_ip,
                    "PublicIpAddress": one.public_ip,
                    "PublicIpDdosStatus": one.ddos_status,
                }
            ],
            "PlanId": one.plan_id,
            "PlanType": owned.plan_type,
            "PublicIpAddress": one.public_ip,
            "RegionId": one.region_id,
            "ResourceGroupId": one.resource_group_id,
            "ResourceSpec": {
                "Bandwidth": owned.bandwidth,
                "Cpu": owned.core,
                "DiskCategory": owned.disk_type,
                "DiskSize": world.swas.system_disk(one).size,
                "Flow": float(owned.flow),
                "Memory": owned.memory,
            },
            "Status": one.status_at(now),
            "Tags": tags(one.tags),
            "Uuid": one.uuid,
        }
    )


def image_of_server(world: World, one: Server) -> dict[str, Any]:
    """The image behind a server; of a deleted custom image only the platform is known."""
    stock = world.swas.stock_images.get(one.image_id)
    custom = world.swas.images.get(one.image_id)
    if stock is not None:
        return {
            "ImageContact": "https://example.com/support",
            "ImageIconUrl": f"https://example.com/icons/{stock.image_id}.png",
            "ImageName": stock.name,
            "ImageType": stock.kind,
            "ImageVersion": stock.version,
            "OsType": one.platform,
        }
    if custom is not None:
        return filled(
            {
                "ImageName": custom.name,
                "ImageType": "custom",
                "ImageVersion": custom.source_image_version,
                "OsType": one.platform,
            }
        )
    return {"ImageType": "custom", "OsType": one.platform}


def disk_of_server(world: World, one: Disk, now: datetime) -> dict[str, Any]:
    """A disk inside ``ListInstances``: its tags have another name there."""
    fields = disk(world, one, now)
    fields["DiskTags"] = fields.pop("Tags")
    del fields["InstanceId"], fields["InstanceName"]
    return fields


def disk(world: World, one: Disk, now: datetime) -> dict[str, Any]:
    """One of ``ListDisks``."""
    return filled(
        {
            "Category": one.category,
            "CreationTime": at(one.created),
            "Device": one.device,
            "DiskChargeType": "PrePaid",
            "DiskId": one.disk_id,
            "DiskName": one.name,
            "DiskType": disk_kind(world, one.kind),
            "InstanceId": one.server_id,
            "InstanceName": world.swas.servers[one.server_id].name,
            "RegionId": one.region_id,
            "Remark": one.remark,
            "ResourceGroupId": one.resource_group_id,
            "Size": one.size,
            "Status": one.status.at(now),
            "Tags": tags(one.tags),
        }
    )


def snapshot(world: World, one: Snapshot, now: datetime) -> dict[str, Any]:
    """One of ``ListSnapshots``: the server is named for system-disk snapshots only."""
    return filled(
        {
            "CreationTime": at(one.created),
            "InstanceId": one.server_id if one.disk_kind == "system" else None,
            "Progress": f"{one.progress(now)}%",
            "RegionId": one.region_id,
            "Remark": one.remark,
            "ResourceGroupId": one.resource_group_id,
            "RollbackTime": at(one.rolled_back) if one.rolled_back else None,
            "SnapshotId": one.snapshot_id,
            "SnapshotName": one.name,
            "SourceDiskId": one.disk_id,
            "SourceDiskType": disk_kind(world, one.disk_kind),
            "Status": snapshot_status(world, one.status.at(now)),
            "Tags": tags(one.tags),
        }
    )


def image(world: World, one: CustomImage, now: datetime) -> dict[str, Any]:
    """One of ``ListCustomImages``."""
    return filled(
        {
            "CreateInstances": [i for i in one.created_servers if world.swas.server_exists(i, now)],
            "CreationTime": at(one.created),
            "DataSnapshotId": one.data_snapshot_id,
            "DataSnapshotName": one.data_snapshot_name,
            "Description": one.description,
            "ImageId": one.image_id,
            "InShare": one.in_share,
            "InShareUser": bool(one.share_accounts),
            "InstanceId": one.server_id,
            "InstanceName": one.server_name,
            "Name": one.name,
            "OsType": one.platform,
            "RegionId": one.region_id,
            "RequiredDataDiskSize": one.data_disk_size,
            "RequiredSystemDiskSize": one.system_disk_size,
            "ResourceGroupId": one.resource_group_id,
            "SourceImageName": one.source_image_name,
            "SourceImageVersion": one.source_image_version,
            "Status": one.status.at(now),
            "SystemSnapshotId": one.system_snapshot_id,
            "SystemSnapshotName": one.system_snapshot_name,
            "Tags": tags(one.tags),
            "UserId": int(one.account_id),
        }
    )


def received_image(world: World, one: CustomImage, now: datetime) -> dict[str, Any]:
    """An image of another account: what only its owner may know is left out, and its data disk too."""
    hidden = {
        "CreateInstances",
        "DataSnapshotId",
        "DataSnapshotName",
        "InstanceId",
        "InstanceName",
        "ResourceGroupId",
        "SystemSnapshotId",
        "SystemSnapshotName",
        "Tags",
    }
    fields = {name: value for name, value in image(world, one, now).items() if name not in hidden}
    return fields | {"RequiredDataDiskSize": 0, "InShare": False}


def firewall_rule(one: FirewallRule) -> dict[str, Any]:
    """One of ``ListFirewallRules``."""
    return filled(
        {
            "Policy": one.policy,
            "Port": one.port,
            "Remark": one.remark,
            "RuleId": one.rule_id,
            "RuleProtocol": one.protocol,
            "SourceCidrIp": one.source,
            "Tags": tags(one.tags),
        }
    )


def key_pair(one: KeyPair) -> dict[str, Any]:
    """One of ``ListKeyPairs``."""
    return {
        "CreationTime": one.created.strftime("%Y-%m-%dT%H:%MZ"),
        "InstanceIds": list(one.server_ids),
        "KeyPairName": one.name,
        "PublicKey": one.public_key,
    }


def dump(world: World, account_id: str, now: datetime) -> dict[str, Any]:
    """Everything of one account by kind and id, without what merely passes."""
    swas = world.swas
    servers = swas.servers_of(account_id, now)
    snapshots = {s.snapshot_id: snapshot(world, s, now) for s in swas.snapshots_of(account_id, now)}
    for fields in snapshots.values():
        del fields["Progress"]
    return {
        "servers": {s.server_id: server(world, s, now) for s in servers},
        "disks": {d.disk_id: disk(world, d, now) for d in swas.disks_of(account_id, now)},
        "snapshots": snapshots,
        "custom_images": {
            i.image_id: image(world, i, now) | {"ShareAccounts": sorted(i.share_accounts)}
            for i in swas.images_of(account_id, now)
        },
        "firewall_rules": {
            r.rule_id: firewall_rule(r) | {"InstanceId": s.server_id}
            for s in servers
            for r in s.firewall.values()
        },
        "key_pairs": {
            f"{p.region_id}/{p.name}": key_pair(p)
            for p in swas.key_pairs.values()
            if p.account_id == account_id
        },
    }
