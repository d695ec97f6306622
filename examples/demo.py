"""A Simple Application Server moves to ECS, on the emulator, with the real SDK clients.

The emulator runs in this process, 900 times faster than real time. Nothing here is the live cloud.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

import swaslift
from swaslift import Disk, NewInstance
from swaslift.cli.watch import Watcher
from swaslift.emulator import Emulator

OUT = Path("demo")


def main() -> int:
    console = Console(highlight=False)
    OUT.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as state, Emulator(speed=900, seed=1) as cloud:
        os.environ.update(cloud.environment(), SWASLIFT_STATE_DIR=state)
        console.rule("an emulated account")
        lift = swaslift.Client(region="cn-hangzhou")

        table = Table("server", "state", "address", "system", "disks", box=None, pad_edge=False)
        for server in lift.servers.list():
            disks = ", ".join(f"{d.kind} {d.size} GiB" for d in server.disks)
            table.add_row(server.name, server.status, server.public_ip, server.os_name, disks)
        console.print(table)

        target = NewInstance(
            instance_type="ecs.g7.large",
            vswitch_id="vsw-emulator-hz-i",
            security_group_id="sg-emulator-hz-web",
            system_disk=Disk("cloud_essd"),
            key_pair="ops",
            bandwidth=5,
        )
        console.rule("the plan: reads only")
        plan = lift.migrate_to_ecs.plan("wiki", target)
        console.print(plan)

        console.rule("the run")
        with Watcher(console) as watcher:
            lift.listen(watcher)
            done = plan.apply(consent=plan.consents)

        console.rule("done")
        console.print(f"instance  {done.instance.id} answers at {done.instance.public_ip}")
        console.print(f"image     {done.image.id} is your own")
        for line in done.left:
            console.print(f"by hand   {line}")
        console.print(
            f"report    {done.report.save(OUT / 'report.html')} and {done.report.save(OUT / 'report.md')}"
        )
        lift.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
