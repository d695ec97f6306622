"""The verb ``reset_server``: a server gets a new system, and what it held goes into snapshots."""

from __future__ import annotations

from itertools import count

from pydantic import BaseModel, ConfigDict

from swaslift.checks import Check
from swaslift.cloud import Cloud
from swaslift.errors import ConfigError
from swaslift.lifecycle.capture import snapshot_disks
from swaslift.lifecycle.capture_image import VERB_TAG
from swaslift.lifecycle.definition import Definition
from swaslift.lifecycle.steps import DeleteSnapshot, ResetSystem, StartServer, StopToReset
from swaslift.lifecycle.steps.resets import RUNS_AGAIN, TOO_OLD
from swaslift.lifecycle.steps.servers import server as server_now
from swaslift.lifecycle.waits import server_running, server_stopped
from swaslift.models import Server, Snapshot
from swaslift.planning.custom_images import check_available
from swaslift.planning.resets import ServerImage
from swaslift.planning.sheet import Sheet, Shown, facts, titled
from swaslift.runs.changing import ANY, turn
from swaslift.runs.effects import Script, ask, attempt, do, gate, pause, say, until
from swaslift.runs.step import Ref, Refused
from swaslift.secret import Secret

VERB = "reset_server"
ANOTHER_STATE = "IncorrectInstanceStatus"


class ResetSpec(BaseModel):
    """One reset.

    Attributes:
        server: as the plan found it.
        image: what it is installed from.
        base: the stem of the snapshots' names.
        snapshot: whether its disks are snapshotted first.
        key_pair: for the login afterwards.
        password: likewise.
    """

    model_config = ConfigDict(frozen=True, defer_build=True)

    server: Server
    image: ServerImage
    base: str
    snapshot: bool = True
    key_pair: str | None = None
    password: Secret | None = None


class ServerReset(Shown):
    """What a reset ends with.

    Attributes:
        server: the server, running from the image.
        snapshots: of its disks as they were before, that of the system disk first; empty if none was wanted.
        left: what is left to do by hand.
    """

    server: Server
    snapshots: tuple[Snapshot, ...] = ()
    left: tuple[str, ...] = ()

    def sheet(self) -> Sheet:
        one = self.server
        table = facts(
            ("state", one.status),
            ("address", one.public_ip),
            ("system", " ".join(filter(None, (one.os_name, f"({one.image_id})")))),
            ("snapshots before", ", ".join(map(titled, self.snapshots)) or "none"),
        )
        return Sheet(f"{titled(one)} runs from the image", (table,), self.left)


def reset_server(spec: ResetSpec) -> Script[ServerReset]:
    """The script of the verb."""
    region, server_id = spec.server.region_id, spec.server.id
    taken: tuple[Ref, ...] = ()
    for number in count(1):
        taken, done = yield from turn(number, _turn(spec, taken, again=number > 1))
        if done:
            break
    server = yield from until(server_running("running", region, server_id))
    snapshots = yield from ask(
        "snapshots",
        lambda cloud: list(cloud.swas.list_snapshots(region, ids=[ref.id for ref in taken])),
        record=list[Snapshot],
        foreseen=[
            Snapshot(product="swas", account_id="", region_id=region, id=r.id, status="Accomplished")
            for r in taken
        ],
    )
    in_order = {ref.id: n for n, ref in enumerate(taken)}
    snapshots.sort(key=lambda s: in_order[s.id])
    return ServerReset(server=server, snapshots=tuple(snapshots), left=tuple(_left(spec, snapshots)))


def _turn(spec: ResetSpec, older: tuple[Ref, ...], *, again: bool) -> Script[tuple[tuple[Ref, ...], bool]]:
    """Stop, snapshot and reset; the snapshots, and whether it was reset, or all has to be done again.

    Args:
        spec: what is reset.
        older: snapshots of the turn before, which hold less than what is on the disks.
        again: whether there was such a turn: somebody may have started the server.
    """
    region, server_id = spec.server.region_id, spec.server.id
    down = True
    if again or spec.server.status != "Stopped":
        down = yield from do(
            StopToReset(
                name="stop",
                region_id=region,
                server_id=server_id,
                reinstalls=spec.server.image_id == spec.image.id,
                backup="snapshot-system" if spec.snapshot else "",
            )
        )
        if down:
            yield from until(server_stopped("stopped", region, server_id, sent_by="stop"))
    if older:
        # They may be all that is left of the server as it was, if somebody else has reset it.
        title = "check that the server still is as planned before its older snapshots are deleted"
        yield from gate("gate-older", title, lambda cloud: still_as_planned(spec, cloud))
    for n, ref in enumerate(older, 1):
        # There is no room for both in the quota. One that an image was made of stays.
        yield from attempt(DeleteSnapshot(name=f"older-{n}", ref=ref), ANY)
    taken: tuple[Ref, ...] = ()
    if spec.snapshot:
        disks = yield from snapshot_disks(
            spec.server,
            base=spec.base,
            with_data_disk=bool(spec.server.data_disks),
            tags={VERB_TAG: VERB},
        )
        taken = disks.refs
    if down:
        title = "look at server and image once more before its disks are wiped"
        yield from gate("gate", title, lambda cloud: still_as_planned(spec, cloud))
    declined = yield from _reset(spec, taken, seen_down=down)
    if declined is None:
        return taken, True
    more = "gets another snapshot, and is reset" if spec.snapshot else "is reset"
    if declined.code == RUNS_AGAIN:
        remedy = f"see that nobody needs it, then resume: it is stopped once more, {more}; or undo the run"
        yield from pause("told", declined.message, remedy)
    else:
        yield from say("told", f"{declined.message}. It {more} then.")
    return taken, False


