"""Undo of shares that a run changed to and fro, and of one that was there before."""

from __future__ import annotations

import pytest

from swaslift import Client, Script
from swaslift.emulator import Emulator
from swaslift.errors import RunPaused
from swaslift.models import CustomImage
from tests.images.conftest import make_image
from tests.support import OTHER_ACCOUNT

SGP = "ap-southeast-1"
SHARES = {"ModifyImageShareStatus", "AddCustomImageShareAccount", "RemoveCustomImageShareAccount"}


@pytest.fixture
def image(cloud: Emulator, lift: Client) -> CustomImage:
    """An available custom image that is not shared."""
    return make_image(cloud, lift, "golden")


def shares(cloud: Emulator) -> list[str]:
    return [c.action for c in cloud.log.attempted_writes() if c.action in SHARES]


def test_a_copy_that_shared_and_withdrew_leaves_the_share_alone(
    cloud: Emulator, lift: Client, image: CustomImage
) -> None:
    lift.copy_to_region(image, SGP, run_id="copy")
    undo = lift.runs.get("copy").undo
    about = [line for line in undo.plan().steps if image.id in line and "shar" in line]
    assert about == [
        f"nothing to do: stop sharing the image {image.id} with ECS (it is as before the run)",
        f"nothing to do: share the image {image.id} with ECS (the run has taken it back itself)",
    ]
    cloud.log.clear()
    assert undo().left == ()
    assert shares(cloud) == []
    assert not lift.images.get(image).shared_to_ecs


def test_a_withdrawal_without_an_answer_is_made_by_the_undo(
    cloud: Emulator, lift: Client, image: CustomImage
) -> None:
    cloud.faults.fail("ModifyImageShareStatus", 503, "ServiceUnavailable", after=1, times=50)
    with pytest.raises(RunPaused):
        lift.copy_to_region(image, SGP, run_id="copy")
    cloud.faults.clear()
    assert lift.images.get(image).shared_to_ecs
    undo = lift.runs.get("copy").undo
    about = [line for line in undo.plan().steps if "shar" in line]
    assert about[0].endswith("(it is as before the run)")
    assert f"stop sharing the image {image.id} with ECS" in about
    cloud.log.clear()
    assert undo().left == ()
    assert shares(cloud) == ["ModifyImageShareStatus"]
    assert not lift.images.get(image).shared_to_ecs


def test_a_share_that_was_there_is_restored(cloud: Emulator, lift: Client, image: CustomImage) -> None:
    lift.share_to_ecs(image)

    @lift.chain
    def move(image: str) -> Script[None]:
        yield from lift.copy_to_region.part(image, SGP)
        yield from lift.unshare_from_ecs.part(image)

    move("golden", run_id="move")
    undo = lift.runs.get("move").undo
    assert undo.plan().steps[0] == f"share the image {image.id} with ECS again"
    cloud.log.clear()
    undo()
    assert shares(cloud) == ["ModifyImageShareStatus"]
    assert lift.images.get(image).shared_to_ecs


def test_what_was_withdrawn_and_shared_again_is_left_alone(
    cloud: Emulator, lift: Client, image: CustomImage
) -> None:
    lift.share_to_ecs(image)

    @lift.chain
    def again(image: str) -> Script[None]:
        yield from lift.unshare_from_ecs.part(image)
        yield from lift.share_to_ecs.part(image)

    again("golden", run_id="again")
    cloud.log.clear()
    undo = lift.runs.get("again").undo
    assert all(line.startswith("nothing to do") for line in undo.plan().steps)
    undo()
    assert shares(cloud) == []
    assert lift.images.get(image).shared_to_ecs


def test_a_third_change_is_taken_back(cloud: Emulator, lift: Client, image: CustomImage) -> None:
    @lift.chain
    def thrice(image: str) -> Script[None]:
        yield from lift.copy_to_region.part(image, SGP)
        yield from lift.share_to_ecs.part(image)

    thrice("golden", run_id="thrice")
    cloud.log.clear()
    undo = lift.runs.get("thrice").undo
    assert undo.plan().steps[0] == f"stop sharing the image {image.id} with ECS"
    undo()
    assert shares(cloud) == ["ModifyImageShareStatus"]
    assert not lift.images.get(image).shared_to_ecs


@pytest.mark.parametrize("withdrawn", [True, False])
def test_shares_with_accounts_are_even_where_the_same_account_lost_it(
    cloud: Emulator, lift: Client, image: CustomImage, withdrawn: bool
) -> None:
    @lift.chain
    def lend(image: str) -> Script[None]:
        yield from lift.share_with_account.part(image, OTHER_ACCOUNT)
        if withdrawn:
            yield from lift.unshare_with_account.part(image, OTHER_ACCOUNT)

    lend("golden", run_id="lend")
    cloud.log.clear()
    undo = lift.runs.get("lend").undo
    steps = undo.plan().steps
    assert all(line.startswith("nothing to do") for line in steps) is withdrawn
    undo()
    assert shares(cloud) == ([] if withdrawn else ["RemoveCustomImageShareAccount"])
