"""An image of SWAS goes with its server: whoever uses one hears of it in time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from swaslift import Client, ReplaceSystemDisk
from swaslift.emulator import Emulator, Quirks
from swaslift.models import CustomImage
from tests.conftest import START
from tests.images.conftest import make_image
from tests.servers.conftest import PLAN
from tests.support import OTHER_ACCOUNT, client_of, new_instance

SGP, HZ = "ap-southeast-1", "cn-hangzhou"
Way = Callable[[Client, CustomImage], Any]

WAYS: dict[str, tuple[Way, str]] = {
    "capture": (lambda lift, _image: lift.capture_image.plan("shop", "again"), "no image can be made"),
    "share": (lambda lift, image: lift.share_to_ecs.plan(image), "can then not be re-initialised"),
    "account": (lambda lift, image: lift.share_with_account.plan(image, OTHER_ACCOUNT), "other accounts"),
    "copy": (lambda lift, image: lift.copy_to_region.plan(image, SGP), "has no source"),
    "console copy": (
        lambda lift, image: lift.copy_to_region.plan(image, SGP, product="swas"),
        "has no source",
    ),
    "scale out": (lambda lift, image: lift.scale_out.plan(image, 1, PLAN), "not be reset to it"),
    "reset": (lambda lift, image: lift.reset_server.plan("wiki", image), "not be reset to it"),
    "migrate": (lambda lift, _image: lift.migrate_to_ecs.plan("shop", new_instance()), "the instance stays"),
    "migrate onto the share": (
        lambda lift, _image: lift.migrate_to_ecs.plan("shop", new_instance(), own_image=False),
        "can then not be re-initialised",
    ),
    "launch": (
        lambda lift, image: lift.launch_instances.plan(lift.share_to_ecs(image), new_instance()),
        "can then not be re-initialised",
    ),
    "replace": (
        lambda lift, image: lift.replace_system_disk.plan("i-emulator-idle", lift.share_to_ecs(image)),
        "can then not be re-initialised",
    ),
    "copy of the share": (
        lambda lift, image: lift.copy_to_region.plan(lift.share_to_ecs(image), SGP),
        "can then not be re-initialised",
    ),
}


def expiring(cloud: Emulator, days: float) -> None:
    """The server ``shop`` expires so many days after the start."""
    shop = next(s for s in cloud.world.swas.servers.values() if s.name == "shop")
    shop.expires = START + timedelta(days=days)


def warnings(plan: Any) -> list[str]:
    """What the plan says about the expiry."""
    return [str(c) for c in plan.checks if c.level == "warning" and "days later" in c.problem]


@pytest.mark.parametrize("way", WAYS)
def test_it_is_said_what_is_lost_and_when(
    cloud: Emulator, lift: Client, image: CustomImage, way: str
) -> None:
    ask, lost = WAYS[way]
    assert warnings(ask(lift, image)) == []
    expiring(cloud, 6)
    (told,) = warnings(ask(lift, image))
    assert "expires on 2026-11-07 08:00 UTC; 15 days later, on 2026-11-22 UTC, its snapshots and" in told
    assert lost in told
    assert "enew" in told


@pytest.fixture(params=[("same", "self"), ("different", "others"), ("different", "self")])
def odd(request: pytest.FixtureRequest) -> Iterator[tuple[Emulator, Client]]:
    """The other ways in which ECS may list what SWAS shares."""
    shown, alias = request.param
    quirks = Quirks(swas_image_id_in_ecs=shown, swas_image_owner_alias=alias)
    with (
        Emulator(speed=None, start=START, seed=7, quirks=quirks) as cloud,
        client_of(cloud, random=Random(7)) as lift,
    ):
        yield cloud, lift


def test_a_share_is_known_however_ecs_lists_it(odd: tuple[Emulator, Client]) -> None:
    cloud, lift = odd
    image = make_image(cloud, lift, "golden")
    expiring(cloud, 6)
    assert warnings(WAYS["launch"][0](lift, image))


def test_a_copy_of_ones_own_stays(cloud: Emulator, lift: Client, image: CustomImage) -> None:
    copy = lift.copy_to_region(image, HZ)
    expiring(cloud, 6)
    calls = len([c for c in cloud.log if c.service == "swas"])
    assert warnings(lift.launch_instances.plan(copy, new_instance())) == []
    # And no service is asked that has nothing to do with it.
    assert len([c for c in cloud.log if c.service == "swas"]) == calls


def test_one_that_has_expired_is_told_of_until_it_is_released(
    cloud: Emulator, lift: Client, image: CustomImage
) -> None:
    expiring(cloud, -1)
    (told,) = warnings(lift.share_to_ecs.plan(image))
    assert "expired on 2026-10-31 08:00 UTC; 15 days later, on 2026-11-15" in told


def test_what_another_account_shares_has_no_server_here(
    cloud: Emulator, lift: Client, image: CustomImage
) -> None:
    lift.share_with_account(image, OTHER_ACCOUNT)
    expiring(cloud, 6)
    keys = cloud.world.accounts["LTAIemulator0001"]
    with client_of(
        cloud, access_key_id=keys.access_key_id, access_key_secret=keys.access_key_secret
    ) as other:
        assert warnings(other.scale_out.plan("golden", 1, PLAN)) == []


@pytest.mark.parametrize(("way", "action"), [("share", "ListInstances"), ("launch", "ListCustomImages")])
def test_servers_that_cannot_be_asked_for_stop_nothing(
    cloud: Emulator, lift: Client, image: CustomImage, way: str, action: str
) -> None:
    seen = lift.share_to_ecs(image)
    cloud.faults.fail(action, 403, "Forbidden.RAM")
    plan = (
        lift.launch_instances.plan(seen, new_instance())
        if way == "launch"
        else lift.share_to_ecs.plan(image, run_id="again")
    )
    assert plan.blockers == ()
    assert "whether it goes with an expiring server is not known" in str(plan.checks)
    assert "Forbidden.RAM" in str(plan.checks)


def test_history_and_overview_say_until_when_an_image_is_there(
    cloud: Emulator, lift: Client, image: CustomImage
) -> None:
    expiring(cloud, 6)
    gone = START + timedelta(days=21)
    history = lift.images.history(image)
    assert history.released_at == gone
    assert "until      2026-11-22 UTC, 15 days after its server expires, or its refund" in str(history)
    overview = lift.overview(HZ)
    rows = {r.image.id: r.released_at for r in overview.rows}
    assert rows == {image.id: gone, "m-emulator-base-hz": None}
    assert "until 2026-11-22" in str(overview)
    copied = cloud.console_copy_image(image.id, SGP, "by-hand")
    cloud.clock.advance(7200)
    assert lift.images.history(copied, region=SGP).released_at is None
    assert "until" not in str(lift.overview(SGP))


def test_an_existing_instance_hears_of_it_too(cloud: Emulator, lift: Client, image: CustomImage) -> None:
    expiring(cloud, 6)
    plan = lift.migrate_to_ecs.plan("shop", ReplaceSystemDisk("i-emulator-idle"), data_disks="leave")
    assert len(warnings(plan)) == 1
