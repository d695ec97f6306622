"""Disks of a new instance: what is priced is what is sent, and the user can choose it."""

from __future__ import annotations

from typing import Any

import pytest

from swaslift import Client, Disk
from swaslift.emulator import Emulator
from swaslift.errors import InvalidArgument, PreflightError, RunPaused
from tests.support import new_instance

SMALL = Disk("cloud_essd", performance_level="PL0")


def priced_and_sent(cloud: Emulator) -> tuple[dict[str, Any], dict[str, Any]]:
    """Disks as the last quote and the last purchase name them: the system disk, and each data disk."""

    def disks(action: str) -> dict[str, Any]:
        params = [c.params for c in cloud.log if c.action == action][-1]
        data = [{k: v for k, v in one.items() if k != "Device"} for one in params.get("DataDisk") or []]
        return {"system": {**params["SystemDisk"], "Size": int(params["SystemDisk"]["Size"])}, "data": data}

    return disks("DescribePrice"), disks("RunInstances")


@pytest.mark.parametrize(
    ("target", "category", "level", "size"),
    [
        ({}, "cloud_essd", "PL1", 60),
        ({"system_disk": SMALL}, "cloud_essd", "PL0", 60),
        ({"system_disk": Disk(size=500, performance_level="PL2")}, "cloud_essd", "PL1", 60),
        ({"data_disk": Disk("cloud_essd", 80, performance_level="PL0")}, "cloud_essd", "PL0", 80),
        ({"data_disk": Disk("cloud_ssd"), "instance_type": "ecs.g6.large"}, "cloud_ssd", "", 60),
    ],
    ids=["as the system disk", "its level", "a level too large for it", "chosen", "another category"],
)
def test_the_data_disk_is_made_as_it_was_priced(
    cloud: Emulator, lift: Client, target: dict[str, Any], category: str, level: str, size: int
) -> None:
    plan = lift.migrate_to_ecs.plan("wiki", new_instance(**target))
    done = plan.apply(consent=plan.consents)

    priced, sent = priced_and_sent(cloud)
    data = next(d for d in done.disks if d.kind == "data")
    assert priced == sent
    assert (data.category, data.performance_level, data.size) == (category, level, size)


def test_a_launch_and_its_dry_run_name_the_data_disks_of_the_image(cloud: Emulator, lift: Client) -> None:
    plan = lift.migrate_to_ecs.plan("wiki", new_instance())
    image = plan.apply(consent=plan.consents).image
    again = lift.launch_instances.plan(image, new_instance(name="second", data_disk=SMALL))
    again.apply(consent=again.consents)

    dry = [c.params["DataDisk"] for c in cloud.log if c.action == "RunInstances" and c.params.get("DryRun")]
    priced, sent = priced_and_sent(cloud)
    assert priced == sent
    assert dry[-1] == [{"Device": "/dev/xvdb", **sent["data"][0]}]


def test_a_run_whose_data_disk_is_refused_goes_on_with_another(cloud: Emulator, lift: Client) -> None:
    code = "InvalidDataDiskCategory.ValueNotSupported"
    cloud.faults.fail("RunInstances", 400, code, "The specified parameter is not valid.")
    plan = lift.migrate_to_ecs.plan("wiki", new_instance(instance_type="ecs.g6.large"), run_id="moved")
    with pytest.raises(RunPaused, match=code):
        plan.apply(consent=plan.consents)

    other = new_instance(instance_type="ecs.g6.large", data_disk=Disk("cloud_efficiency"))
    done = lift.runs.resume("moved", amend=other, consent=plan.consents)

    assert [d.category for d in done.disks if d.kind == "data"] == ["cloud_efficiency"]


@pytest.mark.parametrize(
    ("server", "target", "field", "words"),
    [
        ("wiki", {"data_disk": Disk("cloud_ssd")}, "target.data_disk.category", "does not take it as a data"),
        ("wiki", {"data_disk": Disk(size=40)}, "target.data_disk.size", "which has 60 GiB"),
        ("wiki", {"data_disk": Disk(performance_level="PL2")}, "target.data_disk.size", "461 GiB at least"),
        ("shop", {"data_disk": SMALL}, "target.data_disk", "no data disk of the server comes along"),
    ],
)
def test_a_data_disk_that_cannot_be_is_refused_in_the_plan(
    lift: Client, server: str, target: dict[str, Any], field: str, words: str
) -> None:
    plan = lift.migrate_to_ecs.plan(server, new_instance(**target))
    found = {c.field: c for c in plan.blockers}
    assert words in found[field].problem
    with pytest.raises(PreflightError):
        plan.apply(consent=plan.consents)


@pytest.mark.parametrize(
    ("disk", "least"),
    [
        (Disk("cloud_essd", 19), 20),
        (Disk("cloud_efficiency", 19), 20),
        (Disk("cloud_auto", 1), None),
        (Disk("cloud_essd", 1, performance_level="PL0"), None),
    ],
)
def test_a_system_disk_may_be_as_small_as_its_category_allows(disk: Disk, least: int | None) -> None:
    if least is None:
        assert new_instance(system_disk=disk).system_disk.size == disk.size
        return
    with pytest.raises(InvalidArgument, match=f"has {least} GiB at least"):
        new_instance(system_disk=disk)
