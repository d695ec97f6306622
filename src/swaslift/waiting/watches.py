"""How each kind of resource is looked at: one call for many ids wherever the action allows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from itertools import islice
from typing import TypeVar, cast

from swaslift.cloud import Cloud
from swaslift.errors import NotFoundError
from swaslift.models import (
    CustomImage,
    EcsDisk,
    EcsImage,
    EcsInstance,
    InvocationResult,
    Server,
    Snapshot,
)
from swaslift.waiting import states
from swaslift.waiting.conditions import Condition, Watch

T = TypeVar("T")

# SWAS documents 10 calls a minute for each List action in older pages, 1000 in newer ones; six
# seconds between two looks stay within both.
SWAS_FLOOR = 6.0


def _servers(cloud: Cloud, region_id: str, ids: Sequence[str]) -> Mapping[str, Server]:
    return {s.id: s for s in cloud.swas.list_instances(region_id, ids=ids, patient=False)}


def _swas_snapshots(cloud: Cloud, region_id: str, ids: Sequence[str]) -> Mapping[str, Snapshot]:
    return {s.id: s for s in cloud.swas.list_snapshots(region_id, ids=ids, patient=False)}


def _swas_images(cloud: Cloud, region_id: str, ids: Sequence[str]) -> Mapping[str, CustomImage]:
    return {i.id: i for i in cloud.swas.list_custom_images(region_id, ids=ids, patient=False)}


def _ecs_images(cloud: Cloud, region_id: str, ids: Sequence[str]) -> Mapping[str, EcsImage]:
    """``DescribeImages`` takes one id; for several, the account's own images are paged through.

    What is not among them (another account's, or not listed yet) is asked for by its id.
    """
    found: dict[str, EcsImage] = {}
    if len(ids) > 1:
        wanted = set(ids)
        images = cloud.ecs.describe_images(region_id, owner="self", only=wanted, patient=False)
        found = {i.id: i for i in images}
    for image_id in ids:
        if image_id not in found:
            one = islice(cloud.ecs.describe_images(region_id, image_id=image_id, patient=False), 1)
            found |= {i.id: i for i in one}
    return found


def _ecs_snapshots(cloud: Cloud, region_id: str, ids: Sequence[str]) -> Mapping[str, Snapshot]:
    return {s.id: s for s in cloud.ecs.describe_snapshots(region_id, ids=ids, patient=False)}


def _disks(cloud: Cloud, region_id: str, ids: Sequence[str]) -> Mapping[str, EcsDisk]:
    return {d.id: d for d in cloud.ecs.describe_disks(region_id, ids=ids, patient=False)}


def _instances(cloud: Cloud, region_id: str, ids: Sequence[str]) -> Mapping[str, EcsInstance]:
    return {i.id: i for i in cloud.ecs.describe_instances(region_id, ids=ids, patient=False)}


def _heartbeats(cloud: Cloud, region_id: str, ids: Sequence[str]) -> Mapping[str, str]:
    alive = cloud.ecs.cloud_assistant_alive(region_id, ids, patient=False)
    return {i: "alive" if i in alive else "silent" for i in ids}


def _commands(cloud: Cloud, region_id: str, ids: Sequence[str]) -> Mapping[str, InvocationResult]:
    """``DescribeInvocationResult`` takes one command in one server: an id here is ``server/invocation``."""
    found = {}
    for both in ids:
        server_id, _, invoke_id = both.partition("/")
        with suppress(NotFoundError):
            found[both] = cloud.swas.describe_invocation_result(
                region_id, server_id, invoke_id, patient=False
            )
    return found


SERVERS = Watch(states.SWAS_SERVER, _servers, lambda s: s.status, floor=SWAS_FLOOR)
SWAS_SNAPSHOTS = Watch(
    states.SWAS_SNAPSHOT, _swas_snapshots, lambda s: s.status, lambda s: s.progress, floor=SWAS_FLOOR
)
SWAS_IMAGES = Watch(states.SWAS_IMAGE, _swas_images, lambda i: i.status, floor=SWAS_FLOOR)
# A look at several costs a page of all own images, and what is looked for takes many minutes.
ECS_IMAGES = Watch(states.ECS_IMAGE, _ecs_images, lambda i: i.status, lambda i: i.progress, floor=5.0)
ECS_SNAPSHOTS = Watch(states.ECS_SNAPSHOT, _ecs_snapshots, lambda s: s.status, lambda s: s.progress)
DISKS = Watch(states.ECS_DISK, _disks, lambda d: d.status)
INSTANCES = Watch(states.ECS_INSTANCE, _instances, lambda i: i.status)
HEARTBEATS = Watch(
    states.States("ecs.cloud_assistant", frozenset({"silent"}), frozenset({"alive"}), frozenset(), 60.0),
    _heartbeats,
    lambda state: state,
    batch=50,
    floor=5.0,
)


SERVER_COMMANDS = Watch(states.SWAS_COMMAND, _commands, lambda r: r.status, floor=SWAS_FLOOR)


def _moments(cloud: Cloud, _region_id: str, ids: Sequence[str]) -> Mapping[str, str]:
    now = cloud.clock.monotonic()
    return {i: "come" if now >= float(i) else "to come" for i in ids}


MOMENTS = Watch(
    states.States("moment", frozenset({"to come"}), frozenset({"come"}), frozenset(), 60.0),
    _moments,
    lambda state: state,
    floor=5.0,
)


def moment(at: float) -> Condition[str]:
    """A moment of this process has come, in the clock's monotonic seconds; no call is made for it."""
    return Condition(MOMENTS, "", repr(at))


def server_running(region_id: str, server_id: str) -> Condition[Server]:
    """A SWAS server is ``Running``: started, which is not yet booted."""
    return Condition(SERVERS, region_id, server_id)


def server_stopped(region_id: str, server_id: str) -> Condition[Server]:
    """A SWAS server is ``Stopped``."""
    return Condition(SERVERS, region_id, server_id, wanted=frozenset({"Stopped"}))


def server_command_over(region_id: str, server_id: str, invoke_id: str) -> Condition[InvocationResult]:
    """A command in a server has ended, well or not."""
    ends = states.SWAS_COMMAND.success | states.SWAS_COMMAND.failure
    return Condition(
        SERVER_COMMANDS, region_id, f"{server_id}/{invoke_id}", wanted=ends, fails_on=frozenset()
    )


def swas_snapshot_done(region_id: str, snapshot_id: str, *, known: bool = False) -> Condition[Snapshot]:
    """A SWAS snapshot is ``Accomplished``; ``known``: it was seen before."""
    return Condition(SWAS_SNAPSHOTS, region_id, snapshot_id, known=known)


def swas_image_available(region_id: str, image_id: str) -> Condition[CustomImage]:
    """A SWAS custom image is available (status 1)."""
    return Condition(SWAS_IMAGES, region_id, image_id)


def ecs_image_usable(region_id: str, image_id: str) -> Condition[EcsImage]:
    """An ECS image is ``Available`` and usable.

    Usable turns true later than the status (terraform-provider-alicloud#10176).
    """
    return Condition(ECS_IMAGES, region_id, image_id, also=lambda i: i.usable is not False)


def ecs_snapshot_done(region_id: str, snapshot_id: str) -> Condition[Snapshot]:
    """An ECS snapshot is ``accomplished``; its ``Available`` flag may be true before that."""
    return Condition(ECS_SNAPSHOTS, region_id, snapshot_id)


def disk_in_use(region_id: str, disk_id: str) -> Condition[EcsDisk]:
    """A cloud disk is ``In_use``."""
    return Condition(DISKS, region_id, disk_id)


def instance_running(region_id: str, instance_id: str) -> Condition[EcsInstance]:
    """An ECS instance is ``Running``: started, which is not yet booted."""
    return Condition(INSTANCES, region_id, instance_id)


def instance_stopped(region_id: str, instance_id: str) -> Condition[EcsInstance]:
    """An ECS instance is ``Stopped`` and no operation locks it."""
    return Condition(
        INSTANCES, region_id, instance_id, wanted=frozenset({"Stopped"}), also=lambda i: not i.locks
    )


def instance_gone(region_id: str, instance_id: str) -> Condition[EcsInstance | None]:
    """An ECS instance is no longer listed; its disks go with it."""
    return Condition(_perhaps(INSTANCES), region_id, instance_id, gone=True)


def _perhaps(watch: Watch[T]) -> Watch[T | None]:
    """The same watch, where a wait may end without a record."""
    return cast("Watch[T | None]", watch)


def settled(watch: Watch[T], region_id: str, resource_id: str, *more: str) -> Condition[T | None]:
    """A resource is in a state that does not change by itself, good or bad, or is gone.

    Args:
        watch: its kind.
        region_id: where.
        resource_id: which.
        more: further states that count.
    """
    states = watch.states
    return Condition(
        _perhaps(watch),
        region_id,
        resource_id,
        wanted=states.success | states.failure | frozenset(more),
        fails_on=frozenset(),
        or_gone=True,
    )


def seen(watch: Watch[T], region_id: str, resource_id: str) -> Condition[T | None]:
    """A resource is listed, in whatever state, or is gone."""
    return Condition(_perhaps(watch), region_id, resource_id, seen=True, or_gone=True)


def instance_answers(region_id: str, instance_id: str) -> Condition[str]:
    """The Cloud Assistant agent inside an instance was heard: it has booted."""
    return Condition(HEARTBEATS, region_id, instance_id)
