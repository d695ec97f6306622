"""Captures: of a server that runs on, of one that is stopped meanwhile, and with commands before and after."""

from __future__ import annotations

from swaslift import Consent
from tests.crash.kinds.kind import Kind

SHOP = "8a1f0c2d4e5b46f79a0b1c2d3e4f5a60"

KINDS = (
    Kind("capture", "capture_image", lambda: {"server": "wiki", "name": "gold"}),
    Kind(
        "capture-stopped",
        "capture_image",
        lambda: {"server": "shop", "stop_source": True, "before": "stop-db", "after": "start-db"},
        consent=(Consent.stop(SHOP),),
    ),
)
