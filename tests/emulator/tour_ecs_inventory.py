"""The inventory of the tour of ECS: the default one, and what no action of the contract can make.

That is what other products and other actions would have left: a dedicated host, an elastic address, a
GPU, an image of the marketplace, a script that ran in a container.
"""

from __future__ import annotations

from typing import Any

from swaslift.emulator.inventory import default
from tests.emulator.ecs_guide import REGION

BASE = "m-emulator-base-hz"
RICH = "i-tour-rich"
GPU_TYPE = "ecs.gn5-c4g1.xlarge"

_INSTANCE = {
    "AdditionalInfo": {"ManagedHostId": "mh-tour", "NodeSerialNumber": "node-tour"},
    "ClockOptions": {"PtpStatus": "enabled"},
    "ClusterId": "c-tour",
    "CpuOptions": {
        "EnableVISST": True,
        "EnableVRDT": True,
        "NestedVirtualization": "enabled",
        "Numa": "ON",
        "TopologyType": "DiscreteCoreToHTMapping",
        "TurboMode": "ON",
    },
    "DedicatedHostAttribute": {
        "DedicatedHostClusterId": "dc-tour",
        "DedicatedHostId": "dh-tour",
        "DedicatedHostName": "tour",
    },
    "DedicatedInstanceAttribute": {"Affinity": "default", "Tenancy": "host"},
    "DeploymentSetGroupNo": 1,
    "DeploymentSetId": "ds-tour",
    "EcsCapacityReservationAttr": {
        "CapacityReservationId": "cr-tour",
        "CapacityReservationPreference": "open",
    },
    "EipAddress": {
        "AllocationId": "eip-tour",
        "Bandwidth": 5,
        "InternetChargeType": "PayByTraffic",
        "IpAddress": "203.0.113.30",
        "IsSupportUnassociate": True,
    },
    "EnableNVS": True,
    "HpcClusterId": "hpc-tour",
    "ISP": "ISP1",
    "InnerIpAddress": {"IpAddress": ["10.170.0.5"]},
    "MetadataOptions": {"InstanceMetadataTags": "enabled"},
    "NetworkInterfaces": {
        "NetworkInterface": [
            {
                "Ipv4PrefixSets": {"Ipv4PrefixSet": [{"Ipv4Prefix": "172.20.2.64/28"}]},
                "Ipv6PrefixSets": {"Ipv6PrefixSet": [{"Ipv6Prefix": "2001:db8:1::/80"}]},
                "Ipv6Sets": {"Ipv6Set": [{"Ipv6Address": "2001:db8::5", "Primary": True}]},
                "PrivateIpSets": {"PrivateIpSet": [{"PrivateDnsName": "tour.ecs.internal"}]},
            }
        ]
    },
    "PrivateDnsNameOptions": {
        "EnableInstanceIdDnsAAAARecord": True,
        "EnableInstanceIdDnsARecord": True,
        "EnableIpDnsARecord": True,
        "EnableIpDnsPtrRecord": True,
        "HostnameType": "IpBased",
    },
    "RdmaIpAddress": {"IpAddress": ["10.190.0.5"]},
    "VlanId": "10",
    "VpcAttributes": {"NatIpAddress": "172.20.2.250"},
}
_DISK = {
    "AutoSnapshotPolicyId": "sp-tour",
    "BdfId": "0000:00:06.0",
    "EnableAutomatedSnapshotPolicy": True,
    "ProductCode": "jxsc000204",
    "ProvisionedIops": 1000,
    "SourceDiskId": "d-tour-source",
    "StorageClusterId": "dbsc-tour",
    "StorageSetId": "ss-tour",
    "StorageSetPartitionNumber": 2,
}
_TYPE = {
    "CpuOptions": {"NestedVirtualizationSupport": "supported"},
    "EnhancedNetwork": {"ExpressSupport": True},
    "GPUAmount": 1,
    "GPUMemorySize": 16.0,
    "GPUSpec": "NVIDIA P100",
    "LocalStorageAmount": 1,
    "LocalStorageCapacity": 440,
    "LocalStorageCategory": "local_ssd_pro",
    "NetworkInfo": {
        "BandwidthWeighting": {
            "WeightingInfos": {
                "WeightingInfo": [
                    {
                        "EbsBandwidth": 2000,
                        "EbsBurstBandwidth": 4000,
                        "Name": "Vpc-L1",
                        "VpcBandwidth": 3000,
                        "VpcBurstBandwidth": 6000,
                    }
                ]
            }
        }
    },
}
_IMAGE = {
    "DetectionOptions": {
        "Items": {
            "Item": [
                {"Name": "CLOUD_INIT", "RiskCode": "CLOUD_INIT.NONE", "RiskLevel": "high", "Value": "none"}
            ]
        },
        "Status": "Finished",
    },
    "DiskDeviceMappings": {
        "DiskDeviceMapping": [
            {"Format": "QCOW2", "ImportOSSBucket": "tour", "ImportOSSObject": "images/base.qcow2"}
        ]
    },
    "ProductCode": "jxsc000204",
    "SupplierName": "a supplier",
}
_ZONE = {
    "AvailableDedicatedHostTypes": {"DedicatedHostType": ["ddh.g7"]},
    "AvailableVolumeCategories": {"VolumeCategories": ["san_ssd"]},
    "DedicatedHostGenerations": {"DedicatedHostGeneration": ["ddh-7"]},
}
_RULE = {
    "DestGroupId": "sg-tour-dest",
    "DestGroupName": "dest",
    "DestGroupOwnerAccount": "6543210987654321",
    "DestPrefixListId": "pl-tour-dest",
    "DestPrefixListName": "dest",
    "Ipv6DestCidrIp": "2001:db8::/32",
    "PortRangeListId": "prl-tour",
    "PortRangeListName": "ports",
    "SourcePrefixListName": "offices",
}
_RESULT = {
    "ContainerId": "containerd://tour",
    "ContainerName": "tour",
    "Launcher": 'python3 -u {{ACS::ScriptFileName|Ext(".py")}}',
    "OssOutputDelivery": "oss://tour/output",
    "OssOutputErrorCode": "BucketNotFound",
    "OssOutputErrorInfo": "The bucket does not exist.",
    "OssOutputStatus": "Failed",
    "OssOutputUri": "oss://tour/output/t-tour",
}


