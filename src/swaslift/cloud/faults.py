"""What the SDK raises, turned into `swaslift.errors`."""

from __future__ import annotations

from typing import Any

from swaslift.cloud import sdk
from swaslift.cloud.masking import mask
from swaslift.cloud.meanings import meaning
from swaslift.errors import ApiError, ConnectError, NoAnswerError, SwasliftError, ThrottledError

_THROTTLED = "Too many calls of this action in this minute, from all tools of the account."


class NotTheService(Exception):  # a note to `translate`, never raised to a caller
    """An answer lacks what each answer of the service has; the text says what."""


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
    if is_throttling(code):
        return ThrottledError(message, retry_after=retry_after, retryable=True, hint=_THROTTLED, **where)
    known = meaning(action, code, http_status)
    return known.error(message, retryable=known.retryable, hint=known.hint, **where)


def foreign_answer(action: str, url: str, what: str) -> NoAnswerError:
    """The error for an answer that is not the service's."""
    return NoAnswerError(
        f"{action}: {url} sent an answer that is not the service's ({what}), so the call may or may not have "
        "been carried out. Is that the right endpoint, and does a proxy or gateway stand before it?",
        action=action,
        endpoint=url,
    )


def translate(error: Exception, *, action: str, region_id: str, url: str) -> SwasliftError:
    """One of our errors for whatever came out of an SDK call."""
    status, code, request_id = _answered(error)
    if status and code and request_id:
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
    if status:
        # Every answer of the services has a code and a request id, also an error's.
        return foreign_answer(action, url, f"HTTP {status} without code or request id")
    cause = sdk.behind(error)
    if isinstance(cause, SwasliftError):
        return cause  # our own signer's
    if isinstance(cause, OSError):
        return _transport_error(cause, action, url)
    what = str(cause) if isinstance(cause, NotTheService) else f"{type(cause).__name__} while reading it"
    return foreign_answer(action, url, what)


def _answered(error: Exception) -> tuple[int, str | None, str | None]:
    """Status, code and request id of an answer; the SDK writes what is not there as "None"."""

    def text(name: str) -> str | None:
        value = getattr(error, name, None)
        return None if value in {None, "", "None"} else str(value)

    status = getattr(error, "status_code", None)
    return (status if isinstance(status, int) else 0), text("code"), text("request_id")


def _transport_error(network: OSError, action: str, url: str) -> ConnectError | NoAnswerError:
    from swaslift.cloud import transport

    if isinstance(network, transport.ForeignAnswer):
        return foreign_answer(action, url, str(network))
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
