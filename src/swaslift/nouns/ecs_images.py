"""``lift.ecs.images``."""

from __future__ import annotations

from collections.abc import Iterator

from swaslift.cloud import Cloud
from swaslift.models import EcsImage, SharedAccount
from swaslift.planning.ecs_images import find_ecs_image


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

    def accounts(self, image: EcsImage | str, region: str | None = None) -> Iterator[SharedAccount]:
        """The accounts that an own image is shared with (``DescribeImageSharePermission``).

        Args:
            image: an `EcsImage`, an id, or a unique name.
            region: the image's region; a record's own, else the client's, by default.

        Raises:
            InvalidArgument: there is no such image, or several have the name.
            ApiError, TransportError: the service refused, or did not answer.
        """
        where = region or (image.region_id if isinstance(image, EcsImage) else self._cloud.settings.region)
        found = find_ecs_image(self._cloud, image, where)
        return self._cloud.ecs.describe_image_share_permission(found.region_id, found.id)
