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
from swaslift.lifecycle.steps import ReplaceDisk, RunInstance, RunInstances
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
from swaslift.runs.history import made_by
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
    own = made_by(steps)
    lost: set[str] = set()
    """What was deleted: nothing can be restored on it, nor removed."""
    kept: set[str] = set()
    """What holds what was destroyed."""
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
        if reverted is not None and reverted.id in own | lost:
            continue
        outcome = yield from _outcome(run_id, step, row)
        if outcome is None and step.charged:
            left.append(
                f"{step.headline}: its call was cut off, and nothing of it was found; look for it in the console"
            )
        if outcome is None or isinstance(outcome, Refused):
            continue
        kept.update(ref.id for ref in step.keeps())
        made = {ref.id for ref in step.makes(outcome)}
        deleted = set() if made else _destroyed(step)
        lost |= deleted
        # Of what the run made itself, nothing has to come back that it deleted.
        if (made and made <= gone | lost | kept) or (deleted and deleted <= own):
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
    steps = undoable(rows)
    gone = _removed(steps)
    for row in steps:
        if row.kind in {RunInstance.kind, RunInstances.kind}:
            step = STEP_KINDS[row.kind].model_validate(row.request)
            made = step.makes(step.decode(row.outcome)) if row.outcome else ()
            needed += [Consent.erase(ref.id) for ref in made if ref.id not in gone]
            if not made:
                needed.append(Consent.erase(run_id))
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


def _destroyed(step: Step[Any]) -> set[str]:
    destroyed = step.destroys()
    return {destroyed.id} if destroyed else set()


def _outcome(run_id: str, step: Step[Any], row: EffectRow) -> Script[Any]:
    """What a step made: as recorded, or looked for where its answer was lost."""
    if row.outcome is not None:
        return step.decode(row.outcome)
    if row.state != "intent":
        return None
    mark = Mark(run_id, row.name, row.attempt, row.began_at)

    def seek(cloud: Cloud) -> Any:
        there = cloud.of(step.account)
        for _ in range(SETTLE_TRIES):
            found = step.happened(there, mark)
            if found is not None:
                return found
            cloud.clock.sleep(SETTLE_SECONDS)
        return None

    return (yield from ask(row.found_in_undo, seek, record=step.outcome | None, foreseen=None))
