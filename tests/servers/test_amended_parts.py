"""What is in doubt in a part of a chain is settled there, and a part that has not started is changed."""

from __future__ import annotations

from typing import Any

import pytest

from swaslift import Client, NewInstance, Script, named
from swaslift.emulator import Emulator
from swaslift.errors import ConsentRequired, InvalidArgument, OutcomeUnknown, RunPaused
from swaslift.models import CustomImage, EcsInstance, Server
from tests.proof import assert_report_tells_all, everything
from tests.servers.conftest import LEAVE, PLAN, interrupt_at, purchases
from tests.support import new_instance

BASE = "m-emulator-base-hz"


def two_purchases(lift: Client) -> Any:
    """A chain that buys from an image twice."""

    @lift.chain
    def twice(image: str) -> Script[list[Server]]:
        first = yield from named("first", lift.scale_out.part(image, 1, PLAN))
        second = yield from named("second", lift.scale_out.part(image, 1, PLAN))
        return [*first.ready, *second.ready]

    return twice


@pytest.fixture
def candidates(cloud: Emulator, lift: Client, image: CustomImage) -> list[str]:
    """What the second purchase of the run ``night`` may have bought."""

    def press(exchange: object) -> None:
        # The first purchase is over when its server is looked for in the second.
        if len(purchases(cloud)) == 2 and not pressed:
            pressed.append(True)
            raise KeyboardInterrupt

    pressed: list[bool] = []
    lift.cloud.observe(press)
    with pytest.raises(KeyboardInterrupt):
        two_purchases(lift)(image.id, consent=[LEAVE], run_id="night")
    cloud.clock.advance(600)
    with pytest.raises(RunPaused) as caught:
        lift.runs.resume("night")
    assert "amend=" in caught.value.remedy
    assert "swaslift resume" not in str(caught.value), "a terminal does not know the chain"
    cause = caught.value.__cause__
    assert isinstance(cause, OutcomeUnknown)
    return list(cause.candidates)


@pytest.mark.parametrize("named_part", [False, True])
def test_a_purchase_in_doubt_is_settled_in_its_part(
    cloud: Emulator, lift: Client, candidates: list[str], named_part: bool
) -> None:
    assert len(candidates) == 1
    amend: Any = {"second/scale_out": candidates} if named_part else candidates
    done: Any = lift.runs.resume("night", amend=amend)
    assert done[1].id == candidates[0] != done[0].id
    assert purchases(cloud) == [1, 1]


def test_where_it_is_not_the_runs_one_more_is_bought(
    cloud: Emulator, lift: Client, candidates: list[str]
) -> None:
    before = everything(cloud)
    done: Any = lift.runs.resume("night", amend=[])
    assert candidates[0] not in {s.id for s in done}
    assert purchases(cloud) == [1, 1, 1]
    assert_report_tells_all(before, everything(cloud), lift.runs.get("night").report)


@pytest.mark.parametrize(
    ("amend", "text"),
    [
        ({"third/scale_out": []}, "first/scale_out, second/scale_out"),
        ({"first/scale_out": []}, "all servers were bought"),
        ("running", "no list of ids"),
        (["none"], "no such server"),
    ],
)
def test_what_no_part_takes_is_refused(
    cloud: Emulator, lift: Client, candidates: list[str], amend: Any, text: str
) -> None:
    begun = len(cloud.log.attempted_writes())
    with pytest.raises(InvalidArgument, match=text):
        lift.runs.resume("night", amend=amend)
    assert len(cloud.log.attempted_writes()) == begun
    assert lift.runs.get("night").status == "paused"
    # It is none the worse for it.
    assert len(lift.runs.resume("night", amend=candidates)) == 2


def test_a_target_that_costs_more_wants_leave_beside_what_the_other_parts_cost(
    cloud: Emulator, lift: Client
) -> None:
    @lift.chain
    def pair(target: NewInstance) -> Script[list[EcsInstance]]:
        first = yield from named("first", lift.launch_instances.part(BASE, target))
        second = yield from named("second", lift.launch_instances.part(BASE, target))
        return [*first.instances, *second.instances]

    plan = pair.plan(new_instance(), run_id="night")
    cloud.faults.fail("RunInstances", 403, "Forbidden.RAM", after=4)
    with pytest.raises(RunPaused):
        plan.apply(consent=plan.consents)
    cloud.faults.clear()
    larger = new_instance(instance_type="ecs.g7.xlarge")
    with pytest.raises(ConsentRequired) as caught:
        lift.runs.resume("night", amend=larger)
    assert caught.value.missing
    done: Any = lift.runs.resume("night", amend=larger, consent=caught.value.missing)
    assert [i.instance_type for i in done] == ["ecs.g7.large", "ecs.g7.xlarge"]


def test_nothing_is_amended_before_a_part_has_begun(lift: Client, image: CustomImage) -> None:
    interrupt_at(lift, "before", "CreateInstances")
    with pytest.raises(KeyboardInterrupt):
        two_purchases(lift)(image.id, consent=[LEAVE], run_id="night")
    with pytest.raises(InvalidArgument, match="first/scale_out"):
        lift.runs.resume("night", amend={"second/scale_out": []})
