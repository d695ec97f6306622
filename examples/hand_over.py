"""Hand an ECS image over to another account, and say what that account has to do.

    python examples/hand_over.py m-bp1... 6543210987654321

Credentials and region come from the environment, e.g. that of ``swaslift emulator``.
"""

from __future__ import annotations

import sys

import swaslift


def main(image: str = "", account_id: str = "6543210987654321") -> None:
    with swaslift.Client() as lift:
        ecs_image = image or next(lift.ecs.images.list()).id

        # An image that is encrypted with the service key is refused here, before anything is changed.
        print(lift.hand_over.plan(ecs_image, account_id))

        done = lift.hand_over(ecs_image, account_id, run_id="hand-over")
        for line in done.to_do:
            print(f"- {line}")

        # When the other account has its copy: withdraw what this run has shared.
        lift.runs.get("hand-over").undo()
        print(f"{ecs_image} is shared with {len(list(lift.ecs.images.accounts(ecs_image)))} accounts")


if __name__ == "__main__":
    main(*sys.argv[1:])
