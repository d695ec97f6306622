"""What a copy loses, the run puts back before an instance needs it."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any, Literal

import pytest

from swaslift import Client, NewInstance
from swaslift.emulator import Emulator, Quirks
from swaslift.errors import RunPaused
from tests.conftest import START
from tests.support import client_of, new_instance

HERE = new_instance(instance_type="ecs.g8i.large")
THERE = new_instance(
    instance_type="ecs.g8i.large",
    region="ap-southeast-1",
    vswitch_id="vsw-emulator-sgp-a",
    security_group_id="sg-emulator-sgp-web",
)


@pytest.fixture
def losing(request: pytest.FixtureRequest) -> Iterator[tuple[Emulator, Client]]:
    lost: Literal["nvme_lost", "all_lost"] = getattr(request, "param", "nvme_lost")
    quirks = Quirks(copied_image_features=lost)
    with (
        Emulator(speed=None, start=START, seed=7, quirks=quirks) as cloud,
        client_of(cloud, random=Random(7)) as lift,
    ):
        yield cloud, lift


def changes(cloud: Emulator) -> list[dict[str, Any]]:
    return [c.params for c in cloud.log if c.action == "ModifyImageAttribute"]


@pytest.mark.parametrize("losing", ["nvme_lost", "all_lost"], indirect=True)
@pytest.mark.parametrize("target", [HERE, THERE], ids=["here", "there"])
def test_a_type_with_nvme_disks_boots_from_a_copy(
    losing: tuple[Emulator, Client], target: NewInstance
) -> None:
    cloud, lift = losing
    plan = lift.migrate_to_ecs.plan("shop", target)
    [step] = {
        s.name: s for s in plan.steps if "ModifyImageAttribute" in s.writes and "across" not in s.name
    }.values()
    assert step.only_if is not None

    done = plan.apply(consent=plan.consents)

    assert done.image.nvme_support == "supported"
    assert len(changes(cloud)) == 1


def test_a_copy_that_lost_nothing_is_not_changed(cloud: Emulator, lift: Client) -> None:
    plan = lift.migrate_to_ecs.plan("shop", HERE)
    plan.apply(consent=plan.consents)
    assert changes(cloud) == []


def test_copies_in_several_regions_have_the_features_of_the_original(losing: tuple[Emulator, Client]) -> None:
    cloud, lift = losing
    image = lift.capture_image("shop", "golden")
    copies = lift.copy_to_region(image, ["cn-hangzhou", "cn-shanghai", "ap-southeast-1"])
    found = [lift.ecs.images.get(i.id, region=r) for r, i in copies.images.items()]
    assert [getattr(i, "nvme_support", "") for i in found] == ["supported"] * 3
    assert len(changes(cloud)) == 3


def test_where_the_features_cannot_be_set_the_run_says_so_and_goes_on(
    losing: tuple[Emulator, Client],
) -> None:
    cloud, lift = losing
    cloud.faults.fail("ModifyImageAttribute", 403, "Forbidden.RAM", "no")
    plan = lift.migrate_to_ecs.plan("shop", new_instance())
    done = plan.apply(consent=plan.consents)
    assert "lacks what its source has (nvme_support=supported)" in done.report.to_markdown()


def test_an_instance_is_not_stopped_for_a_copy_that_it_cannot_boot(losing: tuple[Emulator, Client]) -> None:
    cloud, lift = losing
    first = lift.migrate_to_ecs.plan("shop", HERE)
    instance = first.apply(consent=first.consents).instance
    image = lift.capture_image("batch", "batch-golden")
    copy = lift.copy_to_region(image, "cn-hangzhou")
    plan = lift.replace_system_disk.plan(instance, copy, run_id="night")
    lift.cloud.ecs.modify_image_attribute("cn-hangzhou", copy.id, nvme_support="unsupported")

    with pytest.raises(RunPaused, match="ModifyImageAttribute with Features"):
        plan.apply(consent=plan.consents)

    assert not [c for c in cloud.log.writes() if c.action == "StopInstance"]
