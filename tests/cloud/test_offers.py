"""What counts as in stock, where an answer tells it in two places that disagree."""

from __future__ import annotations

import json

import pytest

from swaslift.clock import VirtualClock
from swaslift.emulator import Emulator
from tests.cloud.doors import REGION, door
from tests.cloud.wires import foreign


def answer(status: str, category: str | None) -> bytes:
    """An answer of ``DescribeAvailableResource`` with one instance type."""
    kind = {"Value": "ecs.g7.large", "Status": status, "StatusCategory": category}
    supported = {"SupportedResources": {"SupportedResource": [kind]}}
    zone = {"ZoneId": "cn-hangzhou-i", "AvailableResources": {"AvailableResource": [supported]}}
    return json.dumps({"RequestId": "r", "AvailableZones": {"AvailableZone": [zone]}}).encode()


@pytest.mark.parametrize(
    ("status", "category", "in_stock"),
    [
        ("Available", "WithStock", True),
        ("Available", "ClosedWithStock", True),
        ("Available", None, True),
        ("Available", "WithoutStock", False),
        ("Available", "ClosedWithoutStock", False),
        ("SoldOut", "WithStock", False),
    ],
)
def test_both_places_have_to_say_that_there_is_stock(
    cloud: Emulator, status: str, category: str | None, in_stock: bool
) -> None:
    with foreign(body=answer(status, category), content_type="application/json") as (url, _):
        client = door(cloud, endpoint_url=url, clock=VirtualClock())
        found = client.ecs.available_instance_types(REGION, "cn-hangzhou-i")
    assert found == {"ecs.g7.large": in_stock}
