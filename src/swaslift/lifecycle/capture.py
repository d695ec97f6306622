"""From a server to a custom image: snapshots of its disks, and the image made of them."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from swaslift.lifecycle.steps import CreateCustomImage, CreateSnapshot
from swaslift.lifecycle.waits import swas_image, swas_snapshot
from swaslift.models import Server, ServerDisk
from swaslift.runs.effects import Ref, Script, do, until, until_both


class Captured(BaseModel):
    """A custom image of SWAS, and the snapshots it was made from."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    image: Ref
    snapshots: tuple[Ref, ...]


def capture(server: Server, *, base: str, with_data_disk: bool) -> Script[Captured]:
    """Snapshot the disks, both at the same time, and make the image. The server is not touched.

    Args:
        server: whose disks.
        base: the stem of the names.
        with_data_disk: whether to take the data disk along.
    """
    system = yield from do(_snapshot("snapshot-system", server.system_disk, base))
    system_done = swas_snapshot("snapshot-system-done", system, of="snapshot-system", disk="system")
    data: Ref | None = None
    if with_data_disk:
        data = yield from do(_snapshot("snapshot-data", server.data_disks[0], base))
        data_done = swas_snapshot("snapshot-data-done", data, of="snapshot-data", disk="data")
        yield from until_both(system_done, data_done)
    else:
        yield from until(system_done)
    image = yield from do(
        CreateCustomImage(
            name="image",
            region_id=server.region_id,
            server_id=server.id,
            system_snapshot_id=system.id,
            data_snapshot_id=data.id if data else None,
            base=base,
        )
    )
    yield from until(swas_image("image-done", image, of="image"))
    return Captured(image=image, snapshots=(system, data) if data else (system,))


def _snapshot(name: str, disk: ServerDisk, base: str) -> CreateSnapshot:
    return CreateSnapshot(
        name=name, region_id=disk.region_id, disk_id=disk.id, disk_kind=disk.kind, base=base
    )
