"""``lift.ecs.images``."""

from __future__ import annotations

from collections.abc import Iterator

from swaslift.cloud import Cloud
from swaslift.models import EcsImage


class EcsImages:
    """ECS images of the account's own, and those shared with it."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def list(self, region: str | None = None) -> Iterator[EcsImage]:
        """The account's own images of a region, in every state (``DescribeImages``).

        Raises:
            ApiError, TransportError: the service refused, or did not answer.
        """
        return self._cloud.ecs.describe_images(region or self._cloud.settings.region, owner="self")
