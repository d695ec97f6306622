"""A clock of the machine that is wrong by hours: nothing is bought or erased because of it."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from swaslift.emulator import Emulator, Quirks
from swaslift.errors import OutcomeUnknown, RunPaused
from tests.clocks import JUMPS, WrongClock
from tests.images.conftest import make_image
from tests.servers.conftest import LEAVE, PLAN, interrupt_at, purchases
from tests.support import client_of


@pytest.mark.parametrize("dated", [True, False])
@pytest.mark.parametrize("off", JUMPS)
def test_a_purchase_that_was_cut_off_is_looked_for(off: float, dated: bool) -> None:
    quirks = Quirks(token_lifetime=5.0, dated_answers=dated)
    with Emulator(speed=None, seed=7, quirks=quirks) as cloud, client_of(cloud, random=Random(7)) as lift:
        image = make_image(cloud, lift, "golden")
        interrupt_at(lift, "after", "CreateInstances")
        with pytest.raises(KeyboardInterrupt):
            lift.scale_out(image, 2, PLAN, consent=[LEAVE], run_id="night")
        cloud.clock.advance(120)
        with client_of(cloud, clock=WrongClock(cloud.endpoint_url, off)) as other:
            with pytest.raises(RunPaused) as paused:
                other.runs.resume("night")
            cause = paused.value.__cause__
            assert isinstance(cause, OutcomeUnknown)
            done: Any = other.runs.resume("night", amend=list(cause.candidates))
        assert len(done.ready) == 2
        assert purchases(cloud) == [2]


def test_without_dates_a_purchase_is_made_as_ever() -> None:
    quirks = Quirks(dated_answers=False)
    with Emulator(speed=None, seed=7, quirks=quirks) as cloud, client_of(cloud, random=Random(7)) as lift:
        image = make_image(cloud, lift, "golden")
        began = cloud.clock.now()
        assert len(lift.scale_out(image, 2, PLAN, consent=[LEAVE]).ready) == 2
        assert (cloud.clock.now() - began).total_seconds() < 300


@pytest.mark.parametrize("off", JUMPS)
def test_what_another_call_bought_lately_is_asked_about(cloud: Emulator, off: float) -> None:
    with client_of(cloud, clock=WrongClock(cloud.endpoint_url, off * 10)) as lift:
        image = make_image(cloud, lift, "golden")
        lift.cloud.swas.create_instances(
            "cn-hangzhou", image.id, PLAN, period_months=1, amount=1, token="other"
        )
        cloud.clock.advance(1800)
        with pytest.raises(RunPaused, match="made lately"):
            lift.scale_out(image, 2, PLAN, consent=[LEAVE])
        assert purchases(cloud) == [1]


@pytest.mark.parametrize("off", JUMPS)
def test_a_token_that_grew_old_while_the_offer_was_checked_is_not_relied_on(off: float) -> None:
    """Throttled for a minute between the look and the purchase; the clock is set meanwhile."""
    with (
        Emulator(speed=None, seed=7, quirks=Quirks(token_lifetime=5.0)) as cloud,
        client_of(cloud, random=Random(7)) as lift,
    ):
        image = make_image(cloud, lift, "golden")
        interrupt_at(lift, "after", "CreateInstances")
        with pytest.raises(KeyboardInterrupt):
            lift.scale_out(image, 2, PLAN, consent=[LEAVE], run_id="night")
        clock = WrongClock(cloud.endpoint_url)
        with client_of(cloud, clock=clock) as other:

            def meanwhile(exchange: Any) -> None:
                if (exchange.phase, exchange.action) == ("before", "ListPlans"):
                    clock.off = off
                    cloud.clock.advance(90)

            other.cloud.observe(meanwhile)
            with pytest.raises(RunPaused) as paused:
                other.runs.resume("night")
        assert isinstance(paused.value.__cause__, OutcomeUnknown)
        assert purchases(cloud) == [2]
