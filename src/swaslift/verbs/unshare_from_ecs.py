"""``lift.unshare_from_ecs``."""

from __future__ import annotations

from collections.abc import Iterable

from swaslift.cloud import Cloud
from swaslift.consent import Consent
from swaslift.lifecycle.sharing import WithdrawalSpec, unshare
from swaslift.models import CustomImage
from swaslift.planning.arguments import region_of
from swaslift.planning.custom_images import check_own, find_custom_image
from swaslift.planning.deletions import check_withdrawal
from swaslift.planning.preparation import Preparation, Request
from swaslift.runs.preview import foresee


def unshare_from_ecs(
    _cloud: Cloud,
    image: CustomImage | str,
    *,
    region: str | None = None,
    consent: Iterable[Consent] | Consent = (),
    run_id: str | None = None,
    again: bool = False,
) -> Request[CustomImage]:
    """Stop sharing a custom image with ECS; returns the image as it is then.

    Disks of ECS instances that were made from the shared image itself can no longer be re-initialised.
    The plan names those instances, and wants leave for it (`Consent.unshare`). Instances made from a copy
    are not concerned. It is refused while a copy is under way that may be of the image, and while a run of
    this journal that is not over needs it. Right before the share is withdrawn it is looked at once more: an
    instance that the plan did not name, or such a copy, pauses the run. Doing it twice changes nothing. API action
    that changes something: ModifyImageShareStatus. Rests on
    https://www.alibabacloud.com/help/en/simple-application-server/user-guide/unshare-a-custom-image

    Args:
        image: a `CustomImage`, an id, or a unique name.
        region: the image's region; the client's by default.
        consent: leave, where instances were made from the image; ``plan.consents`` lists it.
        run_id: an id for the run; by default one derived from account, verb and image.
        again: taken for the sake of the other verbs; this one may always be repeated.

    Raises:
        InvalidArgument, PreflightError, ConsentRequired: nothing was changed.
        RunConflict, RunBusy: there is such a run already.
        RunPaused: it stopped on the way; the message says how to go on.
        ConfigError, ApiError, TransportError: the cloud could not be asked.
    """
    found = find_custom_image(_cloud, image, region_of(_cloud, region, image))
    return Request(
        title=f"Stop sharing the image {found.name} with ECS in {found.region_id}",
        source=found.id,
        name=found.name,
        arguments={"image": found.id, "region": found.region_id},
        prepare=lambda _run_id: _prepare(_cloud, found),
        consent=consent,
        run_id=run_id,
        again=again,
    )


def _prepare(cloud: Cloud, image: CustomImage) -> Preparation:
    checks, losers = check_withdrawal(cloud, image) if image.shared_to_ecs else ([], ())
    spec = WithdrawalSpec(image=image, losers=losers)
    return Preparation(
        spec=spec,
        checks=(*check_own(image), *checks),
        steps=tuple(foresee(lambda: unshare(spec))),
        consents=(Consent.unshare(image.id),) if losers else (),
        takes=(image,) if image.shared_to_ecs else (),
    )
