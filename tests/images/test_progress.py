"""``Run.progress``: counted by what is reached and still to come, with the figures of open waits."""

from __future__ import annotations

import re

import pytest

from swaslift import Client, Script, fork
from swaslift.emulator import Emulator, Quirks
from swaslift.errors import RunPaused
from swaslift.models import CustomImage, EcsImage
from swaslift.runs.events import Event
from tests.images.conftest import make_image
from tests.servers.conftest import LEAVE, PLAN
from tests.support import client_of

SGP, FRA, SHA, HZ = "ap-southeast-1", "eu-central-1", "cn-shanghai", "cn-hangzhou"
COUNTED = re.compile(r"<Run r running: (\d+) of (\d+) steps?(, now: .+)?>")
FIGURES = re.compile(r"\((\d+) %, (about \d+ min|less than 1 min) left\)")


def watch(lift: Client) -> list[str]:
    """The run as it is shown at each of its events."""
    shown: list[str] = []

    def listen(event: Event) -> None:
        if event.kind not in {"paused", "finished"}:
            shown.append(repr(lift.runs.get("r")))

    lift.listen(listen)
    return shown


def counts(shown: list[str]) -> list[tuple[int, int]]:
    """Done and to do, of each."""
    found = [COUNTED.fullmatch(one) for one in shown]
    assert all(found), shown
    return [(int(one[1]), int(one[2])) for one in found if one]


def assert_counted(shown: list[str]) -> None:
    """Never more is done than there is to do, and what is done stays so."""
    numbers = counts(shown)
    assert all(done <= total for done, total in numbers), numbers
    assert [done for done, _ in numbers] == sorted(done for done, _ in numbers)


def test_copies_to_three_regions_are_counted_by_the_way_that_they_take(
    cloud: Emulator, lift: Client, image: CustomImage
) -> None:
    shown = watch(lift)
    lift.copy_to_region(image, [SGP, FRA, SHA], run_id="r")
    assert_counted(shown)
    # Straight across is refused: the way over an own copy has three steps more.
    assert sorted({total for _, total in counts(shown)}) == [5, 8, 9]
    assert repr(lift.runs.get("r")) == "<Run r finished: 9 steps>"
    both = [s for s in shown if len(FIGURES.findall(s)) == 2]
    assert any(f"usable in {FRA} (" in s and f"usable in {SHA} (" in s for s in both)


def test_a_copy_that_runs_is_not_done_and_tells_how_far_it_is(
    cloud: Emulator, lift: Client, image: CustomImage
) -> None:
    own = lift.copy_to_region(image, HZ, run_id="first")
    shown = watch(lift)
    lift.copy_to_region(own, SGP, run_id="r")
    assert {counts([s])[0] for s in shown if "usable in" in s} == {(0, 1)}
    figures = [int(f[1]) for s in shown if (f := FIGURES.search(s))]
    assert len(figures) > 5
    assert figures == sorted(figures)


def test_what_another_process_carries_is_shown_without_figures(
    cloud: Emulator, lift: Client, image: CustomImage
) -> None:
    own = lift.copy_to_region(image, HZ, run_id="first")
    seen: list[tuple[str, str]] = []

    def listen(event: Event) -> None:
        if event.percent and not seen:
            run = lift.runs.get("r")
            with client_of(cloud, journal=run._carrier.journal.path) as other:
                seen.append((run.progress, other.runs.get("r").progress))

    lift.listen(listen)
    lift.copy_to_region(own, SGP, run_id="r")
    ((here, there),) = seen
    assert FIGURES.search(here)
    assert there == FIGURES.sub("", here).rstrip()


def test_a_run_that_pauses_shows_where_in_one_line(cloud: Emulator, lift: Client, image: CustomImage) -> None:
    own = lift.copy_to_region(image, HZ, run_id="first")
    cloud.faults.fail_resource("ecs_image")
    with pytest.raises(RunPaused):
        lift.copy_to_region(own, SGP, run_id="r")
    shown = repr(lift.runs.get("r"))
    assert shown.startswith("<Run r paused: 0 of 1 step, ")
    assert "\n" not in shown


def test_a_chain_counts_the_steps_of_its_parts() -> None:
    # The copies of a chain go on side by side only where the service takes both at once.
    quirks = Quirks(one_image_to_many_regions="allowed")
    with Emulator(speed=None, quirks=quirks) as cloud, client_of(cloud) as lift:
        make_image(cloud, lift, "golden")
        assert_a_chain_is_counted(lift)


def assert_a_chain_is_counted(lift: Client) -> None:
    @lift.chain
    def spread(image: str) -> Script[str]:
        own: EcsImage = yield from lift.copy_to_region.part(image, HZ)
        yield from fork("to", {r: lift.copy_to_region.part(own, r) for r in (SGP, FRA)})
        return own.id

    shown = watch(lift)
    spread("golden", run_id="r")
    assert_counted(shown)
    total = counts(shown)[-1][1]
    assert repr(lift.runs.get("r")) == f"<Run r finished: {total} steps>"
    assert any(len(FIGURES.findall(s)) == 2 for s in shown)


def test_a_scale_out_that_comes_to_its_end_in_part_is_finished(
    cloud: Emulator, lift: Client, image: CustomImage
) -> None:
    cloud.faults.fail("CreateInstances", 400, "NotEnoughStock", after=1, times=5)
    shown = watch(lift)
    done = lift.scale_out(image, 23, PLAN, command="true", consent=[LEAVE], run_id="r")
    assert 0 < len(done.ready) < 23
    assert_counted(shown)
    assert any("now: 20 x server running (" in s for s in shown), "a line does not name twenty servers"
    assert re.fullmatch(r"<Run r finished: \d+ steps>", repr(lift.runs.get("r")))


def test_an_undo_counts_for_itself(cloud: Emulator, lift: Client, image: CustomImage) -> None:
    lift.copy_to_region(image, [SGP, FRA], run_id="r")
    shown = watch(lift)
    lift.runs.get("r").undo()
    assert all(s.startswith("<Run r running: undoing: ") for s in shown if "undone" not in s)
    assert re.fullmatch(r"<Run r undone: \d+ steps?>", repr(lift.runs.get("r")))
