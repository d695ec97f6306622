"""A run that is cancelled while its copies go on in the cloud: what it says, and what the undo does."""

from __future__ import annotations

import threading

import pytest

from swaslift import Client
from swaslift.emulator import Emulator
from swaslift.errors import RunPaused
from swaslift.run import Run
from tests.proof import everything

SGP = "ap-southeast-1"
BASE = "m-emulator-base-hz"


def cancelled(cloud: Emulator, lift: Client) -> tuple[Run, str]:
    """A run that was cancelled when its copy had just begun, and the id of that."""
    reached, go_on = threading.Event(), threading.Event()

    def hold(event: object) -> None:
        if getattr(event, "kind", "") == "waiting":
            reached.set()
            go_on.wait(30)

    lift.listen(hold)
    run = lift.copy_to_region.start(BASE, SGP, name="far", run_id="copy")
    assert reached.wait(30)
    run.cancel()
    go_on.set()
    with pytest.raises(RunPaused, match="cancelled"):
        run.result(timeout=60)
    cloud.clock.advance(60)  # lists lag
    (copy,) = lift.cloud.ecs.describe_images(SGP, owner="self")
    return run, copy.id


def test_it_says_what_goes_on_without_it(cloud: Emulator, lift: Client) -> None:
    run, copy = cancelled(cloud, lift)
    reason = run.reason or ""
    assert f"the copy {copy} in {SGP} goes on in the cloud" in reason
    assert "an undo cancels it" in reason
    assert lift.runs.resume("copy").id == copy


@pytest.mark.parametrize("later", [0, 4 * 3600], ids=["under way", "there by then"])
def test_the_undo_says_that_it_cancels_and_does(cloud: Emulator, lift: Client, later: int) -> None:
    before = everything(cloud)
    run, copy = cancelled(cloud, lift)
    (line,) = run.undo.plan().steps
    assert line.startswith(f"cancel the copy {copy} in {SGP}, or, if it is there by then, delete")
    cloud.clock.advance(later)
    assert run.undo().left == ()
    action = "DeleteImage" if later else "CancelCopyImage"
    assert action in [c.action for c in cloud.log.writes()]
    assert everything(cloud) == before


def test_a_run_whose_copies_are_there_tells_of_none(cloud: Emulator, lift: Client) -> None:
    lift.copy_to_region(BASE, SGP, run_id="copy")
    assert lift.runs.get("copy").undo.plan().steps[0].startswith("delete the ECS image")
