"""Runs that go on in the background: threads, results, cancellation."""

from __future__ import annotations

import threading

import pytest

from swaslift import Client, Migration
from swaslift.emulator import Emulator
from swaslift.errors import ConsentRequired, RunBusy, RunError, RunPaused
from tests.support import client_of, new_instance


def test_three_runs_wait_in_one_thread(cloud: Emulator, lift: Client) -> None:
    consents = lift.migrate_to_ecs.plan("wiki", new_instance()).consents
    waiting = set()
    lift.listen(
        lambda event: waiting.add(threading.current_thread().name) if event.kind == "progress" else None
    )
    runs = [lift.migrate_to_ecs.start(s, new_instance(), consent=consents) for s in ("shop", "wiki", "batch")]
    results = [run.result(timeout=60) for run in runs]
    assert all(isinstance(r, Migration) for r in results)
    assert len({r.instance.id for r in results}) == 3
    assert [run.status for run in runs] == ["finished"] * 3
    assert waiting == {"swaslift-driver"}


def test_a_background_run_needs_the_same_consents(cloud: Emulator, lift: Client) -> None:
    with pytest.raises(ConsentRequired):
        lift.migrate_to_ecs.start("shop", new_instance())
    assert lift.runs.list() == []


def test_a_run_that_stops_says_why_when_its_result_is_asked_for(cloud: Emulator, lift: Client) -> None:
    plan = lift.migrate_to_ecs.plan("shop", new_instance())
    cloud.faults.fail("CopyImage", 403, "QuotaExceed.Image", "full")
    run = lift.migrate_to_ecs.start("shop", new_instance(), consent=plan.consents)
    with pytest.raises(RunPaused, match=r"QuotaExceed\.Image"):
        run.result(timeout=60)
    assert "QuotaExceed.Image" in (run.reason or "")
    again = lift.migrate_to_ecs.start("shop", new_instance())
    assert again.result(timeout=60).instance.status == "Running"


def test_a_cancelled_run_is_paused_and_can_be_resumed(cloud: Emulator, lift: Client) -> None:
    plan = lift.migrate_to_ecs.plan("shop", new_instance())
    reached, go_on = threading.Event(), threading.Event()

    def hold(event: object) -> None:
        if getattr(event, "name", "") == "image" and getattr(event, "kind", "") == "done":
            reached.set()
            go_on.wait(30)

    lift.listen(hold)
    run = lift.migrate_to_ecs.start("shop", new_instance(), consent=plan.consents)
    assert reached.wait(30)
    with pytest.raises(RunBusy):
        lift.runs.resume(run.id)
    run.cancel()
    go_on.set()
    with pytest.raises(RunPaused, match="cancelled"):
        run.result(timeout=60)
    assert lift.runs.resume(run.id).instance.status == "Running"


@pytest.mark.parametrize("blocking", [False, True])
def test_a_run_is_cancelled_by_its_id_where_it_is_carried(
    cloud: Emulator, lift: Client, blocking: bool
) -> None:
    plan = lift.migrate_to_ecs.plan("shop", new_instance(), run_id="r")
    reached, go_on = threading.Event(), threading.Event()
    ended: list[BaseException] = []

    def hold(event: object) -> None:
        if getattr(event, "name", "") == "image" and getattr(event, "kind", "") == "done":
            reached.set()
            go_on.wait(30)

    def block() -> None:
        with pytest.raises(RunPaused, match="cancelled") as paused:
            plan.apply(consent=plan.consents)
        ended.append(paused.value)

    lift.listen(hold)
    thread = threading.Thread(target=block)
    if blocking:
        thread.start()
    else:
        lift.migrate_to_ecs.start("shop", new_instance(), run_id="r", consent=plan.consents)
    assert reached.wait(30)
    with client_of(cloud) as other, pytest.raises(RunBusy, match="not by this client"):
        other.runs.get("r").cancel()
    assert lift.runs.get("r").status == "running"
    lift.runs.list()[0].cancel()
    go_on.set()
    if blocking:
        thread.join(30)
        assert ended
    else:
        with pytest.raises(RunPaused, match="cancelled"):
            lift.runs.get("r").result(timeout=60)
    assert lift.runs.get("r").status == "paused"
    with pytest.raises(RunError, match=r"nobody carries run 'r'.*it is paused"):
        lift.runs.get("r").cancel()


def test_progress_is_told_from_the_journal(cloud: Emulator, lift: Client) -> None:
    plan = lift.migrate_to_ecs.plan("shop", new_instance())
    done = plan.apply(consent=plan.consents)
    calls = len(list(cloud.log))
    assert done.run.progress.startswith("finished: 8 steps")
    assert repr(done.run) == f"<Run {done.run.id} finished: 8 steps>"
    assert len(list(cloud.log)) == calls, "a property does no I/O"
