"""Conditions: one resource, and the state to wait for.

A condition judges what one look at the cloud showed. The rules of evidence are here: nothing seen
before the first sight means wait, nothing seen twice in a row after it means gone, since one look
without a resource is no proof; a resource that has to leave an old state first is done only when that
state was seen to end.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, Literal, TypeVar

from swaslift.cloud import Cloud
from swaslift.waiting.kinds import kind_name, state_name
from swaslift.waiting.states import States

T = TypeVar("T")


@dataclass(frozen=True)
class Watch(Generic[T]):
    """How a kind of resource is looked at.

    Attributes:
        states: what its states mean.
        look: one look at many ids of a region; ids that are not there are left out.
        state: the state of a record.
        progress: its percentage, where the service gives one.
        batch: ids that one look takes.
        floor: seconds between two looks, at least.
        note: what a look showed besides that a person should know; empty for nothing.
    """

    states: States
    look: Callable[[Cloud, str, Sequence[str]], Mapping[str, T]]
    state: Callable[[T], str]
    progress: Callable[[T], int] | None = None
    batch: int = 100
    floor: float = 2.0
    note: Callable[[T], str] = lambda _record: ""

    def read(self, cloud: Cloud, region_id: str, ids: Sequence[str]) -> Mapping[str, T]:
        """A look outside of a wait, which nobody repeats: what fails in passing is tried again, as in any read."""
        name = (f"reading {self.states.resource}", region_id)
        return cloud.policy.run(lambda: self.look(cloud, region_id, ids), repeatable=True, name=name)


@dataclass(frozen=True)
class Verdict(Generic[T]):
    """What one look says of a condition."""

    outcome: Literal["pending", "done", "failed", "gone"]
    state: str | None
    record: T | None = None
    progress: int | None = None
    unknown: bool = False
    note: str = ""
    idle: bool = False
    """Nothing has begun yet: what is waited for is somebody's act."""
    nearly: bool = False
    """All but the last bit is there: the state is the wanted one, or the resource was not seen."""


@dataclass(frozen=True)
class Condition(Generic[T]):
    """One resource and what is waited for.

    Attributes:
        watch: how to look.
        region_id: where.
        id: which.
        wanted: states that end the wait; by default the success states of its kind.
        also: what must hold besides, e.g. an image's ``usable``.
        leaves: an old state that has to be seen to end first: a server that is still Running has
            not been restarted.
        gone: the wait ends when the resource is gone.
        or_gone: the wait also ends, without a record, when the resource is gone or is not there at all.
        fails_on: states that are a failure here; by default those of its kind.
        account: where it is, if not in the client's own account.
        seen: the wait ends with the first sight, whatever the state, also one that is not known.
        known: it was seen before the wait began, so nothing seen means gone from the first look on.
    """

    watch: Watch[T]
    region_id: str
    id: str
    wanted: frozenset[str] | None = None
    also: Callable[[T], bool] | None = None
    leaves: str | None = None
    gone: bool = False
    or_gone: bool = False
    fails_on: frozenset[str] | None = None
    seen: bool = False
    known: bool = False
    account: str | None = None

    @property
    def resource(self) -> str:
        """Kind and id, for messages."""
        return f"{self.watch.states.resource} {self.id}"

    @property
    def described(self) -> str:
        """The resource as people read it."""
        return f"{kind_name(self.watch.states.resource)} {self.id} in {self.region_id}"

    def said(self, state: str | None) -> str:
        """A state of it in words."""
        return "not seen" if state is None else state_name(self.watch.states.resource, state)

    @property
    def group(self) -> tuple[int, str, str | None]:
        """What is looked at together."""
        return (id(self.watch), self.region_id, self.account)

    def judge(self, record: T | None, sight: Sight) -> Verdict[T]:
        """What a look means; ``sight`` remembers what earlier looks showed."""
        sight.seen = sight.seen or self.known
        if record is None:
            sight.looks_without += 1
            expected = self.gone or (self.or_gone and sight.seen)
            if sight.looks_without == 1 or not (expected or sight.seen):
                return Verdict("pending", None, nearly=expected)
            return Verdict("done" if expected else "gone", None)
        sight.seen = True
        sight.looks_without = 0
        states = self.watch.states
        state = self.watch.state(record)
        sight.left = sight.left or state != self.leaves
        progress = self.watch.progress(record) if self.watch.progress else None
        wanted = states.success if self.wanted is None else self.wanted
        failing = states.failure if self.fails_on is None else self.fails_on
        there = not self.gone and (self.seen or state in wanted) and sight.left
        if there and (self.also is None or self.also(record)):
            return Verdict("done", state, record, 100)
        if state in failing and not self.gone:
            return Verdict("failed", state, record, progress)
        known = states.pending | states.success | states.failure | wanted
        return Verdict(
            "pending",
            state,
            record,
            progress,
            unknown=state not in known,
            note=self.watch.note(record),
            idle=state in states.idle,
            nearly=there,
        )


@dataclass
class Sight:
    """What the looks at one resource have shown so far."""

    seen: bool = False
    left: bool = False
    looks_without: int = 0
    unknown: set[str] = field(default_factory=set)
