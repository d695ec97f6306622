"""``lift.unshare_with_account``."""

from __future__ import annotations

from collections.abc import Iterable

from swaslift.checks import Check, warning
from swaslift.cloud import Cloud
from swaslift.consent import Consent
from swaslift.lifecycle.account_sharing import AccountSharingSpec, unshare_with_accounts
from swaslift.models import AccountShares, CustomImage
from swaslift.planning.accounts import account_ids
from swaslift.planning.arguments import region_of
from swaslift.planning.custom_images import check_own, find_custom_image
from swaslift.planning.preparation import Preparation, Request
from swaslift.runs.preview import foresee

_REMARK = (
    "Which servers the other accounts have built from the image cannot be known from here, and no document says what "
    "withdrawing it does to them. Of images shared with ECS it is documented that disks made from them cannot be "
    "re-initialised afterwards; expect the same, and tell the other accounts first."
)


def unshare_with_account(
    _cloud: Cloud,
    image: CustomImage | str,
    account_id: str | Iterable[str],
    *,
    region: str | None = None,
    consent: Iterable[Consent] | Consent = (),
    run_id: str | None = None,
    again: bool = False,
) -> Request[AccountShares]:
    """Withdraw a custom image from other accounts; returns the accounts that still have it.

    They can build no more servers from it. Doing it twice changes nothing. API action that changes
    something: RemoveCustomImageShareAccount. Rests on
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
        title=f"Withdraw the image {found.name} in {found.region_id} from {', '.join(accounts)}",
        source=found.id,
        name=found.name,
        apart=",".join(accounts),
        arguments={"image": found.id, "region": found.region_id, "accounts": list(accounts)},
        prepare=lambda _run_id: Preparation(
            spec=spec,
            checks=tuple(_checks(_cloud, spec)),
            steps=tuple(foresee(lambda: unshare_with_accounts(spec))),
            remarks=(_REMARK,),
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
    shared = {a.account_id for a in cloud.swas.list_custom_image_share_accounts(image.region_id, image.id)}
    return [
        warning("account_id", account, f"the image {image.id} is not shared with it; nothing to withdraw")
        for account in spec.accounts
        if account not in shared
    ]
