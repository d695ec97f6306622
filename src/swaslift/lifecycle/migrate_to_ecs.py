"""The verb ``migrate_to_ecs``: a server's disks become an ECS instance.

The whole of it, in order: snapshots, custom image, share, a gate that asks ECS, an image of the
account's own, a gate where the instance will be, the instance, its answer, and tidying up. The source
server is read and its disks are snapshotted; nothing else is done to it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from pydantic import BaseModel, ConfigDict

from swaslift.checks import Check
from swaslift.cloud import Cloud
from swaslift.errors import ConflictError
from swaslift.lifecycle.capture import Captured, capture
from swaslift.lifecycle.gates import can_run, contradicts, takes_new_disk
from swaslift.lifecycle.into import hand_on, withdraw
from swaslift.lifecycle.land import land
from swaslift.lifecycle.own_image import Copies, Owned, own_image
from swaslift.lifecycle.share import kept_shared, share_to_ecs
from swaslift.lifecycle.spec import ExistingTarget, MigrationSpec
from swaslift.lifecycle.steps import CreateImage
from swaslift.lifecycle.steps.instances import instance
from swaslift.lifecycle.tidy import still_billed, tidy
from swaslift.lifecycle.waits import image_usable
from swaslift.models import EcsDisk, EcsImage, EcsInstance, Server, Snapshot
from swaslift.runs.effects import Script, ask, do, gate, until
from swaslift.runs.elsewhere import elsewhere
from swaslift.runs.step import Ref

T = TypeVar("T")


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
    shared = yield from share_to_ecs(captured.image, like=captured.record)
    yield from gate("gate", _what_is_asked(spec), lambda c: _can_share(spec, shared, c))
    owned = yield from _kept(_own_image(spec, shared), shared, captured)
    image = owned.image if owned else shared
    if spec.crosses and spec.into is None:
        yield from gate("gate-there", _what_is_asked_there(spec), lambda c: _can_land(spec, image, c))
    if owned is not None and spec.into is not None:
        handed = yield from hand_on(
            owned, spec.into, copy=_copies(spec), look=lambda i, c: _can_land(spec, i, c)
        )
        image = handed.image
    landed = yield from elsewhere(spec.into, _kept(land(spec, image), shared, captured))
    if owned is None and spec.own_image:
        image = yield from _image_from(spec, landed.instance)
    left: list[str] = []
    if owned is not None and spec.into is not None:
        one = yield from withdraw(owned, spec.into, keep="copies" in spec.keep)
        left += [still_billed(one)] if one else []
    left += yield from tidy(spec.keep, captured, shared, owned)
    final = yield from elsewhere(spec.into, _look_at(landed.instance))
    return Migrated(
        instance=final,
        disks=tuple(landed.disks),
        image=image,
        left=(
            *_left(spec, captured.image, landed.backup, built_from_share=owned is None),
            *left,
        ),
    )


def _kept(script: Script[T], shared: EcsImage, captured: Captured) -> Script[T]:
    """The same script, sharing the image again where somebody has withdrawn it."""
    return kept_shared(script, shared, captured.image, like=captured.record)


def _what_is_asked(spec: MigrationSpec) -> str:
    if spec.into is not None:
        return (
            f"compare the image with the target; what only ECS of account {spec.into} can say is asked there "
            "(gate-there)"
        )
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


def _own_image(spec: MigrationSpec, shared: EcsImage) -> Script[Owned | None]:
    if not spec.own_image:
        return None
    copy = _copies(spec)
    if spec.into is not None:
        # It is only a way to the other account: the name is for the image there, and what the service
        # encrypts with its own key could not be shared.
        copy = replace(copy, name=None, fallbacks=())
    return (yield from own_image(shared, to_region=spec.target_region, copy=copy))


def _copies(spec: MigrationSpec) -> Copies:
    return Copies(spec.base, frozenset({spec.target_region}), spec.image_name)


def _look_at(where: Ref) -> Script[EcsInstance]:
    return (
        yield from ask(
            "instance",
            lambda c: _there(instance(c, where.region_id, where.id)),
            record=EcsInstance,
            foreseen=EcsInstance(account_id="", region_id=where.region_id, id=where.id),
        )
    )


def _can_share(spec: MigrationSpec, image: EcsImage, cloud: Cloud) -> list[Check]:
    """What can be asked in the server's account: in another one only what the two say of themselves."""
    if spec.into is None:
        return _can_land(spec, image, cloud)
    if isinstance(spec.target, ExistingTarget):
        field, type_id = "target.instance", spec.target.instance.instance_type
    else:
        field, type_id = "target.instance_type", spec.target.how.instance_type
    return contradicts(image, type_id, field=field, region_id=spec.target_region, cloud=cloud)


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


def _twice(server: Server) -> str:
    if server.status == "Stopped":
        return (
            f"The server {server.name} ({server.id}) was stopped when it was read, and nothing was done to it: its "
            "scheduled jobs, queue workers and credentials run on the instance. Do not start it beside that."
        )
    return (
        f"The server {server.name} ({server.id}) still runs as before: its scheduled jobs, queue workers and "
        "credentials now exist twice. Stop it, or what it runs, when the instance has taken over."
    )


def left_behind(server: Server) -> str:
    """The data disks that a migration does not take along, with their sizes."""
    disks = ", ".join(f"{d.id} ({d.size} GiB)" for d in server.data_disks)
    return f"Left behind on the server: the data {'disks' if len(server.data_disks) > 1 else 'disk'} {disks}"


def _left(
    spec: MigrationSpec, swas_image: Ref, backup: Snapshot | None, *, built_from_share: bool
) -> tuple[str, ...]:
    server = spec.server
    left = [
        f"Point DNS and clients from {server.public_ip or server.name} to the instance.",
        _twice(server),
        "The firewall rules of the server were not carried over; check the security group.",
    ]
    if spec.server.data_disks and not spec.takes_data_disk:
        left.append(f"{left_behind(spec.server)}; copy its data by other means.")
    elif spec.takes_data_disk:
        left.append("Check that the data disk is mounted: device names may differ on ECS.")
    if built_from_share:
        left.append(
            f"The instance's disks were made from the shared SWAS image {swas_image.id}, which is kept and shared. "
            "Once it is unshared or goes with its server, those disks cannot be re-initialised."
        )
    if spec.into is not None:
        left.append(f"The instance and its image belong to account {spec.into}, and are billed there.")
    if backup is not None:
        left.append(
            f"The backup {backup.id} of the old system disk is billed; delete it when you are sure. An undo needs it."
        )
    return tuple(left)
