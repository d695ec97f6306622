"""The SDKs: loaded on the first call, kept from harming their surroundings, and called by action name.

The traps of the SDKs are dealt with here and in `cloud.transport`, and nowhere else;
`tests/cloud/test_sdk.py` pins each of them against the installed version:

- importing them puts stream handlers on several loggers: the loggers are put back as they were;
- they drop parameters that a request model does not know: that is an error here;
- their response models take a list that is missing for an empty one, and drop what they do not know: answers
  are taken as they came;
- they retry nothing unless told so in one of several places: they are not told, the door retries.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from swaslift.cloud import credentials
from swaslift.cloud.endpoints import Product, endpoint
from swaslift.cloud.masking import guard_loggers
from swaslift.errors import ConfigError
from swaslift.process import ProcessLock, ProcessOwned
from swaslift.version import version

if TYPE_CHECKING:
    from swaslift.cloud.settings import Settings

_IMPORT_LOCK = ProcessLock()
_STS_VERSION = "2015-04-01"

Send = Callable[[], Any]
"""Sends a call; the answer as the service sent it."""


@cache
def _modules() -> dict[str, Any]:
    """Import the SDKs, leaving the user's logging as it was."""
    with _IMPORT_LOCK:
        before = {name: (list(logger.handlers), logger.level) for name, logger in _loggers().items()}
        try:
            import alibabacloud_credentials.client
            from alibabacloud_ecs20140526 import client as ecs_client
            from alibabacloud_ecs20140526 import models as ecs_models
            from alibabacloud_swas_open20200601 import client as swas_client
            from alibabacloud_swas_open20200601 import models as swas_models
            from alibabacloud_tea_openapi import client as openapi_client
            from alibabacloud_tea_openapi import models as openapi_models
            from darabonba import core, exceptions
            from darabonba.runtime import RuntimeOptions
            from Tea.core import TeaCore
        except ImportError as error:
            raise ConfigError(
                f"the Alibaba Cloud SDK does not load ({error}). Install it anew: "
                "pip install --force-reinstall alibabacloud-tea alibabacloud-tea-openapi swaslift"
            ) from error
        finally:
            _restore(before)
        del alibabacloud_credentials
        guard_loggers()
        return {
            "swas": (swas_client.Client, swas_models),
            "ecs": (ecs_client.Client, ecs_models),
            "sts": (openapi_client.Client, openapi_models),
            "core": core.DaraCore,
            "retry_error": exceptions.RetryError,
            "runtime": RuntimeOptions,
            "sessions": _Sessions(core.DaraCore, TeaCore),
        }


class _Sessions(ProcessOwned):
    """The HTTP sessions that the SDKs keep for the whole process, those for credentials among them."""

    def __init__(self, *keepers: Any) -> None:
        self._keepers: tuple[Any, ...] = ()
        super().__init__()
        self._keepers = keepers

    def _renew(self) -> None:
        for keeper in self._keepers:
            keeper._sessions.clear()  # noqa: SLF001  # the only place where the SDKs keep them


def _loggers() -> dict[str, logging.Logger]:
    known = logging.root.manager.loggerDict
    return {name: logger for name, logger in known.items() if isinstance(logger, logging.Logger)}


def _restore(before: dict[str, tuple[list[logging.Handler], int]]) -> None:
    """Take away the stream handlers that an import has added, and the levels it has set with them."""
    for name, logger in _loggers().items():
        handlers, level = before.get(name, ([], logging.NOTSET))
        added = [h for h in logger.handlers if h not in handlers and type(h) is logging.StreamHandler]
        for handler in added:
            logger.removeHandler(handler)
        if added:
            logger.setLevel(level)


class _Answered(Exception):  # from `call_api` to `_body_of`, past the response models
    """An answer as the service sent it."""

    def __init__(self, body: Any) -> None:
        self.body = body
        super().__init__()


@cache
def _as_sent(client_class: Any) -> Any:
    """The SDK's client of a product, whose calls end with the answer as it was sent."""

    def call_api(self: Any, params: Any, request: Any, runtime: Any) -> Any:
        raise _Answered(client_class.call_api(self, params, request, runtime)["body"])

    return type(client_class.__name__, (client_class,), {"call_api": call_api})


def _body_of(call: Callable[[], Any]) -> Any:
    """The body that a call is answered with."""
    try:
        call()
    except _Answered as answered:
        return answered.body
    raise TypeError("the SDK's client does not send its calls with call_api")


@dataclass(frozen=True)
class SdkClient:
    """An SDK client of one product in one region, and the URL that it calls."""

    client: Any
    url: str


