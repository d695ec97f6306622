"""``lift.images``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal, get_args

from swaslift.cloud import Cloud
from swaslift.models import CustomImage, EcsImage, SharedAccount, StockImage
from swaslift.nouns.listing import Listing
from swaslift.nouns.noun import Where
from swaslift.nouns.tagged import Tagged
from swaslift.planning.accounts import only_its_owner
from swaslift.planning.arguments import check_choice, region_of
from swaslift.planning.ecs_images import find_image
from swaslift.planning.history_reading import read_history
from swaslift.planning.image_history import ImageHistory
from swaslift.planning.unfinished import unfinished
from swaslift.runs.journal import Journal
from swaslift.runs.step import RUN_TAG

StockKind = Literal["system", "app"]


class Images(Tagged[CustomImage]):
    """Custom images of SWAS."""

    word: ClassVar[str] = "custom image"
    field: ClassVar[str] = "image"
    kind: ClassVar[str] = "customimage"

    def __init__(self, cloud: Cloud, journal: Journal) -> None:
        super().__init__(cloud)
        self._journal = journal

    def list(self, region: Where = None) -> Listing[CustomImage]:
        """The custom images of a region, fetched as you go (``ListCustomImages``).

        Those that other accounts share with this one are among them (`CustomImage.received`).

        Args:
            region: a region, several, or ``"*"`` for all; the client's by default. One of several that cannot be
                asked is named in ``unasked`` of what is returned.

        Raises:
            InvalidArgument: SWAS is not offered in such a region.
            ApiError, TransportError: the service refused, or did not answer.
        """
        return self._each(region, self._cloud.swas.list_custom_images)

    def get(self, key: CustomImage | str, region: Where = None) -> CustomImage:
        """A custom image by its id or unique name, or a record of it read anew (``ListCustomImages``).

        Raises:
            InvalidArgument: there is none, or several have the name.
            LookupIncomplete: it was not found, and one of several regions could not be asked.
            ApiError, TransportError: the service refused, or did not answer.
        """
        return self._one(key, region)

    def _all(self, region_id: str) -> Iterator[CustomImage]:
        return self._cloud.swas.list_custom_images(region_id)

    def received(self, region: Where = None) -> Listing[CustomImage]:
        """Custom images of a region that other accounts share with this one (``ListCustomImages``).

        Servers can be built from them, in that region; they cannot be renamed, deleted or shared on. They do
        not count against the quota of this account, and a data disk in them is not shared.

        Args:
            region: a region, several, or ``"*"`` for all; the client's by default. One of several that cannot be
                asked is named in ``unasked`` of what is returned.

        Raises:
            InvalidArgument: SWAS is not offered in such a region.
            ApiError, TransportError: the service refused, or did not answer.
        """

        def fetch(one: str) -> Iterator[CustomImage]:
            return (i for i in self._cloud.swas.list_custom_images(one, shared=True) if i.received)

        return self._each(region, fetch)

    def stock(self, region: Where = None, *, kind: StockKind | None = None) -> Listing[StockImage]:
        """The images that SWAS itself offers: bare systems, and those with an application (``ListImages``).

        Args:
            region: a region, several, or ``"*"`` for all; the client's by default. One of several that cannot be
                asked is named in ``unasked`` of what is returned.
            kind: one of the two kinds alone.

        Raises:
            InvalidArgument: SWAS is not offered in such a region, or there is no such kind.
            ApiError, TransportError: the service refused, or did not answer.
        """
        if kind is not None:
            check_choice("kind", kind, get_args(StockKind))

        def fetch(one: str) -> Iterator[StockImage]:
            return (i for i in self._cloud.swas.list_images(one) if kind in {None, i.kind})

        return self._each(region, fetch)

    def accounts(self, image: CustomImage | str, region: Where = None) -> Iterator[SharedAccount]:
        """The accounts that an own custom image is shared with (``ListCustomImageShareAccounts``).

        Args:
            image: a `CustomImage`, an id, or a unique name.
            region: the image's region; the client's by default.

        Raises:
            InvalidArgument: there is no such image, several have the name, or another account shares it.
            ApiError, TransportError: the service refused, or did not answer.
        """
        found = self._one(image, region)
        if found.received:
            raise only_its_owner("image", found.id, f"it belongs to account {found.owner_id}")
        return self._cloud.swas.list_custom_image_share_accounts(found.region_id, found.id)

    def history(self, image: CustomImage | EcsImage | str, region: str | None = None) -> ImageHistory:
        """The life of an image: where it came from, who uses and has it, its copies, and what blocks what.

        Which image a copy is of, the services do not tell; the tags of runs and this machine's journal do, for
        what this library made. A copy that somebody else made is named where it has the image's name and size.
        Nothing is changed (``ListInstances``, ``ListSnapshots``, ``ListCustomImages``,
        ``ListCustomImageShareAccounts``; ``DescribeImages`` in all regions, ``DescribeInstances``,
        ``DescribeSnapshots``, ``DescribeImageSharePermission``).

        Args:
            image: a `CustomImage`, an `EcsImage`, an id, or a unique name (of SWAS first).
            region: the region of what is given by id or name; the client's by default.

        Raises:
            InvalidArgument: there is no such image, or several have the name.
            ApiError, TransportError: the image's own region could not be asked; others are named in ``unasked``.
        """
        found = find_image(self._cloud, image, region_of(self._cloud, region, image))
        going = unfinished(self._journal, emulated=self._cloud.emulated, about=[found])
        maker = self._journal.find(found.tags.get(RUN_TAG, ""))
        runs = [*self._journal.about_image(found.id), *([maker] if maker is not None else [])]
        return read_history(self._cloud, found, runs, going)
