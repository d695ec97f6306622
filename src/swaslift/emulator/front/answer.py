"""An answer on its way out: JSON, or XML where it was asked for."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode
from xml.sax.saxutils import escape

_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot hold in any form."""


@dataclass
class Answer:
    """HTTP status and body of one call."""

    http: int
    body: dict[str, Any]
    request_id: str
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def code(self) -> str:
        """The error code; empty when the call succeeded."""
        return str(self.body.get("Code", ""))


def error(http: int, code: str, message: str, request_id: str, *, host: str, product: str) -> Answer:
    """An answer that is an error."""
    asked = urlencode({"q": code, "product": product, "requestId": request_id})
    body = {
        "Code": code,
        "HostId": host,
        "Message": message,
        "Recommend": f"https://api.aliyun.com/troubleshoot?{asked}",
        "RequestId": request_id,
    }
    return Answer(http, body, request_id)


def emptied(answer: Answer) -> Answer:
    """The answer of a list that has found nothing."""
    return replace(answer, body=_emptied(answer.body))


def _emptied(body: dict[str, Any]) -> dict[str, Any]:
    def empty(name: str, value: Any) -> Any:
        if isinstance(value, dict):
            return _emptied(value)
        return [] if isinstance(value, list) else 0 if name == "TotalCount" else value

    return {name: empty(name, value) for name, value in body.items()}


def render(answer: Answer, action: str, *, xml: bool) -> tuple[str, str]:
    """Text and content type."""
    if not xml:
        return json.dumps(answer.body, ensure_ascii=False), "application/json"
    root = "Error" if answer.http >= 400 else f"{action}Response"
    return f"<?xml version='1.0' encoding='UTF-8'?><{root}>{_xml(answer.body)}</{root}>", "text/xml"


def _xml(value: Any) -> str:
    if isinstance(value, dict):
        return "".join(_elements(name, inner) for name, inner in value.items())
    if isinstance(value, bool):
        return "true" if value else "false"
    return escape(_NOT_IN_XML.sub("\ufffd", str(value)))


def _elements(name: str, value: Any) -> str:
    items = value if isinstance(value, list) else [value]
    return "".join(f"<{name}>{_xml(item)}</{name}>" for item in items)
