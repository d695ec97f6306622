"""What the SDK raises, turned into `swaslift.errors`.

Codes are looked up by action and HTTP status first, then by code, then by prefix: some codes mean
one thing for one action and another for the next (``OperationDenied``, ``InvalidParameter``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from swaslift.cloud import sdk
from swaslift.errors import (
    ApiError,
    AuthError,
    ConflictError,
    ConnectError,
    InvalidRequestError,
    NoAnswerError,
    NotFoundError,
    OutOfStockError,
    QuotaError,
    ServerError,
    SwasliftError,
    ThrottledError,
)


@dataclass(frozen=True)
class Meaning:
    """What a code is: the error to raise, whether waiting helps, and plain words."""

    error: type[ApiError]
    hint: str = ""
    retryable: bool = False


_CLOCK = (
    "The time of this machine is off by more than the service accepts (15 minutes). "
    "Set the clock (for example: timedatectl set-ntp true) and try again."
)
_KEY = "Check the access key: it may be deleted, disabled, or of another site (China, international)."
_BUSY_TOKEN = "An earlier call with the same token is still being processed; it is asked again."
_RAM = "The identity lacks a RAM permission for this action; ask the account's owner to grant it."

_BY_ACTION: dict[tuple[str, str, int], Meaning] = {
    ("CopyImage", "OperationDenied.SameRegionOnly", 403): Meaning(
        InvalidRequestError, "An image that is shared by another owner is copied inside its region first."
    ),
    ("CopyImage", "OperationDenied.ImageCopyConflict", 400): Meaning(
        ConflictError, "The image is already being copied; wait for that copy.", retryable=True
    ),
    ("ReplaceSystemDisk", "OperationDenied", 400): Meaning(
        InvalidRequestError, "The image holds data disk snapshots; use an image of the system disk alone."
    ),
    ("ReplaceSystemDisk", "OperationDenied", 403): Meaning(
        InvalidRequestError, "The region does not allow changing between Windows and Linux."
    ),
    ("RunInstances", "InvalidParameter.Mismatch", 400): Meaning(
        InvalidRequestError, "Security group and vSwitch must belong to the same VPC."
    ),
    ("RunInstances", "InvalidParameter.Conflict", 400): Meaning(
        InvalidRequestError, "Image and instance type do not fit; choose another instance type."
    ),
    ("CreateCustomImage", "IncorrectInstanceStatus", 403): Meaning(
        ConflictError, "An expired server cannot be imaged; renew it first."
    ),
    ("StopInstance", "IncorrectInstanceStatus", 403): Meaning(
        ConflictError, "The instance is changing state; the call is repeated.", retryable=True
    ),
    ("StartInstance", "IncorrectInstanceStatus", 403): Meaning(
        ConflictError, "The instance is changing state; the call is repeated.", retryable=True
    ),
    ("CreateImage", "IncorrectInstanceStatus", 403): Meaning(
        ConflictError, "The instance is changing state; the call is repeated.", retryable=True
    ),
    ("CreateSnapshot", "IncorrectDiskStatus.CreatingSnapshot", 403): Meaning(
        ConflictError, "Another snapshot of this disk is in progress; wait until it is done."
    ),
}

_BY_CODE: dict[str, Meaning] = {
    "IllegalTimestamp": Meaning(AuthError, _CLOCK),
    "InvalidTimeStamp.Expired": Meaning(AuthError, _CLOCK),
    "InvalidAccessKeyId.NotFound": Meaning(AuthError, _KEY),
    "InvalidAccessKeyId.Inactive": Meaning(AuthError, _KEY),
    "Forbidden.AccessKeyDisabled": Meaning(AuthError, _KEY),
    "SignatureDoesNotMatch": Meaning(AuthError, "Check the access key secret."),
    "IncompleteSignature": Meaning(AuthError, "Check the access key secret."),
    "SignatureNonceUsed": Meaning(AuthError, "", retryable=True),
    "Forbidden.RAM": Meaning(AuthError, _RAM),
    "Forbidden.SubUser": Meaning(AuthError, _RAM),
    "Forbidden.Unauthorized": Meaning(AuthError, _RAM),
    "NoPermission": Meaning(AuthError, _RAM),
    "Forbbiden": Meaning(AuthError, _RAM),
    "IdempotentProcessing": Meaning(ConflictError, _BUSY_TOKEN, retryable=True),
    "LastTokenProcessing": Meaning(ConflictError, _BUSY_TOKEN, retryable=True),
    "OperationConflict": Meaning(
        ConflictError, "Another operation is running; it is tried again.", retryable=True
    ),
    "InvalidOperation.Conflict": Meaning(ConflictError, "An earlier request is in progress.", retryable=True),
    "Operation.Conflict": Meaning(ConflictError, "Another operation is running.", retryable=True),
    "CustomImageInShare": Meaning(ConflictError, "Unshare the image before deleting it."),
    "CustomImageQuotaLimit": Meaning(QuotaError, "Delete a custom image that is no longer needed."),
    "SnapshotLimitExceed": Meaning(
        QuotaError, "Delete a snapshot that is no longer needed (3 for each server)."
    ),
    "ExceedAccountQuota": Meaning(QuotaError),
    "NotEnoughStock": Meaning(OutOfStockError, "Try later, or choose another plan or region."),
    "ResourceNotAvailable": Meaning(OutOfStockError, "Choose another zone or instance type."),
    "InsufficientBalance": Meaning(ConflictError, "Top up the account."),
    "Account.Arrearage": Meaning(ConflictError, "The account has overdue payments."),
    "InstanceLockedForSecurity": Meaning(ConflictError, "The instance is locked for security reasons."),
    "ImageNotSupportInstanceType": Meaning(
        InvalidRequestError, "Choose an instance type that the image supports."
    ),
    "RegionIdNotMatchHost": Meaning(InvalidRequestError, "Region and endpoint do not belong together."),
    "InvalidImageName.Duplicated": Meaning(ConflictError, "Choose another name for the image."),
    "ImageNameAlreadyExist": Meaning(ConflictError, "Choose another name for the image."),
    "IdempotentParameterMismatch": Meaning(InvalidRequestError, "The token was used with other parameters."),
    "EmulatorNotImplemented": Meaning(InvalidRequestError, "The emulator does not serve this action."),
}

_BY_PATTERN: tuple[tuple[re.Pattern[str], Meaning], ...] = (
    (
        re.compile(r"NoStock$|^Zone\.NotOnSale$|SoldOut"),
        Meaning(OutOfStockError, "Choose another type or zone."),
    ),
    (re.compile(r"^QuotaExceed|LimitExceed|QuotaLimit"), Meaning(QuotaError)),
    (
        re.compile(r"^InvalidSecurityToken"),
        Meaning(AuthError, "The temporary credentials are over; renew them."),
    ),
    (re.compile(r"^Forbidden|^NoPermission|^PermissionDenied"), Meaning(AuthError, _RAM)),
    (re.compile(r"^Incorrect\w*Status|^DependencyViolation|InUse$"), Meaning(ConflictError)),
    (re.compile(r"NotFound$"), Meaning(NotFoundError)),
)


def is_throttling(code: str) -> bool:
    """Whether a code means too many calls; all such codes start alike (doc-detail/437902)."""
    return code.startswith(("Throttling", "Rejected.Throttling"))


def meaning(action: str, code: str, http_status: int) -> Meaning:
    """What an error code means for an action."""
    known = _BY_ACTION.get((action, code, http_status)) or _BY_CODE.get(code)
    if known:
        return known
    if http_status >= 500:
        return Meaning(ServerError, retryable=True)
    for pattern, found in _BY_PATTERN:
        if pattern.search(code):
            return found
    return Meaning(NotFoundError if http_status == 404 else InvalidRequestError)


def translate(error: Exception, *, action: str, region_id: str, endpoint: str) -> SwasliftError:
    """One of our errors for one of the SDK's."""
    code = str(getattr(error, "code", None) or "")
    status = int(getattr(error, "status_code", None) or getattr(error, "statusCode", None) or 0)
    # The SDK writes empty fields as the string "None", and a failed connection has no code at all.
    if status and code not in {"", "None"}:
        return _api_error(error, action, region_id, code, status)
    if status >= 500:
        return _api_error(error, action, region_id, "ServerError", status)
    network = sdk.cause(error)
    if network is not None:
        return _transport_error(network, action, endpoint)
    if code == "InvalidCredentials":
        from swaslift.errors import CredentialsMissing

        return CredentialsMissing(str(error))
    return NoAnswerError(
        f"{action}: {endpoint} did not answer as the service does ({error})", action=action, endpoint=endpoint
    )


