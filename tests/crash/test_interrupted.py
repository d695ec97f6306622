"""Ctrl-C at any time, and runs that nobody carries any more: how they stand is told, and how to go on."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from swaslift.cli.main import cli
from swaslift.errors import RunPaused
from tests.crash import trials
from tests.crash.conftest import Recorded
from tests.crash.forge import Forge
from tests.crash.stage import Stage
from tests.support import client_of


def test_ctrl_c_while_a_background_run_is_waited_for_pauses_it(forge: Forge, recorded: Recorded) -> None:
    at = trials.middles_of_waits(recorded("new-instance"))[2]
    with Stage(forge, "new-instance") as stage:
        ended = stage.perform("start", at=at, then="interrupt")
        assert (ended.end, ended.status) == ("KeyboardInterrupt", "paused")
        assert "interrupted from the keyboard" in ended.text
        assert f"lift.runs.resume({stage.kind.run_id!r})" in ended.text
        assert stage.perform("resume").status == "finished"


def test_ctrl_c_at_the_first_writes_says_how_to_go_on(forge: Forge, recorded: Recorded) -> None:
    reference = recorded("new-instance")
    for turn, at in enumerate(range(reference.first, reference.first + 3)):
        outcome = trials.interrupt(reference, forge, at, way=turn)
        assert not outcome.problems, (at, outcome.problems)


@pytest.mark.parametrize("do", ["call", "start"])
def test_a_run_whose_process_was_killed_is_shown_as_paused(
    do: str, forge: Forge, recorded: Recorded, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = trials.middles_of_waits(recorded("new-instance"))[2]
    with Stage(forge, "new-instance") as stage:
        assert stage.perform("start" if do == "start" else "call", at=at).end == "killed"
        with client_of(stage.cloud, journal=stage.journal) as lift:
            run = lift.runs.get(stage.kind.run_id)
            assert (run.status, run.reason) == ("paused", "its process ended")
            assert "resume it" in (run.remedy or "")
            assert run.report.state == "paused"
            assert "its process ended" in run.report.to_markdown()
            with pytest.raises(RunPaused, match="its process ended"):
                run.result()
        for name, value in stage.cloud.environment().items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("SWASLIFT_STATE_DIR", str(stage.journal.parent))
        shown = CliRunner().invoke(cli, ["runs"], env={"COLUMNS": "200"})
        assert "its process ended" in shown.output
        assert "running" not in shown.output
        assert stage.perform("resume").status == "finished"


def test_a_run_that_is_carried_is_running_for_everybody(forge: Forge, recorded: Recorded) -> None:
    reference = recorded("new-instance")
    at = trials.middles_of_waits(reference)[2]
    with Stage(forge, "new-instance") as stage:
        first = stage.act("call", at=at, then="meet")
        carrier, onlooker = stage.perform_all(first, stage.act("plan", second=True))
        assert onlooker.status == "running"
        assert carrier.status == "finished"
