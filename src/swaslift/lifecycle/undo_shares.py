"""Shares and undo: what a run itself changed to and fro, and what other runs have left shared."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
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


SHARES = (ShareImage.kind, UnshareImage.kind, ShareWithAccounts.kind, UnshareWithAccounts.kind)
"""Kinds of the steps that decide whether the service deletes a custom image: it deletes none that is shared."""


def shared_by_others(
    run_id: str, images: Collection[str], changes: Iterable[tuple[str, EffectRow]]
) -> list[str]:
    """Which images other runs have left shared, a sentence each with what to do first.

    The journal tells, so it may have been withdrawn elsewhere since.

    Args:
        run_id: the run that is undone; what it has shared itself, its undo withdraws.
        images: ids of what its undo deletes.
        changes: steps of `SHARES`, of all runs, with the runs' ids.
    """
    standing: dict[tuple[str, str], str] = {}
    for who, row in changes:
        step: Any = STEP_KINDS[row.kind].model_validate(row.request)
        if (
            row.state != "done"
            or step.image.id not in images
            or isinstance(step.decode(row.outcome), Refused)
        ):
            continue
        for other in getattr(step, "accounts", ("ECS",)):
            share = (step.image.id, other)
            if isinstance(step, UnshareImage | UnshareWithAccounts):
                standing.pop(share, None)
            elif step.altered(row.prior):
                standing[share] = who
    return [_withdraw_first(*share, who) for share, who in standing.items() if who != run_id]


def _withdraw_first(image_id: str, other: str, who: str) -> str:
    call = f"unshare_from_ecs({image_id!r})"
    if other != "ECS":
        call, other = f"unshare_with_account({image_id!r}, {other!r})", f"account {other}"
    return (
        f"run {who!r} has shared the image {image_id} with {other}, and the service deletes no shared image: "
        f"withdraw it first, if it is still shared: lift.{call}"
    )
