"""What the steps that delete something have in common."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar

from pydantic import JsonValue

from swaslift.cloud import Cloud
from swaslift.errors import ApiError, ConflictError, NotFoundError, ServerError, ThrottledError
from swaslift.runs.effects import Script, Wait, ask, attempt, until
from swaslift.runs.step import Mark, Ref, Refused, Step
from swaslift.waiting.conditions import Watch
from swaslift.waiting.watches import settled

STILL_MADE = "swaslift.StillBeingMade"
"""Code of a refusal to delete a resource that is still being made; no document names one."""

ROUND = 900.0
"""Seconds after which a resource that is still being made is looked at for progress."""
ROUNDS = 12
"""How many rounds are waited, at most, while it makes progress."""


class Removal(Step[bool]):
    """Delete one resource of the run. That it is gone already is as good; a list that lags is no proof.

    Attributes:
        ref: what is deleted.
        watch: how its state is read, if the service may refuse to delete what it is still making.
        rests_in: states in which it can be deleted, beside those in which its making ends.
    """

    outcome: ClassVar[Any] = bool
    watch: ClassVar[Watch[Any] | None] = None
    rests_in: ClassVar[frozenset[str]] = frozenset()
    ref: Ref

    def find(self, cloud: Cloud, mark: Mark) -> bool | None:
        del cloud, mark
        return None

    def make(self, cloud: Cloud, mark: Mark) -> bool:
        try:
            self.delete(cloud, mark)
        except NotFoundError:
            return True
        except (ServerError, ThrottledError):
            raise
        except ApiError as error:
            meant = self.refusal(cloud, error)
            if meant is None:
                raise
            raise meant from error
        return True

    @abstractmethod
    def delete(self, cloud: Cloud, mark: Mark) -> None:
        """Send the call."""

    def refusal(self, cloud: Cloud, error: ApiError) -> ApiError | None:
        """What a refusal means whose code is not documented; None if nothing shows it."""
        if not self.unready(cloud):
            return None
        return told_as(STILL_MADE, f"it is still being made ({error.service_message})", error)

    def unready(self, cloud: Cloud) -> bool:
        """Whether the resource is still being made."""
        record = self._read(cloud)
        if record is None or self.watch is None:
            return False
        return self.watch.state(record) in self.watch.states.pending - self.rests_in

    def percent(self, cloud: Cloud) -> int:
        """How much of it is made; 0 if the service gives no percentage."""
        record = self._read(cloud)
        if record is None or self.watch is None or self.watch.progress is None:
            return 0
        return self.watch.progress(record)

    def ready(self, name: str) -> Wait[Any]:
        """Until it is no longer being made; time that runs out ends the wait as well."""
        if self.watch is None:
            raise AssertionError(f"{self.kind} is never refused as still being made")
        condition = settled(self.watch, self.ref.region_id, self.ref.id, *self.rests_in)
        title = f"{self.ref} no longer being made"
        return Wait(name, condition, Any, None, title=title, timeout=ROUND, bounded=True)

    def _read(self, cloud: Cloud) -> Any:
        if self.watch is None:
            return None
        return self.watch.read(cloud, self.ref.region_id, [self.ref.id]).get(self.ref.id)

    def foresee(self) -> bool:
        return True

    def removes(self) -> Ref | None:
        return self.ref

    def undo_title(self, outcome: bool, prior: JsonValue) -> str:
        del outcome, prior
        return f"stays: {self.ref} is deleted and does not come back"

    def undo(self, outcome: bool, prior: JsonValue) -> Script[str | None]:
        del outcome, prior
        return f"{self.ref} was deleted and does not come back"
        yield  # a script without effects


def told_as(code: str, message: str, error: ApiError) -> ConflictError:
    """A refusal of a removal under a code that scripts can be ready for."""
    return ConflictError(
        message,
        action=error.action,
        code=code,
        http_status=error.http_status,
        request_id=error.request_id,
        region_id=error.region_id,
    )


def removed(removal: Removal, *refusals: str) -> Script[bool | Refused]:
    """Delete a resource, also one that is still being made.

    The removal is tried first. If the service refuses it because the resource is still being made, the script waits
    while that makes progress, and tries again. A resource that makes none stays: the answer is the refusal.

    Args:
        removal: the step.
        refusals: further codes of the service that are an answer.
    """
    gone = yield from attempt(removal, STILL_MADE, *refusals)
    percent = -1
    for number in range(1, ROUNDS + 1):
        if not isinstance(gone, Refused) or gone.code != STILL_MADE:
            break
        now = yield from ask(f"{removal.name}-percent-{number}", removal.percent, record=int, foreseen=0)
        if now <= percent:
            break
        percent = now
        yield from until(removal.ready(f"{removal.name}-ready-{number}"))
        again = removal.model_copy(update={"name": f"{removal.name}-{number + 1}"})
        gone = yield from attempt(again, STILL_MADE, *refusals)
    return gone
