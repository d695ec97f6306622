"""``hand_over``: an ECS image goes to another account; rules of encryption; refused, undone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from swaslift import Client, Script
from swaslift.emulator import Emulator
from swaslift.errors import InvalidArgument, PreflightError, RunPaused
from swaslift.models import EcsImage, HandedOver
from tests.images.conftest import make_image
from tests.proof import assert_unharmed, everything
from tests.support import OTHER_ACCOUNT, client_of_other

IMAGE = "m-emulator-base-hz"
SYSTEM = "ubuntu_22_04_x64_20G_alibase_20260915.vhd"
REGION = "cn-hangzhou"
SHARE = "ModifyImageSharePermission"
OTHERS = [f"90000000000000{i:02}" for i in range(60)]


@pytest.fixture
def other(cloud: Emulator) -> Iterator[Client]:
    with client_of_other(cloud) as client:
        yield client


def changes(cloud: Emulator) -> int:
    return len([c for c in cloud.log.attempted_writes() if c.action == SHARE])


def accounts(lift: Client, image: str | EcsImage) -> list[str]:
    return [a.account_id for a in lift.ecs.images.accounts(image)]


def copy(cloud: Emulator, lift: Client, image: str, *, kms_key_id: str | None = None) -> str:
    """An encrypted copy of an image in its region."""
    made = lift.cloud.ecs.copy_image(
        REGION,
        image,
        to_region=REGION,
        name="secret",
        encrypted=True,
        kms_key_id=kms_key_id,
        tags={},
        token="copy",
    )
    cloud.clock.advance(4 * 3600)
    return made


def test_an_image_is_handed_over_and_copied_by_the_receiver(
    cloud: Emulator, lift: Client, other: Client
) -> None:
    done = lift.hand_over(IMAGE, OTHER_ACCOUNT)
    assert [a.account_id for a in done.accounts] == [OTHER_ACCOUNT] == accounts(lift, IMAGE)
    assert done.accounts[0].shared_at is not None
    assert any(f"copy_to_region('{IMAGE}', '{REGION}')" in line for line in done.to_do)
    (seen,) = other.cloud.ecs.describe_images(REGION, owner="others")
    assert seen.id == IMAGE
    made = other.copy_to_region(IMAGE, REGION)
    assert [i.id for i in other.ecs.images.list()] == [made.id]


def test_handing_over_twice_sends_one_change(cloud: Emulator, lift: Client) -> None:
    first = lift.hand_over(IMAGE, OTHER_ACCOUNT)
    record = next(lift.cloud.ecs.describe_images(REGION, image_id=IMAGE))
    assert lift.hand_over(record, [OTHER_ACCOUNT]).accounts == first.accounts
    assert changes(cloud) == 1


def test_more_than_ten_go_in_several_calls(cloud: Emulator, lift: Client) -> None:
    lift.hand_over(IMAGE, OTHERS[:23])
    assert accounts(lift, IMAGE) == OTHERS[:23]
    assert changes(cloud) == 3


def test_each_ten_are_a_step(lift: Client) -> None:
    steps = [s for s in lift.hand_over.plan(IMAGE, OTHERS[:12]).steps if s.writes]
    assert [s.name for s in steps] == ["share-1", "share-2"]
    assert steps[1].title.endswith(f"with accounts {OTHERS[10]}, {OTHERS[11]}")
    assert [s.name for s in lift.hand_over.plan(IMAGE, OTHERS[:10]).steps if s.writes] == ["share"]


@pytest.mark.parametrize("resumed", [False, True])
def test_the_undo_takes_back_each_ten_where_the_next_were_refused(
    cloud: Emulator, lift: Client, *, resumed: bool
) -> None:
    lift.hand_over(IMAGE, OTHERS[0])
    cloud.faults.fail(SHARE, 404, "InvalidAccount.NotFound", after=1)
    with pytest.raises(RunPaused):
        lift.hand_over(IMAGE, OTHERS[:12], run_id="over")
    assert accounts(lift, IMAGE) == OTHERS[:10]
    if resumed:
        lift.runs.resume("over")
        assert accounts(lift, IMAGE) == OTHERS[:12]
    titles = "\n".join(lift.runs.get("over").undo.plan().steps)
    assert (OTHERS[9] in titles, OTHERS[11] in titles) == (True, resumed)
    assert lift.runs.get("over").undo().left == ()
    assert accounts(lift, IMAGE) == OTHERS[:1]


def test_the_plan_says_what_happens_and_changes_nothing(cloud: Emulator, lift: Client) -> None:
    before = everything(cloud)
    plan = lift.hand_over.plan(IMAGE, OTHER_ACCOUNT)
    assert plan.writes == {SHARE}
    assert "Remove secrets" in " ".join(plan.remarks)
    assert everything(cloud) == before
    plan.apply()
    assert_unharmed(before, everything(cloud), but={IMAGE})


def test_an_image_in_another_region(cloud: Emulator, lift: Client, other: Client) -> None:
    far = "ap-southeast-1"
    lift.cloud.ecs.copy_image(REGION, IMAGE, to_region=far, name="far", tags={}, token="far")
    cloud.clock.advance(4 * 3600)
    there = next(lift.ecs.images.list(far))
    lift.hand_over(there, OTHER_ACCOUNT)
    assert accounts(lift, there) == [OTHER_ACCOUNT]
    assert list(other.cloud.ecs.describe_images(REGION, owner="others")) == []


def test_the_undo_withdraws_from_whom_it_was_given(lift: Client) -> None:
    lift.hand_over(IMAGE, OTHERS[0])
    lift.hand_over(IMAGE, OTHERS[:2], run_id="second")
    assert lift.runs.get("second").undo().left == ()
    assert accounts(lift, IMAGE) == OTHERS[:1]


@pytest.mark.parametrize("fault", ["lose_answer", "cut"])
def test_a_lost_answer_is_read_back(cloud: Emulator, lift: Client, fault: str) -> None:
    getattr(cloud.faults, fault)(SHARE)
    lift.hand_over(IMAGE, OTHER_ACCOUNT)
    assert accounts(lift, IMAGE) == [OTHER_ACCOUNT]


@pytest.mark.parametrize(
    ("http", "code", "hint"),
    [
        (403, "AssumeRoleError", "service role"),
        (404, "InvalidAccount.NotFound", "no such main account"),
        (403, "InvalidImageId.BidMismatch", "another site"),
        (403, "QuotaExceed.ShareImage", "quota"),
    ],
)
def test_what_only_the_service_knows_pauses_with_its_hint(
    cloud: Emulator, lift: Client, http: int, code: str, hint: str
) -> None:
    cloud.faults.fail(SHARE, http, code)
    with pytest.raises(RunPaused, match=hint) as caught:
        lift.hand_over(IMAGE, OTHER_ACCOUNT, run_id="over")
    assert code in caught.value.reason
    lift.runs.resume("over")
    assert accounts(lift, IMAGE) == [OTHER_ACCOUNT]


# Refused before anything changes.


def refused(cloud: Emulator, lift: Client, image: str | EcsImage, to: str | list[str]) -> tuple[str, str]:
    """Problem and remedy of the only blocker."""
    with pytest.raises(PreflightError) as caught:
        lift.hand_over(image, to)
    (check,) = caught.value.checks
    assert changes(cloud) == 0
    return f"{check.field}: {check.problem}", check.remedy


def test_an_image_encrypted_with_the_service_key(cloud: Emulator, lift: Client) -> None:
    problem, remedy = refused(cloud, lift, copy(cloud, lift, IMAGE), OTHER_ACCOUNT)
    assert problem.startswith("ecs_image: it is encrypted with the service key")
    assert "KMS key of your own, copy_to_region(" in remedy


def test_an_image_encrypted_with_an_own_key_needs_a_role(cloud: Emulator, lift: Client) -> None:
    image = copy(cloud, lift, IMAGE, kms_key_id="key-of-mine")
    (check,) = lift.hand_over.plan(image, OTHER_ACCOUNT).checks
    assert check.level == "warning"
    assert "key-of-mine" in check.problem
    assert "share-an-encrypted-custom-image" in check.remedy
    done = lift.hand_over(image, OTHER_ACCOUNT)
    assert any("encrypted with a KMS key of that account" in line for line in done.to_do)


def test_an_encrypted_image_of_two_disks(cloud: Emulator, lift: Client) -> None:
    swas, wiki = lift.cloud.swas, lift.servers.get("wiki")
    made = [swas.create_snapshot(REGION, d.id, d.kind, tags={}, token=d.kind) for d in wiki.disks]
    cloud.clock.advance(3600)
    whole = swas.create_custom_image(
        REGION, wiki.id, "whole", made[0], data_snapshot_id=made[1], tags={}, token="image"
    )
    cloud.clock.advance(3600)
    image = copy(cloud, lift, lift.share_to_ecs(whole).id, kms_key_id="key-of-mine")
    problem, _ = refused(cloud, lift, image, OTHER_ACCOUNT)
    assert "holds 2 snapshots" in problem
    # The service says the same.
    code, expected = "OperationDeined.FullImage", 403
    with pytest.raises(Exception, match=f"{expected} {code}"):
        lift.cloud.ecs.modify_image_share_permission(REGION, image, add=[OTHER_ACCOUNT])


def test_a_deprecated_image(cloud: Emulator, lift: Client) -> None:
    lift.cloud.caller.change(
        "ecs",
        "ModifyImageAttribute",
        REGION,
        {"RegionId": REGION, "ImageId": IMAGE, "Status": "Deprecated"},
    )
    assert "it is Deprecated" in refused(cloud, lift, IMAGE, OTHER_ACCOUNT)[0]


def test_an_image_that_is_still_being_copied(cloud: Emulator, lift: Client) -> None:
    made = lift.cloud.ecs.copy_image(REGION, IMAGE, to_region=REGION, name="copy", tags={}, token="t")
    cloud.clock.advance(60)
    assert "not available" in refused(cloud, lift, made, OTHER_ACCOUNT)[0]


def test_images_that_are_not_own(cloud: Emulator, lift: Client, other: Client) -> None:
    shared = lift.share_to_ecs(make_image(cloud, lift, "golden"))
    for image, way in ((SYSTEM, "finds it by itself"), (shared, "copy_to_region")):
        problem, remedy = refused(cloud, lift, image, OTHER_ACCOUNT)
        assert "not an own ECS image" in problem
        assert way in remedy


def test_a_received_image_is_not_handed_on(cloud: Emulator, lift: Client, other: Client) -> None:
    lift.hand_over(IMAGE, OTHER_ACCOUNT)
    with pytest.raises(PreflightError, match="not an own ECS image"):
        other.hand_over(IMAGE, OTHERS[0])
    assert changes(cloud) == 1


def test_a_fifty_first_account(cloud: Emulator, lift: Client) -> None:
    problem, _ = refused(cloud, lift, IMAGE, OTHERS[:51])
    assert "50 accounts" in problem


@pytest.mark.parametrize("given", ["12345", "", [], 6543210987654321, "1234567890123456", f"{OTHERS[0]}\n"])
def test_what_is_no_other_account(cloud: Emulator, lift: Client, given: object) -> None:
    with pytest.raises(InvalidArgument) as caught:
        lift.hand_over(IMAGE, given)  # type: ignore[arg-type]  # that is what is tested
    assert caught.value.field == "account_id"
    assert changes(cloud) == 0


@pytest.mark.parametrize("given", ["m-none", "", 7])
def test_what_is_no_image(cloud: Emulator, lift: Client, given: object) -> None:
    with pytest.raises(InvalidArgument) as caught:
        lift.hand_over(given, OTHER_ACCOUNT)  # type: ignore[arg-type]  # that is what is tested
    assert caught.value.field == "ecs_image"
    assert changes(cloud) == 0


def test_as_the_end_of_a_chain(cloud: Emulator, lift: Client) -> None:
    far = "ap-southeast-1"

    @lift.chain
    def copy_and_hand_over(image: str, account_id: str) -> Script[HandedOver]:
        there = yield from lift.copy_to_region.part(image, far, name="for-the-partner")
        return (yield from lift.hand_over.part(there, account_id))

    plan = copy_and_hand_over.plan(IMAGE, OTHER_ACCOUNT)
    assert plan.writes >= {"CopyImage", SHARE}
    done = plan.apply()
    assert done.image.region_id == far
    assert accounts(lift, done.image) == [OTHER_ACCOUNT]
