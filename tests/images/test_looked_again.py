"""What a plan saw may be long ago: it is looked at again right before an image is withdrawn or deleted."""

from __future__ import annotations

from typing import Any, Literal

import pytest

from swaslift import Client, Consent, Script
from swaslift.emulator import Emulator, Quirks
from swaslift.errors import PreflightError, RunPaused
from swaslift.models import CustomImage
from tests.images.conftest import bought, make_image
from tests.images.test_deleting import copy_of
from tests.servers.conftest import PLAN
from tests.support import OTHER_ACCOUNT, client_of, new_instance

HZ = "cn-hangzhou"
WITHDRAWALS = [
    "ModifyImageShareStatus",
    "RemoveCustomImageShareAccount",
    "ModifyImageSharePermission",
    "DeleteCustomImage",
    "DeleteImage",
]


def launched(cloud: Emulator, lift: Client, image_id: str, *, token: str = "run") -> str:
    """An instance from an image, by somebody else."""
    target = new_instance()
    request = {
        "RegionId": HZ,
        "ImageId": image_id,
        "InstanceType": target.instance_type,
        "VSwitchId": target.vswitch_id,
        "SecurityGroupId": target.security_group_id,
        "InstanceName": token,
        "SystemDisk": {"Category": "cloud_essd", "Size": "60"},
        "KeyPairName": target.key_pair,
        "Amount": 1,
    }
    made = lift.cloud.ecs.run_instances(HZ, request, token=token)[0]
    cloud.clock.advance(60)
    return made


def sent(cloud: Emulator) -> list[str]:
    """What takes an image away, as far as it was sent."""
    calls = [c for c in cloud.log.attempted_writes() if c.action in WITHDRAWALS]
    return [c.action for c in calls if c.params.get("Operation") != "Share"]


def paused(do: Any) -> RunPaused:
    with pytest.raises(RunPaused) as caught:
        do()
    return caught.value


@pytest.mark.parametrize("shown", ["same", "different"])
def test_a_kept_plan_withdraws_from_no_instance_that_it_did_not_name(
    shown: Literal["same", "different"],
) -> None:
    with Emulator(speed=None, quirks=Quirks(swas_image_id_in_ecs=shown)) as cloud, client_of(cloud) as lift:
        image = make_image(cloud, lift, "golden")
        seen = lift.share_to_ecs(image)
        plan = lift.unshare_from_ecs.plan(image, run_id="away")
        assert plan.consents == ()
        instance = launched(cloud, lift, seen.id)
        stop = paused(plan.apply)
        assert instance in stop.reason
        assert "move the instance to the copy" in stop.remedy
        assert f"undo this run, and plan anew with {Consent.unshare(image.id)}" in stop.remedy
        assert sent(cloud) == []
        begun = cloud.clock.now()
        assert lift.runs.get("away").undo().left == ()
        # Nothing was sent, and so nothing is waited for.
        assert (cloud.clock.now() - begun).total_seconds() < 5
        anew = lift.unshare_from_ecs.plan(image)
        assert not anew.apply(consent=anew.consents).shared_to_ecs


def test_leave_is_for_the_instances_that_the_plan_named(
    cloud: Emulator, lift: Client, image: CustomImage
) -> None:
    seen = lift.share_to_ecs(image)
    first = launched(cloud, lift, seen.id, token="first")
    plan = lift.unshare_from_ecs.plan(image)
    second = launched(cloud, lift, seen.id, token="second")
    stop = paused(lambda: plan.apply(consent=plan.consents))
    assert (first in stop.reason, second in stop.reason) == (False, True)
    lift.cloud.ecs.delete_instance(HZ, second)
    cloud.clock.advance(600)
    assert not lift.runs.resume(plan.run_id).shared_to_ecs


def test_each_attempt_is_looked_at(cloud: Emulator, lift: Client, image: CustomImage) -> None:
    seen = lift.share_to_ecs(image)
    cloud.faults.fail("ModifyImageShareStatus", 403, "Forbidden.RAM")
    assert "Forbidden.RAM" in paused(lambda: lift.unshare_from_ecs(image, run_id="away")).reason
    instance = launched(cloud, lift, seen.id)
    for _ in range(2):
        assert instance in paused(lambda: lift.runs.resume("away")).reason
    assert len(sent(cloud)) == 1
    assert lift.images.get(image).shared_to_ecs


