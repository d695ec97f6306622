"""Copies that have to wait for one another: of one image, and more than five into a region."""

from __future__ import annotations

import pytest

from swaslift import Client
from swaslift.emulator import Emulator, Quirks
from swaslift.errors import RunPaused
from swaslift.models import EcsImage
from tests.support import client_of

HZ, SGP, FRA = "cn-hangzhou", "ap-southeast-1", "eu-central-1"
BASE = "m-emulator-base-hz"
CONFLICT = "OperationDenied.ImageCopyConflict"


def answers(cloud: Emulator) -> list[str]:
    """The codes of each CopyImage, empty for those that were taken."""
    return [c.code for c in cloud.log.attempted_writes() if c.action == "CopyImage"]


def test_a_second_run_goes_on_by_itself_when_the_copy_of_the_first_is_over() -> None:
    quirks = Quirks(one_image_to_many_regions="refused")
    with Emulator(speed=None, quirks=quirks) as cloud, client_of(cloud) as lift:
        news: list[tuple[str, str, str]] = []
        lift.listen(lambda e: news.append((e.run_id, e.kind, e.text)))
        first = lift.copy_to_region.start(BASE, SGP, name="first", run_id="first")
        second = lift.copy_to_region.start(BASE, FRA, name="second", run_id="second")
        images = [run.result(timeout=60) for run in (first, second)]
        assert [(i.region_id, i.name) for i in images] == [(SGP, "first"), (FRA, "second")]
        taken = [c.at for c in cloud.log.writes() if c.action == "CopyImage"]
        assert len(taken) == 2
        there = lift.ecs.images.get(images[0].id, region=SGP).created_at
        assert there is not None
        assert set(answers(cloud)) == {"", CONFLICT}
        # One try a minute, not more.
        assert answers(cloud).count(CONFLICT) <= (taken[1] - taken[0]).total_seconds() / 60 + 2
        assert [t for r, k, t in news if (r, k) == ("second", "waiting") and CONFLICT in t] != []
        assert any(CONFLICT in text for _, kind, text in second.report.events if kind == "waiting")


def test_two_runs_into_one_region_make_one_copy_after_the_other(cloud: Emulator, lift: Client) -> None:
    runs = [lift.copy_to_region.start(BASE, SGP, name=n, run_id=n) for n in ("first", "second")]
    assert [run.result(timeout=60).name for run in runs] == ["first", "second"]
    assert {i.name for i in lift.ecs.images.list(SGP)} == {"first", "second"}


def test_a_copy_that_stays_in_the_way_pauses_the_run_in_the_end(cloud: Emulator, lift: Client) -> None:
    cloud.faults.fail("CopyImage", 400, CONFLICT, times=10_000)
    began = cloud.clock.now()
    with pytest.raises(RunPaused, match="wait for that copy"):
        lift.copy_to_region(BASE, SGP, run_id="copy")
    assert 6 <= (cloud.clock.now() - began).total_seconds() / 3600 < 6.5
    cloud.faults.calls.clear()
    assert isinstance(lift.runs.resume("copy"), EcsImage)
    assert len(list(lift.ecs.images.list(SGP))) == 1


def test_a_run_that_rests_can_be_cancelled_and_gone_on_with(cloud: Emulator, lift: Client) -> None:
    cloud.faults.fail("CopyImage", 400, CONFLICT, times=10_000)
    run = lift.copy_to_region.start(BASE, SGP, name="one", run_id="copy")
    run.cancel()
    with pytest.raises(RunPaused, match="cancelled"):
        run.result(timeout=60)
    cloud.faults.calls.clear()
    assert lift.runs.resume("copy").name == "one"


def test_a_sixth_copy_into_a_region_waits_in_the_queue_of_the_service(cloud: Emulator, lift: Client) -> None:
    images = []
    for n in range(6):
        images.append(
            lift.cloud.ecs.copy_image(HZ, BASE, to_region=HZ, name=f"own-{n}", tags={}, token=f"own-{n}")
        )
        cloud.clock.advance(4 * 3600)
    begun = len(cloud.log.attempted_writes())
    seen: set[str] = set()

    def look(_event: object) -> None:
        seen.update(str(i.get("Status")) for i in cloud.state()["1234567890123456"]["ecs"]["images"].values())

    lift.listen(look)
    runs = [
        lift.copy_to_region.start(i, SGP, name=f"far-{n}", run_id=f"copy-{n}") for n, i in enumerate(images)
    ]
    assert [run.result(timeout=60).name for run in runs] == [f"far-{n}" for n in range(6)]
    assert "Waiting" in seen
    # Each was sent once: the queue is the service's own.
    assert [c.action for c in cloud.log.attempted_writes()[begun:]] == ["CopyImage"] * 6
