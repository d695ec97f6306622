"""A system disk that is replaced by a larger one: what that costs, and the leave it needs."""

from __future__ import annotations

from swaslift.checks import Check, warning
from swaslift.cloud import Cloud
from swaslift.consent import Consent
from swaslift.lifecycle.spec import ExistingTarget
from swaslift.planning.costs import Cost, charges, cost_of_growth


def cost_of_larger_disk(cloud: Cloud, target: ExistingTarget, least: int) -> tuple[Cost | None, list[Check]]:
    """The quoted cost of what the disk grows by; None where it does not grow, or where there is no quote.

    Args:
        cloud: to ask.
        target: the instance.
        least: GiB that the image needs.
    """
    size = target.new_size(least)
    if size <= target.disk_size:
        return None, []
    instance = target.instance
    if instance.charge_type == "PrePaid":
        # DescribePrice quotes disks by the hour alone.
        problem = "the disk grows within a subscription, for which the service quotes no price"
        return None, [warning("cost", instance.id, problem, "Look it up")]
    return cost_of_growth(
        cloud,
        instance.region_id,
        category=target.disk_category,
        performance_level=target.performance_level,
        size=target.disk_size,
        to_size=size,
    )


def consents_to_replace(target: ExistingTarget, least: int, cost: Cost | None) -> list[Consent]:
    """What the replacement needs leave for: the old disk's data, and what the new one costs more."""
    grows = target.new_size(least) > target.disk_size
    return [Consent.erase(target.instance.id), *([charges(cost)] if grows else [])]
