"""``copy_to_region(product="swas")``: a person copies in the console, and the run sees it."""

from __future__ import annotations

import io
import re
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from swaslift import Client, Script
from swaslift.emulator import Emulator
from swaslift.errors import InvalidArgument, PreflightError, RunPaused
from swaslift.models import CustomImage
from swaslift.runs.events import Event
from tests.support import client_of

SGP, BJ, HZ = "ap-southeast-1", "cn-beijing", "cn-hangzhou"


def person(cloud: Emulator, lift: Client, image: CustomImage, name: str) -> list[str]:
    """Somebody who does what the run says, as soon as it says so; what they were told."""
    told: list[str] = []

    def listen(event: Event) -> None:
        if event.kind == "manual":
            told.append(event.text)
            region = SGP if SGP in event.text else BJ
            threading.Thread(target=lambda: cloud.console_copy_image(image.id, region, name)).start()

    lift.listen(listen)
    return told


def test_the_run_says_what_to_click_and_waits_for_the_copy(
    cloud: Emulator, lift: Client, image: CustomImage
) -> None:
    told = person(cloud, lift, image, "golden")
    plan = lift.copy_to_region.plan(image, SGP, product="swas")
    assert not plan.writes
    copied = lift.copy_to_region(image, SGP, product="swas")
    assert (copied.product, copied.region_id, copied.name, copied.status) == ("swas", SGP, "golden", "1")
    assert "Actions > Copy Image" in told[0]
    assert image.id in told[0]


def test_several_regions_give_a_copy_each(cloud: Emulator, lift: Client, image: CustomImage) -> None:
    person(cloud, lift, image, "golden-2")
    copies = lift.copy_to_region(image, [SGP, BJ], product="swas", name="golden-2")
    assert [i.region_id for i in copies.swas] == [SGP, BJ]


def test_what_makes_no_sense_there_is_refused(cloud: Emulator, lift: Client, image: CustomImage) -> None:
    own = lift.copy_to_region(image, HZ)
    with pytest.raises(InvalidArgument, match="nothing brings one back"):
        lift.copy_to_region(own, SGP, product="swas")  # type: ignore[call-overload]  # what is refused
    with pytest.raises(InvalidArgument, match="Give one of ecs, swas"):
        lift.copy_to_region(image, SGP, product="rds")  # type: ignore[call-overload]  # what is refused
    with pytest.raises(PreflightError, match="no encrypted images"):
        lift.copy_to_region(image, SGP, product="swas", encrypted=True)
    with pytest.raises(PreflightError, match="in this region already"):
        lift.copy_to_region(image, HZ, product="swas")


def test_a_name_that_is_taken_in_the_region_is_refused(
    cloud: Emulator, lift: Client, image: CustomImage
) -> None:
    person(cloud, lift, image, "golden")
    lift.copy_to_region(image, SGP, product="swas")
    with pytest.raises(PreflightError, match="has this name"):
        lift.copy_to_region(image, SGP, product="swas", again=True)


class Stderr(io.StringIO):
    """What a person reads who has asked for nothing else; they do what it says."""

    def __init__(self, cloud: Emulator, image: CustomImage) -> None:
        super().__init__()
        self._cloud, self._image = cloud, image

    def write(self, text: str) -> int:
        if "Copy Image" in text:
            self._cloud.console_copy_image(self._image.id, SGP)
        return super().write(text)


