"""Waits that several scripts use, with what they foresee for a plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeVar

from swaslift.models import (
    CustomImage,
    EcsDisk,
    EcsImage,
    EcsInstance,
    InvocationResult,
    Server,
    Snapshot,
)
from swaslift.runs.effects import Wait
from swaslift.runs.step import Ref
from swaslift.waiting import watches
from swaslift.waiting.conditions import Condition

T = TypeVar("T")

_OF_ANOTHER = (
    "this run rests on that snapshot, which an earlier one began: undo it, which ends it, and call again "
    "(again=True); then a fresh one is taken"
)


def swas_snapshot(name: str, snapshot: Ref, *, of: str | None, disk: str) -> Wait[Snapshot]:
    """Until a SWAS snapshot is accomplished; one that no step of the run makes was there before."""
    foreseen = Snapshot(
        product="swas", account_id="", region_id=snapshot.region_id, id=snapshot.id, status="Accomplished"
    )
    return Wait(
        name,
        watches.swas_snapshot_done(snapshot.region_id, snapshot.id, known=of is None),
        Snapshot,
        foreseen,
        title=f"snapshot of the {disk} disk accomplished",
        of=of,
        beyond=_OF_ANOTHER if of is None else None,
    )


def swas_image(
    name: str, image: Ref, *, of: str, server: Server, snapshots: Sequence[Ref]
) -> Wait[CustomImage]:
    """Until a SWAS custom image of a server is available.

    Args:
        name: of the wait.
        image: the image.
        of: the step that makes it.
        server: the server that it is made of.
        snapshots: those that it is made of, that of the system disk first.
    """
    data = snapshots[1].id if len(snapshots) > 1 else ""
    foreseen = CustomImage(
        account_id="",
        region_id=image.region_id,
        id=image.id,
        name=image.name,
        status="1",
        server_id=server.id,
        system_snapshot_id=snapshots[0].id,
        data_snapshot_id=data,
        system_disk_size=server.system_disk.size,
        data_disk_size=server.data_disks[0].size if data and server.data_disks else 0,
        os_type=server.os_type,
    )
    condition = watches.swas_image_available(image.region_id, image.id)
    return Wait(
        name,
        condition,
        CustomImage,
        foreseen,
        title=f"custom image of {server.name or server.id} available",
        of=of,
    )


def server_running(name: str, region_id: str, server_id: str, *, sent_by: str | None = None) -> Wait[Server]:
    """Until a SWAS server is Running; ``sent_by``: the step that starts it."""
    foreseen = _server(region_id, server_id, "Running")
    condition = watches.server_running(region_id, server_id)
    return Wait(name, condition, Server, foreseen, title="server running", timeout=1800, sent_by=sent_by)


def server_stopped(name: str, region_id: str, server_id: str, *, sent_by: str | None = None) -> Wait[Server]:
    """Until a SWAS server is Stopped; ``sent_by``: the step that stops it."""
    foreseen = _server(region_id, server_id, "Stopped")
    condition = watches.server_stopped(region_id, server_id)
    return Wait(name, condition, Server, foreseen, title="server stopped", timeout=1800, sent_by=sent_by)


def server_settled(name: str, region_id: str, server_id: str) -> Wait[Server | None]:
    """Until a SWAS server is Running or Stopped: before that it can neither be stopped nor started."""
    condition = watches.settled(watches.SERVERS, region_id, server_id, "Stopped")
    return Wait(name, condition, Server | None, None, title="server running or stopped", timeout=1800)


def server_seen(name: str, server: Ref) -> Wait[Server | None]:
    """Until a SWAS server is listed; a list lags behind its making."""
    condition = watches.seen(watches.SERVERS, server.region_id, server.id)
    return Wait(name, condition, Server | None, None, title="server listed")


def _server(region_id: str, server_id: str, status: str) -> Server:
    return Server(account_id="", region_id=region_id, id=server_id, name="", status=status)


def server_command_over(name: str, command: Ref, *, timeout: int) -> Wait[InvocationResult]:
    """Until a command in a server has ended, well or not.

    Args:
        name: of the wait.
        command: its invocation; the server is in the reference's name.
        timeout: seconds that the command has.
    """
    foreseen = InvocationResult(
        product="swas",
        account_id="",
        region_id=command.region_id,
        id=command.id,
        server_id=command.name,
        status="Success",
    )
    condition = watches.server_command_over(command.region_id, command.name, command.id)
    # Beside its own time it has to be delivered.
    return Wait(name, condition, InvocationResult, foreseen, title="command ended", timeout=timeout + 180)


def running(
    name: str, region_id: str, instance_id: str, *, of: str | None = None, sent_by: str | None = None
) -> Wait[EcsInstance]:
    """Until an ECS instance is Running; ``of``: the step that makes it, ``sent_by``: the one that starts it."""
    foreseen = EcsInstance(account_id="", region_id=region_id, id=instance_id, status="Running")
    condition = watches.instance_running(region_id, instance_id)
    return Wait(
        name,
        condition,
        EcsInstance,
        foreseen,
        title="instance running",
        of=of,
        timeout=1800,
        sent_by=sent_by,
    )


def stopped(name: str, region_id: str, instance_id: str, *, sent_by: str | None = None) -> Wait[EcsInstance]:
    """Until an ECS instance is Stopped, and no operation locks it; ``sent_by``: the step that stops it."""
    foreseen = EcsInstance(account_id="", region_id=region_id, id=instance_id, status="Stopped")
    condition = watches.instance_stopped(region_id, instance_id)
    return Wait(
        name, condition, EcsInstance, foreseen, title="instance stopped", timeout=1800, sent_by=sent_by
    )


def image_usable(
    name: str, image: Ref, *, of: str | None, like: EcsImage | None = None, encrypted: bool = False
) -> Wait[EcsImage]:
    """Until an own ECS image is available and usable.

    Args:
        name: of the wait.
        image: the image.
        of: the step that makes it.
        like: what it is a copy of.
        encrypted: whether the copy is encrypted, whatever ``like`` is.
    """
    disks = like.disks if like else ()
    foreseen = EcsImage(
        account_id="",
        region_id=image.region_id,
        id=image.id,
        name=image.name,
        status="Available",
        owner_alias="self",
        size=like.size if like else 0,
        os_type=like.os_type if like else "",
        disks=tuple(d.model_copy(update={"encrypted": True}) for d in disks) if encrypted else disks,
    )
    condition = watches.ecs_image_usable(image.region_id, image.id)
    title = f"ECS image {image.name or image.id} usable in {image.region_id}"
    return Wait(name, condition, EcsImage, foreseen, title=title, of=of, timeout=6 * 3600)


def ecs_snapshot(name: str, snapshot: Ref, *, of: str) -> Wait[Snapshot]:
    """Until an ECS snapshot is accomplished."""
    foreseen = Snapshot(
        product="ecs", account_id="", region_id=snapshot.region_id, id=snapshot.id, status="accomplished"
    )
    condition = watches.ecs_snapshot_done(snapshot.region_id, snapshot.id)
    return Wait(name, condition, Snapshot, foreseen, title="backup accomplished", of=of)


def ecs_snapshot_seen(name: str, snapshot: Ref) -> Wait[Snapshot | None]:
    """Until an ECS snapshot is listed; a list lags behind its making."""
    condition = watches.seen(watches.ECS_SNAPSHOTS, snapshot.region_id, snapshot.id)
    return Wait(name, condition, Snapshot | None, None, title=f"check whether {snapshot} is there")


def swas_snapshot_seen(name: str, snapshot: Ref) -> Wait[Snapshot | None]:
    """Until a SWAS snapshot is listed; a list lags behind its making."""
    condition = watches.seen(watches.SWAS_SNAPSHOTS, snapshot.region_id, snapshot.id)
    return Wait(name, condition, Snapshot | None, None, title=f"check whether {snapshot} is there")


def swas_image_seen(name: str, image: Ref) -> Wait[CustomImage | None]:
    """Until a SWAS custom image is listed; a list lags behind its making."""
    condition = watches.seen(watches.SWAS_IMAGES, image.region_id, image.id)
    return Wait(name, condition, CustomImage | None, None, title=f"check whether {image} is there")


def ecs_image_seen(name: str, image: Ref) -> Wait[EcsImage | None]:
    """Until an ECS image is listed, with the snapshots behind it; a list lags behind its making."""
    condition = watches.seen(watches.ECS_IMAGES, image.region_id, image.id)
    title = "read which snapshots are behind the image"
    return Wait(name, condition, EcsImage | None, None, title=title)


LANDS_WITHIN = 120.0
"""Seconds in which a stop whose effect was not seen yet may still take effect."""


def server_stops(name: str, region_id: str, server_id: str) -> Wait[Server | None]:
    """Until a SWAS server that was told to stop is seen to do so, or has not for a while."""
    condition = replace(watches.settled(watches.SERVERS, region_id, server_id, "Stopped"), leaves="Running")
    return _landing(name, condition, Server, "server seen to stop")


def instance_stops(name: str, region_id: str, instance_id: str) -> Wait[EcsInstance | None]:
    """Until an ECS instance that was told to stop is seen to do so, or has not for a while."""
    condition = replace(
        watches.settled(watches.INSTANCES, region_id, instance_id, "Stopped"), leaves="Running"
    )
    return _landing(name, condition, EcsInstance, "instance seen to stop")


def _landing(name: str, condition: Condition[T | None], record: Any, title: str) -> Wait[T | None]:
    return Wait(name, condition, record | None, None, title=title, timeout=LANDS_WITHIN, bounded=True)


def instance_seen(name: str, region_id: str, instance_id: str) -> Wait[EcsInstance | None]:
    """Until an ECS instance is listed, in whatever state, or is gone."""
    condition = watches.seen(watches.INSTANCES, region_id, instance_id)
    title = f"check whether the instance {instance_id} is there"
    return Wait(name, condition, EcsInstance | None, None, title=title)


def instance_settled(name: str, region_id: str, instance_id: str) -> Wait[EcsInstance | None]:
    """Until an ECS instance is Running or Stopped: before that it cannot be stopped or released."""
    condition = watches.settled(watches.INSTANCES, region_id, instance_id, "Stopped")
    return Wait(name, condition, EcsInstance | None, None, title="instance running or stopped", timeout=1800)


def released(name: str, instance: Ref) -> Wait[EcsInstance | None]:
    """Until an ECS instance is gone: before that its disks hold the snapshots behind its image."""
    condition = watches.instance_gone(instance.region_id, instance.id)
    return Wait(name, condition, EcsInstance | None, None, title="instance released", timeout=1800)


def disk_replaced(name: str, disk: Ref, instance_id: str) -> tuple[Wait[EcsDisk], Wait[EcsInstance]]:
    """Until a system disk replacement is over.

    The new disk is In_use, and no operation locks the instance: the second is what the page of
    ``ReplaceSystemDisk`` names as the end, the first what older text does.
    """
    foreseen = EcsDisk(account_id="", region_id=disk.region_id, id=disk.id, kind="system", status="In_use")
    in_use = Wait(
        f"{name}-disk",
        watches.disk_in_use(disk.region_id, disk.id),
        EcsDisk,
        foreseen,
        title="new disk in use",
        timeout=1800,
    )
    over = stopped(name, disk.region_id, instance_id)
    # Somebody may start it as soon as the replacement is over.
    condition = replace(over.condition, wanted=frozenset({"Stopped", "Starting", "Running"}))
    return in_use, replace(over, condition=condition, title="replacement over")
