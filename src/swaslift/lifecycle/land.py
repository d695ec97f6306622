"""From an image to a running instance: a new one, or an existing one with a new system disk."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count

from swaslift.cloud import Cloud
from swaslift.errors import ApiError
from swaslift.lifecycle.gates import is_as_planned, takes_new_disk
from swaslift.lifecycle.spec import ExistingTarget, MigrationSpec, NewTarget, is_economical
from swaslift.lifecycle.steps import (
    AttachKeyPair,
    BackUpDisk,
    DeleteEcsSnapshot,
    ReplaceDisk,
    RunInstance,
    StartInstance,
    StopInstance,
)
from swaslift.lifecycle.steps.instances import instance as find_instance
from swaslift.lifecycle.steps.replacement import ECONOMICAL, STARTED
from swaslift.lifecycle.waits import disk_replaced, ecs_snapshot, instance_settled, running, stopped
from swaslift.models import EcsDisk, EcsImage, Snapshot
from swaslift.redaction import hide
from swaslift.runs.changing import ANY, turn
from swaslift.runs.effects import Script, Wait, ask, attempt, do, gate, pause, until, until_both
from swaslift.runs.step import Ref, Refused
from swaslift.waiting import watches

_NO_DISKS: list[EcsDisk] = []


@dataclass(frozen=True)
class Landed:
    """An instance that came to life, its disks, and the backup of a system disk that it had before."""

    instance: Ref
    disks: list[EcsDisk]
    backup: Snapshot | None = None


def land(spec: MigrationSpec, image: EcsImage) -> Script[Landed]:
    """Bring the image to life on the target, and wait until it answers."""
    backup: Snapshot | None = None
    if isinstance(spec.target, ExistingTarget):
        replaced = yield from replace_disk(
            spec.target,
            image,
            base=spec.base,
            least_size=spec.image_disk_size,
            windows=spec.server.os_type == "Windows",
        )
        instance, backup = replaced.instance, replaced.backup
    else:
        instance = yield from run_instance(
            spec.target,
            image,
            region_id=spec.target_region,
            name=spec.base,
            disk_size=spec.image_disk_size,
        )
    # Before the wait: the disks are billed by now, and a run that pauses there tells of them.
    disks = yield from disks_of(instance)
    if spec.verify == "cloud_assistant":
        yield from until(answers(instance))
    return Landed(instance, disks, backup)


def disks_of(instance: Ref) -> Script[list[EcsDisk]]:
    """The disks of an instance, which are billed with it."""
    return (
        yield from ask(
            "disks",
            lambda c: list(c.ecs.describe_disks(instance.region_id, instance_id=instance.id)),
            record=list[EcsDisk],
            foreseen=_NO_DISKS,
        )
    )


def run_instance(
    target: NewTarget, image: EcsImage, *, region_id: str, name: str, disk_size: int
) -> Script[Ref]:
    """Run an instance, and wait until it is Running.

    Args:
        target: the instance to be.
        image: what it boots from.
        region_id: where.
        name: its name, where the target has none.
        disk_size: GiB of its system disk, where the target says none.
    """
    made = yield from do(
        RunInstance(
            name="run",
            region_id=region_id,
            image_id=image.id,
            target=target.how,
            instance_name=target.how.name or name,
            system_disk_size=disk_size,
            data_disks=image.data_disks,
            quote=target.quote,
        )
    )
    yield from until(running("running", region_id, made.id, of="run"))
    return made


@dataclass(frozen=True)
class DiskReplaced:
    """An instance on a new system disk, and the backup of the old one."""

    instance: Ref
    disk: EcsDisk
    backup: Snapshot | None


def replace_disk(
    target: ExistingTarget,
    image: EcsImage,
    *,
    base: str,
    least_size: int,
    windows: bool,
    own_image: bool = True,
) -> Script[DiskReplaced]:
    """Stop an instance, back its system disk up, replace it, and start the instance again.

    Args:
        target: the instance, as the plan found it.
        image: what it is to boot from.
        base: the stem of names.
        least_size: GiB of the new disk, at least.
        windows: whether the new system is Windows.
        own_image: whether the run itself made the image.
    """
    region, instance_id = target.instance.region_id, target.instance.id
    yield from gate(
        "gate-target",
        "look at the target once more before it is stopped",
        lambda c: is_as_planned(target, c) or takes_new_disk(image, target, c),
    )
    size = target.new_size(least_size)
    step = ReplaceDisk(
        name="replace",
        region_id=region,
        instance_id=instance_id,
        image_id=image.id,
        old_disk_id=target.disk_id,
        size=size,
        old_size=target.disk_size,
        password=target.how.password,
        base=base,
        own_image=own_image,
    )
    snapshot, disk = yield from _replaced(target, step, base=base)
    in_use, _ = yield from until_both(*disk_replaced("replaced", disk, instance_id))
    # Windows takes no key pair, whatever the old system had.
    inherited = "" if windows else target.instance.key_pair
    key_pair = target.how.key_pair or inherited
    if key_pair and target.how.password is None:
        yield from do(
            AttachKeyPair(name="key-pair", region_id=region, instance_id=instance_id, key_pair=key_pair)
        )
    yield from do(
        StartInstance(
            name="start-target",
            region_id=region,
            instance_id=instance_id,
            restores=target.instance.status != "Stopped" or target.economical,
            disk_id=disk.id,
        )
    )
    yield from until(running("target-running", region, instance_id, sent_by="start-target"))
    found = Ref(kind="ecs.instance", id=instance_id, region_id=region, name=target.instance.name)
    return DiskReplaced(found, in_use, snapshot)


def _replaced(target: ExistingTarget, step: ReplaceDisk, *, base: str) -> Script[tuple[Snapshot | None, Ref]]:
    snapshot: Snapshot | None = None
    for number in count(1):
        snapshot, disk = yield from turn(number, _back_up_and_replace(target, step, snapshot, base=base))
        if disk is not None:
            return snapshot, disk
    raise AssertionError("unreachable")


def _back_up_and_replace(
    target: ExistingTarget, step: ReplaceDisk, older: Snapshot | None, *, base: str
) -> Script[tuple[Snapshot | None, Ref | None]]:
    """Stop, back up and replace; the backup and the new disk, or None where all has to be done again.

    Args:
        target: the instance.
        step: the replacement, without its backup.
        older: the backup of the turn before, which holds less than what is on the disk.
        base: the stem of names.
    """
    region, instance_id = step.region_id, step.instance_id
    yield from _reserve(target)
    yield from do(StopInstance(name="stop-target", region_id=region, instance_id=instance_id))
    yield from until(stopped("target-stopped", region, instance_id, sent_by="stop-target"))
    backup: Ref | None = None
    snapshot: Snapshot | None = None
    if target.how.backup:
        backup = yield from do(
            BackUpDisk(name="backup", region_id=region, disk_id=target.disk_id, base=f"{base}-backup")
        )
        snapshot = yield from until(ecs_snapshot("backup-done", backup, of="backup"))
    if older is not None:
        ref = Ref(kind="ecs.snapshot", id=older.id, region_id=region, name=older.name)
        yield from attempt(DeleteEcsSnapshot(name="older", ref=ref), ANY)
    backed_up_at = snapshot.created_at if snapshot else None
    step = step.model_copy(update={"backup": backup, "backed_up_at": backed_up_at})
    disk = yield from attempt(step, declines=(STARTED, ECONOMICAL))
    if not isinstance(disk, Refused):
        return snapshot, disk
    more = "backed up anew, and its disk is replaced" if backup else "and its disk is replaced"
    remedy = f"see that nobody needs it, then resume: it is stopped once more, {more}; or undo the run"
    yield from pause("told", disk.message, remedy)
    return snapshot, None


def _reserve(target: ExistingTarget) -> Script[None]:
    """Start an instance that was stopped in economical mode, while it still has its old disk.

    It has given back its resources, and a start can be refused for want of stock. Stopped again by the run,
    it keeps them.
    """
    region, instance_id = target.instance.region_id, target.instance.id

    def look(cloud: Cloud) -> bool:
        found = find_instance(cloud, region, instance_id)
        return found is not None and is_economical(found)

    if not (yield from ask("economical", look, record=bool, foreseen=target.economical)):
        return
    yield from until(instance_settled("reserved-settled", region, instance_id))
    yield from do(StartInstance(name="reserve", region_id=region, instance_id=instance_id, reserves=True))
    yield from until(running("reserved", region, instance_id, sent_by="reserve"))


def answers(instance: Ref, *, if_late: str | None = None) -> Wait[str]:
    """Running is not booted: the agent inside has to be heard. If it is not, the console tells why.

    Args:
        instance: which.
        if_late: the outcome where it is not heard in time; without it, that pauses the run.
    """

    def console(cloud: Cloud) -> str:
        try:
            text = cloud.ecs.get_instance_console_output(instance.region_id, instance.id)
        except ApiError as error:
            return f"The console output cannot be read ({error.code})."
        tail = "\n".join(text.strip().splitlines()[-15:])
        return f"End of the console output of {instance.id}:\n{hide(tail)}"

    return Wait(
        "answers",
        watches.instance_answers(instance.region_id, instance.id),
        str,
        "alive",
        title="instance answers (Cloud Assistant)",
        timeout=900,
        evidence=console,
        remedy=(
            "the instance runs, and its Cloud Assistant agent is silent: log in, or read its console output. Resume to "
            "wait again, or, if it does what it should, go on without the agent: "
            'lift.runs.resume({run!r}, amend="running"); in a terminal swaslift resume {run} --verify running'
        ),
        if_late=if_late,
    )
