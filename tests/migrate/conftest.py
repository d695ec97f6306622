"""What every migration has to prove, whatever a test is about.

After each test: the source servers and all bystanders are as they were, only announced writes were sent,
and what remains is exactly what the reports say, those of paused runs as well.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from swaslift import Client, Run
from swaslift.emulator import Emulator
from tests.proof import State, assert_unharmed, everything, new_ids

MEDDLES = ("arranged",)
"""Marks of tests that change the cloud by other means than a run."""


@pytest.fixture(autouse=True)
def proven(request: pytest.FixtureRequest) -> Iterator[None]:
    """Prove it of the runs of a test's own client."""
    if not {"cloud", "lift"} <= set(request.fixturenames) or any(
        request.node.get_closest_marker(m) for m in MEDDLES
    ):
        yield
        return
    cloud: Emulator = request.getfixturevalue("cloud")
    lift: Client = request.getfixturevalue("lift")
    before = everything(cloud)
    yield
    cloud.clock.advance(120)  # what is being released is gone by then
    after = everything(cloud)
    rows = {row.run_id: row for row in lift.runs._carrier.journal.runs()}
    given_up = _given_up(
        before, [row.arguments.get("target", {}).get("instance", "") for row in rows.values()]
    )
    assert_unharmed(before, after, but=given_up)
    if all(row.part == "do" for row in rows.values()):
        announced = {action for row in rows.values() for action in row.plan["writes"]}
        assert {call.action for call in cloud.log.attempted_writes()} <= announced
    told = _told([lift.runs.get(i) for i in rows]) - {key[3] for key in before}
    assert new_ids(before, after) == told


def _given_up(before: State, instances: list[str]) -> set[str]:
    """Instances whose system disk a run was allowed to replace, and their disks."""
    disks = {
        key[3]
        for key, record in before.items()
        if key[2] == "disks" and record.get("InstanceId") in instances and record.get("Type") == "system"
    }
    return {i for i in instances if i} | disks


def _told(runs: list[Run]) -> set[str]:
    """Ids that the reports say exist because of the runs."""
    lines = [line for run in runs for line in run.report.kept]
    return {line.id for line in lines} | {part for line in lines for part in line.parts}
