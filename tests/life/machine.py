"""Random lives of images, with faults, beside the model."""

from __future__ import annotations

import contextlib
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from swaslift import Client
from swaslift.emulator import Emulator
from swaslift.errors import ConsentRequired, InvalidArgument, PreflightError, RunPaused
from swaslift.models import CustomImage, EcsImage
from tests.life.model import ABROAD, ACCOUNTS_AN_IMAGE, HOME, SNAPSHOTS_A_SERVER, Golden, Life, Own
from tests.proof import assert_unharmed, everything
from tests.support import OTHER_ACCOUNT, client_of, new_instance

REACHED: Counter[str] = Counter()
"""What has happened, over all examples of this process."""

VERBS = {
    "capture_image", "share_to_ecs", "unshare_from_ecs", "share_with_account", "unshare_with_account",
    "copy_to_region", "launch_instances", "hand_over", "delete_image",
}  # fmt: skip

ERRORS = {
    "capture_image: name taken", "capture_image: quota full", "capture_image: name malformed",
    "share_with_account: not 16 digits", "share_with_account: the own account",
    "share_with_account: an eleventh",
    "unshare_from_ecs: instances need it",
    "copy_to_region: no such region", "copy_to_region: the same region", "copy_to_region: name taken",
    "launch_instances: count", "launch_instances: another region", "launch_instances: no leave",
    "hand_over: the own account",
    "delete_image: shared with ECS", "delete_image: shared with accounts", "delete_image: instances need it",
    "delete_image: no leave",
}  # fmt: skip
"""Branches of the table of refusals, by verb."""

ENDS = {"fault lost", "fault server error", "fault throttled", "paused and resumed", "paused and undone"}
FULL = "a full life: captured, shared, copied, launched, withdrawn, deleted"
STEPS = {"shared", "copied", "launched", "withdrawn"}

FIRST_WRITE = {
    "capture_image": "CreateSnapshot",
    "share_to_ecs": "ModifyImageShareStatus",
    "unshare_from_ecs": "ModifyImageShareStatus",
    "share_with_account": "AddCustomImageShareAccount",
    "unshare_with_account": "RemoveCustomImageShareAccount",
    "copy_to_region": "CopyImage",
    "launch_instances": "RunInstances",
    "hand_over": "ModifyImageSharePermission",
    "delete_image": "DeleteCustomImage",
}

FAULTS = st.sampled_from(
    [None, None, None, "lost", "server error", "throttled", "refused", "refused, undone"]
)
NAMES = st.sampled_from(["alpha", "beta", "gamma"])
ACCOUNTS = [OTHER_ACCOUNT, *(f"90000000000000{i:02}" for i in range(12))]
TWO = "shop"
"""The server whose images live; its data disk is not."""


