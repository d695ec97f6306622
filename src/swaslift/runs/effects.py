"""What a verb yields.

A verb is a generator that does no I/O: it yields *effects* and is sent their outcomes. The driver
carries them out, writes them to the journal, and on resume answers the finished ones from there.
What the verb decides by is an effect too (`Ask`), so replay decides the same.

Effects are yielded through the helpers at the end, so that every outcome has its type::

    snapshot = yield from do(CreateSnapshot(...))
    (record,) = yield from until(Wait("snapshot-system/done", swas_snapshot_done(...)))
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, Literal, NamedTuple, Protocol, TypeVar, cast

from pydantic import BaseModel, ConfigDict

from swaslift.checks import Check
from swaslift.cloud import Cloud
from swaslift.consent import Consent
from swaslift.runs.step import Refused, Step
from swaslift.waiting.conditions import Condition

if TYPE_CHECKING:
    from swaslift.runs.journal import Journal

T = TypeVar("T")
U = TypeVar("U")


class Failed(BaseModel):
    """A branch of a tolerant `Fork` that came to nothing; an outcome like any other."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    reason: str
    remedy: str


@dataclass(frozen=True)
class Do(Generic[T]):
    """Carry out a step.

    Attributes:
        step: what is done.
        refusals: error codes of the service that are an answer here, not a failure.
        declines: codes of `Declined` that are likewise; a plan does not foresee them.
        mends: what puts right what an error code tells, by code. It is carried out, and the step tried again,
            a few times before that pauses the run.
        only_if: when it is done, in a plan whose script cannot tell yet.
    """

    step: Step[T]
    refusals: frozenset[str] = frozenset()
    declines: frozenset[str] = frozenset()
    mends: Mapping[str, Callable[[], Script[Any]]] = field(default_factory=dict)
    only_if: str | None = None

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
        sent_by: the step that is sent again, as another attempt, if time runs out: a change that somebody else may
            take back before it is seen, such as a start or a stop, or one whose resource an undo cannot do without.
        timeout: seconds.
        manual: what a person has to do meanwhile; a manual step.
        evidence: asked when the wait fails, to be shown with the failure.
        remedy: what to do where time runs out; ``{run}`` stands for the id of the run.
        beyond: what to do where the resource, which no step of the run has made, proves failed or gone.
        if_late: the outcome where time runs out, for a wait of its own; without it that is a failure.
        bounded: whether time that runs out is no failure even without ``if_late``: the outcome is None then.
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
    beyond: str | None = None
    if_late: T | None = None
    bounded: bool = False
    sent_by: str | None = None


@dataclass(frozen=True)
class Until:
    """Wait for several conditions at once."""

    waits: tuple[Wait[Any], ...]

    @property
    def name(self) -> str:
        """The name of the first wait."""
        return self.waits[0].name


@dataclass(frozen=True)
class Records:
    """What a question about other runs is asked of.

    Attributes:
        cloud: the door.
        journal: what all runs have done.
        run_id: the run that asks.
        name: of the question, with the path of its part.
    """

    cloud: Cloud
    journal: Journal
    run_id: str
    name: str


@dataclass(frozen=True)
class Ask(Generic[T]):
    """Read something that a decision rests on. The answer is kept.

    Attributes:
        name: unique in the run.
        query: reads it.
        record: the type of the answer, as pydantic reads it.
        foreseen: the answer as a plan has it.
        consult: asks the journal as well; then there is no ``query``.
        before: a step that comes behind it. Where that is done, an older version did not ask, and went on as
            foreseen.
    """

    name: str
    query: Callable[[Cloud], T] | None
    record: Any
    foreseen: T
    consult: Callable[[Records], T] | None = None
    before: str = ""


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


ASKED = "/asked"
"""How the names of parts end, where they are looked at; before it stands the part's own name."""
LEFT = "/left"
"""How the names of what a part leaves to do by hand end."""


@dataclass(frozen=True)
class Include:
    """Look at a verb that is a part of this run, now that its arguments are known.

    The answer is `Included`; its spec is kept. A blocker pauses the run, and so does a consent that goes
    beyond what was agreed to when the run began.

    Attributes:
        name: of the part.
        prepare: reads, checks and prices, for a run of the given id; changes nothing.
        spec: its type.
    """

    name: str
    prepare: Callable[[str], Prepared]
    spec: type[BaseModel]


class Included(NamedTuple):
    """The run that a verb is a part of, and what the part rests on."""

    run_id: str
    spec: Any


Effect = Do[Any] | Until | Ask[Any] | Gate | Say | Fork | Include | Pause
Script = Generator[Effect, Any, T]


def do(step: Step[T]) -> Script[T]:
    """Carry out a step; a refusal pauses the run."""
    return cast("T", (yield Do(step)))


def attempt(
    step: Step[T], *refusals: str, declines: Collection[str] = (), only_if: str | None = None
) -> Script[T | Refused]:
    """Carry out a step that may be refused with one of some codes, or decline by itself with one of others.

    Args:
        step: what is done.
        refusals: codes of the service that are an answer.
        declines: codes of the step's own that are an answer.
        only_if: when it is done, in a plan whose script cannot tell yet.
    """
    effect = Do(step, frozenset(refusals), frozenset(declines), only_if=only_if)
    return cast("T | Refused", (yield effect))


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


def consult(
    name: str, query: Callable[[Records], T], *, record: Any, foreseen: T, before: str = ""
) -> Script[T]:
    """Read something of the journal and of the run's own account that a decision rests on; see `Ask`."""
    return cast("T", (yield Ask(name, None, record, foreseen, query, before)))


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
    unless: tuple[str, ...] = ()
    """Conditions under which it is left out, worded as those of ``only_if``."""
