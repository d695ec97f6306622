"""With which other accounts an image is shared."""

from __future__ import annotations

from datetime import datetime

from swaslift.models.base import Record
from swaslift.models.custom_images import CustomImage
from swaslift.models.ecs import EcsImage


class SharedAccount(Record):
    """An account that an image is shared with."""

    account_id: str
    shared_at: datetime | None = None
    """Since when. SWAS names no time zone; it is read as UTC."""


class AccountShares(Record):
    """A custom image of SWAS, and the accounts that it is shared with."""

    image: CustomImage
    accounts: tuple[SharedAccount, ...]


class HandedOver(Record):
    """An ECS image, the accounts that it is shared with, and what the receiver has to do."""

    image: EcsImage
    accounts: tuple[SharedAccount, ...]
    to_do: tuple[str, ...]
