"""A server moves into another account: two clients, one emulator."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from swaslift import Client, Migration, ReplaceSystemDisk
from swaslift.emulator import Emulator, Quirks
from swaslift.errors import InvalidArgument, PreflightError, RunPaused
from swaslift.targets import Target
from tests.conftest import START
from tests.proof import (
    assert_only_announced,
    assert_report_tells_all,
    assert_unharmed,
    everything,
    new_ids,
)
from tests.support import (
    OTHER_ACCOUNT,
    client_of,
    client_of_other,
    new_instance,
    new_instance_of_other,
)

OWN_ACCOUNT = "1234567890123456"
THERE = new_instance_of_other(
    region="ap-southeast-1",
    vswitch_id="vsw-emulator-partner-sgp",
    security_group_id="sg-emulator-partner-sgp",
)


@pytest.fixture
def other(cloud: Emulator) -> Iterator[Client]:
    with client_of_other(cloud, random=Random(7)) as client:
        yield client


def migrate(
    cloud: Emulator, lift: Client, other: Client, server: str, target: Target, **arguments: Any
) -> Migration:
    """Migrate, and prove what every migration has to prove, and that the server's account is as it was."""
    before = everything(cloud)
    plan = lift.migrate_to_ecs.plan(server, target, into=other, **arguments)
    assert not [c for c in cloud.log.attempted_writes() if c.action != "RunInstances"], "a plan only reads"
    done = plan.apply(consent=plan.consents)
    cloud.clock.advance(60)
    after = everything(cloud)
    given_up = {target.instance} if isinstance(target, ReplaceSystemDisk) else set()
    given_up |= {k[3] for k, r in before.items() if given_up & {r.get("InstanceId")}}
    assert_unharmed(before, after, but=given_up)
    assert_only_announced(cloud, plan.writes)
    assert_report_tells_all(before, after, done.report)
    assert done.instance.account_id == done.image.account_id == OTHER_ACCOUNT
    assert {line.account_id for line in done.report.kept} <= {OTHER_ACCOUNT} or "copies" in str(arguments)
    assert other.ecs.instances.get(done.instance.id, done.instance.region_id).status == "Running"
    return done


def made_by(before: Any, after: Any, account: str) -> set[str]:
    return new_ids(before, {k: r for k, r in after.items() if k[0] == account})


@pytest.mark.parametrize(
    ("server", "target"),
    [("shop", new_instance_of_other()), ("wiki", new_instance_of_other()), ("wiki", THERE)],
    ids=["new", "with data disk", "another region"],
)
def test_a_server_moves_into_another_account(
    cloud: Emulator, lift: Client, other: Client, server: str, target: Target
) -> None:
    before = everything(cloud)
    done = migrate(cloud, lift, other, server, target)
    assert made_by(before, everything(cloud), OWN_ACCOUNT) == set()
    assert len(done.disks) == (2 if server == "wiki" else 1)
    shares = cloud.state()[OWN_ACCOUNT]["ecs"]["image_shares"]
    assert shares == {}, "the share is withdrawn"
    by = {c.action: c.account_id for c in cloud.log.writes()}
    assert by["RunInstances"] == OTHER_ACCOUNT
    assert by["ModifyImageSharePermission"] == by["CreateSnapshot"] == OWN_ACCOUNT


@pytest.mark.arranged
def test_an_instance_of_the_other_account_gets_a_new_disk(
    cloud: Emulator, lift: Client, other: Client
) -> None:
    request = {
        "RegionId": "cn-hangzhou",
        "ImageId": "ubuntu_22_04_x64_20G_alibase_20260915.vhd",
        "InstanceType": "ecs.g7.large",
        "VSwitchId": "vsw-emulator-partner-hz",
        "SecurityGroupId": "sg-emulator-partner-hz",
        "InstanceName": "old",
        "SystemDisk": {"Category": "cloud_essd", "Size": "40"},
        "KeyPairName": "partner-ops",
        "Amount": 1,
    }
    (old,) = other.cloud.ecs.run_instances("cn-hangzhou", request, token="old")
    cloud.clock.advance(600)
    done = migrate_over(cloud, lift, other, old)
    assert done.instance.id == old
    assert done.instance.account_id == OTHER_ACCOUNT
    assert done.instance.image_id == done.image.id


def migrate_over(cloud: Emulator, lift: Client, other: Client, instance: str) -> Migration:
    before = everything(cloud)
    plan = lift.migrate_to_ecs.plan("shop", ReplaceSystemDisk(instance), into=other)
    done = plan.apply(consent=plan.consents)
    cloud.clock.advance(60)
    after = everything(cloud)
    disks = {k[3] for k, r in before.items() if k[2] == "disks" and r["InstanceId"] == instance}
    assert_unharmed(before, after, but={instance, *disks})
    assert made_by(before, after, OWN_ACCOUNT) == set()
    return done


