"""How the history of an image is read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from swaslift.checks import Check
from swaslift.cloud import Cloud
from swaslift.models import CustomImage, EcsImage, EcsInstance
from swaslift.planning.custom_images import as_ecs_sees_it
from swaslift.planning.deletions import (
    check_copies,
    check_custom_image,
    check_ecs_image,
    check_shared_accounts,
)
from swaslift.planning.expiry import released_at
from swaslift.planning.image_history import Act, ImageHistory, Obstacle
from swaslift.planning.lineage import copies_of, origin_of
from swaslift.planning.region_images import certainly
from swaslift.planning.unfinished import Going, check_unneeded
from swaslift.runs.rows import RunRow
from swaslift.runs.step import RUN_TAG, STEP_TAG


def read_history(
    cloud: Cloud, image: CustomImage | EcsImage, runs: Sequence[RunRow], going: Sequence[Going]
) -> ImageHistory:
    """Read all that is known of an image, which was read just now.

    Args:
        cloud: whom to ask.
        image: the image.
        runs: those of the journal that made the image, or were begun with it.
        going: runs that are not over, and may need it.

    Raises:
        ApiError, TransportError: the image's own region could not be asked; others are named in ``unasked``.
    """
    needed = check_unneeded(going, [image])
    if isinstance(image, CustomImage):
        return _of_custom_image(cloud, image, runs, needed)
    return _of_ecs_image(cloud, image, runs, needed)


def _of_custom_image(
    cloud: Cloud, image: CustomImage, runs: Sequence[RunRow], needed: Sequence[Check]
) -> ImageHistory:
    region, own = image.region_id, not image.received
    everyone = list(cloud.swas.list_instances(region))
    server = next((s for s in everyone if s.id == image.server_id), None)
    shared = own and image.shared_to_accounts
    accounts = tuple(cloud.swas.list_custom_image_share_accounts(region, image.id)) if shared else ()
    in_ecs = own and region in cloud.ecs.describe_regions()
    seen = as_ecs_sees_it(cloud, image) if in_ecs and image.shared_to_ecs else []
    seen = certainly(seen) or seen
    made = _instances(cloud, region, {image.id, *(i.id for i in seen)}) if in_ecs else []
    copies, unasked = copies_of(cloud, image, runs) if own else ([], [])
    checks, _ = check_custom_image(cloud, image, unshare=False)
    ids = [i for i in (image.system_snapshot_id, image.data_snapshot_id) if i]
    obstacles = [
        *_obstacles("delete", [*checks, *needed]),
        *_obstacles("delete", check_shared_accounts(image, [a.account_id for a in accounts], unshare=False)),
        *(_unshare_from_ecs(cloud, image, seen, made, needed) if image.shared_to_ecs and own else ()),
    ]
    if accounts:
        why = (
            "they build no more servers from it, and what becomes of those they have built is not documented"
        )
        obstacles.append(
            Obstacle(act="unshare from accounts", refused=False, why=why, remedy="Tell them first")
        )
    if ids and own:
        why = "the image is made of them"
        obstacles.append(
            Obstacle(act="delete the snapshots", refused=True, why=why, remedy="Delete the image first")
        )
    return ImageHistory(
        image=image,
        server=server,
        released_at=released_at(server),
        snapshots=tuple(cloud.swas.list_snapshots(region, ids=ids)) if own else (),
        run_id=image.tags.get(RUN_TAG, ""),
        step=image.tags.get(STEP_TAG, ""),
        seen_in_ecs=tuple(seen),
        accounts=accounts,
        servers=tuple(s for s in everyone if s.image_id == image.id or s.id in image.used_by),
        instances=tuple(made),
        copies=tuple(copies),
        obstacles=tuple(obstacles),
        unasked=tuple(unasked),
    )


def _of_ecs_image(
    cloud: Cloud, image: EcsImage, runs: Sequence[RunRow], needed: Sequence[Check]
) -> ImageHistory:
    region, own = image.region_id, image.owner_alias == "self"
    accounts = tuple(cloud.ecs.describe_image_share_permission(region, image.id)) if own else ()
    made = _instances(cloud, region, {image.id})
    copies, unasked = copies_of(cloud, image, runs)
    origin, more = origin_of(cloud, image, runs)
    ids = [d.snapshot_id for d in image.disks if d.snapshot_id]
    obstacles = [
        *_obstacles("delete", [*check_ecs_image(cloud, image), *needed]),
        *_obstacles("delete", check_shared_accounts(image, [a.account_id for a in accounts], unshare=False)),
    ]
    if accounts:
        why = "disks of their instances that were made from it can then not be re-initialised"
        obstacles.append(
            Obstacle(act="unshare from accounts", refused=False, why=why, remedy="Tell them first")
        )
    if ids and own:
        why = "the image is made of them; they stay, and are billed, when it is deleted alone"
        obstacles.append(
            Obstacle(act="delete the snapshots", refused=True, why=why, remedy="Delete the image first")
        )
    return ImageHistory(
        image=image,
        # Those behind an image that another account shares are not the account's own.
        snapshots=tuple(cloud.ecs.describe_snapshots(region, ids=ids)) if own else (),
        origin=origin,
        run_id=image.tags.get(RUN_TAG, ""),
        step=image.tags.get(STEP_TAG, ""),
        accounts=accounts,
        instances=tuple(made),
        copies=tuple(copies),
        obstacles=tuple(obstacles),
        unasked=tuple(dict.fromkeys((*unasked, *more))),
    )


def _instances(cloud: Cloud, region_id: str, ids: Iterable[str]) -> list[EcsInstance]:
    return [i for one in sorted(ids) for i in cloud.ecs.describe_instances(region_id, image_id=one)]


def _obstacles(act: Act, checks: Iterable[Check]) -> list[Obstacle]:
    return [
        Obstacle(act=act, refused=c.level == "blocker", why=c.problem, remedy=c.remedy)
        for c in checks
        if c.level != "ok"
    ]


def _unshare_from_ecs(
    cloud: Cloud,
    image: CustomImage,
    seen: Sequence[EcsImage],
    made: Sequence[EcsInstance],
    needed: Sequence[Check],
) -> list[Obstacle]:
    lost = [
        Obstacle(
            act="unshare from ECS",
            refused=False,
            why=f"the disks of instance {i.name} ({i.id}) were made from it, and can then not be re-initialised",
            remedy="Copy the image in ECS and move the instance to the copy, or keep the share",
        )
        for i in made
    ]
    copying = [c for one in seen for c in check_copies(cloud, one, image.id)]
    return lost + _obstacles("unshare from ECS", [*copying, *needed])
