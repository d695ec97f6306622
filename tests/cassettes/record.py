"""``make cassettes``: record the scenarios anew, against the emulator or live.

```console
$ make cassettes
$ make cassettes ONLY=share_to_ecs
$ make cassettes LIVE=1 STAGE=my-stage.toml                     # shows what would happen; changes nothing
$ make cassettes LIVE=1 STAGE=my-stage.toml ACCOUNT=<account id>
```
"""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from swaslift.testing import record, scan
from tests.cassettes import live
from tests.cassettes.names import EMULATED
from tests.cassettes.scenarios import SCENARIOS
from tests.cassettes.stage import ROOT, stage_of


def emulated(name: str) -> Path:
    """Record one scenario of the emulator."""
    scenario = SCENARIOS[name]
    path = ROOT / "emulator" / f"{name}.yaml"
    with (
        stage_of(scenario) as cloud,
        record(path, about=scenario.about, emulator=cloud, stage={**EMULATED, "run_id": name}) as tape,
    ):
        scenario.play(tape.client(), tape.stage)
    return path


@click.command()
@click.argument("names", nargs=-1)
@click.option("--live", "of_live", is_flag=True, help="Record the live cloud, in a test account.")
@click.option("--stage", "stage_file", default="", help="TOML file with the names that the scenarios use.")
@click.option("--account", default="", help="The id of the account that may be changed and charged.")
def main(names: tuple[str, ...], of_live: bool, stage_file: str, account: str) -> None:
    """Record the scenarios NAMES, or all of them."""
    for name in names:
        if name not in SCENARIOS:
            raise click.BadParameter(f"no scenario {name!r}; there are {', '.join(SCENARIOS)}")
    if of_live:
        live.record_all(list(names), stage_file, account)
        return
    # Neither the user's credentials nor the user's runs have a part in this.
    for variable in [v for v in os.environ if v.startswith(("ALIBABA_CLOUD_", "SWASLIFT_"))]:
        del os.environ[variable]
    with TemporaryDirectory() as state:
        os.environ["SWASLIFT_STATE_DIR"] = state
        for name in names or SCENARIOS:
            path = emulated(name)
            problems = scan(path)
            if problems:
                path.unlink()
                raise click.ClickException(f"{name}: {'; '.join(problems)}")
            click.echo(f"{path.relative_to(ROOT.parent)}  {path.stat().st_size / 1024:.0f} KB")


if __name__ == "__main__":
    main()
