"""From a server to a custom image: snapshots of its disks, and the image made of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pydantic import BaseModel, ConfigDict

from swaslift.lifecycle.steps import CreateCustomImage, CreateSnapshot
from swaslift.lifecycle.waits import swas_image, swas_snapshot
from swaslift.models import CustomImage, Server, ServerDisk
from swaslift.runs.effects import Script, do, until, until_both
from swaslift.runs.step import Ref


class Taken(BaseModel):
    """Accomplished snapshots of a server's disks."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    system: Ref
    data: Ref | None = None

    @property
    def refs(self) -> tuple[Ref, ...]:
        """All of them."""
        return (self.system, self.data) if self.data else (self.system,)


class Label(BaseModel):
    """How a custom image is to be called, and what else is written on it.

    Attributes:
        base: the stem of its name, where the user gave none.
        name: its name.
    """

    model_config = ConfigDict(frozen=True, defer_build=True)

    base: str
    name: str | None = None
    description: str | None = None
    resource_group_id: str | None = None
    tags: dict[str, str] = {}


class Captured(BaseModel):
    """A custom image of SWAS, and the snapshots it was made from."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    image: Ref
    snapshots: tuple[Ref, ...]
    record: CustomImage


def capture(server: Server, *, base: str, with_data_disk: bool) -> Script[Captured]:
    """Snapshot the disks, both at the same time, and make the image. The server is not touched.

    Args:
        server: whose disks.
        base: the stem of the names.
        with_data_disk: whether to take the data disk along.
    """
    taken = yield from snapshot_disks(server, base=base, with_data_disk=with_data_disk)
    return (yield from make_image(server, taken, Label(base=base)))


def snapshot_disks(
    server: Server,
    *,
    base: str,
    with_data_disk: bool,
    adopted: Mapping[str, Ref] | None = None,
    tags: Mapping[str, str] | None = None,
    begun: Callable[[], Script[None]] | None = None,
) -> Script[Taken]:
    """Snapshot the disks, both at the same time, and wait until that is accomplished.

    Args:
        server: whose disks.
        base: the stem of the names.
        with_data_disk: whether to take the data disk along.
        adopted: snapshots that are there already, perhaps in progress, by disk.
        tags: of the snapshots, beside those of the run.
        begun: carried out as soon as all snapshots have begun, before they are waited for.
    """

    def begin(name: str, disk: ServerDisk) -> Script[tuple[Ref, str | None]]:
        if adopted and disk.id in adopted:
            return adopted[disk.id], None
        made = yield from do(
            CreateSnapshot(
                name=name,
                region_id=disk.region_id,
                disk_id=disk.id,
                disk_kind=disk.kind,
                base=base,
                tags=dict(tags or {}),
            )
        )
        return made, name

    system, maker = yield from begin("snapshot-system", server.system_disk)
    system_done = swas_snapshot("snapshot-system-done", system, of=maker, disk="system")
    if not with_data_disk:
        if begun is not None:
            yield from begun()
        yield from until(system_done)
        return Taken(system=system)
    data, maker = yield from begin("snapshot-data", server.data_disks[0])
    data_done = swas_snapshot("snapshot-data-done", data, of=maker, disk="data")
    if begun is not None:
        yield from begun()
    yield from until_both(system_done, data_done)
    return Taken(system=system, data=data)


def make_image(server: Server, taken: Taken, label: Label) -> Script[Captured]:
    """Make an image of snapshots, and wait until it is available."""
    image = yield from do(
        CreateCustomImage(
            name="image",
            region_id=server.region_id,
            server_id=server.id,
            server_name=server.name,
            system_snapshot_id=taken.system.id,
            data_snapshot_id=taken.data.id if taken.data else None,
            base=label.base,
            exact_name=label.name,
            description=label.description,
            resource_group_id=label.resource_group_id,
            tags=label.tags,
        )
    )
    record = yield from until(
        swas_image("image-done", image, of="image", server=server, snapshots=taken.refs)
    )
    return Captured(image=image, snapshots=taken.refs, record=record)
