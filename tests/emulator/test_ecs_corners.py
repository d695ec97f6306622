"""Preconditions that need a setting of their own, and the inventory of ECS."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from swaslift.emulator import Emulator, InventoryError
from swaslift.emulator.ecs.copy_queue import SLOTS
from swaslift.emulator.ecs.work import NEVER, Work
from swaslift.emulator.inventory import default
from tests.emulator.conftest import START
from tests.emulator.ecs_steps import ABROAD, BASE, CENTOS, IDLE, PUBLIC, REGION, WEB, WIN, Ecs
from tests.emulator.swas_steps import Steps

if TYPE_CHECKING:
    from collections.abc import Callable

SYSTEM, DATA = "d-emulator-idle", "d-emulator-idle-data"


# Work: stage and progress as functions of the clock.


def test_work_is_a_function_of_the_clock() -> None:
    work = Work(START, 100.0)
    seen = [
        (work.stage(START + timedelta(seconds=s)), work.percent(START + timedelta(seconds=s)))
        for s in (0, 50, 99.9)
    ]
    assert seen == [("running", 0), ("running", 50), ("running", 99)]
    done = START + timedelta(seconds=100)
    assert (work.stage(done), work.percent(done), work.remaining(done)) == ("done", 100, 0)
    assert work.remaining(START + timedelta(seconds=25)) == 75
    assert work.stage(START - timedelta(seconds=1)) == "waiting"


def test_failed_and_stalled_work_never_gets_far() -> None:
    late = START + timedelta(days=30)
    failed, stalled, unborn = Work(START, 100.0, "fail"), Work(START, 100.0, "stall"), Work(NEVER, 100.0)
    assert (failed.stage(late), failed.percent(late), failed.ends_at) == (
        "failed",
        60,
        START + timedelta(seconds=60),
    )
    assert (stalled.stage(late), stalled.percent(late), stalled.ends_at) == ("running", 50, NEVER)
    assert (unborn.stage(late), unborn.percent(late), unborn.ends_at) == ("waiting", 0, NEVER)


def test_never_more_copies_run_than_there_are_places(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    copies = [ecs.copy(i) for i in ecs.own_images(14)]
    records = [ecs.record("images", c) for c in copies]
    moments = sorted({r.work.starts_at for r in records} | {r.work.ends_at for r in records})
    for moment in moments:
        assert sum(r.work.stage(moment) == "running" for r in records) <= SLOTS
    starts = [r.work.starts_at for r in records]
    assert starts == sorted(starts)


# Disks.


def test_an_instance_has_at_most_seventeen_disks(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    full = ecs.running(DataDisk=[{"Size": 20, "Category": "cloud_essd"}] * 16)
    ecs.do("DetachDisk", InstanceId=IDLE, DiskId=DATA)
    ecs.wait(200)
    order = {"InstanceId": full, "DiskId": DATA}
    assert ecs.refused("AttachDisk", **order) == (403, "InstanceDiskLimitExceeded")


def test_a_system_disk_goes_to_no_other_instance_and_windows_takes_no_key(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    other = ecs.stopped(ImageId=WIN)
    windows = ecs.system_disk(other)["DiskId"]
    ecs.do("DetachDisk", InstanceId=IDLE, DiskId=SYSTEM)
    ecs.do("DetachDisk", InstanceId=other, DiskId=windows)
    ecs.wait(300)
    order = {"Bootable": True, "KeyPairName": "ops"}
    stray = order | {"InstanceId": IDLE, "DiskId": windows}
    assert ecs.refused("AttachDisk", **stray) == (400, "InvalidInstance.NotOriginInstance")
    own = order | {"InstanceId": other, "DiskId": windows}
    assert ecs.refused("AttachDisk", **own) == (403, "DependencyViolation.WindowsInstance")


def test_a_disk_between_two_states_stays_where_it_is(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    order = {"InstanceId": IDLE, "DiskId": DATA}
    ecs.do("DetachDisk", **order)
    assert ecs.refused("AttachDisk", **order) == (403, "IncorrectDiskStatus")
    ecs.wait(200)
    ecs.do("AttachDisk", **order)
    assert ecs.refused("DetachDisk", **order) == (403, "IncorrectDiskStatus")


# Images.


def test_an_instance_without_steady_disks_cannot_be_imaged(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    ecs.do("DetachDisk", InstanceId=IDLE, DiskId=SYSTEM)
    assert ecs.refused("CreateImage", InstanceId=IDLE) == (403, "IncorrectDiskStatus")
    ecs.wait(300)
    assert ecs.refused("CreateImage", InstanceId=IDLE) == (400, "InvalidInstance.NotFoundSystemDisk")


def test_the_request_can_say_what_a_snapshot_holds(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    snapshot = ecs.snapshot(SYSTEM)
    ecs.wait()
    image = ecs.do(
        "CreateImage",
        SnapshotId=snapshot,
        Platform="Debian",
        Architecture="arm64",
        BootMode="UEFI",
        Features={"ImdsSupport": "v2"},
    )["ImageId"]
    ecs.wait()
    seen = ecs.image(image)
    assert seen is not None
    assert (seen["Platform"], seen["Architecture"], seen["BootMode"]) == ("Debian", "arm64", "UEFI")
    assert seen["Features"]["ImdsSupport"] == "v2"


@pytest.mark.parametrize(
    ("key", "value", "found"),
    [
        ("CreationStartTime", "2026-06-30T00:00Z", False),
        ("CreationStartTime", "2026-01-01T00:00Z", True),
        ("NetworkType", "vpc", True),
        ("NetworkType", "classic", False),
        ("CpuOnlineUpgrade", "supported", True),
        ("CpuOnlineUpgrade", "unsupported", False),
    ],
)
def test_images_are_filtered_by_time_and_features(cloud: Emulator, key: str, value: str, found: bool) -> None:
    ids = {i["ImageId"] for i in Ecs(cloud).images(Filter=[{"Key": key, "Value": value}])}
    assert (BASE in ids) is found


def test_wrong_words_are_refused(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    wrong = [{"Key": "CpuOnlineUpgrade", "Value": "maybe"}]
    assert ecs.refused("DescribeImages", Filter=wrong) == (404, "InvalidFilterValue")
    assert ecs.refused("ModifyImageAttribute", ImageId=BASE, Status="Old") == (400, "InvalidParameter")
    assert ecs.refused("DescribeZones", AcceptLanguage="la") == (404, "InvalidAcceptLanguage.NotFound")


def test_types_can_be_asked_for_by_an_image_filter(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    one = [{"Key": "imageId", "Value": PUBLIC}]
    assert ecs.do("DescribeImageSupportInstanceTypes", Filter=one)["ImageId"] == PUBLIC


def test_user_data_needs_cloud_init(cloud: Emulator) -> None:
    data = default()
    data["ecs"]["images"].append(
        {"id": "m-bare", "name": "bare", "region_id": REGION, "size": 20, "cloud_init": False}
    )
    with Emulator(data, speed=None, start=START) as other:
        ecs = Ecs(other)
        text = base64.b64encode(b"#!/bin/sh\n").decode()
        order = ecs.order(ImageId="m-bare", UserData=text)
        assert ecs.refused("RunInstances", **order) == (400, "ImageNotSupportCloudInit")
        assert ecs.run(UserData=text)


def test_a_shared_encrypted_image_replaces_a_disk_by_an_encrypted_one_only(cloud: Emulator) -> None:
    ecs, partner = Ecs(cloud, "LTAIemulator0001"), Ecs(cloud)
    safe = partner.copy(to=REGION, name="safe", Encrypted=True, KMSKeyId="key-1")
    partner.wait()
    partner.do("ModifyImageSharePermission", ImageId=safe, AddAccount=["6543210987654321"])
    vpc = ecs.do("CreateVpc", CidrBlock="10.0.0.0/16")["VpcId"]
    ecs.wait(10)
    switch = ecs.do("CreateVSwitch", VpcId=vpc, ZoneId="cn-hangzhou-i", CidrBlock="10.0.0.0/24")["VSwitchId"]
    group = ecs.do("CreateSecurityGroup", VpcId=vpc)["SecurityGroupId"]
    ecs.wait(10)
    instance = ecs.stopped(VSwitchId=switch, SecurityGroupId=group)
    order = {"InstanceId": instance, "ImageId": safe}
    assert ecs.refused("ReplaceSystemDisk", **order) == (403, "InvalidEncrypted.NotMatchSnapshot")
    ecs.do("ReplaceSystemDisk", **order, Encrypted=True)


def test_the_default_disk_abroad_has_another_performance_level(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    made = ecs.run(RegionId=ABROAD, VSwitchId="vsw-emulator-sgp-a", SecurityGroupId="sg-emulator-sgp-web")
    ecs.wait(120)
    disk = ecs.system_disk(made, ABROAD)
    assert (disk["Category"], disk["PerformanceLevel"]) == ("cloud_essd", "PL1")


def test_a_zone_or_a_network_can_be_asked_for_too(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    for destination, value in (("Zone", "cn-hangzhou-h"), ("Network", "vpc"), ("IoOptimized", "optimized")):
        zones = ecs.do("DescribeAvailableResource", DestinationResource=destination)["AvailableZones"]
        resource = zones["AvailableZone"][0]["AvailableResources"]["AvailableResource"][0]
        assert resource["SupportedResources"]["SupportedResource"][0]["Value"] == value
    assert (
        ecs.do("DescribeAvailableResource", DestinationResource="ddh")["AvailableZones"]["AvailableZone"]
        == []
    )


def test_a_script_with_an_open_quote_is_read_word_by_word(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    order = {"Type": "RunShellScript", "CommandContent": "echo it's", "InstanceId": [WEB]}
    invoked = ecs.do("RunCommand", **order)["InvokeId"]
    ecs.wait(60)
    found = ecs.do("DescribeInvocationResults", InvokeId=invoked, ContentEncoding="PlainText")
    assert found["Invocation"]["InvocationResults"]["InvocationResult"][0]["Output"] == "it's\n"


# The dump and the inventory.


def test_the_state_holds_every_kind_and_nothing_that_merely_passes(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    image = ecs.shared()
    ecs.do("RunCommand", Type="RunShellScript", CommandContent="true", InstanceId=[WEB])
    ecs.do("ModifyImageSharePermission", ImageId=BASE, AddAccount=["6543210987654321"])
    state = cloud.state()
    mine = state["1234567890123456"]["ecs"]
    assert all(mine.values())
    assert mine["instances"][WEB]["Status"] == "Running"
    assert f"{image} (shared by SWAS)" in mine["images"]
    assert mine["image_shares"] == {BASE: {"Accounts": ["6543210987654321"]}}
    assert "Progress" not in json.dumps(mine)
    partner = {kind for kind, found in state["6543210987654321"]["ecs"].items() if found}
    assert partner == {"security_groups", "vpcs", "vswitches", "key_pairs"}
    assert json.loads(json.dumps(state)) == state


def test_reading_changes_nothing(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    before = cloud.state()
    for action in ("DescribeImages", "DescribeInstances", "DescribeDisks", "DescribeSnapshots"):
        ecs.do(action)
    ecs.refused("RunInstances", **ecs.order(ImageId="m-unknown"))
    assert cloud.state() == before


def _change(path: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(data: dict[str, Any]) -> None:
        *parts, last = path.split(".")
        at: Any = data["ecs"]
        for part in parts:
            at = at[int(part)] if part.isdigit() else at[part]
        at[last] = value

    return change


@pytest.mark.parametrize(
    ("path", "value", "key"),
    [
        ("colour", "red", "ecs.colour"),
        ("instances.0.colour", "red", "ecs.instances[0].colour"),
        ("instances.1.id", WEB, "ecs.instances[1].id"),
        ("instances.0.image_id", "m-unknown", "ecs.instances[0].image_id"),
        ("instances.0.vswitch_id", "vsw-unknown", "ecs.instances[0].vswitch_id"),
        ("instances.0.instance_type", "ecs.none", "ecs.instances[0].instance_type"),
        ("instances.0.status", "Sleeping", "ecs.instances[0].status"),
        ("instances.1.system_disk.id", "d-emulator-web-old", "ecs.instances[1].system_disk.id"),
        ("key_pairs.0.public_key", "none", "ecs.key_pairs[0].public_key"),
        ("vpcs.0.vswitches.0.zone_id", "cn-mars-a", "ecs.vpcs[0].vswitches[0].zone_id"),
        ("vpcs.0.region_id", "cn-mars", "ecs.vpcs[0].region_id"),
        (
            "tasks",
            [{"id": "t", "region_id": REGION, "action": "ExportImage", "resource_id": "m"}] * 2,
            "ecs.tasks[1].id",
        ),
        ("images.0.os_type", "bsd", "ecs.images[0].os_type"),
    ],
)
def test_a_wrong_inventory_names_the_key(path: str, value: Any, key: str) -> None:
    data = default()
    _change(path, value)(data)
    with pytest.raises(InventoryError) as caught:
        Emulator(data)
    assert caught.value.key == key


def test_an_empty_inventory_has_nothing_and_answers_so() -> None:
    data = default() | {"ecs": {}}
    with Emulator(data, speed=None, start=START) as cloud:
        ecs = Ecs(cloud)
        assert ecs.do("DescribeRegions")["Regions"]["Region"] == []
        assert ecs.refused("DescribeInstances") == (404, "InvalidRegionId.NotFound")


def test_an_old_system_has_no_nvme_driver(cloud: Emulator) -> None:
    ecs, swas = Ecs(cloud), Steps(cloud)
    image = swas.image()
    record = cloud.world.swas.images[image]
    record.source_image_name, record.source_image_version = "CentOS", "7.6"
    swas.do("ModifyImageShareStatus", ImageId=image, Operation="Share")
    ecs.wait(10)
    seen, stock = ecs.image(image), ecs.image(CENTOS)
    assert seen is not None
    assert stock is not None
    assert seen["Features"]["NvmeSupport"] == stock["Features"]["NvmeSupport"] == "unsupported"
    order = ecs.order(ImageId=image, InstanceType="ecs.g8i.large")
    assert ecs.refused("RunInstances", **order) == (403, "InvalidParameter.NotMatch")
