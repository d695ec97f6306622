"""A scripted tour of every ECS action, through the SDK's own typed client.

`tour` returns the raw bodies of all answers by action, in the order in which they came. It moves the
emulator's clock, so it needs a virtual one.
"""

from __future__ import annotations

import json

from swaslift.emulator import Emulator
from tests.emulator.ecs_guide import Bodies, Guide
from tests.emulator.tour_ecs_inventory import BASE, RICH

ABROAD = "ap-southeast-1"
WEB, IDLE = "i-emulator-web-old", "i-emulator-idle"
VSWITCH, GROUP = "vsw-emulator-hz-i", "sg-emulator-hz-web"
PUBLIC = "ubuntu_22_04_x64_20G_alibase_20260915.vhd"
PARTNER = "6543210987654321"
KEY = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAQQC7 tour@example.com"
TAG = [{"Key": "run", "Value": "tour"}]


def tour(cloud: Emulator) -> Bodies:
    """Every action at least once."""
    guide = Guide(cloud)
    _look_around(guide)
    _sizes_and_prices(guide)
    group = _networks(cloud, guide)
    _keys(cloud, guide)
    instance = _instances(cloud, guide)
    _disks(cloud, guide, instance)
    image = _images(cloud, guide, instance)
    _copies(cloud, guide, image)
    _commands(cloud, guide, instance)
    _tags(guide, image)
    _groups_of(cloud, guide, instance, group)
    _replace(cloud, guide, image)
    guide.ask("DeleteInstance", InstanceId=instance, Force=True)
    return guide.bodies


def _look_around(guide: Guide) -> None:
    guide.ask("DescribeRegions", AcceptLanguage="zh-CN")
    guide.ask("DescribeZones")
    guide.ask("DescribeAvailableResource", DestinationResource="InstanceType")
    guide.ask("DescribeAvailableResource", DestinationResource="SystemDisk", InstanceType="ecs.g7.large")
    guide.ask("DescribeAccountAttributes")
    guide.ask("DescribeTasks")
    guide.ask("DescribeTaskAttribute", TaskId="t-emulator-export")
    guide.ask("DescribeTaskAttribute", TaskId="t-tour-failed")
    guide.ask("DescribeInstances", MaxResults=10, AdditionalAttributes=["META_OPTIONS"])
    guide.ask("DescribeInstances", PageSize=1)
    guide.ask("DescribeInstanceAttribute", InstanceId=WEB)
    guide.ask("DescribeInstanceAttribute", InstanceId=RICH)
    guide.ask("DescribeDisks", InstanceId=RICH)
    guide.ask("DescribeSnapshots", SnapshotIds=json.dumps(["s-tour-old"]))
    guide.ask("DescribeInstanceStatus")
    guide.ask("DescribeImages", Status="ALL", PageSize=100)


def _sizes_and_prices(guide: Guide) -> None:
    guide.ask("DescribeInstanceTypes")
    guide.ask("DescribeInstanceTypes", MaxResults=2)
    guide.ask("DescribeInstanceTypeFamilies")
    guide.ask(
        "DescribeRecommendInstanceType", NetworkType="vpc", Cores=2, Memory=8.0, PriorityStrategy="PriceFirst"
    )
    guide.ask(
        "DescribePrice",
        InstanceType="ecs.g7.large",
        ImageId=PUBLIC,
        SystemDisk={"Category": "cloud_essd", "Size": 40},
        DataDisk=[{"Category": "cloud_essd", "Size": 100}],
        InternetChargeType="PayByBandwidth",
        InternetMaxBandwidthOut=5,
        PriceUnit="Month",
    )
    guide.ask("DescribePrice", InstanceType="ecs.g7.large", ImageId=BASE)


