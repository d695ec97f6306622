"""``capture_image`` of a server that is stopped meanwhile, or told by commands; and what fails in between."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from swaslift import Client, Command, Consent
from swaslift.emulator import Emulator, Quirks
from swaslift.emulator.inventory import default
from swaslift.errors import ConsentRequired, PreflightError, RunPaused
from tests.proof import assert_only_announced, assert_report_tells_all, assert_unharmed, everything
from tests.servers.conftest import interrupt_at
from tests.support import client_of

BEFORE, AFTER = "stop-db", "start-db"


@pytest.fixture
def cloud() -> Iterator[Emulator]:
    """Commands that hold ``bad`` fail."""
    inventory = default()
    for server in inventory["swas"]["servers"]:
        server["command_replies"] = [{"contains": "bad", "output": "it broke\n", "exit_code": 3}]
    with Emulator(inventory, speed=None, seed=7) as running:
        yield running


def writes(cloud: Emulator) -> list[str]:
    return [
        c.params.get("CommandContent", c.action) for c in cloud.log.writes() if c.action != "DeleteSnapshot"
    ]


def leave(lift: Client, server: str = "shop") -> list[Consent]:
    return [Consent.stop(lift.servers.get(server).id)]


def running(lift: Client, server: str = "shop") -> bool:
    return lift.servers.get(server).status == "Running"


def test_the_server_is_stopped_for_its_snapshots_and_started_again(cloud: Emulator, lift: Client) -> None:
    before = everything(cloud)
    plan = lift.capture_image.plan("wiki", stop_source=True)
    assert "is down from its stop until it has started again" in plan.downtime
    with pytest.raises(ConsentRequired, match=r"Consent\.stop"):
        lift.capture_image("wiki", stop_source=True)
    with pytest.raises(ConsentRequired):
        lift.capture_image("wiki", stop_source=True, consent=[Consent.stop("another")])
    assert writes(cloud) == []
    plan.apply(consent=plan.consents)
    assert writes(cloud) == [
        "StopInstance",
        "CreateSnapshot",
        "CreateSnapshot",
        "StartInstance",
        "CreateCustomImage",
    ]
    assert_only_announced(cloud, plan.writes)
    assert_unharmed(before, everything(cloud))
    assert_report_tells_all(before, everything(cloud), lift.runs.get(plan.run_id).report)


def test_commands_are_run_before_and_after(cloud: Emulator, lift: Client) -> None:
    plan = lift.capture_image.plan(
        "shop", stop_source=True, before=BEFORE, after=Command(AFTER, 30, user="admin")
    )
    assert [s.title for s in plan.steps if "run in the server" in s.title] == [
        f"run in the server, before the snapshots: {BEFORE}",
        f"run in the server, after the snapshots: {AFTER}",
    ]
    plan.apply(consent=plan.consents)
    assert writes(cloud) == [
        BEFORE,
        "StopInstance",
        "CreateSnapshot",
        "StartInstance",
        AFTER,
        "CreateCustomImage",
    ]
    first, last = cloud.log.of("RunCommand")
    assert (first.params["Timeout"], last.params["Timeout"], last.params["WorkingUser"]) == (60, 30, "admin")
    assert_only_announced(cloud, plan.writes)


def test_in_windows_commands_are_powershell(cloud: Emulator, lift: Client) -> None:
    windows = next(s for s in lift.servers.list() if s.os_type == "Windows")
    lift.capture_image(windows, before=BEFORE)
    assert cloud.log.of("RunCommand")[0].params["Type"] == "RunPowerShellScript"


@pytest.mark.parametrize(
    "fault",
    [
        ("CreateSnapshot", 403, "SnapshotLimitExceed"),
        ("CreateSnapshot", 403, "IncorrectDiskStatus.CreatingSnapshot"),
        ("CreateSnapshot", 500, "InternalError"),
        "swas_snapshot",
    ],
    ids=["refused", "refused for now", "no answer", "failed"],
)
def test_whatever_fails_the_server_runs_again_before_the_run_pauses(
    cloud: Emulator, lift: Client, fault: tuple[str, int, str] | str
) -> None:
    before = everything(cloud)
    if isinstance(fault, str):
        cloud.faults.fail_resource("swas_snapshot")
    else:
        action, http, code = fault
        cloud.faults.fail(action, http, code, times=40)
    with pytest.raises(RunPaused) as paused:
        lift.capture_image(
            "wiki", stop_source=True, before=BEFORE, after=AFTER, consent=leave(lift, "wiki"), run_id="gold"
        )
    assert running(lift, "wiki")
    assert "The server was started again." in paused.value.reason
    assert "The command after the snapshots was run." in paused.value.reason
    assert writes(cloud)[-2:] == ["StartInstance", AFTER]
    # Nothing of the failed try is left to fill the quota.
    assert list(lift.snapshots.list()) == []
    cloud.faults.clear()
    image = lift.runs.resume("gold")
    assert image.data_disk_size == 60
    assert running(lift, "wiki")
    sent = writes(cloud)
    assert sent[-7:] == [
        BEFORE,
        "StopInstance",
        "CreateSnapshot",
        "CreateSnapshot",
        "StartInstance",
        AFTER,
        "CreateCustomImage",
    ]
    after = everything(cloud)
    assert_unharmed(before, after)
    assert_report_tells_all(before, after, lift.runs.get("gold").report)


def test_a_stop_that_is_refused_leaves_the_server_running(cloud: Emulator, lift: Client) -> None:
    cloud.faults.fail("StopInstance", 403, "Forbidden.RAM")
    with pytest.raises(RunPaused, match=r"Forbidden\.RAM") as paused:
        lift.capture_image("shop", stop_source=True, after=AFTER, consent=leave(lift))
    assert "started again" not in paused.value.reason
    assert "The command after the snapshots was run." in paused.value.reason
    assert "Go on with" in str(paused.value)
    assert running(lift)
    assert writes(cloud) == [AFTER]


def test_a_start_that_is_refused_is_tried_again_on_resume(cloud: Emulator, lift: Client) -> None:
    cloud.faults.fail_resource("swas_snapshot")
    cloud.faults.fail("StartInstance", 403, "Forbidden.RAM")
    with pytest.raises(RunPaused, match=r"StartInstance.*Forbidden\.RAM"):
        lift.capture_image("shop", stop_source=True, consent=leave(lift), run_id="gold")
    assert lift.servers.get("shop").status == "Stopped"
    with pytest.raises(RunPaused, match="The server was started again"):
        lift.runs.resume("gold")
    assert running(lift)
    lift.runs.resume("gold")
    assert running(lift)


def test_a_command_before_that_fails_stops_nothing(cloud: Emulator, lift: Client) -> None:
    with pytest.raises(RunPaused) as paused:
        lift.capture_image("shop", stop_source=True, before="bad", after=AFTER, consent=leave(lift))
    assert "ended Failed, exit code 3" in paused.value.reason
    assert "it broke" in paused.value.reason
    assert writes(cloud) == ["bad", AFTER]


def test_a_command_after_that_fails_is_told_and_the_image_is_made_on_resume(
    cloud: Emulator, lift: Client
) -> None:
    with pytest.raises(RunPaused, match=r"the command after them failed: .*exit code 3") as paused:
        lift.capture_image("shop", before=BEFORE, after="bad", run_id="gold")
    assert "by hand" in paused.value.remedy
    assert lift.runs.resume("gold").status == "1"
    assert writes(cloud) == [BEFORE, "CreateSnapshot", "bad", "CreateCustomImage"]


def test_a_command_that_is_refused_has_changed_nothing(cloud: Emulator, lift: Client) -> None:
    cloud.faults.fail("RunCommand", 403, "Forbidden.RAM")
    with pytest.raises(RunPaused, match=r"Forbidden\.RAM"):
        lift.capture_image("shop", before=BEFORE, after=AFTER, run_id="gold")
    assert writes(cloud) == []
    lift.runs.resume("gold")
    assert writes(cloud) == [BEFORE, "CreateSnapshot", AFTER, "CreateCustomImage"]


def test_a_command_whose_answer_is_lost_is_found_by_its_name(cloud: Emulator, lift: Client) -> None:
    cloud.faults.lose_answer("RunCommand")
    lift.capture_image("shop", before=BEFORE)
    assert writes(cloud).count(BEFORE) == 1


def test_a_command_that_takes_too_long_is_a_failure(cloud: Emulator, lift: Client) -> None:
    for server in cloud.world.swas.servers.values():
        for reply in server.replies:
            object.__setattr__(reply, "seconds", 500.0)
    with pytest.raises(RunPaused, match="ended Timeout"):
        lift.capture_image("shop", before=Command("bad", timeout=20))


def test_a_server_that_is_stopped_already_is_left_so(cloud: Emulator, lift: Client) -> None:
    stopped = next(s for s in lift.servers.list() if s.status == "Stopped")
    plan = lift.capture_image.plan(stopped, stop_source=True)
    assert "neither stopped nor started" in str(plan.checks[0])
    assert plan.consents == ()
    assert plan.downtime.startswith("none")
    plan.apply()
    assert lift.servers.get(stopped.id).status == "Stopped"
    assert writes(cloud) == ["CreateSnapshot", "CreateCustomImage"]


def by_its_owner(cloud: Emulator, lift: Client, server: str) -> None:
    """Its owner stops a server."""
    lift.servers.stop(server)
    cloud.clock.advance(300)
    cloud.log.clear()


def test_a_server_that_its_owner_has_stopped_since_the_plan_is_left_so(cloud: Emulator, lift: Client) -> None:
    plan = lift.capture_image.plan("shop", stop_source=True)
    by_its_owner(cloud, lift, "shop")
    plan.apply(consent=plan.consents)
    assert lift.servers.get("shop").status == "Stopped"
    assert writes(cloud) == ["CreateSnapshot", "CreateCustomImage"]
    report = lift.runs.get(plan.run_id).report.to_markdown()
    assert "shop was stopped by somebody else: it is left so" in report
    assert lift.runs.get(plan.run_id).down == []


def test_nor_does_a_failure_start_it(cloud: Emulator, lift: Client) -> None:
    plan = lift.capture_image.plan("shop", stop_source=True, run_id="gold")
    by_its_owner(cloud, lift, "shop")
    cloud.faults.fail("CreateSnapshot", 403, "Forbidden.RAM")
    with pytest.raises(RunPaused) as caught:
        plan.apply(consent=plan.consents)
    assert "started" not in caught.value.reason
    lift.runs.resume("gold")
    assert lift.servers.get("shop").status == "Stopped"
    assert writes(cloud) == ["CreateSnapshot", "CreateCustomImage"]


def test_one_that_the_run_has_stopped_without_an_answer_is_started_again(
    cloud: Emulator, lift: Client
) -> None:
    interrupt_at(lift, "after", "StopInstance")
    with pytest.raises(KeyboardInterrupt):
        lift.capture_image("shop", stop_source=True, consent=leave(lift), run_id="gold")
    cloud.clock.advance(300)
    assert lift.servers.get("shop").status == "Stopped"
    lift.runs.resume("gold")
    assert running(lift, "shop")
    assert writes(cloud).count("StopInstance") == 1


@pytest.mark.parametrize("commands", [{"before": BEFORE}, {"after": AFTER}])
def test_no_command_runs_in_a_server_that_is_stopped(
    cloud: Emulator, lift: Client, commands: dict[str, Any]
) -> None:
    stopped = next(s for s in lift.servers.list() if s.status == "Stopped")
    with pytest.raises(PreflightError, match="Start it, or leave out"):
        lift.capture_image(stopped, stop_source=True, **commands)
    assert not cloud.log.attempted_writes()


def test_one_that_a_run_without_its_journal_has_stopped_is_started_again(
    cloud: Emulator, lift: Client, tmp_path: Path
) -> None:
    def press(event: object) -> None:
        if (getattr(event, "name", ""), getattr(event, "kind", "")) == (
            "still/disks/snapshot-system",
            "done",
        ):
            raise KeyboardInterrupt

    lift.listen(press)
    with pytest.raises(KeyboardInterrupt):
        lift.capture_image("shop", stop_source=True, consent=leave(lift), run_id="gold")
    cloud.clock.advance(60)
    with client_of(cloud, journal=tmp_path / "another.db") as other:
        plan = other.capture_image.plan("shop", stop_source=True, run_id="gold")
        assert "whose journal is lost has stopped it" in str(plan.checks[0])
        plan.apply(consent=plan.consents)
        assert running(other, "shop")


def test_the_undo_starts_a_server_that_was_left_stopped(cloud: Emulator, lift: Client) -> None:
    def press(event: object) -> None:
        if (
            getattr(event, "name", "") == "still/disks/snapshot-system"
            and getattr(event, "kind", "") == "done"
        ):
            raise KeyboardInterrupt

    before = everything(cloud)
    lift.listen(press)
    with pytest.raises(KeyboardInterrupt):
        lift.capture_image("shop", stop_source=True, consent=leave(lift), run_id="gold")
    lift._carrier.listeners.remove(press)
    assert lift.servers.get("shop").status == "Stopped"
    lift.runs.get("gold").undo()
    assert everything(cloud) == before


def test_the_undo_of_a_finished_one_switches_nothing(cloud: Emulator, lift: Client) -> None:
    before = everything(cloud)
    lift.capture_image("shop", stop_source=True, before=BEFORE, consent=leave(lift), run_id="gold")
    sent = len(cloud.log.of("StartInstance")) + len(cloud.log.of("StopInstance"))
    left = lift.runs.get("gold").undo().left
    assert [text for text in left if BEFORE in text] == list(left)
    assert len(cloud.log.of("StartInstance")) + len(cloud.log.of("StopInstance")) == sent
    assert everything(cloud) == before


@pytest.mark.parametrize(
    "quirks",
    [
        Quirks(swas_letter_case="capitalized", unknown_server="not_found"),
        Quirks(swas_image_quota_scope="region", calls_per_minute=10),
        Quirks(token_lifetime=1.0),
    ],
)
def test_whatever_no_document_settles(quirks: Quirks) -> None:
    with Emulator(speed=None, seed=7, quirks=quirks) as other, client_of(other) as lift:
        before = everything(other)
        lift.capture_image(
            "wiki", stop_source=True, before=BEFORE, after=AFTER, consent=leave(lift, "wiki"), run_id="gold"
        )
        assert_unharmed(before, everything(other))
        lift.runs.get("gold").undo()
        assert everything(other) == before


@pytest.fixture
def lift(cloud: Emulator) -> Iterator[Client]:
    with client_of(cloud) as client:
        yield client
