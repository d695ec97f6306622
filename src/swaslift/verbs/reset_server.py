"""``lift.reset_server``."""

from __future__ import annotations

from collections.abc import Iterable

from swaslift.cloud import Cloud
from swaslift.consent import Consent
from swaslift.errors import InvalidArgument
from swaslift.lifecycle.resetting import ResetSpec, ServerReset
from swaslift.lifecycle.resetting_plan import prepare
from swaslift.models import CustomImage, Server, StockImage
from swaslift.planning.arguments import check_flag, check_text, region_of
from swaslift.planning.names import stem
from swaslift.planning.preparation import Request
from swaslift.planning.resets import find_server_image
from swaslift.planning.source import find_server
from swaslift.secret import Secret


def reset_server(
    _cloud: Cloud,
    server: Server | str,
    image: CustomImage | StockImage | str,
    *,
    snapshot: bool = True,
    key_pair: str | None = None,
    password: Secret | None = None,
    region: str | None = None,
    consent: Iterable[Consent] | Consent = (),
    run_id: str | None = None,
    again: bool = False,
) -> Request[ServerReset]:
    """Install a server anew from an image; returns when it runs again.

    **All that the server holds is erased.** It is stopped, its disks are snapshotted, and the image is
    installed; address, plan and paid time stay. The old system does not come back on this server, whatever
    is undone: the service rolls no disk back to a snapshot that is older than a reset, and takes no image
    of the server itself. The snapshots stay, and an image can be made of them for another server. An undo
    before the reset starts the server again and removes them.

    Right before the reset the server is looked at once more. Where somebody has started it, the run pauses, and
    a resume stops it and takes the snapshots anew, in place of the old ones. So it does at once where they are
    older than two hours: no answer of the service tells when a server was last started.

    The system needs to be no larger than the server's disk. Where the service does not take a stopped
    server, it is started and reset while it runs. API actions that change something: StopInstance,
    CreateSnapshot, ResetSystem; StartInstance where needed; DeleteSnapshot for what failed or is taken anew. Rests on
    https://www.alibabacloud.com/help/en/simple-application-server/developer-reference/api-swas-open-2020-06-01-resetsystem

    Args:
        server: a `Server`, an id, or a unique name.
        image: an own custom image of the region, or one of the service's: a record, an id, or a unique
            name. It may be the one that the server has. From one that another account shares only new
            servers are made.
        snapshot: take snapshots of the system disk and the data disk first.
        key_pair: the name of a key pair of SWAS for the login (Linux).
        password: a reference to a password for the login. Without both, the image says how to log in.
        region: the server's region; that of the record, or the client's by default.
        consent: leave to erase what the server holds (`Consent.erase` of the server).
        run_id: an id for the run; by default one derived from account, verb and server.
        again: do it once more after an earlier run of this id is over.

    Raises:
        InvalidArgument, PreflightError, ConsentRequired: nothing was changed.
        RunExists, RunConflict, RunBusy: there is such a run already.
        RunPaused: it stopped on the way; the message says how to go on.
        ConfigError, ApiError, TransportError: the cloud could not be asked.
    """
    check_flag("snapshot", snapshot)
    check_text("key_pair", key_pair)
    if password is not None and not isinstance(password, Secret):
        raise InvalidArgument("password", "***", "not a reference", 'Give Secret.env("NAME")')
    if key_pair is not None and password is not None:
        raise InvalidArgument("password", "***", "key_pair is given too", "Give one of them")
    found = find_server(_cloud, server, region_of(_cloud, region, server))
    chosen = find_server_image(_cloud, image, found.region_id)
    spec = ResetSpec(
        server=found,
        image=chosen,
        base=stem(found.name),
        snapshot=snapshot,
        key_pair=key_pair,
        password=password,
    )
    return Request(
        title=f"Reset the server {found.name} ({found.id}) to the image {chosen.name}",
        source=found.id,
        name=found.name,
        arguments={
            "server": found.id,
            "region": found.region_id,
            "image": chosen.id,
            **spec.model_dump(mode="json", include={"snapshot", "key_pair", "password"}),
        },
        prepare=lambda run_id: prepare(_cloud, spec, run_id),
        consent=consent,
        run_id=run_id,
        again=again,
    )