def test_an_attempt_without_an_answer_stays_open(cloud: Emulator, lift: Client, image: CustomImage) -> None:
    seen = lift.share_to_ecs(image)
    cloud.faults.fail("ModifyImageShareStatus", 503, "ServiceUnavailable", times=99)
    paused(lambda: lift.unshare_from_ecs(image, run_id="away"))
    instance = launched(cloud, lift, seen.id)
    cloud.faults.clear()
    tried = len(sent(cloud))
    assert instance in paused(lambda: lift.runs.resume("away")).reason
    assert len(sent(cloud)) == tried
    (row,) = (e for e in lift._carrier.journal.effects("away") if e.name == "unshare")
    assert (row.state, row.attempt) == ("intent", 1)
    # It comes through late: what is done is found, and there is nothing more to look at.
    lift.cloud.swas.modify_image_share_status(HZ, image.id, "UnShare", token="late")
    assert not lift.runs.resume("away").shared_to_ecs
    assert len(sent(cloud)) == tried + 1


def test_a_copy_that_has_begun_since_is_waited_for(cloud: Emulator, lift: Client, image: CustomImage) -> None:
    lift.share_to_ecs(image)
    plan = lift.unshare_from_ecs.plan(image)
    copy = copy_of(cloud, lift, image, "silver", wait=False)
    stop = paused(plan.apply)
    assert copy.id in stop.reason
    assert "Wait until that copy is available; then resume it" in stop.remedy
    cloud.clock.advance(3 * 3600)
    assert not lift.runs.resume(plan.run_id).shared_to_ecs


@pytest.mark.parametrize("seconds", [0, 20])
def test_a_server_that_is_built_since_keeps_its_image(
    cloud: Emulator, lift: Client, image: CustomImage, seconds: int
) -> None:
    plan = lift.delete_image.plan(image, snapshots=True, run_id="away")
    server = bought(lift, image)
    cloud.clock.advance(seconds)
    assert server in paused(lambda: plan.apply(consent=plan.consents)).reason
    assert sent(cloud) == []
    cloud.clock.advance(600)
    lift.runs.resume("away")
    assert list(lift.images.list()) == []
    assert "can then not be reset to it" in lift.runs.get("away").report.to_markdown()


def test_what_was_refused_is_looked_at_before_it_is_deleted_later(
    cloud: Emulator, lift: Client, image: CustomImage
) -> None:
    cloud.faults.fail("DeleteCustomImage", 403, "Forbidden.RAM")
    plan = lift.delete_image.plan(image, run_id="away")
    paused(lambda: plan.apply(consent=plan.consents))
    server = bought(lift, image)
    cloud.clock.advance(20)
    assert server in paused(lambda: lift.runs.resume("away")).reason
    assert len(sent(cloud)) == 1


def test_a_deletion_withdraws_from_no_instance_that_its_plan_did_not_name(
    cloud: Emulator, lift: Client, image: CustomImage
) -> None:
    seen = lift.share_to_ecs(image)
    first = launched(cloud, lift, seen.id, token="first")
    plan = lift.delete_image.plan(image, unshare=True)
    second = launched(cloud, lift, seen.id, token="second")
    reason = paused(lambda: plan.apply(consent=plan.consents)).reason
    assert (first in reason, second in reason) == (False, True)
    assert sent(cloud) == []


def test_an_ecs_image_that_instances_are_made_from_since_stays(
    cloud: Emulator, lift: Client, image: CustomImage
) -> None:
    copy = copy_of(cloud, lift, image, "silver")
    plan = lift.delete_image.plan(copy)
    instance = launched(cloud, lift, copy.id)
    stop = paused(lambda: plan.apply(consent=plan.consents))
    assert instance in stop.reason
    assert "Release the instance" in stop.remedy
    assert sent(cloud) == []


