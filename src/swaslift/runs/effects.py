"""What a verb yields.

A verb is a generator that does no I/O: it yields *effects* and is sent their outcomes. The driver
carries them out, writes them to the journal, and on resume answers the finished ones from there.
What the verb decides by is an effect too (`Ask`), so replay decides the same.

Effects are yielded through the helpers at the end, so that every outcome has its type::

    snapshot = yield from do(CreateSnapshot(...))
    (record,) = yield from until(Wait("snapshot-system/done", swas_snapshot_done(...)))
"""

from __future__ import annotations

import hashlib
from abc import abstractmethod
from collections.abc import Callable, Collection, Generator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Generic, Literal, Protocol, TypeVar, cast

from pydantic import BaseModel, ConfigDict, JsonValue, TypeAdapter

from swaslift.checks import Check
from swaslift.cloud import Cloud
from swaslift.consent import Consent
from swaslift.waiting.conditions import Condition

T = TypeVar("T")
U = TypeVar("U")

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
        return f"{self.kind} {self.id}"


class Refused(BaseModel):
    """A refusal that the verb was ready for; an outcome like any other."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    code: str
    message: str


class Failed(BaseModel):
    """A branch of a tolerant `Fork` that came to nothing; an outcome like any other."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    reason: str
    remedy: str


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

    @abstractmethod
    def make(self, cloud: Cloud, mark: Mark) -> T:
        """Send the change."""

    @abstractmethod
    def foresee(self) -> T:
        """The outcome as a plan shows it, with ids in angle brackets."""

    def made(self, outcome: T) -> Ref | None:
        """The resource that exists because of the step."""
        del outcome
        return None

    def makes(self, outcome: T) -> tuple[Ref, ...]:
        """All resources that exist because of the step, where it can make several."""
        made = self.made(outcome)
        return (made,) if made is not None else ()

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
        return TypeAdapter(cls.outcome).validate_python(value)

    @staticmethod
    def encode(outcome: Any) -> Any:
        """An outcome as the journal keeps it."""
        if isinstance(outcome, Refused):
            return {"refused": outcome.model_dump(mode="json")}
        return TypeAdapter(Any).dump_python(outcome, mode="json")


@dataclass(frozen=True)
class Do(Generic[T]):
    """Carry out a step. ``refusals``: error codes that are an answer here, not a failure."""

    step: Step[T]
    refusals: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """The step's name."""
        return self.step.name


@dataclass(frozen=True)
class Wait(Generic[T]):
    """Wait for one condition.

    Attributes:
        name: unique in the run.
        condition: what is waited for.
        record: the type of the outcome, as pydantic reads it.
        foreseen: the outcome as a plan has it.
        title: for people.
        of: the step that made the resource; if the resource fails, that step gets a new attempt.
        timeout: seconds.
        manual: what a person has to do meanwhile; a manual step.
        evidence: asked when the wait fails, to be shown with the failure.
        remedy: what to do where time runs out; ``{run}`` stands for the id of the run.
        if_late: the outcome where time runs out, for a wait of its own; without it that is a failure.
    """

    name: str
    condition: Condition[T]
    record: Any
    foreseen: T
    title: str = ""
    of: str | None = None
    timeout: float = 3 * 3600
    manual: str | None = None
    evidence: Callable[[Cloud], str] | None = None
    remedy: str | None = None
    if_late: T | None = None


@dataclass(frozen=True)
class Until:
    """Wait for several conditions at once."""

    waits: tuple[Wait[Any], ...]

    @property
    def name(self) -> str:
        """The name of the first wait."""
        return self.waits[0].name


@dataclass(frozen=True)
class Ask(Generic[T]):
    """Read something that a decision rests on. The answer is kept."""

    name: str
    query: Callable[[Cloud], T]
    record: Any
    foreseen: T


@dataclass(frozen=True)
class Gate:
    """Ask whether to go on. A blocker pauses the run; on resume it is asked anew."""

    name: str
    title: str
    ask: Callable[[Cloud], Sequence[Check]]


@dataclass(frozen=True)
class Say:
    """A remark for the report and whoever watches."""

    name: str
    text: str


