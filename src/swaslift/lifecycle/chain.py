"""A user's own script, as the carrier of runs knows it."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import replace
from typing import Any, ClassVar, TypeVar, get_args, get_type_hints

from pydantic import BaseModel, ConfigDict, RootModel, ValidationError, create_model
from pydantic_core import PydanticSerializationError

from swaslift.errors import InvalidArgument, SwasliftError
from swaslift.lifecycle.definition import Definition
from swaslift.planning.arguments import bound_arguments
from swaslift.runs.attempts import Stop
from swaslift.runs.changing import changed
from swaslift.runs.effects import Ask, Do, Effect, Fork, Gate, Include, Pause, Say, Script, Until
from swaslift.validation import invalid_argument

T = TypeVar("T")

CONTROL = ("consent", "run_id", "again")
"""Arguments that every verb has."""
_WRITE = "write  x = yield from lift.<verb>.part(...)"
_CORRECT = "correct it, then resume; nothing is lost"


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
                getattr(function, "__name__", function),
                "not a generator function",
                f"W{_WRITE[1:]}",
            )
        self.function = function
        self.name = function.__name__
        parameters = inspect.signature(function).parameters
        taken = [name for name in CONTROL if name in parameters]
        if taken:
            raise InvalidArgument(
                "function", function.__name__, f"{', '.join(taken)} is every verb's own", "Rename it"
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
        arguments = {f: getattr(spec, f) for f in type(spec).model_fields}
        returned = yield from self._watched(self.function(**arguments))
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

    def _watched(self, script: Script[T]) -> Script[T]:
        """The same script; a fault in it, or in a branch of it, stops the run with a word on whose it is."""
        try:
            return (yield from changed(script, self._seen))
        except (SwasliftError, Stop):
            raise
        except Exception as error:
            reason = f"{self.name} itself failed: {type(error).__name__}: {error}"
            raise Stop(reason, _CORRECT, error) from error

    def _seen(self, effect: Effect) -> Effect:
        if not isinstance(effect, Do | Until | Ask | Gate | Say | Fork | Include | Pause):
            raise Stop(f"{self.name} yields {effect!r}, which is no effect; {_WRITE}", _CORRECT)
        if not isinstance(effect, Fork):
            return effect
        for key, branch in effect.branches.items():
            if not inspect.isgenerator(branch):
                raise Stop(f"{self.name} forks into {key}={branch!r}, which is no script; {_WRITE}", _CORRECT)
        return replace(effect, branches={k: self._watched(b) for k, b in effect.branches.items()})

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
        bound = bound_arguments(self.name, inspect.signature(self.function), args, kwargs)
        try:
            spec: BaseModel = self.spec(**bound.arguments)
        except ValidationError as error:
            raise invalid_argument(self.spec, error, self.name) from None
        for name in type(spec).model_fields:
            try:
                spec.model_dump(mode="json", include={name})
            except ValueError as error:
                problem = f"the journal cannot keep it: {error}"
                remedy = "Give text, numbers, lists or records"
                raise InvalidArgument(name, getattr(spec, name), problem, remedy) from error
        return spec


def _words(value: Any) -> str:
    """A value for a report; what is not set is left out."""
    if isinstance(value, dict):
        return "; ".join(f"{k}: {_words(v)}" for k, v in value.items() if v not in (None, "", {}, []))
    if isinstance(value, list):
        return ", ".join(map(_words, value))
    return str(value)
