"""What the door reads from ECS 2014-05-26: one method per action."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, Literal

from swaslift.cloud import ecs_records as records
from swaslift.cloud.actions import Actions
from swaslift.cloud.caller import by_ids
from swaslift.cloud.parse import count, flag, given, id_list, tag_list
from swaslift.errors import ApiError
from swaslift.models import (
    DiskOffer,
    EcsDisk,
    EcsImage,
    EcsInstance,
    InstanceType,
    KeyPair,
    Price,
    SecurityGroup,
    Snapshot,
    VSwitch,
)

IMAGE_STATUSES = "Creating,Waiting,Available,UnAvailable,CreateFailed,Deprecated"
"""Sent with every ``DescribeImages``: without it only Available images are listed."""


class EcsReads(Actions):
    """The reading actions of ECS."""

    _product: ClassVar[str] = "ecs"

    def _list(
        self,
        action: str,
        region_id: str,
        outer: str,
        inner: str,
        *,
        size: int = 100,
        at_most: int | None = None,
        by_token: bool = False,
        patient: bool = True,
        **params: Any,
    ) -> Iterator[dict[str, Any]]:
        return self._caller.pages(
            "ecs",
            action,
            region_id,
            given(RegionId=region_id, **params),
            lambda body: (body.get(outer) or {}).get(inner) or [],
            size=size,
            at_most=at_most,
            by_token=by_token,
            patient=patient,
        )

    def describe_regions(self) -> list[str]:
        """``DescribeRegions``: regions that ECS offers the account."""
        body = self._caller.read("ecs", "DescribeRegions", "cn-hangzhou", {})
        return [r["RegionId"] for r in body["Regions"]["Region"]]

    def describe_images(
        self,
        region_id: str,
        *,
        image_id: str | None = None,
        name: str | None = None,
        owner: Literal["self", "others", "system"] | None = None,
        snapshot_id: str | None = None,
        tags: Mapping[str, str] | None = None,
        patient: bool = True,
    ) -> Iterator[EcsImage]:
        """``DescribeImages`` with its status list; an unknown id gives nothing."""
        try:
            for item in self._list(
                "DescribeImages",
                region_id,
                "Images",
                "Image",
                ImageId=image_id,
                ImageName=name,
                ImageOwnerAlias=owner,
                SnapshotId=snapshot_id,
                Status=IMAGE_STATUSES,
                Tag=tag_list(tags),
                patient=patient,
            ):
                yield records.image(item, **self._where(region_id))
        except ApiError as error:
            # Documented both ways: an empty list, or this code.
            if error.code != "InvalidImageId.NotFound":
                raise

    def describe_image_support_instance_types(
        self, region_id: str, image_id: str, *, change_os: bool = False
    ) -> frozenset[str]:
        """``DescribeImageSupportInstanceTypes``: instance types that can boot an image."""
        body = self._caller.read(
            "ecs",
            "DescribeImageSupportInstanceTypes",
            region_id,
            given(RegionId=region_id, ImageId=image_id, ActionType="ChangeOS" if change_os else "CreateEcs"),
        )
        types = (body.get("InstanceTypes") or {}).get("InstanceType") or []
        return frozenset(t["InstanceTypeId"] for t in types)

    def describe_instances(
        self,
        region_id: str,
        *,
        ids: Sequence[str] | None = None,
        image_id: str | None = None,
        tags: Mapping[str, str] | None = None,
        patient: bool = True,
    ) -> Iterator[EcsInstance]:
        """``DescribeInstances``: instances, at most 100 ids a call; an unknown id gives nothing."""

        def fetch(some: Sequence[str] | None) -> Iterator[EcsInstance]:
            for item in self._list(
                "DescribeInstances",
                region_id,
                "Instances",
                "Instance",
                InstanceIds=id_list(some),
                ImageId=image_id,
                Tag=tag_list(tags),
                by_token=True,
                at_most=count(some),
                patient=patient,
            ):
                yield records.instance(item, **self._where(region_id))

        return by_ids(fetch, ids)

    def describe_disks(
        self,
        region_id: str,
        *,
        ids: Sequence[str] | None = None,
        instance_id: str | None = None,
        kind: Literal["system", "data"] | None = None,
        patient: bool = True,
    ) -> Iterator[EcsDisk]:
        """``DescribeDisks``: disks, at most 100 ids a call."""

        def fetch(some: Sequence[str] | None) -> Iterator[EcsDisk]:
            for item in self._list(
                "DescribeDisks",
                region_id,
                "Disks",
                "Disk",
                DiskIds=id_list(some),
                InstanceId=instance_id,
                DiskType=kind,
                by_token=True,
                at_most=count(some),
                patient=patient,
            ):
                yield records.disk(item, **self._where(region_id))

        return by_ids(fetch, ids)

    def describe_snapshots(
        self,
        region_id: str,
        *,
        ids: Sequence[str] | None = None,
        disk_id: str | None = None,
        tags: Mapping[str, str] | None = None,
        patient: bool = True,
    ) -> Iterator[Snapshot]:
        """``DescribeSnapshots``: snapshots of cloud disks, at most 100 ids a call."""

        def fetch(some: Sequence[str] | None) -> Iterator[Snapshot]:
            for item in self._list(
                "DescribeSnapshots",
                region_id,
                "Snapshots",
                "Snapshot",
                SnapshotIds=id_list(some),
                DiskId=disk_id,
                Tag=tag_list(tags),
                by_token=True,
                at_most=count(some),
                patient=patient,
            ):
                yield records.snapshot(item, **self._where(region_id))

        return by_ids(fetch, ids)

    def describe_vswitches(self, region_id: str, *, vswitch_id: str | None = None) -> Iterator[VSwitch]:
        """``DescribeVSwitches`` through the ECS endpoint, pages of 50."""
        for item in self._list(
            "DescribeVSwitches", region_id, "VSwitches", "VSwitch", size=50, VSwitchId=vswitch_id
        ):
            yield records.vswitch(item, **self._where(region_id))

    def describe_security_groups(
        self, region_id: str, *, ids: Sequence[str] | None = None
    ) -> Iterator[SecurityGroup]:
        """``DescribeSecurityGroups``: security groups."""

        def fetch(some: Sequence[str] | None) -> Iterator[SecurityGroup]:
            for item in self._list(
                "DescribeSecurityGroups",
                region_id,
                "SecurityGroups",
                "SecurityGroup",
                SecurityGroupIds=id_list(some),
                by_token=True,
                at_most=count(some),
            ):
                yield records.security_group(item, **self._where(region_id))

        return by_ids(fetch, ids)

    def describe_key_pairs(self, region_id: str, *, name: str | None = None) -> Iterator[KeyPair]:
        """``DescribeKeyPairs``: SSH key pairs, pages of 50."""
        for item in self._list(
            "DescribeKeyPairs", region_id, "KeyPairs", "KeyPair", size=50, KeyPairName=name
        ):
            yield KeyPair(**self._where(region_id), name=item["KeyPairName"])

    def describe_instance_types(self, region_id: str, ids: Sequence[str]) -> list[InstanceType]:
        """``DescribeInstanceTypes``: specifications of at most 10 types; unknown ones are left out."""
        body = self._caller.read("ecs", "DescribeInstanceTypes", region_id, given(InstanceTypes=list(ids)))
        items = (body.get("InstanceTypes") or {}).get("InstanceType") or []
        return [records.instance_type(i) for i in items]

    def available_instance_types(
        self, region_id: str, zone_id: str, *, charge_type: str = "PostPaid"
    ) -> dict[str, bool]:
        """``DescribeAvailableResource``: instance types a zone sells, and whether they are in stock."""
        found = self._available(
            region_id, DestinationResource="InstanceType", ZoneId=zone_id, InstanceChargeType=charge_type
        )
        return {r["Value"]: _in_stock(r) for r in found}

    def available_system_disks(
        self, region_id: str, zone_id: str, instance_type: str, *, charge_type: str = "PostPaid"
    ) -> list[DiskOffer]:
        """``DescribeAvailableResource``: system disk categories for an instance type in a zone."""
        found = self._available(
            region_id,
            DestinationResource="SystemDisk",
            ResourceType="instance",
            ZoneId=zone_id,
            InstanceType=instance_type,
            InstanceChargeType=charge_type,
        )
        return [_offer(r) for r in found]

    def available_data_disks(
        self,
        region_id: str,
        zone_id: str,
        instance_type: str,
        *,
        system_category: str,
        category: str,
        charge_type: str = "PostPaid",
    ) -> list[DiskOffer]:
        """``DescribeAvailableResource``: data disk categories for an instance type in a zone."""
        found = self._available(
            region_id,
            DestinationResource="DataDisk",
            ResourceType="instance",
            ZoneId=zone_id,
            InstanceType=instance_type,
            SystemDiskCategory=system_category,
            DataDiskCategory=category,
            InstanceChargeType=charge_type,
        )
        return [_offer(r) for r in found]

    def _available(self, region_id: str, **params: Any) -> list[dict[str, Any]]:
        body = self._caller.read(
            "ecs", "DescribeAvailableResource", region_id, given(RegionId=region_id, **params)
        )
        zones = (body.get("AvailableZones") or {}).get("AvailableZone") or []
        return [
            supported
            for zone in zones
            for kind in (zone.get("AvailableResources") or {}).get("AvailableResource") or []
            for supported in (kind.get("SupportedResources") or {}).get("SupportedResource") or []
        ]

    def describe_price(
        self,
        region_id: str,
        *,
        instance_type: str,
        bandwidth: int,
        unit: Literal["hour", "month", "year"],
        period: int = 1,
        system_disk: Mapping[str, Any] | None = None,
        data_disks: Sequence[Mapping[str, Any]] = (),
        image_id: str | None = None,
        count: int = 1,
    ) -> Price:
        """``DescribePrice`` of so many instances with their disks; the price of a whole period.

        Disks are given as the API names their parameters: Category, Size, PerformanceLevel. Without an image the
        price is that of Linux.
        """
        price = self._caller.read_as(
            "ecs",
            "DescribePrice",
            region_id,
            given(
                RegionId=region_id,
                ResourceType="instance",
                InstanceType=instance_type,
                ImageId=image_id,
                Amount=count,
                InternetMaxBandwidthOut=bandwidth,
                SystemDisk=dict(system_disk) if system_disk else None,
                DataDisk=[dict(one) for one in data_disks] or None,
                PriceUnit=unit.capitalize(),
                Period=period,
            ),
            lambda body: body["PriceInfo"]["Price"],
        )
        return Price(amount=float(price["TradePrice"]), currency=price.get("Currency", ""))

    def describe_disk_price(
        self, region_id: str, *, category: str, size: int, performance_level: str | None = None
    ) -> Price:
        """``DescribePrice`` of a pay-as-you-go disk, which is quoted by the hour alone; ``size`` in GiB."""
        price = self._caller.read_as(
            "ecs",
            "DescribePrice",
            region_id,
            given(
                RegionId=region_id,
                ResourceType="disk",
                DataDisk=[given(Category=category, Size=size, PerformanceLevel=performance_level)],
                PriceUnit="Hour",
                Period=1,
            ),
            lambda body: body["PriceInfo"]["Price"],
        )
        return Price(amount=float(price["TradePrice"]), currency=price.get("Currency", ""))

    def cloud_assistant_alive(
        self, region_id: str, ids: Sequence[str], *, patient: bool = True
    ) -> frozenset[str]:
        """``DescribeCloudAssistantStatus``: instances whose agent was heard within two minutes.

        At most 100 ids; an unknown one was not heard.
        """

        def fetch(some: Sequence[str] | None) -> Iterator[str]:
            body = self._caller.read(
                "ecs",
                "DescribeCloudAssistantStatus",
                region_id,
                given(RegionId=region_id, InstanceId=list(some or ())),
                patient=patient,
            )
            items = (body.get("InstanceCloudAssistantStatusSet") or {}).get("InstanceCloudAssistantStatus")
            yield from (i["InstanceId"] for i in items or () if flag(i.get("CloudAssistantStatus")))

        return frozenset(by_ids(fetch, ids))

    def get_instance_console_output(self, region_id: str, instance_id: str) -> str:
        """``GetInstanceConsoleOutput``: the cached console text of a Linux instance."""
        body = self._caller.read(
            "ecs",
            "GetInstanceConsoleOutput",
            region_id,
            given(RegionId=region_id, InstanceId=instance_id, RemoveSymbols=True),
        )
        return base64.b64decode(body.get("ConsoleOutput") or "").decode("utf-8", "replace")


def _offer(resource: Mapping[str, Any]) -> DiskOffer:
    return DiskOffer(
        category=resource["Value"],
        min_size=int(resource.get("Min") or 0),
        max_size=int(resource.get("Max") or 0),
        in_stock=_in_stock(resource),
    )


def _in_stock(resource: Mapping[str, Any]) -> bool:
    return resource.get("Status") == "Available" and "WithoutStock" not in str(resource.get("StatusCategory"))
