"""How long what a plan stops stays down: by the plan's own steps."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import dropwhile

from swaslift.runs.effects import PlannedStep
from swaslift.runs.preview import usual_minutes
from swaslift.wording import counted


def time_down(steps: Sequence[PlannedStep], stop: str, last: str) -> str:
    """The usual time from one step to another one, both included, in words.

    Args:
        steps: of the plan.
        stop: the name of the step that stops it.
        last: the name of the step behind which it runs again.
    """

    def named(step: PlannedStep) -> str:
        return step.name.rpartition("/")[2]  # without the branches that it is in

    down = list(dropwhile(lambda step: named(step) != stop, steps))
    end = next((number for number, step in enumerate(down, 1) if named(step) == last), len(down))
    return f"usually about {counted(round(usual_minutes(down[:end])), 'minute')}"
