"""The definition of ``scale_out``, and how it is planned."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from swaslift.checks import Check, warning
from swaslift.cloud import Cloud
from swaslift.errors import ApiError, InvalidArgument
from swaslift.lifecycle.definition import Amendment, Definition
from swaslift.lifecycle.scale_out import (
    ScaleOutSpec,
    Settled,
    described,
    doubtful,
    scale_out,
)
from swaslift.lifecycle.scaled_out import ScaledOut
from swaslift.models import CustomImage, Server
from swaslift.planning.commands import check_command
from swaslift.planning.custom_images import check_available
from swaslift.planning.expiry import check_image_expiry
from swaslift.planning.preparation import Preparation
from swaslift.planning.regions import check_endpoint
from swaslift.planning.server_plans import (
    check_data_disk,
    check_plan,
    check_server_quota,
    cost_of_servers,
    find_plan,
    smallest_data_disk,
)
from swaslift.planning.server_plans import (
    described as described_plan,
)
from swaslift.planning.tags import check_tags
from swaslift.runs.effects import Script
from swaslift.runs.preview import foresee
from swaslift.runs.step import RUN_TAG
from swaslift.targets import Command, NewFirewallRule
from swaslift.wording import counted, meant


@dataclass(frozen=True)
class WantedServers:
    """What a call of ``scale_out`` asks for."""

    count: int
    server_plan: str
    period_months: int = 1
    auto_renew: bool = False
    data_disk_size: int | None = None
    rules: tuple[NewFirewallRule, ...] = ()
    tags: dict[str, str] = field(default_factory=dict)
    command: Command | None = None
    server_quota: int = 50

    def arguments(self, image: CustomImage) -> dict[str, Any]:
        """The arguments, as the journal keeps and compares them."""
        return {
            "image": image.id,
            "region": image.region_id,
            "count": self.count,
            "server_plan": self.server_plan,
            "period_months": self.period_months,
            "auto_renew": self.auto_renew,
            "data_disk_size": self.data_disk_size,
            "firewall_rules": [r.model_dump(mode="json") for r in self.rules],
            "tags": self.tags,
            "command": self.command.model_dump(mode="json") if self.command else None,
        }


def prepare(cloud: Cloud, image: CustomImage, wanted: WantedServers, run_id: str) -> Preparation:
    """Read, check and price. Changes nothing. What the run itself has bought does not count."""
    checks = [] if image.foreseen else check_available(image)
    checks += check_endpoint(cloud, image.region_id)
    checks += check_tags("tags", wanted.tags) + check_command("command", wanted.command)
    plans = list(cloud.swas.list_plans(image.region_id))
    plan = find_plan(plans, wanted.server_plan, image)
    if isinstance(plan, Check):
        return Preparation(spec=None, checks=(*checks, plan), steps=())
    checks += check_plan(plans, plan, image)
    size = smallest_data_disk(image, plan) if wanted.data_disk_size is None else wanted.data_disk_size
    checks += check_data_disk(size, image, plan)
    there = list(cloud.swas.list_instances(image.region_id))
    checks += check_image_expiry(cloud, image, servers=there)
    others = [s for s in there if s.tags.get(RUN_TAG) != run_id]
    databases = _databases(cloud, image.region_id)
    checks += check_server_quota(len(others), databases or 0, wanted.count, wanted.server_quota)
    checks += [_NOT_COUNTED] if databases is None else []
    spec = ScaleOutSpec(
        image=image,
        plan=plan,
        count=wanted.count,
        period_months=wanted.period_months,
        auto_renew=wanted.auto_renew,
        data_disk_size=size,
        rules=wanted.rules,
        tags=wanted.tags,
        command=wanted.command,
    )
    checks += [] if image.foreseen else _warn_of_doubt(doubtful(cloud, spec))
    cost = cost_of_servers(plan, wanted.count, wanted.period_months)
    clear = not any(c.level == "blocker" for c in checks)
    return Preparation(
        spec=spec,
        checks=tuple(checks),
        steps=tuple(foresee(lambda: scale_out(spec))) if clear else (),
        consents=(cost.consent,),
        cost=cost,
        remarks=tuple(_remarks(spec)),
    )


_NOT_COUNTED = warning(
    "quota.servers",
    "databases",
    "the databases of the region could not be counted, and they count against the quota of servers",
    "Look in the console how much of the quota is used",
)


def _databases(cloud: Cloud, region_id: str) -> int | None:
    """Databases of a region, which count as servers do; None if the service does not tell."""
    try:
        return cloud.swas.count_databases(region_id)
    except ApiError:
        return None


def _warn_of_doubt(servers: list[Server]) -> list[Check]:
    if not servers:
        return []
    return [
        warning(
            "image",
            "; ".join(map(described, servers)),
            "servers of this image and plan were made in the last day, and no run knows them: an earlier call may "
            "have bought them whose journal is lost. The run will pause before it buys, and ask",
            "Resume it then with amend=[...]: the ids of those that are the run's, or none",
        )
    ]


def _remarks(spec: ScaleOutSpec) -> list[str]:
    remarks = [
        f"Each server has {described_plan(spec.plan)}.",
        (
            "The servers are paid at once, from balance or coupons. No API of SWAS gives money back: neither a pause "
            "nor an undo does. The price is the list price; discounts are not in it."
        ),
        (
            "Each server boots with the scheduled jobs, queue workers and credentials that are in the image, beside "
            "the server that it was made from."
        ),
        (
            "Until they run, the image and its snapshots must not be deleted, and the server that it was made from "
            "must not be reset or released."
        ),
    ]
    if spec.auto_renew:
        remarks.append(
            "They renew themselves, and are paid again, until that is switched off in the console: no API does."
        )
    if len(spec.waves) > 1:
        remarks.append(
            f"They are bought in {len(spec.waves)} calls. Where a later one is refused (stock, quota, balance), or "
            "costs more by then, those bought before are made ready, and the result says how many are missing."
        )
    if spec.image.received:
        remarks.append(f"The image belongs to account {spec.image.owner_id}; its data disk is not shared.")
    return remarks


class ScaleOut(Definition[ScaleOutSpec, ScaledOut]):
    """The verb ``scale_out``."""

    name = "scale_out"
    spec = ScaleOutSpec
    outcome = ScaledOut

    def script(self, spec: ScaleOutSpec) -> Script[ScaledOut]:
        return scale_out(spec)

    def amend(
        self, spec: ScaleOutSpec, change: Any, cloud: Cloud, begun: Collection[str]
    ) -> Amendment[ScaleOutSpec]:
        """Whose servers are that were in doubt: ids of those that the run has bought; all others it has not."""
        if not isinstance(change, list | tuple) or not all(isinstance(i, str) for i in change):
            raise InvalidArgument(
                "amend",
                change,
                "no list of ids",
                "Give the ids of the servers that the run has bought, or []",
            )
        if any(name.startswith("servers/") for name in begun):
            raise InvalidArgument(
                "amend", change, "all servers were bought, and nothing is in doubt", "Resume"
            )
        there = {s.id: s for s in cloud.swas.list_instances(spec.region_id)}
        for server_id in change:
            _check_taken(there, server_id, spec)
        if len(change) > spec.count:
            raise InvalidArgument(
                "amend", change, f"the run buys {counted(spec.count, 'server')}, and no more"
            )
        others = tuple(i for i, s in there.items() if i not in change and RUN_TAG not in s.tags)
        said = Settled(ours=tuple(change), others=others, passed=frozenset(begun))
        amended = spec.model_copy(update={"settled": (*spec.settled, said)})
        return Amendment(amended, {}, asks_anew=False)

    def facts(self, spec: ScaleOutSpec, outcome: ScaledOut | None) -> list[tuple[str, str]]:
        image = spec.image
        facts = [
            ("Image", f"{image.name} ({image.id}) in {image.region_id}"),
            ("Wanted", f"{spec.count} of {spec.plan.id} for {counted(spec.period_months, 'month')}"),
        ]
        for built in outcome.servers if outcome else ():
            name = (
                f"{built.server.name} ({built.id}) at {built.server.public_ip}" if built.server else built.id
            )
            facts.append(("Server", f"{name}, {'ready' if built.ready else f'not ready: {built.problem}'}"))
        return facts

    def left(self, outcome: ScaledOut) -> tuple[str, ...]:
        return outcome.left


def _check_taken(there: dict[str, Server], server_id: str, spec: ScaleOutSpec) -> None:
    server = there.get(server_id)
    if server is None:
        raise InvalidArgument(
            "amend", server_id, f"no such server in {spec.region_id}", meant(server_id, there, "Check the id")
        )
    if server.plan_id != spec.plan.id:
        raise InvalidArgument(
            "amend", server_id, f"it is a {server.plan_id}, and the run buys {spec.plan.id}", "Check the id"
        )
    if RUN_TAG in server.tags:
        raise InvalidArgument("amend", server_id, f"the run {server.tags[RUN_TAG]} has it", "Leave it out")
