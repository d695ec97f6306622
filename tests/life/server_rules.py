"""Servers of SWAS: bought from an image, and installed anew."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from swaslift import Consent
from swaslift.errors import ConsentRequired, InvalidArgument, PreflightError
from swaslift.lifecycle.scaled_out import ScaledOut
from tests.life.model import Golden
from tests.life.stand import FAULTS, Fault, Stand

PLAN = "swas.s.c2m2s50b3"
UNSOLD = "swas.s.c0m0s0b0"
SMALLER = "swas.s.c1m1s20b1"
LINUX_ALONE = "swas.s.c2m2s40b4"
STOCK = "img-ubuntu-2204"
WINDOWS = "legacy-win"
LEAVE = Consent.charges(max_total=100_000)
MOST = 2
"""Servers that a life buys: more of them show nothing new."""


class ServerRules(Stand):
    """What an operator does with servers; those that were there before are left alone."""

    @precondition(lambda self: self.life.goldens and len(self.life.servers) < MOST)
    @rule(data=st.data(), fault=FAULTS)
    def buy(self, data: st.DataObject, fault: Fault | None) -> None:
        golden = self.golden(data)
        call = lambda: self.lift.scale_out(golden.record, 1, PLAN, run_id=self._id())  # noqa: E731
        self.refused("scale_out: no leave", ConsentRequired, "Consent.charges", call)
        bought: ScaledOut | None = self.done("scale_out", fault, golden.record, 1, PLAN)
        if bought is not None:
            (server,) = bought.ready
            assert server.image_id == golden.record.id
            self.life.servers[server.id] = server
            self.life.built_from[server.id] = server.image_id

    @precondition(lambda self: self.life.goldens)
    @rule(data=st.data())
    def buy_what_is_not_sold(self, data: st.DataObject) -> None:
        golden = self.golden(data)
        for count, plan, branch, kind, text in (
            (0, PLAN, "count", InvalidArgument, "count"),
            (-1, PLAN, "count", InvalidArgument, "count"),
            (1, UNSOLD, "not sold", PreflightError, "no such plan is sold"),
            (1, SMALLER, "a smaller disk", PreflightError, "20 GiB"),
        ):
            self.refused(
                f"scale_out: {branch}",
                kind,
                text,
                lambda: self.lift.scale_out(golden.record, count, plan, consent=LEAVE, run_id=self._id()),  # noqa: B023
            )

    @precondition(lambda self: self.life.servers and not self.life.foreign)
    @rule(fault=FAULTS)
    def buy_for_another_platform(self, fault: Fault | None) -> None:
        """Once in a life: the image of a Windows server lives for this alone."""
        self.life.foreign = True
        image = self.done("capture_image", fault, WINDOWS, "windows")
        if image is None:
            return
        self.life.goldens[image.id] = Golden(image)
        self.life.snapshots[image.server_id] = {image.system_snapshot_id}
        call = lambda: self.lift.scale_out(image, 1, LINUX_ALONE, consent=LEAVE, run_id=self._id())  # noqa: E731
        self.refused("scale_out: another platform", PreflightError, "is for Linux alone", call)
        self.done("delete_image", None, image, snapshots=True)
        del self.life.goldens[image.id]
        self.life.snapshots[image.server_id].clear()

    @precondition(lambda self: self.life.servers)
    @rule(data=st.data(), fault=FAULTS, stock=st.booleans(), snapshot=st.booleans())
    def reset(self, data: st.DataObject, fault: Fault | None, stock: bool, snapshot: bool) -> None:
        server = self.life.servers[data.draw(st.sampled_from(sorted(self.life.servers)))]
        image = STOCK if stock or not self.life.goldens else self.golden(data).record
        snapshot = snapshot and self.life.free_snapshots(server.id) > 0
        call = lambda: self.lift.reset_server(server, image, snapshot=snapshot, run_id=self._id())  # noqa: E731
        self.refused("reset_server: no leave", ConsentRequired, "Consent.erase", call)
        done = self.done("reset_server", fault, server, image, snapshot=snapshot)
        if done is not None:
            assert len(done.snapshots) == snapshot
            self.life.snapshots.setdefault(server.id, set()).update(s.id for s in done.snapshots)
            self.life.servers[server.id] = done.server
            self.life.built_from[server.id] = image if isinstance(image, str) else image.id

    @precondition(lambda self: self.life.servers)
    @rule(data=st.data())
    def reset_to_what_is_not_there(self, data: st.DataObject) -> None:
        server = self.life.servers[data.draw(st.sampled_from(sorted(self.life.servers)))]
        leave = Consent.erase(server.id)
        call = lambda: self.lift.reset_server(server, "img-none", consent=leave, run_id=self._id())  # noqa: E731
        self.refused("reset_server: no such image", InvalidArgument, "image", call)
