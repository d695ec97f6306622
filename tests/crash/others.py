"""What goes wrong beside a kill: resources that fail or never get done, and what somebody else does meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from swaslift import Client
from swaslift.emulator.faults import ResourceKind
from swaslift.errors import ApiError
from tests.crash.proof import untouched
from tests.crash.stage import Stage, World
from tests.support import client_of

HOME = "cn-hangzhou"
REGIONS = (HOME, "ap-southeast-1")
SETTLES = 600.0
"""Seconds until what somebody has done is over."""


def _nothing(_stage: Stage) -> None:
    pass


def _nobody(_stage: Stage) -> set[str]:
    return set()


@dataclass(frozen=True)
class Trouble:
    """What happens beside the kill.

    Attributes:
        before: what is arranged before the act that is killed.
        between: what somebody does between the kill and what follows; ids of what it changes or deletes.
    """

    before: Callable[[Stage], None] = _nothing
    between: Callable[[Stage], set[str]] = _nobody


def _stuck(kind: ResourceKind) -> Trouble:
    """The next resource of a kind is never done."""
    return Trouble(before=lambda stage: stage.cloud.faults.stall(kind))


def _fails(kind: ResourceKind) -> Trouble:
    """The first resource of a kind that is made after the kill fails: that of an undo, or of what goes on."""

    def arrange(stage: Stage) -> set[str]:
        stage.cloud.faults.fail_resource(kind)
        return set()

    return Trouble(between=arrange)


@contextmanager
def _console(stage: Stage) -> Iterator[Client]:
    """Somebody else with the same keys, to whom a refusal does not matter."""
    with client_of(stage.cloud, journal=stage.journal.parent / "console.db") as lift:
        yield lift
    stage.cloud.clock.advance(SETTLES)


def _made(stage: Stage, product: str, kind: str) -> dict[str, Any]:
    """What the run has made of a kind, by id."""
    mine: World = stage.cloud.state()[_account(stage)][product][kind]
    before = untouched(stage.kind.name)[_account(stage)][product][kind]
    return {i: r for i, r in mine.items() if i not in before and not i.endswith("(shared by SWAS)")}


def _account(stage: Stage) -> str:
    return next(iter(stage.cloud.state()))


def _everywhere(call: Callable[[str], Any]) -> None:
    for region in REGIONS:
        with suppress(ApiError):
            call(region)


def _ecs_images_deleted(stage: Stage) -> set[str]:
    """Those that are there; the service leaves the snapshots behind them."""
    images = _made(stage, "ecs", "images")
    with _console(stage) as lift:
        for i in images:
            _everywhere(lambda region, i=i: lift.cloud.ecs.delete_image(region, i))  # type: ignore[misc]  # bound
    return set(images)


def _custom_images_deleted(stage: Stage) -> set[str]:
    images = _made(stage, "swas", "custom_images")
    with _console(stage) as lift:
        swas = lift.cloud.swas
        for i in images:
            with suppress(ApiError):
                swas.modify_image_share_status(HOME, i, "UnShare", token=f"console-u-{i}")
            with suppress(ApiError):
                swas.delete_custom_image(HOME, i, token=f"console-d-{i}")
    return set(images)


def _snapshots_deleted(stage: Stage) -> set[str]:
    """Those that nothing was made of: backups, and what an image is about to be made of."""
    ours, theirs = _made(stage, "swas", "snapshots"), _made(stage, "ecs", "snapshots")
    with _console(stage) as lift:
        for i in ours:
            with suppress(ApiError):
                lift.cloud.swas.delete_snapshot(HOME, i, token=f"console-{i}")
        for i in theirs:
            _everywhere(lambda region, i=i: lift.cloud.ecs.delete_snapshot(region, i))  # type: ignore[misc]  # bound
    return set(ours) | set(theirs)


def _instances(stage: Stage) -> dict[str, Any]:
    """Instances that the run has made, or works on."""
    mine: World = stage.cloud.state()[_account(stage)]["ecs"]["instances"]
    return {i: r for i, r in mine.items() if i in _made(stage, "ecs", "instances") or i in stage.kind.touches}


def _disks(stage: Stage, instances: set[str]) -> set[str]:
    disks = stage.cloud.state()[_account(stage)]["ecs"]["disks"]
    return {d for d, r in disks.items() if r.get("InstanceId") in instances}


def _instances_released(stage: Stage) -> set[str]:
    """New ones and targets; their disks go with them."""
    found = set(_instances(stage))
    disks = _disks(stage, found)
    with _console(stage) as lift:
        for i in found:
            _everywhere(lambda region, i=i: lift.cloud.ecs.delete_instance(region, i))  # type: ignore[misc]  # bound
    return found | disks


def counting(stage: Stage) -> set[str]:
    """What counts the instances in it, which may be more or fewer when something went wrong."""
    ecs = stage.cloud.state()[_account(stage)]["ecs"]
    return set(ecs["security_groups"]) | set(ecs["vswitches"])


def _switched(*, on: bool) -> Trouble:
    """Targets, new instances and the servers that the run works on are started, or stopped."""

    def switch(stage: Stage) -> set[str]:
        servers = set(stage.cloud.state()[_account(stage)]["swas"]["servers"])
        with _console(stage) as lift:
            ecs, swas = lift.cloud.ecs, lift.cloud.swas
            for i in _instances(stage):
                call = ecs.start_instance if on else ecs.stop_instance
                _everywhere(lambda region, i=i, call=call: call(region, i))  # type: ignore[misc]  # bound
            for i in servers if on else ():
                with suppress(ApiError):
                    swas.start_instance(HOME, i, token=f"console-{i}")
        return set(_instances(stage)) | servers

    return Trouble(between=switch)


TROUBLES = {
    "swas-snapshot-stuck": _stuck("swas_snapshot"),
    "swas-image-stuck": _stuck("swas_image"),
    "ecs-image-stuck": _stuck("ecs_image"),
    "ecs-snapshot-stuck": _stuck("ecs_snapshot"),
    "ecs-instance-stuck": _stuck("ecs_instance"),
    "ecs-image-fails": _fails("ecs_image"),
    "ecs-snapshot-fails": _fails("ecs_snapshot"),
    "ecs-instance-fails": _fails("ecs_instance"),
    "ecs-images-deleted": Trouble(between=_ecs_images_deleted),
    "custom-images-deleted": Trouble(between=_custom_images_deleted),
    "snapshots-deleted": Trouble(between=_snapshots_deleted),
    "instances-released": Trouble(between=_instances_released),
    "started": _switched(on=True),
    "stopped": _switched(on=False),
}
"""By name."""
