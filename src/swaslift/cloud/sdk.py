"""The SDK clients, loaded on the first call and kept from harming their surroundings.

Three traps of the SDKs are dealt with here and nowhere else; `tests/cloud/test_sdk.py` pins each
of them against the installed version:

- importing darabonba puts a DEBUG stream handler on a logger: the logger is put back as it was;
- proxies of the environment are used for every host and ``NO_PROXY`` is ignored: hosts on
  loopback, and those that ``NO_PROXY`` names, get a session that goes straight to them;
- connection errors lose their type on the way up: `cause` finds it again.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Hashable
from functools import cache
from typing import TYPE_CHECKING, Any

from swaslift.cloud import credentials
from swaslift.cloud.endpoints import Endpoint, Product, endpoint

if TYPE_CHECKING:
    from swaslift.cloud.settings import Settings

POOL_SIZE = 32
"""Connections kept open to one host; the door's worker threads never outnumber it."""

_IMPORT_LOCK = threading.Lock()


@cache
def _modules() -> dict[str, Any]:
    """Import the SDKs, leaving the user's logging as it was."""
    with _IMPORT_LOCK:
        logger = logging.getLogger("darabonba-core")
        handlers, level = list(logger.handlers), logger.level
        from alibabacloud_ecs20140526 import client as ecs_client
        from alibabacloud_ecs20140526 import models as ecs_models
        from alibabacloud_swas_open20200601 import client as swas_client
        from alibabacloud_swas_open20200601 import models as swas_models
        from alibabacloud_tea_openapi import client as openapi_client
        from alibabacloud_tea_openapi import models as openapi_models
        from darabonba import core, exceptions
        from darabonba.runtime import RuntimeOptions as DaraRuntime

        logger.handlers[:] = handlers
        logger.setLevel(level)
        return {
            "swas": (swas_client.Client, swas_models),
            "ecs": (ecs_client.Client, ecs_models),
            "openapi": (openapi_client.Client, openapi_models),
            "core": core.DaraCore,
            "exceptions": exceptions,
            "runtime": DaraRuntime,
        }


def runtime() -> Any:
    """Runtime options of a call: none of the SDK's own retries, which the door does itself."""
    return _modules()["runtime"]()


class SdkClients:
    """The SDK clients of one set of settings, one for each product and region."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._clients: dict[tuple[Product, str], Any] = {}
        self._credential: Any = None

    def endpoint(self, product: Product, region_id: str) -> Endpoint:
        """Where calls of a product go."""
        return endpoint(self._settings, product, region_id)

    def client(self, product: Product, region_id: str) -> Any:
        """The SDK client of a product in a region."""
        with self._lock:
            key = (product, region_id)
            if key not in self._clients:
                self._clients[key] = self._make(product, region_id)
            return self._clients[key]

    def _make(self, product: Product, region_id: str) -> Any:
        modules = _modules()
        if self._credential is None:
            self._credential = credentials.provider(self._settings.keys)
        target = self.endpoint(product, region_id)
        make, _ = modules["openapi" if product == "sts" else product]
        _, openapi_models = modules["openapi"]
        client = make(
            openapi_models.Config(
                credential=self._credential,
                region_id=region_id,
                endpoint=target.host,
                protocol=target.protocol,
                connect_timeout=int(self._settings.connect_timeout * 1000),
                read_timeout=int(self._settings.read_timeout * 1000),
                max_idle_conns=POOL_SIZE,
                user_agent="swaslift",
            )
        )
        _go_straight(target.protocol, client._endpoint)  # noqa: SLF001  # the SDK offers no getter
        return client


def _go_straight(protocol: str, host: str) -> None:
    """Give the SDK a session for this host that passes by the environment's proxies, where due."""
    from requests import Session
    from requests.adapters import HTTPAdapter
    from requests.utils import should_bypass_proxies

    name = host.rsplit(":", 1)[0].strip("[]")
    loopback = name == "localhost" or name == "::1" or name.startswith("127.")
    if not loopback and not should_bypass_proxies(f"{protocol}://{host}", no_proxy=None):
        return

    class Straight(HTTPAdapter):
        def get_connection_with_tls_context(
            self, request: Any, verify: Any, proxies: Any = None, cert: Any = None
        ) -> Any:
            del proxies
            return super().get_connection_with_tls_context(request, verify, None, cert)

        def request_url(self, request: Any, proxies: Any) -> str:
            del proxies
            return super().request_url(request, None)

    core = _modules()["core"]
    port = 80 if protocol == "http" else 443
    key = f"{protocol}://{host}:{port}:pool={POOL_SIZE}"
    if key not in core._sessions:  # noqa: SLF001  # the only place where the SDK keeps its sessions
        session = Session()
        session.mount(f"{protocol}://", Straight(pool_connections=POOL_SIZE, pool_maxsize=POOL_SIZE))
        core._sessions[key] = session  # noqa: SLF001


