"""``swaslift runs``, ``resume``, ``undo`` and ``report``: what a terminal at night needs of a run."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, get_args

import click

from swaslift.cli.output import say
from swaslift.cli.reports import sheet_of
from swaslift.cli.watch import Watcher
from swaslift.client import Client
from swaslift.planning.sheet import as_grid, as_text, renderable
from swaslift.run import RunList, Status

_UNBROKEN = 10_000
"""Columns that no row fills, for what is read by a program."""

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
        if not there:
            chosen = " of that kind" if statuses or before else ""
            say(f"There are no runs{chosen} in this machine's journal.")
            return
        (table,) = RunList(there).sheet().tables
        width = None if sys.stdout.isatty() else _UNBROKEN
        click.echo(as_text(as_grid(table), width))
        if len(found) > limit:
            same = "".join(f" --status {one}" for one in statuses)
            # Beside what a program reads.
            click.echo(f"There are older runs: swaslift runs{same} --before {there[-1].id}", err=True)


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
        if there.status == "finished" and not (verify or settled):
            say(f"run {run_id!r} is finished already; nothing was done")
        with Watcher() as watcher:
            lift.listen(watcher)
            lift.runs.resume(run_id, amend=verify or settled)
        run = lift.runs.get(run_id)
        said = "not taken back" if run.status == "undone" else "left to do by hand"
        for line in run.report.left:
            say(f"{said}: {line}")
        # A command is copied: it stays in one line.
        click.echo(f"report: swaslift report {run_id} --out {run_id}.html")


@click.command("undo")
@click.argument("run_id")
@click.option("--yes", is_flag=True, help="Do not ask; give the consents that the undo lists.")
@region_option
def undo(run_id: str, region: str, *, yes: bool) -> None:
    """Take back what a run changed, in reverse.

    It first shows what would be taken back, and asks. Where nobody can be asked, it changes nothing without --yes.
    """
    with Client(region) as lift:
        way_back: Any = lift.runs.get(run_id).undo
        plan = way_back.plan()
        if plan.undone:
            say(plan)
            return
        if not yes:
            say(plan)
            _ask_whether(run_id)
        with Watcher() as watcher:
            lift.listen(watcher)
            result = way_back(consent=plan.consents)
        for line in result.left:
            say(f"not taken back: {line}")


def _ask_whether(run_id: str) -> None:
    """Ask on a terminal whether a run is to be undone.

    Raises:
        click.ClickException: it is not, or nobody can be asked.
    """
    if not sys.stdin.isatty():
        raise click.ClickException(
            f"nothing was changed: there is no terminal to ask on. To undo it: swaslift undo {run_id} --yes"
        )
    if not click.confirm("Undo it, with the consents above?"):
        raise click.ClickException("nothing was changed")


@click.command("report")
@click.argument("run_id")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="A .html, .md or .json file.")
@region_option
def report(run_id: str, region: str, out: Path | None) -> None:
    """Show the report of a run, or write it to a file.

    On a terminal it is shown as tables, elsewhere as Markdown.
    """
    with Client(region) as lift:
        found = lift.runs.get(run_id).report
        if out is not None:
            say(f"written to {found.save(out)}")
        elif sys.stdout.isatty():
            click.echo(as_text(renderable(sheet_of(found))))
        else:
            click.echo(found.to_markdown())
