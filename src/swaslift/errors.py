"""Everything that swaslift raises, as one tree.

::

    SwasliftError
    ├── InvalidArgument            an argument is wrong; nothing was sent
    ├── ConfigError                the surroundings are wrong; nothing was sent
    │   ├── CredentialsMissing     no credentials; which variables and files were tried
    │   ├── ClientMissing          a run needs the client of another account
    │   └── JournalError           the journal cannot be opened, read or written
    ├── ApiError                   the service answered with an error
    │   ├── ThrottledError         too many calls; `retry_after` seconds
    │   ├── AuthError              key, signature, clock or permission
    │   ├── NotFoundError
    │   ├── ConflictError          a state forbids the call
    │   ├── QuotaError
    │   ├── OutOfStockError
    │   ├── InvalidRequestError    the service refused a parameter
    │   └── ServerError            the service failed (5xx)
    ├── TransportError             no answer came
    │   ├── ConnectError           the call was never sent
    │   └── NoAnswerError          it may have been carried out
    │       └── UnreadableAnswer   an answer came that cannot be read; action, field and value
    ├── LookupIncomplete           not found, and a region could not be asked
    ├── OutcomeUnknown             a change got no answer, and nothing tells whether it happened
    ├── OfferChanged               what was agreed to costs more now, or is no longer sold; it was not ordered
    ├── WaitError                  a resource did not reach the state waited for
    │   ├── ResourceFailed         it reached a failure state
    │   ├── ResourceVanished       it was there and is gone, or never appeared
    │   ├── WaitTimeout            the deadline passed
    │   └── WaitUnanswered         the deadline passed while the service could not be asked
    ├── PlanError
    │   ├── PreflightError         the plan has blockers; nothing was changed
    │   └── ConsentRequired        consents are missing; nothing was changed
    └── RunError
        ├── RunNotFound
        ├── RunExists              that run is over; `again=True` starts another
        ├── RunConflict            that run has other arguments
        ├── RunBusy                another process carries it
        ├── RunMismatch            this version's verb does not fit the journal
        └── RunPaused              the run stopped on the way; reason, remedy, how to go on

Each message says what was wrong, where, and what to do.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from swaslift.redaction import hide_own, mask

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime


_LONGEST = 300
"""Characters of a value in a message."""


class SwasliftError(Exception):
    """The root of the tree. No message shows a secret that this process knows."""

    def __init__(self, *args: object) -> None:
        super().__init__(*(hide_own(a) if isinstance(a, str) else a for a in args))


class InvalidArgument(SwasliftError, ValueError):
    """An argument is wrong. Nothing was sent.

    Attributes:
        field: the argument, dotted where it lies inside another (``system_disk.size``).
        value: what was given; its masked text, if there is a secret in it.
        remedy: what to give instead.
    """

    def __init__(self, field: str, value: object, problem: str, remedy: str = "") -> None:
        shown = mask(repr(value))
        self.field = field
        self.value = value if shown == repr(value) else shown
        self.problem = problem
        self.remedy = remedy
        text = f"{field}={shortened(value)}: {problem}"
        super().__init__(f"{text}. {remedy}" if remedy else text)


def shortened(value: object) -> str:
    """A value for a message: as Python writes it, without known secrets, cut where it is long, as a record is."""
    text = mask(repr(value))
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


class ConfigError(SwasliftError):
    """The surroundings (credentials, endpoint, state directory) are wrong. Nothing was sent.

    Attributes:
        remedy: what a run that pauses for it is told to do.
    """

    remedy = "mend what it says, then resume"


class CredentialsMissing(ConfigError):
    """No credentials were found; the message lists the variables and files that were tried.

    Attributes:
        passing: whether their source is known and only failed this time, so that it is asked again.
    """

    def __init__(self, message: str, *, passing: bool = False) -> None:
        self.passing = passing
        if passing:
            self.remedy = (
                "check that the source of the credentials answers, then resume; nothing was sent without them"
            )
        super().__init__(message)


class ClientMissing(ConfigError):
    """A run goes on in another account, and this process was not handed a client of it.

    Attributes:
        account_id: the account.
    """

    def __init__(self, account_id: str) -> None:
        self.account_id = account_id
        self.remedy = f"give a client of account {account_id}: lift.runs.resume(id, into=client)"
        super().__init__(
            f"the next step is in account {account_id}, and no client of it was given: into=Client(...)"
        )


class JournalError(ConfigError):
    """The journal cannot be opened, read or written. Nothing is sent without it.

    Attributes:
        problem: what is wrong with it.
        remedy: what to do, before a run that paused for it is resumed.
    """

    def __init__(self, problem: str, remedy: str) -> None:
        self.problem = problem
        self.remedy = f"{remedy}. Then resume it"
        super().__init__(f"{problem}. {remedy}")


class ApiError(SwasliftError):
    """The service answered with an error.

    Attributes:
        action: the API action, e.g. ``CopyImage``.
        code: the service's error code, e.g. ``QuotaExceed.Image``.
        http_status: the HTTP status of the answer.
        request_id: what support asks for.
        retryable: whether the same call can succeed later without any change.
        hint: what the code means here and what to do, in plain words.
        known: whether that is known; otherwise the service's own words are all there is.
    """

    def __init__(
        self,
        message: str,
        *,
        action: str,
        code: str,
        http_status: int,
        request_id: str | None = None,
        region_id: str | None = None,
        retryable: bool = False,
        hint: str = "",
        known: bool = True,
    ) -> None:
        self.known = known
        self.action = action
        self.code = code
        self.http_status = http_status
        self.request_id = request_id
        self.region_id = region_id
        self.retryable = retryable
        self.hint = hint
        self.service_message = message
        where = f" in {region_id}" if region_id else ""
        text = f"{action}{where} answered {http_status} {code}: {message}"
        if hint:
            stop = "" if text.endswith((".", "!", "?", ":")) else "."
            text += f"{stop} {hint}"
        super().__init__(f"{text} (request id {request_id})" if request_id else text)


class ThrottledError(ApiError):
    """Too many calls of this action; ``retry_after`` is in seconds, where the service said so."""

    def __init__(self, message: str, *, retry_after: float | None = None, **rest: Any) -> None:
        self.retry_after = retry_after
        super().__init__(message, **rest)


class AuthError(ApiError):
    """The key, the signature, the clock or the permission is wrong."""


class NotFoundError(ApiError):
    """The resource does not exist, or not for this account or region."""


class ConflictError(ApiError):
    """The state of a resource, or another operation on it, forbids the call."""


class QuotaError(ApiError):
    """A quota is full."""


class OutOfStockError(ApiError):
    """The type or disk category is sold out."""


class InvalidRequestError(ApiError):
    """The service refused a parameter."""


class ServerError(ApiError):
    """The service failed (5xx)."""


class TransportError(SwasliftError):
    """No answer came back.

    Attributes:
        action: the API action.
        endpoint: the host that was called.
    """

    def __init__(self, message: str, *, action: str, endpoint: str) -> None:
        self.action = action
        self.endpoint = endpoint
        super().__init__(message)


class ConnectError(TransportError):
    """The connection could not be made: the call was not sent."""


class NoAnswerError(TransportError):
    """The call was sent, and no answer came: it may have been carried out."""


class UnreadableAnswer(NoAnswerError):
    """An answer came, and a field of it cannot be read, or the whole is not an answer of the service.

    It is not the same as an answer without that field: nothing is known of what it was to say.

    Attributes:
        field: the field, as a path (``Snapshots[2].Progress``); ``body`` for the whole answer.
        value: what is there instead, as text, with secrets masked; empty when it is missing.
        problem: what was expected.
        region_id: the region that was asked.
        request_id: what support asks for; None when the answer has none.
    """

    def __init__(
        self,
        *,
        action: str,
        endpoint: str,
        region_id: str,
        field: str,
        value: str,
        problem: str,
        advice: str,
        request_id: str | None = None,
    ) -> None:
        self.field = field
        self.value = value
        self.problem = problem
        self.region_id = region_id
        self.request_id = request_id
        shown = f"{field} is {value}" if value else f"{field} is missing"
        asked = f" (request id {request_id})" if request_id else ""
        super().__init__(
            f"{action} in {region_id}: the answer of {endpoint} cannot be read: {shown}, expected {problem}{asked}. "
            f"{advice}",
            action=action,
            endpoint=endpoint,
        )


class LookupIncomplete(SwasliftError):
    """Nothing was found where the services answered, and a region could not be asked. It may be there.

    Attributes:
        field: the argument that names what was looked for.
        value: what was given.
        unasked: the `Unasked` records: product, region and why.
        remedy: what to do.
    """

    def __init__(self, field: str, value: object, problem: str, unasked: Sequence[Any], remedy: str) -> None:
        self.field = field
        self.value = value
        self.unasked = tuple(unasked)
        self.remedy = remedy
        missing = "; ".join(map(str, self.unasked))
        super().__init__(f"{field}={value!r}: {problem}. {missing}. {remedy}")


class OutcomeUnknown(SwasliftError):
    """A change got no answer, and neither a token nor reading back tells whether it happened.

    Attributes:
        candidates: ids of what it may have made.
        remedy: what to do.
    """

    def __init__(self, message: str, candidates: Sequence[str] = (), remedy: str = "") -> None:
        self.candidates = tuple(candidates)
        self.remedy = remedy
        super().__init__(message)


class OfferChanged(SwasliftError):
    """What was agreed to costs more now, or is no longer sold. It was not ordered.

    Attributes:
        code: ``PriceRisen`` or ``NotSold``.
        remedy: what to do.
    """

    def __init__(self, message: str, *, code: str, remedy: str) -> None:
        self.code = code
        self.remedy = remedy
        super().__init__(message)


class WaitError(SwasliftError):
    """A resource did not reach the state that was waited for.

    Attributes:
        resource: kind and id, e.g. ``swas.snapshot s-...``.
        last_state: the state seen last, or None.
        elapsed: seconds waited.
    """

    def __init__(self, message: str, *, resource: str, last_state: str | None, elapsed: float) -> None:
        self.resource = resource
        self.last_state = last_state
        self.elapsed = elapsed
        super().__init__(message)


class ResourceFailed(WaitError):
    """The resource reached a state from which it does not recover."""


class ResourceVanished(WaitError):
    """The resource was there and is gone, or never appeared."""


class WaitTimeout(WaitError):
    """The deadline passed before the state was reached."""


class WaitUnanswered(WaitError):
    """The deadline passed while polls failed: nothing is known of the resource since then.

    Attributes:
        error: the last error of a poll.
        unanswered_since: since when polls failed, UTC.
    """

    def __init__(
        self, message: str, *, error: SwasliftError, unanswered_since: datetime, **rest: Any
    ) -> None:
        self.error = error
        self.unanswered_since = unanswered_since
        super().__init__(message, **rest)


class PlanError(SwasliftError):
    """The plan cannot be carried out as it is."""


class PreflightError(PlanError):
    """The plan has blockers. Nothing was changed.

    Attributes:
        checks: the blocking `Check` records: field, value, problem, remedy.
    """

    def __init__(self, verb: str, checks: Sequence[Any]) -> None:
        self.checks = tuple(checks)
        lines = "".join(f"\n  - {c}" for c in self.checks)
        super().__init__(f"{verb} was not started, and nothing was changed:{lines}")


class ConsentRequired(PlanError):
    """Consents that the plan needs are missing. Nothing was changed.

    Attributes:
        missing: the `Consent` records to give; the message says where one that was given is too low.
        plan: the plan, to look at.
    """

    def __init__(
        self, plan: Any, missing: Sequence[Any], given: Sequence[Any] = (), currency: str = ""
    ) -> None:
        self.plan = plan
        self.missing = tuple(missing)
        wanted = ", ".join(str(c) for c in self.missing)
        too_low = "; ".join(filter(None, (c.shortfall(given, currency) for c in self.missing)))
        first = f"{too_low}. Nothing was changed. Give" if too_low else "nothing was changed:"
        last = "" if too_low else " is needed for this plan"
        super().__init__(f"{first} consent=[{wanted}]{last}\n\n{plan}")


class RunError(SwasliftError):
    """A run cannot be started, found or carried on."""


class RunNotFound(RunError):
    """The journal has no run of that id."""


class RunExists(RunError):
    """The run of this call is over; ``again=True`` starts another one."""


class RunConflict(RunError):
    """The run of this id was started with other arguments.

    Attributes:
        differences: argument name to (recorded, given).
    """

    def __init__(self, run_id: str, differences: Mapping[str, tuple[object, object]]) -> None:
        self.run_id = run_id
        self.differences = dict(differences)
        lines = "".join(
            f"\n  - {k}: the run has {a!r}, this call has {b!r}" for k, (a, b) in differences.items()
        )
        super().__init__(
            f"run {run_id!r} was started with other arguments:{lines}\n"
            "Call with the recorded arguments to go on, use lift.runs.resume(id, amend=...) to change what has "
            "not started, or give another run_id."
        )


class RunBusy(RunError):
    """Another process carries the run at this moment."""


class RunMismatch(RunError):
    """What the journal recorded does not fit what this version of the verb does."""


class RunPaused(RunError):
    """The run stopped on the way. Nothing is lost: resume, amend or undo it.

    Attributes:
        run_id: the run.
        reason: why it stopped.
        remedy: what to do about it.
        needs: what a resume needs that a terminal cannot give; empty for nothing.
    """

    def __init__(self, run_id: str, reason: str, remedy: str, needs: str = "") -> None:
        self.run_id = run_id
        self.reason = reason
        self.remedy = remedy
        self.needs = needs
        text = f"run {run_id!r} is paused: {reason}\n  What to do: {remedy}"
        if not names_the_way(remedy):
            also = f" {needs}" if needs else f"   or   swaslift resume {run_id}"
            text += f"\n  Go on with  lift.runs.resume({run_id!r}){also}"
        super().__init__(text)


def names_the_way(remedy: str) -> bool:
    """Whether a remedy itself says how to call ``resume``; the plain call might not go on there."""
    return "lift.runs.resume(" in remedy


def for_python(remedy: str) -> str:
    """A remedy without what it says for a terminal, which goes up to the next semicolon."""
    return re.sub(r"; in a terminal [^;]*", "", remedy)
