"""From a shared image to an ECS image of the account's own, in the target's region.

A shared image can be withdrawn, and goes when its server is released; an own copy cannot. The
shortest allowed path is tried first, and a refusal changes nothing:

- same region: one copy. Where the service takes only encrypted copies there, the instance is run
  from the shared image and the own image is made from the instance afterwards (`None` here).
- another region: straight across; where an image of another owner is refused that
  (``OperationDenied.SameRegionOnly``), a copy inside the region first and that one across.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import BaseModel, ConfigDict

from swaslift.lifecycle.features import with_features
from swaslift.lifecycle.steps import CopyImage
from swaslift.lifecycle.steps.images import delete_image
from swaslift.lifecycle.waits import image_usable
from swaslift.models import EcsImage
from swaslift.runs.changing import prefixed
from swaslift.runs.effects import Script, attempt, do, say, until
from swaslift.runs.step import Ref, Refused

NO_PLAIN_COPY = (
    "IncorrectDestinationRegion",
    "InvalidEncrypted.NotMatchDiskDefaultEncryption",
    "OperationDenied.EncryptSnapshotAcrossRegion",
)
"""Codes with which a plain copy inside the region may be refused; which one is not documented."""

ENCRYPTED_ACROSS = "OperationDenied.EncryptSnapshotAcrossRegion"
"""Code with which an encrypted copy of a plain image may be refused in another region."""

NOT_ACROSS = ("OperationDenied.SameRegionOnly", ENCRYPTED_ACROSS)


class Owned(BaseModel):
    """An image of the account's own in the target's region, and copies that were only a way there.

    Attributes:
        image: the image.
        ref: the image, as steps name it.
        intermediate: the copy that was a way there.
        intermediate_ref: that one, as steps name it.
        insisted: whether the service took only an encrypted copy; then all copies of the run are.
    """

    model_config = ConfigDict(frozen=True, defer_build=True)

    image: EcsImage
    ref: Ref
    intermediate: EcsImage | None = None
    intermediate_ref: Ref | None = None
    insisted: bool = False


@dataclass(frozen=True)
class Copies:
    """The copies of one run, and what those that stay are like.

    Attributes:
        base: the stem of names.
        regions: where copies stay; others are only a way there.
        name: for those that stay, where the user gave one.
        encrypted: whether those that stay are encrypted. False: never, else the run pauses; None: those of
            an encrypted image, and where the service insists.
        keys: KMS keys for them, by region.
        fallbacks: codes of a refused plain copy for which there is another way; without them it pauses.
    """

    base: str
    regions: frozenset[str]
    name: str | None = None
    encrypted: bool | None = None
    keys: Mapping[str, str] = field(default_factory=dict)
    fallbacks: tuple[str, ...] = NO_PLAIN_COPY

    @property
    def refusable(self) -> tuple[str, ...]:
        """The fallbacks, as far as an encrypted copy may take the place of a plain one."""
        return () if self.encrypted is False else self.fallbacks

    def __call__(
        self,
        step: str,
        image: EcsImage,
        to_region: str,
        *,
        encrypted: bool | None = None,
        between: bool = False,
    ) -> CopyImage:
        stays = to_region in self.regions and not between
        if encrypted is None and stays:
            encrypted = self.encrypted
        if encrypted is None and self.encrypted is not False and image.encrypted:
            # A copy has what its request says; unsaid, what is encrypted would lie there in plain.
            encrypted = True
        return CopyImage(
            name=step,
            region_id=image.region_id,
            image_id=image.id,
            to_region=to_region,
            base=self.base,
            exact_name=self.name if stays else None,
            encrypted=encrypted,
            kms_key_id=self.keys.get(to_region) if stays else None,
        )


def own_image(shared: EcsImage, *, to_region: str, copy: Copies) -> Script[Owned | None]:
    """Make an own image; None where the service takes no plain copy inside the region.

    Args:
        shared: an image of another owner, as ECS shows it.
        to_region: where the own image is to be.
        copy: what the copies are like.
    """
    region = shared.region_id
    if to_region == region:
        near = yield from attempt(copy("copy", shared, region), *copy.refusable)
        if isinstance(near, Refused):
            yield from say(
                "no-plain-copy",
                f"The service refused a plain copy inside the region ({near.code}). The instance is built from "
                "the shared image, and an own image is made from the instance.",
            )
            return None
        image = yield from until(image_usable("copy-usable", near, of="copy", like=shared))
        image = yield from with_features(image, of=shared, step="copy")
        return Owned(image=image, ref=near)
    return (yield from across(shared, to_region=to_region, copy=copy))


def across(shared: EcsImage, *, to_region: str, copy: Copies) -> Script[Owned]:
    """Make an own image in another region."""
    straight = yield from attempt(copy("copy-across", shared, to_region), *NOT_ACROSS)
    if not isinstance(straight, Refused):
        image = yield from until(image_usable("copy-across-usable", straight, of="copy-across", like=shared))
        image = yield from with_features(image, of=shared, step="copy-across")
        return Owned(image=image, ref=straight)
    # Encrypted copies go through an encrypted one: from a plain one the service may refuse them.
    near = yield from own_here(shared, copy=copy, encrypted=copy.encrypted or None)
    far, image = yield from copied_across(
        "copy-there", near.image, to_region, copy=copy, original=shared, encrypted=near.insisted or None
    )
    return Owned(
        image=image, ref=far, intermediate=near.image, intermediate_ref=near.ref, insisted=near.insisted
    )


def copied_across(
    step: str,
    source: EcsImage,
    to_region: str,
    *,
    copy: Copies,
    original: EcsImage,
    encrypted: bool | None = None,
) -> Script[tuple[Ref, EcsImage]]:
    """Copy an own image to a region, and wait for it; the copy has the features of ``original``.

    Where the service takes no encrypted copy of a plain image across regions, it goes through an encrypted copy in
    the region of the source, which is removed afterwards.
    """
    straight = copy(step, source, to_region, encrypted=encrypted)
    detour = straight.encrypted and not source.encrypted
    made = yield from attempt(straight, *((ENCRYPTED_ACROSS,) if detour else ()))
    here: tuple[Ref, EcsImage] | None = None
    if isinstance(made, Refused):
        yield from say(
            f"{step}-detour",
            f"The service refused an encrypted copy of a plain image in {to_region} ({made.code}). The image is "
            f"encrypted in {source.region_id} first, and copied from there.",
        )
        between, step = f"{step}-encrypted-here", f"{step}-encrypted"
        ref = yield from do(copy(between, source, source.region_id, encrypted=True, between=True))
        way = yield from until(
            image_usable(f"{between}-usable", ref, of=between, like=original, encrypted=True)
        )
        here = (ref, way)
        made = yield from do(copy(step, way, to_region, encrypted=True))
    image = yield from until(image_usable(f"{step}-usable", made, of=step, like=original))
    image = yield from with_features(image, of=original, step=step)
    if here is not None:
        kept = yield from prefixed(delete_image(*here), f"{step}-delete-here")
        if kept:
            yield from say(f"{step}-here-kept", kept)
    return made, image


def own_here(shared: EcsImage, *, copy: Copies, encrypted: bool | None = None) -> Script[Owned]:
    """Make an own image in the region of the shared one, an encrypted one where the service insists.

    Args:
        shared: the image.
        copy: what the copies are like.
        encrypted: whether it is to be encrypted, where it does not stay there.
    """
    region, step = shared.region_id, "copy-here"
    near = yield from attempt(copy(step, shared, region, encrypted=encrypted), *copy.refusable)
    insisted = isinstance(near, Refused)
    if isinstance(near, Refused):
        yield from say(
            "encrypted-copy",
            f"The service refused a plain copy inside the region ({near.code}). The copies are encrypted with "
            "the account's service key, and so are the disks made from them.",
        )
        step = "copy-here-encrypted"
        near = yield from do(copy(step, shared, region, encrypted=True))
    image = yield from until(
        image_usable(f"{step}-usable", near, of=step, like=shared, encrypted=insisted or bool(encrypted))
    )
    return Owned(image=image, ref=near, insisted=insisted)
