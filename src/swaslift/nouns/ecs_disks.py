"""``lift.ecs.disks``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal, get_args

from swaslift.models import EcsDisk, EcsInstance
from swaslift.nouns.listing import Listing
from swaslift.nouns.noun import Noun, Where
from swaslift.planning.arguments import check_choice

DiskKind = Literal["system", "data"]


class EcsDisks(Noun[EcsDisk]):
    """Cloud disks."""

    product: ClassVar[Literal["swas", "ecs"]] = "ecs"
    word: ClassVar[str] = "disk"
    field: ClassVar[str] = "disk"

    def list(
        self,
        region: Where = None,
        *,
        instance: EcsInstance | str | None = None,
        kind: DiskKind | None = None,
    ) -> Listing[EcsDisk]:
        """The disks of a region, fetched as you go (``DescribeDisks``).

        Args:
            region: a region, several, or ``"*"`` for all; the client's by default. One of several that cannot be
                asked is named in ``unasked`` of what is returned.
            instance: those of one instance: its record (which names its region) or its id.
            kind: system disks or data disks alone.

        Raises:
            InvalidArgument: ECS is not offered in such a region.
            ApiError, TransportError: the service refused, or did not answer.
        """
        where, of = self._narrowed("instance", instance, region)
        if kind is not None:
            check_choice("kind", kind, get_args(DiskKind))
        return self._each(where, lambda one: self._cloud.ecs.describe_disks(one, instance_id=of, kind=kind))

    def get(self, key: EcsDisk | str, region: Where = None) -> EcsDisk:
        """A disk by its id or unique name, or a record of it read anew (``DescribeDisks``).

        Raises:
            InvalidArgument: there is none, or several have the name.
            LookupIncomplete: it was not found, and one of several regions could not be asked.
            ApiError, TransportError: the service refused, or did not answer.
        """
        return self._one(key, region)

    def _all(self, region_id: str) -> Iterator[EcsDisk]:
        return self._cloud.ecs.describe_disks(region_id)