def _networks(cloud: Emulator, guide: Guide) -> str:
    vpc = guide.ask("CreateVpc", VpcName="tour", CidrBlock="10.10.0.0/16", Description="a tour")["VpcId"]
    cloud.clock.advance(10)
    guide.ask(
        "CreateVSwitch", VpcId=vpc, ZoneId="cn-hangzhou-i", CidrBlock="10.10.1.0/24", Description="a tour"
    )
    group = guide.ask(
        "CreateSecurityGroup",
        VpcId="vpc-emulator-hz",
        SecurityGroupName="tour",
        Description="a tour",
        Tag=TAG,
    )["SecurityGroupId"]
    cloud.clock.advance(10)
    rules = [
        {"IpProtocol": "TCP", "PortRange": "22/22", "SourceCidrIp": "203.0.113.0/24", "Description": "ssh"},
        {"IpProtocol": "UDP", "PortRange": "53/53", "SourceGroupId": GROUP, "Priority": "5"},
        {"IpProtocol": "TCP", "PortRange": "80/80", "Ipv6SourceCidrIp": "2001:db8::/32"},
        {
            "IpProtocol": "TCP",
            "PortRange": "443/443",
            "SourceCidrIp": "198.51.100.0/24",
            "SourcePortRange": "1/65535",
            "DestCidrIp": "172.20.2.0/24",
        },
        {"IpProtocol": "TCP", "PortRange": "25/25", "SourcePrefixListId": "pl-tour", "Policy": "drop"},
    ]
    guide.ask("AuthorizeSecurityGroup", SecurityGroupId=group, Permissions=rules)
    guide.ask("DescribeSecurityGroupAttribute", SecurityGroupId=group, Direction="all")
    guide.ask("DescribeSecurityGroupAttribute", SecurityGroupId=GROUP)
    guide.ask("RevokeSecurityGroup", SecurityGroupId=group, Permissions=rules[4:])
    guide.ask("AuthorizeSecurityGroup", SecurityGroupId=group, Permissions=_many_rules())
    guide.ask("DescribeSecurityGroupAttribute", SecurityGroupId=group, MaxResults=10)
    guide.ask("DescribeSecurityGroups", MaxResults=1)
    guide.ask("DescribeSecurityGroups", PageSize=50)
    guide.ask("DescribeVpcs", PageSize=50)
    guide.ask("DescribeVSwitches", PageSize=50)
    return str(group)


def _many_rules() -> list[dict[str, str]]:
    return [
        {"IpProtocol": "TCP", "PortRange": f"{8000 + n}/{8000 + n}", "SourceCidrIp": "203.0.113.7/32"}
        for n in range(10)
    ]


def _keys(cloud: Emulator, guide: Guide) -> None:
    guide.ask("ImportKeyPair", KeyPairName="brought", PublicKeyBody=KEY, Tag=TAG, ResourceGroupId="rg-tour")
    guide.ask("CreateKeyPair", KeyPairName="tour", Tag=TAG)
    guide.ask("AttachKeyPair", KeyPairName="tour", InstanceIds=json.dumps([WEB, "i-unknown"]))
    guide.ask("DetachKeyPair", KeyPairName="tour", InstanceIds=json.dumps([WEB]))
    cloud.clock.advance(10)
    guide.ask("DescribeKeyPairs", IncludePublicKey=True)


def _instances(cloud: Emulator, guide: Guide) -> str:
    instance = guide.ask(
        "RunInstances",
        ImageId=PUBLIC,
        InstanceType="ecs.t6-c1m1.large",
        VSwitchId=VSWITCH,
        SecurityGroupId=GROUP,
        SystemDisk={"Category": "cloud_essd", "Size": "40", "DiskName": "root", "Description": "the root"},
        DataDisk=[{"Size": 20, "Category": "cloud_essd", "DiskName": "data", "Encrypted": "true"}],
        InstanceName="tour",
        Description="a tour",
        KeyPairName="ops",
        InternetMaxBandwidthOut=5,
        SpotStrategy="SpotWithPriceLimit",
        SpotPriceLimit=0.3,
        AutoReleaseTime="2026-12-01T00:00:00Z",
        ResourceGroupId="rg-tour",
        Tag=TAG,
        ClientToken="tour-run",
    )["InstanceIdSets"]["InstanceIdSet"][0]
    guide.ask(
        "RunInstances",
        ImageId=PUBLIC,
        InstanceType="ecs.e-c1m2.large",
        VSwitchId=VSWITCH,
        SecurityGroupId=GROUP,
        InstanceChargeType="PrePaid",
        Period=1,
    )
    cloud.clock.advance(120)
    guide.ask("DescribeInstances", InstanceIds=json.dumps([instance]), AdditionalAttributes=["META_OPTIONS"])
    guide.ask("DescribeInstances", LockReason="security")
    guide.ask("ModifyInstanceAttribute", InstanceId=instance, InstanceName="tour-2", HostName="tour-2")
    guide.ask("DescribeInstanceAttribute", InstanceId="i-emulator-locked")
    guide.ask("RebootInstance", InstanceId=instance)
    cloud.clock.advance(120)
    guide.ask("StopInstance", InstanceId=instance, StoppedMode="StopCharging")
    cloud.clock.advance(60)
    guide.ask("DescribeInstanceAttribute", InstanceId=instance)
    guide.ask("StartInstance", InstanceId=instance)
    cloud.clock.advance(120)
    guide.ask("GetInstanceConsoleOutput", InstanceId=instance)
    guide.ask("GetInstanceScreenshot", InstanceId=instance)
    bare = guide.ask(
        "RunInstances",
        ImageId=PUBLIC,
        InstanceType="ecs.g7.large",
        VSwitchId=VSWITCH,
        SecurityGroupId=GROUP,
    )["InstanceIdSets"]["InstanceIdSet"][0]
    cloud.clock.advance(120)
    cloud.world.ecs.instances.get(bare).bandwidth_out = 5  # type: ignore[union-attr]  # just made
    guide.ask("AllocatePublicIpAddress", InstanceId=bare)
    return str(instance)


