"""Another ``verify`` for a run that is under way: what is waited for at its end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from pydantic import BaseModel

from swaslift.errors import InvalidArgument
from swaslift.lifecycle.definition import Amendment
from swaslift.lifecycle.spec import Verify

S = TypeVar("S", bound=BaseModel)

_ANSWERS = "answers"


def amend_verify(
    spec: S, change: Verify, begun: Mapping[str, str], *, now: Verify, last: str
) -> Amendment[S]:
    """The spec with another ``verify``, as long as the run has not come past that wait.

    The run's text is read again from its start on a resume: behind that point it would do another thing
    than the journal tells. What the run has already may be said again.

    Args:
        spec: what the run rests on; its field for it is ``verify``.
        change: the new one.
        begun: the states of the run's effects, in their order.
        now: the one that it has.
        last: the effect that comes right before the wait.

    Raises:
        InvalidArgument: the run is past it.
    """
    names = list(begun)
    after = [n for n in names[names.index(last) + 1 :] if n != _ANSWERS] if last in begun else []
    if change != now and (after or begun.get(_ANSWERS) == "done"):
        how = (
            "has heard the instance" if begun.get(_ANSWERS) == "done" else "went on without hearing the agent"
        )
        raise InvalidArgument(
            "amend",
            change,
            f"the run is past that wait: it {how}",
            "Resume it as it is, without amend, or undo it",
        )
    return Amendment(spec.model_copy(update={"verify": change}), {"verify": change}, asks_anew=False)
