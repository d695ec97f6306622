"""Snapshots of a server that is quiet meanwhile: stopped, or told by commands before and after.

What was begun is ended whatever happens in between: a failure pauses the run, and before it does the
server is started again and ``after`` is run. So the failure is an outcome here, the run pauses behind
what puts the server right, and a resume begins anew.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

from pydantic import BaseModel, ConfigDict

from swaslift.checks import Check
from swaslift.cloud import Cloud
from swaslift.lifecycle.capture import Taken, snapshot_disks
from swaslift.lifecycle.needed import needed_elsewhere
from swaslift.lifecycle.server_commands import failed, run_until_delivered
from swaslift.lifecycle.steps import RunServerCommand, StartServer, StopServer
from swaslift.lifecycle.steps.servers import DOWN
from swaslift.lifecycle.steps.servers import server as server_now
from swaslift.lifecycle.steps.swas import drop_snapshot
from swaslift.lifecycle.stops import landed
from swaslift.lifecycle.waits import (
    server_command_over,
    server_running,
    server_settled,
    server_stopped,
    server_stops,
)
from swaslift.models import Server
from swaslift.runs.changing import turn
from swaslift.runs.effects import (
    Failed,
    Records,
    Script,
    consult,
    do,
    fork_tolerant,
    gate,
    pause,
    say,
    until,
)
from swaslift.runs.step import RUN_TAG, STEP_TAG, Ref
from swaslift.targets import Command

_NONE: list[Ref] = []
_STILL = "still"
"""The fork in which the snapshots of one try are taken."""


class Quiet(BaseModel):
    """What is done to the server around its snapshots.

    Attributes:
        stop: whether it is stopped, and started again; one that is stopped by then is left so.
        down: whether it is down already because of the run, whose journal is lost, or may be.
        before: a command that is run in it first.
        after: one that is run in it last, also where something failed in between.
    """

    model_config = ConfigDict(frozen=True, defer_build=True)

    stop: bool = False
    down: bool = False
    before: Command | None = None
    after: Command | None = None

    def __bool__(self) -> bool:
        return self.stop or self.before is not None or self.after is not None


def snapshot_quietly(
    server: Server, quiet: Quiet, *, base: str, with_data_disk: bool, tags: dict[str, str]
) -> Script[Taken]:
    """Snapshot the disks of a server that is quiet meanwhile.

    Args:
        server: whose disks.
        quiet: what is done to the server.
        base: the stem of the names.
        with_data_disk: whether to take the data disk along.
        tags: of the snapshots, beside those of the run.
    """
    for number in count(1):
        begun = _still_down(server) if quiet.stop else None
        disks = snapshot_disks(server, base=base, with_data_disk=with_data_disk, tags=tags, begun=begun)
        script = _turn(server, quiet, disks)
        # From the second turn on, the journal knows what the run has stopped.
        quiet = quiet.model_copy(update={"down": False})
        taken = yield from turn(number, script)
        if taken is not None:
            return taken
    raise AssertionError("unreachable")


def _still_down(server: Server) -> Callable[[], Script[None]]:
    """A gate behind the beginning of the snapshots: nobody has started the server meanwhile.

    A snapshot holds what its disk held when it was begun, so what happens after that does not matter.
    """

    def look(cloud: Cloud) -> list[Check]:
        found = server_now(cloud, server.region_id, server.id)
        if found is None or found.status in DOWN:
            return []
        problem = (
            f"it was stopped for the snapshots and is {found.status}: somebody else has started it, so a snapshot may "
            "have been taken of the running server"
        )
        return [Check("server", server.name, problem, "Find out who needs it")]

    return lambda: gate("still-stopped", f"check that the server {server.name} is still stopped", look)


def _turn(server: Server, quiet: Quiet, disks: Script[Taken]) -> Script[Taken | None]:
    sent: Ref | None = None
    if quiet.before:
        sent = yield from do(_command("before", server, quiet.before, "before the snapshots"))
    failed_before, starts = yield from _begin(server, quiet, sent)
    outcome: Taken | Failed | None = failed_before
    if outcome is None:
        still = _still(server, quiet, disks)
        outcome = (yield from fork_tolerant(_STILL, {"disks": still}, unsure=True))["disks"]
    if isinstance(outcome, Failed):
        yield from say("failed", f"The snapshots came to nothing: {outcome.reason}")
    was_down = False
    if starts:
        if isinstance(outcome, Failed):
            yield from landed(server.id, server_stops("stops", server.region_id, server.id))
            settled = yield from until(server_settled("settled", server.region_id, server.id))
            was_down = settled is not None and settled.status == "Stopped"
        started = yield from do(
            StartServer(
                name="start",
                region_id=server.region_id,
                server_id=server.id,
                server_name=server.name,
                restores=True,
            )
        )
        yield from until(server_running("running", server.region_id, server.id, sent_by="start"))
        if not started and not isinstance(outcome, Failed):
            yield from say(
                "started-meanwhile",
                f"Somebody else started the server {server.name} while its snapshots were being made. They were begun "
                "while it was stopped, and hold what its disks held then.",
            )
    ended: Failed | None = None
    if quiet.after:
        after = _after(server, quiet.after)
        ended = (yield from fork_tolerant("after", {"command": after}, unsure=True))["command"]
    if isinstance(outcome, Failed):
        yield from _clear(server)
        yield from pause(
            "told",
            _told(quiet, outcome, ended, was_down=was_down),
            "mend that, then resume: it begins anew; or undo",
        )
        return None
    if ended is not None:
        told = f"the snapshots are taken, but the command after them failed: {ended.reason}"
        remedy = f"see to the server {server.name} by hand; a resume goes on with the image"
        yield from pause("after-failed", told, remedy)
    return outcome


def _begin(server: Server, quiet: Quiet, sent: Ref | None) -> Script[tuple[Failed | None, bool]]:
    """Make it quiet: what failed, and whether it has to be started again, since the run has stopped it."""
    if sent is not None and quiet.before is not None:
        over = _over(sent, quiet.before)
        ended = (yield from fork_tolerant("ready", {"command": over}, unsure=True))["command"]
        if ended is not None:
            return ended, False
    if not quiet.stop:
        return None, False
    stop = StopServer(name="stop", region_id=server.region_id, server_id=server.id, server_name=server.name)
    was_up = (yield from fork_tolerant("stop", {"server": do(stop)}, unsure=True))["server"]
    if isinstance(was_up, Failed):
        return was_up, True
    starts = was_up or quiet.down
    if not starts:
        yield from say("left-stopped", f"{server.name} was stopped by somebody else: it is left so")
    return None, starts


def _over(sent: Ref, command: Command) -> Script[Failed | None]:
    result = yield from until(server_command_over("before-done", sent, timeout=command.timeout))
    return failed(result, "before the snapshots")


def _still(server: Server, quiet: Quiet, disks: Script[Taken]) -> Script[Taken]:
    if quiet.stop:
        yield from until(server_stopped("stopped", server.region_id, server.id))
    return (yield from disks)


def _after(server: Server, command: Command) -> Script[Failed | None]:
    result = yield from run_until_delivered(
        server.region_id,
        server.id,
        command,
        windows=server.os_type == "Windows",
        purpose="after the snapshots",
    )
    return failed(result, "after the snapshots")


def _command(name: str, server: Server, command: Command, purpose: str) -> RunServerCommand:
    return RunServerCommand(
        name=name,
        region_id=server.region_id,
        server_id=server.id,
        command=command,
        windows=server.os_type == "Windows",
        purpose=purpose,
    )


def _told(quiet: Quiet, outcome: Failed, ended: Failed | None, *, was_down: bool) -> str:
    told = outcome.reason
    if was_down:
        told += "\nThe server was started again."
    if quiet.after:
        told += (
            f"\nThe command after the snapshots failed as well: {ended.reason}"
            if ended
            else "\nThe command after the snapshots was run."
        )
    return told


def _clear(server: Server) -> Script[None]:
    """Remove what a failed try left: two more snapshots would not fit beside it.

    Only what this try made: in a chain, other parts of the run may have taken snapshots of the same disks.
    """

    def ours(records: Records) -> list[Ref]:
        path = records.name.rpartition("/")[0]
        made_here = f"{path}/{_STILL}/" if path else f"{_STILL}/"
        disks = {d.id for d in server.disks}
        swas = records.cloud.swas
        images = list(swas.list_custom_images(server.region_id))
        bound = {i.system_snapshot_id for i in images} | {i.data_snapshot_id for i in images}
        return [
            Ref(kind="swas.snapshot", id=s.id, region_id=s.region_id, name=s.name)
            for s in swas.list_snapshots(server.region_id, tags={RUN_TAG: records.run_id})
            if s.disk_id in disks and s.id not in bound and s.tags.get(STEP_TAG, "").startswith(made_here)
        ]

    left = yield from consult("left", ours, record=list[Ref], foreseen=_NONE)
    adopted = (yield from needed_elsewhere("adopted", left)) if left else {}
    for number, ref in enumerate(left, 1):
        if ref.id in adopted:
            yield from say(f"left-{number}-stays", f"{ref} stays as it is, since {adopted[ref.id]}")
            continue
        kept = yield from drop_snapshot(f"left-{number}", ref)
        if kept:
            yield from say(f"left-{number}-kept", kept)
