"""What the door reads from SWAS-OPEN 2020-06-01: one method per action."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, TypeVar

from swaslift.cloud import swas_records as records
from swaslift.cloud.actions import ASK_FOR_REGIONS, Actions
from swaslift.cloud.caller import Answer, by_ids
from swaslift.cloud.parse import Fields, count, given, id_list, tag_list
from swaslift.models import CustomImage, Server, ServerDisk, Snapshot

T = TypeVar("T")


class SwasReads(Actions):
    """The reading actions of SWAS."""

    _product: ClassVar[str] = "swas"

    def _list(
        self,
        action: str,
        region_id: str,
        path: str,
        record: Answer[T],
        *,
        size: int = 100,
        at_most: int | None = None,
        patient: bool = True,
        **params: Any,
    ) -> Iterator[T]:
        return self._caller.pages(
            "swas",
            action,
            region_id,
            given(RegionId=region_id, **params),
            [path],
            record,
            size=size,
            at_most=at_most,
            patient=patient,
        )

    def list_instances(
        self,
        region_id: str,
        *,
        ids: Sequence[str] | None = None,
        name: str | None = None,
        tags: Mapping[str, str] | None = None,
        patient: bool = True,
    ) -> Iterator[Server]:
        """``ListInstances``: servers, at most 100 ids a call; an unknown id gives nothing."""

        def fetch(some: Sequence[str] | None) -> Iterator[Server]:
            where = self._where(region_id)
            return self._list(
                "ListInstances",
                region_id,
                "Instances",
                lambda item: records.server(item, **where),
                InstanceIds=id_list(some),
                InstanceName=name,
                Tag=tag_list(tags),
                at_most=count(some),
                patient=patient,
            )

        return by_ids(fetch, ids, fails=True)

    def list_disks(self, region_id: str, *, server_id: str | None = None) -> Iterator[ServerDisk]:
        """``ListDisks``: disks of a region or of one server."""
        where = self._where(region_id)
        yield from self._list(
            "ListDisks",
            region_id,
            "Disks",
            lambda item: records.disk(item, item.text("InstanceId"), **where),
            InstanceId=server_id,
        )

    def list_snapshots(
        self,
        region_id: str,
        *,
        ids: Sequence[str] | None = None,
        disk_id: str | None = None,
        tags: Mapping[str, str] | None = None,
        patient: bool = True,
    ) -> Iterator[Snapshot]:
        """``ListSnapshots``: snapshots, filters combined with AND, at most 100 ids a call."""

        def fetch(some: Sequence[str] | None) -> Iterator[Snapshot]:
            where = self._where(region_id)
            return self._list(
                "ListSnapshots",
                region_id,
                "Snapshots",
                lambda item: records.snapshot(item, **where),
                SnapshotIds=id_list(some),
                DiskId=disk_id,
                Tag=tag_list(tags),
                at_most=count(some),
                patient=patient,
            )

        return by_ids(fetch, ids)

    def list_custom_images(
        self,
        region_id: str,
        *,
        ids: Sequence[str] | None = None,
        tags: Mapping[str, str] | None = None,
        names: Sequence[str] | None = None,
        shared: bool | None = None,
        patient: bool = True,
    ) -> Iterator[CustomImage]:
        """``ListCustomImages``: custom images, at most 100 ids a call.

        Among them are those that other accounts share with this one, unless ``shared`` is False.
        """

        def fetch(some: Sequence[str] | None) -> Iterator[CustomImage]:
            where = self._where(region_id)
            return self._list(
                "ListCustomImages",
                region_id,
                "CustomImages",
                lambda item: records.image(item, **where),
                ImageIds=id_list(some),
                ImageNames=id_list(names),
                Share=shared,
                Tag=tag_list(tags),
                at_most=count(some),
                patient=patient,
            )

        return by_ids(fetch, ids)

    def count_databases(self, region_id: str) -> int:
        """``DescribeDatabaseInstances``: how many databases a region has; they count as servers do."""
        found = self._list(
            "DescribeDatabaseInstances",
            region_id,
            "DatabaseInstances",
            lambda item: item.needed("DatabaseInstanceId"),
        )
        return len(list(found))

    def list_regions(self) -> list[str]:
        """``ListRegions``: regions in which the product is offered."""
        return self._caller.read_anywhere("swas", "ListRegions", ASK_FOR_REGIONS, {}, _regions)


def _regions(body: Fields) -> list[str]:
    return [r.needed("RegionId") for r in body.items("Regions", needed=True)]
