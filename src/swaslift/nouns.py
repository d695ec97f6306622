"""Nouns: what is in the cloud, read when asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from swaslift.cloud import Cloud
from swaslift.consent import Consent
from swaslift.drivers.carrier import Carrier
from swaslift.errors import InvalidArgument
from swaslift.models import CustomImage, EcsImage, EcsInstance, Server, Snapshot
from swaslift.planning.source import find_server
from swaslift.run import Migration, Run


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


class Images:
    """Custom images of SWAS."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def list(self, region: str | None = None) -> Iterator[CustomImage]:
        """The custom images of a region, fetched as you go (``ListCustomImages``).

        Raises:
            ApiError, TransportError: the service refused, or did not answer.
        """
        return self._cloud.swas.list_custom_images(region or self._cloud.settings.region)


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


class EcsInstances:
    """ECS instances."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def list(self, region: str | None = None) -> Iterator[EcsInstance]:
        """The instances of a region, fetched as you go (``DescribeInstances``).

        Raises:
            ApiError, TransportError: the service refused, or did not answer.
        """
        return self._cloud.ecs.describe_instances(region or self._cloud.settings.region)

    def get(self, instance_id: str, region: str | None = None) -> EcsInstance:
        """An instance by its id (``DescribeInstances``).

        Raises:
            InvalidArgument: there is none.
        """
        where = region or self._cloud.settings.region
        found = next(iter(self._cloud.ecs.describe_instances(where, ids=[instance_id])), None)
        if found is None:
            raise InvalidArgument(
                "instance_id", instance_id, f"no such instance in {where}", "Try region=..."
            )
        return found


class EcsImages:
    """ECS images of the account's own, and those shared with it."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def list(self, region: str | None = None) -> Iterator[EcsImage]:
        """The account's own images of a region, in every state (``DescribeImages``).

        Raises:
            ApiError, TransportError: the service refused, or did not answer.
        """
        return self._cloud.ecs.describe_images(region or self._cloud.settings.region, owner="self")


class EcsNouns:
    """What is in ECS: ``lift.ecs.instances``, ``lift.ecs.images``."""

    def __init__(self, cloud: Cloud) -> None:
        self.instances = EcsInstances(cloud)
        self.images = EcsImages(cloud)


class Runs:
    """The runs of this machine's journal."""

    def __init__(self, carrier: Carrier) -> None:
        self._carrier = carrier

    def list(self) -> Sequence[Run]:
        """All runs, the latest first. Reads the journal alone."""
        return [Run(self._carrier, r.run_id) for r in self._carrier.journal.runs()]

    def get(self, run_id: str) -> Run:
        """A run. Reads the journal alone.

        Raises:
            RunNotFound: there is none of that id.
        """
        self._carrier.journal.run(run_id)
        return Run(self._carrier, run_id)

    def resume(
        self, run_id: str, *, amend: Any = None, consent: Iterable[Consent] | Consent = ()
    ) -> Migration | Run:
        """Go on with a run that is paused, or whose process died, until it is over.

        Args:
            run_id: the run.
            amend: a target that replaces the recorded one in what has not started, or another
                ``verify``.
            consent: leave for what an amended target costs beyond what was agreed to.

        Returns:
            The verb's result; the run itself, where what went on was an undo.

        Raises:
            RunPaused: it stopped again.
            ConsentRequired: the amended target costs more than was agreed to.
            RunNotFound, RunExists, RunBusy: there is nothing to go on with, or somebody else does.
        """
        self._carrier.carry(run_id, amend=amend, consent=consent)
        run = Run(self._carrier, run_id)
        return run.result() if run.status == "finished" else run
