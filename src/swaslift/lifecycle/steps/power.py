"""Starting and stopping ECS instances."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar

from pydantic import JsonValue

from swaslift.cloud import Cloud
from swaslift.lifecycle.spec import is_economical
from swaslift.lifecycle.steps.instances import instance
from swaslift.lifecycle.stops import landed
from swaslift.lifecycle.waits import instance_settled, instance_stops, running, stopped
from swaslift.runs.effects import Script, ask, do, until
from swaslift.runs.step import Mark, Step

UP = frozenset({"Running", "Starting"})
DOWN = frozenset({"Stopped", "Stopping"})


def other_disk(region_id: str, instance_id: str, disk_id: str) -> Script[str]:
    """That an instance has another system disk than the run gave it, in words; empty where it has that one."""

    def look(cloud: Cloud) -> str:
        disks = list(cloud.ecs.describe_disks(region_id, instance_id=instance_id, kind="system"))
        if not disks or any(d.id == disk_id for d in disks):
            return ""
        return f"it has the system disk {disks[0].id} now, and the run had made {disk_id}"

    return (yield from ask("disk", look, record=str, foreseen=""))


class _Power(Step[bool]):
    """Start or stop an instance; the state before is kept, and restored by the undo."""

    outcome: ClassVar[Any] = bool
    reached: ClassVar[frozenset[str]]
    """States in which there is nothing left to send."""

    region_id: str
    instance_id: str

    @property
    def minutes(self) -> float:
        return 1

    def prior(self, cloud: Cloud) -> JsonValue:
        found = instance(cloud, self.region_id, self.instance_id)
        if found is None:
            return {"status": None}
        return {"status": found.status, "economical": is_economical(found)}

    def find(self, cloud: Cloud, mark: Mark) -> bool | None:
        del mark
        found = instance(cloud, self.region_id, self.instance_id)
        return True if found and found.status in self.reached else None

    def make(self, cloud: Cloud, mark: Mark) -> bool:
        del mark
        self.send(cloud)
        return True

    @abstractmethod
    def send(self, cloud: Cloud) -> None:
        """Send the call."""

    def foresee(self) -> bool:
        return True

    def switches(self) -> tuple[str, bool] | None:
        return self.instance_id, self.reached is UP

    def undo_title(self, outcome: bool, prior: JsonValue) -> str:
        del outcome
        status = prior.get("status") if isinstance(prior, dict) else None
        if status in UP and self.reached is DOWN:
            return f"start the instance {self.instance_id} again"
        if status in DOWN and self.reached is UP:
            return f"stop the instance {self.instance_id} again{_in_mode(_economical(prior))}"
        return self.nothing(f"it was {status} before" if status else "")

    def undo(self, outcome: bool, prior: JsonValue) -> Script[str | None]:
        del outcome
        status = prior.get("status") if isinstance(prior, dict) else None
        where: dict[str, Any] = {"region_id": self.region_id, "instance_id": self.instance_id}
        starts, stops = status in UP and self.reached is DOWN, status in DOWN and self.reached is UP
        if not starts and not stops:
            return None
        if starts:
            yield from landed(self.instance_id, instance_stops("stops", self.region_id, self.instance_id))
        if (yield from until(instance_settled("settled", self.region_id, self.instance_id))) is None:
            return f"the instance {self.instance_id} is not there any more, so it was neither started nor stopped"
        if starts:
            yield from do(StartInstance(name="start", **where))
            yield from until(running("running", self.region_id, self.instance_id, sent_by="start"))
        else:
            yield from do(StopInstance(name="stop", economical=_economical(prior), **where))
            yield from until(stopped("stopped", self.region_id, self.instance_id, sent_by="stop"))
        return None

    def discard(self, outcome: bool) -> Script[str | None]:
        """Nothing: it is sent again."""
        del outcome
        return None
        yield  # a script without effects


def _economical(prior: JsonValue) -> bool:
    return isinstance(prior, dict) and bool(prior.get("economical"))


def _in_mode(economical: bool) -> str:
    return ", in economical mode; its public address is released by that" if economical else ""


class StopInstance(_Power):
    """``StopInstance`` of an instance, with ``StoppedMode=KeepCharging``.

    Attributes:
        economical: whether with ``StopCharging`` instead: an undo restores the mode that it had.
    """

    kind: ClassVar[str] = "ecs.StopInstance"
    writes: ClassVar[tuple[str, ...]] = ("StopInstance",)
    reached: ClassVar[frozenset[str]] = DOWN

    economical: bool = False

    @property
    def title(self) -> str:
        if self.economical:
            return f"stop the instance {self.instance_id} in economical mode"
        return f"stop the instance {self.instance_id} (it keeps its resources)"

    def send(self, cloud: Cloud) -> None:
        cloud.ecs.stop_instance(self.region_id, self.instance_id, economical=self.economical)


class StartInstance(_Power):
    """``StartInstance`` of an instance.

    Attributes:
        restores: whether it ends what a stop of the same run began; then an undo lets it run.
        disk_id: its system disk then, where that matters: started from another one, an undo lets it run.
        reserves: whether it is started to get back resources that an economical stop gave up.
    """

    kind: ClassVar[str] = "ecs.StartInstance"
    writes: ClassVar[tuple[str, ...]] = ("StartInstance",)
    reached: ClassVar[frozenset[str]] = UP

    restores: bool = False
    disk_id: str = ""
    reserves: bool = False

    @property
    def title(self) -> str:
        why = ", which was stopped in economical mode, to reserve its resources" if self.reserves else ""
        return f"start the instance {self.instance_id}{why}"

    @property
    def charged(self) -> str | None:
        return "the instance again, by the hour" if self.reserves else None

    def undo_title(self, outcome: bool, prior: JsonValue) -> str:
        if self.restores:
            return self.nothing("it ran before")
        return super().undo_title(outcome, prior)

    def undo(self, outcome: bool, prior: JsonValue) -> Script[str | None]:
        if self.restores:
            return None
        if self.disk_id and (now := (yield from other_disk(self.region_id, self.instance_id, self.disk_id))):
            return f"the instance {self.instance_id} is not stopped again: {now}"
        return (yield from super().undo(outcome, prior))

    def send(self, cloud: Cloud) -> None:
        cloud.ecs.start_instance(self.region_id, self.instance_id)
