"""A run: effects carried out, written down, answered on resume."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from swaslift.clock import SystemClock
from swaslift.errors import (
    ApiError,
    ConflictError,
    ResourceFailed,
    RunExists,
    RunMismatch,
    RunPaused,
    ServerError,
    WaitTimeout,
)
from swaslift.runs.effects import Script, do
from swaslift.runs.step import Mark
from tests.core import shelf
from tests.core.shelf import Bench, Filled, FillSpec, MakeBox


def refusal(code: str, status: int = 400) -> ApiError:
    kind = ServerError if status >= 500 else ConflictError
    return kind("no", action="MakeBox", code=code, http_status=status, retryable=status >= 500)


def test_a_run_ends_with_a_typed_outcome_and_a_full_journal(bench: Bench) -> None:
    bench.begin()
    assert bench.carry() == Filled(boxes=("b0-1", "b1-1"), colour="red")
    assert bench.boxes == ["b0-1", "b1-1", "lid-1"]
    assert bench.switch == "on"
    assert set(bench.states().values()) == {(1, "done")}
    assert bench.journal.run("r").state == "finished"
    assert [e.kind for e in bench.journal.events("r")] == ["running", "finished"]


def test_an_intent_is_on_disk_before_the_call_and_its_outcome_after(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    make = MakeBox.make

    def spy(self: MakeBox, cloud: object, mark: Mark) -> object:
        seen.append(bench.states()[self.name])
        return make(self, cloud, mark)  # type: ignore[arg-type]  # passed through as it came

    monkeypatch.setattr(MakeBox, "make", spy)
    bench.begin()
    bench.carry()
    assert seen == [(1, "intent")] * 3


def test_a_finished_run_is_not_carried_again(bench: Bench) -> None:
    bench.begin()
    bench.carry()
    with pytest.raises(RunExists, match="finished"):
        bench.carry()
    assert len(bench.ever_made) == 3


def test_what_a_decision_rested_on_is_the_same_on_resume(bench: Bench, tmp_path: Path) -> None:
    shelf.FAULTS["box-1"] = [refusal("Box.Full")]
    bench.begin()
    with pytest.raises(RunPaused):
        bench.carry()
    (tmp_path / "count").write_text("5")
    assert bench.carry().boxes == ("b0-1", "b1-2")


@pytest.mark.parametrize("status", [500, 503])
def test_a_5xx_keeps_the_attempt_and_so_token_and_name(bench: Bench, status: int) -> None:
    shelf.FAULTS["box-0"] = [refusal("InternalError", status)]
    bench.begin()
    with pytest.raises(RunPaused, match="InternalError"):
        bench.carry()
    assert bench.states()["box-0"] == (1, "intent")
    bench.carry()
    assert bench.states()["box-0"] == (1, "done")


def test_a_refusal_ends_the_attempt_and_the_next_one_has_another_token(bench: Bench) -> None:
    shelf.FAULTS["box-0"] = [refusal("Box.Full")]
    bench.begin()
    with pytest.raises(RunPaused, match=r"Box\.Full"):
        bench.carry()
    assert bench.states()["box-0"] == (1, "failed")
    bench.carry()
    assert bench.states()["box-0"] == (2, "done")
    assert Mark("r", "box-0", 1).token != Mark("r", "box-0", 2).token


def test_a_lost_answer_is_read_back_and_nothing_is_made_twice(bench: Bench) -> None:
    shelf.FAULTS["box-0"] = ["lost"]
    bench.begin()
    bench.carry()
    assert bench.ever_made == ["b0-1", "b1-1", "lid-1"]
    assert "adopted box-0" in bench.events


def test_a_change_without_a_token_is_read_back_too(bench: Bench) -> None:
    shelf.FAULTS["switch"] = ["lost"]
    bench.begin()
    bench.carry()
    assert shelf.CALLS.count("turn on") == 1


def test_answers_that_never_come_pause_the_run_in_the_same_attempt(bench: Bench) -> None:
    shelf.FAULTS["box-0"] = [shelf.lost("box-0")] * 4
    bench.begin()
    with pytest.raises(RunPaused) as caught:
        bench.carry()
    assert "network" in caught.value.remedy
    assert bench.states()["box-0"] == (1, "intent")


def test_a_failed_resource_is_made_anew_as_another_attempt(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "fate-b0-1").write_text("broken")
    bench.begin()
    with pytest.raises(RunPaused, match="broken") as caught:
        bench.carry()
    assert isinstance(caught.value.__cause__, ResourceFailed)
    assert "made anew" in caught.value.remedy
    assert bench.carry().boxes == ("b0-2", "b1-1")
    assert bench.boxes == ["b0-2", "b1-1", "lid-1"], "the broken one is removed before another is made"


def test_what_a_failed_attempt_left_is_removed_once_and_a_later_resume_knows(
    bench: Bench, tmp_path: Path
) -> None:
    (tmp_path / "fate-b0-1").write_text("broken")
    shelf.FAULTS["switch"] = [refusal("Switch.Stuck")]
    bench.begin()
    with pytest.raises(RunPaused, match="broken"):
        bench.carry()
    with pytest.raises(RunPaused, match="Stuck"):
        bench.carry()
    bench.carry()
    assert shelf.CALLS.count("remove b0-1") == 1


def test_a_failed_attempt_that_cannot_be_removed_does_not_stop_the_next(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "fate-b0-1").write_text("broken")
    shelf.FAULTS["box-0~1/remove"] = [refusal("Box.Glued")]
    bench.begin()
    with pytest.raises(RunPaused, match="broken"):
        bench.carry()
    assert bench.carry().boxes == ("b0-2", "b1-1")
    assert "b0-1" in bench.boxes


def test_a_deadline_that_passes_pauses_and_waits_again_on_resume(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "fate-b0-1").write_text("settling")
    bench.begin()
    with pytest.raises(RunPaused) as caught:
        bench.carry()
    assert isinstance(caught.value.__cause__, WaitTimeout)
    (tmp_path / "fate-b0-1").unlink()
    assert bench.carry().boxes == ("b0-1", "b1-1")
    assert bench.ever_made.count("b0-1") == 1


def test_a_state_nobody_knows_keeps_waiting_and_is_reported_once(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "fate-b0-1").write_text("humming")
    bench.begin()
    with pytest.raises(RunPaused):
        bench.carry()
    assert bench.events.count("unknown state box-0-settled") == 1


def test_a_gate_pauses_and_an_amendment_opens_it(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "closed").touch()
    bench.begin()
    with pytest.raises(RunPaused, match="closed for it"):
        bench.carry()
    assert "gate" not in bench.states()
    result = bench.carry(amend="blue")
    assert result.colour == "blue"
    assert bench.ever_made.count("b0-1") == 1, "what was done before the amendment stands"


def test_an_expected_refusal_is_an_outcome_and_is_remembered(bench: Bench) -> None:
    shelf.FAULTS["lid"] = [refusal("Lid.NotAllowed")]
    shelf.FAULTS["cloth"] = [refusal("Cloth.Torn")]
    bench.begin()
    with pytest.raises(RunPaused, match="Torn"):
        bench.carry()
    bench.carry()
    assert bench.boxes == ["b0-1", "b1-1", "cloth-2"]
    assert "lid-1" not in bench.ever_made


def test_a_manual_step_says_what_to_do_and_goes_on_when_it_is_done(bench: Bench, tmp_path: Path) -> None:
    told: list[str] = []

    def person(event: object) -> None:
        text = getattr(event, "text", "")
        if getattr(event, "kind", "") == "manual":
            told.append(text)
        if getattr(event, "kind", "") == "progress" and told:
            (tmp_path / "delivered").touch()

    bench.carrier.listeners.append(person)
    bench.begin(spec=FillSpec(by_hand=True))
    bench.carry()
    assert told == ["Put the parcel on the doorstep."]


def test_news_that_nobody_hears_ask_no_clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def asked(*, heard: bool) -> tuple[int, int]:
        """How often a run asks for the time of day, and how much it tells."""
        root = tmp_path / f"heard-{heard}"
        root.mkdir()
        bench = Bench(root)
        times: list[datetime] = []
        ask = bench.cloud.clock.now

        def now() -> datetime:
            times.append(ask())
            return times[-1]

        monkeypatch.setattr(bench.cloud.clock, "now", now)
        if not heard:
            bench.carrier.listeners.clear()
        bench.begin()
        bench.carry()
        bench.close()
        return len(times), len(bench.events)

    (often, told), (seldom, nothing) = asked(heard=True), asked(heard=False)
    assert nothing == 0
    assert often - seldom == told > 0


def test_ctrl_c_leaves_a_paused_run_and_says_how_to_go_on(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def press(seconds: float) -> None:
        raise KeyboardInterrupt

    bench.begin()
    monkeypatch.setattr(bench.cloud.clock, "sleep", press)
    with pytest.raises(KeyboardInterrupt, match=r"lift\.runs\.resume\('r'\)"):
        bench.carry()
    assert bench.journal.run("r").state == "paused"
    monkeypatch.undo()
    assert bench.carry().boxes == ("b0-1", "b1-1")


def test_a_verb_that_does_less_than_was_done_refuses_to_go_on(bench: Bench, tmp_path: Path) -> None:
    shelf.FAULTS["switch"] = [refusal("Switch.Stuck")]
    bench.begin(spec=FillSpec(extra_step=True))
    with pytest.raises(RunPaused, match="Stuck"):
        bench.carry()
    bench.close()

    def shorter(spec: FillSpec) -> Script[Filled]:
        yield from do(MakeBox(name="box-0", base="b0"))
        yield from do(MakeBox(name="new", base="new"))
        return Filled(boxes=(), colour="")

    newer = Bench(tmp_path, script=shorter)
    with pytest.raises(RunPaused) as caught:
        newer.carry()
    assert isinstance(caught.value.__cause__, RunMismatch)
    assert "box-1" in caught.value.reason
    assert "new-1" not in newer.ever_made, "nothing was done before the refusal"
    newer.close()


def test_a_newer_verb_with_more_steps_finishes_an_older_run(bench: Bench, tmp_path: Path) -> None:
    shelf.FAULTS["gate"] = []
    (tmp_path / "closed").touch()
    bench.begin()
    with pytest.raises(RunPaused):
        bench.carry()
    bench.close()
    (tmp_path / "closed").unlink()

    def longer(spec: FillSpec) -> Script[Filled]:
        result = yield from shelf.fill(spec)
        yield from do(MakeBox(name="bow", base="bow"))
        return result

    newer = Bench(tmp_path, script=longer)
    newer.carry()
    assert newer.boxes == ["b0-1", "b1-1", "bow-1", "lid-1"]
    newer.close()


def test_a_fault_of_the_program_pauses_the_run_and_is_not_hidden(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "count").write_text("many")
    bench.begin()
    with pytest.raises(ValueError, match="many"):
        bench.carry()
    assert bench.journal.run("r").state == "paused"


def test_mark_gives_tokens_and_names_that_fit_the_services() -> None:
    marks = [Mark("run", step, n) for step in ("a", "b") for n in (1, 2)]
    assert len({m.token for m in marks}) == len({m.label("x" * 60, 50) for m in marks}) == 4
    for mark in marks:
        assert mark.token.isascii()
        assert len(mark.token) <= 64
        assert len(mark.label("x" * 60, 50)) == 50


def test_the_system_clock_goes_forward_in_utc() -> None:
    clock = SystemClock()
    assert clock.now().utcoffset() is not None
    assert clock.monotonic() <= clock.monotonic()
