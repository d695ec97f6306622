"""An image to build servers from, and what several tests look at."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from swaslift import Client, Consent
from swaslift.emulator import Emulator
from swaslift.models import CustomImage
from tests.images.conftest import make_image

PLAN = "swas.s.c2m2s50b3"
LEAVE = Consent.charges(max_total=100_000)


@pytest.fixture
def image(cloud: Emulator, lift: Client) -> CustomImage:
    """An available custom image of a Linux server with 40 GiB."""
    made = make_image(cloud, lift, "golden")
    cloud.log.clear()
    return made


def purchases(cloud: Emulator) -> list[int]:
    """How many servers each purchase was for."""
    return [int(c.params.get("Amount", 1)) for c in cloud.log.writes() if c.action == "CreateInstances"]


def interrupt_at(lift: Client, phase: str, action: str) -> None:
    """Press Ctrl-C before or after the next call of an action: what it came to is not written down."""
    over: list[bool] = []

    def press(exchange: object) -> None:
        if not over and (getattr(exchange, "phase", ""), getattr(exchange, "action", "")) == (phase, action):
            over.append(True)
            raise KeyboardInterrupt

    lift.cloud.observe(press)


def sold(cloud: Emulator, **changes: Any) -> None:
    """Sell the plan otherwise from now on, e.g. at another price."""
    plans = cloud.world.swas.plans
    plans[PLAN] = replace(plans[PLAN], **changes)
