"""The answers of every ECS action have the documented shape, and the SDK knows every field."""

from __future__ import annotations

import pytest
from alibabacloud_ecs20140526 import models

from swaslift.emulator import Emulator
from swaslift.emulator.ecs import ECS
from tests.emulator.conftest import START
from tests.emulator.ecs_guide import Bodies
from tests.emulator.shapes import TYPES, fields, present, values
from tests.emulator.tour_ecs import tour
from tests.emulator.tour_ecs_inventory import inventory

ACTIONS = sorted(ECS.contract.actions)


@pytest.fixture(scope="module")
def bodies() -> Bodies:
    with Emulator(inventory(), speed=None, start=START, seed=1) as cloud:
        return tour(cloud)


def test_every_action_of_the_contract_is_served() -> None:
    assert sorted(ECS.handlers) == ACTIONS


@pytest.mark.parametrize("action", ACTIONS)
def test_the_sdk_reads_every_field_of_the_answer(bodies: Bodies, action: str) -> None:
    kind = getattr(models, f"{action}ResponseBody")
    for body in bodies[action]:
        assert kind().from_map(body).to_map() == body


@pytest.mark.parametrize("action", ACTIONS)
def test_every_documented_field_is_filled_with_its_type(bodies: Bodies, action: str) -> None:
    for path, kind in fields(ECS.contract.actions[action]["response"]):
        found = [value for body in bodies[action] for value in values(body, path)]
        assert [v for v in found if type(v) not in TYPES[kind]] == [], f"{action} {path} is no {kind}"
        assert [v for v in found if v not in {"", None}], f"{action} never fills {path}"


@pytest.mark.parametrize("action", ACTIONS)
def test_no_answer_has_an_undocumented_field(bodies: Bodies, action: str) -> None:
    documented = {path for path, _ in fields(ECS.contract.actions[action]["response"])}
    for body in bodies[action]:
        assert set(present(body)) <= documented
