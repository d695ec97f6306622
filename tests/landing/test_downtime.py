"""What a replacement leaves down while it is paused, and how long it was down in the end."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from swaslift import Client, Consent
from swaslift.cli.main import cli
from swaslift.emulator import Emulator
from swaslift.errors import RunPaused

WEB = "i-emulator-web-old"
IDLE = "i-emulator-idle"
BASE = "m-emulator-base-hz"
DOWN = rf"{WEB} is stopped since 2026-11-01 08:\d\d UTC; resume or undo to start it"


def replace(lift: Client, instance: str = WEB) -> None:
    lift.replace_system_disk(instance, BASE, consent=[Consent.erase(instance)], run_id="night")


@pytest.mark.parametrize("action", ["CreateSnapshot", "ReplaceSystemDisk", "StartInstance"])
def test_a_run_that_pauses_behind_the_stop_says_what_is_down(
    cloud: Emulator, lift: Client, action: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cloud.faults.fail(action, 403, "Forbidden.RAM")
    with pytest.raises(RunPaused, match=DOWN):
        replace(lift)
    run = lift.runs.get("night")
    assert f"{WEB} is stopped since" in (run.reason or "")
    assert f"{WEB} is stopped since" in run.report.to_markdown()
    assert dict(run.report.facts)["Downtime"].startswith(f"{WEB}, since 2026-11-01 08:")
    for name, value in cloud.environment().items():
        monkeypatch.setenv(name, value)
    shown = CliRunner().invoke(cli, ["runs"], env={"COLUMNS": "400"})
    assert f"{WEB} is stopped since" in shown.output
    lift.runs.resume("night")
    assert run.down == []
    assert f"{WEB} is stopped" not in run.report.to_markdown()


def test_a_run_that_pauses_before_the_stop_or_behind_the_start_has_nothing_down(
    cloud: Emulator, lift: Client
) -> None:
    cloud.faults.fail("StopInstance", 403, "Forbidden.RAM")
    with pytest.raises(RunPaused) as before:
        replace(lift)
    cloud.faults.no_heartbeat()
    with pytest.raises(RunPaused) as behind:
        lift.runs.resume("night")
    assert "is stopped" not in before.value.reason
    assert "is stopped" not in behind.value.reason


def test_a_stop_without_an_answer_may_have_happened(cloud: Emulator, lift: Client) -> None:
    cloud.faults.fail("StopInstance", 500, "InternalError", times=100)
    with pytest.raises(RunPaused, match=f"{WEB} may be stopped since"):
        replace(lift)


def test_an_instance_that_was_told_to_start_and_does_not(cloud: Emulator, lift: Client) -> None:
    lift.listen(
        lambda event: (
            cloud.faults.fail("DescribeInstances", 403, "Forbidden.RAM", times=100)
            if (event.name, event.kind) == ("start-target", "done")
            else None
        )
    )
    with pytest.raises(RunPaused, match=r"told to start at .* and was not seen Running since"):
        replace(lift)


def test_a_finished_run_says_how_long_it_was_down(cloud: Emulator, lift: Client) -> None:
    replace(lift)
    report = lift.runs.get("night").report
    moments = {m.name: m for m in report.timeline}
    began, running = moments["stop-target"].began_at, moments["target-running"]
    ended = running.began_at.timestamp() + (running.seconds or 0)
    minutes = (ended - began.timestamp()) / 60
    fact = dict(report.facts)["Downtime"]
    assert fact.startswith(f"{WEB} for {minutes:.0f} min, {began:%Y-%m-%d %H:%M} UTC to ")


def test_what_was_down_before_is_not_told_of(cloud: Emulator, lift: Client) -> None:
    cloud.faults.fail("ReplaceSystemDisk", 403, "Forbidden.RAM")
    with pytest.raises(RunPaused) as paused:
        replace(lift, IDLE)
    assert "is stopped" not in paused.value.reason
    lift.runs.resume("night")
    assert "Downtime" not in dict(lift.runs.get("night").report.facts)


def test_an_undo_that_pauses_says_it_too(cloud: Emulator, lift: Client) -> None:
    replace(lift)
    undo = lift.runs.get("night").undo
    cloud.faults.fail("ReplaceSystemDisk", 403, "Forbidden.RAM")
    with pytest.raises(RunPaused, match=rf"{WEB} is stopped since .* UTC; resume to start it"):
        undo(consent=undo.plan().consents)
    lift.runs.resume("night")
    assert [name for name, _ in lift.runs.get("night").report.facts].count("Downtime") == 2
