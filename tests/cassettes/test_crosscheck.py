"""The emulator answers what is recorded, ids aside; a change of either shows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from swaslift.testing.files import load
from tests.cassettes.crosscheck import compared, differences
from tests.cassettes.scenarios import SCENARIOS
from tests.cassettes.stage import files, stage_of


@pytest.mark.parametrize("path", files("emulator", "live"), ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_the_emulator_answers_what_is_recorded(path: Path) -> None:
    with stage_of(SCENARIOS[path.stem]) as cloud:
        assert list(differences(load(path), cloud)) == []


def test_an_emulator_that_answers_otherwise_is_noticed() -> None:
    (path,) = [p for p in files("emulator") if p.stem == "share_to_ecs"]
    with stage_of(SCENARIOS["share_to_ecs"]) as cloud:
        cloud.faults.fail("ModifyImageShareStatus", 403, "Forbidden.RAM")
        found = list(differences(load(path), cloud))
    assert "ModifyImageShareStatus: HTTP 200 was recorded, and now 403 Forbidden.RAM" in found[0]


def difference(
    recorded: Any, now: Any, names: dict[str, str] | None = None, *, shape_only: bool = False
) -> list[str]:
    return list(compared(recorded, now, {} if names is None else names, shape_only=shape_only))


def test_ids_may_differ_if_they_always_differ_alike() -> None:
    names: dict[str, str] = {}
    assert difference({"ImageId": "m-1"}, {"ImageId": "m-9"}, names) == []
    assert difference({"Images": [{"ImageId": "m-1"}]}, {"Images": [{"ImageId": "m-9"}]}, names) == []
    assert len(difference({"ImageId": "m-1"}, {"ImageId": "m-8"}, names)) == 1


@pytest.mark.parametrize(
    ("recorded", "now"),
    [
        ({"Status": "Available"}, {"Status": "Creating"}),
        ({"Size": 40}, {"Size": "40"}),
        ({"Size": 40}, {}),
        ({}, {"Size": 40}),
        ({"Images": []}, {"Images": [{"ImageId": "m-1"}]}),
        ({"Code": "NoStock", "Message": "sold out"}, {"Code": "Forbidden"}),
    ],
)
def test_anything_else_is_a_difference(recorded: dict[str, Any], now: dict[str, Any]) -> None:
    assert len(difference(recorded, now)) == 1


def test_of_a_live_cassette_the_shape_is_compared() -> None:
    recorded = {"TotalCount": 1, "Images": [{"ImageId": "m-1", "Size": 40}]}
    now = {"TotalCount": 2, "Images": [{"ImageId": "m-8", "Size": 60}, {"ImageId": "m-9", "Size": 20}]}
    assert difference(recorded, now, shape_only=True) == []
    assert len(difference(recorded, {"TotalCount": "2", "Images": []}, shape_only=True)) == 1


def test_what_people_read_and_ids_of_answers_are_left_aside() -> None:
    assert difference({"RequestId": "A", "Message": "no"}, {"RequestId": "B"}) == []
