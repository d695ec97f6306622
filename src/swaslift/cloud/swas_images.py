"""What the door changes on snapshots and custom images of SWAS: one method per action."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from swaslift.cloud.parse import given, tag_list
from swaslift.cloud.swas_reads import SwasReads


class SwasImages(SwasReads):
    """Snapshots and custom images."""

    def create_snapshot(
        self, region_id: str, disk_id: str, name: str, *, tags: Mapping[str, str], token: str
    ) -> str:
        """``CreateSnapshot``: start a snapshot of one disk; returns its id.

        Free of charge, 10 to 30 minutes; the server must not be stopped or restarted meanwhile.
        """
        return self._caller.change_as(
            "swas",
            "CreateSnapshot",
            region_id,
            given(RegionId=region_id, DiskId=disk_id, SnapshotName=name, Tag=tag_list(tags)),
            lambda body: body.needed("SnapshotId"),
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
        resource_group_id: str | None = None,
        tags: Mapping[str, str],
        token: str,
    ) -> str:
        """``CreateCustomImage``: an image of a system disk snapshot, with a data disk's if given."""
        return self._caller.change_as(
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
                ResourceGroupId=resource_group_id,
                Tag=tag_list(tags),
            ),
            lambda body: body.needed("ImageId"),
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
