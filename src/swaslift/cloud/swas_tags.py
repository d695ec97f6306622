"""Tags of what SWAS holds: one method per action."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from swaslift.cloud.parse import given, tag_list
from swaslift.cloud.swas_reads import SwasReads

TaggedKind = Literal["instance", "snapshot", "customimage", "command", "firewallrule", "disk"]


class SwasTags(SwasReads):
    """Set, remove and read tags. At most 50 resources a call, and 20 tags."""

    def tag_resources(
        self, region_id: str, kind: TaggedKind, ids: Sequence[str], tags: Mapping[str, str], *, token: str
    ) -> None:
        """``TagResources``: set tags; a key that is there gets the new value."""
        self._caller.change(
            "swas",
            "TagResources",
            region_id,
            given(RegionId=region_id, ResourceType=kind, ResourceId=list(ids), Tag=tag_list(tags)),
            token=token,
        )

    def untag_resources(
        self, region_id: str, kind: TaggedKind, ids: Sequence[str], keys: Sequence[str], *, token: str
    ) -> None:
        """``UntagResources``: remove tags by key; a key that is not there is no error."""
        self._caller.change(
            "swas",
            "UntagResources",
            region_id,
            given(RegionId=region_id, ResourceType=kind, ResourceId=list(ids), TagKey=list(keys)),
            token=token,
        )

    def list_tag_resources(
        self,
        region_id: str,
        kind: TaggedKind,
        *,
        ids: Sequence[str] | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> dict[str, dict[str, str]]:
        """``ListTagResources``: tags by resource; a resource without tags is not in it."""
        found: dict[str, dict[str, str]] = {}
        for resource_id, key, value in self._caller.pages(
            "swas",
            "ListTagResources",
            region_id,
            given(
                RegionId=region_id,
                ResourceType=kind,
                ResourceId=list(ids) if ids else None,
                Tag=tag_list(tags),
            ),
            ["TagResources", "TagResource"],
            lambda item: (item.needed("ResourceId"), item.needed("TagKey"), item.text("TagValue")),
            size=None,
            by_token=True,
        ):
            found.setdefault(resource_id, {})[key] = value
        return found
