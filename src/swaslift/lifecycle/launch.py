"""The verb ``launch_instances``: an ECS image comes to life on new instances.

They are run by one call, which a token makes happen once. Then each is waited for on its own: one that
disappears before it runs, and one whose agent stays silent, is named in the result and stops no other.
"""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict

from swaslift.checks import Check
from swaslift.cloud import Cloud
from swaslift.lifecycle.gates import can_run
from swaslift.lifecycle.land import answers, disks_of
from swaslift.lifecycle.spec import Verify
from swaslift.lifecycle.steps import DeleteInstance, RunInstances
from swaslift.lifecycle.waits import running
from swaslift.models import EcsImage, EcsInstance
from swaslift.planning.costs import Quote
from swaslift.planning.ecs_images import still_there
from swaslift.planning.sheet import Sheet, Shown, Table, first_line, titled
from swaslift.runs.effects import Failed, Script, ask, do, fork_tolerant, gate, until
from swaslift.runs.step import Ref
from swaslift.targets import NewInstance
from swaslift.wording import counted

SILENT = "silent"


class LaunchSpec(BaseModel):
    """What is launched.

    Attributes:
        image: what they boot from, in their region.
        target: the instances to be.
        count: how many.
        min_count: how many there must be at least, where fewer will do.
        base: their name, where the target has none.
        verify: what is waited for.
        quote: what they were to cost; None where the service quoted no price.
    """

    model_config = ConfigDict(frozen=True, defer_build=True)

    image: EcsImage
    target: NewInstance
    count: int
    min_count: int | None = None
    base: str
    verify: Verify = "cloud_assistant"
    quote: Quote | None = None

    @property
    def disk_size(self) -> int:
        """GiB of the image's system disk; 20 where it is not known yet."""
        return self.image.system_disk_size or 20


class Lost(BaseModel):
    """An instance that was made and did not come up.

    Attributes:
        id: of the instance.
        reason: why it counts as lost.
    """

    model_config = ConfigDict(frozen=True, defer_build=True)

    id: str
    reason: str


class Launched(Shown):
    """What a launch ends with.

    Attributes:
        instances: the instances that run, as they are now.
        silent: ids of those among them whose Cloud Assistant agent was not heard in time.
        lost: those that were made and disappeared before they ran.
        short: how many fewer were made than asked for, because the stock was short.
        image: what they were made from.
        left: what is left to do by hand.
    """

    instances: tuple[EcsInstance, ...]
    silent: tuple[str, ...] = ()
    lost: tuple[Lost, ...] = ()
    short: int = 0
    image: EcsImage
    left: tuple[str, ...] = ()

    def sheet(self) -> Sheet:
        up = [
            (
                i.name,
                i.id,
                i.public_ip or i.private_ip,
                i.status,
                "its agent is silent" if i.id in self.silent else "",
            )
            for i in self.instances
        ]
        gone = [("", one.id, "", "lost", first_line(one.reason)) for one in self.lost]
        table = Table("", ("name", "id", "address", "state", "problem"), (*up, *gone), wraps=(0, 4))
        wanted = len(up) + len(gone) + self.short
        title = (
            f"{len(up)} of {wanted} instances run; made from {titled(self.image)} in {self.image.region_id}"
        )
        return Sheet(title, (table,), self.left)


def launch(spec: LaunchSpec) -> Script[Launched]:
    """The script of the verb."""
    region = spec.image.region_id
    yield from gate(
        "gate", f"ask ECS in {region} whether it would run the instances", lambda c: may_launch(spec, c)
    )
    made = yield from do(
        RunInstances(
            name="run",
            region_id=region,
            image_id=spec.image.id,
            target=spec.target,
            instance_name=spec.target.name or spec.base,
            system_disk_size=spec.disk_size,
            data_disks=spec.image.data_disks,
            count=spec.count,
            min_count=spec.min_count,
            quote=spec.quote,
        )
    )
    numbered = {str(number): ref for number, ref in enumerate(made, 1)}
    came = yield from fork_tolerant(
        "instances", {number: _comes_up(ref, spec.verify) for number, ref in numbered.items()}
    )
    lost = {n: c.reason for n, c in came.items() if isinstance(c, Failed)}
    if spec.target.billing == "PostPaid":
        for number in lost:
            yield from do(DeleteInstance(name=f"remove-{number}", ref=numbered[number]))
    if len(lost) == len(made):
        yield from gate("up", "see whether an instance came up", lambda _: _none_came_up(numbered, lost))
    up = [ref for number, ref in numbered.items() if number not in lost]
    instances = yield from ask(
        "launched",
        lambda c: list(c.ecs.describe_instances(region, ids=[r.id for r in up])),
        record=list[EcsInstance],
        foreseen=[EcsInstance(account_id="", region_id=region, id=r.id) for r in up],
    )
    silent = tuple(numbered[n].id for n, c in came.items() if c == SILENT)
    gone = [Lost(id=numbered[n].id, reason=reason) for n, reason in lost.items()]
    short = spec.count - len(made)
    return Launched(
        instances=tuple(instances),
        silent=silent,
        lost=tuple(gone),
        short=short,
        image=spec.image,
        left=tuple(_left(spec, instances, silent, gone, short)),
    )


def may_launch(spec: LaunchSpec, cloud: Cloud) -> list[Check]:
    """Whether the image is still there, and ECS would run the instances from it (a dry run)."""
    image, checks = still_there(cloud, spec.image)
    return checks or can_run(
        image,
        spec.target,
        region_id=spec.image.region_id,
        name=spec.base,
        disk_size=spec.disk_size,
        cloud=cloud,
        count=spec.count,
        min_count=spec.min_count,
    )


def _comes_up(instance: Ref, verify: Verify) -> Script[str]:
    """Wait until an instance runs and answers; one that does not answer in time is left as it is."""
    yield from until(running("running", instance.region_id, instance.id))
    # Before the wait: the disks are billed by now, and a run that pauses there tells of them.
    yield from disks_of(instance)
    if verify == "running":
        return "running"
    return (yield from until(answers(instance, if_late=SILENT)))


def _none_came_up(numbered: dict[str, Ref], lost: dict[str, str]) -> list[Check]:
    return [
        Check(
            "instances",
            numbered[number].id,
            reason,
            "None came up, and none is made anew by itself: undo this run, and call again",
        )
        for number, reason in lost.items()
    ]


def _left(
    spec: LaunchSpec,
    instances: Sequence[EcsInstance],
    silent: Sequence[str],
    lost: Sequence[Lost],
    short: int,
) -> list[str]:
    left = [
        (
            f"The instance {i.name} ({i.id}) runs, but its Cloud Assistant agent was not heard: look at its console "
            "output, or log in."
        )
        for i in instances
        if i.id in silent
    ]
    for one in lost:
        what = (
            "it was paid for, so ask the vendor" if spec.target.billing == "PrePaid" else "it is not billed"
        )
        left.append(f"The instance {one.id} was made and did not come up; {what}. {one.reason}")
    if short:
        left.append(
            f"{short} of {counted(spec.count, 'instance')} not made: the stock was short. Nothing is billed for them."
        )
    return left