@pytest.mark.parametrize(
    "quirks",
    [
        Quirks(swas_image_id_in_ecs="different", swas_image_owner_alias="self", dry_run_status=200),
        Quirks(unknown_image="not_found", token_lifetime=5.0, usable_lag=0.0, calls_per_minute=10),
        Quirks(shared_image_cross_region_copy="allowed", one_image_to_many_regions="refused"),
    ],
    ids=["seen otherwise", "slow and forgetful", "straight across"],
)
@pytest.mark.parametrize("target", [new_instance_of_other(), THERE], ids=["here", "there"])
def test_under_what_no_document_settles(quirks: Quirks, target: Target) -> None:
    with (
        Emulator(speed=None, start=START, seed=7, quirks=quirks) as cloud,
        client_of(cloud, random=Random(7)) as lift,
        client_of_other(cloud, random=Random(7)) as other,
    ):
        migrate(cloud, lift, other, "shop", target)


def test_where_only_encrypted_copies_are_taken_the_other_account_encrypts_its_own() -> None:
    quirks = Quirks(same_region_copy="encrypted_only", shared_image_cross_region_copy="allowed")
    with (
        Emulator(speed=None, start=START, seed=7, quirks=quirks) as cloud,
        client_of(cloud, random=Random(7)) as lift,
        client_of_other(cloud, random=Random(7)) as other,
    ):
        done = migrate(cloud, lift, other, "shop", THERE)
        assert done.image.encrypted


@pytest.mark.parametrize("target", [new_instance_of_other(), THERE], ids=["here", "there"])
def test_what_can_only_be_encrypted_is_not_handed_over(target: Target) -> None:
    with (
        Emulator(speed=None, start=START, seed=7, quirks=Quirks(same_region_copy="encrypted_only")) as cloud,
        client_of(cloud, random=Random(7)) as lift,
        client_of_other(cloud, random=Random(7)) as other,
    ):
        before = everything(cloud)
        plan = lift.migrate_to_ecs.plan("shop", target, into=other)
        with pytest.raises(RunPaused, match="KMS key of your own") as caught:
            plan.apply(consent=plan.consents)
        assert "IncorrectDestinationRegion" in caught.value.reason
        assert made_by(before, everything(cloud), OTHER_ACCOUNT) == set()
        assert lift.runs.get(plan.run_id).undo().left == ()
        cloud.clock.advance(60)
        assert new_ids(before, everything(cloud)) == set()


# Stopped, gone on with, taken back.


def paused(cloud: Emulator, lift: Client, other: Client, action: str, *, after: int = 0) -> str:
    """A run that stopped at an action."""
    cloud.faults.fail(action, 403, "Forbidden.RAM", after=after)
    plan = lift.migrate_to_ecs.plan("shop", new_instance_of_other(), into=other)
    with pytest.raises(RunPaused):
        plan.apply(consent=plan.consents)
    return plan.run_id


STOPS = [("ModifyImageSharePermission", 0), ("CopyImage", 1), ("RunInstances", 1), ("DeleteImage", 0)]


@pytest.mark.parametrize(("action", "after"), STOPS)
def test_it_goes_on_in_another_process_when_the_client_is_given_again(
    cloud: Emulator, lift: Client, other: Client, action: str, after: int
) -> None:
    run_id = paused(cloud, lift, other, action, after=after)
    with client_of(cloud) as later:
        if action in {"CopyImage", "RunInstances"}:
            with pytest.raises(RunPaused, match=r"resume\(id, into=client\)") as caught:
                later.runs.resume(run_id)
            assert OTHER_ACCOUNT in caught.value.reason
        done = later.runs.resume(run_id, into=other)
        assert isinstance(done, Migration)
        assert done.instance.account_id == OTHER_ACCOUNT
    made = [c.action for c in cloud.log.writes()]
    assert (made.count("RunInstances"), made.count("CopyImage")) == (1, 2)


@pytest.mark.parametrize(("action", "after"), STOPS)
def test_it_is_taken_back_in_both_accounts(
    cloud: Emulator, lift: Client, other: Client, action: str, after: int
) -> None:
    before = everything(cloud)
    run_id = paused(cloud, lift, other, action, after=after)
    with client_of(cloud) as later:
        run = later.runs.get(run_id)
        if action == "RunInstances":
            with pytest.raises(RunPaused, match="into=client"):
                run.undo(consent=run.undo.plan().consents)
            assert run.status == "paused"
        undone = run.undo(consent=run.undo.plan().consents, into=other)
    cloud.clock.advance(60)
    after_all = everything(cloud)
    assert undone.left == ()
    assert_unharmed(before, after_all)
    assert new_ids(before, after_all) == set()
    assert cloud.state()[OWN_ACCOUNT]["ecs"]["image_shares"] == {}


