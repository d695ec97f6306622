"""How the SDK's requests leave the machine: an HTTP adapter that is put under the SDK.

The SDK keeps one `requests` session for each host. Into that place goes a session whose adapter

- passes by the proxies of the environment for loopback and for hosts that ``NO_PROXY`` names (the
  SDK takes ``HTTP_PROXY`` for every host, and never asks ``NO_PROXY``);
- follows no redirect: the signed headers, a security token among them, are for one host alone;
- tells an answer that is not the service's (an error page of a gateway, a login page) by its first
  byte, while its HTTP status is still known: the SDK would only say that it is no JSON;
- passes on when the service says that it answered (`cloud.dated`).

`tests/cloud/test_transport.py` pins each of these against the installed SDK.
"""

from __future__ import annotations

from ssl import SSLCertVerificationError
from typing import Any
from urllib.parse import urlsplit

from requests import PreparedRequest, RequestException, Response, Session
from requests.adapters import HTTPAdapter
from requests.exceptions import (
    ConnectTimeout,
    ContentDecodingError,
    InvalidHeader,
    InvalidSchema,
    InvalidURL,
    ProxyError,
    Timeout,
)
from requests.utils import should_bypass_proxies
from urllib3.exceptions import NewConnectionError

from swaslift.cloud.dated import HEARD
from swaslift.cloud.endpoints import is_loopback
from swaslift.cloud.masking import mask
from swaslift.process import ProcessOwned

POOL_SIZE = 36
"""Connections kept open to one host. The SDK names its sessions by it, too: a size that is not the
SDK's default keeps this session apart from the ones of other users of the SDK in the process."""

_SHOWN = 120
"""Bytes of a body that a message shows."""

_SDK_PORT = 80
"""The SDK leaves its default port in the name of each session, for HTTPS as well."""


class ForeignAnswer(OSError):
    """Something answered that is not the service.

    An `OSError`, since those are what the SDK hands on.
    """

    def __init__(self, status: int, content_type: str, body: bytes) -> None:
        self.status = status
        self.content_type = content_type
        shown = mask(body[:_SHOWN].decode("utf-8", "replace").strip())
        super().__init__(f"HTTP {status} with {content_type or 'no content type'}: {shown or 'nothing'}")


class Transport(ProcessOwned, HTTPAdapter):
    """Sends requests by the rules above. A forked child makes connections of its own."""

    def __init__(self) -> None:
        HTTPAdapter.__init__(self, pool_connections=POOL_SIZE, pool_maxsize=POOL_SIZE)
        ProcessOwned.__init__(self)

    def _renew(self) -> None:
        self.init_poolmanager(POOL_SIZE, POOL_SIZE)
        self.proxy_manager.clear()

    def send(  # type: ignore[override]  # the session passes all but the request by name
        self, request: PreparedRequest, **rest: Any
    ) -> Response:
        """Send one request, and read its answer."""
        if goes_straight(str(request.url)):
            rest["proxies"] = None
        response = super().send(request, **rest)
        content_type = response.headers.get("content-type", "")
        try:
            body = response.content
        except ContentDecodingError:
            encoded = f"a body that is not {response.headers.get('content-encoding', '')}"
            raise ForeignAnswer(response.status_code, content_type, encoded.encode()) from None
        if response.is_redirect or not _from_service(body, content_type):
            response.close()
            raise ForeignAnswer(response.status_code, content_type, body)
        HEARD.get()(response.headers.get("date"))
        return response


def _from_service(body: bytes, content_type: str) -> bool:
    first = body.lstrip()[:1]
    # The XML form is what the gateway may fall back to, and what the SDK reads besides JSON.
    return first == b"{" or (first == b"<" and content_type.replace(" ", "").lower().startswith("text/xml"))


def goes_straight(url: str) -> bool:
    """Whether a URL is called past the proxies of the environment, as it is now."""
    return is_loopback(urlsplit(url).hostname or "") or should_bypass_proxies(url, no_proxy=None)


def install(core: Any, protocol: str, host: str) -> None:
    """Have the SDK use a `Transport` for a host; ``core`` is the SDK's class that keeps the sessions."""
    key = f"{protocol}://{host}:{_SDK_PORT}:pool={POOL_SIZE}"
    if key in core._sessions:  # noqa: SLF001  # the only place where the SDK keeps its sessions
        return
    session = Session()
    session.mount(f"{protocol}://", Transport())
    core._sessions[key] = session  # noqa: SLF001  # as above


def never_sent(error: BaseException) -> bool:
    """Whether a network error happened before the request could be sent.

    Of TLS errors that holds for a refused certificate alone: others can come while the answer is read.
    """
    if isinstance(error, ConnectTimeout | ProxyError | InvalidURL | InvalidSchema | InvalidHeader):
        return True
    return any(isinstance(e, NewConnectionError | SSLCertVerificationError) for e in _layers(error))


def describe(error: BaseException) -> str:
    """A network error in a few words, without the URL, whose query may hold a password."""
    if isinstance(error, ConnectTimeout):
        return "no connection in time"
    if isinstance(error, Timeout):
        return "no answer in time"
    inner = [e for e in _layers(error) if isinstance(e, OSError) and not isinstance(e, RequestException)]
    if inner:
        plain = inner[-1]
        through = "the proxy: " if isinstance(error, ProxyError) else ""
        return f"{through}{type(plain).__name__}: {mask(str(plain))}"
    return type(error).__name__


def _layers(error: BaseException) -> list[BaseException]:
    """An error of `requests`, and those of urllib3 and the socket that it wraps."""
    found: list[BaseException] = []
    rest = [error]
    while rest:
        current = rest.pop(0)
        if current not in found:
            found.append(current)
            wrapped = (getattr(current, "reason", None), current.__cause__, *current.args)
            rest += [e for e in wrapped if isinstance(e, BaseException)]
    return found
