"""The verb ``replace_system_disk``: an existing ECS instance gets a new system."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, get_args

from pydantic import BaseModel, ConfigDict

from swaslift.checks import Check
from swaslift.cloud import Cloud
from swaslift.consent import Consent
from swaslift.errors import InvalidArgument
from swaslift.lifecycle.definition import Amendment, Definition
from swaslift.lifecycle.gates import takes_new_disk
from swaslift.lifecycle.land import answers, replace_disk
from swaslift.lifecycle.larger_disk import consents_to_replace, cost_of_replacement
from swaslift.lifecycle.replacement_plan import downtime_of, what_stays
from swaslift.lifecycle.spec import ExistingTarget, Verify
from swaslift.lifecycle.verify_amendment import amend_verify
from swaslift.models import EcsDisk, EcsImage, EcsInstance, Snapshot
from swaslift.planning import landing
from swaslift.planning.costs import Cost
from swaslift.planning.ecs_images import FIELD, check_ecs_image, still_there
from swaslift.planning.expiry import check_share_expiry
from swaslift.planning.plan import refuse_blockers
from swaslift.planning.preparation import Preparation
from swaslift.planning.sheet import Sheet, Shown, facts, titled
from swaslift.runs.effects import Script, ask, gate, until
from swaslift.runs.preview import foresee
from swaslift.targets import ReplaceSystemDisk

TOUCHES = ("reserve", "stop-target", "backup", "replace", "key-pair", "start-target")
"""Steps after which the instance is what it is."""


class ReplaceSpec(BaseModel):
    """What is replaced by what.

    Attributes:
        image: what the new system disk is made from, in the instance's region.
        target: the instance, as the plan found it.
        base: the stem of the names that the run gives.
        verify: what is waited for at the end.
    """

    model_config = ConfigDict(frozen=True, defer_build=True)

    image: EcsImage
    target: ExistingTarget
    base: str
    verify: Verify = "cloud_assistant"


class Replaced(Shown):
    """What a replacement ends with.

    Attributes:
        instance: the instance, as it was when it answered.
        old_disk_id: the system disk that is gone.
        backup: the snapshot of the old system disk; None where none was wanted.
        disk: the new system disk.
        image: what it was made from.
        left: what is left to do by hand.
    """

    instance: EcsInstance
    old_disk_id: str
    backup: Snapshot | None
    disk: EcsDisk
    image: EcsImage
    left: tuple[str, ...] = ()

    def sheet(self) -> Sheet:
        one, disk = self.instance, self.disk
        table = facts(
            ("state", one.status),
            ("address", one.public_ip or one.private_ip),
            ("system disk", f"{disk.id}, {disk.size} GiB"),
            ("made from", titled(self.image)),
            ("old disk", f"{self.old_disk_id} is gone"),
            ("its backup", titled(self.backup) if self.backup else "none"),
        )
        return Sheet(f"{titled(one)} has a new system disk", (table,), self.left)


def replace_system_disk(spec: ReplaceSpec) -> Script[Replaced]:
    """The script of the verb."""
    region, instance_id = spec.target.instance.region_id, spec.target.instance.id
    yield from gate("gate", "ask ECS whether the instance takes the image", lambda c: may_replace(spec, c))
    done = yield from replace_disk(
        spec.target,
        spec.image,
        base=spec.base,
        least_size=spec.image.system_disk_size,
        windows=landing.System.of_image(spec.image).windows,
        own_image=False,
    )
    if spec.verify == "cloud_assistant":
        yield from until(answers(done.instance))
    found = yield from ask(
        "instance",
        lambda c: next(iter(c.ecs.describe_instances(region, ids=[instance_id])), spec.target.instance),
        record=EcsInstance,
        foreseen=spec.target.instance,
    )
    return Replaced(
        instance=found,
        # Without the journal, the plan took the new disk for the old one; the backup is of the old one.
        old_disk_id=(done.backup.disk_id if done.backup else "") or spec.target.disk_id,
        backup=done.backup,
        disk=done.disk,
        image=spec.image,
        left=tuple(_left(spec, done.backup)),
    )


def may_replace(spec: ReplaceSpec, cloud: Cloud) -> list[Check]:
    """Whether the image is still there, and the instance's system can be made from it."""
    image, checks = still_there(cloud, spec.image)
    if checks:
        return checks
    problem = "the image holds data disks; such an image replaces no system disk"
    data_disks = Check(FIELD, image.id, problem, "Use an image of the system disk alone, or launch_instances")
    checks = _plainly(takes_new_disk(image, spec.target, cloud, data_disks=data_disks))
    if image.owner_alias == "others" and image.encrypted:
        problem = "the image is shared and encrypted; a disk from it would need a key of this account"
        checks.append(Check(FIELD, image.id, problem, "Copy the image first, with a key of your own"))
    return checks


