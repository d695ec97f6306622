"""Simple Application Server, SWAS-OPEN 2020-06-01: one method per action.

Facts: https://www.alibabacloud.com/help/en/simple-application-server/developer-reference/
(api-swas-open-2020-06-01-<action>). Sizes are GiB. Every method raises `ApiError` and
`TransportError` as `swaslift.errors` draws them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Literal

from swaslift.cloud.caller import Caller, by_ids
from swaslift.cloud.parse import count, flag, given, id_list, number, percent, tag_list, tags, when
from swaslift.models import CustomImage, Server, ServerDisk, Snapshot


class Swas:
    """The actions of SWAS."""

    def __init__(self, caller: Caller, account_id: Callable[[], str]) -> None:
        self._caller = caller
        self._account_id = account_id

    def _list(
        self,
        action: str,
        region_id: str,
        key: str,
        *,
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
            at_most=at_most,
            patient=patient,
        )

    # -- reads ---------------------------------------------------------------------------------

    def list_instances(
        self,
        region_id: str,
        *,
        ids: Sequence[str] | None = None,
        name: str | None = None,
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
                at_most=count(some),
                patient=patient,
            ):
                yield self._server(item, region_id)

        return by_ids(fetch, ids)

    def list_disks(self, region_id: str, *, server_id: str | None = None) -> Iterator[ServerDisk]:
        """``ListDisks``: disks of a region or of one server."""
        for item in self._list("ListDisks", region_id, "Disks", InstanceId=server_id):
            yield self._disk(item, region_id, item.get("InstanceId", ""))

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
                yield self._snapshot(item, region_id)

        return by_ids(fetch, ids)

    def list_custom_images(
        self,
        region_id: str,
        *,
        ids: Sequence[str] | None = None,
        tags: Mapping[str, str] | None = None,
        names: Sequence[str] | None = None,
        patient: bool = True,
    ) -> Iterator[CustomImage]:
        """``ListCustomImages``: custom images, at most 100 ids a call."""

        def fetch(some: Sequence[str] | None) -> Iterator[CustomImage]:
            for item in self._list(
                "ListCustomImages",
                region_id,
                "CustomImages",
                ImageIds=id_list(some),
                ImageNames=id_list(names),
                Tag=tag_list(tags),
                at_most=count(some),
                patient=patient,
            ):
                yield self._image(item, region_id)

        return by_ids(fetch, ids)

    def list_regions(self) -> list[str]:
        """``ListRegions``: regions in which the product is offered."""
        region = "cn-hangzhou"  # any regional host lists them all
        body = self._caller.read("swas", "ListRegions", region, {})
        return [r["RegionId"] for r in body.get("Regions", [])]

    # -- changes -------------------------------------------------------------------------------

    def create_snapshot(
        self, region_id: str, disk_id: str, name: str, *, tags: Mapping[str, str], token: str
    ) -> str:
        """``CreateSnapshot``: start a snapshot of one disk; returns its id.

        Free of charge, 10 to 30 minutes; the server must not be stopped or restarted meanwhile.
        """
        return self._caller.create(
            "swas",
            "CreateSnapshot",
            region_id,
            given(RegionId=region_id, DiskId=disk_id, SnapshotName=name, Tag=tag_list(tags)),
            lambda body: body["SnapshotId"],
            token=token,
        )

    def delete_snapshot(self, region_id: str, snapshot_id: str, *, token: str) -> None:
        """``DeleteSnapshot``: images made from it must be gone first."""
        self._caller.change(
            "swas",
            "DeleteSnapshot",
            region_id,
            given(RegionId=region_id, SnapshotId=snapshot_id),
            token=token,
        )

    def create_custom_image(
        self,
        region_id: str,
        server_id: str,
        name: str,
        system_snapshot_id: str,
        *,
        data_snapshot_id: str | None = None,
        description: str | None = None,
        tags: Mapping[str, str],
        token: str,
    ) -> str:
        """``CreateCustomImage``: an image of a system disk snapshot, with a data disk's if given."""
        return self._caller.create(
            "swas",
            "CreateCustomImage",
            region_id,
            given(
                RegionId=region_id,
                InstanceId=server_id,
                ImageName=name,
                SystemSnapshotId=system_snapshot_id,
                DataSnapshotId=data_snapshot_id,
                Description=description,
                Tag=tag_list(tags),
            ),
            lambda body: body["ImageId"],
            token=token,
        )

    def delete_custom_image(self, region_id: str, image_id: str, *, token: str) -> None:
        """``DeleteCustomImage``: a shared image is refused (400 ``CustomImageInShare``)."""
        self._caller.change(
            "swas", "DeleteCustomImage", region_id, given(RegionId=region_id, ImageId=image_id), token=token
        )

    def modify_image_share_status(
        self, region_id: str, image_id: str, operation: Literal["Share", "UnShare"], *, token: str
    ) -> None:
        """``ModifyImageShareStatus``: share an image with ECS of the same account and region, or stop.

        After ``UnShare`` disks of ECS instances made from the shared image cannot be re-initialised.
        """
        self._caller.change(
            "swas",
            "ModifyImageShareStatus",
            region_id,
            given(RegionId=region_id, ImageId=image_id, Operation=operation),
            token=token,
        )

    # -- records -------------------------------------------------------------------------------

    def _where(self, region_id: str) -> dict[str, Any]:
        return {"product": "swas", "account_id": self._account_id(), "region_id": region_id}

    def _disk(self, item: Mapping[str, Any], region_id: str, server_id: str) -> ServerDisk:
        # Documented as system|data and as System|Data.
        kind = str(item.get("DiskType", "")).lower()
        return ServerDisk(
            **self._where(region_id),
            id=item["DiskId"],
            server_id=server_id,
            name=item.get("DiskName", ""),
            kind="data" if kind == "data" else "system",
            size=number(item.get("Size")),
            category=item.get("Category", ""),
            device=item.get("Device", ""),
            status=item.get("Status", ""),
        )

    def _server(self, item: Mapping[str, Any], region_id: str) -> Server:
        image = item.get("Image") or {}
        spec = item.get("ResourceSpec") or {}
        os_name = " ".join(filter(None, (image.get("ImageName"), image.get("ImageVersion"))))
        return Server(
            **self._where(region_id),
            id=item["InstanceId"],
            name=item.get("InstanceName", ""),
            status=item.get("Status", ""),
            business_status=item.get("BusinessStatus", "Normal"),
            disable_reason=item.get("DisableReason", ""),
            image_id=item.get("ImageId", ""),
            os_type=image.get("OsType", ""),
            os_name=os_name,
            plan_id=item.get("PlanId", ""),
            cpu=number(spec.get("Cpu")),
            memory=float(spec.get("Memory") or 0),
            public_ip=item.get("PublicIpAddress", ""),
            private_ip=item.get("InnerIpAddress", ""),
            disks=tuple(self._disk(d, region_id, item["InstanceId"]) for d in item.get("Disks") or ()),
            created_at=when(item.get("CreationTime")),
            expires_at=when(item.get("ExpiredTime")),
            tags=tags(item.get("Tags")),
        )

    def _snapshot(self, item: Mapping[str, Any], region_id: str) -> Snapshot:
        return Snapshot(
            **self._where(region_id),
            id=item["SnapshotId"],
            name=item.get("SnapshotName", ""),
            disk_id=item.get("SourceDiskId", ""),
            disk_kind=str(item.get("SourceDiskType", "")).lower(),
            server_id=item.get("InstanceId", ""),
            # Spelled with a capital in the documents, in lower case in a provider's code.
            status=str(item.get("Status", "")).capitalize(),
            progress=percent(item.get("Progress")),
            created_at=when(item.get("CreationTime")),
            tags=tags(item.get("Tags")),
        )

    def _image(self, item: Mapping[str, Any], region_id: str) -> CustomImage:
        return CustomImage(
            **self._where(region_id),
            id=item["ImageId"],
            name=item.get("Name", ""),
            status=str(item.get("Status", "")),
            server_id=item.get("InstanceId", ""),
            system_snapshot_id=item.get("SystemSnapshotId", ""),
            data_snapshot_id=item.get("DataSnapshotId", ""),
            system_disk_size=number(item.get("RequiredSystemDiskSize")),
            data_disk_size=number(item.get("RequiredDataDiskSize")),
            os_type=item.get("OsType", ""),
            shared_to_ecs=flag(item.get("InShare")),
            shared_to_accounts=flag(item.get("InShareUser")),
            used_by=tuple(item.get("CreateInstances") or ()),
            description=item.get("Description", ""),
            created_at=when(item.get("CreationTime")),
            tags=tags(item.get("Tags")),
        )
