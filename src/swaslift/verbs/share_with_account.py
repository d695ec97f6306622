"""``lift.share_with_account``."""

from __future__ import annotations

from collections.abc import Iterable

from swaslift.checks import Check, warning
from swaslift.cloud import Cloud
from swaslift.consent import Consent
from swaslift.lifecycle.account_sharing import AccountSharingSpec, share_with_accounts
from swaslift.models import AccountShares, CustomImage
from swaslift.planning.accounts import SWAS_MOST, account_ids, check_room
from swaslift.planning.arguments import region_of
from swaslift.planning.custom_images import check_available, check_own, find_custom_image
from swaslift.planning.expiry import check_image_expiry
from swaslift.planning.preparation import Preparation, Request
from swaslift.runs.preview import foresee

_REMARKS = (
    (
        "The other account can build servers from the image, in the image's region alone; it cannot rename, delete "
        "or share it on. Remove secrets from the image first: they are handed over with it."
    ),
    (
        "Sharing costs nothing. A shared image cannot be deleted until it is unshared, and is gone for everybody "
        "when its server is released."
    ),
    (
        "Accounts of the China site and of the international site cannot share with each other, and no RAM user can "
        "be named. An id does not tell; the service decides."
    ),
)


def share_with_account(
    _cloud: Cloud,
    image: CustomImage | str,
    account_id: str | Iterable[str],
    *,
    region: str | None = None,
    consent: Iterable[Consent] | Consent = (),
    run_id: str | None = None,
    again: bool = False,
) -> Request[AccountShares]:
    """Share a custom image with other accounts, in its region; returns all accounts that have it then.

    Doing it twice changes nothing. At most 10 main accounts can have an image. They see it in
    ``lift.images.received()`` of their own client. API action that changes something:
    AddCustomImageShareAccount. Rests on
    https://www.alibabacloud.com/help/en/simple-application-server/user-guide/share-custom-images-across-accounts

    Args:
        image: a `CustomImage`, an id, or a unique name.
        account_id: the 16 digits of a main account, or several.
        region: the image's region; the client's by default.
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
    found = find_custom_image(_cloud, image, region_of(_cloud, region, image))
    spec = AccountSharingSpec(image=found, accounts=accounts)
    return Request(
        title=f"Share the image {found.name} in {found.region_id} with {', '.join(accounts)}",
        source=found.id,
        name=found.name,
        apart=",".join(accounts),
        arguments={"image": found.id, "region": found.region_id, "accounts": list(accounts)},
        prepare=lambda _run_id: Preparation(
            spec=spec,
            checks=tuple(_checks(_cloud, spec)),
            steps=tuple(foresee(lambda: share_with_accounts(spec))),
            remarks=_REMARKS,
        ),
        consent=consent,
        run_id=run_id,
        again=again,
    )


def _checks(cloud: Cloud, spec: AccountSharingSpec) -> list[Check]:
    image = spec.image
    if image.foreseen:
        return []  # what an earlier part of a chain makes; it is looked at again when it is there
    if image.received:
        return check_own(image)
    checks = check_available(image)
    shared = list(cloud.swas.list_custom_image_share_accounts(image.region_id, image.id))
    checks += check_room(image.id, shared, spec.accounts, SWAS_MOST)
    checks += check_image_expiry(cloud, image, lost="it is gone for the other accounts, too")
    if image.data_disk_size:
        checks.append(
            warning(
                "image",
                image.id,
                f"it holds a data disk of {image.data_disk_size} GiB, which is not shared",
                "Move its data by other means",
            )
        )
    return checks
