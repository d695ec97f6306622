"""Undo leaves what something that stays was made from, and only that; a refused deletion is none."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Literal

import pytest

from swaslift import Client, ReplaceSystemDisk, Script
from swaslift.emulator import Emulator
from swaslift.emulator.quirks import Quirks
from swaslift.errors import OutcomeUnknown, RunPaused
from swaslift.lifecycle.launch import Launched
from swaslift.lifecycle.scaled_out import ScaledOut
from swaslift.run import UndoPlan
from tests.proof import everything, new_ids
from tests.servers.conftest import PLAN, interrupt_at
from tests.support import client_of, new_instance
from tests.test_undo_plan import IMAGE_GOES, assert_lines

HZ, SGP = "cn-hangzhou", "ap-southeast-1"
ON_DISK = "a disk that stays was made from the shared image"
ON_SERVER = "a server that stays was made from the image"
SUBSCRIPTION = r"stays: ECS instance i-\w+ is a subscription and cannot be released .*"


def stay(why: str, *, shared: bool) -> list[str]:
    """Lines of a captured image that stays."""
    share = [rf"stays: share the image m-\w+ with ECS; {why}"] if shared else []
    return [
        *share,
        rf"stays: custom image of the server shop; {why}",
        rf"stays: snapshot of the system disk d-\w+; {why}",
    ]


def undone(cloud: Emulator, lift: Client, run_id: str) -> tuple[UndoPlan, tuple[str, ...], list[str]]:
    """The plan of an undo, what it left, and the changes that it made."""
    undo = lift.runs.get(run_id).undo
    plan = undo.plan()
    cloud.log.clear()
    left = undo(consent=plan.consents).left
    return plan, left, [c.action for c in cloud.log.attempted_writes()]


@pytest.mark.parametrize("in_ecs", ["same", "different"])
def test_the_share_under_subscriptions_stays(in_ecs: Literal["same", "different"]) -> None:
    quirks = Quirks(swas_image_id_in_ecs=in_ecs)
    with Emulator(seed=1, speed=None, quirks=quirks) as cloud, client_of(cloud) as lift:

        @lift.chain
        def go(server: str) -> Script[Launched]:
            image = yield from lift.capture_image.part(server, "golden")
            shared = yield from lift.share_to_ecs.part(image)
            launched: Launched = yield from lift.launch_instances.part(
                shared, new_instance(billing="PrePaid"), 2
            )
            return launched

        plan = go.plan("shop", run_id="go")
        plan.apply(consent=plan.consents)
        (image,) = (i for i in lift.images.list() if i.product == "swas")
        undo, left, changes = undone(cloud, lift, "go")
        assert_lines(undo, [SUBSCRIPTION, *stay(ON_DISK, shared=True)])
        assert changes == []
        assert any(image.id in line and image.system_snapshot_id in line for line in left)
        assert lift.images.get(image).shared_to_ecs


def test_the_image_under_bought_servers_stays_and_its_share_goes(cloud: Emulator, lift: Client) -> None:
    @lift.chain
    def go(server: str) -> Script[ScaledOut]:
        image = yield from lift.capture_image.part(server, "golden")
        yield from lift.share_to_ecs.part(image)
        bought: ScaledOut = yield from lift.scale_out.part(image, 1, PLAN)
        return bought

    plan = go.plan("shop", run_id="go")
    plan.apply(consent=plan.consents)
    image = lift.images.get("golden")
    undo, left, changes = undone(cloud, lift, "go")
    assert_lines(
        undo,
        [
            r"stays: the tags of \w+",
            r"stays: \w+; a server that was bought cannot be given back",
            rf"stop sharing the image {image.id} with ECS",
            *stay(ON_SERVER, shared=False),
        ],
    )
    assert changes == ["ModifyImageShareStatus"]
    assert any(image.id in line and image.system_snapshot_id in line for line in left)
    assert not lift.images.get(image).shared_to_ecs


def buying(lift: Client) -> Any:
    """A chain that captures a server and buys another of that image."""

    @lift.chain
    def go(server: str) -> Script[ScaledOut]:
        image = yield from lift.capture_image.part(server, "golden")
        bought: ScaledOut = yield from lift.scale_out.part(image, 1, PLAN)
        return bought

    return go


def test_a_purchase_without_an_answer_is_told_with_an_unless(cloud: Emulator, lift: Client) -> None:
    plan = buying(lift).plan("shop", run_id="go")
    cloud.faults.cut("CreateInstances", 50)
    with pytest.raises(RunPaused):
        plan.apply(consent=plan.consents)
    assert_lines(
        lift.runs.get("go").undo.plan(),
        [
            r"if its call, which got no answer, came through: stays: <new server 1>; .*",
            rf"unless {ON_SERVER}: delete the SWAS image m-\w+",
            rf"unless {ON_SERVER}: delete the SWAS snapshot s-\w+, unless another image was made from it",
        ],
    )


def test_the_image_under_servers_that_somebody_said_are_the_runs_stays(
    cloud: Emulator, lift: Client, tmp_path: Path
) -> None:
    interrupt_at(lift, "after", "CreateInstances")
    plan = buying(lift).plan("shop", run_id="go")
    with pytest.raises(KeyboardInterrupt):
        plan.apply(consent=plan.consents)
    cloud.clock.advance(120)
    with client_of(cloud, journal=tmp_path / "another.db") as later:
        again = buying(later).plan("shop", run_id="go")
        with pytest.raises(RunPaused) as caught:
            again.apply(consent=again.consents)
        cause = caught.value.__cause__
        assert isinstance(cause, OutcomeUnknown)
        later.runs.resume("go", amend={"scale_out": list(cause.candidates)})
        undo, left, changes = undone(cloud, later, "go")
        assert_lines(UndoPlan(run_id="go", steps=undo.steps[-2:], consents=()), stay(ON_SERVER, shared=False))
        assert changes == []
        assert later.images.get("golden").id in " ".join(left)


def test_the_image_under_a_server_that_was_reset_to_it_stays(cloud: Emulator, lift: Client) -> None:
    @lift.chain
    def go(server: str) -> Script[None]:
        image = yield from lift.capture_image.part("shop", "golden")
        yield from lift.reset_server.part(server, image, snapshot=False)

    plan = go.plan("wiki", run_id="go")
    plan.apply(consent=plan.consents)
    undo, left, _ = undone(cloud, lift, "go")
    assert_lines(UndoPlan(run_id="go", steps=undo.steps[-2:], consents=()), stay(ON_SERVER, shared=False))
    assert lift.images.get("golden").id in " ".join(left)


def test_what_has_nothing_to_do_with_it_goes(cloud: Emulator, lift: Client) -> None:
    @lift.chain
    def both(one: str, two: str) -> Script[str]:
        yield from lift.capture_image.part(one, "keepsake", stop_source=True)
        moved = yield from lift.migrate_to_ecs.part(
            two, new_instance(billing="PrePaid"), own_image=False, data_disks="leave"
        )
        return str(moved.instance.id)

    plan = both.plan("wiki", "shop", run_id="both")
    plan.apply(consent=plan.consents)
    undo, left, changes = undone(cloud, lift, "both")
    assert_lines(
        UndoPlan(run_id="both", steps=undo.steps[:4], consents=()),
        [SUBSCRIPTION, *stay(ON_DISK, shared=True)],
    )
    assert_lines(
        UndoPlan(run_id="both", steps=undo.steps[4:], consents=()),
        [
            r"delete the SWAS image m-\w+",
            r"nothing to do: start the server wiki again \(it ran before\)",
            r"delete the SWAS snapshot s-\w+, unless another image was made from it",
            r"delete the SWAS snapshot s-\w+, unless another image was made from it",
            r"start the server \w+, unless it runs again",
        ],
    )
    assert changes.count("DeleteCustomImage") == 1
    assert len(left) == 2
    (kept,) = (i for i in lift.images.list() if i.product == "swas")
    assert (kept.server_name, kept.shared_to_ecs) == ("shop", True)
    snapshots = lift.cloud.swas.list_snapshots(HZ)
    assert [s.id for s in snapshots] == [kept.system_snapshot_id]


def test_a_call_without_an_answer_that_bought_keeps_the_share(cloud: Emulator, lift: Client) -> None:
    target = ReplaceSystemDisk("i-emulator-web-old", backup=False)
    plan = lift.migrate_to_ecs.plan("shop", target, own_image=False, run_id="night")
    cloud.faults.cut("ReplaceSystemDisk", 50)
    with pytest.raises(RunPaused):
        plan.apply(consent=plan.consents)
    cloud.faults.clear()
    (image,) = (i for i in lift.images.list() if i.product == "swas")
    assert lift.runs.get("night").undo.plan().steps[-3:] == (
        f"unless {ON_DISK}: stop sharing the image {image.id} with ECS",
        f"unless {ON_DISK}: delete the SWAS image {image.id}",
        (
            f"unless {ON_DISK}: delete the SWAS snapshot {image.system_snapshot_id}, "
            "unless another image was made from it"
        ),
    )


def test_a_copy_whose_deletion_was_refused_is_named_and_goes_with_the_undo(
    cloud: Emulator, lift: Client
) -> None:
    before = everything(cloud)
    target = new_instance(
        region=SGP, vswitch_id="vsw-emulator-sgp-a", security_group_id="sg-emulator-sgp-web"
    )
    plan = lift.migrate_to_ecs.plan("shop", target, run_id="night")
    cloud.faults.fail("DeleteImage", 403, "ImageUsingByInstance")
    done = plan.apply(consent=plan.consents)
    (copy,) = (i for i in lift.cloud.ecs.describe_images(HZ, owner="self") if i.id != "m-emulator-base-hz")
    assert any(copy.id in line for line in done.left)
    assert any(copy.id in line for line in done.report.left)
    undo, left, _ = undone(cloud, lift, "night")
    assert sum(copy.id in line for line in undo.steps) == 1
    assert any(copy.id in line and re.fullmatch(IMAGE_GOES, line) for line in undo.steps)
    assert left == ()
    cloud.clock.advance(60)
    assert new_ids(before, everything(cloud)) == set()


def test_a_copy_to_a_region_names_the_copy_that_it_could_not_delete(cloud: Emulator, lift: Client) -> None:
    before = everything(cloud)
    lift.capture_image("shop", "golden", run_id="capture")
    cloud.faults.fail("DeleteImage", 403, "ImageUsingByInstance")
    lift.copy_to_region("golden", SGP, run_id="copy")
    (copy,) = (i for i in lift.cloud.ecs.describe_images(HZ, owner="self") if i.id != "m-emulator-base-hz")
    assert any(copy.id in line for line in lift.runs.get("copy").report.left)
    assert undone(cloud, lift, "copy")[1] == ()
    assert undone(cloud, lift, "capture")[1] == ()
    cloud.clock.advance(60)
    assert new_ids(before, everything(cloud)) == set()


def test_a_snapshot_whose_deletion_was_refused_goes_with_the_undo(cloud: Emulator, lift: Client) -> None:
    before = everything(cloud)
    lift.capture_image("shop", "golden", run_id="capture")
    cloud.faults.fail("DeleteSnapshot", 403, "SnapshotCreatedImage")
    lift.copy_to_region("golden", SGP, run_id="copy")
    undo, left, changes = undone(cloud, lift, "copy")
    assert re.fullmatch(r"delete the ECS snapshots s-\w+, as far as they are there", undo.steps[0])
    assert left == ()
    assert "DeleteSnapshot" in changes
    undone(cloud, lift, "capture")
    cloud.clock.advance(60)
    assert new_ids(before, everything(cloud)) == set()
