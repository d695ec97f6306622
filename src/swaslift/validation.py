"""What users pass in as models: a wrong value is an `InvalidArgument` in our own words, never in pydantic's."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.fields import FieldInfo

from swaslift.errors import InvalidArgument
from swaslift.wording import instead, number

_WANTED = {
    "bool": "Give True or False",
    "int": "Give a whole number",
    "float": "Give a number",
    "finite": "Give a number",
    "string": "Give a text",
    "dict": 'Give a mapping, e.g. {"key": "value"}',
    "mapping": 'Give a mapping, e.g. {"key": "value"}',
    "list": "Give a list",
    "tuple": "Give a list",
    "set": "Give a list",
    "iterable": "Give a list",
}
"""What to give, by the first word of an error's type; for numbers without limits, and texts of the wrong type."""


class Validated(BaseModel):
    """Base of what a user passes in."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True, hide_input_in_errors=True)

    def __init__(self, **data: Any) -> None:
        for name, value in data.items():
            # To pydantic True is a 1.
            if isinstance(value, bool) and name in type(self).model_fields:
                self._refuse_flag(name, value)
        try:
            super().__init__(**data)
        except ValidationError as error:
            raise invalid_argument(type(self), error) from None
        self._check()

    def _check(self) -> None:
        """What no single field can tell."""

    def __repr_args__(self) -> Iterator[tuple[str | None, object]]:
        """What was given; defaults are left out."""
        given = self.model_fields_set
        yield from (
            (name, value) for name, value in super().__repr_args__() if name in given and value is not None
        )

    def __str__(self) -> str:
        return repr(self)

    @classmethod
    def _refuse_flag(cls, name: str, value: bool) -> None:
        types = set(_types(cls.model_fields[name].annotation))
        if types & {int, float} and bool not in types:
            wanted = _limits(cls.model_fields[name]) or "Give a number"
            raise InvalidArgument(name, value, f"{cls.__name__} does not take it", wanted)


def invalid_argument(model: type[BaseModel], error: ValidationError, owner: str = "") -> InvalidArgument:
    """What is wrong with the first wrong field of a model.

    Args:
        model: the model.
        error: what pydantic found.
        owner: what people call the model; its name by default.
    """
    first = error.errors(include_url=False)[0]
    owner = owner or model.__name__
    field = ".".join(str(part) for part in first["loc"]) or owner
    kind, inner = first["type"], first.get("ctx", {}).get("error")
    if isinstance(inner, InvalidArgument):
        # A model inside this one has said it already.
        return InvalidArgument(f"{field}.{inner.field}", inner.value, inner.problem, inner.remedy)
    if kind == "extra_forbidden":
        # What a field that does not exist was meant for is unknown; it may have been a password.
        return InvalidArgument(field, "***", f"{owner} has no such field", instead(field, model.model_fields))
    if kind == "missing":
        return InvalidArgument(field, None, f"{owner} needs it", f"Give {field}=...")
    # A password that was passed in clear must not come back in a message.
    value = "***" if "password" in field.lower() else first.get("input")
    return InvalidArgument(field, value, f"{owner} does not take it", _remedy(model, dict(first), value))


def _remedy(model: type[BaseModel], first: dict[str, Any], value: object) -> str:
    """What to give instead."""
    kind, context = first["type"], first.get("ctx", {})
    field = model.model_fields.get(str(first["loc"][0])) if first["loc"] else None
    choices = list(map(str, _choices(field.annotation))) if field else []
    examples = (field.examples if field else None) or []
    name, simple = context.get("class_name", ""), len(first["loc"]) == 1
    match kind:
        case "literal_error" if isinstance(value, str):
            said = instead(value, choices)
        case "literal_error":
            said = f"Give one of {', '.join(choices)}"
        case "value_error":
            said = str(context["error"])
        case "string_pattern_mismatch" if examples:
            said = f"Give e.g. {examples[0]!r}"
        case "string_too_short" if context["min_length"] == 1:
            said = "Give a text with something in it"
        case "string_too_short":
            said = f"Give at least {context['min_length']} characters"
        case "string_too_long":
            said = f"Give at most {context['max_length']} characters"
        case "model_type" | "model_attributes_type":
            said = f"Write {name}({json.dumps(value)})" if isinstance(value, str) else f"Give a {name}"
        case _:
            said = (_limits(field) if field and simple else "") or _WANTED.get(kind.partition("_")[0], "")
    return said or f"See help({model.__name__})"


def _limits(field: FieldInfo) -> str:
    """The numbers that a field takes; empty for a field without limits."""
    least: Any = next((m.ge for m in field.metadata if hasattr(m, "ge")), None)
    most: Any = next((m.le for m in field.metadata if hasattr(m, "le")), None)
    what = "a whole number" if int in _types(field.annotation) else "a number"
    match least, most:
        case None, None:
            return ""
        case _, None:
            return f"Give {what}, {number(least)} or more"
        case None, _:
            return f"Give {what}, {number(most)} or less"
        case _:
            return f"Give {what} from {number(least)} to {number(most)}"


def _types(annotation: Any) -> Iterator[Any]:
    """The types that an annotation is made of."""
    if get_origin(annotation) is Literal or not get_args(annotation):
        yield annotation
        return
    for part in get_args(annotation):
        yield from _types(part)


def _choices(annotation: Any) -> Iterator[Any]:
    """The values of the literals in an annotation."""
    for part in _types(annotation):
        if get_origin(part) is Literal:
            yield from get_args(part)
