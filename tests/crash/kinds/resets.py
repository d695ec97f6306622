"""Servers that are reset: to another image, and to the one that they have."""

from __future__ import annotations

from swaslift import Consent
from tests.crash.kinds.kind import Kind

WIKI = "1b2c3d4e5f6a47889b0c1d2e3f4a5b61"
BATCH = "4e5f6a7b8c9d4bbb9e0f1a2b3c4d5e64"

KINDS = (
    Kind(
        "reset",
        "reset_server",
        lambda: {"server": "wiki", "image": "img-ubuntu-2204"},
        touches=frozenset({WIKI}),
        touches_undone=frozenset({WIKI}),
        consent=(Consent.erase(WIKI),),
        renews=True,
    ),
    Kind(
        "reinstall",
        "reset_server",
        lambda: {"server": "wiki", "image": "img-debian-12"},
        touches=frozenset({WIKI}),
        touches_undone=frozenset({WIKI}),
        consent=(Consent.erase(WIKI),),
        renews=True,
    ),
    Kind(
        "reset-stopped",
        "reset_server",
        lambda: {"server": "batch", "image": "img-debian-12"},
        touches=frozenset({BATCH}),
        touches_undone=frozenset({BATCH}),
        consent=(Consent.erase(BATCH),),
        renews=True,
    ),
)
