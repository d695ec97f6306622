"""A plan for the eye: a table in a terminal, and in a notebook."""

from __future__ import annotations

from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from swaslift.planning.grid import Grid, bullets, paragraph
from swaslift.planning.plan import Plan
from swaslift.planning.sheet import Column
from swaslift.planning.sheet import as_html as fragment
from swaslift.planning.sheet import as_text as plain
from swaslift.runs.effects import PlannedStep
from swaslift.wording import duration

_MARKS = {"blocker": ("blocked", "bold red"), "warning": ("warning", "yellow"), "ok": ("ok", "green")}
_KINDS = {"step": "change", "gate": "gate", "manual": "manual"}


def renderable(plan: Plan[Any]) -> RenderableType:
    """The plan for a rich console."""
    parts: list[RenderableType] = [
        paragraph(plan.title, style="bold"),
        paragraph(f"run id {plan.run_id}", style="dim"),
    ]
    if plan.checks:
        found = [(_MARKS[check.level], str(check)) for check in plan.checks]
        rows = [(Text(word, style=style), Text(said)) for (word, style), said in found]
        parts += [Text(), Grid((Column(), Column(wraps=True)), rows)]
    if plan.rows:
        parts += [Text(), _table(plan)]
    parts += [Text(), _facts(plan)]
    if plan.remarks:
        parts += [Text(), bullets(plan.remarks)]
    return Group(*parts)


def _table(plan: Plan[Any]) -> Grid:
    columns = (
        Column("#", right=True, style="dim"),
        Column("kind", style="cyan"),
        Column("what happens", wraps=True),
        Column("takes", right=True),
        Column("notes", wraps=True),
    )
    rows = []
    for number, step, only_if in plan.rows:
        notes = [
            (step.charged and f"charged: {step.charged}", "magenta"),
            (step.irreversible and f"irreversible: {step.irreversible}", "bold red"),
            (step.remark, "dim"),
            (only_if, "dim"),
        ]
        said = Text("\n").join(Text(note, style=style) for note, style in notes if note)
        rows.append((Text(str(number)), Text(_KINDS[step.kind]), Text(step.title), Text(took(step)), said))
    return Grid(columns, rows)


def took(step: PlannedStep) -> str:
    """How long a step usually takes; empty where that is next to nothing."""
    return duration(step.minutes * 60) if step.minutes else ""


def _facts(plan: Plan[Any]) -> Grid:
    facts = [("downtime", plan.downtime), ("cost", plan.charges)]
    if plan.rows:
        facts.insert(0, ("takes", plan.duration))
        facts.append(("consent", ", ".join(str(c) for c in plan.consents) or "none needed"))
    rows = [(Text(name), Text(said)) for name, said in facts]
    return Grid((Column(style="dim"), Column(wraps=True)), rows)


def as_text(plan: Plan[Any], width: int | None = None) -> str:
    """The plan as plain text."""
    return plain(renderable(plan), width)


def as_html(plan: Plan[Any]) -> str:
    """The plan as an HTML fragment."""
    return fragment("plan.html.j2", plan=plan, kinds=_KINDS, took=took)
