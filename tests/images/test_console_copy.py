"""``copy_to_region(product="swas")``: a person copies in the console, and the run sees it."""

from __future__ import annotations

import threading

import pytest

from swaslift import Client
from swaslift.emulator import Emulator
from swaslift.errors import InvalidArgument, PreflightError
from swaslift.models import CustomImage
from swaslift.runs.events import Event

SGP, BJ, HZ = "ap-southeast-1", "cn-beijing", "cn-hangzhou"


def person(cloud: Emulator, lift: Client, image: CustomImage, name: str) -> list[str]:
    """Somebody who does what the run says, as soon as it says so; what they were told."""
    told: list[str] = []

    def listen(event: Event) -> None:
        if event.kind == "manual":
            told.append(event.text)
            region = SGP if SGP in event.text else BJ
            threading.Thread(target=lambda: cloud.console_copy_image(image.id, region, name)).start()

    lift.listen(listen)
    return told


def test_the_run_says_what_to_click_and_waits_for_the_copy(
    cloud: Emulator, lift: Client, image: CustomImage
) -> None:
    told = person(cloud, lift, image, "golden")
    plan = lift.copy_to_region.plan(image, SGP, product="swas")
    assert not plan.writes
    copied = lift.copy_to_region(image, SGP, product="swas")
    assert (copied.product, copied.region_id, copied.name, copied.status) == ("swas", SGP, "golden", "1")
    assert "Actions > Copy Image" in told[0]
    assert image.id in told[0]


def test_several_regions_give_a_copy_each(cloud: Emulator, lift: Client, image: CustomImage) -> None:
    person(cloud, lift, image, "golden-2")
    copies = lift.copy_to_region(image, [SGP, BJ], product="swas", name="golden-2")
    assert [i.region_id for i in copies.swas] == [SGP, BJ]


def test_what_makes_no_sense_there_is_refused(cloud: Emulator, lift: Client, image: CustomImage) -> None:
    own = lift.copy_to_region(image, HZ)
    with pytest.raises(InvalidArgument, match="nothing brings one back"):
        lift.copy_to_region(own, SGP, product="swas")  # type: ignore[call-overload]  # what is refused
    with pytest.raises(InvalidArgument, match="Give one of ecs, swas"):
        lift.copy_to_region(image, SGP, product="rds")  # type: ignore[call-overload]  # what is refused
    with pytest.raises(PreflightError, match="no encrypted images"):
        lift.copy_to_region(image, SGP, product="swas", encrypted=True)
    with pytest.raises(PreflightError, match="in this region already"):
        lift.copy_to_region(image, HZ, product="swas")


def test_a_name_that_is_taken_in_the_region_is_refused(
    cloud: Emulator, lift: Client, image: CustomImage
) -> None:
    person(cloud, lift, image, "golden")
    lift.copy_to_region(image, SGP, product="swas")
    with pytest.raises(PreflightError, match="has this name"):
        lift.copy_to_region(image, SGP, product="swas", again=True)
