"""``replace_system_disk``: backed up, replaced, logged in to as before, and taken back."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from swaslift import Client, Consent, ReplaceSystemDisk, Secret
from swaslift.emulator import Emulator, Quirks
from swaslift.errors import ConsentRequired, InvalidArgument, RunConflict, RunExists, RunPaused
from tests.images.conftest import make_image
from tests.proof import (
    assert_only_announced,
    assert_report_tells_all,
    assert_shown,
    assert_unharmed,
    everything,
)
from tests.support import client_of

BASE = "m-emulator-base-hz"
UBUNTU = "ubuntu_22_04_x64_20G_alibase_20260915.vhd"
WEB, IDLE = "i-emulator-web-old", "i-emulator-idle"
OLD = "d-emulator-web-old"
LEAVE = Consent.erase(WEB)


def done_by(cloud: Emulator, action: str) -> int:
    return len([c for c in cloud.log.writes() if (c.service, c.action) == ("ecs", action)])


@pytest.mark.parametrize("instance", [WEB, "web-old"])
@pytest.mark.parametrize("image", [BASE, "base-2026-05", UBUNTU])
def test_the_system_disk_is_replaced(cloud: Emulator, lift: Client, instance: str, image: str) -> None:
    before = everything(cloud)
    was = lift.ecs.instances.get(WEB)
    plan = lift.replace_system_disk.plan(instance, image)
    assert not cloud.log.attempted_writes(), "a plan only reads"
    assert plan.consents == (LEAVE,)
    done = plan.apply(consent=plan.consents)
    after = everything(cloud)
    now = done.instance
    assert (now.status, now.key_pair, now.public_ip) == ("Running", "ops", was.public_ip)
    assert (done.old_disk_id, done.disk.size, done.disk.status) == (OLD, 40, "In_use")
    assert done.disk.id != OLD
    assert done.backup
    assert done.backup.disk_id == OLD
    assert any(done.backup.id in line for line in done.left)
    assert_shown(done, "has a new system disk", f"{OLD} is gone", done.disk.id, done.backup.id, *done.left)
    order = [c.action for c in cloud.log.writes()]
    assert order == ["StopInstance", "CreateSnapshot", "ReplaceSystemDisk", "AttachKeyPair", "StartInstance"]
    assert_unharmed(before, after, but={WEB, OLD})
    assert_only_announced(cloud, plan.writes)
    report = lift.runs.get(plan.run_id).report
    assert_report_tells_all(before, after, report)
    assert [line.id for line in report.gone] == [OLD]


def test_a_record_brings_its_region_along(cloud: Emulator, lift: Client) -> None:
    found = lift.ecs.instances.get(WEB)
    with client_of(cloud, region="cn-shanghai") as there:
        done = there.replace_system_disk(found, BASE, consent=[LEAVE])
    assert done.disk.image_id == BASE


def test_size_password_and_no_backup_are_taken(
    cloud: Emulator, lift: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ECS_PASSWORD", "Str0ng-enough")
    plan = lift.replace_system_disk.plan(
        WEB, BASE, size=80, password=Secret.env("ECS_PASSWORD"), backup=False
    )
    assert any(c.field == "backup" for c in plan.checks)
    assert "Str0ng" not in str(plan.to_json())
    done = plan.apply(consent=plan.consents)
    assert (done.disk.size, done.backup, done.instance.key_pair) == (80, None, "")
    assert done_by(cloud, "CreateSnapshot") == 0


def test_a_stopped_instance_runs_afterwards_and_the_plan_says_so(cloud: Emulator, lift: Client) -> None:
    plan = lift.replace_system_disk.plan(IDLE, BASE)
    assert any("will run afterwards" in r for r in plan.remarks)
    done = plan.apply(consent=plan.consents)
    assert done.instance.status == "Running"
    lift.runs.get(plan.run_id).undo(consent=[Consent.erase(IDLE)])
    assert lift.ecs.instances.get(IDLE).status == "Stopped"


def test_without_leave_nothing_is_erased(cloud: Emulator, lift: Client) -> None:
    for consent in ((), [Consent.erase(IDLE)], [Consent.charges(max_monthly=9)]):
        with pytest.raises(ConsentRequired, match=WEB):
            lift.replace_system_disk(WEB, BASE, consent=consent)
    assert not cloud.log.attempted_writes()


def test_the_same_call_again_erases_nothing_more(cloud: Emulator, lift: Client) -> None:
    lift.replace_system_disk(WEB, BASE, consent=[LEAVE])
    for image in (BASE, UBUNTU):
        with pytest.raises(RunExists):
            lift.replace_system_disk(WEB, image, consent=[LEAVE])
    assert done_by(cloud, "ReplaceSystemDisk") == 1


def test_the_image_that_it_runs_from_resets_the_system(cloud: Emulator, lift: Client) -> None:
    first = lift.replace_system_disk(WEB, BASE, consent=[LEAVE])
    second = lift.replace_system_disk(WEB, BASE, consent=[LEAVE], again=True)
    assert done_by(cloud, "ReplaceSystemDisk") == 2
    assert second.old_disk_id == first.disk.id
    assert second.disk.id != first.disk.id


@pytest.mark.parametrize("before", [UBUNTU, BASE])
def test_without_the_journal_the_backup_tells_that_it_was_replaced(
    cloud: Emulator, lift: Client, before: str, tmp_path: Any
) -> None:
    if before == BASE:
        lift.replace_system_disk(WEB, BASE, consent=[LEAVE])
    made = done_by(cloud, "ReplaceSystemDisk")
    cloud.faults.fail("AttachKeyPair", 403, "Forbidden.RAM")
    with pytest.raises(RunPaused):
        lift.replace_system_disk(WEB, BASE, consent=[LEAVE], run_id="night")
    cloud.clock.advance(100_000)  # tokens are forgotten
    with client_of(cloud, journal=tmp_path / "another.db") as other:
        done = other.replace_system_disk(WEB, BASE, consent=[LEAVE], run_id="night")
    assert done_by(cloud, "ReplaceSystemDisk") == made + 1
    assert done_by(cloud, "CreateSnapshot") == made + 1
    assert done.backup
    assert done.old_disk_id == done.backup.disk_id != done.disk.id


@pytest.mark.parametrize("action", ["StopInstance", "CreateSnapshot", "ReplaceSystemDisk", "StartInstance"])
def test_a_lost_answer_is_read_back(cloud: Emulator, lift: Client, action: str) -> None:
    cloud.faults.lose_answer(action)
    done = lift.replace_system_disk(WEB, BASE, consent=[LEAVE])
    assert done.instance.status == "Running"
    assert done_by(cloud, action) == 1


@pytest.mark.parametrize("action", ["StopInstance", "CreateSnapshot", "ReplaceSystemDisk", "AttachKeyPair"])
def test_a_refusal_pauses_and_a_resume_goes_on(cloud: Emulator, lift: Client, action: str) -> None:
    cloud.faults.fail(action, 403, "Forbidden.RAM")
    with pytest.raises(RunPaused, match="Forbidden"):
        lift.replace_system_disk(WEB, BASE, consent=[LEAVE], run_id="night")
    done: Any = lift.runs.resume("night")
    assert done.instance.status == "Running"
    assert done_by(cloud, "ReplaceSystemDisk") == 1


def test_a_backup_that_fails_is_taken_anew_before_anything_is_erased(cloud: Emulator, lift: Client) -> None:
    before = everything(cloud)
    cloud.faults.fail_resource("ecs_snapshot")
    with pytest.raises(RunPaused):
        lift.replace_system_disk(WEB, BASE, consent=[LEAVE], run_id="night")
    assert done_by(cloud, "ReplaceSystemDisk") == 0
    lift.runs.resume("night")
    assert_report_tells_all(before, everything(cloud), lift.runs.get("night").report)


def test_a_disk_that_was_replaced_meanwhile_is_not_replaced_again(cloud: Emulator, lift: Client) -> None:
    plan = lift.replace_system_disk.plan(WEB, BASE, run_id="night")
    lift.replace_system_disk(WEB, UBUNTU, consent=[LEAVE], run_id="other")
    with pytest.raises(RunPaused, match="was d-emulator-web-old when the plan was made"):
        plan.apply(consent=plan.consents)
    assert done_by(cloud, "ReplaceSystemDisk") == 1
    lift.runs.resume("night", amend=ReplaceSystemDisk(WEB))
    assert done_by(cloud, "ReplaceSystemDisk") == 2


def test_a_silent_instance_pauses_and_running_may_be_enough(cloud: Emulator, lift: Client) -> None:
    cloud.faults.no_heartbeat()
    with pytest.raises(RunPaused, match="console output"):
        lift.replace_system_disk(WEB, BASE, consent=[LEAVE], run_id="night")
    done: Any = lift.runs.resume("night", amend="running")
    assert done.instance.status == "Running"


@pytest.mark.parametrize(("first", "then"), [("cloud_assistant", "running"), ("running", "cloud_assistant")])
def test_verify_is_not_amended_past_its_wait(cloud: Emulator, lift: Client, first: str, then: str) -> None:
    heard = "target-running" if first == "running" else "answers"
    plan = lift.replace_system_disk.plan(WEB, BASE, run_id="night", verify=first)  # type: ignore[arg-type]  # of two

    def fail(event: Any) -> None:
        if (event.kind, event.name) == ("done", heard):
            cloud.faults.fail("DescribeInstances", 403, "Forbidden.RAM", after=0)

    lift.listen(fail)
    with pytest.raises(RunPaused, match=r"Forbidden\.RAM"):
        plan.apply(consent=plan.consents)
    if first == "running":  # nothing of what comes behind the wait is done: it can still be waited for
        assert lift.runs.resume("night", amend=then).instance.status == "Running"
    else:
        with pytest.raises(InvalidArgument, match="past that wait"):
            lift.runs.resume("night", amend=then)
        assert lift.runs.resume("night").instance.status == "Running"


def test_what_is_amended_is_checked(cloud: Emulator, lift: Client) -> None:
    cloud.faults.fail("StopInstance", 403, "Forbidden.RAM")
    with pytest.raises(RunPaused):
        lift.replace_system_disk(WEB, BASE, consent=[LEAVE], run_id="night")
    for change, field in (
        (7, "amend"),
        (ReplaceSystemDisk(IDLE), "amend.instance"),
        (ReplaceSystemDisk(WEB, region="cn-shanghai"), "amend.instance"),
    ):
        with pytest.raises(InvalidArgument) as caught:
            lift.runs.resume("night", amend=change)
        assert caught.value.field == field
    with pytest.raises(RunConflict):
        lift.replace_system_disk(WEB, UBUNTU, run_id="night")
    larger = ReplaceSystemDisk(WEB, size=90)
    with pytest.raises(ConsentRequired, match=r"Consent\.charges\(max_monthly="):
        lift.runs.resume("night", amend=larger)
    done: Any = lift.runs.resume("night", amend=larger, consent=Consent.charges(max_monthly=100))
    assert done.disk.size == 90


def test_what_is_under_way_is_not_amended(cloud: Emulator, lift: Client) -> None:
    cloud.faults.fail("ReplaceSystemDisk", 403, "Forbidden.RAM")
    with pytest.raises(RunPaused):
        lift.replace_system_disk(WEB, BASE, consent=[LEAVE], run_id="night")
    with pytest.raises(InvalidArgument, match="stop-target"):
        lift.runs.resume("night", amend=ReplaceSystemDisk(WEB, size=90))


def test_the_undo_brings_the_old_system_back(cloud: Emulator, lift: Client) -> None:
    before = everything(cloud)
    done = lift.replace_system_disk(WEB, BASE, consent=[LEAVE], run_id="night")
    undo = lift.runs.get("night").undo
    with pytest.raises(ConsentRequired, match=WEB):
        undo()
    left = undo(consent=undo.plan().consents).left
    assert any("the old system is back on a new disk" in line for line in left)
    now = lift.ecs.instances.get(WEB)
    assert (now.status, now.key_pair) == ("Running", "ops")
    disk = next(iter(lift.cloud.ecs.describe_disks("cn-hangzhou", instance_id=WEB, kind="system")))
    image = next(iter(lift.cloud.ecs.describe_images("cn-hangzhou", image_id=disk.image_id)))
    assert done.backup
    assert [d.snapshot_id for d in image.disks] == [done.backup.id]
    after = everything(cloud)
    assert_unharmed(before, after, but={WEB, OLD})
    assert_report_tells_all(before, after, lift.runs.get("night").report)


def test_an_undo_before_the_replacement_starts_the_instance_again(cloud: Emulator, lift: Client) -> None:
    before = everything(cloud)
    cloud.faults.fail("ReplaceSystemDisk", 403, "Forbidden.RAM")
    with pytest.raises(RunPaused):
        lift.replace_system_disk(WEB, BASE, consent=[LEAVE], run_id="night")
    undo = lift.runs.get("night").undo
    undo(consent=undo.plan().consents)
    assert lift.ecs.instances.get(WEB).status == "Running"
    after = everything(cloud)
    assert_unharmed(before, after, but={WEB})
    key = next(k for k in before if k[3] == WEB)
    assert {f for f in before[key] if before[key][f] != after[key][f]} == {"StartTime"}


def test_an_undo_leaves_what_somebody_has_put_in_since(cloud: Emulator, lift: Client) -> None:
    lift.replace_system_disk(WEB, BASE, consent=[LEAVE], run_id="night")
    lift.replace_system_disk(WEB, UBUNTU, consent=[LEAVE], run_id="other")
    before = everything(cloud)
    undo = lift.runs.get("night").undo
    left = undo(consent=undo.plan().consents).left
    assert any("It is left as it is" in line for line in left)
    assert everything(cloud) == before


def test_an_undo_does_not_stop_a_stopped_one_that_has_another_disk(cloud: Emulator, lift: Client) -> None:
    lift.replace_system_disk(IDLE, BASE, consent=[Consent.erase(IDLE)], run_id="night")
    lift.replace_system_disk(IDLE, UBUNTU, consent=[Consent.erase(IDLE)], run_id="other")
    undo = lift.runs.get("night").undo
    left = undo(consent=undo.plan().consents).left
    assert any("is not stopped again" in line for line in left)
    assert lift.ecs.instances.get(IDLE).status == "Running"


@pytest.mark.parametrize("backup", [True, False])
@pytest.mark.parametrize("stopped_again", [True, False])
def test_what_was_written_since_a_refused_replacement_is_in_a_backup(
    cloud: Emulator, lift: Client, stopped_again: bool, backup: bool
) -> None:
    before = everything(cloud)
    cloud.faults.fail("ReplaceSystemDisk", 403, "Forbidden.RAM")
    with pytest.raises(RunPaused):
        lift.replace_system_disk(WEB, BASE, consent=[LEAVE], run_id="night", backup=backup)
    lift.cloud.ecs.start_instance("cn-hangzhou", WEB)
    cloud.clock.advance(3 * 86400)
    written = cloud.clock.now()
    if stopped_again:
        lift.cloud.ecs.stop_instance("cn-hangzhou", WEB)
        cloud.clock.advance(600)
    if backup or not stopped_again:
        with pytest.raises(RunPaused, match="somebody has started it since"):
            lift.runs.resume("night")
    assert done_by(cloud, "ReplaceSystemDisk") == 0
    done: Any = lift.runs.resume("night")
    assert done_by(cloud, "ReplaceSystemDisk") == 1
    assert done.instance.status == "Running"
    there = {s.id for s in lift.cloud.ecs.describe_snapshots("cn-hangzhou") if s.disk_id == OLD}
    if backup:
        assert done.backup.created_at > written
        assert done.backup.id in there
    assert len({k for k in everything(cloud) if k[2] == "snapshots"} - before.keys()) == backup
    assert_report_tells_all(before, everything(cloud), lift.runs.get("night").report)


@pytest.mark.parametrize(
    "quirks",
    [
        {"unknown_image": "not_found", "usable_lag": 0.0},
        {"swas_image_id_in_ecs": "different", "swas_image_owner_alias": "self"},
        {"calls_per_minute": 10, "token_lifetime": 5.0},
    ],
)
def test_whatever_is_not_settled(quirks: dict[str, Any]) -> None:
    with (
        Emulator(speed=None, quirks=Quirks(**quirks)) as cloud,
        client_of(cloud, random=Random(7)) as lift,
    ):
        for image in (lift.share_to_ecs(make_image(cloud, lift, "golden")), BASE):
            plan = lift.replace_system_disk.plan(WEB, image, again=True)
            done = plan.apply(consent=plan.consents)
            assert done.disk.image_id == (image if isinstance(image, str) else image.id)
        assert done_by(cloud, "ReplaceSystemDisk") == 2


def test_it_goes_on_in_the_background(lift: Client) -> None:
    run = lift.replace_system_disk.start(WEB, BASE, consent=[LEAVE])
    assert run.result(timeout=60).instance.status == "Running"
