"""Sharing ECS images with other accounts: one method per action."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from swaslift.cloud import ecs_records as records
from swaslift.cloud.ecs_reads import EcsReads
from swaslift.cloud.parse import given, id_list
from swaslift.models import SharedAccount


class EcsAccounts(EcsReads):
    """ECS images and the accounts that they are shared with."""

    def describe_image_share_permission(self, region_id: str, image_id: str) -> Iterator[SharedAccount]:
        """``DescribeImageSharePermission`` of an own image."""
        return self._list(
            "DescribeImageSharePermission",
            region_id,
            "Accounts",
            "Account",
            records.shared_account,
            ImageId=image_id,
        )

    def kms_keys(self, region_id: str, snapshot_ids: Sequence[str]) -> dict[str, str]:
        """``DescribeSnapshots``: the KMS keys that up to 100 snapshots are encrypted with, by snapshot."""
        found = self._list(
            "DescribeSnapshots",
            region_id,
            "Snapshots",
            "Snapshot",
            lambda item: (item.needed("SnapshotId"), item.text("KMSKeyId")),
            SnapshotIds=id_list(snapshot_ids),
            by_token=True,
            at_most=len(snapshot_ids),
        )
        return dict(found)

    def modify_image_share_permission(
        self, region_id: str, image_id: str, *, add: Sequence[str] = (), remove: Sequence[str] = ()
    ) -> None:
        """``ModifyImageSharePermission`` of an own image: at most 10 accounts a call, 50 an image.

        Encrypted with the service key, an image cannot be shared; with an own key, ECS needs a role for it.
        """
        self._caller.change(
            "ecs",
            "ModifyImageSharePermission",
            region_id,
            given(
                RegionId=region_id,
                ImageId=image_id,
                AddAccount=list(add) or None,
                RemoveAccount=list(remove) or None,
            ),
        )
