"""An instance that somebody stopped in economical mode: its address changes, and a start needs stock."""

from __future__ import annotations

import pytest

from swaslift import Client, Consent
from swaslift.cloud import Cloud
from swaslift.emulator import Emulator
from swaslift.errors import ConsentRequired, RunPaused

WEB, BASE = "i-emulator-web-old", "m-emulator-base-hz"
OLD_DISK = "d-emulator-web-old"


@pytest.fixture
def door(lift: Client) -> Cloud:
    return lift.cloud


@pytest.fixture
def stopped(cloud: Emulator, door: Cloud) -> None:
    door.ecs.stop_instance("cn-hangzhou", WEB, economical=True)
    cloud.clock.advance(120)
    cloud.log.clear()


def disk_of(lift: Client) -> str:
    return next(d.id for d in lift.ecs.disks.list() if d.instance_id == WEB)


@pytest.mark.usefixtures("stopped")
def test_the_plan_says_what_the_mode_means_and_needs_a_consent_for_what_is_charged_again(
    lift: Client,
) -> None:
    plan = lift.replace_system_disk.plan(WEB, BASE)

    text = " ".join(str(plan).split())
    assert "economical mode" in text
    assert "its addresses" not in text
    assert plan.downtime.startswith("none: the instance i-emulator-web-old is stopped already")
    assert [c.kind for c in plan.consents] == ["erase", "charges"]
    with pytest.raises(ConsentRequired):
        plan.apply(consent=Consent.erase(WEB))


@pytest.mark.usefixtures("stopped")
def test_it_is_started_before_its_disk_is_destroyed(cloud: Emulator, lift: Client) -> None:
    plan = lift.replace_system_disk.plan(WEB, BASE)
    plan.apply(consent=plan.consents)

    sent = [c.action for c in cloud.log.writes() if c.action != "CreateSnapshot"]
    assert sent == ["StartInstance", "StopInstance", "ReplaceSystemDisk", "AttachKeyPair", "StartInstance"]


@pytest.mark.usefixtures("stopped")
def test_no_stock_shows_while_the_old_disk_is_there(cloud: Emulator, lift: Client) -> None:
    plan = lift.replace_system_disk.plan(WEB, BASE, run_id="night")
    cloud.faults.fail("StartInstance", 403, "OperationDenied.NoStock", "sold out", times=50)

    with pytest.raises(RunPaused, match="NoStock"):
        plan.apply(consent=plan.consents)

    assert disk_of(lift) == OLD_DISK
    assert not [c for c in cloud.log.writes() if c.action != "StartInstance"]


@pytest.mark.usefixtures("stopped")
def test_an_undo_brings_the_mode_back(lift: Client) -> None:
    plan = lift.replace_system_disk.plan(WEB, BASE, run_id="night")
    plan.apply(consent=plan.consents)

    undo = lift.runs.get("night").undo
    undo(consent=undo.plan().consents)

    now = lift.ecs.instances.get(WEB)
    assert (now.status, now.stopped_mode) == ("Stopped", "StopCharging")


def test_one_that_is_stopped_so_after_the_plan_is_not_touched(
    cloud: Emulator, lift: Client, door: Cloud
) -> None:
    plan = lift.replace_system_disk.plan(WEB, BASE)
    door.ecs.stop_instance("cn-hangzhou", WEB, economical=True)
    cloud.clock.advance(120)

    with pytest.raises(RunPaused, match="economical mode since the plan was made"):
        plan.apply(consent=plan.consents)

    assert disk_of(lift) == OLD_DISK


def test_one_that_is_stopped_so_during_the_backup_is_started_again_first(
    cloud: Emulator, lift: Client, door: Cloud
) -> None:
    def somebody(event: object) -> None:
        if (getattr(event, "name", ""), getattr(event, "kind", "")) == ("backup", "done"):
            door.ecs.start_instance("cn-hangzhou", WEB)
            cloud.clock.advance(120)
            door.ecs.stop_instance("cn-hangzhou", WEB, economical=True)
            cloud.clock.advance(120)

    lift.listen(somebody)
    plan = lift.replace_system_disk.plan(WEB, BASE, run_id="night")
    with pytest.raises(RunPaused, match="economical mode meanwhile"):
        plan.apply(consent=plan.consents)
    assert disk_of(lift) == OLD_DISK

    done = lift.runs.resume("night")

    assert done.instance.status == "Running"
    starts = [c.action for c in cloud.log.writes() if c.action in {"StartInstance", "ReplaceSystemDisk"}]
    assert starts[-3:] == ["StartInstance", "ReplaceSystemDisk", "StartInstance"]


def test_an_instance_that_is_stopped_already_has_no_downtime(lift: Client) -> None:
    plan = lift.replace_system_disk.plan("i-emulator-idle", BASE)
    assert plan.downtime.startswith("none: the instance i-emulator-idle is stopped already")


@pytest.mark.parametrize(("backup", "minutes"), [(True, 9), (False, 4)])
def test_the_downtime_of_a_plan_is_that_of_its_steps(lift: Client, backup: bool, minutes: int) -> None:
    plan = lift.replace_system_disk.plan(WEB, BASE, backup=backup)
    assert f"about {minutes} minutes" in plan.downtime
    assert ("backup" in plan.downtime) is backup
