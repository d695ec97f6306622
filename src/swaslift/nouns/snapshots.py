"""``lift.snapshots``."""

from __future__ import annotations

from collections.abc import Iterator

from swaslift.cloud import Cloud
from swaslift.models import Snapshot


class Snapshots:
    """Snapshots of SWAS disks."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def list(self, region: str | None = None) -> Iterator[Snapshot]:
        """The snapshots of a region, fetched as you go (``ListSnapshots``).

        Raises:
            ApiError, TransportError: the service refused, or did not answer.
        """
        return self._cloud.swas.list_snapshots(region or self._cloud.settings.region)
