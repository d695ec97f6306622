"""Images that SWAS itself offers."""

from __future__ import annotations

from typing import Literal

from swaslift.models.base import Resource


class StockImage(Resource):
    """A system or app image of SWAS."""

    product: Literal["swas", "ecs"] = "swas"
    id: str
    name: str = ""
    kind: str
    """``system`` or ``app``."""
    os_type: str = ""
    """``Linux`` or ``Windows``."""
    description: str = ""
