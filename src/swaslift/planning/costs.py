"""What a target costs, as the service quotes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from swaslift.checks import Check, warning
from swaslift.cloud import Cloud
from swaslift.cloud.parse import given
from swaslift.consent import Consent
from swaslift.errors import ApiError
from swaslift.models import EcsInstance, Price, Server
from swaslift.targets import Disk, NewInstance
from swaslift.wording import money

HOURS_A_MONTH = 730
"""A month of hours, on average; a subscription month is priced by the service itself."""


@dataclass(frozen=True)
class Cost:
    """A quoted cost: ``monthly`` for pay-as-you-go, ``total`` for a subscription paid at once."""

    currency: str
    monthly: float | None = None
    total: float | None = None

    def __post_init__(self) -> None:
        """Amounts are kept to the cent: an hour's price times 730 is no round number."""
        for name in ("monthly", "total"):
            amount = getattr(self, name)
            object.__setattr__(self, name, None if amount is None else round(amount, 2))

    def __str__(self) -> str:
        parts = []
        if self.total is not None:
            parts.append(f"{money(self.total, self.currency)} at once")
        if self.monthly is not None:
            parts.append(f"about {money(self.monthly, self.currency)} a month")
        return ", and ".join(parts)

    @classmethod
    def together(cls, costs: Sequence[Cost]) -> Cost | None:
        """Costs of several things, added up; None where nothing is charged.

        Raises:
            ValueError: they are in different currencies.
        """
        if not costs:
            return None
        currencies = {c.currency for c in costs}
        if len(currencies) > 1:
            raise ValueError(f"costs in {', '.join(sorted(currencies))} cannot be added up")
        monthly = [c.monthly for c in costs if c.monthly is not None]
        total = [c.total for c in costs if c.total is not None]
        return cls(
            currencies.pop(), monthly=sum(monthly) if monthly else None, total=sum(total) if total else None
        )

    @property
    def consent(self) -> Consent:
        """Leave to spend this, rounded up to whole units."""

        def up(amount: float | None) -> float | None:
            return None if amount is None else float(max(1, -(-amount // 1)))

        return Consent.charges(max_monthly=up(self.monthly), max_total=up(self.total))


@dataclass(frozen=True)
class Quote:
    """What instances were to cost when the run was agreed to.

    Attributes:
        cost: of all of them.
        image_id: what they boot from; None where the price was that of Linux.
    """

    cost: Cost
    image_id: str | None = None


def charges(cost: Cost | None) -> Consent:
    """Leave to spend what was quoted; where no price was, any limit of the user's own will do."""
    return cost.consent if cost else Consent(kind="charges")


def cost_of_growth(
    cloud: Cloud, region_id: str, *, category: str, performance_level: str, size: int, to_size: int
) -> tuple[Cost | None, list[Check]]:
    """The quoted cost of what a pay-as-you-go disk grows by; sizes in GiB.

    Args:
        cloud: to ask.
        region_id: where.
        category: of the disk, which stays.
        performance_level: likewise; empty where it has none.
        size: of the disk now.
        to_size: of the disk to be.
    """

    def price(size: int) -> Price:
        return cloud.ecs.describe_disk_price(
            region_id, category=category, size=size, performance_level=performance_level or None
        )

    try:
        now, then = price(size), price(to_size)
    except ApiError as error:
        return None, [
            warning(
                "cost",
                f"{category} {to_size} GiB",
                f"the service quoted no price ({error.code})",
                "Look it up",
            )
        ]
    return Cost(then.currency, monthly=max(0.0, then.amount - now.amount) * HOURS_A_MONTH), []


def cost_of_running(cloud: Cloud, instance: EcsInstance) -> tuple[Cost | None, list[Check]]:
    """The quoted cost of a pay-as-you-go instance itself, without its disks, which are charged while it is stopped."""
    try:
        price = cloud.ecs.describe_price(
            instance.region_id, instance_type=instance.instance_type, bandwidth=0, unit="hour"
        )
    except ApiError as error:
        problem = f"the service quoted no price ({error.code})"
        return None, [warning("cost", instance.instance_type, problem, "Look it up")]
    return Cost(price.currency, monthly=price.amount * HOURS_A_MONTH), []


def quote_of_migration(
    cloud: Cloud, server: Server, target: NewInstance, region_id: str, *, with_data_disk: bool
) -> tuple[Quote | None, list[Check]]:
    """The quoted cost of a new instance with the disks of a server."""
    data = [d.size for d in server.data_disks] if with_data_disk else []
    quote, checks = quote_of(cloud, target, region_id, disk_size=server.system_disk.size, data_disks=data)
    return quote, checks + unpriced_system(target, server.os_type)


def unpriced_system(target: NewInstance, os_type: str) -> list[Check]:
    """Warn of a price that was quoted without an image: it is that of Linux."""
    if os_type.lower() != "windows":
        return []
    problem = "the image is not there yet, so the price is that of Linux: Windows costs more"
    return [warning("cost", target.instance_type, problem, "Look it up")]


def _period(months: int) -> tuple[Literal["hour", "month", "year"], int]:
    """A subscription as ``DescribePrice`` takes it: 1 to 9 months, or whole years."""
    return ("year", months // 12) if months % 12 == 0 else ("month", months)


def quote_of(
    cloud: Cloud,
    target: NewInstance,
    region_id: str,
    *,
    disk_size: int,
    data_disks: Sequence[int] = (),
    image_id: str | None = None,
    count: int = 1,
) -> tuple[Quote | None, list[Check]]:
    """The quoted cost of new instances with their disks and bandwidth; traffic is not in it.

    Args:
        cloud: to ask.
        target: the instances to be.
        region_id: where.
        disk_size: GiB of the system disk, where the target says none.
        data_disks: GiB of each data disk.
        image_id: what they boot from; without it the price is that of Linux.
        count: how many.
    """
    try:
        cost = cost_of(
            cloud,
            target,
            region_id,
            disk_size=disk_size,
            data_disks=data_disks,
            image_id=image_id,
            count=count,
        )
    except ApiError as error:
        return None, [
            warning("cost", target.instance_type, f"the service quoted no price ({error.code})", "Look it up")
        ]
    return Quote(cost, image_id), []


def cost_of(
    cloud: Cloud,
    target: NewInstance,
    region_id: str,
    *,
    disk_size: int,
    data_disks: Sequence[int],
    image_id: str | None,
    count: int,
) -> Cost:
    """As `quote_of`.

    Raises:
        ApiError: the service quotes no price.
    """
    prepaid = target.billing == "PrePaid"
    unit, period = _period(target.period_months) if prepaid else ("hour", 1)
    price = cloud.ecs.describe_price(
        region_id,
        instance_type=target.instance_type,
        image_id=image_id,
        system_disk=disk_parameters(target.system_disk_for(disk_size)),
        bandwidth=target.bandwidth,
        unit=unit,
        period=period,
        data_disks=[disk_parameters(target.data_disk_for(size)) for size in data_disks],
        count=count,
    )
    if prepaid:
        return Cost(price.currency, total=price.amount)
    return Cost(price.currency, monthly=price.amount * HOURS_A_MONTH)


def disk_parameters(disk: Disk) -> dict[str, Any]:
    """A disk of a new instance as ``DescribePrice`` and ``RunInstances`` name it."""
    return given(Category=disk.category, Size=disk.size, PerformanceLevel=disk.performance_level)
