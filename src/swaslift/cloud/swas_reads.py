"""What the door reads from SWAS-OPEN 2020-06-01: one method per action."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from swaslift.cloud import swas_records as records
from swaslift.cloud.actions import Actions
from swaslift.cloud.caller import by_ids
from swaslift.cloud.parse import count, given, id_list, tag_list
from swaslift.models import CustomImage, Server, ServerDisk, Snapshot


class SwasReads(Actions):
    """The reading actions of SWAS."""

    _product: ClassVar[str] = "swas"

    def _list(
        self,
        action: str,
        region_id: str,
        key: str,
        *,
        size: int = 100,
        at_most: int | None = None,
        patient: bool = True,
        **params: Any,
    ) -> Iterator[dict[str, Any]]:
        return self._caller.pages(
            "swas",
            action,
            region_id,
            given(RegionId=region_id, **params),
            lambda body: body.get(key) or [],
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
            for item in self._list(
                "ListInstances",
                region_id,
                "Instances",
                InstanceIds=id_list(some),
                InstanceName=name,
                Tag=tag_list(tags),
                at_most=count(some),
                patient=patient,
            ):
                yield records.server(item, **self._where(region_id))

        return by_ids(fetch, ids)

    def list_disks(self, region_id: str, *, server_id: str | None = None) -> Iterator[ServerDisk]:
        """``ListDisks``: disks of a region or of one server."""
        for item in self._list("ListDisks", region_id, "Disks", InstanceId=server_id):
            yield records.disk(item, item.get("InstanceId", ""), **self._where(region_id))

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
            for item in self._list(
                "ListSnapshots",
                region_id,
                "Snapshots",
                SnapshotIds=id_list(some),
                DiskId=disk_id,
                Tag=tag_list(tags),
                at_most=count(some),
                patient=patient,
            ):
                yield records.snapshot(item, **self._where(region_id))

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
            for item in self._list(
                "ListCustomImages",
                region_id,
                "CustomImages",
                ImageIds=id_list(some),
                ImageNames=id_list(names),
                Share=shared,
                Tag=tag_list(tags),
                at_most=count(some),
                patient=patient,
            ):
                yield records.image(item, **self._where(region_id))

        return by_ids(fetch, ids)

    def count_databases(self, region_id: str) -> int:
        """``DescribeDatabaseInstances``: how many databases a region has; they count as servers do."""
        found = self._list("DescribeDatabaseInstances", region_id, "DatabaseInstances")
        return sum(1 for _ in found)

    def list_regions(self) -> list[str]:
        """``ListRegions``: regions in which the product is offered."""
        region = "cn-hangzhou"  # any regional host lists them all
        body = self._caller.read("swas", "ListRegions", region, {})
        return [r["RegionId"] for r in body.get("Regions", [])]
