"""What ``reset_server`` refuses, with field and remedy, before anything is changed; and what it warns of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from swaslift import Client, Consent, Secret
from swaslift.emulator import Emulator
from swaslift.errors import InvalidArgument, PreflightError
from swaslift.models import CustomImage
from tests.images.conftest import make_image
from tests.support import OTHER_ACCOUNT, client_of, client_of_other

UBUNTU, DEBIAN, WINDOWS = "img-ubuntu-2204", "img-debian-12", "img-windows-2022"
WIKI, EDGE = "1b2c3d4e5f6a47889b0c1d2e3f4a5b61", "5f6a7b8c9d0e4ccc9f0a1b2c3d4e5f65"
REGION = "cn-hangzhou"

ARGUMENTS: dict[str, tuple[tuple[Any, Any, dict[str, Any]], str, str]] = {
    "no server": ((7, UBUNTU, {}), "server", "Give its id"),
    "unknown server": (("none", UBUNTU, {}), "server", "Servers there: "),
    "server in another region": (("edge-sg", UBUNTU, {}), "server", "region=..."),
    "no such region": (("wiki", UBUNTU, {"region": "mars-1"}), "region", "Regions: "),
    "no image": (("wiki", None, {}), "image", "Give its id"),
    "unknown image": (("wiki", "img-none", {}), "image", "Images of the service: img-"),
    "two logins": (
        ("wiki", UBUNTU, {"key_pair": "ops", "password": Secret.env("X")}),
        "password",
        "Give one",
    ),
    "a password in clear": (("wiki", UBUNTU, {"password": "Abc-12345"}), "password", "Secret.env"),
    "no name of a key pair": (("wiki", UBUNTU, {"key_pair": 7}), "key_pair", ""),
    "snapshot": (("wiki", UBUNTU, {"snapshot": "no"}), "snapshot", ""),
}

BLOCKERS: dict[str, tuple[tuple[str, str, dict[str, Any]], str, str]] = {
    "expired": (("old-blog", UBUNTU, {}), "server", "Renew it"),
    "Windows abroad": (("edge-sg", WINDOWS, {"region": "ap-southeast-1"}), "image", "Use an image of Linux"),
    "no such key pair": (("wiki", UBUNTU, {"key_pair": "none"}), "key_pair", "Key pairs there: ops"),
    "key pair on Windows": (("legacy-win", WINDOWS, {"key_pair": "ops"}), "key_pair", "password=Secret"),
    "password that is not there": (("wiki", UBUNTU, {"password": Secret.env("NONE")}), "password", "Set"),
}


@pytest.mark.parametrize(("given", "field", "remedy"), ARGUMENTS.values(), ids=ARGUMENTS)
def test_what_makes_no_sense_is_refused(
    cloud: Emulator, lift: Client, given: tuple[Any, Any, dict[str, Any]], field: str, remedy: str
) -> None:
    server, image, more = given
    with pytest.raises(InvalidArgument) as caught:
        lift.reset_server(server, image, consent=[Consent.erase(WIKI)], **more)
    assert caught.value.field == field
    assert remedy in caught.value.remedy
    assert "Abc-12345" not in str(caught.value)
    assert not cloud.log.attempted_writes()
    assert not list(lift.runs.list())


def refused(cloud: Emulator, lift: Client, server: str, image: Any, **more: Any) -> Any:
    """The one blocker that stands against it; nothing may have been changed."""
    writes = len(cloud.log.attempted_writes())
    found = lift.servers.get(server, more.get("region"))
    with pytest.raises(PreflightError) as caught:
        lift.reset_server(server, image, consent=[Consent.erase(found.id)], **more)
    (check,) = [c for c in caught.value.checks if c.level == "blocker"]
    assert len(cloud.log.attempted_writes()) == writes
    assert not list(lift.runs.list())
    return check


@pytest.mark.parametrize(("given", "field", "remedy"), BLOCKERS.values(), ids=BLOCKERS)
def test_what_the_service_would_refuse_is_refused(
    cloud: Emulator, lift: Client, given: tuple[str, str, dict[str, Any]], field: str, remedy: str
) -> None:
    server, image, more = given
    check = refused(cloud, lift, server, image, **more)
    assert check.field == field
    assert remedy in check.remedy


def test_a_weak_password_is_refused(cloud: Emulator, lift: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PASSWORD", "weak")
    check = refused(cloud, lift, "wiki", UBUNTU, password=Secret.env("PASSWORD"))
    assert check.field == "password"
    assert "weak" not in str(check)


def stopping(cloud: Emulator, lift: Client) -> None:
    lift.cloud.swas.stop_instance(REGION, WIKI, token="t")


def snapshotting(cloud: Emulator, lift: Client) -> None:
    disk = lift.servers.get("wiki").system_disk.id
    lift.cloud.swas.create_snapshot(REGION, disk, "manual", tags={}, token="t")
    cloud.clock.advance(60)


def imaging(cloud: Emulator, lift: Client) -> None:
    snapshotting(cloud, lift)
    cloud.clock.advance(3600)
    taken = next(s.id for s in lift.snapshots.list() if s.name == "manual")
    lift.cloud.swas.create_custom_image(REGION, WIKI, "of-wiki", taken, tags={}, token="i")
    cloud.clock.advance(30)


def overdue(cloud: Emulator, lift: Client) -> None:
    cloud.world.swas.servers[WIKI].expires = cloud.clock.now() - timedelta(days=1)


@pytest.mark.parametrize(
    ("arrange", "problem", "remedy"),
    [
        (stopping, "it is Stopping", "Wait until it is Running or Stopped"),
        (snapshotting, "is in progress", "Wait until it is done"),
        (imaging, "is being made of it", "Wait until the image is available"),
        (overdue, "business status is Expired", "Renew it"),
    ],
)
@pytest.mark.parametrize("snapshot", [True, False])
def test_a_server_that_is_not_fit_is_refused(
    cloud: Emulator,
    lift: Client,
    arrange: Callable[[Emulator, Client], None],
    problem: str,
    remedy: str,
    snapshot: bool,
) -> None:
    arrange(cloud, lift)
    check = refused(cloud, lift, "wiki", UBUNTU, snapshot=snapshot)
    assert check.field == "server"
    assert problem in check.problem
    assert remedy in check.remedy


def test_a_server_from_whose_image_another_is_being_built_is_refused(cloud: Emulator, lift: Client) -> None:
    image = make_image(cloud, lift, "golden")
    lift.cloud.caller.change(
        "swas",
        "CreateInstances",
        REGION,
        {"RegionId": REGION, "ImageId": image.id, "PlanId": "swas.s.c2m4s60b5", "Period": 1},
        token="buy",
    )
    cloud.clock.advance(10)
    check = refused(cloud, lift, "shop", UBUNTU)
    assert check.field == "server"
    assert "is being made from its image golden" in check.problem


def image_with_data(cloud: Emulator, lift: Client) -> CustomImage:
    return lift.capture_image("wiki", "with-data")


def test_an_image_of_the_server_itself_is_refused(cloud: Emulator, lift: Client) -> None:
    image = make_image(cloud, lift, "golden")
    check = refused(cloud, lift, "shop", image)
    assert (check.field, check.value) == ("image", image.id)
    assert "made of this very server" in check.problem
    assert "another server" in check.remedy


def test_an_image_that_is_too_large_is_refused(cloud: Emulator, lift: Client) -> None:
    made = cloud.world.swas.images[make_image(cloud, lift, "golden").id]
    made.system_disk_size = 41
    check = refused(cloud, lift, "batch", "golden")
    assert check.field == "image"
    assert "has 41 GiB" in check.problem
    assert "only 40 GiB" in check.problem


def test_an_image_with_a_data_disk_wants_one(cloud: Emulator, lift: Client) -> None:
    image_with_data(cloud, lift)
    with pytest.raises(PreflightError) as caught:
        lift.reset_server("batch", "with-data", run_id="other")
    assert any("no data disk" in c.problem for c in caught.value.checks)
    assert "system disk alone" in caught.value.checks[0].remedy


def test_a_server_that_was_made_from_an_image_with_a_data_disk_is_refused(
    cloud: Emulator, lift: Client
) -> None:
    image = image_with_data(cloud, lift)
    cloud.world.swas.servers[WIKI].image_id = image.id
    with pytest.raises(PreflightError) as caught:
        lift.reset_server("wiki", UBUNTU, run_id="other", consent=[Consent.erase(WIKI)])
    assert "such a server cannot be reset" in caught.value.checks[0].problem
    assert "Build a new server" in caught.value.checks[0].remedy


def test_of_an_image_that_is_gone_nobody_knows_and_the_plan_warns(cloud: Emulator, lift: Client) -> None:
    cloud.world.swas.servers[WIKI].image_id = "m-gone"
    plan = lift.reset_server.plan("wiki", UBUNTU)
    assert any("not listed any more" in c.problem and c.level == "warning" for c in plan.checks)


def test_an_image_that_is_not_available_is_refused(cloud: Emulator, lift: Client) -> None:
    make_image(cloud, lift, "golden", wait=False)
    check = refused(cloud, lift, "batch", "golden")
    assert "it is creating" in check.problem
    assert "Wait until" in check.remedy


def test_an_image_that_another_account_shares_is_refused(cloud: Emulator, lift: Client) -> None:
    image = make_image(cloud, lift, "golden")
    lift.share_with_account(image, OTHER_ACCOUNT)
    with client_of_other(cloud) as other:
        with pytest.raises(PreflightError) as caught:
            other.reset_server("partner", "golden", run_id="other")
        (check,) = caught.value.checks
        assert check.field == "image"
        assert "belongs to account" in check.problem


def test_an_image_in_another_region_is_refused_with_the_way_there(cloud: Emulator, lift: Client) -> None:
    image = make_image(cloud, lift, "golden")
    with pytest.raises(InvalidArgument) as caught:
        lift.reset_server("edge-sg", image, region="ap-southeast-1")
    assert 'product="swas"' in caught.value.remedy


def test_a_name_that_several_images_have_is_refused(cloud: Emulator, lift: Client) -> None:
    make_image(cloud, lift, "Ubuntu")
    with pytest.raises(InvalidArgument, match="2 images have this name") as caught:
        lift.reset_server("batch", "Ubuntu")
    assert UBUNTU in caught.value.remedy


def test_snapshots_that_do_not_fit_are_refused_and_without_them_it_goes(
    cloud: Emulator, lift: Client
) -> None:
    wiki = lift.servers.get("wiki")
    for n, disk in enumerate((wiki.system_disk, wiki.data_disks[0])):
        lift.cloud.swas.create_snapshot(REGION, disk.id, f"old-{n}", tags={}, token=f"t{n}")
    cloud.clock.advance(3600)
    check = refused(cloud, lift, "wiki", UBUNTU)
    assert check.field == "quota.snapshots_per_server"
    assert "old-0" in check.remedy
    plan = lift.reset_server.plan("wiki", UBUNTU, snapshot=False)
    assert any("no longer be rolled back" in c.problem for c in plan.checks)
    assert plan.apply(consent=plan.consents).server.status == "Running"


def test_a_full_image_quota_does_not_matter(cloud: Emulator, lift: Client) -> None:
    make_image(cloud, lift, "golden")
    made = next(iter(cloud.world.swas.images.values()))
    for n in range(20):
        cloud.world.swas.images[f"m-{n}"] = replace(made, image_id=f"m-{n}")
    assert not any(c.field == "quota.images" for c in lift.reset_server.plan("batch", UBUNTU).checks)


def test_another_system_is_warned_of_in_the_mainland(lift: Client) -> None:
    checks = lift.reset_server.plan("legacy-win", UBUNTU).checks
    assert any(c.field == "image" and c.level == "warning" and "Windows" in c.problem for c in checks)
    small = lift.reset_server.plan("batch", WINDOWS).checks
    assert any("above 40 GiB" in c.problem for c in small)


def test_records_of_others_are_refused(cloud: Emulator, lift: Client) -> None:
    wiki = lift.servers.get("wiki")
    with client_of_other(cloud) as other, pytest.raises(InvalidArgument, match="belongs to account"):
        other.reset_server(wiki, UBUNTU)


def test_records_say_where_they_are(cloud: Emulator, lift: Client) -> None:
    edge = lift.servers.get("edge-sg", "ap-southeast-1")
    stock = next(i for i in lift.cloud.swas.list_images("ap-southeast-1") if i.id == DEBIAN)
    with client_of(cloud, region="cn-shanghai") as there:
        done = there.reset_server(edge, stock, consent=[Consent.erase(EDGE)])
        assert done.server.image_id == DEBIAN
        with pytest.raises(InvalidArgument, match="it is in ap-southeast-1"):
            there.reset_server("wiki", stock, region=REGION)
