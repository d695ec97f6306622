"""A step that the cloud is not ready for: its branch rests, others go on, and it is sent again.

The same image is not copied twice at once, and another run, or somebody else, may be copying it. A refusal
of that kind has changed nothing, and nothing has failed: the intent stays, with its token.
"""

from __future__ import annotations

from typing import Any

from swaslift.errors import ApiError
from swaslift.runs.attempts import Stop
from swaslift.runs.branch import Branch
from swaslift.runs.effects import Do, Wait
from swaslift.runs.ledger import Ledger
from swaslift.waiting.poller import Waiting
from swaslift.waiting.watches import moment

SECONDS = 60.0
"""How long a branch rests before the step is sent again."""

PATIENCE = 6 * 3600.0
"""Seconds after which it pauses the run: as long as an image may take to be copied."""


def rest(run: Ledger, branch: Branch, effect: Do[Any], stop: Stop) -> bool:
    """Have a branch rest before a step that was refused for the time being; whether it does."""
    step, error = effect.step, stop.error
    if not isinstance(error, ApiError) or error.code not in step.busy:
        return False
    clock = run.cloud.clock
    mono = clock.monotonic()
    if step.name not in branch.rests:
        branch.rests[step.name] = mono
        told = f"{step.headline}: not yet ({error.code}); it is sent again every minute until it is taken"
        run.hold.event("waiting", told, now=clock.now())
        run.tell("waiting", step.name, told)
    if mono - branch.rests[step.name] > PATIENCE:
        return False
    condition = moment(mono + SECONDS)
    wait = Wait(step.name, condition, str, "", title=step.headline)
    branch.waiting = ((wait, Waiting(condition, since=mono, deadline=mono + 2 * SECONDS)),)
    branch.resting = effect
    return True
