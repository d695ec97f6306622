"""The definition of ``launch_instances``, and how it is planned."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from swaslift.checks import Check
from swaslift.cloud import Cloud
from swaslift.consent import Consent
from swaslift.errors import InvalidArgument
from swaslift.lifecycle.definition import Amendment, Definition
from swaslift.lifecycle.launch import Launched, LaunchSpec, launch, may_launch
from swaslift.planning import landing
from swaslift.planning.costs import Cost, Quote, quote_of, unpriced_system
from swaslift.planning.ecs_images import FIELD, check_ecs_image
from swaslift.planning.expiry import check_share_expiry
from swaslift.planning.plan import refuse_blockers
from swaslift.planning.preparation import Preparation
from swaslift.planning.regions import check_endpoint
from swaslift.runs.effects import Script
from swaslift.runs.preview import foresee
from swaslift.targets import NewInstance

_SUFFIX = 3
"""Characters that RunInstances adds to each of several names."""


def prepare(cloud: Cloud, spec: LaunchSpec) -> Preparation:
    """Read, check and price a launch. Changes nothing."""
    checks = check_ecs_image(spec.image) + check_share_expiry(cloud, spec.image, field=FIELD)
    checks += check_target(cloud, spec)
    if not _blocked(checks) and not spec.image.foreseen:
        checks += may_launch(spec, cloud)
    cost: Cost | None = None
    if not _blocked(checks):
        quote, more = price(cloud, spec)
        checks += more
        spec = spec.model_copy(update={"quote": quote})
        cost = quote.cost if quote else None
    return Preparation(
        spec=spec,
        checks=tuple(checks),
        steps=tuple(foresee(lambda: launch(spec))),
        consents=(consent_for(cost),),
        cost=cost,
        remarks=tuple(_remarks(spec)),
    )


def check_target(cloud: Cloud, spec: LaunchSpec) -> list[Check]:
    """Everything about the instances to be that can be asked without a dry run."""
    system = landing.System.of_image(spec.image)
    checks = check_endpoint(cloud, spec.image.region_id)
    checks += landing.check_new_instance(cloud, system, spec.target, spec.image.region_id, count=spec.count)
    name = spec.target.name
    if spec.count > 1 and name and len(name) + _SUFFIX > 128:
        checks.append(
            Check(
                "target.name",
                name,
                "too long: of several instances each adds 001, 002 ...",
                "At most 125 characters",
            )
        )
    return checks


def price(cloud: Cloud, spec: LaunchSpec) -> tuple[Quote | None, list[Check]]:
    """What all of them cost."""
    quote, checks = quote_of(
        cloud,
        spec.target,
        spec.image.region_id,
        disk_size=spec.disk_size,
        data_disks=[d.size for d in spec.image.data_disks],
        image_id=None if spec.image.foreseen else spec.image.id,
        count=spec.count,
    )
    if spec.image.foreseen:
        checks += unpriced_system(spec.target, spec.image.os_type)
    return quote, checks


def consent_for(cost: Cost | None) -> Consent:
    """Leave to spend; where no price was quoted, any limit of the user's own will do."""
    return cost.consent if cost else Consent(kind="charges")


def _blocked(checks: list[Check]) -> bool:
    return any(c.level == "blocker" for c in checks)


def _remarks(spec: LaunchSpec) -> list[str]:
    remarks = [
        (
            "Each instance boots with the scheduled jobs, queue workers and credentials that are in the image, beside "
            "whatever else runs from it."
        )
    ]
    if said := landing.logins_of_image(spec.target):
        remarks.append(said)
    if spec.target.bandwidth:
        remarks.append(landing.TRAFFIC)
    if spec.target.billing == "PrePaid":
        remarks.append("Subscriptions are paid at once, and an undo cannot release them.")
    if spec.image.foreseen and not spec.image.system_disk_size and spec.target.system_disk.size is None:
        remarks.append(
            f"The image is not there yet, so the price is that of a system disk of {spec.disk_size} GiB: give "
            "system_disk a size, or leave to spend more."
        )
    if spec.min_count:
        remarks.append(
            f"Where the stock is short, {spec.min_count} to {spec.count - 1} instances are made instead of "
            f"{spec.count}; the cost is that of all."
        )
    return remarks


class LaunchInstances(Definition[LaunchSpec, Launched]):
    """The verb ``launch_instances``."""

    name = "launch_instances"
    spec = LaunchSpec
    outcome = Launched

    def script(self, spec: LaunchSpec) -> Script[Launched]:
        return launch(spec)

    def amend(
        self, spec: LaunchSpec, change: Any, cloud: Cloud, begun: Collection[str]
    ) -> Amendment[LaunchSpec]:
        """Another target in the same region, as long as nothing was run."""
        if not isinstance(change, NewInstance):
            raise InvalidArgument("amend", change, "not a target", "Give a NewInstance")
        if change.region not in {None, spec.image.region_id}:
            raise InvalidArgument(
                "amend.region",
                change.region,
                f"the image is in {spec.image.region_id}",
                "Start another run for another region",
            )
        if "run" in begun:
            raise InvalidArgument(
                "amend", change, "the instances are being made already", "Resume as it is, or undo"
            )
        amended = spec.model_copy(update={"target": change})
        refuse_blockers("amend", check_target(cloud, amended))
        quote, _ = price(cloud, amended)
        amended = amended.model_copy(update={"quote": quote})
        cost = quote.cost if quote else None
        return Amendment(amended, {"target": change.model_dump(mode="json")}, (consent_for(cost),))

    def facts(self, spec: LaunchSpec, outcome: Launched | None) -> list[tuple[str, str]]:
        image = spec.image
        facts = [
            ("Image", f"{image.name} ({image.id}) in {image.region_id}"),
            ("Wanted", f"{spec.count} {spec.target.instance_type}"),
        ]
        for instance in outcome.instances if outcome else ():
            address = instance.public_ip or f"{instance.private_ip} (private)"
            facts.append(("Instance", f"{instance.name} ({instance.id}) at {address}"))
        return facts

    def left(self, outcome: Launched) -> tuple[str, ...]:
        return outcome.left
