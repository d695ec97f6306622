"""From flat wire parameters to the nested, typed ones of the contract.

``Tag.1.Key=a`` becomes ``{"Tag": [{"Key": "a"}]}``. A name that the contract does not have is ignored, as
gateways do, or refused in the strict mode. Numbers are ASCII digits.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from swaslift.emulator import numbers
from swaslift.emulator.front import plain_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

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
        "TimeStamp",
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


class NotServed(Exception):  # named by what is wrong; the gate words the answer
    """A parameter that the service documents and the emulator does not act on."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class Invalid(Exception):  # named by what is wrong; the gate words the answer
    """A parameter has a wrong name or a value of the wrong type."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"{name}: {why}")
        self.name = name
        self.why = why


_INDEX = re.compile(r"[0-9]{1,4}")
_DIGITS = re.compile(r"[0-9]+")
_OLD_SPELLINGS = {"key": "Key", "value": "Value"}
"""``Tag.1.key`` and ``Tag.1.value`` are older spellings that clients still send."""


def _boolean(text: str) -> bool:
    return {"true": True, "false": False}[text.lower()]


def _json(text: str) -> Any:
    return plain_json.loads(
        text, number=lambda text: (numbers.number if "." in text else numbers.integer)(text)
    )


def _scalar(value: Any) -> bool:
    return isinstance(value, str | int | float)


def _flat_object(value: Any) -> bool:
    return isinstance(value, dict) and all(v is None or _scalar(v) for v in value.values())


def _json_list(text: str) -> list[Any]:
    value = _json(text)
    if not isinstance(value, list) or not all(_scalar(v) or _flat_object(v) for v in value):
        raise TypeError
    return value


def _json_texts(text: str) -> list[str]:
    value = _json_list(text)
    if not all(isinstance(v, str) for v in value):
        raise TypeError
    return value


def _json_object(text: str) -> dict[str, Any]:
    value: dict[str, Any] = _json(text)
    if not _flat_object(value):
        raise TypeError
    return value


def _comma_list(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


_SCALARS: dict[str, tuple[Callable[[str], Any], str]] = {
    "string": (str, "text"),
    "integer": (numbers.integer, "an integer"),
    "number": (numbers.number, "a number"),
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
        elif kind == "array<object>":
            decode, expected = _json_list, "a JSON array of objects"
        elif kind.startswith("array") or "JSON array" in text:
            decode, expected = _json_texts, "a JSON array of texts"
        else:
            decode, expected = _SCALARS[kind]
        return cls(spec["name"], decode, expected, bool(spec["required"]) and "may be empty" not in text)


class Schema:
    """The parameters of one action.

    Args:
        spec: The action's entry in the contract.
        not_served: Documented parameters that the emulator does not act on; each stands for all below it.
        strict: Whether an unknown parameter is refused; gateways ignore it.
    """

    def __init__(
        self, spec: Mapping[str, Any], not_served: Iterable[str] = (), *, strict: bool = False
    ) -> None:
        self.parameters = {p["name"]: Parameter.of(p) for p in spec["params"]}
        self._not_served = tuple(not_served)
        self._strict = strict

    def decode(self, flat: Mapping[str, str]) -> dict[str, Any]:
        """The nested, typed parameters; raises `Missing`, `Invalid` or `NotServed`."""
        nested = _Branch()
        for name, text in sorted(flat.items()):
            parts = name.split(".")
            generic = self._generic(parts)
            parameter = self.parameters.get(generic)
            if parameter is None:
                self._ignore(name, generic)
                if name == "RegionId" and text:
                    nested[name] = text
            # An empty value is as good as none, except inside a list.
            elif text or (parameter.decode is str and generic != name):
                _put(nested, parts, self._value(parameter, name, text))
        result: dict[str, Any] = _lists(nested)
        for parameter in self.parameters.values():
            if parameter.required:
                _require(result, parameter.name.split("."), parameter.name)
        return result

    def _ignore(self, name: str, generic: str) -> None:
        if self._strict and generic not in COMMON:
            raise Invalid(name, "this action has no such parameter")

    def _value(self, parameter: Parameter, name: str, text: str) -> Any:
        if any(parameter.name == one or parameter.name.startswith(f"{one}.") for one in self._not_served):
            raise NotServed(name)
        if not all(_INDEX.fullmatch(part) for part in name.split(".") if _DIGITS.fullmatch(part)):
            raise Invalid(name, "a list has at most 9999 entries")
        try:
            return parameter.decode(text)
        except (ValueError, TypeError, KeyError):
            raise Invalid(name, f"it must be {parameter.expected}") from None

    def _generic(self, parts: list[str]) -> str:
        """The documented form of a name; an older spelling of its last part is put right in the list."""
        if "N" in parts:
            return ""
        generic = ".".join("N" if _DIGITS.fullmatch(part) else part for part in parts)
        if generic not in self.parameters and parts[-1] in _OLD_SPELLINGS:
            parts[-1] = _OLD_SPELLINGS[parts[-1]]
            return self._generic(parts)
        return generic


class _Branch(dict[str, Any]):
    """What dotted names nest, unlike an object that a parameter holds as JSON."""


def _put(into: _Branch, parts: list[str], value: Any) -> None:
    for part in parts[:-1]:
        into = into.setdefault(part, _Branch())
    into[parts[-1]] = value


def _lists(value: Any) -> Any:
    """Turn ``{"1": a, "2": b}`` into ``[a, b]``, at any depth."""
    if not isinstance(value, _Branch):
        return value
    if value and all(_DIGITS.fullmatch(key) for key in value):
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
