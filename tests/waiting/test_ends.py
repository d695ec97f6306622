"""The conditions in use: what ends a wait for an image, an instance, or anything that was begun."""

from __future__ import annotations

from typing import Any

import pytest

from swaslift.models import EcsImage, EcsInstance
from swaslift.waiting import watches
from swaslift.waiting.conditions import Condition, Sight

REGION = "cn-hangzhou"
WHERE: dict[str, Any] = {"account_id": "1", "region_id": REGION}


def looks(condition: Condition[Any], *records: Any) -> list[str]:
    """The outcomes of looks in a row."""
    sight = Sight()
    return [condition.judge(r, sight).outcome for r in records]


def image(status: str, *, usable: bool | None = None) -> EcsImage:
    return EcsImage(**WHERE, id="m-1", status=status, usable=usable)


def instance(status: str, *locks: str) -> EcsInstance:
    return EcsInstance(**WHERE, id="i-1", status=status, locks=locks)


@pytest.mark.parametrize(
    ("status", "usable", "outcome"),
    [
        ("Creating", False, "pending"),
        ("Waiting", None, "pending"),
        ("Available", False, "pending"),
        ("Available", True, "done"),
        ("Available", None, "done"),
        ("CreateFailed", None, "failed"),
        ("UnAvailable", True, "failed"),
        ("Deprecated", True, "failed"),
    ],
)
def test_an_image_is_done_when_it_is_available_and_not_unusable(
    status: str, usable: bool | None, outcome: str
) -> None:
    assert looks(watches.ecs_image_usable(REGION, "m-1"), image(status, usable=usable)) == [outcome]


def test_an_instance_is_stopped_when_nothing_locks_it() -> None:
    stopped = watches.instance_stopped(REGION, "i-1")
    shown = instance("Running"), instance("Stopped", "security"), instance("Stopped")
    assert looks(stopped, *shown) == ["pending", "pending", "done"]


def test_a_stopped_instance_is_on_its_way_to_running() -> None:
    shown = instance("Stopped"), instance("Starting"), instance("Running")
    assert looks(watches.instance_running(REGION, "i-1"), *shown) == ["pending", "pending", "done"]


@pytest.mark.parametrize(
    ("status", "outcome"),
    [("Creating", "pending"), ("Waiting", "pending"), ("Available", "done"), ("CreateFailed", "done")],
)
def test_a_resource_has_settled_at_either_end(status: str, outcome: str) -> None:
    assert looks(watches.settled(watches.ECS_IMAGES, REGION, "m-1"), image(status)) == [outcome]


def test_further_states_may_count_as_settled() -> None:
    settled = watches.settled(watches.INSTANCES, REGION, "i-1", "Stopped")
    assert looks(settled, instance("Stopping"), instance("Stopped")) == ["pending", "done"]


@pytest.mark.parametrize("condition", [watches.settled, watches.seen])
def test_what_is_gone_has_settled_and_was_seen(condition: Any) -> None:
    waited_for = condition(watches.ECS_IMAGES, REGION, "m-1")
    sight = Sight(seen=True)
    assert [waited_for.judge(None, sight).outcome for _ in range(2)] == ["pending", "done"]
    assert looks(waited_for, None, None) == ["pending", "pending"]


@pytest.mark.parametrize("status", ["Creating", "Waiting", "Available", "CreateFailed", "Polishing"])
def test_seen_takes_every_state_also_one_that_is_not_known(status: str) -> None:
    assert looks(watches.seen(watches.ECS_IMAGES, REGION, "m-1"), None, image(status)) == ["pending", "done"]


def test_an_end_is_not_reached_by_any_state() -> None:
    gone = watches.instance_gone(REGION, "i-1")
    assert looks(gone, instance("Stopped"), instance("Running"), None, None) == ["pending"] * 3 + ["done"]
