"""How an action of a service is declared: its contract, its handler, its errors.

A handler is a plain function of one `Call`. It runs on the server's one loop, so it is atomic;
it reads the clock from the call and never waits. What it raises is a `ServiceError`, and only
with a code that the contract documents.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib import resources
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime

    from swaslift.emulator.world import Account, World

Handler = Callable[["Call"], dict[str, Any]]


class ServiceError(Exception):
    """An answer that is an error: HTTP status, code and message as the service would send them."""

    def __init__(self, http: int, code: str, message: str) -> None:
        super().__init__(f"{http} {code}: {message}")
        self.http = http
        self.code = code
        self.message = message


def not_implemented(message: str) -> ServiceError:
    """What only the emulator answers: the live service has it, the emulator has not."""
    return ServiceError(501, "EmulatorNotImplemented", message)


class DryRunPassed(Exception):  # not an error: every check passed, nothing was done
    """Raised by a handler once a dry run has passed all checks."""


@dataclass(frozen=True)
class Contract:
    """The documented facts of one service, read from the package data."""

    name: str

    @cached_property
    def data(self) -> dict[str, Any]:
        """The whole file."""
        text = resources.files("swaslift.emulator").joinpath(f"contract/{self.name}.json").read_text("utf-8")
        loaded: dict[str, Any] = json.loads(text)
        return loaded

    @property
    def product(self) -> str:
        """The product's name, e.g. ``SWAS-OPEN``."""
        return str(self.data["product"])

    @property
    def version(self) -> str:
        """The API version."""
        return str(self.data["version"])

    @property
    def regions(self) -> list[str]:
        """The ids of its regions."""
        return list(self.data["regions"])

    @property
    def other_actions(self) -> frozenset[str]:
        """The names of the service's actions of which the contract says nothing more."""
        return frozenset(self.data["other_actions"])

    @property
    def actions(self) -> dict[str, dict[str, Any]]:
        """What is documented of each action."""
        actions: dict[str, dict[str, Any]] = self.data["actions"]
        return actions

    def http_status(self, action: str, code: str, http: int | None = None) -> int:
        """The documented HTTP status of an error code of an action; KeyError if there is none.

        Where a code is documented with several statuses ``http`` says which one is meant, and the
        first one counts if it is not given.
        """
        spec = self.actions[action]
        for error in (*spec["errors"], *spec.get("other_errors", ()), *self.data["common_errors"]):
            status = int(error["http"] or 400)
            if error["code"] == code and http in {None, status}:
                return status
        raise KeyError(f"{self.product} {action} documents no error {http or ''} {code}")


@dataclass
class Service:
    """One product: its contract and the handlers of its actions."""

    contract: Contract
    handlers: dict[str, Handler] = field(default_factory=dict)
    not_served: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """By action: documented parameters that its handler does not act on. A call with one is refused."""

    def action(self, name: str) -> Callable[[Handler], Handler]:
        """Register the handler of an action; the contract must know it."""
        if name not in self.contract.actions:
            raise KeyError(f"{self.contract.product} has no action {name}")

        def register(handler: Handler) -> Handler:
            self.handlers[name] = handler
            return handler

        return register


@dataclass(frozen=True)
class Call:
    """One authenticated, validated request.

    ``params`` is nested and typed by the contract: ``Tag.1.Key=a`` is
    ``{"Tag": [{"Key": "a"}]}``, ``SystemDisk.Size=40`` is ``{"SystemDisk": {"Size": 40}}``, and a
    parameter documented as JSON text (``InstanceIds``) is decoded into a list or a dict.
    """

    service: Service
    action: str
    world: World
    account_id: str
    region_id: str
    params: dict[str, Any]
    now: datetime
    identity: Account

    def get(self, name: str, default: Any = None) -> Any:
        """A parameter, or the default where it was not sent."""
        return self.params.get(name, default)

    @property
    def dry_run(self) -> bool:
        """Whether the call only wants to know if it would be carried out."""
        return bool(self.params.get("DryRun"))

    def stop_if_dry(self) -> None:
        """To be called between the last check and the first change."""
        if self.dry_run:
            raise DryRunPassed

    @property
    def tags(self) -> dict[str, str]:
        """The ``Tag`` list of the request as a mapping."""
        return {t.get("Key", ""): t.get("Value", "") for t in self.params.get("Tag", [])}

    def error(self, code: str, message: str, *, http: int | None = None) -> ServiceError:
        """A documented error of this action, to be raised."""
        documented = self.service.contract.http_status(self.action, code, http)
        return ServiceError(documented, code, message)
