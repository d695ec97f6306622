"""When a call is tried again, and when it is not. Time is the emulator's; nothing really waits."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import timedelta
from importlib import resources
from itertools import pairwise
from typing import Any

import pytest

from swaslift.clock import SystemClock
from swaslift.cloud import Cloud
from swaslift.cloud.caller import Exchange
from swaslift.emulator import Emulator
from swaslift.errors import (
    ConflictError,
    ConnectError,
    InvalidRequestError,
    NoAnswerError,
    ServerError,
    ThrottledError,
)
from tests.cloud.doors import REGION, door
from tests.cloud.wires import dead_port

START_SECOND = 17


def throttling_codes() -> list[tuple[str, str, int]]:
    """Every throttling code of the contracts, by product, with its statuses."""
    found = set()
    for product in ("swas", "ecs"):
        text = resources.files("swaslift.emulator").joinpath(f"contract/{product}.json").read_text("utf-8")
        contract = json.loads(text)
        actions = [e for a in contract["actions"].values() for e in a["errors"]]
        for error in (*contract["common_errors"], *actions):
            if error["code"].startswith("Throttling"):
                found.add((product, error["code"], error["http"] or 400))
        found |= {(product, c, 400) for c in contract["throttling_codes"] if c.startswith("Throttling")}
    return sorted(found)


READS: dict[str, tuple[str, Callable[[Cloud], Any]]] = {
    "swas": ("ListRegions", lambda c: c.swas.list_regions()),
    "ecs": ("DescribeRegions", lambda c: c.ecs.describe_regions()),
}


@pytest.fixture(autouse=True)
def nobody_sleeps(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock is moved; no real time is waited for."""

    def asleep(seconds: float) -> None:
        raise AssertionError(f"somebody sleeps for {seconds} s of real time")

    monkeypatch.setattr(time, "sleep", asleep)


@pytest.fixture
def client(cloud: Emulator) -> Cloud:
    """A door, seventeen seconds into a minute."""
    cloud.clock.advance(START_SECOND)
    return door(cloud)


def swas_disk(client: Cloud) -> str:
    return next(d.id for s in client.swas.list_instances(REGION) for d in s.disks if s.name == "shop")


def snapshot(client: Cloud, token: str = "token-of-the-test") -> str:
    """A change that carries a token."""
    return client.swas.create_snapshot(REGION, swas_disk(client), "by-test", tags={}, token=token)


def running_instance(client: Cloud) -> str:
    return next(i.id for i in client.ecs.describe_instances(REGION) if i.status == "Running" and not i.locks)


# -- throttling ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("product", "code", "http"), throttling_codes())
def test_every_throttling_code_waits_for_the_next_minute_of_the_clock(
    cloud: Emulator, client: Cloud, product: str, code: str, http: int
) -> None:
    action, call = READS[product]
    cloud.faults.throttle(action, code=code, http=http, lockout=True)
    began = cloud.clock.now()
    assert call(client)
    first, second = cloud.log.of(action)
    assert (first.code, first.http, second.http) == (code, http, 200)
    minute = began.replace(second=0) + timedelta(minutes=1)
    assert timedelta(0) < second.at - minute <= timedelta(seconds=2)


@pytest.mark.parametrize("http", [400, 403, 429, 503])
def test_what_the_service_says_about_when_to_retry_is_milliseconds_and_is_kept_to(
    cloud: Emulator, client: Cloud, http: int
) -> None:
    cloud.faults.throttle("ListRegions", http=http, retry_after_ms=4200)
    client.swas.list_regions()
    first, second = cloud.log.of("ListRegions")
    assert 4.2 <= (second.at - first.at).total_seconds() <= 4.7


def test_a_throttled_change_is_repeated_with_the_same_token(cloud: Emulator, client: Cloud) -> None:
    cloud.faults.throttle("CreateSnapshot", times=2)
    made = snapshot(client)
    calls = cloud.log.of("CreateSnapshot")
    assert [c.http for c in calls] == [400, 400, 200]
    assert {c.client_token for c in calls} == {"token-of-the-test"}
    assert [s.id for s in client.swas.list_snapshots(REGION) if s.name == "by-test"] in ([made], [])
    assert len(cloud.log.writes()) == 1


