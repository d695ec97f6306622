"""What is killed: one call of one verb, in the default inventory."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from swaslift import Client, Consent
from swaslift.emulator import Emulator


def _nothing(cloud: Emulator, lift: Client) -> None:
    del cloud, lift


@dataclass(frozen=True)
class Kind:
    """One call of one verb.

    Attributes:
        name: of the kind.
        verb: the client's attribute.
        arguments: by name, made anew for each call; without ``run_id`` and ``consent``.
        prepare: what is there before, made through the door; the same every time.
        touches: what was there before and may look different afterwards, by id or name.
        touches_undone: the same after an undo, where something does not come back.
        consent: leave, beside that to spend.
        into: whether it ends in the emulator's second account, whose client is handed over each time.
        agree: whether leave is given for all that the plan asks for.
        renews: whether its snapshots are taken anew where it goes on much later.
        chain: defines the verb, where it is a chain and no attribute of the client.
        asks: whether a run may stop and ask what it has made, where the journal or the token is lost.
    """

    name: str
    verb: str
    arguments: Callable[[], Mapping[str, Any]]
    prepare: Callable[[Emulator, Client], None] = _nothing
    touches: frozenset[str] = frozenset()
    touches_undone: frozenset[str] = frozenset()
    consent: tuple[Consent, ...] = field(default=())
    into: bool = False
    agree: bool = False
    asks: bool = False
    renews: bool = False
    chain: Callable[[Client], Any] | None = None

    @property
    def run_id(self) -> str:
        """The id of its run."""
        return f"proof-{self.name}"

    def of(self, lift: Client) -> Any:
        """The verb; a process that goes on with a chain has to define it first."""
        return getattr(lift, self.verb) if self.chain is None else self.chain(lift)

    def plan(self, lift: Client, **handed: Client) -> Any:
        """The plan of the call."""
        return self.of(lift).plan(**self.arguments(), **handed)

    def call(self, lift: Client, **handed: Client) -> None:
        """The call of the verb, as a user writes it."""
        leave = self._leave(lift, handed)
        self.of(lift)(**self.arguments(), **handed, run_id=self.run_id, consent=leave)

    def start(self, lift: Client, **handed: Client) -> None:
        """The same in the background, with a user who waits for the result."""
        verb = self.of(lift)
        leave = self._leave(lift, handed)
        verb.start(**self.arguments(), **handed, run_id=self.run_id, consent=leave).result()

    def _leave(self, lift: Client, handed: Mapping[str, Client]) -> list[Consent]:
        leave = [Consent.charges(max_monthly=10_000, max_total=10_000), *self.consent]
        if self.agree:
            leave += self.of(lift).plan(**self.arguments(), **handed, run_id=self.run_id).consents
        return leave
