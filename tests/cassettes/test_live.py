"""A live recording is refused until the account is named; nothing is changed before.

The live cloud is never reached here: an emulator stands where a careless user could have pointed to.
"""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from swaslift.emulator import Emulator
from swaslift.testing import record, replay
from tests.cassettes import live
from tests.cassettes.names import EMULATED
from tests.cassettes.record import main
from tests.cassettes.scenarios import SCENARIOS
from tests.cassettes.stage import ROOT, stage_of
from tests.support import OTHER_ACCOUNT


@pytest.fixture
def stage(tmp_path: Path) -> Path:
    """A stage file with everything in it."""
    path = tmp_path / "stage.toml"
    texts = {"region": "cn-hangzhou", **EMULATED}
    path.write_text("".join(f'{name} = "{text}"\n' for name, text in texts.items()), "utf-8")
    return path


@pytest.fixture
def account(cloud: Emulator, monkeypatch: pytest.MonkeyPatch) -> Emulator:
    """An emulated account that answers where the live ones would."""
    for name, value in cloud.environment().items():
        monkeypatch.setenv(name, value)
    return cloud


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "missing .*'region', 'server'"),
        ('region = "cn-hangzhou"\nregoin = "x"\n', "unknown .'regoin'"),
        ("region = 7\n", "missing .'region'"),
        ("what is this", "is no TOML"),
    ],
)
def test_a_stage_that_is_not_whole_is_refused(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "stage.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(click.ClickException, match=told):
        live.read_stage(str(path))


def test_the_sample_of_the_page_is_a_whole_stage(tmp_path: Path) -> None:
    (sample,) = re.findall(r"```toml\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    path = tmp_path / "stage.toml"
    path.write_text(sample, "utf-8")
    assert live.read_stage(str(path)).keys() == {"region", *EMULATED}
    # Whoever fills it in is told what each entry loses or costs.
    told = {line.split(" = ")[0]: line.partition("#")[2] for line in sample.splitlines()}
    assert {n for n, text in told.items() if "IS ERASED" in text or "IS DELETED" in text} == {
        n for n in EMULATED if n.startswith("spare_")
    }
    assert {n for n, text in told.items() if "COSTS MONEY" in text} == {
        "instance_type",
        "disk_category",
        "to_region",
        "server_plan",
    }


def test_without_a_stage_it_says_what_one_needs() -> None:
    done = CliRunner().invoke(main, ["--live"])
    assert done.exit_code != 0
    assert "STAGE= has to name a TOML file with the texts region, server, image" in done.output


def test_an_endpoint_of_an_emulator_is_no_live_cloud(account: Emulator, stage: Path) -> None:
    done = CliRunner().invoke(main, ["--live", "--stage", str(stage)])
    assert done.exit_code != 0
    assert "SWASLIFT_ENDPOINT_URL leads elsewhere" in done.output
    assert len(account.log) == 0


def test_a_failure_has_no_live_recording(stage: Path) -> None:
    done = CliRunner().invoke(main, ["--live", "--stage", str(stage), "share_to_ecs.forbidden"])
    assert "it has no live recording" in done.output


@pytest.mark.parametrize("given", ["", "9999888877776666"])
def test_it_shows_what_it_would_do_and_does_nothing_for_another_account(
    stage: Path, given: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(live, "ROOT", tmp_path)
    with stage_of(SCENARIOS["share_to_ecs"]) as cloud:
        for name, value in cloud.environment().items():
            monkeypatch.setenv(name, value)
        # Past the check above, so that there is an account to look at.
        monkeypatch.setattr(live, "_led_elsewhere", lambda _lift: False)
        done = CliRunner().invoke(
            main, ["--live", "--stage", str(stage), "--account", given, "share_to_ecs", "migrate_to_ecs"]
        )
        assert cloud.log.attempted_writes() == []
    assert done.exit_code != 0
    assert "Share the image golden with ECS in cn-hangzhou" in done.output
    assert "snapshot of the system disk" in done.output
    assert "nothing was changed" in done.output
    assert "ACCOUNT=" in done.output
    assert "1234567890123456" not in done.output
    assert not list(tmp_path.glob("live/*"))


def test_even_for_the_account_itself_an_emulator_is_not_recorded_as_live(
    stage: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(live, "ROOT", tmp_path)
    with stage_of(SCENARIOS["share_to_ecs"]) as cloud:
        for name, value in cloud.environment().items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(live, "_led_elsewhere", lambda _lift: False)
        done = CliRunner().invoke(
            main, ["--live", "--stage", str(stage), "--account", "1234567890123456", "share_to_ecs"]
        )
        # What was asked first, to find out what there is, was refused: so nothing was written.
        assert cloud.log.attempted_writes() == []
    assert done.exit_code != 0
    assert "must be of Alibaba Cloud" in done.output
    assert not list(tmp_path.glob("live/*"))


def test_the_other_account_is_not_kept_and_the_recording_plays(tmp_path: Path) -> None:
    path, scenario = tmp_path / "shared.yaml", SCENARIOS["share_with_account"]
    stage = {**EMULATED, "run_id": "share"}
    kept, hide = live.hidden(stage)
    with (
        stage_of(scenario) as cloud,
        record(path, about=scenario.about, emulator=cloud, stage=kept, hide=hide, hide_account=True) as tape,
    ):
        scenario.play(tape.client(), stage)
    assert OTHER_ACCOUNT not in path.read_text()
    with replay(path) as tape:
        assert [a.account_id for a in scenario.play(tape.client(), tape.stage).accounts] == [
            live.OTHER_HIDDEN
        ]
