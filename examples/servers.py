"""Changes of one call: tags, ports, a restart. What is so already is not sent again.

Needs credentials, ``ALIBABA_CLOUD_REGION_ID``, and servers called ``shop`` and ``batch``.
"""

from __future__ import annotations

from swaslift import Client, NewFirewallRule


def main() -> None:
    with Client() as lift:
        lift.servers.tag("shop", {"owner": "web-team"})

        # Open a port for one network, look, and close it again. SSH stays as it is.
        opened = lift.firewall_rules.create("shop", NewFirewallRule("8080", source="203.0.113.0/24"))
        for rule in lift.firewall_rules.list("shop"):
            print(rule.protocol, rule.port, rule.source, rule.remark)
        lift.firewall_rules.delete("shop", opened)

        # Starting returns at once; reading it again shows how far it is.
        print("sent" if lift.servers.start("batch") else "it runs already")
        print("batch is", lift.servers.get("batch").status)


if __name__ == "__main__":
    main()
