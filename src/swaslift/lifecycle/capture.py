"""From a server to a custom image: snapshots of its disks, and the image made of them."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from swaslift.lifecycle.spec import MigrationSpec
from swaslift.lifecycle.steps import CreateCustomImage, CreateSnapshot
from swaslift.lifecycle.waits import swas_image, swas_snapshot
from swaslift.models import ServerDisk
from swaslift.runs.effects import Ref, Script, do, until, until_both


class Captured(BaseModel):
    """A custom image of SWAS, and the snapshots it was made from."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    image: Ref
    snapshots: tuple[Ref, ...]


def capture(spec: MigrationSpec) -> Script[Captured]:
    """Snapshot the disks, both at the same time, and make the image. The server is not touched."""
    server = spec.server
    system = yield from do(_snapshot(spec, "snapshot-system", server.system_disk))
    system_done = swas_snapshot("snapshot-system-done", system, of="snapshot-system", disk="system")
    data: Ref | None = None
    if spec.takes_data_disk:
        data = yield from do(_snapshot(spec, "snapshot-data", server.data_disks[0]))
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
            base=spec.base,
        )
    )
    yield from until(swas_image("image-done", image, of="image"))
    return Captured(image=image, snapshots=(system, data) if data else (system,))


def _snapshot(spec: MigrationSpec, name: str, disk: ServerDisk) -> CreateSnapshot:
    return CreateSnapshot(
        name=name, region_id=disk.region_id, disk_id=disk.id, disk_kind=disk.kind, base=spec.base
    )
