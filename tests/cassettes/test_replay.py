"""Every cassette plays with the network shut, whatever the pace of the poller."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest

from swaslift import Client
from swaslift.errors import RunPaused
from swaslift.testing import replay
from swaslift.testing.files import load
from swaslift.verbs.verb import Verb
from swaslift.waiting import pacing, poller
from tests.cassettes.names import EMULATED
from tests.cassettes.scenarios import SCENARIOS
from tests.cassettes.stage import files

RECORDED = files("emulator", "live")
WAITING = [p for p in RECORDED if SCENARIOS[p.stem].fails in {None, RunPaused}]
"""Those that wait for something; what is refused before anything begins has no pace."""


def name_of(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


def test_each_scenario_is_recorded_of_the_emulator() -> None:
    assert {p.stem for p in files("emulator")} == SCENARIOS.keys()


def test_each_verb_has_a_scenario_and_a_failure(lift: Client) -> None:
    verbs = {name for name, value in vars(lift).items() if isinstance(value, Verb)}
    assert verbs
    assert {s.verb for s in SCENARIOS.values() if s.fails is None} == verbs
    assert {s.verb for s in SCENARIOS.values() if s.fails is not None} == verbs


def test_each_scenario_says_what_it_fails_of_or_what_it_needs() -> None:
    for name, scenario in SCENARIOS.items():
        assert bool(scenario.says) == (scenario.fails is not None), name
        assert bool(scenario.needs) == (scenario.fails is None), name


@pytest.mark.parametrize("name", [n for n, s in SCENARIOS.items() if s.fails is RunPaused])
def test_what_pauses_a_run_is_an_answer_of_the_service(name: str) -> None:
    (path,) = [p for p in files("emulator") if p.stem == name]
    refused = [i.call.action for i in load(path).interactions if i.status >= 400]
    assert refused, name
    assert SCENARIOS[name].says.startswith(f"{refused[-1]} in ")


@pytest.mark.parametrize("path", RECORDED, ids=name_of)
def test_it_is_what_the_scenario_says(path: Path) -> None:
    told = load(path).provenance
    assert told.about == SCENARIOS[path.stem].about
    if told.provenance == "emulator":
        assert told.stage == {**EMULATED, "run_id": path.stem}


@pytest.mark.usefixtures("shut")
@pytest.mark.parametrize("path", RECORDED, ids=name_of)
def test_it_plays_with_the_network_shut(path: Path) -> None:
    with replay(path) as tape:
        result = SCENARIOS[path.stem].play(tape.client(), tape.stage)
        assert tape.clock.now() >= tape.provenance.started
    assert result is not None


@pytest.mark.usefixtures("shut")
@pytest.mark.parametrize("factor", [0.1, 7.0, math.inf])
@pytest.mark.parametrize("path", WAITING, ids=name_of)
def test_it_plays_at_another_pace(path: Path, factor: float, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = pacing.delay

    def other(**waiting: Any) -> float:
        # Each look at the last moment, or with the usual pauses made longer or shorter.
        return 3600.0 if math.isinf(factor) else usual(**waiting) * factor

    monkeypatch.setattr(poller, "delay", other)
    with replay(path) as tape:
        assert SCENARIOS[path.stem].play(tape.client(), tape.stage) is not None


def test_the_clock_goes_at_least_as_far_as_when_it_was_recorded() -> None:
    (path,) = [p for p in files("emulator") if p.stem == "migrate_to_ecs"]
    recorded = load(path).interactions[-1].at
    with replay(path) as tape:
        SCENARIOS[path.stem].play(tape.client(), tape.stage)
        passed = (tape.clock.now() - tape.provenance.started).total_seconds()
    assert recorded > 600
    assert passed >= recorded
