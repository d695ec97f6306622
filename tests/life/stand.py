"""What random lives stand on: an account, whoever works on it, and how a verb is tried."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine

from swaslift import Client
from swaslift.emulator import Emulator
from swaslift.emulator.faults import ResourceKind
from swaslift.errors import ApiError, JournalError, RunPaused
from tests.clocks import JUMPS, WrongClock
from tests.core.full_disk import FullDisk
from tests.life.model import ABROAD, HOME, Golden, Life, Own
from tests.life.reached import ERRORS, REACHED
from tests.proof import State, assert_unharmed, everything
from tests.support import OTHER_ACCOUNT, client_of


class Fault(NamedTuple):
    """What goes wrong, and at which of the actions that the verb's plan writes."""

    kind: str
    place: int


FAULTS = st.none() | st.builds(
    Fault,
    st.sampled_from(
        [
            "lost",
            "server error",
            "throttled",
            "refused",
            "refused, undone",
            "refused, disturbed, undone",
            "made in vain",
            "unwritable",
        ]
    ),
    st.integers(0, 9),
)
IN_VAIN: dict[tuple[str, str], ResourceKind] = {
    ("capture_image", "CreateSnapshot"): "swas_snapshot",
    ("capture_image", "CreateCustomImage"): "swas_image",
    ("copy_to_region", "CopyImage"): "ecs_image",
    ("migrate_to_ecs", "CreateSnapshot"): "swas_snapshot",
    ("migrate_to_ecs", "CreateCustomImage"): "swas_image",
    ("migrate_to_ecs", "CopyImage"): "ecs_image",
    ("replace_system_disk", "CreateSnapshot"): "ecs_snapshot",
}
"""What can fail after it was asked for, by the verb and its action."""
FOR_GOOD = {"DeleteCustomImage", "CreateInstances", "ResetSystem", "ReplaceSystemDisk"}
"""What no undo brings back as it was."""
FAILURES = 3
"""How many writes to the journal fail in a row."""
WHY = {
    "refused": "Forbidden.RAM",
    "refused, undone": "Forbidden.RAM",
    "refused, disturbed, undone": "Forbidden.RAM",
    "server error": "ServiceUnavailable",
    "made in vain": "failed",
    "unwritable": "cannot be written",
}
"""What a run that pauses says, by what went wrong; all else it gets over by itself."""
NAMES = st.sampled_from(["alpha", "beta", "gamma"])
ACCOUNTS = [OTHER_ACCOUNT, *(f"90000000000000{i:02}" for i in range(12))]
SPARE = "batch"
"""A server of which images are only made to be refused."""
TWO = "shop"
"""The server whose images live; its data disk is not."""


