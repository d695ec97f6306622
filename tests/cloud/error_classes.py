"""Which error each documented code is to be; every code that is not here is a refused parameter.

A ``+`` says that the same call can succeed later. Where a code means one thing here and another
there, the table below it tells them apart.
"""

from __future__ import annotations

from swaslift.errors import (
    ApiError,
    AuthError,
    ConflictError,
    InvalidRequestError,
    NotFoundError,
    OutOfStockError,
    QuotaError,
    ServerError,
    ThrottledError,
)

CODES: dict[type[ApiError], str] = {
    ThrottledError: """
        Throttling+ Throttling.Resource+ Throttling.User+
    """,
    AuthError: """
        AssumeRoleError InvalidRamRole.NotEcsRole NO_REAL_REGISTER_AUTHENTICATION Order.NoRealNameAuthentication
        CurrentAccount.NotSupportPublicImage Forbbiden Forbidden.AccessKeyDisabled
        Forbidden.NotSupportRAM Forbidden.RAM Forbidden.RegionId Forbidden.RiskControl
        Forbidden.SubUser Forbidden.Unauthorized IllegalTimestamp IncompleteSignature
        InvalidAccessKeyId.NotFound InvalidAccount.NotSupportSpot InvalidAction.Unauthorized
        InvalidAliUid InvalidAliUid.IsNull InvalidInstanceType.ValueUnauthorized
        InvalidMarketImage.NotAuthorized InvalidOperation.UserNotSupportNetworkCard
        InvalidOperation.UserNotSupportNetworkEncryption InvalidOperation.UserNotSupported
        InvalidParameter.KMSKeyId.CMKNotEnabled InvalidParameter.KMSKeyId.CMKUnauthorized
        InvalidParameter.KMSKeyId.KMSUnauthorized InvalidSecurityToken.Expired InvalidSpotAuthorized
        InvalidSystemDiskCategory.ValueUnauthorized InvalidUser.PassRoleForbidden NoPermission.Price
        NoPermission.SystemTag NoPermission.Tag NoPermissionKey.Scope Operation.Forbidden
        OperationDenied.KmsServiceUnauthorized OperationDenied.NotAuthorized
        OperationDenied.TestAccountRetricted PermissionDenied.Scope PermissionDenied.TagOwnerBid
        PermissionDenied.TagOwnerUid
        RealNameAuthenticationError RegionUnauthorized SecurityRisk.3DVerification
        SignatureDoesNotMatch SignatureNonceUsed+ Unauthorized.EmptyRegion UserNotInTheWhiteList
    """,
    ConflictError: """
        Account.Arrearage AccountEnterpriseStatusInvalid
        AccountForbidden.AssociatedWithResellerPartner AccountForbidden.CreateOrder
        AccountForbidden.ProductCreationLimited CancelNotSupported ChargeTypeViolation
        CreateSnapshot.Failed CustomImageInShare DISK_HAS_CREATING_SNAPSHOT+
        DependencyViolation.IoOptimize DependencyViolation.IoOptimized
        DependencyViolation.RouteEntry DependencyViolation.SLBConfiguring DiskCreatingSnapshot+
        DiskError DiskInArrears FirewallRuleAlreadyExist HibernationConfigured.ImageNotEncrypted
        HibernationConfigured.InstanceOperationForbidden
        HibernationConfigured.InstanceTypeNotSupport HibernationConfigured.MemorySizeTooBig
        HibernationConfigured.NotEnabled INST_HAS_UNPAID_ORDER IdempotentProcessing+
        ImageIsExporting+ ImageIsImporting+ ImageIsPublic ImageNameAlreadyExist ImageNotSubscribed
        ImageRemovedInMarket ImageUseShared ImageUsingByInstance IncorrectDedicatedHostStatus
        IncorrectDefaultVpcStatus IncorrectDiskStatus IncorrectDiskStatus.CreatingSnapshot+
        IncorrectDiskStatus.InReplication IncorrectDiskStatus.Invalid
        IncorrectDiskStatus.NeverAttached IncorrectDiskStatus.NeverUsed
        IncorrectDiskStatus.ReplicationStatusNotFound IncorrectDiskStatus.Transferring+
        IncorrectImageStatus IncorrectInstanceStatus IncorrectInstanceStatus.Initializing+
        IncorrectInstanceStatus.NeedRestart IncorrectInstanceStatus.ResetDisk IncorrectRecycleBinStatus IncorrectStatus
        IncorrectVSwitchStatus+ IncorrectVolumeStatus IncorrectVpcStatus+ InstanceExpired
        InstanceExpiredOrInArrears InstanceLockedForSecurity InstanceNotReady+ InsufficientBalance
        InsufficientBalance.AgentCredit InvalidAccountStatus InvalidAccountStatus.NotEnoughBalance
        InvalidAccountStatus.PayAmountLimitExceeded InvalidAccountStatus.SnapshotServiceUnavailable
        InvalidDatadisk.ChargeTypeViolation InvalidDatadisk.DiskCategoryViolation
        InvalidDatadisk.DiskStatusViolation InvalidImageName.Duplicated
        InvalidInstance.NotFoundSystemDisk InvalidInstance.UnPaidOrder InvalidOperation.Conflict+
        InvalidOperation.DeleteSharedSnapshotUnsupported InvalidOperation.DeletionProtection
        InvalidOperation.EniLinked InvalidOperation.MultiAttachDisk
        InvalidOperation.RelatedSnapshotNotFinished+ InvalidOperation.ResourceManagedByCloudProduct
        InvalidOperation.UnfinishedEncryptedSnapshotCopy+ InvalidPayMethod
        InvalidPayMethod.SyncPaymentNotSupport InvalidRemark.Duplicate InvalidSnapshotId.NotReady+
        InvalidSnapshotName.Duplicate InvalidSystemDiskStatus.IsTransfering+ LastTokenProcessing+
        Operation.Conflict+ OperationConflict+ OperationDenied.CashCouponsInsufficientOrExpired
        OperationDenied.CreatingConflict+ OperationDenied.HostRepairing
        OperationDenied.ImageCopyConflict+ OperationDenied.ImageCopying+
        OperationDenied.ImageNotValid OperationDenied.InstanceCreating+ OperationDenied.UnpaidOrder
        PaymentFailed PaymentMethodNotFound PrePaidInstance.Expired SnapshotCreatedDisk SnapshotCreatedImage
        SnapshotNotReady+
    """,
    QuotaError: """
        AclLimitExceed CustomImageQuotaLimit DomainQuotaExceed ExceedAccountQuota
        FirewallRuleLimitExceed ImageFamilyQuotaExceed
        ImageQuotaExceed.ImageFamily InstanceDiskCategoryLimitExceed InstanceDiskLimitExceeded
        InstanceDiskNumLimitExceed InstanceDiskNumber.LimitExceed InstanceKeyPairLimitExceeded
        JoinedGroupLimitExceed OperationDenied.QuotaExceed QuotaExceed.AfterpayInstance
        QuotaExceed.BuyImage QuotaExceed.ConcurrentSnapshotQuota+
        QuotaExceed.DeploymentSetInstanceQuotaFull QuotaExceed.DiskCapacity QuotaExceed.ElasticQuota
        QuotaExceed.Image QuotaExceed.PortableCloudDisk QuotaExceed.PostPaidDisk
        QuotaExceed.ShareImage QuotaExceed.ShareImageUser
        QuotaExceed.Snapshot QuotaExceed.SnapshotQuota QuotaExceed.Tags QuotaExceeded
        QuotaExceeded.InternetBandwidth QuotaExceeded.PostpaidDataDiskCapacity
        QuotaExceeded.PrepayDataDiskCapacity QuotaExceeded.PrivateIpAddress
        SecurityGroupInstanceLimitExceed SnapshotLimitExceed TooManySnapshot.Unfinished+
    """,
    OutOfStockError: """
        InstanceType.Offline Invalid.PrivatePoolOptions.NoStock
        InvalidDedicatedHost.NotEnoughResource InvalidInstanceType.ZoneNotSupported
        InvalidOperation.PublicIpAddressNoStock InvalidStorageClusterId.CapacityNotEnough
        InvalidResourceType.NotSupported LackResource NotEnoughStock
        NoAvaliableDedicatedHost NodeControllerUnavailable
        OperationDenied.DiskNoStock
        OperationDenied.NoStock OperationDenied.PaygNotAvailable OperationDenied.PrepayNotAvailable
        OperationDenied.ResourceControl OperationDenied.ZoneNotAllowed
        OperationDenied.ZoneSystemCategoryNotMatch ResourceNotAvailable Zone.NotOnSale Zone.NotOpen
    """,
    NotFoundError: """
        DeploymentSet.NotFound Forbidden.InstanceNotFound Forbidden.VpcNotFound Invalid.InstanceId.NotFound
        InvalidAutoSnapshotPolicyId.NotFound InvalidCapacityReservationId.NotFound
        InvalidClusterId.NotFound InvalidDataDiskSnapshotId.NotFound
        InvalidDedicatedHostClusterId.NotFound InvalidDedicatedHostId.NotFound
        InvalidDeploymentSetId.NotFound InvalidDiskId.NotFound InvalidDiskIds.NotFound
        InvalidEniId.NotFound InvalidHpcClusterId.NotFound InvalidImageId.NotFound
        InvalidInstance.NotFound InvalidInstanceId.NotFound InvalidKeyPairName.NotFound
        InvalidLaunchTemplate.NotFound InvalidLaunchTemplateVersion.NotFound
        InvalidManagedPrivateSpaceId.NotFound InvalidMarketImage.NotFound
        InvalidOperation.KMSKeyIdNotFound InvalidParam.DataSnapshotIdNotFound
        InvalidParam.SystemSnapshotIdNotFound InvalidParameter.KMSKeyId.NotFound
        InvalidPlanId.NotFound InvalidRamRole.NotFound InvalidRelationResource.NotFound
        InvalidResourceGroup.NotFound InvalidResourceId.NotFound InvalidSecurityGroupId
        InvalidSecurityGroupId.NotFound InvalidSnapshot.NotFound InvalidSnapshotId.NotFound
        InvalidSnapshotLinkId.NotFound InvalidStorageClusterId.NotExist InvalidSystemDisk.NotFound
        InvalidVSwitchId.NotExist InvalidVSwitchId.NotFound InvalidVolumeId.NotFound NoSuchResource
        VpcNotFound
    """,
    ServerError: """
        InternalError+ InternalError.Dispatch+ LimitedOperation.ServiceUnavailable+
        Mayi.InternalError+ ServiceUnavailable+ ServiceUnavailable.RegionMaintaining+ UnknownError+
    """,
}

