"""A journal with many finished runs: copies of a few real ones, written as a run writes them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from swaslift.runs.history import made_by
from swaslift.runs.journal import Journal


def fill(journal: Journal, source: Path, run_ids: Sequence[str], count: int) -> None:
    """Write copies of finished runs, each with resources of its own.

    Args:
        journal: where they go.
        source: the journal that holds the originals.
        run_ids: the originals, copied in turns.
        count: how many copies.
    """
    originals = Journal(source)
    # What is copied need not survive a power cut.
    journal._open().execute("PRAGMA synchronous=OFF")
    for number in range(count):
        _copy(journal, originals, run_ids[number % len(run_ids)], number)
    journal._open().execute("PRAGMA synchronous=FULL")
    originals.close()


def _copy(journal: Journal, originals: Journal, run_id: str, number: int) -> None:
    row, effects = originals.run(run_id), originals.effects(run_id)
    shift = timedelta(minutes=number)
    names = {*made_by(effects), row.source, str(row.arguments.get("image") or row.source)}

    def own(data: Any) -> Any:
        text = json.dumps(data)
        for name in names:
            text = text.replace(f'"{name}"', f'"{name}-{number}"')
        return json.loads(text)

    copy = f"past-{number}"
    journal.create(
        run_id=copy, account_id=row.account_id, verb=row.verb, source=own(row.source),
        arguments=own(row.arguments), spec=own(row.spec), plan=row.plan, version=row.version,
        now=row.created_at + shift,
    )  # fmt: skip
    hold = journal.hold(copy)
    for effect in effects:
        hold.begin(
            effect.name, kind=effect.kind, part=effect.part, attempt=effect.attempt,
            request=own(effect.request), prior=own(effect.prior), deadline=effect.deadline,
            now=effect.began_at + shift,
        )  # fmt: skip
        ended = (effect.ended_at or effect.began_at) + shift
        if effect.state == "done":
            hold.end(effect.name, own(effect.outcome), attempt=effect.attempt, now=ended)
        elif effect.state == "failed":
            hold.fail(effect.name, effect.error or "", attempt=effect.attempt, now=ended)
    hold.set_state(row.state, now=row.updated_at + shift, part=row.part, outcome=own(row.outcome))
    hold.release()
