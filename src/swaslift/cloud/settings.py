"""How a client reaches the cloud: resolved once, without any network."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from swaslift.errors import InvalidArgument

REGION_VARIABLE = "ALIBABA_CLOUD_REGION_ID"
ENDPOINT_VARIABLE = "SWASLIFT_ENDPOINT_URL"


@dataclass(frozen=True)
class Keys:
    """An explicit access key; with ``security_token`` it is a temporary one of STS."""

    access_key_id: str
    access_key_secret: str = field(repr=False)
    security_token: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Settings:
    """The surroundings of one client.

    Attributes:
        region: default region.
        keys: explicit keys, or None for the SDK's default credential chain.
        endpoint_url: where all services are asked instead of their own hosts (an emulator).
        connect_timeout: seconds to make a connection.
        read_timeout: seconds to wait for an answer; the services' gateways give up after 20.
    """

    region: str
    keys: Keys | None = None
    endpoint_url: str | None = None
    connect_timeout: float = 5.0
    read_timeout: float = 30.0

    @classmethod
    def resolve(
        cls,
        *,
        region: str | None,
        endpoint_url: str | None,
        access_key_id: str | None,
        access_key_secret: str | None,
        security_token: str | None,
        connect_timeout: float,
        read_timeout: float,
    ) -> Settings:
        """Arguments first, then the environment."""
        region = region or os.environ.get(REGION_VARIABLE)
        if not region or not isinstance(region, str):
            raise InvalidArgument(
                "region", region, "a default region is needed", f"Give region=... or set {REGION_VARIABLE}"
            )
        endpoint_url = endpoint_url or os.environ.get(ENDPOINT_VARIABLE) or None
        if endpoint_url is not None:
            _check_url(endpoint_url)
        for name, value in (("connect_timeout", connect_timeout), ("read_timeout", read_timeout)):
            if not isinstance(value, int | float) or value <= 0:
                raise InvalidArgument(name, value, "seconds above 0 are needed")
        keys = None
        if access_key_id or access_key_secret:
            if not (access_key_id and access_key_secret):
                raise InvalidArgument(
                    "access_key_secret" if access_key_id else "access_key_id",
                    None,
                    "key id and secret go together",
                    "Give both, or neither to use the default credential chain",
                )
            keys = Keys(access_key_id, access_key_secret, security_token)
        return cls(region, keys, endpoint_url, float(connect_timeout), float(read_timeout))


def _check_url(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path not in {"", "/"}:
        raise InvalidArgument(
            "endpoint_url", url, "not a URL of a host", 'Give for example "http://127.0.0.1:8080"'
        )
