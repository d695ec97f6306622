"""Share a custom image with another account, see who has it, and withdraw it again.

    python examples/share_with_account.py golden 6543210987654321

Credentials and region come from the environment, e.g. that of ``swaslift emulator``.
"""

from __future__ import annotations

import sys

import swaslift


def main(image: str, account_id: str) -> None:
    with swaslift.Client() as lift:
        # What would happen: reads only.
        print(lift.share_with_account.plan(image, account_id))

        # Doing it twice changes nothing. The other account now finds the image with
        # `lift.images.received()`, in this region, and can build servers from it.
        lift.share_with_account(image, account_id)
        for other in lift.images.accounts(image):
            print(f"{image} is shared with {other.account_id} since {other.shared_at:%Y-%m-%d %H:%M} UTC")

        # The plan of a withdrawal says what cannot be known from here.
        print(lift.unshare_with_account.plan(image, account_id))
        left = lift.unshare_with_account(image, account_id)
        print(f"{image} is now shared with {len(left.accounts)} accounts")


if __name__ == "__main__":
    main(*(sys.argv[1:] or ("golden", "6543210987654321")))
