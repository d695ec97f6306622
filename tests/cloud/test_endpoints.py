"""Which hosts are called. Looked up on the SDK's own client objects; nothing is sent."""

from __future__ import annotations

import pytest

from swaslift.cloud.endpoints import Product
from swaslift.cloud.sdk import SdkClient, SdkClients
from swaslift.errors import InvalidArgument
from tests.cloud.doors import settings

KEYS = {"access_key_id": "key", "access_key_secret": "secret"}


def client(product: Product, region: str, endpoint_url: str | None = None) -> SdkClient:
    return SdkClients(settings(**KEYS, endpoint_url=endpoint_url)).client(product, region)


@pytest.mark.parametrize(
    ("product", "region", "host"),
    [
        ("swas", "cn-hangzhou", "swas.cn-hangzhou.aliyuncs.com"),
        ("swas", "ap-southeast-1", "swas.ap-southeast-1.aliyuncs.com"),
        ("ecs", "cn-hangzhou", "ecs-cn-hangzhou.aliyuncs.com"),
        ("ecs", "cn-shanghai", "ecs.cn-shanghai.aliyuncs.com"),
        ("ecs", "ap-southeast-1", "ecs.ap-southeast-1.aliyuncs.com"),
        ("ecs", "cn-shanghai-finance-1", "ecs-cn-hangzhou.aliyuncs.com"),
        ("ecs", "cn-north-2-gov-1", "ecs.aliyuncs.com"),
        ("sts", "cn-hangzhou", "sts.aliyuncs.com"),
    ],
)
def test_each_product_has_its_host_in_each_region(product: Product, region: str, host: str) -> None:
    found = client(product, region)
    assert found.client._endpoint == host
    assert found.client._protocol == "https"
    assert found.url == f"https://{host}"


@pytest.mark.parametrize("product", ["swas", "ecs", "sts"])
@pytest.mark.parametrize("region", ["cn-hangzhou", "ap-southeast-1"])
@pytest.mark.parametrize(
    ("url", "protocol", "host"),
    [
        ("http://127.0.0.1:8080", "http", "127.0.0.1:8080"),
        ("http://127.0.0.1:8080/", "http", "127.0.0.1:8080"),
        ("https://gateway.example", "https", "gateway.example"),
        ("http://[::1]:8080", "http", "[::1]:8080"),
    ],
)
def test_an_endpoint_url_is_for_all(
    product: Product, region: str, url: str, protocol: str, host: str
) -> None:
    found = client(product, region, url)
    assert (found.client._protocol, found.client._endpoint) == (protocol, host)


def test_timeouts_reach_the_sdk_in_milliseconds() -> None:
    given = settings(**KEYS, connect_timeout=0.25, read_timeout=12)
    sdk = SdkClients(given).client("swas", "cn-hangzhou").client
    assert (sdk._connect_timeout, sdk._read_timeout) == (250, 12000)
    least = SdkClients(settings(**KEYS, read_timeout=0.0001)).client("swas", "cn-hangzhou").client
    assert least._read_timeout == 1  # 0 would be the SDK's default


def test_the_sdk_is_told_to_retry_nothing() -> None:
    assert client("ecs", "cn-hangzhou").client._retry_options is None


@pytest.mark.parametrize(
    "region", ["cn-hangzhou.evil.example/", "cn hangzhou", "CN-Hangzhou", "-", "cn_hangzhou"]
)
def test_what_is_no_region_never_becomes_part_of_a_host(region: str) -> None:
    with pytest.raises(InvalidArgument, match="not a region id"):
        client("swas", region)
    with pytest.raises(InvalidArgument, match="not a region id"):
        settings(region=region)


@pytest.mark.parametrize(
    "url",
    [
        "127.0.0.1:8080",
        "ftp://host",
        "http://",
        "http://host/path",
        "http://host?a=b",
        "http://host:port",
        "http://[::1",
    ],
)
def test_what_is_no_url_of_a_host_is_refused(url: str) -> None:
    with pytest.raises(InvalidArgument, match="not a URL of a host"):
        settings(endpoint_url=url)


@pytest.mark.parametrize("value", [0, -1, True, "5"])
@pytest.mark.parametrize("name", ["connect_timeout", "read_timeout"])
def test_timeouts_are_seconds_above_zero(name: str, value: object) -> None:
    with pytest.raises(InvalidArgument, match="seconds above 0") as wrong:
        settings(**{name: value})
    assert wrong.value.field == name


def test_the_region_comes_from_the_environment_where_none_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InvalidArgument, match="ALIBABA_CLOUD_REGION_ID"):
        settings(region=None)
    monkeypatch.setenv("ALIBABA_CLOUD_REGION_ID", "cn-beijing")
    assert settings(region=None).region == "cn-beijing"


def test_the_endpoint_url_comes_from_the_environment_where_none_is_given(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SWASLIFT_ENDPOINT_URL", "http://127.0.0.1:1")
    assert settings().endpoint_url == "http://127.0.0.1:1"
    assert settings(endpoint_url="http://127.0.0.1:2").endpoint_url == "http://127.0.0.1:2"
