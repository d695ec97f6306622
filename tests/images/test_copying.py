"""``copy_to_region``: by the shortest allowed way, to one region or several, and what is refused."""

from __future__ import annotations

from typing import Literal

import pytest

from swaslift import Client
from swaslift.emulator import Emulator, Quirks
from swaslift.errors import InvalidArgument, PreflightError, RunPaused
from swaslift.lifecycle.copying import ImageCopies
from swaslift.models import CustomImage, EcsImage
from tests.images.conftest import make_image
from tests.proof import (
    assert_only_announced,
    assert_report_tells_all,
    assert_shown,
    assert_unharmed,
    everything,
)
from tests.support import OTHER_ACCOUNT, client_of, client_of_other

SGP, FRA, TYO, BJ = "ap-southeast-1", "eu-central-1", "ap-northeast-1", "cn-beijing"
HZ = "cn-hangzhou"
BASE = "m-emulator-base-hz"
"""An own image of the default inventory."""


def sent(cloud: Emulator, action: str) -> int:
    return len([c for c in cloud.log.writes() if c.action == action])


def test_a_custom_image_ends_as_an_ecs_image_in_the_region(
    cloud: Emulator, lift: Client, image: CustomImage
) -> None:
    before = everything(cloud)
    plan = lift.copy_to_region.plan(image, SGP)
    assert "an ECS image, not a custom image" in str(plan)
    copied = lift.copy_to_region(image, SGP, name="golden-sgp", run_id="copy")
    assert (copied.product, copied.region_id, copied.name, copied.usable) == ("ecs", SGP, "golden-sgp", True)
    assert_unharmed(before, everything(cloud))
    assert_only_announced(cloud, plan.writes | {"CreateSnapshot", "CreateCustomImage"})
    assert_report_tells_all(before, everything(cloud), lift.runs.get("copy").report)
    assert not next(lift.images.list()).shared_to_ecs
    # What was only a way there is gone, with the snapshots behind it.
    assert {i.id for i in lift.ecs.images.list(HZ)} == {BASE}


@pytest.mark.parametrize("across", ["refused", "allowed"])
@pytest.mark.parametrize("here", ["plain", "encrypted_only"])
@pytest.mark.parametrize("shown", ["same", "different"])
def test_it_works_whatever_no_document_settles(
    across: Literal["refused", "allowed"],
    here: Literal["plain", "encrypted_only"],
    shown: Literal["same", "different"],
) -> None:
    quirks = Quirks(
        shared_image_cross_region_copy=across,
        same_region_copy=here,
        swas_image_id_in_ecs=shown,
        one_image_to_many_regions="refused",
    )
    with Emulator(speed=None, quirks=quirks) as cloud, client_of(cloud) as lift:
        image = make_image(cloud, lift, "golden")
        before = everything(cloud)
        copies = lift.copy_to_region(image, [SGP, FRA, TYO], run_id="copy")
        assert [i.region_id for i in copies.ecs] == [SGP, FRA, TYO]
        assert_unharmed(before, everything(cloud))
        assert_report_tells_all(before, everything(cloud), lift.runs.get("copy").report)


def test_an_image_that_was_shared_before_stays_shared(lift: Client, image: CustomImage) -> None:
    lift.share_to_ecs(image)
    lift.copy_to_region(image, SGP)
    assert next(lift.images.list()).shared_to_ecs


@pytest.mark.parametrize("here", ["plain", "encrypted_only"])
def test_into_its_own_region_it_becomes_an_image_of_the_accounts_own(
    here: Literal["plain", "encrypted_only"],
) -> None:
    with Emulator(speed=None, quirks=Quirks(same_region_copy=here)) as cloud, client_of(cloud) as lift:
        image = make_image(cloud, lift, "golden")
        own = lift.copy_to_region(image, HZ)
        assert (own.region_id, own.owner_alias) == (HZ, "self")
        assert own.disks[0].encrypted is (here == "encrypted_only")


def test_a_single_name_in_a_list_gives_one_result_a_region(lift: Client, image: CustomImage) -> None:
    copies = lift.copy_to_region(image, [SGP])
    assert isinstance(copies, ImageCopies)
    assert copies[SGP].region_id == SGP
    assert len(copies) == 1


