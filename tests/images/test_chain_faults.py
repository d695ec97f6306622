"""A chain with a fault of its own says so, and loses nothing; its report can be read by whoever holds the journal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from swaslift import Client, Script, fork
from swaslift.emulator import Emulator
from swaslift.errors import InvalidArgument, RunError, RunPaused
from swaslift.models import CustomImage
from tests.support import client_of


@pytest.fixture(autouse=True)
def _from_here_on(cloud: Emulator, image: CustomImage) -> None:
    """What was sent to make the image is nobody's business here."""
    cloud.log.clear()


def test_what_it_returns_must_be_what_the_journal_keeps(cloud: Emulator, lift: Client) -> None:
    @lift.chain
    def odd(name: str) -> Script[Any]:
        yield from lift.share_to_ecs.part(name)
        return object()

    with pytest.raises(InvalidArgument, match=r"returns a object.*cannot keep"):
        odd("golden")
    assert not cloud.log.attempted_writes()


def test_its_own_fault_is_told_by_the_plan(cloud: Emulator, lift: Client) -> None:
    @lift.chain
    def odd(name: str) -> Script[float]:
        yield from lift.share_to_ecs.part(name)
        return 1 / 0

    with pytest.raises(InvalidArgument, match="odd itself failed: ZeroDivisionError") as caught:
        odd("golden")
    assert isinstance(caught.value.__cause__, ZeroDivisionError)
    assert not cloud.log.attempted_writes()


def test_a_fault_on_the_way_pauses_the_run_and_a_corrected_chain_goes_on(
    cloud: Emulator, lift: Client
) -> None:
    wrong = [True]

    @lift.chain
    def odd(name: str) -> Script[str]:
        seen = yield from lift.share_to_ecs.part(name)
        if wrong and not seen.id.startswith("<"):
            raise ValueError("wrong here")
        return seen.id

    with pytest.raises(RunPaused, match="odd itself failed: ValueError: wrong here") as caught:
        odd("golden", run_id="night")
    assert "correct it, then resume" in caught.value.remedy
    wrong.clear()
    assert lift.runs.resume("night") == lift.runs.get("night").result()
    assert len(cloud.log.of("ModifyImageShareStatus")) == 1


def test_its_report_needs_no_definition_and_its_result_asks_for_it(
    cloud: Emulator, lift: Client, tmp_path: Path
) -> None:
    @lift.chain
    def publish(name: str, regions: list[str]) -> Script[str]:
        """Share the image, and say where it is."""
        seen = yield from lift.share_to_ecs.part(name)
        return seen.id

    publish("golden", ["a", "b"], run_id="night")
    known = lift.runs.get("night").report
    with client_of(cloud, journal=lift._journal.path) as stranger:
        run = stranger.runs.get("night")
        report = run.report
        assert report.timeline == known.timeline
        assert report.resources == known.resources
        with pytest.raises(RunError, match="has to be defined first"):
            run.result()
    for told in (known, report):
        page = told.to_markdown()
        assert "# Share the image, and say where it is" in page
        assert "plan share_to_ecs with what is known now" in page
    assert ("regions", "a, b") in known.facts


def test_an_argument_must_be_what_the_journal_keeps(cloud: Emulator, lift: Client) -> None:
    @lift.chain
    def odd(name: str, thing: Any, more: Any = None) -> Script[None]:
        yield from lift.share_to_ecs.part(name)

    thing = object()
    loop: list[Any] = []
    loop.append(loop)
    for call in (odd, odd.plan, odd.start):
        with pytest.raises(InvalidArgument, match="the journal cannot keep this object") as caught:
            call("golden", thing)
        assert (caught.value.field, caught.value.value) == ("thing", thing)
        with pytest.raises(InvalidArgument, match="the journal cannot keep this list") as caught:
            call("golden", 1, more=loop)
        assert caught.value.field == "more"
    assert not cloud.log.attempted_writes()
    assert not lift.runs.list()


@pytest.mark.parametrize("where", ["its own text", "a branch", "in place of a branch"])
def test_it_yields_effects_alone(cloud: Emulator, lift: Client, where: str) -> None:
    planning = [True]

    def wrong(given: Any) -> Script[None]:
        yield given

    @lift.chain
    def odd(name: str) -> Script[str]:
        seen = yield from lift.share_to_ecs.part(name)
        if planning or not seen.id.startswith("<"):
            if where == "its own text":
                yield 5  # type: ignore[misc]  # that is the fault
            script: Any = wrong(5) if where == "a branch" else 5
            yield from fork("several", {"one": script})
        return seen.id

    told = r"odd (yields 5, which is no effect|forks into one=5, which is no script); write  x = yield from"
    with pytest.raises(InvalidArgument, match=told) as caught:
        odd.plan("golden")
    assert (caught.value.field, caught.value.value) == ("function", "odd")
    assert not cloud.log.attempted_writes()
    planning.clear()
    with pytest.raises(RunPaused, match=told) as paused:
        odd("golden", run_id="night")
    assert "correct it, then resume" in paused.value.remedy
    assert lift.runs.get("night").status == "paused"


def test_a_fault_in_a_branch_is_its_own_as_well(lift: Client) -> None:
    def wrong() -> Script[float]:
        yield from lift.share_to_ecs.part("golden")
        return 1 / 0

    @lift.chain
    def odd() -> Script[dict[str, float]]:
        return (yield from fork("several", {"one": wrong()}))

    with pytest.raises(InvalidArgument, match="odd itself failed: ZeroDivisionError"):
        odd.plan()
