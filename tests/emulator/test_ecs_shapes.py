"""The answers of every ECS action have the documented shape, and the SDK knows every field."""

from __future__ import annotations

from fnmatch import fnmatchcase

import pytest
from alibabacloud_ecs20140526 import models

from swaslift.emulator import Emulator
from swaslift.emulator.ecs import ECS
from tests.emulator.conftest import START
from tests.emulator.ecs_guide import Bodies
from tests.emulator.shapes import TYPES, fields, present, values
from tests.emulator.tour_ecs import inventory, tour

ACTIONS = sorted(ECS.contract.actions)
_INSTANCE = "DescribeInstances:Instances.Instance[]"
_TYPE = "DescribeInstanceTypes:InstanceTypes.InstanceType[]"
_IMAGE = "DescribeImages:Images.Image[]"
_DISK = "DescribeDisks:Disks.Disk[]"
_RULE = "DescribeSecurityGroupAttribute:Permissions.Permission[]"
_RESULT = "DescribeInvocationResults:Invocation.InvocationResults.InvocationResult[]"
_ZONE = "DescribeZones:Zones.Zone[]"

NEVER_FILLED: dict[str, list[str]] = {
    "the emulator has no dedicated hosts and no dedicated deployments": [
        f"{_INSTANCE}.DedicatedHostAttribute.*",
        f"{_INSTANCE}.DedicatedInstanceAttribute.*",
        f"{_INSTANCE}.DeploymentSet*",
        f"{_INSTANCE}.EcsCapacityReservationAttr.*",
        f"{_INSTANCE}.AdditionalInfo.ManagedHostId",
        f"{_INSTANCE}.AdditionalInfo.NodeSerialNumber",
        "DescribeInstanceAttribute:DedicatedHostAttribute.*",
        f"{_ZONE}.AvailableDedicatedHostTypes.*",
        f"{_ZONE}.DedicatedHostGenerations.*",
    ],
    "the emulator sells no GPU, HPC, RDMA or local storage types": [
        f"{_INSTANCE}.GPUSpec",
        f"{_INSTANCE}.HpcClusterId",
        f"{_INSTANCE}.RdmaIpAddress.*",
        f"{_TYPE}.GPUSpec",
        f"{_TYPE}.LocalStorage*",
    ],
    "clusters, VLANs, inner addresses and providers belong to the retired classic network": [
        f"{_INSTANCE}.ClusterId",
        f"{_INSTANCE}.VlanId",
        f"{_INSTANCE}.InnerIpAddress.*",
        f"{_INSTANCE}.ISP",
        f"{_INSTANCE}.VpcAttributes.NatIpAddress",
        "DescribeInstanceAttribute:ClusterId",
        "DescribeInstanceAttribute:VlanId",
        "DescribeInstanceAttribute:InnerIpAddress.*",
        "DescribeInstanceAttribute:VpcAttributes.NatIpAddress",
    ],
    "elastic addresses, IPv6 and private DNS are set by actions outside the contract": [
        f"{_INSTANCE}.EipAddress.*",
        "DescribeInstanceAttribute:EipAddress.*",
        f"{_INSTANCE}.NetworkInterfaces.NetworkInterface[].Ipv*",
        f"{_INSTANCE}.NetworkInterfaces.NetworkInterface[].PrivateIpSets.PrivateIpSet[].PrivateDnsName",
        f"{_INSTANCE}.PrivateDnsNameOptions.*",
    ],
    "CPU, clock and network tuning is outside the contract": [
        f"{_INSTANCE}.ClockOptions.*",
        f"{_INSTANCE}.CpuOptions.*",
        f"{_INSTANCE}.EnableNVS",
        f"{_INSTANCE}.MetadataOptions.InstanceMetadataTags",
        f"{_TYPE}.CpuOptions.NestedVirtualizationSupport",
        f"{_TYPE}.EnhancedNetwork.ExpressSupport",
        f"{_TYPE}.NetworkInfo.*",
    ],
    "images are not imported from OSS, checked or bought in the marketplace here": [
        f"{_IMAGE}.DetectionOptions.*",
        f"{_IMAGE}.DiskDeviceMappings.DiskDeviceMapping[].Format",
        f"{_IMAGE}.DiskDeviceMappings.DiskDeviceMapping[].ImportOSS*",
        f"{_IMAGE}.ProductCode",
        f"{_IMAGE}.SupplierName",
        f"{_DISK}.ProductCode",
        "DescribeSnapshots:Snapshots.Snapshot[].ProductCode",
        "DescribePrice:PriceInfo.RelatedPrice.*",
    ],
    "storage sets, dedicated storage, disk clones and snapshot policies are outside the contract": [
        f"{_DISK}.AutoSnapshotPolicyId",
        f"{_DISK}.BdfId",
        f"{_DISK}.ProvisionedIops",
        f"{_DISK}.SourceDiskId",
        f"{_DISK}.Storage*",
        "DescribeSnapshots:Snapshots.Snapshot[].InstantAccessRetentionDays",
        f"{_ZONE}.AvailableVolumeCategories.*",
    ],
    "outbound group rules, named lists and managed groups are made by actions outside the contract": [
        f"{_RULE}.DestGroup*",
        f"{_RULE}.DestPrefixList*",
        f"{_RULE}.Ipv6DestCidrIp",
        f"{_RULE}.PortRangeList*",
        f"{_RULE}.SourcePrefixListName",
        "DescribeSecurityGroupAttribute:SnapshotPolicyIds.*",
        "DescribeSecurityGroups:SecurityGroups.SecurityGroup[].ServiceID",
        "DescribeVSwitches:VSwitches.VSwitch[].ResourceGroupId",
    ],
    "scripts run neither in containers nor through launchers, and deliver nothing to OSS": [
        f"{_RESULT}.Container*",
        f"{_RESULT}.Launcher",
        f"{_RESULT}.OssOutput*",
    ],
    "quotas of the emulator have a value only": [
        "DescribeAccountAttributes:AccountAttributeItems.AccountAttributeItem[].AttributeValues.ValueItem[].Count",
        "DescribeAccountAttributes:AccountAttributeItems.AccountAttributeItem[].AttributeValues.ValueItem[].Disk*",
        "DescribeAccountAttributes:AccountAttributeItems.AccountAttributeItem[].AttributeValues.ValueItem[].Exp*",
    ],
}
"""Documented fields that this emulator never fills, by reason."""


