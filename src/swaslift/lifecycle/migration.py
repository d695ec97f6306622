"""The definition of ``migrate_to_ecs``: how a run of it is told about and amended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from swaslift.cloud import Cloud
from swaslift.errors import InvalidArgument
from swaslift.lifecycle.definition import Amendment, Definition
from swaslift.lifecycle.migrate_to_ecs import Migrated, migrate
from swaslift.lifecycle.migration_plan import consents_for, find_target, priced
from swaslift.lifecycle.spec import ExistingTarget, MigrationSpec, Verify
from swaslift.lifecycle.verify_amendment import amend_verify
from swaslift.planning.plan import refuse_blockers
from swaslift.runs.effects import Script
from swaslift.targets import NewInstance, ReplaceSystemDisk

TOUCHES_TARGET = ("run", "reserve", "stop-target", "backup", "replace", "key-pair", "start-target")
"""Steps after which the target is what it is."""


class MigrateToEcs(Definition[MigrationSpec, Migrated]):
    """The verb ``migrate_to_ecs``."""

    name = "migrate_to_ecs"
    spec = MigrationSpec
    outcome = Migrated

    def script(self, spec: MigrationSpec) -> Script[Migrated]:
        return migrate(spec)

    def amend(
        self, spec: MigrationSpec, change: Any, cloud: Cloud, begun: Mapping[str, str]
    ) -> Amendment[MigrationSpec]:
        """Another target of the same kind in the same region, or another ``verify``."""
        if change in get_args(Verify):
            return amend_verify(spec, change, begun, now=spec.verify, last="disks")
        if not isinstance(change, NewInstance | ReplaceSystemDisk):
            raise InvalidArgument(
                "amend", change, "not a target", "Give a NewInstance or a ReplaceSystemDisk"
            )
        region = change.region or spec.server.region_id
        if region != spec.target_region:
            raise InvalidArgument(
                "amend.region",
                region,
                f"the run goes to {spec.target_region}",
                "Start another run for another region",
            )
        if isinstance(change, ReplaceSystemDisk) != isinstance(spec.target, ExistingTarget):
            raise InvalidArgument(
                "amend", change, "the run has another kind of target", "Start another run for it"
            )
        touched = [name for name in TOUCHES_TARGET if name in begun]
        if touched:
            raise InvalidArgument(
                "amend",
                change,
                f"the target is in use already ({', '.join(touched)})",
                "Resume as it is, or undo",
            )
        there = cloud.of(spec.into)
        found, checks = find_target(there, spec.server, change, region, spec.data_disks)
        refuse_blockers("amend", checks)
        changed = spec.model_copy(update={"target": found})
        changed, cost, _ = priced(there, changed)
        return Amendment(
            changed,
            {"target": change.model_dump(mode="json")},
            tuple(consents_for(changed, cost)),
        )

    def facts(self, spec: MigrationSpec, outcome: Migrated | None) -> list[tuple[str, str]]:
        server = spec.server
        facts = [
            (
                "From",
                f"{server.name} ({server.id}) in {server.region_id}, {server.os_name or server.os_type}",
            ),
            ("Disks", ", ".join(f"{d.kind} {d.size} GiB" for d in server.disks)),
        ]
        if outcome is not None:
            instance = outcome.instance
            account = f", account {spec.into}" if spec.into else ""
            facts += [
                (
                    "To",
                    f"{instance.name} ({instance.id}), {instance.instance_type} in {instance.zone_id}{account}",
                ),
                ("Address", instance.public_ip or f"{instance.private_ip} (private)"),
                ("Image", f"{outcome.image.name} ({outcome.image.id})"),
            ]
        else:
            facts.append(("To", _aim(spec)))
        return facts

    def left(self, outcome: Migrated) -> tuple[str, ...]:
        return outcome.left


def _aim(spec: MigrationSpec) -> str:
    """The target of a run that is not over."""
    account = f", account {spec.into}" if spec.into else ""
    if isinstance(spec.target, ExistingTarget):
        instance = spec.target.instance
        return f"{instance.name} ({instance.id}), {instance.instance_type} in {instance.zone_id}{account}"
    return f"a new {spec.target.how.instance_type} in {spec.target_region}{account}"
