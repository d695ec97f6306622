"""Networks and logins as plain records: groups, VPCs, vSwitches, key pairs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from swaslift.emulator.ecs.records import Record

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from swaslift.emulator.world import Timeline


@dataclass(kw_only=True)
class Rule:
    """One rule of a security group."""

    id: str
    created_at: datetime
    direction: Literal["ingress", "egress"] = "ingress"
    protocol: str = "TCP"
    ports: str = "-1/-1"
    policy: str = "Accept"
    priority: int = 1
    source_cidr: str = ""
    source_cidr6: str = ""
    source_group: str = ""
    source_prefix_list: str = ""
    source_ports: str = ""
    dest_cidr: str = ""
    nic_type: str = "intranet"
    description: str = ""
    documented: Mapping[str, Any] = field(default_factory=dict)
    """As of a record."""

    @property
    def key(self) -> tuple[str, ...]:
        """What makes two rules the same rule."""
        return (
            self.direction,
            self.protocol,
            self.ports,
            self.policy,
            self.source_cidr,
            self.source_cidr6,
            self.source_group,
            self.source_prefix_list,
            self.dest_cidr,
        )


@dataclass(kw_only=True)
class SecurityGroup(Record):
    """A security group of a VPC."""

    name: str
    vpc_id: str
    description: str = ""
    kind: Literal["normal", "enterprise"] = "normal"
    rules: list[Rule] = field(default_factory=list)


@dataclass(kw_only=True)
class Vpc(Record):
    """A virtual private cloud."""

    name: str
    cidr: str
    timeline: Timeline
    description: str = ""
    is_default: bool = False
    user_cidrs: list[str] = field(default_factory=list)
    router_id: str = ""


@dataclass(kw_only=True)
class VSwitch(Record):
    """A subnet in one zone."""

    name: str
    vpc_id: str
    zone_id: str
    cidr: str
    timeline: Timeline
    description: str = ""
    is_default: bool = False


@dataclass(kw_only=True)
class KeyPair(Record):
    """An SSH key pair; only the public half is kept."""

    name: str
    fingerprint: str
    public_key: str
