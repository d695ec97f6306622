"""How ``capture_image`` is planned: what is read, checked and said before anything happens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from swaslift.checks import Check, warning
from swaslift.cloud import Cloud
from swaslift.consent import Consent
from swaslift.lifecycle.capture import Label, Taken
from swaslift.lifecycle.capture_image import CaptureSpec, capture_image
from swaslift.lifecycle.capture_snapshots import adopt, check_given
from swaslift.lifecycle.quiet import Quiet
from swaslift.models import Server, ServerDisk
from swaslift.planning import quotas, source
from swaslift.planning.commands import check_command
from swaslift.planning.custom_images import check_name_free
from swaslift.planning.downtime import time_down
from swaslift.planning.names import check_custom_image_name, check_description, stem
from swaslift.planning.preparation import Preparation
from swaslift.planning.tags import check_tags
from swaslift.runs.effects import PlannedStep
from swaslift.runs.preview import foresee
from swaslift.runs.step import RUN_TAG, Ref
from swaslift.targets import Command


@dataclass(frozen=True)
class Wanted:
    """What a call of ``capture_image`` asks for."""

    name: str | None = None
    data_disks: Literal["include", "leave"] | None = None
    snapshots: Sequence[str] | None = None
    stop_source: bool = False
    before: Command | None = None
    after: Command | None = None
    description: str | None = None
    resource_group_id: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def quiet(self) -> Quiet:
        """What is done to the server around its snapshots."""
        return Quiet(stop=self.stop_source, before=self.before, after=self.after)

    def arguments(self, server: Server) -> dict[str, Any]:
        """The arguments, as the journal keeps and compares them."""
        return {
            "server": server.id,
            "region": server.region_id,
            "name": self.name,
            "data_disks": self.data_disks,
            "snapshots": None if self.snapshots is None else list(self.snapshots),
            "stop_source": self.stop_source,
            "before": self.before.model_dump(mode="json") if self.before else None,
            "after": self.after.model_dump(mode="json") if self.after else None,
            "description": self.description,
            "resource_group_id": self.resource_group_id,
            "tags": dict(self.tags),
        }


def prepare(cloud: Cloud, server: Server, wanted: Wanted, run_id: str) -> Preparation:
    """Read and check. Changes nothing. What the run itself has made does not count."""
    checks = source.check_server(
        server,
        cloud.clock.now(),
        lost="no image can be made from its expiry on",
        remedy="Renew it, or copy the image into ECS before that day (copy_to_region): a share goes with it",
    )
    checks += _check_label(cloud, server, wanted, run_id)
    quiet, more = _check_quiet(cloud, server, wanted, run_id)
    checks += more
    given: Taken | None = None
    adopted: dict[str, Ref] = {}
    disks: list[ServerDisk] = []
    if wanted.snapshots is not None:
        given, more = check_given(cloud, server, wanted.snapshots, wanted.data_disks)
        more += _quotas(cloud, server, run_id)(0, set())
    else:
        more = source.check_data_disks(server, wanted.data_disks or "include")
        disks = _disks(server, wanted)
        check = _quotas(cloud, server, run_id)
        if quiet:
            more += check(len(disks), set())
        else:
            held = quotas.holdings(cloud, server.region_id, run_id)
            adopted, found = adopt(disks, held.snapshots, held.images, check)
            more += found
    checks += more
    spec = CaptureSpec(
        server=server,
        label=Label(
            base=stem(server.name),
            name=wanted.name,
            description=wanted.description,
            resource_group_id=wanted.resource_group_id,
            tags=dict(wanted.tags),
        ),
        run_id=run_id,
        with_data_disk=len(disks) > 1,
        given=given,
        adopted=adopted,
        quiet=quiet,
    )
    clear = not any(c.level == "blocker" for c in checks)
    steps = tuple(foresee(lambda: capture_image(spec))) if clear else ()
    return Preparation(
        spec=spec,
        checks=tuple(checks),
        steps=steps,
        consents=(Consent.stop(server.id),) if quiet.stop else (),
        downtime=_downtime(server, quiet, steps),
        remarks=tuple(_remarks(quiet, disks, server)),
    )


def _disks(server: Server, wanted: Wanted) -> list[ServerDisk]:
    system = [d for d in server.disks if d.kind == "system"][:1]
    return system + list(server.data_disks[:1] if wanted.data_disks != "leave" else ())


def _quotas(cloud: Cloud, server: Server, run_id: str) -> Any:
    regions = cloud.swas.list_regions()

    def check(snapshots: int, adopted: set[str]) -> list[Check]:
        return quotas.check_quotas(
            cloud,
            server,
            regions,
            snapshots=snapshots,
            run_id=run_id,
            adopted=adopted,
            instead=". Or make the image of snapshots that are there: snapshots=[...]",
        )

    return check


def _check_label(cloud: Cloud, server: Server, wanted: Wanted, run_id: str) -> list[Check]:
    checks = check_tags("tags", wanted.tags)
    if wanted.name is not None:
        checks += check_custom_image_name("name", wanted.name)
        checks += check_name_free(cloud, server.region_id, wanted.name, run_id)
    if wanted.description is not None:
        checks += check_description("description", wanted.description)
    group = wanted.resource_group_id
    if group is not None and not group.startswith("rg-"):
        checks.append(Check("resource_group_id", group, "not a resource group", "Give its id: rg-..."))
    return checks


def _check_quiet(cloud: Cloud, server: Server, wanted: Wanted, run_id: str) -> tuple[Quiet, list[Check]]:
    """What can be done to the server, and what stands against it."""
    quiet = wanted.quiet
    checks = check_command("before", quiet.before) + check_command("after", quiet.after)
    if not quiet:
        return quiet, checks
    if wanted.snapshots is not None:
        asked = {"stop_source": quiet.stop, "before": quiet.before, "after": quiet.after}
        checks += [
            Check(name, True, "given snapshots are taken already", f"Leave out {name}, or the snapshots")
            for name, there in asked.items()
            if there
        ]
    elif server.status == "Stopped" and quiet.stop and _has_begun(cloud, server, run_id):
        problem = "a run of this id whose journal is lost has stopped it; it is started when the snapshots are taken"
        checks.append(warning("server", server.name, problem))
        quiet = quiet.model_copy(update={"before": None, "down": True})
    elif server.status == "Stopped" and (quiet.before or quiet.after):
        name = "before" if quiet.before else "after"
        problem = "commands run in a running server alone, and it is Stopped"
        checks.append(Check("server", server.name, problem, f"Start it, or leave out {name}"))
    elif server.status == "Stopped":
        problem = "the server is stopped already: it is neither stopped nor started"
        checks.append(warning("server", server.name, problem))
        quiet = Quiet()
    elif server.status == "Stopping" and quiet.stop:
        # By whom cannot be told: it may be a run whose journal is lost.
        quiet = quiet.model_copy(update={"down": True})
    return quiet, checks


def _has_begun(cloud: Cloud, server: Server, run_id: str) -> bool:
    """Whether snapshots of the server carry the run's tag, though nothing else knows of it any more."""
    disks = {d.id for d in server.disks}
    snapshots = cloud.swas.list_snapshots(server.region_id, tags={RUN_TAG: run_id})
    return any(s.disk_id in disks for s in snapshots)


