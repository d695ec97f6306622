"""How ``migrate_to_ecs`` is planned: what is read, checked, priced and said before anything happens."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, get_args

from swaslift.checks import Check, warning
from swaslift.cloud import Cloud
from swaslift.consent import Consent
from swaslift.errors import InvalidArgument
from swaslift.lifecycle.definition import Definition
from swaslift.lifecycle.migrate_to_ecs import Migrated, migrate
from swaslift.lifecycle.spec import DataDisks, ExistingTarget, Keep, MigrationSpec, NewTarget, Verify
from swaslift.models import Server
from swaslift.planning import landing, quotas, source
from swaslift.planning.costs import Cost, cost_of
from swaslift.planning.names import check_name, stem
from swaslift.runs.effects import PlannedStep, Script
from swaslift.runs.preview import foresee
from swaslift.targets import NewInstance, ReplaceSystemDisk, Target


class MigrateToEcs(Definition[MigrationSpec, Migrated]):
    """The verb ``migrate_to_ecs``."""

    name: ClassVar[str] = "migrate_to_ecs"
    spec = MigrationSpec
    outcome = Migrated

    def script(self, spec: MigrationSpec) -> Script[Migrated]:
        return migrate(spec)

    def amend(self, spec: MigrationSpec, change: Any, cloud: Cloud) -> tuple[MigrationSpec, dict[str, Any]]:
        """Another target of the same kind in the same region, or another ``verify``."""
        if change in get_args(Verify):
            return spec.model_copy(update={"verify": change}), {"verify": change}
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
        found, checks = find_target(cloud, spec.server, change, region)
        refuse(checks, "amend")
        amended = spec.model_copy(update={"target": found})
        return amended, {"target": change.model_dump(mode="json")}

    def facts(self, spec: MigrationSpec, outcome: Migrated | None) -> list[tuple[str, str]]:
        server = spec.server
        facts = [
            (
                "From",
                f"{server.name} ({server.id}) in {server.region_id}, {server.os_name or server.os_type}",
            ),
            ("Disks", ", ".join(f"{d.kind} {d.size} GiB" for d in server.disks)),
        ]
        instance = outcome.instance if outcome else None
        if instance is not None and outcome is not None:
            facts += [
                ("To", f"{instance.name} ({instance.id}), {instance.instance_type} in {instance.zone_id}"),
                ("Address", instance.public_ip or f"{instance.private_ip} (private)"),
                ("Image", f"{outcome.image.name} ({outcome.image.id})"),
            ]
        return facts

    def left(self, outcome: Migrated) -> tuple[str, ...]:
        return outcome.left


@dataclass(frozen=True)
class Preparation:
    """What planning a migration found out."""

    spec: MigrationSpec | None
    checks: tuple[Check, ...]
    steps: tuple[PlannedStep, ...]
    consents: tuple[Consent, ...]
    cost: Cost | None
    downtime: str
    remarks: tuple[str, ...]


def arguments_of(
    server: Server,
    target: Target,
    *,
    data_disks: DataDisks | None,
    keep: Iterable[Keep],
    verify: Verify,
    own_image: bool,
    image_name: str | None,
) -> dict[str, Any]:
    """The arguments as the journal keeps and compares them; bad ones are refused here."""
    if not isinstance(target, NewInstance | ReplaceSystemDisk):
        raise InvalidArgument(
            "target",
            target,
            f"not a target but {type(target).__name__}",
            "Give a NewInstance or a ReplaceSystemDisk",
        )
    if data_disks is not None and data_disks not in get_args(DataDisks):
        raise InvalidArgument("data_disks", data_disks, "unknown choice", 'Give "include" or "leave"')
    if isinstance(keep, str) or not isinstance(keep, Iterable):
        raise InvalidArgument("keep", keep, "not a list", f"Give a list of {', '.join(get_args(Keep))}")
    kept = sorted(set(keep))
    for item in kept:
        if item not in get_args(Keep):
            raise InvalidArgument("keep", item, "unknown", f"Known: {', '.join(get_args(Keep))}")
    if verify not in get_args(Verify):
        raise InvalidArgument(
            "verify", verify, "unknown choice", f"Give one of {', '.join(get_args(Verify))}"
        )
    for name, value in (("own_image", own_image),):
        if not isinstance(value, bool):
            raise InvalidArgument(name, value, "not True or False")
    if not own_image and target.region and target.region != server.region_id:
        raise InvalidArgument(
            "own_image", False, "a shared image cannot be used in another region", "Leave own_image on"
        )
    if not own_image and image_name:
        raise InvalidArgument("image_name", image_name, "there is no own image to name with own_image=False")
    return {
        "server": server.id,
        "region": server.region_id,
        "target": target.model_dump(mode="json"),
        "data_disks": data_disks,
        "keep": kept,
        "verify": verify,
        "own_image": own_image,
        "image_name": image_name,
    }


def refuse(checks: Sequence[Check], verb: str) -> None:
    """Raise the blockers among checks."""
    from swaslift.errors import PreflightError

    blockers = [c for c in checks if c.level == "blocker"]
    if blockers:
        raise PreflightError(verb, blockers)


def find_target(
    cloud: Cloud, server: Server, target: Target, region_id: str
) -> tuple[ExistingTarget | NewTarget | None, list[Check]]:
    """The target as it is found, and what stands against it."""
    if isinstance(target, NewInstance):
        return NewTarget(how=target), landing.check_new_instance(cloud, server, target, region_id)
    instance, disk, checks = landing.find_target_instance(cloud, server, target, region_id)
    if instance is None or disk is None:
        return None, checks
    return ExistingTarget(how=target, instance=instance, disk_id=disk.id, disk_size=disk.size), checks


def prepare(cloud: Cloud, server: Server, target: Target, arguments: dict[str, Any]) -> Preparation:
    """Read, check and price a migration. Changes nothing."""
    region = target.region or server.region_id
    if region != server.region_id:
        source.check_region("target.region", region, cloud.ecs.describe_regions())
    data_disks: DataDisks = arguments["data_disks"] or "include"
    checks = source.check_server(server, cloud.clock.now())
    checks += source.check_data_disks(server, data_disks)
    if isinstance(target, ReplaceSystemDisk) and server.data_disks and data_disks == "include":
        checks.append(
            Check(
                "data_disks",
                data_disks,
                f"server {server.name} has a data disk of {server.data_disks[0].size} GiB, and replacing a system "
                "disk brings the system disk alone",
                'Give data_disks="leave" and move its data by other means, or use a NewInstance',
            )
        )
    checks += check_name("image_name", arguments["image_name"])
    if arguments["image_name"] and _taken(cloud, region, arguments["image_name"]):
        checks.append(
            Check(
                "image_name", arguments["image_name"], f"an image in {region} has this name", "Choose another"
            )
        )
    wanted = 1 + (1 if server.data_disks and data_disks == "include" else 0)
    checks += quotas.check_quotas(cloud, server, cloud.swas.list_regions(), snapshots=wanted)
    found, more = find_target(cloud, server, target, region)
    checks += more
    spec = None
    if found is not None:
        spec = MigrationSpec(
            server=server,
            target=found,
            target_region=region,
            base=stem(server.name),
            image_name=arguments["image_name"],
            data_disks=data_disks,
            keep=tuple(arguments["keep"]),
            verify=arguments["verify"],
            own_image=arguments["own_image"],
        )
    cost: Cost | None = None
    if isinstance(target, NewInstance) and not any(c.level == "blocker" for c in checks):
        cost, more = cost_of(cloud, server, target, region, with_data_disk=wanted > 1)
        checks += more
    return Preparation(
        spec=spec,
        checks=tuple(checks),
        steps=tuple(foresee(lambda: migrate(spec))) if spec else (),
        consents=tuple(_consents(target, cost)),
        cost=cost,
        downtime=_downtime(target),
        remarks=tuple(_remarks(server, target, arguments, wanted)),
    )


def _taken(cloud: Cloud, region: str, name: str) -> bool:
    return any(i.name == name for i in cloud.ecs.describe_images(region, name=name, owner="self"))


def _consents(target: Target, cost: Cost | None) -> list[Consent]:
    if isinstance(target, ReplaceSystemDisk):
        return [Consent.erase(target.instance)]
    return (
        [cost.consent] if cost else [Consent(kind="charges")]
    )  # no price was quoted: any limit of the user's own will do


def _downtime(target: Target) -> str:
    if isinstance(target, ReplaceSystemDisk):
        return (
            f"the instance {target.instance} is down from its stop until it has started from the new disk: the "
            "backup snapshot and the replacement, usually 10 to 30 minutes. The server is not touched"
        )
    return "none: the server is never stopped; the new instance starts beside it"


def _remarks(server: Server, target: Target, arguments: dict[str, Any], snapshots: int) -> list[str]:
    remarks = [
        "The instance boots with the server's scheduled jobs, queue workers and production credentials while the "
        "server still runs: two live copies. Keep it from the network, or stop those jobs, until it takes over.",
        "The disks are snapshotted while the server runs: the image is what a power cut would leave. What is "
        "written after that is not in it.",
    ]
    if snapshots > 1:
        remarks.append("The snapshots of the two disks are not taken at one instant.")
    if not arguments["own_image"]:
        remarks.append(
            "Without an own image nothing is copied, which saves time and the copy's snapshots. But the SWAS image "
            "has to stay, shared: once it is unshared, or released with its server, the instance's disks cannot be "
            "re-initialised."
        )
    if isinstance(target, ReplaceSystemDisk):
        remarks.append(
            "The data disks of the instance, its addresses and its security groups stay as they are."
        )
    return remarks


def warn_existing(run_id: str, state: str) -> Check:
    """A remark that a run of this id is there already."""
    return warning("run_id", run_id, f"a run of this id is {state}; the same call goes on with it")
