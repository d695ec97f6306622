"""Walking through documented and given answers, field by field."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
}


def fields(spec: Any, at: str = "") -> Iterator[tuple[str, str]]:
    """The documented fields and their types, e.g. ``Instances.Instance[].Status``."""
    if isinstance(spec, dict):
        for name, inner in spec.items():
            yield from fields(inner, f"{at}.{name}".lstrip("."))
    elif isinstance(spec, list):
        yield from fields(spec[0], f"{at}[]")
    else:
        yield at, spec


def values(body: Any, path: str) -> Iterator[Any]:
    """What an answer has at a path."""
    head, _, rest = path.partition(".")
    name = head.removesuffix("[]")
    if not isinstance(body, dict) or name not in body:
        return
    for value in body[name] if head.endswith("[]") else [body[name]]:
        if rest:
            yield from values(value, rest)
        else:
            yield value


def present(value: Any, at: str = "") -> Iterator[str]:
    """The paths that an answer has."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from present(inner, f"{at}.{name}".lstrip("."))
    elif isinstance(value, list):
        for inner in value:
            yield from present(inner, f"{at}[]")
    else:
        yield at
