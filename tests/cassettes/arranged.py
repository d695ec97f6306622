"""What the emulator holds, or does wrong, before a scenario is recorded."""

from __future__ import annotations

from swaslift import Client
from swaslift.emulator import Emulator
from tests.cassettes.names import EMULATED
from tests.images.conftest import make_image
from tests.support import KEY_PAIR, SECURITY_GROUP, VSWITCH

REGION = "cn-hangzhou"
TAKEN = "taken"
"""The name of an own image, in another region or encrypted."""


def nothing(_cloud: Emulator, _lift: Client) -> None:
    """Nothing has to be there."""


def golden(cloud: Emulator, lift: Client) -> None:
    """The image."""
    make_image(cloud, lift, EMULATED["image"])


def spare(cloud: Emulator, lift: Client) -> None:
    """The image that may be deleted."""
    make_image(cloud, lift, EMULATED["spare_image"])


def spare_shared(cloud: Emulator, lift: Client) -> None:
    """The same, shared with ECS."""
    spare(cloud, lift)
    lift.share_to_ecs(EMULATED["spare_image"])
    cloud.clock.advance(60)


def shared(cloud: Emulator, lift: Client) -> None:
    """The image, shared with ECS."""
    golden(cloud, lift)
    lift.share_to_ecs(EMULATED["image"])
    cloud.clock.advance(60)


def in_use(cloud: Emulator, lift: Client) -> None:
    """The image, shared with ECS, and an instance of it there."""
    golden(cloud, lift)
    seen = lift.share_to_ecs(EMULATED["image"])
    request = {
        "RegionId": REGION,
        "ImageId": seen.id,
        "InstanceType": EMULATED["instance_type"],
        "VSwitchId": VSWITCH,
        "SecurityGroupId": SECURITY_GROUP,
        "InstanceName": "from-the-share",
        "SystemDisk": {"Category": "cloud_essd", "Size": "60"},
        "KeyPairName": KEY_PAIR,
        "Amount": 1,
    }
    lift.cloud.ecs.run_instances(REGION, request, token="run")
    cloud.clock.advance(60)


def not_allowed_to_share(cloud: Emulator, lift: Client) -> None:
    """The image, and no permission to share it."""
    golden(cloud, lift)
    cloud.faults.fail("ModifyImageShareStatus", 403, "Forbidden.RAM")


def with_account(cloud: Emulator, lift: Client) -> None:
    """The image, shared with the other account."""
    golden(cloud, lift)
    lift.share_with_account(EMULATED["image"], EMULATED["other_account"])
    cloud.clock.advance(60)


def with_ten_accounts(cloud: Emulator, lift: Client) -> None:
    """The image, shared with as many accounts as can have it."""
    golden(cloud, lift)
    lift.share_with_account(EMULATED["image"], [f"90000000000000{n:02}" for n in range(10)])
    cloud.clock.advance(60)


def not_allowed_to_withdraw(cloud: Emulator, lift: Client) -> None:
    """The image, shared with the other account, and no permission to change that."""
    with_account(cloud, lift)
    cloud.faults.fail("RemoveCustomImageShareAccount", 403, "Forbidden.RAM")


def full_of_snapshots(cloud: Emulator, lift: Client) -> None:
    """As many snapshots of the server as there may be."""
    disk = lift.servers.get(EMULATED["server"]).system_disk
    for number in range(3):
        lift.cloud.swas.create_snapshot(REGION, disk.id, f"old-{number}", tags={}, token=f"old-{number}")
        cloud.clock.advance(3600)


def taken_there(cloud: Emulator, lift: Client) -> None:
    """The image, and another one with the name of its copy in the region where it is to go."""
    golden(cloud, lift)
    lift.copy_to_region(EMULATED["ecs_image"], EMULATED["to_region"], name=TAKEN)
    cloud.clock.advance(60)


def with_the_service_key(cloud: Emulator, lift: Client) -> None:
    """An own ECS image that is encrypted with the service key."""
    lift.copy_to_region(EMULATED["ecs_image"], REGION, name=TAKEN, encrypted=True)
    cloud.clock.advance(60)


def sold_out(cloud: Emulator, _lift: Client) -> None:
    """The instance type is sold out."""
    cloud.faults.no_stock(EMULATED["instance_type"])


def no_server_plan(cloud: Emulator, lift: Client) -> None:
    """The image, and no stock of the server plan, which only a purchase finds out."""
    golden(cloud, lift)
    cloud.faults.no_stock(EMULATED["server_plan"])


def image_not_installed(cloud: Emulator, _lift: Client) -> None:
    """The service does not install the image on the server, which only the reset finds out."""
    cloud.faults.fail("ResetSystem", 400, "InvalidImageId.NotSupport")


def no_disks(cloud: Emulator, _lift: Client) -> None:
    """The disk category is sold out, which only the replacement finds out."""
    cloud.faults.fail("ReplaceSystemDisk", 403, "OperationDenied.DiskNoStock")


def image_and_snapshot(cloud: Emulator, lift: Client) -> None:
    """An own ECS image with tags, and a snapshot of an instance's system disk."""
    with_the_service_key(cloud, lift)
    (disk,) = lift.cloud.ecs.describe_disks(REGION, instance_id=EMULATED["spare_instance"])
    lift.cloud.ecs.create_snapshot(REGION, disk.id, "of-a-disk", tags={}, token="of-a-disk")
    cloud.clock.advance(3600)
