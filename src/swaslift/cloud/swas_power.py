"""What the door changes on the power of a server: one method per action."""

from __future__ import annotations

from swaslift.cloud.parse import given
from swaslift.cloud.swas_reads import SwasReads


class SwasPower(SwasReads):
    """Start, stop and restart a server. Another state is refused (403 ``IncorrectInstanceStatus``)."""

    def start_instance(self, region_id: str, server_id: str, *, token: str) -> None:
        """``StartInstance`` of a Stopped server; it is Starting, then Running."""
        self._caller.change(
            "swas",
            "StartInstance",
            region_id,
            given(RegionId=region_id, InstanceId=server_id),
            token=token,
        )

    def stop_instance(self, region_id: str, server_id: str, *, token: str) -> None:
        """``StopInstance`` of a Running server; it is Stopping, then Stopped."""
        self._caller.change(
            "swas",
            "StopInstance",
            region_id,
            given(RegionId=region_id, InstanceId=server_id),
            token=token,
        )

    def reboot_instance(self, region_id: str, server_id: str, *, token: str) -> None:
        """``RebootInstance`` of a Running server; it is Starting, then Running."""
        self._caller.change(
            "swas",
            "RebootInstance",
            region_id,
            given(RegionId=region_id, InstanceId=server_id),
            token=token,
        )
