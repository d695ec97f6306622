"""Instances of ECS: launched, given another system, and migrated to."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from swaslift.errors import ConsentRequired, InvalidArgument, PreflightError, RunPaused
from swaslift.models import EcsImage
from tests.life.model import ABROAD, HOME, Golden, Own
from tests.life.reached import REACHED
from tests.life.stand import FAULTS, Fault, Stand
from tests.support import new_instance


class InstanceRules(Stand):
    """What an operator does with instances."""

    @precondition(lambda self: any(g.seen for g in self.life.goldens.values()))
    @rule(data=st.data(), fault=FAULTS)
    def launch_from_the_share(self, data: st.DataObject, fault: Fault | None) -> None:
        shared = sorted(i for i, g in self.life.goldens.items() if g.seen)
        self.launch_from(self.life.goldens[data.draw(st.sampled_from(shared))], fault)

    def launch_from(self, golden: Golden, fault: Fault | None) -> None:
        launched = self.done("launch_instances", fault, golden.seen, new_instance())
        if launched is not None:
            for instance in launched.instances:
                self.life.moves(instance, golden)
            golden.lived.add("launched")

    @precondition(lambda self: any(o.record.region_id == HOME for o in self.life.owns.values()))
    @rule(data=st.data(), fault=FAULTS, count=st.sampled_from([0, 1, 2]))
    def launch_from_an_own_image(self, data: st.DataObject, fault: Fault | None, count: int) -> None:
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
            for instance in launched.instances:
                self.life.moves(instance, own)

    @precondition(lambda self: any(o.record.region_id == ABROAD for o in self.life.owns.values()))
    @rule()
    def launch_elsewhere_than_the_image(self) -> None:
        own = next(o for o in self.life.owns.values() if o.record.region_id == ABROAD)
        target = new_instance(region=HOME)
        call = lambda: self.lift.launch_instances(own.record, target, run_id=self._id())  # noqa: E731
        self.refused("launch_instances: another region", InvalidArgument, "copy_to_region", call)

    @precondition(lambda self: self.life.instances)
    @rule(data=st.data(), fault=FAULTS, backup=st.booleans())
    def replace(self, data: st.DataObject, fault: Fault | None, backup: bool) -> None:
        choices: list[tuple[Golden | Own, EcsImage]] = [
            *((g, g.seen) for g in self.life.goldens.values() if g.seen),
            *((o, o.record) for o in self.life.owns.values() if o.record.region_id == HOME),
        ]
        if not choices:
            return
        instance = self.life.instances[data.draw(st.sampled_from(sorted(self.life.instances)))]
        image, record = choices[data.draw(st.integers(0, len(choices) - 1))]
        call = lambda: self.lift.replace_system_disk(instance, record, backup=backup, run_id=self._id())  # noqa: E731
        self.refused("replace_system_disk: no leave", ConsentRequired, "Consent.erase", call)
        replaced = self.done(
            "replace_system_disk", fault, instance, record, restarted=instance.id, backup=backup
        )
        if replaced is not None:
            assert (replaced.backup is not None) == backup
            assert replaced.disk.image_id == record.id
            self.life.moves(replaced.instance, image)
            if backup:
                self.life.backups.add(replaced.backup.id)

    @precondition(lambda self: self.life.instances)
    @precondition(lambda self: any(o.record.region_id == HOME for o in self.life.owns.values()))
    @rule(data=st.data())
    def replace_and_undo(self, data: st.DataObject) -> None:
        """The first image that the undo makes of the backup fails; the backup is there all the same."""
        here = sorted(i for i, o in self.life.owns.items() if o.record.region_id == HOME)
        own = self.life.owns[data.draw(st.sampled_from(here))]
        instance = self.life.instances[data.draw(st.sampled_from(sorted(self.life.instances)))]
        run_id = self._id()
        plan = self.lift.replace_system_disk.plan(instance, own.record, run_id=run_id)
        backup = plan.apply(consent=plan.consents).backup
        assert backup is not None
        undo = self.lift.runs.get(run_id).undo
        self.cloud.faults.fail_resource("ecs_image")
        for turn in range(2):
            try:
                undo(consent=undo.plan().consents)
            except RunPaused:
                assert turn == 0
        self.cloud.clock.advance(60)
        (restored,) = (
            i for i in self.lift.ecs.images.list(region=HOME) if i.tags.get("swaslift-run") == run_id
        )
        assert [d.snapshot_id for d in restored.disks] == [backup.id]
        self.life.backups.add(backup.id)
        image = self.life.owns[restored.id] = Own(restored)
        self.life.moves(self.lift.ecs.instances.get(instance.id, region=HOME), image)
        REACHED["replaced and undone, with an image that failed"] += 1

    @precondition(lambda self: self.life.instances)
    @rule(data=st.data())
    def replace_by_what_is_not_there(self, data: st.DataObject) -> None:
        instance = self.life.instances[data.draw(st.sampled_from(sorted(self.life.instances)))]
        abroad = [o.record for o in self.life.owns.values() if o.record.region_id == ABROAD]
        of_swas = [g.record for g in self.life.goldens.values()]
        for records, branch, text in (
            (abroad, "another region", "copy_to_region"),
            (of_swas, "an image of SWAS", "share_to_ecs"),
        ):
            if records:
                self.refused(
                    f"replace_system_disk: {branch}",
                    InvalidArgument,
                    text,
                    lambda: self.lift.replace_system_disk(instance, records[0], run_id=self._id()),  # noqa: B023
                )

    @precondition(lambda self: not self.life.migrated)
    @rule(fault=FAULTS)
    def migrate(self, fault: Fault | None) -> None:
        """Once in a life: it is the longest of all."""
        self.life.migrated = True
        call = lambda: self.lift.migrate_to_ecs(self.server, new_instance(), run_id=self._id())  # noqa: E731
        if not self.life.free_snapshots(self.server.id):
            self.refused("migrate_to_ecs: quota full", PreflightError, "snapshot", call)
            return
        self.refused("migrate_to_ecs: no leave", ConsentRequired, "Consent.charges", call)
        migration = self.done("migrate_to_ecs", fault, self.server, new_instance())
        if migration is not None:
            own = self.life.owns[migration.image.id] = Own(migration.image)
            self.life.moves(migration.instance, own)
