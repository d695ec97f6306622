"""The answers of every SWAS action have the documented shape, and the SDK knows every field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from alibabacloud_swas_open20200601 import models

from swaslift.emulator import Emulator
from swaslift.emulator.swas import SWAS
from tests.emulator.conftest import START
from tests.emulator.tour_swas import Bodies, inventory, tour

if TYPE_CHECKING:
    from collections.abc import Iterator

ACTIONS = sorted(SWAS.contract.actions)
NEVER_FILLED: dict[str, str] = {}
"""Documented fields that the emulator cannot fill, with the reason."""


@pytest.fixture(scope="module")
def bodies() -> Bodies:
    with Emulator(inventory(), speed=None, start=START, seed=1) as cloud:
        return tour(cloud)


def test_every_action_of_the_contract_is_served() -> None:
    assert sorted(SWAS.handlers) == ACTIONS


@pytest.mark.parametrize("action", ACTIONS)
def test_the_sdk_reads_every_field_of_the_answer(bodies: Bodies, action: str) -> None:
    kind = getattr(models, f"{action}ResponseBody")
    for body in bodies[action]:
        assert kind().from_map(body).to_map() == body


def _paths(spec: Any, at: str = "") -> Iterator[tuple[str, str]]:
    """The documented fields and their types, e.g. ``Instances[].Disks[].Size``."""
    if isinstance(spec, dict):
        for name, inner in spec.items():
            yield from _paths(inner, f"{at}.{name}".lstrip("."))
    elif isinstance(spec, list):
        yield from _paths(spec[0], f"{at}[]")
    else:
        yield at, spec


def _values(body: Any, path: str) -> Iterator[Any]:
    head, _, rest = path.partition(".")
    name = head.removesuffix("[]")
    if not isinstance(body, dict) or name not in body:
        return
    for value in body[name] if head.endswith("[]") else [body[name]]:
        if rest:
            yield from _values(value, rest)
        else:
            yield value


TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
}


@pytest.mark.parametrize("action", ACTIONS)
def test_every_documented_field_is_filled_with_its_type(bodies: Bodies, action: str) -> None:
    for path, kind in _paths(SWAS.contract.actions[action]["response"]):
        found = [value for body in bodies[action] for value in _values(body, path)]
        assert [v for v in found if type(v) not in TYPES[kind]] == [], f"{action} {path} is no {kind}"
        if f"{action}:{path}" not in NEVER_FILLED:
            assert [v for v in found if v not in {"", None}], f"{action} never fills {path}"


@pytest.mark.parametrize("action", ACTIONS)
def test_no_answer_has_an_undocumented_field(bodies: Bodies, action: str) -> None:
    documented = {path for path, _ in _paths(SWAS.contract.actions[action]["response"])}
    for body in bodies[action]:
        assert set(_present(body)) <= documented


def _present(value: Any, at: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _present(inner, f"{at}.{name}".lstrip("."))
    elif isinstance(value, list):
        for inner in value:
            yield from _present(inner, f"{at}[]")
    else:
        yield at
