"""Tags of what ECS holds: one method per action."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from swaslift.cloud.ecs_reads import EcsReads
from swaslift.cloud.parse import given, tag_list

EcsTaggedKind = Literal["instance", "image", "snapshot", "disk"]


class EcsTags(EcsReads):
    """Set and remove tags. At most 50 resources a call, and 20 tags."""

    def tag_resources(
        self, region_id: str, kind: EcsTaggedKind, ids: Sequence[str], tags: Mapping[str, str]
    ) -> None:
        """``TagResources``: set tags. That a key which is there gets the new value is not documented."""
        self._caller.change(
            "ecs",
            "TagResources",
            region_id,
            given(RegionId=region_id, ResourceType=kind, ResourceId=list(ids), Tag=tag_list(tags)),
        )

    def untag_resources(
        self, region_id: str, kind: EcsTaggedKind, ids: Sequence[str], keys: Sequence[str]
    ) -> None:
        """``UntagResources``: remove tags by key."""
        self._caller.change(
            "ecs",
            "UntagResources",
            region_id,
            given(RegionId=region_id, ResourceType=kind, ResourceId=list(ids), TagKey=list(keys)),
        )
