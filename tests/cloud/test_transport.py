"""How requests leave the machine: proxies, redirects, foreign answers, connections."""

from __future__ import annotations

import json
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from swaslift.clock import VirtualClock
from swaslift.cloud import Cloud
from swaslift.cloud.actions import ASK_FOR_REGIONS
from swaslift.cloud.transport import POOL_SIZE, Transport, goes_straight
from swaslift.emulator import Emulator
from swaslift.errors import ConnectError, NoAnswerError, SwasliftError, UnreadableAnswer
from tests.cloud.doors import REGION, door
from tests.cloud.wires import dead_port, foreign, proxy, turnstile

FAR = "http://swas.example:8080"
"""A host that no test can reach, other than through a proxy."""


def once(client: Cloud) -> Cloud:
    """The same door, which tries each call once."""
    client.policy.attempts = 1
    return client


# -- proxies ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("no_proxy", [None, "", "example.com"])
def test_calls_to_loopback_pass_by_a_dead_proxy(
    cloud: Emulator, monkeypatch: pytest.MonkeyPatch, no_proxy: str | None
) -> None:
    dead = f"http://127.0.0.1:{dead_port()}"
    for variable in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setenv(variable, dead)
    if no_proxy is not None:
        monkeypatch.setenv("NO_PROXY", no_proxy)
    assert door(cloud).account_id == "1234567890123456"


def test_a_host_that_no_proxy_does_not_name_is_called_through_the_proxy(
    cloud: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "other.example,10.0.0.0/8")
    with proxy(to=cloud.endpoint_url) as (url, heard):
        monkeypatch.setenv("HTTP_PROXY", url)
        # What the emulator makes of a request for another host is not looked at here.
        with pytest.raises(SwasliftError):
            once(door(cloud, endpoint_url=FAR)).swas.list_regions()
    assert heard.targets == [f"POST {FAR}/"]


def test_an_https_host_is_called_through_a_tunnel_of_the_proxy(
    cloud: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    with proxy() as (url, heard):
        monkeypatch.setenv("HTTPS_PROXY", url)
        client = once(door(cloud, endpoint_url=None))
        with pytest.raises(ConnectError, match=r"https://swas\.cn-hangzhou\.aliyuncs\.com.*the proxy"):
            client.swas.list_regions()
    assert heard.targets == [f"CONNECT swas.{region}.aliyuncs.com:443" for region in ASK_FOR_REGIONS]


@pytest.mark.parametrize(
    "no_proxy", ["swas.example", ".example", "example", "swas.example:8080", "a.b, swas.example", "*"]
)
@pytest.mark.parametrize("variable", ["NO_PROXY", "no_proxy"])
def test_a_host_that_no_proxy_names_is_called_straight(
    cloud: Emulator, monkeypatch: pytest.MonkeyPatch, no_proxy: str, variable: str
) -> None:
    monkeypatch.setenv(variable, no_proxy)
    with proxy() as (url, heard):
        monkeypatch.setenv("HTTP_PROXY", url)
        with pytest.raises(ConnectError, match=FAR):
            once(door(cloud, endpoint_url=FAR)).swas.list_regions()
    assert heard.requests == []


def test_an_https_host_that_no_proxy_names_is_called_straight(
    cloud: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "aliyuncs.com")
    with proxy() as (url, heard):
        monkeypatch.setenv("HTTPS_PROXY", url)
        with pytest.raises(ConnectError, match="gaierror"):
            once(door(cloud, endpoint_url=None)).swas.list_regions()
    assert heard.requests == []


def test_a_change_of_no_proxy_is_seen_by_a_client_that_exists(
    cloud: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = once(door(cloud, endpoint_url=FAR))
    with proxy(to=cloud.endpoint_url) as (url, heard):
        monkeypatch.setenv("HTTP_PROXY", url)
        for no_proxy, expected in (("swas.example", 0), ("", 1), ("swas.example", 1)):
            monkeypatch.setenv("NO_PROXY", no_proxy)
            with pytest.raises(SwasliftError):
                client.swas.list_regions()
            assert len(heard.requests) == expected


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "localhost", "[::1]"])
def test_every_name_of_loopback_goes_straight(host: str) -> None:
    assert goes_straight(f"http://{host}:8080/?Action=x")


