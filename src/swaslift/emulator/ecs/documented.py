"""Response fields that are documented but that nothing in the emulator decides.

An entry of an inventory may give them under ``documented``, nested as in the answer::

    "documented": {"EipAddress": {"IpAddress": "203.0.113.30"}, "RdmaIpAddress": {"IpAddress": ["10.0.0.9"]}}

They are put into every answer that describes the resource and documents the field; nothing else follows
from them, but that ``DescribeInstances`` finds an elastic address, and that an instance has the GPUs and
local disks of its type. In a list of objects, the first one given goes to the first one of the answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from swaslift.emulator.ecs.service import ECS
from swaslift.emulator.inventory_error import InventoryError

if TYPE_CHECKING:
    from swaslift.emulator.inventory_error import Entry

Documented = Mapping[str, Any]
"""Response fields of one resource, nested as in the answer."""

_TYPES: dict[str, tuple[tuple[type, ...], str]] = {
    "string": ((str,), "a text"),
    "integer": ((int,), "an integer"),
    "number": ((int, float), "a number"),
    "boolean": ((bool,), "true or false"),
}


@dataclass(frozen=True)
class Shape:
    """One kind of object in the answer of an action."""

    action: str
    at: tuple[str, ...] = ()
    """The names that lead to the object; lists are passed through."""
    free: tuple[str, ...] = ()
    """What an inventory may give, with all below it, e.g. ``VpcAttributes.NatIpAddress``."""
    also: Shape | None = None
    """A second action that describes the same resource, with further fields."""

    @cached_property
    def spec(self) -> dict[str, Any]:
        """The documented fields of the object."""
        found: Any = ECS.contract.actions[self.action]["response"]
        for name in self.at:
            found = found[name]
            found = found[0] if isinstance(found, list) else found
        spec: dict[str, Any] = found
        return spec

    def read(self, entry: Entry, name: str = "documented") -> Documented:
        """What an entry gives under a key; empty where it is absent.

        Raises:
            InventoryError: There is no such field, its value has another type than documented, or the
                emulator decides it by itself.
        """
        given = entry.object(name)
        spec = (self.also.spec if self.also else {}) | self.spec
        self._check(given, spec, f"{entry.where}.{name}", "")
        return given

    def put(self, body: dict[str, Any], given: Documented) -> dict[str, Any]:
        """The body with the given fields, as far as this action documents them."""
        merged: dict[str, Any] = _put(body, given, self.spec)
        return merged

    def _check(self, value: Any, spec: Any, where: str, path: str) -> None:
        if isinstance(spec, dict):
            self._check_object(value, spec, where, path)
        elif isinstance(spec, list):
            self._check_list(value, spec[0], where, path)
        else:
            types, expected = _TYPES[spec]
            if type(value) not in types:  # a bool is no integer here
                raise _not(where, value, expected)
            self._need_free(where, path)

    def _check_object(self, value: Any, spec: dict[str, Any], where: str, path: str) -> None:
        if not isinstance(value, Mapping):
            raise _not(where, value, "an object")
        for name, inner in value.items():
            if name not in spec:
                raise InventoryError(
                    f"{where}.{name}",
                    f"{self.action} documents no such field",
                    f"use one of {', '.join(sorted(spec))}",
                )
            self._check(inner, spec[name], f"{where}.{name}", f"{path}.{name}".lstrip("."))

    def _check_list(self, value: Any, spec: Any, where: str, path: str) -> None:
        if not isinstance(value, list):
            raise _not(where, value, "a list")
        if not isinstance(spec, dict):
            self._need_free(where, path)
        elif len(value) > 1 and not self._is_free(path):
            raise InventoryError(where, "the emulator has one of these", "give the fields of one")
        for i, inner in enumerate(value):
            self._check(inner, spec, f"{where}[{i}]", path)

    def _need_free(self, where: str, path: str) -> None:
        if not self._is_free(path):
            raise InventoryError(
                where, "the emulator decides it", f"remove it, or use one of {', '.join(self.free)}"
            )

    def _is_free(self, path: str) -> bool:
        return any(path == f or path.startswith(f"{f}.") for f in self.free)


def _not(where: str, value: Any, expected: str) -> InventoryError:
    return InventoryError(where, f"{value!r} is not {expected}", f"give {expected}")


def _put(body: Any, given: Any, spec: Any) -> Any:
    if isinstance(given, Mapping):
        old = body or {}
        known = {name: value for name, value in given.items() if name in spec}
        return old | {name: _put(old.get(name), value, spec[name]) for name, value in known.items()}
    if isinstance(given, list) and isinstance(spec[0], dict):
        rest = list(body or [])
        first = [_put(rest.pop(0) if rest else None, one, spec[0]) for one in given]
        return first + rest
    return given


_INTERFACE = "NetworkInterfaces.NetworkInterface"
INSTANCE = Shape(
    "DescribeInstances",
    ("Instances", "Instance"),
    (
        "AdditionalInfo.ManagedHostId",
        "AdditionalInfo.NodeSerialNumber",
        "ClockOptions",
        "ClusterId",
        "CpuOptions.EnableVISST",
        "CpuOptions.EnableVRDT",
        "CpuOptions.NestedVirtualization",
        "CpuOptions.Numa",
        "CpuOptions.TopologyType",
        "CpuOptions.TurboMode",
        "DedicatedHostAttribute",
        "DedicatedInstanceAttribute",
        "DeploymentSetGroupNo",
        "DeploymentSetId",
        "EcsCapacityReservationAttr",
        "EipAddress",
        "EnableNVS",
        "HpcClusterId",
        "ISP",
        "InnerIpAddress",
        "MetadataOptions.InstanceMetadataTags",
        f"{_INTERFACE}.Ipv4PrefixSets",
        f"{_INTERFACE}.Ipv6PrefixSets",
        f"{_INTERFACE}.Ipv6Sets",
        f"{_INTERFACE}.PrivateIpSets.PrivateIpSet.PrivateDnsName",
        "PrivateDnsNameOptions",
        "RdmaIpAddress",
        "VlanId",
        "VpcAttributes.NatIpAddress",
    ),
)
INSTANCE_ATTRIBUTE = Shape("DescribeInstanceAttribute")
DISK = Shape(
    "DescribeDisks",
    ("Disks", "Disk"),
    (
        "AutoSnapshotPolicyId",
        "BdfId",
        "EnableAutomatedSnapshotPolicy",
        "ProductCode",
        "ProvisionedIops",
        "SourceDiskId",
        "StorageClusterId",
        "StorageSetId",
        "StorageSetPartitionNumber",
    ),
)
SNAPSHOT = Shape(
    "DescribeSnapshots",
    ("Snapshots", "Snapshot"),
    ("InstantAccess", "InstantAccessRetentionDays", "ProductCode"),
)
_MAPPING = "DiskDeviceMappings.DiskDeviceMapping"
IMAGE = Shape(
    "DescribeImages",
    ("Images", "Image"),
    (
        "DetectionOptions",
        f"{_MAPPING}.Format",
        f"{_MAPPING}.ImportOSSBucket",
        f"{_MAPPING}.ImportOSSObject",
        "IsSubscribed",
        "ProductCode",
        "SupplierName",
    ),
)
ZONE = Shape(
    "DescribeZones",
    ("Zones", "Zone"),
    ("AvailableDedicatedHostTypes", "AvailableVolumeCategories", "DedicatedHostGenerations"),
)
INSTANCE_TYPE = Shape(
    "DescribeInstanceTypes",
    ("InstanceTypes", "InstanceType"),
    (
        "CpuOptions.NestedVirtualizationSupport",
        "EnhancedNetwork",
        "GPUAmount",
        "GPUMemorySize",
        "GPUSpec",
        "LocalStorageAmount",
        "LocalStorageCapacity",
        "LocalStorageCategory",
        "NetworkInfo",
    ),
)
OF_ITS_TYPE = ("GPUAmount", "GPUSpec", "LocalStorageAmount", "LocalStorageCapacity")
"""What an instance has of its type."""
GROUP_ATTRIBUTE = Shape("DescribeSecurityGroupAttribute")
GROUP = Shape(
    "DescribeSecurityGroups",
    ("SecurityGroups", "SecurityGroup"),
    ("ServiceID", "ServiceManaged", "SnapshotPolicyIds"),
    also=GROUP_ATTRIBUTE,
)
RULE = Shape(
    "DescribeSecurityGroupAttribute",
    ("Permissions", "Permission"),
    (
        "DestGroupId",
        "DestGroupName",
        "DestGroupOwnerAccount",
        "DestPrefixListId",
        "DestPrefixListName",
        "Ipv6DestCidrIp",
        "PortRangeListId",
        "PortRangeListName",
        "SourcePrefixListName",
    ),
)
RESULT = Shape(
    "DescribeInvocationResults",
    ("Invocation", "InvocationResults", "InvocationResult"),
    (
        "ContainerId",
        "ContainerName",
        "Launcher",
        "OssOutputDelivery",
        "OssOutputErrorCode",
        "OssOutputErrorInfo",
        "OssOutputStatus",
        "OssOutputUri",
    ),
)
QUOTA = Shape(
    "DescribeAccountAttributes",
    ("AccountAttributeItems", "AccountAttributeItem", "AttributeValues", "ValueItem"),
    ("Count", "DiskCategory", "ExpiredTime"),
)
