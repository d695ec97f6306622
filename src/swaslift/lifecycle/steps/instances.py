"""Changes to ECS instances and their disks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import JsonValue

from swaslift.cloud import Cloud
from swaslift.cloud.parse import given, tag_list
from swaslift.lifecycle.steps.removal import Removal
from swaslift.lifecycle.waits import (
    instance_settled,
    released,
)
from swaslift.models import EcsInstance
from swaslift.runs.effects import Mark, Ref, Script, Step, do, until
from swaslift.targets import NewInstance


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
) -> dict[str, Any]:
    """``RunInstances`` of one instance, as the API names its parameters."""
    disk = target.system_disk
    prepaid = target.billing == "PrePaid"
    return given(
        RegionId=region_id,
        ImageId=image_id,
        InstanceType=target.instance_type,
        VSwitchId=target.vswitch_id,
        SecurityGroupId=target.security_group_id,
        InstanceName=name,
        Amount=1,
        InstanceChargeType=target.billing,
        Period=target.period_months if prepaid else None,
        PeriodUnit="Month" if prepaid else None,
        AutoPay=True if prepaid else None,
        InternetMaxBandwidthOut=target.bandwidth,
        SystemDisk=given(
            Category=disk.category,
            Size=str(disk.size or system_disk_size),
            PerformanceLevel=disk.performance_level,
        ),
        KeyPairName=target.key_pair,
        Password=target.password.resolve() if target.password else None,
        PasswordInherit=None if target.key_pair or target.password else True,
        Tag=tag_list({**target.tags, **tags}),
    )


class RunInstance(Step[Ref]):
    """``RunInstances`` of one instance."""

    kind: ClassVar[str] = "ecs.RunInstances"
    outcome: ClassVar[Any] = Ref
    writes: ClassVar[tuple[str, ...]] = ("RunInstances",)
    discards: ClassVar[tuple[str, ...]] = ("DeleteInstance",)

    region_id: str
    image_id: str
    target: NewInstance
    instance_name: str
    system_disk_size: int

    @property
    def title(self) -> str:
        return f"run a {self.target.instance_type} in {self.region_id} from {self.image_id}"

    @property
    def minutes(self) -> float:
        return 3

    @property
    def charged(self) -> str | None:
        if self.target.billing == "PrePaid":
            return f"a subscription of {self.target.period_months} months, paid at once"
        return "the instance and its disks, by the hour"

    @property
    def bought(self) -> bool:
        return self.target.billing == "PrePaid"

    def find(self, cloud: Cloud, mark: Mark) -> Ref | None:
        for found in cloud.ecs.describe_instances(self.region_id, tags=mark.tags):
            return self._ref(found.id)
        return None

    def make(self, cloud: Cloud, mark: Mark) -> Ref:
        request = run_request(
            self.target,
            region_id=self.region_id,
            image_id=self.image_id,
            name=self.instance_name,
            system_disk_size=self.system_disk_size,
            tags=mark.tags,
        )
        return self._ref(cloud.ecs.run_instances(self.region_id, request, token=mark.token))

    def _ref(self, instance_id: str) -> Ref:
        return Ref(kind="ecs.instance", id=instance_id, region_id=self.region_id, name=self.instance_name)

    def foresee(self) -> Ref:
        return self._ref("<new instance>")

    def made(self, outcome: Ref) -> Ref | None:
        return outcome

    def undo(self, outcome: Ref, prior: JsonValue) -> Script[str | None]:
        del prior
        if self.target.billing == "PrePaid":
            return f"{outcome} is a subscription and cannot be released before it expires; refund it by hand"
        yield from until(instance_settled("settled", self.region_id, outcome.id))
        yield from do(DeleteInstance(name="delete", ref=outcome))
        yield from until(released("released", outcome))
        return None


class DeleteInstance(Removal):
    """``DeleteInstance`` of an instance of the run; its disks go with it."""

    kind: ClassVar[str] = "ecs.DeleteInstance"
    writes: ClassVar[tuple[str, ...]] = ("DeleteInstance",)

    @property
    def title(self) -> str:
        return f"release the ECS instance {self.ref.id}"

    @property
    def irreversible(self) -> str | None:
        return f"what was written to {self.ref.id} since it started"

    def delete(self, cloud: Cloud, mark: Mark) -> None:
        del mark
        cloud.ecs.delete_instance(self.ref.region_id, self.ref.id)
