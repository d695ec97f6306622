"""Share a custom image with ECS of the same account, or with other accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from swaslift.emulator.swas import lookup
from swaslift.emulator.swas.records import AVAILABLE, UNFINISHED, CustomImage
from swaslift.emulator.swas.service import SWAS

if TYPE_CHECKING:
    from swaslift.emulator.service import Call

ACCOUNTS_PER_IMAGE = 10


@SWAS.action("ModifyImageShareStatus")
def modify_image_share_status(call: Call) -> dict[str, Any]:
    """Share with ECS, or withdraw that; doing it twice changes nothing."""
    image, operation = lookup.image(call), call.params["Operation"]
    if operation not in {"Share", "UnShare"}:
        raise call.error(
            "InvalidParam.OperationIllegal", f"Operation must be Share or UnShare, not {operation!r}."
        )
    if operation == "Share":
        _require_available(call, image)
        image.shared_at = image.shared_at if image.in_share else call.now
    image.in_share = operation == "Share"
    return {}


@SWAS.action("AddCustomImageShareAccount")
def add_custom_image_share_account(call: Call) -> dict[str, Any]:
    """Share with other main accounts in the same region."""
    image = lookup.image(call)
    _require_available(call, image)
    accounts = call.params["Account"]
    if int(call.account_id) in accounts:
        raise lookup.invalid(call, "An image cannot be shared with its own account.")
    if len({*image.share_accounts, *accounts}) > ACCOUNTS_PER_IMAGE:
        raise lookup.invalid(call, f"An image can be shared with at most {ACCOUNTS_PER_IMAGE} accounts.")
    for account in accounts:
        image.share_accounts.setdefault(account, call.now)
    return {}


@SWAS.action("RemoveCustomImageShareAccount")
def remove_custom_image_share_account(call: Call) -> dict[str, Any]:
    """Withdraw the share; an account that had none is passed over."""
    image = lookup.image(call)
    for account in call.params["Account"]:
        image.share_accounts.pop(account, None)
    return {}


@SWAS.action("ListCustomImageShareAccounts")
def list_custom_image_share_accounts(call: Call) -> dict[str, Any]:
    """The accounts that an image is shared with."""
    rows, paging = lookup.page(call, sorted(lookup.image(call).share_accounts.items()), most=50)
    return {
        "ImageShareUsers": [
            # The service's own form here, unlike everywhere else.
            {"SharedTime": since.strftime("%Y-%m-%d %H:%M:%S.0"), "UserId": account}
            for account, since in rows
        ],
        **paging,
    }


def _require_available(call: Call, image: CustomImage) -> None:
    if image.status.at(call.now) != AVAILABLE:
        if image.status.at(call.now) in UNFINISHED and call.world.quirks.unfinished_swas_image == "accepted":
            return
        raise lookup.invalid(call, f"The image {image.image_id} is not available, so it cannot be shared.")