def _reset(spec: ResetSpec, taken: tuple[Ref, ...], *, seen_down: bool) -> Script[Refused | None]:
    """Reset; where what the server holds may be in no snapshot it does not, and why is returned.

    In which states the service takes a reset is not documented: stopped first, else running.
    """
    was_up = spec.server.status != "Stopped"
    step = ResetSystem(
        name="reset",
        region_id=spec.server.region_id,
        server_id=spec.server.id,
        image_id=spec.image.id,
        old_image_id=spec.server.image_id,
        was_up=was_up,
        seen_down=seen_down,
        backups=taken,
        key_pair=spec.key_pair,
        password=spec.password,
    )
    done = yield from attempt(step, ANOTHER_STATE, declines=(RUNS_AGAIN, TOO_OLD))
    if isinstance(done, Refused) and done.code == ANOTHER_STATE:
        where = {"region_id": spec.server.region_id, "server_id": spec.server.id}
        yield from do(StartServer(name="start", **where, restores=was_up))
        yield from until(server_running("started", **where, sent_by="start"))
        running = step.model_copy(update={"name": "reset-running", "running": True})
        done = yield from attempt(running, declines=(TOO_OLD,))
    return done if isinstance(done, Refused) else None


def still_as_planned(spec: ResetSpec, cloud: Cloud) -> list[Check]:
    """Whether the server still is what the plan showed: its disks are about to be wiped."""
    field, name = "server", spec.server.name
    found = server_now(cloud, spec.server.region_id, spec.server.id)
    if found is None:
        return [Check(field, name, "the server is gone", "Undo the run")]
    checks = []
    if found.image_id != spec.server.image_id:
        problem = (
            f"it has the image {found.image_id} and had {spec.server.image_id} when the plan was made: "
            "somebody has reset it meanwhile"
        )
        checks.append(Check(field, name, problem, "Undo the run, and plan anew"))
    if spec.image.custom is not None:
        region, key = spec.server.region_id, spec.image.id
        image = next(iter(cloud.swas.list_custom_images(region, ids=[key])), None)
        if image is None:
            remedy = "It was deleted or unshared; undo the run, and use another"
            checks.append(Check("image", key, f"the image is not listed in {region} any more", remedy))
        else:
            checks += check_available(image)
    if spec.password is not None:
        try:
            spec.password.resolve()
        except ConfigError as error:
            checks.append(Check("password", spec.password.reference, str(error), "Set it"))
    return checks


def _left(spec: ResetSpec, snapshots: list[Snapshot]) -> list[str]:
    left = []
    if snapshots:
        ids = " and ".join(s.id for s in snapshots)
        left.append(
            f"What the server held is in {ids}: an image can be made of that (capture_image with snapshots=), but no "
            "disk of the server can be rolled back to it. Delete it when you are sure; it counts among three a server."
        )
    left.append("The system is another one: SSH host keys, users and mounts are those of the image.")
    if spec.key_pair is None and spec.password is None:
        left.append("Log in as the image has it, or set a password or key pair for the server.")
    left.append("If its monitoring stays empty, install the CloudMonitor agent in it again.")
    return left


class ResetServer(Definition[ResetSpec, ServerReset]):
    """The verb ``reset_server``."""

    name = VERB
    spec = ResetSpec
    outcome = ServerReset

    def script(self, spec: ResetSpec) -> Script[ServerReset]:
        return reset_server(spec)

    def facts(self, spec: ResetSpec, outcome: ServerReset | None) -> list[tuple[str, str]]:
        facts = [
            ("Server", f"{spec.server.name} ({spec.server.id}) in {spec.server.region_id}"),
            ("Image", f"{spec.image.name} ({spec.image.id})"),
            ("Image before", spec.server.image_id),
        ]
        if outcome is not None:
            facts.append(("Snapshots", ", ".join(s.id for s in outcome.snapshots) or "none"))
        return facts

    def left(self, outcome: ServerReset) -> tuple[str, ...]:
        return outcome.left
