"""A system disk that is replaced by a larger one costs more: quoted, announced, and only with leave."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from swaslift import Client, Consent, ReplaceSystemDisk
from swaslift.emulator import Emulator
from swaslift.errors import ConsentRequired

WEB, BASE = "i-emulator-web-old", "m-emulator-base-hz"
LEAVE = Consent.erase(WEB)
GROWS = "the disk grows from 40 to 2048 GiB, and is charged by its size"

Ask = Callable[[Client, int | None], tuple[Any, tuple[Any, ...], dict[str, Any]]]


def migrate(lift: Client, size: int | None) -> tuple[Any, tuple[Any, ...], dict[str, Any]]:
    return lift.migrate_to_ecs, ("shop", ReplaceSystemDisk(WEB, size=size)), {}


def replace(lift: Client, size: int | None) -> tuple[Any, tuple[Any, ...], dict[str, Any]]:
    return lift.replace_system_disk, (WEB, BASE), {"size": size}


def monthly(lift: Client, gib: int) -> float:
    """The quoted price of a month of a disk of the old one's category."""
    (disk,) = lift.cloud.ecs.describe_disks("cn-hangzhou", instance_id=WEB, kind="system")
    quoted = lift.cloud.ecs.describe_disk_price(
        "cn-hangzhou", category=disk.category, size=gib, performance_level=disk.performance_level or None
    )
    return quoted.amount * 730


@pytest.mark.parametrize("ask", [migrate, replace])
def test_growth_is_charged_priced_and_needs_leave(cloud: Emulator, lift: Client, ask: Ask) -> None:
    verb, arguments, more = ask(lift, 2048)
    plan = verb.plan(*arguments, **more)
    (step,) = (s for s in plan.steps if s.name == "replace")
    assert step.charged == GROWS
    grown = monthly(lift, 2048) - monthly(lift, 40)
    assert plan.cost.monthly == pytest.approx(grown)
    assert plan.consents == (LEAVE, Consent.charges(max_monthly=float(-(-grown // 1))))
    for consent in ([LEAVE], [LEAVE, Consent.charges(max_monthly=grown - 2)]):
        with pytest.raises(ConsentRequired, match=r"Consent\.charges\(max_monthly="):
            verb(*arguments, **more, consent=consent)
    assert not cloud.log.attempted_writes()
    assert not list(lift.runs.list())
    verb(*arguments, **more, consent=plan.consents)
    (disk,) = lift.cloud.ecs.describe_disks("cn-hangzhou", instance_id=WEB, kind="system")
    assert disk.size == 2048


@pytest.mark.parametrize("ask", [migrate, replace])
def test_a_disk_that_keeps_its_size_costs_no_more(lift: Client, ask: Ask) -> None:
    for size in (None, 40):
        verb, arguments, more = ask(lift, size)
        plan = verb.plan(*arguments, **more)
        assert (plan.consents, plan.cost) == ((LEAVE,), None)
        (step,) = (s for s in plan.steps if s.name == "replace")
        assert step.charged is None


def test_an_image_that_is_larger_than_the_old_disk_makes_it_grow(cloud: Emulator, lift: Client) -> None:
    image = cloud.world.ecs.images.get(BASE)
    assert image
    image.parts[0].size = 100
    plan = lift.replace_system_disk.plan(WEB, BASE)
    assert plan.cost
    assert plan.cost.monthly == pytest.approx(monthly(lift, 100) - monthly(lift, 40))
    assert [c.kind for c in plan.consents] == ["erase", "charges"]


def no_quote(cloud: Emulator) -> None:
    cloud.faults.fail("DescribePrice", 400, "PriceNotFound", "no price")


def subscription(cloud: Emulator) -> None:
    instance = cloud.world.ecs.instances.get(WEB)
    assert instance
    instance.charge_type = "PrePaid"


@pytest.mark.parametrize(
    ("arrange", "problem"), [(no_quote, "PriceNotFound"), (subscription, "within a subscription")]
)
@pytest.mark.parametrize("ask", [migrate, replace])
def test_without_a_quote_any_limit_will_do_and_none_will_not(
    cloud: Emulator, lift: Client, ask: Ask, arrange: Callable[[Emulator], None], problem: str
) -> None:
    arrange(cloud)
    verb, arguments, more = ask(lift, 2048)
    plan = verb.plan(*arguments, **more)
    assert plan.cost is None
    assert [(c.field, c.remedy) for c in plan.checks if problem in c.problem] == [("cost", "Look it up")]
    assert plan.consents == (LEAVE, Consent(kind="charges"))
    arrange(cloud)
    with pytest.raises(ConsentRequired):
        verb(*arguments, **more, consent=[LEAVE])
    plan.require([LEAVE, Consent.charges(max_monthly=1)])
    assert not cloud.log.attempted_writes()