@pytest.mark.parametrize("to", ["ecs", "account"])
def test_nothing_is_withdrawn_for_a_deletion_that_would_be_refused(
    cloud: Emulator, lift: Client, image: CustomImage, to: str
) -> None:
    if to == "ecs":
        lift.share_to_ecs(image)
    else:
        lift.share_with_account(image, OTHER_ACCOUNT)
    plan = lift.delete_image.plan(image, unshare=True)
    server = bought(lift, image)
    cloud.clock.advance(20)
    stop = paused(lambda: plan.apply(consent=plan.consents))
    assert server in stop.reason
    assert stop.remedy == "Wait until it is Running; then resume it, or undo it"
    assert sent(cloud) == []


def test_an_ecs_image_is_not_withdrawn_for_a_deletion_that_would_be_refused(
    cloud: Emulator, lift: Client, image: CustomImage
) -> None:
    copy = copy_of(cloud, lift, image, "silver")
    lift.hand_over(copy, OTHER_ACCOUNT)
    begun = len(sent(cloud))
    plan = lift.delete_image.plan(copy, unshare=True)
    instance = launched(cloud, lift, copy.id)
    assert instance in paused(lambda: plan.apply(consent=plan.consents)).reason
    assert len(sent(cloud)) == begun


def test_a_part_of_a_chain_is_looked_at_as_well(cloud: Emulator, lift: Client, image: CustomImage) -> None:
    @lift.chain
    def away(image: str) -> Script[None]:
        yield from lift.unshare_from_ecs.part(image)

    seen = lift.share_to_ecs(image)
    cloud.faults.fail("ModifyImageShareStatus", 403, "Forbidden.RAM")
    paused(lambda: away("golden", run_id="away"))
    instance = launched(cloud, lift, seen.id)
    assert instance in paused(lambda: lift.runs.resume("away")).reason
    assert lift.images.get(image).shared_to_ecs


def test_a_run_that_never_knew_what_its_plan_saw_is_looked_at(
    cloud: Emulator, lift: Client, image: CustomImage
) -> None:
    seen = lift.share_to_ecs(image)
    plan = lift.unshare_from_ecs.plan(image, run_id="away")
    lift._carrier.create(plan)
    # As a journal has it that was written before: what the plan knew is not in the spec.
    del plan.spec["losers"]
    row = lift._carrier.journal.run("away")
    hold = lift._carrier.journal.hold("away")
    hold.set_spec(plan.spec, row.arguments, now=cloud.clock.now(), event="as it was")
    hold.release()
    instance = launched(cloud, lift, seen.id)
    assert instance in paused(lambda: lift.runs.resume("away")).reason


def test_a_look_that_is_not_answered_pauses(cloud: Emulator, lift: Client, image: CustomImage) -> None:
    copy = copy_of(cloud, lift, image, "silver")
    plan = lift.delete_image.plan(copy)
    cloud.faults.fail("DescribeInstances", 403, "Forbidden.RAM")
    assert "Forbidden.RAM" in paused(lambda: plan.apply(consent=plan.consents)).reason
    assert sent(cloud) == []
    lift.runs.resume(plan.run_id)
    assert sent(cloud) == ["DeleteImage"]


# -- by other runs ------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", ["delete_image", "unshare_from_ecs"])
def test_a_kept_plan_takes_nothing_away_from_a_run_that_came_since(
    cloud: Emulator, lift: Client, image: CustomImage, verb: str
) -> None:
    if verb == "unshare_from_ecs":
        lift.share_to_ecs(image)
    plan = getattr(lift, verb).plan(image, run_id="away")
    cloud.faults.no_stock(PLAN)
    buy = lift.scale_out.plan(image, 1, PLAN, run_id="buy")
    paused(lambda: buy.apply(consent=buy.consents))
    with pytest.raises(PreflightError, match=r"'buy' .*, which is paused, needs it"):
        plan.apply(consent=plan.consents)
    assert sent(cloud) == []
    assert "away" not in [r.id for r in lift.runs.list()]
    cloud.faults.clear()
    lift.runs.resume("buy")
    cloud.clock.advance(600)
    plan.apply(consent=plan.consents)
    assert len(sent(cloud)) == 1
