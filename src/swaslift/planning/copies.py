"""Whether an image can be copied to regions, and what stands in the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from swaslift.checks import Check, warning
from swaslift.cloud import Cloud
from swaslift.errors import InvalidArgument
from swaslift.models import CustomImage, EcsImage
from swaslift.planning.arguments import check_text
from swaslift.planning.custom_images import check_available, check_own
from swaslift.planning.ecs_images import check_ecs_image, name_taken
from swaslift.planning.names import check_name
from swaslift.planning.regions import Unasked, attempted

NEVER_PLAIN = ("InvalidEncrypted.NotMatchDiskDefaultEncryption", "OperationDeined.EncryptedSnapshot")
"""Codes with which ``CopyImage`` refuses a plain copy for good."""


def regions_of(region: str | list[str] | tuple[str, ...], field: str = "region") -> tuple[str, ...]:
    """The regions of a call, in order.

    Args:
        region: one or several.
        field: the argument's name.

    Raises:
        InvalidArgument: it is not a list of different regions.
    """
    found = (
        (region,) if isinstance(region, str) else tuple(region) if isinstance(region, list | tuple) else ()
    )
    if not found or not all(isinstance(r, str) and r for r in found):
        raise InvalidArgument(
            field,
            region,
            "not a region, nor a list of regions",
            'Give "ap-southeast-1", or a list of such',
        )
    double = sorted({r for r in found if found.count(r) > 1})
    if double:
        raise InvalidArgument(field, region, f"{', '.join(double)} is named twice", "Name each region once")
    return found


def keys_of(
    kms_key_id: str | Mapping[str, str] | None, encrypted: bool | None, regions: Sequence[str]
) -> dict[str, str]:
    """KMS keys by region: a key lives in one region.

    Raises:
        InvalidArgument: a key without encryption, for no region of the call, or one for several.
    """
    if kms_key_id is None:
        return {}
    if not encrypted:
        raise InvalidArgument(
            "kms_key_id", kms_key_id, "a key is for an encrypted copy", "Give encrypted=True as well"
        )
    if isinstance(kms_key_id, str):
        if len(regions) > 1:
            raise InvalidArgument(
                "kms_key_id",
                kms_key_id,
                "a key lives in one region, and the copies are for several",
                "Give a key a region: {'ap-southeast-1': 'key-...'}",
            )
        check_text("kms_key_id", kms_key_id)
        return {regions[0]: kms_key_id}
    if not isinstance(kms_key_id, Mapping):
        raise InvalidArgument(
            "kms_key_id", kms_key_id, "not a key, nor keys by region", "Give a key, or one a region"
        )
    for key in kms_key_id.values():
        if not isinstance(key, str) or not key:
            raise InvalidArgument("kms_key_id", key, "not a key", "Give the id of a key")
    unknown = sorted(str(r) for r in set(kms_key_id) - set(regions))
    if unknown:
        raise InvalidArgument(
            "kms_key_id",
            dict(kms_key_id),
            f"no copy goes to {', '.join(unknown)}",
            "Name regions of the call",
        )
    return dict(kms_key_id)


def check_image(image: CustomImage | EcsImage) -> list[Check]:
    """Whether the image itself can be copied."""
    if isinstance(image, CustomImage):
        return check_own(image) + check_available(image)
    if image.owner_alias in {"system", "marketplace"}:
        return [
            Check(
                "image",
                image.id,
                f"it is a {image.owner_alias} image, which the service does not copy",
                "Every region offers its own; look for it there",
            )
        ]
    return [c for c in check_ecs_image(image, "image") if c.level == "blocker"]


def check_copies(
    cloud: Cloud,
    image: CustomImage | EcsImage,
    regions: Sequence[str],
    *,
    name: str | None,
    encrypted: bool | None,
    run_id: str,
) -> list[Check]:
    """What stands in the way of copies that are ECS images."""
    checks = check_image(image) + check_name("name", name)
    if isinstance(image, EcsImage):
        if image.region_id in regions and image.owner_alias == "self" and not _differs(image, encrypted):
            checks.append(
                Check(
                    "region",
                    image.region_id,
                    "the image is an own one, and it is in this region already",
                    "Leave the region out; a second one makes sense only encrypted (encrypted=True)",
                )
            )
        checks += _encryption_changes(cloud, image, regions, encrypted)
    if name is not None:
        for region in regions:
            taken = attempted("ecs", region, partial(_taken, cloud, region, name, run_id))
            if isinstance(taken, Unasked):
                checks.append(_name_unasked(name, taken))
            elif taken == [True]:
                remedy = "Choose another, or delete that image"
                checks.append(Check("name", name, f"an image in {region} has this name", remedy))
    return checks


def _taken(cloud: Cloud, region_id: str, name: str, run_id: str) -> list[bool]:
    return [name_taken(cloud, region_id, name, run_id)]


def _name_unasked(name: str, unasked: Unasked) -> Check:
    """The warning that a name may be taken in a region that cannot be asked; the other regions go on."""
    problem = f"whether an image in {unasked.region_id} has this name is not known: {unasked}"
    return warning("name", name, problem, "The copy there waits, or is refused; the others are made")


def _differs(image: EcsImage, encrypted: bool | None) -> bool:
    """Whether a copy beside the image itself is another thing: plain, or encrypted with a key of its own."""
    return image.encrypted if encrypted is False else bool(encrypted)


def _encryption_changes(
    cloud: Cloud, image: EcsImage, regions: Sequence[str], encrypted: bool | None
) -> list[Check]:
    """What becomes of the encryption of an image, and whether the service makes plain copies of it."""
    if encrypted is False and not image.foreseen:
        # Whether it does is not documented, and depends on the account: a dry run tells.
        refused = cloud.ecs.dry_run_copy(image.region_id, image.id, to_region=regions[0], encrypted=False)
        if refused is not None and refused.code in NEVER_PLAIN:
            problem = f"the service refuses a plain copy: {refused.code}: {refused.service_message}"
            return [Check("encrypted", encrypted, problem, "Leave it out: the copies are encrypted then")]
    if not image.encrypted or encrypted:
        return []
    if encrypted is None:
        problem = (
            "the image is encrypted, and so are the copies, with the service key of ECS in their regions; what that "
            "encrypts cannot be handed over to another account"
        )
        remedy = "Other keys: encrypted=True, kms_key_id=..."
        return [warning("encrypted", encrypted, problem, remedy)]
    problem = "the image is encrypted, and the copies will not be"
    return [warning("encrypted", encrypted, problem, "Leave it out for encrypted copies")]


def check_console_copies(
    cloud: Cloud, image: CustomImage, regions: Sequence[str], *, name: str, encrypted: bool | None
) -> list[Check]:
    """What stands in the way of copies that are custom images of SWAS, made in the console."""
    checks = check_own(image) + check_available(image)
    if encrypted:
        checks.append(
            Check(
                "encrypted", encrypted, "SWAS has no encrypted images", 'Leave it out, or use product="ecs"'
            )
        )
    if image.region_id in regions:
        checks.append(
            Check("region", image.region_id, "the image is in this region already", "Leave the region out")
        )
    for region in regions:
        there = attempted("swas", region, partial(cloud.swas.list_custom_images, region))
        if isinstance(there, Unasked):
            checks.append(_name_unasked(name, there))
        elif any(i.name == name for i in there):
            checks.append(
                Check("name", name, f"a custom image in {region} has this name", "Choose another: name=...")
            )
    return checks
