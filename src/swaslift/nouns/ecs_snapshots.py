"""``lift.ecs.snapshots``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar, Literal

from swaslift.models import EcsDisk, Snapshot
from swaslift.nouns.listing import Listing
from swaslift.nouns.noun import Where
from swaslift.nouns.tagged import Tagged
from swaslift.planning.arguments import tags_of


class EcsSnapshots(Tagged[Snapshot]):
    """Snapshots of cloud disks. They are billed by size and time, those behind images too."""

    product: ClassVar[Literal["swas", "ecs"]] = "ecs"
    word: ClassVar[str] = "snapshot"
    field: ClassVar[str] = "snapshot"
    kind: ClassVar[str] = "snapshot"

    def list(
        self,
        region: Where = None,
        *,
        disk: EcsDisk | str | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> Listing[Snapshot]:
        """The snapshots of a region, fetched as you go (``DescribeSnapshots``).

        Args:
            region: a region, several, or ``"*"`` for all; the client's by default. One of several that cannot be
                asked is named in ``unasked`` of what is returned.
            disk: those of one disk: its record (which names its region) or its id.
            tags: those that carry all of these.

        Raises:
            InvalidArgument: ECS is not offered in such a region.
            ApiError, TransportError: the service refused, or did not answer.
        """
        where, of = self._narrowed("disk", disk, region)
        carried = tags_of(tags)
        return self._each(
            where, lambda one: self._cloud.ecs.describe_snapshots(one, disk_id=of, tags=carried)
        )

    def get(self, key: Snapshot | str, region: Where = None) -> Snapshot:
        """A snapshot by its id or unique name, or a record of it read anew (``DescribeSnapshots``).

        Raises:
            InvalidArgument: there is none, or several have the name.
            LookupIncomplete: it was not found, and one of several regions could not be asked.
            ApiError, TransportError: the service refused, or did not answer.
        """
        return self._one(key, region)

    def _all(self, region_id: str) -> Iterator[Snapshot]:
        return self._cloud.ecs.describe_snapshots(region_id)
