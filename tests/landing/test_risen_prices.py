"""No instance is run at a price that nobody agreed to, however long the run was paused or its plan kept."""

from __future__ import annotations

from typing import Any

import pytest

from swaslift import Client, Consent, NewInstance
from swaslift.emulator import Emulator
from swaslift.errors import ConsentRequired, OfferChanged, RunPaused
from tests.support import new_instance

BASE, TYPE = "m-emulator-base-hz", "ecs.g7.large"
LEAVE = Consent.charges(max_monthly=100_000, max_total=100_000)


def dearer(cloud: Emulator, times: float) -> None:
    cloud.world.ecs.catalog.prices.instance_hour[TYPE] *= times


def run_calls(cloud: Emulator) -> int:
    """How many calls have run instances."""
    return sum(call.action == "RunInstances" for call in cloud.log.writes())


def planned(lift: Client, verb: str, target: NewInstance) -> Any:
    if verb == "launch":
        return lift.launch_instances.plan(BASE, target, 2, run_id="night")
    return lift.migrate_to_ecs.plan("shop", target, run_id="night")


@pytest.mark.parametrize("verb", ["launch", "migrate"])
@pytest.mark.parametrize("billing", ["PostPaid", "PrePaid"])
def test_a_kept_plan_runs_nothing_at_a_price_that_has_risen(
    cloud: Emulator, lift: Client, verb: str, billing: Any
) -> None:
    target = new_instance(billing=billing)
    plan = planned(lift, verb, target)
    dearer(cloud, 3)
    with pytest.raises(RunPaused) as caught:
        plan.apply(consent=plan.consents)
    assert isinstance(caught.value.__cause__, OfferChanged)
    assert f"and {plan.cost} when the run was agreed to. Nothing was run" in caught.value.reason
    with pytest.raises(RunPaused, match="when the run was agreed to"):
        lift.runs.resume("night")
    with pytest.raises(ConsentRequired):
        lift.runs.resume("night", amend=target)
    assert run_calls(cloud) == 0
    lift.runs.resume("night", amend=target, consent=[LEAVE])
    assert run_calls(cloud) == 1


@pytest.mark.parametrize("verb", ["launch", "migrate"])
def test_a_price_that_has_fallen_or_come_down_again_is_paid(cloud: Emulator, lift: Client, verb: str) -> None:
    plan = planned(lift, verb, new_instance())
    dearer(cloud, 2)
    with pytest.raises(RunPaused, match="when the run was agreed to"):
        plan.apply(consent=plan.consents)
    assert all("RunInstances" not in step for step in lift.runs.get("night").undo.plan().steps)
    dearer(cloud, 0.4)
    lift.runs.resume("night")
    assert run_calls(cloud) == 1


def test_instances_whose_call_got_no_answer_are_found_before_their_price(
    cloud: Emulator, lift: Client
) -> None:
    def press(exchange: Any) -> None:
        if getattr(exchange, "phase", "") == "after" and exchange.action == "RunInstances":
            if not run_calls(cloud):
                return  # a dry run
            raise KeyboardInterrupt

    plan = planned(lift, "launch", new_instance())
    lift.cloud.observe(press)
    with pytest.raises(KeyboardInterrupt):
        plan.apply(consent=plan.consents)
    dearer(cloud, 3)
    cloud.clock.advance(60)
    done: Any = lift.runs.resume("night")
    assert len(done.instances) == 2
    assert run_calls(cloud) == 1