def test_a_call_to_which_nobody_listens_says_on_stderr_what_to_click(
    cloud: Emulator, lift: Client, image: CustomImage, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = Stderr(cloud, image)
    monkeypatch.setattr(sys, "stderr", shown)
    lift.copy_to_region(image, SGP, product="swas", run_id="by-hand")
    first, second = shown.getvalue().splitlines()
    assert first.startswith(
        "swaslift, run by-hand: In the Simple Application Server console, region cn-hangzhou"
    )
    assert second.endswith(f"that was seen; now waiting: copy of golden available in {SGP}")


def test_what_is_heard_is_not_printed_as_well(
    cloud: Emulator, lift: Client, image: CustomImage, capsys: pytest.CaptureFixture[str]
) -> None:
    person(cloud, lift, image, "golden")
    lift.copy_to_region(image, SGP, product="swas")
    assert capsys.readouterr().err == ""


def test_progress_tells_what_to_click_until_it_is_done(
    cloud: Emulator, lift: Client, image: CustomImage, tmp_path: Path
) -> None:
    seen: list[str] = []
    elsewhere: list[str] = []

    def listen(event: Event) -> None:
        if event.kind != "progress":
            return
        seen.append(repr(lift.runs.get("m")))
        if len(seen) == 1:
            with client_of(cloud, journal=lift.runs.get("m")._carrier.journal.path) as other:
                elsewhere.append(other.runs.get("m").progress)
            cloud.console_copy_image(image.id, SGP)

    lift.listen(listen)
    lift.copy_to_region(image, SGP, product="swas", run_id="m")
    assert seen[0].startswith("<Run m running: 0 of 1 step, now: In the Simple Application Server console")
    assert f"Destination region {SGP}, name golden." in seen[0]
    assert "left" not in seen[0], "nobody knows how long a person takes"
    assert elsewhere[0] in seen[0], "another process reads it in the journal"
    assert re.fullmatch(
        rf"<Run m running: 0 of 1 step, now: copy of golden available in {SGP} \(about \d+ min left\)>",
        seen[1],
    )
    assert repr(lift.runs.get("m")) == "<Run m finished: 1 step>"


def stop_at_the_note(lift: Client) -> tuple[list[str], list[str]]:
    """Somebody who presses Ctrl-C when the run remarks on something; the remarks, and the run then."""
    notes: list[str] = []
    shown: list[str] = []

    def listen(event: Event) -> None:
        if event.kind == "note":
            notes.append(event.text)
            shown.append(repr(lift.runs.get(event.run_id)))
            raise KeyboardInterrupt

    lift.listen(listen)
    return notes, shown


def test_a_copy_under_another_name_is_pointed_out_and_taken_when_it_is_said_so(
    cloud: Emulator, lift: Client, image: CustomImage
) -> None:
    told = person(cloud, lift, image, "slip")
    notes, shown = stop_at_the_note(lift)
    with pytest.raises(KeyboardInterrupt):
        lift.copy_to_region(image, SGP, product="swas", name="right", run_id="m")
    (made,) = (i for i in lift.images.list(SGP) if i.name == "slip")
    assert f"No image right has come about in {SGP}, but slip ({made.id})" in notes[0]
    assert f"lift.runs.resume('m', amend=['{made.id}'])" in notes[0]
    assert notes[0] in shown[0]
    with pytest.raises(InvalidArgument, match="no such custom image"):
        lift.runs.resume("m", amend=[image.id])
    with pytest.raises(InvalidArgument, match="Give the ids"):
        lift.runs.resume("m", amend=made.id)
    asked = len(told)
    taken = lift.runs.resume("m", amend=[made.id])
    assert len(told) == asked, "nothing is left to click"
    assert (taken.id, taken.name, taken.status) == (made.id, "slip", "1")


def test_an_image_that_cannot_be_the_copy_is_neither_named_nor_taken(
    cloud: Emulator, lift: Client, image: CustomImage
) -> None:
    other = next(s for s in lift.servers.list(SGP))
    notes, _ = stop_at_the_note(lift)
    ticks: list[str] = []

    def look(event: Event) -> None:
        if event.kind == "manual":
            swas = lift.cloud.swas
            snapshot = swas.create_snapshot(SGP, other.system_disk.id, "unlike", tags={}, token="s")
            cloud.clock.advance(3600)
            swas.create_custom_image(SGP, other.id, "unlike", snapshot, tags={}, token="i")
        elif event.kind == "progress":
            ticks.append(event.name)
            if len(ticks) == 3:
                raise KeyboardInterrupt

    lift.listen(look)
    with pytest.raises(KeyboardInterrupt):
        lift.copy_to_region(image, SGP, product="swas", name="right", run_id="m")
    assert notes == []
    (unlike,) = (i for i in lift.images.list(SGP) if i.name == "unlike")
    assert unlike.system_disk_size != image.system_disk_size
    with pytest.raises(InvalidArgument, match="no copy of golden"):
        lift.runs.resume("m", amend=[unlike.id])


def look_until(lift: Client, times: int, act: Callable[[], None]) -> None:
    """Something that happens as soon as the run says what to click; Ctrl-C some looks later."""
    ticks: list[str] = []

    def listen(event: Event) -> None:
        if event.kind == "manual" and not ticks:
            act()
        elif event.kind == "progress":
            ticks.append(event.name)
            if len(ticks) == times:
                raise KeyboardInterrupt

    lift.listen(listen)


def captured(cloud: Emulator, lift: Client, region: str, server: str, name: str) -> str:
    """Another image, made of a server by its snapshot."""
    swas = lift.cloud.swas
    one = lift.servers.get(server, region=region)
    snapshot = swas.create_snapshot(region, one.system_disk.id, name, tags={}, token=f"s-{name}")
    cloud.clock.advance(3600)
    return swas.create_custom_image(region, one.id, name, snapshot, tags={}, token=f"i-{name}")


def test_another_image_of_the_same_name_is_not_taken(
    cloud: Emulator, lift: Client, image: CustomImage
) -> None:
    made: list[str] = []

    def another() -> None:
        made.append(captured(cloud, lift, SGP, "edge-sg", "golden"))
        cloud.clock.advance(3600)

    look_until(lift, 4, another)
    with pytest.raises(KeyboardInterrupt):
        lift.copy_to_region(image, SGP, product="swas", run_id="m")
    (unlike,) = (i for i in lift.images.list(SGP) if i.id in made)
    assert (unlike.name, unlike.system_disk_size) == ("golden", image.system_disk_size + 10)
    assert lift.runs.get("m").status == "paused"
    copy = cloud.console_copy_image(image.id, SGP, "golden-2")
    cloud.clock.advance(60)  # lists lag
    assert lift.runs.resume("m", amend=[copy]).id == copy


def test_what_a_run_made_is_not_taken_for_the_copy_but_can_be_said_to_be_it(
    cloud: Emulator, lift: Client, image: CustomImage
) -> None:
    notes, _ = stop_at_the_note(lift)
    copies: list[str] = []

    def tagged(event: Event) -> None:
        if event.kind == "manual":
            copies.append(cloud.console_copy_image(image.id, SGP, "golden"))
            lift.cloud.swas.tag_resources(SGP, "customimage", copies, {"swaslift-run": "other"}, token="t")

    lift.listen(tagged)
    with pytest.raises(KeyboardInterrupt):
        lift.copy_to_region(image, SGP, product="swas", run_id="m")
    assert f"golden ({copies[0]}, which carries the tags of run other). Is that the copy?" in notes[0]
    assert lift.runs.resume("m", amend=copies).id == copies[0]


def test_a_copy_that_was_taken_wrongly_is_put_right(
    cloud: Emulator, lift: Client, image: CustomImage
) -> None:
    made: dict[str, str] = {}

    def act(event: Event) -> None:
        if event.kind == "manual" and not made:
            made["wrong"] = cloud.console_copy_image(image.id, SGP, "golden")
            made["right"] = cloud.console_copy_image(image.id, SGP, "golden-right")
        if event.kind == "done" and "stopped" not in made:
            made["stopped"] = event.name
            raise KeyboardInterrupt

    lift.listen(act)
    with pytest.raises(KeyboardInterrupt):
        lift.copy_to_region(image, [SGP, BJ], product="swas", run_id="m")
    there = cloud.console_copy_image(image.id, BJ, "golden")
    cloud.clock.advance(7200)
    copies = lift.runs.resume("m", amend=[made["right"]])
    assert {r: i.id for r, i in copies.images.items()} == {SGP: made["right"], BJ: there}
    told = " ".join(lift.runs.get("m").undo().left)
    assert made["right"] in told
    assert made["wrong"] not in told, "that is not what the run asked for"


@pytest.mark.parametrize("goes_on", [False, True])
def test_in_a_chain_it_is_put_right_until_the_chain_goes_on(
    cloud: Emulator, lift: Client, image: CustomImage, goes_on: bool
) -> None:
    @lift.chain
    def away(image: str) -> Script[str]:
        copied = yield from lift.copy_to_region.part(image, SGP, product="swas")
        yield from lift.share_to_ecs.part(copied, region=SGP)
        return str(copied.id)

    made: dict[str, str] = {}

    def act(event: Event) -> None:
        if event.kind == "manual" and not made:
            made["wrong"] = cloud.console_copy_image(image.id, SGP, "golden")
            made["right"] = cloud.console_copy_image(image.id, SGP, "golden-right")
        if event.kind == "done" and event.name.endswith("copied") and not goes_on and "stopped" not in made:
            made["stopped"] = event.name
            raise KeyboardInterrupt

    lift.listen(act)
    if goes_on:
        cloud.faults.fail("ModifyImageShareStatus", 403, "Forbidden.RAM")
    with pytest.raises(RunPaused if goes_on else KeyboardInterrupt):
        away("golden", run_id="m")
    cloud.clock.advance(7200)
    if goes_on:
        with pytest.raises(InvalidArgument, match="the run has gone on since"):
            lift.runs.resume("m", amend=[made["right"]])
    else:
        assert lift.runs.resume("m", amend=[made["right"]]) == made["right"]


def test_copies_of_ecs_images_cannot_be_named_to_the_run(
    cloud: Emulator, lift: Client, image: CustomImage
) -> None:
    cloud.faults.fail("CopyImage", 403, "QuotaExceed.Image", "full")
    with pytest.raises(RunPaused):
        lift.copy_to_region(image, SGP, run_id="m")
    with pytest.raises(InvalidArgument, match="makes its copies itself"):
        lift.runs.resume("m", amend=["m-1"])


def test_the_report_lists_the_copies_and_an_undo_leaves_them(
    cloud: Emulator, lift: Client, image: CustomImage
) -> None:
    person(cloud, lift, image, "golden")
    copies = lift.copy_to_region(image, [SGP, BJ], product="swas", run_id="m")
    run = lift.runs.get("m")
    assert {(r.what, r.id, r.region_id, r.name) for r in run.report.kept} == {
        ("SWAS custom image", i.id, i.region_id, "golden") for i in copies.swas
    }
    assert all(line.startswith("stays: ") for line in run.undo.plan().steps)
    left = run.undo().left
    assert len(left) == 2
    assert all(i.id in " ".join(left) for i in copies.swas)
    assert {i.id for r in (SGP, BJ) for i in lift.images.list(r)} >= {i.id for i in copies.swas}