def test_a_finished_one_is_taken_back_in_both_accounts(cloud: Emulator, lift: Client, other: Client) -> None:
    before = everything(cloud)
    plan = lift.migrate_to_ecs.plan("wiki", new_instance_of_other(), into=other, keep=["copies"])
    done = plan.apply(consent=plan.consents)
    (own,) = [line for line in done.report.kept if line.account_id == OWN_ACCOUNT]
    assert own.what == "ECS image"
    assert cloud.state()[OWN_ACCOUNT]["ecs"]["image_shares"] == {}
    undo = done.run.undo
    assert any(f"in account {OTHER_ACCOUNT}" in step for step in undo.plan().steps)
    assert undo(consent=undo.plan().consents).left == ()
    cloud.clock.advance(60)
    assert_unharmed(before, everything(cloud))
    assert new_ids(before, everything(cloud)) == set()


def test_the_same_call_goes_on(cloud: Emulator, lift: Client, other: Client) -> None:
    paused(cloud, lift, other, "CopyImage", after=1)
    plan = lift.migrate_to_ecs.plan("shop", new_instance_of_other(), into=other)
    assert plan.apply(consent=plan.consents).instance.account_id == OTHER_ACCOUNT
    assert [c.action for c in cloud.log.writes()].count("CreateSnapshot") == 1


def test_a_copy_that_fails_there_is_removed_there_and_made_anew(
    cloud: Emulator, lift: Client, other: Client
) -> None:
    before = everything(cloud)
    plan = lift.migrate_to_ecs.plan("shop", new_instance_of_other(), into=other)
    cloud.faults.fail("ModifyImageSharePermission", 403, "Forbidden.RAM")
    with pytest.raises(RunPaused):
        plan.apply(consent=plan.consents)
    cloud.faults.fail_resource("ecs_image")
    with pytest.raises(RunPaused, match="made anew"):
        lift.runs.resume(plan.run_id, into=other)
    done = lift.runs.resume(plan.run_id, into=other)
    assert isinstance(done, Migration)
    cloud.clock.advance(60)
    after = everything(cloud)
    assert_report_tells_all(before, after, done.report)
    assert len(made_by(before, after, OTHER_ACCOUNT) & {k[3] for k in after if k[2] == "images"}) == 1


def test_the_gate_there_asks_before_the_long_copy_and_the_target_is_amended(
    cloud: Emulator, lift: Client, other: Client
) -> None:
    plan = lift.migrate_to_ecs.plan("shop", new_instance_of_other(), into=other)
    cloud.faults.fail("RunInstances", 403, "OperationDenied.NoStock")
    with pytest.raises(RunPaused, match="dry run"):
        plan.apply(consent=plan.consents)
    assert [c.action for c in cloud.log.writes()].count("CopyImage") == 1
    with pytest.raises(PreflightError, match="no such vSwitch"):
        lift.runs.resume(plan.run_id, into=other, amend=new_instance())
    wanted = new_instance_of_other(instance_type="ecs.c7.large")
    done = lift.runs.resume(plan.run_id, into=other, amend=wanted)
    assert isinstance(done, Migration)
    assert done.instance.instance_type == "ecs.c7.large"


def test_it_goes_on_in_the_background(cloud: Emulator, lift: Client, other: Client) -> None:
    plan = lift.migrate_to_ecs.plan("shop", new_instance_of_other(), into=other)
    run = lift.migrate_to_ecs.start("shop", new_instance_of_other(), into=other, consent=plan.consents)
    assert run.result(timeout=60).instance.account_id == OTHER_ACCOUNT


def test_plan_and_report_name_the_accounts(cloud: Emulator, lift: Client, other: Client) -> None:
    plan = lift.migrate_to_ecs.plan("shop", new_instance_of_other(), into=other)
    there = {s.name for s in plan.steps if f"in account {OTHER_ACCOUNT}" in s.title}
    assert there >= {"copy-into", "gate-there", "run", "answers"}
    assert not there & {"copy", "hand-over", "withdraw", "snapshot-system"}
    assert OTHER_ACCOUNT in plan.title
    assert any("not stored" in remark for remark in plan.remarks)
    done = plan.apply(consent=plan.consents)
    assert f"cn-hangzhou, account {OTHER_ACCOUNT}" in done.report.to_markdown()
    assert f"cn-hangzhou, account {OTHER_ACCOUNT}" in done.report.to_html()
    assert any(f"belong to account {OTHER_ACCOUNT}" in line for line in done.left)
    rows = lift.runs._carrier.journal.effects(plan.run_id)
    accounts = {r.name: r.request["account"] for r in rows if r.kind.startswith(("ecs.", "swas."))}
    assert accounts["run"] == accounts["copy-into"] == OTHER_ACCOUNT
    assert accounts["copy"] is None


