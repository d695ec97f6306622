"""An image that is in another region than it is looked for in: what is said leads there, and to no copy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import pytest

from swaslift import Client
from swaslift.checks import Check
from swaslift.emulator import Emulator
from swaslift.errors import InvalidArgument
from swaslift.models import CustomImage

THERE = "ap-southeast-1"
OWN = "base-2026-05"
WAYS: dict[str, Callable[[Client, str], Any]] = {
    "history": lambda lift, image: lift.images.history(image),
    "delete_image": lambda lift, image: lift.delete_image.plan(image),
    "copy_to_region": lambda lift, image: lift.copy_to_region.plan(image, "cn-shanghai"),
}


def told(lift: Client, way: str, image: str) -> Check | InvalidArgument:
    """What stands against it: an error, or the blocker of a plan that names all that it does not find."""
    try:
        return cast("Check", WAYS[way](lift, image).blockers[0])
    except InvalidArgument as error:
        return error


def argument_of(way: str) -> str:
    return "image_region" if way == "copy_to_region" else "region"


@pytest.fixture
def edge(lift: Client) -> str:
    """The name of a custom image of a server in another region."""
    lift.capture_image("edge-sg", "edge", region=THERE)
    return "edge"


@pytest.mark.parametrize("way", WAYS)
def test_one_of_swas_is_named_with_its_region(cloud: Emulator, lift: Client, edge: str, way: str) -> None:
    cloud.log.clear()
    found = told(lift, way, edge)
    assert found.value == edge
    assert found.remedy == f"Give {argument_of(way)}={THERE!r}"
    assert not cloud.log.attempted_writes()


@pytest.mark.parametrize("way", WAYS)
def test_one_that_is_nowhere_is_told_with_those_of_both_products(
    lift: Client, image: CustomImage, way: str
) -> None:
    found = told(lift, way, "nobody")
    assert "neither of SWAS nor of ECS" in found.problem
    assert image.name in found.remedy
    assert OWN in found.remedy
    assert f"{argument_of(way)}=..." in found.remedy
