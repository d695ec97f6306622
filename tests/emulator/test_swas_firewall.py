"""The firewall of a server."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.emulator.sdk import refusal
from tests.emulator.swas_steps import SHOP, WIKI, Steps


def rules(swas: Steps, server: str = SHOP, **query: Any) -> list[dict[str, Any]]:
    return list(swas.do("ListFirewallRules", InstanceId=server, PageSize=100, **query)["FirewallRules"])


def add(swas: Steps, protocol: str, port: str, **query: Any) -> str:
    rule = {"InstanceId": SHOP, "RuleProtocol": protocol, "Port": port}
    return str(swas.do("CreateFirewallRule", **(rule | query))["FirewallId"])


def add_many(swas: Steps, *wanted: dict[str, str], **query: Any) -> list[str]:
    made = swas.do("CreateFirewallRules", InstanceId=SHOP, FirewallRules=json.dumps(wanted), **query)
    return list(made["FirewallRuleIds"])


def test_rules_are_listed_with_policy_and_source(swas: Steps) -> None:
    seen = {(r["RuleProtocol"], r["Port"], r["SourceCidrIp"], r["Policy"]) for r in rules(swas)}
    assert seen == {
        ("TCP", "22", "0.0.0.0/0", "accept"),
        ("TCP", "80", "0.0.0.0/0", "accept"),
        ("TCP", "443", "0.0.0.0/0", "accept"),
        ("TCP", "3306", "203.0.113.0/24", "drop"),
    }
    assert {r["RuleProtocol"] for r in rules(swas, WIKI)} == {"TCP", "TCP+UDP", "ICMP"}


def test_a_rule_is_added_and_removed(swas: Steps) -> None:
    made = add(swas, "UDP", "53/54", Remark="dns")
    [rule] = rules(swas, FirewallRuleId=made)
    assert (rule["RuleProtocol"], rule["Port"], rule["Remark"]) == ("UDP", "53/54", "dns")
    swas.do("DeleteFirewallRule", InstanceId=SHOP, RuleId=made)
    assert rules(swas, FirewallRuleId=made) == []
    assert len(rules(swas)) == 4


def test_several_rules_are_added_all_or_none(swas: Steps) -> None:
    good = {"RuleProtocol": "TCP", "Port": "8080", "SourceCidrIp": "198.51.100.0/24"}
    bad = {"RuleProtocol": "SCTP", "Port": "1"}
    assert refusal(lambda: add_many(swas, good, bad)) == (400, "InvalidProtocol.ValueNotSupported")
    assert len(rules(swas)) == 4
    made = add_many(
        swas, good, {"RuleProtocol": "ICMP", "Port": "-1/-1"}, Tag__1__Key="run", Tag__1__Value="1"
    )
    assert {r["RuleId"] for r in rules(swas, Tag__1__Key="run")} == set(made)
    swas.do("DeleteFirewallRules", InstanceId=SHOP, RuleIds=",".join(made))
    assert len(rules(swas)) == 4


@pytest.mark.parametrize(
    ("protocol", "port", "code"),
    [
        ("GRE", "1", "InvalidProtocol.ValueNotSupported"),
        ("TCP", "0", "InvalidPort.ValueNotSupported"),
        ("TCP", "65536", "InvalidPort.ValueNotSupported"),
        ("TCP", "90/80", "InvalidPort.ValueNotSupported"),
        ("TCP", "1/2/3", "InvalidPort.ValueNotSupported"),
        ("UDP", "-1/-1", "InvalidPort.ValueNotSupported"),
        ("ICMP", "80", "InvalidPort.ValueNotSupported"),
    ],
)
def test_a_rule_that_cannot_be_is_refused(swas: Steps, protocol: str, port: str, code: str) -> None:
    assert refusal(lambda: add(swas, protocol, port)) == (400, code)


def test_a_source_that_is_no_range_is_refused(swas: Steps) -> None:
    rule = {"RuleProtocol": "TCP", "Port": "1", "SourceCidrIp": "everywhere"}
    assert refusal(lambda: add_many(swas, rule)) == (403, "InvalidParam")
    assert refusal(lambda: swas.do("CreateFirewallRules", InstanceId=SHOP, FirewallRules="[1]")) == (
        403,
        "InvalidParam",
    )


def test_the_same_rule_is_not_added_twice(swas: Steps) -> None:
    assert refusal(lambda: add(swas, "TCP", "80")) == (403, "FirewallRuleAlreadyExist")
    rule = {"RuleProtocol": "TCP", "Port": "8080"}
    assert refusal(lambda: add_many(swas, rule, rule)) == (403, "FirewallRuleAlreadyExist")
    assert add_many(swas, rule | {"SourceCidrIp": "198.51.100.0/24"}, rule)


def test_a_server_has_a_limit_of_rules(swas: Steps) -> None:
    add_many(swas, *({"RuleProtocol": "TCP", "Port": str(1000 + n)} for n in range(46)))
    assert refusal(lambda: add(swas, "TCP", "9000")) == (403, "FirewallRuleLimitExceed")


def test_an_unknown_rule_or_server_is_refused(swas: Steps) -> None:
    unknown = {"InstanceId": SHOP, "RuleId": "nothing"}
    assert refusal(lambda: swas.do("DeleteFirewallRule", **unknown)) == (403, "InvalidParam")
    assert refusal(lambda: rules(swas, "nobody")) == (404, "InvalidInstanceId.NotFound")
    refused = refusal(lambda: add(swas, "TCP", "1", InstanceId="nobody"))
    assert refused == (404, "InvalidInstanceId.NotFound")