def test_a_throttled_change_without_a_token_is_repeated_too(cloud: Emulator, client: Cloud) -> None:
    instance = running_instance(client)
    cloud.faults.throttle("StopInstance")
    client.ecs.stop_instance(REGION, instance)
    assert [c.http for c in cloud.log.of("StopInstance")] == [400, 200]


def test_throttling_is_not_counted_as_a_failed_attempt(cloud: Emulator, client: Cloud) -> None:
    times = client.policy.attempts + 3
    cloud.faults.throttle("ListRegions", times=times, retry_after_ms=1000)
    client.swas.list_regions()
    assert len(cloud.log.of("ListRegions")) == times + 1


def test_patience_bounds_the_whole_time(cloud: Emulator, client: Cloud) -> None:
    client.policy.patience = 150
    cloud.faults.throttle("ListRegions", times=99)
    began = cloud.clock.now()
    with pytest.raises(ThrottledError, match="all tools of the account"):
        client.swas.list_regions()
    assert (cloud.clock.now() - began).total_seconds() <= 150
    assert len(cloud.log.of("ListRegions")) == 3  # at once, and in each of the next two minutes


def test_a_pause_that_patience_does_not_cover_is_not_begun(cloud: Emulator, client: Cloud) -> None:
    client.policy.patience = 5
    cloud.faults.throttle("ListRegions", retry_after_ms=60_000)
    began = cloud.clock.now()
    with pytest.raises(ThrottledError) as failed:
        client.swas.list_regions()
    assert cloud.clock.now() == began
    assert failed.value.retry_after == 60.0


# -- no answer, and failed servers -----------------------------------------------------------------

HARM: dict[str, Callable[[Emulator, str, int], None]] = {
    "answer lost": lambda cloud, action, times: cloud.faults.lose_answer(action, times),
    "cut": lambda cloud, action, times: cloud.faults.cut(action, times),
    "500": lambda cloud, action, times: cloud.faults.fail(action, 500, "InternalError", times=times),
    "503": lambda cloud, action, times: cloud.faults.fail(action, 503, "ServiceUnavailable", times=times),
}


@pytest.mark.parametrize("harm", HARM)
def test_a_read_is_repeated(cloud: Emulator, client: Cloud, harm: str) -> None:
    HARM[harm](cloud, "ListRegions", 2)
    assert REGION in client.swas.list_regions()
    assert len(cloud.log.of("ListRegions")) == 3


@pytest.mark.parametrize("harm", HARM)
def test_a_change_with_a_token_is_repeated_and_carried_out_once(
    cloud: Emulator, client: Cloud, harm: str
) -> None:
    swas_disk(client)
    HARM[harm](cloud, "CreateSnapshot", 2)
    made = snapshot(client)
    calls = cloud.log.of("CreateSnapshot")
    assert len(calls) == 3
    assert {c.client_token for c in calls} == {"token-of-the-test"}
    assert len(cloud.log.writes()) == 1
    cloud.clock.advance(60)
    assert [s.id for s in client.swas.list_snapshots(REGION) if s.name == "by-test"] == [made]


@pytest.mark.parametrize("harm", HARM)
def test_a_change_without_a_token_is_sent_once_and_goes_up(cloud: Emulator, client: Cloud, harm: str) -> None:
    instance = running_instance(client)
    HARM[harm](cloud, "StopInstance", 1)
    with pytest.raises((NoAnswerError, ServerError)):
        client.ecs.stop_instance(REGION, instance)
    assert len(cloud.log.of("StopInstance")) == 1


def test_a_dry_run_changes_nothing_and_is_repeated_like_a_read(cloud: Emulator, client: Cloud) -> None:
    cloud.faults.lose_answer("RunInstances", times=2)
    request = {"RegionId": REGION, "InstanceType": "ecs.g7.large", "ImageId": "m-none"}
    refused = client.ecs.dry_run_instances(REGION, request)
    assert refused is not None
    assert len(cloud.log.of("RunInstances")) == 3


def test_tries_come_to_an_end_and_the_pauses_between_them_grow(cloud: Emulator, client: Cloud) -> None:
    cloud.faults.cut("ListRegions", times=99)
    with pytest.raises(NoAnswerError, match="may or may not have been carried out"):
        client.swas.list_regions()
    calls = cloud.log.of("ListRegions")
    assert len(calls) == client.policy.attempts == 5
    pauses = [(b.at - a.at).total_seconds() for a, b in pairwise(calls)]
    bounds = [(1, 2), (2, 4), (4, 8), (8, 16)]
    assert all(low <= p <= high for p, (low, high) in zip(pauses, bounds, strict=True))


