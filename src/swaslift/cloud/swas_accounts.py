"""Sharing custom images of SWAS with other accounts: one method per action."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from swaslift.cloud import swas_records as records
from swaslift.cloud.parse import given
from swaslift.cloud.swas_reads import SwasReads
from swaslift.models import SharedAccount


class SwasAccounts(SwasReads):
    """Custom images and the accounts that they are shared with."""

    def list_custom_image_share_accounts(self, region_id: str, image_id: str) -> Iterator[SharedAccount]:
        """``ListCustomImageShareAccounts`` of an own image, pages of 50."""
        return self._list(
            "ListCustomImageShareAccounts",
            region_id,
            "ImageShareUsers",
            records.shared_account,
            ImageId=image_id,
            size=50,
        )

    def add_custom_image_share_account(
        self, region_id: str, image_id: str, accounts: Sequence[str], *, token: str
    ) -> None:
        """``AddCustomImageShareAccount``: share with main accounts in the same region, at most 10 in all."""
        self._caller.change(
            "swas",
            "AddCustomImageShareAccount",
            region_id,
            given(RegionId=region_id, ImageId=image_id, Account=[int(a) for a in accounts]),
            token=token,
        )

    def remove_custom_image_share_account(
        self, region_id: str, image_id: str, accounts: Sequence[str], *, token: str
    ) -> None:
        """``RemoveCustomImageShareAccount``: withdraw the share from accounts."""
        self._caller.change(
            "swas",
            "RemoveCustomImageShareAccount",
            region_id,
            given(RegionId=region_id, ImageId=image_id, Account=[int(a) for a in accounts]),
            token=token,
        )
