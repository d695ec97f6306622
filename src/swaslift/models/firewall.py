"""The firewall of a SWAS server."""

from __future__ import annotations

from pydantic import Field

from swaslift.models.base import Resource, Tags


class FirewallRule(Resource):
    """A rule of one server's firewall."""

    id: str
    server_id: str
    protocol: str
    """TCP, UDP, TCP+UDP or ICMP."""
    port: str
    """``80``, ``8000/9000``, or ``-1/-1`` for ICMP."""
    source: str = ""
    """Addresses that it is for, as a CIDR block; ``0.0.0.0/0`` is everyone."""
    policy: str = "accept"
    """``accept`` or ``drop``."""
    remark: str = ""
    tags: Tags = Field(default_factory=dict)
