"""From flat wire parameters to the nested, typed ones of the contract.

``Tag.1.Key=a`` becomes ``{"Tag": [{"Key": "a"}]}``; names that the contract does not know are
refused, unless it says that its list is partial, and then they are ignored.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

COMMON = frozenset(
    {
        "AccessKeyId",
        "Action",
        "Format",
        "OwnerAccount",
        "OwnerId",
        "RegionId",
        "ResourceOwnerAccount",
        "ResourceOwnerId",
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
"""Parameters that every action takes; only RegionId reaches a handler."""


class Missing(Exception):  # named by what is wrong; the gate words the answer
    """A required parameter is absent."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class Invalid(Exception):  # named by what is wrong; the gate words the answer
    """A parameter has a wrong name or a value of the wrong type."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"{name}: {why}")
        self.name = name
        self.why = why


def _integer(text: str) -> int:
    return int(text)


def _boolean(text: str) -> bool:
    return {"true": True, "false": False}[text.lower()]


def _json_list(text: str) -> list[Any]:
    value = json.loads(text)
    if not isinstance(value, list):
        raise TypeError
    return value


def _json_object(text: str) -> dict[str, Any]:
    value = json.loads(text)
    if not isinstance(value, dict):
        raise TypeError
    return value


def _comma_list(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


_SCALARS: dict[str, tuple[Callable[[str], Any], str]] = {
    "string": (str, "text"),
    "integer": (_integer, "an integer"),
    "number": (float, "a number"),
    "boolean": (_boolean, "true or false"),
}


@dataclass(frozen=True)
class Parameter:
    """One parameter of an action as the contract has it."""

    name: str
    decode: Callable[[str], Any]
    expected: str
    required: bool

    @classmethod
    def of(cls, spec: Mapping[str, Any]) -> Parameter:
        """Read one entry of the contract's ``params``."""
        kind, wire, text = spec["type"], spec.get("wire"), str(spec.get("constraints", ""))
        if kind == "object" or "JSON object" in text:
            decode: Callable[[str], Any] = _json_object
            expected = "a JSON object"
        elif wire == "simple":
            decode, expected = _comma_list, "a comma-joined list"
        elif kind.startswith("array") or "JSON array" in text:
            decode, expected = _json_list, "a JSON array"
        else:
            decode, expected = _SCALARS[kind]
        return cls(spec["name"], decode, expected, bool(spec["required"]) and "may be empty" not in text)


class Schema:
    """The parameters of one action."""

    def __init__(self, spec: Mapping[str, Any]) -> None:
        self.partial = bool(spec.get("params_partial"))
        self.parameters = {p["name"]: Parameter.of(p) for p in spec["params"]}
        self.lists = {name.split(".N")[0] for name in self.parameters if ".N" in name}

    def decode(self, flat: Mapping[str, str]) -> dict[str, Any]:
        """The nested, typed parameters; raises `Missing` or `Invalid`."""
        nested: dict[str, Any] = {}
        for name, text in sorted(flat.items()):
            parts = name.split(".")
            generic = ".".join("N" if part.isdigit() else part for part in parts)
            parameter = self.parameters.get(generic)
            if parameter is None:
                if generic in COMMON:
                    if name == "RegionId" and text:
                        nested[name] = text
                    continue
                if self.partial:
                    continue
                raise Invalid(name, "this action has no such parameter")
            if text == "" and (parameter.decode is not str or generic == name):
                continue  # an empty value is as good as none, except inside a list
            try:
                value = parameter.decode(text)
            except (ValueError, TypeError, KeyError):
                raise Invalid(name, f"it must be {parameter.expected}") from None
            _put(nested, parts, value)
        result: dict[str, Any] = _lists(nested)
        for parameter in self.parameters.values():
            if parameter.required:
                _require(result, parameter.name.split("."), parameter.name)
        return result


def _put(into: dict[str, Any], parts: list[str], value: Any) -> None:
    for part in parts[:-1]:
        into = into.setdefault(part, {})
    into[parts[-1]] = value


def _lists(value: Any) -> Any:
    """Turn ``{"1": a, "2": b}`` into ``[a, b]``, at any depth."""
    if not isinstance(value, dict):
        return value
    if value and all(key.isdigit() for key in value):
        return [_lists(value[key]) for key in sorted(value, key=int)]
    return {key: _lists(inner) for key, inner in value.items()}


def _require(value: Any, parts: list[str], name: str) -> None:
    head, *rest = parts
    if head == "N":
        if not isinstance(value, list) or not value:
            raise Missing(name.replace(".N", ".1"))
        for i, item in enumerate(value, 1):
            if rest:
                _require(item, rest, name.replace(".N", f".{i}", 1))
            elif item == "":
                raise Missing(name.replace(".N", f".{i}", 1))
        return
    inner = value.get(head) if isinstance(value, dict) else None
    if inner is None or inner == "":
        raise Missing(name.replace(".N", ".1"))
    if rest:
        _require(inner, rest, name)
