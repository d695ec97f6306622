"""When a call is tried again.

This is the policy of one *call*; waiting for a *state* is another matter (`swaslift.waiting`).

- Throttling: any call, after ``x-acs-retry-after`` or at the start of the next minute, since a call
  throttled in minute T stays blocked until T+1 (doc-detail/437902).
- The connection could not be made: any call; nothing was sent.
- No answer, or a 5xx: reads, and changes that carry a token. Other changes go up to the step, which
  reads back what happened.
- Codes that say "later" (`Meaning.retryable`): any call, they were refused.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception

from swaslift.clock import Clock
from swaslift.errors import ApiError, ConnectError, NoAnswerError, ServerError, ThrottledError

T = TypeVar("T")


class CallPolicy:
    """How long and how often calls are tried again.

    Attributes:
        patience: seconds after which a call that keeps failing is given up.
        attempts: tries of a call that the network or a 5xx fails; throttling is not counted.
    """

    def __init__(
        self, clock: Callable[[], Clock], random: Random, *, patience: float = 300.0, attempts: int = 5
    ) -> None:
        self._clock = clock
        self._random = random
        self.patience = patience
        self.attempts = attempts

    def run(self, call: Callable[[], T], *, repeatable: bool, patient: bool = True) -> T:
        """Carry a call through.

        Args:
            call: the call; its token, if any, is fixed before the first try.
            repeatable: whether it may be sent again when no answer came: a read, or with a token.
            patient: False for a poller that paces itself: throttling is raised at once.
        """
        clock = self._clock()
        began = clock.monotonic()
        failures = 0

        def again(error: BaseException) -> bool:
            nonlocal failures
            if isinstance(error, ThrottledError):
                return patient
            failures += 1
            if failures >= self.attempts:
                return False
            if isinstance(error, ConnectError):
                return True
            if isinstance(error, NoAnswerError | ServerError):
                return repeatable
            return isinstance(error, ApiError) and error.retryable

        def spent(state: RetryCallState) -> bool:
            return clock.monotonic() - began + state.upcoming_sleep > self.patience

        def pause(state: RetryCallState) -> float:
            error = state.outcome.exception() if state.outcome else None
            if isinstance(error, ThrottledError):
                return self._until_unblocked(error)
            return float(min(2 ** min(failures, 5), 20) * self._random.uniform(0.5, 1.0))

        retrying = Retrying(
            retry=retry_if_exception(again), wait=pause, stop=spent, sleep=clock.sleep, reraise=True
        )
        return retrying(call)

    def _until_unblocked(self, error: ThrottledError) -> float:
        if error.retry_after is not None:
            return error.retry_after + self._random.uniform(0, 0.5)
        now = self._clock().now()
        return 60 - now.second - now.microsecond / 1e6 + self._random.uniform(0.1, 2)
