"""The command: real processes, the emulator's address in the environment."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from swaslift import Client, Script
from swaslift.emulator import Emulator
from swaslift.errors import RunPaused
from swaslift.runs.events import Event
from tests.images.conftest import make_image
from tests.servers.conftest import LEAVE, PLAN, interrupt_at, purchases
from tests.support import OTHER_ACCOUNT, client_of_other, new_instance, new_instance_of_other

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


@contextmanager
def an_emulator(lines: list[str]) -> Iterator[dict[str, str]]:
    """A process of its own; what it says to export, and the lines that it prints."""
    process = subprocess.Popen(
        [*COMMAND, "emulator", "--port", "0", "--virtual"],
        stdout=subprocess.PIPE,
        text=True,
        env=dict(os.environ),
    )
    assert process.stdout is not None
    lines += [process.stdout.readline().strip() for _ in range(6)]
    try:
        yield dict(line.removeprefix("export ").split("=", 1) for line in lines[1:])
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
        process.stdout.close()


def test_the_emulator_prints_its_address_and_what_to_export() -> None:
    lines: list[str] = []
    with an_emulator(lines) as exported:
        assert lines[0].startswith("# emulator of SWAS, ECS and STS at http://127.0.0.1:")
        readme = (Path(__file__).parents[2] / "README.md").read_text()
        assert re.findall(r"^export (\w+)=", readme, re.MULTILINE) == list(exported)
        with Client(
            exported["ALIBABA_CLOUD_REGION_ID"],
            endpoint_url=exported["SWASLIFT_ENDPOINT_URL"],
            access_key_id=exported["ALIBABA_CLOUD_ACCESS_KEY_ID"],
            access_key_secret=exported["ALIBABA_CLOUD_ACCESS_KEY_SECRET"],
        ) as lift:
            assert lift.servers.get("shop").status == "Running"
        state = Path(exported["SWASLIFT_STATE_DIR"])
        assert list(state.iterdir()) == []
    assert not state.exists()


def test_a_rehearsal_on_another_emulator_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """The other has servers of the same ids; a run of the first must not be found there."""
    begun = []
    for _ in range(2):
        with an_emulator([]) as exported, monkeypatch.context() as shell:
            for name, value in exported.items():
                shell.setenv(name, value)
            with Client() as lift:
                assert list(lift.runs.list()) == []
                plan = lift.capture_image.plan("shop", "rehearsed")
                assert plan.apply(consent=plan.consents).name == "rehearsed"
                begun.append(plan.run_id)
        kept = Path(exported["SWASLIFT_STATE_DIR"])
        assert (kept / "journal.db").exists()
        shutil.rmtree(kept)
    assert begun[0] == begun[1]


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


def chained(cloud: Emulator, lift: Client) -> RunPaused:
    @lift.chain
    def one(server: str) -> Script[str]:
        image = yield from lift.capture_image.part(server, "golden")
        return image.id

    cloud.faults.fail("CreateCustomImage", 403, "Forbidden.RAM")
    with pytest.raises(RunPaused) as paused:
        one("shop", run_id="night")
    return paused.value


def handed_over(cloud: Emulator, lift: Client) -> RunPaused:
    cloud.faults.fail("CreateCustomImage", 403, "Forbidden.RAM")
    with client_of_other(cloud) as other:
        plan = lift.migrate_to_ecs.plan("shop", new_instance_of_other(), into=other, run_id="night")
        with pytest.raises(RunPaused) as paused:
            plan.apply(consent=plan.consents)
    return paused.value


@pytest.mark.parametrize(
    ("pause", "needs"),
    [
        (chained, "in a process that has defined the chain one"),
        (handed_over, f"with into=, a client of account {OTHER_ACCOUNT}"),
    ],
)
def test_what_a_terminal_cannot_go_on_with_is_told_how_to_go_on(
    cloud: Emulator, lift: Client, environment: dict[str, str], pause: Any, needs: str
) -> None:
    error = pause(cloud, lift)
    calls = len(list(cloud.log))
    resumed = swaslift("resume", "night", **environment)
    assert resumed.returncode == 1
    assert f"In Python: lift.runs.resume('night') {needs}" in resumed.stderr
    assert not [c for c in list(cloud.log)[calls:] if c.action != "GetCallerIdentity"]
    run = lift.runs.get("night")
    assert run.needs == needs
    with pytest.raises(RunPaused) as again:
        run.result()
    told = str(error), str(again.value), run.report.to_markdown(), run.report.to_html()
    for page in told:
        assert "swaslift resume" not in page
        assert needs in page
    # An undo is made of the journal alone; of a chain it can be gone on with anywhere.
    cloud.faults.fail("DeleteSnapshot", 403, "Forbidden.RAM")
    with pytest.raises(RunPaused) as undoing:
        run.undo(consent=run.undo.plan().consents)
    assert ("swaslift resume night" in str(undoing.value)) == (pause is chained)
    assert (swaslift("resume", "night", **environment).returncode == 0) == (pause is chained)


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
    *_, left, last = resumed.stdout.splitlines()
    assert left == f"left to do by hand: {lift.runs.get('night').report.left[-1]}"
    assert last == "report: swaslift report night --out night.html"
    written = len(cloud.log.writes())
    again = swaslift("resume", "night", **environment)
    assert (again.returncode, again.stderr) == (0, "")
    assert "run 'night' is finished already; nothing was done" in again.stdout
    assert len(cloud.log.writes()) == written
    out = tmp_path / "of" / "a" / "night.html"
    assert swaslift("report", "night", "--out", str(out), **environment).returncode == 0
    assert "rehearsal" in out.read_text()
    shown = swaslift("report", "night", **environment).stdout
    assert "## What exists now" in shown
    look = swaslift("undo", "night", **environment)
    assert look.returncode == 1, "a script must not take it for done"
    assert "nothing was changed" in look.stderr
    assert "swaslift undo night --yes" in look.stderr
    assert "Consent.erase" in look.stdout
    refused = in_a_terminal(environment, "undo", "night", typed="n\n", code=1)
    assert "Undo it, with the consents above?" in refused
    assert lift.runs.get("night").status == "finished"
    assert swaslift("undo", "night", "--yes", **environment).returncode == 0
    assert lift.runs.get("night").status == "undone"
    again = swaslift("undo", "night", **environment)
    assert again.returncode == 0
    assert "undone already" in again.stdout
    assert "--yes" not in again.stdout + again.stderr


def test_runs_are_listed_with_their_whole_ids(
    cloud: Emulator, lift: Client, environment: dict[str, str]
) -> None:
    run_id = "a-night-of-a-migration-with-an-id-as-long-as-can"
    cloud.faults.fail("CreateCustomImage", 403, "Forbidden.RAM", "A sentence of the service. " * 20)
    with pytest.raises(RunPaused):
        lift.capture_image("shop", "captured", run_id=run_id)
    for columns in ("20", "80", "110"):
        piped = swaslift("runs", COLUMNS=columns, **environment)
        head, row = piped.stdout.splitlines()
        assert head.split() == ["run", "state", "began", "progress", "reason"]
        assert " UTC " in row
        assert row.startswith(f"{run_id} ")
        assert row.count("A sentence of the service.") == 20
        shown = in_a_terminal({**environment, "COLUMNS": columns}, "runs")
        assert run_id in shown.split()
        assert shown.split().count("sentence") == 20, "no word is broken"
        longest = max(map(len, shown.split()))
        assert max(len(line.rstrip()) for line in shown.splitlines()) <= max(
            int(columns), longest + len("run: ")
        )


def in_a_terminal(environment: dict[str, str], *words: str, typed: str = "", code: int = 0) -> str:
    """What the command shows in a terminal, in which somebody types."""
    spawn = "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))"
    done = subprocess.run(
        [sys.executable, "-c", spawn, *COMMAND, *words],
        env={**os.environ, "TERM": "xterm", **environment},
        input=typed,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == code, done.stderr
    return re.sub(r"\x1b\[[\d;]*m", "", done.stdout)


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
    assert "no runs" in swaslift("runs", **environment).stdout


@pytest.mark.parametrize(
    ("words", "meant"),
    [(["unod", "night"], "'undo'"), (["undo", "nihgt"], "'night'"), (["undo", "night", "--yse"], "--yes")],
)
def test_a_mistyped_word_gets_the_nearest(
    lift: Client, environment: dict[str, str], words: list[str], meant: str
) -> None:
    lift.capture_image("shop", "golden", run_id="night")
    result = swaslift(*words, **environment)
    assert result.returncode != 0
    assert "Did you mean" in result.stderr
    assert meant in result.stderr


def test_the_module_is_the_command() -> None:
    for asked in ("-h", "--help"):
        shown = subprocess.run(
            [sys.executable, "-m", "swaslift", asked], capture_output=True, text=True, check=True
        )
        assert shown.stdout.startswith("Usage: swaslift ")


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
