"""``lift.share_to_ecs``."""

from __future__ import annotations

from collections.abc import Iterable

from swaslift.cloud import Cloud
from swaslift.consent import Consent
from swaslift.lifecycle.share import share_to_ecs as script
from swaslift.lifecycle.sharing import SharingSpec
from swaslift.models import CustomImage, EcsImage
from swaslift.planning.arguments import region_of
from swaslift.planning.custom_images import check_available, check_own, find_custom_image
from swaslift.planning.expiry import RE_INITIALISED, check_image_expiry
from swaslift.planning.preparation import Preparation, Request
from swaslift.runs.preview import foresee

_REMARK = (
    "ECS sees the image in its own region only. Sharing costs nothing, and a shared image cannot be deleted "
    "until it is unshared."
)
_RENEW = "Renew that server, or copy the image and use the copy in ECS (copy_to_region)"


def share_to_ecs(
    _cloud: Cloud,
    image: CustomImage | str,
    *,
    region: str | None = None,
    consent: Iterable[Consent] | Consent = (),
    run_id: str | None = None,
    again: bool = False,
) -> Request[EcsImage]:
    """Share a custom image with ECS of the same account and region; returns the image as ECS lists it.

    Doing it twice changes nothing. The image is looked for by its id, else by its unique name among images
    that were not there before; where neither tells, the run pauses and never guesses. API action that
    changes something: ModifyImageShareStatus. Rests on
    https://www.alibabacloud.com/help/en/simple-application-server/user-guide/share-a-custom-image

    Args:
        image: a `CustomImage`, an id, or a unique name.
        region: the image's region; the client's by default.
        consent: none is needed.
        run_id: an id for the run; by default one derived from account, verb and image.
        again: taken for the sake of the other verbs; this one may always be repeated.

    Raises:
        InvalidArgument, PreflightError: nothing was changed.
        RunConflict, RunBusy: there is such a run already.
        RunPaused: it stopped on the way; the message says how to go on.
        ConfigError, ApiError, TransportError: the cloud could not be asked.
    """
    found = find_custom_image(_cloud, image, region_of(_cloud, region, image))
    spec = SharingSpec(image=found)
    return Request(
        title=f"Share the image {found.name} with ECS in {found.region_id}",
        source=found.id,
        name=found.name,
        arguments={"image": found.id, "region": found.region_id},
        prepare=lambda _run_id: Preparation(
            spec=spec,
            checks=(
                *check_own(found),
                *check_available(found),
                *check_image_expiry(_cloud, found, lost=RE_INITIALISED, remedy=_RENEW),
            ),
            steps=tuple(foresee(lambda: script(spec.ref, like=found))),
            remarks=(_REMARK,),
        ),
        consent=consent,
        run_id=run_id,
        again=again,
    )
