"""Everything the emulated cloud holds.

One `World` per emulator: accounts, the clock, quirks, ids, and the resources of both products.
Resources are plain records; what they look like at a moment is a function of what happened to
them and of the clock, so any cadence of polling sees the same truth.
"""

from __future__ import annotations

import random
from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from swaslift.emulator.durations import Durations
from swaslift.emulator.faults import Faults
from swaslift.emulator.quirks import Quirks

if TYPE_CHECKING:
    from swaslift.emulator.clock import EmulatorClock
    from swaslift.emulator.ecs.state import EcsState
    from swaslift.emulator.swas.state import SwasState


@dataclass(frozen=True)
class Account:
    """A main account or one identity of it, with one access key."""

    account_id: str
    access_key_id: str
    access_key_secret: str
    security_token: str | None = None
    identity_type: str = "Account"
    name: str = "root"
    """Of a RAM user its name; of an assumed role ``role/session``."""
    balance: float = 10_000.0
    principal_id: str = ""
    """The id of the RAM user or role behind the key; an account needs none."""
    token_expires_at: datetime | None = None
    """When the security token ends, on the emulator's clock; None: never."""


_SHORT_PAGE = 3


class Timeline:
    """A status that changes by itself: ``[(when, status), ...]``, read at any moment."""

    def __init__(self, *changes: tuple[datetime, str]) -> None:
        self._changes: list[tuple[datetime, str]] = list(changes)

    def at(self, now: datetime) -> str:
        """The status at a moment; before the first change, the first status."""
        i = bisect_right([when for when, _ in self._changes], now)
        return self._changes[max(i - 1, 0)][1]

    def plan(self, now: datetime, *changes: tuple[float, str]) -> None:
        """Forget what was still to come and schedule ``(seconds from now, status)`` instead."""
        self._changes = [c for c in self._changes if c[0] <= now]
        self._changes += [(now + timedelta(seconds=s), status) for s, status in changes]

    def reached(self, status: str) -> datetime | None:
        """When the status is or was last reached, if ever."""
        hits = [when for when, s in self._changes if s == status]
        return hits[-1] if hits else None

    @property
    def last(self) -> tuple[datetime, str]:
        """The last change, come or still to come."""
        return self._changes[-1]


@dataclass
class World:
    """The state of the emulated cloud."""

    clock: EmulatorClock
    quirks: Quirks = field(default_factory=Quirks)
    seed: int = 0
    accounts: dict[str, Account] = field(default_factory=dict)
    """By access key id."""
    durations: Durations = field(default_factory=Durations)
    faults: Faults = field(default_factory=Faults)
    spent: dict[str, float] = field(default_factory=dict)
    """By account id: what its purchases have cost so far."""
    swas: SwasState = field(init=False)
    """Set by whoever makes the world, before an inventory is loaded."""
    ecs: EcsState = field(init=False)
    """As `swas`."""

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)  # noqa: S311  # a seed must give the same world again

    def new_id(self, prefix: str) -> str:
        """An id in the services' shape, e.g. ``i-bp1...``; the same seed gives the same ids."""
        alphabet = "0123456789abcdefghijklmnopqrstuvwxyz"
        return prefix + "".join(self.random.choice(alphabet) for _ in range(20 - len(prefix) + 2))

    def seconds(self, median: float) -> float:
        """A duration around a median: what one snapshot or copy takes, drawn from the seed."""
        return median * self.random.lognormvariate(0, 0.15)

    def shown(self, number: int, size: int, total: int) -> range:
        """The positions of a numbered page of a list."""
        if self.quirks.page_filling == "full":
            return range((number - 1) * size, min(number * size, total))
        least = min(size, _SHORT_PAGE)
        start = number // 2 * least
        return range(start, min(start + least * (number % 2), total))

    def visible_at(self, now: datetime) -> datetime:
        """When something that is made now shows up in lists."""
        return now + timedelta(seconds=self.quirks.visible_lag + self.faults.late_by)

    def balance(self, account_id: str) -> float:
        """The money that an account has left."""
        has = max((a.balance for a in self.accounts.values() if a.account_id == account_id), default=0.0)
        return has - self.spent.get(account_id, 0.0)

    def spend(self, account_id: str, amount: float) -> None:
        """Take money from an account; the caller has looked at the balance before."""
        self.spent[account_id] = self.spent.get(account_id, 0.0) + amount
