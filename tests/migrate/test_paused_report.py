"""The report of a paused run says what its error said: why, what to do, how to go on and how to go back."""

from __future__ import annotations

import pytest

from swaslift import Client
from swaslift.emulator import Emulator
from swaslift.errors import RunPaused
from tests.support import new_instance


def pause(lift: Client) -> RunPaused:
    plan = lift.migrate_to_ecs.plan("shop", new_instance(), run_id="night")
    with pytest.raises(RunPaused) as caught:
        plan.apply(consent=plan.consents)
    return caught.value


def test_an_instance_that_is_silent_says_how_to_go_on_without_its_agent(
    cloud: Emulator, lift: Client
) -> None:
    cloud.faults.no_heartbeat()
    error = pause(lift)
    for way in ("lift.runs.resume('night', amend=\"running\")", "swaslift resume night --verify running"):
        assert way in error.remedy
    report = lift.runs.get("night").report
    assert report.evidence.startswith("End of the console output of i-")
    console = report.evidence.splitlines()[-1]
    html, markdown = report.to_html(), report.to_markdown()
    assert f"<pre>{report.evidence}</pre>" in html.replace("&#39;", "'").replace("&#34;", '"')
    assert f"> {console}\n> ```" in markdown
    for page in (html, markdown):
        assert page.count(console) == 1, "the list of events has the first line alone"


def test_the_report_says_how_to_go_on_and_how_to_go_back(cloud: Emulator, lift: Client) -> None:
    cloud.faults.fail("CopyImage", 403, "QuotaExceed.Image", "The image quota is used up")
    error = pause(lift)
    assert "used up. " in error.reason, "what the service said and what it means are two sentences"
    report = lift.runs.get("night").report
    for page in (report.to_html(), report.to_markdown()):
        for way in (
            'lift.runs.resume("night")',
            "swaslift resume night",
            'lift.runs.get("night").undo.plan()',
            "swaslift undo night",
        ):
            assert way in page
    undo = lift.runs.get("night").undo
    cloud.faults.fail("DeleteCustomImage", 403, "Forbidden.RAM")
    with pytest.raises(RunPaused):
        undo(consent=undo.plan().consents)
    page = lift.runs.get("night").report.to_markdown()
    assert "swaslift resume night" in page
    assert "swaslift undo night" not in page
    lift.runs.resume("night")
    assert "swaslift resume night" not in lift.runs.get("night").report.to_html()


def test_the_report_names_the_target_before_it_is_reached(cloud: Emulator, lift: Client) -> None:
    cloud.faults.fail("CopyImage", 403, "QuotaExceed.Image")
    pause(lift)
    assert dict(lift.runs.get("night").report.facts)["To"] == "a new ecs.g7.large in cn-hangzhou"
