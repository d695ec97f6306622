"""Which recorded answer comes next.

How often a state was polled is the poller's affair, so a recording cannot be played line by line:

- a read gets the next distinct answer to the same call; the last one repeats; one that comes late also
  passes over what would have been seen in the meantime;
- an answer that was recorded after a change to the same resource is not given before that change was
  sent again, and one from before it is not given after;
- a change gets each of its answers once: sent once more than recorded, it is not matched.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from swaslift.errors import SwasliftError
from swaslift.testing.calls import Call, resources


class CassetteMismatch(SwasliftError, AssertionError):
    """A cassette and what was sent do not fit: a call without a record, or a record without its call."""


@dataclass(frozen=True)
class Interaction:
    """One recorded call and its answer.

    Attributes:
        call: the call.
        status: HTTP status of the answer.
        body: the answer's JSON, or its text where it is none.
        at: seconds of the recording's clock, from its start.
    """

    call: Call
    status: int
    body: Any
    at: float = 0.0

    @classmethod
    def of(cls, call: Call, response: dict[str, Any]) -> Interaction:
        """An interaction as vcrpy holds it."""
        return cls(call, response["status"]["code"], body_of(response), float(response.get("at", 0.0)))

    def same_answer(self, other: Interaction) -> bool:
        """Whether nobody could tell the answers apart but by their request ids."""
        return (self.status, _nameless(self.body)) == (other.status, _nameless(other.body))


@dataclass
class _Line:
    """The answers to one call, in their order; each with the changes that came before it."""

    takes: list[int] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    needs: list[frozenset[int]] = field(default_factory=list)
    position: int = -1
    heard: float = 0.0

    def add(self, take: int, at: float, needs: frozenset[int]) -> None:
        self.takes.append(take)
        self.times.append(at)
        self.needs.append(needs | (self.needs[-1] if self.needs else frozenset()))

    def next(self, done: set[int], now: float, *, repeats: bool) -> int | None:
        """Where to go on, if anywhere: the next answer of the present, or the last one again."""
        ready = [n for n, needs in enumerate(self.needs) if needs <= done]
        if not ready:
            return None
        if not repeats:
            return next((n for n in ready if n > self.position), None)
        present = [n for n in ready if self.needs[n] == self.needs[ready[-1]]]
        if self.position < present[0]:
            return present[0]
        waited = self.times[self.position] + now - self.heard
        passed = [n for n in present if self.times[n] <= waited]
        return min(max([self.position + 1, *passed]), present[-1])


class Playback:
    """Plays recorded interactions. Thread-safe."""

    def __init__(self, interactions: Sequence[Interaction]) -> None:
        self.interactions = list(interactions)
        self.unmatched: list[str] = []
        self._lock = threading.Lock()
        self._done: set[int] = set()
        self._lines: dict[Call, _Line] = {}
        named = [resources(i.call, i.body) for i in self.interactions]
        changes: list[int] = []
        for n, interaction in enumerate(self.interactions):
            needs = frozenset(c for c in changes if named[c] & named[n])
            line = self._lines.setdefault(interaction.call, _Line())
            last = self.interactions[line.takes[-1]] if line.takes else None
            # Without a change in between, the same answer again says nothing new.
            repeated = last is not None and interaction.call.reads and last.same_answer(interaction)
            if not (repeated and needs <= line.needs[-1]):
                line.add(n, interaction.at, needs)
            if not interaction.call.reads:
                changes.append(n)

    def answer(self, call: Call, now: float = 0.0) -> tuple[int, Interaction]:
        """The answer to a call: its number in the recording, and itself.

        Args:
            call: what was sent.
            now: when, in seconds since the start.

        Raises:
            CassetteMismatch: there is none; `unmatched` keeps that, too.
        """
        with self._lock:
            line = self._lines.get(call)
            position = line.next(self._done, now, repeats=call.reads) if line else None
            if line is None or position is None:
                problem = self._problem(call, line)
                self.unmatched.append(problem)
                raise CassetteMismatch(problem)
            if position != line.position:
                line.position, line.heard = position, max(now, line.times[position])
            take = line.takes[position]
            if not call.reads:
                self._done.add(take)
            return take, self.interactions[take]

    def unused(self) -> list[str]:
        """Recorded interactions that nothing asked for, in their order."""
        with self._lock:
            left = sorted(take for line in self._lines.values() for take in line.takes[line.position + 1 :])
        return [f"interaction {take + 1}: {self.interactions[take].call}" for take in left]

    def _problem(self, call: Call, line: _Line | None) -> str:
        if line is None:
            near = min(
                self._lines, key=lambda c: (c.action != call.action, len(call.differences(c))), default=None
            )
            text = f"no recorded call is {call}"
            if near is not None and near.action == call.action:
                text += "; the nearest differs in " + "; ".join(call.differences(near))
            return text
        missing = next((needs - self._done for needs in line.needs[line.position + 1 :]), None)
        if missing:
            first = self.interactions[min(missing)].call
            return f"{call} was recorded only after {first}, which was not sent yet"
        return f"{call} was sent more often than the {len(line.takes)} times that are recorded"


def body_of(response: dict[str, Any]) -> Any:
    """The JSON of an answer as vcrpy holds it, or its text where it is none."""
    raw = response["body"]["string"]
    text = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else str(raw)
    try:
        return json.loads(text)
    except ValueError:
        return text


def _nameless(body: Any) -> Any:
    return {k: v for k, v in body.items() if k != "RequestId"} if isinstance(body, dict) else body