def send(client: Any, product: Product, action: str, params: dict[str, Any]) -> dict[str, Any]:
    """One call of one action; parameters and answer as the service names them.

    Raises:
        TypeError: the SDK's request model does not know a parameter; it would drop it silently.
    """
    if product == "sts":
        return _send_generic(client, action, "2015-04-01", params)
    _, models = _modules()[product]
    request = getattr(models, f"{action}Request")().from_map(params)
    if _plain(request.to_map()) != _plain(params):
        raise TypeError(f"{action}: the SDK's request model does not take {params!r} as it is")
    response = getattr(client, _method_name(type(client), action))(request, runtime())
    body: dict[str, Any] = response.body.to_map()
    return body


def _plain(value: Any) -> Any:
    """Maps and lists without the keys that are not set; the SDK's maps hold empty lists for them."""
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items() if v is not None and v != []}
    if isinstance(value, list):
        return [_plain(v) for v in value]
    return value


@cache
def _method_name(client_class: Hashable, action: str) -> str:
    """``DescribeVSwitches`` -> ``describe_vswitches_with_options``, whatever the SDK's spelling."""
    wanted = action.lower() + "withoptions"
    for name in dir(client_class):
        if name.replace("_", "") == wanted:
            return name
    raise TypeError(f"the SDK has no method for {action}")


def _send_generic(client: Any, action: str, version: str, params: dict[str, Any]) -> dict[str, Any]:
    _, models = _modules()["openapi"]
    answer = client.call_api(
        models.Params(
            action=action,
            version=version,
            protocol="HTTPS",
            pathname="/",
            method="POST",
            auth_type="AK",
            style="RPC",
            req_body_type="formData",
            body_type="json",
        ),
        models.OpenApiRequest(query=params),
        runtime(),
    )
    body: dict[str, Any] = answer["body"]
    return body


def is_sdk_error(error: BaseException) -> bool:
    """Whether an exception is one that the SDK raises for a call."""
    from Tea.exceptions import TeaException

    return isinstance(error, TeaException) or type(error).__module__.startswith(("darabonba", "Tea"))


def cause(error: BaseException) -> BaseException | None:
    """The network error behind an SDK error, found along its chain."""
    from requests import RequestException

    seen: set[int] = set()
    current: BaseException | None = getattr(error, "inner_exception", None) or error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        if isinstance(current, RequestException | OSError):
            return current
        current = current.__cause__ or current.__context__
    return None


def never_sent(network_error: BaseException | None) -> bool:
    """Whether a network error happened before the call could be sent."""
    from requests.exceptions import ConnectTimeout, ProxyError, SSLError
    from urllib3.exceptions import NewConnectionError

    if isinstance(network_error, ConnectTimeout | ProxyError | SSLError):
        return True
    inner = getattr(network_error, "args", ())
    reason = getattr(inner[0], "reason", None) if inner else None
    return isinstance(reason, NewConnectionError)
