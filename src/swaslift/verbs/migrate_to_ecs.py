"""``lift.migrate_to_ecs``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from swaslift.cloud import Cloud
from swaslift.consent import Consent
from swaslift.lifecycle.migration_arguments import arguments_of
from swaslift.lifecycle.migration_plan import prepare
from swaslift.lifecycle.spec import Keep
from swaslift.models import Server
from swaslift.planning.accounts import HasCloud, introduce
from swaslift.planning.arguments import region_of
from swaslift.planning.preparation import Request
from swaslift.planning.source import find_server
from swaslift.run import Migration
from swaslift.targets import NewInstance, Target


def migrate_to_ecs(
    _cloud: Cloud,
    server: Server | str,
    target: Target,
    *,
    region: str | None = None,
    data_disks: Literal["include", "leave"] | None = None,
    keep: Iterable[Keep] = (),
    verify: Literal["cloud_assistant", "running"] = "cloud_assistant",
    own_image: bool = True,
    image_name: str | None = None,
    into: HasCloud | None = None,
    consent: Iterable[Consent] | Consent = (),
    run_id: str | None = None,
    again: bool = False,
) -> Request[Migration]:
    """Carry a server to ECS.

    The source server keeps running and is not changed: its disks are snapshotted, a custom image is
    made of them and shared with ECS, an ECS image of your own is made of that, and the target comes to
    life from it. Then what was only a way there is removed.

    Sizes are GiB, times UTC, bandwidth Mbit/s. API actions that change something: CreateSnapshot,
    CreateCustomImage, ModifyImageShareStatus, CopyImage, RunInstances (or StopInstance,
    CreateSnapshot, ReplaceSystemDisk, AttachKeyPair, StartInstance), DeleteCustomImage,
    DeleteSnapshot; in cases that the plan names also CreateImage, DeleteImage and, into another account,
    ModifyImageSharePermission. Rests on
    https://www.alibabacloud.com/help/en/simple-application-server/use-cases/migrate-data-from-lightweight-application-servers-to-ecs-instances-through

    Args:
        server: a `Server`, an id, or a unique name.
        target: `NewInstance` or `ReplaceSystemDisk`.
        region: the server's region; the client's by default.
        data_disks: ``"include"`` takes the data disk along (default for a new instance),
            ``"leave"`` takes the system disk alone.
        keep: what not to remove at the end: ``"share"`` (and so image and snapshots),
            ``"swas_image"``, ``"swas_snapshots"``, ``"copies"`` (of the way to another region).
        verify: wait until the Cloud Assistant agent answers, or until the instance is Running.
        own_image: end on an ECS image of the account's own; without it the SWAS image must stay
            shared for as long as the instance's disks may need re-initialising.
        image_name: a name for that image.
        into: a `Client` of the account to end in, where that is another one: target, network and key pair are
            that account's then, and so are the instance and its image. It is never stored: ``resume`` and
            ``undo`` want it again.
        consent: leave to spend and to erase; ``plan.consents`` lists what is needed.
        run_id: an id for the run; by default one derived from account, verb and server.
        again: do it once more after an earlier run of this id is over.

    Raises:
        InvalidArgument, PreflightError, ConsentRequired: nothing was changed.
        RunExists, RunConflict, RunBusy: there is such a run already.
        RunPaused: it stopped on the way; the message says how to go on.
        ConfigError, ApiError, TransportError: the cloud could not be asked.
    """
    found = find_server(_cloud, server, region_of(_cloud, region, server))
    account = introduce(_cloud, into)
    arguments = arguments_of(
        found,
        target,
        data_disks=data_disks,
        keep=keep,
        verify=verify,
        own_image=own_image,
        image_name=image_name,
        into=account,
    )
    goal = (
        f"a new {target.instance_type}" if isinstance(target, NewInstance) else f"instance {target.instance}"
    )
    where = f"{target.region or found.region_id}{f' of account {account}' if account else ''}"
    return Request(
        title=f"Migrate server {found.name} to {goal} in {where}",
        source=found.id,
        name=found.name,
        apart=account or "",
        arguments=arguments,
        prepare=lambda run_id: prepare(_cloud, found, target, arguments, run_id),
        consent=consent,
        run_id=run_id,
        again=again,
    )
