"""``lift.images``."""

from __future__ import annotations

from collections.abc import Iterator

from swaslift.cloud import Cloud
from swaslift.models import CustomImage


class Images:
    """Custom images of SWAS."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def list(self, region: str | None = None) -> Iterator[CustomImage]:
        """The custom images of a region, fetched as you go (``ListCustomImages``).

        Raises:
            ApiError, TransportError: the service refused, or did not answer.
        """
        return self._cloud.swas.list_custom_images(region or self._cloud.settings.region)
