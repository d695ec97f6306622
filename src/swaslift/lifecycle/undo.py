"""Undo: what a run changed, taken back in reverse.

It touches only what the run made, restores the state that the journal noted before each change, and
says what it could not take back. It is a script like any verb: journaled, and resumed after a crash.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from pydantic import JsonValue

from swaslift.cloud import Cloud
from swaslift.consent import Consent
from swaslift.errors import NotFoundError
from swaslift.lifecycle.needed import needed_elsewhere
from swaslift.lifecycle.steps import (
    BackUpDisk,
    CopyImage,
    CreateCustomImage,
    ReplaceDisk,
    RunInstance,
    RunInstances,
)
from swaslift.lifecycle.undo_census import census
from swaslift.lifecycle.undo_keeps import Keeps
from swaslift.lifecycle.undo_shares import to_and_fro
from swaslift.planning.sheet import Sheet, Shown
from swaslift.runs.changing import prefixed, while_there
from swaslift.runs.effects import Script, ask
from swaslift.runs.elsewhere import elsewhere
from swaslift.runs.history import made_by, made_by_hand
from swaslift.runs.rows import EffectRow
from swaslift.runs.step import STEP_KINDS, Declined, Mark, Ref, Refused, Step, in_account
from swaslift.runs.under_way import unseen

SETTLE_TRIES = 24
SETTLE_SECONDS = 5.0
"""A resource whose creation was cut off is looked for this often and at this distance: lists lag."""


class Undone(Shown):
    """What an undo ends with: what it could not take back, each with a reason."""

    left: tuple[str, ...] = ()

    def sheet(self) -> Sheet:
        return Sheet("Undone, but for this:" if self.left else "Undone; nothing is left", (), self.left)


def undo(run_id: str, rows: Sequence[EffectRow]) -> Script[Undone]:
    """The script that undoes the steps of a run."""
    steps = undoable(rows)
    fates, keeps = _Fates.of(steps, rows), Keeps.of(rows)
    left: list[str] = []
    for row in steps:
        step = STEP_KINDS[row.kind].model_validate(row.request)
        if step.removes() is not None:
            if _refused(row):
                continue  # it is there, and goes where it was made
            completed = while_there(elsewhere(step.account, step.complete(fates.gone)))
            remark = yield from prefixed(completed, row.undone_as)
            left += [remark] if remark else []
            continue
        if fates.moot(step, row):
            continue
        outcome = yield from _outcome(run_id, step, row)
        if isinstance(outcome, Refused) and row.outcome is None:
            left.append(f"{step.headline}: left as it is: {outcome.message}")
        if outcome is None and step.charged:
            left.append(
                f"{step.headline}: its call was cut off, and nothing of it was found; look for it in the console"
            )
        if outcome is None or isinstance(outcome, Refused):
            continue
        if fates.settled(step, outcome) or keeps.why(step, outcome, row.prior):
            continue
        keeps.note(step, outcome)
        remark = yield from _take_back(fates, step, outcome, row)
        left += [remark] if remark else []
    found = yield from census()
    return Undone(left=(*left, *keeps.left(), *_by_hand(rows, fates.gone), *found))


def undo_titles(
    rows: Sequence[EffectRow], needs: Callable[[Collection[Ref]], Mapping[str, str]]
) -> list[str]:
    """What `undo` will do, one line a step, latest first; only the journal is read.

    Args:
        rows: what the run did.
        needs: which resources another run needs.
    """
    steps = undoable(rows)
    fates, keeps = _Fates.of(steps, rows), Keeps.of(rows)
    titles: list[str] = []
    for row in steps:
        step = STEP_KINDS[row.kind].model_validate(row.request)
        if step.removes() is not None:
            if _refused(row):
                continue
            # What the run removed at its end is told where it was made.
            completed = step.complete_title(fates.gone)
            titles += [in_account(completed, step.account)] if completed else []
            continue
        if why := fates.moot(step, row):
            titles.append(step.nothing(why))
            continue
        sure = row.outcome is not None
        outcome = step.decode(row.outcome) if sure else step.foresee()
        if isinstance(outcome, Refused):
            titles.append(step.nothing("it was refused"))
            continue
        if sure and (why := fates.settled(step, outcome)):
            titles.append(why)
            continue
        kept = keeps.why(step, outcome, row.prior)
        if kept is not None and kept.sure:
            titles.append(f"stays: {step.headline}; {kept.text}")
            continue
        keeps.note(step, outcome, sure=sure)
        title = fates.title(step, outcome, row.prior)
        if used := needs(_given(step, outcome, title)):
            title = f"stays: {_in_use(used)}"
        elif kept is not None:
            title = f"unless {kept.text}: {title}"
        titles.append(title if sure else f"if its call, which got no answer, came through: {title}")
    return [*(f"stays: {text}" for text in _by_hand(rows, fates.gone)), *titles]


def deleted(rows: Sequence[EffectRow]) -> set[str]:
    """Ids of the custom images that `undo` deletes, as far as they are known."""
    steps = undoable(rows)
    fates, keeps = _Fates.of(steps, rows), Keeps.of(rows)
    found: set[str] = set()
    for row in steps:
        step = STEP_KINDS[row.kind].model_validate(row.request)
        outcome = step.decode(row.outcome) if row.outcome is not None else None
        if outcome is None or isinstance(outcome, Refused) or fates.settled(step, outcome):
            continue
        if isinstance(step, CreateCustomImage) and keeps.why(step, outcome, row.prior) is None:
            found.add(outcome.id)
        keeps.note(step, outcome)
    return found


def _take_back(fates: _Fates, step: Step[Any], outcome: Any, row: EffectRow) -> Script[str | None]:
    """Take a change back, unless another run needs what it gave; what stays, and why."""
    given = _given(step, outcome, fates.title(step, outcome, row.prior))
    needed = (yield from needed_elsewhere(row.needed_in_undo, given)) if given else {}
    if needed:
        return f"stays: {_in_use(needed)}; see to it by hand when that run is over"
    way_back = while_there(elsewhere(step.account, fates.way_back(step, outcome, row.prior)))
    return (yield from prefixed(way_back, row.undone_as))


def _given(step: Step[Any], outcome: Any, title: str) -> tuple[Ref, ...]:
    """What is there, or shared, because of a step, and would no longer be after its undo."""
    if title.startswith(("stays", "nothing to do")):
        return ()
    changed = step.changes() if step.reverts() is None else None
    return (*step.makes(outcome), *((changed,) if changed is not None else ()))


def _in_use(needed: Mapping[str, str]) -> str:
    return "; ".join(f"{i} as it is, since {who}" for i, who in needed.items())


def _by_hand(rows: Sequence[EffectRow], gone: set[str]) -> list[str]:
    """What a person made for the run, and so stays, a sentence each."""
    made = [ref for row in rows if (ref := made_by_hand(row)) is not None and ref.id not in gone]
    return [f"{ref} in {ref.region_id} was made by hand; delete it by hand if it is to go" for ref in made]


@dataclass(frozen=True)
class _Fates:
    """What became of the things that a run touched.

    Attributes:
        gone: ids of what the run has removed for certain.
        own: ids of what it made.
        replaced: ids of disks whose replacement was at least begun.
        lost: ids of what was deleted: nothing can be restored on it, nor removed.
        going: ids of what it made, and has not seen done.
        kept: ids of what the run made, and holds what it destroyed.
        even: changes of shares that the run made to and fro, by their place in the journal.
    """

    gone: set[str]
    own: set[str]
    replaced: set[str]
    going: set[str] = field(default_factory=set)
    lost: set[str] = field(default_factory=set)
    kept: set[str] = field(default_factory=set)
    even: dict[int, str] = field(default_factory=dict)

    @classmethod
    def of(cls, steps: Sequence[EffectRow], rows: Sequence[EffectRow]) -> _Fates:
        """As the journal has it."""
        replaced = {r.request["old_disk_id"] for r in steps if r.kind == ReplaceDisk.kind and not _refused(r)}
        going = {ref.id for step, outcome in unseen(rows) for ref in step.makes(outcome)}
        return cls(_removed(steps), made_by(steps), replaced, going, even=to_and_fro(steps[::-1]))

    def moot(self, step: Step[Any], row: EffectRow) -> str | None:
        """Why there is nothing to take back of a change, where that is so."""
        reverted, changed = step.reverts(), step.changes()
        if changed is not None and changed.id in self.gone | self.lost:
            return f"{changed} is deleted"
        if reverted is not None and reverted.id in self.own | self.lost:
            return f"{reverted} goes as a whole"
        return self.even.get(row.seq)

    def settled(self, step: Step[Any], outcome: Any) -> str | None:
        """What to say of a change of which nothing is left to take back; notes what it destroyed."""
        self.kept.update(ref.id for ref in step.keeps())
        made = {ref.id for ref in step.makes(outcome)}
        deleted = set() if made else _destroyed(step)
        self.lost.update(deleted)
        if made and made <= self.gone | self.lost:
            return step.nothing("the run has removed it")
        if made and made <= self.gone | self.lost | self.kept:
            return f"stays: {', '.join(sorted(made))}, which holds what the run destroyed"
        # Of what the run made itself, nothing has to come back that it deleted.
        return step.nothing("the run had made it") if deleted and deleted <= self.own else None

    def way_back(self, step: Step[Any], outcome: Any, prior: JsonValue) -> Script[str | None]:
        """How a change is taken back."""
        if isinstance(step, BackUpDisk) and step.disk_id not in self.replaced:
            return step.undo_unused(outcome)
        return step.undo(outcome, prior)

    def title(self, step: Step[Any], outcome: Any, prior: JsonValue) -> str:
        """The same, in words."""
        if isinstance(step, BackUpDisk) and step.disk_id not in self.replaced:
            title = f"delete the backup {outcome.id}: the disk {step.disk_id} was not replaced"
        elif isinstance(step, CopyImage) and outcome.id in self.going:
            title = step.cancel_title(outcome)
        else:
            title = step.undo_title(outcome, prior)
        return in_account(title, step.account)


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
        elif row.kind == ReplaceDisk.kind and not _refused(row):
            needed.append(Consent.erase(row.request["instance_id"]))
    return needed


def _refused(row: EffectRow) -> bool:
    return row.outcome is not None and isinstance(STEP_KINDS[row.kind].decode(row.outcome), Refused)


def _removed(rows: Sequence[EffectRow]) -> set[str]:
    found: set[str] = set()
    for row in rows:
        removes: Ref | None = STEP_KINDS[row.kind].model_validate(row.request).removes()
        if removes is not None and row.state == "done" and not _refused(row):
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
    mark = Mark(run_id, row.name, row.attempt, row.began_at, again=True)

    def seek(cloud: Cloud) -> JsonValue:
        there = cloud.of(step.account)
        for _ in range(SETTLE_TRIES):
            try:
                found = step.happened(there, mark)
            except NotFoundError:
                return None  # it was to happen on something that is not there any more
            except Declined as declined:
                return cast(JsonValue, step.encode(Refused(code=declined.code, message=str(declined))))
            if found is not None:
                return cast(JsonValue, step.encode(found))
            cloud.clock.sleep(SETTLE_SECONDS)
        return None

    found = yield from ask(row.found_in_undo, seek, record=JsonValue | None, foreseen=None)
    return None if found is None else step.decode(found)
