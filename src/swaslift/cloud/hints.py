"""What to do about an error code that has no hint of its own: by its kind, and by what it names."""

from __future__ import annotations

import re

from swaslift.errors import ApiError, ConflictError, NotFoundError, ServerError

_NOT_SENT = (
    "It is about a setting that swaslift does not send. It comes from the image, the instance type or a default of "
    "the account: choose another image or type, or ask the service's support and name the request id."
)
_OUR_REQUEST = (
    "swaslift has sent a request that the service refuses. Update it, or report this with the request id."
)

OF_KIND: dict[type[ApiError], str] = {
    NotFoundError: "It does not exist in this region and account, or was deleted meanwhile. Check id and region.",
    ConflictError: "Its state does not allow this now. Look at it, and try again when that has changed.",
    ServerError: "The service failed. Try again later; if it lasts, ask its support and name the request id.",
}
"""Kinds of errors whose codes mean much the same."""

_SUBJECTS: tuple[tuple[str, str], ...] = (
    (
        _OUR_REQUEST,
        r"^Missing ^Incomplete ^Invalid\.Param$ ^Unsupported(HTTPMethod|Parameter) ClientToken DryRun",
    ),
    (
        (
            "The list changed while it was read, or the service pages it otherwise now. Try again; if it lasts, report "
            "it with the request id."
        ),
        "NextToken MaxResults PageNumber PageSize",
    ),
    (
        (
            "The performance level does not fit the size: PL1 takes 20 GiB and more, PL2 461, PL3 1261. Choose another "
            "level or size of the disk."
        ),
        "PerformanceLevel",
    ),
    (
        (
            "The account encrypts new disks in this region by default, so an unencrypted copy is refused: leave "
            "encrypted out, or give encrypted=True."
        ),
        "NotMatchDiskDefaultEncryption",
    ),
    (
        (
            "An unencrypted image cannot be copied to another region and encrypted in one step: make an encrypted copy "
            "inside its region first, and copy that."
        ),
        "EncryptSnapshotAcrossRegion",
    ),
    (
        (
            "It is about encryption: the image, the disk category, the region or the KMS key does not allow this. "
            "Check that KMS is activated and the key enabled in that region, or choose another key or disk category."
        ),
        "[Ee]ncrypt K[Mm][Ss] InstantAccess",
    ),
    (
        "Choose another size of the disk: it has to hold the image, within the limits of its category.",
        r"Disk\w*Size SizeInvalid InvalidSize InvalidCapacity ^SizeExceed",
    ),
    (
        (
            "The zone, the instance type or the account does not offer this disk category, or not for this use. Choose "
            "another category for that disk."
        ),
        r"[Cc]ategory DiskType CloudSSD InvalidSystemDisk DiskId\.ValueNotSupported LocalDisk",
    ),
    ("Ask for another number of servers or instances.", "Amount"),
    (
        "swaslift sends this setting by itself, and it is refused here. The message says why; report it.",
        "AutoPay Device",
    ),
    (
        _NOT_SENT,
        # Prices and places of machines
        (
            "Spot D[Ee][Dd][Ii][Cc][Aa][Tt][Ee][Dd] Deployment Cluster Hpc PrivatePool CapacityReservation Recurrence "
            "LaunchTemplate Affinity Tenancy ManagedPrivateSpace AutoRelease Downgrade Assurance "
            # Network
            "Isp Eni ENI NetworkInterface NetworkCard NetworkOptions Queue Ipv[46] Jumbo SecondaryIp PrimaryIp "
            "PrivateIp InnerIp InvalidIp IpAssign IpCount MaxIn BandwidthIn HighPerformance EnterpriseGroup Vlan "
            "DefaultVswitch "
            # Disks
            "StorageSet StorageLocation Burst Iops MultiAttach EnableShared Partition VolumeId "
            "DiskName AutoSnapshot SnapshotLink RetentionDays DeleteWithInstance "
            # What runs in the machine
            "CpuOptions Hibernation Ptp HighDensity EnableNVS VISST VRDT SingleCore Cores Memory$ Credit Trusted "
            "Confidential SecurityOptions IoOptimi UserData ImdsSupport HttpTokens HopLimit RamRole NonRoot "
            "SystemInstance "
            # Images
            r"LaunchPermission IsPublic [Cc]ommunity Image\.(Not)?Public PublicImage ImageFamily MarketImage "
            "NotPublished DetectionStrategy Usage InvalidGroup "
            # The rest
            "Cloud[Bb]ox Activity Scheduler AdditionalInfo NodeController RelationResource Arns Timestamp StartTime "
            "OwnResource OwnerAccount OwnerId AliUid TagOwner Endpoint"
        ),
    ),
    (
        (
            "Image, instance type and disks do not fit together: a type may need a feature that the image lacks (NVMe, "
            "UEFI, an architecture). Choose another instance type."
        ),
        r"NotMatch InvalidParameter\.Conflict InvalidParameter\.Combination BootMode",
    ),
    ("Choose another password: 8 to 30 characters of three kinds, or use a key pair.", "Password"),
    (
        "Choose a key pair that exists in this region: lift.ecs.key_pairs.list(), for SWAS lift.key_pairs.list().",
        "KeyPair",
    ),
    ("Choose a vSwitch of the region that is available: lift.ecs.vswitches.list().", "V[Ss]witch V[Pp][Cc]"),
    (
        "Choose a security group of the vSwitch's VPC: lift.ecs.security_groups.list().",
        "SecurityGroup",
    ),
    (
        (
            "Choose another instance type: this one is unknown here, or does not fit the image, the zone or the disks; "
            "lift.ecs.instance_types.list(zone_id=...) lists those in stock."
        ),
        "InstanceType TypeAndCpuMem FlavorNotSupported",
    ),
    (
        "Choose another server plan that fits the image: lift.server_plans.list(image=...).",
        "PlanId Plan[A-Z] PlatformNotMatch",
    ),
    ("Choose another period.", "Period AutoRenew"),
    ("The billing method does not allow this; choose another one.", "ChargeType PayType"),
    ("Choose another bandwidth.", "Bandwidth InternetMax"),
    (
        "The network type does not fit: the service wants a VPC, with a bandwidth and billing method that it allows.",
        "NetworkType NetworkCategory ClassicNetwork",
    ),
    ("Check the rule's protocol, port and source.", r"Port\b Protocol Firewall SourceCidr"),
    (
        "Choose another description: it is too long, or begins with http:// or https://.",
        "Remark Description",
    ),
    ("Choose another name for the server or instance.", "[Hh]ost[Nn]ame HOSTNAME InstanceName"),
    ("Choose another name: it breaks the naming rules.", "ImageName SnapshotName SensitiveWords"),
    ("Check the tags: at most 20, no key twice, and none that begins with aliyun or acs:.", "Tag"),
    (
        "Check the command, its parameters, its working directory and its time limit.",
        "Command Invoke WorkingDir Timeout Script",
    ),
    (
        "The region does not offer this, or not to this account; choose another region.",
        "Region DestinationZone",
    ),
    ("Choose another zone, with a vSwitch in it.", "Zone"),
    ("Choose a resource group that exists, or leave it out.", "ResourceGroup"),
    ("The snapshot cannot be used for this; take another one.", "[Ss]napshot"),
    ("Check the account's number: 16 digits of a main account.", "AliyunId Account"),
    (
        "The image does not allow this; choose another image.",
        "Platform Architecture O[Ss]Type CloudInit Image",
    ),
    ("Check the id of the server or instance, and its region.", r"InstanceId Instance\b"),
    ("Check the id of the disk, and its region.", "DiskId"),
    (
        _OUR_REQUEST,
        (
            r"Price ResourceType Filter Status LockReason AcceptLanguage DestinationResource ResourceId Scope "
            r"OperationIllegal PublicIpAddresses InvalidApi InvalidAction Param\.Conflict"
        ),
    ),
)
_PATTERNS = tuple((re.compile("|".join(parts.split())), hint) for hint, parts in _SUBJECTS)


def subject(code: str) -> str:
    """What to do about what a code names, by the first pattern that fits; empty where none does."""
    return next((hint for pattern, hint in _PATTERNS if pattern.search(code)), "")
