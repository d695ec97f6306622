"""A report on a terminal: the tables of its page, as wide as the terminal."""

from __future__ import annotations

from swaslift.planning.sheet import Sheet, Table, facts
from swaslift.runs.report import Line, Report
from swaslift.wording import duration


def sheet_of(report: Report) -> Sheet:
    """What a terminal shows of a report."""
    stopped = report.reason if report.state == "paused" else ""
    known = facts(
        ("run", report.run_id),
        ("state", report.state),
        ("account", report.account_id),
        ("began", f"{report.began_at:%Y-%m-%d %H:%M:%S} UTC"),
        ("took", duration(report.took)),
        (
            "rehearsal",
            "on swaslift's emulator: nothing of this happened in the live cloud" if report.emulated else "",
        ),
        ("paused", stopped or ""),
        ("what to do", (stopped and report.remedy) or ""),
        *report.facts,
        ("quoted", report.cost or ""),
    )
    left = Table(report.left_title, ("",), tuple((line,) for line in report.left), wraps=(0,))
    kept = [(*_cells(x, report), ", ".join(x.parts), x.billed) for x in report.kept]
    gone = [(*_cells(x, report), x.how) for x in report.gone]
    timeline = [
        (
            f"{m.began_at:%Y-%m-%d %H:%M:%S}",
            "" if m.seconds is None else duration(m.seconds),
            "\n".join(filter(None, (m.title if m.state == "done" else f"{m.title} ({m.how})", m.error))),
        )
        for m in report.timeline
    ]
    heads = ("what", "id", "region", "name")
    return Sheet(
        report.title,
        (
            known,
            left,
            Table("What exists now", (*heads, "belongs to it", "billed"), tuple(kept), wraps=(0, 4, 5)),
            Table("What is gone", (*heads, "how"), tuple(gone), wraps=(0, 4)),
            Table("Timeline", ("began (UTC)", "took", "what"), tuple(timeline), wraps=(2,)),
        ),
    )


def _cells(line: Line, report: Report) -> tuple[str, ...]:
    account = f", account {line.account_id}" if line.account_id != report.account_id else ""
    return line.what, line.id, f"{line.region_id}{account}", line.name
