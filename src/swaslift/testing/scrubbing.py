"""What a cassette must not hold is taken out before it is written, and before anything is matched.

Requests and answers go through the same replacement, so that an id which an answer gave is found again
in the request that sends it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from ipaddress import AddressValueError, IPv4Address
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from vcr.request import Request

from swaslift.cloud.masking import mask
from swaslift.testing.calls import ENVELOPE
from swaslift.testing.playback import body_of

MASK = "***"
ACCOUNT = "1000000000000001"
"""Stands for the account that was recorded, where it is hidden."""

_KEPT = {"x-acs-action", "x-acs-version", "content-type"}
_KEPT_ANSWER = {"content-type", "x-acs-retry-after"}
_SECRET = re.compile(
    r"(?i)(password|passwd|secret|security_?token|private_?key(_?body)?|user_?data|access_?key_?id)$"
)
_LINE = 100
"""Characters that a line of laid out JSON may have."""
_ADDRESS = re.compile(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])")


class Scrubber:
    """Takes secrets out of requests and answers, and puts stand-ins in the place of what is private.

    Args:
        hide: texts and what stands for them, in the cassette and in what is matched with it.
        account: hide the account's own id, too, as soon as it is heard.
        addresses: put addresses of the documentation range in the place of public ones.
    """

    def __init__(
        self, hide: Mapping[str, str] | None = None, *, account: bool = False, addresses: bool = False
    ) -> None:
        self._hide = dict(hide or {})
        self._account = account
        self._addresses = addresses
        self._seen: dict[str, str] = {}

    def request(self, request: Request) -> Request:
        """The request as it is kept: no signature, no key, no password."""
        parts = urlsplit(request.uri)
        query = urlencode(self._named(parse_qsl(parts.query, keep_blank_values=True)))
        headers = {k: v for k, v in request.headers.items() if k.lower() in _KEPT}
        body = (request.body or b"").decode("utf-8", "replace")
        if headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            body = urlencode(self._named(parse_qsl(body, keep_blank_values=True)))
        elif body:
            body = self._text(body)
        return Request(request.method, urlunsplit(parts._replace(query=query)), body or None, headers)

    def answer(self, response: dict[str, Any], *, request_id: str | None = None) -> dict[str, Any]:
        """The answer as it is kept, its JSON laid out for reading.

        Args:
            response: as vcrpy holds it.
            request_id: stands for the id of this one request.
        """
        body = body_of(response)
        if self._account and isinstance(body, dict) and "IdentityType" in body:
            self._hide.setdefault(str(body.get("AccountId")), ACCOUNT)
        body = self._clean("", body)
        if request_id is not None and isinstance(body, dict) and "RequestId" in body:
            body["RequestId"] = request_id
        text = body if isinstance(body, str) else laid_out(body)
        return {
            **response,
            "headers": {k.lower(): v for k, v in response["headers"].items() if k.lower() in _KEPT_ANSWER},
            "body": {"string": text.encode()},
        }

    def _named(self, values: list[tuple[str, str]]) -> list[tuple[str, str]]:
        kept = [(name, value) for name, value in values if name not in ENVELOPE]
        return [(name, self._clean(name.rsplit(".", 1)[-1], value)) for name, value in kept]

    def _clean(self, name: str, value: Any) -> Any:
        if isinstance(value, dict):
            return {k: self._clean(k, v) for k, v in value.items()}
        if isinstance(value, list):
            return [self._clean(name, v) for v in value]
        if isinstance(value, int) and str(value) in self._hide:
            stand_in = self._hide[str(value)]
            return int(stand_in) if stand_in.isdecimal() else stand_in
        if not isinstance(value, str):
            return value
        return MASK if value and _SECRET.search(name) else self._text(value)

    def _text(self, text: str) -> str:
        text = mask(text)
        for real in sorted(self._hide, key=len, reverse=True):
            text = text.replace(real, self._hide[real])
        return _ADDRESS.sub(self._address, text) if self._addresses else text

    def _address(self, found: re.Match[str]) -> str:
        try:
            public = IPv4Address(found[0]).is_global
        except AddressValueError:  # a version number with four parts
            return found[0]
        if not public:
            return found[0]
        return self._seen.setdefault(found[0], f"203.0.113.{len(self._seen) % 254 + 1}")


def laid_out(value: Any, margin: str = "") -> str:
    """JSON for reading: what fits in a line stands in one."""
    short = json.dumps(value, ensure_ascii=False)
    if len(margin) + len(short) <= _LINE or not value or not isinstance(value, dict | list):
        return short
    deeper = margin + " "
    if isinstance(value, dict):
        inner = [f"{json.dumps(k)}: {laid_out(v, deeper)}" for k, v in value.items()]
    else:
        inner = [laid_out(v, deeper) for v in value]
    start, end = "{}" if isinstance(value, dict) else "[]"
    lines = f",\n{deeper}".join(inner)
    return f"{start}\n{deeper}{lines}\n{margin}{end}"
