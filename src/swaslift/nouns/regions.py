"""``lift.regions``."""

from __future__ import annotations

from collections.abc import Iterator

from swaslift.cloud import Cloud
from swaslift.models import Region
from swaslift.planning.lookup import unique


class Regions:
    """The regions of both products."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def list(self) -> Iterator[Region]:
        """The regions, and which product each offers (``ListRegions``, ``DescribeRegions``).

        Raises:
            ApiError, TransportError: the service refused, or did not answer.
        """
        swas, ecs = self._cloud.swas.list_regions(), self._cloud.ecs.describe_regions()
        for one in dict.fromkeys((*swas, *ecs)):
            yield Region(id=one, swas=one in swas, ecs=one in ecs)

    def get(self, region_id: str) -> Region:
        """A region by its id (``ListRegions``, ``DescribeRegions``).

        Raises:
            InvalidArgument: neither product is offered in such a region.
            ApiError, TransportError: the service refused, or did not answer.
        """
        return unique("region_id", region_id, self.list(), what="region", where="the account's reach")
