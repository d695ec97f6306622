"""All images of all regions in one table, and what could be deleted."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from swaslift.models import CustomImage, EcsImage, Record
from swaslift.planning.expiry import RETENTION_DAYS
from swaslift.planning.regions import Unasked
from swaslift.planning.sheet import Sheet, Shown, Table
from swaslift.wording import counted, day, minute

Deletion = Literal["free", "loss", "blocked", "unknown"]

_UNTIL = (
    f"until: an image of SWAS is released with its server, {RETENTION_DAYS} days after that expires or when it "
    "is refunded; renew the server to keep it"
)
_WORDS: dict[str, str] = {"free": "yes", "loss": "at a loss", "blocked": "no", "unknown": "unknown"}


class ImageUser(Record):
    """A server or an ECS instance that was made from an image."""

    product: Literal["swas", "ecs"]
    id: str
    name: str
    status: str


class OverviewRow(Record):
    """One image."""

    image: CustomImage | EcsImage
    state: str
    """``available``, ``creating`` ... in SWAS; ``Available``, ``Creating`` ... in ECS."""
    shared_to_ecs: bool = False
    accounts: tuple[str, ...] = ()
    """Other accounts that have it."""
    age_days: int | None = None
    users: tuple[ImageUser, ...] = ()
    size: int = 0
    """GiB of its disks together."""
    source: str = ""
    """What it was made of, as far as it is known."""
    released_at: datetime | None = None
    """When a SWAS image is released with the server that it was made of, unless that is renewed."""
    run_id: str = ""
    """The run that made it; empty where none of this library did."""
    deletion: Deletion
    """``free``: the service deletes it, and nobody is known who would lose by it. ``loss``: the service
    deletes it, and somebody loses by it. ``blocked``: the service refuses, or a run of this machine that is
    not over needs it. ``unknown``: who uses it, or has it, could not be asked, or a run may need it."""
    why: str
    """Why that is so."""


class Overview(Shown):
    """Images of SWAS and ECS. Iterate over ``rows``; shown, it is a table."""

    account_id: str
    read_at: datetime
    regions: tuple[str, ...]
    rows: tuple[OverviewRow, ...]
    unasked: tuple[Unasked, ...] = ()

    @property
    def deletable(self) -> tuple[OverviewRow, ...]:
        """The images that nobody is known to need. Whether one is the last of its kind, only you know."""
        return tuple(row for row in self.rows if row.deletion == "free")

    def sheet(self) -> Sheet:
        """What is shown."""
        title = (
            f"{counted(len(self.rows), 'image')} of account {self.account_id} in "
            f"{counted(len(self.regions), 'region')}, {minute(self.read_at)}"
        )
        columns = ("region", "image", "state", "who has and uses it", "could it be deleted?")
        table = Table("", columns, tuple(map(_cells, self.rows)), wraps=(4,))
        until = (_UNTIL,) if any(row.released_at for row in self.rows) else ()
        return Sheet(title=title, tables=(table,), remarks=(*map(str, self.unasked), *until))


def _cells(row: OverviewRow) -> tuple[str, ...]:
    image = row.image
    size = f"{row.size} GiB" if row.size else ""
    age = "" if row.age_days is None else f"{counted(row.age_days, 'day')} old"
    until = f"until {day(row.released_at)}" if row.released_at else ""
    holders = ["ECS"] if row.shared_to_ecs else []
    holders += [f"account {a}" for a in row.accounts]
    holders += [f"{u.product.upper()} {u.name or u.id}" for u in row.users]
    return (
        f"{image.region_id}\n{image.product.upper()}",
        "\n".join(filter(None, (image.name, image.id, row.source))),
        "\n".join(filter(None, (row.state, size, age, until))),
        "\n".join(holders) or "nobody",
        f"{_WORDS[row.deletion]}: {row.why}",
    )
