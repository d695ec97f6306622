"""Changes to ECS instances and their disks."""

from __future__ import annotations

import string
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, TypeVar

from pydantic import JsonValue

from swaslift.cloud import Cloud
from swaslift.cloud.parse import given, tag_list
from swaslift.errors import OfferChanged
from swaslift.lifecycle.steps.removal import Removal, removed
from swaslift.lifecycle.waits import instance_seen, released
from swaslift.models import EcsDisk, EcsInstance, ImageDisk
from swaslift.planning.costs import Quote, cost_of, disk_parameters
from swaslift.runs.effects import Script, ask, fork, until
from swaslift.runs.step import Mark, Ref, Refused, Step
from swaslift.targets import NewInstance
from swaslift.waiting.conditions import Watch
from swaslift.waiting.watches import INSTANCES
from swaslift.wording import counted

T = TypeVar("T")

_NO_DISKS: list[EcsDisk] = []

LOOKS = 6
SECONDS_BETWEEN_LOOKS = 5.0
"""How often instances of one call are looked for once more, where fewer are listed than were asked for."""


def instance(cloud: Cloud, region_id: str, instance_id: str) -> EcsInstance | None:
    """An instance as it is now, or None."""
    return next(iter(cloud.ecs.describe_instances(region_id, ids=[instance_id])), None)


def run_request(
    target: NewInstance,
    *,
    region_id: str,
    image_id: str,
    name: str,
    system_disk_size: int,
    tags: Mapping[str, str],
    data_disks: Sequence[ImageDisk] = (),
    count: int = 1,
    min_count: int | None = None,
) -> dict[str, Any]:
    """``RunInstances``, as the API names its parameters; names of several end in 001, 002 ...

    The data disks of the image are named one by one: left out, ECS chooses their category by itself.
    """
    system = disk_parameters(target.system_disk_for(system_disk_size))
    prepaid = target.billing == "PrePaid"
    return given(
        RegionId=region_id,
        ImageId=image_id,
        InstanceType=target.instance_type,
        VSwitchId=target.vswitch_id,
        SecurityGroupId=target.security_group_id,
        InstanceName=name,
        UniqueSuffix=True if count > 1 else None,
        Amount=count,
        MinAmount=min_count,
        InstanceChargeType=target.billing,
        Period=target.period_months if prepaid else None,
        PeriodUnit="Month" if prepaid else None,
        AutoPay=True if prepaid else None,
        InternetMaxBandwidthOut=target.bandwidth,
        SystemDisk={**system, "Size": str(system["Size"])},
        DataDisk=[
            {"Device": device, **disk_parameters(target.data_disk_for(one.size))}
            for device, one in _devices(data_disks)
        ]
        or None,
        KeyPairName=target.key_pair,
        Password=target.password.resolve() if target.password else None,
        PasswordInherit=None if target.key_pair or target.password else True,
        Tag=tag_list({**target.tags, **tags}),
    )


def _devices(disks: Sequence[ImageDisk]) -> list[tuple[str, ImageDisk]]:
    """The data disks with their device names; where an image names none, as ECS counts them."""
    letters = string.ascii_lowercase[1:]
    return [(one.device or f"/dev/xvd{letter}", one) for letter, one in zip(letters, disks, strict=False)]


class _Runs(Step[T]):
    """What running one instance and running several have in common.

    Attributes:
        data_disks: those in the image.
        quote: what they were to cost; None where the service quoted no price.
    """

    writes: ClassVar[tuple[str, ...]] = ("RunInstances",)
    discards: ClassVar[tuple[str, ...]] = ("DeleteInstance",)

    region_id: str
    image_id: str
    target: NewInstance
    instance_name: str
    system_disk_size: int
    data_disks: tuple[ImageDisk, ...] = ()
    quote: Quote | None = None

    @property
    def number(self) -> int:
        """How many are run."""
        return 1

    def check_offer(self, cloud: Cloud) -> None:
        if self.quote is None:
            return
        was = self.quote.cost
        now = cost_of(
            cloud,
            self.target,
            self.region_id,
            disk_size=self.system_disk_size,
            data_disks=[d.size for d in self.data_disks],
            image_id=self.quote.image_id,
            count=self.number,
        )
        if now.currency != was.currency or not was.consent.covers(now.consent):
            raise OfferChanged(
                f"{self.title}: it costs {now}, and {was} when the run was agreed to. Nothing was run",
                code="PriceRisen",
                remedy=(
                    "give leave for what it costs now, with the same target or another one: "
                    "lift.runs.resume(id, amend=NewInstance(...), consent=[...]); or undo the run; or resume it when "
                    "the price has come down"
                ),
            )

    @property
    def minutes(self) -> float:
        return 3

    @property
    def charged(self) -> str | None:
        if self.target.billing == "PrePaid":
            return f"a subscription of {counted(self.target.period_months, 'month')}, paid at once"
        return "the instance and its disks, by the hour"

    @property
    def bought(self) -> bool:
        return self.target.billing == "PrePaid"

    def _run(
        self, cloud: Cloud, mark: Mark, *, count: int = 1, min_count: int | None = None
    ) -> tuple[Ref, ...]:
        request = run_request(
            self.target,
            region_id=self.region_id,
            image_id=self.image_id,
            name=self.instance_name,
            system_disk_size=self.system_disk_size,
            tags=mark.tags,
            data_disks=self.data_disks,
            count=count,
            min_count=min_count,
        )
        made = cloud.ecs.run_instances(self.region_id, request, token=mark.token)
        return tuple(self._ref(one) for one in made)

    def _ref(self, instance_id: str) -> Ref:
        return Ref(kind="ecs.instance", id=instance_id, region_id=self.region_id, name=self.instance_name)


