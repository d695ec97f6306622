"""What SWAS holds, of all accounts and regions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from swaslift.emulator.swas.records import (
    AVAILABLE,
    Command,
    CustomImage,
    Database,
    Disk,
    Invocation,
    KeyPair,
    Plan,
    Server,
    Snapshot,
    StockImage,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from swaslift.emulator.world import World


@dataclass
class SwasState:
    """Records by id. A released server stays recorded, but it and what goes with it is not found."""

    plans: dict[str, Plan] = field(default_factory=dict)
    stock_images: dict[str, StockImage] = field(default_factory=dict)
    servers: dict[str, Server] = field(default_factory=dict)
    disks: dict[str, Disk] = field(default_factory=dict)
    snapshots: dict[str, Snapshot] = field(default_factory=dict)
    images: dict[str, CustomImage] = field(default_factory=dict)
    key_pairs: dict[tuple[str, str, str], KeyPair] = field(default_factory=dict)
    """By account, region and name."""
    databases: list[Database] = field(default_factory=list)
    commands: dict[str, Command] = field(default_factory=dict)
    invocations: dict[tuple[str, str], Invocation] = field(default_factory=dict)
    """By invocation and server."""
    _addresses: int = 0

    def server_exists(self, server_id: str, now: datetime) -> bool:
        """Whether a server is there and not yet released."""
        server = self.servers.get(server_id)
        return server is not None and server.exists(now)

    def image_exists(self, image: CustomImage, now: datetime) -> bool:
        """An image goes with the server that it was made from."""
        return image.copied or self.server_exists(image.server_id, now)

    def servers_of(self, account_id: str, now: datetime, region_id: str | None = None) -> list[Server]:
        """The servers of an account, in one region or all; newest first."""
        return _newest(s for s in _of(self.servers.values(), account_id, region_id) if s.exists(now))

    def databases_of(self, account_id: str, region_id: str) -> list[Database]:
        """The databases of an account in a region."""
        return [d for d in self.databases if (d.account_id, d.region_id) == (account_id, region_id)]

    def disks_of(self, account_id: str, now: datetime, region_id: str | None = None) -> list[Disk]:
        """The disks of an account's servers."""
        return _newest(
            d for d in _of(self.disks.values(), account_id, region_id) if self.server_exists(d.server_id, now)
        )

    def snapshots_of(self, account_id: str, now: datetime, region_id: str | None = None) -> list[Snapshot]:
        """The snapshots of an account's servers."""
        return _newest(
            s
            for s in _of(self.snapshots.values(), account_id, region_id)
            if self.server_exists(s.server_id, now)
        )

    def images_of(self, account_id: str, now: datetime, region_id: str | None = None) -> list[CustomImage]:
        """The custom images that an account owns."""
        return _newest(
            i for i in _of(self.images.values(), account_id, region_id) if self.image_exists(i, now)
        )

    def images_received(self, account_id: str, region_id: str, now: datetime) -> list[CustomImage]:
        """The images that other accounts share with this one in a region."""
        return _newest(
            i
            for i in self.images.values()
            if i.region_id == region_id
            and int(account_id) in i.share_accounts
            and self.image_exists(i, now)
            and i.status.at(now) == AVAILABLE
        )

    def images_in_ecs(self, account_id: str, region_id: str, now: datetime) -> list[CustomImage]:
        """The images of an account that are shared with its ECS in a region."""
        return [i for i in self.images_of(account_id, now, region_id) if i.in_share]

    def system_disk(self, server: Server) -> Disk:
        """Every server has one."""
        return next(d for d in (self.disks[i] for i in server.disk_ids) if d.kind == "system")

    def data_disk(self, server: Server) -> Disk | None:
        """The data disk, if there is one."""
        return next((d for d in (self.disks[i] for i in server.disk_ids) if d.kind == "data"), None)

    def next_addresses(self) -> tuple[str, str]:
        """A public and a private address; the public one is of a range kept for benchmarks."""
        self._addresses += 1
        high, low = divmod(self._addresses, 250)
        return (
            f"198.{18 + high // 250}.{high % 250}.{low + 1}",
            f"172.{16 + high // 250}.{high % 250}.{low + 1}",
        )

    def dump(self, world: World, account_id: str, now: datetime) -> dict[str, Any]:
        """``{kind: {id: description}}`` of one account, without what merely passes."""
        from swaslift.emulator.swas.describe import dump  # noqa: PLC0415  # describe reads this module

        return dump(world, account_id, now)


def _of(records: Iterable[Any], account_id: str, region_id: str | None) -> Iterable[Any]:
    return (r for r in records if r.account_id == account_id and region_id in {None, r.region_id})


def _newest(records: Iterable[Any]) -> list[Any]:
    return sorted(records, key=lambda r: r.created, reverse=True)