def test_no_credentials_are_stored(cloud: Emulator, lift: Client, other: Client, tmp_path: Path) -> None:
    plan = lift.migrate_to_ecs.plan("shop", new_instance_of_other(), into=other)
    plan.apply(consent=plan.consents)
    stored = b"".join(p.read_bytes() for p in (tmp_path / "state").glob("journal.db*"))
    assert OTHER_ACCOUNT.encode() in stored
    assert b"LTAIemulator0001" not in stored
    assert b"emulator-secret" not in stored


def test_into_this_or_another_account_are_two_runs(cloud: Emulator, lift: Client, other: Client) -> None:
    here = lift.migrate_to_ecs.plan("shop", new_instance())
    assert here.run_id != lift.migrate_to_ecs.plan("shop", new_instance_of_other(), into=other).run_id


def test_a_silent_agent_there_is_told_with_its_console(cloud: Emulator, lift: Client, other: Client) -> None:
    cloud.faults.no_heartbeat()
    plan = lift.migrate_to_ecs.plan("shop", new_instance_of_other(), into=other)
    with pytest.raises(RunPaused, match="End of the console output") as caught:
        plan.apply(consent=plan.consents)
    assert "no evidence" not in caught.value.reason


# Refused before anything changes.


def test_network_and_key_pair_have_to_be_the_other_accounts(
    cloud: Emulator, lift: Client, other: Client
) -> None:
    with pytest.raises(PreflightError) as caught:
        lift.migrate_to_ecs("shop", new_instance(), into=other)
    found = {c.field: c.remedy for c in caught.value.checks}
    assert "vsw-emulator-partner-hz" in found["target.vswitch_id"]
    assert "sg-emulator-partner-hz" in found["target.security_group_id"]
    assert "partner-ops" in found["target.key_pair"]
    assert not cloud.log.attempted_writes()


@pytest.mark.arranged
def test_a_name_that_is_taken_there(cloud: Emulator, lift: Client, other: Client) -> None:
    lift.hand_over("m-emulator-base-hz", OTHER_ACCOUNT)
    other.cloud.ecs.copy_image(
        "cn-hangzhou", "m-emulator-base-hz", to_region="cn-hangzhou", name="golden", tags={}, token="t"
    )
    cloud.clock.advance(60)
    before = len(cloud.log.attempted_writes())
    with pytest.raises(PreflightError) as caught:
        lift.migrate_to_ecs("shop", new_instance_of_other(), into=other, image_name="golden")
    assert [c.field for c in caught.value.checks] == ["image_name"]
    assert len(cloud.log.attempted_writes()) == before


def test_a_name_is_for_the_image_there(cloud: Emulator, lift: Client, other: Client) -> None:
    plan = lift.migrate_to_ecs.plan("shop", new_instance_of_other(), into=other, image_name="shop-golden")
    assert plan.apply(consent=plan.consents).image.name == "shop-golden"


def test_what_is_no_client_of_another_account(cloud: Emulator, lift: Client, other: Client) -> None:
    for given, problem in (
        (OTHER_ACCOUNT, "not a client"),
        (lift, "a client of the same account"),
        (7, "not a client"),
    ):
        with pytest.raises(InvalidArgument, match=problem) as caught:
            lift.migrate_to_ecs("shop", new_instance_of_other(), into=given)  # type: ignore[arg-type]  # what is refused
        assert caught.value.field == "into"
        with pytest.raises(InvalidArgument, match=problem):
            lift.runs.resume("none", into=given)  # type: ignore[arg-type]  # what is refused
    with pytest.raises(InvalidArgument, match="an image of its own"):
        lift.migrate_to_ecs("shop", new_instance_of_other(), into=other, own_image=False)
    assert not cloud.log.attempted_writes()


def test_a_client_of_another_emulator(cloud: Emulator, lift: Client) -> None:
    with Emulator(speed=None, start=START) as second, client_of_other(second) as far:
        with pytest.raises(InvalidArgument, match="same cloud") as caught:
            lift.migrate_to_ecs("shop", new_instance_of_other(), into=far)
        assert caught.value.field == "into"
        assert not second.log.attempted_writes()
