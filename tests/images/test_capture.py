"""``capture_image``: from fresh snapshots, from given ones, and from what an earlier capture left."""

from __future__ import annotations

import re

import pytest

from swaslift import Client
from swaslift.cloud.caller import Exchange
from swaslift.emulator import Emulator
from swaslift.errors import PreflightError, RunExists, RunPaused
from swaslift.models import Snapshot
from tests.proof import (
    assert_only_announced,
    assert_report_tells_all,
    assert_unharmed,
    everything,
    new_ids,
)
from tests.support import client_of

REGION = "cn-hangzhou"


def take(cloud: Emulator, lift: Client, server: str, kind: str = "system", *, wait: bool = True) -> Snapshot:
    """A snapshot of a server's disk, made by the door."""
    found = lift.servers.get(server)
    disk = next(d for d in found.disks if d.kind == kind)
    made = lift.cloud.swas.create_snapshot(
        REGION, disk.id, f"{server}-{kind}", tags={}, token=f"{server}-{kind}"
    )
    cloud.clock.advance(3600 if wait else 10)
    return next(iter(lift.cloud.swas.list_snapshots(REGION, ids=[made])))


def writes(cloud: Emulator) -> list[str]:
    return [c.action for c in cloud.log.writes()]


def test_a_server_is_captured_and_not_touched(cloud: Emulator, lift: Client) -> None:
    before = everything(cloud)
    plan = lift.capture_image.plan("wiki", "wiki-gold")
    assert "not touched" in plan.downtime
    assert plan.consents == ()
    image = plan.apply()
    assert (image.name, image.status) == ("wiki-gold", "1")
    assert (image.system_disk_size, image.data_disk_size) == (40, 60)
    assert writes(cloud) == ["CreateSnapshot", "CreateSnapshot", "CreateCustomImage"]
    assert_only_announced(cloud, plan.writes)
    after = everything(cloud)
    assert_unharmed(before, after)
    assert len(new_ids(before, after)) == 3
    report = lift.runs.get(plan.run_id).report
    assert_report_tells_all(before, after, report)
    assert image.id in report.to_markdown()


def test_what_is_written_on_the_image(cloud: Emulator, lift: Client) -> None:
    image = lift.capture_image(
        "shop",
        "gold",
        description="before the sale",
        resource_group_id="rg-shop",
        tags={"env": "prod"},
    )
    assert (image.description, image.tags["env"]) == ("before the sale", "prod")
    (sent,) = cloud.log.of("CreateCustomImage")
    assert sent.params["ResourceGroupId"] == "rg-shop"


def test_without_a_name_it_gets_one_that_no_other_has(lift: Client) -> None:
    image = lift.capture_image("shop")
    assert image.name.startswith("shop-")


def test_the_data_disk_can_be_left(cloud: Emulator, lift: Client) -> None:
    image = lift.capture_image("wiki", data_disks="leave")
    assert image.data_snapshot_id == ""
    assert writes(cloud) == ["CreateSnapshot", "CreateCustomImage"]


def test_given_snapshots_are_used_as_they_are(cloud: Emulator, lift: Client) -> None:
    system, data = (take(cloud, lift, "wiki", kind) for kind in ("system", "data"))
    image = lift.capture_image("wiki", "gold", snapshots=[data.id, system])
    assert (image.system_snapshot_id, image.data_snapshot_id) == (system.id, data.id)
    assert writes(cloud)[2:] == ["CreateCustomImage"]
    alone = lift.capture_image("wiki", "silver", snapshots=[system])
    assert (alone.system_snapshot_id, alone.data_snapshot_id) == (system.id, "")


def test_the_same_call_again_captures_nothing(cloud: Emulator, lift: Client) -> None:
    lift.capture_image("shop", "gold")
    with pytest.raises(RunExists):
        lift.capture_image("shop", "gold")
    lift.capture_image("shop", "silver")
    assert writes(cloud).count("CreateCustomImage") == 2


def test_a_finished_run_that_is_resumed_returns_its_result_and_does_nothing(
    cloud: Emulator, lift: Client
) -> None:
    image = lift.capture_image("shop", "gold", run_id="gold")
    before = writes(cloud)
    assert lift.runs.resume("gold") == image
    assert writes(cloud) == before
    with pytest.raises(RunExists, match="finished"):
        lift.runs.resume("gold", amend="running")


