"""Migrate a server into another account: the instance and its image belong to that account in the end.

    export OTHER_ACCESS_KEY_ID=... OTHER_ACCESS_KEY_SECRET=...
    python examples/migrate_into_account.py shop

The server's account comes from the environment as always, e.g. that of ``swaslift emulator``; vSwitch,
security group and key pair are the other account's.
"""

from __future__ import annotations

import os
import sys

import swaslift
from swaslift import Disk, NewInstance


def main(server: str = "shop") -> None:
    with (
        swaslift.Client() as lift,
        swaslift.Client(
            access_key_id=os.environ["OTHER_ACCESS_KEY_ID"],
            access_key_secret=os.environ["OTHER_ACCESS_KEY_SECRET"],
        ) as other,
    ):
        target = NewInstance(
            instance_type="ecs.g7.large",
            vswitch_id="vsw-emulator-partner-hz",
            security_group_id="sg-emulator-partner-hz",
            system_disk=Disk("cloud_essd"),
            key_pair="partner-ops",
        )
        # Reads only, in both accounts: target, network, key pair and price are looked up in the other one.
        plan = lift.migrate_to_ecs.plan(server, target, into=other)
        print(plan)

        # Were this process to die, another one would go on with: lift.runs.resume(plan.run_id, into=other)
        done = plan.apply(consent=plan.consents)
        print(
            f"{done.instance.id} runs in account {done.instance.account_id}, from its image {done.image.id}"
        )
        for line in done.left:
            print(f"by hand: {line}")


if __name__ == "__main__":
    main(*sys.argv[1:])