class Stand(RuleBasedStateMachine):
    """One account, its images, and whoever works on them."""

    def set_up(self) -> None:
        """An account of its own in an emulator of its own."""
        self._stack = contextlib.ExitStack()
        directory = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="life-")))
        self.cloud = self._stack.enter_context(Emulator(speed=None, seed=7))
        self.clock = WrongClock(self.cloud.endpoint_url)
        self.lift: Client = self._stack.enter_context(
            client_of(self.cloud, journal=directory / "runs.db", clock=self.clock)
        )
        self.journal = self.lift._journal = self.lift._carrier.journal = FullDisk(directory / "runs.db")
        self.before = everything(self.cloud)
        self.life = Life()
        self.server = self.lift.servers.get(TWO)
        self._runs = 0

    def teardown(self) -> None:
        if hasattr(self, "_stack"):
            self._stack.close()

    # -- how a verb is tried -------------------------------------------------------------------

    def _id(self) -> str:
        self._runs += 1
        return f"run-{self._runs}"

    def refused(
        self,
        branch: str,
        kinds: type[Exception] | tuple[type[Exception], ...],
        text: str,
        call: Callable[[], Any],
    ) -> None:
        """What must be refused is, with that text, and without a write."""
        begun = len(self.cloud.log.attempted_writes())
        with pytest.raises(kinds) as caught:
            call()
        assert text in str(caught.value), branch
        assert len(self.cloud.log.attempted_writes()) == begun, branch
        assert branch in ERRORS
        REACHED[branch] += 1

    def done(
        self,
        verb: str,
        fault: Fault | None,
        *args: Any,
        restarted: str | None = None,
        **kwargs: Any,
    ) -> Any:
        """The verb's result, whatever fault comes in between; None where the run was undone.

        Args:
            verb: the client's attribute.
            fault: what goes wrong, or None.
            args: of the verb.
            restarted: id of an instance that an undo starts again: when it started is then another time.
            kwargs: of the verb.
        """
        run_id = self._id()
        plan = getattr(self.lift, verb).plan(*args, run_id=run_id, **kwargs)
        kind, action = None, ""
        if fault is not None and plan.writes:
            kind, action = fault.kind, sorted(plan.writes)[fault.place % len(plan.writes)]
            self._arrange(kind, verb, action, fault.place)
        begun, before = len(self.cloud.log.attempted_writes()), len(self.cloud.log.writes())
        kept = everything(self.cloud)
        undone, paused = False, None
        try:
            result = self._apply(plan)
        except RunPaused as stopped:
            paused = stopped
        if paused is not None:
            # Without a token a change that the service failed at is not sent again by itself.
            assert kind in WHY, paused
            assert WHY[kind] in paused.reason
            if kind == "unwritable":
                REACHED["the journal could not be written"] += 1
                self.journal.fails = range(0)
            self.cloud.faults.clear()
            self.jump()
            carried_out = {c.action for c in self.cloud.log.writes()[before:]}
            if str(kind).endswith("undone") and not carried_out & FOR_GOOD:
                if kind == "refused, disturbed, undone":
                    self._disturb(kept)
                    REACHED["paused, disturbed and undone"] += 1
                undo = self.lift.runs.get(run_id).undo
                undo(consent=undo.plan().consents)
                undone = True
                REACHED["paused and undone"] += 1
            else:
                result = self.lift.runs.resume(run_id)
                REACHED["made in vain, and anew" if kind == "made in vain" else "paused and resumed"] += 1
        elif kind in {"lost", "server error", "throttled"} and self._met(action, begun):
            REACHED[f"fault {kind}"] += 1
        self.cloud.faults.clear()
        self.journal.fails = range(0)
        self.cloud.clock.advance(60)
        sent = {c.action for c in self.cloud.log.attempted_writes()[begun:]}
        if undone:
            now = everything(self.cloud)
            for key in (k for k in kept if k[3] == restarted):
                kept[key]["StartTime"] = now[key]["StartTime"]
            assert_unharmed(kept, now)
            assert now.keys() == kept.keys()
            return None
        assert sent <= plan.writes, sent - plan.writes
        REACHED[verb] += 1
        return result

    def _apply(self, plan: Any) -> Any:
        """Carry a plan out; once more where the journal could not be written before anything began."""
        try:
            return plan.apply(consent=plan.consents)
        except JournalError:
            REACHED["the journal could not be written"] += 1
            self.journal.fails = range(0)
            return plan.apply(consent=plan.consents)

    def _disturb(self, kept: State) -> None:
        """Somebody deletes what a run has made in ECS: images, with their snapshots left, and snapshots alone."""
        ecs, made = self.lift.cloud.ecs, everything(self.cloud).keys() - kept.keys()
        for account, product, kind, key in sorted(made):
            if account != self.server.account_id or product != "ecs" or kind not in {"images", "snapshots"}:
                continue
            delete = ecs.delete_image if kind == "images" else ecs.delete_snapshot
            for region in (HOME, ABROAD):
                with contextlib.suppress(ApiError):
                    delete(region, key)

    def _arrange(self, kind: str, verb: str, action: str, place: int) -> None:
        if kind == "lost":
            self.cloud.faults.lose_answer(action)
        elif kind == "server error":
            self.cloud.faults.fail(action, 503, "ServiceUnavailable")
        elif kind == "throttled":
            self.cloud.faults.throttle(action)
        elif kind == "unwritable":
            first = self.journal.number + 1 + 4 * place
            self.journal.fails = range(first, first + FAILURES)
        elif kind == "made in vain":
            if (verb, action) in IN_VAIN:
                self.cloud.faults.fail_resource(IN_VAIN[verb, action])
        else:
            self.cloud.faults.fail(action, 403, "Forbidden.RAM")

    def _met(self, action: str, begun: int) -> bool:
        return any(c.action == action for c in self.cloud.log.attempted_writes()[begun:])

    def jump(self) -> None:
        """Set the clock of the machine to another wrong time of day; the cloud's stays."""
        self.clock.off = JUMPS[(JUMPS.index(self.clock.off) + 1) % len(JUMPS)] if self.clock.off else JUMPS[0]
        REACHED["the clock jumped"] += 1

    def golden(self, data: st.DataObject) -> Golden:
        return self.life.goldens[data.draw(st.sampled_from(sorted(self.life.goldens)))]

    def own(self, data: st.DataObject) -> Own:
        return self.life.owns[data.draw(st.sampled_from(sorted(self.life.owns)))]
