"""When something goes wrong on the way: the run pauses, says what to do, and finishes on resume."""

from __future__ import annotations

import pytest

from swaslift import Client, ReplaceSystemDisk
from swaslift.emulator import Emulator
from swaslift.errors import (
    InvalidArgument,
    OutOfStockError,
    QuotaError,
    ResourceFailed,
    RunPaused,
    WaitTimeout,
)
from swaslift.runs.events import Event
from tests.proof import assert_report_tells_all, assert_unharmed, everything
from tests.support import client_of, new_instance


def paused(lift: Client, cloud: Emulator, target: object = None, server: str = "shop") -> RunPaused:
    """Begin a migration that pauses, and how it did."""
    plan = lift.migrate_to_ecs.plan(server, target or new_instance(), run_id="night")  # type: ignore[arg-type]  # a target
    with pytest.raises(RunPaused) as caught:
        plan.apply(consent=plan.consents)
    assert lift.runs.get("night").status == "paused"
    assert "swaslift resume night" in str(caught.value)
    return caught.value


def executed(cloud: Emulator, action: str) -> int:
    """How often an action was carried out."""
    return len([c for c in cloud.log.writes() if c.action == action])


@pytest.mark.parametrize(
    ("wait", "lists", "makes"),
    [
        ("snapshot-system-done", "ListSnapshots", "CreateSnapshot"),
        ("image-done", "ListCustomImages", "CreateCustomImage"),
        ("copy-usable", "DescribeImages", "CopyImage"),
    ],
)
def test_what_a_list_drops_once_is_not_made_anew(
    cloud: Emulator, lift: Client, wait: str, lists: str, makes: str
) -> None:
    """At a later look of a wait the resource has been seen, is there and left out."""
    looks: list[int] = []

    def drop(event: Event) -> None:
        if (event.kind, event.name) == ("progress", wait):
            looks.append(len(looks))
            if len(looks) == 2:
                cloud.faults.omit(lists)

    lift.listen(drop)
    plan = lift.migrate_to_ecs.plan("shop", new_instance())
    plan.apply(consent=plan.consents)
    assert [c.fault for c in cloud.log.of(lists)].count("omit") == 1
    assert executed(cloud, makes) == 1


@pytest.mark.parametrize(
    ("kind", "action"),
    [("swas_snapshot", "CreateSnapshot"), ("swas_image", "CreateCustomImage"), ("ecs_image", "CopyImage")],
)
def test_what_fails_is_made_anew_and_the_failed_one_is_in_the_report(
    cloud: Emulator, lift: Client, kind: str, action: str
) -> None:
    before = everything(cloud)
    cloud.faults.fail_resource(kind)  # type: ignore[arg-type]  # one of the kinds
    error = paused(lift, cloud)
    assert isinstance(error.__cause__, ResourceFailed)
    assert "made anew" in error.remedy
    lift.runs.resume("night")
    assert executed(cloud, action) == 2
    report = lift.runs.get("night").report
    assert_unharmed(before, everything(cloud))
    assert_report_tells_all(before, everything(cloud), report)


def test_an_instance_that_does_not_boot_shows_its_console(cloud: Emulator, lift: Client) -> None:
    cloud.faults.no_heartbeat()
    error = paused(lift, cloud)
    assert isinstance(error.__cause__, WaitTimeout)
    assert "console output" in error.reason
    assert len(error.reason.splitlines()) > 3
    assert executed(cloud, "DeleteCustomImage") == 0, "nothing is tidied away before the target answers"
    done = lift.runs.resume("night", amend="running")
    assert done.instance.status == "Running"
    assert executed(cloud, "RunInstances") == 1


def test_a_type_that_sells_out_on_the_way_is_amended_and_no_copy_is_made_twice(
    cloud: Emulator, lift: Client
) -> None:
    lift.listen(lambda e: cloud.faults.no_stock("ecs.g7.large") if e.kind == "gate" else None)
    error = paused(lift, cloud)
    assert isinstance(error.__cause__, OutOfStockError)
    done = lift.runs.resume("night", amend=new_instance(instance_type="ecs.c7.large"))
    assert done.instance.instance_type == "ecs.c7.large"
    assert executed(cloud, "CopyImage") == 1


