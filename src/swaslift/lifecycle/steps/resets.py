"""Installing a server anew: it is stopped first, so that its state tells whether that has happened."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from pydantic import JsonValue

from swaslift.clock import SKEW
from swaslift.cloud import Cloud
from swaslift.lifecycle.steps.servers import DOWN, StopServer, server
from swaslift.lifecycle.waits import server_settled, server_stopped
from swaslift.runs.effects import Script, do, until
from swaslift.runs.step import RUN_TAG, STEP_TAG, Declined, Mark, Ref, Step
from swaslift.secret import Secret

LOOKS = 6
LOOK_SECONDS = 5.0
"""How often a server is looked at, and at which distance, until a list shows what was begun: lists lag."""

RUNS_AGAIN = "swaslift.RunsAgain"
TOO_OLD = "swaslift.SnapshotTooOld"
"""Codes of why a reset is not sent: what the server held may be in no snapshot."""
HELD = timedelta(hours=2)
"""How old a snapshot may be that holds what the server held: no answer tells when a server was last started."""


class StopToReset(StopServer):
    """``StopInstance`` of a server that is to be reset.

    The outcome is False where the run has reset it already: its journal was lost, the snapshot that it took
    of the stopped server is there, and the server runs. Another image tells by itself.

    Attributes:
        reinstalls: whether the server has the wished image already, or had it before.
        backup: the name of the step that takes the snapshot; empty where there is none.
    """

    kind: ClassVar[str] = "swas.StopInstance.reset"

    reinstalls: bool = False
    backup: str = ""

    def find(self, cloud: Cloud, mark: Mark) -> bool | None:
        found = server(cloud, self.region_id, self.server_id)
        if found is None:
            return None
        if found.status in DOWN:
            return True
        return False if self.reinstalls and self.backup and self._backed_up(cloud, mark) else None

    def in_view_of(self, prior: JsonValue, outcome: bool) -> bool:
        """Whether it was reset already does not depend on whether it ran before."""
        del prior
        return outcome

    def _backed_up(self, cloud: Cloud, mark: Mark) -> bool:
        # In a chain both steps have the same prefix.
        step = mark.step.removesuffix(self.name.rpartition("/")[2]) + self.backup
        tags = {RUN_TAG: mark.run_id, STEP_TAG: step}
        return any(
            s.server_id == self.server_id and s.status == "Accomplished"
            for s in cloud.swas.list_snapshots(self.region_id, tags=tags)
        )


class ResetSystem(Step[bool]):
    """``ResetSystem``: the disks are wiped and an image is installed; the server runs afterwards.

    Nothing in the service tells one reset to the same image from the one before. So the server is stopped
    first: one that does not stand still any more has been reset. The outcome is False where an undo cannot
    tell.

    Attributes:
        old_image_id: what it was made from.
        was_up: whether it ran before the run began; an undo stops it again where it did not.
        running: whether it is reset while it runs, because the service did not take it stopped.
        seen_down: whether this run has seen it stopped; what runs before anything was sent, somebody has started.
        backups: snapshots of its disks, which an undo leaves in place.
    """

    kind: ClassVar[str] = "swas.ResetSystem"
    outcome: ClassVar[Any] = bool
    writes: ClassVar[tuple[str, ...]] = ("ResetSystem",)

    region_id: str
    server_id: str
    image_id: str
    old_image_id: str
    was_up: bool
    running: bool = False
    seen_down: bool = False
    backups: tuple[Ref, ...] = ()
    key_pair: str | None = None
    password: Secret | None = None

    @property
    def title(self) -> str:
        return f"reset the server {self.server_id} to the image {self.image_id}"

    @property
    def irreversible(self) -> str | None:
        if not self.backups:
            return "all that is on its disks, and there is no snapshot of it"
        return "all that is on its disks: an undo does not bring it back, the snapshots hold it for another server"

    @property
    def minutes(self) -> float:
        return 5

    def find(self, cloud: Cloud, mark: Mark) -> bool | None:
        found = server(cloud, self.region_id, self.server_id)
        if found is None:
            return None
        if found.status == "Resetting":
            return True
        if self.image_id != self.old_image_id:
            return True if found.image_id == self.image_id else None
        started = self.running or (self.seen_down and not mark.again)
        return True if not started and found.status not in DOWN else None

    def happened(self, cloud: Cloud, mark: Mark) -> bool | None:
        if self.image_id != self.old_image_id:
            return self.find(cloud, mark)
        for _ in range(LOOKS):
            if self.find(cloud, mark):
                return True
            cloud.clock.sleep(LOOK_SECONDS)
        return False

    def make(self, cloud: Cloud, mark: Mark) -> bool:
        self._check_held(cloud)
        cloud.swas.reset_system(
            self.region_id,
            self.server_id,
            self.image_id,
            key_pair=self.key_pair,
            password=self.password.resolve() if self.password else None,
            token=mark.token,
        )
        if self.running:
            self._see_it_leave(cloud)
        return True

    def _check_held(self, cloud: Cloud) -> None:
        """That the snapshots hold what is to be wiped: time may have passed, and somebody used the server."""
        found = server(cloud, self.region_id, self.server_id)
        ids = [ref.id for ref in self.backups]
        hold = " and ".join(ids)
        if not self.running and found is not None and found.status not in DOWN:
            problem = (
                f"the server {self.server_id} is {found.status}, and was stopped: somebody has started it. What it "
                f"writes now is in {f'no snapshot: {hold} is older' if ids else 'no snapshot'}"
            )
            raise Declined(RUNS_AGAIN, problem, "Stop it and resume, or undo the run")
        snapshots = cloud.swas.list_snapshots(self.region_id, ids=ids) if ids else ()
        taken = min((s.created_at for s in snapshots if s.created_at), default=None)
        # A moment still to come is of another clock, and tells as little.
        if taken is not None and not -timedelta(seconds=SKEW) <= cloud.clock.now() - taken <= HELD:
            problem = (
                f"{hold} is of {taken:%Y-%m-%d %H:%M} UTC, and whether the server {self.server_id} ran since cannot "
                "be told"
            )
            raise Declined(TOO_OLD, problem, "Undo the run, and plan anew")

    def _see_it_leave(self, cloud: Cloud) -> None:
        """A list that lags shows it Running still, and whoever waits for Running would go on too early."""
        for _ in range(LOOKS):
            found = server(cloud, self.region_id, self.server_id)
            if found is not None and found.status != "Running":
                return
            cloud.clock.sleep(LOOK_SECONDS)

    def foresee(self) -> bool:
        return True

    def keeps(self) -> tuple[Ref, ...]:
        return self.backups

    def undo_title(self, outcome: bool, prior: JsonValue) -> str:
        del prior
        hold = " and ".join(ref.id for ref in self.backups)
        held = f"; {hold} holds it" if hold else ", and there is no snapshot of it"
        gone = f"the old system of the server {self.server_id} does not come back on it{held}"
        if not outcome:
            return f"stays: whether the server {self.server_id} was reset cannot be told"
        return f"stays: {gone}" if self.was_up else f"stop the server {self.server_id} again; {gone}"

    def undo(self, outcome: bool, prior: JsonValue) -> Script[str | None]:
        del prior
        hold = " and ".join(ref.id for ref in self.backups)
        if not outcome:
            kept = f"; {hold} {'is' if len(self.backups) == 1 else 'are'} kept" if hold else ""
            return (
                f"whether the server {self.server_id} was reset cannot be told: no answer came, and it had this image "
                f"before{kept}. Look at it in the console"
            )
        if not self.was_up:
            where = {"region_id": self.region_id, "server_id": self.server_id}
            settled = yield from until(server_settled("settled", self.region_id, self.server_id))
            if settled is not None:
                yield from do(StopServer(name="stop", **where))
                yield from until(server_stopped("stopped", self.region_id, self.server_id, sent_by="stop"))
        gone = f"the old system of the server {self.server_id} does not come back on it"
        if not hold:
            return f"{gone}: there is no snapshot of it"
        return (
            f"{gone}: the service rolls no disk back to a snapshot that is older than a reset, and resets no server to "
            f"an image of its own. {hold} {'is' if len(self.backups) == 1 else 'are'} kept: make an image of it "
            "(capture_image with snapshots=) and another server from that"
        )
