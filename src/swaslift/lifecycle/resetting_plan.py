"""How ``reset_server`` is planned: what is read, checked and said before anything happens."""

from __future__ import annotations

from collections.abc import Sequence

from swaslift.checks import Check, warning
from swaslift.cloud import Cloud
from swaslift.consent import Consent
from swaslift.lifecycle.resetting import ResetSpec, reset_server
from swaslift.planning import quotas, resets
from swaslift.planning.downtime import time_down
from swaslift.planning.expiry import check_image_expiry
from swaslift.planning.preparation import Preparation
from swaslift.runs.effects import PlannedStep
from swaslift.runs.preview import foresee
from swaslift.runs.step import RUN_TAG


def prepare(cloud: Cloud, spec: ResetSpec, run_id: str) -> Preparation:
    """Read and check. Changes nothing. What the run itself has made does not count."""
    server = spec.server
    checks = resets.check_server(cloud, server)
    if any(d.kind == "system" for d in server.disks):
        checks += resets.check_image(server, spec.image)
        if spec.image.custom is not None:
            checks += check_image_expiry(cloud, spec.image.custom)
        checks += resets.check_login(cloud, spec.image, server.region_id, spec.key_pair, spec.password)
        checks += _check_snapshots(cloud, spec, run_id)
    checks = list(dict.fromkeys(checks))
    clear = not any(c.level == "blocker" for c in checks)
    steps = tuple(foresee(lambda: reset_server(spec))) if clear else ()
    return Preparation(
        spec=spec if clear else None,
        checks=tuple(checks),
        steps=steps,
        consents=(Consent.erase(server.id),),
        downtime=_downtime(spec, steps),
        remarks=tuple(_remarks(spec)),
    )


def _check_snapshots(cloud: Cloud, spec: ResetSpec, run_id: str) -> list[Check]:
    server = spec.server
    own = {s.id for s in cloud.swas.list_snapshots(server.region_id, tags={RUN_TAG: run_id})}
    checks = resets.check_snapshots(cloud, server, own)
    if not spec.snapshot:
        problem = "without snapshots nothing of what the server holds is left"
        return [*checks, warning("snapshot", False, problem, "Leave it on")]
    wanted = 2 if server.data_disks else 1
    regions = cloud.swas.list_regions()
    return checks + quotas.check_quotas(cloud, server, regions, snapshots=wanted, run_id=run_id, images=0)


def _downtime(spec: ResetSpec, steps: Sequence[PlannedStep]) -> str:
    if spec.server.status == "Stopped":
        return f"none: the server {spec.server.name} is stopped already; it runs from the image afterwards"
    took = "its snapshots and the reset" if spec.snapshot else "the reset"
    return (
        f"the server {spec.server.name} is down from its stop until it runs from the image: {took}, "
        f"{time_down(steps, 'stop', 'reset')}. A run that pauses on the way leaves it stopped"
    )


def _remarks(spec: ResetSpec) -> list[str]:
    server = spec.server
    back = "the service rolls no disk back to a snapshot that is older than a reset"
    remarks = [f"All that the server holds is erased, and no undo brings it back on this server: {back}."]
    if spec.snapshot:
        remarks.append(
            "An undo after the reset keeps the snapshots, from which an image and with that another server can be "
            "made; before the reset it removes them and starts the server again. They are free of charge and go with "
            "their server, when it is released."
        )
    if server.data_disks:
        remarks.append(
            "Whether the service leaves a data disk alone is not documented: its page says that disk data is cleared."
            + (" So the data disk is snapshotted, too." if spec.snapshot else "")
        )
    if len(server.data_disks) > 1:
        remarks.append(f"Of its data disks only {server.data_disks[0].id} is snapshotted.")
    if server.status == "Stopped":
        remarks.append("The server is stopped now, and will run afterwards.")
    return remarks
