"""One-call changes: sent once, not sent where it is so already, refused where the service would refuse."""

from __future__ import annotations

from typing import Any

import pytest

from swaslift import Client, NewFirewallRule
from swaslift.emulator import Emulator
from swaslift.errors import InvalidArgument, QuotaError
from tests.images.conftest import make_image


def sent(cloud: Emulator) -> list[str]:
    return [c.action for c in cloud.log.writes()]


def test_a_server_is_stopped_once_and_started_once(cloud: Emulator, lift: Client) -> None:
    assert lift.servers.stop("shop") is True
    assert lift.servers.stop("shop") is False  # it is Stopping
    cloud.clock.advance(600)
    assert lift.servers.get("shop").status == "Stopped"
    assert lift.servers.stop(lift.servers.get("shop")) is False
    assert lift.servers.start("shop") is True
    assert lift.servers.start("shop") is False  # it is Starting
    cloud.clock.advance(600)
    assert lift.servers.get("shop").status == "Running"
    assert sent(cloud) == ["StopInstance", "StartInstance"]
    stop, start = cloud.log.writes()
    assert stop.params["ClientToken"] != start.params["ClientToken"]


def test_an_instance_is_stopped_once_and_started_once(cloud: Emulator, lift: Client) -> None:
    assert lift.ecs.instances.stop("web-old") is True
    assert lift.ecs.instances.stop("web-old") is False
    cloud.clock.advance(600)
    assert lift.ecs.instances.start("web-old") is True
    assert lift.ecs.instances.start("web-old") is False
    cloud.clock.advance(600)
    assert lift.ecs.instances.get("web-old").status == "Running"
    assert sent(cloud) == ["StopInstance", "StartInstance"]
    assert cloud.log.writes()[0].params["StoppedMode"] == "KeepCharging"


@pytest.mark.parametrize(("path", "running"), [("servers", "shop"), ("ecs.instances", "web-old")])
def test_each_restart_is_one(cloud: Emulator, lift: Client, path: str, running: str) -> None:
    things: Any = lift.servers if path == "servers" else lift.ecs.instances
    for _ in range(2):
        things.reboot(running)
        cloud.clock.advance(600)
    assert sent(cloud) == ["RebootInstance"] * 2
    assert things.get(running).status == "Running"


@pytest.mark.parametrize(
    ("path", "name", "call", "status"),
    [
        ("servers", "old-blog", "start", "Disabled"),
        ("servers", "old-blog", "stop", "Disabled"),
        ("servers", "batch", "reboot", "Stopped"),
        ("ecs.instances", "idle", "reboot", "Stopped"),
    ],
)
def test_a_state_in_which_the_service_refuses_is_refused_before(
    cloud: Emulator, lift: Client, path: str, name: str, call: str, status: str
) -> None:
    things: Any = lift.servers if path == "servers" else lift.ecs.instances
    with pytest.raises(InvalidArgument, match=f"it is {status}") as raised:
        getattr(things, call)(name)
    assert raised.value.field in {"server", "instance"}
    assert "Wait until it is" in raised.value.remedy
    assert cloud.log.attempted_writes() == []


def test_a_server_that_is_stopping_cannot_be_started(cloud: Emulator, lift: Client) -> None:
    lift.servers.stop("shop")
    with pytest.raises(InvalidArgument, match="it is Stopping"):
        lift.servers.start("shop")
    lift.ecs.instances.start("idle")
    with pytest.raises(InvalidArgument, match="it is Starting"):
        lift.ecs.instances.stop("idle")
    assert sent(cloud) == ["StopInstance", "StartInstance"]


def test_a_lost_answer_is_made_good_by_the_token(cloud: Emulator, lift: Client) -> None:
    cloud.faults.lose_answer("StopInstance")
    assert lift.servers.stop("shop") is True
    tries = [c for c in cloud.log.attempted_writes() if c.action == "StopInstance"]
    assert len(tries) == 2
    assert len({c.params["ClientToken"] for c in tries}) == 1


def test_a_server_is_renamed_once(cloud: Emulator, lift: Client) -> None:
    assert lift.servers.rename("shop", "shop.example") is True
    assert lift.servers.rename("shop.example", "shop.example") is False
    assert sent(cloud) == ["UpdateInstanceAttribute"]
    for wrong in ("x", "-shop", "a" * 51, "a b"):
        with pytest.raises(InvalidArgument) as raised:
            lift.servers.rename("wiki", wrong)
        assert (raised.value.field, raised.value.value) == ("name", wrong)
    assert sent(cloud) == ["UpdateInstanceAttribute"]


def tagged(cloud: Emulator, lift: Client, path: str) -> tuple[Any, str]:
    if path in {"images", "snapshots"}:
        make_image(cloud, lift, "golden")
        return getattr(lift, path), "golden"
    if path == "ecs.snapshots":
        return lift.ecs.snapshots, next(lift.ecs.snapshots.list()).id
    nouns: dict[str, tuple[Any, str]] = {
        "servers": (lift.servers, "shop"),
        "ecs.instances": (lift.ecs.instances, "idle"),
        "ecs.images": (lift.ecs.images, "m-emulator-base-hz"),
    }
    return nouns[path]


TAGGED = ["servers", "images", "snapshots", "ecs.instances", "ecs.images", "ecs.snapshots"]


