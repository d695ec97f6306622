"""Promises that are easily broken in the corners: consent, drift, what is bought, what is kept."""

from __future__ import annotations

import threading

import pytest

from swaslift import Client, Consent, ReplaceSystemDisk, Secret
from swaslift.cloud.caller import Exchange
from swaslift.emulator import Emulator
from swaslift.errors import (
    ConfigError,
    ConsentRequired,
    InvalidArgument,
    PreflightError,
    RunConflict,
    RunPaused,
)
from swaslift.runs.journal import Journal
from tests.proof import everything, new_ids
from tests.support import client_of, new_instance

OVER = ReplaceSystemDisk("i-emulator-web-old")
ERASE = Consent.erase("i-emulator-web-old")


def done(cloud: Emulator, action: str) -> int:
    return len([c for c in cloud.log.writes() if c.action == action])


def test_a_subscription_that_does_not_show_up_is_never_bought_again(cloud: Emulator, lift: Client) -> None:
    plan = lift.migrate_to_ecs.plan("shop", new_instance(billing="PrePaid"), run_id="night")
    lift.listen(lambda e: cloud.faults.late_visibility(400) if (e.kind, e.name) == ("step", "run") else None)
    with pytest.raises(RunPaused) as caught:
        plan.apply(consent=plan.consents)
    assert "not made anew" in caught.value.remedy
    assert lift.runs.resume("night").instance.charge_type == "PrePaid"
    assert done(cloud, "RunInstances") == 1


def test_an_undo_asks_leave_for_an_instance_whose_answer_was_lost(cloud: Emulator, lift: Client) -> None:
    before = everything(cloud)
    sent = []

    def die(exchange: Exchange) -> None:
        if exchange.action == "RunInstances" and exchange.phase == "after":
            sent.append(exchange)
            if len(sent) == 2:  # the first is the dry run of the gate
                raise SystemExit

    lift.cloud.observe(die)
    plan = lift.migrate_to_ecs.plan("shop", new_instance(), run_id="night")
    with pytest.raises(SystemExit):
        plan.apply(consent=plan.consents)
    assert done(cloud, "RunInstances") == 1
    run = lift.runs.get("night")
    undo = run.undo.plan()
    assert undo.consents == (Consent.erase("night"),)
    with pytest.raises(ConsentRequired):
        run.undo()
    run.undo(consent=undo.consents)
    cloud.clock.advance(60)
    assert new_ids(before, everything(cloud)) == set()


def test_a_password_from_a_function_works_in_the_process_that_has_it(cloud: Emulator, lift: Client) -> None:
    target = ReplaceSystemDisk(
        "i-emulator-web-old", password=Secret.call(lambda: "Tr0ub4dor&3xyz", label="vault")
    )
    plan = lift.migrate_to_ecs.plan("shop", target)
    assert plan.apply(consent=plan.consents).instance.status == "Running"


def test_a_target_that_changed_since_the_plan_is_not_stopped(cloud: Emulator, lift: Client) -> None:
    plan = lift.migrate_to_ecs.plan("shop", OVER, run_id="night")
    ecs = lift.cloud.ecs
    ecs.stop_instance("cn-hangzhou", "i-emulator-web-old")
    cloud.clock.advance(120)
    ecs.replace_system_disk("cn-hangzhou", "i-emulator-web-old", "m-emulator-base-hz", token="somebody")
    cloud.clock.advance(300)
    ecs.start_instance("cn-hangzhou", "i-emulator-web-old")
    cloud.clock.advance(300)
    cloud.log.clear()
    with pytest.raises(RunPaused, match="when the plan was made"):
        plan.apply(consent=plan.consents)
    assert done(cloud, "StopInstance") == 0
    assert lift.runs.resume("night", amend=OVER, consent=[ERASE]).instance.status == "Running"