@pytest.fixture
def own(lift: Client, image: CustomImage) -> EcsImage:
    """An ECS image of the account's own."""
    return lift.copy_to_region(image, HZ)


def test_an_own_image_goes_straight_across(cloud: Emulator, lift: Client, own: EcsImage) -> None:
    before = sent(cloud, "CopyImage")
    shares = sent(cloud, "ModifyImageShareStatus")
    copied = lift.copy_to_region(own, SGP)
    assert copied.region_id == SGP
    assert sent(cloud, "CopyImage") == before + 1
    assert sent(cloud, "ModifyImageShareStatus") == shares
    assert {i.id for i in lift.ecs.images.list(HZ)} == {BASE, own.id}


def test_to_many_regions_no_image_is_copied_twice_at_once(
    cloud: Emulator, lift: Client, own: EcsImage
) -> None:
    regions = [SGP, FRA, TYO, BJ]
    begun = len(cloud.log.writes())
    copies = lift.copy_to_region(own, regions)
    assert [i.region_id for i in copies.ecs] == regions
    assert_shown(copies, *regions, *(i.id for i in copies.ecs), "Available")
    sources = [c.params["ImageId"] for c in cloud.log.writes()[begun:] if c.action == "CopyImage"]
    # Two rounds and a half: the first copy is a source for the others.
    assert len(sources) == 4
    assert len(set(sources)) > 1


def test_an_encrypted_copy_has_its_key(lift: Client, own: EcsImage) -> None:
    copied = lift.copy_to_region(own, SGP, encrypted=True)
    assert copied.disks[0].encrypted


def test_a_copy_that_fails_leaves_the_others_and_is_made_anew(
    cloud: Emulator, lift: Client, own: EcsImage
) -> None:
    cloud.faults.fail("CopyImage", 403, "QuotaExceed.Image", after=1)
    with pytest.raises(RunPaused, match=r"QuotaExceed\.Image") as caught:
        lift.copy_to_region(own, [SGP, FRA, TYO], run_id="copy")
    del caught
    there = [r for r in (SGP, FRA, TYO) if list(lift.ecs.images.list(r))]
    assert len(there) == 2
    copies = lift.runs.resume("copy")
    assert isinstance(copies, ImageCopies)
    assert len(copies) == 3
    assert all(len(list(lift.ecs.images.list(r))) == 1 for r in (SGP, FRA, TYO))


def test_the_undo_cancels_and_deletes(cloud: Emulator, lift: Client, own: EcsImage) -> None:
    before = everything(cloud)
    cloud.faults.fail("CopyImage", 403, "QuotaExceed.Image", after=1)
    with pytest.raises(RunPaused):
        lift.copy_to_region(own, [SGP, FRA, TYO], run_id="copy")
    undo = lift.runs.get("copy").undo
    undo(consent=undo.plan().consents)
    assert_unharmed(before, everything(cloud))
    assert set(everything(cloud)) == set(before)


# -- refused before anything is changed ---------------------------------------------------------


@pytest.mark.parametrize(
    ("region", "field", "problem"),
    [
        ("mars-1", "region", "not offered"),
        ([], "region", "not a region"),
        (None, "region", "not a region"),
        ([SGP, SGP], "region", "named twice"),
        ([SGP, 7], "region", "not a region"),
    ],
)
def test_what_is_no_region_is_refused(
    cloud: Emulator, lift: Client, image: CustomImage, region: object, field: str, problem: str
) -> None:
    with pytest.raises(InvalidArgument, match=problem) as caught:
        lift.copy_to_region(image, region)  # type: ignore[call-overload]  # what is refused
    assert caught.value.field == field
    assert sent(cloud, "ModifyImageShareStatus") == 0


def test_copying_to_the_same_region_without_need_is_refused(
    cloud: Emulator, lift: Client, own: EcsImage
) -> None:
    before = sent(cloud, "CopyImage")
    with pytest.raises(PreflightError, match="in this region already"):
        lift.copy_to_region(own, HZ)
    assert sent(cloud, "CopyImage") == before
    assert lift.copy_to_region(own, HZ, encrypted=True).disks[0].encrypted