@dataclass(frozen=True)
class Fork:
    """Carry scripts out side by side, and go on when each has come to its end.

    What fails in one branch does not keep the others from going on; then the run pauses, and a resume
    goes on in the branches that are not over.

    Attributes:
        name: unique in the run. A branch's effects are called ``name/key/effect``.
        branches: fresh scripts by key.
        tolerant: whether a branch that was refused, or whose resource is proven failed or gone, is an
            outcome (`Failed`) instead.
        unsure: with ``tolerant``, whether one that got no definite answer is as well. What it may have
            made has to be looked for.
    """

    name: str
    branches: Mapping[str, Generator[Any, Any, Any]]
    tolerant: bool = False
    unsure: bool = False


@dataclass(frozen=True)
class Pause:
    """Pause the run, for a reason that the script has come upon; a resume goes on behind it."""

    name: str
    reason: str
    remedy: str


class Prepared(Protocol):
    """What was found out about a verb before it begins; see `swaslift.planning.preparation`."""

    @property
    def spec(self) -> BaseModel | None:
        """What its run rests on; None where a blocker left it open."""

    @property
    def checks(self) -> Sequence[Check]:
        """Blockers and warnings."""

    @property
    def consents(self) -> Sequence[Consent]:
        """What needs leave."""


@dataclass(frozen=True)
class Include:
    """Look at a verb that is a part of this run, now that its arguments are known.

    The answer is its spec, which is kept. A blocker pauses the run, and so does a consent that goes
    beyond what was agreed to when the run began.

    Attributes:
        name: of the part.
        prepare: reads, checks and prices, for a run of the given id; changes nothing.
        spec: the type of the answer.
    """

    name: str
    prepare: Callable[[str], Prepared]
    spec: type[BaseModel]


Effect = Do[Any] | Until | Ask[Any] | Gate | Say | Fork | Include | Pause
Script = Generator[Effect, Any, T]


def do(step: Step[T]) -> Script[T]:
    """Carry out a step; a refusal pauses the run."""
    return cast("T", (yield Do(step)))


def attempt(step: Step[T], *refusals: str) -> Script[T | Refused]:
    """Carry out a step that may be refused with one of some codes."""
    return cast("T | Refused", (yield Do(step, frozenset(refusals))))


def until(wait: Wait[T]) -> Script[T]:
    """Wait for one condition."""
    return cast("T", (yield Until((wait,)))[0])


def until_both(first: Wait[T], second: Wait[U]) -> Script[tuple[T, U]]:
    """Wait for two conditions at once."""
    return cast("tuple[T, U]", tuple((yield Until((first, second)))))


def fork(name: str, branches: Mapping[str, Script[T]]) -> Script[dict[str, T]]:
    """Carry scripts out side by side; what each returned, by key."""
    return cast("dict[str, T]", (yield Fork(name, branches)))


def fork_tolerant(
    name: str, branches: Mapping[str, Script[T]], *, unsure: bool = False
) -> Script[dict[str, T | Failed]]:
    """Carry scripts out side by side; what each returned, or how it failed, by key.

    Args:
        name: unique in the run.
        branches: fresh scripts by key.
        unsure: whether also to go on where no definite answer came; else that pauses the run.
    """
    return cast("dict[str, T | Failed]", (yield Fork(name, branches, tolerant=True, unsure=unsure)))


def ask(name: str, query: Callable[[Cloud], T], *, record: Any, foreseen: T) -> Script[T]:
    """Read something that a decision rests on."""
    return cast("T", (yield Ask(name, query, record, foreseen)))


def gate(name: str, title: str, query: Callable[[Cloud], Sequence[Check]]) -> Script[None]:
    """Ask whether to go on."""
    yield Gate(name, title, query)


def say(name: str, text: str) -> Script[None]:
    """Leave a remark."""
    yield Say(name, text)


def pause(name: str, reason: str, remedy: str) -> Script[None]:
    """Pause the run; a resume goes on behind it."""
    yield Pause(name, reason, remedy)


@dataclass(frozen=True)
class PlannedStep:
    """One line of a plan."""

    name: str
    title: str
    kind: Literal["step", "wait", "gate", "manual"]
    writes: tuple[str, ...] = ()
    minutes: float = 0.0
    charged: str | None = None
    irreversible: str | None = None
    only_if: str | None = None
    branch: tuple[tuple[str, str], ...] = ()
    """The forks in which it stands, and its branch in each."""
    remark: str | None = None
