"""Starting and stopping SWAS servers."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar

from pydantic import JsonValue

from swaslift.cloud import Cloud
from swaslift.lifecycle.stops import landed
from swaslift.lifecycle.waits import server_running, server_settled, server_stopped, server_stops
from swaslift.models import Server
from swaslift.runs.effects import Script, do, until
from swaslift.runs.step import Mark, Step

UP = frozenset({"Running", "Starting"})
DOWN = frozenset({"Stopped", "Stopping"})


def server(cloud: Cloud, region_id: str, server_id: str) -> Server | None:
    """A server as it is now."""
    return next(iter(cloud.swas.list_instances(region_id, ids=[server_id])), None)


def _not_there(server_id: str) -> str:
    return f"the server {server_id} is not there any more, so it was neither started nor stopped"


def _was_up(prior: JsonValue) -> bool:
    return isinstance(prior, dict) and prior.get("status") in UP


class _Power(Step[bool]):
    """Start or stop a server; the state before is kept, and restored by the undo."""

    outcome: ClassVar[Any] = bool
    reached: ClassVar[frozenset[str]]
    """States in which there is nothing left to send."""

    region_id: str
    server_id: str
    server_name: str = ""

    @property
    def where(self) -> dict[str, Any]:
        """Which server, for another step on it."""
        return {"region_id": self.region_id, "server_id": self.server_id, "server_name": self.server_name}

    @property
    def minutes(self) -> float:
        return 1

    def prior(self, cloud: Cloud) -> JsonValue:
        found = server(cloud, self.region_id, self.server_id)
        return {"status": found.status if found else None}

    def find(self, cloud: Cloud, mark: Mark) -> bool | None:
        del mark
        found = server(cloud, self.region_id, self.server_id)
        return True if found and found.status in self.reached else None

    def make(self, cloud: Cloud, mark: Mark) -> bool:
        # Twice does no harm, but the remembered answer to a token that outlives this try would: it
        # does nothing to a server that somebody has switched back in the meantime.
        self.send(cloud, f"{mark.token[:48]}-{cloud.clock.now():%y%m%d%H%M%S}")
        return True

    @abstractmethod
    def send(self, cloud: Cloud, token: str) -> None:
        """Send the call."""

    def foresee(self) -> bool:
        return True

    def discard(self, outcome: bool) -> Script[str | None]:
        """Nothing: it is sent again."""
        del outcome
        return None
        yield  # a script without effects

    def switches(self) -> tuple[str, bool] | None:
        return self.server_id, self.reached is UP


class StopServer(_Power):
    """``StopInstance`` of a server; the outcome is whether it was up before. Then its undo starts it."""

    kind: ClassVar[str] = "swas.StopInstance"
    writes: ClassVar[tuple[str, ...]] = ("StopInstance",)
    reached: ClassVar[frozenset[str]] = DOWN

    @property
    def title(self) -> str:
        return f"stop the server {self.server_name or self.server_id}"

    def send(self, cloud: Cloud, token: str) -> None:
        cloud.swas.stop_instance(self.region_id, self.server_id, token=token)

    def in_view_of(self, prior: JsonValue, outcome: bool) -> bool:
        return outcome and _was_up(prior)

    def undo_title(self, outcome: bool, prior: JsonValue) -> str:
        del outcome
        if _was_up(prior):
            return f"start the server {self.server_id}, unless it runs again"
        return self.nothing()

    def undo(self, outcome: bool, prior: JsonValue) -> Script[str | None]:
        del outcome
        if not _was_up(prior):
            return None
        yield from landed(self.server_id, server_stops("stops", self.region_id, self.server_id))
        if (yield from until(server_settled("settled", self.region_id, self.server_id))) is None:
            return _not_there(self.server_id)
        yield from do(StartServer(name="start", **self.where))
        yield from until(server_running("running", self.region_id, self.server_id, sent_by="start"))
        return None


class StartServer(_Power):
    """``StartInstance`` of a server; the outcome is whether the step has started it: it was not up before.

    Attributes:
        restores: whether it ends what a stop of the same run began; then an undo lets it run.
    """

    kind: ClassVar[str] = "swas.StartInstance"
    writes: ClassVar[tuple[str, ...]] = ("StartInstance",)
    reached: ClassVar[frozenset[str]] = UP

    restores: bool = False

    @property
    def title(self) -> str:
        return f"start the server {self.server_name or self.server_id}{' again' if self.restores else ''}"

    def send(self, cloud: Cloud, token: str) -> None:
        cloud.swas.start_instance(self.region_id, self.server_id, token=token)

    def in_view_of(self, prior: JsonValue, outcome: bool) -> bool:
        return outcome and not _was_up(prior)

    def undo_title(self, outcome: bool, prior: JsonValue) -> str:
        del outcome
        if not self.restores and isinstance(prior, dict) and prior.get("status") in DOWN:
            return f"stop the server {self.server_id} again"
        return self.nothing("it ran before" if self.restores else "")

    def undo(self, outcome: bool, prior: JsonValue) -> Script[str | None]:
        del outcome
        if not self.restores and isinstance(prior, dict) and prior.get("status") in DOWN:
            if (yield from until(server_settled("settled", self.region_id, self.server_id))) is None:
                return _not_there(self.server_id)
            yield from do(StopServer(name="stop", **self.where))
            yield from until(server_stopped("stopped", self.region_id, self.server_id, sent_by="stop"))
        return None
