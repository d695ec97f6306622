"""``delete_image``: of SWAS and of ECS, one and several, with snapshots; refused, paused, and for good."""

from __future__ import annotations

from typing import Any

import pytest

from swaslift import Client, Consent
from swaslift.emulator import Emulator
from swaslift.errors import ConsentRequired, InvalidArgument, PreflightError, RunExists, RunPaused
from swaslift.models import CustomImage, EcsImage
from tests.images.conftest import make_image
from tests.images.test_sharing import _run_from
from tests.proof import assert_report_tells_all, assert_shown, assert_unharmed, everything
from tests.support import new_instance

REGION = "cn-hangzhou"
OTHER = "6543210987654321"


def writes(cloud: Emulator, since: int = 0) -> list[str]:
    return [c.action for c in cloud.log.writes()][since:]


def copy_of(cloud: Emulator, lift: Client, image: CustomImage, name: str, *, wait: bool = True) -> EcsImage:
    """An own ECS image of a custom image, which is shared for it."""
    seen = lift.share_to_ecs(image)
    made = lift.cloud.ecs.copy_image(REGION, seen.id, to_region=REGION, name=name, tags={}, token=name)
    cloud.clock.advance(3 * 3600 if wait else 60)
    return next(iter(lift.cloud.ecs.describe_images(REGION, image_id=made)))


def refused(cloud: Emulator, lift: Client, image: Any, **arguments: Any) -> str:
    sent = len(cloud.log.attempted_writes())
    with pytest.raises((InvalidArgument, PreflightError)) as caught:
        lift.delete_image(image, **arguments)
    assert len(cloud.log.attempted_writes()) == sent
    return str(caught.value)


def test_an_image_is_deleted_with_leave(cloud: Emulator, lift: Client, image: CustomImage) -> None:
    before = everything(cloud)
    begun = len(cloud.log.writes())
    plan = lift.delete_image.plan("golden")
    assert plan.consents == (Consent.erase(image.id),)
    assert "deleted for good" in str(plan.steps[0].irreversible)
    assert "Copies of golden in ECS" in plan.remarks[0]
    assert image.system_snapshot_id in plan.remarks[1]
    assert "lift.images.history" in plan.remarks[2]
    with pytest.raises(ConsentRequired):
        lift.delete_image("golden")
    assert writes(cloud, begun) == []
    done = plan.apply(consent=plan.consents)
    assert [r.id for r in done.images] == [image.id]
    assert done.snapshots == ()
    assert writes(cloud, begun) == ["DeleteCustomImage"]
    after = everything(cloud)
    assert_unharmed(before, after, but=[image.id])
    assert set(before) - set(after) == {("1234567890123456", "swas", "custom_images", image.id)}
    report = lift.runs.get(plan.run_id).report
    assert_report_tells_all(before, after, report)
    assert [line.id for line in report.gone] == [image.id]


def test_with_its_snapshots(cloud: Emulator, lift: Client, image: CustomImage) -> None:
    begun = len(cloud.log.writes())
    plan = lift.delete_image.plan(image, snapshots=True)
    assert set(plan.consents) == {Consent.erase(image.id), Consent.erase(image.system_snapshot_id)}
    done = plan.apply(consent=plan.consents)
    assert [r.id for r in done.snapshots] == [image.system_snapshot_id]
    assert writes(cloud, begun) == ["DeleteCustomImage", "DeleteSnapshot"]
    assert_only_announced_since(cloud, begun, plan.writes)
    assert list(lift.snapshots.list()) == []


def assert_only_announced_since(cloud: Emulator, begun: int, announced: frozenset[str]) -> None:
    assert set(writes(cloud, begun)) <= announced
    assert cloud.log.attempted_writes()