@pytest.mark.parametrize("path", TAGGED)
def test_tags_are_set_and_removed(cloud: Emulator, lift: Client, path: str) -> None:
    things, name = tagged(cloud, lift, path)
    before = things.get(name)
    things.tag(name, {"stage": "test", "empty": ""})
    things.tag(before, {"stage": "prod"})
    assert things.get(name).tags == {**before.tags, "stage": "prod", "empty": ""}
    things.untag(name, ["empty", "none"])
    things.untag(before, "stage")
    assert things.get(name).tags == before.tags
    assert sent(cloud)[-4:] == ["TagResources", "TagResources", "UntagResources", "UntagResources"]


@pytest.mark.parametrize("path", TAGGED)
def test_tags_that_the_service_or_the_runs_forbid(cloud: Emulator, lift: Client, path: str) -> None:
    things, name = tagged(cloud, lift, path)
    before = len(cloud.log.attempted_writes())
    longest = 128 if path.startswith("ecs") else 64
    wrong: list[dict[str, str]] = [
        {"": "x"},
        {"k" * (longest + 1): "x"},
        {"k": "v" * (longest + 1)},
        {"aliyun-k": "x"},
        {"k": "http://x"},
        {"swaslift-run": "x"},
        {str(i): "" for i in range(18)},
    ]
    for tags in wrong:
        with pytest.raises(InvalidArgument) as raised:
            things.tag(name, tags)
        assert raised.value.field == "tags"
        assert raised.value.remedy
    with pytest.raises(InvalidArgument, match="runs find by such tags"):
        things.untag(name, ["swaslift-run"])
    things.tag(name, {})
    things.untag(name, [])
    assert len(cloud.log.attempted_writes()) == before
    things.tag(name, {"k" * longest: "v" * longest})


def test_ports_are_opened_once_and_closed_once(cloud: Emulator, lift: Client) -> None:
    before = {r.id for r in lift.firewall_rules.list("shop")}
    wanted = [NewFirewallRule("8080", remark="app"), NewFirewallRule("5000/5100", "UDP", source="10.0.0.0/8")]
    made = lift.firewall_rules.create("shop", wanted, tags={"for": "app"})
    assert [(r.protocol, r.port, r.source, r.remark) for r in made] == [
        ("TCP", "8080", "0.0.0.0/0", "app"),
        ("UDP", "5000/5100", "10.0.0.0/8", ""),
    ]
    assert {r.tags["for"] for r in made} == {"app"}
    assert lift.firewall_rules.create("shop", wanted) == ()
    more = lift.firewall_rules.create("shop", [*wanted, NewFirewallRule("9090"), NewFirewallRule("9090")])
    assert [r.port for r in more] == ["9090"]
    assert sent(cloud) == ["CreateFirewallRules"] * 2

    assert lift.firewall_rules.delete("shop", [*made, "none"]) == made
    assert lift.firewall_rules.delete("shop", made) == ()
    assert lift.firewall_rules.delete("shop", more[0].id) == more
    assert {r.id for r in lift.firewall_rules.list("shop")} == before
    assert sent(cloud)[2:] == ["DeleteFirewallRules"] * 2


def test_one_rule_that_is_there_from_the_start(cloud: Emulator, lift: Client) -> None:
    assert lift.firewall_rules.create(lift.servers.get("shop"), NewFirewallRule("22")) == ()
    assert sent(cloud) == []


def test_what_is_no_rule_is_refused(cloud: Emulator, lift: Client) -> None:
    wrong: list[Any] = ["8080", 8080, [NewFirewallRule("1"), "8080"]]
    for rules in wrong:
        with pytest.raises(InvalidArgument, match="not a rule"):
            lift.firewall_rules.create("shop", rules)
    nothing: Any = [None]
    with pytest.raises(InvalidArgument, match="not a rule"):
        lift.firewall_rules.delete("shop", nothing)
    with pytest.raises(InvalidArgument, match="no such server"):
        lift.firewall_rules.list("nowhere")
    assert cloud.log.attempted_writes() == []


def test_a_full_firewall_is_the_services_to_refuse(lift: Client) -> None:
    with pytest.raises(QuotaError):
        lift.firewall_rules.create("shop", [NewFirewallRule(str(p)) for p in range(1000, 1060)])


@pytest.mark.parametrize(("path", "item"), [("servers", "shop"), ("ecs.instances", "web-old")])
def test_so_many_tags_are_removed_at_once(cloud: Emulator, lift: Client, path: str, item: str) -> None:
    things: Any = lift.servers if path == "servers" else lift.ecs.instances
    keys = [f"key-{n}" for n in range(21)]
    with pytest.raises(InvalidArgument, match="at most 20 at once") as raised:
        things.untag(item, keys)
    assert (raised.value.field, raised.value.value) == ("keys", 21)
    assert cloud.log.attempted_writes() == []
    things.untag(item, keys[:20])
    assert sent(cloud) == ["UntagResources"]


def test_a_name_ends_where_its_line_does(cloud: Emulator, lift: Client) -> None:
    with pytest.raises(InvalidArgument, match="does not take this name"):
        lift.servers.rename("shop", "shop-2\n")
    assert cloud.log.attempted_writes() == []
