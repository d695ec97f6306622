"""The life of one image: where it came from, who uses and has it, what was copied from it, what blocks what."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from swaslift.models import CustomImage, EcsImage, EcsInstance, Record, Server, SharedAccount, Snapshot
from swaslift.planning.custom_images import state_of
from swaslift.planning.expiry import RETENTION_DAYS
from swaslift.planning.lookup import shown
from swaslift.planning.regions import Unasked
from swaslift.planning.sheet import Sheet, Shown, Table, facts
from swaslift.wording import day, minute

Act = Literal["delete", "unshare from ECS", "unshare from accounts", "delete the snapshots"]


class Obstacle(Record):
    """What stands against something that could be done with the image."""

    act: Act
    refused: bool
    """Whether it is refused; otherwise it can be done, and somebody loses by it."""
    why: str
    remedy: str = ""


class ImageCopy(Record):
    """An ECS image that was copied from the image, or may have been."""

    image: EcsImage
    run_id: str = ""
    """The run that made it."""
    known: bool
    """Whether a run tells that it is one. Otherwise it is a copy of the same name and size: ECS does not
    tell which image a copy is of."""


class ImageHistory(Shown):
    """What is known of an image. Shown, it is a few tables."""

    image: CustomImage | EcsImage
    server: Server | None = None
    """The server that it was made of, if that is there; ``image.server_id`` names it in any case."""
    released_at: datetime | None = None
    """When a SWAS image is released with that server and its snapshots, unless the server is renewed."""
    snapshots: tuple[Snapshot, ...] = ()
    """The snapshots behind it that are there."""
    origin: CustomImage | EcsImage | None = None
    """The image that an ECS image was copied from, where a run tells it and it is there."""
    run_id: str = ""
    """The run that made it; empty where none of this library did."""
    step: str = ""
    """The step of that run."""
    seen_in_ecs: tuple[EcsImage, ...] = ()
    """A custom image as ECS lists it while it is shared; several where only the name tells."""
    accounts: tuple[SharedAccount, ...] = ()
    """Other accounts that have it."""
    servers: tuple[Server, ...] = ()
    """SWAS servers that were made from it."""
    instances: tuple[EcsInstance, ...] = ()
    """ECS instances of the account whose system disk was made from it."""
    copies: tuple[ImageCopy, ...] = ()
    obstacles: tuple[Obstacle, ...] = ()
    unasked: tuple[Unasked, ...] = ()
    """Regions that could not be asked for copies."""

    def against(self, act: Act) -> tuple[Obstacle, ...]:
        """What stands against something."""
        return tuple(o for o in self.obstacles if o.act == act)

    def sheet(self) -> Sheet:
        """What is shown."""
        image = self.image
        kind = "Custom image of SWAS" if isinstance(image, CustomImage) else "ECS image"
        return Sheet(
            title=f"{kind} {image.name or image.id} in {image.region_id}",
            tables=(
                facts(*self._facts()),
                Table("Made from it", ("product", "name", "id", "state"), tuple(self._users())),
                Table("Shared with", ("whom", "since"), tuple(self._shares())),
                Table("Copies in ECS", ("region", "name", "id", "state", "known by"), tuple(self._copies())),
                Table(
                    "What blocks what",
                    ("to", "it is", "why", "what to do"),
                    tuple(self._obstacles()),
                    wraps=(2, 3),
                ),
            ),
            remarks=tuple(map(str, self.unasked)),
        )

    def _facts(self) -> list[tuple[str, str]]:
        image = self.image
        facts = [("id", image.id), ("state", state_of(image))]
        if image.created_at:
            facts.append(("made", minute(image.created_at)))
        if isinstance(image, CustomImage):
            if image.server_id:
                name = self.server.name if self.server else image.server_name
                gone = "" if self.server else ", which is not there"
                facts.append(("of server", f"{name} ({image.server_id}){gone}"))
            if self.released_at:
                until = day(self.released_at)
                facts.append(
                    (
                        "until",
                        (
                            f"{until}, {RETENTION_DAYS} days after its server expires, or its refund; "
                            "renew that to keep it"
                        ),
                    )
                )
            facts += [
                ("of system", image.source_image),
                (
                    "disks",
                    " + ".join(str(s) for s in (image.system_disk_size, image.data_disk_size) if s) + " GiB",
                ),
            ]
        else:
            facts.append(("disks", " + ".join(str(d.size) for d in image.disks) + " GiB"))
        there = ", ".join(map(shown, self.snapshots))
        facts.append(("snapshots", there or "none are there"))
        if self.origin:
            facts.append(("copy of", f"{shown(self.origin)} in {self.origin.region_id}"))
        if self.run_id:
            facts.append(("by run", f"{self.run_id}, step {self.step}"))
        return [(label, text) for label, text in facts if text]

    def _users(self) -> list[tuple[str, ...]]:
        made: list[Server | EcsInstance] = [*self.servers, *self.instances]
        return [(u.product.upper(), u.name, u.id, u.status) for u in made]

    def _shares(self) -> list[tuple[str, ...]]:
        shares: list[tuple[str, ...]] = [
            (f"account {a.account_id}", day(a.shared_at) if a.shared_at else "") for a in self.accounts
        ]
        if isinstance(self.image, CustomImage) and self.image.shared_to_ecs:
            there = ", ".join(i.id for i in self.seen_in_ecs)
            shares.insert(0, (f"ECS, as {there}" if there else "ECS, which does not list it yet", ""))
        return shares

    def _copies(self) -> list[tuple[str, ...]]:
        return [
            (
                c.image.region_id,
                c.image.name,
                c.image.id,
                state_of(c.image),
                f"run {c.run_id}" if c.known else "name and size",
            )
            for c in self.copies
        ]

    def _obstacles(self) -> list[tuple[str, ...]]:
        return [(o.act, "refused" if o.refused else "at a loss", o.why, o.remedy) for o in self.obstacles]
