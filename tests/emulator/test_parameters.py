"""Every parameter that an SDK can send to a served action is acted on, or refused as not served."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

import pytest
from alibabacloud_ecs20140526 import models as ecs_models
from alibabacloud_ecs20140526.client import Client as EcsClient
from alibabacloud_swas_open20200601 import models as swas_models
from alibabacloud_swas_open20200601.client import Client as SwasClient

from swaslift.emulator import Emulator
from swaslift.emulator.ecs import ECS
from swaslift.emulator.front.params import COMMON, Schema
from swaslift.emulator.service import Service
from swaslift.emulator.swas import SWAS
from tests.emulator.conftest import START
from tests.emulator.reading import reads
from tests.emulator.sdk import REGION, Sdk, refusal

SERVED = [(service, action) for service in (SWAS, ECS) for action in sorted(service.handlers)]
MODELS = {"swas": swas_models, "ecs": ecs_models}

# What has no effect that a served action could show: a call with it is answered as without it.
WITHOUT_EFFECT = {
    ("ecs", "AttachDisk"): {"Force"},  # of disks of a category that is not sold here
    ("ecs", "DeleteInstance"): {"ForceStop"},
    ("ecs", "DescribeAvailableResource"): {"SpotDuration"},
    ("ecs", "DescribeImages"): {"ShowExpired"},  # no image expires
    ("ecs", "DescribeInstances"): {"NeedSaleCycle"},  # the answer always has it
    ("ecs", "DescribeInvocationResults"): {"IncludeHistory"},  # a command runs once
    ("ecs", "DescribePrice"): {  # the prices of the emulator are invented, and do not differ by these
        "DataDisk.N.PerformanceLevel",
        "InstanceNetworkType",
        "IoOptimized",
        "SpotDuration",
        "SpotStrategy",
        "SystemDisk.PerformanceLevel",
        "ZoneId",
    },
    ("ecs", "DescribeSecurityGroupAttribute"): {"Attribute"},  # the answer always has all
    ("ecs", "DescribeSecurityGroups"): {"IsQueryEcsCount"},  # the answer always has it
    ("ecs", "GetInstanceScreenshot"): {"WakeUp"},
    ("ecs", "ReInitDisk"): {"SecurityEnhancementStrategy"},
    ("ecs", "RebootInstance"): {"ForceStop"},
    ("ecs", "ReplaceSystemDisk"): {
        "Architecture",
        "Platform",
        "SecurityEnhancementStrategy",
        "UseAdditionalService",
    },
    ("ecs", "RunCommand"): {"Description", "WindowsPasswordName", "WorkingDir"},  # no script is run
    ("swas", "RunCommand"): {"WindowsPasswordName", "WorkingDir"},
    ("ecs", "RunInstances"): {"SecurityEnhancementStrategy"},
    ("ecs", "StopInstance"): {"ConfirmStop", "ForceStop"},
}


class Probe:
    """Stands for a request of any form: a model that is made from it tells what it would send."""

    def __init__(self, name: str = "") -> None:
        self.name = name

    def __getitem__(self, key: str) -> Probe:
        return Probe(f"{self.name}.{key}".lstrip("."))

    get = __getitem__

    def __iter__(self) -> Iterator[Probe]:
        yield Probe(f"{self.name}.N")


def sent(model: Any) -> Iterator[str]:
    """The parameters of a request model, named as on the wire."""
    hints = inspect.signature(type(model).__init__).parameters
    for attribute, value in vars(model).items():
        if isinstance(value, Probe):
            yield value.name + (".N" if "List[" in str(hints[attribute].annotation) else "")
        elif isinstance(value, list):
            for one in value:
                yield from [one.name] if isinstance(one, Probe) else sent(one)
        elif hasattr(value, "from_map"):
            yield from sent(value)


def of_the_sdk(service: Service, action: str) -> set[str]:
    models = MODELS[service.contract.name]
    kind = getattr(models, f"{action}ShrinkRequest", None) or getattr(models, f"{action}Request")
    return set(sent(kind().from_map(Probe())))


def covers(entry: str, name: str) -> bool:
    return name == entry or name.startswith(f"{entry}.")


@pytest.mark.parametrize(
    ("service", "action"), SERVED, ids=lambda v: v if isinstance(v, str) else v.contract.name
)
def test_every_parameter_is_acted_on_or_refused(service: Service, action: str) -> None:
    spec = service.contract.actions[action]
    documented = {p["name"] for p in spec["params"]}
    refused = set(service.not_served.get(action, ()))
    read = reads(service.handlers[action]) | COMMON | {"ClientToken", "N"}
    acted_on = {name for name in documented if set(name.split(".")) <= read}
    idle = WITHOUT_EFFECT.get((service.contract.name, action), set())

    assert of_the_sdk(service, action) - COMMON <= documented
    assert {e for e in refused if not any(covers(e, n) for n in documented)} == set(), "refused, but unknown"
    missed = documented - acted_on - idle
    assert {n for n in missed if not any(covers(e, n) for e in refused)} == set()
    assert idle <= documented - acted_on, "without effect, but read"


def test_a_parameter_that_is_not_served_is_refused_by_name(sdk: Sdk) -> None:
    with pytest.raises(Exception, match=r"'DataDisk\.1\.BurstingEnabled' of RunInstances"):
        sdk.call("RunInstances", "ecs", RegionId=REGION, DataDisk__1__BurstingEnabled=True)
    for action, parameter in (
        ("DescribeInstances", {"Ipv6Address.1": "::1"}),
        ("RunInstances", {"NetworkInterface.1.SecurityGroupIds.1": "sg-1"}),
        ("DescribeTasks", {"TaskGroupId": "g"}),
        ("RunCommand", {"RepeatMode": "EveryReboot", "Type": "RunShellScript", "CommandContent": "true"}),
    ):
        refused = refusal(sdk.call, action, "ecs", RegionId=REGION, **parameter)
        assert refused == (501, "EmulatorNotImplemented")


def test_an_older_spelling_of_tags_is_understood() -> None:
    schema = Schema(ECS.contract.actions["DescribeInstances"])
    assert schema.decode({"RegionId": REGION, "Tag.1.key": "run", "Tag.1.value": "7"})["Tag"] == [
        {"Key": "run", "Value": "7"}
    ]


@pytest.mark.parametrize(("service", "client"), [(SWAS, SwasClient), (ECS, EcsClient)])
def test_the_other_actions_are_all_that_the_sdk_has(service: Service, client: type) -> None:
    real = set(re.findall(r"action ?= ?'(\w+)'", inspect.getsource(client)))
    assert real <= service.contract.other_actions | set(service.contract.actions)
    assert not service.contract.other_actions & set(service.contract.actions)


LATER = "2026-12-01T00:00Z"
NONE = [
    ("DescribeDisks", {"PerformanceLevel": "PL3"}),
    ("DescribeDisks", {"KMSKeyId": "none"}),
    ("DescribeDisks", {"LockReason": "financial"}),
    ("DescribeDisks", {"MultiAttach": "Enabled"}),
    ("DescribeDisks", {"EnableShared": True}),
    ("DescribeDisks", {"AutoSnapshotPolicyId": "sp-1"}),
    ("DescribeDisks", {"Filter__1__Key": "CreationStartTime", "Filter__1__Value": LATER}),
    ("DescribeSnapshots", {"Category": "flash"}),
    ("DescribeSnapshots", {"SnapshotLinkId": "sl-1"}),
    ("DescribeSnapshots", {"Filter__1__Key": "CreationStartTime", "Filter__1__Value": LATER}),
    ("DescribeInstances", {"HttpTokens": "required"}),
    ("DescribeInstances", {"IoOptimized": False}),
    ("DescribeInstances", {"HpcClusterId": "hpc-1"}),
    ("DescribeInstances", {"InnerIpAddresses": '["10.0.0.1"]'}),
    ("DescribeInstances", {"RdmaIpAddresses": "[]"}),
    ("DescribeInstances", {"Filter__1__Key": "ExpiredEndTime", "Filter__1__Value": LATER}),
    ("DescribeSecurityGroups", {"ServiceManaged": True}),
    ("DescribeSecurityGroups", {"FuzzyQuery": True, "SecurityGroupName": "no such"}),
    ("DescribeInstanceTypes", {"MinimumGPUAmount": 1}),
    ("DescribeInstanceTypes", {"MaximumCpuSpeedFrequency": 0.5}),
    ("DescribeInstanceTypes", {"PhysicalProcessorModels__1": "Z80"}),
]
SOME = [
    ("DescribeDisks", {"Filter__1__Key": "CreationEndTime", "Filter__1__Value": LATER}),
    ("DescribeDisks", {"DeleteAutoSnapshot": True, "MultiAttach": "Disabled"}),
    ("DescribeInstances", {"HttpEndpoint": "enabled", "DeviceAvailable": True}),
    ("DescribeInstances", {"Filter__1__Key": "ExpiredStartTime", "Filter__1__Value": LATER}),
    ("DescribeSecurityGroups", {"FuzzyQuery": True, "SecurityGroupName": "web"}),
    ("DescribeInstanceTypes", {"MinimumEniQuantity": 2, "CpuArchitectures__1": "X86"}),
]


@pytest.fixture(scope="module")
def read() -> Iterator[Sdk]:
    """A client of an emulator that nothing changes."""
    with Emulator(speed=None, start=START) as cloud:
        yield Sdk(cloud)


def listed(sdk: Sdk, action: str, **query: Any) -> list[dict[str, Any]]:
    body = sdk.call(action, "ecs", RegionId=REGION, **query)
    [entries] = [value for value in body.values() if isinstance(value, dict)]
    [items] = entries.values()
    return list(items)


@pytest.mark.parametrize(("action", "query"), NONE, ids=lambda v: v if isinstance(v, str) else "-".join(v))
def test_a_filter_that_nothing_fits_gives_nothing(read: Sdk, action: str, query: dict[str, Any]) -> None:
    assert listed(read, action, **query) == []


@pytest.mark.parametrize(("action", "query"), SOME, ids=lambda v: v if isinstance(v, str) else "-".join(v))
def test_a_filter_gives_what_fits_it(read: Sdk, action: str, query: dict[str, Any]) -> None:
    assert listed(read, action, **query)


def test_disks_are_filtered_by_what_they_are(read: Sdk) -> None:
    levels = [d.get("PerformanceLevel") for d in listed(read, "DescribeDisks")]
    found = listed(read, "DescribeDisks", PerformanceLevel="PL1")
    assert 0 < len(found) == levels.count("PL1")


def test_names_of_instances_are_found_by_a_pattern(read: Sdk) -> None:
    names = {i["InstanceName"] for i in listed(read, "DescribeInstances")}
    for pattern in ("web*", "*old", "*e*-*d", "web-old", "*"):
        found = {i["InstanceName"] for i in listed(read, "DescribeInstances", InstanceName=pattern)}
        assert found == {n for n in names if fnmatchcase(n, pattern)}


@pytest.mark.parametrize("action", ["DescribeDisks", "DescribeSnapshots", "DescribeInstances"])
@pytest.mark.parametrize(("key", "value"), [("Colour", "red"), ("CreationStartTime", "yesterday")])
def test_a_filter_that_does_not_exist_is_refused(read: Sdk, action: str, key: str, value: str) -> None:
    query = {"RegionId": REGION, "Filter__1__Key": key, "Filter__1__Value": value}
    with pytest.raises(Exception, match="filter"):
        read.call(action, "ecs", **query)
