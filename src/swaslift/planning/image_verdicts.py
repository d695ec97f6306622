"""Whether an image could be deleted, and why, from what was read of its region."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from swaslift.models import CustomImage, EcsImage, EcsInstance, ImageStatus, Server
from swaslift.planning.deletions import BUSY
from swaslift.planning.overview import Deletion
from swaslift.wording import listed

Verdict = tuple[Deletion, str]


@dataclass(frozen=True)
class Uses:
    """Who uses an image; None is what could not be asked.

    Attributes:
        servers: SWAS servers that were made from it.
        instances: ECS instances that were made from it.
        accounts: other accounts that have it.
        under_way: copies under way that may be of it.
        not_listed: ids of servers that it is said to have made, and that are not there, or not yet.
    """

    servers: Sequence[Server] | None
    instances: Sequence[EcsInstance] | None
    accounts: Sequence[str] | None
    under_way: Sequence[EcsImage] = ()
    not_listed: Sequence[str] = ()


def of_custom_image(image: CustomImage, uses: Uses) -> Verdict:
    """Whether a custom image of SWAS could be deleted (DeleteCustomImage)."""
    blocked = _custom_image_blocked(image, uses)
    if blocked:
        return "blocked", blocked
    if uses.servers is None:
        return "unknown", "the servers made from it could not be asked for"
    if uses.servers:
        return "loss", f"{_names(uses.servers)} could not be reset to it any more"
    if uses.not_listed:
        return (
            "unknown",
            f"server {uses.not_listed[0]} is said to be made from it, and is not listed, or not yet",
        )
    if image.status == ImageStatus.FAILED:
        return "free", "it failed, and counts in the quota"
    return "free", "nothing is made from it, and nobody else has it"


def of_ecs_image(image: EcsImage, uses: Uses) -> Verdict:
    """Whether an own ECS image could be deleted (DeleteImage)."""
    blocked = _ecs_image_blocked(image, uses)
    if blocked:
        return "blocked", blocked
    if uses.instances is None:
        return "unknown", "the instances made from it could not be asked for"
    if uses.accounts is None:
        return "unknown", "whether other accounts have it could not be asked"
    if image.status == "CreateFailed":
        return "free", "it failed"
    return "free", "nothing is made from it, and nobody else has it; the snapshots behind it are billed"


def _custom_image_blocked(image: CustomImage, uses: Uses) -> str:
    if image.received:
        return f"account {image.owner_id} owns it"
    if image.status in {ImageStatus.CREATING, ImageStatus.COPYING}:
        return "it is still being made"
    if image.shared_to_ecs or image.shared_to_accounts:
        why = f"it is shared with {_holders(image, uses)}; withdraw it first"
        lost = f"{why}. The disks of {_names(uses.instances or ())} can then not be re-initialised"
        return lost if uses.instances else why
    busy = [s for s in uses.servers or () if s.image_id == image.id and s.status in BUSY]
    return f"{_names(busy)} is being made from it" if busy else ""


def _ecs_image_blocked(image: EcsImage, uses: Uses) -> str:
    if image.status in {"Creating", "Waiting"}:
        return "it is still being made"
    if uses.accounts or image.shared_to_accounts:
        who = _accounts(uses)
        return f"it is shared with {who}; withdraw it first. Their disks can then not be re-initialised"
    if uses.instances:
        return f"the system disk of {_names(uses.instances)} was made from it"
    return _copying(uses) if uses.under_way else ""


def _names(users: Sequence[Server | EcsInstance]) -> str:
    return ", ".join(u.name or u.id for u in users)


def _holders(image: CustomImage, uses: Uses) -> str:
    holders = ["ECS"] if image.shared_to_ecs else []
    if image.shared_to_accounts:
        holders.append(_accounts(uses))
    copying = f" ({_copying(uses)})" if uses.under_way else ""
    return " and ".join(holders) + copying


def _accounts(uses: Uses) -> str:
    return listed("account", uses.accounts) if uses.accounts else "other accounts"


def _copying(uses: Uses) -> str:
    one = uses.under_way[0]
    return f"the copy {one.name or one.id} in {one.region_id} is under way, and may be one of it"
