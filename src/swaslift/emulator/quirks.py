"""Behaviour that no document settles: one switch each.

The contract marks these facts ``verified: false``. The emulator can take either side of each,
and the library has to work on both.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Quirks:
    """Each field is a question about the live services; the first value is the default.

    ``docs/unsettled.md`` has the evidence for each.
    """

    swas_image_id_in_ecs: Literal["same", "different"] = "same"
    """Whether a SWAS image that is shared with ECS keeps its id there."""

    swas_image_owner_alias: Literal["others", "self"] = "others"
    """The ``ImageOwnerAlias`` under which ECS lists a shared SWAS image."""

    shared_image_cross_region_copy: Literal["refused", "allowed"] = "refused"
    """Whether ``CopyImage`` takes a shared SWAS image straight to another region
    (refused: 403 ``OperationDenied.SameRegionOnly``)."""

    same_region_copy: Literal["plain", "encrypted_only"] = "plain"
    """Whether a copy of a shared image inside its region must be encrypted
    (``encrypted_only``: a plain one answers 403 ``IncorrectDestinationRegion``)."""

    one_image_to_many_regions: Literal["refused", "allowed"] = "refused"
    """Whether one image may be copied to several regions at the same time
    (refused: 400 ``OperationDenied.ImageCopyConflict``). Two copies of one image into the
    same region at once are always refused."""

    copy_slots_counted_in: Literal["destination", "source"] = "destination"
    """Which region counts the five running copies; further ones stay ``Waiting``."""

    ssd_plan_without_data_disk: Literal["allowed", "refused"] = "allowed"
    """Whether a server of a plan with a standard SSD can be bought without a data disk
    (refused: 400 ``InvalidDataDiskSize.ValueNotSupported``)."""

    windows_key_pair: Literal["refused", "ignored"] = "refused"
    """What ``RunInstances`` does with a key pair for a Windows image
    (refused: 403 ``DependencyViolation.WindowsInstance``)."""

    swas_login_inherited: Literal["allowed", "refused"] = "allowed"
    """Whether an image from SWAS holds a password, which ``PasswordInherit`` of ``RunInstances`` needs
    (refused: 400 ``InvalidPasswordParam.Mismatch``)."""

    encrypted_image_plain_copy: Literal["refused", "allowed"] = "refused"
    """Whether ``CopyImage`` with ``Encrypted=false`` makes a plain copy of an encrypted image
    (refused: 403 ``OperationDeined.EncryptedSnapshot``; then a copy that says nothing is encrypted as well)."""

    account_default_encryption: Literal["off", "on"] = "off"
    """Whether the accounts have disks encrypted by default: then copies and disks that say nothing are encrypted,
    and ``Encrypted=false`` answers 403 ``InvalidEncrypted.NotMatchDiskDefaultEncryption``."""

    plain_image_encrypted_across: Literal["allowed", "refused"] = "allowed"
    """Whether an encrypted copy of a plain image may be made in another region
    (refused: 403 ``OperationDenied.EncryptSnapshotAcrossRegion``)."""

    copied_image_features: Literal["kept", "nvme_lost", "all_lost"] = "kept"
    """Which features of an image its copy has: those of the source; all but ``NvmeSupport``, as two public tools
    met it; or none, so that the boot mode is BIOS as well."""

    dry_run_status: Literal[400, 200] = 400
    """HTTP status of a passed ``DryRun``: 400 with code ``DryRunOperation`` (settled), or 200 with the
    same code in the body, to prove that a client goes by the code."""

    swas_image_quota_scope: Literal["account", "region"] = "account"
    """Whether min(3 x servers, 15) custom images count per account or per region; snapshots count per
    account."""

    calls_per_minute: int = 1000
    """Calls that one account may make of one action in one region and clock minute
    (older documents: 10). The next one answers ``Throttling.User`` until the minute is over."""

    token_lifetime: float = 86_400.0
    """Seconds for which a ``ClientToken`` is remembered."""

    unknown_image: Literal["empty", "not_found"] = "empty"
    """What ``DescribeImages`` of ECS says of an unknown id: an empty list, or 404
    ``InvalidImageId.NotFound``. ``DeleteImage`` follows: it ignores the unknown image, or refuses it."""

    visible_lag: float = 2.0
    """Seconds from the making of a resource until lists show it."""

    usable_lag: float = 20.0
    """Seconds between ``Status=Available`` of an ECS image and ``Usable=true``."""

    swas_letter_case: Literal["lower", "documented", "capitalized"] = "lower"
    """How SWAS spells disk types and snapshot statuses: ``system`` and ``accomplished`` (lower, as the live
    service answers), ``system`` and ``Accomplished`` (documented), ``System`` and ``Accomplished``
    (capitalized)."""

    unknown_server: Literal["empty", "not_found", "internal_error"] = "empty"
    """What ``ListInstances`` answers to an unknown id in ``InstanceIds``: nothing, 404
    ``InvalidInstanceId.NotFound``, or 500 ``InternalError``, which a provider takes for gone."""

    reset_system_in: Literal["running_or_stopped", "running"] = "running_or_stopped"
    """In which states ``ResetSystem`` of SWAS takes a server
    (``running``: a stopped one answers 403 ``IncorrectInstanceStatus``)."""

    dated_answers: bool = True
    """Whether answers carry the HTTP header ``Date``, at the emulator's clock."""

    unfinished_swas_image: Literal["refused", "accepted"] = "refused"
    """Whether a custom image that is still being made can be shared and deleted
    (refused: 403 ``InvalidParam``)."""

    page_filling: Literal["full", "short"] = "full"
    """Whether a page of a list holds as many entries as were asked for (short: an odd page at most three, an
    even one none; ``TotalCount`` is right, and further pages hold the rest)."""
