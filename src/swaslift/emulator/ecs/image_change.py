"""Deleting, sharing and changing own images."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from swaslift.emulator.ecs import find
from swaslift.emulator.ecs.rules import check_description, check_name
from swaslift.emulator.ecs.service import ECS
from swaslift.emulator.numbers import digits

if TYPE_CHECKING:
    from swaslift.emulator.ecs.records import Image
    from swaslift.emulator.service import Call

_MOST_ACCOUNTS = 50


@ECS.action("DeleteImage")
def delete_image(call: Call) -> dict[str, Any]:
    """The snapshots behind the image stay."""
    find.region(call)
    state, now = find.ecs(call), call.now
    image = state.images.find(call.get("ImageId"), call.account_id, now)
    if image is None or image.region_id != call.region_id:
        visible = any(i.id == call.get("ImageId") for i, _ in find.usable_by(call))
        if visible or call.world.quirks.unknown_image == "not_found":
            raise find.unknown_image(call, call.get("ImageId"))
        call.stop_if_dry()
        return {}
    if image.shared_with:
        raise call.error("ImageUseShared", "The image is shared; stop sharing it first.")
    if image.community:
        raise call.error("ImageIsPublic", "The image is a community image; unpublish it first.")
    if image.copy is not None and image.status(now) in {"Waiting", "Creating"}:
        raise call.error("OperationDenied.ImageCopying", "The image is the target of a running copy.")
    if _used(call, image) and not call.get("Force"):
        raise call.error("ImageUsingByInstance", "Instances use the image; delete it with Force=true.")
    call.stop_if_dry()
    state.images.remove(image.id)
    return {}


def _used(call: Call, image: Image) -> bool:
    return any(i.image_id == image.id and i.exists(call.now) for i in find.ecs(call).instances)


@ECS.action("ModifyImageSharePermission")
def modify_image_share_permission(call: Call) -> dict[str, Any]:
    """Share an own image with accounts, take that back, or publish it."""
    image, now = find.own_image(call), call.now
    adding, removing = (call.get("AddAccount") or [])[:10], (call.get("RemoveAccount") or [])[:10]
    for account in [*adding, *removing]:
        if not (digits(account) and len(account) == 16):
            raise call.error("InvalidAccount.NotFound", f"The account {account} does not exist.")
        if account == call.account_id:
            raise call.error("InvalidAccount.Forbbiden", "The image cannot be shared with its own owner.")
    if adding:
        _check_shareable(call, image)
    public = call.get("IsPublic")
    if public is not None and public == image.community:
        code = "Image.Public" if public else "Image.NotPublic"
        raise call.error(code, "The image is in that state already.")
    after = [a for a in image.shared_with if a not in removing]
    after += [a for a in adding if a not in after]
    if len(after) > _MOST_ACCOUNTS:
        raise call.error("QuotaExceed.ShareImageUser", "The image is shared with too many accounts.")
    if not adding and not removing and public is None:
        raise call.error("MissingParameter", "AddAccount, RemoveAccount or IsPublic is required.")
    call.stop_if_dry()
    image.shared_with = {a: image.shared_with.get(a, now) for a in after}
    if public is not None:
        image.community = public
    return {}


def _check_shareable(call: Call, image: Image) -> None:
    if image.status(call.now) != "Available":
        raise call.error("OperationDenied.InvalidImageStatus", "The image is not in the status Available.")
    encrypted = [p for p in image.parts if p.encrypted]
    if any(not p.kms_key_id for p in encrypted):
        raise call.error(
            "InvalidOperation.ServiceKeyEncryptedImageUnsupported",
            "An image that is encrypted with the service key cannot be shared.",
        )
    if encrypted and len(image.parts) > 1:
        raise call.error(
            "OperationDeined.FullImage", "An encrypted image with several snapshots cannot be shared."
        )


@ECS.action("ModifyImageAttribute")
def modify_image_attribute(call: Call) -> dict[str, Any]:
    """Change name, description, family, status, boot mode or features of an own image."""
    image, now = find.own_image(call), call.now
    check_name(call, "ImageName", "InvalidImageName.Malformed", no_vendor=True)
    check_name(call, "ImageFamily", "InvalidImageFamily.Malformed", no_vendor=True)
    check_description(call)
    if image.status(now) in {"Creating", "Waiting"}:
        raise call.error("InvalidStatus.ImageIsCreating", "The image is still being created.")
    name = call.get("ImageName")
    others = [i for i in find.ecs(call).images.of(call.account_id, call.region_id, now) if i is not image]
    if name and any(i.name == name for i in others):
        raise call.error("InvalidImageName.Duplicated", f"The image name {name} already exists.")
    _check_status(call, image)
    changes = _features(call, image)
    call.stop_if_dry()
    image.name = name or image.name
    image.description = call.get("Description") or image.description
    image.family = call.get("ImageFamily") or image.family
    image.license_type = call.get("LicenseType") or image.license_type
    if call.get("Status"):
        image.deprecated = call.get("Status") == "Deprecated"
    image.traits = dataclasses.replace(image.traits, **changes)
    return {}


def _check_status(call: Call, image: Image) -> None:
    wanted, status = call.get("Status"), image.status(call.now)
    if wanted == "Deprecated" and status != "Available":
        raise call.error("ImageStatus.NotAvailable", "The image is not Available.")
    if wanted == "Deprecated" and image.shared_with:
        raise call.error("ImageUseShared", "The image is shared; stop sharing it first.")
    if wanted == "Available" and status != "Deprecated":
        raise call.error("ImageStatus.NotDeprecated", "The image is not Deprecated.")
    if wanted not in {None, "Deprecated", "Available"}:
        raise call.error("InvalidParameter", "The specified Status is not valid.")


def _features(call: Call, image: Image) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    mode = call.get("BootMode")
    if mode:
        if mode not in {"BIOS", "UEFI", "UEFI-Preferred"}:
            raise call.error("InvalidBootMode.NotSupport", "The specified BootMode is not supported.")
        if mode != image.traits.boot_mode and _used(call, image):
            raise call.error(
                "OperationDeined.ImageUsingByInstance",
                "The boot mode is fixed while instances use the image.",
            )
        changes["boot_mode"] = mode
    if call.get("LicenseType") not in {None, "BYOL"}:
        raise call.error("InvalidLicenseType.NotSupported", "The LicenseType is not supported.")
    features = call.get("Features") or {}
    imds = features.get("ImdsSupport")
    if imds:
        if imds not in {"v1", "v2"}:
            raise call.error("InvalidParameter.FeaturesImdsSupport", "The ImdsSupport is not valid.")
        if imds == "v1" and image.traits.imds == "v2":
            raise call.error("InvalidOperation.FeaturesImdsSupportNotMatch", "v2 cannot go back to v1.")
        changes["imds"] = imds
    if features.get("NvmeSupport"):
        changes["nvme"] = features["NvmeSupport"] == "supported"
    return changes
