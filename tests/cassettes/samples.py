"""The vendor's samples beside the emulator: which fields an answer has, and of which types.

The pages are older than the contracts in part, and show one resource of many sorts. Where a sample
and the emulator's answer differ, `EXCEPTIONS` says why; anything else is a difference.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from swaslift.emulator import Emulator
from swaslift.testing.files import Loaded
from tests.cassettes.crosscheck import answer
from tests.cassettes.names import EMULATED
from tests.emulator.sdk import Sdk

Difference = tuple[str, str, str]
"""The action, the field, and what is different about it."""

VENDOR, EMULATOR = "only in the sample", "only in the emulator's answer"

_NEWER = "the sample is of 2021, and today's reference and SDK have the field"
_OTHER_PAGING = (
    "the sample is of a request with a page number; the door pages by token, and this is the last page"
)
_IMAGE, _SNAPSHOT = "Images.Image[]", "Snapshots.Snapshot[]"

EXCEPTIONS: dict[Difference, str] = {
    ("GetCallerIdentity", "RoleId", VENDOR): (
        "the sample shows UserId and RoleId together; the field's own text says that only a role has it"
    ),
    ("DescribeSnapshots", "NextToken", VENDOR): _OTHER_PAGING,
    ("DescribeSnapshots", "PageNumber", VENDOR): _OTHER_PAGING,
    ("DescribeSnapshots", "PageSize", VENDOR): _OTHER_PAGING,
    ("DescribeSnapshots", f"{_SNAPSHOT}.SourceDiskSize", "int in the sample, str in the emulator's answer"): (
        "today's reference and SDK have a text; the sample of 2021 has a number"
    ),
    **{
        ("DescribeSnapshots", f"{_SNAPSHOT}.{field}", EMULATOR): _NEWER
        for field in ("Available", "FullSnapshotSizeInBytes", "RegionId", "RemainTime", "ResourceGroupId")
    },
    **{
        (
            "DescribeSnapshots",
            f"{_SNAPSHOT}.{field}",
            EMULATOR,
        ): "the sample shows no snapshot of a copied image"
        for field in ("SnapshotLinkId", "SourceRegionId", "SourceSnapshotId")
    },
    **{
        ("DescribeImages", f"{_IMAGE}.{field}", EMULATOR): _NEWER
        for field in (
            "BootMode",
            "DiskDeviceMappings.DiskDeviceMapping[].Encrypted",
            "DiskDeviceMappings.DiskDeviceMapping[].RemainTime",
            "Features.CpuOnlineDowngrade",
            "Features.CpuOnlineUpgrade",
            "Features.ImdsSupport",
            "Features.MemoryOnlineDowngrade",
            "Features.MemoryOnlineUpgrade",
            "Features.NvmeSupport",
            "ImageOwnerId",
            "IsPublic",
            "LicenseType",
            "LoginAsNonRootSupported",
            "SecureBootOptions.SecureBootSupport",
            "Usable",
        )
    },
}


def differences(loaded: Loaded, cloud: Emulator) -> Iterator[Difference]:
    """Where the shapes of a sample and of the emulator's answer to the same action differ."""
    sdk = Sdk(cloud)
    for sample in loaded.interactions:
        sent = dict(sample.call.parameters)
        if "ImageId" in sent:  # the sample's own is masked, and of another account
            sent["ImageId"] = EMULATED["ecs_image"]
        action = sample.call.action
        status, body = answer(sdk, action, sample.call.version, sent)
        if status != sample.status:
            yield action, "HTTP status", f"{sample.status} in the sample, {status} in the emulator's answer"
            continue
        for field, what in compared(sample.body, body):
            yield action, field, what


def compared(sample: Any, now: Any) -> Iterator[tuple[str, str]]:
    """The fields that only one of two answers has, or that differ in type."""
    theirs, ours = _shape(sample), _shape(now)
    for field in sorted(theirs.keys() | ours.keys()):
        if field not in ours:
            yield field, VENDOR
        elif field not in theirs:
            yield field, EMULATOR
        elif theirs[field] != ours[field]:
            yield field, f"{theirs[field]} in the sample, {ours[field]} in the emulator's answer"


def _shape(answer: Any) -> dict[str, str]:
    """Each field of an answer and its type; of a list, the fields of all its entries."""
    found: dict[str, set[str]] = {}
    for field, kind in _fields(answer, ""):
        found.setdefault(field, set()).add(kind)
    return {field: " or ".join(sorted(kinds)) for field, kinds in found.items()}


def _fields(value: Any, where: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _fields(inner, f"{where}.{key}" if where else key)
    elif isinstance(value, list):
        yield where, "list"
        for inner in value:
            yield from _fields(inner, f"{where}[]")
    else:
        yield where, type(value).__name__
