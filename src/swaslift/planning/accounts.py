"""Accounts that an image is shared with: told apart from what is none, and counted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Protocol

from swaslift.checks import Check
from swaslift.cloud import Cloud
from swaslift.errors import InvalidArgument
from swaslift.models import SharedAccount

SWAS_MOST = 10
"""Main accounts that a custom image of SWAS can be shared with (share-custom-images-across-accounts)."""
ECS_MOST = 50
"""Accounts that an ECS image can be shared with (ModifyImageSharePermission)."""

_ACCOUNT = re.compile(r"[0-9]{16}")
_REMEDY = "Give the 16 digits of a main account, as text; a RAM user has an id of its own and cannot be given"


class HasCloud(Protocol):
    """A client."""

    @property
    def cloud(self) -> Cloud:
        """Its door to the services."""


def introduce(cloud: Cloud, other: HasCloud | None) -> str | None:
    """Make the client of another account known for what happens there; the account's id.

    Raises:
        InvalidArgument: it is no client, or not of another account, or of another cloud.
    """
    if other is None:
        return None
    theirs = getattr(other, "cloud", None)
    if not isinstance(theirs, Cloud):
        raise InvalidArgument(
            "into", other, "not a client", "Give swaslift.Client(...) with the other account's credentials"
        )
    if _world(theirs) != _world(cloud):
        raise InvalidArgument(
            "into",
            other,
            "the two clients do not speak to the same cloud",
            "Give both to the live cloud, or both to one emulator",
        )
    if theirs.account_id == cloud.account_id:
        raise InvalidArgument(
            "into",
            theirs.account_id,
            "it is a client of the same account",
            "Leave it out, or give a client of the account to end in",
        )
    cloud.introduce(theirs)
    return theirs.account_id


def _world(cloud: Cloud) -> str | None:
    """Which cloud a client speaks to: an emulator's address, or None for the live one."""
    return cloud.settings.endpoint_url if cloud.emulated else None


def account_ids(given: str | Iterable[str], own: str) -> tuple[str, ...]:
    """Account ids, each once and in order.

    Args:
        given: one id, or several.
        own: the account of the credentials.

    Raises:
        InvalidArgument: one of them is no id of a main account, or is the own account's.
    """
    if isinstance(given, str) or not isinstance(given, Iterable):
        given = [given]
    found = list(given)
    if not found:
        raise InvalidArgument("account_id", found, "no account is named", _REMEDY)
    for one in found:
        if not isinstance(one, str) or not _ACCOUNT.fullmatch(one):
            raise InvalidArgument("account_id", one, "not the id of an account", _REMEDY)
        if one == own:
            raise InvalidArgument(
                "account_id",
                one,
                "this is the own account, which has the image already",
                "Name another account; for ECS of the own account: share_to_ecs",
            )
    return tuple(sorted(set(found)))


def check_room(
    image_id: str, shared: Sequence[SharedAccount], wanted: Sequence[str], most: int
) -> list[Check]:
    """Whether an image can be shared with so many more accounts."""
    there = [a.account_id for a in shared]
    more = [a for a in wanted if a not in there]
    if not more or len(there) + len(more) <= most:
        return []
    over = len(there) + len(more) - most
    others = [a for a in there if a not in wanted]
    remedy = (
        f"Name fewer: {most} at most"
        if len(wanted) > most
        else f"Withdraw it from {'one' if over == 1 else over} of {', '.join(others)}"
    )
    return [
        Check(
            "account_id",
            ", ".join(more),
            f"the image {image_id} can be shared with {most} accounts, and is with {len(there)}",
            remedy,
        )
    ]


def only_its_owner(field: str, image_id: str, whose: str) -> InvalidArgument:
    """Why the accounts that an image is shared with cannot be listed.

    Args:
        field: the argument that named the image.
        image_id: the image.
        whose: a sentence on whose it is.
    """
    return InvalidArgument(
        field, image_id, f"{whose}, and only its owner can list the accounts that have it", "Ask its owner"
    )
