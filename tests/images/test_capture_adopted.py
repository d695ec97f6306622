"""A snapshot that one capture began and another goes on with is taken away by neither."""

from __future__ import annotations

from typing import Any

import pytest

from swaslift import Client, Consent
from swaslift.emulator import Emulator
from swaslift.errors import RunPaused
from swaslift.models import CustomImage, Snapshot
from tests.proof import everything
from tests.servers.conftest import interrupt_at

REGION = "cn-hangzhou"


def begun(cloud: Emulator, lift: Client) -> str:
    """A capture that was interrupted with its snapshot in progress, and a minute later; the snapshot's id."""

    def press(event: Any) -> None:
        if (event.run_id, event.name, event.kind) == ("first", "snapshot-system-done", "waiting"):
            raise KeyboardInterrupt

    lift.listen(press)
    with pytest.raises(KeyboardInterrupt):
        lift.capture_image("shop", "first", run_id="first")
    lift._carrier.listeners.remove(press)
    cloud.clock.advance(60)
    (snapshot,) = snapshots(lift)
    return snapshot.id


def adopted(cloud: Emulator, lift: Client) -> str:
    """The same, where a second capture has adopted the snapshot and is paused; the snapshot's id."""
    snapshot_id = begun(cloud, lift)
    plan = lift.capture_image.plan("shop", "second", run_id="second")
    assert "is still in progress, and is used" in str(plan.checks[0])
    interrupt_at(lift, "before", "ListSnapshots")
    with pytest.raises(KeyboardInterrupt):
        plan.apply()
    return snapshot_id


def snapshots(lift: Client) -> list[Snapshot]:
    return list(lift.cloud.swas.list_snapshots(REGION))


def images(lift: Client) -> list[CustomImage]:
    return list(lift.cloud.swas.list_custom_images(REGION))


def test_an_undo_leaves_what_an_image_was_made_from(cloud: Emulator, lift: Client) -> None:
    snapshot_id = begun(cloud, lift)
    image = lift.capture_image("shop", "second", run_id="second")
    before = everything(cloud)
    (line,) = lift.runs.get("first").undo.plan().steps
    assert line == f"delete the SWAS snapshot {snapshot_id}, unless another image was made from it"
    (left,) = lift.runs.get("first").undo().left
    assert left == f"SWAS snapshot {snapshot_id} stays: an image was made from it ({image.id})"
    assert lift.runs.get("first").status == "undone"
    assert everything(cloud) == before
    # It is no longer in the way of the image's own end.
    lift.delete_image(image, snapshots=True, consent=[Consent.erase(image.id), Consent.erase(snapshot_id)])
    assert snapshots(lift) == []


def test_one_whose_answer_was_lost_is_left_as_well(cloud: Emulator, lift: Client) -> None:
    interrupt_at(lift, "after", "CreateSnapshot")
    with pytest.raises(KeyboardInterrupt):
        lift.capture_image("shop", "first", run_id="first")
    cloud.clock.advance(60)
    (snapshot,) = snapshots(lift)
    lift._carrier.create(lift.capture_image.plan("shop", "second", run_id="second"))
    assert lift.runs.get("first").undo.plan().steps[0].startswith("if its call, which got no answer")
    assert f"{snapshot.id} as it is, since run 'second'" in lift.runs.get("first").undo().left[0]
    assert lift.runs.resume("second").system_snapshot_id == snapshot.id


def test_an_undo_leaves_what_an_unfinished_capture_goes_on_with(cloud: Emulator, lift: Client) -> None:
    snapshot_id = adopted(cloud, lift)
    undo = lift.runs.get("first").undo
    who = f"{snapshot_id} as it is, since run 'second' (capture_image), which is paused, needs it"
    assert undo.plan().steps == (f"stays: {who}",)
    assert undo().left == (f"stays: {who}; see to it by hand when that run is over",)
    lift.runs.resume("second")
    (image,) = images(lift)
    assert (image.name, image.system_snapshot_id) == ("second", snapshot_id)