BY_ACTION: dict[tuple[str, str, int], tuple[type[ApiError], bool]] = {
    ("CopyImage", "OperationDenied", 403): (InvalidRequestError, False),
    ("CreateInstances", "NotEnoughUpgradeStock", 500): (OutOfStockError, True),
    ("CreateImage", "OperationDenied", 400): (InvalidRequestError, False),
    ("CreateImage", "OperationDenied", 403): (InvalidRequestError, False),
    ("DescribePrice", "OperationDenied", 400): (ConflictError, False),
    ("DescribePrice", "OperationDenied", 403): (ConflictError, False),
    ("DescribePrice", "OperationDenied", 404): (ConflictError, False),
    ("ReplaceSystemDisk", "OperationDenied", 400): (InvalidRequestError, False),
    ("ReplaceSystemDisk", "OperationDenied", 403): (InvalidRequestError, False),
    ("ReplaceSystemDisk", "OperationDenied", 500): (ServerError, True),
    ("RunInstances", "OperationDenied", 400): (OutOfStockError, False),
    ("RunInstances", "OperationDenied", 403): (InvalidRequestError, False),
    ("CreateImage", "IncorrectInstanceStatus", 400): (ConflictError, True),
    ("DeleteInstance", "IncorrectInstanceStatus", 403): (ConflictError, True),
    ("ReplaceSystemDisk", "IncorrectInstanceStatus", 403): (ConflictError, True),
    ("StartInstance", "IncorrectInstanceStatus", 403): (ConflictError, True),
    ("StopInstance", "IncorrectInstanceStatus", 403): (ConflictError, True),
}


def expected(action: str, code: str, http_status: int) -> tuple[type[ApiError], bool]:
    """The class of an error, and whether the same call can succeed later."""
    known = BY_ACTION.get((action, code, http_status))
    if known is not None:
        return known
    for kind, codes in CODES.items():
        if f"{code}+" in codes.split():
            return kind, True
        if code in codes.split():
            return kind, False
    return InvalidRequestError, False