def test_an_amended_target_passes_the_gate_again(cloud: Emulator, lift: Client) -> None:
    cloud.faults.fail("CopyImage", 403, "QuotaExceed.Image", "full")
    plan = lift.migrate_to_ecs.plan("shop", new_instance(), run_id="night")
    with pytest.raises(RunPaused):
        plan.apply(consent=plan.consents)
    with pytest.raises(RunPaused, match="the type is ARM"):
        lift.runs.resume("night", amend=new_instance(instance_type="ecs.g8y.large"))
    assert done(cloud, "CopyImage") == 0
    lift.runs.resume("night", amend=new_instance(instance_type="ecs.c7.large"))
    assert done(cloud, "CopyImage") == 1


def test_windows_does_not_inherit_a_key_pair(cloud: Emulator, lift: Client) -> None:
    plan = lift.migrate_to_ecs.plan("legacy-win", ReplaceSystemDisk("i-emulator-web-old", size=60))
    assert "AttachKeyPair" not in plan.writes
    assert plan.apply(consent=plan.consents).instance.status == "Running"


def test_a_plan_never_carries_out_another_run_of_its_id(cloud: Emulator, lift: Client) -> None:
    mine = lift.migrate_to_ecs.plan("wiki", new_instance(), run_id="night")
    other = lift.migrate_to_ecs.plan("shop", OVER, run_id="night")
    cloud.faults.fail("CopyImage", 403, "QuotaExceed.Image", "full")
    with pytest.raises(RunPaused):
        other.apply(consent=other.consents)
    with pytest.raises(RunConflict):
        mine.apply(consent=mine.consents)
    with pytest.raises(RunConflict):
        lift.migrate_to_ecs.start("wiki", new_instance(), consent=mine.consents, run_id="night")
    assert done(cloud, "ReplaceSystemDisk") == 0


def test_an_image_under_a_disk_that_stays_is_kept_by_an_undo(cloud: Emulator, lift: Client) -> None:
    target = ReplaceSystemDisk("i-emulator-web-old", backup=False)
    plan = lift.migrate_to_ecs.plan("shop", target, own_image=False)
    result = plan.apply(consent=plan.consents)
    left = result.run.undo(consent=[ERASE]).left
    assert any("shared SWAS image and its snapshots are kept" in line for line in left)
    assert next(iter(lift.images.list())).shared_to_ecs


@pytest.mark.parametrize("name", ["Password", "passwd"])
def test_a_password_under_a_wrong_name_is_not_shown(name: str) -> None:
    with pytest.raises(InvalidArgument) as caught:
        new_instance(**{name: "Hunter2!x"})
    assert "Hunter2" not in f"{caught.value}{caught.value.value}"


def test_tags_that_ecs_refuses_are_told_before(cloud: Emulator, lift: Client) -> None:
    for tags in ({f"t{i}": "" for i in range(18)}, {"acs:mine": "x"}):
        plan = lift.migrate_to_ecs.plan("shop", new_instance(tags=tags))
        with pytest.raises(PreflightError, match=r"target\.tags"):
            plan.apply(consent=plan.consents)
    plan = lift.migrate_to_ecs.plan("shop", new_instance(tags={f"t{i}": "" for i in range(17)}))
    plan.apply(consent=plan.consents)


def test_closing_a_client_pauses_what_goes_on_in_the_background(cloud: Emulator) -> None:
    lift = client_of(cloud)
    reached, go_on = threading.Event(), threading.Event()

    def hold(event: object) -> None:
        if getattr(event, "name", "") == "image" and getattr(event, "kind", "") == "done":
            reached.set()
            go_on.wait(30)

    lift.listen(hold)
    plan = lift.migrate_to_ecs.plan("shop", new_instance())
    run = lift.migrate_to_ecs.start("shop", new_instance(), consent=plan.consents)
    assert reached.wait(30)
    closing = threading.Thread(target=lift.close)
    closing.start()
    go_on.set()
    closing.join(30)
    assert Journal().run(run.id).state == "paused"
    assert done(cloud, "RunInstances") == 0
    with pytest.raises(ConfigError, match="closed"):
        lift.runs.list()
