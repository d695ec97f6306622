"""``lift.ecs.instances``."""

from __future__ import annotations

from collections.abc import Iterator

from swaslift.cloud import Cloud
from swaslift.errors import InvalidArgument
from swaslift.models import EcsInstance


class EcsInstances:
    """ECS instances."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def list(self, region: str | None = None) -> Iterator[EcsInstance]:
        """The instances of a region, fetched as you go (``DescribeInstances``).

        Raises:
            ApiError, TransportError: the service refused, or did not answer.
        """
        return self._cloud.ecs.describe_instances(region or self._cloud.settings.region)

    def get(self, instance_id: str, region: str | None = None) -> EcsInstance:
        """An instance by its id (``DescribeInstances``).

        Raises:
            InvalidArgument: there is none.
        """
        where = region or self._cloud.settings.region
        found = next(iter(self._cloud.ecs.describe_instances(where, ids=[instance_id])), None)
        if found is None:
            raise InvalidArgument(
                "instance_id", instance_id, f"no such instance in {where}", "Try region=..."
            )
        return found
