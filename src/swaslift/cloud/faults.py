"""What the SDK raises, turned into `swaslift.errors`."""

from __future__ import annotations

from json import JSONDecodeError
from typing import Any

from swaslift.cloud import sdk
from swaslift.cloud.masking import mask
from swaslift.cloud.meanings import meaning
from swaslift.cloud.parse import Unreadable
from swaslift.errors import (
    ApiError,
    ConnectError,
    NoAnswerError,
    SwasliftError,
    ThrottledError,
    UnreadableAnswer,
)

_THROTTLED = "Too many calls of this action in this minute, from all tools of the account."


_SHOWN = 120
"""Characters of a value that a message shows."""


class NotTheService(Exception):  # a note to `translate`, never raised to a caller
    """An answer lacks what each answer of the service has; the text says what."""


class ErrorBody(Exception):  # likewise
    """An answer with HTTP status 200 whose body is an error's."""

    def __init__(self, code: str, message: str, request_id: str) -> None:
        self.code = code
        self.message = message
        self.request_id = request_id
        super().__init__(code)


def is_throttling(code: str) -> bool:
    """Whether a code means too many calls; all such codes start alike (doc-detail/437902)."""
    return code.startswith(("Throttling", "Rejected.Throttling"))


def api_error(
    message: str,
    *,
    action: str,
    code: str,
    http_status: int,
    retry_after: float | None = None,
    **where: Any,
) -> ApiError:
    """The error for a code that the service answered."""
    where |= {"action": action, "code": code, "http_status": http_status}
    message = mask(message)
    if is_throttling(code) or http_status == 429:
        return ThrottledError(message, retry_after=retry_after, retryable=True, hint=_THROTTLED, **where)
    known = meaning(action, code, http_status, message)
    return known.error(message, retryable=known.retryable, hint=known.hint, known=known.known, **where)


def foreign_answer(action: str, region_id: str, url: str, what: str) -> UnreadableAnswer:
    """The error for an answer that is not the service's."""
    return UnreadableAnswer(
        action=action,
        endpoint=url,
        region_id=region_id,
        field="body",
        value=what,
        problem="an answer of the service",
        advice="The call may or may not have been carried out. Is that the right endpoint, and does a proxy or "
        "gateway stand before it?",
    )


def unreadable(
    error: Unreadable, *, action: str, region_id: str, url: str, request_id: str | None, changes: bool
) -> UnreadableAnswer:
    """The error for a field that cannot be read."""
    again = "Try again; if it lasts, ask the service's support"
    return UnreadableAnswer(
        action=action,
        endpoint=url,
        region_id=region_id,
        field=error.field,
        value=_short(error.value),
        problem=error.expected,
        advice=f"The call may or may not have been carried out. {again}" if changes else again,
        request_id=request_id,
    )


def _short(value: object) -> str:
    """A value of an answer as a message shows it; nothing for one that is missing."""
    if value is None:
        return ""
    try:
        text = mask(repr(value))
    except (ValueError, RecursionError):  # a number of thousands of digits, or nesting without end
        return f"an unusual {type(value).__name__}"
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def translate(
    error: Exception, *, action: str, region_id: str, url: str, changes: bool, request_id: str | None = None
) -> SwasliftError:
    """One of our errors for whatever came out of a call, or out of reading its answer.

    Args:
        error: what came.
        action: the action that was called.
        region_id: where.
        url: whom.
        changes: whether the call changes something.
        request_id: of the answer, where one could be read so far.
    """
    if isinstance(error, Unreadable):
        return unreadable(
            error, action=action, region_id=region_id, url=url, request_id=request_id, changes=changes
        )
    refused = _refused(error, action, region_id)
    if refused is not None:
        return refused
    cause = sdk.behind(error)
    if isinstance(cause, SwasliftError):
        return cause  # our own signer's
    if isinstance(cause, OSError):
        return _transport_error(cause, action, region_id, url)
    return foreign_answer(action, region_id, url, _what_came(cause))


def _refused(error: Exception, action: str, region_id: str) -> ApiError | None:
    """The error that the service answered; None where the answer is not an error of the service."""
    if isinstance(error, ErrorBody):
        return api_error(
            error.message,
            action=action,
            code=error.code,
            http_status=200,
            request_id=error.request_id,
            region_id=region_id,
        )
    status, code, request_id = _answered(error)
    if not (status and code and request_id):
        return None
    after = getattr(error, "retry_after", None)  # milliseconds
    data = getattr(error, "data", None) or {}
    return api_error(
        str(data.get("Message") or data.get("message") or ""),
        action=action,
        code=code,
        http_status=status,
        retry_after=after / 1000 if isinstance(after, int | float) else None,
        request_id=request_id,
        region_id=region_id,
    )


def _what_came(cause: BaseException) -> str:
    """What a body is that could not be read at all."""
    match cause:
        case NotTheService():
            return str(cause)
        case _ if status := _answered(cause)[0]:
            # Every answer of the services has a code and a request id, also an error's.
            return f"HTTP {status} without code or request id"
        case JSONDecodeError():
            return f"no JSON at character {cause.pos}: {_short(cause.doc)}"
        case UnicodeDecodeError():
            return f"no UTF-8 at byte {cause.start}: {_short(cause.object)}"
        case _:
            return f"unusual ({type(cause).__name__} while reading it)"


def _answered(error: BaseException) -> tuple[int, str | None, str | None]:
    """Status, code and request id of an answer; the SDK writes what is not there as "None"."""

    def text(name: str) -> str | None:
        value = getattr(error, name, None)
        return None if value in {None, "", "None"} else str(value)

    status = getattr(error, "status_code", None)
    return (status if isinstance(status, int) else 0), text("code"), text("request_id")


def _transport_error(network: OSError, action: str, region_id: str, url: str) -> ConnectError | NoAnswerError:
    from swaslift.cloud import transport

    if isinstance(network, transport.ForeignAnswer):
        return foreign_answer(action, region_id, url, str(network))
    what = transport.describe(network)
    if transport.never_sent(network):
        return ConnectError(
            f"{action}: {url} cannot be reached ({what}). Nothing was sent. Check the region's name, the "
            "network, the proxy variables (HTTPS_PROXY, NO_PROXY), and endpoint_url where one is set.",
            action=action,
            endpoint=url,
        )
    return NoAnswerError(
        f"{action}: no answer from {url} ({what}); the call may or may not have been carried out",
        action=action,
        endpoint=url,
    )
