"""The verb ``migrate_to_ecs``: a server's disks become an ECS instance.

The whole of it, in order: snapshots, custom image, share, a gate that asks ECS, an image of the
account's own, a gate where the instance will be, the instance, its answer, and tidying up. The source
server is read and its disks are snapshotted; nothing else is done to it.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from swaslift.checks import Check
from swaslift.cloud import Cloud
from swaslift.errors import ConflictError
from swaslift.lifecycle.capture import capture
from swaslift.lifecycle.gates import can_run, takes_new_disk
from swaslift.lifecycle.land import land
from swaslift.lifecycle.own_image import Copies, own_image
from swaslift.lifecycle.share import share_to_ecs
from swaslift.lifecycle.spec import ExistingTarget, MigrationSpec
from swaslift.lifecycle.steps import CreateImage
from swaslift.lifecycle.steps.instances import instance
from swaslift.lifecycle.tidy import tidy
from swaslift.lifecycle.waits import image_usable
from swaslift.models import EcsDisk, EcsImage, EcsInstance
from swaslift.runs.effects import Ref, Script, ask, do, gate, until

_NO_DISKS: list[EcsDisk] = []


class Migrated(BaseModel):
    """What a migration ends with.

    Attributes:
        instance: the instance, as it was when it answered.
        disks: its disks.
        image: the ECS image that the instance was made from, or that was made from it.
        left: what is left to do by hand.
    """

    model_config = ConfigDict(frozen=True, defer_build=True)

    instance: EcsInstance
    disks: tuple[EcsDisk, ...]
    image: EcsImage
    left: tuple[str, ...] = ()


def migrate(spec: MigrationSpec) -> Script[Migrated]:
    """The script of the verb."""
    captured = yield from capture(spec.server, base=spec.base, with_data_disk=spec.takes_data_disk)
    shared = yield from share_to_ecs(captured.image, size=captured.record.system_disk_size)
    yield from gate("gate", _what_is_asked(spec), lambda c: _can_land(spec, shared, c))
    owned = None
    if spec.own_image:
        copy = Copies(spec.base, frozenset({spec.target_region}), spec.image_name)
        owned = yield from own_image(shared, to_region=spec.target_region, copy=copy)
    image = owned.image if owned else shared
    if spec.crosses:
        yield from gate("gate-there", _what_is_asked_there(spec), lambda c: _can_land(spec, image, c))
    landed = yield from land(spec, image)
    if owned is None and spec.own_image:
        image = yield from _image_from(spec, landed)
    yield from tidy(spec.keep, captured, owned)
    final = yield from ask(
        "instance",
        lambda c: _there(instance(c, landed.region_id, landed.id)),
        record=EcsInstance,
        foreseen=EcsInstance(account_id="", region_id=landed.region_id, id=landed.id),
    )
    disks = yield from ask(
        "disks",
        lambda c: list(c.ecs.describe_disks(landed.region_id, instance_id=landed.id)),
        record=list[EcsDisk],
        foreseen=_NO_DISKS,
    )
    return Migrated(
        instance=final,
        disks=tuple(disks),
        image=image,
        left=_left(spec, captured.image, built_from_share=owned is None),
    )


def _what_is_asked(spec: MigrationSpec) -> str:
    if not spec.crosses:
        return "ask ECS whether the target takes the image"
    return (
        f"compare the image with the target; what only ECS in {spec.target_region} can say is asked after the "
        "copies (gate-there)"
    )


def _what_is_asked_there(spec: MigrationSpec) -> str:
    asked = (
        "whether the instance takes the image"
        if isinstance(spec.target, ExistingTarget)
        else "quotas, stock and a dry run"
    )
    return f"ask ECS in {spec.target_region}: {asked}; it can be asked there only now, after the copies"


def _can_land(spec: MigrationSpec, image: EcsImage, cloud: Cloud) -> list[Check]:
    if isinstance(spec.target, ExistingTarget):
        return takes_new_disk(image, spec.target, cloud)
    return can_run(
        image,
        spec.target.how,
        region_id=spec.target_region,
        name=spec.base,
        disk_size=spec.image_disk_size,
        cloud=cloud,
    )


def _there(found: EcsInstance | None) -> EcsInstance:
    if found is None:
        raise ConflictError(
            "the instance is not listed any more",
            action="DescribeInstances",
            code="Vanished",
            http_status=200,
            hint="It was there a moment ago; look at it in the console, then resume.",
        )
    return found


def _image_from(spec: MigrationSpec, landed: Ref) -> Script[EcsImage]:
    made = yield from do(
        CreateImage(
            name="image-from-instance",
            region_id=landed.region_id,
            instance_id=landed.id,
            base=spec.base,
            exact_name=spec.image_name,
        )
    )
    return (yield from until(image_usable("image-from-instance-usable", made, of="image-from-instance")))


def _left(spec: MigrationSpec, swas_image: Ref, *, built_from_share: bool) -> tuple[str, ...]:
    server = spec.server
    left = [
        f"Point DNS and clients from {server.public_ip or server.name} to the instance.",
        (
            f"The server {server.name} ({server.id}) still runs as before: its scheduled jobs, queue workers and "
            "credentials now exist twice. Stop it, or what it runs, when the instance has taken over."
        ),
        "The firewall rules of the server were not carried over; check the security group.",
    ]
    if spec.server.data_disks and not spec.takes_data_disk:
        left.append("The data disk was left out; copy its data by other means.")
    elif spec.takes_data_disk:
        left.append("Check that the data disk is mounted: device names may differ on ECS.")
    if built_from_share:
        left.append(
            f"The instance's disks were made from the shared SWAS image {swas_image.id}, which is kept and shared. "
            "Once it is unshared or goes with its server, those disks cannot be re-initialised."
        )
    if isinstance(spec.target, ExistingTarget) and spec.target.how.backup:
        left.append("The backup snapshot of the old system disk is billed; delete it when you are sure.")
    return tuple(left)
