"""``lift.servers``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from swaslift.errors import InvalidArgument
from swaslift.models import Server, ServerDisk
from swaslift.nouns.listing import Listing
from swaslift.nouns.noun import Where
from swaslift.nouns.power import STARTED, STOPPED, due
from swaslift.nouns.tagged import Tagged
from swaslift.planning.arguments import check_text
from swaslift.planning.names import check_server_name


class Servers(Tagged[Server]):
    """SWAS servers."""

    word: ClassVar[str] = "server"
    field: ClassVar[str] = "server"
    kind: ClassVar[str] = "instance"

    def list(self, region: Where = None) -> Listing[Server]:
        """The servers of a region, fetched as you go (``ListInstances``).

        Args:
            region: a region, several, or ``"*"`` for all; the client's by default. Several are asked side
                by side (``ListRegions``); one of them that cannot be asked is named in ``unasked`` of what is returned.

        Raises:
            InvalidArgument: SWAS is not offered in such a region.
            ApiError, TransportError: the service refused, or did not answer.
        """
        return self._each(region, self._cloud.swas.list_instances)

    def get(self, key: Server | str, region: Where = None) -> Server:
        """A server by its id or unique name, or a record of it read anew (``ListInstances``).

        Raises:
            InvalidArgument: there is none, or several have the name.
            LookupIncomplete: it was not found, and one of several regions could not be asked.
            ApiError, TransportError: the service refused, or did not answer.
        """
        return self._one(key, region)

    def _all(self, region_id: str) -> Iterator[Server]:
        return self._cloud.swas.list_instances(region_id)

    def disks(self, server: Server | str, region: Where = None) -> Iterator[ServerDisk]:
        """The disks of a server (``ListDisks``).

        Raises:
            InvalidArgument: there is no such server, or several have the name.
            ApiError, TransportError: the service refused, or did not answer.
        """
        found = self._one(server, region, certain=True)
        return self._cloud.swas.list_disks(found.region_id, server_id=found.id)

    def start(self, server: Server | str, region: Where = None) -> bool:
        """Start a Stopped server (``StartInstance``); `get` shows how far it is. Twice is once.

        Returns:
            Whether anything was sent: False where it runs, or starts, already.

        Raises:
            InvalidArgument: there is no such server, or it is in a state in which the service refuses.
            ApiError, TransportError: the service refused, or did not answer.
        """
        found = self._one(server, region, certain=True)
        if not due(self.field, found.name, found.status, at="Stopped", towards=STARTED):
            return False
        self._cloud.swas.start_instance(found.region_id, found.id, token=self._token())
        return True

    def stop(self, server: Server | str, region: Where = None) -> bool:
        """Stop a Running server (``StopInstance``); it stays paid for. Twice is once.

        Returns:
            Whether anything was sent: False where it is stopped, or stops, already.

        Raises:
            InvalidArgument: there is no such server, or it is in a state in which the service refuses.
            ApiError, TransportError: the service refused, or did not answer.
        """
        found = self._one(server, region, certain=True)
        if not due(self.field, found.name, found.status, at="Running", towards=STOPPED):
            return False
        self._cloud.swas.stop_instance(found.region_id, found.id, token=self._token())
        return True

    def reboot(self, server: Server | str, region: Where = None) -> None:
        """Restart a Running server (``RebootInstance``). Each call is a restart.

        Raises:
            InvalidArgument: there is no such server, or it does not run.
            ApiError, TransportError: the service refused, or did not answer.
        """
        found = self._one(server, region, certain=True)
        due(self.field, found.name, found.status, at="Running", towards=())
        self._cloud.swas.reboot_instance(found.region_id, found.id, token=self._token())

    def rename(self, server: Server | str, name: str, region: Where = None) -> bool:
        """Give a server another name (``UpdateInstanceAttribute``). Twice is once.

        Args:
            server: a record, an id, or a unique name.
            name: 2 to 50 letters, digits, ``.``, ``_`` and ``-``; first a letter or a digit.
            region: where to look; the client's by default.

        Returns:
            Whether anything was sent: False where that is its name already.

        Raises:
            InvalidArgument: there is no such server, or the service does not take the name.
            ApiError, TransportError: the service refused, or did not answer.
        """
        check_text("name", name, needed=True)
        for check in check_server_name("name", name):
            raise InvalidArgument(check.field, check.value, check.problem, check.remedy)
        found = self._one(server, region, certain=True)
        if found.name == name:
            return False
        self._cloud.swas.update_instance_attribute(found.region_id, found.id, name=name, token=self._token())
        return True