@pytest.mark.parametrize("host", ["127.example", "localhost.example", "ecs.aliyuncs.com", "[2001:db8::1]"])
def test_other_names_do_not(host: str) -> None:
    assert not goes_straight(f"http://{host}:8080/?Action=x")


# -- the session under the SDK ---------------------------------------------------------------------


@pytest.mark.parametrize("url", ["http://127.0.0.1:{dead}", FAR, None])
def test_the_sdk_of_this_version_sends_through_the_doors_transport(
    cloud: Emulator, monkeypatch: pytest.MonkeyPatch, url: str | None
) -> None:
    """The SDK keeps its sessions under a name of its own making: whatever it calls must be there."""
    seen: list[str] = []

    def send(self: Transport, request: Any, *args: Any, **rest: Any) -> Any:
        seen.append(str(request.url).partition("?")[0])
        raise ConnectionRefusedError(111, "stopped by the test")

    monkeypatch.setattr(Transport, "send", send)
    url = url and url.format(dead=dead_port())
    client = once(door(cloud, endpoint_url=url, clock=VirtualClock()))
    calls: list[Callable[[], Any]] = [
        lambda: client.account_id,
        client.swas.list_regions,
        client.ecs.describe_regions,
    ]
    for call in calls:
        with pytest.raises(SwasliftError):
            call()
    hosts = [url] * 3 if url else ["https://sts.aliyuncs.com", "https://swas.cn-hangzhou.aliyuncs.com"]
    assert [s.removesuffix("/") for s in seen][: len(hosts)] == hosts
    # Lists of regions are asked of further regions where the first cannot be reached.
    assert len(seen) == (3 if url else 1 + 2 * len(ASK_FOR_REGIONS))


def test_the_pools_size_is_the_doors_own(cloud: Emulator) -> None:
    from darabonba.core import DEFAULT_POOL_MAXSIZE, DaraCore

    assert POOL_SIZE != DEFAULT_POOL_MAXSIZE
    assert door(cloud).account_id
    ours = [key for key in DaraCore._sessions if key.startswith(cloud.endpoint_url)]
    assert ours == [f"{cloud.endpoint_url}:80:pool={POOL_SIZE}"]


def test_twenty_calls_in_a_row_use_one_connection(cloud: Emulator) -> None:
    with turnstile(cloud.endpoint) as (url, came):
        client = door(cloud, endpoint_url=url, clock=VirtualClock())
        for _ in range(10):
            client.swas.list_regions()
            client.ecs.describe_regions()
        assert len(came) == 1
    assert len(cloud.log) == 20


def test_calls_at_the_same_time_use_no_more_connections_than_there_are_threads(cloud: Emulator) -> None:
    with turnstile(cloud.endpoint) as (url, came):
        client = door(cloud, endpoint_url=url, clock=VirtualClock())
        client.swas.list_regions()
        with ThreadPoolExecutor(max_workers=4) as pool:
            list(pool.map(lambda _: client.swas.list_regions(), range(40)))
        assert len(came) <= 4
    assert len(cloud.log) == 41


# -- answers that are not the service's ------------------------------------------------------------

FOREIGN: list[dict[str, Any]] = [
    {},  # a login page
    {"status": 502, "body": b"<html>Bad Gateway</html>"},
    {"status": 404, "body": b"not here"},
    {"body": b""},
    {"status": 503, "body": b""},
    {"body": b"{ this is no JSON", "content_type": "application/json"},
    {"body": b"[1, 2]", "content_type": "application/json"},
    {"body": b"{}", "content_type": "application/json"},
    {"body": b'{"Regions": [{"RegionId": "x"}]}', "content_type": "application/json"},
    {"status": 404, "body": b'{"code": "NotFound", "message": "route"}', "content_type": "application/json"},
    {"status": 500, "body": b'{"error": "boom"}', "content_type": "application/json"},
    {"status": 302, "body": b"", "headers": {"location": "http://127.0.0.1:1/login"}},
    {"body": b"\xff\xfe\x00", "content_type": "application/octet-stream"},
    {"body": b'{"RequestId": "\xff"}', "content_type": "application/json"},
    {"body": b'{"RequestId": "x", "Regions": [' + b"[" * 100_000, "content_type": "application/json"},
    {
        "body": b'{"RequestId": "x"}',
        "headers": {"content-encoding": "gzip"},
        "content_type": "application/json",
    },
]


