"""``swaslift runs``, ``resume``, ``undo`` and ``report``: what a terminal at night needs of a run."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from swaslift.cli.watch import Watcher
from swaslift.client import Client
from swaslift.errors import ConsentRequired
from swaslift.planning.sheet import as_text
from swaslift.run import Run, Status

_UNBROKEN = 10_000
"""Columns that no row fills, for what is read by a program, and for a terminal too narrow for a table."""
_BESIDE = 50
"""Columns that a table of runs needs beside the ids."""

region_option = click.option(
    "--region",
    envvar="ALIBABA_CLOUD_REGION_ID",
    default="cn-hangzhou",
    show_default=True,
    help="Default region.",
)


@click.command("runs")
@click.option("--status", "statuses", multiple=True, type=click.Choice(get_args(Status)), help="Only these.")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, help="How many at most.")
@click.option("--before", metavar="RUN", help="Only those that were begun before this one.")
@region_option
def runs(region: str, statuses: tuple[Status, ...], limit: int, before: str | None) -> None:
    """List the runs of this machine's journal, the latest first."""
    with Client(region) as lift:
        found = lift.runs.list(status=statuses or None, limit=limit + 1, before=before)
        there = found[:limit]
        table = Table(box=None, pad_edge=False)
        # An id is what the other commands want: it stays whole.
        widest = max((len(r.id) for r in there), default=0)
        table.add_column("run", no_wrap=True, min_width=widest)
        for name in ("state", "began (UTC)"):
            table.add_column(name, no_wrap=True)
        for name in ("progress", "reason"):
            table.add_column(name, overflow="fold")
        for run in there:
            row = (run.id, run.status, f"{run.created_at:%Y-%m-%d %H:%M}", run.progress, _why(run))
            table.add_row(*map(Text, row))
        console = Console()
        if console.is_terminal and console.width >= widest + _BESIDE:
            console.print(table)
        else:
            click.echo(as_text(table, width=_UNBROKEN))
        if len(found) > limit:
            same = "".join(f" --status {one}" for one in statuses)
            # Beside what a program reads.
            click.echo(f"There are older runs: swaslift runs{same} --before {there[-1].id}", err=True)


def _why(run: Run) -> str:
    """Why it is paused, in a line, and what it has left down."""
    first = [(run.reason or "").split("\n")[0]] if run.status == "paused" else []
    return "; ".join((*first, *run.down))


@click.command("resume")
@click.argument("run_id")
@click.option("--verify", type=click.Choice(["cloud_assistant", "running"]), help="Amend what is waited for.")
@click.option("--ours", multiple=True, metavar="SERVER", help="A server in doubt that the run has bought.")
@click.option(
    "--copy", "copies", multiple=True, metavar="IMAGE", help="A copy that has another name in the console."
)
@click.option("--none-ours", is_flag=True, help="The run has bought none of the servers in doubt.")
@region_option
def resume(
    run_id: str,
    region: str,
    verify: str | None,
    ours: tuple[str, ...],
    copies: tuple[str, ...],
    *,
    none_ours: bool,
) -> None:
    """Go on with a run that is paused, or whose process died."""
    if sum(map(bool, (verify, ours, none_ours, copies))) > 1:
        raise click.UsageError(
            "--verify, --ours, --none-ours and --copy amend a run in different ways: give one"
        )
    settled = list(ours or copies) if ours or none_ours or copies else None
    with Client(region) as lift:
        there = lift.runs.get(run_id)
        if there.needs and there.status == "paused":
            raise click.ClickException(
                f"a terminal cannot go on with run {run_id!r}, and nothing was done. In Python: "
                f"lift.runs.resume({run_id!r}) {there.needs}"
            )
        with Watcher() as watcher:
            lift.listen(watcher)
            lift.runs.resume(run_id, amend=verify or settled)
        run = lift.runs.get(run_id)
        said = "not taken back" if run.status == "undone" else "left to do by hand"
        for line in run.report.left:
            click.echo(f"{said}: {line}")
        click.echo(f"report: swaslift report {run_id} --out {run_id}.html")


@click.command("undo")
@click.argument("run_id")
@click.option("--yes", is_flag=True, help="Give the consents that the undo lists.")
@region_option
def undo(run_id: str, region: str, *, yes: bool) -> None:
    """Take back what a run changed, in reverse."""
    with Client(region) as lift, Watcher() as watcher:
        lift.listen(watcher)
        way_back: Any = lift.runs.get(run_id).undo
        plan = way_back.plan()
        if not yes:
            click.echo(plan)
            click.echo("Nothing was changed; give --yes to do it.")
            return
        try:
            result = way_back(consent=plan.consents)
        except ConsentRequired as error:
            raise click.ClickException(str(error)) from None
        for line in result.left:
            click.echo(f"not taken back: {line}")


@click.command("report")
@click.argument("run_id")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="A .html, .md or .json file.")
@region_option
def report(run_id: str, region: str, out: Path | None) -> None:
    """Show the report of a run, or write it to a file."""
    with Client(region) as lift:
        found = lift.runs.get(run_id).report
        click.echo(found.to_markdown() if out is None else f"written to {found.save(out)}")
