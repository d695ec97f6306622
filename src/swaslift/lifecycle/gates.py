"""What only ECS can say, asked before the long and the charged part.

Whether a type boots an image can be asked only when ECS sees the image. A gate that finds a blocker
pauses the run; nothing is charged by then, and the target can be amended.
"""

from __future__ import annotations

from swaslift.checks import Check
from swaslift.cloud import Cloud
from swaslift.errors import ApiError, ConfigError, InvalidRequestError, NotFoundError, OutOfStockError
from swaslift.lifecycle.spec import ExistingTarget, is_economical
from swaslift.lifecycle.steps.instances import instance, run_request
from swaslift.models import EcsImage, InstanceType
from swaslift.targets import NewInstance

DRY_RUN_OF_ONE = "DryRun.InvalidAmount"
"""Which amounts a dry run takes is not documented; where it does not take several, one is tried."""

_LEAVE_DATA = Check(
    "data_disks",
    "include",
    "the image holds a data disk; such an image replaces no system disk",
    'Start again with data_disks="leave"',
)


def can_run(
    image: EcsImage,
    target: NewInstance,
    *,
    region_id: str,
    name: str,
    disk_size: int,
    cloud: Cloud,
    count: int = 1,
    min_count: int | None = None,
) -> list[Check]:
    """Whether instances can be run from an image.

    Away from the instances' region only what image and type say of themselves can be compared; the
    gate in that region asks the rest.

    Args:
        image: the image.
        target: the instances to be.
        region_id: where.
        name: their name, where the target has none.
        disk_size: GiB of their system disk, where the target says none.
        cloud: to ask.
        count: how many.
        min_count: how many there must be at least.
    """
    checks = _fits(image, "target.instance_type", target.instance_type, region_id, cloud, change_os=False)
    if checks or image.region_id != region_id:
        return checks

    def dry_run(count: int, min_count: int | None) -> ApiError | None:
        request = run_request(
            target,
            region_id=region_id,
            image_id=image.id,
            name=target.name or name,
            system_disk_size=disk_size,
            tags={},
            data_disks=image.data_disks,
            count=count,
            min_count=min_count,
        )
        return cloud.ecs.dry_run_instances(region_id, request)

    refused = dry_run(count, min_count)
    if refused is not None and refused.code == DRY_RUN_OF_ONE and count > 1:
        refused = dry_run(1, None)
    if refused is None:
        return []
    problem = f"a dry run of RunInstances was refused: {refused.code}: {refused.service_message}"
    if refused.known and isinstance(refused, InvalidRequestError | OutOfStockError | NotFoundError):
        return [Check("target", target.instance_type, problem, refused.hint)]
    # Another target would be refused alike, or nobody knows.
    return [Check("account", cloud.account_id, problem, refused.hint)]


def contradicts(image: EcsImage, type_id: str, *, field: str, region_id: str, cloud: Cloud) -> list[Check]:
    """Whether an instance type and an image say of themselves that they do not go together."""
    known = cloud.ecs.describe_instance_types(region_id, [type_id])
    why = _mismatch(known[0], image) if known else None
    return [Check(field, type_id, why, _remedy(known[0], image))] if why else []


def takes_new_disk(
    image: EcsImage, target: ExistingTarget, cloud: Cloud, *, data_disks: Check = _LEAVE_DATA
) -> list[Check]:
    """Whether an instance's system disk can be replaced by an image.

    Args:
        image: the image.
        target: the instance.
        cloud: to ask.
        data_disks: what is said where the image holds a data disk.
    """
    region_id = target.instance.region_id
    found = instance(cloud, region_id, target.instance.id)
    if found is None:
        return [Check("target.instance", target.instance.id, "the instance is gone", "Choose another target")]
    if image.data_disks:
        return [data_disks]
    checks = _fits(image, "target.instance", found.instance_type, region_id, cloud, change_os=True)
    if found.locks:
        locks = ", ".join(found.locks)
        checks.append(
            Check("target.instance", found.id, f"the instance is locked ({locks})", "Lift the lock")
        )
    return checks


def is_as_planned(target: ExistingTarget, cloud: Cloud) -> list[Check]:
    """Whether the instance still is what the plan showed: its disk is about to be destroyed."""
    region_id, field = target.instance.region_id, "target.instance"
    found = instance(cloud, region_id, target.instance.id)
    if found is None:
        return [Check(field, target.instance.id, "the instance is gone", "Amend or undo the run")]
    checks = []
    disk = next(iter(cloud.ecs.describe_disks(region_id, instance_id=found.id, kind="system")), None)
    if disk is None or disk.id != target.disk_id:
        now = disk.id if disk else "none"
        problem = f"its system disk is {now} and was {target.disk_id} when the plan was made"
        checks.append(Check(field, found.id, problem, "If that is right, amend the run with the same target"))
    if found.locks:
        checks.append(Check(field, found.id, f"it is locked ({', '.join(found.locks)})", "Lift the lock"))
    if found.status not in {"Running", "Stopped"}:
        checks.append(Check(field, found.id, f"it is {found.status}", "Wait until it is Running or Stopped"))
    elif is_economical(found) and not target.economical:
        problem = (
            "it was stopped in economical mode since the plan was made: a start can be refused for want of stock, "
            "and its public address was released"
        )
        checks.append(Check(field, found.id, problem, "Start it, or amend the run with the same target"))
    if target.how.password is not None:
        try:
            target.how.password.resolve()
        except ConfigError as error:
            checks.append(Check("target.password", target.how.password.reference, str(error), "Set it"))
    return checks


def _fits(
    image: EcsImage, field: str, type_id: str, region_id: str, cloud: Cloud, *, change_os: bool
) -> list[Check]:
    known = cloud.ecs.describe_instance_types(region_id, [type_id])
    why = _mismatch(known[0], image) if known else None
    if image.region_id != region_id:
        return [Check(field, type_id, why, _remedy(known[0], image))] if why else []
    supported = cloud.ecs.describe_image_support_instance_types(
        image.region_id, image.id, change_os=change_os
    )
    if type_id in supported:
        return []
    boot = f" (boot mode of the image: {image.boot_mode})" if image.boot_mode else ""
    others = ", ".join(sorted(supported)[:6]) or "none"
    return [
        Check(
            field,
            type_id,
            (why or "ECS does not list the type among those that can boot the image") + boot,
            _remedy(known[0], image, others) if known else f"Types that can: {others}",
        )
    ]


def _remedy(kind: InstanceType, image: EcsImage, others: str = "") -> str:
    choice = f"Types that can: {others}" if others else "Choose another type"
    if kind.nvme_support != "required" or image.nvme_support != "unsupported" or image.owner_alias != "self":
        return choice
    return (
        f"{choice}. If its system has an NVMe driver, the image may only have lost the mark, as copies do: set it, "
        "ModifyImageAttribute with Features.NvmeSupport=supported"
    )


def _mismatch(kind: InstanceType, image: EcsImage) -> str | None:
    if (kind.architecture == "ARM") != (image.architecture == "arm64"):
        return f"the type is {kind.architecture}, the image {image.architecture}"
    if kind.nvme_support == "required" and image.nvme_support == "unsupported":
        return "the type has only NVMe disks, and the image is not marked as able to use them"
    return None
