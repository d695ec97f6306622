"""Publish an image: one copy at home, and one in each of several regions, as one run."""

import swaslift
from swaslift import Script, fork
from swaslift.models import EcsImage

lift = swaslift.Client(region="cn-hangzhou")


@lift.chain
def publish(image: str, regions: list[str], name: str) -> Script[dict[str, EcsImage]]:
    """Make an own ECS image here, and copy it to each region side by side."""
    own = yield from lift.copy_to_region.part(image, "cn-hangzhou", name=f"{name}-home")
    copies: dict[str, EcsImage] = yield from fork(
        "regions", {region: lift.copy_to_region.part(own, region, name=name) for region in regions}
    )
    return copies


plan = publish.plan("golden", ["ap-southeast-1", "eu-central-1"], name="golden-2026-11")
print(plan)  # every step of every part; nothing has happened yet

for region, copy in plan.apply().items():
    print(region, copy.id, copy.name)
