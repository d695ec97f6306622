"""What an ECS instance is placed in, and reached with."""

from __future__ import annotations

from typing import Literal

from swaslift.models.base import Resource


class VSwitch(Resource):
    """A vSwitch of a VPC."""

    product: Literal["swas", "ecs"] = "ecs"
    id: str
    name: str = ""
    vpc_id: str
    zone_id: str
    free_addresses: int = 0


class SecurityGroup(Resource):
    """A security group."""

    product: Literal["swas", "ecs"] = "ecs"
    id: str
    name: str = ""
    vpc_id: str = ""


class KeyPair(Resource):
    """An SSH key pair known to ECS; those of SWAS are others (`ServerKeyPair`)."""

    product: Literal["swas", "ecs"] = "ecs"
    name: str
