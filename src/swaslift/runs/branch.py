"""A line of a run's script: the run itself, or one branch of a fork."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from swaslift.runs.attempts import Stop
from swaslift.runs.effects import Do, Effect, Fork, Script, Wait
from swaslift.waiting.poller import Waiting, met


@dataclass
class Branch:
    """A script, and where it stands.

    Attributes:
        script: fresh, with names under the path.
        path: empty for the run itself.
        answer: what the script is sent next.
        waiting: what it waits for, with what the poller knows of it.
        asides: scripts put in before an effect, with the effect to go on with.
        resting: an effect that the cloud is not ready for, to be carried out again after the wait.
        rests: when it first rested before a step, by the step's name, in the clock's monotonic seconds.
        mended: how often what kept a step from being carried out was put right, by the step's name.
        renewed: how often a step was sent with another token, since the first was used before, by its name.
        fork: what it has forked into, until that is over.
        children: the branches of the fork, by key.
        result: what the script returned.
        over: whether it has returned.
        stop: why it stopped, while other branches go on.
    """

    script: Script[Any]
    path: str = ""
    answer: Any = None
    waiting: tuple[tuple[Wait[Any], Waiting], ...] = ()
    asides: list[tuple[Script[Any], Do[Any]]] = field(default_factory=list)
    resting: Effect | None = None
    rests: dict[str, float] = field(default_factory=dict)
    mended: dict[str, int] = field(default_factory=dict)
    renewed: dict[str, int] = field(default_factory=dict)
    fork: Fork | None = None
    children: dict[str, Branch] = field(default_factory=dict)
    result: Any = None
    over: bool = False
    stop: Stop | None = None

    @property
    def ready(self) -> bool:
        """Whether what it waits for is there, or can no longer be."""
        waits = [w for _, w in self.waiting]
        return bool(waits) and met(waits)

    def leaves(self) -> Iterator[Branch]:
        """The branches that go on: itself, or those of its fork."""
        if self.fork is None:
            yield self
        for child in self.children.values():
            if not child.over and child.stop is None:
                yield from child.leaves()

    def stopped(self) -> Iterator[Branch]:
        """The branches of its fork, and of theirs, that stopped while others go on."""
        for child in self.children.values():
            if child.stop is not None:
                yield child
            else:
                yield from child.stopped()

    def within(self, path: str) -> bool:
        """Whether this is the branch of that path, or inside it."""
        return self.path == path or self.path.startswith(f"{path}/")

    def wake(self) -> Effect | None:
        """The effect that it rested before, now to be carried out again."""
        effect, self.resting = self.resting, None
        if effect is not None:
            self.waiting = ()
        return effect
