"""What the services' error codes mean: the error to raise, and what to do, in plain words.

A code is looked up by action and HTTP status first, since some mean one thing here and another
there (``OperationDenied``, ``InvalidParameter.Conflict``), with the message where one code has two
meanings; then by itself; then by status and shape. A code that is left is of a failed service where the
status is 5xx, or a refusal that is not known: then the service's words count, and the hint blames nothing.

A hint says what to do. Where a code has none of its own, it has that of its kind, or of what it names
(`cloud.hints`).

`NotFoundError` is kept for resources: a deletion takes it as "gone already", so an unknown region
or filter value, which many codes call NotFound as well, must not pass as one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from swaslift.cloud.hints import OF_KIND, subject
from swaslift.errors import (
    ApiError,
    AuthError,
    ConflictError,
    InvalidRequestError,
    NotFoundError,
    OutOfStockError,
    QuotaError,
    ServerError,
)


@dataclass(frozen=True)
class Meaning:
    """What a code is: the error to raise, plain words, and whether the same call can succeed later."""

    error: type[ApiError]
    hint: str = ""
    retryable: bool = False
    known: bool = True
    """False for a refusal that no document explains."""


def _conflict(hint: str = "") -> Meaning:
    return Meaning(ConflictError, hint)


def _later(hint: str) -> Meaning:
    return Meaning(ConflictError, hint, retryable=True)


def _wrong(hint: str = "") -> Meaning:
    return Meaning(InvalidRequestError, hint)


_CLOCK = Meaning(
    AuthError,
    "The time of this machine is off by more than the service accepts (15 minutes). "
    "Set the clock (for example: timedatectl set-ntp true) and try again.",
)
_KEY = Meaning(
    AuthError,
    "Check the access key: it may be deleted, disabled, or of another site (China, international).",
)
_SECRET = Meaning(AuthError, "Check the access key secret.")
_RAM = Meaning(
    AuthError, "The identity lacks a RAM permission for this action; ask the account's owner to grant it."
)
_KMS = Meaning(AuthError, "Allow ECS to use the KMS key, and check that the key is enabled.")
_TOKEN = Meaning(AuthError, "The temporary credentials are over or do not belong together; renew them.")
_MONEY = _conflict("Settle what the account owes, or top it up, then try again.")
_NAME = _conflict("The name is taken; choose another one.")
_OTHER_REQUEST = _wrong("The token was used before, with other parameters.")
_STATE = _later("The instance is changing its state.")
_SNAPSHOT = _later("Another snapshot of this disk is in progress; wait until it is done.")
_BUSY = _later("An earlier call with the same token is still being processed.")
_ACCOUNT = Meaning(AuthError, "The account is not enabled for this; ask the service's support.")
_REAL_NAME = Meaning(
    AuthError,
    "The account has no real-name registration, without which nothing can be bought or run. Its owner completes it "
    "in the console (Account Center, Real-name Registration).",
)
UNKNOWN = Meaning(
    InvalidRequestError,
    "What this code means here is not known to swaslift; what the service said is quoted above. If it does not tell "
    "what to do, ask the service's support, and name the request id.",
    known=False,
)
_FAILED = Meaning(ServerError, retryable=True)
_QUOTA = Meaning(QuotaError, "Delete what is no longer needed, or ask for a higher quota.")
_STOCK = Meaning(OutOfStockError, "Try later, or choose another zone, type or disk category.")
_PLAN_STOCK = Meaning(OutOfStockError, "Try later, or choose another server plan or region.")
_REGION = _wrong("Check the region's or zone's id.")
_UNSEEN = Meaning(
    NotFoundError,
    "The image is deleted, or not shared with the account any more; a custom image of SWAS is shared again with "
    "lift.share_to_ecs(image).",
)
_IMAGE = _conflict("The image is disabled, deleted or otherwise not usable.")

STILL_PROCESSING = frozenset({"IdempotentProcessing", "LastTokenProcessing"})
"""Codes that say: the first sending of this very call is still at work."""

COPYING = frozenset(
    {"OperationDenied.ImageCopyConflict", "OperationDenied.ImageCopying", "InvalidOperation.Conflict"}
)
"""Codes with which ``CopyImage`` says that another copy has to be over first, which takes many minutes."""

_BY_ACTION: dict[tuple[str, str, int], Meaning] = {
    ("CancelCopyImage", "IncorrectImageStatus", 400): _conflict("The copy is over; delete the image."),
    ("CopyImage", "OperationDenied", 403): _wrong("A snapshot of the image may not be used for images."),
    ("CopyImage", "InvalidImageId.NotFound", 404): _UNSEEN,
    ("RunInstances", "InvalidImageId.NotFound", 404): _UNSEEN,
    ("ReplaceSystemDisk", "InvalidImageId.NotFound", 404): _UNSEEN,
    ("DescribeImageSupportInstanceTypes", "InvalidImageId.NotFound", 404): _UNSEEN,
    ("CopyImage", "IncorrectDestinationRegion", 403): _wrong(
        "Inside its region the service may take only an encrypted copy of a shared image; one that is encrypted with "
        "the service key cannot be shared on. Copy it with a KMS key of your own; a run that was told to encrypt "
        "nothing (encrypted=False) has to be undone first."
    ),
    ("CreateCustomImage", "IncorrectInstanceStatus", 403): _conflict(
        "An expired server cannot be imaged; renew it first."
    ),
    ("CreateImage", "OperationDenied", 400): _wrong("No system disk snapshot is among the snapshots."),
    ("CreateImage", "OperationDenied", 403): _wrong("The snapshot may not be used for images."),
    # A status of 5xx does not prove that nothing was bought: the same call is sent again, token and all.
    ("CreateInstances", "NotEnoughUpgradeStock", 500): Meaning(
        OutOfStockError, _PLAN_STOCK.hint, retryable=True
    ),
    ("DescribePrice", "OperationDenied", 400): _conflict("An unfinished temporary upgrade is in the way."),
    ("DescribePrice", "OperationDenied", 403): _IMAGE,
    ("DescribePrice", "OperationDenied", 404): _IMAGE,
    ("GetInstanceConsoleOutput", "IncorrectInstanceStatus", 405): _conflict(
        "The instance has no console output in this state."
    ),
    ("ReplaceSystemDisk", "InvalidParameter.Conflict", 400): _wrong(
        "Image and instance type do not fit; choose another image or instance type."
    ),
    ("ReplaceSystemDisk", "InvalidParameter.Conflict", 403): _wrong("Either a disk or an image is given."),
    ("ReplaceSystemDisk", "OperationDenied", 400): _wrong(
        "The image holds data disk snapshots; use an image of the system disk alone."
    ),
    ("ReplaceSystemDisk", "OperationDenied", 403): _wrong(
        "The region does not allow changing between Windows and Linux."
    ),
    ("ReplaceSystemDisk", "OperationDenied", 500): _FAILED,
    ("ReplaceSystemDisk", "OperationDenied.DiskNoStock", 403): Meaning(
        OutOfStockError, "The zone of the instance has no more disks of this category; try later."
    ),
    ("RunInstances", "InvalidParameter.Conflict", 400): _wrong(
        "Image and instance type do not fit; choose another instance type."
    ),
    ("RunInstances", "OperationDenied", 400): Meaning(
        OutOfStockError, "The zone does not sell the instance type, or not to this account."
    ),
    ("RunInstances", "InvalidResourceType.NotSupported", 403): _STOCK,
    ("CopyImage", "OperationDeined.EncryptedSnapshot", 403): _wrong(
        "A copy of an encrypted image is encrypted: leave encrypted out, or give encrypted=True with a KMS key."
    ),
}
_BY_MESSAGE: dict[tuple[str, str, int], tuple[tuple[str, Meaning], ...]] = {
    ("RunInstances", "OperationDenied", 403): (
        (r"out of usage", _STOCK),
        (r"network type", _wrong("The region does not support the network type.")),
    ),
    ("StartInstance", "OperationDenied", 403): ((r"out of usage", _STOCK),),
}
"""What tells the meanings of one code apart: the first pattern that is in the message."""

_WORDS: tuple[tuple[re.Pattern[str], Meaning], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), meaning)
    for pattern, meaning in (
        (r"\bout of (usage|stock)\b|\bsold out\b|\b(no|not enough|insufficient) (stock|inventory)\b", _STOCK),
        (r"\breal[- ]name\b", _REAL_NAME),
        (r"\b(insufficient|not enough) (account )?balance\b|\barrears\b|\boverdue payment", _MONEY),
    )
)
"""What a message says for a code that means nothing by itself."""
for _action in ("StartInstance", "StopInstance", "CreateImage", "DeleteInstance", "ReplaceSystemDisk"):
    for _status in (400, 403):
        _BY_ACTION[_action, "IncorrectInstanceStatus", _status] = _STATE

_GROUPS: tuple[tuple[Meaning, str], ...] = (
    # Who calls
    (_CLOCK, "IllegalTimestamp InvalidTimeStamp.Expired InvalidTimeStamp.Format"),
    (_KEY, "InvalidAccessKeyId.NotFound InvalidAccessKeyId.Inactive InvalidAccessKeyId"),
    (_KEY, "Forbidden.AccessKeyDisabled InvalidAliUid.IsNull InvalidAliUid"),
    (_SECRET, "SignatureDoesNotMatch IncompleteSignature InvalidSignature"),
    (Meaning(AuthError, "The request was received twice.", retryable=True), "SignatureNonceUsed"),
    (_RAM, "Forbbiden InvalidAction.Unauthorized InvalidUser.PassRoleForbidden Operation.Forbidden"),
    (_RAM, "OperationDenied.NotAuthorized Unauthorized.EmptyRegion"),
    (Meaning(AuthError, "RAM identities cannot call this action."), "Forbidden.NotSupportRAM"),
    (
        Meaning(AuthError, "The risk control has stopped it; see the account's messages."),
        "Forbidden.RiskControl",
    ),
    (Meaning(AuthError, "The risk control wants a check; see the console."), "SecurityRisk.3DVerification"),
    (_ACCOUNT, "UserNotInTheWhiteList RegionUnauthorized InvalidInstanceType.ValueUnauthorized"),
    (_ACCOUNT, "InvalidSystemDiskCategory.ValueUnauthorized InvalidMarketImage.NotAuthorized"),
    (
        _ACCOUNT,
        "CurrentAccount.NotSupportPublicImage InvalidOperation.UserNotSupported InvalidSpotAuthorized",
    ),
    (_ACCOUNT, "InvalidOperation.UserNotSupportNetworkCard InvalidOperation.UserNotSupportNetworkEncryption"),
    (_ACCOUNT, "OperationDenied.TestAccountRetricted InvalidAccount.NotSupportSpot"),
    (_KMS, "InvalidParameter.KMSKeyId.CMKUnauthorized InvalidParameter.KMSKeyId.KMSUnauthorized"),
    (_KMS, "InvalidParameter.KMSKeyId.CMKNotEnabled OperationDenied.KmsServiceUnauthorized"),
    (
        Meaning(AuthError, "ECS needs a service role of the image's owner to share an encrypted image."),
        "AssumeRoleError",
    ),
    (
        _REAL_NAME,
        "RealNameAuthenticationError NO_REAL_REGISTER_AUTHENTICATION Order.NoRealNameAuthentication",
    ),
    # Money
    (
        _MONEY,
        "InsufficientBalance InsufficientBalance.AgentCredit Account.Arrearage PaymentFailed DiskInArrears",
    ),
    (_MONEY, "InstanceExpired InstanceExpiredOrInArrears PrePaidInstance.Expired InvalidAccountStatus"),
    (_MONEY, "InvalidAccountStatus.NotEnoughBalance InvalidAccountStatus.PayAmountLimitExceeded"),
    (
        _MONEY,
        "InvalidInstance.UnPaidOrder INST_HAS_UNPAID_ORDER OperationDenied.UnpaidOrder InvalidPayMethod",
    ),
    (_MONEY, "InvalidPayMethod.SyncPaymentNotSupport PaymentMethodNotFound AccountEnterpriseStatusInvalid"),
    (_MONEY, "OperationDenied.CashCouponsInsufficientOrExpired AccountForbidden.CreateOrder"),
    (
        _conflict("Activate the snapshot service for the account."),
        "InvalidAccountStatus.SnapshotServiceUnavailable",
    ),
    (
        _conflict("An account of this sort cannot buy this product."),
        "AccountForbidden.ProductCreationLimited AccountForbidden.AssociatedWithResellerPartner",
    ),
    (
        _conflict("Its billing method does not allow this."),
        "ChargeTypeViolation InvalidDatadisk.ChargeTypeViolation",
    ),
    # Tokens
    (_BUSY, " ".join(STILL_PROCESSING)),
    (_OTHER_REQUEST, "IdempotentParameterMismatch IdempotenceParamNotMatch InvalidParamter.Conflict"),
    (_OTHER_REQUEST, "InvalidIdempotenceParameter.Mismatch"),
    # States that pass
    (
        _later("Another operation is running."),
        "OperationConflict Operation.Conflict InvalidOperation.Conflict",
    ),
    (_later("Another instance is being created."), "OperationDenied.CreatingConflict"),
    (_later("The instance is not ready yet."), "InstanceNotReady OperationDenied.InstanceCreating"),
    (_later("The instance is not ready yet."), "IncorrectInstanceStatus.Initializing"),
    (_later("The network is being changed."), "IncorrectVSwitchStatus IncorrectVpcStatus"),
    (_later("The image is being copied; wait for that copy."), "OperationDenied.ImageCopyConflict"),
    (_later("The image is being copied; wait for that copy."), "OperationDenied.ImageCopying"),
    (_later("The image is being imported or exported."), "ImageIsImporting ImageIsExporting"),
    (_SNAPSHOT, "IncorrectDiskStatus.CreatingSnapshot DISK_HAS_CREATING_SNAPSHOT DiskCreatingSnapshot"),
    (_later("The snapshot is not ready yet."), "SnapshotNotReady InvalidSnapshotId.NotReady"),
    (_later("A snapshot it rests on is not ready yet."), "InvalidOperation.RelatedSnapshotNotFinished"),
    (_later("A copy is not finished yet."), "InvalidOperation.UnfinishedEncryptedSnapshotCopy"),
    (
        _later("The disk is being moved."),
        "IncorrectDiskStatus.Transferring InvalidSystemDiskStatus.IsTransfering",
    ),
    (
        Meaning(QuotaError, "Too many snapshots at once; wait until some are done.", retryable=True),
        "QuotaExceed.ConcurrentSnapshotQuota TooManySnapshot.Unfinished",
    ),
    # States that stay
    (
        _conflict(
            "Unshare the image before deleting it: lift.unshare_from_ecs(image), or, where accounts have it, "
            "lift.unshare_with_account(image, accounts)."
        ),
        "CustomImageInShare",
    ),
    (_conflict("Stop sharing the image with other accounts before deleting it."), "ImageUseShared"),
    (_conflict("Instances use the image; delete it by force."), "ImageUsingByInstance"),
    (_conflict("Take the image back from the community first."), "ImageIsPublic"),
    (_conflict("Images were made from the snapshot; delete them first."), "SnapshotCreatedImage"),
    (_conflict("Disks were made from the snapshot; delete it by force."), "SnapshotCreatedDisk"),
    (
        _conflict("The snapshot is shared; take the share back first."),
        "InvalidOperation.DeleteSharedSnapshotUnsupported",
    ),
    (_conflict("The copy can no longer be cancelled."), "CancelNotSupported"),
    (_conflict("Stop the server first."), "IncorrectInstanceStatus.ResetDisk"),
    (_conflict("The instance is locked for security reasons; see its events."), "InstanceLockedForSecurity"),
    (_conflict("Switch its deletion protection off first."), "InvalidOperation.DeletionProtection"),
    (_conflict("Take its network interface off first."), "InvalidOperation.EniLinked"),
    (_conflict("Another product manages it."), "InvalidOperation.ResourceManagedByCloudProduct"),
    (_conflict("The host is being repaired; try later."), "OperationDenied.HostRepairing"),
    (_conflict("The instance has no system disk."), "InvalidInstance.NotFoundSystemDisk"),
    (
        _conflict("The disk cannot be used as it is."),
        "DiskError CreateSnapshot.Failed InvalidOperation.MultiAttachDisk",
    ),
    (
        _conflict("A data disk is in the way."),
        "InvalidDatadisk.DiskStatusViolation InvalidDatadisk.DiskCategoryViolation",
    ),
    (_IMAGE, "OperationDenied.ImageNotValid ImageRemovedInMarket"),
    (_conflict("Another image, or a product of the marketplace, is wanted."), "ImageNotSubscribed"),
    (
        _NAME,
        "InvalidImageName.Duplicated ImageNameAlreadyExist InvalidSnapshotName.Duplicate InvalidRemark.Duplicate",
    ),
    (_conflict("The server's firewall has this rule already."), "FirewallRuleAlreadyExist"),
    # Quotas and stock
    (Meaning(QuotaError, "Delete a custom image that is no longer needed."), "CustomImageQuotaLimit"),
    (
        Meaning(QuotaError, "Delete a snapshot that is no longer needed (3 for each server)."),
        "SnapshotLimitExceed",
    ),
    (
        Meaning(QuotaError, "The vSwitch has too few free addresses; choose another one."),
        "QuotaExceeded.PrivateIpAddress",
    ),
    (_QUOTA, "ExceedAccountQuota"),
    (_PLAN_STOCK, "NotEnoughStock NotEnoughUpgradeStock"),  # of SWAS alone
    (_STOCK, "ResourceNotAvailable LackResource InstanceType.Offline"),
    (_STOCK, "OperationDenied.PaygNotAvailable OperationDenied.PrepayNotAvailable NodeControllerUnavailable"),
    (
        _STOCK,
        "OperationDenied.ResourceControl NoAvaliableDedicatedHost InvalidDedicatedHost.NotEnoughResource",
    ),
    (_STOCK, "InvalidStorageClusterId.CapacityNotEnough Zone.NotOnSale Zone.NotOpen"),
    (_STOCK, "OperationDenied.ZoneNotAllowed InvalidInstanceType.ZoneNotSupported"),
    (_STOCK, "OperationDenied.ZoneSystemCategoryNotMatch"),
    # Resources
    (Meaning(NotFoundError), "Forbidden.VpcNotFound NoSuchResource InvalidSecurityGroupId"),
    (Meaning(NotFoundError), "InvalidParam.DataSnapshotIdNotFound InvalidParam.SystemSnapshotIdNotFound"),
    # Parameters that their codes call not found, or forbidden
    (
        _REGION,
        "InvalidRegionId.NotFound InvalidRegion.NotFound InvalidZoneId.NotFound InvalidRegionId.NotExists",
    ),
    (_REGION, "SourceRegion.NotFound DestinationRegion.NotFound RegionIdNotMatchHost"),
    (_wrong("No such action or version."), "InvalidApi.NotFound InvalidAction InvalidAction.NotFound"),
    (_wrong("There is no price for this combination."), "PriceNotFound"),
    (_wrong(), "InvalidFilterKey.NotFound InvalidStatus.NotFound InvalidLockReason.NotFound"),
    (
        _wrong(),
        "InvalidNetworkType.NotFound InvalidInstanceChargeType.NotFound InvalidDiskChargeType.NotFound",
    ),
    (_wrong(), "InvalidResourceType.NotFound InvalidSnapshotType.NotFound InvalidAcceptLanguage.NotFound"),
    (_wrong("Security group and vSwitch must belong to the same VPC."), "InvalidParameter.Mismatch"),
    (_wrong("Security group and vSwitch must belong to the same VPC."), "InvalidSecurityGroup.VpcMismatch"),
    (
        _wrong("Security group and vSwitch must belong to the same VPC."),
        "OperationDenied.InconsistentNetwork",
    ),
    (_wrong("There is no such main account; check its 16 digits."), "InvalidAccount.NotFound"),
    (_wrong("An image cannot be shared with its own account."), "InvalidAccount.Forbbiden"),
    (_wrong("The account is of another site (China, international)."), "InvalidImageId.BidMismatch"),
    (
        _wrong("Copy the image with a KMS key of your own, and share that copy."),
        "InvalidOperation.ServiceKeyEncryptedImageUnsupported",
    ),
    (
        _wrong(
            "An encrypted image with several snapshots cannot be shared; use an image of the system disk alone."
        ),
        "OperationDeined.FullImage",
    ),
    (
        _wrong("The account encrypts its disks by default there: leave encrypted=False out."),
        "InvalidEncrypted.NotMatchDiskDefaultEncryption",
    ),
    (
        _wrong(
            "Make an encrypted copy inside the image's region first, and copy that: copy_to_region(image, region, "
            "encrypted=True)."
        ),
        "OperationDenied.EncryptSnapshotAcrossRegion",
    ),
    (_wrong("Such an instance wants an enterprise security group."), "Forbidden.OnlySupportEnterpriseGroup"),
    (
        _wrong("The image cannot be installed on this server; choose another one."),
        "InvalidImageId.NotSupport",
    ),
    (_wrong("Choose an instance type that the image supports."), "ImageNotSupportInstanceType"),
    (
        _wrong("Copy the image inside its region first: another owner shares it."),
        "OperationDenied.SameRegionOnly",
    ),
    (_wrong("A password of 8 to 30 characters of three kinds is wanted."), "InvalidPassword.Malformed"),
    (_wrong("A Windows instance has no key pairs; use a password."), "DependencyViolation.WindowsInstance"),
    (_wrong("The image is too large for CopyImage."), "SizeExceed.Image"),
    (_wrong("The only license type that can be set is BYOL."), "InvalidLicenseType.NotSupported"),
    (_wrong("The emulator does not serve this action."), "EmulatorNotImplemented"),
    (_wrong("A dry run passed: nothing was done."), "DryRunOperation"),
    # The service itself
    (_FAILED, "InternalError Mayi.InternalError UnknownError ServiceUnavailable"),
)
_BY_CODE = {code: meaning for meaning, codes in _GROUPS for code in codes.split()}

_BY_SHAPE: tuple[tuple[re.Pattern[str], Meaning], ...] = tuple(
    (re.compile(pattern), meaning)
    for pattern, meaning in (
        (r"NoStock$|SoldOut|OutOfStock|StockNotEnough|NotOnSale", _STOCK),
        (r"RealName|REAL_REGISTER", _REAL_NAME),
        (r"Arrear|InsufficientBalance|NotEnoughBalance|UnPaidOrder|UnpaidOrder|UNPAID_ORDER", _MONEY),
        (r"^InvalidSecurityToken", _TOKEN),
        (r"^Forbidden\b|^NoPermission|^PermissionDenied|^NotAuthorized|^Unauthorized\b", _RAM),
        (r"QuotaExceed|^(?!Invalid).*LimitExceed", _QUOTA),
        (r"^Incorrect\w*Status\b|^DependencyViolation|^HibernationConfigured", _conflict()),
        (r"NotFound$|\.NotExists?$", Meaning(NotFoundError)),
    )
)


def meaning(action: str, code: str, http_status: int, message: str = "") -> Meaning:
    """What an error code means for an action, with what the message says where that decides."""
    found = _found(action, code, http_status, message)
    if found.hint:
        return found
    hint = OF_KIND.get(found.error) or subject(code)
    return replace(found, hint=hint) if hint else replace(UNKNOWN, error=found.error)


def _found(action: str, code: str, http_status: int, message: str) -> Meaning:
    for pattern, told in _BY_MESSAGE.get((action, code, http_status), ()):
        if re.search(pattern, message, re.IGNORECASE):
            return told
    known = _BY_ACTION.get((action, code, http_status)) or _BY_CODE.get(code)
    if known is not None:
        return known
    if http_status >= 500:
        return _FAILED
    if http_status == 404 and code.endswith("NotFound"):
        # Whatever the code begins with: Forbidden.InstanceNotFound is no missing permission.
        return Meaning(NotFoundError)
    left = Meaning(AuthError if http_status == 401 else InvalidRequestError)
    by_shape = next((found for shape, found in _BY_SHAPE if shape.search(code)), None)
    return by_shape or next((found for words, found in _WORDS if words.search(message)), left)