def test_a_snapshot_behind_another_image_stays(cloud: Emulator, lift: Client, image: CustomImage) -> None:
    other = lift.cloud.swas.create_custom_image(
        REGION, image.server_id, "second", image.system_snapshot_id, tags={}, token="second"
    )
    cloud.clock.advance(3600)
    plan = lift.delete_image.plan(image, snapshots=True)
    assert other in str(plan.checks[0])
    assert plan.apply(consent=plan.consents).snapshots == ()
    cloud.clock.advance(60)
    both = lift.delete_image.plan("second", snapshots=True)
    assert [r.id for r in both.apply(consent=both.consents).snapshots] == [image.system_snapshot_id]


def test_several_at_once_share_a_snapshot(cloud: Emulator, lift: Client, image: CustomImage) -> None:
    begun = len(cloud.log.writes())
    lift.cloud.swas.create_custom_image(
        REGION, image.server_id, "second", image.system_snapshot_id, tags={}, token="second"
    )
    cloud.clock.advance(3600)
    plan = lift.delete_image.plan(["second", image], snapshots=True)
    done = plan.apply(consent=plan.consents)
    assert {r.name for r in done.images} == {"golden", "second"}
    assert_shown(done, "Gone: 2 images and 1 snapshot", "golden", "second", *done.billed)
    assert writes(cloud, begun)[1:] == ["DeleteCustomImage", "DeleteCustomImage", "DeleteSnapshot"]


def test_a_shared_image_wants_unshare(cloud: Emulator, lift: Client, image: CustomImage) -> None:
    lift.share_to_ecs(image)
    error = refused(cloud, lift, image, consent=[Consent.erase(image.id)])
    assert "shared with ECS" in error
    assert "unshare=True" in error
    begun = len(cloud.log.writes())
    lift.delete_image(image, unshare=True, consent=[Consent.erase(image.id)])
    assert writes(cloud, begun) == ["ModifyImageShareStatus", "DeleteCustomImage"]


def test_withdrawing_it_from_instances_wants_leave_besides(
    cloud: Emulator, lift: Client, image: CustomImage
) -> None:
    instance = _run_from(lift, lift.share_to_ecs(image).id, new_instance())
    cloud.clock.advance(60)
    plan = lift.delete_image.plan(image, unshare=True)
    assert instance in str(plan.checks)
    with pytest.raises(ConsentRequired, match="unshare"):
        lift.delete_image(image, unshare=True, consent=[Consent.erase(image.id)])
    plan.apply(consent=plan.consents)
    assert list(lift.images.list()) == []


def test_an_image_that_other_accounts_have_wants_unshare(
    cloud: Emulator, lift: Client, image: CustomImage
) -> None:
    lift.share_with_account(image, OTHER)
    error = refused(cloud, lift, image)
    assert OTHER in error
    assert "unshare=True" in error
    begun = len(cloud.log.writes())
    plan = lift.delete_image.plan(image, unshare=True)
    assert "Tell them first" in str(plan.checks)
    plan.apply(consent=plan.consents)
    assert writes(cloud, begun) == ["RemoveCustomImageShareAccount", "DeleteCustomImage"]
    assert set(writes(cloud, begun)) <= plan.writes


def test_an_ecs_image_that_other_accounts_have_wants_leave_besides(
    cloud: Emulator, lift: Client, image: CustomImage
) -> None:
    copy = copy_of(cloud, lift, image, "silver")
    lift.hand_over(copy, OTHER)
    assert OTHER in refused(cloud, lift, copy)
    with pytest.raises(ConsentRequired, match="unshare"):
        lift.delete_image(copy, unshare=True, consent=[Consent.erase(copy.id)])
    begun = len(cloud.log.writes())
    plan = lift.delete_image.plan(copy, unshare=True)
    plan.apply(consent=plan.consents)
    assert writes(cloud, begun) == ["ModifyImageSharePermission", "DeleteImage"]


def test_an_image_that_is_still_being_made_is_refused(cloud: Emulator, lift: Client) -> None:
    image = make_image(cloud, lift, "golden", wait=False)
    error = refused(cloud, lift, image)
    assert "still being made" in error
    assert "Wait until" in error


