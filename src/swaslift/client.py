"""The client: nouns to read with, verbs to change with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random
from types import TracebackType
from typing import Self, TypeVar

from swaslift.clock import Clock
from swaslift.cloud import Cloud, Settings
from swaslift.drivers.background import Background
from swaslift.drivers.carrier import Carrier
from swaslift.errors import InvalidArgument
from swaslift.lifecycle.account_sharing import ShareWithAccount, UnshareWithAccount
from swaslift.lifecycle.capture_image import CaptureImage
from swaslift.lifecycle.chain import Chain
from swaslift.lifecycle.copying import CopyToRegion as CopyDefinition
from swaslift.lifecycle.deleting import DeleteImages
from swaslift.lifecycle.handing_over import HandOver
from swaslift.lifecycle.launching import LaunchInstances
from swaslift.lifecycle.migration import MigrateToEcs
from swaslift.lifecycle.replace import ReplaceSystemDisks
from swaslift.lifecycle.resetting import ResetServer
from swaslift.lifecycle.scaling import ScaleOut
from swaslift.lifecycle.sharing import ShareToEcs, UnshareFromEcs
from swaslift.nouns import (
    Disks,
    EcsNouns,
    FirewallRules,
    Images,
    KeyPairs,
    Regions,
    Runs,
    ServerPlans,
    Servers,
    Snapshots,
)
from swaslift.planning.copies import regions_of
from swaslift.planning.overview import Overview
from swaslift.planning.overview_reading import read_overview
from swaslift.planning.unfinished import unfinished
from swaslift.runs.effects import Script
from swaslift.runs.events import Event
from swaslift.runs.journal import Journal
from swaslift.verbs.capture_image import capture_image
from swaslift.verbs.chain import asker
from swaslift.verbs.copy_to_region import CopyToRegion, copy_to_region
from swaslift.verbs.delete_image import delete_image
from swaslift.verbs.hand_over import hand_over
from swaslift.verbs.launch_instances import launch_instances
from swaslift.verbs.migrate_to_ecs import migrate_to_ecs
from swaslift.verbs.replace_system_disk import replace_system_disk
from swaslift.verbs.reset_server import reset_server
from swaslift.verbs.scale_out import scale_out
from swaslift.verbs.share_to_ecs import share_to_ecs
from swaslift.verbs.share_with_account import share_with_account
from swaslift.verbs.unshare_from_ecs import unshare_from_ecs
from swaslift.verbs.unshare_with_account import unshare_with_account
from swaslift.verbs.verb import Verb

R = TypeVar("R")

DEFINITIONS = (
    CaptureImage(),
    MigrateToEcs(),
    ShareToEcs(),
    UnshareFromEcs(),
    CopyDefinition(),
    LaunchInstances(),
    ReplaceSystemDisks(),
    ResetServer(),
    ShareWithAccount(),
    UnshareWithAccount(),
    HandOver(),
    DeleteImages(),
    ScaleOut(),
)


class Client:
    """One account's Simple Application Servers and ECS, seen from one region.

    Making a client loads no SDK and uses no network.

    Args:
        region: the default region; ``ALIBABA_CLOUD_REGION_ID`` otherwise.
        access_key_id: with ``access_key_secret`` an explicit key; otherwise the SDK's default
            credential chain (environment, profile files, RAM role ...).
        access_key_secret: see above.
        security_token: of temporary credentials (STS).
        endpoint_url: where all services are asked, e.g. an emulator; ``SWASLIFT_ENDPOINT_URL``
            otherwise.
        journal: the file that keeps the runs; in ``SWASLIFT_STATE_DIR`` or the user's state
            directory otherwise.
        connect_timeout: seconds.
        read_timeout: seconds.
        clock: the time to live at; for tests.
        random: where jitter comes from; for tests.

    Raises:
        InvalidArgument: an argument is wrong, or there is no region.
    """

    def __init__(
        self,
        region: str | None = None,
        *,
        access_key_id: str | None = None,
        access_key_secret: str | None = None,
        security_token: str | None = None,
        endpoint_url: str | None = None,
        journal: str | Path | None = None,
        connect_timeout: float = 5.0,
        read_timeout: float = 30.0,
        clock: Clock | None = None,
        random: Random | None = None,
    ) -> None:
        keys = {
            "access_key_id": access_key_id,
            "access_key_secret": access_key_secret,
            "security_token": security_token,
        }
        for name, value in keys.items():
            if value is not None and not isinstance(value, str):
                raise InvalidArgument(name, "***", "not a text", "Give a text, or leave it out")
        if journal is not None and not isinstance(journal, str | Path):
            raise InvalidArgument("journal", journal, "not a file", 'Give its path, e.g. "runs.db"')
        settings = Settings.resolve(
            region=region,
            endpoint_url=endpoint_url,
            access_key_id=access_key_id,
            access_key_secret=access_key_secret,
            security_token=security_token,
            connect_timeout=connect_timeout,
            read_timeout=read_timeout,
        )
        self.region = settings.region
        self.cloud = Cloud(settings, clock=clock, random=random)
        self._journal = Journal(Path(journal) if journal else None)
        self._carrier = Carrier(self.cloud, self._journal, {d.name: d for d in DEFINITIONS})
        self._background = Background(self._carrier)
        self.servers = Servers(self.cloud)
        self.images = Images(self.cloud, self._journal)
        self.disks = Disks(self.cloud)
        self.snapshots = Snapshots(self.cloud)
        self.server_plans = ServerPlans(self.cloud)
        self.firewall_rules = FirewallRules(self.cloud)
        self.key_pairs = KeyPairs(self.cloud)
        self.regions = Regions(self.cloud)
        self.ecs = EcsNouns(self.cloud)
        self.runs = Runs(self._carrier, self._background)
        self.capture_image = Verb(capture_image, self._carrier, self._background)
        self.share_to_ecs = Verb(share_to_ecs, self._carrier, self._background)
        self.unshare_from_ecs = Verb(unshare_from_ecs, self._carrier, self._background)
        self.copy_to_region = CopyToRegion(copy_to_region, self._carrier, self._background)
        self.launch_instances = Verb(launch_instances, self._carrier, self._background)
        self.replace_system_disk = Verb(replace_system_disk, self._carrier, self._background)
        self.reset_server = Verb(reset_server, self._carrier, self._background)
        self.share_with_account = Verb(share_with_account, self._carrier, self._background)
        self.unshare_with_account = Verb(unshare_with_account, self._carrier, self._background)
        self.hand_over = Verb(hand_over, self._carrier, self._background)
        self.delete_image = Verb(delete_image, self._carrier, self._background)
        self.scale_out = Verb(scale_out, self._carrier, self._background)
        self.migrate_to_ecs = Verb(migrate_to_ecs, self._carrier, self._background)

    def chain(self, function: Callable[..., Script[R]]) -> Verb[..., R]:
        """Make a verb of several: one plan, one run, one journal, one undo.

        ::

            @lift.chain
            def spread(server: str, regions: list[str]) -> Script[ImageCopies]:
                image = yield from lift.capture_image.part(server, name="golden")
                return (yield from lift.copy_to_region.part(image, regions))

            spread.plan("shop", ["ap-southeast-1"])
            spread("shop", ["ap-southeast-1"])

        The function decides by its arguments and by what the parts return, and by nothing else: a
        resume runs it again. Parts that can go on side by side stand in `fork`; the second use of a
        verb gets a name of its own with `named`. A process that resumes such a run defines the chain
        first.

        Args:
            function: a generator function; its arguments and what it returns are kept in the journal.

        Raises:
            InvalidArgument: it is no generator function, or its name is taken by a verb.
        """
        chain = Chain(function)
        taken = self._carrier.definitions.get(chain.name)
        if taken is not None and not isinstance(taken, Chain):
            raise InvalidArgument("function", chain.name, "a verb has this name", "Rename the function")
        self._carrier.definitions[chain.name] = chain
        return Verb(asker(chain), self._carrier, self._background)

    def overview(self, regions: str | list[str] | tuple[str, ...] | None = None) -> Overview:
        """All images, those of SWAS and the account's own of ECS, in one table: who uses and has them.

        Each row tells whether the image could be deleted, and why; ``overview().deletable`` holds those that
        nobody is known to need. Nothing is changed. The regions are asked side by side, with a few calls each; one
        that cannot be asked is named in ``unasked`` and does not spoil the rest (``ListCustomImages``,
        ``ListInstances``, ``DescribeImages``, ``DescribeInstances``; for what is shared
        ``ListCustomImageShareAccounts``, ``DescribeImageSharePermission``).

        Args:
            regions: a region or several; all by default.

        Raises:
            InvalidArgument: neither product is offered in such a region.
            ApiError, TransportError: the regions could not be listed.
        """
        wanted = None if regions is None or regions == "*" else regions_of(regions, "regions")
        going = unfinished(self._journal, emulated=self.cloud.emulated)
        return read_overview(self.cloud, wanted, going)

    def listen(self, listener: Callable[[Event], None]) -> None:
        """Be told what happens in runs, as it happens.

        Args:
            listener: called with each `Event`, in the thread that carries the run.

        Raises:
            InvalidArgument: it cannot be called.
        """
        if not callable(listener):
            raise InvalidArgument("listener", listener, "it cannot be called", "Give a function of an event")
        self._carrier.listeners.append(listener)

    def close(self) -> None:
        """Pause the runs that this client carries, in the background and in other threads, and close the journal."""
        self._carrier.activities.stop("its client was closed")
        self._background.stop()
        self._journal.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        where = (
            f", endpoint_url={self.cloud.settings.endpoint_url!r}" if self.cloud.settings.endpoint_url else ""
        )
        return f"swaslift.Client(region={self.region!r}{where})"
