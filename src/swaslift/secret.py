"""References to secrets: what is stored is where a secret is found, never the secret."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from typing import Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from swaslift.errors import ConfigError, InvalidArgument, SwasliftError
from swaslift.redaction import MASK, remember

_FUNCTIONS: dict[str, Callable[[], str]] = {}
"""Functions given in this process, by label: a run is built from the journal, which keeps the label."""

_VARIABLE = re.compile(r"[A-Za-z_]\w*", re.ASCII)


def _is_variable(name: object) -> bool:
    """Whether this can be the name of a variable, rather than what somebody took for the secret itself."""
    return isinstance(name, str) and bool(name) and (name in os.environ or bool(_VARIABLE.fullmatch(name)))


def _is_reference(reference: object) -> bool:
    kind, _, name = reference.partition(":") if isinstance(reference, str) else ("", "", "")
    return _is_variable(name) if kind == "env" else kind == "call" and bool(name)


def _refused(field: str) -> InvalidArgument:
    """What was given may be the secret itself: it must not reach any text."""
    return InvalidArgument(
        field,
        MASK,
        "not a reference to a secret",
        'Give Secret.env("NAME") or Secret.call(function); the secret itself is never passed in',
    )


class Secret:
    """A reference to a secret, resolved only when the call that needs it is made.

    ``Secret.env("ECS_PASSWORD")`` reads an environment variable at that moment;
    ``Secret.call(vault.read, label="vault")`` calls a function. The journal keeps the reference
    (the variable's name, the label), so after a crash a variable resolves by itself, while a
    function has to be given again by repeating the call.
    """

    __slots__ = ("reference",)

    def __init__(self, reference: str) -> None:
        if not _is_reference(reference):
            raise _refused("reference")
        self.reference = reference

    @classmethod
    def env(cls, variable: str) -> Secret:
        """The secret in an environment variable."""
        if not _is_variable(variable):
            raise _refused("variable")
        return cls(f"env:{variable}")

    @classmethod
    def call(cls, function: Callable[[], str], *, label: str | None = None) -> Secret:
        """The secret that a function returns; ``label`` tells it apart, its name by default."""
        if not callable(function):
            raise _refused("function")
        if label is not None and (not isinstance(label, str) or not label):
            raise InvalidArgument(
                "label", label, "not a text with something in it", "Give a text, or leave it out"
            )
        name = label or f"{function.__module__}.{getattr(function, '__qualname__', repr(function))}"
        _FUNCTIONS[name] = function
        return cls(f"call:{name}")

    def resolve(self) -> str:
        """The secret itself.

        Raises:
            ConfigError: the variable is not set, or the function is gone since a restart, fails or returns no text.
        """
        kind, _, name = self.reference.partition(":")
        if kind == "call" and name in _FUNCTIONS:
            return self._called(_FUNCTIONS[name], name)
        if kind != "env":
            raise ConfigError(
                f"the secret {self.reference!r} came from a function of an earlier process; "
                "repeat the call with the same arguments, or use Secret.env(...)"
            )
        value = os.environ.get(name)
        if not value:
            raise ConfigError(f"the environment variable {name} holds the secret and is not set")
        remember(value)
        return value

    @staticmethod
    def _called(function: Callable[[], str], name: str) -> str:
        try:
            value: object = function()
        except SwasliftError:
            raise
        except Exception as error:  # noqa: BLE001  # whatever a user's function raises; its text may hold the secret
            problem = f"failed with {type(error).__name__}"
        else:
            if isinstance(value, str) and value:
                remember(value)
                return value
            problem = f"returned no text but {type(value).__name__}"
        raise ConfigError(f"the function {name} that gives the secret {problem}. Correct it, then try again")

    def __repr__(self) -> str:
        return f"Secret({self.reference!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other.reference == self.reference

    def __hash__(self) -> int:
        return hash(self.reference)

    @classmethod
    def _accept(cls, value: object) -> Secret:
        if isinstance(value, Secret):
            return value
        if callable(value):
            return cls.call(value)
        if isinstance(value, dict) and set(value) == {"secret"}:
            value = value["secret"]
            if isinstance(value, str) and _is_reference(value):
                return cls(value)
        # The value itself must not reach an error message.
        raise ValueError('a secret is given as a reference: Secret.env("NAME") or a function')

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        del source, handler
        return core_schema.no_info_plain_validator_function(
            cls._accept,
            serialization=core_schema.plain_serializer_function_ser_schema(
                lambda s: {"secret": s.reference}, when_used="always"
            ),
        )
