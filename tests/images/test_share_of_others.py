"""The share of an image with ECS: a run withdraws what it shared itself, once nobody else needs it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from swaslift import Client, Consent, Script, fork, named
from swaslift.emulator import Emulator, Quirks
from swaslift.errors import RunPaused
from swaslift.models import CustomImage
from tests.images.conftest import make_image
from tests.support import client_of, new_instance

HZ, SGP, BJ, FRA = "cn-hangzhou", "ap-southeast-1", "cn-beijing", "eu-central-1"
ANY = Consent.charges(max_monthly=1e6, max_total=1e6)
QUIRKS = [
    pytest.param(Quirks(), id="usual"),
    pytest.param(Quirks(swas_image_id_in_ecs="different", swas_image_owner_alias="self"), id="other-id"),
    pytest.param(Quirks(shared_image_cross_region_copy="allowed"), id="straight"),
    pytest.param(Quirks(same_region_copy="encrypted_only"), id="encrypted"),
]


def shared(lift: Client, image: CustomImage) -> bool:
    return lift.images.get(image.id).shared_to_ecs


def changes(cloud: Emulator) -> list[Any]:
    return [c.params["Operation"] for c in cloud.log.writes() if c.action == "ModifyImageShareStatus"]


def pause(cloud: Emulator, lift: Client, image: CustomImage, region: str, run_id: str) -> None:
    """A copy that has shared the image, and then pauses."""
    cloud.faults.fail("CopyImage", 403, "Forbidden.RAM")
    with pytest.raises(RunPaused, match=r"Forbidden\.RAM"):
        lift.copy_to_region(image, region, run_id=run_id)


def withdraw(lift: Client, image: CustomImage) -> None:
    """What somebody does in the console, whatever runs there are."""
    lift.cloud.swas.modify_image_share_status(image.region_id, image.id, "UnShare", token="away")


def left(lift: Client, run_id: str) -> str:
    return " ".join(lift.runs.get(run_id).report.left)


def test_a_share_that_came_after_the_plan_is_left(cloud: Emulator, lift: Client, image: CustomImage) -> None:
    plan = lift.copy_to_region.plan(image, SGP, run_id="copy")
    assert any(s.name == "unshare" for s in plan.steps)
    seen = lift.share_to_ecs(image)
    lift.launch_instances(seen, new_instance(), consent=[ANY])
    plan.apply()
    assert shared(lift, image)
    assert "stays shared with ECS: it was shared before the run" in left(lift, "copy")
    lift.runs.get("copy").undo()
    assert shared(lift, image)


def test_instances_that_were_left_without_a_share_before_do_not_keep_it(
    cloud: Emulator, lift: Client, image: CustomImage
) -> None:
    lift.launch_instances(lift.share_to_ecs(image), new_instance(), consent=[ANY])
    lift.unshare_from_ecs(image, consent=[Consent.unshare(image.id)])
    cloud.clock.advance(120)
    lift.copy_to_region(image, SGP, run_id="copy")
    assert not shared(lift, image)


@pytest.mark.parametrize("instance", [False, True])
def test_a_share_that_somebody_came_to_use_meanwhile_is_left(
    cloud: Emulator, lift: Client, image: CustomImage, instance: bool
) -> None:
    pause(cloud, lift, image, SGP, "copy")
    if instance:
        seen = next(iter(lift.cloud.ecs.describe_images(HZ, image_id=image.id)))
        launched = lift.launch_instances(seen, new_instance(), consent=[ANY]).instances[0].id
        why = f"({launched}) was made from it"
    else:
        lift.share_to_ecs(image, run_id="mine")
        why = "run 'mine' has shared it to stay so"
    lift.runs.resume("copy")
    assert shared(lift, image)
    assert why in left(lift, "copy")


def test_a_copy_of_another_machine_keeps_it(cloud: Emulator, lift: Client, image: CustomImage) -> None:
    def other(event: Any) -> None:
        if (event.kind, event.name) == ("done", "copy-here-usable"):
            lift.cloud.ecs.copy_image(
                HZ, image.id, to_region=HZ, name="other", tags={"swaslift-run": "elsewhere"}, token="o"
            )
            cloud.clock.advance(30)  # lists lag

    lift.listen(other)
    lift.copy_to_region(image, HZ, run_id="copy")
    assert shared(lift, image)
    assert "the copy other" in left(lift, "copy")


@pytest.mark.parametrize("quirks", QUIRKS)
@pytest.mark.parametrize("late", [False, True])
def test_one_that_pauses_keeps_its_share_when_another_ends(quirks: Quirks, late: bool) -> None:
    with Emulator(speed=None, quirks=quirks) as cloud, client_of(cloud) as lift:
        image = make_image(cloud, lift, "golden")
        plan = lift.copy_to_region.plan(image, SGP, run_id="a") if late else None
        pause(cloud, lift, image, BJ, "b")
        plan = plan or lift.copy_to_region.plan(image, SGP, run_id="a")
        plan.apply()
        assert shared(lift, image)
        assert lift.runs.resume("b").region_id == BJ
        assert not shared(lift, image), "who shared it withdraws it"
        assert changes(cloud) == ["Share", "UnShare"]


def test_the_one_that_shared_hands_on_to_the_one_that_is_left(
    cloud: Emulator, lift: Client, image: CustomImage
) -> None:
    pause(cloud, lift, image, SGP, "first")
    pause(cloud, lift, image, BJ, "second")
    lift.runs.resume("first")
    assert shared(lift, image)
    assert "run 'second' (copy_to_region), which is paused, needs it" in left(lift, "first")
    lift.runs.resume("second")
    assert not shared(lift, image)
    assert changes(cloud) == ["Share", "UnShare"]


@pytest.mark.parametrize("quirks", QUIRKS)
@pytest.mark.parametrize("region", [HZ, SGP])
def test_what_somebody_withdrew_is_shared_again(quirks: Quirks, region: str) -> None:
    with Emulator(speed=None, quirks=quirks) as cloud, client_of(cloud) as lift:
        image = make_image(cloud, lift, "golden")
        pause(cloud, lift, image, region, "copy")
        withdraw(lift, image)
        cloud.clock.advance(60)
        assert lift.runs.resume("copy").region_id == region
        assert changes(cloud) == ["Share", "UnShare", "Share", "UnShare"]
        assert not shared(lift, image)
        assert lift.runs.get("copy").undo().left == ()
        assert not shared(lift, image)


def test_what_another_withdrew_is_the_runs_own_when_it_shares_it_again(
    cloud: Emulator, lift: Client, image: CustomImage
) -> None:
    lift.share_to_ecs(image)
    pause(cloud, lift, image, SGP, "copy")
    withdraw(lift, image)
    lift.runs.resume("copy")
    assert not shared(lift, image)


def test_an_image_that_is_deleted_pauses_with_a_word_on_it(
    cloud: Emulator, lift: Client, image: CustomImage
) -> None:
    pause(cloud, lift, image, SGP, "copy")
    withdraw(lift, image)
    lift.cloud.swas.delete_custom_image(HZ, image.id, token="gone")
    cloud.clock.advance(60)
    for _ in range(2):
        with pytest.raises(RunPaused, match=r"ModifyImageShareStatus.*InvalidImageId\.NotFound"):
            lift.runs.resume("copy")
    lift.runs.get("copy").undo()


def test_a_share_withdrawn_before_it_is_seen_is_made_anew(
    cloud: Emulator, lift: Client, image: CustomImage
) -> None:
    times: list[str] = []

    def away(event: Any) -> None:
        if (event.kind, event.name) == ("done", "share") and not times:
            times.append(event.name)
            withdraw(lift, image)

    lift.listen(away)
    with pytest.raises(RunPaused) as caught:
        lift.copy_to_region(image, SGP, run_id="copy")
    assert "share is made anew" in caught.value.remedy
    assert lift.runs.resume("copy").region_id == SGP
    assert not shared(lift, image)


def test_branches_of_a_chain_share_once(cloud: Emulator, lift: Client, image: CustomImage) -> None:
    @lift.chain
    def both(image: str) -> Script[None]:
        yield from fork(
            "to",
            {
                "near": lift.copy_to_region.part(image, HZ),
                "far": lift.copy_to_region.part(image, SGP),
            },
        )
        yield from named("later", lift.copy_to_region.part(image, FRA))

    both("golden", run_id="both")
    assert {r for r in (HZ, SGP, FRA) if list(lift.ecs.images.list(r))} >= {HZ, SGP, FRA}
    assert not shared(lift, image)
    assert changes(cloud) == ["Share", "UnShare"] * 2


def test_a_chain_that_shares_to_stay_stays_shared(cloud: Emulator, lift: Client, image: CustomImage) -> None:
    @lift.chain
    def both(image: str) -> Script[None]:
        yield from lift.share_to_ecs.part(image)
        yield from lift.copy_to_region.part(image, SGP)

    both("golden", run_id="both")
    assert shared(lift, image)


CHILD = """
import sys
from swaslift import Client
key, secret, url, image, region = sys.argv[1:]
lift = Client(region="cn-hangzhou", endpoint_url=url, access_key_id=key, access_key_secret=secret)
print(lift.copy_to_region(image, region, run_id=f"to-{region}").region_id)
"""


def test_two_processes_that_copy_one_image_both_end_well(tmp_path: Path) -> None:
    with Emulator(speed=None) as cloud, client_of(cloud) as lift:
        image = make_image(cloud, lift, "golden")
        environment = cloud.environment()
        keys = [environment[f"ALIBABA_CLOUD_ACCESS_KEY_{k}"] for k in ("ID", "SECRET")]
        children = [
            subprocess.Popen(
                [sys.executable, "-c", CHILD, *keys, cloud.endpoint_url, image.id, region],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for region in (SGP, BJ)
        ]
        told = [child.communicate(timeout=120) for child in children]
        assert [out.strip() for out, _ in told] == [SGP, BJ], told
        assert all(len(list(lift.ecs.images.list(r))) == 1 for r in (SGP, BJ))
        lefts = left(lift, f"to-{SGP}") + left(lift, f"to-{BJ}")
        assert not shared(lift, image) or "stays shared with ECS" in lefts
