"""A plan for the eye: a table in a terminal, and in a notebook."""

from __future__ import annotations

from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from swaslift.planning.plan import Plan
from swaslift.planning.sheet import as_html as fragment
from swaslift.planning.sheet import as_text as plain

_MARKS = {"blocker": ("blocked", "bold red"), "warning": ("warning", "yellow"), "ok": ("ok", "green")}
_KINDS = {"step": "change", "gate": "gate", "manual": "by hand"}


def renderable(plan: Plan[Any]) -> RenderableType:
    """The plan for a rich console."""
    parts: list[RenderableType] = [Text(plan.title, style="bold"), Text(f"run id {plan.run_id}", style="dim")]
    if plan.checks:
        checks = Table(box=None, show_header=False, pad_edge=False)
        checks.add_column(no_wrap=True)
        checks.add_column()
        for check in plan.checks:
            word, style = _MARKS[check.level]
            checks.add_row(Text(word, style=style), Text(str(check)))
        parts += [Text(), checks]
    if plan.rows:
        parts += [Text(), _table(plan)]
    parts += [Text(), _facts(plan)]
    for remark in plan.remarks:
        parts.append(Text(f"* {remark}"))
    return Group(*parts)


def _table(plan: Plan[Any]) -> Table:
    steps = Table(box=None, pad_edge=False)
    steps.add_column("#", justify="right", style="dim")
    steps.add_column("kind", style="cyan", no_wrap=True)
    steps.add_column("what happens")
    steps.add_column("min", justify="right")
    steps.add_column("mind")
    for number, step, only_if in plan.rows:
        notes = Text()
        if step.charged:
            notes.append(f"charged: {step.charged}", style="magenta")
        if step.irreversible:
            notes.append(("\n" if notes else "") + f"irreversible: {step.irreversible}", style="bold red")
        if step.remark:
            notes.append(("\n" if notes else "") + step.remark, style="dim")
        if only_if:
            notes.append(("\n" if notes else "") + only_if, style="dim")
        minutes = f"{step.minutes:g}" if step.minutes else ""
        steps.add_row(str(number), _KINDS[step.kind], step.title, minutes, notes)
    return steps


def _facts(plan: Plan[Any]) -> Table:
    facts = Table(box=None, show_header=False, pad_edge=False)
    facts.add_column(style="dim", no_wrap=True)
    facts.add_column()
    facts.add_row("takes", plan.duration)
    facts.add_row("downtime", plan.downtime)
    facts.add_row("cost", plan.charges)
    if plan.rows:
        facts.add_row("consent", ", ".join(str(c) for c in plan.consents) or "none needed")
    return facts


def as_text(plan: Plan[Any], width: int = 110) -> str:
    """The plan as plain text."""
    return plain(renderable(plan), width)


def as_html(plan: Plan[Any]) -> str:
    """The plan as an HTML fragment."""
    return fragment("plan.html.j2", plan=plan, kinds=_KINDS)
