"""What ``replace_system_disk`` refuses, with field and remedy, before anything is changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from swaslift import Client, Consent, Secret
from swaslift.emulator import Emulator
from swaslift.errors import InvalidArgument, PreflightError
from tests.images.conftest import make_image
from tests.support import client_of

BASE = "m-emulator-base-hz"
ARM = "ubuntu_22_04_arm64_20G_alibase_20260915.vhd"
WIN = "win2022_21H2_x64_dtc_en-us_40G_alibase_20260820.vhd"
UBUNTU = "ubuntu_22_04_x64_20G_alibase_20260915.vhd"
WEB, SGP = "i-emulator-web-old", "i-emulator-sgp"

ARGUMENTS: dict[str, tuple[tuple[Any, Any, dict[str, Any]], str, str]] = {
    "no instance": ((7, BASE, {}), "instance", "Give its id"),
    "an empty id": (("", BASE, {}), "instance", "Give its id"),
    "unknown instance": (("i-none", BASE, {}), "instance", "Instances there: "),
    "instance in another region": ((SGP, BASE, {}), "instance", "region=..."),
    "no such region": ((WEB, BASE, {"region": "mars-1"}), "region", "Regions: "),
    "image in another region": (
        (SGP, BASE, {"region": "ap-southeast-1"}),
        "ecs_image",
        "copy_to_region(image, 'ap-southeast-1')",
    ),
    "no image": ((WEB, None, {}), "ecs_image", "Give its id"),
    "unknown image": ((WEB, "m-none", {}), "ecs_image", "Own images there"),
    "two logins": ((WEB, BASE, {"key_pair": "ops", "password": Secret.env("X")}), "password", "Give one"),
    "a password in clear": ((WEB, BASE, {"password": "Abc-12345"}), "password", ""),
    "a disk that is too small for any": ((WEB, BASE, {"size": 0}), "size", ""),
    "unknown verify": ((WEB, BASE, {"verify": "ssh"}), "verify", "cloud_assistant, running"),
}

BLOCKERS: dict[str, tuple[tuple[str, str, dict[str, Any]], str, str]] = {
    "locked": (("i-emulator-locked", BASE, {}), "instance", "lift the lock"),
    "wrong architecture": ((WEB, ARM, {}), "instance", "Types that can"),
    "smaller than the old disk": ((WEB, UBUNTU, {"size": 30}), "size", "Give at least 40"),
    "no such key pair": ((WEB, BASE, {"key_pair": "none"}), "key_pair", "Key pairs there: ops"),
    "password that is not there": ((WEB, BASE, {"password": Secret.env("NONE")}), "password", "Set"),
}


@pytest.mark.parametrize(("given", "field", "remedy"), ARGUMENTS.values(), ids=ARGUMENTS)
def test_what_makes_no_sense_is_refused(
    cloud: Emulator, lift: Client, given: tuple[Any, Any, dict[str, Any]], field: str, remedy: str
) -> None:
    instance, image, more = given
    with pytest.raises(InvalidArgument) as caught:
        lift.replace_system_disk(instance, image, consent=[Consent.erase(str(instance))], **more)
    assert caught.value.field == field
    assert remedy in caught.value.remedy
    assert not cloud.log.attempted_writes()
    assert not list(lift.runs.list())


def refused(cloud: Emulator, lift: Client, instance: str, image: Any, **more: Any) -> Any:
    """The one check that stands against it; nothing may have been changed."""
    writes = len(cloud.log.attempted_writes())
    with pytest.raises(PreflightError) as caught:
        lift.replace_system_disk(instance, image, consent=[Consent.erase(instance)], **more)
    (check,) = caught.value.checks
    assert len(cloud.log.attempted_writes()) == writes
    assert not list(lift.runs.list())
    return check


@pytest.mark.parametrize(("given", "field", "remedy"), BLOCKERS.values(), ids=BLOCKERS)
def test_what_ecs_would_refuse_is_refused(
    cloud: Emulator, lift: Client, given: tuple[str, str, dict[str, Any]], field: str, remedy: str
) -> None:
    instance, image, more = given
    check = refused(cloud, lift, instance, image, **more)
    assert check.field == field
    assert remedy in check.remedy


def in_transition(cloud: Emulator, lift: Client) -> None:
    lift.cloud.ecs.stop_instance("cn-hangzhou", WEB)


def expired(cloud: Emulator, lift: Client) -> None:
    found = cloud.world.ecs.instances.get(WEB)
    assert found
    found.charge_type, found.expires_at = "PrePaid", cloud.clock.now() - timedelta(days=1)


@pytest.mark.parametrize(
    ("arrange", "problem", "remedy"),
    [(in_transition, "it is Stopping", "Wait until"), (expired, "it expired on", "Renew")],
)
def test_an_instance_that_is_not_fit_is_refused(
    cloud: Emulator, lift: Client, arrange: Callable[[Emulator, Client], None], problem: str, remedy: str
) -> None:
    arrange(cloud, lift)
    check = refused(cloud, lift, WEB, BASE)
    assert check.field == "instance"
    assert problem in check.problem
    assert remedy in check.remedy


def test_a_disk_larger_than_its_category_allows_is_refused(cloud: Emulator, lift: Client) -> None:
    image = cloud.world.ecs.images.get(BASE)
    assert image
    image.parts[0].size = 4000
    check = refused(cloud, lift, WEB, BASE)
    assert (check.field, check.value) == ("size", 4000)
    assert "2048 GiB at most" in check.problem


def test_windows_outside_the_mainland_is_refused(cloud: Emulator, lift: Client) -> None:
    check = refused(cloud, lift, SGP, WIN, region="ap-southeast-1", key_pair=None)
    assert check.field == "instance"
    assert "outside the Chinese mainland" in check.problem


def test_an_image_with_a_data_disk_is_refused(cloud: Emulator, lift: Client) -> None:
    made = lift.cloud.ecs.create_image(
        "cn-hangzhou", "with-data", instance_id="i-emulator-idle", tags={}, token="t"
    )
    cloud.clock.advance(7200)
    check = refused(cloud, lift, WEB, made)
    assert (check.field, check.value) == ("ecs_image", made)
    assert "launch_instances" in check.remedy


def test_an_image_that_is_not_available_is_refused(cloud: Emulator, lift: Client) -> None:
    made = lift.cloud.ecs.create_image("cn-hangzhou", "fresh", instance_id=WEB, tags={}, token="t")
    cloud.clock.advance(10)
    check = refused(cloud, lift, WEB, made)
    assert (check.field, check.value) == ("ecs_image", made)
    assert "it is Creating" in check.problem


def test_a_custom_image_of_swas_is_refused_with_the_way_there(cloud: Emulator, lift: Client) -> None:
    image = make_image(cloud, lift, "golden")
    writes = len(cloud.log.attempted_writes())
    for given in (image, image.id, "golden"):
        for where, remedy in (((WEB, None), "share_to_ecs"), ((SGP, "ap-southeast-1"), "copy_to_region")):
            with pytest.raises(InvalidArgument) as caught:
                lift.replace_system_disk(where[0], given, region=where[1], consent=[Consent.erase(where[0])])
            assert caught.value.field == "ecs_image"
            assert remedy in caught.value.remedy
    assert len(cloud.log.attempted_writes()) == writes


def test_a_shared_encrypted_image_is_refused(cloud: Emulator, lift: Client) -> None:
    other = cloud.world.accounts["LTAIemulator0001"]
    image = cloud.world.ecs.images.get(BASE)
    assert image
    image.account_id = other.account_id
    image.shared_with["1234567890123456"] = cloud.clock.now()
    image.parts[0].encrypted = True
    check = refused(cloud, lift, WEB, BASE)
    assert check.field == "ecs_image"
    assert "key of your own" in check.remedy


def test_a_name_that_two_instances_have_is_refused(cloud: Emulator, lift: Client) -> None:
    for instance in cloud.world.ecs.instances:
        instance.name = "web"
    with pytest.raises(InvalidArgument, match="3 instances have this name") as caught:
        lift.replace_system_disk("web", BASE)
    assert WEB in caught.value.remedy


def test_records_of_others_are_refused(cloud: Emulator, lift: Client) -> None:
    found = lift.ecs.instances.get(WEB)
    with pytest.raises(InvalidArgument, match="Leave it out"):
        lift.replace_system_disk(found, BASE, region="cn-shanghai")
    other = cloud.world.accounts["LTAIemulator0001"]
    with (
        client_of(
            cloud, access_key_id=other.access_key_id, access_key_secret=other.access_key_secret
        ) as stranger,
        pytest.raises(InvalidArgument, match="belongs to account 1234567890123456"),
    ):
        stranger.replace_system_disk(found, BASE)
