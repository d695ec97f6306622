"""A user's own script, as the carrier of runs knows it."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, ClassVar, get_args, get_type_hints

from pydantic import BaseModel, ConfigDict, RootModel, ValidationError, create_model
from pydantic_core import PydanticSerializationError

from swaslift.errors import InvalidArgument, SwasliftError
from swaslift.lifecycle.definition import Definition
from swaslift.runs.attempts import Stop
from swaslift.runs.effects import Script

CONTROL = ("consent", "run_id", "again")
"""Arguments that every verb has."""


class Chain(Definition[Any, Any]):
    """A script that is made of other verbs.

    Args:
        function: the script. Its arguments are kept in the journal, so each has a type that pydantic
            reads; what it returns is kept as well.

    Raises:
        InvalidArgument: it is not such a function.
    """

    composed: ClassVar[bool] = True

    def __init__(self, function: Callable[..., Script[Any]]) -> None:
        if not inspect.isgeneratorfunction(function):
            raise InvalidArgument(
                "function",
                function,
                "not a generator function",
                "Write  x = yield from lift.<verb>.part(...)",
            )
        self.function = function
        self.name = function.__name__
        parameters = inspect.signature(function).parameters
        taken = [name for name in CONTROL if name in parameters]
        if taken:
            raise InvalidArgument(
                "function", function, f"{', '.join(taken)} is every verb's own", "Rename it"
            )
        hints = get_type_hints(function)
        fields: dict[str, Any] = {
            name: (hints.get(name, Any), ... if p.default is inspect.Parameter.empty else p.default)
            for name, p in parameters.items()
        }
        config = ConfigDict(frozen=True, extra="forbid")
        self.spec = create_model(f"{self.name}_arguments", __config__=config, **fields)
        returned = get_args(hints.get("return"))
        outcome: Any = RootModel[returned[-1] if returned else Any]  # type: ignore[misc]  # known at run time
        self.outcome = outcome

    def script(self, spec: Any) -> Script[Any]:
        try:
            returned = yield from self.function(**{f: getattr(spec, f) for f in type(spec).model_fields})
        except (SwasliftError, Stop):
            raise
        except Exception as error:
            reason = f"{self.name} itself failed: {type(error).__name__}: {error}"
            raise Stop(reason, "correct it, then resume; nothing is lost", error) from error
        try:
            outcome = self.outcome(returned)
            outcome.model_dump(mode="json")
        except (ValidationError, PydanticSerializationError) as error:
            raise Stop(
                f"{self.name} returns a {type(returned).__name__}, which the journal cannot keep",
                "have it return text, numbers, lists or records, then resume; nothing is lost",
                error,
            ) from error
        return outcome

    def result(self, spec: Any, outcome: Any) -> Any:
        del spec
        return outcome.root

    def facts(self, spec: Any, outcome: Any) -> list[tuple[str, str]]:
        del outcome
        return [(name, _words(value)) for name, value in spec.model_dump(mode="json").items()]

    def arguments(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> BaseModel:
        """The arguments of a call, validated.

        Raises:
            InvalidArgument: one is missing, unknown, or of a wrong type.
        """
        try:
            bound = inspect.signature(self.function).bind(*args, **kwargs)
        except TypeError as error:
            raise InvalidArgument("arguments", (args, kwargs), str(error)) from None
        try:
            spec: BaseModel = self.spec(**bound.arguments)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            field = ".".join(str(part) for part in first["loc"])
            problem = f"{self.name} does not take it"
            raise InvalidArgument(field, first.get("input"), problem, first["msg"]) from None
        return spec


def _words(value: Any) -> str:
    """A value for a report; what is not set is left out."""
    if isinstance(value, dict):
        return "; ".join(f"{k}: {_words(v)}" for k, v in value.items() if v not in (None, "", {}, []))
    if isinstance(value, list):
        return ", ".join(map(_words, value))
    return str(value)
