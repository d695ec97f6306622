"""Undo: what a run changed, taken back in reverse.

It touches only what the run made, restores the state that the journal noted before each change, and
says what it could not take back. It is a script like any verb: journaled, and resumed after a crash.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict

from swaslift.cloud import Cloud
from swaslift.consent import Consent
from swaslift.lifecycle.steps import ReplaceDisk, RunInstance
from swaslift.runs.effects import (
    STEP_KINDS,
    Mark,
    Ref,
    Refused,
    Script,
    Step,
    ask,
)
from swaslift.runs.elsewhere import elsewhere
from swaslift.runs.renaming import prefixed
from swaslift.runs.rows import EffectRow

SETTLE_TRIES = 24
SETTLE_SECONDS = 5.0
"""A resource whose creation was cut off is looked for this often and at this distance: lists lag."""


class Undone(BaseModel):
    """What an undo ends with: what it could not take back, each with a reason."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    left: tuple[str, ...] = ()


def undo(run_id: str, rows: Sequence[EffectRow]) -> Script[Undone]:
    """The script that undoes the steps of a run."""
    steps = undoable(rows)
    gone = _removed(steps)
    own = _made(steps)
    left: list[str] = []
    needed = False
    for row in steps:
        step = STEP_KINDS[row.kind].model_validate(row.request)
        if needed and row.kind.startswith("swas."):
            continue
        reverted = step.reverts()
        if step.removes() is not None:
            remark = yield from prefixed(elsewhere(step.account, step.complete(gone)), row.undone_as)
            left += [remark] if remark else []
            continue
        if reverted is not None and reverted.id in own:
            continue
        outcome = yield from _outcome(run_id, step, row)
        if outcome is None and step.charged:
            left.append(
                f"{step.headline}: its call was cut off, and nothing of it was found; look for it in the console"
            )
        if outcome is None or isinstance(outcome, Refused):
            continue
        made = step.made(outcome)
        if made is not None and made.id in gone:
            continue
        remark = yield from prefixed(elsewhere(step.account, step.undo(outcome, row.prior)), row.undone_as)
        if remark:
            left.append(remark)
            if _lives_on_the_share(step, rows):
                needed = True
                left.append(
                    "the shared SWAS image and its snapshots are kept: a disk that stays was made from it"
                )
    return Undone(left=tuple(left))


def undoable(rows: Sequence[EffectRow]) -> list[EffectRow]:
    """The steps that an undo looks at, latest first: done, cut off, or failed with something made."""
    steps = [r for r in rows if r.part == "do" and r.kind in STEP_KINDS]
    return [r for r in reversed(steps) if r.state != "failed" or r.outcome is not None]


def consents_to_undo(run_id: str, rows: Sequence[EffectRow]) -> list[Consent]:
    """What an undo destroys and so needs leave for: instances it releases, disks it replaces.

    An instance whose creation was cut off has no id yet; it is named by the run.
    """
    needed = []
    for row in undoable(rows):
        if row.kind == "ecs.RunInstances":
            needed.append(Consent.erase(row.outcome["id"] if row.outcome else run_id))
        elif row.kind == "ecs.ReplaceSystemDisk":
            needed.append(Consent.erase(row.request["instance_id"]))
    return needed


def _lives_on_the_share(step: Step[Any], rows: Sequence[EffectRow]) -> bool:
    """Whether what a step made, and an undo left in place, was made from the shared image itself."""
    shared = {r.outcome["id"] for r in rows if r.name.rsplit("/", 1)[-1] == "share-seen" and r.outcome}
    stays = isinstance(step, RunInstance) or (isinstance(step, ReplaceDisk) and step.backup is None)
    return stays and getattr(step, "image_id", None) in shared


def _removed(rows: Sequence[EffectRow]) -> set[str]:
    found: set[str] = set()
    for row in rows:
        removes: Ref | None = STEP_KINDS[row.kind].model_validate(row.request).removes()
        if removes is not None and row.state == "done":
            found.add(removes.id)
    return found


def _made(rows: Sequence[EffectRow]) -> set[str]:
    found: set[str] = set()
    for row in rows:
        step = STEP_KINDS[row.kind].model_validate(row.request)
        outcome = None if row.outcome is None else step.decode(row.outcome)
        made = None if outcome is None or isinstance(outcome, Refused) else step.made(outcome)
        if made is not None:
            found.add(made.id)
    return found


def _outcome(run_id: str, step: Step[Any], row: EffectRow) -> Script[Any]:
    """What a step made: as recorded, or looked for where its answer was lost."""
    if row.outcome is not None:
        return step.decode(row.outcome)
    if row.state != "intent":
        return None
    mark = Mark(run_id, row.name, row.attempt)

    def seek(cloud: Cloud) -> Any:
        there = cloud.of(step.account)
        for _ in range(SETTLE_TRIES):
            found = step.find(there, mark)
            if found is not None:
                return found
            cloud.clock.sleep(SETTLE_SECONDS)
        return None

    return (yield from ask(row.found_in_undo, seek, record=step.outcome | None, foreseen=None))
