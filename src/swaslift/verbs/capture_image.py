"""``lift.capture_image``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal, get_args

from swaslift.cloud import Cloud
from swaslift.consent import Consent
from swaslift.lifecycle.capture_plan import Wanted, prepare
from swaslift.lifecycle.capture_snapshots import snapshot_ids
from swaslift.lifecycle.spec import DataDisks
from swaslift.models import CustomImage, Server, Snapshot
from swaslift.planning.arguments import check_choice, check_flag, check_text, command_of, region_of, tags_of
from swaslift.planning.preparation import Request
from swaslift.planning.source import find_server
from swaslift.targets import Command


def capture_image(
    _cloud: Cloud,
    server: Server | str,
    name: str | None = None,
    *,
    data_disks: Literal["include", "leave"] | None = None,
    snapshots: Iterable[Snapshot | str] | None = None,
    stop_source: bool = False,
    before: Command | str | None = None,
    after: Command | str | None = None,
    description: str | None = None,
    resource_group_id: str | None = None,
    tags: Mapping[str, str] | None = None,
    region: str | None = None,
    consent: Iterable[Consent] | Consent = (),
    run_id: str | None = None,
    again: bool = False,
) -> Request[CustomImage]:
    """Make a custom image of a server; returns it when it is available.

    The disks are snapshotted, both at the same time, and the image is made of the snapshots; or of
    snapshots that are given. By default the server runs on, and the image is what a power cut would leave.
    With ``stop_source`` it is stopped for the snapshots and started again, also when something fails in
    between; with ``before`` and ``after`` commands are run in it (Cloud Assistant), ``after`` likewise in
    any case. The snapshots stay: the service keeps them for as long as an image was made from them.

    A snapshot that an earlier capture began and made no image of is used where no fresh one can be taken;
    the plan says so. API actions that change something: CreateSnapshot, CreateCustomImage; StopInstance,
    StartInstance and RunCommand where asked for; DeleteSnapshot for what failed. Rests on
    https://www.alibabacloud.com/help/en/simple-application-server/user-guide/create-a-custom-image

    Args:
        server: a `Server`, an id, or a unique name.
        name: the image's name; by default the server's, with six letters that no other image has.
        data_disks: ``"include"`` takes the data disk along (default), ``"leave"`` the system disk alone.
        snapshots: records or ids of accomplished snapshots of this server: one of the system disk, and
            one of a data disk if the image is to hold it.
        stop_source: stop the server first; it wants leave (`Consent.stop`). One that is stopped
            already is left so.
        before: a command to be run first, e.g. one that stops a database; as text it has 60 seconds.
        after: a command to be run when the snapshots are accomplished, usually 10 to 30 minutes later.
        description: 2 to 256 characters.
        resource_group_id: the resource group of the image.
        tags: of the image, at most 17.
        region: the server's region; the client's by default.
        consent: leave to stop the server; ``plan.consents`` lists what is needed.
        run_id: an id for the run; by default one derived from account, verb, server and name.
        again: do it once more after an earlier run of this id is over.

    Raises:
        InvalidArgument, PreflightError, ConsentRequired: nothing was changed.
        RunExists, RunConflict, RunBusy: there is such a run already.
        RunPaused: it stopped on the way; the message says how to go on.
        ConfigError, ApiError, TransportError: the cloud could not be asked.
    """
    if data_disks is not None:
        check_choice("data_disks", data_disks, get_args(DataDisks))
    check_flag("stop_source", stop_source)
    for field, value in (
        ("name", name),
        ("description", description),
        ("resource_group_id", resource_group_id),
    ):
        check_text(field, value)
    wanted = Wanted(
        name=name,
        data_disks=data_disks,
        snapshots=None if snapshots is None else snapshot_ids(snapshots),
        stop_source=stop_source,
        before=command_of("before", before),
        after=command_of("after", after),
        description=description,
        resource_group_id=resource_group_id,
        tags=tags_of(tags),
    )
    found = find_server(_cloud, server, region_of(_cloud, region, server))
    return Request(
        title=f"Capture server {found.name} in the custom image {name or 'of its name'} in {found.region_id}",
        source=found.id,
        name=found.name,
        arguments=wanted.arguments(found),
        prepare=lambda run_id: prepare(_cloud, found, wanted, run_id),
        apart=name or "",
        consent=consent,
        run_id=run_id,
        again=again,
    )
