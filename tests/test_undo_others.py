"""Undo where resources fail, and where somebody else has changed what the run made or needs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from swaslift import Client, Consent, ReplaceSystemDisk, Script
from swaslift.emulator import Emulator
from swaslift.emulator.faults import ResourceKind
from swaslift.errors import RunPaused
from swaslift.lifecycle.steps import StopServer
from swaslift.runs.effects import Ask, Until
from swaslift.runs.events import Event
from tests.proof import assert_report_tells_all, assert_unharmed, everything, new_ids
from tests.support import new_instance

HZ = "cn-hangzhou"
TARGET = "i-emulator-web-old"
OLD_DISK = "d-emulator-web-old"
BASE = "m-emulator-base-hz"


def undo(lift: Client, run_id: str) -> tuple[str, ...]:
    way_back = lift.runs.get(run_id).undo
    return tuple(way_back(consent=way_back.plan().consents).left)


def apply(plan: Any) -> Any:
    return plan.apply(consent=plan.consents)


def at(lift: Client, kind: str, name: str, act: Callable[[], object]) -> None:
    """Do something once, at an event of a run."""
    over: list[bool] = []

    def hear(event: Event) -> None:
        if event.kind == kind and event.name.endswith(name) and not over:
            over.append(True)
            act()

    lift.listen(hear)


def press() -> None:
    """Press Ctrl-C."""
    raise KeyboardInterrupt


def deleted(cloud: Emulator) -> set[str]:
    return {c.params["SnapshotId"] for c in cloud.log.of("DeleteSnapshot")}


@pytest.mark.parametrize("fate", ["fails", "is never done"])
def test_an_image_that_fails_in_an_undo_leaves_the_backup_that_it_was_made_of(
    cloud: Emulator, lift: Client, fate: str
) -> None:
    backup = apply(lift.replace_system_disk.plan("web-old", BASE, run_id="r")).backup.id
    cloud.faults.fail_resource("ecs_image") if fate == "fails" else cloud.faults.stall("ecs_image")
    with pytest.raises(RunPaused, match="resume"):
        undo(lift, "r")
    left = undo(lift, "r")
    assert any("the old system is back on a new disk" in line for line in left)
    assert backup in cloud.state()[lift.cloud.account_id]["ecs"]["snapshots"]
    assert deleted(cloud) == set()
    # The image that came to nothing is removed, and only that.
    (restored,) = (i for i in lift.ecs.images.list() if "restore" in i.name)
    assert any(restored.id in line for line in left)


def test_a_snapshot_behind_a_copy_that_was_not_made_for_it_stays(cloud: Emulator, lift: Client) -> None:
    copy = lift.copy_to_region(lift.ecs.images.get(BASE), "ap-southeast-1", run_id="r")
    (behind,) = (d.snapshot_id for d in copy.disks)
    snapshot = next(s for s in cloud.world.ecs.snapshots if s.id == behind)
    snapshot.created_at -= timedelta(days=1)
    left = undo(lift, "r")
    assert deleted(cloud) == set()
    assert any(f"ecs.snapshot {behind} stays: it was not made for the image" in line for line in left)


@pytest.mark.parametrize("action", ["ReplaceSystemDisk", "CreateSnapshot"])
def test_a_target_that_is_gone_does_not_keep_an_undo_from_its_end(
    cloud: Emulator, lift: Client, action: str
) -> None:
    before = everything(cloud)
    plan = lift.migrate_to_ecs.plan("shop", ReplaceSystemDisk(TARGET), run_id="r")
    # The first snapshot is one of SWAS.
    cloud.faults.fail(action, 403, "Forbidden.RAM", after=action == "CreateSnapshot")
    with pytest.raises(RunPaused):
        apply(plan)
    lift.cloud.ecs.delete_instance(HZ, TARGET)
    cloud.clock.advance(60)
    left = undo(lift, "r")
    assert any(f"the instance {TARGET} is not there any more" in line for line in left)
    after = everything(cloud)
    assert {i for i in new_ids(before, after) if not any(i in line for line in left)} == set()
    assert_unharmed(before, after, but={TARGET, OLD_DISK})


def test_a_replaced_system_does_not_come_back_where_its_target_or_backup_is_gone(
    cloud: Emulator, lift: Client
) -> None:
    backup = apply(lift.replace_system_disk.plan("web-old", BASE, run_id="r")).backup.id
    lift.cloud.ecs.delete_snapshot(HZ, backup)
    disks = [d.id for d in lift.ecs.disks.list(instance=TARGET)]
    left = undo(lift, "r")
    assert any(f"the backup {backup} is not there any more" in line for line in left)
    assert [d.id for d in lift.ecs.disks.list(instance=TARGET)] == disks
    assert backup not in {line.id for line in lift.runs.get("r").report.kept}


@pytest.mark.parametrize("server", ["shop", "wiki"])
def test_the_snapshots_behind_an_image_that_somebody_deleted_are_removed(
    cloud: Emulator, lift: Client, server: str
) -> None:
    before = everything(cloud)
    done = apply(lift.migrate_to_ecs.plan(server, new_instance(), run_id="r"))
    lift.cloud.ecs.delete_image(HZ, done.image.id, force=True)
    assert undo(lift, "r") == ()
    cloud.clock.advance(60)
    assert new_ids(before, everything(cloud)) == set()


def test_snapshots_are_known_before_the_image_is_done(cloud: Emulator, lift: Client) -> None:
    """The client is gone while the copy goes on, and somebody deletes the image that came of it."""
    before = everything(cloud)
    at(lift, "waiting", "-usable", press)
    with pytest.raises(KeyboardInterrupt):
        lift.copy_to_region(lift.ecs.images.get(BASE), "ap-southeast-1", run_id="r")
    cloud.clock.advance(5 * 3600)
    (copy,) = (i for i in lift.ecs.images.list(region="ap-southeast-1") if i.is_copied)
    lift.cloud.ecs.delete_image("ap-southeast-1", copy.id)
    assert undo(lift, "r") == ()
    assert deleted(cloud) == {d.snapshot_id for d in copy.disks}
    assert new_ids(before, everything(cloud)) == set()


def _migrate(lift: Client) -> Any:
    return lift.migrate_to_ecs.plan("shop", new_instance(), run_id="r")


def _replace(lift: Client) -> Any:
    return lift.replace_system_disk.plan("web-old", BASE, run_id="r")


@pytest.mark.parametrize(
    ("kind", "plan"),
    [
        ("swas_snapshot", _migrate),
        ("swas_image", _migrate),
        ("ecs_instance", _migrate),
        ("ecs_snapshot", _replace),
    ],
)
def test_what_is_never_done_is_removed_or_named_without_a_long_wait(
    cloud: Emulator, lift: Client, kind: ResourceKind, plan: Callable[[Client], Any]
) -> None:
    before = everything(cloud)
    cloud.faults.stall(kind)
    with pytest.raises(RunPaused):
        apply(plan(lift))
    since = cloud.clock.now()
    left = undo(lift, "r")
    assert cloud.clock.now() - since < timedelta(minutes=45)
    cloud.clock.advance(60)
    after = everything(cloud)
    assert bool(left) == bool(new_ids(before, after))
    assert_report_tells_all(before, after, lift.runs.get("r").report)


def test_a_snapshot_that_is_being_made_is_deleted_as_soon_as_it_is_done(
    cloud: Emulator, lift: Client
) -> None:
    before = everything(cloud)
    at(lift, "waiting", "snapshot-system-done", press)
    with pytest.raises(KeyboardInterrupt):
        lift.capture_image("batch", "gold", run_id="r")
    assert undo(lift, "r") == ()
    assert new_ids(before, everything(cloud)) == set()
    assert len(cloud.log.of("DeleteSnapshot")) >= 2


def test_a_stop_that_somebody_takes_back_before_it_is_seen_is_sent_again(
    cloud: Emulator, lift: Client
) -> None:
    """Here a stop: somebody starts the target again before the run has seen it stopped."""

    def start() -> None:
        cloud.clock.advance(300)
        lift.cloud.ecs.start_instance(HZ, TARGET)

    at(lift, "waiting", "target-stopped", start)
    with pytest.raises(RunPaused, match="sends the request again"):
        apply(_replace(lift))
    lift.runs.resume("r")
    assert len(cloud.log.of("StopInstance")) == 2
    assert lift.runs.get("r").status == "finished"


@pytest.mark.parametrize(("seen", "waits"), [(False, True), (True, False)])
def test_a_stop_that_was_not_seen_yet_is_waited_for_before_the_server_is_started(
    seen: bool, waits: bool
) -> None:
    stop = StopServer(name="stop", region_id=HZ, server_id="s")
    way_back: Script[str | None] = stop.undo(True, {"status": "Running"})
    assert isinstance(next(way_back), Ask)
    effect = way_back.send(seen)
    assert isinstance(effect, Until)
    (wait,) = effect.waits
    assert (wait.condition.leaves == "Running", wait.bounded) == (waits, waits)


def _start_shop(cloud: Emulator, lift: Client) -> None:
    lift.cloud.swas.start_instance(HZ, lift.servers.get("shop").id, token="console")
    cloud.clock.advance(120)


def test_a_server_that_somebody_starts_before_its_snapshots_have_begun_is_not_captured(
    cloud: Emulator, lift: Client
) -> None:
    before = everything(cloud)
    plan = lift.capture_image.plan("shop", "gold", stop_source=True, run_id="r")
    at(lift, "step", "snapshot-system", lambda: _start_shop(cloud, lift))
    with pytest.raises(RunPaused, match="somebody else has started it"):
        apply(plan)
    assert new_ids(before, everything(cloud)) == set()
    image = lift.runs.resume("r")
    assert lift.runs.get("r").status == "finished"
    assert image.name == "gold"


def test_a_server_that_somebody_starts_while_its_snapshots_are_made_is_named(
    cloud: Emulator, lift: Client
) -> None:
    plan = lift.capture_image.plan("shop", "gold", stop_source=True, run_id="r")
    at(lift, "waiting", "snapshot-system-done", lambda: _start_shop(cloud, lift))
    apply(plan)
    assert "Somebody else started the server shop" in lift.runs.get("r").report.to_markdown()


def test_a_failed_capture_of_a_chain_leaves_the_snapshots_of_its_other_parts(
    cloud: Emulator, lift: Client
) -> None:
    @lift.chain
    def anew(server: str) -> Script[str]:
        yield from lift.reset_server.part(server, "img-debian-12")
        image = yield from lift.capture_image.part(server, "gold", stop_source=True)
        return image.id

    plan = anew.plan("batch", run_id="r")
    cloud.faults.fail("CreateSnapshot", 403, "SnapshotLimitExceed", after=1)
    with pytest.raises(RunPaused):
        plan.apply(consent=[*plan.consents, Consent.stop(lift.servers.get("batch").id)])
    (held,) = (s for s in lift.snapshots.list() if s.tags.get("swaslift-run") == "r")
    assert held.tags["swaslift-step"].startswith("reset_server")


def test_a_plan_to_delete_snapshots_says_which_may_be_a_backup(cloud: Emulator, lift: Client) -> None:
    backup = apply(lift.replace_system_disk.plan("web-old", BASE, run_id="r")).backup
    undo(lift, "r")
    (restored,) = (i for i in lift.ecs.images.list() if "restore" in i.name)
    plan = lift.delete_image.plan(restored, snapshots=True)
    told = [c for c in plan.checks if c.field == "snapshots"]
    assert [c.value for c in told] == [backup.id]
    assert f"may be a backup of the disk {OLD_DISK}" in told[0].problem
