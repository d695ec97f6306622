"""A step: one change in the cloud, as data; and the identity of each attempt at it."""

from __future__ import annotations

import hashlib
from abc import abstractmethod
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, JsonValue, TypeAdapter

from swaslift.checks import Check
from swaslift.cloud import Cloud
from swaslift.models.kinds import kind_name

if TYPE_CHECKING:
    from swaslift.runs.effects import Script, Wait

T = TypeVar("T")

RUN_TAG = "swaslift-run"
STEP_TAG = "swaslift-step"
ATTEMPT_TAG = "swaslift-attempt"


class Ref(BaseModel):
    """A resource that a step made or changed."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    kind: str
    """``swas.snapshot``, ``swas.image``, ``ecs.image``, ``ecs.instance``, ``ecs.disk``, ``ecs.snapshot``."""
    id: str
    region_id: str
    name: str = ""

    def __str__(self) -> str:
        return f"{kind_name(self.kind)} {self.id}"


class Refused(BaseModel):
    """A refusal that the verb was ready for; an outcome like any other.

    Attributes:
        gone: whether the service says that a resource is not there.
    """

    model_config = ConfigDict(frozen=True, defer_build=True)

    code: str
    message: str
    gone: bool = False


class Declined(Exception):
    """A step does not send its change, since the world is no longer as it has to be for that.

    Attributes:
        code: by which a script may be ready for it, as for a refusal of the service.
        problem: what is otherwise.
        remedy: what to do, where no script is ready for it.
    """

    def __init__(self, code: str, problem: str, remedy: str) -> None:
        super().__init__(problem)
        self.code = code
        self.problem = problem
        self.remedy = remedy


@dataclass(frozen=True)
class Mark:
    """The identity of one attempt of a step: what makes it happen once.

    Token, name and tags are derived from (run, step, attempt), so a process that comes back from
    the dead sends the same ones. A timeout, a 5xx or a kill never advances the attempt.
    """

    run_id: str
    step: str
    attempt: int
    since: datetime | None = None
    """When the attempt was written down, before its first call."""
    again: bool = False
    """Whether it may have been sent already, by this process or one before."""

    @property
    def _digest(self) -> str:
        return hashlib.sha256(f"{self.run_id}\0{self.step}\0{self.attempt}".encode()).hexdigest()

    @property
    def token(self) -> str:
        """The ``ClientToken``: at most 64 ASCII characters."""
        return f"swaslift-{self._digest[:48]}"

    @property
    def tags(self) -> dict[str, str]:
        """Tags of what this attempt makes."""
        return {RUN_TAG: self.run_id, STEP_TAG: self.step, ATTEMPT_TAG: str(self.attempt)}

    def label(self, base: str, limit: int) -> str:
        """A name for what this attempt makes: the base and six letters that no other attempt has."""
        return f"{base[: limit - 7]}-{self._digest[:6]}"

    def carried_by(self, tags: Mapping[str, str]) -> bool:
        """Whether a resource's tags say that this attempt made it."""
        return all(tags.get(k) == v for k, v in self.tags.items())


def in_account(title: str, account: str | None) -> str:
    """A title, with the account where it is another one than the run's."""
    return f"{title}, in account {account}" if account else title


@lru_cache(maxsize=512)
def adapter(kind: Any) -> TypeAdapter[Any]:
    """What reads and writes values of a type; it is costly to make."""
    return TypeAdapter(kind)


STEP_KINDS: dict[str, type[Step[Any]]] = {}
"""Step classes by kind: what a resume or an undo rebuilds steps with."""


