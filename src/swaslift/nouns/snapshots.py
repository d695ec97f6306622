"""``lift.snapshots``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

from swaslift.models import ServerDisk, Snapshot
from swaslift.nouns.listing import Listing
from swaslift.nouns.noun import Where
from swaslift.nouns.tagged import Tagged
from swaslift.planning.arguments import tags_of


class Snapshots(Tagged[Snapshot]):
    """Snapshots of SWAS disks. They are free, and a server has room for three."""

    word: ClassVar[str] = "snapshot"
    field: ClassVar[str] = "snapshot"
    kind: ClassVar[str] = "snapshot"

    def list(
        self,
        region: Where = None,
        *,
        disk: ServerDisk | str | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> Listing[Snapshot]:
        """The snapshots of a region, fetched as you go (``ListSnapshots``).

        Args:
            region: a region, several, or ``"*"`` for all; the client's by default. One of several that cannot be
                asked is named in ``unasked`` of what is returned.
            disk: those of one disk: its record (which names its region) or its id.
            tags: those that carry all of these.

        Raises:
            InvalidArgument: SWAS is not offered in such a region.
            ApiError, TransportError: the service refused, or did not answer.
        """
        where, of = self._narrowed("disk", disk, region)
        carried = tags_of(tags)
        return self._each(where, lambda one: self._cloud.swas.list_snapshots(one, disk_id=of, tags=carried))

    def get(self, key: Snapshot | str, region: Where = None) -> Snapshot:
        """A snapshot by its id or unique name, or a record of it read anew (``ListSnapshots``).

        Raises:
            InvalidArgument: there is none, or several have the name.
            LookupIncomplete: it was not found, and one of several regions could not be asked.
            ApiError, TransportError: the service refused, or did not answer.
        """
        return self._one(key, region)

    def _all(self, region_id: str) -> Iterator[Snapshot]:
        return self._cloud.swas.list_snapshots(region_id)
