"""Buy three servers from a custom image, open a port and run a command on each.

    python examples/scale_out.py golden swas.s.c2m2s50b3

Servers are paid at once and cannot be given back: try it on ``swaslift emulator`` first. Credentials and
region come from the environment.
"""

from __future__ import annotations

import sys

import swaslift
from swaslift import Command, Consent, NewFirewallRule
from swaslift.errors import OutcomeUnknown, RunPaused


def main(image: str, server_plan: str) -> None:
    with swaslift.Client() as lift:
        # Reads only: what would be bought, for how much, and what stands in the way.
        plan = lift.scale_out.plan(
            image,
            3,
            server_plan,
            firewall_rules=[NewFirewallRule("8080", remark="the shop")],
            tags={"tier": "web"},
            command=Command("systemctl start shop", timeout=120),
        )
        print(plan)

        # Leave to spend, up to a sum of one's own; below the price nothing is bought.
        try:
            grown = plan.apply(consent=[Consent.charges(max_total=200)])
        except RunPaused as paused:
            # Nobody can tell whether servers were bought: look at them, and say whose they are.
            if isinstance(paused.__cause__, OutcomeUnknown):
                print("may have been bought:", ", ".join(paused.__cause__.candidates))
                print(f"lift.runs.resume({plan.run_id!r}, amend=[...])")
            raise

        # Each server is named, also one that did not come up or whose command failed.
        for built in grown.servers:
            where = built.server.public_ip if built.server else "not listed"
            print(built.id, where, "ready" if built.ready else f"not ready: {built.problem}")
        if grown.missing:
            print(f"{grown.missing} were not bought: {grown.refusal}")

        # An undo closes the ports again, and says until when the servers are paid.
        for line in lift.runs.get(plan.run_id).undo().left:
            print(line)


if __name__ == "__main__":
    main(*(sys.argv[1:] or ("golden", "swas.s.c2m2s50b3")))