def test_a_copy_that_may_be_of_it_is_waited_for(cloud: Emulator, lift: Client, image: CustomImage) -> None:
    copy = copy_of(cloud, lift, image, "silver", wait=False)
    error = refused(cloud, lift, image, unshare=True)
    assert copy.id in error
    assert "Wait until that copy is available" in error
    assert "still being made" in refused(cloud, lift, copy)


def test_a_server_that_is_being_built_from_it_is_waited_for(
    cloud: Emulator, lift: Client, image: CustomImage
) -> None:
    wiki = lift.servers.get("wiki")
    lift.cloud.caller.change(
        "swas",
        "ResetSystem",
        REGION,
        {"RegionId": REGION, "InstanceId": wiki.id, "ImageId": image.id},
        token="reset",
    )
    error = refused(cloud, lift, image)
    assert "server wiki" in error
    assert "Wait until it is Running" in error
    cloud.clock.advance(3600)
    plan = lift.delete_image.plan(image)
    assert "can then not be reset to it" in str(plan.checks[0])


def test_what_another_account_shares_is_not_ours_to_delete(
    cloud: Emulator, lift: Client, image: CustomImage
) -> None:
    lift.share_with_account(image, OTHER)
    keys = cloud.world.accounts["LTAIemulator0001"]
    other = Client(
        region=REGION,
        endpoint_url=cloud.endpoint_url,
        access_key_id=keys.access_key_id,
        access_key_secret=keys.access_key_secret,
    )
    with other:
        assert "only its owner" in refused(cloud, other, "golden")


@pytest.mark.parametrize("given", [7, "", [], [7], None])
def test_what_is_no_image_is_refused(cloud: Emulator, lift: Client, given: Any) -> None:
    assert "not an image" in refused(cloud, lift, given)


def test_an_image_that_is_not_there_is_refused(cloud: Emulator, lift: Client, image: CustomImage) -> None:
    assert "no such" in refused(cloud, lift, ["golden", "none-such"])
    with pytest.raises(InvalidArgument, match="neither True nor False"):
        lift.delete_image(image, unshare="yes")  # type: ignore[arg-type]  # what is refused


def test_the_same_call_when_it_is_gone_says_so(cloud: Emulator, lift: Client, image: CustomImage) -> None:
    lift.delete_image("golden", consent=[Consent.erase(image.id)])
    with pytest.raises(RunExists):
        lift.delete_image("golden")


def test_what_fails_with_one_lets_the_others_go(cloud: Emulator, lift: Client, image: CustomImage) -> None:
    second = make_image(cloud, lift, "second")
    cloud.faults.fail("DeleteCustomImage", 403, "Forbidden.RAM")
    plan = lift.delete_image.plan(["golden", "second"], run_id="away")
    with pytest.raises(RunPaused, match=r"Forbidden\.RAM"):
        plan.apply(consent=plan.consents)
    cloud.clock.advance(60)
    assert len(list(lift.images.list())) == 1
    lift.runs.resume("away")
    cloud.clock.advance(60)
    assert list(lift.images.list()) == []
    assert second.id in str(lift.runs.get("away").report.gone)


def test_an_undo_says_what_does_not_come_back(cloud: Emulator, lift: Client, image: CustomImage) -> None:
    lift.share_to_ecs(image)
    lift.delete_image(image, unshare=True, consent=[Consent.erase(image.id)], run_id="away")
    begun = len(cloud.log.writes())
    left = lift.runs.get("away").undo().left
    assert left == (f"SWAS custom image {image.id} was deleted and does not come back",)
    assert writes(cloud, begun) == []


