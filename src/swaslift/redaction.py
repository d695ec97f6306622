"""Keeping secrets out of texts: by their names, by their look, and by their values.

A service may quote a password in the middle of a sentence. So each secret that this process learns (a password
that was resolved, a key, a token, a parameter of a call that is named like one) is remembered as long as the
process lives, and masked wherever it appears, also in the forms that URLs, JSON, HTML and Base64 give it.
"""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from typing import Any
from urllib.parse import quote, quote_plus

MASK = "***"
SHORTEST = 4
"""Characters of the shortest value that is masked: a shorter one is part of too many words."""
ANYWHERE = 8
"""Characters from which a value is masked inside of a word as well; it is then masked in its other forms, too."""
MOST = 2000
"""Values that are remembered, the latest ones: temporary tokens change all day."""

_NAME = (
    r"[\w.\-]*(?:password|passwd|secret|security[-_]?token|sts[-_]?token|privatekeybody|private[-_]?key"
    r"|signature|access[-_]?key[-_]?id|credential)"
)
_LOOKS = (
    # Password=...  in a query, a form or a header
    re.compile(rf"(?i)(\b{_NAME}=)(?!\*\*\*)[^&\s,;\"'<>]+"),
    # "AccessKeySecret": "..."  and  x-acs-security-token : ...
    re.compile(rf"(?i)(\b{_NAME}[\"']?\s*:\s*[\"']?)(?!\*\*\*)[^\s,;\"'<>}}]+"),
    # keys and tokens by their look, wherever they stand
    re.compile(r"()\b(?:LTAI|STS\.)[0-9A-Za-z]{12,}"),
)
_SECRET = re.compile(r"(?i)(?:password|passwd|secret|securitytoken|privatekey(?:body)?)$")
"""Names of parameters whose values are secrets."""
_SCRIPT = re.compile(r"(?i)(?:userdata|commandcontent|parameters)$")
"""Names of parameters that may hold some: they are masked in what is said about their own call."""

_known: dict[str, None] = {}
_version = 0
_patterns: dict[int, tuple[int, re.Pattern[str] | None]] = {}
"""By the length of the shortest value in it: what was known at a version, ready to be searched for."""
_of_this_call: ContextVar[tuple[str, ...]] = ContextVar("swaslift-scripts", default=())


def remember(value: object) -> None:
    """Mask a value from now on, wherever it appears."""
    global _version  # noqa: PLW0603  # other threads search meanwhile
    if not isinstance(value, str) or len(value) < SHORTEST or value in _known:
        return
    _known[value] = None
    while len(_known) > MOST:
        _known.pop(next(iter(_known)), None)
    _version += 1


def remember_call(params: Mapping[str, Any]) -> None:
    """Remember the secrets among the parameters of a call; and its scripts, until this thread's next call."""
    scripts: list[str] = []
    for name, value in _leaves(params):
        if _SECRET.search(name):
            remember(value)
        elif _SCRIPT.search(name):
            scripts += [value, *(line.strip() for line in value.splitlines())]
    _of_this_call.set(tuple(s for s in scripts if len(s) >= ANYWHERE))


def hide(text: str, *, least: int = SHORTEST) -> str:
    """The text with ``***`` where a known secret is.

    Args:
        text: what somebody else said, or what we say ourselves.
        least: characters of the shortest secret. In our own texts a short one would mask words of ours.
    """
    version = _version
    at, pattern = _patterns.get(least, (-1, None))
    if at != version:
        values = [value for value in list(_known) if len(value) >= least]
        pattern = _any_of(values) if values else None
        _patterns[least] = (version, pattern)
    return text if pattern is None else pattern.sub(MASK, text)


def hide_own(text: str) -> str:
    """The same for a text of ours, in which somebody may be quoted."""
    return hide(text, least=ANYWHERE)


def mask(text: str) -> str:
    """The text with ``***`` where a known secret is, or something that is named or looks like one."""
    text = hide(text)
    if scripts := _of_this_call.get():
        text = _any_of(scripts).sub(MASK, text)
    for pattern in _LOOKS:
        text = pattern.sub(rf"\1{MASK}", text)
    return text


def _leaves(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _leaves(inner, str(key))
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _leaves(inner, name)
    elif isinstance(value, str):
        yield name, value


def _any_of(values: list[str] | tuple[str, ...]) -> re.Pattern[str]:
    forms = {form for value in values for form in _forms(value)}
    return re.compile("|".join(sorted(map(_searched, forms), key=len, reverse=True)))


def _searched(form: str) -> str:
    return re.escape(form) if len(form) >= ANYWHERE else rf"(?<!\w){re.escape(form)}(?!\w)"


def _forms(value: str) -> set[str]:
    """A value, and what becomes of it in a URL, in what is signed, in JSON, in HTML and in Base64."""
    if len(value) < ANYWHERE:
        return {value}
    quoted = quote(value, safe="~")
    encoded = base64.b64encode(value.encode("utf-8", "surrogatepass")).decode()
    return {
        value,
        quoted,
        quote(quoted, safe="~"),
        quote_plus(value),
        json.dumps(value)[1:-1],
        json.dumps(value, ensure_ascii=False)[1:-1],
        repr(value)[1:-1],
        html.escape(value),
        encoded,
        quote(encoded, safe=""),
    }
