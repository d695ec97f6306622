"""Recording the live cloud: shown first, done only for the account that is named.

No recording of a live account has ever been made of this code; read what it prints before you go on.
It never takes anything away by itself: what it leaves behind is listed, with the command that undoes it.
"""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from pathlib import Path

import click

from swaslift import Client
from swaslift.cloud.settings import ENDPOINT_VARIABLE
from swaslift.errors import SwasliftError
from swaslift.testing import record, scan
from tests.cassettes.names import EMULATED, Stage
from tests.cassettes.scenarios import SCENARIOS
from tests.cassettes.stage import ROOT

OTHER_HIDDEN = "1000000000000002"
"""Stands for the account that images are shared with."""


def record_all(names: list[str], stage_file: str, account: str) -> None:
    """Show what the scenarios would do; with the account's own id, do it and record it.

    Raises:
        click.ClickException: something is missing; nothing was changed.
    """
    wanted = names or [name for name, scenario in SCENARIOS.items() if scenario.fails is None]
    for name in wanted:
        if SCENARIOS[name].fails is not None:
            raise click.ClickException(
                f"{name} is arranged with a fault of the emulator; it has no live recording"
            )
    stage = read_stage(stage_file)
    region = stage.pop("region")
    with Client(region) as lift:
        if _led_elsewhere(lift):
            raise click.ClickException(
                f"{ENDPOINT_VARIABLE} leads elsewhere; a live recording is of the live cloud"
            )
        identity = lift.cloud.account_id
        click.echo(f"Account {identity[:4]}...{identity[-4:]}, region {region}.\n")
        for name in wanted:
            _show(lift, name, _stage_for(name, stage))
    if account != identity:
        raise click.ClickException(
            "nothing was changed. This creates what is listed above, in that account, for money. "
            "To go on, give the full id of that account: ACCOUNT=..."
        )
    for name in wanted:
        _record(name, region, _stage_for(name, stage))


def _led_elsewhere(lift: Client) -> bool:
    return lift.cloud.settings.endpoint_url is not None


def read_stage(stage_file: str) -> dict[str, str]:
    """The names and ids of the live account.

    Raises:
        click.ClickException: the file is missing, or something in it.
    """
    keys = ["region", *EMULATED]
    if not stage_file or not Path(stage_file).is_file():
        raise click.ClickException(f"STAGE= has to name a TOML file with the texts {', '.join(keys)}")
    try:
        stage = tomllib.loads(Path(stage_file).read_text("utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise click.ClickException(f"{stage_file} is no TOML: {error}") from error
    missing = [k for k in keys if not isinstance(stage.get(k), str) or not stage[k]]
    more = sorted(stage.keys() - set(keys))
    if missing or more:
        raise click.ClickException(
            f"{stage_file}: missing {missing or 'nothing'}, unknown {more or 'nothing'}"
        )
    return stage


def _stage_for(name: str, stage: Stage) -> Stage:
    # A run of its own each day, and an id that does not come from the account, which is hidden.
    return {**stage, "run_id": f"{name}-{datetime.now(UTC):%Y%m%d}"}


def hidden(stage: Stage) -> tuple[dict[str, str], dict[str, str]]:
    """The stage as it may be published, and what `record` has to put in the place of what.

    The own account is hidden by itself; the other one's id is nobody's business either.
    """
    hide = {stage["other_account"]: OTHER_HIDDEN}
    return {**stage, "other_account": OTHER_HIDDEN}, hide


def _show(lift: Client, name: str, stage: Stage) -> None:
    scenario = SCENARIOS[name]
    click.echo(f"{name}: {scenario.about}. Needs: {scenario.needs}.")
    try:
        plan = scenario.plan(lift, stage)
    except SwasliftError as error:
        click.echo(f"  cannot be planned yet: {error}\n")
        return
    click.echo(f"{plan}\n")


def _record(name: str, region: str, stage: Stage) -> None:
    scenario = SCENARIOS[name]
    path = ROOT / "live" / f"{name}.yaml"
    kept, hide = hidden(stage)
    try:
        with record(
            path,
            about=scenario.about,
            emulator=None,
            region=region,
            stage=kept,
            hide=hide,
            hide_account=True,
        ) as tape:
            # The user's own journal, so that the run can be resumed and undone.
            scenario.play(tape.client(journal=None), stage)
    except SwasliftError as error:
        raise click.ClickException(
            f"{name} was not recorded: {error}\nIts run is {stage['run_id']}: swaslift resume, or swaslift undo"
        ) from error
    problems = scan(path)
    if problems:
        path.unlink()
        raise click.ClickException(f"{name}: the recording was thrown away: {'; '.join(problems)}")
    click.echo(f"{path}: recorded. What it left behind: swaslift report {stage['run_id']}")
    click.echo(f"To take it back: swaslift undo {stage['run_id']}")
