"""Server plans: what fits an image, and what it costs."""

from __future__ import annotations

from collections.abc import Sequence

from swaslift.checks import Check, warning
from swaslift.models import CustomImage, ServerPlan
from swaslift.planning.costs import Cost
from swaslift.wording import counted, meant, money

WINDOWS_DISK = 40
"""GiB that the system disk of a Windows server has to be above (create a server from a custom image)."""

DATA_DISK_STEP = 20
"""GiB in whose multiples data disks are sold, and what one has at least."""

ESSD_DATA_DISK = 40
"""GiB of a data disk at least, on an ESSD plan of the China site (CreateInstances, Chinese page)."""

CHINA_SITE = "CNY"
"""The currency in which the China site sells; the international one sells in USD."""

LARGEST_DATA_DISK = 16380


def find_plan(plans: Sequence[ServerPlan], plan_id: str, image: CustomImage) -> ServerPlan | Check:
    """The plan of that id, or what is wrong with it."""
    found = next((p for p in plans if p.id == plan_id), None)
    if found is not None:
        return found
    region = image.region_id
    remedy = meant(plan_id, [p.id for p in plans], _choice(plans, image))
    return Check("server_plan", plan_id, f"no such plan is sold in {region}", remedy)


def check_plan(plans: Sequence[ServerPlan], plan: ServerPlan, image: CustomImage) -> list[Check]:
    """Whether servers of a plan can be built from an image (CreateInstances)."""
    problems = list(_misfits(plan, image))
    return [Check("server_plan", plan.id, problem, _choice(plans, image)) for problem in problems]


def _misfits(plan: ServerPlan, image: CustomImage) -> list[str]:
    problems = []
    os_type = image.os_type.lower()
    if os_type and os_type not in {p.lower() for p in plan.platforms}:
        problems.append(f"it is for {', '.join(plan.platforms)} alone, and the image is {image.os_type}")
    if plan.disk_size < image.system_disk_size:
        problems.append(
            f"its system disk has {plan.disk_size} GiB, and the image's {image.system_disk_size} GiB"
        )
    elif os_type == "windows" and plan.disk_size <= WINDOWS_DISK:
        problems.append(
            f"its system disk has {plan.disk_size} GiB, and Windows needs more than {WINDOWS_DISK} GiB"
        )
    return problems


def _choice(plans: Sequence[ServerPlan], image: CustomImage) -> str:
    fitting = sorted((p for p in plans if not _misfits(p, image)), key=lambda p: (p.price, p.id))
    shown = ", ".join(f"{p.id} ({described(p)})" for p in fitting[:6])
    return f"Plans that fit: {shown}" if shown else "No plan of this region fits the image"


def described(plan: ServerPlan) -> str:
    """What a server of a plan has, and costs, in words."""
    return (
        f"{plan.cpu} vCPU, {plan.memory:g} GiB of memory, {plan.disk_size} GiB {plan.disk_type}, {plan.bandwidth} "
        f"Mbit/s, {plan.traffic} GB of traffic and {money(plan.price, plan.currency)} a month"
    )


def check_data_disk(size: int, image: CustomImage, plan: ServerPlan) -> list[Check]:
    """Whether servers of a plan can have a data disk of a size (CreateInstances)."""
    if size % DATA_DISK_STEP or not 0 <= size <= LARGEST_DATA_DISK:
        return [
            Check(
                "data_disk_size",
                size,
                "no size that is sold",
                f"0 for none, or {DATA_DISK_STEP} to {LARGEST_DATA_DISK} GiB in steps of {DATA_DISK_STEP}",
            )
        ]
    smallest = smallest_data_disk(image, plan)
    if size < image.data_disk_size:
        return [
            Check(
                "data_disk_size",
                size,
                f"the image holds a data disk of {image.data_disk_size} GiB",
                f"Give {smallest} or more, or leave it out",
            )
        ]
    if 0 < size < (least := least_data_disk(plan)):
        problem = f"a data disk of the plan {plan.id} ({plan.disk_type}) has {least} GiB at least"
        return [Check("data_disk_size", size, problem, f"Give {least} or more, or 0 for none")]
    if size:
        return [
            warning(
                "data_disk_size",
                size,
                "the price of data disks is in no API: what is paid is more than the plan says",
                "Look it up in the console, for the same plan and disk",
            )
        ]
    return []


def least_data_disk(plan: ServerPlan) -> int:
    """GiB that a data disk has at least, where one is wanted."""
    essd = plan.disk_type.upper() == "ESSD"
    return ESSD_DATA_DISK if essd and plan.currency == CHINA_SITE else DATA_DISK_STEP


def smallest_data_disk(image: CustomImage, plan: ServerPlan) -> int:
    """GiB of the smallest data disk that holds the image's; 0 where it has none."""
    if not image.data_disk_size:
        return 0
    return max(-(-image.data_disk_size // DATA_DISK_STEP) * DATA_DISK_STEP, least_data_disk(plan))


def cost_of_servers(plan: ServerPlan, count: int, months: int) -> Cost:
    """The list price of servers for their whole period, paid at once; data disks are not in it."""
    return Cost(plan.currency, total=plan.price * count * months)


def check_server_quota(servers: int, databases: int, count: int, quota: int) -> list[Check]:
    """Whether so many more servers fit into the quota of a region (ExceedAccountQuota).

    Args:
        servers: in the region now.
        databases: likewise, which count as well.
        count: servers to be bought.
        quota: of the region.
    """
    if servers + databases + count <= quota:
        return []
    others = f" and {counted(databases, 'database')}" if databases else ""
    return [
        Check(
            "count",
            count,
            f"the account has {counted(servers, 'server')}{others} in the region, and may have {quota}; light load "
            "balancers and container services count as well, and no API lists them",
            "Release some, or have the quota raised and give server_quota=...",
        )
    ]
