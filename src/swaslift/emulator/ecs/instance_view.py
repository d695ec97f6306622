"""How an instance looks in ``DescribeInstances`` and ``DescribeInstanceAttribute``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from swaslift.emulator.ecs import documented
from swaslift.emulator.ecs.rules import tag_body
from swaslift.emulator.ecs.times import to_minute

if TYPE_CHECKING:
    from datetime import datetime

    from swaslift.emulator.ecs.records import Instance
    from swaslift.emulator.ecs.state import EcsState

_LOCK_MESSAGES = {
    "security": "The instance is locked for security reasons.",
    "financial": "The instance is locked because of overdue payments.",
    "ReplaceSystemDisk": "The system disk is being replaced.",
}


def _common(state: EcsState, instance: Instance, now: datetime) -> dict[str, Any]:
    """What both actions say."""
    instance_type = state.catalog.types[instance.type_id]
    address = instance.public_address(now)
    memory = int(instance_type.memory * 1024)
    return {
        "ClusterId": "",
        "Cpu": instance_type.cpu,
        "CreationTime": to_minute(instance.created_at),
        "CreditSpecification": "Standard" if instance_type.credits else "",
        "DedicatedHostAttribute": {"DedicatedHostId": "", "DedicatedHostName": ""},
        "Description": instance.description,
        "EipAddress": {"AllocationId": "", "InternetChargeType": "", "IpAddress": ""},
        "ExpiredTime": to_minute(instance.expires_at) if instance.expires_at else "2099-12-31T15:59Z",
        "HostName": instance.host_name,
        "ImageId": instance.image_id,
        "InnerIpAddress": {"IpAddress": []},
        "InstanceChargeType": instance.charge_type,
        "InstanceId": instance.id,
        "InstanceName": instance.name,
        "InstanceNetworkType": "vpc",
        "InstanceType": instance.type_id,
        "InternetChargeType": instance.internet_charge_type,
        "InternetMaxBandwidthIn": instance.bandwidth_in,
        "InternetMaxBandwidthOut": instance.bandwidth_out,
        "Memory": memory,
        "PublicIpAddress": {"IpAddress": [address] if address else []},
        "RegionId": instance.region_id,
        "SecurityGroupIds": {"SecurityGroupId": list(instance.security_group_ids)},
        "SecurityOptions": {"EnableSecureBoot": False},
        "SerialNumber": f"{instance.id.removeprefix('i-')}-serial",
        "Status": instance.status(now),
        "StoppedMode": instance.stopped_mode,
        "VlanId": "",
        "VpcAttributes": {
            "NatIpAddress": "",
            "PrivateIpAddress": {"IpAddress": [instance.private_ip]},
            "VSwitchId": instance.vswitch_id,
            "VpcId": instance.vpc_id,
        },
        "ZoneId": instance.zone_id,
    }


def instance_body(
    state: EcsState, instance: Instance, now: datetime, *, meta: bool = False
) -> dict[str, Any]:
    """An entry of ``DescribeInstances``."""
    instance_type = state.catalog.types[instance.type_id]
    traits = instance.traits
    locks = [
        {"LockMsg": _LOCK_MESSAGES.get(reason, ""), "LockReason": reason}
        for reason in instance.lock_reasons(now)
    ]
    interface = {
        "MacAddress": instance.mac,
        "NetworkInterfaceId": instance.eni_id,
        "PrimaryIpAddress": instance.private_ip,
        "PrivateIpSets": {
            "PrivateIpSet": [{"Primary": True, "PrivateIpAddress": instance.private_ip}],
        },
        "Type": "Primary",
        "Ipv4PrefixSets": {"Ipv4PrefixSet": []},
        "Ipv6PrefixSets": {"Ipv6PrefixSet": []},
        "Ipv6Sets": {"Ipv6Set": []},
    }
    body = _common(state, instance, now) | {
        "AdditionalInfo": {"EnableHighDensityMode": False},
        "AutoReleaseTime": to_minute(instance.release_at) if instance.release_at else "",
        "CpuOptions": {
            "CoreCount": max(1, instance_type.cpu // 2),
            "Numa": "",
            "ThreadsPerCore": 1 if instance_type.architecture == "ARM" else 2,
        },
        "DedicatedHostAttribute": {
            "DedicatedHostClusterId": "",
            "DedicatedHostId": "",
            "DedicatedHostName": "",
        },
        "DedicatedInstanceAttribute": {"Affinity": "", "Tenancy": ""},
        "DeletionProtection": instance.deletion_protection,
        "DeploymentSetId": "",
        "DeviceAvailable": True,
        "EcsCapacityReservationAttr": {"CapacityReservationId": "", "CapacityReservationPreference": ""},
        "GPUAmount": 0,
        "GPUSpec": "",
        "HibernationOptions": {"Configured": False},
        "HpcClusterId": "",
        "ISP": "",
        "ImageOptions": {"CurrentOSNVMeSupported": traits.nvme, "LoginAsNonRoot": instance.non_root},
        "InstanceTypeFamily": instance_type.family,
        "IoOptimized": True,
        "KeyPairName": instance.key_pair,
        "LocalStorageAmount": 0,
        "LocalStorageCapacity": 0,
        "NetworkInterfaces": {"NetworkInterface": [interface]},
        "OSName": traits.os_name,
        "OSNameEn": traits.os_name_en,
        "OSType": traits.os_type,
        "OperationLocks": {"LockReason": locks},
        "RdmaIpAddress": {"IpAddress": []},
        "Recyclable": False,
        "ResourceGroupId": instance.resource_group_id,
        "SaleCycle": instance.sale_cycle,
        "SpotDuration": 1 if instance.spot_strategy != "NoSpot" else 0,
        "SpotInterruptionBehavior": "Terminate" if instance.spot_strategy != "NoSpot" else "",
        "SpotPriceLimit": instance.spot_price_limit,
        "SpotStrategy": instance.spot_strategy,
        "StartTime": _started(instance, now),
        "Tags": tag_body(instance.tags),
    }
    body["EipAddress"]["IsSupportUnassociate"] = False
    if meta:
        body["MetadataOptions"] = {
            "HttpEndpoint": instance.http_endpoint,
            "HttpPutResponseHopLimit": 1,
            "HttpTokens": instance.http_tokens,
        }
    given = {k: v for k, v in instance_type.documented.items() if k in documented.OF_ITS_TYPE}
    given |= {k: v for k, v in instance.documented.items() if meta or k != "MetadataOptions"}
    return documented.INSTANCE.put(body, given)


def _started(instance: Instance, now: datetime) -> str:
    when = instance.timeline.reached("Running")
    return to_minute(when) if when is not None and when <= now else ""


def attribute_body(state: EcsState, instance: Instance, now: datetime) -> dict[str, Any]:
    """The answer of ``DescribeInstanceAttribute``."""
    locks = [{"LockReason": reason} for reason in instance.lock_reasons(now)]
    body = _common(state, instance, now) | {
        "EnableJumboFrame": False,
        "EnableNetworkEncryption": False,
        "IoOptimized": "optimized",
        "NetworkOptions": {
            "BandwidthWeighting": "Vpc-L1",
            "EnableJumboFrame": False,
            "EnableNetworkEncryption": False,
        },
        "OperationLocks": {"LockReason": locks},
    }
    return documented.INSTANCE_ATTRIBUTE.put(body, instance.documented)
