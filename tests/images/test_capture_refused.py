"""``capture_image``: what is refused before anything happens, with field and remedy."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from swaslift import Client, Command
from swaslift.emulator import Emulator
from swaslift.errors import InvalidArgument, PreflightError, SwasliftError
from tests.images.conftest import make_image
from tests.images.test_capture import take


def refused(cloud: Emulator, lift: Client, server: Any, **arguments: Any) -> SwasliftError:
    """How a call is refused; and that nothing was changed by it."""
    sent = len(cloud.log.attempted_writes())
    with pytest.raises((InvalidArgument, PreflightError)) as caught:
        lift.capture_image(server, **arguments)
    assert len(cloud.log.attempted_writes()) == sent
    error: SwasliftError = caught.value
    return error


@pytest.mark.parametrize(
    ("arguments", "field", "text"),
    [
        ({"name": "x"}, "name", "2 to 128"),
        ({"name": "-gold"}, "name", "2 to 128"),
        ({"name": "my gold"}, "name", "2 to 128"),
        ({"name": 7}, "name", "not a text"),
        ({"description": "x"}, "description", "2 to 256"),
        ({"description": "https://example.com"}, "description", "2 to 256"),
        ({"resource_group_id": "default"}, "resource_group_id", "rg-"),
        ({"data_disks": "both"}, "data_disks", "include, leave"),
        ({"stop_source": "yes"}, "stop_source", "neither"),
        ({"tags": ["a"]}, "tags", "mapping"),
        ({"tags": {"acs:x": "1"}}, "tags", "does not take"),
        ({"tags": {"a": "x" * 65}}, "tags", "does not take"),
        ({"tags": {"swaslift-run": "mine"}}, "tags", "own"),
        ({"tags": {f"k{i}": "" for i in range(18)}}, "tags", "at most 17"),
        ({"before": ""}, "before", "not a command"),
        ({"after": 7}, "after", "not a command"),
        ({"before": "x" * 13000}, "before", "too long"),
        ({"snapshots": "s-1"}, "snapshots", "not a list"),
        ({"snapshots": [7]}, "snapshots", "not a snapshot"),
        ({"snapshots": []}, "snapshots", "there are 0"),
        ({"snapshots": ["s-none"]}, "snapshots", "no such snapshot"),
    ],
)
def test_wrong_arguments(
    cloud: Emulator, lift: Client, arguments: Mapping[str, Any], field: str, text: str
) -> None:
    error = str(refused(cloud, lift, "shop", **arguments))
    assert field in error
    assert text in error


@pytest.mark.parametrize("timeout", [9, 86401, "soon"])
def test_a_command_takes_ten_seconds_to_a_day(timeout: Any) -> None:
    with pytest.raises(InvalidArgument) as caught:
        Command("true", timeout)
    assert caught.value.field == "timeout"


@pytest.mark.parametrize("given", ["no-such", 7, ""])
def test_no_server(cloud: Emulator, lift: Client, given: Any) -> None:
    assert "server" in str(refused(cloud, lift, given))


def test_a_name_that_is_taken(cloud: Emulator, lift: Client) -> None:
    image = make_image(cloud, lift, "gold")
    error = str(refused(cloud, lift, "wiki", name="gold"))
    assert image.id in error
    assert "Choose another name" in error


def test_snapshots_that_do_not_fit(cloud: Emulator, lift: Client) -> None:
    system, data = (take(cloud, lift, "wiki", kind) for kind in ("system", "data"))
    other = take(cloud, lift, "shop")
    going = take(cloud, lift, "batch", wait=False)
    cases: list[tuple[str, dict[str, Any], str]] = [
        ("wiki", {"snapshots": [other]}, "not of server wiki"),
        ("wiki", {"snapshots": [data]}, "there are 0"),
        ("batch", {"snapshots": [going]}, "not Accomplished"),
        ("wiki", {"snapshots": [system], "data_disks": "include"}, "of a data disk there is none"),
        ("wiki", {"snapshots": [system, data], "data_disks": "leave"}, "of a data disk there is one"),
        ("wiki", {"snapshots": [system], "stop_source": True}, "taken already"),
        ("wiki", {"snapshots": [system], "before": "true"}, "taken already"),
    ]
    for server, arguments, text in cases:
        error = str(refused(cloud, lift, server, **arguments))
        assert text in error
        if "snapshots=" in error:
            assert "Snapshots of this server that can be used" in error


def test_servers_that_cannot_be_imaged_now(cloud: Emulator, lift: Client) -> None:
    expired = next(s for s in lift.servers.list() if s.business_status == "Expired")
    assert "expired" in str(refused(cloud, lift, expired))
    stopped = next(s for s in lift.servers.list() if s.status == "Stopped")
    error = str(refused(cloud, lift, stopped, before="true"))
    assert "Start it, or leave out before" in error
    shop = lift.servers.get("shop")
    lift.cloud.swas.reboot_instance(shop.region_id, shop.id, token="boot")
    assert "Wait until it is Running" in str(refused(cloud, lift, shop))


def test_quotas_that_are_full(cloud: Emulator, lift: Client) -> None:
    for number in range(3):
        disk = lift.servers.get("shop").system_disk
        lift.cloud.swas.create_snapshot("cn-hangzhou", disk.id, f"n-{number}", tags={}, token=f"n{number}")
        cloud.clock.advance(3600)
    error = str(refused(cloud, lift, "shop"))
    assert "3 of 3" in error
    assert "1 more snapshot does not fit" in error
    assert "Delete one that no image was made from: n-" in error
    assert "snapshots=[...]" not in error


def test_where_an_image_was_made_from_each_snapshot_that_is_said(cloud: Emulator, lift: Client) -> None:
    for number in range(3):
        make_image(cloud, lift, f"n-{number}")
    error = str(refused(cloud, lift, "shop"))
    assert "no image was made from" not in error
    assert "delete one of these images with its snapshots, delete_image(image, snapshots=True): n-" in error
    assert all(f"{image.name} ({image.id}, of " in error for image in lift.images.list())
    assert "snapshots=[...]" in error
    lift.delete_image("n-1", snapshots=True, consent=lift.delete_image.plan("n-1", snapshots=True).consents)
    assert lift.capture_image.plan("shop").blockers == ()


def test_a_server_that_expires_soon_is_warned_of(cloud: Emulator, lift: Client) -> None:
    shop = lift.servers.get("shop")
    assert shop.expires_at
    until = shop.expires_at - lift.cloud.clock.now()
    cloud.clock.advance((until - timedelta(days=10)).total_seconds())
    plan = lift.capture_image.plan("shop")
    (told,) = [c for c in plan.checks if c.field == "server"]
    assert told.level == "warning"
    released = shop.expires_at + timedelta(days=15)
    for text in (
        f"{shop.expires_at:%Y-%m-%d}",
        f"{released:%Y-%m-%d}",
        "released",
        "copy the image into ECS",
    ):
        assert text in str(told)


def test_the_plan_changes_nothing(cloud: Emulator, lift: Client) -> None:
    lift.capture_image.plan("wiki", "gold", stop_source=True, before="a", after="b")
    assert cloud.log.attempted_writes() == []
