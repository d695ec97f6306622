"""Calls that fail in passing: what is tried again and since when, and who hears of it.

Both kinds of retries report in the same way: those of one call (`cloud.policy`), and polls
(`swaslift.waiting`). The log ``swaslift.cloud`` hears of the first failure at once, again when the kind of
failure changes, every `REMIND` seconds while it lasts, and when it is over.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from swaslift.errors import (
    ApiError,
    ConnectError,
    CredentialsMissing,
    ServerError,
    SwasliftError,
    ThrottledError,
    TransportError,
    UnreadableAnswer,
)
from swaslift.wording import duration

logger = logging.getLogger("swaslift.cloud")

REMIND = 600.0
"""Seconds after which a failure that lasts is reported again."""


@dataclass(frozen=True)
class Retrying:
    """A call that failed in passing and is tried again.

    Attributes:
        call: the action and its region, e.g. ``DescribeImages in cn-hangzhou``.
        error: the last error.
        since: when the first of these failures in a row was seen, UTC, at the client's clock.
        at: when the last one was seen.
        failures: how many there were.
        again_in: seconds from ``at`` until it is tried again.
        over: empty while it is tried again; else how that ended.
    """

    call: str
    error: SwasliftError
    since: datetime
    at: datetime
    failures: int
    again_in: float
    over: Literal["", "answered", "given up"] = ""

    @property
    def problem(self) -> str:
        """What fails, in a few words; alike for failures of one kind."""
        return problem(self.call, self.error)

    @property
    def brief(self) -> str:
        """What fails and since when, for a line of progress."""
        return f"{self.problem} since {self.since:%Y-%m-%d %H:%M:%S} UTC"

    def __str__(self) -> str:
        times = "once" if self.failures == 1 else f"{self.failures} times"
        return f"{self.brief}: tried {times}, next try in {duration(self.again_in)}. Last error: {self.error}"


def problem(call: str, error: SwasliftError) -> str:
    """What a failed call met, in a few words."""
    match error:
        case ConnectError():
            what = f"{error.endpoint} cannot be reached"
        case UnreadableAnswer():
            what = f"the answer of {error.endpoint} cannot be read ({error.field})"
        case TransportError():
            what = f"no answer from {error.endpoint}"
        case ThrottledError():
            what = f"too many calls ({error.code})"
        case ApiError():
            what = f"the service answers {error.http_status} {error.code}"
        case CredentialsMissing():
            what = "no credentials can be had"
        case _:
            what = type(error).__name__
    return f"{call}: {what}"


def passing(error: BaseException) -> bool:
    """Whether the same call may succeed later without any change."""
    if isinstance(error, CredentialsMissing):
        return error.passing
    if isinstance(error, TransportError | ServerError | ThrottledError):
        return True
    return isinstance(error, ApiError) and error.retryable


class Trouble:
    """Failures of one call in a row. Used by one thread at a time.

    Args:
        what: what is tried, where the error names no action.
        region_id: where.
    """

    def __init__(self, what: str, region_id: str) -> None:
        self._what = what
        self._region_id = region_id
        self._logged: tuple[str, datetime] | None = None
        self.last: Retrying | None = None

    @property
    def failures(self) -> int:
        """How many."""
        return self.last.failures if self.last else 0

    def failed(self, error: SwasliftError, *, now: datetime, again_in: float) -> Retrying:
        """One more failure."""
        since = self.last.since if self.last else now
        action = error.action if isinstance(error, ApiError | TransportError) else self._what
        call = f"{action} in {self._region_id}"
        self.last = told = Retrying(call, error, since, now, self.failures + 1, again_in)
        if due(self._logged, told):
            self._logged = (told.problem, now)
            # A service that asks for patience has answered; the others have not.
            asked = isinstance(error, ApiError) and not isinstance(error, ServerError)
            logger.log(logging.INFO if asked else logging.WARNING, "%s", told)
        return told

    def answered(self, now: datetime) -> None:
        """The call was answered."""
        if self.last is not None:
            logger.info("%s", recovered(self.last, now))
            self.last = self._logged = None


def due(reported: tuple[str, datetime] | None, retrying: Retrying) -> bool:
    """Whether a failure has to be reported, after what was reported last: the problem, and when."""
    if reported is None or reported[0] != retrying.problem:
        return True
    return (retrying.at - reported[1]).total_seconds() >= REMIND


def recovered(last: Retrying, now: datetime) -> str:
    """That a call is answered again, for people."""
    lasted = duration((now - last.since).total_seconds())
    return f"{last.call}: answered again after {lasted}; before: {last.problem}"


Hear = Callable[[Retrying], None]
"""Called after each failure, and once more when the call is answered or given up."""

_HEARS: ContextVar[Hear | None] = ContextVar("swaslift-hears-of-retries", default=None)


@contextmanager
def heard_by(hear: Hear) -> Iterator[None]:
    """Have someone hear of the retries of calls made inside, in this thread."""
    token = _HEARS.set(hear)
    try:
        yield
    finally:
        _HEARS.reset(token)


def tell(retrying: Retrying) -> None:
    """Pass on what fails, or that it is over, to whoever hears of it in this thread."""
    hear = _HEARS.get()
    if hear is None:
        return
    try:
        hear(retrying)
    except Exception:
        # The call goes on: its answer counts more than the report of its retries.
        logger.exception("a listener failed at the news of %s", retrying.call)
