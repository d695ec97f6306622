"""What a target costs, as the service quotes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from swaslift.checks import Check, warning
from swaslift.cloud import Cloud
from swaslift.consent import Consent
from swaslift.errors import ApiError
from swaslift.models import Server
from swaslift.targets import NewInstance

HOURS_A_MONTH = 730
"""A month of hours, on average; a subscription month is priced by the service itself."""


@dataclass(frozen=True)
class Cost:
    """A quoted cost: ``monthly`` for pay-as-you-go, ``total`` for a subscription paid at once."""

    currency: str
    monthly: float | None = None
    total: float | None = None

    def __str__(self) -> str:
        parts = []
        if self.total is not None:
            parts.append(f"{self.total:.2f} {self.currency} at once")
        if self.monthly is not None:
            parts.append(f"about {self.monthly:.2f} {self.currency} a month")
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


def cost_of(
    cloud: Cloud, server: Server, target: NewInstance, region_id: str, *, with_data_disk: bool
) -> tuple[Cost | None, list[Check]]:
    """The quoted cost of a new instance with its disks and bandwidth; traffic is not in it."""
    disk = target.system_disk
    size = disk.size or server.system_disk.size
    data = [(disk.category, d.size) for d in server.data_disks] if with_data_disk else []
    prepaid = target.billing == "PrePaid"
    try:
        price = cloud.ecs.describe_price(
            region_id,
            instance_type=target.instance_type,
            disk_category=disk.category,
            disk_size=size,
            performance_level=disk.performance_level,
            bandwidth=target.bandwidth,
            unit="month" if prepaid else "hour",
            period=target.period_months if prepaid else 1,
            data_disks=data,
        )
    except ApiError as error:
        return None, [
            warning("cost", target.instance_type, f"the service quoted no price ({error.code})", "Look it up")
        ]
    if prepaid:
        return Cost(price.currency, total=price.amount), []
    return Cost(price.currency, monthly=price.amount * HOURS_A_MONTH), []
