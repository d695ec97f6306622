"""From a shared image to an ECS image of the account's own, in the target's region.

A shared image can be withdrawn, and goes when its server is released; an own copy cannot. The
shortest allowed path is tried first, and a refusal changes nothing:

- same region: one copy. Where the service takes only encrypted copies there, the instance is run
  from the shared image and the own image is made from the instance afterwards (`None` here).
- another region: straight across; where an image of another owner is refused that
  (``OperationDenied.SameRegionOnly``), a copy inside the region first and that one across.
"""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

from swaslift.lifecycle.steps import CopyImage
from swaslift.lifecycle.waits import image_usable
from swaslift.models import EcsImage
from swaslift.runs.effects import Ref, Refused, Script, attempt, do, say, until

NO_PLAIN_COPY = (
    "IncorrectDestinationRegion",
    "InvalidEncrypted.NotMatchDiskDefaultEncryption",
    "OperationDenied.EncryptSnapshotAcrossRegion",
)
"""Codes with which a plain copy inside the region may be refused; which one is not documented."""

NOT_ACROSS = ("OperationDenied.SameRegionOnly",)


class Owned(BaseModel):
    """An image of the account's own in the target's region, and copies that were only a way there."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    image: EcsImage
    ref: Ref
    intermediate: EcsImage | None = None
    intermediate_ref: Ref | None = None


def own_image(
    shared: EcsImage, *, to_region: str, base: str, name: str | None = None
) -> Script[Owned | None]:
    """Make an own image; None where the service takes no plain copy inside the region.

    Args:
        shared: an image of another owner, as ECS shows it.
        to_region: where the own image is to be.
        base: the stem of names.
        name: the own image's name, where the user gave one.
    """
    region = shared.region_id
    copy = _Copies(base, to_region, name)
    if to_region == region:
        near = yield from attempt(copy("copy", shared, region), *NO_PLAIN_COPY)
        if isinstance(near, Refused):
            yield from say(
                "no-plain-copy",
                f"The service refused a plain copy inside the region ({near.code}). The instance is built from "
                "the shared image, and an own image is made from the instance.",
            )
            return None
        image = yield from until(image_usable("copy-usable", near, of="copy"))
        return Owned(image=image, ref=near)
    across = yield from attempt(copy("copy-across", shared, to_region), *NOT_ACROSS)
    if not isinstance(across, Refused):
        image = yield from until(image_usable("copy-across-usable", across, of="copy-across"))
        return Owned(image=image, ref=across)
    return (yield from _in_two_hops(copy, shared))


def _in_two_hops(copy: _Copies, shared: EcsImage) -> Script[Owned]:
    region = shared.region_id
    near = yield from attempt(copy("copy-here", shared, region), *NO_PLAIN_COPY)
    encrypted = isinstance(near, Refused)
    first = "copy-here"
    if isinstance(near, Refused):
        yield from say(
            "encrypted-copy",
            f"The service refused a plain copy inside the region ({near.code}). The copies are encrypted with "
            "the account's service key, and so are the disks made from them.",
        )
        first = "copy-here-encrypted"
        near = yield from do(copy(first, shared, region, encrypted=True))
    near_image = yield from until(image_usable(f"{first}-usable", near, of=first))
    far = yield from do(copy("copy-there", near_image, copy.to_region, encrypted=encrypted or None))
    image = yield from until(image_usable("copy-there-usable", far, of="copy-there"))
    return Owned(image=image, ref=far, intermediate=near_image, intermediate_ref=near)


@dataclass(frozen=True)
class _Copies:
    """The copies on one way: a name that the user gave is for the last of them."""

    base: str
    to_region: str
    name: str | None

    def __call__(
        self, step: str, image: EcsImage, to_region: str, *, encrypted: bool | None = None
    ) -> CopyImage:
        return CopyImage(
            name=step,
            region_id=image.region_id,
            image_id=image.id,
            to_region=to_region,
            base=self.base,
            exact_name=self.name if to_region == self.to_region else None,
            encrypted=encrypted,
        )
