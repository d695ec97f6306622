"""Runs of this machine that are not over: what they need is not taken away from them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from swaslift.checks import Check, warning
from swaslift.errors import JournalError
from swaslift.models import CustomImage, EcsImage
from swaslift.runs.history import made_by
from swaslift.runs.journal import UNFINISHED, Journal
from swaslift.runs.rows import EffectRow, RunRow
from swaslift.runs.step import RUN_TAG, STEP_KINDS, Ref

Taken = CustomImage | EcsImage | Ref
"""An image, or a snapshot behind one, that a verb deletes or withdraws."""

_WORDS = re.compile(r"[\w.:-]+")
"""Whatever may be an id in text that is no JSON."""

_BEFORE = frozenset({"old_image_id"})
"""What a server was made from before a reset: no run needs it."""


@dataclass(frozen=True)
class Going:
    """A run that is not over, with the ids that its spec and its steps name.

    Attributes:
        row: the run, as it stands.
        ids: what they name; other texts are among them, and do no harm.
        perhaps: names in the arguments of a chain, whose parts look for what they mean as they begin.
        goes: ids of what its undo, if it is being undone, removes itself.
    """

    row: RunRow
    ids: frozenset[str]
    perhaps: frozenset[str]
    goes: frozenset[str] = frozenset()

    def needs(self, one: Taken) -> bool:
        """Whether the run names it, or has made it; what its undo removes anyway, it does not need."""
        if one.id in self.goes:
            return False
        tags = {} if isinstance(one, Ref) else one.tags
        return one.id in self.ids or tags.get(RUN_TAG) == self.row.run_id

    @property
    def stands(self) -> str:
        """How it stands: ``is paused`` ..."""
        if self.row.part == "undo":
            paused = self.row.state == "paused"
            return "is being undone, and is paused" if paused else "is being undone"
        return f"is {self.row.state}"

    @property
    def needing(self) -> str:
        """That it needs something, in words."""
        return f"run {self.row.run_id!r} ({self.row.verb}), which {self.stands}, needs it"


def unfinished(
    journal: Journal, *, emulated: bool, but: str = "", about: Iterable[Taken] | None = None
) -> list[Going]:
    """The runs that are not over, of all accounts: a run in one may use an image of another.

    Args:
        journal: where they stand.
        emulated: whether they are those on the emulator; what is there has nothing to do with the live cloud.
        but: the run that asks, or the chain that it is a part of.
        about: only those that may need one of these; the journal is searched for their ids.
    """
    if about is None:
        rows = journal.runs(states=UNFINISHED)
    else:
        taken = list(about)
        tags = [one.tags.get(RUN_TAG) for one in taken if not isinstance(one, Ref)]
        rows = journal.unfinished_naming({one.id for one in taken}, {t for t in tags if t})
    return [
        _going(journal, row)
        for row in rows
        if row.run_id != but and (row.damage or bool(row.plan.get("emulated")) == emulated)
    ]


def _going(journal: Journal, row: RunRow) -> Going:
    try:
        effects = journal.effects(row.run_id)
    except JournalError:
        return _in_part(journal, row)
    if row.damage:
        return _in_part(journal, row)
    named = {*_texts(row.arguments), *_texts(row.spec), *made_by(effects)}
    for effect in effects:
        if effect.kind in STEP_KINDS:
            named.update(_texts(effect.request))
        elif effect.kind == "part" and effect.outcome is not None:
            named.update(_texts(effect.outcome["spec"]))
    chain = row.source == row.verb
    return Going(
        row=journal.standing(row.run_id),
        ids=frozenset(named),
        perhaps=frozenset(_texts(row.arguments)) if chain else frozenset(),
        goes=frozenset(_goes(effects)) if row.part == "undo" else frozenset(),
    )


def _in_part(journal: Journal, row: RunRow) -> Going:
    """A run that cannot be read as a whole: it may need whatever is named in what can be read, and as raw text."""
    named = set(_WORDS.findall("\n".join((row.raw, *journal.raw_effects(row.run_id)))))
    return Going(
        row=journal.standing(row.run_id),
        ids=frozenset({*named, *_texts(row.arguments), *_texts(row.spec)}),
        perhaps=frozenset(_texts(row.arguments)),
    )


def _goes(effects: Iterable[EffectRow]) -> set[str]:
    """Ids of what a run has made and its undo removes: not what it restores from, or leaves for that."""
    rows = [e for e in effects if e.kind in STEP_KINDS]
    made = made_by(e for e in rows if e.part == "do")
    held: set[str] = set()
    for row in rows:
        step = STEP_KINDS[row.kind].model_validate(row.request)
        if row.part == "do":
            held.update(ref.id for ref in (*step.keeps(), *step.restores_from()))
        elif (removed := step.removes()) is not None:
            # Made by a call that got no answer, and found by the undo.
            made.add(removed.id)
    return made - held


def _texts(data: Any) -> Iterator[str]:
    """All texts in plain data; not what a server or an instance in it was made from."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        record = "product" in data and "account_id" in data
        for key, value in data.items():
            if key not in _BEFORE and not (record and key == "image_id"):
                yield from _texts(value)
    elif isinstance(data, list):
        for value in data:
            yield from _texts(value)


def needed_by(going: Iterable[Going], refs: Collection[Ref]) -> dict[str, str]:
    """Which of some resources runs need, by id: the first that does, in words."""
    found: dict[str, str] = {}
    for run in going:
        for ref in refs:
            if run.needs(ref):
                found.setdefault(ref.id, run.needing)
    return found


def check_unneeded(going: Iterable[Going], takes: Iterable[Taken]) -> list[Check]:
    """What stands against taking images and snapshots away: each run that needs one, once."""
    taken = list(takes)
    checks = []
    for run in going:
        needed = next((one for one in taken if run.needs(one)), None)
        perhaps = next((one for one in taken if one.name and one.name in run.perhaps), None)
        if needed is not None:
            checks.append(Check("image", needed.id, run.needing, _remedy(run.row)))
        elif perhaps is not None:
            problem = (
                f"run {run.row.run_id!r} ({run.row.verb}), which {run.stands}, may need it: its arguments "
                f"name {perhaps.name!r}"
            )
            checks.append(warning("image", perhaps.id, problem, _remedy(run.row)))
    return checks


def _remedy(row: RunRow) -> str:
    resume, undo = f"lift.runs.resume({row.run_id!r})", f"lift.runs.get({row.run_id!r}).undo()"
    if row.state == "running":
        return "Wait until it is over"
    return (
        f"Go on with it first: {resume}"
        if row.part == "undo"
        else f"Resume or undo it first: {resume}, {undo}"
    )