def test_after_the_other_was_undone_the_snapshot_goes(cloud: Emulator, lift: Client) -> None:
    adopted(cloud, lift)
    assert lift.runs.get("second").undo().left == ()
    assert len(snapshots(lift)) == 1
    lift.runs.get("first").undo()
    assert snapshots(lift) == []


def test_a_capture_whose_adopted_snapshot_is_gone_says_so(cloud: Emulator, lift: Client) -> None:
    snapshot_id = adopted(cloud, lift)
    cloud.clock.advance(3600)
    lift.cloud.swas.delete_snapshot(REGION, snapshot_id, token="by-hand")
    for _ in range(2):
        began = cloud.clock.now()
        with pytest.raises(RunPaused) as caught:
            lift.runs.resume("second")
        assert f"SWAS snapshot {snapshot_id} in {REGION} is gone" in caught.value.reason
        assert "undo it, which ends it, and call again (again=True)" in caught.value.remedy
        # A second look a minute later; what never was there is waited for for five.
        assert (cloud.clock.now() - began).total_seconds() < 120
    lift.runs.get("second").undo()
    image = lift.capture_image("shop", "second", run_id="second", again=True)
    assert image.system_snapshot_id != snapshot_id


def failing(cloud: Emulator, lift: Client) -> None:
    """A capture of a stopped server fails at its second snapshot; the first is in progress."""
    plan = lift.capture_image.plan("wiki", stop_source=True, run_id="first")
    refused: list[bool] = []

    def adopt(event: Any) -> None:
        if (event.run_id, event.name, event.kind) == ("first", "still/disks/snapshot-system", "done"):
            if refused:
                return
            refused.append(True)
            cloud.faults.fail("CreateSnapshot", 403, "Forbidden.RAM")
            cloud.clock.advance(30)
            lift._carrier.create(lift.capture_image.plan("wiki", run_id="second", data_disks="leave"))

    lift.listen(adopt)
    with pytest.raises(RunPaused):
        plan.apply(consent=plan.consents)
    lift._carrier.listeners.remove(adopt)
    assert refused


def test_a_capture_that_fails_leaves_what_another_has_adopted(cloud: Emulator, lift: Client) -> None:
    before = everything(cloud)
    failing(cloud, lift)
    (snapshot,) = snapshots(lift)
    told = lift.runs.get("first").report.to_markdown()
    assert (
        f"{snapshot.id} stays as it is, since run 'second' (capture_image), which is paused, needs it" in told
    )
    lift.runs.resume("second")
    (image,) = images(lift)
    assert image.system_snapshot_id == snapshot.id
    lift.runs.resume("first")
    assert len(images(lift)) == 2
    assert lift.servers.get("wiki").status == "Running"
    assert len(everything(cloud)) == len(before) + 5


def test_an_undo_leaves_a_share_that_an_unfinished_copy_needs(
    cloud: Emulator, lift: Client, image: CustomImage
) -> None:
    lift.share_to_ecs(image, run_id="share")
    cloud.faults.fail("CopyImage", 403, "Forbidden.RAM")
    with pytest.raises(RunPaused):
        lift.copy_to_region(image, "ap-southeast-1", run_id="copy")
    undo = lift.runs.get("share").undo
    assert "run 'copy' (copy_to_region), which is paused, needs it" in undo.plan().steps[0]
    assert "see to it by hand" in undo().left[0]
    assert lift.images.get(image).shared_to_ecs
    lift.runs.resume("copy")


def test_an_undo_leaves_the_image_of_a_purchase_that_paused(cloud: Emulator, lift: Client) -> None:
    image = lift.capture_image("shop", "golden", run_id="gold")
    before = everything(cloud)
    lift._carrier.create(lift.scale_out.plan(image, 1, "swas.s.c2m2s50b3", run_id="buy"))
    left = lift.runs.get("gold").undo().left
    who = "as it is, since run 'buy' (scale_out), which is paused, needs it; see to it by hand when that run is over"
    assert left == (f"stays: {image.id} {who}", f"stays: {image.system_snapshot_id} {who}")
    assert everything(cloud) == before
