"""Shares that a run itself changed to and fro: an undo has nothing to take back of either."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from swaslift.lifecycle.steps import (
    ShareEcsImage,
    ShareImage,
    ShareWithAccounts,
    UnshareEcsImage,
    UnshareImage,
    UnshareWithAccounts,
)
from swaslift.runs.rows import EffectRow
from swaslift.runs.step import STEP_KINDS, Refused

_PAIRS = (
    (ShareImage, UnshareImage),
    (ShareWithAccounts, UnshareWithAccounts),
    (ShareEcsImage, UnshareEcsImage),
)
_OPPOSITES = {a.kind: b.kind for pair in _PAIRS for a, b in (pair, pair[::-1])}


def to_and_fro(rows: Sequence[EffectRow]) -> dict[int, str]:
    """Steps that need no taking back, by their place in the journal, with why.

    A change that was taken back by a later one of the run is even. The later one has nothing to be taken
    back in any case: what it took back was not there before the run. One that got no answer leaves the
    earlier one to be taken back.

    Args:
        rows: the steps that an undo looks at, in the order in which they were begun.
    """
    even: dict[int, str] = {}
    standing: dict[tuple[Any, ...], list[EffectRow]] = {}
    for row in rows:
        if row.kind not in _OPPOSITES:
            continue
        step: Any = STEP_KINDS[row.kind].model_validate(row.request)
        altered = step.altered(row.prior)
        if not altered or (row.outcome is not None and isinstance(step.decode(row.outcome), Refused)):
            continue
        kinds = frozenset({row.kind, _OPPOSITES[row.kind]})
        before = standing.setdefault((step.account, step.image.id, kinds, altered), [])
        if not before or before[-1].kind == row.kind:
            before.append(row)
            continue
        even[row.seq] = "it is as before the run"
        if row.outcome is not None:
            even[before.pop().seq] = "the run has taken it back itself"
    return even
