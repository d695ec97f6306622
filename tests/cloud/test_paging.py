"""Lists: fetched as they are asked for, complete, and over when they are over."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from swaslift.clock import VirtualClock
from swaslift.cloud import Cloud
from swaslift.emulator import Emulator, Quirks
from swaslift.errors import NotFoundError, ServerError, UnreadableAnswer
from swaslift.models import Identity
from tests.cloud.crowd import MORE, crowded
from tests.cloud.doors import REGION, door
from tests.cloud.wires import foreign


@pytest.fixture(scope="module")
def big() -> Iterator[Emulator]:
    """Many of everything; the tests here change nothing."""
    with Emulator(crowded(), speed=None, start=datetime(2026, 11, 1, 8, 0, tzinfo=UTC), seed=7) as running:
        yield running


@pytest.fixture
def client(big: Emulator) -> Iterator[Cloud]:
    made = door(big)
    assert made.account_id
    big.log.clear()
    yield made
    big.log.clear()


LISTS: list[tuple[str, int, Callable[[Cloud], Iterator[Any]]]] = [
    ("ListInstances", 100, lambda c: c.swas.list_instances(REGION)),
    ("ListDisks", 100, lambda c: c.swas.list_disks(REGION)),
    ("DescribeImages", 100, lambda c: c.ecs.describe_images(REGION, owner="self")),
    ("DescribeInstances", 100, lambda c: c.ecs.describe_instances(REGION)),
    ("DescribeDisks", 100, lambda c: c.ecs.describe_disks(REGION)),
    ("DescribeSecurityGroups", 100, lambda c: c.ecs.describe_security_groups(REGION)),
    ("DescribeKeyPairs", 50, lambda c: c.ecs.describe_key_pairs(REGION)),
]


@pytest.mark.parametrize(("action", "size", "items"), LISTS, ids=lambda v: v if isinstance(v, str) else "")
def test_a_list_is_fetched_page_by_page_as_it_is_read(
    big: Emulator, client: Cloud, action: str, size: int, items: Callable[[Cloud], Iterator[Any]]
) -> None:
    listed = items(client)
    assert not big.log  # nothing is asked before the first item is
    next(listed)
    assert len(big.log.of(action)) == 1
    for _ in range(size - 1):
        next(listed)
    assert len(big.log.of(action)) == 1
    next(listed)
    assert len(big.log.of(action)) == 2


@pytest.mark.parametrize(("action", "size", "items"), LISTS, ids=lambda v: v if isinstance(v, str) else "")
def test_a_list_is_complete_and_ends_with_its_last_page(
    big: Emulator, client: Cloud, action: str, size: int, items: Callable[[Cloud], Iterator[Any]]
) -> None:
    names = [getattr(i, "id", None) or i.name for i in items(client)]
    assert len(names) > MORE
    assert len(names) == len(set(names))
    assert len(big.log.of(action)) == -(-len(names) // size)


def test_a_full_last_page_is_followed_by_one_look(cloud: Emulator) -> None:
    """Numbered pages have no other sign of the end that can be trusted."""
    client = door(cloud)
    count = len(list(client.swas.list_instances(REGION)))
    cloud.log.clear()
    pages = client.caller.pages(
        "swas",
        "ListInstances",
        REGION,
        {"RegionId": REGION},
        ["Instances"],
        lambda i: i.needed("InstanceId"),
        size=count,
    )
    assert len(list(pages)) == count
    assert len(cloud.log.of("ListInstances")) == 2


def test_a_hundred_ids_are_one_call(big: Emulator, client: Cloud) -> None:
    swas = [f"{n:032x}" for n in range(100)]
    assert sorted(s.id for s in client.swas.list_instances(REGION, ids=swas)) == swas
    ecs = [f"i-crowd-{n:03}" for n in range(100)]
    assert sorted(i.id for i in client.ecs.describe_instances(REGION, ids=ecs)) == ecs
    assert [c.action for c in big.log] == ["ListInstances", "DescribeInstances"]


def test_the_agents_of_fifty_instances_are_one_call(big: Emulator, client: Cloud) -> None:
    ids = [f"i-crowd-{n:03}" for n in range(50)]
    assert client.ecs.cloud_assistant_alive(REGION, ids) == set(ids)
    assert len(big.log) == 1


def test_no_ids_at_all_give_nothing_and_cost_nothing(big: Emulator, client: Cloud) -> None:
    for none in (
        client.swas.list_instances(REGION, ids=[]),
        client.swas.list_snapshots(REGION, ids=[]),
        client.swas.list_custom_images(REGION, ids=[]),
        client.ecs.describe_instances(REGION, ids=[]),
        client.ecs.describe_disks(REGION, ids=[]),
        client.ecs.describe_snapshots(REGION, ids=[]),
        client.ecs.describe_security_groups(REGION, ids=[]),
    ):
        assert list(none) == []
    assert not big.log


@pytest.mark.parametrize("said", ["empty", "not_found", "internal_error"])
def test_an_id_that_is_not_there_gives_nothing_and_does_not_hide_the_others(said: Any) -> None:
    with Emulator(crowded(), speed=None, quirks=Quirks(unknown_server=said)) as cloud:
        client = door(cloud, clock=VirtualClock())
        client.policy.attempts = 1
        wanted = [f"{n:032x}" for n in range(30)]
        found = client.swas.list_instances(REGION, ids=[*wanted[:7], "gone", *wanted[7:]])
        assert sorted(s.id for s in found) == wanted
        alone = client.swas.list_instances(REGION, ids=["gone"])
        if said == "internal_error":
            with pytest.raises(ServerError, match="server that does not exist, or not in this region"):
                list(alone)
        else:
            assert list(alone) == []
        assert len(cloud.log.of("ListInstances")) < 18


def test_a_service_that_fails_as_a_whole_is_not_asked_for_each_id(cloud: Emulator) -> None:
    cloud.faults.fail("ListInstances", 500, "InternalError", times=1000)
    client = door(cloud)
    with pytest.raises(ServerError, match="The service failed"):
        list(client.swas.list_instances(REGION, ids=[str(n) for n in range(100)], patient=False))
    assert len(cloud.log.of("ListInstances")) < 20


def test_a_filter_that_is_not_there_is_told(cloud: Emulator) -> None:
    cloud.faults.fail("ListSnapshots", 404, "InvalidDiskId.NotFound")
    with pytest.raises(NotFoundError):
        list(door(cloud).swas.list_snapshots(REGION, disk_id="d-gone"))


# Answers that the emulator does not give, from a server that says what it is told.


def answer(names: list[str], **fields: Any) -> bytes:
    images = [{"ImageId": n, "Name": n, "Status": "1"} for n in names]
    return json.dumps({"RequestId": "r", "CustomImages": images, **fields}).encode()


def listed(*bodies: bytes, then: bytes | None = None) -> tuple[list[str], list[str]]:
    """The ids that a list of custom images gives, and the numbers of the pages that were asked for."""
    last = bodies[-1] if then is None else then
    with foreign(bodies=list(bodies), body=last, content_type="application/json") as (url, said):
        client = told(url)
        try:
            found = [i.id for i in client.swas.list_custom_images(REGION)]
        finally:
            asked.clear()
            asked.extend(parse_qs(urlsplit(target).query)["PageNumber"][0] for _, target, _ in said.requests)
    return found, list(asked)


def told(url: str) -> Cloud:
    client = door(endpoint_url=url, access_key_id="a", access_key_secret="b", clock=VirtualClock())
    client._identity._kept.append(Identity(account_id="1"))
    return client


asked: list[str] = []
MANY = [f"m-{n}" for n in range(250)]


def test_totals_that_are_missing_or_too_small_neither_end_a_list_nor_make_it_endless() -> None:
    for total in ("101", 101, "0", 1, "", None):
        found, pages = listed(answer(MANY[:100], TotalCount=total), answer(["m-x"], TotalCount=total))
        assert found == [*MANY[:100], "m-x"]
        assert pages == ["1", "2"]


@pytest.mark.parametrize(
    "sizes", [[100, 100, 50], [100, 99, 51], [100, 0, 100], [97, 100, 53], [0, 0, 3], [10] * 25], ids=str
)
def test_a_list_goes_on_to_its_total_whatever_its_pages_hold(sizes: list[int]) -> None:
    bodies, total = [], sum(sizes)
    for n, size in enumerate(sizes):
        first = sum(sizes[:n])
        bodies.append(answer(MANY[first : first + size], TotalCount=total))
    assert listed(*bodies, then=answer([], TotalCount=total))[0] == MANY[:total]


def test_a_page_size_that_the_service_caps_is_noticed() -> None:
    found, pages = listed(
        answer(MANY[:50], PageSize="50"), answer(MANY[50:100], PageSize=50), then=answer([])
    )
    assert found == MANY[:100]
    assert pages == ["1", "2", "3"]


def test_what_pages_repeat_is_given_once_and_counted_once() -> None:
    """Something was added in front while the pages were read, so that all moved on by one."""
    found, _ = listed(
        answer(MANY[1:101], TotalCount=149), answer(MANY[100:150], TotalCount=150), answer(MANY[:100])
    )
    assert sorted(found) == sorted(MANY[:150])
    assert len(found) == len(set(found))


def test_a_total_that_shrinks_while_pages_are_read_is_the_last_one_said() -> None:
    assert len(listed(answer(MANY[:100], TotalCount=250), answer(["m-x"], TotalCount=101))[0]) == 101


@pytest.mark.parametrize(
    "then",
    [answer([], TotalCount=500, PageSize="0"), answer(MANY[:100], TotalCount=500)],
    ids=["empty", "same"],
)
def test_a_list_that_stays_short_of_its_total_is_an_error_and_no_end(then: bytes) -> None:
    with pytest.raises(UnreadableAnswer) as raised:
        listed(then)
    error = raised.value
    assert (error.action, error.field, error.value) == ("ListCustomImages", "TotalCount", "500")
    assert len(asked) <= 3 * 9


@pytest.mark.parametrize("total", [{}, {"TotalCount": 4}])
def test_a_token_that_leads_nowhere_is_an_error_unless_nothing_is_missing(total: dict[str, int]) -> None:
    body = {"RequestId": "r", "NextToken": "same", "Instances": {"Instance": [{"InstanceId": "i-1"}]}}
    with foreign(body=json.dumps(body | total).encode(), content_type="application/json") as (url, said):
        with pytest.raises(UnreadableAnswer, match="NextToken is 'same'"):
            list(told(url).ecs.describe_instances(REGION))
        assert len(said.requests) == 6
        said.body = json.dumps(body | {"TotalCount": 1}).encode()
        assert [i.id for i in told(url).ecs.describe_instances(REGION)] == ["i-1"]


def test_tokens_without_end_come_to_an_end() -> None:
    def page(n: int) -> bytes:
        return json.dumps({"RequestId": "r", "NextToken": f"t{n}", "Instances": {"Instance": []}}).encode()

    with (
        foreign(bodies=[page(n) for n in range(1000)], content_type="application/json") as (url, said),
        pytest.raises(UnreadableAnswer),
    ):
        list(told(url).ecs.describe_instances(REGION))
    assert len(said.requests) < 200


def test_an_empty_page_with_a_token_is_not_the_last() -> None:
    def page(ids: list[str], token: str) -> bytes:
        items = {"Instance": [{"InstanceId": i} for i in ids]}
        return json.dumps({"RequestId": "r", "NextToken": token, "Instances": items}).encode()

    bodies = [page([], "a"), page(["i-1"], "b"), page([], "c"), page(["i-2"], "")]
    with foreign(bodies=bodies, content_type="application/json") as (url, _):
        assert [i.id for i in told(url).ecs.describe_instances(REGION)] == ["i-1", "i-2"]


def test_a_list_that_is_missing_is_unreadable_unless_the_total_is_nothing() -> None:
    assert listed(b'{"RequestId": "r", "TotalCount": "0"}')[0] == []
    for body in (b'{"RequestId": "r"}', b'{"RequestId": "r", "CustomImages": null}'):
        with pytest.raises(UnreadableAnswer, match="CustomImages is missing, expected a list"):
            listed(body)
