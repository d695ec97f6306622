"""What another run needs that is not over: the journal tells, since the cloud knows nothing of runs."""

from __future__ import annotations

from collections.abc import Sequence

from swaslift.planning.unfinished import needed_by, unfinished
from swaslift.runs.effects import Records, Script, consult
from swaslift.runs.step import Ref

_NOBODY: dict[str, str] = {}


def needed_elsewhere(name: str, refs: Sequence[Ref]) -> Script[dict[str, str]]:
    """Which resources another run needs that is not over: who needs it, in words, by id."""

    def look(records: Records) -> dict[str, str]:
        going = unfinished(records.journal, emulated=records.cloud.emulated, but=records.run_id, about=refs)
        return needed_by(going, refs)

    return (yield from consult(name, look, record=dict[str, str], foreseen=_NOBODY))