@pytest.mark.parametrize("answer", FOREIGN, ids=str)
def test_an_answer_that_is_not_the_services_names_the_endpoint_and_hides_the_sdk(
    cloud: Emulator, answer: dict[str, Any]
) -> None:
    with foreign(**answer) as (url, _), pytest.raises(UnreadableAnswer) as failed:
        once(door(cloud, endpoint_url=url, clock=VirtualClock())).swas.list_regions()
    error = failed.value
    assert error.endpoint == url
    assert error.field == "body"
    assert error.value
    assert url in str(error)
    assert error.action == "ListRegions"
    assert "endpoint" in str(error)
    trace = "".join(traceback.format_exception(error))
    assert "site-packages/darabonba" not in trace
    assert "site-packages/alibabacloud" not in trace
    assert error.__context__ is None
    assert error.__cause__ is None


def test_an_answer_without_what_was_made_is_none(cloud: Emulator) -> None:
    body = b'{"RequestId": "x"}'
    with foreign(body=body, content_type="application/json") as (url, heard):
        client = door(cloud, endpoint_url=url, clock=VirtualClock())
        with pytest.raises(NoAnswerError, match="SnapshotId is missing, expected text"):
            client.swas.create_snapshot(REGION, "d-1", "name", tags={}, token="t")
    assert len(heard.requests) == client.policy.attempts  # with its token, it may be repeated


def test_an_error_page_of_a_gateway_is_met_like_a_lost_answer(cloud: Emulator) -> None:
    with foreign(status=502) as (url, heard):
        client = door(cloud, endpoint_url=url, clock=VirtualClock())
        with pytest.raises(NoAnswerError, match="HTTP 502 with text/html"):
            client.swas.list_regions()
        assert len(heard.requests) == client.policy.attempts
        with pytest.raises(NoAnswerError):
            client.ecs.stop_instance(REGION, "i-1")
        assert len(heard.requests) == client.policy.attempts + 1


def test_a_redirect_is_not_followed_so_that_the_signed_headers_stay(cloud: Emulator) -> None:
    with (
        foreign(body=json.dumps({"RequestId": "x", "Regions": []}).encode()) as (elsewhere, heard),
        foreign(status=307, body=b'{"Code": "Moved"}', headers={"location": f"{elsewhere}/"}) as (url, _),
        pytest.raises(NoAnswerError, match="HTTP 307"),
    ):
        once(door(cloud, endpoint_url=url, clock=VirtualClock())).swas.list_regions()
    assert heard.requests == []


def test_a_dead_endpoint_is_a_connect_error_that_says_what_to_check(cloud: Emulator) -> None:
    url = f"http://127.0.0.1:{dead_port()}"
    client = once(door(cloud, endpoint_url=url, clock=VirtualClock()))
    with pytest.raises(
        ConnectError, match=r"refused.*Nothing was sent.*Check the region's name.*NO_PROXY"
    ) as failed:
        client.ecs.describe_regions()
    assert failed.value.endpoint == url
    assert "Max retries" not in str(failed.value)
    assert "?" not in str(failed.value).replace("region's", "")


def test_an_emulator_that_is_not_running_is_told_with_how_to_start_it(cloud: Emulator) -> None:
    client = door(cloud, endpoint_url=f"http://127.0.0.1:{dead_port()}")
    with pytest.raises(ConnectError, match="swaslift emulator"):
        client.ecs.describe_regions()


def test_a_malformed_proxy_variable_is_a_connect_error(
    cloud: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://")
    with pytest.raises(ConnectError, match="proxy variables"):
        once(door(cloud, endpoint_url=FAR)).swas.list_regions()
