"""``lift.servers``."""

from __future__ import annotations

from collections.abc import Iterator

from swaslift.cloud import Cloud
from swaslift.models import Server
from swaslift.planning.source import find_server


class Servers:
    """SWAS servers."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def list(self, region: str | None = None) -> Iterator[Server]:
        """The servers of a region, fetched as you go (``ListInstances``).

        Raises:
            ApiError, TransportError: the service refused, or did not answer.
        """
        return self._cloud.swas.list_instances(region or self._cloud.settings.region)

    def get(self, server: str, region: str | None = None) -> Server:
        """A server by its id or unique name (``ListRegions``, ``ListInstances``).

        Raises:
            InvalidArgument: there is none, or several have the name.
        """
        return find_server(self._cloud, server, region or self._cloud.settings.region)
