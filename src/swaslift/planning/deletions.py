"""Whether an image can be deleted: who uses it, who it is shared with, what is being made of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from swaslift.checks import Check, warning
from swaslift.cloud import Cloud
from swaslift.consent import Consent
from swaslift.errors import ApiError, TransportError
from swaslift.models import CustomImage, EcsImage, EcsInstance, ImageStatus, Server, Snapshot
from swaslift.planning.custom_images import as_ecs_sees_it
from swaslift.planning.region_images import certainly
from swaslift.runs.step import RUN_TAG, STEP_TAG
from swaslift.wording import listed

FIELD = "image"
BUSY = frozenset({"Pending", "Starting", "Resetting"})
"""A server in one of these states may be about to be made from its image."""


def check_shared_accounts(
    image: CustomImage | EcsImage, accounts: Sequence[str], *, unshare: bool
) -> list[Check]:
    """What stands against deleting an image that other accounts have, or what it does to them."""
    if not accounts:
        return []
    named = listed("account", accounts)
    if not unshare:
        problem = f"it is shared with {named}, and the service deletes no shared image"
        return [Check(FIELD, image.id, problem, "Give unshare=True to withdraw it from them first")]
    theirs = (
        "disks of their instances that were made from it can then not be re-initialised"
        if isinstance(image, EcsImage)
        else "they build no more servers from it, and what becomes of those they have built is not documented"
    )
    return [warning(FIELD, image.id, f"it is withdrawn from {named}: {theirs}", "Tell them first")]


def check_custom_image(
    cloud: Cloud, image: CustomImage, *, unshare: bool
) -> tuple[list[Check], tuple[str, ...]]:
    """What stands against deleting a custom image, and ids of instances that lose it by that."""
    checks = check_unused(cloud, image)
    if image.received or still_made(image) or not image.shared_to_ecs:
        return checks, ()
    if not unshare:
        problem = "it is shared with ECS, and the service deletes no shared image"
        remedy = "Give unshare=True, or withdraw it first: lift.unshare_from_ecs(image)"
        checks.append(Check(FIELD, image.id, problem, remedy))
        return checks, ()
    more, losers = check_withdrawal(cloud, image)
    return checks + more, losers


def check_unused(cloud: Cloud, image: CustomImage, known: Collection[str] | None = None) -> list[Check]:
    """What stands against deleting a custom image that is not shared with ECS.

    Args:
        cloud: whom to ask.
        image: the image, read just now.
        known: ids of servers that it was said to have made when the deletion was planned; None while it is.
    """
    if image.received:
        problem = f"it belongs to account {image.owner_id}, and only its owner can delete it"
        return [Check(FIELD, image.id, problem, "Ask the owner to stop sharing it")]
    if still_made(image):
        return [Check(FIELD, image.id, "it is still being made", "Wait until it is available")]
    return _servers(cloud, image, known)


def look_at_custom_image(cloud: Cloud, region_id: str, image_id: str, known: Collection[str]) -> list[Check]:
    """What stands against deleting a custom image right before that; nothing where it is gone already."""
    image = next(iter(cloud.swas.list_custom_images(region_id, ids=[image_id])), None)
    return [] if image is None else check_unused(cloud, image, known)


def look_at_ecs_image(cloud: Cloud, region_id: str, image_id: str) -> list[Check]:
    """What stands against deleting an ECS image right before that; nothing where it is gone already."""
    image = next(iter(cloud.ecs.describe_images(region_id, image_id=image_id)), None)
    return [] if image is None else check_ecs_image(cloud, image)


def still_made(image: CustomImage) -> bool:
    """Whether a custom image is not there yet."""
    return image.status in {ImageStatus.CREATING, ImageStatus.COPYING}


def check_withdrawal(
    cloud: Cloud, image: CustomImage, known: Collection[str] | None = None
) -> tuple[list[Check], tuple[str, ...]]:
    """What stands against withdrawing a shared image from ECS, and ids of instances that lose it by that.

    Args:
        cloud: whom to ask.
        image: the image.
        known: ids of instances that there is leave for, when it is about to happen; None while it is planned.
    """
    seen = as_ecs_sees_it(cloud, image)
    seen = certainly(seen) or seen
    made = [i for one in seen for i in cloud.ecs.describe_instances(image.region_id, image_id=one.id)]
    checks = [_lost(image, i, new=known is not None and i.id not in known) for i in made]
    for one in seen:
        checks += check_copies(cloud, one, image.id)
    return list(dict.fromkeys(checks)), tuple(dict.fromkeys(i.id for i in made))


def _lost(image: CustomImage, instance: EcsInstance, *, new: bool) -> Check:
    """An instance that loses the image; a new one is not among those that there is leave for."""
    made = f"the disks of instance {instance.name} ({instance.id}) were made from it"
    if not new:
        remedy = "Copy the image in ECS and move the instance to the copy, or leave it shared"
        return warning(FIELD, image.id, f"{made}, and can then not be re-initialised", remedy)
    return Check(
        FIELD,
        image.id,
        f"{made}, and could then not be re-initialised; the plan did not name it, so there is no leave for that",
        "Copy the image in ECS and move the instance to the copy (to withdraw it all the same, undo this run, and "
        f"plan anew with {Consent.unshare(image.id)})",
    )


def _servers(cloud: Cloud, image: CustomImage, known: Collection[str] | None) -> list[Check]:
    checks = []
    there = list(cloud.swas.list_instances(image.region_id))
    for server in there:
        if server.image_id != image.id and server.id not in image.used_by:
            continue
        if server.image_id == image.id and server.status in BUSY:
            problem = f"server {server.name} ({server.id}) is {server.status}, and is made from it"
            checks.append(Check(FIELD, image.id, problem, "Wait until it is Running"))
        else:
            problem = f"server {server.name} ({server.id}) was made from it, and can then not be reset to it"
            checks.append(warning(FIELD, image.id, problem))
    return checks + [
        Check(
            FIELD,
            image.id,
            f"server {i} is said to be made from it, and is not listed: it is about to be made, or it is gone",
            "If it was bought just now, wait until it is Running: a server that is being made needs the image",
            # Nobody has been told of one that came since.
            "warning" if known is None or i in known else "blocker",
        )
        for i in not_listed(image, there)
    ]


def not_listed(image: CustomImage, servers: Sequence[Server]) -> list[str]:
    """Ids of servers that an image is said to have made, and that are not there: not yet, or not any more.

    Right after a purchase the image names the server before the list does. Whether it goes on naming those
    that were released is not documented.
    """
    ids = {s.id for s in servers}
    return [i for i in image.used_by if i not in ids]


def check_ecs_image(cloud: Cloud, image: EcsImage) -> list[Check]:
    """What stands against deleting an ECS image."""
    if image.owner_alias != "self":
        problem = f"it is not the account's own (owner: {image.owner_alias or 'unknown'})"
        return [
            Check(
                FIELD, image.id, problem, "Only own images can be deleted; a custom image of SWAS by its id"
            )
        ]
    if image.status in {"Creating", "Waiting"}:
        problem = f"it is still being made ({image.status})"
        remedy = "Wait until it is available; undo the run that copies it, if it is a copy"
        return [Check(FIELD, image.id, problem, remedy)]
    using = list(cloud.ecs.describe_instances(image.region_id, image_id=image.id))
    checks = [
        Check(
            FIELD,
            image.id,
            f"instance {i.name} ({i.id}) was made from it, and its system disk could not be re-initialised any more",
            "Release the instance or replace its system disk, or keep the image",
        )
        for i in using
    ]
    return checks + check_copies(cloud, image, image.id)


MADE_WITHIN = timedelta(minutes=10)
"""How much older than its image a snapshot may be that the service made for the image."""


def made_for(image: EcsImage, snapshot: Snapshot) -> bool:
    """Whether the service made a snapshot for an ECS image: not before it, and by no step of a run."""
    made, since = snapshot.created_at, image.created_at
    before = made is not None and since is not None and made < since - MADE_WITHIN
    return not before and snapshot.tags.get(STEP_TAG, "") in {"", image.tags.get(STEP_TAG)}


def check_own_snapshots(image: EcsImage | CustomImage, snapshots: Iterable[Snapshot]) -> list[Check]:
    """Snapshots behind an image that were not taken for it: somebody may rely on them as a backup."""
    return [
        warning(
            "snapshots",
            s.id,
            f"it was not taken for the image {image.name} ({image.id}), and may be a backup of the disk {s.disk_id}"
            + (f"; it was taken by run {run!r}" if (run := s.tags.get(RUN_TAG)) else ""),
            "Give snapshots=False to keep the snapshots behind the image",
        )
        for s in snapshots
        if not (
            made_for(image, s)
            if isinstance(image, EcsImage)
            else s.tags.get(RUN_TAG) == image.tags.get(RUN_TAG)
        )
    ]


def check_copies(cloud: Cloud, image: EcsImage, value: str) -> list[Check]:
    """Copies under way that may be of an image: the service does not tell which image a copy is of."""

    def going(region_id: str) -> list[EcsImage] | str:
        try:
            return [
                i
                for i in cloud.ecs.describe_images(region_id, owner="self")
                if i.is_copied and i.status in {"Creating", "Waiting"} and i.id != image.id
            ]
        except (ApiError, TransportError):
            return region_id

    with ThreadPoolExecutor(max_workers=8) as pool:
        answers = list(pool.map(going, cloud.ecs.describe_regions()))
    unasked = [a for a in answers if isinstance(a, str)]
    found = [i for some in answers if not isinstance(some, str) for i in some]
    problem = f"whether copies of it are under way in {', '.join(unasked)} could not be asked"
    checks = [warning(FIELD, value, problem, "Look there in the console")] if unasked else []
    return checks + [
        Check(
            FIELD,
            value,
            f"the copy {i.name} ({i.id}) in {i.region_id} is under way, and may be one of it",
            "Wait until that copy is available",
        )
        for i in found
        # A copy is as large as what it is made of.
        if not image.size or not i.size or i.size == image.size
    ]
