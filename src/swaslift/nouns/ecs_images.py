"""``lift.ecs.images``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

from swaslift.models import EcsImage, SharedAccount
from swaslift.nouns.listing import Listing
from swaslift.nouns.noun import Where
from swaslift.nouns.tagged import Tagged
from swaslift.planning.accounts import only_its_owner
from swaslift.planning.arguments import region_of
from swaslift.planning.ecs_images import find_ecs_image


class EcsImages(Tagged[EcsImage]):
    """ECS images of the account's own, and those shared with it."""

    product: ClassVar[Literal["swas", "ecs"]] = "ecs"
    word: ClassVar[str] = "ECS image"
    field: ClassVar[str] = "ecs_image"
    kind: ClassVar[str] = "image"

    def list(self, region: Where = None) -> Listing[EcsImage]:
        """The account's own images of a region, in every state (``DescribeImages``).

        Args:
            region: a region, several, or ``"*"`` for all; the client's by default. One of several that cannot be
                asked is named in ``unasked`` of what is returned.

        Raises:
            InvalidArgument: ECS is not offered in such a region.
            ApiError, TransportError: the service refused, or did not answer.
        """
        return self._each(region, lambda one: self._cloud.ecs.describe_images(one, owner="self"))

    def received(self, region: Where = None) -> Listing[EcsImage]:
        """Images of a region that are shared with the account (``DescribeImages``).

        Among them are the custom images of SWAS that were shared with ECS.

        Args:
            region: a region, several, or ``"*"`` for all; the client's by default. One of several that cannot be
                asked is named in ``unasked`` of what is returned.

        Raises:
            InvalidArgument: ECS is not offered in such a region.
            ApiError, TransportError: the service refused, or did not answer.
        """
        return self._each(region, lambda one: self._cloud.ecs.describe_images(one, owner="others"))

    def get(self, key: EcsImage | str, region: Where = None) -> EcsImage:
        """An own image, a shared one, or one of the system (``DescribeImages``).

        Args:
            key: an id, a unique name, or a record to be read anew.
            region: where to look; a record's own, else the client's, by default. In several regions, or ``"*"``,
                only own images and shared ones are looked for.

        Raises:
            InvalidArgument: there is none, several have the name, or it is an image of SWAS.
            LookupIncomplete: it was not found, and one of several regions could not be asked.
            ApiError, TransportError: the service refused, or did not answer.
        """
        return self._one(key, region)

    def _one(self, key: EcsImage | str, region: Where, *, certain: bool = False) -> EcsImage:
        if isinstance(key, EcsImage):
            return find_ecs_image(self._cloud, key, self._place(self.field, key, region), self.field)
        if region is None or (isinstance(region, str) and region != "*"):
            return find_ecs_image(self._cloud, key, region_of(self._cloud, region), self.field)
        return super()._one(key, region, certain=certain)

    def _all(self, region_id: str) -> Iterator[EcsImage]:
        yield from self._cloud.ecs.describe_images(region_id, owner="self")
        yield from self._cloud.ecs.describe_images(region_id, owner="others")

    def accounts(self, image: EcsImage | str, region: str | None = None) -> Iterator[SharedAccount]:
        """The accounts that an own image is shared with (``DescribeImageSharePermission``).

        Args:
            image: an `EcsImage`, an id, or a unique name.
            region: the image's region; a record's own, else the client's, by default.

        Raises:
            InvalidArgument: there is no such image, several have the name, or it is not the account's own.
            ApiError, TransportError: the service refused, or did not answer.
        """
        found = find_ecs_image(self._cloud, image, region_of(self._cloud, region, image), "image")
        if found.owner_alias != "self":
            raise only_its_owner("image", found.id, "it is not this account's own")
        return self._cloud.ecs.describe_image_share_permission(found.region_id, found.id)
