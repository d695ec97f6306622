"""What the door changes on a server without touching what runs in it: one method per action."""

from __future__ import annotations

from swaslift.cloud.parse import given
from swaslift.cloud.swas_reads import SwasReads


class SwasAttributes(SwasReads):
    """A server's name."""

    def update_instance_attribute(self, region_id: str, server_id: str, *, name: str, token: str) -> None:
        """``UpdateInstanceAttribute`` with a name: 2 to 50 letters, digits, ``_`` and ``-``."""
        self._caller.change(
            "swas",
            "UpdateInstanceAttribute",
            region_id,
            given(RegionId=region_id, InstanceId=server_id, InstanceName=name),
            token=token,
        )