class SdkClients(ProcessOwned):
    """The SDK clients of one set of settings, one for each product and region. Thread-safe.

    A forked child makes its own.
    """

    def __init__(self, settings: Settings, signer: credentials.Signer | None = None) -> None:
        self._settings = settings
        self.signer = signer or credentials.Signer(settings.keys)
        super().__init__()

    def _renew(self) -> None:
        self._lock = ProcessLock()
        self._clients: dict[tuple[Product, str], SdkClient] = {}

    def client(self, product: Product, region_id: str) -> SdkClient:
        """The SDK client of a product in a region.

        Raises:
            InvalidArgument: that is no region's name.
        """
        # No call is made in here: keys are looked up when one is signed.
        with self._lock:
            key = (product, region_id)
            if key not in self._clients:
                self._clients[key] = self._make(product, region_id)
            return self._clients[key]

    def _make(self, product: Product, region_id: str) -> SdkClient:
        from swaslift.cloud import transport

        target = endpoint(self._settings, product, region_id)
        modules = _modules()
        make, _ = modules[product]
        _, openapi_models = modules["sts"]
        client = _as_sent(make)(
            openapi_models.Config(
                credential=self.signer,
                region_id=region_id,
                endpoint=target.host,
                protocol=target.protocol,
                connect_timeout=_milliseconds(self._settings.connect_timeout),
                read_timeout=_milliseconds(self._settings.read_timeout),
                max_idle_conns=transport.POOL_SIZE,
                user_agent=f"swaslift/{version()}",
            )
        )
        host = str(client._endpoint)  # noqa: SLF001  # the SDK offers no getter for what its table says
        transport.install(modules["core"], target.protocol, host)
        return SdkClient(client, f"{target.protocol}://{host}")


def _milliseconds(seconds: float) -> int:
    # The SDK takes 0 for "not given".
    return max(1, round(seconds * 1000))


def prepare(client: Any, product: Product, action: str, params: dict[str, Any]) -> Send:
    """One call of one action, ready to be sent; parameters and answer as the service names them.

    Raises:
        TypeError: the SDK's request model does not know a parameter; it would drop it silently.
    """
    if product == "sts":
        return _prepare_generic(client, action, _STS_VERSION, params)
    modules = _modules()
    _, models = modules[product]
    request = getattr(models, f"{action}Request")().from_map(params)
    _refuse_dropped(action, _plain(params), _plain(request.to_map()))
    method = getattr(client, _method_name(client.__class__, action))
    runtime = modules["runtime"]()

    return lambda: _body_of(lambda: method(request, runtime))


def _refuse_dropped(action: str, given: dict[str, Any], kept: dict[str, Any]) -> None:
    dropped = sorted(k for k in given.keys() | kept.keys() if given.get(k) != kept.get(k))
    if dropped:
        # Names alone: a value may be a password.
        raise TypeError(f"{action}: the SDK's request model does not take {', '.join(dropped)} as given")


def _plain(value: Any) -> Any:
    """Maps and lists without the keys that are not set; the SDK's maps hold empty lists for them."""
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items() if v is not None and v != []}
    if isinstance(value, list):
        return [_plain(v) for v in value]
    return value


@cache
def _method_name(client_class: Any, action: str) -> str:
    """``DescribeVSwitches`` -> ``describe_vswitches_with_options``, whatever the SDK's spelling."""
    wanted = action.lower() + "withoptions"
    for name in dir(client_class):
        if name.replace("_", "") == wanted:
            return name
    raise TypeError(f"the SDK has no method for {action}")


def _prepare_generic(client: Any, action: str, version: str, params: dict[str, Any]) -> Send:
    """A call of a product whose own SDK is not installed, through the generic client."""
    modules = _modules()
    _, models = modules["sts"]
    call = models.Params(
        action=action,
        version=version,
        protocol="HTTPS",
        pathname="/",
        method="POST",
        auth_type="AK",
        style="RPC",
        req_body_type="formData",
        body_type="json",
    )

    request = models.OpenApiRequest(query=params)
    return lambda: _body_of(lambda: client.call_api(call, request, modules["runtime"]()))


def behind(error: BaseException) -> BaseException:
    """What an SDK error wraps: the network error, one of ours, or the error itself.

    Connection errors lose their type on the way up; the original is what was being handled when
    the SDK's own was raised. No other link of the chain is followed: it may lead to an error that
    the user's code was handling when it called.
    """
    found: BaseException = getattr(error, "inner_exception", None) or error
    if isinstance(found, _modules()["retry_error"]) and isinstance(found.__context__, OSError):
        return found.__context__
    return found
