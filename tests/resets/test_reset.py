"""``reset_server``: stopped, snapshotted, installed anew; and what an undo can and cannot do."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from swaslift import Client, Consent, Script, Secret
from swaslift.emulator import Emulator, Quirks
from swaslift.errors import ConsentRequired, RunConflict, RunExists, RunPaused
from swaslift.lifecycle.resetting import ServerReset
from tests.images.conftest import make_image
from tests.proof import (
    assert_only_announced,
    assert_report_tells_all,
    assert_shown,
    assert_unharmed,
    everything,
)
from tests.support import client_of

WIKI, BATCH = "1b2c3d4e5f6a47889b0c1d2e3f4a5b61", "4e5f6a7b8c9d4bbb9e0f1a2b3c4d5e64"
WAS, DEBIAN, UBUNTU = "img-debian-12", "img-debian-12", "img-ubuntu-2204"
LEAVE = Consent.erase(WIKI)


def done_by(cloud: Emulator, action: str) -> int:
    return len([c for c in cloud.log.writes() if (c.service, c.action) == ("swas", action)])


def order(cloud: Emulator, since: int = 0) -> list[str]:
    return [c.action for c in cloud.log.writes()][since:]


@pytest.mark.parametrize("server", [WIKI, "wiki"])
@pytest.mark.parametrize("image", ["golden", UBUNTU, WAS])
def test_a_server_is_reset(cloud: Emulator, lift: Client, server: str, image: str) -> None:
    golden = make_image(cloud, lift, "golden")
    writes = len(cloud.log.attempted_writes())
    before, was = everything(cloud), lift.servers.get("wiki")
    plan = lift.reset_server.plan(server, image)
    assert len(cloud.log.attempted_writes()) == writes, "a plan only reads"
    assert plan.consents == (LEAVE,)
    assert "down from its stop" in plan.downtime
    assert "an undo does not bring it back" in str(
        next(s for s in plan.steps if s.name == "reset").irreversible
    )
    done = plan.apply(consent=plan.consents)
    now = done.server
    assert (now.status, now.image_id) == ("Running", golden.id if image == "golden" else image)
    assert (now.id, now.public_ip, now.plan_id) == (was.id, was.public_ip, was.plan_id)
    assert [s.disk_id for s in done.snapshots] == [was.system_disk.id, was.data_disks[0].id]
    assert {s.status for s in done.snapshots} == {"Accomplished"}
    assert_shown(done, now.image_id, *(s.id for s in done.snapshots), *done.left)
    assert all(any(s.id in line for line in done.left) for s in done.snapshots)
    assert order(cloud, writes) == ["StopInstance", "CreateSnapshot", "CreateSnapshot", "ResetSystem"]
    assert_unharmed(before, everything(cloud), but={WIKI})
    assert_only_announced_since(cloud, writes, plan.writes)
    report = lift.runs.get(plan.run_id).report
    assert_report_tells_all(before, everything(cloud), report)


def assert_only_announced_since(cloud: Emulator, writes: int, announced: Any) -> None:
    assert {c.action for c in cloud.log.attempted_writes()[writes:]} <= set(announced)


def test_the_plan_lists_what_happens_and_what_may_happen(cloud: Emulator, lift: Client) -> None:
    plan = lift.reset_server.plan("wiki", UBUNTU)
    steps = [(s.name, s.only_if) for s in plan.steps if s.kind == "step"]
    assert steps == [
        ("stop", None),
        ("snapshot-system", None),
        ("snapshot-data", None),
        ("reset", None),
        ("start", "if reset is refused"),
        ("reset-running", "if reset is refused"),
    ]
    text = str(plan)
    assert "no undo brings it back on this server" in text
    assert "disk data is cleared" in " ".join(text.split())
    plan.apply(consent=plan.consents)
    assert_only_announced(cloud, plan.writes)


def test_the_login_is_set(cloud: Emulator, lift: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PASSWORD", "Str0ng-enough")
    plan = lift.reset_server.plan("wiki", UBUNTU, password=Secret.env("PASSWORD"))
    assert "Str0ng" not in str(plan.to_json())
    done = plan.apply(consent=plan.consents)
    assert not any("Log in" in line for line in done.left)
    assert cloud.world.swas.servers[WIKI].password_set
    lift.reset_server("wiki", UBUNTU, key_pair="ops", snapshot=False, consent=[LEAVE], again=True)
    assert cloud.world.swas.servers[WIKI].key_pair == "ops"


def test_a_password_that_is_gone_by_then_pauses_before_anything_is_erased(
    cloud: Emulator, lift: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PASSWORD", "Str0ng-enough")
    plan = lift.reset_server.plan("wiki", UBUNTU, password=Secret.env("PASSWORD"), run_id="night")
    monkeypatch.delenv("PASSWORD")
    with pytest.raises(RunPaused, match="PASSWORD"):
        plan.apply(consent=plan.consents)
    assert done_by(cloud, "ResetSystem") == 0
    monkeypatch.setenv("PASSWORD", "Str0ng-enough")
    lift.runs.resume("night")
    assert done_by(cloud, "ResetSystem") == 1


def test_without_snapshots_the_plan_says_that_nothing_is_left(cloud: Emulator, lift: Client) -> None:
    plan = lift.reset_server.plan("wiki", UBUNTU, snapshot=False, run_id="night")
    assert any(c.field == "snapshot" for c in plan.checks)
    assert "there is no snapshot" in str(next(s for s in plan.steps if s.name == "reset").irreversible)
    assert plan.apply(consent=plan.consents).snapshots == ()
    assert order(cloud) == ["StopInstance", "ResetSystem"]
    assert any("there is no snapshot of it" in line for line in lift.runs.get("night").undo().left)


def test_a_stopped_server_runs_afterwards_and_an_undo_stops_it(cloud: Emulator, lift: Client) -> None:
    plan = lift.reset_server.plan("batch", UBUNTU, run_id="night")
    assert any("will run afterwards" in r for r in plan.remarks)
    done = plan.apply(consent=plan.consents)
    assert done.server.status == "Running"
    assert order(cloud) == ["CreateSnapshot", "ResetSystem"]
    lift.runs.get("night").undo()
    assert lift.servers.get("batch").status == "Stopped"


def test_without_leave_nothing_is_erased(cloud: Emulator, lift: Client) -> None:
    for consent in ((), [Consent.erase(BATCH)], [Consent.stop(WIKI)]):
        with pytest.raises(ConsentRequired, match=WIKI):
            lift.reset_server("wiki", UBUNTU, consent=consent)
    assert not cloud.log.attempted_writes()


def test_the_same_call_again_erases_nothing_more(cloud: Emulator, lift: Client) -> None:
    lift.reset_server("wiki", UBUNTU, consent=[LEAVE])
    for image in (UBUNTU, WAS):
        with pytest.raises(RunExists):
            lift.reset_server("wiki", image, consent=[LEAVE])
    assert done_by(cloud, "ResetSystem") == 1


def test_what_was_begun_is_not_changed(cloud: Emulator, lift: Client) -> None:
    cloud.faults.fail("ResetSystem", 403, "Forbidden.RAM")
    with pytest.raises(RunPaused):
        lift.reset_server("wiki", UBUNTU, consent=[LEAVE], run_id="night")
    for changed in (
        {"image": WAS},
        {"image": UBUNTU, "snapshot": False},
        {"image": UBUNTU, "key_pair": "ops"},
    ):
        with pytest.raises(RunConflict):
            lift.reset_server("wiki", **changed, consent=[LEAVE], run_id="night")


@pytest.mark.parametrize("image", [UBUNTU, WAS])
@pytest.mark.parametrize("action", ["StopInstance", "CreateSnapshot", "ResetSystem"])
def test_a_lost_answer_is_read_back(cloud: Emulator, lift: Client, action: str, image: str) -> None:
    cloud.faults.lose_answer(action)
    assert lift.reset_server("wiki", image, consent=[LEAVE]).server.status == "Running"
    assert order(cloud) == ["StopInstance", "CreateSnapshot", "CreateSnapshot", "ResetSystem"]


def silence(cloud: Emulator, image: str, *, carried_out: bool) -> None:
    """From the reset on, no answer comes; the reset itself is carried out or not."""
    with (
        Emulator(speed=None, start=cloud.clock.now(), seed=7) as other,
        client_of(other, random=Random(7)) as lift,
    ):
        lift.reset_server("wiki", image, consent=[LEAVE], run_id="rehearsal")
        asked = [c.action for c in other.log]
    before = asked[: asked.index("ResetSystem")].count("ListInstances")
    if carried_out:
        cloud.faults.lose_answer("ResetSystem", times=50)
    else:
        cloud.faults.fail("ResetSystem", 500, "InternalError", times=50)
    cloud.faults.fail("ListInstances", 500, "InternalError", times=50, after=before)


@pytest.mark.parametrize("image", [UBUNTU, WAS])
@pytest.mark.parametrize("carried_out", [True, False])
def test_no_answer_at_all_and_forgotten_tokens_reset_once(image: str, carried_out: bool) -> None:
    with (
        Emulator(speed=None, seed=7, quirks=Quirks(token_lifetime=5.0)) as cloud,
        client_of(cloud, random=Random(7)) as lift,
    ):
        silence(cloud, image, carried_out=carried_out)
        with pytest.raises(RunPaused):
            lift.reset_server("wiki", image, consent=[LEAVE], run_id="night")
        cloud.faults.clear()
        assert done_by(cloud, "ResetSystem") == carried_out
        cloud.clock.advance(7200)
        assert lift.runs.resume("night").server.status == "Running"
        assert done_by(cloud, "ResetSystem") == 1


@pytest.mark.parametrize("action", ["StopInstance", "CreateSnapshot", "ResetSystem"])
def test_a_refusal_pauses_and_a_resume_goes_on(cloud: Emulator, lift: Client, action: str) -> None:
    cloud.faults.fail(action, 403, "Forbidden.RAM")
    with pytest.raises(RunPaused, match="Forbidden"):
        lift.reset_server("wiki", UBUNTU, consent=[LEAVE], run_id="night")
    done: Any = lift.runs.resume("night")
    assert (done.server.status, done.server.image_id) == ("Running", UBUNTU)
    assert done_by(cloud, "ResetSystem") == 1


def test_a_snapshot_that_fails_is_taken_anew_before_anything_is_erased(cloud: Emulator, lift: Client) -> None:
    before = everything(cloud)
    cloud.faults.fail_resource("swas_snapshot")
    with pytest.raises(RunPaused):
        lift.reset_server("wiki", UBUNTU, consent=[LEAVE], run_id="night")
    assert done_by(cloud, "ResetSystem") == 0
    lift.runs.resume("night")
    assert_report_tells_all(before, everything(cloud), lift.runs.get("night").report)


def test_a_server_that_somebody_starts_meanwhile_is_not_erased(cloud: Emulator, lift: Client) -> None:
    cloud.faults.fail("CreateSnapshot", 403, "Forbidden.RAM")
    with pytest.raises(RunPaused):
        lift.reset_server("wiki", WAS, consent=[LEAVE], run_id="night")
    lift.cloud.swas.start_instance("cn-hangzhou", WIKI, token="by-hand")
    cloud.clock.advance(600)
    with pytest.raises(RunPaused, match="somebody has started it"):
        lift.runs.resume("night")
    assert done_by(cloud, "ResetSystem") == 0
    cloud.clock.advance(600)
    written = cloud.clock.now()
    done = lift.runs.resume("night")
    assert done.server.status == "Running"
    assert all(s.created_at > written for s in done.snapshots)
    assert done_by(cloud, "ResetSystem") == 1


@pytest.mark.parametrize("image", [WAS, UBUNTU])
@pytest.mark.parametrize("stopped_again", [True, False])
def test_what_was_written_since_a_refused_reset_is_in_a_snapshot(
    cloud: Emulator, lift: Client, image: str, stopped_again: bool
) -> None:
    cloud.faults.fail("ResetSystem", 403, "Forbidden.RAM")
    with pytest.raises(RunPaused):
        lift.reset_server("wiki", image, consent=[LEAVE], run_id="night")
    lift.cloud.swas.start_instance("cn-hangzhou", WIKI, token="by-hand")
    cloud.clock.advance(3 * 86400)
    written = cloud.clock.now()
    if stopped_again:
        lift.cloud.swas.stop_instance("cn-hangzhou", WIKI, token="by-hand-too")
        cloud.clock.advance(600)
        # Whether it ran cannot be told, but the old snapshots are.
    else:
        with pytest.raises(RunPaused, match="somebody has started it"):
            lift.runs.resume("night")
    done = lift.runs.resume("night")
    assert done_by(cloud, "ResetSystem") == 1
    assert len(done.snapshots) == 2
    assert all(s.created_at > written for s in done.snapshots)
    assert {s.id for s in done.snapshots} == {s.id for s in lift.cloud.swas.list_snapshots("cn-hangzhou")}
    lift.runs.get("night").undo(consent=lift.runs.get("night").undo.plan().consents)
    kept = {s.id for s in lift.cloud.swas.list_snapshots("cn-hangzhou")}
    assert {s.id for s in done.snapshots} <= kept


def test_a_server_that_is_started_between_plan_and_reset_is_stopped_first(
    cloud: Emulator, lift: Client
) -> None:
    lift.cloud.swas.stop_instance("cn-hangzhou", WIKI, token="by-hand")
    cloud.clock.advance(600)
    plan = lift.reset_server.plan("wiki", WAS, run_id="night")
    lift.cloud.swas.start_instance("cn-hangzhou", WIKI, token="by-hand-too")
    cloud.clock.advance(600)
    with pytest.raises(RunPaused, match="somebody has started it"):
        plan.apply(consent=plan.consents)
    assert done_by(cloud, "ResetSystem") == 0
    assert lift.runs.resume("night").server.status == "Running"
    assert done_by(cloud, "ResetSystem") == 1


def test_an_image_that_is_deleted_meanwhile_pauses_and_the_undo_starts_the_server(
    cloud: Emulator, lift: Client
) -> None:
    image = make_image(cloud, lift, "golden")
    plan = lift.reset_server.plan("wiki", image, run_id="night")
    lift.cloud.swas.delete_custom_image(image.region_id, image.id, token="gone")
    before = everything(cloud)
    with pytest.raises(RunPaused, match="not listed"):
        plan.apply(consent=plan.consents)
    assert lift.servers.get("wiki").status == "Stopped"
    lift.runs.get("night").undo()
    assert lift.servers.get("wiki").status == "Running"
    assert_unharmed(before, everything(cloud))
    assert_report_tells_all(before, everything(cloud), lift.runs.get("night").report)


def test_the_undo_keeps_the_snapshots_and_they_make_an_image(cloud: Emulator, lift: Client) -> None:
    before = everything(cloud)
    done = lift.reset_server("wiki", UBUNTU, consent=[LEAVE], run_id="night")
    writes = len(cloud.log.attempted_writes())
    undone = lift.runs.get("night").undo()
    (told,) = undone.left
    assert_shown(undone, "Undone, but for this", told)
    assert len(cloud.log.attempted_writes()) == writes
    assert all(s.id in told for s in done.snapshots)
    assert "capture_image with snapshots=" in told
    assert_report_tells_all(before, everything(cloud), lift.runs.get("night").report)
    image = lift.capture_image("wiki", "old-wiki", snapshots=done.snapshots)
    assert (image.system_snapshot_id, image.data_snapshot_id) == tuple(s.id for s in done.snapshots)


@pytest.mark.parametrize("image", [UBUNTU, WAS])
@pytest.mark.parametrize("sent", [True, False])
def test_an_undo_without_an_answer_never_removes_the_only_copy(
    cloud: Emulator, lift: Client, image: str, sent: bool
) -> None:
    silence(cloud, image, carried_out=sent)
    with pytest.raises(RunPaused):
        lift.reset_server("wiki", image, consent=[LEAVE], run_id="night")
    cloud.faults.clear()
    cloud.clock.advance(3600)
    left = lift.runs.get("night").undo().left
    assert lift.servers.get("wiki").status == "Running"
    there = {s.id for s in lift.snapshots.list()}
    if sent:
        assert len(there) == 2
        assert "does not come back" in left[0]
    elif image == WAS:
        assert len(there) == 2, "whether it was reset cannot be told"
        assert "cannot be told" in left[0]
    else:
        assert not there
        assert not left


@pytest.mark.parametrize("image", [UBUNTU, WAS])
def test_without_the_journal_it_is_not_reset_again(
    cloud: Emulator, lift: Client, image: str, tmp_path: Any
) -> None:
    lift.reset_server("wiki", image, consent=[LEAVE], run_id="night")
    cloud.clock.advance(100_000)  # tokens are forgotten
    with client_of(cloud, journal=tmp_path / "another.db") as other:
        done = other.reset_server("wiki", image, consent=[LEAVE], run_id="night")
    assert len(done.snapshots) == 2
    assert order(cloud) == ["StopInstance", "CreateSnapshot", "CreateSnapshot", "ResetSystem"]


@pytest.mark.parametrize("image", [UBUNTU, WAS])
@pytest.mark.parametrize("server", ["wiki", "batch"])
def test_a_service_that_takes_only_running_servers(image: str, server: str) -> None:
    with (
        Emulator(speed=None, quirks=Quirks(reset_system_in="running")) as cloud,
        client_of(cloud, random=Random(7)) as lift,
    ):
        before = everything(cloud)
        plan = lift.reset_server.plan(server, image, run_id="night")
        cloud.faults.lose_answer("ResetSystem")
        done = plan.apply(consent=plan.consents)
        assert (done.server.status, done.server.image_id) == ("Running", image)
        assert done_by(cloud, "ResetSystem") == 1
        assert cloud.world.swas.servers[done.server.id].reset_at is not None
        assert_only_announced(cloud, plan.writes)
        lift.runs.get("night").undo()
        assert lift.servers.get(server).status == ("Stopped" if server == "batch" else "Running")
        assert_report_tells_all(before, everything(cloud), lift.runs.get("night").report)


@pytest.mark.parametrize(
    "quirks",
    [
        {"swas_letter_case": "other", "unknown_server": "not_found"},
        {"swas_image_quota_scope": "region"},
        {"calls_per_minute": 10, "token_lifetime": 5.0},
    ],
)
def test_whatever_is_not_settled(quirks: dict[str, Any]) -> None:
    with (
        Emulator(speed=None, quirks=Quirks(**quirks)) as cloud,
        client_of(cloud, random=Random(7)) as lift,
    ):
        for image in (UBUNTU, UBUNTU):
            plan = lift.reset_server.plan("shop", image, again=True)
            assert plan.apply(consent=plan.consents).server.image_id == image
        assert done_by(cloud, "ResetSystem") == 2


def test_it_is_a_part_of_a_chain(cloud: Emulator, lift: Client) -> None:
    def roll_out(source: str, target: str) -> Script[ServerReset]:
        image = yield from lift.capture_image.part(source, name="gold")
        return (yield from lift.reset_server.part(target, image))

    verb = lift.chain(roll_out)
    plan = verb.plan("shop", "batch")
    assert plan.consents == (Consent.erase(BATCH),)
    done = plan.apply(consent=plan.consents)
    assert done.server.image_id == next(iter(lift.images.list())).id


def test_it_goes_on_in_the_background(lift: Client) -> None:
    run = lift.reset_server.start("wiki", UBUNTU, consent=[LEAVE])
    assert run.result(timeout=60).server.status == "Running"
