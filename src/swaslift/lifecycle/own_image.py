"""From a shared image to an ECS image of the account's own, in the target's region.

A shared image can be withdrawn, and goes when its server is released; an own copy cannot. The
shortest allowed path is tried first, and a refusal changes nothing:

- same region: one copy. Where the service takes only encrypted copies there, the instance is run
  from the shared image and the own image is made from the instance afterwards (`None` here).
- another region: straight across; where an image of another owner is refused that
  (``OperationDenied.SameRegionOnly``), a copy inside the region first and that one across.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from swaslift.lifecycle.spec import MigrationSpec
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


def own_image(spec: MigrationSpec, shared: EcsImage) -> Script[Owned | None]:
    """Make an own image in the target's region; None where the service takes no plain copy."""
    region = spec.server.region_id
    if not spec.crosses:
        copy = yield from attempt(_copy(spec, "copy", shared.id, region, region), *NO_PLAIN_COPY)
        if isinstance(copy, Refused):
            yield from say(
                "no-plain-copy",
                f"The service refused a plain copy inside the region ({copy.code}). The instance is built from "
                "the shared image, and an own image is made from the instance.",
            )
            return None
        image = yield from until(image_usable("copy-usable", copy, of="copy"))
        return Owned(image=image, ref=copy)
    across = yield from attempt(
        _copy(spec, "copy-across", shared.id, region, spec.target_region), *NOT_ACROSS
    )
    if not isinstance(across, Refused):
        image = yield from until(image_usable("copy-across-usable", across, of="copy-across"))
        return Owned(image=image, ref=across)
    return (yield from _in_two_hops(spec, shared))


def _in_two_hops(spec: MigrationSpec, shared: EcsImage) -> Script[Owned]:
    region = spec.server.region_id
    near = yield from attempt(_copy(spec, "copy-here", shared.id, region, region), *NO_PLAIN_COPY)
    encrypted = isinstance(near, Refused)
    first = "copy-here"
    if isinstance(near, Refused):
        yield from say(
            "encrypted-copy",
            f"The service refused a plain copy inside the region ({near.code}). The copies are encrypted with "
            "the account's service key, and so are the disks made from them.",
        )
        first = "copy-here-encrypted"
        near = yield from do(_copy(spec, first, shared.id, region, region, encrypted=True))
    near_image = yield from until(image_usable(f"{first}-usable", near, of=first))
    far = yield from do(
        _copy(spec, "copy-there", near.id, region, spec.target_region, encrypted=encrypted or None)
    )
    image = yield from until(image_usable("copy-there-usable", far, of="copy-there"))
    return Owned(image=image, ref=far, intermediate=near_image, intermediate_ref=near)


def _copy(
    spec: MigrationSpec,
    name: str,
    image_id: str,
    region: str,
    to_region: str,
    *,
    encrypted: bool | None = None,
) -> CopyImage:
    return CopyImage(
        name=name,
        region_id=region,
        image_id=image_id,
        to_region=to_region,
        base=spec.base,
        exact_name=spec.image_name if to_region == spec.target_region else None,
        encrypted=encrypted,
    )