def _downtime(server: Server, quiet: Quiet, steps: Sequence[PlannedStep]) -> str:
    if quiet.stop:
        return (
            f"the server {server.name} is down from its stop until it has started again: its snapshots, "
            f"{time_down(steps, 'stop', 'start')}"
        )
    if quiet:
        down = time_down(steps, "before", "run-1") if quiet.before and quiet.after else ""
        return (
            f"none but what the commands bring about{f': what they stop stays so for {down}' if down else ''}"
        )
    return "none: the server is not touched"


def _remarks(quiet: Quiet, disks: Sequence[ServerDisk], server: Server) -> list[str]:
    remarks = ["Snapshots and image are free of charge. They go with their server, when it is released."]
    if not quiet.stop and disks and server.status == "Running":
        remarks.append(
            "The disks are snapshotted while the server runs: the image is what a power cut would leave. What is "
            "written after that is not in it."
        )
    if len(disks) > 1 and not quiet.stop:
        remarks.append("The snapshots of the two disks are not taken at one instant.")
    if quiet.stop:
        remarks.append(
            "If something fails while the server is stopped, it is started again before the run pauses. Stopped by "
            "Ctrl-C or a crash, the run leaves it stopped until it is resumed or undone."
        )
    if quiet.after:
        remarks.append("The command after the snapshots is run when they are accomplished, or have failed.")
    return remarks
