"""What a plan has read of the server and the target, it says: logins, disks that stay, prices, traffic."""

from __future__ import annotations

from random import Random

import pytest

from swaslift import Client, Disk
from swaslift.emulator import Emulator, Quirks
from swaslift.errors import RunPaused
from tests.conftest import START
from tests.support import client_of, new_instance


def test_a_data_disk_that_stays_behind_is_named_with_its_size_in_plan_and_report(lift: Client) -> None:
    disk = lift.servers.get("wiki").data_disks[0]
    said = f"Left behind on the server: the data disk {disk.id} ({disk.size} GiB)"
    plan = lift.migrate_to_ecs.plan("wiki", new_instance(), data_disks="leave")
    assert any(said in remark for remark in plan.remarks)

    done = plan.apply(consent=plan.consents)

    assert any(said in line for line in done.left)
    assert said in done.report.to_markdown()


def test_without_a_login_of_its_own_the_plan_says_that_the_image_must_hold_one(lift: Client) -> None:
    def said(**target: object) -> bool:
        plan = lift.migrate_to_ecs.plan("shop", new_instance(**target))
        return any("PasswordInherit" in remark for remark in plan.remarks)

    assert said(key_pair=None)
    assert not said()


def test_a_login_that_cannot_be_inherited_pauses_before_anything_is_charged() -> None:
    quirks = Quirks(swas_login_inherited="refused")
    with (
        Emulator(speed=None, start=START, seed=7, quirks=quirks) as cloud,
        client_of(cloud, random=Random(7)) as lift,
    ):
        plan = lift.migrate_to_ecs.plan("shop", new_instance(key_pair=None), run_id="moved")
        with pytest.raises(RunPaused, match=r"InvalidPasswordParam\.Mismatch"):
            plan.apply(consent=plan.consents)
        assert not [c for c in cloud.log.writes() if c.action in {"CopyImage", "RunInstances"}]

        done = lift.runs.resume("moved", amend=new_instance(), consent=plan.consents)

        assert done.instance.key_pair == "ops"


@pytest.mark.parametrize("taken", ["refused", "ignored"])
def test_a_key_pair_for_windows_is_refused_in_the_plan_whatever_ecs_does(taken: str) -> None:
    quirks = Quirks(windows_key_pair="ignored" if taken == "ignored" else "refused")
    with Emulator(speed=None, start=START, seed=7, quirks=quirks) as cloud, client_of(cloud) as lift:
        plan = lift.migrate_to_ecs.plan("legacy-win", new_instance())
        assert [c.field for c in plan.blockers] == ["target.key_pair"]


def test_the_price_of_a_windows_instance_is_said_to_be_that_of_linux(lift: Client) -> None:
    plan = lift.migrate_to_ecs.plan("legacy-win", new_instance(key_pair=None))
    assert any("Windows costs more" in c.problem for c in plan.checks if c.level == "warning")


def test_traffic_is_said_to_be_charged_beside_the_price(lift: Client) -> None:
    plan = lift.migrate_to_ecs.plan("shop", new_instance(bandwidth=5))
    assert any("traffic is charged" in remark for remark in plan.remarks)


@pytest.mark.parametrize(("instance_type", "smaller"), [("ecs.g7.large", False), ("ecs.t6-c1m1.large", True)])
def test_a_type_with_less_than_the_server_has_is_a_warning(
    lift: Client, instance_type: str, smaller: bool
) -> None:
    disk = Disk("cloud_efficiency") if smaller else Disk("cloud_essd")
    target = new_instance(instance_type=instance_type, system_disk=disk, key_pair=None)
    plan = lift.migrate_to_ecs.plan("legacy-win", target)
    warned = [c for c in plan.checks if c.field == "target.instance_type" and "of memory" in c.problem]
    assert bool(warned) is smaller
