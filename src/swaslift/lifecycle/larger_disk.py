"""A system disk that is replaced: what that adds to the bill, and the consents it needs."""

from __future__ import annotations

from swaslift.checks import Check, warning
from swaslift.cloud import Cloud
from swaslift.consent import Consent
from swaslift.lifecycle.spec import ExistingTarget
from swaslift.planning.costs import Cost, charges, cost_of_growth, cost_of_running


def cost_of_replacement(cloud: Cloud, target: ExistingTarget, least: int) -> tuple[Cost | None, list[Check]]:
    """The quoted cost of a replacement: what the disk grows by, and an instance that is charged again.

    None where nothing is added to the bill, or where there is no quote. The arguments are those of
    `cost_of_larger_disk`.
    """
    growth, checks = cost_of_larger_disk(cloud, target, least)
    if not target.economical:
        return growth, checks
    running, more = cost_of_running(cloud, target.instance)
    return Cost.together([c for c in (growth, running) if c is not None]), checks + more


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
    charged = target.new_size(least) > target.disk_size or target.economical
    return [Consent.erase(target.instance.id), *([charges(cost)] if charged else [])]
