"""Names of the default inventory, and shorthands that many tests use."""

from __future__ import annotations

from typing import Any

from swaslift import Client, Disk, NewInstance
from swaslift.emulator import Emulator

VSWITCH = "vsw-emulator-hz-i"
SECURITY_GROUP = "sg-emulator-hz-web"
KEY_PAIR = "ops"
OTHER_ACCOUNT = "6543210987654321"
KEYS_OF_OTHER = {
    "access_key_id": "LTAIemulator0001",
    "access_key_secret": "emulator-secret-of-the-second-account",
}


def client_of(cloud: Emulator, **arguments: Any) -> Client:
    """A client that speaks HTTP to an emulator, with the keys of its first account."""
    environment = cloud.environment()
    return Client(
        **{
            "region": "cn-hangzhou",
            "endpoint_url": cloud.endpoint_url,
            "access_key_id": environment["ALIBABA_CLOUD_ACCESS_KEY_ID"],
            "access_key_secret": environment["ALIBABA_CLOUD_ACCESS_KEY_SECRET"],
            **arguments,
        }
    )


def client_of_other(cloud: Emulator, **arguments: Any) -> Client:
    """A client with the keys of the emulator's second account."""
    return client_of(
        cloud,
        **{**KEYS_OF_OTHER, **arguments},
    )


def new_instance(**changes: Any) -> NewInstance:
    """A target that fits the default inventory."""
    return NewInstance(
        **{
            "instance_type": "ecs.g7.large",
            "vswitch_id": VSWITCH,
            "security_group_id": SECURITY_GROUP,
            "system_disk": Disk("cloud_essd"),
            "key_pair": KEY_PAIR,
            **changes,
        }
    )


def new_instance_of_other(**changes: Any) -> NewInstance:
    """A target that fits the second account of the default inventory."""
    return new_instance(
        **{
            "vswitch_id": "vsw-emulator-partner-hz",
            "security_group_id": "sg-emulator-partner-hz",
            "key_pair": "partner-ops",
            **changes,
        }
    )