class Step(BaseModel, Generic[T]):
    """One change in the cloud.

    A step is data: what it holds is frozen in the journal before the first call, and sent from
    there after a crash. It knows how to find what it would make, how to make it, and how to take it
    back.

    Attributes:
        name: unique in its run, and stable between versions: replay matches by it.
        account: where it happens, if not in the run's own account; see `elsewhere`.
    """

    model_config = ConfigDict(frozen=True, defer_build=True)

    kind: ClassVar[str]
    outcome: ClassVar[Any]
    """The type of the outcome, as pydantic reads it."""
    writes: ClassVar[tuple[str, ...]] = ()
    """API actions that the step may send and that change something."""
    discards: ClassVar[tuple[str, ...]] = ()
    """Further API actions, sent only to remove what it made and what then failed."""
    repeatable: ClassVar[bool] = True
    """Whether making it twice does no harm where nothing was found: by token, or by nature."""

    busy: ClassVar[frozenset[str]] = frozenset()
    """Error codes that say: not now, since something else is under way. The run sends it again later."""

    name: str
    account: str | None = None

    def __init_subclass__(cls, **rest: Any) -> None:
        super().__init_subclass__(**rest)
        if "kind" in cls.__dict__:
            STEP_KINDS[cls.kind] = cls

    @property
    @abstractmethod
    def title(self) -> str:
        """What it does, for people."""

    @property
    def headline(self) -> str:
        """The title, with the account where it is another one."""
        return in_account(self.title, self.account)

    @property
    def charged(self) -> str | None:
        """What it costs, where it costs anything."""
        return None

    @property
    def irreversible(self) -> str | None:
        """What it destroys, where no undo brings it back by itself."""
        return None

    @property
    def bought(self) -> bool:
        """Whether it is paid at once for good; then it is never made anew, whatever a wait for it says."""
        return False

    @property
    def minutes(self) -> float:
        """How long it usually takes, until its resource is done."""
        return 0.0

    def prior(self, cloud: Cloud) -> JsonValue:
        """The state before the change, as far as the undo needs it."""
        del cloud
        return None

    @abstractmethod
    def find(self, cloud: Cloud, mark: Mark) -> T | None:
        """What an earlier try of this attempt made, or None."""

    def happened(self, cloud: Cloud, mark: Mark) -> T | None:
        """What an undo takes a try for that got no answer; as `find`, where that can tell."""
        return self.find(cloud, mark)

    def look(self, cloud: Cloud) -> Sequence[Check]:
        """What stands against the change now: asked right before each time that it is sent.

        A plan may be kept and a run may be paused for days. A blocker pauses the run before anything is sent.
        """
        del cloud
        return ()

    def check_offer(self, cloud: Cloud) -> None:
        """Look, right before it is sent, whether what is charged is what was agreed to.

        Raises:
            OfferChanged: it costs more, or is no longer sold.
        """
        del cloud

    @abstractmethod
    def make(self, cloud: Cloud, mark: Mark) -> T:
        """Send the change.

        Raises:
            Declined: it is not sent, since what it rests on is no longer so.
        """

    def in_view_of(self, prior: JsonValue, outcome: T) -> T:
        """The outcome, in view of the state before the change; it was noted before the first call."""
        del prior
        return outcome

    @abstractmethod
    def foresee(self) -> T:
        """The outcome as a plan shows it, with ids in angle brackets."""

    def made(self, outcome: T) -> Ref | None:
        """The resource that exists because of the step."""
        del outcome
        return None

    def noted(self, outcome: T) -> Wait[Any] | None:
        """What is read of the resource as soon as it is listed; the journal keeps it.

        An undo may need it when somebody else has deleted the resource.
        """
        del outcome
        return None

    def makes(self, outcome: T) -> tuple[Ref, ...]:
        """All resources that exist because of the step, where it can make several."""
        made = self.made(outcome)
        return (made,) if made is not None else ()

    def goes_on(self, outcome: T) -> str | None:
        """What the cloud carries on by itself while the run is paused, for people, and what an undo does."""
        del outcome
        return None

    def removes(self) -> Ref | None:
        """The resource of the run that the step deletes."""
        return None

    def complete(self, gone: Collection[str]) -> Script[str | None]:
        """Go on with a removal that an undo meets; a string says what could not be removed.

        Args:
            gone: ids of what the run has removed for certain.
        """
        del gone
        return None
        yield  # a script without effects

    def reverts(self) -> Ref | None:
        """The resource on which the step itself takes something back.

        Where the run made that resource, an undo does not restore it: it removes the whole.
        """
        return None

    def changes(self) -> Ref | None:
        """The resource whose state it changes, where that goes with the resource.

        Where the run has removed the resource, there is nothing to take back.
        """
        return None

    def destroys(self) -> Ref | None:
        """The resource of the user's that is gone after the step."""
        return None

    def keeps(self) -> tuple[Ref, ...]:
        """What the run made before and an undo leaves in place, since it holds what the step destroyed."""
        return ()

    def restores_from(self) -> tuple[Ref, ...]:
        """What the run made before, and an undo of the step restores from."""
        return ()

    def switches(self) -> tuple[str, bool] | None:
        """The id of the server or instance that it stops (False) or starts (True)."""
        return None

    def undo(self, outcome: T, prior: JsonValue) -> Script[str | None]:
        """Take the change back; a string says what could not be taken back."""
        del outcome, prior
        return None
        yield  # a script without effects

    def undo_title(self, outcome: T, prior: JsonValue) -> str:
        """What `undo` does, for people: ``stays: ...`` where it leaves something, else what it sends."""
        del outcome, prior
        return self.nothing()

    def nothing(self, why: str = "") -> str:
        """The title of an undo that does nothing."""
        return f"nothing to do: {self.headline}{f' ({why})' if why else ''}"

    def complete_title(self, gone: Collection[str]) -> str | None:
        """What `complete` does, for people; None where that is nothing."""
        del gone
        return None

    def discard(self, outcome: T) -> Script[str | None]:
        """Remove what this step made and what then proved failed, before it is made anew."""
        return self.undo(outcome, None)

    @classmethod
    def decode(cls, value: Any) -> Any:
        """An outcome as the journal keeps it, typed again."""
        if isinstance(value, dict) and value.get("refused"):
            return Refused.model_validate(value["refused"])
        return adapter(cls.outcome).validate_python(value)

    @staticmethod
    def encode(outcome: Any) -> Any:
        """An outcome as the journal keeps it."""
        if isinstance(outcome, Refused):
            return {"refused": outcome.model_dump(mode="json")}
        return TypeAdapter(Any).dump_python(outcome, mode="json")
