"""Several verbs as one run."""

from __future__ import annotations

from typing import Any

from swaslift import Client, Disk, NewInstance, Script, fork
from tests.crash.kinds.kind import Kind
from tests.support import new_instance

ABROAD = new_instance(
    region="ap-southeast-1",
    vswitch_id="vsw-emulator-sgp-a",
    security_group_id="sg-emulator-sgp-web",
    system_disk=Disk("cloud_essd"),
)


def roll_out(lift: Client) -> Any:
    """Capture a server, copy the image, launch an instance in each region, and delete the image."""

    @lift.chain
    def roll_out(server: str, name: str, targets: dict[str, NewInstance]) -> Script[list[str]]:
        image = yield from lift.capture_image.part(server, name=name)
        copies = yield from lift.copy_to_region.part(image, list(targets), name=name)
        launch = {
            region: lift.launch_instances.part(copies[region], target) for region, target in targets.items()
        }
        landed = yield from fork("launch", launch)
        yield from lift.delete_image.part(image, unshare=True, snapshots=True)
        return [launched.instances[0].id for launched in landed.values()]

    return roll_out


KINDS = (
    Kind(
        "chain",
        "roll_out",
        lambda: {
            "server": "wiki",
            "name": "golden",
            "targets": {"cn-hangzhou": new_instance(), "ap-southeast-1": ABROAD},
        },
        touches=frozenset(
            {"sg-emulator-hz-web", "vsw-emulator-hz-i", "sg-emulator-sgp-web", "vsw-emulator-sgp-a"}
        ),
        chain=roll_out,
    ),
)
