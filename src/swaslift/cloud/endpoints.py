"""Which host serves a product in a region.

SWAS: the SDK would call ``swas-open.aliyuncs.com`` for every region, which the product's endpoint
page does not list; it lists ``swas.<region>.aliyuncs.com``
(help/en/simple-application-server/developer-reference/api-swas-open-2020-06-01-endpoint).
ECS: the SDK's own table, which knows the exceptions. STS: the central host.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Literal
from urllib.parse import urlsplit

from swaslift.cloud.settings import Settings, check_region

Product = Literal["swas", "ecs", "sts"]


@dataclass(frozen=True)
class Endpoint:
    """A host to call; ``host`` is None where the SDK's table decides."""

    protocol: Literal["http", "https"]
    host: str | None


def is_loopback(host: str) -> bool:
    """Whether a host, by its name or address, is this machine itself."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


_OF_ONE_REGION = re.compile(r"(?:swas|ecs)(?:-vpc|-openapi)?[.-]([a-z]{2,}-[a-z0-9-]+)\.aliyuncs\.com")


def region_of_host(host: str) -> str | None:
    """The region whose host of SWAS or ECS this is; None for any other host."""
    found = _OF_ONE_REGION.fullmatch(host.lower())
    return found[1] if found else None


def endpoint(settings: Settings, product: Product, region_id: str) -> Endpoint:
    """The endpoint of a product in a region, or the one that the settings name for all.

    Raises:
        InvalidArgument: that is no region's id.
    """
    check_region(region_id)
    if settings.endpoint_url:
        parts = urlsplit(settings.endpoint_url)
        return Endpoint("https" if parts.scheme == "https" else "http", parts.netloc)
    if product == "swas":
        return Endpoint("https", f"swas.{region_id}.aliyuncs.com")
    if product == "sts":
        return Endpoint("https", "sts.aliyuncs.com")
    return Endpoint("https", None)
