"""How a client reaches the cloud: resolved once, without any network."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, fields
from urllib.parse import urlsplit

from swaslift.errors import InvalidArgument
from swaslift.redaction import remember

REGION_VARIABLE = "ALIBABA_CLOUD_REGION_ID"
ENDPOINT_VARIABLE = "SWASLIFT_ENDPOINT_URL"
_REGION = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True, repr=False)
class Keys:
    """An explicit access key; with ``security_token`` it is a temporary one of STS.

    Raises:
        InvalidArgument: there is white space in one, as when a line end was copied with it.
    """

    access_key_id: str
    access_key_secret: str
    security_token: str | None = None

    def __post_init__(self) -> None:
        for item in fields(self):
            value = getattr(self, item.name)
            if value is not None and (not isinstance(value, str) or any(c.isspace() for c in value)):
                raise InvalidArgument(
                    item.name, "***", "it holds white space or is no text", "Copy it again; a key has none"
                )
        remember(self.access_key_secret)
        remember(self.security_token)

    def __repr__(self) -> str:
        return "Keys(***)"


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
        if not region:
            raise InvalidArgument(
                "region", region, "a default region is needed", f"Give region=... or set {REGION_VARIABLE}"
            )
        check_region(region)
        endpoint_url = endpoint_url or os.environ.get(ENDPOINT_VARIABLE) or None
        if endpoint_url is not None:
            _check_url(endpoint_url)
        for name, value in (("connect_timeout", connect_timeout), ("read_timeout", read_timeout)):
            if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
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
            keys = Keys(access_key_id, access_key_secret, security_token or None)
        elif security_token:
            raise InvalidArgument(
                "security_token",
                "***",
                "a token belongs to a temporary key",
                "Give access_key_id and access_key_secret with it",
            )
        return cls(region, keys, endpoint_url, float(connect_timeout), float(read_timeout))


def check_region(region: str) -> None:
    """Refuse what is no region's id: it becomes part of a host name that signed calls go to.

    Raises:
        InvalidArgument: see above.
    """
    if not isinstance(region, str) or not _REGION.fullmatch(region):
        raise InvalidArgument("region", region, "that is not a region id", 'Give for example "cn-hangzhou"')


def _check_url(url: str) -> None:
    try:
        parts = urlsplit(url)
        secrets = parts.username is not None or parts.password is not None
        good = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
        good = good and parts.path in {"", "/"} and not parts.query and not parts.fragment
    except (ValueError, TypeError, AttributeError):  # a port that is no number, or no text at all
        secrets, good = False, False
    if secrets:
        raise InvalidArgument(
            "endpoint_url", "***", "it holds a user name or password", "Calls are signed; leave them out"
        )
    if not good:
        raise InvalidArgument(
            "endpoint_url", url, "not a URL of a host", 'Give for example "http://127.0.0.1:8080"'
        )
