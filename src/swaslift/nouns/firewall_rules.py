"""``lift.firewall_rules``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from swaslift.cloud import Cloud
from swaslift.errors import InvalidArgument
from swaslift.models import FirewallRule, Server
from swaslift.nouns.noun import one_time_token
from swaslift.nouns.tagged import tags_to_set
from swaslift.planning.arguments import region_of
from swaslift.planning.source import find_server
from swaslift.targets import NewFirewallRule


class FirewallRules:
    """The firewall of a SWAS server."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def list(self, server: Server | str, region: str | None = None) -> Iterator[FirewallRule]:
        """The rules of a server, fetched as you go (``ListFirewallRules``).

        Args:
            server: a record, an id, or a unique name.
            region: where to look; the client's by default.

        Raises:
            InvalidArgument: there is no such server, or several have the name.
            ApiError, TransportError: the service refused, or did not answer.
        """
        found = find_server(self._cloud, server, region_of(self._cloud, region, server))
        return self._cloud.swas.list_firewall_rules(found.region_id, found.id)

    def create(
        self,
        server: Server | str,
        rules: NewFirewallRule | Iterable[NewFirewallRule],
        region: str | None = None,
        *,
        tags: Mapping[str, str] | None = None,
    ) -> tuple[FirewallRule, ...]:
        """Open ports of a server (``CreateFirewallRules``), all or none. Twice is once.

        A rule with the same protocol, port and source that accepts is left as it is, with its remark and tags.

        Args:
            server: a record, an id, or a unique name.
            rules: one or several.
            region: where to look; the client's by default.
            tags: for those that are made; at most 17.

        Returns:
            The rules that were made; none where all were there.

        Raises:
            InvalidArgument: there is no such server, what is given is no rule, or the service does not take the
                tags.
            ApiError, TransportError: the service refused, or did not answer.
        """
        wanted = _several(rules)
        carried = None if tags is None else tags_to_set(tags, product="swas")
        for rule in wanted:
            if not isinstance(rule, NewFirewallRule):
                raise InvalidArgument("rules", rule, "not a rule", 'Give NewFirewallRule("8080")')
        found = find_server(self._cloud, server, region_of(self._cloud, region, server))
        there = self._accepting(found)
        missing = {_of(r): r for r in wanted if _of(r) not in there}
        if not missing:
            return ()
        made = self._cloud.swas.create_firewall_rules(
            found.region_id,
            found.id,
            list(missing.values()),
            tags=carried,
            token=one_time_token(self._cloud),
        )
        listed = self._cloud.swas.list_firewall_rules(found.region_id, found.id)
        return tuple(rule for rule in listed if rule.id in made)

    def delete(
        self,
        server: Server | str,
        rules: FirewallRule | str | Iterable[FirewallRule | str],
        region: str | None = None,
    ) -> tuple[FirewallRule, ...]:
        """Take rules away (``DeleteFirewallRules``), all or none. Twice is once.

        What the rules let in can be cut off at once, SSH included.

        Args:
            server: a record, an id, or a unique name.
            rules: records or ids; those that are not there are passed over.
            region: where to look; the client's by default.

        Returns:
            The rules that were taken away.

        Raises:
            InvalidArgument: there is no such server, or what is given is no rule.
            ApiError, TransportError: the service refused, or did not answer.
        """
        given = _several(rules)
        for rule in given:
            if not isinstance(rule, FirewallRule | str) or not rule:
                raise InvalidArgument("rules", rule, "not a rule", "Give its record or its id")
        ids = {rule if isinstance(rule, str) else rule.id for rule in given}
        found = find_server(self._cloud, server, region_of(self._cloud, region, server))
        listed = self._cloud.swas.list_firewall_rules(found.region_id, found.id)
        gone = tuple(rule for rule in listed if rule.id in ids)
        if gone:
            self._cloud.swas.delete_firewall_rules(
                found.region_id, found.id, [rule.id for rule in gone], token=one_time_token(self._cloud)
            )
        return gone

    def _accepting(self, server: Server) -> set[tuple[str, str, str]]:
        listed = self._cloud.swas.list_firewall_rules(server.region_id, server.id)
        return {_of(rule) for rule in listed if rule.policy == "accept"}


def _several(given: Any) -> list[Any]:
    """What was given, as a list. A record is one thing, and no list of its fields; so is a text."""
    several = isinstance(given, Iterable) and not isinstance(given, BaseModel | str)
    return list(given) if several else [given]


def _of(rule: FirewallRule | NewFirewallRule) -> tuple[str, str, str]:
    """What the service tells rules apart by; without a source a rule is for everyone."""
    return rule.protocol, rule.port, rule.source or "0.0.0.0/0"
