"""``copy_to_region``: what is encrypted, what is not, and what the plan says of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import pytest

from swaslift import Client
from swaslift.emulator import Emulator, Quirks
from swaslift.errors import PreflightError, RunPaused
from swaslift.models import CustomImage, EcsImage
from tests.images.conftest import make_image
from tests.proof import everything, new_ids
from tests.support import OTHER_ACCOUNT, client_of

HZ, SGP, FRA, SHA = "cn-hangzhou", "ap-southeast-1", "eu-central-1", "cn-shanghai"


@pytest.fixture
def strict() -> Iterator[Emulator]:
    """A cloud that takes only encrypted copies of a shared image inside its region."""
    with Emulator(speed=None, quirks=Quirks(same_region_copy="encrypted_only")) as cloud:
        yield cloud


@pytest.fixture
def secret(lift: Client, image: CustomImage) -> EcsImage:
    """An own image that is encrypted."""
    return lift.copy_to_region(image, HZ, name="secret", encrypted=True)


def asked(cloud: Emulator) -> dict[tuple[str, str], object]:
    """What the copies that were taken asked for: Encrypted by source region and destination."""
    return {
        (str(c.region_id), str(c.params.get("DestinationRegionId"))): c.params.get("Encrypted")
        for c in cloud.log.writes()
        if c.action == "CopyImage"
    }


@pytest.mark.parametrize("region", [HZ, SGP])
def test_what_is_to_stay_plain_is_never_encrypted(strict: Emulator, region: str) -> None:
    with client_of(strict) as lift:
        image = make_image(strict, lift, "golden")
        before = everything(strict)
        plan = lift.copy_to_region.plan(image, region, encrypted=False)
        assert "the run pauses: encrypted=False rules that out" in " ".join(str(plan).split())
        assert not any("encrypted copy" in s.title for s in plan.steps)
        with pytest.raises(RunPaused, match="IncorrectDestinationRegion") as caught:
            plan.apply()
        assert "encrypted=False" in caught.value.remedy
        assert asked(strict) == {}
        assert lift.runs.get(plan.run_id).undo().left == ()
        strict.clock.advance(60)
        assert new_ids(before, everything(strict)) == set()


def test_where_the_service_insists_all_copies_are_alike(strict: Emulator) -> None:
    with client_of(strict) as lift:
        image = make_image(strict, lift, "golden")
        plan = lift.copy_to_region.plan(image, [HZ, SGP, FRA, SHA])
        said = {s.name: s.title for s in plan.steps}
        assert "encrypted" not in said["copy-here"]
        assert said["copy-here-encrypted"].startswith("make an encrypted copy of the image")
        assert "copies are all encrypted with the account's service key" in " ".join(str(plan).split())
        copies = plan.apply()
        assert [i.encrypted for i in copies.ecs] == [True] * 4
        assert set(asked(strict).values()) == {True}
        assert len(asked(strict)) == 4
        assert "encrypted" in str(dict(lift.runs.get(plan.run_id).report.facts)[f"In {FRA}"])


def test_what_was_only_a_way_there_and_what_comes_of_it_are_alike(strict: Emulator) -> None:
    with client_of(strict) as lift:
        copies = lift.copy_to_region(make_image(strict, lift, "golden"), [SGP, FRA])
        assert [i.encrypted for i in copies.ecs] == [True, True]
        assert set(asked(strict).values()) == {True}


def test_an_encrypted_image_is_copied_encrypted_and_the_plan_says_so(
    cloud: Emulator, lift: Client, secret: EcsImage
) -> None:
    plan = lift.copy_to_region.plan(secret, [SGP, FRA])
    assert all(
        "an encrypted copy" in s.title and "the service key" in s.title
        for s in plan.steps
        if "CopyImage" in s.writes
    )
    assert any("cannot be handed over" in str(c) for c in plan.checks if c.level == "warning")
    copies = plan.apply()
    assert [i.encrypted for i in copies.ecs] == [True, True]


def test_a_plain_copy_of_an_encrypted_image_is_made_where_it_is_asked_for_and_allowed() -> None:
    with Emulator(speed=None, quirks=Quirks(encrypted_image_plain_copy="allowed")) as cloud:
        lift = client_of(cloud)
        secret = lift.copy_to_region(make_image(cloud, lift, "golden"), HZ, name="secret", encrypted=True)
        plan = lift.copy_to_region.plan(secret, [HZ, SGP], encrypted=False)
        assert any("the copies will not be" in str(c) for c in plan.checks if c.level == "warning")
        copies = plan.apply()
        assert [i.encrypted for i in copies.ecs] == [False, False]
        # Which is what a hand-over asks for.
        lift.hand_over(copies[HZ].id, OTHER_ACCOUNT)
        lift.close()


def test_a_plain_copy_that_the_service_refuses_is_refused_in_the_plan(
    cloud: Emulator, lift: Client, secret: EcsImage
) -> None:
    plan = lift.copy_to_region.plan(secret, SGP, encrypted=False)
    [found] = plan.blockers
    assert "OperationDeined.EncryptedSnapshot" in found.problem
    assert "Leave it out" in found.remedy
    assert "encrypted=False" not in str(lift.copy_to_region.plan(secret, SGP))


def test_an_account_that_encrypts_by_default_gets_encrypted_copies_and_no_plain_ones() -> None:
    with Emulator(speed=None, quirks=Quirks(account_default_encryption="on")) as cloud:
        lift = client_of(cloud)
        copies = lift.copy_to_region(make_image(cloud, lift, "golden"), [HZ, SGP])
        assert [i.encrypted for i in copies.ecs] == [True, True]
        plan = lift.copy_to_region.plan("m-emulator-base-hz", SHA, image_region=HZ, encrypted=False)
        assert ["NotMatchDiskDefaultEncryption" in c.problem for c in plan.blockers] == [True]
        lift.close()


@pytest.mark.parametrize("across", ["allowed", "refused"])
@pytest.mark.parametrize("own", [True, False], ids=["an own image", "a custom image"])
def test_encrypted_copies_get_to_other_regions_by_a_detour(
    across: Literal["allowed", "refused"], own: bool
) -> None:
    with Emulator(speed=None, quirks=Quirks(plain_image_encrypted_across=across)) as cloud:
        lift = client_of(cloud)
        image: EcsImage | CustomImage = make_image(cloud, lift, "golden")
        if own:
            image = lift.copy_to_region(image, HZ, name="plain", encrypted=None)
        before = everything(cloud)
        copies = lift.copy_to_region(
            image, [SGP, FRA], name="safe", encrypted=True, kms_key_id={SGP: "key-1"}
        )
        cloud.clock.advance(60)
        assert [i.encrypted for i in copies.ecs] == [True, True]
        left = {k[3] for k in everything(cloud) if k not in before and k[2] == "images"}
        assert left == {i.id for i in copies.ecs}, "what was only a way there is removed"
        lift.close()


def test_an_encrypted_image_needs_no_second_one_beside_it(lift: Client, secret: EcsImage) -> None:
    with pytest.raises(PreflightError, match="in this region already"):
        lift.copy_to_region(secret, HZ)


def test_a_copy_has_the_key_of_its_region(cloud: Emulator, lift: Client, secret: EcsImage) -> None:
    plan = lift.copy_to_region.plan(secret, [SGP, FRA], encrypted=True, kms_key_id={SGP: "key-there"})
    assert [s.title.rsplit(", with ")[-1] for s in plan.steps if "CopyImage" in s.writes] == [
        "the key key-there",
        "the service key",
    ]
    copies = plan.apply()
    for region, key in ((SGP, "key-there"), (FRA, "")):
        snapshots = [d.snapshot_id for d in lift.ecs.images.get(copies[region].id, region=region).disks]
        assert set(lift.cloud.ecs.kms_keys(region, snapshots).values()) <= {key}
