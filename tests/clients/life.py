"""What the life of an image comes to, whichever client takes it through."""

from __future__ import annotations

LONG = 3600
"""Seconds in which anything that was begun is over."""

AVAILABLE = "1"
"""How SWAS spells that an image is available."""

WRITES = [
    "CreateSnapshot",
    "CreateCustomImage",
    "ModifyImageShareStatus",
    "CopyImage",
    "CopyImage",
    "DeleteImage",
    "DeleteSnapshot",
    "DeleteImage",
    "DeleteSnapshot",
    "ModifyImageShareStatus",
    "DeleteCustomImage",
    "DeleteSnapshot",
]
"""What changes the cloud: captured, shared, copied within the region and to another, all of it deleted."""
