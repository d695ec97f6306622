"""Two processes at one run, and Ctrl-C."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from swaslift.errors import RunBusy
from swaslift.runs.journal import Journal
from tests.crash import trials
from tests.crash.conftest import Recorded
from tests.crash.forge import Forge
from tests.crash.proof import Outcome, judge
from tests.crash.stage import START, Stage


def test_who_comes_second_is_told_at_once_and_nothing_happens_twice(forge: Forge, recorded: Recorded) -> None:
    reference = recorded("new-instance")
    at = reference.last("after ecs.CopyImage")
    with Stage(forge, "new-instance") as stage:
        first, *others = stage.perform_all(
            stage.act("call", at=at, then="meet"),
            stage.act("call", second=True),
            stage.act("resume", second=True),
            stage.act("undo", second=True),
        )
        assert [o.end for o in others] == ["RunBusy"] * 3
        assert all("is being carried by" in o.text for o in others)
        # Neither resuming nor undoing asked the cloud for more than who it is.
        assert max(len(o.moments) for o in others[1:]) <= 2
        outcome = Outcome()
        judge(outcome, reference, stage, first)
        assert not outcome.problems


def test_two_that_begin_at_the_same_moment_share_one_run(forge: Forge, recorded: Recorded) -> None:
    """One has planned, and finds the run there that the other began meanwhile."""
    reference = recorded("new-instance")
    for at in (reference.first - 1, reference.first):
        with Stage(forge, "new-instance") as stage:
            late, quick = stage.perform_all(
                stage.act("call", at=at, then="meet"), stage.act("call", second=True)
            )
            assert late.end == "RunExists"
            outcome = Outcome()
            judge(outcome, reference, stage, quick)
            assert not outcome.problems


def test_a_run_that_another_began_in_the_same_moment_is_busy(tmp_path: Path) -> None:
    names = {"run_id": "night", "account_id": "1", "verb": "migrate_to_ecs", "source": "s", "version": "1"}
    row: dict[str, Any] = {**names, "arguments": {}, "spec": {}, "plan": {}, "now": START}
    one, other = Journal(tmp_path / "journal.db"), Journal(tmp_path / "journal.db")
    one.create(**row)
    with pytest.raises(RunBusy, match="begun by another process"):
        other.create(**row)
    one.close()
    other.close()


def test_two_that_run_side_by_side_do_the_work_of_one(forge: Forge, recorded: Recorded) -> None:
    reference = recorded("new-instance")
    with Stage(forge, "new-instance") as stage:
        ended = stage.perform_all(*(stage.act("call") for _ in range(3)))
        carried = [e for e in ended if e.end == "returned"]
        assert len(carried) == 1, [(e.end, e.text) for e in ended]
        assert {e.end for e in ended} <= {"returned", "RunBusy", "RunExists"}
        outcome = Outcome()
        judge(outcome, reference, stage, carried[0])
        assert not outcome.problems


def test_ctrl_c_in_the_middle_of_a_wait_says_how_to_go_on(forge: Forge, recorded: Recorded) -> None:
    for scenario in ("new-instance", "undo-replaced"):
        reference = recorded(scenario)
        for turn, at in enumerate(trials.spread(trials.middles_of_waits(reference), 2)):
            outcome = trials.interrupt(reference, forge, at, way=turn)
            assert not outcome.problems, (scenario, at, outcome.problems)
