"""``CopyImage`` and ``CancelCopyImage``."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from swaslift.emulator.ecs import copy_queue, find
from swaslift.emulator.ecs.records import CopyJob, Image, ImagePart, Snapshot, Traits
from swaslift.emulator.ecs.rules import check_description, check_name, check_tags
from swaslift.emulator.ecs.service import ECS
from swaslift.emulator.ecs.work import NEVER, Work

if TYPE_CHECKING:
    from swaslift.emulator.service import Call


@ECS.action("CopyImage")
def copy_image(call: Call) -> dict[str, Any]:
    """Copy an image within its region or into another one."""
    destination = _destination(call)
    check_name(call, "DestinationImageName", "InvalidImageName.Malformed", no_vendor=True)
    check_description(call, "DestinationDescription")
    check_tags(call)
    if call.get("KMSKeyId") and not call.get("Encrypted"):
        raise call.error(
            "InvalidEncrypted.NotMatchKmsKeyId", "Encrypted must be true when KMSKeyId is given."
        )
    source, alias = find.image_in_use(call)
    _check_source(call, source, alias, destination)
    _check_running(call, source, destination)
    name = call.get("DestinationImageName")
    state = find.ecs(call)
    own = state.images.of(call.account_id, destination, call.now)
    if name and any(i.name == name for i in own):
        raise call.error("InvalidImageName.Duplicated", f"The image name {name} already exists there.")
    if len(own) >= state.quota("max-images", 100):
        raise call.error("QuotaExceed.Image", "The image quota of the destination region is exceeded.")
    call.stop_if_dry()
    return {"ImageId": _start(call, source, destination).id}


def _destination(call: Call) -> str:
    regions = find.ecs(call).catalog.regions
    if call.region_id not in regions:
        raise call.error("SourceRegion.NotFound", "The specified source region does not exist.")
    destination = call.get("DestinationRegionId") or call.region_id
    if destination not in regions:
        raise call.error("DestinationRegion.NotFound", "The specified destination region does not exist.")
    return str(destination)


def _check_source(call: Call, source: Image, alias: str, destination: str) -> None:
    quirks, crossing = call.world.quirks, destination != call.region_id
    if alias == "system":
        raise call.error("OperationDenied", "Public images cannot be copied.")
    if source.community and source.account_id != call.account_id:
        raise call.error("OperationDenied.CommunityImage", "Community images cannot be copied.")
    if source.status(call.now) != "Available":
        raise call.error("IncorrectImageStatus", "The image is not in the status Available.")
    _check_encryption(call, source, crossing=crossing)
    shared = source.swas_image_id != "" or source.account_id != call.account_id
    if not shared:
        return
    if crossing and quirks.shared_image_cross_region_copy == "refused":
        raise call.error(
            "OperationDenied.SameRegionOnly", "A shared image can only be copied within its region."
        )
    if not crossing and quirks.same_region_copy == "encrypted_only" and not _encrypted(call, source):
        raise call.error(
            "IncorrectDestinationRegion", "Within its region a shared image can only be copied encrypted."
        )


def _encrypted(call: Call, source: Image) -> bool:
    """Whether the copy is encrypted: as the request says; what it leaves out, no document settles."""
    given, quirks = call.get("Encrypted"), call.world.quirks
    if given is not None:
        return bool(given)
    stays = source.encrypted and quirks.encrypted_image_plain_copy == "refused"
    return stays or quirks.account_default_encryption == "on"


def _check_encryption(call: Call, source: Image, *, crossing: bool) -> None:
    quirks, plain = call.world.quirks, call.get("Encrypted") is False
    if plain and source.encrypted and quirks.encrypted_image_plain_copy == "refused":
        raise call.error(
            "OperationDeined.EncryptedSnapshot", "Encrypted snapshots cannot be copied to non-encrypted ones."
        )
    if plain and quirks.account_default_encryption == "on":
        raise call.error(
            "InvalidEncrypted.NotMatchDiskDefaultEncryption", "The account encrypts its disks by default."
        )
    across = crossing and not source.encrypted and _encrypted(call, source)
    if across and quirks.plain_image_encrypted_across == "refused":
        raise call.error(
            "OperationDenied.EncryptSnapshotAcrossRegion",
            "A plain image cannot be copied into an encrypted one in another region.",
        )


def _check_running(call: Call, source: Image, destination: str) -> None:
    """One image, one copy at a time: everywhere, or in each destination, as the quirk says."""
    many = call.world.quirks.one_image_to_many_regions == "allowed"
    for image in find.ecs(call).images:
        if image.account_id != call.account_id or image.copy is None or image.work is None:
            continue
        same = image.copy.source_image_id == source.id and image.copy.source_region_id == source.region_id
        if not same or image.work.stage(call.now) not in {"waiting", "running"}:
            continue
        if not many or image.region_id == destination:
            raise call.error("OperationDenied.ImageCopyConflict", "The image is being copied already.")


def _start(call: Call, source: Image, destination: str) -> Image:
    world, state, now = call.world, find.ecs(call), call.now
    crossing = destination != source.region_id
    median = world.durations.cross_region_copy if crossing else world.durations.image_copy
    seconds, fate = world.seconds(median), world.faults.outcome("ecs_image", destination)
    encrypted = _encrypted(call, source)
    visible = world.visible_at(now)
    image_id = world.new_id("m-")
    parts = []
    for part in source.parts:
        snapshot = state.snapshots.add(
            Snapshot(
                id=world.new_id("s-"),
                account_id=call.account_id,
                region_id=destination,
                created_at=now,
                visible_at=visible,
                name=f"SnapshotForImage-{image_id}",
                work=Work(NEVER, seconds, fate),
                size=part.size,
                kind=part.kind,
                traits=source.traits if part.kind == "system" else None,
                source_snapshot_id=part.snapshot_id,
                source_region_id=source.region_id,
                description=f"Copied for the image {image_id}",
                encrypted=encrypted,
                kms_key_id=call.get("KMSKeyId") or "",
            )
        )
        parts.append(
            ImagePart(part.device, part.size, part.kind, snapshot.id, encrypted, snapshot.kms_key_id)
        )
    slot = destination if world.quirks.copy_slots_counted_in == "destination" else source.region_id
    copy = state.images.add(
        Image(
            id=image_id,
            account_id=call.account_id,
            region_id=destination,
            created_at=now,
            visible_at=visible,
            tags=call.tags,
            resource_group_id=call.get("ResourceGroupId") or "",
            name=call.get("DestinationImageName") or image_id,
            description=call.get("DestinationDescription") or "",
            traits=_copied(source.traits, world.quirks.copied_image_features),
            parts=parts,
            license_type=source.license_type,
            work=Work(NEVER, seconds, fate),
            copy=CopyJob(source.id, source.region_id, slot),
        )
    )
    copy_queue.schedule(state, call.account_id, slot, now)
    return copy


def _copied(traits: Traits, kept: str) -> Traits:
    """What a copy says of itself."""
    if kept == "kept":
        return traits
    lost: dict[str, Any] = {"nvme": False} if kept == "nvme_lost" else {"nvme": False, "boot_mode": "BIOS"}
    return dataclasses.replace(traits, **lost)


@ECS.action("CancelCopyImage")
def cancel_copy_image(call: Call) -> dict[str, Any]:
    """Cancel a copy; the unfinished image and its snapshots go."""
    state, now = find.ecs(call), call.now
    image = find.own_image(call)
    if image.copy is None:
        raise call.error("ImageCreatedNotFromCopy", "The image is not the target of a copy.")
    if image.work is None or image.work.stage(now) not in {"waiting", "running"}:
        raise call.error("IncorrectImageStatus", "The copy is over and cannot be cancelled.")
    state.images.remove(image.id)
    for part in image.parts:
        state.snapshots.remove(part.snapshot_id)
    copy_queue.schedule(state, call.account_id, image.copy.slot_region_id, now)
    return {}
