"""``lift.hand_over``."""

from __future__ import annotations

from collections.abc import Iterable

from swaslift.cloud import Cloud
from swaslift.consent import Consent
from swaslift.lifecycle.handing_over import HandOverSpec
from swaslift.lifecycle.handing_over import hand_over as script
from swaslift.models import EcsImage, HandedOver
from swaslift.planning.accounts import account_ids
from swaslift.planning.arguments import region_of
from swaslift.planning.ecs_images import find_ecs_image
from swaslift.planning.ecs_shares import check_shareable
from swaslift.planning.preparation import Preparation, Request
from swaslift.runs.preview import foresee

_REMARKS = (
    (
        "The other account can copy the image and run instances from it, in the image's region alone. Remove "
        "secrets from it first: they are handed over with it."
    ),
    "Sharing costs nothing; the snapshots behind the image stay billed here. A shared image cannot be deleted.",
    (
        "Accounts of the China site and of the international site cannot share with each other. An id does not "
        "tell; the service decides."
    ),
)


def hand_over(
    _cloud: Cloud,
    ecs_image: EcsImage | str,
    account_id: str | Iterable[str],
    *,
    region: str | None = None,
    consent: Iterable[Consent] | Consent = (),
    run_id: str | None = None,
    again: bool = False,
) -> Request[HandedOver]:
    """Share an own ECS image with other accounts; returns it with what they have to do.

    Doing it twice changes nothing; the undo of the run withdraws the share. At most 50 accounts can have
    an image. One that is encrypted with the service key cannot be handed over; with a KMS key of your own,
    the other account needs the right to use that key. API action that changes something:
    ModifyImageSharePermission. Rests on
    https://www.alibabacloud.com/help/en/ecs/user-guide/share-a-custom-image

    Args:
        ecs_image: an `EcsImage`, an id, or a unique name.
        account_id: the 16 digits of a main account, or several.
        region: the image's region; a record's own, else the client's, by default.
        consent: none is needed.
        run_id: an id for the run; by default one derived from account, verb, image and other accounts.
        again: taken for the sake of the other verbs; this one may always be repeated.

    Raises:
        InvalidArgument, PreflightError: nothing was changed.
        RunConflict, RunBusy: there is such a run already.
        RunPaused: it stopped on the way; the message says how to go on.
        ConfigError, ApiError, TransportError: the cloud could not be asked.
    """
    accounts = account_ids(account_id, _cloud.account_id)
    found = find_ecs_image(_cloud, ecs_image, region_of(_cloud, region, ecs_image))
    spec = HandOverSpec(image=found, accounts=accounts)
    return Request(
        title=f"Hand the image {found.name} in {found.region_id} over to {', '.join(accounts)}",
        source=found.id,
        name=found.name,
        apart=",".join(accounts),
        arguments={"ecs_image": found.id, "region": found.region_id, "accounts": list(accounts)},
        prepare=lambda _run_id: Preparation(
            spec=spec,
            checks=tuple(check_shareable(_cloud, found, accounts)),
            steps=tuple(foresee(lambda: script(spec))),
            remarks=_REMARKS,
        ),
        consent=consent,
        run_id=run_id,
        again=again,
    )
