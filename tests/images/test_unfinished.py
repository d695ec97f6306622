"""What a run needs that is not over is not taken away from it: by ``delete_image``, by ``unshare_from_ecs``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from swaslift import Client, Consent, Script
from swaslift.emulator import Emulator
from swaslift.errors import PreflightError, RunPaused
from swaslift.models import CustomImage
from swaslift.planning.unfinished import check_unneeded, unfinished
from swaslift.runs.journal import Journal
from swaslift.runs.step import Ref
from tests.images.conftest import bought, paused_before_the_image
from tests.images.test_deleting import copy_of
from tests.proof import assert_shown, everything, new_ids
from tests.servers.conftest import PLAN
from tests.support import OTHER_ACCOUNT

SGP, HZ = "ap-southeast-1", "cn-hangzhou"


def pause(cloud: Emulator, lift: Client, image: CustomImage | str) -> None:
    """A copy of the image that has shared it and then pauses."""
    cloud.faults.fail("CopyImage", 403, "Forbidden.RAM")
    with pytest.raises(RunPaused):
        lift.copy_to_region(image, SGP, run_id="copy")


def blockers(plan: Any) -> str:
    return " ".join(map(str, plan.blockers))


def test_a_paused_copy_keeps_its_image(cloud: Emulator, lift: Client, image: CustomImage) -> None:
    pause(cloud, lift, image)
    sent = len(cloud.log.attempted_writes())
    plan = lift.delete_image.plan(image, unshare=True)
    assert "'copy' (copy_to_region), which is paused, needs it" in blockers(plan)
    assert "Resume or undo it first: lift.runs.resume('copy')" in blockers(plan)
    with pytest.raises(PreflightError):
        plan.apply(consent=plan.consents)
    with pytest.raises(PreflightError, match="which is paused, needs it"):
        lift.unshare_from_ecs(image)
    assert len(cloud.log.attempted_writes()) == sent
    lift.runs.resume("copy")
    assert not lift.unshare_from_ecs(image, run_id="away").shared_to_ecs
    lift.delete_image(image, consent=[Consent.erase(image.id)])


def test_an_undone_copy_lets_it_go(cloud: Emulator, lift: Client, image: CustomImage) -> None:
    pause(cloud, lift, image)
    lift.runs.get("copy").undo()
    lift.delete_image(image, consent=[Consent.erase(image.id)])
    assert list(lift.images.list()) == []


def test_an_undo_that_paused_is_gone_on_with_first(cloud: Emulator, lift: Client, image: CustomImage) -> None:
    pause(cloud, lift, image)
    cloud.faults.fail("ModifyImageShareStatus", 403, "Forbidden.RAM")
    with pytest.raises(RunPaused):
        lift.runs.get("copy").undo()
    found = blockers(lift.delete_image.plan(image, unshare=True))
    assert "which is being undone, and is paused, needs it" in found
    assert "Go on with it first: lift.runs.resume('copy')" in found
    lift.runs.resume("copy")
    assert lift.delete_image.plan(image).blockers == ()


def test_a_copy_that_waits_for_the_share_is_running(
    cloud: Emulator, lift: Client, image: CustomImage
) -> None:
    cloud.faults.fail("CopyImage", 403, "Forbidden.RAM")
    seen: list[str] = []

    def look(event: Any) -> None:
        # In its wait for the share: nothing in the cloud tells of a copy yet.
        if event.run_id == "copy" and event.name == "share-seen" and not seen:
            seen.append(blockers(lift.unshare_from_ecs.plan(image)))

    lift.listen(look)
    with pytest.raises(RunPaused):
        lift.copy_to_region(image, SGP, run_id="copy")
    assert "which is running, needs it. Wait until it is over" in seen[0]


def test_a_run_whose_process_died_is_paused(cloud: Emulator, lift: Client, image: CustomImage) -> None:
    # It is written down, and nobody carries it.
    lift._carrier.create(lift.copy_to_region.plan(image, SGP, run_id="copy"))
    assert "which is paused, needs it" in blockers(lift.delete_image.plan(image))


def test_a_purchase_that_paused_keeps_its_image(cloud: Emulator, lift: Client, image: CustomImage) -> None:
    plan = lift.scale_out.plan(image, 1, PLAN, run_id="buy")
    cloud.faults.fail("CreateInstances", 403, "Forbidden.RAM")
    with pytest.raises(RunPaused):
        plan.apply(consent=plan.consents)
    assert "'buy' (scale_out)" in blockers(lift.delete_image.plan(image))


def test_ecs_images_and_snapshots_are_kept_as_well(cloud: Emulator, lift: Client, image: CustomImage) -> None:
    copy = copy_of(cloud, lift, image, "silver")
    lift.unshare_from_ecs(image)
    cloud.faults.fail("CopyImage", 403, "Forbidden.RAM")
    with pytest.raises(RunPaused):
        lift.copy_to_region(copy, SGP, run_id="copy")
    assert "'copy'" in blockers(lift.delete_image.plan(copy))
    # Its snapshot is what an image is to be made of once more.
    cloud.faults.fail("CreateCustomImage", 403, "Forbidden.RAM")
    with pytest.raises(RunPaused):
        lift.capture_image("shop", "second", snapshots=[image.system_snapshot_id], run_id="capture")
    assert lift.delete_image.plan(image).blockers == ()
    assert image.system_snapshot_id in blockers(lift.delete_image.plan(image, snapshots=True))


def test_what_a_server_was_made_from_is_not_needed_by_its_runs(
    cloud: Emulator, lift: Client, image: CustomImage
) -> None:
    plan = lift.scale_out.plan(image, 1, PLAN)
    (built,) = plan.apply(consent=plan.consents).servers
    cloud.clock.advance(60)
    assert lift.servers.get(built.id).image_id == image.id
    cloud.faults.fail("CreateSnapshot", 403, "Forbidden.RAM")
    with pytest.raises(RunPaused):
        lift.capture_image(built.id, "of-the-new", run_id="capture")
    assert lift.delete_image.plan(image).blockers == ()


def test_the_run_itself_goes_on_and_its_undo_too(cloud: Emulator, lift: Client, image: CustomImage) -> None:
    lift.share_to_ecs(image)
    plan = lift.delete_image.plan(image, unshare=True, run_id="away")
    cloud.faults.fail("DeleteCustomImage", 403, "Forbidden.RAM")
    with pytest.raises(RunPaused):
        plan.apply(consent=plan.consents)
    assert "'away' (delete_image)" in blockers(lift.delete_image.plan(image, run_id="another"))
    lift.runs.get("away").undo()
    assert lift.images.get(image).shared_to_ecs
    again = lift.delete_image.plan(image, unshare=True, run_id="away-2")
    cloud.faults.fail("DeleteCustomImage", 403, "Forbidden.RAM")
    with pytest.raises(RunPaused):
        again.apply(consent=again.consents)
    lift.delete_image(image, unshare=True, run_id="away-2")
    assert list(lift.images.list()) == []


def test_a_chain_takes_away_what_it_used_itself(cloud: Emulator, lift: Client, image: CustomImage) -> None:
    @lift.chain
    def move(image: str) -> Script[str]:
        copied = yield from lift.copy_to_region.part(image, HZ)
        yield from lift.unshare_from_ecs.part(image)
        yield from lift.delete_image.part(image)
        return str(copied.id)

    cloud.faults.fail("DeleteCustomImage", 403, "Forbidden.RAM")
    plan = move.plan("golden", run_id="move")
    with pytest.raises(RunPaused, match=r"Forbidden\.RAM"):
        plan.apply(consent=plan.consents)
    assert "'move' (move)" in blockers(lift.delete_image.plan(image))
    move("golden", run_id="move")
    assert list(lift.images.list()) == []


def test_a_part_of_a_chain_minds_other_runs(cloud: Emulator, lift: Client, image: CustomImage) -> None:
    @lift.chain
    def remove(image: str) -> Script[None]:
        yield from lift.delete_image.part(image, unshare=True)

    pause(cloud, lift, image)
    with pytest.raises(PreflightError, match="'copy'"):
        remove("golden", consent=[Consent.erase(image.id)])


def test_a_chain_that_has_only_a_name_may_mean_the_image(
    cloud: Emulator, lift: Client, image: CustomImage
) -> None:
    paused_before_the_image(cloud, lift)
    plan = lift.delete_image.plan(image)
    assert plan.blockers == ()
    assert "may need it: its arguments name 'golden'" in str(plan.checks)


def test_runs_of_the_live_cloud_are_others(cloud: Emulator, lift: Client, image: CustomImage) -> None:
    pause(cloud, lift, image)
    journal = Journal()
    assert check_unneeded(unfinished(journal, emulated=True), [image])
    assert unfinished(journal, emulated=False) == []
    assert unfinished(journal, emulated=True, but="copy") == []
    journal.close()


def test_the_history_and_the_overview_name_the_run(cloud: Emulator, lift: Client, image: CustomImage) -> None:
    pause(cloud, lift, image)
    history = lift.images.history(image)
    for act in ("delete", "unshare from ECS"):
        assert any(o.refused and "'copy'" in o.why for o in history.against(act))
    (golden,) = (r for r in lift.overview(HZ).rows if r.image.id == image.id)
    assert golden.deletion == "blocked"
    assert "run 'copy' (copy_to_region), which is paused, needs it" in golden.why


def test_a_copy_under_way_in_the_cloud_keeps_the_share(
    cloud: Emulator, lift: Client, image: CustomImage
) -> None:
    copy = copy_of(cloud, lift, image, "silver", wait=False)
    with pytest.raises(PreflightError, match="is under way, and may be one of it") as caught:
        lift.unshare_from_ecs(image)
    assert copy.id in str(caught.value)
    cloud.clock.advance(3 * 3600)
    assert not lift.unshare_from_ecs(image).shared_to_ecs


def test_a_server_that_is_not_listed_yet_is_told_of(
    cloud: Emulator, lift: Client, image: CustomImage
) -> None:
    server = bought(lift, image)
    assert all(s.id != server for s in lift.servers.list())
    (told,) = lift.delete_image.plan(image).checks
    assert (told.level, server in told.problem) == ("warning", True)
    assert "about to be made, or it is gone" in told.problem
    (golden,) = (r for r in lift.overview(HZ).rows if r.image.id == image.id)
    assert (golden.deletion, server in golden.why) == ("unknown", True)
    cloud.clock.advance(10)
    assert "Wait until it is Running" in blockers(lift.delete_image.plan(image))


WAYS: dict[str, tuple[str, Callable[[Client, CustomImage], Any]]] = {
    "withdrawn from ECS": ("share_to_ecs", lambda lift, image: lift.unshare_from_ecs(image)),
    "deleted by hand": (
        "share_to_ecs",
        lambda lift, image: lift.delete_image(
            image,
            unshare=True,
            snapshots=True,
            consent=[Consent.erase(image.id), Consent.erase(image.system_snapshot_id)],
        ),
    ),
    "withdrawn from an account": (
        "share_with_account",
        lambda lift, image: lift.unshare_with_account(image, OTHER_ACCOUNT),
    ),
}
"""How an image was shared after its run, and what an undo that this stopped asks for."""


@pytest.mark.parametrize("way", WAYS)
def test_an_undo_that_a_share_stops_is_got_out_of(cloud: Emulator, lift: Client, way: str) -> None:
    verb, do = WAYS[way]
    before = everything(cloud)
    captured = lift.capture_image("shop", "silver", run_id="capture")
    if verb == "share_to_ecs":
        lift.share_to_ecs(captured)
    else:
        lift.share_with_account(captured, OTHER_ACCOUNT)
    undo = lift.runs.get("capture").undo
    (first,) = undo.plan().first
    call = "unshare_from_ecs(" if verb == "share_to_ecs" else "unshare_with_account("
    assert f"withdraw it first, if it is still shared: lift.{call}{captured.id!r}" in first
    assert_shown(undo.plan(), first)
    assert first in " ".join(str(undo.plan()).split())
    with pytest.raises(RunPaused, match=r"lift\.unshare_from_ecs\(image\).*lift\.unshare_with_account"):
        undo()
    do(lift, captured)
    assert undo.plan().first == ()
    lift.runs.resume("capture")
    assert lift.runs.get("capture").status == "undone"
    cloud.clock.advance(60)
    assert new_ids(before, everything(cloud)) == set()


def test_an_undo_needs_what_it_restores_from(cloud: Emulator, lift: Client) -> None:
    web, base = "i-emulator-web-old", "m-emulator-base-hz"
    leave = [Consent.erase(web)]
    replaced = lift.replace_system_disk(web, base, consent=leave, run_id="night")
    assert replaced.backup is not None
    cloud.faults.fail("ReplaceSystemDisk", 403, "Forbidden.RAM")
    with pytest.raises(RunPaused):
        lift.runs.get("night").undo(consent=leave)
    (restore,) = lift.cloud.ecs.describe_images(HZ, snapshot_id=replaced.backup.id, owner="self")
    plan = lift.delete_image.plan(restore, snapshots=True)
    assert "'night' (replace_system_disk), which is being undone, and is paused, needs it" in blockers(plan)
    backup = Ref(kind="ecs.snapshot", id=replaced.backup.id, region_id=HZ)
    going = unfinished(lift._carrier.journal, emulated=True)
    assert check_unneeded(going, [backup])
