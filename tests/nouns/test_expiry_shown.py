"""A server whose expiry the service does not say, spells with an offset, or puts out of reach is shown all the same."""

from __future__ import annotations

from typing import Any

import pytest

from swaslift import Client
from swaslift.emulator import Emulator
from tests.cloud.answers import Body, spoiling
from tests.images.conftest import make_image


def expiring(at: Any, status: str) -> Any:
    def change(body: Body) -> Body:
        for server in body["Instances"]:
            server |= {"BusinessStatus": status, "ExpiredTime": at}
            if at is None:
                del server["ExpiredTime"]
        return body

    return change


TIMES = [None, "", "2026-11-08T16:00Z", "2026-11-09T00:00:00.000+0800", "9999-12-31T23:59:59Z"]


@pytest.mark.parametrize("at", TIMES)
def test_plans_overview_and_history_show_it(cloud: Emulator, lift: Client, at: Any) -> None:
    image = make_image(cloud, lift, "golden")
    for status in ("Normal", "Expired", "expired", "SomethingNew"):
        with spoiling("ListInstances", expiring(at, status), lambda _: True):
            plan = lift.capture_image.plan("shop", f"shop-{status}")
            said = str(plan)
            assert ("the server expired" in said) == (status.lower() == "expired")
            if at and at.startswith("2026") and status == "Normal":
                assert "expires on 2026-11-08 16:00 UTC" in said
            assert image.name in str(lift.overview())
            assert image.id in str(lift.images.history(image))
            assert [s.name for s in lift.servers.list("*")]
