"""Share a custom image with ECS, and withdraw it again.

    python examples/share_to_ecs.py golden

Sharing costs nothing and may be repeated. Credentials and region come from the environment.
"""

from __future__ import annotations

import sys

import swaslift


def main(image: str) -> None:
    with swaslift.Client() as lift:
        seen = lift.share_to_ecs(image)
        print(f"ECS shows it as {seen.name} ({seen.id}), {seen.status}")

        # Instances that were made from the share itself would lose re-initialising: the plan names
        # them, and wants leave.
        plan = lift.unshare_from_ecs.plan(image)
        print(plan)
        print("shared:", plan.apply(consent=plan.consents).shared_to_ecs)


if __name__ == "__main__":
    main(*(sys.argv[1:] or ("golden",)))
