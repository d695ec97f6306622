"""``lift.disks``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from swaslift.models import ServerDisk
from swaslift.nouns.listing import Listing
from swaslift.nouns.noun import Noun, Where


class Disks(Noun[ServerDisk]):
    """Disks of SWAS servers."""

    word: ClassVar[str] = "disk"
    field: ClassVar[str] = "disk"

    def list(self, region: Where = None) -> Listing[ServerDisk]:
        """The disks of a region, fetched as you go (``ListDisks``); of one server: ``lift.servers.disks``.

        Args:
            region: a region, several, or ``"*"`` for all; the client's by default. One of several that cannot be
                asked is named in ``unasked`` of what is returned.

        Raises:
            InvalidArgument: SWAS is not offered in such a region.
            ApiError, TransportError: the service refused, or did not answer.
        """
        return self._each(region, self._cloud.swas.list_disks)

    def get(self, key: ServerDisk | str, region: Where = None) -> ServerDisk:
        """A disk by its id or unique name, or a record of it read anew (``ListDisks``).

        Raises:
            InvalidArgument: there is none, or several have the name.
            LookupIncomplete: it was not found, and one of several regions could not be asked.
            ApiError, TransportError: the service refused, or did not answer.
        """
        return self._one(key, region)

    def _all(self, region_id: str) -> Iterator[ServerDisk]:
        return self._cloud.swas.list_disks(region_id)
