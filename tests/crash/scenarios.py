"""Scenarios: what is done and killed, what came before it, and how it is gone on with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from swaslift.emulator import Quirks
from tests.crash.child import Do, Ended
from tests.crash.kinds import KINDS
from tests.crash.stage import Stage

PAUSES = 2
"""A wait that found its resource failed finds that once more, if it was killed before it said so."""


@dataclass(frozen=True)
class Scenario:
    """What is done, killed, and gone on with.

    Attributes:
        kind: what is called.
        prepare: what happens before, without a kill.
        do: the act that is killed.
        ways: how it is gone on with, by turns.
        end: the state in which the run has to end.
        quirks: of the emulator.
        pauses: whether it pauses on its way, because something fails, and is resumed.
        loses: whether something fails on its way, and it goes on without that.
    """

    name: str
    kind: str
    prepare: Callable[[Stage], None] = lambda _stage: None
    do: Do = "call"
    ways: tuple[Do, ...] = ("resume", "call")
    end: str = "finished"
    quirks: Quirks = field(default_factory=Quirks)
    pauses: bool = False
    loses: bool = False

    def go_on(self, stage: Stage, do: Do) -> Ended:
        """Do something, and resume what pauses for a reason that was arranged."""
        ended = stage.perform(do)
        for _ in range(PAUSES if self.pauses else 0):
            if ended.end != "RunPaused":
                break
            ended = stage.perform("resume")
        return ended


def _finished(stage: Stage) -> None:
    _expect(stage.perform("call"), "returned")


def _paused(stage: Stage) -> None:
    """At its first charged step, which the service refuses: everything before it is there."""
    # The first call is the dry run of the gate.
    stage.cloud.faults.fail("RunInstances", 403, "OperationDenied.NoStock", after=1)
    _expect(stage.perform("call"), "RunPaused")


def _copy_fails(stage: Stage) -> None:
    stage.cloud.faults.fail_resource("ecs_image")


def _snapshot_fails(stage: Stage) -> None:
    stage.cloud.faults.fail_resource("swas_snapshot")


def _one_is_lost(stage: Stage) -> None:
    stage.cloud.faults.fail_resource("ecs_instance")


def _copy_failed(stage: Stage) -> None:
    _copy_fails(stage)
    _expect(stage.perform("call"), "RunPaused")


def _expect(ended: Ended, end: str) -> None:
    assert ended.end == end, f"{ended.end}: {ended.text}"


# ECS shows the shared image under another id, and takes only encrypted copies of it in its region: the
# instance is run from the share, and the own image is made from the instance.
_NO_COPY = Quirks(
    swas_image_id_in_ecs="different",
    swas_image_owner_alias="self",
    same_region_copy="encrypted_only",
    dry_run_status=200,
    unknown_image="not_found",
)
# A stopped server is not reset; it is started again and reset while it runs.
_RUNNING = Quirks(reset_system_in="running")
_UNDO: dict[str, Any] = {"do": "undo", "ways": ("resume", "undo"), "end": "undone"}

SCENARIOS = {
    s.name: s
    for s in (
        *(Scenario(kind, kind) for kind in KINDS),
        Scenario("copy-fails", "new-instance", _copy_fails, pauses=True),
        Scenario("snapshot-fails", "with-data-disk", _snapshot_fails, pauses=True),
        Scenario("copy-failed", "new-instance", _copy_failed, do="resume"),
        Scenario("from-share", "new-instance", quirks=_NO_COPY),
        Scenario("reset-running", "reinstall", quirks=_RUNNING),
        Scenario("undo-paused", "new-instance", _paused, **_UNDO),
        Scenario("undo-finished", "new-instance", _finished, **_UNDO),
        Scenario("undo-replaced", "replace-disk", _finished, **_UNDO),
        Scenario("undo-from-share", "new-instance", _finished, quirks=_NO_COPY, **_UNDO),
        Scenario("undo-elsewhere", "other-region", _finished, **_UNDO),
        Scenario("launch-loses-one", "launch", _one_is_lost, loses=True),
        Scenario("undo-launched", "launch", _finished, **_UNDO),
        Scenario("undo-reset", "reset-system", _finished, **_UNDO),
    )
}
