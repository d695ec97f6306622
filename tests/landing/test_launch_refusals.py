"""What ``launch_instances`` refuses, with field and remedy, before anything is changed."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from swaslift import Client, Consent, Disk, NewInstance, ReplaceSystemDisk, Secret
from swaslift.emulator import Emulator
from swaslift.errors import InvalidArgument, PreflightError, RunPaused
from swaslift.models import EcsImage
from tests.images.conftest import make_image
from tests.support import client_of, new_instance

BASE = "m-emulator-base-hz"
ARM = "ubuntu_22_04_arm64_20G_alibase_20260915.vhd"
CENTOS = "centos_7_9_x64_20G_alibase_20240628.vhd"
WIN = "win2022_21H2_x64_dtc_en-us_40G_alibase_20260820.vhd"
LEAVE = Consent.charges(max_monthly=100_000, max_total=100_000)


@dataclass(frozen=True)
class Bad:
    """A call that is refused.

    Attributes:
        field: what is named.
        remedy: what is said to do.
    """

    field: str
    remedy: str
    image: Any = BASE
    target: Callable[[], Any] = new_instance
    more: tuple[tuple[str, Any], ...] = ()


def few_addresses(cloud: Emulator) -> None:
    """Leave two in the vSwitch."""
    switch = cloud.world.ecs.vswitches.get("vsw-emulator-hz-i")
    assert switch
    switch.cidr = "172.20.2.0/29"


ARGUMENTS = {
    "no image": Bad("ecs_image", "Give its id", image=7),
    "an empty id": Bad("ecs_image", "Give its id", image=""),
    "unknown image": Bad("ecs_image", "Own images there: base-2026-05", image="m-none"),
    "image in another region": Bad(
        "ecs_image",
        "copy_to_region(image, 'ap-southeast-1')",
        target=lambda: new_instance(
            region="ap-southeast-1", vswitch_id="vsw-emulator-sgp-a", security_group_id="sg-emulator-sgp-web"
        ),
    ),
    "no such region": Bad("region", "Regions: ", target=lambda: new_instance(region="mars-1")),
    "no target": Bad("target", "Give a NewInstance", target=lambda: ReplaceSystemDisk("i-1")),
    "none": Bad("count", "Give 1 to 100", more=(("count", 0),)),
    "less than none": Bad("count", "Give 1 to 100", more=(("count", -1),)),
    "too many": Bad("count", "call several times", more=(("count", 101),)),
    "no number": Bad("count", "Give 1 to 100", more=(("count", "3"),)),
    "a fraction": Bad("count", "Give 1 to 100", more=(("count", 1.0),)),
    "a truth": Bad("count", "Give 1 to 100", more=(("count", True),)),
    "more at least than at most": Bad("min_count", "Give 1 to 2", more=(("count", 2), ("min_count", 3))),
    "at least none": Bad("min_count", "Give 1 to 2", more=(("count", 2), ("min_count", 0))),
    "unknown verify": Bad("verify", "cloud_assistant, running", more=(("verify", "ssh"),)),
}

BLOCKERS = {
    "wrong architecture": Bad("target.instance_type", "Types that can: ecs.g8y", image=ARM),
    "no driver for NVMe": Bad(
        "target.instance_type",
        "Types that can: ",
        image=CENTOS,
        target=lambda: new_instance(instance_type="ecs.g8i.large"),
    ),
    "type that is not sold there": Bad(
        "target.instance_type",
        "use a vSwitch in cn-hangzhou-i",
        target=lambda: new_instance(
            instance_type="ecs.t6-c1m1.large",
            vswitch_id="vsw-emulator-hz-h",
            system_disk=Disk("cloud_efficiency"),
        ),
    ),
    "no such type": Bad(
        "target.instance_type", "Sold in", target=lambda: new_instance(instance_type="ecs.none.large")
    ),
    "sold out": Bad(
        "target.instance_type",
        "In stock there",
        target=lambda: new_instance(instance_type="ecs.c6.large", system_disk=Disk("cloud_ssd")),
    ),
    "disk smaller than the image": Bad(
        "target.system_disk.size",
        "Give at least 40",
        target=lambda: new_instance(system_disk=Disk("cloud_essd", size=30)),
    ),
    "disk that the type does not take": Bad(
        "target.system_disk.category", "It takes", target=lambda: new_instance(system_disk=Disk("cloud_ssd"))
    ),
    "no such vSwitch": Bad(
        "target.vswitch_id", "vSwitches there", target=lambda: new_instance(vswitch_id="vsw-none")
    ),
    "group of another VPC": Bad(
        "target.security_group_id",
        "Security groups of that VPC",
        target=lambda: new_instance(security_group_id="sg-emulator-hz-other"),
    ),
    "no such key pair": Bad(
        "target.key_pair", "Key pairs there: ops", target=lambda: new_instance(key_pair="none")
    ),
    "key pair for Windows": Bad("target.key_pair", "Give password=", image=WIN),
    "weak password": Bad(
        "target.password",
        "Set a password",
        target=lambda: new_instance(key_pair=None, password=Secret.env("WEAK")),
    ),
    "bad name": Bad("target.name", "2 to 128", target=lambda: new_instance(name="1st")),
    "name without room for a number": Bad(
        "target.name",
        "At most 125",
        target=lambda: new_instance(name="x" * 126),
        more=(("count", 2),),
    ),
    "too many tags": Bad(
        "target.tags", "17 at most", target=lambda: new_instance(tags={f"k{n}": "" for n in range(18)})
    ),
    # Another target would be refused alike.
    "more than the account can pay": Bad(
        "account",
        "top it up",
        target=lambda: new_instance(billing="PrePaid", period_months=60),
        more=(("count", 100),),
    ),
}


def call(lift: Client, bad: Bad) -> Any:
    return lift.launch_instances(bad.image, bad.target(), consent=[LEAVE], **dict(bad.more))


@pytest.mark.parametrize("bad", ARGUMENTS.values(), ids=ARGUMENTS)
def test_what_makes_no_sense_is_refused(cloud: Emulator, lift: Client, bad: Bad) -> None:
    with pytest.raises(InvalidArgument) as caught:
        call(lift, bad)
    assert caught.value.field == bad.field
    assert bad.remedy in caught.value.remedy
    assert not cloud.log.attempted_writes()
    assert not list(lift.runs.list())


@pytest.mark.parametrize("bad", BLOCKERS.values(), ids=BLOCKERS)
def test_what_ecs_would_refuse_is_refused(
    cloud: Emulator, lift: Client, bad: Bad, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(os.environ, "WEAK", "password")
    with pytest.raises(PreflightError) as caught:
        call(lift, bad)
    (check,) = caught.value.checks
    assert check.field == bad.field
    assert bad.remedy in check.remedy
    assert not cloud.log.attempted_writes()
    assert not list(lift.runs.list())


def test_a_vswitch_with_too_few_addresses_is_refused(cloud: Emulator, lift: Client) -> None:
    few_addresses(cloud)
    with pytest.raises(PreflightError, match="has 1 free address for 90 instances") as caught:
        lift.launch_instances(BASE, new_instance(), 90, consent=[LEAVE])
    assert caught.value.checks[0].field == "target.vswitch_id"
    assert not cloud.log.attempted_writes()


def test_a_custom_image_of_swas_is_refused_with_the_way_there(cloud: Emulator, lift: Client) -> None:
    image = make_image(cloud, lift, "golden")
    abroad = new_instance(
        region="ap-southeast-1", vswitch_id="vsw-emulator-sgp-a", security_group_id="sg-emulator-sgp-web"
    )
    writes = len(cloud.log.attempted_writes())
    for given in (image, image.id, "golden"):
        for target, remedy in ((new_instance(), "share_to_ecs(image)"), (abroad, "copy_to_region(image")):
            with pytest.raises(InvalidArgument, match="custom image of SWAS in cn-hangzhou") as caught:
                lift.launch_instances(given, target, consent=[LEAVE])
            assert caught.value.field == "ecs_image"
            assert remedy in caught.value.remedy
    assert len(cloud.log.attempted_writes()) == writes


def test_an_image_record_of_another_region_is_refused(cloud: Emulator, lift: Client) -> None:
    image = next(i for i in lift.ecs.images.list() if i.id == BASE)
    with pytest.raises(InvalidArgument, match="copy_to_region"):
        lift.launch_instances(image, new_instance(region="cn-shanghai"), consent=[LEAVE])
    assert not cloud.log.attempted_writes()


def test_an_image_that_another_account_sees_is_refused(cloud: Emulator, lift: Client) -> None:
    image = next(i for i in lift.ecs.images.list() if i.id == BASE)
    other = cloud.world.accounts["LTAIemulator0001"]
    with client_of(
        cloud, access_key_id=other.access_key_id, access_key_secret=other.access_key_secret
    ) as stranger:
        for given in (image, BASE):
            with pytest.raises(InvalidArgument) as caught:
                stranger.launch_instances(given, new_instance(), consent=[LEAVE])
            assert caught.value.field == "ecs_image"
    assert not cloud.log.attempted_writes()


def test_a_name_that_two_images_have_is_refused(cloud: Emulator, lift: Client) -> None:
    first = cloud.world.ecs.images.get(BASE)
    assert first
    made = lift.cloud.ecs.copy_image(
        "cn-hangzhou", BASE, to_region="cn-hangzhou", name="other", tags={}, token="t"
    )
    cloud.clock.advance(7200)
    second = cloud.world.ecs.images.get(made)
    assert second
    second.name = first.name
    with pytest.raises(InvalidArgument, match="2 images have this name") as caught:
        lift.launch_instances(first.name, new_instance(), consent=[LEAVE])
    assert made in caught.value.remedy


def own_copy(cloud: Emulator, lift: Client, seconds: float) -> EcsImage:
    """An own image, as it is so many seconds after its making was begun."""
    made = lift.cloud.ecs.create_image(
        "cn-hangzhou", "fresh", instance_id="i-emulator-idle", tags={}, token="t"
    )
    cloud.clock.advance(seconds)
    return next(iter(lift.cloud.ecs.describe_images("cn-hangzhou", image_id=made)))


def test_an_image_that_is_not_available_is_refused(cloud: Emulator, lift: Client) -> None:
    image = own_copy(cloud, lift, 10)
    with pytest.raises(PreflightError, match="not available: it is Creating") as caught:
        lift.launch_instances(image, new_instance(), consent=[LEAVE])
    assert (caught.value.checks[0].field, caught.value.checks[0].value) == ("ecs_image", image.id)
    assert "Wait" in caught.value.checks[0].remedy


def test_an_image_that_failed_is_refused(cloud: Emulator, lift: Client) -> None:
    cloud.faults.fail_resource("ecs_image")
    image = own_copy(cloud, lift, 7200)
    with pytest.raises(PreflightError, match="CreateFailed"):
        lift.launch_instances(image, new_instance(), consent=[LEAVE])


def test_an_image_that_is_available_and_not_usable_yet_is_refused(cloud: Emulator, lift: Client) -> None:
    image = own_copy(cloud, lift, 10)
    while image.status != "Available":
        cloud.clock.advance(5)
        image = next(iter(lift.cloud.ecs.describe_images("cn-hangzhou", image_id=image.id)))
    assert image.usable is False
    with pytest.raises(PreflightError, match="cannot be used yet"):
        lift.launch_instances(image, new_instance(), consent=[LEAVE])


def test_an_unfit_amendment_is_refused(cloud: Emulator, lift: Client) -> None:
    cloud.faults.fail("RunInstances", 403, "Forbidden.RAM", after=2)
    with pytest.raises(RunPaused):
        lift.launch_instances(BASE, new_instance(), consent=[LEAVE], run_id="night")
    there: NewInstance = new_instance(region="cn-shanghai")
    for change, field in ((there, "amend.region"), ("running", "amend"), (7, "amend")):
        with pytest.raises(InvalidArgument) as caught:
            lift.runs.resume("night", amend=change)
        assert caught.value.field == field
    with pytest.raises(PreflightError):
        lift.runs.resume("night", amend=new_instance(key_pair="none"))
    cloud.faults.clear()
    lift.runs.resume("night")


def test_a_target_in_use_is_not_amended(cloud: Emulator, lift: Client) -> None:
    cloud.faults.stall("ecs_instance")
    with pytest.raises(RunPaused):
        lift.launch_instances(BASE, new_instance(), consent=[LEAVE], run_id="night")
    with pytest.raises(InvalidArgument, match="being made already"):
        lift.runs.resume("night", amend=new_instance(), consent=[LEAVE])
