"""Steps that many ECS tests begin with."""

from __future__ import annotations

import json
from typing import Any

from swaslift.emulator import Emulator, Quirks
from tests.emulator.conftest import START
from tests.emulator.ecs_guide import REGION, Guide
from tests.emulator.sdk import Refused, refusal
from tests.emulator.swas_steps import SHOP, WIKI, WINDOWS, Steps
from tests.emulator.tour_ecs import ABROAD, GROUP, PUBLIC, VSWITCH
from tests.emulator.tour_ecs_inventory import BASE

__all__ = [
    "ABROAD",
    "BASE",
    "CENTOS",
    "GROUP",
    "IDLE",
    "LOCKED",
    "LONG",
    "PUBLIC",
    "REGION",
    "SGP",
    "SHOP",
    "VSWITCH",
    "WEB",
    "WIKI",
    "WIN",
    "WINDOWS",
    "Ecs",
    "cloud_with",
    "image_ids",
]

CENTOS = "centos_7_9_x64_20G_alibase_20240628.vhd"
WIN = "win2022_21H2_x64_dtc_en-us_40G_alibase_20260820.vhd"
WEB, IDLE, LOCKED, SGP = "i-emulator-web-old", "i-emulator-idle", "i-emulator-locked", "i-emulator-sgp"
LONG = 5000
"""Seconds in which anything that was begun is over."""


def cloud_with(**quirks: Any) -> Emulator:
    """An emulator on a virtual clock with some quirks turned."""
    return Emulator(speed=None, start=START, seed=3, quirks=Quirks(**quirks))


def image_ids(found: list[dict[str, Any]]) -> set[str]:
    return {i["ImageId"] for i in found}


class Ecs:
    """An account at work in ECS on a virtual clock."""

    def __init__(self, cloud: Emulator, key_id: str = "LTAIemulator0000") -> None:
        self.cloud = cloud
        self.guide = Guide(cloud, key_id)

    def do(self, action: str, **fields: Any) -> dict[str, Any]:
        return self.guide.ask(action, **fields)

    def refused(self, action: str, **fields: Any) -> tuple[int, str]:
        """HTTP status and code of a call that must be refused."""
        answer: Refused = refusal(lambda: self.do(action, **fields))
        return answer.http, answer.code

    def record(self, kind: str, record_id: str) -> Any:
        """What the emulator itself knows, e.g. of ``images``."""
        return getattr(self.cloud.world.ecs, kind).get(record_id)

    def wait(self, seconds: float = LONG) -> None:
        self.cloud.clock.advance(seconds)

    def order(self, **changes: Any) -> dict[str, Any]:
        """The parameters of a good ``RunInstances``; None takes one away."""
        good = {
            "ImageId": PUBLIC,
            "InstanceType": "ecs.g7.large",
            "VSwitchId": VSWITCH,
            "SecurityGroupId": GROUP,
        }
        return {k: v for k, v in (good | changes).items() if v is not None}

    def run(self, **changes: Any) -> str:
        return self.run_all(**changes)[0]

    def run_all(self, **changes: Any) -> list[str]:
        made = self.do("RunInstances", **self.order(**changes))
        return list(made["InstanceIdSets"]["InstanceIdSet"])

    def running(self, **changes: Any) -> str:
        instance = self.run(**changes)
        self.wait(120)
        return instance

    def stopped(self, **changes: Any) -> str:
        instance = self.running(**changes)
        self.do("StopInstance", InstanceId=instance)
        self.wait(60)
        return instance

    def instance(self, instance: str, region: str = REGION) -> dict[str, Any]:
        found = self.do("DescribeInstances", InstanceIds=json.dumps([instance]), RegionId=region)
        return dict(found["Instances"]["Instance"][0])

    def status(self, instance: str) -> str:
        found = self.do("DescribeInstanceStatus", InstanceId=[instance])["InstanceStatuses"]["InstanceStatus"]
        return str(found[0]["Status"]) if found else ""

    def disks(self, instance: str, region: str = REGION) -> list[dict[str, Any]]:
        return list(self.do("DescribeDisks", InstanceId=instance, RegionId=region)["Disks"]["Disk"])

    def system_disk(self, instance: str, region: str = REGION) -> dict[str, Any]:
        return next(d for d in self.disks(instance, region) if d["Type"] == "system")

    def disk(self, disk: str, region: str = REGION) -> dict[str, Any]:
        found = self.do("DescribeDisks", DiskIds=json.dumps([disk]), RegionId=region)["Disks"]["Disk"]
        return dict(found[0])

    def images(self, **query: Any) -> list[dict[str, Any]]:
        return list(self.do("DescribeImages", **({"PageSize": 100} | query))["Images"]["Image"])

    def image(self, image: str, region: str = REGION) -> dict[str, Any] | None:
        """An image in any state, or None."""
        found = self.images(ImageId=image, RegionId=region, Status="ALL")
        return found[0] if found else None

    def image_status(self, image: str, region: str = REGION) -> str:
        found = self.image(image, region)
        return str(found["Status"]) if found else ""

    def copy(self, image: str = BASE, to: str = ABROAD, name: str = "", **fields: Any) -> str:
        names = {"DestinationImageName": name} if name else {}
        made = self.do("CopyImage", ImageId=image, DestinationRegionId=to, **(names | fields))
        return str(made["ImageId"])

    def snapshot(self, disk: str) -> str:
        return str(self.do("CreateSnapshot", DiskId=disk)["SnapshotId"])

    def own_images(self, count: int) -> list[str]:
        """So many own images with snapshots of their own."""
        snapshot = self.snapshot("d-emulator-idle")
        self.wait()
        made = [
            self.do("CreateImage", SnapshotId=snapshot, ImageName=f"own-{n}")["ImageId"] for n in range(count)
        ]
        self.wait()
        return made

    def shared(self, server: str = SHOP, name: str = "golden", **query: Any) -> str:
        """A SWAS image that is shared with ECS; the id it has there."""
        swas = Steps(self.cloud)
        region = query.get("RegionId", REGION)
        image = swas.image(server, name, **query)
        swas.do("ModifyImageShareStatus", ImageId=image, Operation="Share", RegionId=region)
        self.wait(10)
        return str(self.images(ImageName=name, RegionId=region)[0]["ImageId"])
