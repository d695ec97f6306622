"""Delete a custom image that ECS has, with the snapshots behind it, after looking at the plan.

Needs credentials, ``ALIBABA_CLOUD_REGION_ID``, and a server called ``shop``.
"""

from __future__ import annotations

from swaslift import Client
from swaslift.errors import PreflightError


def main() -> None:
    with Client() as lift:
        image = lift.capture_image("shop", "shop-old")
        lift.share_to_ecs(image)

        # What the service would refuse is refused before anything happens, with what to do about it.
        try:
            lift.delete_image(image)
        except PreflightError as error:
            print(error)

        # The plan names what is deleted for good, and what stays billed.
        plan = lift.delete_image.plan(image, unshare=True, snapshots=True)
        print(plan)
        done = plan.apply(consent=plan.consents)
        print("gone:", ", ".join(r.id for r in (*done.images, *done.snapshots)))
        for line in done.billed:
            print("mind:", line)


if __name__ == "__main__":
    main()