class RunInstance(_Runs[Ref]):
    """``RunInstances`` of one instance."""

    kind: ClassVar[str] = "ecs.RunInstances"
    outcome: ClassVar[Any] = Ref

    @property
    def title(self) -> str:
        return f"run an {self.target.instance_type} in {self.region_id} from {self.image_id}"

    def find(self, cloud: Cloud, mark: Mark) -> Ref | None:
        for found in cloud.ecs.describe_instances(self.region_id, tags=mark.tags):
            return self._ref(found.id)
        return None

    def make(self, cloud: Cloud, mark: Mark) -> Ref:
        return self._run(cloud, mark)[0]

    def foresee(self) -> Ref:
        return self._ref("<new instance>")

    def made(self, outcome: Ref) -> Ref | None:
        return outcome

    def undo_title(self, outcome: Ref, prior: JsonValue) -> str:
        del prior
        return f"stays: {_stays(outcome)}" if self.bought else f"release the ECS instance {outcome.id}"

    def undo(self, outcome: Ref, prior: JsonValue) -> Script[str | None]:
        del prior
        if self.bought:
            return _stays(outcome)
        return (yield from release(outcome))


class RunInstances(_Runs[tuple[Ref, ...]]):
    """``RunInstances`` of several instances in one call.

    Attributes:
        count: how many.
        min_count: how many there must be at least; where it is given, a short stock gives fewer.
    """

    kind: ClassVar[str] = "ecs.RunInstances.several"
    outcome: ClassVar[Any] = tuple[Ref, ...]

    count: int
    min_count: int | None = None

    @property
    def number(self) -> int:
        return self.count

    @property
    def title(self) -> str:
        number = f"{self.count} instances" if self.count > 1 else "an instance"
        least = f" ({self.min_count} at least)" if self.min_count else ""
        return f"run {number} of {self.target.instance_type}{least} in {self.region_id} from {self.image_id}"

    @property
    def charged(self) -> str | None:
        each = ", each" if self.count > 1 else ""
        return f"{super().charged}{each}"

    def find(self, cloud: Cloud, mark: Mark) -> tuple[Ref, ...] | None:
        """By its tags. They are made in one call, but need not be listed all at once."""
        found = self._listed(cloud, mark)
        for _ in range(LOOKS):
            if not found or len(found) == self.count:
                break
            cloud.clock.sleep(SECONDS_BETWEEN_LOOKS)
            found = self._listed(cloud, mark)
        return found or None

    def _listed(self, cloud: Cloud, mark: Mark) -> tuple[Ref, ...]:
        found = cloud.ecs.describe_instances(self.region_id, tags=mark.tags)
        return tuple(self._ref(i.id) for i in sorted(found, key=lambda i: i.name))

    def make(self, cloud: Cloud, mark: Mark) -> tuple[Ref, ...]:
        return self._run(cloud, mark, count=self.count, min_count=self.min_count)

    def foresee(self) -> tuple[Ref, ...]:
        return tuple(self._ref(f"<new instance {n}>") for n in range(1, self.count + 1))

    def makes(self, outcome: tuple[Ref, ...]) -> tuple[Ref, ...]:
        return outcome

    def undo_title(self, outcome: tuple[Ref, ...], prior: JsonValue) -> str:
        del prior
        if self.bought:
            return f"stays: {'; '.join(_stays(ref) for ref in outcome)}"
        return f"release the ECS instances {', '.join(ref.id for ref in outcome)}"

    def undo(self, outcome: tuple[Ref, ...], prior: JsonValue) -> Script[str | None]:
        del prior
        if self.bought:
            return "; ".join(_stays(ref) for ref in outcome)
        kept = yield from fork("instances", {ref.id: release(ref) for ref in outcome})
        return "; ".join(filter(None, kept.values())) or None


def release(instance: Ref) -> Script[str | None]:
    """Release a pay-as-you-go instance of the run, and wait until it and its disks are gone; why it stays, if so."""
    if (yield from until(instance_seen("seen", instance.region_id, instance.id))) is None:
        return None
    gone = yield from removed(DeleteInstance(name="delete", ref=instance))
    if isinstance(gone, Refused):
        yield from ask(
            "disks",
            lambda c: list(c.ecs.describe_disks(instance.region_id, instance_id=instance.id)),
            record=list[EcsDisk],
            foreseen=_NO_DISKS,
        )
        return f"{instance} stays with its disks, and is billed until it is released: {gone.message}"
    yield from until(released("released", instance))
    return None


def _stays(instance: Ref) -> str:
    return f"{instance} is a subscription and cannot be released before it expires; refund it by hand"


class DeleteInstance(Removal):
    """``DeleteInstance`` of an instance of the run; its disks go with it."""

    kind: ClassVar[str] = "ecs.DeleteInstance"
    writes: ClassVar[tuple[str, ...]] = ("DeleteInstance",)
    watch: ClassVar[Watch[Any] | None] = INSTANCES
    rests_in: ClassVar[frozenset[str]] = frozenset({"Stopped"})

    @property
    def title(self) -> str:
        return f"release the ECS instance {self.ref.id}"

    @property
    def irreversible(self) -> str | None:
        return f"what was written to {self.ref.id} since it started"

    def delete(self, cloud: Cloud, mark: Mark) -> None:
        del mark
        cloud.ecs.delete_instance(self.ref.region_id, self.ref.id)
