"""``lift.delete_image``."""

from __future__ import annotations

from collections.abc import Iterable

from swaslift.cloud import Cloud
from swaslift.consent import Consent
from swaslift.errors import InvalidArgument
from swaslift.lifecycle.deleting import DeletedImages
from swaslift.lifecycle.deletion_plan import prepare
from swaslift.models import CustomImage, EcsImage
from swaslift.planning.arguments import check_flag, region_of
from swaslift.planning.preparation import Request


def delete_image(
    _cloud: Cloud,
    image: CustomImage | EcsImage | str | Iterable[CustomImage | EcsImage | str],
    *,
    unshare: bool = False,
    snapshots: bool = False,
    region: str | None = None,
    consent: Iterable[Consent] | Consent = (),
    run_id: str | None = None,
    again: bool = False,
) -> Request[DeletedImages]:
    """Delete images for good, one or several at once; returns what is gone and what stays billed.

    An image that is shared is refused without ``unshare``; one that is being made, copied, or built from is
    refused until that is over, and so is one that an unfinished run of this journal needs: resume or undo that
    first. An ECS image from which instances were made is refused as well. Nothing brings
    a deleted image back, so each wants leave (`Consent.erase`), and so does each snapshot; withdrawing one from
    ECS instances that were made from it, or an ECS image from other accounts, wants `Consent.unshare` besides.
    Servers that were made from a custom image run on, but can no longer be reset to it. Right before an image is
    withdrawn or deleted it is looked at once more: what would be refused by then, or wants leave that the plan did
    not ask for, pauses the run.

    Snapshots behind a custom image are free, and count in the quota; those behind an ECS image cost money until
    they are deleted. Copies of a custom image in ECS stay, and stay billed: `Images.history` names those
    that are known. API actions that change something: DeleteCustomImage, DeleteImage; ModifyImageShareStatus,
    RemoveCustomImageShareAccount, ModifyImageSharePermission and DeleteSnapshot where asked for. Rests on
    https://www.alibabacloud.com/help/en/simple-application-server/developer-reference/api-swas-open-2020-06-01-deletecustomimage
    and https://www.alibabacloud.com/help/en/ecs/developer-reference/api-deleteimage

    Args:
        image: a `CustomImage`, an `EcsImage`, an id, or a unique name (of SWAS first); or several of them.
        unshare: withdraw it first from ECS and from other accounts, where it is shared.
        snapshots: delete the snapshots behind the images as well; one that another image or a disk was made
            from stays, and the result says so.
        region: the region of what is given by id or name; the client's by default.
        consent: leave to delete; ``plan.consents`` lists it.
        run_id: an id for the run; by default one derived from account, verb and images.
        again: do it once more after an earlier run of this id is over.

    Raises:
        InvalidArgument, PreflightError, ConsentRequired: nothing was changed.
        RunExists, RunConflict, RunBusy: there is such a run already.
        RunPaused: it stopped on the way; the other images were deleted, as far as that goes.
        ConfigError, ApiError, TransportError: the cloud could not be asked.
    """
    images = _several(image)
    check_flag("unshare", unshare)
    check_flag("snapshots", snapshots)
    # It is for what is given by id or name, and says nothing of a record beside that.
    named = next((i for i in images if isinstance(i, str)), None)
    where = region_of(_cloud, region, images[0] if named is None and len(images) == 1 else named)
    # As given, not as found: when the image is gone, the same call has to find its run all the same.
    keys = sorted({_key(i, where) for i in images})
    first = images[0]
    name = first if isinstance(first, str) else first.name
    more = f" and {len(keys) - 1} more" if len(keys) > 1 else ""
    return Request(
        title=f"Delete the image {name}{more}",
        source=" ".join(keys),
        name=name,
        arguments={"images": keys, "unshare": unshare, "snapshots": snapshots},
        prepare=lambda _run_id: prepare(_cloud, images, where, unshare=unshare, snapshots=snapshots),
        consent=consent,
        run_id=run_id,
        again=again,
    )


def _several(
    image: CustomImage | EcsImage | str | Iterable[CustomImage | EcsImage | str],
) -> list[CustomImage | EcsImage | str]:
    if isinstance(image, CustomImage | EcsImage | str):
        images: list[CustomImage | EcsImage | str] = [image]
    elif isinstance(image, Iterable):
        images = list(image)
    else:
        raise InvalidArgument("image", image, "not an image", "Give its id, its name, or a record")
    wrong = [i for i in images if not isinstance(i, CustomImage | EcsImage | str) or not i]
    if wrong or not images:
        shown = wrong[0] if wrong else image
        raise InvalidArgument("image", shown, "not an image", "Give its id, its name, or a record")
    return images


def _key(image: CustomImage | EcsImage | str, region_id: str) -> str:
    if isinstance(image, str):
        return f"{region_id}/{image}"
    return f"{image.region_id}/{image.id}"
