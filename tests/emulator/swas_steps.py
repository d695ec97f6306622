"""Steps that many SWAS tests begin with."""

from __future__ import annotations

from typing import Any

from swaslift.emulator import Emulator
from tests.emulator.sdk import REGION, Sdk

SHOP = "8a1f0c2d4e5b46f79a0b1c2d3e4f5a60"
WIKI = "1b2c3d4e5f6a47889b0c1d2e3f4a5b61"
WINDOWS = "2c3d4e5f6a7b48999c0d1e2f3a4b5c62"
OLD_BLOG = "3d4e5f6a7b8c4aaa9d0e1f2a3b4c5d63"
BATCH = "4e5f6a7b8c9d4bbb9e0f1a2b3c4d5e64"
EDGE = "5f6a7b8c9d0e4ccc9f0a1b2c3d4e5f65"
PARTNER = 6543210987654321
LONG = 3600
"""Seconds in which anything that was begun is over."""


class Steps:
    """An account at work on a virtual clock."""

    def __init__(self, cloud: Emulator, sdk: Sdk | None = None) -> None:
        self.cloud = cloud
        self.sdk = sdk or Sdk(cloud)

    def do(self, action: str, **query: Any) -> dict[str, Any]:
        return self.sdk.call(action, **({"RegionId": REGION} | query))

    def disk(self, server: str, kind: str = "system") -> str:
        swas = self.cloud.world.swas
        return next(i for i in swas.servers[server].disk_ids if swas.disks[i].kind == kind)

    def begin_snapshot(
        self, server: str = SHOP, name: str = "before", kind: str = "system", **query: Any
    ) -> str:
        taken = self.do("CreateSnapshot", DiskId=self.disk(server, kind), SnapshotName=name, **query)
        return str(taken["SnapshotId"])

    def snapshot(self, server: str = SHOP, name: str = "before", kind: str = "system", **query: Any) -> str:
        taken = self.begin_snapshot(server, name, kind, **query)
        self.cloud.clock.advance(LONG)
        return taken

    def begin_image(self, server: str = SHOP, name: str = "golden", snapshot: str = "", **query: Any) -> str:
        snapshot = snapshot or self.snapshot(
            server, f"of-{name}", **{k: query[k] for k in query if k == "RegionId"}
        )
        order = {"InstanceId": server, "ImageName": name, "SystemSnapshotId": snapshot}
        return str(self.do("CreateCustomImage", **(order | query))["ImageId"])

    def image(self, server: str = SHOP, name: str = "golden", snapshot: str = "", **query: Any) -> str:
        made = self.begin_image(server, name, snapshot, **query)
        self.cloud.clock.advance(LONG)
        return made

    def buy(self, image: str = "img-ubuntu-2204", plan: str = "swas.s.c2m2s40b4", **query: Any) -> list[str]:
        order = {"ImageId": image, "PlanId": plan, "Period": 1}
        return list(self.do("CreateInstances", **(order | query))["InstanceIds"])

    def servers(self, **query: Any) -> list[dict[str, Any]]:
        return list(self.do("ListInstances", PageSize=100, **query)["Instances"])

    def status(self, server: str) -> str:
        return str(self.servers(InstanceIds=f'["{server}"]')[0]["Status"])

    def snapshot_now(self, snapshot: str, **query: Any) -> dict[str, Any] | None:
        rows = self.do("ListSnapshots", SnapshotIds=f'["{snapshot}"]', **query)["Snapshots"]
        return rows[0] if rows else None

    def image_now(self, image: str, **query: Any) -> dict[str, Any] | None:
        rows = self.do("ListCustomImages", ImageIds=f'["{image}"]', **query)["CustomImages"]
        return rows[0] if rows else None
