"""A golden image, made once and run in two regions: one plan, one run, one undo."""

import swaslift
from swaslift import Disk, NewInstance, Script, fork
from swaslift.models import EcsInstance

lift = swaslift.Client(region="cn-hangzhou")


@lift.chain
def roll_out(server: str, name: str, targets: dict[str, NewInstance]) -> Script[dict[str, EcsInstance]]:
    """Capture a server, copy the image to each region, and launch an instance there."""
    image = yield from lift.capture_image.part(server, name=name)
    copies = yield from lift.copy_to_region.part(image, list(targets), name=name)
    landed = yield from fork(
        "launch",
        {region: lift.launch_instances.part(copies[region], target) for region, target in targets.items()},
    )
    yield from lift.delete_image.part(image, snapshots=True)
    return {region: launched.instances[0] for region, launched in landed.items()}


def target(region: str, vswitch_id: str, security_group_id: str) -> NewInstance:
    return NewInstance(
        region=region,
        instance_type="ecs.g7.large",
        vswitch_id=vswitch_id,
        security_group_id=security_group_id,
        system_disk=Disk("cloud_essd"),
        key_pair="ops",
    )


plan = roll_out.plan(
    "shop",
    "golden-2026-11",
    {
        "cn-hangzhou": target("cn-hangzhou", "vsw-emulator-hz-i", "sg-emulator-hz-web"),
        "ap-southeast-1": target("ap-southeast-1", "vsw-emulator-sgp-a", "sg-emulator-sgp-web"),
    },
)
print(plan)  # every step of every part, with what it costs; nothing has happened yet

for region, instance in plan.apply(consent=plan.consents).items():
    print(region, instance.id, instance.private_ip)
