"""Where a run stands: what is counted, what is named, and what another process can tell of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from swaslift.errors import ConflictError, RunPaused
from swaslift.runs.effects import Script, attempt, do
from swaslift.runs.events import Event
from swaslift.runs.preview import foresee
from swaslift.runs.progress import progress_line, time_left
from swaslift.runs.step import Refused
from swaslift.waiting.poller import Progress
from tests.core import shelf
from tests.core.shelf import Bench, FillSpec, MakeBox


def line(bench: Bench, news: dict[str, Progress] | None = None) -> str:
    return progress_line(bench.journal.run("r"), bench.journal.effects("r"), news or {})


def refusal() -> ConflictError:
    return ConflictError("no", action="MakeBox", code="Lid.NotAllowed", http_status=400, retryable=False)


def test_what_a_refusal_brings_is_counted_when_it_was_met(bench: Bench) -> None:
    shelf.FAULTS["lid"] = [refusal()]
    seen: list[str] = []
    bench.carrier.listeners.append(lambda event: seen.append(line(bench)) if event.kind == "done" else None)
    bench.begin()
    assert line(bench) == "0 of 4 steps"
    bench.carry()
    assert seen[0] == "0 of 4 steps, now: make the red box b0"
    assert seen[1] == "1 of 4 steps"
    assert any(s.startswith("3 of 5 steps, now: make the red box cloth") for s in seen)
    assert line(bench) == "finished: 5 steps"


def either(spec: FillSpec) -> Script[None]:
    """A lid with a ribbon on it, or else a cloth."""
    lid = yield from attempt(MakeBox(name="lid", base="lid"), "Lid.NotAllowed")
    over = "cloth" if isinstance(lid, Refused) else "ribbon"
    yield from do(MakeBox(name=over, base=over, colour=spec.colour))


def test_a_plan_tells_which_steps_a_refusal_brings_and_which_it_spares() -> None:
    lid, ribbon, cloth = sorted(foresee(lambda: either(FillSpec())), key=lambda s: "lrc".index(s.name[0]))
    assert (lid.only_if, lid.unless) == (None, ())
    assert (ribbon.only_if, ribbon.unless) == (None, ("if lid is refused",))
    assert (cloth.only_if, cloth.unless) == ("if lid is refused", ())


def test_a_step_is_done_when_what_it_made_is_there(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "fate-b0-1").write_text("broken")
    bench.begin()
    with pytest.raises(RunPaused):
        bench.carry()
    assert line(bench) == "0 of 4 steps"


def test_what_somebody_has_to_do_is_a_step_and_stands_there_in_full(bench: Bench, tmp_path: Path) -> None:
    told: list[str] = []

    def arrive(event: Event) -> None:
        if event.kind == "manual":
            told.append(line(bench))
            told.append(
                line(bench, {"parcel": Progress(None, None, "awaited", note="One is next door.", idle=True)})
            )
            (tmp_path / "delivered").touch()

    bench.carrier.listeners.append(arrive)
    bench.begin(spec=FillSpec(by_hand=True))
    bench.carry()
    assert told == [
        "3 of 5 steps, now: Put the parcel on the doorstep.",
        "3 of 5 steps, now: Put the parcel on the doorstep. One is next door.",
    ]
    assert line(bench) == "finished: 5 steps"


def test_nobody_who_listens_means_that_it_is_printed(
    bench: Bench, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bench.carrier.listeners.clear()
    (tmp_path / "delivered").touch()
    bench.begin(spec=FillSpec(by_hand=True))
    bench.carry()
    assert capsys.readouterr().err == "swaslift, run r: Put the parcel on the doorstep.\n"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-3, "less than 1 min left"),
        (59, "less than 1 min left"),
        (600, "about 10 min left"),
        (9000, "about 2 h 30 min left"),
    ],
)
def test_estimates_are_told_in_words(seconds: float, words: str) -> None:
    assert time_left(seconds) == words
