"""Purchases: servers that are built from a custom image, with all that is done on them, and in two waves."""

from __future__ import annotations

from swaslift import Client, NewFirewallRule
from swaslift.emulator import Emulator
from tests.crash.kinds.kind import Kind
from tests.images.conftest import make_image

IMAGE = "golden"
PLAN = "swas.s.c2m2s50b3"


def captured(cloud: Emulator, lift: Client) -> None:
    """An available custom image."""
    make_image(cloud, lift, IMAGE)


KINDS = (
    Kind(
        "scale-out",
        "scale_out",
        lambda: {
            "image": IMAGE,
            "count": 2,
            "server_plan": PLAN,
            "firewall_rules": [NewFirewallRule("8080")],
            "tags": {"tier": "web"},
            "command": "systemctl start shop",
        },
        prepare=captured,
        # The image names the servers that were built from it.
        touches=frozenset({IMAGE}),
        touches_undone=frozenset({IMAGE}),
        asks=True,
    ),
    Kind(
        "scale-out-waves",
        "scale_out",
        lambda: {"image": IMAGE, "count": 21, "server_plan": PLAN},
        prepare=captured,
        touches=frozenset({IMAGE}),
        touches_undone=frozenset({IMAGE}),
        asks=True,
    ),
)
