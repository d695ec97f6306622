"""One call as a cassette knows it: what makes it the same call the next time."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

ENVELOPE = frozenset(
    {
        "AccessKeyId",
        "Action",
        "Format",
        "SecurityToken",
        "Signature",
        "SignatureMethod",
        "SignatureNonce",
        "SignatureType",
        "SignatureVersion",
        "Timestamp",
        "Version",
    }
)
"""Parameters of the older signature form: who signs, and when. They are neither kept nor matched."""

_READS = ("Describe", "List", "Get")
_MOMENT = re.compile(r"^(swaslift-[0-9a-f]+)-\d{12}$")
"""A token that ends in the moment of its try: sharing may be repeated, so each try has its own."""
_SURROUNDINGS = frozenset({"RegionId", "ZoneId", "VpcId", "VSwitchId", "SecurityGroupId", "RequestId"})
"""Ids of what a call stands in, which many unrelated calls name."""


@dataclass(frozen=True)
class Call:
    """One API call, without what differs from one sending to the next.

    Attributes:
        host: the service's host.
        action: the API action, from its header, or from the query in the older form.
        version: the API version.
        parameters: names and values of query and form, sorted.
        body: any other body, as text; JSON in a canonical form.
    """

    host: str
    action: str
    version: str
    parameters: tuple[tuple[str, str], ...]
    body: str

    @classmethod
    def of(cls, uri: str, headers: Mapping[str, str], body: bytes | None) -> Call:
        """The call that a request makes."""
        parts = urlsplit(uri)
        given = parse_qsl(parts.query, keep_blank_values=True)
        lower = {name.lower(): value for name, value in headers.items()}
        text = (body or b"").decode("utf-8", "replace")
        if lower.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            given += parse_qsl(text, keep_blank_values=True)
            text = ""
        named = dict(given)
        return cls(
            host=parts.hostname or "",
            action=lower.get("x-acs-action") or named.get("Action", ""),
            version=lower.get("x-acs-version") or named.get("Version", ""),
            parameters=tuple(sorted((k, _MOMENT.sub(r"\1", v)) for k, v in given if k not in ENVELOPE)),
            body=_canonical(text),
        )

    @property
    def reads(self) -> bool:
        """Whether it changes nothing: by its name, or because it is a dry run."""
        return self.action.startswith(_READS) or ("DryRun", "true") in self.parameters

    def differences(self, other: Call) -> list[str]:
        """What another call has otherwise, one line each."""
        said = [
            (name, getattr(self, name), getattr(other, name))
            for name in ("host", "action", "version", "body")
        ]
        mine, theirs = dict(self.parameters), dict(other.parameters)
        said += [(k, mine.get(k, "not sent"), theirs.get(k, "not sent")) for k in sorted({**mine, **theirs})]
        return [f"{name}: {here!r}, recorded {there!r}" for name, here, there in said if here != there]

    def __str__(self) -> str:
        told = ", ".join(f"{name}={value}" for name, value in self.parameters)
        return f"{self.action} at {self.host} ({told})"


def resources(call: Call, answer: Any) -> frozenset[str]:
    """The ids of the resources that a call and its answer name."""
    found: set[str] = set()
    for name, value in call.parameters:
        # ``ResourceId.1`` is the first of several.
        last = next((part for part in reversed(name.split(".")) if not part.isdecimal()), name)
        found.update(_ids(last, _unpacked(value)))
    for name, value in _leaves(answer):
        found.update(_ids(name, value))
    return frozenset(found)


def _ids(name: str, value: Any) -> Iterator[str]:
    if name.endswith(("Id", "Ids")) and name not in _SURROUNDINGS:
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, str) and item:
                yield item


def _leaves(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner, name)
    else:
        yield name, value


def _unpacked(value: str) -> Any:
    """Lists travel as JSON."""
    if value.startswith("["):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def _canonical(text: str) -> str:
    try:
        return json.dumps(json.loads(text), sort_keys=True)
    except ValueError:
        return text
