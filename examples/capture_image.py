"""Make custom images of a server: while it runs, and while it is stopped with its database flushed.

Needs credentials, ``ALIBABA_CLOUD_REGION_ID``, and a server called ``wiki``.
"""

from __future__ import annotations

from swaslift import Client, Command


def main() -> None:
    with Client() as lift:
        wiki = lift.servers.get("wiki")

        # The server runs on; the image is what a power cut would leave.
        image = lift.capture_image(wiki, "wiki-running", tags={"purpose": "rehearsal"})
        print(f"{image.name}: {image.system_disk_size} + {image.data_disk_size} GiB")

        # Another one of the snapshots that are there already: nothing is taken again.
        again = lift.capture_image(
            wiki, "wiki-system", snapshots=[image.system_snapshot_id], description="the system disk alone"
        )
        print(f"{again.name} is made of {again.system_snapshot_id}")

        # Stopped for its snapshots, which wants leave. Whatever fails in between, it is started again. A
        # server has room for three snapshots, so the data disk is left this time.
        plan = lift.capture_image.plan(
            wiki,
            "wiki-stopped",
            data_disks="leave",
            stop_source=True,
            before=Command("mysqladmin flush-tables", timeout=120),
            after="systemctl is-active mysqld",
        )
        print(plan)
        print(plan.apply(consent=plan.consents).name)


if __name__ == "__main__":
    main()
