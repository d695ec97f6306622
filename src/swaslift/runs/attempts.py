"""One attempt of a step: found, made, refused, or left without an answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Protocol

from swaslift.cloud import Cloud
from swaslift.errors import (
    ApiError,
    ConfigError,
    CredentialsMissing,
    NoAnswerError,
    NotFoundError,
    OfferChanged,
    OutcomeUnknown,
    ServerError,
    SwasliftError,
    ThrottledError,
    TransportError,
    UnreadableAnswer,
    WaitTimeout,
    WaitUnanswered,
)
from swaslift.runs.changing import ANY, GONE
from swaslift.runs.effects import Do
from swaslift.runs.events import EventKind
from swaslift.runs.step import Declined, Mark, Refused, Step

READ_BACK_TRIES = 4
"""How often a change without a token is read back or repeated when no answer comes."""


class Stop(Exception):
    """The run has to pause.

    Attributes:
        reason: why.
        remedy: what to do.
        error: what it comes from, where it comes from an error.
        definite: whether the attempt is over: refused, and not to be sent again as it was.
    """

    def __init__(
        self, reason: str, remedy: str, error: BaseException | None = None, *, definite: bool = False
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.remedy = remedy
        self.error = error
        self.definite = definite


@contextmanager
def pausing() -> Iterator[None]:
    """What the cloud refuses in here, or does not answer, pauses the run.

    Raises:
        Stop: it did.
    """
    try:
        yield
    except SwasliftError as error:
        raise Stop(str(error), remedy_for(error), error) from error


class Tell(Protocol):
    """Tells whoever listens."""

    def __call__(self, kind: EventKind, name: str, text: str) -> None:
        """Tell one thing."""


def attempt_step(
    effect: Do[Any], step: Step[Any], mark: Mark, cloud: Cloud, tell: Tell, look: Callable[[bool], None]
) -> Any:
    """Find what an earlier try made, or make it; its outcome, or an expected `Refused`.

    Args:
        effect: what is an answer.
        step: the change.
        mark: the attempt at it.
        cloud: the door.
        tell: tells whoever listens.
        look: called right before each send, with whether this is a repetition; stops what must not be sent.

    Raises:
        Stop: neither came about.
    """
    for tried in range(1, READ_BACK_TRIES + 1):
        try:
            there = cloud.of(step.account)
            found = step.find(there, mark)
            if found is not None:
                tell("adopted", step.name, f"{step.headline}: was done already")
                return found
            look(mark.again)
            step.check_offer(there)
            outcome = step.make(there, mark)
        except NoAnswerError as error:
            # With a token the door has tried the same call several times already. Without one,
            # what happened is read back, and a harmless repetition is made.
            if not step.repeatable or tried == READ_BACK_TRIES:
                raise _unanswered(step, error) from error
            tell("retrying", step.name, f"{step.headline}: checking whether it was carried out ({error})")
            cloud.clock.sleep(2.0 * tried)
            mark = replace(mark, again=True)
        except (ApiError, Declined, OfferChanged) as error:
            refused = _refused(effect, mark, error)
            tell("refused", step.name, f"{step.headline}: {refused.code}")
            return refused
        except SwasliftError as error:
            raise Stop(str(error), remedy_for(error), error) from error
        else:
            tell("done", step.name, step.headline)
            return outcome
    raise AssertionError("unreachable")


def _refused(effect: Do[Any], mark: Mark, error: ApiError | Declined | OfferChanged) -> Refused:
    """The refusal, where the script is ready for it.

    Raises:
        Stop: it is not.
    """
    if isinstance(error, ApiError):
        definite = not isinstance(error, ServerError | ThrottledError) and not error.retryable
        gone = isinstance(error, NotFoundError)
        general = (definite and ANY in effect.refusals) or (gone and GONE in effect.refusals)
        if error.code not in effect.refusals and not general:
            raise Stop(str(error), remedy_for(error), error, definite=definite) from error
        return Refused(code=error.code, message=error.service_message, gone=gone)
    # What may have been sent before is still in doubt, and keeps its token: it is found, or not.
    ready = error.code in (effect.declines if isinstance(error, Declined) else effect.refusals)
    if not ready or (mark.again and isinstance(error, OfferChanged)):
        raise Stop(str(error), error.remedy, error, definite=not mark.again) from error
    return Refused(code=error.code, message=str(error))


def _unanswered(step: Step[Any], error: NoAnswerError) -> Stop:
    if step.repeatable:
        return Stop(str(error), remedy_for(error), error)
    unknown = OutcomeUnknown(
        f"{step.headline}: no answer came, and reading back did not tell whether it was carried out ({error})"
    )
    return Stop(str(unknown), "look in the console whether it happened, then resume", unknown)


def thaw(step: Step[Any], request: Any) -> Step[Any]:
    """The step as the journal froze it, with the secrets that only this process can have."""
    frozen = type(step).model_validate(request)
    live = {
        name: getattr(step, name)
        for name in type(step).model_fields
        if getattr(frozen, name) == getattr(step, name)
    }
    return frozen.model_copy(update=live)


def _to_reach(error: SwasliftError) -> str:
    """What to do so that a call is answered again."""
    match error:
        case UnreadableAnswer():
            return (
                f"check that {error.endpoint} is the service and that no proxy changes its answers; if they are its "
                "own, update swaslift or ask the service's support"
            )
        case TransportError():
            return f"check the network between this machine and {error.endpoint} (DNS, firewall, proxy variables)"
        case CredentialsMissing():
            return "check the source of the credentials"
        case ThrottledError():
            return "wait until fewer calls are made with this account"
        case _:
            return "wait until the service answers as it should"


def remedy_for(error: SwasliftError) -> str:
    """What to do about an error that paused a run."""
    remedy = ""
    match error:
        case ConfigError():
            remedy = error.remedy
        case WaitUnanswered():
            remedy = f"{_to_reach(error.error)}, then resume to wait again; the cloud goes on meanwhile"
        case TransportError():
            remedy = f"{_to_reach(error)}, then resume; the same call is sent with the same token"
        case WaitTimeout():
            remedy = "look at it, then resume to wait again"
        case ApiError() if error.retryable or isinstance(error, ServerError):
            remedy = "resume it later"
        case ApiError():
            remedy = error.hint
        case OutcomeUnknown():
            remedy = error.remedy
    return remedy or "look at the reason, then resume or undo"