def test_an_image_that_is_not_available_is_refused(cloud: Emulator, lift: Client) -> None:
    image = make_image(cloud, lift, "golden", wait=False)
    with pytest.raises(PreflightError, match="it is creating"):
        lift.copy_to_region(image, SGP)


@pytest.mark.parametrize("product", ["ecs", "swas"])
def test_an_image_that_another_account_shares_is_refused(
    cloud: Emulator, lift: Client, image: CustomImage, product: Literal["ecs", "swas"]
) -> None:
    lift.share_with_account(image, OTHER_ACCOUNT)
    written = len(cloud.log.attempted_writes())
    with client_of_other(cloud) as other:
        plan = other.copy_to_region.plan("golden", SGP, product=product)
        assert any("servers can be built from it, no more" in str(c) for c in plan.checks)
        with pytest.raises(PreflightError, match="belongs to account"):
            other.copy_to_region("golden", SGP, product=product)
    assert len(cloud.log.attempted_writes()) == written


def test_a_system_image_is_refused(cloud: Emulator, lift: Client) -> None:
    system = next(iter(lift.cloud.ecs.describe_images(HZ, owner="system")))
    with pytest.raises(PreflightError, match="does not copy"):
        lift.copy_to_region(system, SGP)


def test_a_name_that_is_taken_there_is_settled_before_the_start(
    cloud: Emulator, lift: Client, own: EcsImage
) -> None:
    lift.copy_to_region(own, FRA, name="taken")
    before = sent(cloud, "CopyImage")
    with pytest.raises(PreflightError, match="has this name") as caught:
        lift.copy_to_region(own, [SGP, FRA], name="taken")
    assert FRA in str(caught.value)
    assert sent(cloud, "CopyImage") == before


@pytest.mark.parametrize(
    ("key", "encrypted", "problem"),
    [
        ("key-1", None, "for an encrypted copy"),
        ("key-1", True, "lives in one region"),
        ({HZ: "key-1"}, True, "no copy goes to"),
    ],
)
def test_keys_that_do_not_fit_are_refused(
    lift: Client, image: CustomImage, key: object, encrypted: bool | None, problem: str
) -> None:
    with pytest.raises(InvalidArgument, match=problem) as caught:
        lift.copy_to_region(image, [SGP, FRA], kms_key_id=key, encrypted=encrypted)  # type: ignore[call-overload]  # what is refused
    assert caught.value.field == "kms_key_id"


@pytest.mark.parametrize("name", ["x", "aliyun-x", "http://x", "7up"])
def test_a_name_that_the_service_does_not_take_is_refused(
    lift: Client, image: CustomImage, name: str
) -> None:
    with pytest.raises(PreflightError, match="name"):
        lift.copy_to_region(image, SGP, name=name)


def test_a_destination_that_cannot_be_asked_is_named_and_the_others_are_planned(
    cloud: Emulator, lift: Client, own: EcsImage
) -> None:
    cloud.faults.fail("DescribeImages", 403, "Forbidden.RAM", times=100, region_id=FRA)
    plan = lift.copy_to_region.plan(own, [SGP, FRA], name="golden-there")
    (check,) = (c for c in plan.checks if FRA in c.problem and "is not known" in c.problem)
    assert check.level == "warning"
    assert [s for s in plan.steps if SGP in s.title]


def test_a_name_that_is_nowhere_is_told_though_another_region_cannot_be_asked(
    cloud: Emulator, lift: Client
) -> None:
    cloud.faults.fail("DescribeImages", 403, "Forbidden.RAM", times=100, region_id=FRA)
    cloud.faults.fail("ListCustomImages", 403, "Forbidden.RAM", times=100, region_id=SGP)
    with pytest.raises(InvalidArgument, match="no such image in cn-hangzhou") as raised:
        lift.copy_to_region.plan("nowhere", TYO)
    assert f"ECS in {FRA} could not be asked" in str(raised.value)
    assert f"SWAS in {SGP} could not be asked" in str(raised.value)
