"""Undo of a migration: back to what was there, and a word on what does not come back."""

from __future__ import annotations

import pytest

from swaslift import Client, Consent, ReplaceSystemDisk
from swaslift.emulator import Emulator
from swaslift.errors import ConsentRequired, RunPaused
from tests.proof import assert_report_tells_all, assert_shown, assert_unharmed, everything, new_ids
from tests.support import new_instance

OVER = ReplaceSystemDisk("i-emulator-web-old")


@pytest.mark.parametrize("keep", [[], ["share"]])
def test_a_finished_migration_is_taken_back_entirely(cloud: Emulator, lift: Client, keep: list[str]) -> None:
    before = everything(cloud)
    plan = lift.migrate_to_ecs.plan("wiki", new_instance(), keep=keep)  # type: ignore[arg-type]  # known words
    done = plan.apply(consent=plan.consents)
    undo = done.run.undo.plan()
    assert undo.consents == (Consent.erase(done.instance.id),)
    assert_shown(undo, *undo.steps, f'Consent.erase("{done.instance.id}")')
    lines = str(undo).splitlines()
    assert lines[0] == f"Undo of run {plan.run_id}"
    assert lines[2].split() == ["#", "what", "happens"]
    with pytest.raises(ConsentRequired):
        done.run.undo()
    left = done.run.undo(consent=undo.consents).left
    cloud.clock.advance(60)
    after = everything(cloud)
    assert left == ()
    assert_unharmed(before, after)
    assert new_ids(before, after) == set()
    assert done.run.status == "undone"


@pytest.mark.parametrize("action", ["CreateCustomImage", "CopyImage", "RunInstances", "UnShare"])
def test_a_paused_migration_is_taken_back_from_wherever_it_stopped(
    cloud: Emulator, lift: Client, action: str
) -> None:
    before = everything(cloud)
    if action == "UnShare":
        cloud.faults.fail("ModifyImageShareStatus", 403, "Forbidden.RAM", "no", after=1)
    elif action == "RunInstances":
        # The dry run of the gate is the first call of it.
        cloud.faults.fail(action, 403, "OperationDenied.NoStock", "sold out", after=1)
    else:
        cloud.faults.fail(action, 403, "Forbidden.RAM", "no")
    plan = lift.migrate_to_ecs.plan("shop", new_instance(), run_id="night")
    with pytest.raises(RunPaused):
        plan.apply(consent=plan.consents)
    run = lift.runs.get("night")
    cloud.faults.clear()
    assert run.undo(consent=run.undo.plan().consents).left == ()
    cloud.clock.advance(60)
    assert new_ids(before, everything(cloud)) == set()
    assert_unharmed(before, everything(cloud))


def test_a_copy_that_is_under_way_is_cancelled(cloud: Emulator, lift: Client) -> None:
    before = everything(cloud)
    cloud.faults.stall("ecs_image")
    plan = lift.migrate_to_ecs.plan("shop", new_instance(), run_id="night")
    with pytest.raises(RunPaused):
        plan.apply(consent=plan.consents)
    lift.runs.get("night").undo()
    assert "CancelCopyImage" in [c.action for c in cloud.log.writes()]
    cloud.clock.advance(60)
    assert new_ids(before, everything(cloud)) == set()


def test_a_replaced_system_comes_back_through_its_backup(cloud: Emulator, lift: Client) -> None:
    before = everything(cloud)
    old = lift.ecs.instances.get("i-emulator-web-old")
    plan = lift.migrate_to_ecs.plan("shop", OVER)
    done = plan.apply(consent=plan.consents)
    backup = next(line.id for line in done.report.kept if line.what == "ECS snapshot")
    with pytest.raises(ConsentRequired, match="i-emulator-web-old"):
        done.run.undo()
    left = done.run.undo(consent=[Consent.erase("i-emulator-web-old")]).left
    assert any("the old system is back on a new disk" in line for line in left)
    assert any(backup in line for line in left)
    now = lift.ecs.instances.get("i-emulator-web-old")
    assert (now.status, now.key_pair, now.public_ip) == ("Running", "ops", old.public_ip)
    disk = next(iter(lift.cloud.ecs.describe_disks("cn-hangzhou", instance_id=now.id, kind="system")))
    image = next(iter(lift.cloud.ecs.describe_images("cn-hangzhou", image_id=disk.image_id)))
    assert [d.snapshot_id for d in image.disks] == [backup], "the disk was made from the backup"
    after = everything(cloud)
    assert_unharmed(before, after, but={"i-emulator-web-old", "d-emulator-web-old"})
    assert_report_tells_all(before, after, done.run.report)


def test_without_a_backup_the_undo_says_that_the_old_system_is_gone(cloud: Emulator, lift: Client) -> None:
    plan = lift.migrate_to_ecs.plan("shop", ReplaceSystemDisk("i-emulator-web-old", backup=False))
    done = plan.apply(consent=plan.consents)
    assert "CreateSnapshot" not in [c.action for c in cloud.log.writes() if c.service == "ecs"]
    left = done.run.undo(consent=[Consent.erase("i-emulator-web-old")]).left
    assert any("was not backed up" in line for line in left)


def test_a_target_that_was_stopped_is_stopped_again_after_an_undo(cloud: Emulator, lift: Client) -> None:
    plan = lift.migrate_to_ecs.plan("shop", ReplaceSystemDisk("i-emulator-idle"))
    done = plan.apply(consent=plan.consents)
    assert done.instance.status == "Running"
    done.run.undo(consent=[Consent.erase("i-emulator-idle")])
    assert lift.ecs.instances.get("i-emulator-idle").status == "Stopped"


def test_a_subscription_cannot_be_released_and_the_undo_says_so(cloud: Emulator, lift: Client) -> None:
    plan = lift.migrate_to_ecs.plan("shop", new_instance(billing="PrePaid"))
    done = plan.apply(consent=plan.consents)
    left = done.run.undo(consent=[Consent.erase(done.instance.id)]).left
    assert any("subscription" in line for line in left)
    assert lift.ecs.instances.get(done.instance.id).status == "Running"
