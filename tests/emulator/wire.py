"""Requests by hand: signed by the SDK's own functions, then bent as a test wants."""

from __future__ import annotations

import hashlib
import http.client
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from alibabacloud_tea_openapi.utils import Utils
from darabonba.request import DaraRequest

from swaslift.emulator import Emulator

KEY, SECRET = "LTAIemulator0000", "emulator-secret"


@dataclass
class Reply:
    """What came back."""

    http: int
    text: str
    headers: dict[str, str]

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def refused(self) -> tuple[int, str]:
        return self.http, self.json["Code"]


def send(
    cloud: Emulator, method: str, target: str, body: bytes = b"", headers: dict[str, str] | None = None
) -> Reply:
    """One plain HTTP request."""
    connection = http.client.HTTPConnection(cloud.endpoint, timeout=10)
    try:
        connection.request(method, target, body, headers or {})
        answer = connection.getresponse()
        return Reply(answer.status, answer.read().decode(), {k.lower(): v for k, v in answer.getheaders()})
    finally:
        connection.close()


def acs3(
    cloud: Emulator,
    action: str = "ListRegions",
    query: dict[str, str] | None = None,
    *,
    body: bytes = b"",
    secret: str = SECRET,
    changed: dict[str, str] | None = None,
    unsigned: dict[str, str] | None = None,
    version: str = "2020-06-01",
) -> Reply:
    """A request in the ACS3 form; ``changed`` headers before signing, ``unsigned`` ones after."""
    request = DaraRequest()
    request.method, request.pathname, request.query = "POST", "/", query or {}
    request.headers = {
        "host": cloud.endpoint,
        "x-acs-action": action,
        "x-acs-version": version,
        "x-acs-date": Utils.get_timestamp(),
        "x-acs-signature-nonce": uuid4().hex,
        "x-acs-content-sha256": hashlib.sha256(body).hexdigest(),
    } | (changed or {})
    if body:
        request.headers["content-type"] = "application/x-www-form-urlencoded"
    payload = request.headers["x-acs-content-sha256"]
    sign = Utils.get_authorization(request, "ACS3-HMAC-SHA256", payload, KEY, secret)
    headers = request.headers | {"Authorization": sign} | (unsigned or {})
    return send(cloud, "POST", f"/?{urlencode(request.query)}", body, headers)


def rpc(
    cloud: Emulator,
    parameters: dict[str, str],
    *,
    secret: str = SECRET,
    method: str = "GET",
    form: bool = False,
    added: dict[str, str] | None = None,
    headers: dict[str, str] | None = None,
) -> Reply:
    """A request in the older form; ``added`` parameters are not signed."""
    signed = {
        "Version": "2020-06-01",
        "AccessKeyId": KEY,
        "SignatureMethod": "HMAC-SHA1",
        "SignatureVersion": "1.0",
        "SignatureNonce": uuid4().hex,
        "Timestamp": Utils.get_timestamp(),
    } | parameters
    signed["Signature"] = Utils.get_rpcsignature(signed, method, secret)
    text = urlencode(signed | (added or {}))
    if form:
        kind = {"content-type": "application/x-www-form-urlencoded"}
        return send(cloud, method, "/", text.encode(), kind | (headers or {}))
    return send(cloud, method, f"/?{text}", b"", headers)