def inventory() -> dict[str, Any]:
    """The default one, with a subscription, a script that answers, and all the rest."""
    data = default()
    ecs = data["ecs"]
    ecs["command_replies"] = [{"contains": "uptime", "output": "up 3 days\n", "documented": _RESULT}]
    ecs["instances"][0] |= {"charge_type": "PrePaid", "expires_in_days": 20}
    failed = {"id": "t-tour-failed", "action": "ImportImage", "resource_id": BASE, "status": "Failed"}
    ecs["tasks"].append({"region_id": REGION, **failed})
    _catalogue(ecs)
    _network(ecs["vpcs"][0])
    _one(ecs["images"], BASE)["documented"] = _IMAGE
    ecs["instances"].append(_instance(ecs["instances"][0]))
    snapshot = {"InstantAccess": True, "InstantAccessRetentionDays": 3, "ProductCode": "jxsc000204"}
    ecs["snapshots"] = [{"id": "s-tour-old", "disk_id": "d-tour-rich", "documented": snapshot}]
    return data


def _one(entries: list[dict[str, Any]], wanted: str) -> dict[str, Any]:
    return next(e for e in entries if e["id"] == wanted)


def _catalogue(ecs: dict[str, Any]) -> None:
    _one(ecs["regions"], REGION)["zones"][0]["documented"] = _ZONE
    gpu = _one(ecs["instance_types"], "ecs.g7.xlarge") | {"id": GPU_TYPE, "family": "ecs.gn5"}
    ecs["instance_types"].append(gpu | {"category": "GPU", "documented": _TYPE})
    ecs["prices"]["image_hour"] = {BASE: 0.1}
    ecs["documented_attributes"] = {
        "max-dedicated-hosts": {
            "Count": 2,
            "DiskCategory": "cloud_essd",
            "ExpiredTime": "2027-01-01T00:00:00Z",
        }
    }


def _network(vpc: dict[str, Any]) -> None:
    vpc["vswitches"][0]["resource_group_id"] = "rg-tour"
    group = vpc["security_groups"][0]
    group["documented"] = {"ServiceID": 7, "SnapshotPolicyIds": {"SnapshotPolicyId": ["sp-tour"]}}
    rule = {"protocol": "TCP", "ports": "8443/8443", "source_prefix_list": "pl-tour", "documented": _RULE}
    group["rules"].append(rule)


def _instance(like: dict[str, Any]) -> dict[str, Any]:
    """An instance that has all that an instance can have."""
    return {
        "id": RICH,
        "name": "rich",
        "instance_type": GPU_TYPE,
        "image_id": like["image_id"],
        "vswitch_id": like["vswitch_id"],
        "security_group_ids": like["security_group_ids"],
        "system_disk": {"id": "d-tour-rich", "size": 40, "documented": _DISK},
        "documented": _INSTANCE,
    }
