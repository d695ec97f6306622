"""Stops that a run has sent and has not seen take effect."""

from __future__ import annotations

from typing import Any

from swaslift.runs.effects import Records, Script, Wait, consult, until
from swaslift.runs.step import STEP_KINDS


def landed(resource_id: str, wait: Wait[Any]) -> Script[None]:
    """Wait for the effect of the last stop of a server or instance, unless the run has seen that already.

    Until then the resource is listed as Running, as if it had been started again: whoever starts it before the
    stop takes effect leaves it stopped.

    Args:
        resource_id: what was stopped.
        wait: ends when the stop is seen to take effect, or after a while.
    """

    def seen(records: Records) -> bool:
        found = True
        for row in records.journal.effects(records.run_id):
            if row.kind in STEP_KINDS and row.state != "failed":
                if STEP_KINDS[row.kind].model_validate(row.request).switches() == (resource_id, False):
                    found = False
            elif row.kind == "wait" and row.state == "done" and isinstance(row.outcome, dict):
                stopped = row.outcome.get("id") == resource_id and row.outcome.get("status") == "Stopped"
                found = found or stopped
        return found

    if not (yield from consult("stop-seen", seen, record=bool, foreseen=True)):
        yield from until(wait)
