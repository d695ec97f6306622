"""SSH key pairs of SWAS."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from swaslift.models.base import Resource


class ServerKeyPair(Resource):
    """An SSH key pair of SWAS; those of ECS are others (`KeyPair`)."""

    product: Literal["swas", "ecs"] = "swas"
    name: str
    public_key: str = ""
    server_ids: tuple[str, ...] = ()
    """Servers that it is bound to."""
    created_at: datetime | None = None
