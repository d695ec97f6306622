"""What the journal knows of a run, and what a replay of it has come by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from swaslift.errors import RunMismatch
from swaslift.runs.attempts import Stop
from swaslift.runs.effects import ASKED
from swaslift.runs.journal import Journal
from swaslift.runs.rows import EffectRow, RunRow
from swaslift.runs.step import STEP_KINDS, Ref, Refused

ASIDE = "~"
"""Stands in the names of effects that were put in before a step's next attempt."""


def made_by(rows: Iterable[EffectRow]) -> set[str]:
    """Ids of what exists, or existed, because of steps."""
    found: set[str] = set()
    for row in rows:
        if row.kind not in STEP_KINDS or row.outcome is None:
            continue
        step = STEP_KINDS[row.kind].model_validate(row.request)
        outcome = step.decode(row.outcome)
        if not isinstance(outcome, Refused):
            found |= {ref.id for ref in step.makes(outcome)}
    return found


def made_by_hand(row: EffectRow) -> Ref | None:
    """What a person made because the run asked for it; None where it is no resource, or not there yet."""
    about, record = row.about, row.outcome
    # A wait that failed with a record was amended since: that was not what the run asked for.
    if (
        row.state == "failed"
        or about.manual is None
        or not isinstance(record, dict)
        or "region_id" not in record
    ):
        return None
    return Ref(kind=about.resource, id=record["id"], region_id=record["region_id"], name=record["name"])


def title_of(row: EffectRow, planned: Mapping[str, str]) -> str:
    """What an effect is about, for people.

    Args:
        row: the effect.
        planned: titles of the plan's lines, by name.
    """
    if row.kind in STEP_KINDS:
        return str(STEP_KINDS[row.kind].model_validate(row.request).headline)
    if row.kind == "part":
        return f"plan {row.name.removesuffix(ASKED)} with what is known now"
    # Effects of an undo stand in no plan, nor do those of a part that could not be foreseen.
    said = row.outcome if row.kind in {"say", "pause", "gate"} and isinstance(row.outcome, str) else ""
    known = said or planned.get(row.name) or row.about.title or row.about.manual
    return known or row.name.rpartition("/")[2].replace("-", " ")


class History:
    """The recorded effects of one part of a run, by name.

    Args:
        journal: where they are written.
        row: the run.
        part: the run itself, or its undo.
    """

    def __init__(self, journal: Journal, row: RunRow, part: Literal["do", "undo"]) -> None:
        self._journal = journal
        self._row = row
        self._part = part
        self._rows: dict[str, list[EffectRow]] = {}
        self._visited: set[str] = set()
        self._paths: set[str] = set()
        for effect in journal.effects(row.run_id):
            if effect.part == part:
                self._rows.setdefault(effect.name, []).append(effect)

    def made(self) -> set[str]:
        """Ids of what the run has made so far."""
        return made_by(self._journal.effects(self._row.run_id))

    def done(self, name: str) -> bool:
        """Whether an effect is done."""
        return any(r.state == "done" for r in self._rows.get(name, ()))

    def visited(self, name: str) -> bool:
        """Whether the replay has come by an effect."""
        return name in self._visited

    def last(self, name: str) -> EffectRow | None:
        """The last attempt of an effect, which the replay has now come by."""
        self._visited.add(name)
        attempts = self._rows.get(name)
        return max(attempts, key=lambda r: r.attempt) if attempts else None

    def attempt(self, name: str) -> int:
        """The number of the last attempt."""
        return max(r.attempt for r in self._rows[name])

    def failures(self, name: str) -> int:
        """The number of the last attempt that failed; 0 where none did."""
        return max((r.attempt for r in self._rows.get(name, ()) if r.state == "failed"), default=0)

    def recorded(self, name: str, path: str) -> tuple[bool, Any]:
        """Whether an effect is done, and its outcome.

        Raises:
            Stop: it is not, and something that was done before it has not come.
        """
        row = self.last(name)
        if row is not None and row.state == "done":
            return True, row.outcome
        self.go_live(name, path)
        return False, None

    def go_live(self, name: str, path: str) -> None:
        """An effect that the journal does not answer: what was done before it must have come before.

        One that failed and is done anew has a place in the order, and so has what removes the failed
        attempt: what came after it is still to come.

        Raises:
            Stop: something has not.
        """
        rows = self._rows.get(name) or self._rows.get(name.split(ASIDE, maxsplit=1)[0])
        # Branches that go on beside this one come by what they have done in their turn.
        beside = [p for p in self._paths if path != p and not path.startswith(f"{p}/")]
        self._check(min(r.seq for r in rows) if rows else None, beside)

    def check_complete(self) -> None:
        """The script is over: it must have come by all that was done.

        Raises:
            Stop: it has not.
        """
        self._check(None, [])

    def _check(self, before: int | None, beside: list[str]) -> None:
        left = [
            n
            for n, rows in self._rows.items()
            if n.split(ASIDE)[0] not in self._visited
            and rows[-1].state == "done"
            and (before is None or rows[0].seq < before)
            and not any(n.startswith(f"{p}/") for p in beside)
        ]
        if left:
            raise self.mismatch(
                f"run {self._row.run_id!r} was begun by swaslift {self._row.version} and has done "
                f"{', '.join(left)}, which this version's {self._row.verb} does not do at this point"
            )

    def mismatch(self, text: str) -> Stop:
        """The run was begun by another version, which would do something else here."""
        version = self._row.version
        return Stop(text, f"resume it with swaslift {version}, or undo it", RunMismatch(text))

    def begin_branch(self, path: str) -> None:
        """A branch begins; its effects are named after its path."""
        self._paths.add(path)

    def pass_by(self, path: str) -> None:
        """A branch is not gone into again: all that it has done is come by."""
        self._visited.update(n.split(ASIDE)[0] for n in self._rows if n.startswith(f"{path}/"))

    def reload(self, name: str) -> None:
        """Read an effect again, after something was written."""
        self._rows[name] = [r for r in self._journal.effects(self._row.run_id, name) if r.part == self._part]
