"""``lift.images``."""

from __future__ import annotations

from collections.abc import Iterator

from swaslift.cloud import Cloud
from swaslift.models import CustomImage, SharedAccount
from swaslift.planning.custom_images import find_custom_image


class Images:
    """Custom images of SWAS."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def list(self, region: str | None = None) -> Iterator[CustomImage]:
        """The custom images of a region, fetched as you go (``ListCustomImages``).

        Those that other accounts share with this one are among them (`CustomImage.received`).

        Raises:
            ApiError, TransportError: the service refused, or did not answer.
        """
        return self._cloud.swas.list_custom_images(region or self._cloud.settings.region)

    def received(self, region: str | None = None) -> Iterator[CustomImage]:
        """Custom images of a region that other accounts share with this one (``ListCustomImages``).

        Servers can be built from them, in that region; they cannot be renamed, deleted or shared on. They do
        not count against the quota of this account, and a data disk in them is not shared.

        Raises:
            ApiError, TransportError: the service refused, or did not answer.
        """
        found = self._cloud.swas.list_custom_images(region or self._cloud.settings.region, shared=True)
        return (image for image in found if image.received)

    def accounts(self, image: CustomImage | str, region: str | None = None) -> Iterator[SharedAccount]:
        """The accounts that an own custom image is shared with (``ListCustomImageShareAccounts``).

        Args:
            image: a `CustomImage`, an id, or a unique name.
            region: the image's region; the client's by default.

        Raises:
            InvalidArgument: there is no such image, or several have the name.
            ApiError, TransportError: the service refused, or did not answer.
        """
        found = find_custom_image(self._cloud, image, region or self._cloud.settings.region)
        return self._cloud.swas.list_custom_image_share_accounts(found.region_id, found.id)
