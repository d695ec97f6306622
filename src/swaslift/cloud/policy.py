"""When a call is tried again.

This is the policy of one *call*; waiting for a *state* is another matter (`swaslift.waiting`).

- Throttling: any call, after ``x-acs-retry-after`` or at the start of the next minute, since a call
  throttled in minute T stays blocked until T+1 (doc-detail/437902).
- The connection could not be made, or a known source gave no credentials: any call; nothing was sent.
- No answer, or a failed server: reads, and changes that carry a token. Other changes go up to the
  step, which reads back what happened.
- Codes that say "later" (`ApiError.retryable`): any call, they were refused.
- ``CopyImage`` while another copy of the image is under way: not here, since that takes as long as a copy;
  the run goes on with other things meanwhile, and sends it again.
- The first sending of the same call is still at work (``IdempotentProcessing``): until it is done.

A pause that would end after the patience is over is not made: the last error is raised at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from random import Random
from typing import Literal, TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception

from swaslift.clock import Clock
from swaslift.cloud.meanings import COPYING, STILL_PROCESSING
from swaslift.cloud.retrying import Trouble, tell
from swaslift.errors import (
    ApiError,
    ConnectError,
    CredentialsMissing,
    NoAnswerError,
    ServerError,
    SwasliftError,
    ThrottledError,
)

T = TypeVar("T")


class CallPolicy:
    """How long and how often calls are tried again.

    Attributes:
        patience: seconds after which a call that keeps failing is given up, from its first failure.
        attempts: tries of a call that is not throttled and not still being processed.
    """

    def __init__(
        self, clock: Callable[[], Clock], random: Random, *, patience: float = 300.0, attempts: int = 5
    ) -> None:
        self._clock = clock
        self._random = random
        self.patience = patience
        self.attempts = attempts

    def run(
        self,
        call: Callable[[], T],
        *,
        repeatable: bool,
        patient: bool = True,
        within: float | None = None,
        name: tuple[str, str] = ("", ""),
    ) -> T:
        """Carry a call through. Who hears of failures that are tried again: see `cloud.retrying`.

        Args:
            call: the call; its token, if any, is fixed before the first try.
            name: its action and region.
            repeatable: whether it may be sent again when no answer came: a read, or with a token.
            patient: False for a poller, which paces itself: every failure is raised at once.
            within: seconds after which it is not sent again where no answer came, whatever its token:
                for what must not happen twice even if the service forgets tokens soon.
        """
        if not patient:
            return call()
        attempt = _Attempts(self, Trouble(*name), repeatable=repeatable, within=within)
        retrying = Retrying(
            retry=retry_if_exception(attempt.go_on),
            wait=attempt.pause,
            stop=attempt.out_of_patience,
            sleep=attempt.sleep,
            before_sleep=attempt.tell,
            reraise=True,
        )
        try:
            answer = retrying(call)
        except BaseException:
            attempt.end("given up")
            raise
        attempt.end("answered")
        return answer

    def now(self) -> float:
        """Monotonic seconds of the clock; asked only when something failed."""
        return self._clock().monotonic()

    def time(self) -> datetime:
        """The clock's time of day, likewise."""
        return self._clock().now()

    def sleep(self, seconds: float) -> None:
        """Let time pass on the clock."""
        self._clock().sleep(seconds)

    def backoff(self, tried: int) -> float:
        """Seconds before the next try: 1-2, 2-4, 4-8, then 10-20."""
        return float(min(2.0**tried, 20.0) * self._random.uniform(0.5, 1.0))

    def until_unblocked(self, error: ThrottledError) -> float:
        """Seconds until a throttled action may be called again."""
        if error.retry_after is not None:
            return error.retry_after + self._random.uniform(0, 0.5)
        now = self._clock().now()
        return 60 - now.second - now.microsecond / 1e6 + self._random.uniform(0.1, 2)


class _Attempts:
    """The tries of one call."""

    def __init__(
        self, policy: CallPolicy, trouble: Trouble, *, repeatable: bool, within: float | None
    ) -> None:
        self._policy = policy
        self._trouble = trouble
        self._repeatable = repeatable
        self._until = None if within is None else policy.now() + within
        self._failures = 0
        self._began: float | None = None

    def go_on(self, error: BaseException) -> bool:
        """Whether this failure is to be met with another try."""
        if isinstance(error, ThrottledError) or (
            isinstance(error, ApiError) and error.code in STILL_PROCESSING
        ):
            return True
        self._failures += 1
        if self._failures >= self._policy.attempts:
            return False
        if isinstance(error, ConnectError) or (isinstance(error, CredentialsMissing) and error.passing):
            return True
        if isinstance(error, NoAnswerError | ServerError):
            return self._repeatable and (self._until is None or self._policy.now() < self._until)
        if not isinstance(error, ApiError) or (error.action == "CopyImage" and error.code in COPYING):
            return False
        return error.retryable

    def pause(self, state: RetryCallState) -> float:
        """Seconds until the next try."""
        if self._began is None:
            self._began = self._policy.now()
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, ThrottledError):
            return self._policy.until_unblocked(error)
        return self._policy.backoff(state.attempt_number)

    def out_of_patience(self, state: RetryCallState) -> bool:
        """Whether the pause would take longer than the patience lasts."""
        began = self._policy.now() if self._began is None else self._began
        return self._policy.now() - began + state.upcoming_sleep > self._policy.patience

    def sleep(self, seconds: float) -> None:
        """Pause."""
        self._policy.sleep(seconds)

    def tell(self, state: RetryCallState) -> None:
        """Report the failure that is met with another try."""
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, SwasliftError):
            now = self._policy.time()
            tell(self._trouble.failed(error, now=now, again_in=state.upcoming_sleep))

    def end(self, how: Literal["answered", "given up"]) -> None:
        """Report that there will be no other try, where one was reported."""
        last = self._trouble.last
        if last is None:
            return
        if how == "answered":
            self._trouble.answered(self._policy.time())
        tell(replace(last, over=how))
