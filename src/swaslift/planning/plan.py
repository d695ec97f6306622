"""A plan: what a verb would do, seen before it happens."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from swaslift.checks import Check
from swaslift.consent import Consent
from swaslift.errors import ConsentRequired, InvalidArgument, PreflightError
from swaslift.planning.costs import Cost
from swaslift.runs.effects import PlannedStep
from swaslift.runs.preview import usual_minutes
from swaslift.wording import duration

if TYPE_CHECKING:
    from rich.console import RenderableType

    from swaslift.planning.unfinished import Taken

T = TypeVar("T")


@dataclass(frozen=True)
class Plan(Generic[T]):
    """What a verb would do. Making one only reads.

    Attributes:
        verb: the verb.
        run_id: the id that its run will have.
        title: one line for people.
        checks: what the preflight found: blockers and warnings.
        steps: what happens, in order, read off the verb's own text.
        consents: what has to be consented to; hand them to `apply` after looking.
        cost: what the service quotes, where something is charged.
        downtime: who is down for how long.
        remarks: what to know before.
        emulated: whether the cloud is swaslift's emulator.
        arguments: the arguments, as the journal will keep them.
        spec: what the run will rest on, likewise.
        takes: what it takes away: no other run that is not over may need it, not even when it is applied later.
    """

    verb: str
    run_id: str
    account_id: str
    title: str
    source: str
    checks: tuple[Check, ...]
    steps: tuple[PlannedStep, ...]
    consents: tuple[Consent, ...]
    cost: Cost | None
    downtime: str
    remarks: tuple[str, ...]
    emulated: bool
    arguments: dict[str, Any]
    spec: dict[str, Any]
    _apply: Callable[[Plan[T]], T] = field(repr=False)
    takes: tuple[Taken, ...] = field(default=(), repr=False)

    @property
    def blockers(self) -> tuple[Check, ...]:
        """What stands in the way."""
        return tuple(c for c in self.checks if c.level == "blocker")

    @property
    def minutes(self) -> float:
        """How long it usually takes; conditional steps are left out."""
        return usual_minutes(self.steps)

    @property
    def duration(self) -> str:
        """How long it takes, in words."""
        usual = f"about {duration(self.minutes * 60)}" if self.minutes else "about 1 min"
        by_hand = (
            ", and as long as the manual steps take" if any(s.kind == "manual" for s in self.steps) else ""
        )
        return f"{usual}{by_hand}; the cloud decides"

    @property
    def charges(self) -> str:
        """What it costs, in words."""
        if self.cost:
            return str(self.cost)
        return "see the charged steps" if any(s.charged for s in self.steps) else "nothing"

    @property
    def writes(self) -> frozenset[str]:
        """Every API action by which the run may change something."""
        return frozenset(action for s in self.steps for action in s.writes)

    @property
    def rows(self) -> list[tuple[int, PlannedStep, str]]:
        """What is shown as a table: number, step, and on what it depends, by the numbers of the table."""
        shown = list(enumerate((s for s in self.steps if s.kind != "wait"), 1))
        numbers = {step.name: f"#{number}" for number, step in shown}
        return [
            (number, step, " ".join(numbers.get(word, word) for word in (step.only_if or "").split()))
            for number, step in shown
        ]

    def require(self, consent: Iterable[Consent] | Consent) -> None:
        """Refuse to go on while something stands in the way or is not consented to.

        Raises:
            PreflightError: the plan has blockers.
            ConsentRequired: a consent is missing or too small.
        """
        given = consent_list(consent)
        refuse_blockers(self.verb, self.checks)
        missing = [c for c in self.consents if not any(g.covers(c) for g in given)]
        if missing:
            raise ConsentRequired(self, missing, given, self.cost.currency if self.cost else "")

    def apply(self, *, consent: Iterable[Consent] | Consent = ()) -> T:
        """Carry the plan out, and wait until it is done.

        Raises:
            PreflightError, ConsentRequired: nothing was changed.
            RunExists, RunConflict, RunBusy: there is a run of this id by now.
            RunPaused: the run stopped on the way.
        """
        self.require(consent)
        return self._apply(self)

    def to_json(self) -> dict[str, Any]:
        """The plan as plain data, as the journal keeps it."""
        return {
            "title": self.title,
            "steps": [s.__dict__ for s in self.steps],
            "warnings": [str(c) for c in self.checks if c.level == "warning"],
            "consents": [c.model_dump(mode="json", exclude_none=True) for c in self.consents],
            "cost": str(self.cost) if self.cost else None,
            "currency": self.cost.currency if self.cost else "",
            "downtime": self.downtime,
            "remarks": list(self.remarks),
            "minutes": round(self.minutes, 2),
            "emulated": self.emulated,
            "writes": sorted(self.writes),
        }

    def __str__(self) -> str:
        from swaslift.planning.render import as_text

        return as_text(self)

    __repr__ = __str__

    def __rich__(self) -> RenderableType:
        from swaslift.planning.render import renderable

        return renderable(self)

    def _repr_html_(self) -> str:
        from swaslift.planning.render import as_html

        return as_html(self)


def refuse_blockers(verb: str, checks: Iterable[Check]) -> None:
    """Refuse what has blockers among its checks.

    Raises:
        PreflightError: it has.
    """
    blockers = [c for c in checks if c.level == "blocker"]
    if blockers:
        raise PreflightError(verb, blockers)


def consent_list(consent: Iterable[Consent] | Consent) -> Sequence[Consent]:
    """Consents as a list; anything else is refused, so that ``consent=True`` allows nothing."""
    given = [consent] if isinstance(consent, Consent) else consent
    if isinstance(given, str | bytes) or not isinstance(given, Iterable):
        raise InvalidArgument("consent", given, "not a list of consents", "Look at plan.consents")
    found = list(given)
    for c in found:
        if not isinstance(c, Consent):
            raise InvalidArgument("consent", c, "not a consent", "Look at plan.consents")
    return found