def test_an_answer_that_is_late_is_no_answer(cloud: Emulator) -> None:
    client = door(cloud, read_timeout=0.3)
    instance = running_instance(client)
    cloud.faults.slow("StopInstance", 0.6)
    with pytest.raises(
        NoAnswerError, match=r"StopInstance: no answer from http://127.*no answer in time"
    ) as late:
        client.ecs.stop_instance(REGION, instance)
    assert late.value.endpoint == cloud.endpoint_url


def test_a_read_whose_answer_is_late_is_repeated(cloud: Emulator) -> None:
    client = door(cloud, read_timeout=0.3)
    assert client.account_id
    cloud.faults.slow("ListRegions", 0.5)
    assert REGION in client.swas.list_regions()


def test_a_connection_that_cannot_be_made_is_tried_again_also_for_a_change(
    cloud: Emulator, client: Cloud
) -> None:
    tried: list[Exchange] = []
    url = f"http://127.0.0.1:{dead_port()}"
    dead = door(cloud, endpoint_url=url, clock=client.clock)
    dead.observe(tried.append)
    with pytest.raises(ConnectError, match=f"{url} cannot be reached.*Nothing was sent.*Check") as failed:
        dead.ecs.stop_instance(REGION, "i-1")
    assert failed.value.action == "StopInstance"
    assert [t.phase for t in tried] == ["before", "after"] * client.policy.attempts


# -- definite answers ------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["IdempotentProcessing", "LastTokenProcessing"])
def test_a_call_that_is_still_being_processed_is_asked_again_until_it_is_done(
    cloud: Emulator, client: Cloud, code: str
) -> None:
    times = client.policy.attempts + 2
    cloud.faults.fail("CreateSnapshot", 403, code, times=times)
    assert snapshot(client)
    calls = cloud.log.of("CreateSnapshot")
    assert len(calls) == times + 1
    assert {c.client_token for c in calls} == {"token-of-the-test"}


def test_one_that_never_gets_processed_ends_with_the_patience(cloud: Emulator, client: Cloud) -> None:
    cloud.faults.fail("CreateSnapshot", 403, "IdempotentProcessing", times=999)
    began = cloud.clock.now()
    with pytest.raises(ConflictError, match="still being processed"):
        snapshot(client)
    taken = (cloud.clock.now() - began).total_seconds()
    assert client.policy.patience - 25 <= taken <= client.policy.patience


def test_a_state_that_passes_is_waited_for_a_little(cloud: Emulator, client: Cloud) -> None:
    instance = running_instance(client)
    cloud.faults.fail("StopInstance", 403, "IncorrectInstanceStatus", times=2)
    client.ecs.stop_instance(REGION, instance)
    assert [c.http for c in cloud.log.of("StopInstance")] == [403, 403, 200]


def test_a_definite_refusal_is_not_repeated(cloud: Emulator, client: Cloud) -> None:
    began = cloud.clock.now()
    cloud.faults.fail("CreateSnapshot", 400, "InvalidSnapshotName.Malformed")
    with pytest.raises(InvalidRequestError):
        snapshot(client)
    assert len(cloud.log.of("CreateSnapshot")) == 1
    assert cloud.clock.now() == began


@pytest.mark.parametrize("harm", [*HARM, "throttled"])
def test_a_poller_paces_itself_and_is_told_at_once(cloud: Emulator, client: Cloud, harm: str) -> None:
    assert client.account_id
    began = cloud.clock.now()
    if harm == "throttled":
        cloud.faults.throttle("ListSnapshots")
    else:
        HARM[harm](cloud, "ListSnapshots", 1)
    with pytest.raises((NoAnswerError, ServerError, ThrottledError)):
        list(client.swas.list_snapshots(REGION, patient=False))
    assert len(cloud.log.of("ListSnapshots")) == 1
    assert cloud.clock.now() == began


def test_calls_that_succeed_in_one_second_ask_for_the_time_once(cloud: Emulator) -> None:
    client = door(cloud, clock=(clock := _Asked()))
    for _ in range(5):
        client.swas.list_regions()
    assert clock.times == 1


class _Asked(SystemClock):
    """Counts how often it is asked."""

    times = 0

    def monotonic(self) -> float:
        self.times += 1
        return super().monotonic()
