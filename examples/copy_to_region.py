"""Copy an image to several regions, side by side.

    python examples/copy_to_region.py golden ap-southeast-1 eu-central-1

The copies are ECS images: no API copies a custom image of SWAS to another region. For one, somebody has to
click in the console (the emulator's is in docs/emulator.md). Credentials and region come from the environment.
"""

from __future__ import annotations

import sys

import swaslift


def main(image: str, *regions: str) -> None:
    with swaslift.Client() as lift:
        plan = lift.copy_to_region.plan(image, list(regions))
        print(plan)
        for region, copy in plan.apply(consent=plan.consents).images.items():
            print(region, copy.id, copy.name)

        # A custom image of SWAS in another region is made in the console. Nobody listens here, so the run says
        # on stderr what to click; it goes on when the copy appears, and is over when it is available.
        there = lift.copy_to_region(image, regions[0], product="swas")
        print(there.region_id, there.id, there.name, there.status)


if __name__ == "__main__":
    main(*(sys.argv[1:] or ("golden", "ap-southeast-1", "eu-central-1")))
