"""Waits on the emulator: each kind of resource, by the way it is really looked at."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest

from swaslift.cloud import Cloud
from swaslift.emulator import Emulator, Quirks
from swaslift.emulator.durations import Durations
from swaslift.errors import AuthError, ResourceFailed, ResourceVanished, WaitTimeout
from swaslift.waiting import watches
from swaslift.waiting.conditions import Condition
from swaslift.waiting.poller import Poller, Progress, Waiting
from tests.cloud.doors import OTHER_REGION, REGION, door

START = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)
IDLE, WEB, IMAGE = "i-emulator-idle", "i-emulator-web-old", "m-emulator-base-hz"


@pytest.fixture
def client(cloud: Emulator) -> Cloud:
    made = door(cloud)
    assert made.account_id
    return made


def waiting(
    client: Cloud,
    condition: Condition[Any],
    within: float = math.inf,
    tell: Callable[[Progress], None] = lambda _news: None,
) -> Waiting:
    now = client.clock.monotonic()
    return Waiting(condition, since=now, deadline=now + within, tell=tell)


def wait(client: Cloud, condition: Condition[Any], within: float = math.inf) -> Any:
    """Wait, and give back the record; raises what the wait ended in."""
    w = waiting(client, condition, within)
    Poller(client).wait([w])
    if w.error is not None:
        raise w.error
    assert w.verdict is not None
    return w.verdict.record


def swas_snapshot(client: Cloud, server: str = "shop", token: str = "t1") -> str:
    (found,) = client.swas.list_instances(REGION, name=server)
    return client.swas.create_snapshot(REGION, found.system_disk.id, f"of-{server}", tags={}, token=token)


def swas_image(client: Cloud) -> str:
    (shop,) = client.swas.list_instances(REGION, name="shop")
    snapshot = swas_snapshot(client)
    wait(client, watches.swas_snapshot_done(REGION, snapshot))
    return client.swas.create_custom_image(REGION, shop.id, "image", snapshot, tags={}, token="t2")


def copy(client: Cloud, token: str = "t1", to: str = OTHER_REGION) -> str:
    return client.ecs.copy_image(REGION, IMAGE, to_region=to, name=f"copy-{token}", tags={}, token=token)


# -- each kind -------------------------------------------------------------------------------------


def test_a_swas_snapshot(client: Cloud) -> None:
    record = wait(client, watches.swas_snapshot_done(REGION, swas_snapshot(client)))
    assert (record.status, record.progress) == ("Accomplished", 100)


def test_a_swas_image(client: Cloud) -> None:
    assert wait(client, watches.swas_image_available(REGION, swas_image(client))).status == "1"


def test_an_ecs_image_is_done_when_it_is_usable_and_not_before(cloud: Emulator, client: Cloud) -> None:
    record = wait(client, watches.ecs_image_usable(OTHER_REGION, copy(client)))
    assert (record.status, record.usable) == ("Available", True)
    seen = [c for c in cloud.log.of("DescribeImages") if c.http == 200]
    assert len(seen) > 3


def test_an_ecs_snapshot(client: Cloud) -> None:
    made = client.ecs.create_snapshot(REGION, "d-emulator-idle", "backup", tags={}, token="t1")
    assert wait(client, watches.ecs_snapshot_done(REGION, made)).status == "accomplished"


def test_a_replaced_disk_and_its_instance(client: Cloud) -> None:
    disk = client.ecs.replace_system_disk(REGION, IDLE, IMAGE, token="t1")
    assert wait(client, watches.disk_in_use(REGION, disk)).instance_id == IDLE
    assert wait(client, watches.instance_stopped(REGION, IDLE)).locks == ()


def test_a_locked_instance_is_not_stopped_yet(client: Cloud) -> None:
    with pytest.raises(WaitTimeout):
        wait(client, watches.instance_stopped(REGION, "i-emulator-locked"), within=60)


def test_an_instance_stops_starts_and_answers(client: Cloud) -> None:
    client.ecs.stop_instance(REGION, WEB)
    assert wait(client, watches.instance_stopped(REGION, WEB)).status == "Stopped"
    client.ecs.start_instance(REGION, WEB)
    assert wait(client, watches.instance_running(REGION, WEB)).status == "Running"
    assert wait(client, watches.instance_answers(REGION, WEB)) == "alive"


def test_an_instance_whose_agent_is_silent_is_waited_for_until_the_deadline(client: Cloud) -> None:
    with pytest.raises(WaitTimeout, match="its state is silent"):
        wait(client, watches.instance_answers(REGION, IDLE), within=300)


def test_an_instance_that_is_released(client: Cloud) -> None:
    client.ecs.delete_instance(REGION, WEB)
    assert wait(client, watches.instance_gone(REGION, WEB)) is None


def test_a_server(client: Cloud) -> None:
    (shop,) = client.swas.list_instances(REGION, name="shop")
    assert wait(client, Condition(watches.SERVERS, REGION, shop.id)).name == "shop"


@pytest.mark.parametrize(
    ("said", "end"),
    [
        ("empty", "is gone|did not appear"),
        ("not_found", "is gone|did not appear"),
        # Of one id alone, a failed service cannot be told from an unknown server.
        ("internal_error", "server that does not exist"),
    ],
)
def test_a_server_that_is_not_there_hides_no_other(said: Any, end: str) -> None:
    with Emulator(speed=None, quirks=Quirks(unknown_server=said)) as cloud:
        client = door(cloud)
        (shop,) = client.swas.list_instances(REGION, name="shop")
        there, gone = (
            waiting(client, Condition(watches.SERVERS, REGION, i), 7200) for i in (shop.id, "gone")
        )
        Poller(client).wait([there, gone])
        assert there.verdict is not None
        assert there.verdict.outcome == "done"
        assert re.search(end, str(gone.error))


def test_what_is_settled_may_be_good_bad_or_gone(cloud: Emulator, client: Cloud) -> None:
    good, gone = swas_snapshot(client), "s-none"
    cloud.faults.fail_resource("swas_snapshot")
    bad = swas_snapshot(client, "wiki", token="t2")
    states = {}
    for snapshot in (good, bad, gone):
        record = wait(client, watches.settled(watches.SWAS_SNAPSHOTS, REGION, snapshot))
        states[snapshot] = record and record.status
    assert states == {good: "Accomplished", bad: "Failed", gone: None}


def test_what_is_seen_may_be_on_its_way(client: Cloud) -> None:
    record = wait(client, watches.seen(watches.ECS_IMAGES, OTHER_REGION, copy(client)))
    assert record.status == "Creating"
    assert wait(client, watches.seen(watches.ECS_IMAGES, OTHER_REGION, "m-none")) is None


# -- what goes wrong -------------------------------------------------------------------------------

FAILING: list[tuple[Any, Callable[[Cloud], Condition[Any]], str]] = [
    ("swas_snapshot", lambda c: watches.swas_snapshot_done(REGION, swas_snapshot(c)), "Failed"),
    ("swas_image", lambda c: watches.swas_image_available(REGION, swas_image(c)), "3"),
    ("ecs_image", lambda c: watches.ecs_image_usable(OTHER_REGION, copy(c)), "CreateFailed"),
    (
        "ecs_snapshot",
        lambda c: watches.ecs_snapshot_done(
            REGION, c.ecs.create_snapshot(REGION, "d-emulator-idle", "backup", tags={}, token="t1")
        ),
        "failed",
    ),
]


@pytest.mark.parametrize(
    ("kind", "condition", "state"), FAILING, ids=lambda v: v if isinstance(v, str) else ""
)
def test_a_resource_that_fails_ends_the_wait(
    cloud: Emulator, client: Cloud, kind: Any, condition: Callable[[Cloud], Condition[Any]], state: str
) -> None:
    cloud.faults.fail_resource(kind)
    with pytest.raises(ResourceFailed) as failed:
        wait(client, condition(client), within=7200)
    assert failed.value.last_state == state


@pytest.mark.parametrize(
    ("kind", "condition", "state"), FAILING, ids=lambda v: v if isinstance(v, str) else ""
)
def test_a_resource_that_stalls_ends_with_the_deadline(
    cloud: Emulator, client: Cloud, kind: Any, condition: Callable[[Cloud], Condition[Any]], state: str
) -> None:
    cloud.faults.stall(kind)
    waited_for = condition(client)
    cloud.log.clear()
    began = client.clock.monotonic()
    with pytest.raises(WaitTimeout):
        wait(client, waited_for, within=3600)
    assert client.clock.monotonic() - began == pytest.approx(3600, abs=1)
    assert len(cloud.log) <= 95  # an hour of looks a minute apart are 60


def test_a_list_that_lags_is_waited_for(cloud: Emulator, client: Cloud) -> None:
    cloud.faults.late_visibility(200)
    assert wait(client, watches.swas_snapshot_done(REGION, swas_snapshot(client))).status == "Accomplished"


def test_what_is_taken_away_during_the_wait_is_told(client: Cloud) -> None:
    image = copy(client)
    w = waiting(client, watches.ecs_image_usable(OTHER_REGION, image))
    poller = Poller(client)
    poller.add([w])
    client.clock.sleep(30)
    poller.look()
    client.ecs.cancel_copy_image(OTHER_REGION, image)
    poller.wait([w])
    assert isinstance(w.error, ResourceVanished)


def test_throttling_and_lost_answers_only_delay(cloud: Emulator, client: Cloud) -> None:
    image = copy(client)
    cloud.faults.throttle("DescribeImages", lockout=True, after=1)
    cloud.faults.cut("DescribeImages", times=2, after=3)
    cloud.faults.fail("DescribeImages", 503, "ServiceUnavailable", after=6)
    assert wait(client, watches.ecs_image_usable(OTHER_REGION, image)).usable
    calls = cloud.log.of("DescribeImages")
    assert [c.fault for c in calls if c.fault] == ["throttle", "cut", "cut", "fail"]
    throttled = next(n for n, c in enumerate(calls) if c.fault == "throttle")
    assert calls[throttled + 1].at.minute != calls[throttled].at.minute


def test_a_refused_identity_ends_the_wait_at_once(cloud: Emulator, client: Cloud) -> None:
    image = copy(client)
    cloud.faults.fail("DescribeImages", 403, "Forbidden.RAM")
    began = client.clock.monotonic()
    with pytest.raises(AuthError, match="RAM permission"):
        wait(client, watches.ecs_image_usable(OTHER_REGION, image))
    assert client.clock.monotonic() == began
    assert len(cloud.log.of("DescribeImages")) == 1


# -- what it costs ---------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(4))
def test_a_copy_of_about_fifteen_minutes_costs_few_looks_and_is_noticed_soon(seed: int) -> None:
    with Emulator(speed=None, start=START, seed=seed, durations=Durations(cross_region_copy=900)) as cloud:
        client = door(cloud)
        image = copy(client)
        began = client.clock.monotonic()
        wait(client, watches.ecs_image_usable(OTHER_REGION, image))
        taken = client.clock.monotonic() - began
        calls = cloud.log.of("DescribeImages")
        assert 600 < taken < 1500
        assert len(calls) <= 26  # 19 to 26 were measured, by how long the copy takes
        gaps = [(b.at - a.at).total_seconds() for a, b in pairwise(calls)]
        assert gaps[-1] <= 8  # so late it is noticed, at most


def test_many_snapshots_are_one_call_a_look(cloud: Emulator, client: Cloud) -> None:
    names = ("shop", "wiki", "batch")
    waits = [
        waiting(client, watches.swas_snapshot_done(REGION, swas_snapshot(client, n, token=n))) for n in names
    ]
    cloud.log.clear()
    Poller(client).wait(waits)
    assert all(w.verdict and w.verdict.outcome == "done" for w in waits)
    counts = [len(c.params["SnapshotIds"]) for c in cloud.log.of("ListSnapshots")]
    assert counts[0] == 3
    assert len(counts) <= 60


def test_several_images_are_one_page_and_others_are_asked_for_by_id(cloud: Emulator, client: Cloud) -> None:
    second = client.ecs.create_image(REGION, "second", instance_id=IDLE, tags={}, token="t9")
    client.clock.sleep(60)
    cloud.log.clear()
    found = watches.ECS_IMAGES.look(client, REGION, [IMAGE, second])
    assert set(found) == {IMAGE, second}
    assert len(cloud.log.of("DescribeImages")) == 1
    system = next(i.id for i in client.ecs.describe_images(REGION, owner="system"))
    cloud.log.clear()
    found = watches.ECS_IMAGES.look(client, REGION, [IMAGE, system, "m-none"])
    assert set(found) == {IMAGE, system}
    assert [c.params.get("ImageId") for c in cloud.log.of("DescribeImages")] == [None, system, "m-none"]


def test_looks_at_swas_are_at_most_ten_a_minute() -> None:
    for watch in (watches.SERVERS, watches.SWAS_SNAPSHOTS, watches.SWAS_IMAGES):
        assert watch.floor * 10 >= 60


def test_within_the_tightest_documented_budget_no_look_is_throttled() -> None:
    """Ten calls a minute of each action: what older documents allow."""
    with Emulator(speed=None, start=START, seed=7, quirks=Quirks(calls_per_minute=10)) as cloud:
        client = door(cloud)
        image = swas_image(client)
        wait(client, watches.swas_image_available(REGION, image))
        wait(client, watches.ecs_image_usable(OTHER_REGION, copy(client, "t3")))
        wait(client, watches.instance_answers(REGION, WEB))
        assert [c for c in cloud.log if c.code.startswith("Throttling")] == []


def test_waits_scale_with_the_emulators_speed() -> None:
    with Emulator(speed=600, seed=7, durations=Durations(cross_region_copy=300)) as cloud:
        client = door(cloud)
        image = copy(client)
        began, felt = time.monotonic(), client.clock.monotonic()
        assert wait(client, watches.ecs_image_usable(OTHER_REGION, image)).usable
        assert time.monotonic() - began < 2
        assert client.clock.monotonic() - felt > 200
