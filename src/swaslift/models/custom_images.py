"""Custom images of SWAS."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import Literal

from pydantic import Field

from swaslift.models.base import Resource, Tags


class ImageStatus(StrEnum):
    """Status codes of a SWAS custom image (``ListCustomImages``)."""

    COPYING = "0"
    AVAILABLE = "1"
    UNAVAILABLE = "2"
    FAILED = "3"
    CREATING = "4"


def state_name(status: str) -> str:
    """A status code in a word, ``available`` for ``1``; one that is not known as the service spells it."""
    return next((code.name.lower() for code in ImageStatus if code == status), status)


class CustomImage(Resource):
    """A custom image of SWAS."""

    product: Literal["swas", "ecs"] = "swas"
    id: str
    name: str
    status: str
    """See `ImageStatus`."""
    owner_id: str = ""
    """The account that the image belongs to; ``account_id`` is the one that sees it."""
    server_id: str = ""
    """The server that it was made of."""
    server_name: str = ""
    system_snapshot_id: str = ""
    data_snapshot_id: str = ""
    system_disk_size: int = 0
    data_disk_size: int = 0
    os_type: str = ""
    source_image: str = ""
    """What that server was made from: its system, or its application."""
    shared_to_ecs: bool = False
    shared_to_accounts: bool = False
    used_by: tuple[str, ...] = ()
    description: str = ""
    created_at: datetime | None = None
    tags: Tags = Field(default_factory=dict)

    def __repr_args__(self) -> Iterator[tuple[str | None, object]]:
        for name, value in super().__repr_args__():
            known = name == "status" and value in set(ImageStatus)
            yield name, ImageStatus(str(value)) if known else value

    def words(self) -> dict[str, str]:
        """As for all records; the status is a code in the data."""
        return super().words() | {"status": state_name(self.status)}

    @property
    def received(self) -> bool:
        """Whether another account owns the image and shares it: servers can be built from it, no more."""
        return self.owner_id not in {"", self.account_id}
