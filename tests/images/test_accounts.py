"""``share_with_account``, ``unshare_with_account`` and the lists: once, again, refused, and taken back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from swaslift import Client, Script, named
from swaslift.emulator import Emulator
from swaslift.errors import InvalidArgument, PreflightError, RunPaused
from swaslift.models import AccountShares, CustomImage
from tests.images.conftest import make_image
from tests.proof import assert_unharmed, everything
from tests.support import OTHER_ACCOUNT, client_of_other

OTHERS = [f"90000000000000{i:02}" for i in range(12)]
SHARES = ("AddCustomImageShareAccount", "RemoveCustomImageShareAccount")


@pytest.fixture
def other(cloud: Emulator) -> Iterator[Client]:
    with client_of_other(cloud) as client:
        yield client


def changes(cloud: Emulator) -> list[str]:
    return [c.action for c in cloud.log.attempted_writes() if c.action in SHARES]


def accounts(lift: Client, image: CustomImage) -> list[str]:
    return [a.account_id for a in lift.images.accounts(image)]


def test_an_image_is_shared_and_received(
    cloud: Emulator, lift: Client, other: Client, image: CustomImage
) -> None:
    shared = lift.share_with_account(image, OTHER_ACCOUNT)
    assert [a.account_id for a in shared.accounts] == [OTHER_ACCOUNT]
    assert shared.accounts[0].shared_at == cloud.clock.now().replace(microsecond=0)
    assert shared.image.shared_to_accounts
    (received,) = other.images.received()
    assert (received.id, received.owner_id, received.received) == (image.id, image.account_id, True)
    assert accounts(lift, image) == [OTHER_ACCOUNT]
    assert list(lift.images.received()) == []


def test_only_its_owner_lists_the_accounts_that_have_it(
    lift: Client, other: Client, image: CustomImage
) -> None:
    lift.share_with_account(image, OTHER_ACCOUNT)
    with pytest.raises(
        InvalidArgument, match=f"belongs to account {image.account_id}.*only its owner"
    ) as told:
        other.images.accounts(image.id)
    assert (told.value.field, told.value.remedy) == ("image", "Ask its owner")
    assert list(lift.ecs.images.accounts("m-emulator-base-hz")) == []
    lift.share_to_ecs(image)
    with pytest.raises(InvalidArgument, match="only its owner"):
        lift.ecs.images.accounts(next(lift.ecs.images.received()))


def test_it_is_seen_in_its_region_alone(lift: Client, other: Client, image: CustomImage) -> None:
    lift.share_with_account(image, OTHER_ACCOUNT)
    assert list(other.images.received("cn-shanghai")) == []


def test_the_receiver_builds_a_server_from_it(
    cloud: Emulator, lift: Client, other: Client, image: CustomImage
) -> None:
    lift.share_with_account(image, OTHER_ACCOUNT)
    (received,) = other.images.received()
    made = other.cloud.caller.change(
        "swas",
        "CreateInstances",
        "cn-hangzhou",
        {
            "RegionId": "cn-hangzhou",
            "ImageId": received.id,
            "PlanId": lift.servers.get("shop").plan_id,
            "Period": 1,
            "Amount": 1,
        },
        token="build",
    )
    assert len(made["InstanceIds"]) == 1


def test_sharing_twice_sends_one_change(cloud: Emulator, lift: Client, image: CustomImage) -> None:
    first = lift.share_with_account("golden", OTHER_ACCOUNT)
    assert lift.share_with_account(image.id, [OTHER_ACCOUNT]) == first
    assert changes(cloud) == ["AddCustomImageShareAccount"]


def test_only_who_has_it_not_is_added(cloud: Emulator, lift: Client, image: CustomImage) -> None:
    lift.share_with_account(image, OTHERS[0])
    lift.share_with_account(image, [OTHERS[1], OTHERS[0], OTHERS[1]])
    sent = [c.params["Account"] for c in cloud.log.writes() if c.action == SHARES[0]]
    assert sent == [[int(OTHERS[0])], [int(OTHERS[1])]]
    assert accounts(lift, image) == OTHERS[:2]


def test_unsharing_twice_sends_one_change(
    cloud: Emulator, lift: Client, other: Client, image: CustomImage
) -> None:
    lift.share_with_account(image, [OTHER_ACCOUNT, OTHERS[0]])
    left = lift.unshare_with_account(image, OTHER_ACCOUNT)
    assert [a.account_id for a in left.accounts] == [OTHERS[0]]
    assert lift.unshare_with_account(image, OTHER_ACCOUNT) == left
    assert changes(cloud) == list(SHARES)
    assert list(other.images.received()) == []


def test_what_was_withdrawn_can_be_shared_again(cloud: Emulator, lift: Client, image: CustomImage) -> None:
    for _ in range(2):
        lift.share_with_account(image, OTHER_ACCOUNT)
        assert accounts(lift, image) == [OTHER_ACCOUNT]
        lift.unshare_with_account(image, OTHER_ACCOUNT)
        assert accounts(lift, image) == []
    assert changes(cloud) == [*SHARES, *SHARES]


def test_withdrawing_what_is_not_shared_warns(cloud: Emulator, lift: Client, image: CustomImage) -> None:
    (check,) = lift.unshare_with_account.plan(image, OTHER_ACCOUNT).checks
    assert (check.level, check.field, check.value) == ("warning", "account_id", OTHER_ACCOUNT)
    assert lift.unshare_with_account(image, OTHER_ACCOUNT).accounts == ()
    assert changes(cloud) == []


def test_the_plans_say_what_happens_and_what_cannot_be_known(
    cloud: Emulator, lift: Client, image: CustomImage
) -> None:
    before = everything(cloud)
    plan = lift.share_with_account.plan(image, OTHER_ACCOUNT)
    assert plan.writes == {"AddCustomImageShareAccount"}
    assert "Remove secrets" in str(plan)
    away = lift.unshare_with_account.plan(image, OTHER_ACCOUNT)
    assert away.writes == {"RemoveCustomImageShareAccount"}
    assert "cannot be known from here" in " ".join(away.remarks)
    assert everything(cloud) == before
    plan.apply()
    assert_unharmed(before, everything(cloud), but={image.id})


def test_a_data_disk_in_the_image_is_not_shared(cloud: Emulator, lift: Client) -> None:
    swas, wiki = lift.cloud.swas, lift.servers.get("wiki")
    made = [
        swas.create_snapshot(wiki.region_id, d.id, f"of-{d.kind}", tags={}, token=d.kind) for d in wiki.disks
    ]
    cloud.clock.advance(3600)
    image_id = swas.create_custom_image(
        wiki.region_id, wiki.id, "whole", made[0], data_snapshot_id=made[1], tags={}, token="image"
    )
    cloud.clock.advance(3600)
    (check,) = lift.share_with_account.plan(image_id, OTHER_ACCOUNT).checks
    assert (check.level, check.field) == ("warning", "image")
    assert "not shared" in check.problem


@pytest.mark.parametrize("verb", ["share_with_account", "unshare_with_account"])
@pytest.mark.parametrize(
    ("given", "remedy"),
    [
        ("123456789012345", "16 digits"),
        ("300000000000000001", "a RAM user has an id of its own"),
        ("partner@example.com", "16 digits"),
        (f"{OTHER_ACCOUNT}\n", "16 digits"),
        (6543210987654321, "as text"),
        ("", "16 digits"),
        (None, "16 digits"),
        ([], "16 digits"),
        ([OTHER_ACCOUNT, "x"], "16 digits"),
        ("1234567890123456", "the own account"),
    ],
)
def test_what_is_no_other_account_is_refused(
    cloud: Emulator, lift: Client, image: CustomImage, verb: str, given: object, remedy: str
) -> None:
    with pytest.raises(InvalidArgument, match=remedy) as caught:
        getattr(lift, verb)(image, given)
    assert caught.value.field == "account_id"
    assert changes(cloud) == []


def test_an_eleventh_is_refused(cloud: Emulator, lift: Client, image: CustomImage) -> None:
    lift.share_with_account(image, OTHERS[:10])
    with pytest.raises(PreflightError) as caught:
        lift.share_with_account(image, [OTHERS[0], OTHERS[10]])
    (check,) = caught.value.checks
    assert (check.field, check.value) == ("account_id", OTHERS[10])
    assert check.remedy == f"Withdraw it from one of {', '.join(OTHERS[1:10])}"
    second = make_image(cloud, lift, "second")
    lift.share_with_account(second, OTHERS[0])
    with pytest.raises(PreflightError, match="can be shared with 10") as caught:
        lift.share_with_account(second, OTHERS[:11])
    assert caught.value.checks[0].remedy == "Name fewer: 10 at most"
    assert changes(cloud) == ["AddCustomImageShareAccount"] * 2


def test_an_image_that_is_not_available_is_refused(cloud: Emulator, lift: Client) -> None:
    image = make_image(cloud, lift, "golden", wait=False)
    with pytest.raises(PreflightError, match="not available: it is creating"):
        lift.share_with_account(image, OTHER_ACCOUNT)
    assert changes(cloud) == []


@pytest.mark.parametrize(
    ("verb", "more"),
    [
        ("share_with_account", ["1234567890123456"]),
        ("unshare_with_account", ["1234567890123456"]),
        ("share_to_ecs", []),
        ("unshare_from_ecs", []),
    ],
)
def test_a_received_image_is_not_shared_on(
    cloud: Emulator, lift: Client, other: Client, image: CustomImage, verb: str, more: list[str]
) -> None:
    lift.share_with_account(image, OTHER_ACCOUNT)
    before = len(cloud.log.attempted_writes())
    with pytest.raises(PreflightError, match="belongs to account 1234567890123456") as caught:
        getattr(other, verb)(next(other.images.received()), *more)
    assert caught.value.checks[0].field == "image"
    assert len(cloud.log.attempted_writes()) == before


@pytest.mark.parametrize("verb", ["share_with_account", "unshare_with_account"])
def test_what_is_no_image_is_refused(lift: Client, image: CustomImage, verb: str) -> None:
    with pytest.raises(InvalidArgument, match="Images there: golden") as caught:
        getattr(lift, verb)("no-such", OTHER_ACCOUNT)
    assert caught.value.field == "image"


def test_the_undo_of_a_share_restores_what_was_there(lift: Client, image: CustomImage) -> None:
    lift.share_with_account(image, OTHERS[0])
    lift.share_with_account(image, OTHERS[:2], run_id="second")
    undone = lift.runs.get("second").undo()
    assert undone.left == ()
    assert accounts(lift, image) == OTHERS[:1]


def test_the_undo_of_an_unshare_shares_again(lift: Client, image: CustomImage) -> None:
    lift.share_with_account(image, OTHERS[0])
    lift.unshare_with_account(image, OTHERS[:2], run_id="away")
    lift.runs.get("away").undo()
    assert accounts(lift, image) == OTHERS[:1]


@pytest.mark.parametrize("fault", ["lose_answer", "cut"])
def test_a_lost_answer_is_read_back(cloud: Emulator, lift: Client, image: CustomImage, fault: str) -> None:
    getattr(cloud.faults, fault)("AddCustomImageShareAccount")
    getattr(cloud.faults, fault)("RemoveCustomImageShareAccount")
    lift.share_with_account(image, OTHER_ACCOUNT)
    assert accounts(lift, image) == [OTHER_ACCOUNT]
    lift.unshare_with_account(image, OTHER_ACCOUNT)
    assert accounts(lift, image) == []


def test_a_refusal_pauses_and_a_resume_goes_on(cloud: Emulator, lift: Client, image: CustomImage) -> None:
    cloud.faults.fail("AddCustomImageShareAccount", 403, "Forbidden.RAM")
    with pytest.raises(RunPaused) as caught:
        lift.share_with_account(image, OTHER_ACCOUNT, run_id="share")
    assert "Forbidden.RAM" in caught.value.reason
    lift.runs.resume("share")
    assert accounts(lift, image) == [OTHER_ACCOUNT]


def test_calls_for_other_accounts_are_other_runs(lift: Client, image: CustomImage) -> None:
    plans = [lift.share_with_account.plan(image, some) for some in (OTHERS[0], OTHERS[1], OTHERS[:2])]
    assert len({p.run_id for p in plans}) == 3


def test_the_report_names_image_and_accounts(lift: Client, image: CustomImage) -> None:
    lift.share_with_account(image, OTHERS[:2], run_id="share")
    text = lift.runs.get("share").report.to_markdown()
    assert image.id in text
    assert all(account in text for account in OTHERS[:2])


def test_as_part_of_a_chain(lift: Client, image: CustomImage) -> None:
    @lift.chain
    def publish(image: str, first: str, second: str) -> Script[AccountShares]:
        yield from named("first", lift.share_with_account.part(image, first))
        return (yield from named("second", lift.share_with_account.part(image, second)))

    assert [a.account_id for a in publish("golden", *OTHERS[:2]).accounts] == OTHERS[:2]
