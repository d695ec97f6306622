"""``lift.copy_to_region``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal, TypedDict, Unpack, overload

from swaslift.checks import Check
from swaslift.cloud import Cloud
from swaslift.consent import Consent
from swaslift.errors import InvalidArgument
from swaslift.lifecycle.copying import CopySpec, ImageCopies, copy_image
from swaslift.models import CustomImage, EcsImage
from swaslift.planning.arguments import check_choice, check_flag, check_text, region_of
from swaslift.planning.copies import check_console_copies, check_copies, keys_of, regions_of
from swaslift.planning.ecs_images import find_image
from swaslift.planning.expiry import check_image_expiry, check_share_expiry
from swaslift.planning.names import stem
from swaslift.planning.preparation import Preparation, Request
from swaslift.planning.source import check_region
from swaslift.runs.preview import foresee
from swaslift.verbs.verb import Verb

_ECS = (
    "The result in each region is an ECS image, not a custom image of SWAS: no API copies one to another region, "
    'and nothing brings an ECS image back into SWAS. product="swas" leads through the console instead.'
)
_BILLED = "The snapshots behind the copies are billed until the images and the snapshots are deleted."
_INSISTS = "Where the service takes only an encrypted copy inside the region, "
_ENCRYPTS = (
    f"{_INSISTS}the copies are all encrypted with the account's service key, and cannot be handed over to another "
    "account; encrypted=False has the run pause instead."
)
_PAUSES = f"{_INSISTS}the run pauses: encrypted=False rules that out."
_CONSOLE = (
    "Only the console copies a custom image of SWAS; the run says what to click, and sees the copy appear."
)


class Options(TypedDict, total=False):
    """What ``copy_to_region`` takes beside image and region."""

    name: str | None
    encrypted: bool | None
    kms_key_id: str | Mapping[str, str] | None
    image_region: str | None
    consent: Iterable[Consent] | Consent
    run_id: str | None
    again: bool


class CopyToRegion(Verb[..., Any]):
    """The verb, with what it returns for one region, for several, and in SWAS."""

    @overload
    def __call__(
        self,
        image: CustomImage | EcsImage | str,
        region: str,
        *,
        product: Literal["ecs"] = "ecs",
        **options: Unpack[Options],
    ) -> EcsImage: ...

    @overload
    def __call__(
        self,
        image: CustomImage | str,
        region: str,
        *,
        product: Literal["swas"],
        **options: Unpack[Options],
    ) -> CustomImage: ...

    @overload
    def __call__(
        self,
        image: CustomImage | EcsImage | str,
        region: list[str] | tuple[str, ...],
        *,
        product: Literal["ecs", "swas"] = "ecs",
        **options: Unpack[Options],
    ) -> ImageCopies: ...

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Do it, and return when it is done. The same call again goes on with an unfinished run."""
        return super().__call__(*args, **kwargs)


