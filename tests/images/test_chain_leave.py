"""What the parts of a chain may spend, counted over the whole run and over its resumes."""

from __future__ import annotations

from typing import Any

import pytest

from swaslift import Client, Consent, Script, fork, named
from swaslift.emulator import Emulator
from swaslift.errors import PreflightError, RunPaused
from swaslift.targets import NewInstance
from tests.support import new_instance

BASE = "m-emulator-base-hz"
UNPRICED = Consent(kind="charges")


def subscription(name: str) -> NewInstance:
    return new_instance(name=name, billing="PrePaid", period_months=1)


def side_by_side(lift: Client) -> Any:
    @lift.chain
    def two(first: str, second: str) -> Script[list[str]]:
        launch = lift.launch_instances.part
        branches = {"b": launch(BASE, subscription(first)), "a": launch(BASE, subscription(second))}
        done = yield from fork("f", branches)
        return [launched.instances[0].id for launched in done.values()]

    return two


def one_after_the_other(lift: Client, slips: list[str]) -> Any:
    @lift.chain
    def row(first: str, second: str) -> Script[str]:
        launch = lift.launch_instances.part
        done = yield from named("first", launch(BASE, subscription(first)))
        if slips and not done.instances[0].id.startswith("<"):
            raise ValueError(slips.pop())
        yield from named("second", launch(BASE, subscription(second)))
        return done.instances[0].id

    return row


def dearer(cloud: Emulator, times: float) -> None:
    prices = cloud.world.ecs.catalog.prices.instance_hour
    prices.update({kind: price * times for kind, price in prices.items()})


def bought(cloud: Emulator) -> int:
    return sum(i.charge_type == "PrePaid" for i in cloud.world.ecs.instances)


def limit(plan: Any) -> float:
    [leave] = plan.consents
    return float(leave.max_total)


def test_what_a_later_branch_has_taken_counts_for_an_earlier_one(cloud: Emulator, lift: Client) -> None:
    plan = side_by_side(lift).plan("one", "two", run_id="t")
    cloud.faults.fail("DescribeVSwitches", 403, "Forbidden.RAM")
    with pytest.raises(RunPaused):
        plan.apply(consent=plan.consents)
    assert bought(cloud) == 1
    dearer(cloud, 1.5)
    with pytest.raises(RunPaused, match="needs more leave") as paused:
        lift.runs.resume("t")
    assert bought(cloud) == 1
    # It asks for what both cost together, and that is enough.
    wanted = float(paused.value.remedy.partition("max_total=")[2].partition(")")[0])
    assert limit(plan) < wanted < 2 * limit(plan)
    assert len(lift.runs.resume("t", consent=Consent.charges(max_total=wanted))) == 2


def test_a_part_whose_price_fails_when_it_begins_is_under_no_limit(cloud: Emulator, lift: Client) -> None:
    plan = side_by_side(lift).plan("one", "two", run_id="t")
    cloud.faults.fail("DescribePrice", 403, "Forbidden.RAM", times=2)
    with pytest.raises(RunPaused, match="the price could not be asked"):
        plan.apply(consent=plan.consents)
    assert bought(cloud) == 0
    assert len(lift.runs.resume("t")) == 2


def test_leave_without_a_limit_lets_it_pass(cloud: Emulator, lift: Client) -> None:
    plan = side_by_side(lift).plan("one", "two", run_id="t")
    cloud.faults.fail("DescribePrice", 403, "Forbidden.RAM", times=4)
    with pytest.raises(RunPaused, match="the price could not be asked"):
        plan.apply(consent=plan.consents)
    assert len(lift.runs.resume("t", consent=UNPRICED)) == 2


def test_a_plan_without_a_price_is_carried_out_without_one(cloud: Emulator, lift: Client) -> None:
    cloud.faults.fail("DescribePrice", 403, "Forbidden.RAM", times=4)
    plan = side_by_side(lift).plan("one", "two", run_id="t")
    assert plan.consents == (UNPRICED,)
    assert len(plan.apply(consent=Consent.charges(max_monthly=1))) == 2


def test_what_has_no_price_stands_beside_what_has_one(cloud: Emulator, lift: Client) -> None:
    cloud.faults.fail("DescribePrice", 403, "Forbidden.RAM")
    plan = side_by_side(lift).plan("one", "two", run_id="t")
    priced, unpriced = plan.consents
    assert priced.max_total is not None
    assert unpriced == UNPRICED
    # The part that had no price has one by now, and was not counted in.
    with pytest.raises(RunPaused, match="needs more leave"):
        plan.apply(consent=[priced])


def test_leave_given_at_a_resume_stays(cloud: Emulator, lift: Client) -> None:
    slips = ["slip"]
    plan = one_after_the_other(lift, slips).plan("one", "two", run_id="t")
    dearer(cloud, 3)
    with pytest.raises(RunPaused, match="needs more leave"):
        plan.apply(consent=plan.consents)
    enough = Consent.charges(max_total=3 * limit(plan))
    with pytest.raises(RunPaused, match="slip"):
        lift.runs.resume("t", consent=enough)
    assert lift.runs.resume("t")
    assert [text for _, _, text in lift.runs.get("t").report.events if "leave was given" in text] == [
        f"leave was given: {enough}"
    ]


@pytest.mark.parametrize("alone", [True, False])
def test_an_amendment_whose_price_fails_is_under_no_limit(cloud: Emulator, lift: Client, alone: bool) -> None:
    lift.listen(lambda e: cloud.faults.no_stock("ecs.g7.large") if e.kind == "gate" else None)
    if alone:
        plan: Any = lift.launch_instances.plan(BASE, subscription("one"), run_id="t")
    else:
        plan = side_by_side(lift).plan("one", "two", run_id="t")
    with pytest.raises(RunPaused):
        plan.apply(consent=plan.consents)
    cloud.faults.clear()
    change = subscription("other")
    leave = Consent.charges(max_total=100_000)
    cloud.faults.fail("DescribePrice", 403, "Forbidden.RAM")
    with pytest.raises(PreflightError, match="the price could not be asked"):
        lift.runs.resume("t", amend=change, consent=leave)
    # Leave that came with an amendment that was refused is no leave for what the run was to do before.
    assert not [e for e in lift.runs.get("t").report.events if "leave was given" in e[2]]
    cloud.faults.fail("DescribePrice", 403, "Forbidden.RAM")
    with pytest.raises(RunPaused, match="NoStock"):
        lift.runs.resume("t", amend=change, consent=[leave, UNPRICED])
