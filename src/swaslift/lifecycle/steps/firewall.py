"""Changes of a SWAS server's firewall."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import JsonValue

from swaslift.cloud import Cloud
from swaslift.errors import NotFoundError
from swaslift.runs.effects import Script, do
from swaslift.runs.step import Mark, Step
from swaslift.targets import NewFirewallRule
from swaslift.wording import counted

Rules = tuple[str, ...]


class OpenPorts(Step[Rules]):
    """``CreateFirewallRules`` of a server; rules that it has already are left alone. The outcome: their ids."""

    kind: ClassVar[str] = "swas.CreateFirewallRules"
    outcome: ClassVar[Any] = Rules
    writes: ClassVar[tuple[str, ...]] = ("CreateFirewallRules",)

    region_id: str
    server_id: str
    rules: tuple[NewFirewallRule, ...]

    @property
    def title(self) -> str:
        ports = ", ".join(f"{r.protocol} {r.port} from {r.source}" for r in self.rules)
        return f"open ports of the server {self.server_id}: {ports}"

    @property
    def minutes(self) -> float:
        return 0.1

    def find(self, cloud: Cloud, mark: Mark) -> Rules | None:
        made = [r.id for r in cloud.swas.list_firewall_rules(self.region_id, self.server_id, tags=mark.tags)]
        if made:
            return tuple(made)
        return None if self._missing(cloud) else ()

    def _missing(self, cloud: Cloud) -> list[NewFirewallRule]:
        there = {
            (r.protocol, r.port, r.source or "0.0.0.0/0")
            for r in cloud.swas.list_firewall_rules(self.region_id, self.server_id)
            if r.policy == "accept"
        }
        return [r for r in self.rules if (r.protocol, r.port, r.source) not in there]

    def make(self, cloud: Cloud, mark: Mark) -> Rules:
        return cloud.swas.create_firewall_rules(
            self.region_id, self.server_id, self._missing(cloud), tags=mark.tags, token=mark.token
        )

    def foresee(self) -> Rules:
        return tuple(f"<rule {n}>" for n in range(1, len(self.rules) + 1))

    def undo_title(self, outcome: Rules, prior: JsonValue) -> str:
        del prior
        if not outcome:
            return self.nothing("they were open before")
        return f"remove the firewall rules {', '.join(outcome)} of the server {self.server_id}"

    def undo(self, outcome: Rules, prior: JsonValue) -> Script[str | None]:
        del prior
        if outcome:
            yield from do(
                ClosePorts(name="close", region_id=self.region_id, server_id=self.server_id, rule_ids=outcome)
            )
        return None


class ClosePorts(Step[bool]):
    """``DeleteFirewallRules`` of a server; what is gone already is no error."""

    kind: ClassVar[str] = "swas.DeleteFirewallRules"
    outcome: ClassVar[Any] = bool
    writes: ClassVar[tuple[str, ...]] = ("DeleteFirewallRules",)

    region_id: str
    server_id: str
    rule_ids: Rules

    @property
    def title(self) -> str:
        return f"remove {counted(len(self.rule_ids), 'firewall rule')} of the server {self.server_id}"

    def find(self, cloud: Cloud, mark: Mark) -> bool | None:
        del mark
        return None if self._there(cloud) else True

    def _there(self, cloud: Cloud) -> list[str]:
        try:
            listed = list(cloud.swas.list_firewall_rules(self.region_id, self.server_id))
        except NotFoundError:
            return []  # a server that is gone has no rules
        return [r.id for r in listed if r.id in self.rule_ids]

    def make(self, cloud: Cloud, mark: Mark) -> bool:
        cloud.swas.delete_firewall_rules(self.region_id, self.server_id, self._there(cloud), token=mark.token)
        return True

    def foresee(self) -> bool:
        return True
