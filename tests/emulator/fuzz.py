"""Requests as nobody should send them, signed so that they reach the handlers.

Each request comes of a seed alone. Most are right in form and wrong in a value or two; some are wrong in
their form, and some go to the control endpoints. `Fuzz.run` sends them over one connection and tells which
were answered with a failure of the emulator, or not at all.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import re
import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import dataclass, field
from random import Random
from typing import Any
from urllib.parse import quote, urlencode
from uuid import UUID

from alibabacloud_tea_openapi.utils import Utils
from darabonba.request import DaraRequest

from swaslift.emulator import Emulator
from swaslift.emulator.ecs import ECS
from swaslift.emulator.front.answer import Answer
from swaslift.emulator.front.control import FAULT_KINDS
from swaslift.emulator.front.params import COMMON
from swaslift.emulator.front.request import RawRequest
from swaslift.emulator.service import Service
from swaslift.emulator.sts import STS
from swaslift.emulator.swas import SWAS
from tests.emulator import tour_ecs, tour_swas
from tests.emulator.wire import KEY, SECRET

PATIENCE = 20.0
"""Real seconds after which a request counts as never answered."""
DEEP = "[" * 20_000
ODD_TEXTS = (
    "",
    " ",
    "-1",
    "0",
    "²",
    "٣",
    "1e999",
    "NaN",
    "9" * 5_000,
    "1_000",
    "true",
    "null",
    "\x00\x01\x0b\x1f",
    "\ud7ff\ue000\ufffe\U0001f600",
    "<&>]]>\"'",
    "a" * 3_000,
    "*" * 400,
    "*a" * 60 + "b",
    "[",
    "[]",
    "{}",
    "[1]",
    "[null]",
    "[[]]",
    '[{"a": []}]',
    '["\\ud800"]',
    '{"\\udfff": 1}',
    "[NaN, Infinity]",
    "[1e999]",
    f"[{'9' * 5_000}]",
    DEEP,
    '{"a":' * 5_000,
    "2026-11-01T08:00Z",
    "9999-12-31T23:59:59Z",
    "0000-00-00T00:00Z",
    "1/65536",
    "-1/-1",
    "²/³",
    "10.0.0.0/8",
    "10.0.0.0/٣",
    "::/0",
    "L'\u202e\u0000",
    "../../etc/passwd",
    "http://a",
)
ODD_INDICES = ("0", "00", "²", "٣", "9999", "10000", "9" * 5_000, "-1", "N", "")
ODD_JSON: tuple[Any, ...] = (
    None,
    True,
    -1,
    0.5,
    10**30,
    1e308,
    "",
    "x",
    [],
    [1],
    {},
    {"a": 1},
    "\ud800",
    "\x00",
)
ODD_HEADERS = (
    ("x-acs-action", "RunInstances"),
    ("x-acs-version", "2014-05-26"),
    ("accept", "application/json"),
    ("content-type", "application/json; charset=no-such"),
    ("content-type", ";;;"),
    ("content-encoding", "gzip"),
    ("x-acs-date", "²"),
    ("x-odd", "caf\xe9\xff"),
    ("cookie", "\xff" * 300),
    ("expect", "100-continue"),
)

_STARTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Instance", ("i-",)),
    ("Image", ("m-", "aliyun-")),
    ("Snapshot", ("s-",)),
    ("Disk", ("d-",)),
    ("SecurityGroup", ("sg-",)),
    ("VSwitch", ("vsw-",)),
    ("Vpc", ("vpc-",)),
    ("Invo", ("t-",)),
    ("Region", ("cn-", "ap-")),
    ("Zone", ("cn-",)),
)
"""How ids of a kind begin, by what the name of a parameter holds."""
_ID = re.compile(r"[a-z]{1,6}-[a-z0-9-]{6,}|[0-9a-f]{32}")
_STEM = re.compile(r"\.[0-9]+$")


Right = dict[tuple[str, str], list[dict[str, str]]]
"""Requests that are served, by version and action, without what a signature adds."""


def right_requests(cloud: Emulator) -> Right:
    """Those of the tours, which are made on this emulator, so that there is what they speak of."""
    found: Right = {}
    gate = cloud._gate
    answer = gate.answer

    async def recorded(raw: RawRequest) -> Answer:
        params = {k: v for k, v in raw.flat.items() if k not in COMMON or k == "RegionId"}
        found.setdefault((raw.version, raw.action), []).append(params)
        return await answer(raw)

    gate.answer = recorded  # type: ignore[method-assign]  # for the time of the tours
    tour_ecs.tour(cloud)
    tour_swas.tour(cloud)
    gate.answer = answer  # type: ignore[method-assign]  # as it was
    found[STS.contract.version, "GetCallerIdentity"] = [{}]
    return found


@dataclass
class Request:
    """What goes over the wire."""

    method: str
    target: str
    body: bytes
    headers: list[tuple[str, str]]
    about: str


@dataclass
class Outcome:
    """What a run came to."""

    sent: int = 0
    by_status: Counter[int] = field(default_factory=Counter)
    actions: set[str] = field(default_factory=set)
    failures: list[str] = field(default_factory=list)


class Fuzz:
    """One seed's requests to one emulator."""

    def __init__(self, cloud: Emulator, seed: int, right: Right) -> None:
        self._cloud = cloud
        self._random = Random(seed)
        self._right = right
        self._ids: list[str] = []

    def run(self, count: int) -> Outcome:
        """Send so many requests."""
        outcome = Outcome()
        connection = http.client.HTTPConnection(self._cloud.endpoint, timeout=PATIENCE)
        for number in range(count):
            if number % 200 == 0:
                self._ids = sorted(set(re.findall(f'"({_ID.pattern})"', _dump(self._cloud))))
            asked = self._control() if self._random.random() < 0.1 else self._call(outcome)
            outcome.sent += 1
            try:
                status, text, kind = _exchange(connection, asked)
            except (OSError, http.client.HTTPException) as error:
                connection.close()
                # A fault that was asked for cuts connections.
                if isinstance(error, TimeoutError) or not self._cut(asked):
                    outcome.failures.append(f"no answer ({error!r}) to {asked.about}")
                continue
            outcome.by_status[status] += 1
            why = _unreadable(text, kind, asked)
            if (status >= 500 and status != 501) or why:
                outcome.failures.append(f"{status} {why} {text[:300]!r} to {asked.about}")
        connection.close()
        return outcome

    def _cut(self, asked: Request) -> bool:
        return not asked.target.startswith("/-/") and self._cloud.log[-1].fault in {"cut", "lose_answer"}

    def _call(self, outcome: Outcome) -> Request:
        service: Service = self._random.choice((*([SWAS] * 10), *([ECS] * 14), STS))
        action = self._random.choice(sorted(service.handlers))
        outcome.actions.add(f"{service.contract.name} {action}")
        params = self._params(service, action)
        if self._random.random() < 0.03:
            action = self._random.choice(("", "²", "MakeCoffee", "CreateCommand", "\x00", "a" * 500))
        methods = service.contract.actions.get(action, {}).get("http_methods", ["POST"])
        method = self._random.choice(methods)
        if self._random.random() < 0.5:
            asked = self._acs3(service, action, params, method)
        else:
            asked = self._rpc(service, action, params, method)
        asked.about = f"{asked.about} {method} {action} {str(params)[:600]}"
        return asked

    def _params(self, service: Service, action: str) -> dict[str, str]:
        """A right request, changed in places."""
        found = dict(self._random.choice(self._right[service.contract.version, action]))
        specs = {p["name"]: p for p in service.contract.actions[action]["params"]}
        for name, text in list(found.items()):
            if name == "ClientToken" and self._random.random() < 0.9:
                del found[name]
            elif name.endswith("Name") and self._random.random() < 0.5:
                found[name] = f"fuzz-{self._random.randrange(10**6)}"
            elif (text in self._ids or _ID.fullmatch(text)) and self._random.random() < (
                0.15 if text in self._ids else 0.9
            ):
                kind = _STEM.sub("", name).rpartition(".")[2]
                found[name] = self._random.choice(self._fitting(kind, swas=service is SWAS))
        for _ in range(self._random.choice((0, 1, 1, 2, 4)) if specs else 0):
            spec = specs[self._random.choice(sorted(specs))]
            name = spec["name"].replace(".N", f".{self._index()}")
            if self._random.random() < 0.05:
                name = self._random.choice((name.lower(), f"{name}.1", name.split(".")[0], f"{name}²"))
            found[name] = self._value(spec, swas=service is SWAS)
        if found and self._random.random() < 0.05:
            del found[self._random.choice(sorted(found))]
        if self._random.random() < 0.03:
            found[self._random.choice(ODD_TEXTS)] = self._random.choice(ODD_TEXTS)
        return found

    def _index(self) -> str:
        return "1" if self._random.random() < 0.9 else self._random.choice(ODD_INDICES)

    def _value(self, spec: dict[str, Any], *, swas: bool) -> str:
        dice = self._random.random()
        name, kind = spec["name"].rpartition(".")[2], spec["type"]
        if dice < 0.3:
            return self._random.choice(ODD_TEXTS)
        if name == "RegionId":
            return self._random.choice((*["cn-hangzhou"] * 9, "ap-southeast-1"))
        if kind == "boolean":
            return self._random.choice(("true", "false"))
        if kind in {"integer", "number"}:
            return self._random.choice(("1", "2", "10", "20", "40", "80", "100", "500", str(10**17)))
        text = str(spec.get("constraints", ""))
        choices = (
            [c.strip(' "') for c in text.split(";", maxsplit=1)[0].split(" (", maxsplit=1)[0].split("|")]
            if "|" in text
            else []
        )
        if choices and dice < 0.6:
            return self._random.choice(choices)
        fitting = self._fitting(name, swas=swas)
        ids = [self._random.choice(fitting) for _ in range(self._random.choice((1, 1, 2)))]
        if "JSON object" in text or kind == "object":
            return json.dumps({"port": self._random.choice(("80", 80, None))})
        if kind == "array<object>":
            return json.dumps([{"RuleProtocol": "TCP", "Port": self._random.choice(("80", 1, "²"))}])
        if "JSON array" in text:
            return json.dumps(ids)
        if name.endswith("Name") and dice < 0.7:
            return f"fuzz-{self._random.randrange(10**6)}"
        return ids[0]

    def _fitting(self, name: str, *, swas: bool) -> list[str]:
        """Ids that a parameter of this name may hold."""
        starts = next((s for part, s in _STARTS if part in name), ("",))
        if swas and name.startswith("Instance"):
            return [i for i in self._ids if len(i) == 32]
        return [i for i in self._ids if i.startswith(starts)] or self._ids

    def _nonce(self) -> str:
        return UUID(int=self._random.getrandbits(128), version=4).hex

    def _header(self) -> list[tuple[str, str]]:
        return [self._random.choice(ODD_HEADERS)] if self._random.random() < 0.05 else []

    def _acs3(self, service: Service, action: str, params: dict[str, str], method: str) -> Request:
        form = method == "POST" and self._random.random() < 0.4
        body = urlencode(params).encode() if form else b""
        request = DaraRequest()
        path = (
            "/"
            if self._random.random() < 0.95
            else self._random.choice(("/instances/i-1", "//", "/%ff", "/x/"))
        )
        request.method, request.pathname = method, path
        request.query = {} if form else {k: v for k, v in params.items() if k}
        request.headers = {
            "host": self._cloud.endpoint,
            "x-acs-action": action,
            "x-acs-version": service.contract.version,
            "x-acs-date": Utils.get_timestamp(),
            "x-acs-signature-nonce": self._nonce(),
            "x-acs-content-sha256": hashlib.sha256(body).hexdigest(),
        }
        if not action.isascii() or not action.isprintable():
            request.headers["x-acs-action"] = "a\xe9"
        sign = Utils.get_authorization(
            request, "ACS3-HMAC-SHA256", request.headers["x-acs-content-sha256"], KEY, SECRET
        )
        if self._random.random() < 0.02:
            sign = self._random.choice(
                (sign[:-1], f"{sign}\xff", "ACS3-HMAC-SHA256 ", "\xff", sign.replace("host", "caf\xe9"))
            )
        headers = [*request.headers.items(), ("Authorization", sign), *self._header()]
        if form:
            headers.append(("content-type", "application/x-www-form-urlencoded"))
        query = urlencode(request.query, quote_via=quote)
        return Request(method, f"{path}?{query}" if query else path, body, headers, "acs3")

    def _rpc(self, service: Service, action: str, params: dict[str, str], method: str) -> Request:
        signed = {
            "Version": service.contract.version,
            "Action": action,
            "AccessKeyId": KEY,
            "SignatureMethod": "HMAC-SHA1",
            "SignatureVersion": "1.0",
            "SignatureNonce": self._nonce(),
            self._random.choice(("Timestamp", "TimeStamp")): Utils.get_timestamp(),
            "Format": self._random.choice(("JSON", "XML", "None")),
        } | params
        if self._random.random() < 0.02:
            signed[self._random.choice(sorted(signed))] = self._random.choice(ODD_TEXTS)
        signed["Signature"] = Utils.get_rpcsignature(signed, method, SECRET)
        text = urlencode(signed)
        if method == "POST" and self._random.random() < 0.5:
            kind = ("content-type", "application/x-www-form-urlencoded")
            return Request(method, "/", text.encode(), [kind, *self._header()], "rpc form")
        return Request(method, f"/?{text}", b"", self._header(), "rpc")

    def _control(self) -> Request:
        path = self._random.choice(
            (
                "/-/clock/advance",
                "/-/faults",
                "/-/faults",
                "/-/console/copy-image",
                "/-/clock",
                "/-/\xff",
                "/-/",
            )
        )
        value: Any = {
            "seconds": self._odd() if self._random.random() < 0.7 else self._random.choice((1, 60, 0.5)),
            "kind": self._random.choice((*FAULT_KINDS, "coffee")),
            "image_id": self._random.choice(self._ids),
            "region_id": self._odd(),
        }
        if path == "/-/clock/advance":
            value = {"seconds": value["seconds"]}
        elif path == "/-/faults":
            value = {"kind": value["kind"]}
            names = (
                "action",
                "times",
                "http",
                "code",
                "after",
                "region_id",
                "resource",
                "instance_type",
                "left",
            )
            for name in (*names, "seconds", "message", "lockout", "retry_after_ms", "zone"):
                if self._random.random() < 0.4:
                    value[name] = self._odd()
        if self._random.random() < 0.1:
            value = self._odd()
        text = (
            json.dumps(value)
            if self._random.random() < 0.9
            else self._random.choice((DEEP, "", "NaN", "\xff"))
        )
        method = self._random.choice(("POST", "POST", "POST", "GET", "PUT"))
        return Request(
            method, quote(path), text.encode(), self._header(), f"control {method} {path} {text[:300]}"
        )

    def _odd(self) -> Any:
        return self._random.choice(ODD_JSON)


def _dump(cloud: Emulator) -> str:
    # Faults that were asked for would hide what is looked for, and slow ones would take real time.
    cloud.faults.clear()
    return json.dumps(cloud.state())


def _exchange(connection: http.client.HTTPConnection, asked: Request) -> tuple[int, str, str]:
    if connection.sock is None:
        connection.connect()
    connection.putrequest(asked.method, asked.target, skip_host=any(k == "host" for k, _ in asked.headers))
    for name, value in asked.headers:
        connection.putheader(name, value.encode("latin-1"))
    connection.putheader("content-length", str(len(asked.body)))
    connection.endheaders(asked.body)
    answer = connection.getresponse()
    return answer.status, answer.read().decode(), answer.headers.get_content_type()


def _unreadable(text: str, kind: str, asked: Request) -> str:
    try:
        if kind == "application/json":
            json.loads(text, parse_constant=_no_constant)
        elif kind == "text/xml":
            ET.fromstring(text)
    except (ValueError, ET.ParseError) as error:
        return f"cannot be read ({error})"
    return ""


def _no_constant(constant: str) -> float:
    raise ValueError(constant)
