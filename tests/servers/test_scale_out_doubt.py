"""Whatever is lost, no server is bought twice: where it is in doubt, somebody is asked."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import pytest

from swaslift import Client
from swaslift.emulator import Emulator, Quirks
from swaslift.errors import InvalidArgument, OutcomeUnknown, RunPaused
from swaslift.lifecycle.steps import BuyServers
from swaslift.models import CustomImage
from swaslift.runs.step import Mark
from tests.images.conftest import make_image
from tests.proof import assert_report_tells_all, everything
from tests.servers.conftest import LEAVE, PLAN, interrupt_at, purchases
from tests.support import client_of

REGION = "cn-hangzhou"


def cut_off(lift: Client, image: CustomImage, phase: str = "after", count: int = 2) -> None:
    """The process ends before or after its purchase; nothing of that is written down."""
    interrupt_at(lift, phase, "CreateInstances")
    with pytest.raises(KeyboardInterrupt):
        lift.scale_out(image, count, PLAN, consent=[LEAVE], run_id="night")


def unknown(lift: Client, image: CustomImage) -> OutcomeUnknown:
    """What going on, by either way, is answered."""
    for go_on in (
        lambda: lift.runs.resume("night"),
        lambda: lift.scale_out(image, 2, PLAN, consent=[LEAVE], run_id="night"),
    ):
        with pytest.raises(RunPaused) as caught:
            go_on()
        cause = caught.value.__cause__
        assert isinstance(cause, OutcomeUnknown)
        found = cause
        assert all(i in caught.value.reason for i in cause.candidates)
        assert "amend=" in caught.value.remedy
        # Going on as it is could not go on.
        assert "Go on with" not in str(caught.value)
        assert "Go on with" not in lift.runs.get("night").report.to_markdown()
    return found


def test_within_its_tokens_life_a_purchase_is_sent_again(
    cloud: Emulator, lift: Client, image: CustomImage
) -> None:
    cut_off(lift, image)
    cloud.clock.advance(50)
    done: Any = lift.runs.resume("night")
    assert len(done.ready) == 2
    assert purchases(cloud) == [2]
    assert len(cloud.log.of("CreateInstances")) == 2


def test_after_its_tokens_life_it_stops_and_names_what_has_come_about(
    cloud: Emulator, lift: Client, image: CustomImage
) -> None:
    before = everything(cloud)
    cut_off(lift, image)
    cloud.clock.advance(120)
    cause = unknown(lift, image)
    assert len(cause.candidates) == 2
    assert len(cloud.log.of("CreateInstances")) == 1
    done: Any = lift.runs.resume("night", amend=list(cause.candidates))
    assert {s.id for s in done.ready} == set(cause.candidates)
    assert all(s.tags["swaslift-run"] == "night" for s in done.ready)
    assert purchases(cloud) == [2]
    assert_report_tells_all(before, everything(cloud), lift.runs.get("night").report)


def test_a_purchase_that_never_arrived_is_made_however_late(
    cloud: Emulator, lift: Client, image: CustomImage
) -> None:
    cut_off(lift, image, "before")
    cloud.clock.advance(3 * 86_400)
    done: Any = lift.runs.resume("night")
    assert len(done.ready) == 2
    assert purchases(cloud) == [2]


def test_where_none_of_them_is_the_runs_it_buys(cloud: Emulator, lift: Client, image: CustomImage) -> None:
    cut_off(lift, image, "before")
    theirs = lift.cloud.swas.create_instances(
        REGION, image.id, PLAN, period_months=1, amount=1, token="theirs"
    )
    cloud.clock.advance(3 * 86_400)
    assert unknown(lift, image).candidates == theirs
    done: Any = lift.runs.resume("night", amend=[])
    assert len(done.ready) == 2
    assert not {s.id for s in done.ready} & set(theirs)
    assert purchases(cloud) == [1, 2]


def test_where_only_some_are_the_runs_the_rest_is_bought(
    cloud: Emulator, lift: Client, image: CustomImage
) -> None:
    cut_off(lift, image, count=2)
    lift.cloud.swas.create_instances(REGION, image.id, PLAN, period_months=1, token="theirs")
    cloud.clock.advance(600)
    candidates = unknown(lift, image).candidates
    assert len(candidates) == 3
    done: Any = lift.runs.resume("night", amend=[candidates[0]])
    assert len(done.ready) == 2
    assert candidates[0] in {s.id for s in done.ready}
    assert purchases(cloud) == [2, 1, 1]


@pytest.mark.parametrize("life", [5.0, 86_400.0])
def test_a_service_that_forgets_tokens_soon_sells_nothing_twice(life: float) -> None:
    with (
        Emulator(speed=None, seed=7, quirks=Quirks(token_lifetime=life)) as cloud,
        client_of(cloud, random=Random(7)) as lift,
    ):
        image = make_image(cloud, lift, "golden")
        cut_off(lift, image)
        cloud.clock.advance(120)
        assert len(unknown(lift, image).candidates) == 2
        assert purchases(cloud) == [2]


def test_an_answer_that_is_lost_again_and_again(cloud: Emulator, lift: Client, image: CustomImage) -> None:
    cloud.faults.lose_answer("CreateInstances", times=60)
    with pytest.raises(RunPaused):
        lift.scale_out(image, 2, PLAN, consent=[LEAVE], run_id="night")
    calls = cloud.log.of("CreateInstances")
    assert len({c.client_token for c in calls}) == 1
    assert (calls[-1].at - calls[0].at).total_seconds() <= 80, "a pause may end behind the minute"
    cloud.faults.clear()
    assert len(unknown(lift, image).candidates) == 2
    assert purchases(cloud) == [2]


def test_a_refusal_behind_a_lost_answer_does_not_buy_again(
    cloud: Emulator, lift: Client, image: CustomImage
) -> None:
    cut_off(lift, image)
    cloud.clock.advance(20)
    cloud.faults.fail("CreateInstances", 403, "PaymentFailed")
    with pytest.raises(RunPaused, match="PaymentFailed"):
        lift.runs.resume("night")
    assert len(unknown(lift, image).candidates) == 2
    assert purchases(cloud) == [2]


def test_a_token_that_is_known_with_other_parameters_proves_a_purchase(
    cloud: Emulator, lift: Client, image: CustomImage
) -> None:
    cloud.faults.fail("CreateInstances", 400, "IdempotentParameterMismatch")
    with pytest.raises(RunPaused) as caught:
        lift.scale_out(image, 2, PLAN, consent=[LEAVE], run_id="night")
    assert isinstance(caught.value.__cause__, OutcomeUnknown)
    lift.runs.resume("night")
    assert len({c.client_token for c in cloud.log.of("CreateInstances")}) == 1


@pytest.mark.parametrize("after", ["CreateInstances", "TagResources"])
def test_without_its_journal_a_run_buys_nothing_twice(
    cloud: Emulator, lift: Client, image: CustomImage, tmp_path: Path, after: str
) -> None:
    before = everything(cloud)
    interrupt_at(lift, "after", after)
    with pytest.raises(KeyboardInterrupt):
        lift.scale_out(image, 2, PLAN, consent=[LEAVE], run_id="night")
    cloud.clock.advance(1800)
    with client_of(cloud, journal=tmp_path / "another.db", random=Random(7)) as there:
        plan = there.scale_out.plan(image, 2, PLAN, run_id="night")
        warned = [c for c in plan.checks if "no run knows them" in c.problem]
        if after == "CreateInstances":
            assert warned
            candidates = unknown_at_first(there, image)
            done: Any = there.runs.resume("night", amend=list(candidates))
        else:
            assert not warned, "they are tagged"
            done = plan.apply(consent=plan.consents)
        assert len(done.ready) == 2
        assert_report_tells_all(before, everything(cloud), there.runs.get("night").report)
    assert purchases(cloud) == [2]


def unknown_at_first(lift: Client, image: CustomImage) -> tuple[str, ...]:
    with pytest.raises(RunPaused) as caught:
        lift.scale_out(image, 2, PLAN, consent=[LEAVE], run_id="night")
    assert isinstance(caught.value.__cause__, OutcomeUnknown)
    return caught.value.__cause__.candidates


def test_servers_that_are_older_or_another_runs_are_not_in_doubt(
    cloud: Emulator, lift: Client, image: CustomImage
) -> None:
    lift.cloud.swas.create_instances(REGION, image.id, PLAN, period_months=1, token="theirs")
    cloud.clock.advance(2 * 86_400)
    lift.scale_out(image, 1, PLAN, consent=[LEAVE], run_id="first")
    done = lift.scale_out(image, 1, PLAN, consent=[LEAVE], run_id="second")
    assert len(done.ready) == 1
    assert purchases(cloud) == [1, 1, 1]


def test_an_undo_of_a_purchase_in_doubt_buys_nothing_and_names_what_there_is(
    cloud: Emulator, lift: Client, image: CustomImage
) -> None:
    before = everything(cloud)
    cut_off(lift, image)
    left = " ".join(lift.runs.get("night").undo().left)
    (two,) = ([s for s in lift.cloud.swas.list_instances(REGION) if s.plan_id == PLAN],)
    assert len(two) == 2
    assert all(s.id in left for s in two)
    assert purchases(cloud) == [2]
    assert_report_tells_all(before, everything(cloud), lift.runs.get("night").report)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ("i-1", "no list of ids"),
        ([3], "no list of ids"),
        (["i-nowhere"], "no such server"),
        (["8a1f0c2d4e5b46f79a0b1c2d3e4f5a60"], "swas.s.c2m2s40b4"),
    ],
)
def test_an_answer_that_cannot_be(
    cloud: Emulator, lift: Client, image: CustomImage, change: Any, problem: str
) -> None:
    cut_off(lift, image)
    cloud.clock.advance(120)
    unknown(lift, image)
    with pytest.raises(InvalidArgument, match=problem):
        lift.runs.resume("night", amend=change)
    assert purchases(cloud) == [2]


def test_more_than_were_wanted_and_another_runs_servers_are_refused(
    cloud: Emulator, lift: Client, image: CustomImage
) -> None:
    other = lift.scale_out(image, 1, PLAN, consent=[LEAVE], run_id="other").ready[0]
    lift.cloud.swas.create_instances(REGION, image.id, PLAN, period_months=1, amount=3, token="theirs")
    cloud.clock.advance(60)
    with pytest.raises(RunPaused) as caught:
        lift.scale_out(image, 2, PLAN, consent=[LEAVE], run_id="night")
    assert isinstance(caught.value.__cause__, OutcomeUnknown)
    candidates = list(caught.value.__cause__.candidates)
    assert other.id not in candidates
    with pytest.raises(InvalidArgument, match="no more"):
        lift.runs.resume("night", amend=candidates)
    with pytest.raises(InvalidArgument, match="the run other has it"):
        lift.runs.resume("night", amend=[other.id])
    done: Any = lift.runs.resume("night", amend=[])
    assert len(done.ready) == 2
    with pytest.raises(Exception, match="finished"):
        lift.runs.resume("night", amend=[])


def test_what_is_tagged_only_in_part_is_looked_at_again(
    cloud: Emulator, lift: Client, image: CustomImage
) -> None:
    step = BuyServers(
        name="buy-1",
        region_id=REGION,
        image_id=image.id,
        plan_id=PLAN,
        price=100,
        currency="CNY",
        count=2,
        period_months=1,
    )
    made = step.make(lift.cloud, Mark("night", "buy-1", 1)).servers
    cloud.clock.advance(60)
    tags = {"swaslift-run": "night", "swaslift-step": "tag-1"}
    lift.cloud.swas.tag_resources(REGION, "instance", [made[0].id], tags, token="one")
    began = cloud.clock.now()
    found = step.find(lift.cloud, Mark("night", "buy-1", 1))
    assert found
    assert [r.id for r in found.servers] == [made[0].id]
    assert (cloud.clock.now() - began).total_seconds() == 60
