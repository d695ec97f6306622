"""Random lives of images, with faults, beside the model."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from swaslift.errors import ConsentRequired, InvalidArgument, PreflightError
from swaslift.models import CustomImage
from tests.life.instance_rules import InstanceRules
from tests.life.model import ABROAD, ACCOUNTS_AN_IMAGE, HOME, Golden, Own
from tests.life.reached import BEGINNINGS, FULL, REACHED, STEPS
from tests.life.server_rules import ServerRules
from tests.life.stand import ACCOUNTS, FAULTS, NAMES, SPARE, Fault
from tests.proof import assert_unharmed, everything
from tests.support import OTHER_ACCOUNT


class Lives(ServerRules, InstanceRules):
    """What an operator does with images, and what has to hold at all times."""

    @initialize(beginning=st.sampled_from(BEGINNINGS))
    def begin(self, beginning: str) -> None:
        """A life begins with something to live; some begin where chance alone seldom comes to."""
        self.set_up()
        self.capture(name="alpha", fault=None)
        (golden,) = self.life.goldens.values()
        if beginning in {"launched", "launched and copied"}:
            self.share_one(golden, None)
            self.launch_from(golden, None)
        if beginning == "launched and copied":
            self.copy_one(golden, ABROAD, None, None, None)
        if beginning == "given to many":
            self.give(golden, ACCOUNTS[:ACCOUNTS_AN_IMAGE], None)
        elif beginning == "no snapshot left":
            while self.life.free_snapshots(self.server.id):
                self.capture(name=f"older-{len(self.life.goldens)}", fault=None)

    # -- what an operator does -----------------------------------------------------------------

    @rule(name=NAMES | st.just("http://x"), fault=FAULTS)
    def capture(self, name: str, fault: Fault | None) -> None:
        if name.startswith("http"):
            call = lambda: self.lift.capture_image(self.server, name, run_id=self._id())  # noqa: E731
            self.refused("capture_image: name malformed", PreflightError, "name", call)
            return
        if name in self.life.names():
            call = lambda: self.lift.capture_image(self.server, name, run_id=self._id())  # noqa: E731
            self.refused("capture_image: name taken", PreflightError, "has this name", call)
            return
        if not self.life.free_snapshots(self.server.id):
            call = lambda: self.lift.capture_image(self.server, name, run_id=self._id())  # noqa: E731
            self.refused("capture_image: quota full", PreflightError, "snapshot", call)
            return
        image: CustomImage | None = self.done("capture_image", fault, self.server, name)
        if image is not None:
            self.life.goldens[image.id] = Golden(image)
            self.life.snapshots.setdefault(self.server.id, set()).add(image.system_snapshot_id)

    @precondition(lambda self: self.life.goldens)
    @rule(data=st.data(), fault=FAULTS)
    def share(self, data: st.DataObject, fault: Fault | None) -> None:
        self.share_one(self.golden(data), fault)

    def share_one(self, golden: Golden, fault: Fault | None) -> None:
        seen = self.done("share_to_ecs", fault, golden.record)
        if seen is not None:
            golden.shared, golden.seen = True, seen
            golden.lived.add("shared")

    @precondition(lambda self: self.life.goldens)
    @rule(data=st.data(), fault=FAULTS)
    def unshare(self, data: st.DataObject, fault: Fault | None) -> None:
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
    def share_with_account(self, data: st.DataObject, fault: Fault | None, many: bool) -> None:
        golden = self.golden(data)
        free = [a for a in ACCOUNTS if a not in golden.accounts]
        chosen = free[: ACCOUNTS_AN_IMAGE - len(golden.accounts)] if many else free[:1]
        if len(golden.accounts) >= ACCOUNTS_AN_IMAGE:
            call = lambda: self.lift.share_with_account(golden.record, free[0], run_id=self._id())  # noqa: E731
            self.refused("share_with_account: an eleventh", (PreflightError, InvalidArgument), "10", call)
        else:
            self.give(golden, chosen, fault)

    def give(self, golden: Golden, accounts: list[str], fault: Fault | None) -> None:
        if self.done("share_with_account", fault, golden.record, accounts) is not None:
            golden.accounts.update(accounts)

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
    def unshare_with_account(self, data: st.DataObject, fault: Fault | None) -> None:
        shared = sorted(i for i, g in self.life.goldens.items() if g.accounts)
        golden = self.life.goldens[data.draw(st.sampled_from(shared))]
        account = data.draw(st.sampled_from(sorted(golden.accounts)))
        if self.done("unshare_with_account", fault, golden.record, account) is not None:
            golden.accounts.discard(account)

    @precondition(lambda self: self.life.goldens)
    @rule(
        data=st.data(),
        fault=FAULTS,
        region=st.sampled_from([HOME, ABROAD]),
        name=st.none() | NAMES,
        encrypted=st.sampled_from([None, None, True]),
    )
    def copy(
        self, data: st.DataObject, fault: Fault | None, region: str, name: str | None, encrypted: bool | None
    ) -> None:
        self.copy_one(self.golden(data), region, name, encrypted, fault)

    def copy_one(
        self, golden: Golden, region: str, name: str | None, encrypted: bool | None, fault: Fault | None
    ) -> None:
        if name in self.life.own_names(region):
            call = lambda: self.lift.copy_to_region(golden.record, region, name=name, run_id=self._id())  # noqa: E731
            self.refused("copy_to_region: name taken", PreflightError, "has this name", call)
            return
        copied = self.done("copy_to_region", fault, golden.record, region, name=name, encrypted=encrypted)
        if copied is not None:
            assert copied.encrypted == bool(encrypted)
            self.life.owns[copied.id] = Own(copied)
            golden.lived.add("copied")

    @rule(fails=st.booleans())
    def use_what_is_not_available(self, fails: bool) -> None:
        """Of a server that is no part of this life: an image that is being made, or has failed."""
        if self.life.free_snapshots(SPARE) <= 0:
            return
        swas, server = self.lift.cloud.swas, self.lift.servers.get(SPARE)
        disk = server.system_disk.id
        snapshot = swas.create_snapshot(HOME, disk, name="spare", tags={}, token=self._id())
        self.cloud.clock.advance(3600)
        if fails:
            self.cloud.faults.fail_resource("swas_image")
        image = swas.create_custom_image(
            HOME, server.id, name="spare", system_snapshot_id=snapshot, tags={}, token=self._id()
        )
        self.cloud.clock.advance(3600 if fails else 3)
        for verb, arguments in (
            ("share_to_ecs", ()),
            ("copy_to_region", (ABROAD,)),
            ("scale_out", (1, "swas.s.c2m2s50b3")),
        ):
            call = lambda: getattr(self.lift, verb)(image, *arguments, run_id=self._id())  # noqa: B023, E731
            self.refused(f"{verb}: not available", PreflightError, "available", call)
        self.cloud.clock.advance(3600)
        swas.delete_custom_image(HOME, image, token=self._id())
        self.cloud.clock.advance(60)
        swas.delete_snapshot(HOME, snapshot, token=self._id())
        self.cloud.clock.advance(60)

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

    @precondition(lambda self: self.life.owns)
    @rule(data=st.data(), fault=FAULTS)
    def hand_over(self, data: st.DataObject, fault: Fault | None) -> None:
        own = self.own(data)
        region = own.record.region_id
        if own.record.encrypted:
            call = lambda: self.lift.hand_over(own.record, OTHER_ACCOUNT, run_id=self._id())  # noqa: E731
            self.refused("hand_over: encrypted with the service key", PreflightError, "service key", call)
            return
        call = lambda: self.lift.hand_over(own.record, self.server.account_id, run_id=self._id())  # noqa: E731
        self.refused("hand_over: the own account", (PreflightError, InvalidArgument), "account", call)
        if self.done("hand_over", fault, own.record, OTHER_ACCOUNT, region=region) is not None:
            own.handed.add(OTHER_ACCOUNT)

    @precondition(lambda self: self.life.goldens)
    @rule(data=st.data(), fault=FAULTS, unshare=st.booleans(), snapshots=st.booleans())
    def delete(self, data: st.DataObject, fault: Fault | None, unshare: bool, snapshots: bool) -> None:
        golden = self.golden(data)
        call = lambda: self.lift.delete_image(  # noqa: E731
            golden.record, unshare=unshare, snapshots=snapshots, run_id=self._id()
        )
        if not unshare and golden.shared:
            self.refused("delete_image: shared with ECS", PreflightError, "shared with ECS", call)
            return
        if not unshare and golden.accounts:
            self.refused("delete_image: shared with accounts", PreflightError, "from them first", call)
            return
        if golden.shared and golden.instances:
            self.refused("delete_image: instances need it", ConsentRequired, "Consent.unshare", call)
        else:
            self.refused("delete_image: no leave", ConsentRequired, "Consent.erase", call)
        deleted = self.done("delete_image", fault, golden.record, unshare=unshare, snapshots=snapshots)
        if deleted is None:
            return
        if golden.shared:
            golden.lived.add("withdrawn")
        del self.life.goldens[golden.record.id]
        behind, refused = golden.record.system_snapshot_id, fault and fault.kind.startswith("refused")
        if snapshots and not (refused and deleted.kept):
            assert [s.id for s in deleted.snapshots] == [behind]
            self.life.snapshots[golden.record.server_id].discard(behind)
        else:
            assert not deleted.snapshots
            assert bool(deleted.kept) == snapshots
            assert all(behind in told for told in deleted.kept)
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
        old_servers = {key[3] for key in self.before if key[1:3] == ("swas", "servers")}
        servers = {s: r for s, r in mine["swas"]["servers"].items() if s not in old_servers}
        assert {s: r["ImageId"] for s, r in servers.items()} == self.life.built_from
        assert all(r["Status"] == "Running" for r in servers.values())
        there = {k for k in mine["ecs"]["images"] if not k.endswith("(shared by SWAS)")}
        old = {key[3] for key in self.before if key[1:3] == ("ecs", "images")}
        assert there == old | self.life.owns.keys()

    @invariant()
    def nothing_is_leaked(self) -> None:
        """Snapshots of ECS stand behind an image or are backups; each instance that was made has one disk."""
        if not hasattr(self, "life"):
            return
        ecs = self.cloud.state()[self.server.account_id]["ecs"]
        old = {key[3] for key in self.before if key[1] == "ecs"}
        assert {i for i in ecs["instances"] if i not in old} == self.life.instances.keys()
        behind = {
            m["SnapshotId"]
            for i in ecs["images"].values()
            for m in i["DiskDeviceMappings"]["DiskDeviceMapping"]
        }
        assert (
            self.life.backups <= {s for s in ecs["snapshots"] if s not in old} <= behind | self.life.backups
        )
        disks = [r.get("InstanceId") for d, r in ecs["disks"].items() if d not in old]
        assert sorted(disks) == sorted(self.life.instances)

    @invariant()
    def what_was_there_before_is_unharmed(self) -> None:
        if hasattr(self, "life"):
            assert_unharmed(self.before, everything(self.cloud))