def _api_error(error: Exception, action: str, region_id: str, code: str, status: int) -> ApiError:
    data = getattr(error, "data", None) or {}
    message = str(data.get("Message") or getattr(error, "message", "") or "")
    request_id = data.get("RequestId") or getattr(error, "request_id", None)
    where: dict[str, Any] = {
        "action": action,
        "code": code,
        "http_status": status,
        "request_id": None if request_id in {None, "None"} else str(request_id),
        "region_id": region_id,
    }
    if is_throttling(code):
        after = getattr(error, "retry_after", None)
        return ThrottledError(
            message,
            retry_after=after / 1000 if isinstance(after, int | float) else None,
            retryable=True,
            hint="Too many calls of this action in this minute, from all tools of the account.",
            **where,
        )
    known = meaning(action, code, status)
    return known.error(message, retryable=known.retryable, hint=known.hint, **where)


def _transport_error(network: BaseException, action: str, endpoint: str) -> ConnectError | NoAnswerError:
    detail = type(network).__name__
    if sdk.never_sent(network):
        return ConnectError(
            f"{action}: {endpoint} cannot be reached ({detail}: {network}). "
            "Check the region's name, the network, the proxy variables, and endpoint_url where one is set.",
            action=action,
            endpoint=endpoint,
        )
    return NoAnswerError(
        f"{action}: no answer from {endpoint} ({detail}); the call may have been carried out",
        action=action,
        endpoint=endpoint,
    )
