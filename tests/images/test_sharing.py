"""``share_to_ecs`` and ``unshare_from_ecs``: once, again, refused, with leave, and taken back."""

from __future__ import annotations

from typing import Literal

import pytest

from swaslift import Client, Consent, NewInstance
from swaslift.emulator import Emulator, Quirks
from swaslift.errors import ConsentRequired, InvalidArgument, PreflightError, RunPaused
from swaslift.models import CustomImage
from tests.images.conftest import make_image
from tests.support import client_of, new_instance


def shares(cloud: Emulator) -> int:
    return len([c for c in cloud.log.writes() if c.action == "ModifyImageShareStatus"])


def test_an_image_is_shared_and_found_in_ecs(cloud: Emulator, lift: Client, image: CustomImage) -> None:
    seen = lift.share_to_ecs(image)
    assert seen.product == "ecs"
    assert (seen.status, seen.name) == ("Available", "golden")
    assert next(lift.images.list()).shared_to_ecs


@pytest.mark.parametrize("shown", ["same", "different"])
def test_it_is_found_whichever_id_it_has_in_ecs(shown: Literal["same", "different"]) -> None:
    with Emulator(speed=None, quirks=Quirks(swas_image_id_in_ecs=shown)) as cloud, client_of(cloud) as lift:
        image = make_image(cloud, lift, "golden")
        assert (lift.share_to_ecs(image).id == image.id) is (shown == "same")


def test_sharing_twice_sends_one_change(cloud: Emulator, lift: Client, image: CustomImage) -> None:
    first = lift.share_to_ecs("golden")
    assert lift.share_to_ecs(image.id) == first
    assert shares(cloud) == 1


def test_unsharing_twice_sends_one_change(cloud: Emulator, lift: Client, image: CustomImage) -> None:
    lift.share_to_ecs(image)
    assert not lift.unshare_from_ecs(image).shared_to_ecs
    assert not lift.unshare_from_ecs(image).shared_to_ecs
    assert shares(cloud) == 2


def test_the_undo_of_a_share_restores_what_was_there(
    cloud: Emulator, lift: Client, image: CustomImage
) -> None:
    lift.share_to_ecs(image, run_id="first")
    lift.share_to_ecs(image, run_id="second")
    lift.runs.get("second").undo()
    assert next(lift.images.list()).shared_to_ecs
    lift.runs.get("first").undo()
    assert not next(lift.images.list()).shared_to_ecs


def test_the_undo_of_an_unshare_shares_again(cloud: Emulator, lift: Client, image: CustomImage) -> None:
    lift.share_to_ecs(image)
    lift.unshare_from_ecs(image, run_id="away")
    lift.runs.get("away").undo()
    assert next(lift.images.list()).shared_to_ecs


def _run_from(lift: Client, seen_id: str, target: NewInstance) -> str:
    request = {
        "RegionId": "cn-hangzhou",
        "ImageId": seen_id,
        "InstanceType": target.instance_type,
        "VSwitchId": target.vswitch_id,
        "SecurityGroupId": target.security_group_id,
        "InstanceName": "from-the-share",
        "SystemDisk": {"Category": "cloud_essd", "Size": "60"},
        "KeyPairName": target.key_pair,
        "Amount": 1,
    }
    return lift.cloud.ecs.run_instances("cn-hangzhou", request, token="run")[0]


@pytest.mark.parametrize("shown", ["same", "different"])
def test_unsharing_what_instances_were_made_from_wants_leave(shown: Literal["same", "different"]) -> None:
    with Emulator(speed=None, quirks=Quirks(swas_image_id_in_ecs=shown)) as cloud, client_of(cloud) as lift:
        image = make_image(cloud, lift, "golden")
        instance = _run_from(lift, lift.share_to_ecs(image).id, new_instance())
        cloud.clock.advance(60)  # a list lags behind what was made
        plan = lift.unshare_from_ecs.plan(image)
        assert instance in str(plan)
        with pytest.raises(ConsentRequired):
            lift.unshare_from_ecs(image)
        with pytest.raises(ConsentRequired):
            lift.unshare_from_ecs(image, consent=[Consent.unshare("m-another")])
        assert shares(cloud) == 1
        assert not lift.unshare_from_ecs(image, consent=plan.consents).shared_to_ecs


def test_an_image_that_is_not_available_is_refused(cloud: Emulator, lift: Client) -> None:
    image = make_image(cloud, lift, "golden", wait=False)
    with pytest.raises(PreflightError, match="not available: it is creating"):
        lift.share_to_ecs(image)
    assert shares(cloud) == 0


@pytest.mark.parametrize("verb", ["share_to_ecs", "unshare_from_ecs"])
@pytest.mark.parametrize(
    ("given", "remedy"),
    [("no-such", "Images there: golden"), (7, "Give its id"), ("", "Give its id")],
)
def test_what_is_no_image_is_refused(
    cloud: Emulator, lift: Client, image: CustomImage, verb: str, given: object, remedy: str
) -> None:
    with pytest.raises(InvalidArgument, match=remedy) as caught:
        getattr(lift, verb)(given)
    assert caught.value.field == "image"
    assert shares(cloud) == 0


def test_a_region_without_the_service_is_refused(lift: Client, image: CustomImage) -> None:
    with pytest.raises(InvalidArgument, match="not offered"):
        lift.share_to_ecs("golden", region="mars-1")


def test_a_lost_answer_is_read_back(cloud: Emulator, lift: Client, image: CustomImage) -> None:
    cloud.faults.lose_answer("ModifyImageShareStatus")
    lift.share_to_ecs(image)
    assert next(lift.images.list()).shared_to_ecs


def test_a_refusal_pauses_and_a_resume_goes_on(cloud: Emulator, lift: Client, image: CustomImage) -> None:
    cloud.faults.fail("ModifyImageShareStatus", 403, "Forbidden.RAM")
    with pytest.raises(RunPaused) as caught:
        lift.share_to_ecs(image, run_id="share")
    assert "Forbidden.RAM" in caught.value.reason
    assert lift.runs.resume("share").name == "golden"


def test_nothing_of_it_can_be_amended(cloud: Emulator, lift: Client, image: CustomImage) -> None:
    cloud.faults.fail("ModifyImageShareStatus", 403, "Forbidden.RAM")
    with pytest.raises(RunPaused):
        lift.share_to_ecs(image, run_id="share")
    with pytest.raises(InvalidArgument, match="can be amended"):
        lift.runs.resume("share", amend="running")


def test_the_report_names_the_image(lift: Client, image: CustomImage) -> None:
    seen = lift.share_to_ecs(image, run_id="share")
    text = lift.runs.get("share").report.to_markdown()
    assert image.id in text
    assert seen.id in text


def test_the_plan_says_that_it_costs_nothing_and_takes_no_time(lift: Client, image: CustomImage) -> None:
    plan = lift.share_to_ecs.plan(image)
    assert plan.charges == "nothing"
    assert "about 1 min" in str(plan)
    assert "<b>Cost:</b> nothing" in plan._repr_html_()
