"""How ``migrate_to_ecs`` is planned: what is read, checked, priced and said before anything happens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from swaslift.checks import Check
from swaslift.cloud import Cloud
from swaslift.consent import Consent
from swaslift.lifecycle.larger_disk import consents_to_replace, cost_of_replacement
from swaslift.lifecycle.migrate_to_ecs import left_behind, migrate
from swaslift.lifecycle.replacement_plan import downtime_of, what_stays
from swaslift.lifecycle.spec import DataDisks, ExistingTarget, MigrationSpec, NewTarget
from swaslift.models import Server
from swaslift.planning import landing, quotas, source
from swaslift.planning.costs import Cost, charges, quote_of_migration
from swaslift.planning.ecs_images import name_taken
from swaslift.planning.expiry import RE_INITIALISED
from swaslift.planning.names import check_name, stem
from swaslift.planning.preparation import Preparation
from swaslift.planning.regions import check_endpoint
from swaslift.runs.effects import PlannedStep
from swaslift.runs.preview import foresee
from swaslift.targets import NewInstance, ReplaceSystemDisk, Target


def find_target(
    cloud: Cloud, server: Server, target: Target, region_id: str, data_disks: DataDisks
) -> tuple[ExistingTarget | NewTarget | None, list[Check]]:
    """The target as it is found, and what stands against it."""
    system = landing.System.of_server(server, with_data_disk=data_disks == "include")
    if isinstance(target, NewInstance):
        checks = check_endpoint(cloud, region_id)
        checks += landing.check_new_instance(cloud, system, target, region_id)
        return NewTarget(how=target), checks
    instance, disk, checks = landing.find_target_instance(cloud, system, target, region_id)
    if instance is None or disk is None:
        return None, checks
    return ExistingTarget.of(target, instance, disk), checks


def prepare(
    cloud: Cloud, server: Server, target: Target, arguments: dict[str, Any], run_id: str
) -> Preparation:
    """Read, check and price a migration. Changes nothing. What the run itself has made does not count."""
    region = target.region or server.region_id
    there = cloud.of(arguments["into"])
    if region != server.region_id:
        source.check_region("target.region", region, cloud.ecs.describe_regions())
    data_disks: DataDisks = arguments["data_disks"] or "include"
    checks = source.check_server(server, cloud.clock.now(), **_expiry(own_image=arguments["own_image"]))
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
    if arguments["image_name"] and name_taken(there, region, arguments["image_name"], run_id):
        checks.append(
            Check(
                "image_name", arguments["image_name"], f"an image in {region} has this name", "Choose another"
            )
        )
    wanted = 1 + (1 if server.data_disks and data_disks == "include" else 0)
    checks += quotas.check_quotas(cloud, server, cloud.swas.list_regions(), snapshots=wanted, run_id=run_id)
    found, more = find_target(there, server, target, region, data_disks)
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
            into=arguments["into"],
        )
    cost: Cost | None = None
    if spec is not None and not any(c.level == "blocker" for c in checks):
        spec, cost, more = priced(there, spec)
        checks += more
    steps = tuple(foresee(lambda: migrate(spec))) if spec else ()
    return Preparation(
        spec=spec,
        checks=tuple(checks),
        steps=steps,
        consents=tuple(consents_for(spec, cost)) if spec else (),
        cost=cost,
        downtime=_downtime(server, found, steps) if found else "none",
        remarks=tuple(_remarks(server, found, arguments, wanted)),
    )


def priced(cloud: Cloud, spec: MigrationSpec) -> tuple[MigrationSpec, Cost | None, list[Check]]:
    """The same with what a new instance costs, as the service quotes it; or what an existing one's disk grows by."""
    if isinstance(spec.target, ExistingTarget):
        return spec, *cost_of_replacement(cloud, spec.target, spec.image_disk_size)
    quote, checks = quote_of_migration(
        cloud, spec.server, spec.target.how, spec.target_region, with_data_disk=spec.takes_data_disk
    )
    target = spec.target.model_copy(update={"quote": quote})
    return spec.model_copy(update={"target": target}), quote.cost if quote else None, checks


def consents_for(spec: MigrationSpec, cost: Cost | None) -> list[Consent]:
    """What a target needs leave for."""
    if isinstance(spec.target, ExistingTarget):
        return consents_to_replace(spec.target, spec.image_disk_size, cost)
    return [charges(cost)]


def _expiry(*, own_image: bool) -> dict[str, str]:
    if own_image:
        return {
            "lost": "the instance stays, with the image of its own",
            "remedy": "Renew it if the migration could take longer: no image can be made from its expiry on",
        }
    return {"lost": RE_INITIALISED, "remedy": "Renew it, or leave own_image on"}


def _downtime(server: Server, target: ExistingTarget | NewTarget, steps: Sequence[PlannedStep]) -> str:
    if isinstance(target, ExistingTarget):
        return f"{downtime_of(target, steps)}. The server is not touched"
    if server.status == "Stopped":
        return "none: the server is stopped already, and is not started; the new instance starts without it"
    return "none: the server is never stopped; the new instance starts beside it"


def _of_running(snapshots: int) -> list[str]:
    remarks = [
        (
            "The instance boots with the server's scheduled jobs, queue workers and production credentials while "
            "the server still runs: two live copies. Keep it from the network, or stop those jobs, until it takes "
            "over."
        ),
        (
            "The disks are snapshotted while the server runs: the image is what a power cut would leave. What is "
            "written after that is not in it."
        ),
    ]
    if snapshots > 1:
        remarks.append("The snapshots of the two disks are not taken at one instant.")
    return remarks


def _of_stopped() -> list[str]:
    return [
        (
            "The server is stopped: its disks are at rest, and the image is what they hold. If it is started before "
            "the snapshots are taken, the image is what a power cut would leave."
        ),
        (
            "The instance boots with the server's scheduled jobs, queue workers and production credentials. Do not "
            "start the server beside it: that would make two live copies."
        ),
    ]


def _remarks(
    server: Server, target: ExistingTarget | NewTarget | None, arguments: dict[str, Any], snapshots: int
) -> list[str]:
    remarks = _of_stopped() if server.status == "Stopped" else _of_running(snapshots)
    if server.data_disks and arguments["data_disks"] == "leave":
        remarks.append(f"{left_behind(server)}; the image and the instance have nothing of that.")
    if isinstance(target, NewTarget) and (said := landing.logins_of_image(target.how)):
        remarks.append(said)
    if isinstance(target, NewTarget) and target.how.bandwidth:
        remarks.append(landing.TRAFFIC)
    if not arguments["own_image"]:
        remarks.append(
            "Without an own image nothing is copied, which saves time and the copy's snapshots. But the SWAS image "
            "has to stay, shared: once it is unshared, or released with its server, the instance's disks cannot be "
            "re-initialised."
        )
    if arguments["into"]:
        remarks.append(
            f"It ends in account {arguments['into']}: an own image is shared with it, copied there, and then withdrawn "
            "and removed here. Instance and image belong to that account, and are billed there. Its credentials are "
            "not stored: give its client again to resume or undo."
        )
    if isinstance(target, ExistingTarget):
        remarks += what_stays(target)
    return remarks