def find_target(
    cloud: Cloud, how: ReplaceSystemDisk, image: EcsImage
) -> tuple[ExistingTarget | None, list[Check]]:
    """The instance as it is found, and what stands against it; fields are named as the verb takes them."""
    system = landing.System.of_image(image)
    instance, disk, checks = landing.find_target_instance(cloud, system, how, image.region_id)
    if instance is None or disk is None:
        return None, _plainly(checks)
    return ExistingTarget.of(how, instance, disk), _plainly(checks)


def prepare(
    cloud: Cloud, how: ReplaceSystemDisk, image: EcsImage, *, base: str, verify: Verify
) -> Preparation:
    """Read and check a replacement. Changes nothing."""
    checks = check_ecs_image(image) + check_share_expiry(cloud, image, field=FIELD)
    target, more = find_target(cloud, how, image)
    checks += more
    spec = ReplaceSpec(image=image, target=target, base=base, verify=verify) if target else None
    if spec and not image.foreseen and not any(c.level == "blocker" for c in checks):
        checks += may_replace(spec, cloud)
    cost: Cost | None = None
    consents = [Consent.erase(how.instance)]
    if target and not any(c.level == "blocker" for c in checks):
        cost, more = cost_of_replacement(cloud, target, image.system_disk_size)
        checks += more
        consents = consents_to_replace(target, image.system_disk_size, cost)
    steps = tuple(foresee(lambda: replace_system_disk(spec))) if spec else ()
    return Preparation(
        spec=spec,
        checks=tuple(checks),
        steps=steps,
        consents=tuple(consents),
        cost=cost,
        downtime=downtime_of(target, steps) if target else "none",
        remarks=tuple(_remarks(spec)) if spec else (),
    )


def _plainly(checks: list[Check]) -> list[Check]:
    return [replace(c, field=c.field.removeprefix("target.")) for c in checks]


def _remarks(spec: ReplaceSpec) -> list[str]:
    return [
        *what_stays(spec.target),
        "The new system has its own SSH host keys, users and mounts: those in the image.",
    ]


def _left(spec: ReplaceSpec, backup: Snapshot | None) -> list[str]:
    left = []
    if backup:
        left.append(
            f"The backup {backup.id} of the old system disk is billed; delete it when you are sure. An undo needs it."
        )
    if spec.image.owner_alias == "others":
        left.append(
            f"The new disk was made from {spec.image.id}, which is shared with this account: once it is unshared or "
            "deleted, the disk cannot be re-initialised."
        )
    return left


class ReplaceSystemDisks(Definition[ReplaceSpec, Replaced]):
    """The verb ``replace_system_disk``."""

    name = "replace_system_disk"
    spec = ReplaceSpec
    outcome = Replaced

    def script(self, spec: ReplaceSpec) -> Script[Replaced]:
        return replace_system_disk(spec)

    def amend(
        self, spec: ReplaceSpec, change: Any, cloud: Cloud, begun: Mapping[str, str]
    ) -> Amendment[ReplaceSpec]:
        """Another size, login or backup for the same instance, or another ``verify``."""
        if change in get_args(Verify):
            return amend_verify(spec, change, begun, now=spec.verify, last="target-running")
        if not isinstance(change, ReplaceSystemDisk):
            raise InvalidArgument("amend", change, "not a target", "Give a ReplaceSystemDisk")
        instance = spec.target.instance
        if change.instance != instance.id or change.region not in {None, instance.region_id}:
            raise InvalidArgument(
                "amend.instance",
                change.instance,
                f"the run is about {instance.id} in {instance.region_id}",
                "Start another run for another instance",
            )
        touched = [name for name in TOUCHES if name in begun]
        if touched:
            raise InvalidArgument(
                "amend",
                change,
                f"the instance is being changed already ({', '.join(touched)})",
                "Resume as it is, or undo",
            )
        target, checks = find_target(cloud, change, spec.image)
        refuse_blockers("amend", checks)
        consents = [Consent.erase(instance.id)]
        if target is not None:
            least = spec.image.system_disk_size
            cost, _ = cost_of_replacement(cloud, target, least)
            consents = consents_to_replace(target, least, cost)
        return Amendment(spec.model_copy(update={"target": target}), arguments_of(change), tuple(consents))

    def facts(self, spec: ReplaceSpec, outcome: Replaced | None) -> list[tuple[str, str]]:
        instance, image = spec.target.instance, spec.image
        facts = [
            ("Instance", f"{instance.name} ({instance.id}) in {instance.region_id}"),
            ("Image", f"{image.name} ({image.id})"),
            ("Old disk", f"{outcome.old_disk_id if outcome else spec.target.disk_id}"),
        ]
        if outcome is not None:
            facts.append(("New disk", f"{outcome.disk.id}, {outcome.disk.size} GiB"))
            facts.append(("Backup", outcome.backup.id if outcome.backup else "none"))
        return facts

    def left(self, outcome: Replaced) -> tuple[str, ...]:
        return outcome.left


def arguments_of(how: ReplaceSystemDisk) -> dict[str, Any]:
    """What of a target the journal keeps and compares as arguments."""
    return how.model_dump(mode="json", include={"size", "key_pair", "password", "backup"})