def _disks(cloud: Emulator, guide: Guide, instance: str) -> None:
    disks = guide.ask("DescribeDisks", InstanceId=instance)["Disks"]["Disk"]
    data = next(d["DiskId"] for d in disks if d["Type"] == "data")
    guide.ask("TagResources", ResourceType="disk", ResourceId=[data], Tag=TAG)
    snapshot = guide.ask(
        "CreateSnapshot",
        DiskId=data,
        SnapshotName="tour",
        Description="a tour",
        RetentionDays=7,
        ResourceGroupId="rg-tour",
        Tag=TAG,
    )["SnapshotId"]
    guide.ask("DescribeSnapshots", SnapshotIds=json.dumps([snapshot]))
    cloud.clock.advance(10)
    guide.ask("DescribeSnapshots", SnapshotIds=json.dumps([snapshot]))
    cloud.clock.advance(900)
    guide.ask("DescribeSnapshots", MaxResults=1)
    guide.ask("DetachDisk", InstanceId=instance, DiskId=data)
    cloud.clock.advance(200)
    guide.ask("DescribeDisks", DiskIds=json.dumps([data]), AdditionalAttributes=["IOPS", "Placement"])
    guide.ask("AttachDisk", InstanceId=instance, DiskId=data)
    cloud.clock.advance(60)
    guide.ask("DescribeDisks", MaxResults=10)
    made = guide.ask(
        "RunInstances",
        ImageId=BASE,
        InstanceType="ecs.g7.large",
        VSwitchId=VSWITCH,
        SecurityGroupId=GROUP,
        SystemDisk={"Category": "cloud_essd", "Size": "40", "Encrypted": "true", "KMSKeyId": "key-tour"},
        DataDisk=[{"SnapshotId": snapshot, "Category": "cloud_essd", "Size": 20}],
        ResourceGroupId="rg-tour",
        Amount=6,
    )["InstanceIdSets"]["InstanceIdSet"][0]
    cloud.clock.advance(120)
    guide.ask("DescribeDisks", InstanceId=made)
    guide.ask("DescribeDisks", MaxResults=10)
    guide.ask("DescribeInstances", MaxResults=10)
    cloud.world.ecs.disks.get(data).locks.append("security")  # type: ignore[union-attr]  # just made
    cloud.world.ecs.disks.get(data).resource_group_id = "rg-tour"  # type: ignore[union-attr]  # just made
    guide.ask("DescribeDisks", DiskIds=json.dumps([data]))
    guide.ask("StopInstance", InstanceId=instance)
    cloud.clock.advance(60)
    guide.ask("ReInitDisk", DiskId=disks[0]["DiskId"], AutoStartInstance=True)
    cloud.clock.advance(300)
    guide.ask("DeleteSnapshot", SnapshotId=snapshot, Force=True)


def _images(cloud: Emulator, guide: Guide, instance: str) -> str:
    image = guide.ask(
        "CreateImage",
        InstanceId=instance,
        ImageName="tour",
        ImageFamily="tour",
        ImageVersion="1",
        Description="a tour",
        ResourceGroupId="rg-tour",
        Tag=TAG,
    )["ImageId"]
    cloud.clock.advance(60)
    guide.ask("DescribeImages", ImageId=image, Status="Creating,Available")
    cloud.clock.advance(2000)
    guide.ask("DescribeImages", ImageId=image)
    guide.ask("ModifyImageAttribute", ImageId=image, Description="another description")
    guide.ask("DescribeImageSupportInstanceTypes", ImageId=image)
    guide.ask("ModifyImageSharePermission", ImageId=BASE, AddAccount=[PARTNER])
    guide.ask("DescribeImageSharePermission", ImageId=BASE)
    guide.ask("DescribeImages", ImageId=BASE)
    partner = Guide(cloud, "LTAIemulator0001")
    guide.bodies["DescribeImages"].append(partner.ask("DescribeImages", ImageOwnerAlias="others"))
    guide.ask("ModifyImageSharePermission", ImageId=BASE, RemoveAccount=[PARTNER])
    guide.ask("ModifyImageSharePermission", ImageId=BASE, IsPublic=True)
    guide.ask("DescribeImageSharePermission", ImageId=BASE)
    guide.ask("ModifyImageSharePermission", ImageId=BASE, IsPublic=False)
    return str(image)


