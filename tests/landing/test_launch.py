"""``launch_instances``: made once, waited for one by one, named where they fail, and taken back."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any

import pytest

from swaslift import Client, Consent
from swaslift.emulator import Emulator, Quirks
from swaslift.emulator.ecs.work import NEVER
from swaslift.errors import ConsentRequired, RunConflict, RunExists, RunPaused
from swaslift.lifecycle.steps import RunInstances
from swaslift.runs.events import Event
from swaslift.runs.step import Mark
from tests.images.conftest import make_image
from tests.proof import (
    assert_only_announced,
    assert_report_tells_all,
    assert_shown,
    assert_unharmed,
    everything,
    new_ids,
)
from tests.support import client_of, new_instance

BASE = "m-emulator-base-hz"
UBUNTU = "ubuntu_22_04_x64_20G_alibase_20260915.vhd"
LEAVE = Consent.charges(max_monthly=100_000, max_total=100_000)


def runs(cloud: Emulator) -> int:
    return len([c for c in cloud.log.writes() if c.action == "RunInstances"])


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("image", [BASE, "base-2026-05", UBUNTU])
def test_instances_are_launched_and_answer(cloud: Emulator, lift: Client, image: str, count: int) -> None:
    before = everything(cloud)
    plan = lift.launch_instances.plan(image, new_instance(name="web-"), count)
    assert not cloud.log.attempted_writes(), "a plan only reads"
    done = plan.apply(consent=plan.consents)
    after = everything(cloud)
    assert [i.status for i in done.instances] == ["Running"] * count
    assert (done.silent, done.lost, done.short, done.left) == ((), (), 0, ())
    names = ["web-"] if count == 1 else ["web-001", "web-002", "web-003"]
    assert sorted(i.name for i in done.instances) == names
    assert_shown(done, f"{count} of {count} instances run", *(i.id for i in done.instances))
    assert {i.tags["swaslift-run"] for i in done.instances} == {plan.run_id}
    assert runs(cloud) == 1
    assert_unharmed(before, after)
    assert_only_announced(cloud, plan.writes)
    assert_report_tells_all(before, after, lift.runs.get(plan.run_id).report)


def test_a_record_brings_its_region_along(cloud: Emulator, lift: Client) -> None:
    image = next(i for i in lift.ecs.images.list() if i.id == BASE)
    with client_of(cloud, region="cn-shanghai") as there:
        plan = there.launch_instances.plan(image, new_instance())
        assert [i.region_id for i in plan.apply(consent=plan.consents).instances] == ["cn-hangzhou"]


def test_a_shared_image_of_swas_can_be_launched(cloud: Emulator, lift: Client) -> None:
    seen = lift.share_to_ecs(make_image(cloud, lift, "golden"))
    plan = lift.launch_instances.plan(seen, new_instance())
    assert any("re-initialised" in c.problem for c in plan.checks)
    assert plan.apply(consent=plan.consents).instances[0].image_id == seen.id


def test_the_plan_quotes_the_price_of_all_of_them(lift: Client) -> None:
    one = lift.launch_instances.plan(BASE, new_instance()).cost
    three = lift.launch_instances.plan(BASE, new_instance(), 3).cost
    assert one
    assert one.monthly
    assert three
    assert three.monthly == pytest.approx(3 * one.monthly)


@pytest.mark.parametrize("months", [1, 9, 12])
def test_a_subscription_is_quoted_for_its_whole_time(lift: Client, months: Any) -> None:
    cost = lift.launch_instances.plan(BASE, new_instance(billing="PrePaid", period_months=months), 2).cost
    one = lift.launch_instances.plan(BASE, new_instance(billing="PrePaid")).cost
    assert cost
    assert cost.total
    assert one
    assert one.total
    assert cost.total == pytest.approx(2 * one.total * (months if months < 12 else months / 12 * 10.2))
    assert cost.consent.max_total


def test_without_leave_to_spend_nothing_is_made(cloud: Emulator, lift: Client) -> None:
    with pytest.raises(ConsentRequired, match="consent"):
        lift.launch_instances(BASE, new_instance(), 2)
    few = Consent.charges(max_monthly=1)
    with pytest.raises(ConsentRequired):
        lift.launch_instances(BASE, new_instance(), 2, consent=[few])
    assert not cloud.log.attempted_writes()


def test_the_same_call_again_launches_nothing_more(cloud: Emulator, lift: Client) -> None:
    lift.launch_instances(BASE, new_instance(), 2, consent=[LEAVE])
    with pytest.raises(RunExists):
        lift.launch_instances(BASE, new_instance(), 2, consent=[LEAVE])
    assert runs(cloud) == 1
    lift.launch_instances(BASE, new_instance(name="worker"), consent=[LEAVE])
    lift.launch_instances(BASE, new_instance(), 2, consent=[LEAVE], again=True)
    assert runs(cloud) == 3


@pytest.mark.parametrize("count", [1, 3])
def test_a_lost_answer_is_read_back(cloud: Emulator, lift: Client, count: int) -> None:
    cloud.faults.lose_answer("RunInstances", after=2)  # behind the dry runs of plan and gate
    done = lift.launch_instances(BASE, new_instance(), count, consent=[LEAVE])
    assert len(done.instances) == count
    assert runs(cloud) == 1


def test_a_list_that_shows_only_some_of_them_is_looked_at_again(cloud: Emulator, lift: Client) -> None:
    step = RunInstances(
        name="run",
        region_id="cn-hangzhou",
        image_id=BASE,
        target=new_instance(),
        instance_name="web",
        system_disk_size=40,
        count=3,
        min_count=1,
    )
    mark = Mark("night", "run", 1)
    assert step.find(lift.cloud, mark) is None
    made = step.make(lift.cloud, mark)
    last = cloud.world.ecs.instances.get(made[2].id)
    assert last
    last.visible_at = cloud.clock.now() + timedelta(seconds=12)
    cloud.clock.advance(5)
    assert step.find(lift.cloud, mark) == made
    last.visible_at = NEVER
    assert step.find(lift.cloud, mark) == made[:2], "fewer is what a short stock gives"


def test_a_short_stock_gives_fewer_where_they_will_do(cloud: Emulator, lift: Client) -> None:
    cloud.faults.few_in_stock("ecs.g7.large", 2)
    plan = lift.launch_instances.plan(BASE, new_instance(), 4, min_count=2)
    done = plan.apply(consent=plan.consents)
    assert (len(done.instances), done.short) == (2, 2)
    assert any("2 of 4" in line for line in done.left)
    assert any("2 of 4" in line for line in lift.runs.get(plan.run_id).report.left)


def test_one_that_disappears_is_named_and_the_others_are_there(cloud: Emulator, lift: Client) -> None:
    before = everything(cloud)
    cloud.faults.fail_resource("ecs_instance")
    plan = lift.launch_instances.plan(BASE, new_instance(), 3)
    done = plan.apply(consent=plan.consents)
    assert (len(done.instances), len(done.lost), runs(cloud)) == (2, 1, 1)
    assert any(done.lost[0].id in line for line in done.left)
    assert done.lost[0].id not in {i.id for i in done.instances}
    assert_only_announced(cloud, plan.writes)
    assert_report_tells_all(before, everything(cloud), lift.runs.get(plan.run_id).report)
    undo = lift.runs.get(plan.run_id).undo
    assert {c.resource_id for c in undo.plan().consents} == {i.id for i in done.instances}
    assert undo(consent=undo.plan().consents).left == ()
    assert new_ids(before, everything(cloud)) == set()


def test_when_none_comes_up_the_run_pauses_and_names_each(cloud: Emulator, lift: Client) -> None:
    before = everything(cloud)
    cloud.faults.fail_resource("ecs_instance", times=2)
    with pytest.raises(RunPaused) as caught:
        lift.launch_instances(BASE, new_instance(), 2, consent=[LEAVE], run_id="night")
    assert caught.value.reason.count("ECS instance i-") == 2
    with pytest.raises(RunPaused):
        lift.runs.resume("night")
    assert runs(cloud) == 1
    assert lift.runs.get("night").undo().left == ()
    assert new_ids(before, everything(cloud)) == set()
    assert len(lift.launch_instances(BASE, new_instance(), 2, consent=[LEAVE], run_id="next").instances) == 2


def test_one_that_does_not_answer_is_named(cloud: Emulator, lift: Client) -> None:
    cloud.faults.no_heartbeat()
    done = lift.launch_instances(BASE, new_instance(), 3, consent=[LEAVE])
    assert len(done.instances) == 3
    assert len(done.silent) == 1
    assert any(done.silent[0] in line for line in done.left)
    assert_shown(done, "3 of 3 instances run", "its agent is silent")


def test_one_that_answered_while_nobody_looked_is_not_called_silent(cloud: Emulator, lift: Client) -> None:
    def interrupt(event: Event) -> None:
        if event.kind == "waiting" and event.name == "instances/2/answers":
            lift._carrier.listeners.clear()
            raise KeyboardInterrupt

    lift.listen(interrupt)
    with pytest.raises(KeyboardInterrupt):
        lift.launch_instances(BASE, new_instance(), 2, consent=[LEAVE], run_id="night")
    cloud.clock.advance(100_000)
    done: Any = lift.runs.resume("night")
    assert (len(done.instances), done.silent) == (2, ())


def test_nobody_is_listened_to_where_running_is_enough(cloud: Emulator, lift: Client) -> None:
    cloud.faults.no_heartbeat(times=2)
    done = lift.launch_instances(BASE, new_instance(), 2, verify="running", consent=[LEAVE])
    assert done.silent == ()
    assert not cloud.log.of("DescribeCloudAssistantStatus")


def test_one_that_stays_pending_pauses_the_run_and_a_resume_waits_again(
    cloud: Emulator, lift: Client
) -> None:
    cloud.faults.stall("ecs_instance")
    with pytest.raises(RunPaused, match="Pending"):
        lift.launch_instances(BASE, new_instance(), 2, consent=[LEAVE], run_id="night")
    stuck = next(i for i in cloud.world.ecs.instances if i.status(cloud.clock.now()) == "Pending")
    stuck.timeline.plan(cloud.clock.now(), (0.0, "Starting"), (30.0, "Running"))
    stuck.agent_at = cloud.clock.now()
    done: Any = lift.runs.resume("night")
    assert len(done.instances) == 2
    assert runs(cloud) == 1


def test_a_target_that_sold_out_is_amended(cloud: Emulator, lift: Client) -> None:
    lift.listen(lambda e: cloud.faults.no_stock("ecs.g7.large") if e.kind == "gate" else None)
    with pytest.raises(RunPaused, match="NoStock"):
        lift.launch_instances(BASE, new_instance(), 2, consent=[LEAVE], run_id="night")
    with pytest.raises(RunConflict):
        lift.launch_instances(BASE, new_instance(instance_type="ecs.c7.large"), 2, run_id="night")
    with pytest.raises(ConsentRequired):
        lift.runs.resume("night", amend=new_instance(instance_type="ecs.g7.2xlarge", bandwidth=100))
    done: Any = lift.runs.resume("night", amend=new_instance(instance_type="ecs.c7.large"), consent=[LEAVE])
    assert {i.instance_type for i in done.instances} == {"ecs.c7.large"}
    assert runs(cloud) == 1


def test_the_undo_releases_them(cloud: Emulator, lift: Client) -> None:
    before = everything(cloud)
    done = lift.launch_instances(BASE, new_instance(), 3, consent=[LEAVE], run_id="night")
    undo = lift.runs.get("night").undo
    with pytest.raises(ConsentRequired):
        undo(consent=[Consent.erase(done.instances[0].id)])
    assert undo(consent=undo.plan().consents).left == ()
    assert new_ids(before, everything(cloud)) == set()
    assert_unharmed(before, everything(cloud))


def test_subscriptions_cannot_be_released_and_the_undo_names_each(cloud: Emulator, lift: Client) -> None:
    target = new_instance(billing="PrePaid")
    done = lift.launch_instances(BASE, target, 2, consent=[LEAVE], run_id="night")
    undo = lift.runs.get("night").undo
    left = " ".join(undo(consent=undo.plan().consents).left)
    assert all(i.id in left for i in done.instances)
    assert "refund" in left
    assert len([i for i in lift.ecs.instances.list() if i.tags.get("swaslift-run") == "night"]) == 2


def test_a_subscription_that_disappears_is_not_bought_again(cloud: Emulator, lift: Client) -> None:
    cloud.faults.fail_resource("ecs_instance")
    target = new_instance(billing="PrePaid")
    done = lift.launch_instances(BASE, target, 2, consent=[LEAVE])
    assert (len(done.instances), len(done.lost), runs(cloud)) == (1, 1, 1)
    assert any("paid for" in line for line in done.left)
    assert "DeleteInstance" not in {c.action for c in cloud.log.writes()}


@pytest.mark.parametrize(
    "quirks",
    [
        {"dry_run_status": 200, "unknown_image": "not_found"},
        {"swas_image_id_in_ecs": "different", "swas_image_owner_alias": "self", "usable_lag": 0.0},
        {"calls_per_minute": 10, "token_lifetime": 5.0},
    ],
)
def test_whatever_is_not_settled(quirks: dict[str, Any]) -> None:
    with (
        Emulator(speed=None, quirks=Quirks(**quirks)) as cloud,
        client_of(cloud, random=Random(7)) as lift,
    ):
        shared = lift.share_to_ecs(make_image(cloud, lift, "golden"))
        for image in (shared, BASE):
            plan = lift.launch_instances.plan(image, new_instance(), 2)
            assert len(plan.apply(consent=plan.consents).instances) == 2


def test_a_dry_run_that_takes_one_only_asks_for_one(cloud: Emulator, lift: Client) -> None:
    cloud.faults.fail("RunInstances", 403, "DryRun.InvalidAmount")
    plan = lift.launch_instances.plan(BASE, new_instance(), 3)
    assert not plan.blockers
    assert [int(c.params["Amount"]) for c in cloud.log.of("RunInstances")] == [3, 1]


def test_it_goes_on_in_the_background(lift: Client) -> None:
    run = lift.launch_instances.start(BASE, new_instance(), 2, consent=[LEAVE])
    assert len(run.result(timeout=60).instances) == 2


def test_an_image_that_was_withdrawn_meanwhile_is_told_before_anything_is_made(
    cloud: Emulator, lift: Client
) -> None:
    image = make_image(cloud, lift, "golden")
    plan = lift.launch_instances.plan(lift.share_to_ecs(image), new_instance(), run_id="night")
    lift.unshare_from_ecs(image)
    cloud.clock.advance(60)
    with pytest.raises(RunPaused, match="not listed in cn-hangzhou any more"):
        plan.apply(consent=plan.consents)
    assert runs(cloud) == 0
