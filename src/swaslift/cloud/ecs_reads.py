"""What the door reads from ECS 2014-05-26: one method per action."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, ClassVar, Literal, TypeVar

from swaslift.cloud import ecs_records as records
from swaslift.cloud.actions import ASK_FOR_REGIONS, Actions
from swaslift.cloud.caller import Answer, by_ids
from swaslift.cloud.parse import Fields, count, given, id_list, tag_list
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

T = TypeVar("T")

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
        record: Answer[T],
        *,
        size: int = 100,
        at_most: int | None = None,
        by_token: bool = False,
        patient: bool = True,
        **params: Any,
    ) -> Iterator[T]:
        return self._caller.pages(
            "ecs",
            action,
            region_id,
            given(RegionId=region_id, **params),
            [outer, inner],
            record,
            size=size,
            at_most=at_most,
            by_token=by_token,
            patient=patient,
        )

    def describe_regions(self) -> list[str]:
        """``DescribeRegions``: regions that ECS offers the account."""
        return self._caller.read_anywhere("ecs", "DescribeRegions", ASK_FOR_REGIONS, {}, _regions)

    def describe_images(
        self,
        region_id: str,
        *,
        image_id: str | None = None,
        name: str | None = None,
        owner: Literal["self", "others", "system"] | None = None,
        snapshot_id: str | None = None,
        tags: Mapping[str, str] | None = None,
        only: Collection[str] | None = None,
        patient: bool = True,
    ) -> Iterator[EcsImage]:
        """``DescribeImages`` with its status list; an unknown id gives nothing.

        ``only``: ids of those that count; others are passed by, whatever is in their fields.
        """
        where = self._where(region_id)

        def record(item: Fields) -> EcsImage | str:
            image_id = item.needed("ImageId")
            return records.image(item, **where) if only is None or image_id in only else image_id

        try:
            for found in self._list(
                "DescribeImages",
                region_id,
                "Images",
                "Image",
                record,
                ImageId=image_id,
                ImageName=name,
                ImageOwnerAlias=owner,
                SnapshotId=snapshot_id,
                Status=IMAGE_STATUSES,
                Tag=tag_list(tags),
                patient=patient,
            ):
                if isinstance(found, EcsImage):
                    yield found
        except ApiError as error:
            # Documented both ways: an empty list, or this code.
            if error.code != "InvalidImageId.NotFound":
                raise

    def describe_image_support_instance_types(
        self, region_id: str, image_id: str, *, change_os: bool = False
    ) -> frozenset[str]:
        """``DescribeImageSupportInstanceTypes``: instance types that can boot an image."""
        return self._caller.read_as(
            "ecs",
            "DescribeImageSupportInstanceTypes",
            region_id,
            given(RegionId=region_id, ImageId=image_id, ActionType="ChangeOS" if change_os else "CreateEcs"),
            lambda body: frozenset(t.needed("InstanceTypeId") for t in _types(body)),
        )

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
            where = self._where(region_id)
            return self._list(
                "DescribeInstances",
                region_id,
                "Instances",
                "Instance",
                lambda item: records.instance(item, **where),
                InstanceIds=id_list(some),
                ImageId=image_id,
                Tag=tag_list(tags),
                by_token=True,
                at_most=count(some),
                patient=patient,
            )

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
            where = self._where(region_id)
            return self._list(
                "DescribeDisks",
                region_id,
                "Disks",
                "Disk",
                lambda item: records.disk(item, **where),
                DiskIds=id_list(some),
                InstanceId=instance_id,
                DiskType=kind,
                by_token=True,
                at_most=count(some),
                patient=patient,
            )

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
            where = self._where(region_id)
            return self._list(
                "DescribeSnapshots",
                region_id,
                "Snapshots",
                "Snapshot",
                lambda item: records.snapshot(item, **where),
                SnapshotIds=id_list(some),
                DiskId=disk_id,
                Tag=tag_list(tags),
                by_token=True,
                at_most=count(some),
                patient=patient,
            )

        return by_ids(fetch, ids)

    def describe_vswitches(self, region_id: str, *, vswitch_id: str | None = None) -> Iterator[VSwitch]:
        """``DescribeVSwitches`` through the ECS endpoint, pages of 50."""
        where = self._where(region_id)
        yield from self._list(
            "DescribeVSwitches",
            region_id,
            "VSwitches",
            "VSwitch",
            lambda item: records.vswitch(item, **where),
            size=50,
            VSwitchId=vswitch_id,
        )

    def describe_security_groups(
        self, region_id: str, *, ids: Sequence[str] | None = None
    ) -> Iterator[SecurityGroup]:
        """``DescribeSecurityGroups``: security groups."""

        def fetch(some: Sequence[str] | None) -> Iterator[SecurityGroup]:
            where = self._where(region_id)
            return self._list(
                "DescribeSecurityGroups",
                region_id,
                "SecurityGroups",
                "SecurityGroup",
                lambda item: records.security_group(item, **where),
                SecurityGroupIds=id_list(some),
                by_token=True,
                at_most=count(some),
            )

        return by_ids(fetch, ids)

    def describe_key_pairs(self, region_id: str, *, name: str | None = None) -> Iterator[KeyPair]:
        """``DescribeKeyPairs``: SSH key pairs, pages of 50."""
        where = self._where(region_id)
        yield from self._list(
            "DescribeKeyPairs",
            region_id,
            "KeyPairs",
            "KeyPair",
            lambda item: records.key_pair(item, **where),
            size=50,
            KeyPairName=name,
        )

    def describe_instance_types(self, region_id: str, ids: Sequence[str]) -> list[InstanceType]:
        """``DescribeInstanceTypes``: specifications of at most 10 types; unknown ones are left out."""
        return self._caller.read_as(
            "ecs",
            "DescribeInstanceTypes",
            region_id,
            given(InstanceTypes=list(ids)),
            lambda body: [records.instance_type(i) for i in _types(body)],
        )

    def available_instance_types(
        self, region_id: str, zone_id: str, *, charge_type: str = "PostPaid"
    ) -> dict[str, bool]:
        """``DescribeAvailableResource``: instance types a zone sells, and whether they are in stock."""
        found = self._available(
            region_id,
            lambda item: (item.needed("Value"), records.in_stock(item)),
            DestinationResource="InstanceType",
            ZoneId=zone_id,
            InstanceChargeType=charge_type,
        )
        return dict(found)

    def available_system_disks(
        self, region_id: str, zone_id: str, instance_type: str, *, charge_type: str = "PostPaid"
    ) -> list[DiskOffer]:
        """``DescribeAvailableResource``: system disk categories for an instance type in a zone."""
        return self._available(
            region_id,
            records.disk_offer,
            DestinationResource="SystemDisk",
            ResourceType="instance",
            ZoneId=zone_id,
            InstanceType=instance_type,
            InstanceChargeType=charge_type,
        )

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
        return self._available(
            region_id,
            records.disk_offer,
            DestinationResource="DataDisk",
            ResourceType="instance",
            ZoneId=zone_id,
            InstanceType=instance_type,
            SystemDiskCategory=system_category,
            DataDiskCategory=category,
            InstanceChargeType=charge_type,
        )

    def _available(self, region_id: str, offer: Answer[T], **params: Any) -> list[T]:
        def offers(body: Fields) -> list[T]:
            return [
                offer(supported)
                for zone in body.items("AvailableZones", "AvailableZone")
                for kind in zone.items("AvailableResources", "AvailableResource")
                for supported in kind.items("SupportedResources", "SupportedResource")
            ]

        return self._caller.read_as(
            "ecs", "DescribeAvailableResource", region_id, given(RegionId=region_id, **params), offers
        )

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
        return self._caller.read_as(
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
            _price,
        )

    def describe_disk_price(
        self, region_id: str, *, category: str, size: int, performance_level: str | None = None
    ) -> Price:
        """``DescribePrice`` of a pay-as-you-go disk, which is quoted by the hour alone; ``size`` in GiB."""
        return self._caller.read_as(
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
            _price,
        )

    def cloud_assistant_alive(
        self, region_id: str, ids: Sequence[str], *, patient: bool = True
    ) -> frozenset[str]:
        """``DescribeCloudAssistantStatus``: instances whose agent was heard within two minutes.

        At most 100 ids; an unknown one was not heard.
        """

        def fetch(some: Sequence[str] | None) -> Iterator[str]:
            yield from self._caller.read_as(
                "ecs",
                "DescribeCloudAssistantStatus",
                region_id,
                given(RegionId=region_id, InstanceId=list(some or ())),
                _alive,
                patient=patient,
            )

        return frozenset(by_ids(fetch, ids))

    def get_instance_console_output(self, region_id: str, instance_id: str) -> str:
        """``GetInstanceConsoleOutput``: the cached console text of a Linux instance."""
        return self._caller.read_as(
            "ecs",
            "GetInstanceConsoleOutput",
            region_id,
            given(RegionId=region_id, InstanceId=instance_id, RemoveSymbols=True),
            lambda body: body.base64("ConsoleOutput"),
        )


def _regions(body: Fields) -> list[str]:
    return [r.needed("RegionId") for r in body.items("Regions", "Region", needed=True)]


def _types(body: Fields) -> list[Fields]:
    return body.items("InstanceTypes", "InstanceType", needed=True)


def _price(body: Fields) -> Price:
    price = body.needed_inside("PriceInfo").needed_inside("Price")
    return Price(amount=price.price("TradePrice"), currency=price.text("Currency"))


def _alive(body: Fields) -> list[str]:
    heard = body.items("InstanceCloudAssistantStatusSet", "InstanceCloudAssistantStatus", needed=True)
    return [i.needed("InstanceId") for i in heard if i.flag("CloudAssistantStatus")]
