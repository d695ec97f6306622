"""Which actions the door uses, read from its source; and what the contracts say of them."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import swaslift.cloud
from swaslift.emulator.ecs import ECS
from swaslift.emulator.sts import STS
from swaslift.emulator.swas import SWAS

SERVICES = {"swas": SWAS, "ecs": ECS, "sts": STS}
ROOM = Path(swaslift.cloud.__file__).parent
CARRIERS = {"read", "read_as", "read_anywhere", "change", "change_as", "pages", "_list"}
"""Methods that a call is sent through; product, action and region come first."""


@dataclass(frozen=True)
class Use:
    """One place in the door that sends an action."""

    product: str
    action: str
    how: str
    token: bool
    where: str
    method: str
    """The door's method, or function, that sends it."""


def product_of(path: Path) -> str | None:
    """The product that a file of the door speaks to: ``swas_reads.py`` to SWAS."""
    product = path.stem.split("_")[0]
    return product if product in {"swas", "ecs", "sts"} else None


@cache
def uses() -> tuple[Use, ...]:
    """Every place."""
    found = []
    for path in sorted(ROOM.glob("*.py")):
        for method in _methods(ast.parse(path.read_text())):
            for node in ast.walk(method):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                    use = _use(node, node.func.attr, path, method.name)
                    if use is not None:
                        found.append(use)
    return tuple(found)


def _methods(room: ast.Module | ast.ClassDef) -> Iterator[ast.FunctionDef]:
    """Functions and methods, without those inside them."""
    for node in room.body:
        if isinstance(node, ast.FunctionDef):
            yield node
        elif isinstance(node, ast.ClassDef):
            yield from _methods(node)


def _use(node: ast.Call, how: str, path: Path, method: str) -> Use | None:
    if how not in CARRIERS:
        return None
    literals = [a.value if isinstance(a, ast.Constant) else None for a in node.args]
    if how == "_list":
        literals.insert(0, product_of(path))
    product, action = (*literals, None, None)[:2]
    if not isinstance(product, str) or not isinstance(action, str):
        return None
    token = any(k.arg == "token" for k in node.keywords)
    return Use(product, action, how, token, f"{path.name}:{node.lineno}", method)


@cache
def contract(product: str) -> dict[str, Any]:
    """The documented facts of a product."""
    text = resources.files("swaslift.emulator").joinpath(f"contract/{product}.json").read_text("utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def used_actions() -> list[tuple[str, str]]:
    """Product and action, each once."""
    return sorted({(u.product, u.action) for u in uses()})
