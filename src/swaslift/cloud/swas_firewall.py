"""The firewall of a server: one method per action."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from swaslift.cloud import swas_records as records
from swaslift.cloud.parse import given, tag_list
from swaslift.cloud.swas_reads import SwasReads
from swaslift.models import FirewallRule
from swaslift.targets import NewFirewallRule


class SwasFirewall(SwasReads):
    """Rules that open ports."""

    def list_firewall_rules(
        self,
        region_id: str,
        server_id: str,
        *,
        rule_id: str | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> Iterator[FirewallRule]:
        """``ListFirewallRules`` of one server, filters combined with AND."""
        where = self._where(region_id)
        yield from self._list(
            "ListFirewallRules",
            region_id,
            "FirewallRules",
            lambda item: records.firewall_rule(item, server_id, **where),
            InstanceId=server_id,
            FirewallRuleId=rule_id,
            Tag=tag_list(tags),
        )

    def create_firewall_rules(
        self,
        region_id: str,
        server_id: str,
        rules: Sequence[NewFirewallRule],
        *,
        tags: Mapping[str, str] | None = None,
        token: str,
    ) -> tuple[str, ...]:
        """``CreateFirewallRules``, all or none; returns their ids.

        One that is there already is refused (403 ``FirewallRuleAlreadyExist``).
        """
        return self._caller.change_as(
            "swas",
            "CreateFirewallRules",
            region_id,
            given(
                RegionId=region_id,
                InstanceId=server_id,
                FirewallRules=[
                    given(
                        RuleProtocol=r.protocol, Port=r.port, SourceCidrIp=r.source, Remark=r.remark or None
                    )
                    for r in rules
                ],
                Tag=tag_list(tags),
            ),
            lambda body: body.ids("FirewallRuleIds"),
            token=token,
        )

    def delete_firewall_rules(
        self, region_id: str, server_id: str, rule_ids: Sequence[str], *, token: str
    ) -> None:
        """``DeleteFirewallRules``, all or none. No code is documented for one that is not there."""
        self._caller.change(
            "swas",
            "DeleteFirewallRules",
            region_id,
            given(RegionId=region_id, InstanceId=server_id, RuleIds=list(rule_ids)),
            token=token,
        )
