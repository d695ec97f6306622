"""ECS: the catalogue of instance types, restarts and tags, through the door."""

from __future__ import annotations

import pytest

from swaslift.cloud import Cloud
from swaslift.emulator import Emulator
from swaslift.errors import ConflictError, NotFoundError
from tests.cloud.doors import REGION, door
from tests.cloud.oracle import Field, compare

TYPE: dict[str, Field] = {
    "id": "InstanceTypeId",
    "cpu": "CpuCoreCount",
    "memory": "MemorySize",
    "architecture": "CpuArchitecture",
    "nvme_support": "NvmeSupport",
}


@pytest.fixture
def client(cloud: Emulator) -> Cloud:
    return door(cloud)


def test_the_whole_catalogue(client: Cloud) -> None:
    sent = client.caller.read("ecs", "DescribeInstanceTypes", REGION, {})
    items = sent["InstanceTypes"]["InstanceType"]
    compare(client.ecs.all_instance_types(REGION), items, TYPE, where=False)


def test_types_of_a_size(client: Cloud) -> None:
    everything = list(client.ecs.all_instance_types(REGION))
    found = list(client.ecs.all_instance_types(REGION, min_cpu=2, max_cpu=4, min_memory=8, max_memory=16))
    assert found == [t for t in everything if 2 <= t.cpu <= 4 and 8 <= t.memory <= 16]
    assert 0 < len(found) < len(everything)
    arm = list(client.ecs.all_instance_types(REGION, architecture="ARM"))
    assert arm == [t for t in everything if t.architecture == "ARM"]


def test_a_running_instance_is_restarted(cloud: Emulator, client: Cloud) -> None:
    client.ecs.reboot_instance(REGION, "i-emulator-web-old")
    assert [(c.action, c.params) for c in cloud.log.writes()] == [
        ("RebootInstance", {"InstanceId": "i-emulator-web-old"})
    ]
    (found,) = client.ecs.describe_instances(REGION, ids=["i-emulator-web-old"])
    assert found.status == "Starting"
    with pytest.raises(ConflictError):
        client.ecs.reboot_instance(REGION, "i-emulator-web-old")


def test_tags_are_set_and_removed(client: Cloud) -> None:
    (before,) = client.ecs.describe_instances(REGION, ids=["i-emulator-idle"])
    client.ecs.tag_resources(REGION, "instance", [before.id], {"a": "1", "empty": ""})
    client.ecs.tag_resources(REGION, "instance", [before.id], {"a": "2"})
    (found,) = client.ecs.describe_instances(REGION, ids=[before.id])
    assert found.tags == {**before.tags, "a": "2", "empty": ""}
    client.ecs.untag_resources(REGION, "instance", [before.id], ["a", "empty", "none"])
    (found,) = client.ecs.describe_instances(REGION, ids=[before.id])
    assert found.tags == before.tags
    with pytest.raises(NotFoundError):
        client.ecs.tag_resources(REGION, "image", ["m-none"], {"a": "1"})
