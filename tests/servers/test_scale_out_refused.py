"""What ``scale_out`` refuses before anything is bought, with field and remedy."""

from __future__ import annotations

from typing import Any

import pytest

from swaslift import Client, Command, NewFirewallRule
from swaslift.emulator import Emulator
from swaslift.errors import InvalidArgument, PreflightError
from swaslift.models import CustomImage
from tests.images.conftest import make_image
from tests.servers.conftest import LEAVE, PLAN


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("count", 0),
        ("count", -1),
        ("count", True),
        ("count", 2.0),
        ("count", "2"),
        ("count", None),
        ("server_plan", ""),
        ("server_plan", 3),
        ("period_months", 2),
        ("period_months", 0),
        ("period_months", True),
        ("period_months", "1"),
        ("auto_renew", 1),
        ("data_disk_size", -20),
        ("data_disk_size", 20.5),
        ("firewall_rules", "8080"),
        ("firewall_rules", NewFirewallRule("8080")),
        ("firewall_rules", ["8080"]),
        ("firewall_rules", [NewFirewallRule("8080"), NewFirewallRule("8080", remark="again")]),
        ("tags", ["web"]),
        ("tags", {"tier": 1}),
        ("command", 5),
        ("command", " "),
        ("server_quota", 0),
        ("region", "cn-shanghai"),
        ("image", "nobody"),
        ("image", 5),
    ],
)
def test_a_wrong_argument_is_named(
    cloud: Emulator, lift: Client, image: CustomImage, field: str, value: Any
) -> None:
    arguments: dict[str, Any] = {"image": image, "count": 2, "server_plan": PLAN, field: value}
    for use in (lift.scale_out.plan, lift.scale_out):
        with pytest.raises(InvalidArgument) as caught:
            use(**arguments, consent=[LEAVE])
        assert caught.value.field == field
        assert caught.value.problem
    assert not cloud.log.attempted_writes()


@pytest.mark.parametrize(
    ("changes", "field", "problem", "remedy"),
    [
        (
            {"server_plan": "swas.s.none"},
            "server_plan",
            "no such plan is sold",
            "swas.s.c2m2s40b4 (2 vCPU, 2 GiB of memory, 40 GiB",
        ),
        ({"server_plan": "swas.s.c1m1s20b1"}, "server_plan", "20 GiB, and the image's 40 GiB", "swas.s.c2m1"),
        ({"count": 46}, "count", "has 5 servers in the region, and may have 50", "server_quota"),
        ({"count": 3, "server_quota": 7}, "count", "may have 7", "server_quota"),
        ({"data_disk_size": 30}, "data_disk_size", "no size that is sold", "steps of 20"),
        ({"data_disk_size": 16400}, "data_disk_size", "no size that is sold", "16380"),
        ({"tags": {"aliyun": "1"}}, "tags", "does not take this tag", "aliyun"),
        ({"tags": {f"k{i}": "" for i in range(18)}}, "tags", "at most 17", "20"),
        ({"command": "x" * 12_289}, "command", "too long", "12,000"),
        ({"command": Command("x" * 12_289)}, "command", "too long", "12,000"),
    ],
)
def test_what_the_service_would_refuse_is_refused_first(
    cloud: Emulator,
    lift: Client,
    image: CustomImage,
    changes: dict[str, Any],
    field: str,
    problem: str,
    remedy: str,
) -> None:
    arguments: dict[str, Any] = {"image": image, "count": 2, "server_plan": PLAN, **changes}
    plan = lift.scale_out.plan(**arguments)
    (found,) = plan.blockers
    assert found.field == field
    assert problem in found.problem
    assert remedy in found.remedy
    with pytest.raises(PreflightError, match=field):
        lift.scale_out(**arguments, consent=[LEAVE])
    assert not cloud.log.attempted_writes()


def test_the_quota_itself_can_be_used_up(cloud: Emulator, lift: Client, image: CustomImage) -> None:
    assert not lift.scale_out.plan(image, 45, PLAN).blockers
    assert not lift.scale_out.plan(image, 46, PLAN, server_quota=51).blockers


@pytest.mark.parametrize(
    ("server", "server_plan", "problem"),
    [
        ("legacy-win", "swas.s.c2m2s40b4", "for Linux alone, and the image is Windows"),
        ("legacy-win", PLAN, "50 GiB, and the image's 60 GiB"),
        ("wiki", "swas.s.c1m1s20b1", "20 GiB, and the image's 40 GiB"),
    ],
)
def test_a_plan_that_does_not_fit_the_image(
    cloud: Emulator, lift: Client, server: str, server_plan: str, problem: str
) -> None:
    image = lift.capture_image(server, "golden")
    cloud.log.clear()
    plan = lift.scale_out.plan(image, 1, server_plan)
    assert any(problem in c.problem for c in plan.blockers)
    assert all(server_plan not in c.remedy for c in plan.blockers)
    with pytest.raises(PreflightError):
        plan.apply(consent=plan.consents)
    assert not cloud.log.attempted_writes()


def test_a_data_disk_that_is_smaller_than_the_images(cloud: Emulator, lift: Client) -> None:
    image = lift.capture_image("wiki", "wiki")
    for size in (0, 40):
        (found,) = lift.scale_out.plan(image, 1, PLAN, data_disk_size=size).blockers
        assert (found.field, "60" in found.problem, "60" in found.remedy) == ("data_disk_size", True, True)


def test_an_image_that_is_not_there_yet(cloud: Emulator, lift: Client) -> None:
    image = make_image(cloud, lift, "golden", wait=False)
    (found,) = lift.scale_out.plan(image, 1, PLAN).blockers
    assert found.field == "image"
    assert "creating" in found.problem
    assert "Wait" in found.remedy


def test_an_image_of_another_region_by_name(lift: Client, image: CustomImage) -> None:
    with pytest.raises(InvalidArgument, match="no such custom image in cn-shanghai"):
        lift.scale_out.plan("golden", 1, PLAN, region="cn-shanghai")


@pytest.mark.parametrize(
    ("port", "protocol"),
    [
        ("0", "TCP"),
        ("65536", "TCP"),
        ("90/80", "TCP"),
        ("1/2/3", "UDP"),
        ("http", "TCP"),
        ("", "TCP"),
        ("80", "ICMP"),
        ("-1/-1", "TCP"),
        (True, "TCP"),
        (None, "TCP"),
        ("٨٠", "TCP"),
    ],
)
def test_a_port_that_cannot_be_opened(port: Any, protocol: Any) -> None:
    with pytest.raises(InvalidArgument) as caught:
        NewFirewallRule(port, protocol)
    assert caught.value.field == "port"


@pytest.mark.parametrize("source", ["everyone", "10.0.0.0/33", "10.0.0.1/8", ""])
def test_a_source_that_is_no_block_of_addresses(source: str) -> None:
    with pytest.raises(InvalidArgument) as caught:
        NewFirewallRule("80", source=source)
    assert caught.value.field == "source"