def test_a_target_that_is_in_use_already_cannot_be_amended(cloud: Emulator, lift: Client) -> None:
    cloud.faults.fail("ReplaceSystemDisk", 403, "InstanceLockedForSecurity", "locked")
    paused(lift, cloud, ReplaceSystemDisk("i-emulator-web-old"))
    with pytest.raises(InvalidArgument, match="in use already"):
        lift.runs.resume("night", amend=ReplaceSystemDisk("i-emulator-idle"))
    lift.runs.resume("night")
    assert executed(cloud, "StopInstance") == 1


def test_a_quota_that_only_the_service_knows_pauses(cloud: Emulator, lift: Client) -> None:
    cloud.faults.fail("CopyImage", 403, "QuotaExceed.Image", "The image quota is used up.")
    error = paused(lift, cloud)
    assert isinstance(error.__cause__, QuotaError)
    lift.runs.resume("night")


@pytest.mark.parametrize(
    "action", ["CreateSnapshot", "CreateCustomImage", "ModifyImageShareStatus", "CopyImage", "RunInstances"]
)
def test_a_lost_answer_changes_nothing(cloud: Emulator, lift: Client, action: str) -> None:
    cloud.faults.lose_answer(action)
    plan = lift.migrate_to_ecs.plan("shop", new_instance())
    before = executed(cloud, action)
    plan.apply(consent=plan.consents)
    assert executed(cloud, action) - before == (2 if action == "ModifyImageShareStatus" else 1)


@pytest.mark.parametrize("action", ["StopInstance", "ReplaceSystemDisk", "AttachKeyPair", "StartInstance"])
def test_a_lost_answer_of_a_change_without_a_token_is_read_back(
    cloud: Emulator, lift: Client, action: str
) -> None:
    cloud.faults.lose_answer(action)
    plan = lift.migrate_to_ecs.plan("shop", ReplaceSystemDisk("i-emulator-web-old"))
    plan.apply(consent=plan.consents)
    assert executed(cloud, action) == 1


def test_throttling_is_waited_out(cloud: Emulator, lift: Client) -> None:
    for action in ("CreateSnapshot", "ListSnapshots", "CopyImage", "DescribeImages", "RunInstances"):
        cloud.faults.throttle(action, times=2)
    plan = lift.migrate_to_ecs.plan("shop", new_instance())
    plan.apply(consent=plan.consents)


def test_a_network_that_is_gone_for_long_pauses_and_the_same_call_goes_on(
    cloud: Emulator, lift: Client
) -> None:
    cloud.faults.cut("CreateCustomImage", times=40)
    error = paused(lift, cloud)
    assert "network" in error.remedy
    cloud.faults.clear()
    with client_of(cloud) as other:
        other.migrate_to_ecs("shop", new_instance(), run_id="night")
    assert executed(cloud, "CreateCustomImage") == 1


def test_an_outage_of_the_reads_only_delays(cloud: Emulator, lift: Client) -> None:
    cloud.faults.fail("ListSnapshots", 503, "ServiceUnavailable", times=30, after=2)
    plan = lift.migrate_to_ecs.plan("shop", new_instance())
    plan.apply(consent=plan.consents)


@pytest.mark.arranged
def test_somebody_who_replaces_the_disk_meanwhile_is_noticed(cloud: Emulator, lift: Client) -> None:
    cloud.faults.fail("ReplaceSystemDisk", 500, "InternalError", times=10)
    paused(lift, cloud, ReplaceSystemDisk("i-emulator-web-old"))
    cloud.faults.clear()
    ecs = lift.cloud.ecs
    ecs.replace_system_disk("cn-hangzhou", "i-emulator-web-old", "m-emulator-base-hz", token="somebody-else")
    cloud.clock.advance(300)
    with pytest.raises(RunPaused, match="somebody else replaced it"):
        lift.runs.resume("night")
    assert executed(cloud, "ReplaceSystemDisk") == 1


def test_a_replaced_system_that_does_not_boot_may_be_enough_when_it_runs(
    cloud: Emulator, lift: Client
) -> None:
    cloud.faults.no_heartbeat()
    plan = lift.migrate_to_ecs.plan("shop", ReplaceSystemDisk("i-emulator-web-old"), run_id="night")
    with pytest.raises(RunPaused, match="console output"):
        plan.apply(consent=plan.consents)
    done = lift.runs.resume("night", amend="running")
    assert done.instance.status == "Running"
    assert executed(cloud, "ReplaceSystemDisk") == 1