def test_a_failed_snapshot_pauses_and_is_taken_anew(cloud: Emulator, lift: Client) -> None:
    before = everything(cloud)
    cloud.faults.fail_resource("swas_snapshot")
    with pytest.raises(RunPaused):
        lift.capture_image("shop", "gold", run_id="gold")
    assert lift.runs.resume("gold").name == "gold"
    after = everything(cloud)
    assert_report_tells_all(before, after, lift.runs.get("gold").report)
    assert len(new_ids(before, after)) == 2


def test_a_failed_image_pauses_and_the_next_gets_a_name_beside_it(cloud: Emulator, lift: Client) -> None:
    cloud.faults.fail_resource("swas_image")
    with pytest.raises(RunPaused):
        lift.capture_image("shop", "gold", run_id="gold")
    assert lift.runs.resume("gold").name.startswith("gold")
    assert len(cloud.log.of("CreateSnapshot")) == 1


def test_the_undo_removes_what_it_made(cloud: Emulator, lift: Client) -> None:
    before = everything(cloud)
    lift.capture_image("wiki", run_id="gold")
    assert lift.runs.get("gold").undo().left == ()
    assert everything(cloud) == before


def test_the_undo_leaves_given_snapshots(cloud: Emulator, lift: Client) -> None:
    given = take(cloud, lift, "shop")
    before = everything(cloud)
    lift.capture_image("shop", snapshots=[given], run_id="gold")
    lift.runs.get("gold").undo()
    assert everything(cloud) == before


# -- what an earlier capture left ---------------------------------------------------------------------


def left_behind(lift: Client, run_id: str, *, server: str = "shop", over: bool = True) -> str:
    """A snapshot of a capture that was refused its image; or that was given up before it was done."""
    calls = lift.cloud.caller.observers

    def stop(exchange: Exchange) -> None:
        done = "CreateCustomImage" if over else "ListSnapshots"
        made = any(c == "CreateSnapshot" for c in seen)
        seen.append(exchange.action)
        if exchange.phase == "before" and exchange.action == done and made:
            raise KeyboardInterrupt

    seen: list[str] = []
    calls.append(stop)
    with pytest.raises(KeyboardInterrupt):
        lift.capture_image(server, run_id=run_id)
    calls.remove(stop)
    rows = lift.runs.get(run_id).report.kept
    return rows[0].id


def test_a_snapshot_in_progress_of_an_earlier_capture_is_used(cloud: Emulator, lift: Client) -> None:
    left = left_behind(lift, "first", over=False)
    cloud.clock.advance(10)
    plan = lift.capture_image.plan("shop", "gold")
    assert f"snapshots='{left}'" in str(plan.checks[0])
    assert "run first began" in str(plan.checks[0])
    image = plan.apply()
    assert image.system_snapshot_id == left
    assert writes(cloud).count("CreateSnapshot") == 1
    lift.runs.get(plan.run_id).undo()
    assert [s.id for s in lift.snapshots.list()] == [left]


def test_a_finished_one_is_used_only_where_it_is_given(cloud: Emulator, lift: Client) -> None:
    """It holds what was then: where no fresh one fits, the blocker names it."""
    left = left_behind(lift, "first")
    fresh = lift.capture_image("shop", "fresh")
    assert fresh.system_snapshot_id != left
    take(cloud, lift, "shop")
    with pytest.raises(PreflightError, match=re.escape(f"snapshots=[{left}]")):
        lift.capture_image("shop", "full")
    assert lift.capture_image("shop", "full", snapshots=[left]).system_snapshot_id == left


def test_a_snapshot_of_somebody_else_is_waited_for(cloud: Emulator, lift: Client) -> None:
    take(cloud, lift, "shop", wait=False)
    with pytest.raises(PreflightError, match="in progress"):
        lift.capture_image("shop")


def test_without_its_journal_a_capture_takes_up_what_it_made(cloud: Emulator, lift: Client) -> None:
    left = left_behind(lift, "gold")
    cloud.clock.advance(60)
    with client_of(cloud, journal=lift._journal.path.with_name("other.db")) as other:
        assert other.capture_image("shop", run_id="gold").system_snapshot_id == left
    assert writes(cloud).count("CreateSnapshot") == 1
