"""No server is bought at a price that nobody agreed to, however long the run was paused or its plan kept."""

from __future__ import annotations

from typing import Any

import pytest

from swaslift import Client
from swaslift.emulator import Emulator
from swaslift.errors import OfferChanged, OutcomeUnknown, RunPaused
from swaslift.models import CustomImage
from tests.servers.conftest import LEAVE, PLAN, interrupt_at, purchases, sold


def price_of(cloud: Emulator) -> float:
    """Of one server for a month."""
    return float(cloud.world.swas.plans[PLAN].price)


def out_of_stock(cloud: Emulator, lift: Client, image: CustomImage) -> None:
    cloud.faults.no_stock(PLAN)
    with pytest.raises(RunPaused, match="NotEnoughStock"):
        lift.scale_out(image, 2, PLAN, consent=[LEAVE], run_id="night")
    cloud.faults.clear()
    cloud.clock.advance(20 * 86_400)


def paused(lift: Client) -> RunPaused:
    with pytest.raises(RunPaused) as caught:
        lift.runs.resume("night")
    assert isinstance(caught.value.__cause__, OfferChanged)
    assert "undo the run, which ends it, and call again" in caught.value.remedy
    return caught.value


def test_a_resume_does_not_buy_at_a_price_that_has_risen(
    cloud: Emulator, lift: Client, image: CustomImage
) -> None:
    out_of_stock(cloud, lift, image)
    was = price_of(cloud)
    sold(cloud, price=3 * was)
    for _ in range(2):
        reason = paused(lift).reason
        assert f"costs {3 * was:.2f} CNY a month, and {was:.2f} CNY when the run was agreed to" in reason
        assert f"2 servers for 1 month {6 * was:.2f} CNY, and not {2 * was:.2f} CNY" in reason
    assert purchases(cloud) == []
    # Nothing was sent, so there is nothing to look for, nor to take back.
    assert lift.runs.get("night").undo.plan().steps == ()
    assert lift.runs.get("night").undo().left == ()
    plan = lift.scale_out.plan(image, 2, PLAN, run_id="anew")
    assert plan.cost is not None
    assert plan.cost.total == 6 * was
    assert len(plan.apply(consent=plan.consents).ready) == 2


def test_a_plan_that_was_kept_does_not_buy_at_a_price_that_has_risen(
    cloud: Emulator, lift: Client, image: CustomImage
) -> None:
    plan = lift.scale_out.plan(image, 2, PLAN, run_id="night")
    was = price_of(cloud)
    sold(cloud, price=was + 0.01)
    with pytest.raises(RunPaused, match="when the run was agreed to"):
        plan.apply(consent=plan.consents)
    assert purchases(cloud) == []
    # It has come down again: what was agreed to holds.
    sold(cloud, price=was)
    done: Any = lift.runs.resume("night")
    assert len(done.ready) == 2
    assert purchases(cloud) == [2]


def test_a_price_that_has_fallen_is_paid(cloud: Emulator, lift: Client, image: CustomImage) -> None:
    out_of_stock(cloud, lift, image)
    sold(cloud, price=price_of(cloud) - 1)
    done: Any = lift.runs.resume("night")
    assert len(done.ready) == 2


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"regions": ("cn-shanghai",)}, f"{PLAN} is no longer sold in cn-hangzhou"),
        ({"currency": "USD"}, "USD a month"),
    ],
)
def test_a_plan_that_is_no_longer_sold_so(
    cloud: Emulator, lift: Client, image: CustomImage, changes: dict[str, Any], told: str
) -> None:
    out_of_stock(cloud, lift, image)
    sold(cloud, **changes)
    assert told in paused(lift).reason
    assert purchases(cloud) == []


@pytest.mark.parametrize("changes", [{"price": 500.0}, {"regions": ("cn-shanghai",)}])
def test_a_later_wave_that_costs_more_leaves_what_was_bought(
    cloud: Emulator, lift: Client, image: CustomImage, changes: dict[str, Any]
) -> None:
    def dearer(exchange: Any) -> None:
        if getattr(exchange, "phase", "") == "after" and exchange.action == "CreateInstances":
            sold(cloud, **changes)

    lift.cloud.observe(dearer)
    done = lift.scale_out(image, 22, PLAN, consent=[LEAVE], run_id="night")
    assert (len(done.ready), done.missing) == (20, 2)
    assert purchases(cloud) == [20]
    assert "2 of 22 servers not bought" in done.left[0]
    assert "when the run was agreed to" in done.refusal or "no longer sold" in done.refusal


def test_a_purchase_without_an_answer_is_looked_for_before_its_price(
    cloud: Emulator, lift: Client, image: CustomImage
) -> None:
    interrupt_at(lift, "after", "CreateInstances")
    with pytest.raises(KeyboardInterrupt):
        lift.scale_out(image, 2, PLAN, consent=[LEAVE], run_id="night")
    was = price_of(cloud)
    sold(cloud, price=3 * was)
    # As long as its token might be relied on, nothing tells whether it was bought: nothing is sent.
    assert f"{3 * was:.2f}" in paused(lift).reason
    assert any(
        "if its call, which got no answer" in line for line in lift.runs.get("night").undo.plan().steps
    )
    cloud.clock.advance(120)
    with pytest.raises(RunPaused) as caught:
        lift.runs.resume("night")
    cause = caught.value.__cause__
    assert isinstance(cause, OutcomeUnknown)
    done: Any = lift.runs.resume("night", amend=list(cause.candidates))
    assert {s.id for s in done.ready} == set(cause.candidates)
    assert len(cloud.log.of("CreateInstances")) == 1


def test_one_that_never_arrived_is_not_sent_at_the_new_price(
    cloud: Emulator, lift: Client, image: CustomImage
) -> None:
    interrupt_at(lift, "before", "CreateInstances")
    with pytest.raises(KeyboardInterrupt):
        lift.scale_out(image, 2, PLAN, consent=[LEAVE], run_id="night")
    was = price_of(cloud)
    sold(cloud, price=3 * was)
    cloud.clock.advance(120)
    paused(lift)
    sold(cloud, price=was)
    done: Any = lift.runs.resume("night")
    assert len(done.ready) == 2
    assert purchases(cloud) == [2]
