"""Doors to an emulator, and what several tests look at."""

from __future__ import annotations

from random import Random
from typing import Any

from swaslift.cloud import Cloud, Settings
from swaslift.emulator import Emulator

REGION = "cn-hangzhou"
OTHER_REGION = "cn-shanghai"


def settings(emulator: Emulator | None = None, /, **changes: Any) -> Settings:
    """Settings that lead to an emulator, as its first account; None leaves endpoint and keys out."""
    given: dict[str, Any] = {
        "region": REGION,
        "endpoint_url": None,
        "access_key_id": None,
        "access_key_secret": None,
        "security_token": None,
        "connect_timeout": 5.0,
        "read_timeout": 30.0,
    }
    if emulator is not None:
        environment = emulator.environment()
        given |= {
            "endpoint_url": emulator.endpoint_url,
            "access_key_id": environment["ALIBABA_CLOUD_ACCESS_KEY_ID"],
            "access_key_secret": environment["ALIBABA_CLOUD_ACCESS_KEY_SECRET"],
        }
    return Settings.resolve(**{**given, **changes})


def door(emulator: Emulator | None = None, /, **changes: Any) -> Cloud:
    """A door to an emulator, with a source of randomness that repeats itself."""
    clock = changes.pop("clock", None)
    return Cloud(settings(emulator, **changes), clock=clock, random=Random(7))