class Lives(RuleBasedStateMachine):
    """One account, its images, and whoever works on them."""

    @initialize()
    def begin(self) -> None:
        self._stack = contextlib.ExitStack()
        directory = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="life-")))
        self.cloud = self._stack.enter_context(Emulator(speed=None, seed=7))
        self.lift: Client = self._stack.enter_context(client_of(self.cloud, journal=directory / "runs.db"))
        self.before = everything(self.cloud)
        self.life = Life()
        self.server = self.lift.servers.get(TWO)
        self._runs = 0
        # A life begins with something to live.
        self.capture(name="alpha", fault=None)

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

    def done(self, verb: str, fault: str | None, *args: Any, undoable: bool = True, **kwargs: Any) -> Any:
        """The verb's result, whatever fault comes in between; None where the run was undone."""
        run_id, action = self._id(), FIRST_WRITE[verb]
        if fault == "lost":
            self.cloud.faults.lose_answer(action)
        elif fault == "server error":
            self.cloud.faults.fail(action, 503, "ServiceUnavailable")
        elif fault == "throttled":
            self.cloud.faults.throttle(action)
        elif fault is not None:
            self.cloud.faults.fail(action, 403, "Forbidden.RAM", after=int(verb == "launch_instances"))
        plan = getattr(self.lift, verb).plan(*args, run_id=run_id, **kwargs)
        begun = len(self.cloud.log.attempted_writes())
        kept = everything(self.cloud)
        undone, paused = False, None
        try:
            result = plan.apply(consent=plan.consents)
        except RunPaused as stopped:
            paused = stopped
        if paused is not None:
            # Without a token a change that the service failed at is not sent again by itself.
            assert fault in {"refused", "refused, undone", "server error"}, paused
            assert ("ServiceUnavailable" if fault == "server error" else "Forbidden.RAM") in paused.reason
            self.cloud.faults.clear()
            if fault == "refused, undone" and undoable:
                undo = self.lift.runs.get(run_id).undo
                undo(consent=undo.plan().consents)
                undone = True
                REACHED["paused and undone"] += 1
            else:
                result = self.lift.runs.resume(run_id)
                REACHED["paused and resumed"] += 1
        elif fault in {"lost", "server error", "throttled"} and self._met(action, begun):
            REACHED[f"fault {fault}"] += 1
        self.cloud.faults.clear()
        self.cloud.clock.advance(60)
        sent = {c.action for c in self.cloud.log.attempted_writes()[begun:]}
        if undone:
            assert_unharmed(kept, everything(self.cloud))
            assert everything(self.cloud).keys() == kept.keys()
            return None
        assert sent <= plan.writes, sent - plan.writes
        REACHED[verb] += 1
        return result

    def _met(self, action: str, begun: int) -> bool:
        return any(c.action == action for c in self.cloud.log.attempted_writes()[begun:])

    def golden(self, data: st.DataObject) -> Golden:
        return self.life.goldens[data.draw(st.sampled_from(sorted(self.life.goldens)))]

    def own(self, data: st.DataObject) -> Own:
        return self.life.owns[data.draw(st.sampled_from(sorted(self.life.owns)))]

    # -- what an operator does -----------------------------------------------------------------

    @rule(name=NAMES | st.just("http://x"), fault=FAULTS)
    def capture(self, name: str, fault: str | None) -> None:
        if name.startswith("http"):
            call = lambda: self.lift.capture_image(self.server, name, run_id=self._id())  # noqa: E731
            self.refused("capture_image: name malformed", PreflightError, "name", call)
            return
        if name in self.life.names():
            call = lambda: self.lift.capture_image(self.server, name, run_id=self._id())  # noqa: E731
            self.refused("capture_image: name taken", PreflightError, "has this name", call)
            return
        if len(self.life.snapshots.get(self.server.id, ())) >= SNAPSHOTS_A_SERVER:
            call = lambda: self.lift.capture_image(self.server, name, run_id=self._id())  # noqa: E731
            self.refused("capture_image: quota full", PreflightError, "snapshot", call)
            return
        image: CustomImage | None = self.done("capture_image", fault, self.server, name)
        if image is not None:
            self.life.goldens[image.id] = Golden(image)
            self.life.snapshots.setdefault(self.server.id, set()).add(image.system_snapshot_id)

    @precondition(lambda self: self.life.goldens)
    @rule(data=st.data(), fault=FAULTS)
    def share(self, data: st.DataObject, fault: str | None) -> None:
        golden = self.golden(data)
        seen: EcsImage | None = self.done("share_to_ecs", fault, golden.record)
        if seen is not None:
            golden.shared, golden.seen = True, seen
            golden.lived.add("shared")

    @precondition(lambda self: self.life.goldens)
    @rule(data=st.data(), fault=FAULTS)
    def unshare(self, data: st.DataObject, fault: str | None) -> None:
        golden = self.golden(data)
        if golden.shared and golden.instances:
            self.refused(
                "unshare_from_ecs: instances need it",
                ConsentRequired,
                "Consent.unshare",
                lambda: self.lift.unshare_from_ecs(golden.record, run_id=self._id()),
            )
        if self.done("unshare_from_ecs", fault, golden.record) is not None:
            if golden.shared:
                golden.lived.add("withdrawn")
            golden.shared, golden.seen = False, None

    @precondition(lambda self: self.life.goldens)
    @rule(data=st.data(), fault=FAULTS, many=st.booleans())
    def share_with_account(self, data: st.DataObject, fault: str | None, many: bool) -> None:
        golden = self.golden(data)
        free = [a for a in ACCOUNTS if a not in golden.accounts]
        chosen = free[: ACCOUNTS_AN_IMAGE - len(golden.accounts)] if many else free[:1]
        if len(golden.accounts) >= ACCOUNTS_AN_IMAGE:
            call = lambda: self.lift.share_with_account(golden.record, free[0], run_id=self._id())  # noqa: E731
            self.refused("share_with_account: an eleventh", (PreflightError, InvalidArgument), "10", call)
        elif self.done("share_with_account", fault, golden.record, chosen) is not None:
            golden.accounts.update(chosen)

    @precondition(lambda self: self.life.goldens)
    @rule(data=st.data())
    def share_with_what_is_no_account(self, data: st.DataObject) -> None:
        golden = self.golden(data)
        for account, branch in (("123", "not 16 digits"), (self.server.account_id, "the own account")):
            self.refused(
                f"share_with_account: {branch}",
                (PreflightError, InvalidArgument),
                "account",
                lambda: self.lift.share_with_account(golden.record, account, run_id=self._id()),  # noqa: B023
            )

    @precondition(lambda self: any(g.accounts for g in self.life.goldens.values()))
    @rule(data=st.data(), fault=FAULTS)
    def unshare_with_account(self, data: st.DataObject, fault: str | None) -> None:
        shared = sorted(i for i, g in self.life.goldens.items() if g.accounts)
        golden = self.life.goldens[data.draw(st.sampled_from(shared))]
        account = data.draw(st.sampled_from(sorted(golden.accounts)))
        if self.done("unshare_with_account", fault, golden.record, account) is not None:
            golden.accounts.discard(account)

    @precondition(lambda self: self.life.goldens)
    @rule(data=st.data(), fault=FAULTS, region=st.sampled_from([HOME, ABROAD]), name=st.none() | NAMES)
    def copy(self, data: st.DataObject, fault: str | None, region: str, name: str | None) -> None:
        golden = self.golden(data)
        if name in self.life.own_names(region):
            call = lambda: self.lift.copy_to_region(golden.record, region, name=name, run_id=self._id())  # noqa: E731
            self.refused("copy_to_region: name taken", PreflightError, "has this name", call)
            return
        copied = self.done("copy_to_region", fault, golden.record, region, name=name)
        if copied is not None:
            self.life.owns[copied.id] = Own(copied)
            golden.lived.add("copied")

    @precondition(lambda self: self.life.owns)
    @rule(data=st.data())
    def copy_to_where_it_cannot_go(self, data: st.DataObject) -> None:
        own = self.own(data)
        for region, branch, text in (
            ("mars-1", "no such region", "not offered"),
            (own.record.region_id, "the same region", "already"),
        ):
            self.refused(
                f"copy_to_region: {branch}",
                (PreflightError, InvalidArgument),
                text,
                lambda: self.lift.copy_to_region(own.record, region, run_id=self._id()),  # noqa: B023
            )

    @precondition(lambda self: any(g.seen for g in self.life.goldens.values()))
    @rule(data=st.data(), fault=FAULTS)
    def launch_from_the_share(self, data: st.DataObject, fault: str | None) -> None:
        shared = sorted(i for i, g in self.life.goldens.items() if g.seen)
        golden = self.life.goldens[data.draw(st.sampled_from(shared))]
        launched = self.done("launch_instances", fault, golden.seen, new_instance())
        if launched is not None:
            ids = {i.id for i in launched.instances}
            golden.instances |= ids
            self.life.instances |= ids
            golden.lived.add("launched")

    @precondition(lambda self: any(o.record.region_id == HOME for o in self.life.owns.values()))
    @rule(data=st.data(), fault=FAULTS, count=st.sampled_from([0, 1, 2]))
    def launch_from_an_own_image(self, data: st.DataObject, fault: str | None, count: int) -> None:
        here = sorted(i for i, o in self.life.owns.items() if o.record.region_id == HOME)
        own = self.life.owns[data.draw(st.sampled_from(here))]
        if count == 0:
            call = lambda: self.lift.launch_instances(own.record, new_instance(), 0, run_id=self._id())  # noqa: E731
            self.refused("launch_instances: count", InvalidArgument, "count", call)
            return
        call = lambda: self.lift.launch_instances(own.record, new_instance(), count, run_id=self._id())  # noqa: E731
        self.refused("launch_instances: no leave", ConsentRequired, "Consent.charges", call)
        launched = self.done("launch_instances", fault, own.record, new_instance(), count)
        if launched is not None:
            ids = {i.id for i in launched.instances}
            own.instances |= ids
            self.life.instances |= ids

    @precondition(lambda self: any(o.record.region_id == ABROAD for o in self.life.owns.values()))
    @rule()
    def launch_elsewhere_than_the_image(self) -> None:
        own = next(o for o in self.life.owns.values() if o.record.region_id == ABROAD)
        target = new_instance(region=HOME)
        call = lambda: self.lift.launch_instances(own.record, target, run_id=self._id())  # noqa: E731
        self.refused("launch_instances: another region", InvalidArgument, "copy_to_region", call)

    @precondition(lambda self: self.life.owns)
    @rule(data=st.data(), fault=FAULTS)
    def hand_over(self, data: st.DataObject, fault: str | None) -> None:
        own = self.own(data)
        region = own.record.region_id
        call = lambda: self.lift.hand_over(own.record, self.server.account_id, run_id=self._id())  # noqa: E731
        self.refused("hand_over: the own account", (PreflightError, InvalidArgument), "account", call)
        if self.done("hand_over", fault, own.record, OTHER_ACCOUNT, region=region) is not None:
            own.handed.add(OTHER_ACCOUNT)

    @precondition(lambda self: self.life.goldens)
    @rule(data=st.data(), fault=FAULTS, unshare=st.booleans(), snapshots=st.booleans())
    def delete(self, data: st.DataObject, fault: str | None, unshare: bool, snapshots: bool) -> None:
        golden = self.golden(data)
        call = lambda: self.lift.delete_image(  # noqa: E731
            golden.record, unshare=unshare, snapshots=snapshots, run_id=self._id()
        )
        if not unshare and golden.shared:
            self.refused("delete_image: shared with ECS", PreflightError, "shared with ECS", call)
            return
        if not unshare and golden.accounts:
            self.refused("delete_image: shared with accounts", PreflightError, "account", call)
            return
        if golden.shared and golden.instances:
            self.refused("delete_image: instances need it", ConsentRequired, "Consent.unshare", call)
        else:
            self.refused("delete_image: no leave", ConsentRequired, "Consent.erase", call)
        self.done("delete_image", fault, golden.record, undoable=False, unshare=unshare, snapshots=snapshots)
        if golden.shared:
            golden.lived.add("withdrawn")
        del self.life.goldens[golden.record.id]
        if snapshots:
            self.life.snapshots[golden.record.server_id].discard(golden.record.system_snapshot_id)
        if golden.lived >= STEPS:
            REACHED[FULL] += 1

    # -- what has to hold at all times ---------------------------------------------------------

    @invariant()
    def the_cloud_is_as_the_model_says(self) -> None:
        if not hasattr(self, "life"):
            return
        mine = self.cloud.state()[self.server.account_id]
        images = mine["swas"]["custom_images"]
        assert images.keys() == self.life.goldens.keys()
        for image_id, golden in self.life.goldens.items():
            assert images[image_id]["InShare"] == golden.shared
            assert {str(a) for a in images[image_id].get("ShareAccounts") or ()} == golden.accounts
        held = {s for some in self.life.snapshots.values() for s in some}
        assert mine["swas"]["snapshots"].keys() == held
        there = {k for k in mine["ecs"]["images"] if not k.endswith("(shared by SWAS)")}
        old = {key[3] for key in self.before if key[1:3] == ("ecs", "images")}
        assert there == old | self.life.owns.keys()

    @invariant()
    def nothing_is_leaked(self) -> None:
        """Snapshots of ECS stand behind an image; instances and disks are those that were launched."""
        if not hasattr(self, "life"):
            return
        ecs = self.cloud.state()[self.server.account_id]["ecs"]
        old = {key[3] for key in self.before if key[1] == "ecs"}
        assert {i for i in ecs["instances"] if i not in old} == self.life.instances
        behind = {
            m["SnapshotId"]
            for i in ecs["images"].values()
            for m in i["DiskDeviceMappings"]["DiskDeviceMapping"]
        }
        assert {s for s in ecs["snapshots"] if s not in old} <= behind
        disks = {d: r.get("InstanceId") for d, r in ecs["disks"].items() if d not in old}
        assert set(disks.values()) <= self.life.instances

    @invariant()
    def what_was_there_before_is_unharmed(self) -> None:
        if hasattr(self, "life"):
            assert_unharmed(self.before, everything(self.cloud))


def missing() -> list[str]:
    """What has not been reached."""
    return sorted((VERBS | ERRORS | ENDS | {FULL}) - REACHED.keys())


def report() -> str:
    """What has been reached, and what has not, in lines."""
    lines = [f"{n:6}  {what}" for what, n in sorted(REACHED.items())]
    return "\n".join([*lines, *(f"     -  {what}: NOT REACHED" for what in missing())])
