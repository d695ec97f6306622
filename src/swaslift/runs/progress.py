"""Where a run stands, in one line: how many of its steps are done, what goes on, and for how long yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from swaslift.runs.history import ASIDE, title_of
from swaslift.runs.preview import if_refused
from swaslift.runs.rows import EffectRow, RunRow
from swaslift.runs.step import STEP_KINDS
from swaslift.waiting.poller import Progress
from swaslift.wording import counted, duration

SHOWN = 3
"""How many kinds of things that go on are named; what somebody has to do is always named."""


def progress_line(
    row: RunRow, effects: Sequence[EffectRow], news: Mapping[str, Progress], failing: Sequence[str] = ()
) -> str:
    """Where a run stands.

    Args:
        row: the run.
        effects: what the journal has of it.
        news: what its open waits told last, by name; empty where another process carries it.
        failing: the calls that fail in passing, and since when.
    """
    part = [e for e in effects if e.part == row.part]
    acts = _acts(part, row)
    done = sum(acts.values())
    if row.state in {"finished", "undone"}:
        return f"{row.state}: {counted(done, 'step')}"
    total = len(acts.keys() | _coming(row, effects, acts.keys())) if row.part == "do" else None
    stands = (
        f"undoing: {counted(done, 'step')} done" if total is None else f"{done} of {counted(total, 'step')}"
    )
    going = "; ".join((*_going(part, row, news), *failing))
    return stands + (f", {'now' if row.state == 'running' else 'at'}: {going}" if going else "")


def time_left(seconds: float) -> str:
    """An estimate in words."""
    return f"about {duration(seconds)} left" if seconds >= 60 else "less than 1 min left"


def _acts(part: Sequence[EffectRow], row: RunRow) -> dict[str, bool]:
    """Changes, and what a person does, that were reached: by name, and whether each is done.

    A change is done when what it made is there, so not before the wait for it is over.
    """
    by_hand = {s["name"] for s in _planned(row) if s["kind"] == "manual"}
    done: dict[str, bool] = {}
    waits = [e for e in part if e.kind == "wait"]
    awaited = {e.about.of for e in waits if e.state == "intent"}
    # What was only read as soon as it was listed is still waited for.
    awaited |= {e.about.of for e in waits if e.about.sight} - {e.about.of for e in waits if not e.about.sight}
    for effect in part:
        manual = effect.about.manual or effect.name in by_hand
        if (effect.kind in STEP_KINDS or manual) and ASIDE not in effect.name:
            done[effect.name] = done.get(effect.name, False) or effect.state == "done"
    return {name: there and name not in awaited for name, there in done.items()}


def _coming(row: RunRow, effects: Sequence[EffectRow], reached: Any) -> set[str]:
    """Steps of the plan that are still to come, or have come.

    A plan has several ways: what was refused tells which is taken, and what comes later in the same
    branch has been passed by once something behind it is reached.
    """
    refused = [e.name for e in effects if isinstance(e.outcome, dict) and "refused" in e.outcome]
    met = {if_refused(one) for one in refused}
    met |= {if_refused(one, other) for one in refused for other in refused}
    steps = [
        s
        for s in _planned(row)
        if s["kind"] in {"step", "manual"}
        and (s["only_if"] is None or s["only_if"] in met)
        and not met.intersection(s.get("unless", ()))
    ]
    coming: set[str] = set()
    behind: list[Sequence[Any]] = []
    for step in reversed(steps):
        branch = step.get("branch", ())
        if step["name"] in reached:
            behind.append(branch)
        elif not any(_in_line(branch, other) for other in behind):
            coming.add(step["name"])
    return coming


def _in_line(branch: Sequence[Any], other: Sequence[Any]) -> bool:
    """Whether one of two branches contains the other."""
    shared = min(len(branch), len(other))
    return list(branch[:shared]) == list(other[:shared])


def _planned(row: RunRow) -> list[dict[str, Any]]:
    steps: list[dict[str, Any]] = row.plan.get("steps", [])
    return steps


def _going(part: Sequence[EffectRow], row: RunRow, news: Mapping[str, Progress]) -> list[str]:
    """What goes on, a phrase each."""
    titles = {s["name"]: s["title"] for s in _planned(row)}
    by_hand: list[str] = []
    alike: dict[str, list[Progress | None]] = {}
    for effect in part:
        if effect.state != "intent":
            continue
        told, about = news.get(effect.name), effect.about
        if about.manual and (told is None or told.idle):
            by_hand.append(" ".join((about.manual + f" {told.note if told else ''}").split()))
        else:
            alike.setdefault(_title(effect, titles), []).append(told)
    shown = [_phrase(title, told) for title, told in alike.items()]
    more = sum(len(told) for told in list(alike.values())[SHOWN:])
    return [*by_hand, *shown[:SHOWN], *([f"and {more} more"] if more else [])]


def _title(effect: EffectRow, titles: Mapping[str, str]) -> str:
    # A person has done their part of a manual wait by now: what is waited for has a title of its own.
    return " ".join((effect.about.title or title_of(effect, titles)).split())


def _phrase(title: str, told: Sequence[Progress | None]) -> str:
    """Things of one title: how many, the figures of that which is farthest back."""
    percents = [p.percent for p in told if p is not None and p.percent is not None]
    times = [p.remaining for p in told if p is not None and p.remaining is not None]
    figures = [f"{min(percents)} %"] if percents else []
    figures += [time_left(max(times))] if times else []
    several = f"{len(told)} x " if len(told) > 1 else ""
    return several + title + (f" ({', '.join(figures)})" if figures else "")
