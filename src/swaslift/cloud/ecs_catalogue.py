"""The instance types that ECS knows: one method per action."""

from __future__ import annotations

from collections.abc import Iterator

from swaslift.cloud import ecs_records as records
from swaslift.cloud.ecs_reads import EcsReads
from swaslift.cloud.parse import given
from swaslift.models import InstanceType


class EcsCatalogue(EcsReads):
    """Instance types, whether or not the region sells them."""

    def all_instance_types(
        self,
        region_id: str,
        *,
        min_cpu: int | None = None,
        max_cpu: int | None = None,
        min_memory: float | None = None,
        max_memory: float | None = None,
        architecture: str | None = None,
    ) -> Iterator[InstanceType]:
        """``DescribeInstanceTypes`` without ids: the catalogue; memory in GiB."""
        return self._caller.pages(
            "ecs",
            "DescribeInstanceTypes",
            region_id,
            given(
                MinimumCpuCoreCount=min_cpu,
                MaximumCpuCoreCount=max_cpu,
                MinimumMemorySize=min_memory,
                MaximumMemorySize=max_memory,
                CpuArchitecture=architecture,
            ),
            ["InstanceTypes", "InstanceType"],
            records.instance_type,
            by_token=True,
        )