def _copies(cloud: Emulator, guide: Guide, image: str) -> None:
    one = guide.ask(
        "CopyImage", ImageId=image, DestinationRegionId=ABROAD, Encrypted=True, KMSKeyId="key-tour", Tag=TAG
    )["ImageId"]
    cloud.clock.advance(3)
    guide.ask("DescribeImages", RegionId=ABROAD, ImageId=one, Status="ALL")
    guide.ask("CancelCopyImage", RegionId=ABROAD, ImageId=one)
    two = guide.ask(
        "CopyImage",
        ImageId=image,
        DestinationRegionId=ABROAD,
        DestinationImageName="tour-abroad",
        Encrypted=True,
        KMSKeyId="key-tour",
        ResourceGroupId="rg-tour",
    )["ImageId"]
    cloud.clock.advance(4000)
    guide.ask("DescribeImages", RegionId=ABROAD, ImageId=two)
    guide.ask("DescribeSnapshots", RegionId=ABROAD, ResourceGroupId="")
    guide.ask("DeleteImage", RegionId=ABROAD, ImageId=two)


def _commands(cloud: Emulator, guide: Guide, instance: str) -> None:
    good = guide.ask(
        "RunCommand",
        Type="RunShellScript",
        CommandContent="uptime",
        InstanceId=[instance],
        Name="up",
        Tag=TAG,
    )["InvokeId"]
    guide.ask("RunCommand", Type="RunShellScript", CommandContent="exit 3", InstanceId=[instance])
    cloud.clock.advance(2)
    guide.ask("DescribeCloudAssistantStatus", InstanceId=[instance])
    cloud.clock.advance(30)
    guide.ask("DescribeInvocationResults", InvokeId=good)
    guide.ask("DescribeInvocationResults", InstanceId=instance, MaxResults=1)
    guide.ask("DescribeCloudAssistantStatus", PageSize=1)
    guide.ask("DescribeCloudAssistantStatus", MaxResults=1)
    slow = guide.ask(
        "RunCommand", Type="RunShellScript", CommandContent="sleep 50", InstanceId=[instance, IDLE]
    )
    cloud.clock.advance(5)
    guide.ask("StopInvocation", InvokeId=slow["InvokeId"])
    guide.ask("DescribeInvocationResults", InvokeId=slow["InvokeId"])


def _tags(guide: Guide, image: str) -> None:
    many = [{"Key": f"k{n}", "Value": str(n)} for n in range(18)]
    for resource in (WEB, IDLE, "i-emulator-locked"):
        guide.ask("TagResources", ResourceType="instance", ResourceId=[resource], Tag=many)
    guide.ask("ListTagResources", ResourceType="instance", ResourceId=[WEB, IDLE, "i-emulator-locked"])
    guide.ask("ListTagResources", ResourceType="image", ResourceId=[image])
    guide.ask("UntagResources", ResourceType="image", ResourceId=[image], All=True)


def _groups_of(cloud: Emulator, guide: Guide, instance: str, group: str) -> None:
    guide.ask("JoinSecurityGroup", InstanceId=instance, SecurityGroupId=group)
    cloud.world.ecs.security_groups.get(group).resource_group_id = "rg-tour"  # type: ignore[union-attr]  # just made
    guide.ask("DescribeSecurityGroups", SecurityGroupId=group)
    guide.ask("LeaveSecurityGroup", InstanceId=instance, SecurityGroupId=group)
    guide.ask("DeleteSecurityGroup", SecurityGroupId=group)


def _replace(cloud: Emulator, guide: Guide, image: str) -> None:
    plain = guide.ask("CreateSnapshot", DiskId="d-emulator-idle")["SnapshotId"]
    cloud.clock.advance(900)
    made = guide.ask("CreateImage", SnapshotId=plain, ImageName="of-idle")["ImageId"]
    cloud.clock.advance(300)
    guide.ask("ReplaceSystemDisk", InstanceId=IDLE, ImageId=made, SystemDisk={"Size": 60})
    guide.ask("DescribeInstances", InstanceIds=json.dumps([IDLE]))
    cloud.clock.advance(60)
    guide.ask("DeleteImage", ImageId=image)
