"""The command: real processes, the emulator's address in the environment."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from swaslift import Client
from swaslift.emulator import Emulator
from swaslift.errors import RunPaused
from swaslift.runs.events import Event
from tests.images.conftest import make_image
from tests.servers.conftest import LEAVE, PLAN, interrupt_at, purchases
from tests.support import new_instance

COMMAND = [sys.executable, "-c", "from swaslift.cli.main import main; main()"]


def swaslift(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *words],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_emulator_prints_its_address_and_what_to_export(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [*COMMAND, "emulator", "--port", "0", "--virtual"],
        stdout=subprocess.PIPE,
        text=True,
        env=dict(os.environ),
    )
    assert process.stdout is not None
    lines = [process.stdout.readline().strip() for _ in range(5)]
    exported = dict(line.removeprefix("export ").split("=", 1) for line in lines[1:])
    try:
        assert lines[0].startswith("# emulator of SWAS, ECS and STS at http://127.0.0.1:")
        with Client(
            exported["ALIBABA_CLOUD_REGION_ID"],
            endpoint_url=exported["SWASLIFT_ENDPOINT_URL"],
            access_key_id=exported["ALIBABA_CLOUD_ACCESS_KEY_ID"],
            access_key_secret=exported["ALIBABA_CLOUD_ACCESS_KEY_SECRET"],
        ) as lift:
            assert lift.servers.get("shop").status == "Running"
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
        process.stdout.close()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--speed", "0"], "speed"),
        (["--inventory", "missing.json"], "missing.json"),
        (["--inventory", "broken.json"], "broken.json"),
    ],
)
def test_a_wrong_option_of_the_emulator_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], says: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("broken.json").write_text('{"swas": {"servers": [{"nam": "x"}]}}')
    result = swaslift("emulator", "--port", "0", *words)
    assert result.returncode != 0
    assert says in result.stderr
    assert "Traceback" not in result.stderr


@pytest.fixture
def environment(cloud: Emulator) -> dict[str, str]:
    return cloud.environment()


def test_a_paused_run_is_listed_resumed_reported_and_undone(
    cloud: Emulator, lift: Client, environment: dict[str, str], tmp_path: Path
) -> None:
    cloud.faults.fail("CopyImage", 403, "QuotaExceed.Image", "full")
    plan = lift.migrate_to_ecs.plan("shop", new_instance(), run_id="night")
    with pytest.raises(RunPaused):
        plan.apply(consent=plan.consents)
    listed = swaslift("runs", **environment)
    assert "night" in listed.stdout
    assert "paused" in listed.stdout
    resumed = swaslift("resume", "night", **environment)
    assert resumed.returncode == 0, resumed.stderr
    assert "finished" in resumed.stdout
    again = swaslift("resume", "night", **environment)
    assert again.returncode == 1
    assert "nothing to go on with" in again.stderr
    assert "Traceback" not in again.stderr
    out = tmp_path / "night.html"
    assert swaslift("report", "night", "--out", str(out), **environment).returncode == 0
    assert "rehearsal" in out.read_text()
    shown = swaslift("report", "night", **environment).stdout
    assert "## What exists now" in shown
    look = swaslift("undo", "night", **environment)
    assert "Nothing was changed" in look.stdout
    assert lift.runs.get("night").status == "finished"
    assert swaslift("undo", "night", "--yes", **environment).returncode == 0
    assert lift.runs.get("night").status == "undone"


def test_whose_servers_are_in_doubt_can_be_said(
    cloud: Emulator, lift: Client, environment: dict[str, str]
) -> None:
    image = make_image(cloud, lift, "golden")
    interrupt_at(lift, "after", "CreateInstances")
    with pytest.raises(KeyboardInterrupt):
        lift.scale_out(image, 1, PLAN, consent=[LEAVE], run_id="night")
    cloud.clock.advance(600)
    asked = swaslift("resume", "night", **environment)
    assert asked.returncode == 1
    assert "swaslift resume with --ours" in asked.stderr
    server = max(lift.servers.list(), key=lambda s: s.created_at or cloud.clock.now()).id
    both = swaslift("resume", "night", "--ours", server, "--none-ours", **environment)
    assert both.returncode == 2
    wrong = swaslift("resume", "night", "--ours", "nobody", **environment)
    assert wrong.returncode == 1
    assert "no such server" in wrong.stderr
    settled = swaslift("resume", "night", "--ours", server, **environment)
    assert settled.returncode == 0, settled.stderr
    assert [s.id for s in lift.runs.get("night").result().ready] == [server]
    assert purchases(cloud) == [1]


def test_an_unknown_run_is_one_line(environment: dict[str, Any]) -> None:
    result = swaslift("resume", "nobody", **environment)
    assert result.returncode == 1
    assert result.stderr.startswith("Error: ")
    assert "nobody" in result.stderr


def test_what_somebody_has_to_do_is_listed_and_a_copy_of_another_name_is_taken(
    cloud: Emulator, lift: Client, environment: dict[str, str]
) -> None:
    image = make_image(cloud, lift, "golden")
    made: list[str] = []

    def slip(event: Event) -> None:
        if event.kind == "manual":
            made.append(cloud.console_copy_image(image.id, "ap-southeast-1", "slip"))
        elif event.kind == "note":
            raise KeyboardInterrupt

    lift.listen(slip)
    with pytest.raises(KeyboardInterrupt):
        lift.copy_to_region(image, "ap-southeast-1", product="swas", run_id="night")
    listed = " ".join(swaslift("runs", COLUMNS="400", **environment).stdout.split())
    assert "Actions > Copy Image. Destination region ap-southeast-1, name golden." in listed
    both = swaslift("resume", "night", "--copy", made[0], "--verify", "running", **environment)
    assert "give one" in both.stderr
    resumed = swaslift("resume", "night", "--copy", made[0], **environment)
    assert resumed.returncode == 0, resumed.stderr
    assert lift.runs.get("night").result().id == made[0]