def copy_to_region(
    _cloud: Cloud,
    image: CustomImage | EcsImage | str,
    region: str | list[str] | tuple[str, ...],
    *,
    product: Literal["ecs", "swas"] = "ecs",
    name: str | None = None,
    encrypted: bool | None = None,
    kms_key_id: str | Mapping[str, str] | None = None,
    image_region: str | None = None,
    consent: Iterable[Consent] | Consent = (),
    run_id: str | None = None,
    again: bool = False,
) -> Request[Any]:
    """Copy an image to other regions, by the shortest allowed way.

    The result is an ECS image in each region. An own ECS image is copied straight across. A custom image
    of SWAS is shared with ECS first; such an image may leave its region only as an own copy, so one is
    made on the way where the service insists, and removed at the end with the snapshots behind it, which
    the service would go on billing. To several regions each image is copied once at a time, and finished
    copies are sources for the next ones. The service runs five copies a region at a time; more wait in
    its queue, which the run's progress shows.

    Undoing a run cancels copies that are under way, and deletes those that are done. API actions that
    change something: CopyImage, ModifyImageShareStatus; to clean up DeleteImage, DeleteSnapshot,
    CancelCopyImage. Rests on
    https://www.alibabacloud.com/help/en/simple-application-server/user-guide/overview-of-custom-images and
    https://www.alibabacloud.com/help/en/ecs/developer-reference/api-copyimage

    Args:
        image: a `CustomImage`, an `EcsImage`, an id, or a unique name (of SWAS first).
        region: where to; a list gives one result a region, as `ImageCopies`.
        product: ``"ecs"``, or ``"swas"``: a custom image of SWAS, which only the console copies. The run
            then tells what to click, waits for the copy, and goes on.
        name: for the copies; 2 to 128 characters, not taken in any of the regions.
        encrypted: True for encrypted copies, False for plain ones and no others. Left out, copies of an
            encrypted image are encrypted, and so are all where the service takes no plain copy of a
            shared image inside its region.
        kms_key_id: a KMS key for them, or one a region; without it the service key.
        image_region: the image's region; the client's by default.
        consent: none is needed.
        run_id: an id for the run; by default one derived from account, verb, image and regions.
        again: do it once more after an earlier run of this id is over.

    Returns:
        An `EcsImage` (a `CustomImage` with ``product="swas"``); with a list, `ImageCopies`.

    Raises:
        InvalidArgument, PreflightError: nothing was changed.
        RunExists, RunConflict, RunBusy: there is such a run already.
        RunPaused: it stopped on the way; copies to other regions went on as far as they could.
        ConfigError, ApiError, TransportError: the cloud could not be asked.
    """
    check_choice("product", product, ("ecs", "swas"))
    check_text("name", name)
    if encrypted is not None:
        check_flag("encrypted", encrypted)
    regions = regions_of(region)
    keys = keys_of(kms_key_id, encrypted, regions)
    found = _find(_cloud, image, region_of(_cloud, image_region, image, field="image_region"))
    if product == "swas" and not isinstance(found, CustomImage):
        raise InvalidArgument(
            "product",
            product,
            f"{found.name} is an ECS image, and nothing brings one back into SWAS",
            'Use "ecs"',
        )
    known = _cloud.swas.list_regions() if product == "swas" else _cloud.ecs.describe_regions()
    for one in regions:
        check_region("region", one, known)
    spec = CopySpec(
        swas=found if isinstance(found, CustomImage) else None,
        ecs=found if isinstance(found, EcsImage) else None,
        regions=regions,
        several=not isinstance(region, str),
        base=stem(found.name),
        name=name,
        encrypted=encrypted,
        keys=keys,
        product=product,
    )
    return Request(
        title=f"Copy the image {found.name} from {found.region_id} to {', '.join(regions)}",
        source=found.id,
        name=found.name,
        arguments={
            "image": found.id,
            "image_region": found.region_id,
            "regions": list(regions),
            "several": spec.several,
            "product": product,
            "name": name,
            "encrypted": encrypted,
            "kms_key_id": keys,
        },
        prepare=lambda run_id: _prepare(_cloud, spec, run_id),
        consent=consent,
        run_id=run_id,
        again=again,
        apart=" ".join((product, *regions)),
    )


def _find(cloud: Cloud, image: CustomImage | EcsImage | str, image_region: str) -> CustomImage | EcsImage:
    try:
        return find_image(cloud, image, image_region, argument="image_region")
    except InvalidArgument as error:
        if error.field != "region":
            raise
        # Here ``region`` is where the copies go.
        raise InvalidArgument("image_region", error.value, error.problem, error.remedy) from None


def _about_encryption(spec: CopySpec) -> tuple[str, ...]:
    """What the plan says of a service that takes no plain copy; of an own image it takes one."""
    if spec.encrypted or (spec.ecs is not None and (spec.ecs.owner_alias == "self" or spec.ecs.encrypted)):
        return ()
    return (_ENCRYPTS if spec.encrypted is None else _PAUSES,)


def _expiry(cloud: Cloud, image: CustomImage | EcsImage) -> list[Check]:
    if isinstance(image, EcsImage):
        return check_share_expiry(cloud, image, field="image")
    return check_image_expiry(
        cloud,
        image,
        lost="a copy that is not begun by then has no source",
        remedy="Renew it, or copy in time",
    )


def _prepare(cloud: Cloud, spec: CopySpec, run_id: str) -> Preparation:
    if spec.product == "swas" and spec.swas is not None:
        checks = check_console_copies(
            cloud, spec.swas, spec.regions, name=spec.name or spec.swas.name, encrypted=spec.encrypted
        )
        remarks: tuple[str, ...] = (_CONSOLE,)
    else:
        checks = check_copies(
            cloud, spec.image, spec.regions, name=spec.name, encrypted=spec.encrypted, run_id=run_id
        )
        remarks = (_ECS, _BILLED, *_about_encryption(spec))
    checks += _expiry(cloud, spec.image)
    return Preparation(
        spec=spec, checks=tuple(checks), steps=tuple(foresee(lambda: copy_image(spec))), remarks=remarks
    )
