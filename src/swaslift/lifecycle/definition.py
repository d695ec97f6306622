"""What makes a verb: its spec, its script, and how it is planned, amended and told about."""

from __future__ import annotations

import hashlib
import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from pydantic import BaseModel

from swaslift.cloud import Cloud
from swaslift.consent import Consent
from swaslift.errors import InvalidArgument
from swaslift.planning.names import stem
from swaslift.runs.effects import Script

S = TypeVar("S", bound=BaseModel)
O = TypeVar("O", bound=BaseModel)  # noqa: E741  # O for outcome

_RUN_ID = re.compile(r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,47}$")


@dataclass(frozen=True)
class Amendment(Generic[S]):
    """The changed spec, the arguments that changed with it, and what it needs leave for.

    Attributes:
        asks_anew: whether what gates let through has changed, so that they are asked once more.
        anew: names of waits that are met, and are taken anew since what they brought was not what was meant.
    """

    spec: S
    arguments: dict[str, Any]
    consents: tuple[Consent, ...] = ()
    asks_anew: bool = True
    anew: tuple[str, ...] = ()


class Definition(ABC, Generic[S, O]):
    """A verb, as the carrier of runs knows it."""

    name: str
    repeats: ClassVar[bool] = False
    """Whether the same call after a finished run simply does it once more: it changes nothing by then."""
    composed: ClassVar[bool] = False
    """Whether it is made of other verbs, each looked at by itself."""
    spec: type[S]
    outcome: type[O]

    @abstractmethod
    def script(self, spec: S) -> Script[O]:
        """The verb's text."""

    def amend(self, spec: S, change: Any, cloud: Cloud, begun: Mapping[str, str]) -> Amendment[S]:
        """A change to what has not started.

        Args:
            spec: what the run rests on.
            change: what the user gave.
            cloud: to read with.
            begun: the states of the effects that are done or under way (``done``, ``intent``), by their names and
                in their order.

        Raises:
            InvalidArgument: it cannot be changed, or not any more.
            PreflightError: something stands in the way of the change.
        """
        del spec, cloud, begun
        raise InvalidArgument(
            "amend", change, f"nothing of a {self.name} can be amended", "Resume it as it is, or undo it"
        )

    @abstractmethod
    def facts(self, spec: S, outcome: O | None) -> list[tuple[str, str]]:
        """What the head of a report says."""

    def result(self, spec: S, outcome: O) -> Any:
        """What the call returns, where that is not the outcome itself."""
        del spec
        return outcome

    def left(self, outcome: O) -> tuple[str, ...]:
        """What is left to do by hand."""
        del outcome
        return ()


def check_run_id(given: object) -> None:
    """Refuse what is no id for a run.

    Raises:
        InvalidArgument: it is none.
    """
    if not isinstance(given, str) or not _RUN_ID.fullmatch(given):
        raise InvalidArgument(
            "run_id",
            given,
            "not an id for a run",
            "1 to 48 letters, digits, _ . -, starting with a letter or digit",
        )


def run_id_for(verb: str, account_id: str, source_id: str, source_name: str, given: str | None) -> str:
    """The id of a run: given, or derived from account, verb and source, so that a repetition joins it."""
    if given is not None:
        return given
    digest = hashlib.sha256(f"{account_id}\0{verb}\0{source_id}".encode()).hexdigest()[:6]
    name = re.sub(r"[^A-Za-z0-9_-]", "", stem(source_name)) or "server"
    return f"{verb.split('_', 1)[0]}-{name[:24]}-{digest}"
