"""Images that SWAS offers."""

from __future__ import annotations

from typing import Literal

from swaslift.models.base import Resource


class StockImage(Resource):
    """An image of SWAS itself: a bare system, or one with an application."""

    product: Literal["swas", "ecs"] = "swas"
    id: str
    name: str = ""
    kind: str = ""
    """``system`` or ``app``."""
    os_type: str = ""
    """``Linux`` or ``Windows``."""
    description: str = ""
