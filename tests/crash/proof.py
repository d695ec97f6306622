"""The run that nobody kills, and what has to hold after a kill."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from swaslift.emulator import Emulator
from tests.crash.child import OPENED, Ended
from tests.crash.forge import Forge
from tests.crash.kinds import KINDS
from tests.crash.kinds.kind import Kind
from tests.crash.scenarios import Scenario
from tests.crash.stage import SETTLED, START, Stage, World, differences, resources, timeless
from tests.support import client_of

_CREATE = ("Create", "Copy", "Run", "Replace", "Reset")
_NAMES = ("Name", "ImageName", "InstanceName", "DiskName", "SnapshotName")
_REMOVE = ("Delete", "Cancel")
"""To remove what is gone already does no harm; ECS even answers that it went well."""


@dataclass(frozen=True)
class Reference:
    """A run that nobody killed.

    Attributes:
        moments: the points, in order.
        first: the first write to the journal; before it nothing was changed anywhere.
        known: the write from which on the journal knows what is going on.
        executed: how often each action changed something, what was prepared included.
        world: what it left behind.
        plan: the actions that the plan names.
    """

    scenario: Scenario
    moments: tuple[str, ...]
    first: int
    known: int
    executed: Counter[str]
    world: World
    ended: Ended
    plan: frozenset[str]

    @property
    def points(self) -> range:
        """Where it can be killed with something to lose."""
        return range(self.first, len(self.moments))

    def last(self, moment: str) -> int:
        """The last point of a name; the first ``RunInstances`` is only a dry run."""
        return max(i for i in self.points if self.moments[i] == moment)


@dataclass
class Outcome:
    """What one trial showed.

    Attributes:
        kills: processes that were killed.
        duplicates: changes that were made more often than by the run that nobody killed.
        problems: everything that is wrong, duplicates included.
    """

    kills: int = 0
    duplicates: int = 0
    problems: list[str] = field(default_factory=list)


def record(forge: Forge, scenario: Scenario) -> Reference:
    """Carry a scenario through without a kill; what it did must be right to begin with."""
    with Stage(forge, scenario.kind, quirks=scenario.quirks) as stage:
        planned = stage.perform("plan")
        scenario.prepare(stage)
        ended = stage.perform(scenario.do)
        moments = tuple(ended.moments)
        if scenario.pauses:
            assert ended.end == "RunPaused", f"{ended.end}: {ended.text}"
            ended = scenario.go_on(stage, "resume")
        assert ended.end == "returned", f"{ended.end}: {ended.text}"
        writes = [i for i, moment in enumerate(moments) if moment == OPENED]
        reference = Reference(
            scenario,
            moments,
            writes[0],
            # An undo takes the run first, and then says that it is one; a run to resume is known.
            {"call": writes[0], "undo": writes[1]}.get(scenario.do, 0),
            stage.executed(),
            stage.settled(),
            ended,
            frozenset(planned.writes),
        )
        outcome = Outcome()
        judge(outcome, reference, stage, ended)
        assert not outcome.problems, outcome.problems
    return reference


@cache
def untouched(kind: str) -> World:
    """The world as it is when nobody did more than prepare it."""
    with Emulator(speed=None, start=START, seed=7) as cloud, TemporaryDirectory() as directory:
        with client_of(cloud, journal=Path(directory) / "prepared.db") as lift:
            KINDS[kind].prepare(cloud, lift)
        cloud.clock.advance((SETTLED - cloud.clock.now()).total_seconds())
        return cloud.state()


def judge(outcome: Outcome, reference: Reference, stage: Stage, ended: Ended) -> None:
    """Hold a run that went on after a kill against the one that nobody killed."""
    scenario = reference.scenario
    # Killed behind its last write, it is over, and whoever goes on is told so.
    over = ended.end in {"returned", "RunExists"} and ended.status == scenario.end
    if not over:
        outcome.problems.append(f"it ended {ended.status} with {ended.end}: {ended.text}")
        return
    count_changes(outcome, reference, stage)
    unplanned = {a for a in stage.executed() if a.split(".")[1] not in reference.plan}
    if scenario.do != "undo" and unplanned:
        outcome.problems.append(f"not in the plan: {', '.join(sorted(unplanned))}")
    fails = scenario.pauses or scenario.loses
    # A wait that was killed while it found a failure is another attempt of that wait.
    attempts, wanted = (
        [a for a in sorted(e.attempts) if not fails or a[1] != "wait"] for e in (ended, reference.ended)
    )
    if attempts != wanted:
        changed = [a for a in attempts if a not in wanted] + [a for a in wanted if a not in attempts]
        outcome.problems.append(f"the journal differs in {changed}")
    told = ([m["name"] for m in e.report["timeline"]] for e in (ended, reference.ended))
    order, usual = map(_by_part, told) if stage.kind.chain else told
    if order != usual and not fails:
        outcome.problems.append(f"the timeline reads {order}, not {usual}")
    world = stage.settled()
    undone = scenario.end == "undone"
    look_around(outcome, world, ended, stage.kind, undone=undone)
    outcome.problems += [f"in the end {d}" for d in differences(timeless(reference.world), timeless(world))]


def judge_renewed(outcome: Outcome, reference: Reference, stage: Stage, ended: Ended) -> None:
    """Hold a run that came back late, and has taken its snapshots anew, against the one that nobody killed."""
    if ended.end != "returned" or ended.status != reference.scenario.end:
        outcome.problems.append(f"it ended {ended.status} with {ended.end}: {ended.text}")
        return
    executed, taken = stage.executed(), reference.executed["swas.CreateSnapshot"]
    wanted = reference.executed + Counter({"swas.CreateSnapshot": taken, "swas.DeleteSnapshot": taken})
    if executed != wanted:
        outcome.duplicates += sum((executed - wanted).values())
        outcome.problems.append(f"carried out were {executed}, not {wanted}")
    look_around(outcome, stage.settled(), ended, stage.kind)


def _lost_disks(before: World, world: World, others: Collection[str]) -> list[str]:
    """System disks of instances that are gone, and with them all that was on them: no snapshot holds it."""
    problems = []
    for account, products in before.items():
        now = world[account]["ecs"]
        held = {s.get("SourceDiskId") for s in now["snapshots"].values()}
        gone = products["ecs"]["disks"].keys() - now["disks"].keys()
        # Who deletes a backup, or releases an instance, has decided so.
        deleted = any(i in others for i in (*gone, *(o for o in others if o.startswith("s-"))))
        problems += [f"the data of the disk {d} is lost" for d in sorted(gone - held) if not deleted]
    return problems


def _by_part(names: list[str]) -> dict[str, list[str]]:
    """The order inside each part of a chain: parts side by side overtake each other."""
    parts: dict[str, list[str]] = {}
    for name in names:
        parts.setdefault(name.rpartition("/")[0], []).append(name)
    return parts


def count_changes(outcome: Outcome, reference: Reference, stage: Stage) -> None:
    """Each change has to be made as often as by the run that nobody killed."""
    executed = stage.executed()
    for action in sorted({*executed, *reference.executed}):
        n, usual = executed[action], reference.executed[action]
        if n == usual or (action.split(".")[1].startswith(_REMOVE) and n > usual > 0):
            continue
        outcome.duplicates += max(n - usual, 0)
        outcome.problems.append(f"{action} was carried out {n} times, not {usual}")


def count_creations(outcome: Outcome, reference: Reference, executed: Counter[str]) -> None:
    """Nothing may be made more often than by a run that nobody stopped."""
    for action, n in executed.items():
        usual = reference.executed[action]
        if n > usual and action.split(".")[1].startswith(_CREATE):
            outcome.duplicates += n - usual
            outcome.problems.append(f"{action} was carried out {n} times, not at most {usual}")


def look_around(
    outcome: Outcome,
    world: World,
    ended: Ended,
    kind: Kind,
    *,
    undone: bool = False,
    touched: Collection[str] = (),
) -> None:
    """What remains has to be what the report says, and what was there before as it was.

    Args:
        outcome: what is wrong is added to it.
        world: when everything is over.
        ended: the run.
        kind: what was called.
        undone: whether the run is undone.
        touched: ids of what somebody else has changed or deleted.
    """
    others = touched
    touched = (kind.touches_undone if undone else kind.touches) | set(others)
    before = untouched(kind.name)
    lines = [r for r in ended.report["resources"] if r["fate"] == "kept"]
    told = {r["id"] for r in lines} | {p for r in lines for p in r["parts"]}
    there = resources(world) - resources(before)
    left = "\n".join(ended.report["left"])
    for i in sorted(there - told):
        if i not in left:
            outcome.problems.append(f"{i} is left behind, and the report does not say so")
    outcome.problems += _lost_disks(before, world, others)
    # Of a run that is finished, the report says what was there when it ended.
    for i in sorted(told - there - (set() if undone else set(others))):
        outcome.problems.append(f"the report names {i}, which is not there")
    for account, products in before.items():
        for product, resource_kinds in products.items():
            for resource_kind, records in resource_kinds.items():
                for key, record in records.items():
                    if touched.isdisjoint({key, *(record.get(n) for n in _NAMES)}):
                        after = world[account][product][resource_kind].get(key)
                        where = f"bystander {product}/{resource_kind}/{key}"
                        outcome.problems += differences(record, after, where)
