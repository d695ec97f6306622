"""The firewall of a server."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from swaslift.emulator.numbers import digits
from swaslift.emulator.swas import building, describe, lookup
from swaslift.emulator.swas.service import SWAS

if TYPE_CHECKING:
    from swaslift.emulator.service import Call
    from swaslift.emulator.swas.records import Server

PROTOCOLS = ("TCP", "UDP", "TCP+UDP", "ICMP")
RULES_PER_SERVER = 50
"""No document tells the number; the error for it is documented."""


@SWAS.action("ListFirewallRules")
def list_firewall_rules(call: Call) -> dict[str, Any]:
    """The rules of a server."""
    server, rule_id = lookup.server(call), call.get("FirewallRuleId")
    found = [
        rule
        for rule in server.firewall.values()
        if lookup.tagged(call, rule.tags) and rule_id in {None, "", rule.rule_id}
    ]
    rows, paging = lookup.page(call, found)
    return {"FirewallRules": [describe.firewall_rule(rule) for rule in rows], **paging}


@SWAS.action("CreateFirewallRule")
def create_firewall_rule(call: Call) -> dict[str, Any]:
    """Open one port or range to everyone."""
    made = _create(call, [call.params], {})
    return {"FirewallId": made[0]}


@SWAS.action("CreateFirewallRules")
def create_firewall_rules(call: Call) -> dict[str, Any]:
    """Add several rules, all or none."""
    rules = call.get("FirewallRules") or []
    if not all(isinstance(rule, Mapping) for rule in rules):
        raise lookup.invalid(call, "FirewallRules is a JSON array of objects.")
    return {"FirewallRuleIds": _create(call, rules, lookup.new_tags(call))}


def _create(call: Call, wanted: list[Any], tags: dict[str, str]) -> list[str]:
    server = lookup.server(call)
    known = {(r.protocol, r.port, r.source) for r in server.firewall.values() if r.policy == "accept"}
    rules: list[tuple[str, str, str, str]] = []
    for rule in wanted:
        protocol, port = str(rule.get("RuleProtocol", "")), str(rule.get("Port", ""))
        source = str(rule.get("SourceCidrIp") or "0.0.0.0/0")
        _check(call, protocol, port, source)
        if (protocol, port, source) in known:
            raise call.error("FirewallRuleAlreadyExist", f"{protocol} {port} from {source} is open already.")
        known.add((protocol, port, source))
        rules.append((protocol, port, source, str(rule.get("Remark") or "")))
    if len(server.firewall) + len(rules) > RULES_PER_SERVER:
        raise call.error("FirewallRuleLimitExceed", f"A server has at most {RULES_PER_SERVER} rules.")
    return [
        building.rule(call.world, server, protocol, port, source=source, remark=remark, tags=tags).rule_id
        for protocol, port, source, remark in rules
    ]


def _check(call: Call, protocol: str, port: str, source: str) -> None:
    if protocol not in PROTOCOLS:
        raise call.error(
            "InvalidProtocol.ValueNotSupported", f"RuleProtocol must be one of {', '.join(PROTOCOLS)}."
        )
    if not _good_port(protocol, port):
        raise call.error(
            "InvalidPort.ValueNotSupported",
            f"{port!r} is no port for {protocol}: 80, 8000/9000, or -1/-1 for ICMP.",
        )
    try:
        ipaddress.ip_network(source, strict=False)
    except ValueError:
        raise lookup.invalid(call, f"SourceCidrIp: {source!r} is no address range.") from None


def _good_port(protocol: str, port: str) -> bool:
    if protocol == "ICMP":
        return port == "-1/-1"
    parts = port.split("/")
    if len(parts) > 2 or not all(digits(part) and 1 <= int(part) <= 65535 for part in parts):
        return False
    return int(parts[0]) <= int(parts[-1])


@SWAS.action("DeleteFirewallRule")
def delete_firewall_rule(call: Call) -> dict[str, Any]:
    """Remove one rule."""
    _delete(call, [call.params["RuleId"]])
    return {}


@SWAS.action("DeleteFirewallRules")
def delete_firewall_rules(call: Call) -> dict[str, Any]:
    """Remove several rules, all or none."""
    _delete(call, call.get("RuleIds") or [])
    return {}


def _delete(call: Call, rule_ids: list[str]) -> None:
    server: Server = lookup.server(call)
    for rule_id in rule_ids:
        if rule_id not in server.firewall:
            # No code is documented for a rule that is not there.
            raise lookup.invalid(call, f"The server has no firewall rule {rule_id}.")
    for rule_id in rule_ids:
        server.firewall.pop(rule_id, None)