@pytest.fixture(scope="module")
def bodies() -> Bodies:
    with Emulator(inventory(), speed=None, start=START, seed=1) as cloud:
        return tour(cloud)


def _excused(name: str) -> bool:
    patterns = [p.replace("[]", "[[]]") for group in NEVER_FILLED.values() for p in group]
    return any(fnmatchcase(name, p) for p in patterns)


def test_every_action_of_the_contract_is_served() -> None:
    assert sorted(ECS.handlers) == ACTIONS


@pytest.mark.parametrize("action", ACTIONS)
def test_the_sdk_reads_every_field_of_the_answer(bodies: Bodies, action: str) -> None:
    kind = getattr(models, f"{action}ResponseBody")
    for body in bodies[action]:
        assert kind().from_map(body).to_map() == body


@pytest.mark.parametrize("action", ACTIONS)
def test_every_documented_field_is_filled_with_its_type(bodies: Bodies, action: str) -> None:
    for path, kind in fields(ECS.contract.actions[action]["response"]):
        found = [value for body in bodies[action] for value in values(body, path)]
        assert [v for v in found if type(v) not in TYPES[kind]] == [], f"{action} {path} is no {kind}"
        if not _excused(f"{action}:{path}"):
            assert [v for v in found if v not in {"", None}], f"{action} never fills {path}"


@pytest.mark.parametrize("action", ACTIONS)
def test_no_answer_has_an_undocumented_field(bodies: Bodies, action: str) -> None:
    documented = {path for path, _ in fields(ECS.contract.actions[action]["response"])}
    for body in bodies[action]:
        assert set(present(body)) <= documented


def test_no_excuse_stands_for_a_field_that_does_not_exist() -> None:
    known = [
        f"{action}:{path}"
        for action in ACTIONS
        for path, _ in fields(ECS.contract.actions[action]["response"])
    ]
    for group in NEVER_FILLED.values():
        for pattern in group:
            assert [k for k in known if fnmatchcase(k, pattern.replace("[]", "[[]]"))], pattern