def test_an_undo_of_a_paused_one_shares_again(cloud: Emulator, lift: Client, image: CustomImage) -> None:
    lift.share_to_ecs(image)
    cloud.faults.fail("DeleteCustomImage", 403, "Forbidden.RAM")
    with pytest.raises(RunPaused):
        lift.delete_image(image, unshare=True, consent=[Consent.erase(image.id)], run_id="away")
    lift.runs.get("away").undo()
    assert next(lift.images.list()).shared_to_ecs


def test_an_undo_shares_again_with_all_where_the_second_ten_were_refused(
    cloud: Emulator, lift: Client, image: CustomImage
) -> None:
    others = [f"90000000000000{i:02}" for i in range(12)]
    copy = copy_of(cloud, lift, image, "silver")
    lift.hand_over(copy, others)
    plan = lift.delete_image.plan(copy, unshare=True, run_id="away")
    assert [s.name.rsplit("/", 1)[-1] for s in plan.steps] == [
        "unshare-accounts-1",
        "unshare-accounts-2",
        "delete",
    ]
    cloud.faults.fail("ModifyImageSharePermission", 403, "Forbidden.RAM", after=1)
    with pytest.raises(RunPaused):
        plan.apply(consent=plan.consents)
    assert [a.account_id for a in lift.ecs.images.accounts(copy)] == others[10:]
    lift.runs.get("away").undo()
    assert sorted(a.account_id for a in lift.ecs.images.accounts(copy)) == others


# -- ECS images ---------------------------------------------------------------------------------------


def test_an_ecs_image_is_deleted_and_its_snapshots_stay_billed(
    cloud: Emulator, lift: Client, image: CustomImage
) -> None:
    copy = copy_of(cloud, lift, image, "silver")
    (behind,) = [d.snapshot_id for d in copy.disks]
    plan = lift.delete_image.plan(copy)
    assert f"{behind} in {REGION} stays, and stays billed" in plan.remarks[0]
    done = plan.apply(consent=plan.consents)
    assert behind in done.billed[0]
    snapshots = list(lift.cloud.ecs.describe_snapshots(REGION, ids=[behind]))
    assert [s.id for s in snapshots] == [behind]
    assert [i.name for i in lift.images.list()] == ["golden"]


def test_an_ecs_image_with_its_snapshots(cloud: Emulator, lift: Client, image: CustomImage) -> None:
    before = everything(cloud)
    lift.share_to_ecs(image)
    copy = copy_of(cloud, lift, image, "silver")
    begun = len(cloud.log.writes())
    plan = lift.delete_image.plan("silver", snapshots=True)
    done = plan.apply(consent=plan.consents)
    assert done.billed == ()
    assert [r.id for r in done.snapshots] == [d.snapshot_id for d in copy.disks]
    assert writes(cloud, begun) == ["DeleteImage", "DeleteSnapshot"]
    assert set(everything(cloud)) == set(before)


def test_a_snapshot_that_a_disk_needs_stays_and_is_told(
    cloud: Emulator, lift: Client, image: CustomImage
) -> None:
    copy = copy_of(cloud, lift, image, "silver")
    plan = lift.delete_image.plan(copy, snapshots=True)
    cloud.faults.fail("DeleteSnapshot", 403, "SnapshotCreatedDisk")
    done = plan.apply(consent=plan.consents)
    assert done.snapshots == ()
    assert "SnapshotCreatedDisk" in done.kept[0]
    assert "stays billed" in done.billed[0]


def test_an_ecs_image_that_instances_were_made_from_is_refused(
    cloud: Emulator, lift: Client, image: CustomImage
) -> None:
    copy = copy_of(cloud, lift, image, "silver")
    instance = _run_from(lift, copy.id, new_instance())
    cloud.clock.advance(60)
    error = refused(cloud, lift, copy)
    assert instance in error
    assert "Release the instance" in error


def test_a_public_image_is_refused(cloud: Emulator, lift: Client) -> None:
    public = next(iter(lift.cloud.ecs.describe_images(REGION, owner="system")))
    assert "not the account's own" in refused(cloud, lift, public)
