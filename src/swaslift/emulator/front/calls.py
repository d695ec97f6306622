"""The log of every call."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, overload

if TYPE_CHECKING:
    from datetime import datetime

_READS = ("Describe", "List", "Get")
_MASKED = ("Password", "PrivateKeyBody", "SecurityToken")


@dataclass(frozen=True)
class LoggedCall:
    """One request and what became of it; ``at`` is emulator time, ``wall`` real time.

    ``http`` is what the work came to, also where the answer was lost on purpose; 0 where the
    connection was cut before any work was done.
    """

    seq: int
    at: datetime
    wall: datetime
    service: str
    action: str
    region_id: str
    account_id: str
    params: dict[str, Any]
    client_token: str | None
    http: int
    code: str
    request_id: str
    write: bool
    dry_run: bool = False
    replayed: bool = False
    fault: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON data."""
        return {**asdict(self), "at": self.at.isoformat(), "wall": self.wall.isoformat()}


def is_write(action: str) -> bool:
    """Whether an action is one that changes something, told by its name."""
    return not action.startswith(_READS)


def masked(value: Any) -> Any:
    """Parameters without their secrets."""
    if isinstance(value, dict):
        # A refused call is logged with flat names, e.g. LoginCredentials.Password.
        return {k: "***" if k.endswith(_MASKED) else masked(v) for k, v in value.items()}
    if isinstance(value, list):
        return [masked(v) for v in value]
    return value


class CallLog(Sequence[LoggedCall]):
    """Every request in the order of arrival, also refused ones."""

    def __init__(self) -> None:
        self._calls: list[LoggedCall] = []

    def append(self, call: LoggedCall) -> None:
        """Add one call at the end."""
        self._calls.append(call)

    def __len__(self) -> int:
        return len(self._calls)

    def __iter__(self) -> Iterator[LoggedCall]:
        return iter(list(self._calls))

    @overload
    def __getitem__(self, index: int) -> LoggedCall: ...
    @overload
    def __getitem__(self, index: slice) -> list[LoggedCall]: ...
    def __getitem__(self, index: int | slice) -> LoggedCall | list[LoggedCall]:
        return self._calls[index]

    def of(self, action: str) -> list[LoggedCall]:
        """The calls of one action."""
        return [c for c in self if c.action == action]

    def writes(self) -> list[LoggedCall]:
        """Calls that changed something: no dry runs, no errors, no replays of a token."""
        return [c for c in self.attempted_writes() if c.http == 200 and not c.replayed]

    def attempted_writes(self) -> list[LoggedCall]:
        """Every call that was meant to change something; dry runs are not."""
        return [c for c in self if c.write and not c.dry_run]

    def clear(self) -> None:
        """Forget what was logged; the numbers go on."""
        self._calls.clear()
