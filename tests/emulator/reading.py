"""Which parameters a handler reads, told from its source and that of the functions it calls."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterator
from functools import cache
from types import FunctionType, ModuleType
from typing import Any

from swaslift.emulator.service import Call


def reads(handler: Any) -> set[str]:
    """The texts that may name a parameter: none of them is the name of a field of an answer."""
    found: set[str] = set()
    todo, seen = [handler], set()
    while todo:
        function = todo.pop()
        if function not in seen:
            seen.add(function)
            texts, called = _of(function)
            found |= texts
            todo += called
    return found


@cache
def _of(function: FunctionType) -> tuple[set[str], list[FunctionType]]:
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    answers = {id(key) for node in ast.walk(tree) if isinstance(node, ast.Dict) for key in node.keys}
    answers |= {
        id(node.slice)
        for node in ast.walk(tree)
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store)
    }
    texts = {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in answers
    }
    called = []
    for value in _named(tree, function.__globals__):
        if isinstance(value, FunctionType) and value.__module__.startswith("swaslift.emulator"):
            called.append(value)
        elif not isinstance(value, FunctionType | type | ModuleType):
            texts |= set(_texts(value))
    return texts, called


def _named(tree: ast.AST, space: dict[str, Any]) -> Iterator[Any]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in space:
            yield space[node.id]
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            owner = Call if node.value.id in {"call", "self"} else space.get(node.value.id)
            value = getattr(owner, node.attr, None) if isinstance(owner, ModuleType | type) else None
            yield value.fget if isinstance(value, property) else value


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple | list | set | frozenset):
        for inner in value:
            yield from _texts(inner)
    elif isinstance(value, dict):
        for pair in value.items():
            yield from _texts(pair)
