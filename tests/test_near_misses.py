"""What is mistyped gets the nearest right one, in our own words; the values of unknown arguments are not repeated."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from swaslift import Client, Command, Consent, Disk, NewFirewallRule, NewInstance, ReplaceSystemDisk, Script
from swaslift.emulator import Emulator
from swaslift.errors import ConsentRequired, InvalidArgument, RunNotFound, SwasliftError
from swaslift.wording import nearest
from tests.support import client_of, new_instance

BASE = "m-emulator-base-hz"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Emulator, Any]]:
    """One emulator for all, which nobody changes but by an image."""
    journal = tmp_path_factory.mktemp("journal") / "j.db"
    with Emulator(speed=None, seed=7) as cloud, client_of(cloud, journal=journal) as lift:
        lift.capture_image("shop", "golden", run_id="night-of-the-capture")
        yield cloud, lift


def blocker(lift: Client, target: Any) -> str:
    """What stands against a migration to a target."""
    return " ".join(map(str, lift.migrate_to_ecs.plan("shop", target, run_id="other").blockers))


def mistyped_region(cloud: Emulator) -> Client:
    return client_of(cloud, region="cn-hangzou")


THINGS: dict[str, tuple[Callable[[Any], Any], str]] = {
    "a server's name": (lambda lift: lift.servers.get("shpo"), "shop"),
    "a server's id": (
        lambda lift: lift.capture_image.plan("8a1f0c2d4e5b46f79a0b1c2d3e4f5a61"),
        "8a1f0c2d4e5b46f79a0b1c2d3e4f5a60",
    ),
    "a region": (lambda lift: list(lift.servers.list("cn-hangzou")), "cn-hangzhou"),
    "a region among several": (lambda lift: lift.overview(["cn-hangzhou", "cn-bejing"]), "cn-beijing"),
    "a target's region": (
        lambda lift: lift.migrate_to_ecs.plan("shop", new_instance(region="ap-southeast1"), run_id="other"),
        "ap-southeast-1",
    ),
    "a destination": (lambda lift: lift.copy_to_region.plan("golden", "ap-souteast-1"), "ap-southeast-1"),
    "an image": (lambda lift: lift.share_to_ecs.plan("goldn"), "golden"),
    "an image of either product": (lambda lift: lift.images.history("goldn"), "golden"),
    "an ECS image": (lambda lift: lift.launch_instances.plan("m-emulator-base-hx", new_instance()), BASE),
    "an image to reset to": (lambda lift: lift.reset_server.plan("wiki", "img-debian-21"), "img-debian-12"),
    "an instance type": (lambda lift: lift.ecs.instance_types.get("ecs.g7.lrage"), "ecs.g7.large"),
    "a vSwitch": (lambda lift: lift.ecs.vswitches.get("vsw-emulator-hz-1"), "vsw-emulator-hz-i"),
    "a server plan": (lambda lift: lift.server_plans.get("swas.s.c2m2s50b4"), "swas.s.c2m2s50b3"),
    "a run": (lambda lift: lift.runs.get("night-of-the-captur"), "night-of-the-capture"),
    "a choice": (
        lambda lift: lift.migrate_to_ecs.plan("shop", new_instance(), data_disks="leav"),
        "leave",
    ),
    "what is kept": (lambda lift: lift.migrate_to_ecs.plan("shop", new_instance(), keep=["shar"]), "share"),
    "an argument": (lambda lift: lift.capture_image.plan("shop", nam="x"), "name"),
    "an argument of start": (lambda lift: lift.capture_image.start("shop", nam="x"), "name"),
}


@pytest.mark.parametrize("kind", THINGS)
def test_what_is_mistyped_gets_the_nearest(world: tuple[Emulator, Any], kind: str) -> None:
    call, meant = THINGS[kind]
    with pytest.raises((InvalidArgument, RunNotFound), match=f"Did you mean '{meant}'"):
        call(world[1])


@pytest.mark.parametrize(
    ("change", "meant"),
    [
        ({"instance_type": "ecs.g7.larg"}, "ecs.g7.large"),
        ({"vswitch_id": "vsw-emulator-hz-1"}, "vsw-emulator-hz-i"),
        ({"security_group_id": "sg-emulator-hz-wed"}, "sg-emulator-hz-web"),
        ({"key_pair": "opss"}, "ops"),
    ],
)
def test_what_is_mistyped_in_a_target_gets_the_nearest(
    world: tuple[Emulator, Any], change: dict[str, str], meant: str
) -> None:
    assert f"Did you mean '{meant}'?" in blocker(world[1], new_instance(**change))


def test_a_mistyped_instance_gets_the_nearest(world: tuple[Emulator, Any]) -> None:
    assert "Did you mean 'i-emulator-web-old'?" in blocker(world[1], ReplaceSystemDisk("i-emulator-web-odl"))


def test_a_mistyped_default_region_gets_the_nearest(world: tuple[Emulator, Any]) -> None:
    with mistyped_region(world[0]) as lift:
        for noun in (lift.servers, lift.images, lift.ecs.instances, lift.ecs.vswitches):
            with pytest.raises(InvalidArgument, match="Did you mean 'cn-hangzhou'"):
                list(noun.list())


def new(what: Any, *args: Any, **kwargs: Any) -> Any:
    """Something made as no type checker would let it."""
    return what(*args, **kwargs)


WRONG: dict[str, tuple[Callable[[], Any], str, str]] = {
    "a disk as a text": (
        lambda: new_instance(system_disk="cloud_essd"),
        "system_disk",
        'Write Disk("cloud_essd")',
    ),
    "a field": (lambda: new_instance(instance_typ="ecs.g7.large"), "instance_typ", "'instance_type'"),
    "a field of a disk": (lambda: Disk(sise=40), "sise", "'size'"),
    "a category": (lambda: Disk("cloud_esssd"), "category", "'cloud_essd'"),
    "a category inside": (
        lambda: new_instance(system_disk={"category": "cloud_esd"}),
        "system_disk.category",
        "'cloud_essd'",
    ),
    "a level": (lambda: Disk(performance_level="pl1"), "performance_level", "'PL1'"),
    "billing": (lambda: new_instance(billing="Postpaid"), "billing", "'PostPaid'"),
    "a number out of range": (
        lambda: new_instance(bandwidth=500),
        "bandwidth",
        "a whole number from 0 to 100",
    ),
    "a word for a number": (lambda: Disk(size="big"), "size", "a whole number from 1 to 2048"),
    "True for a number": (lambda: Disk(size=True), "size", "a whole number from 1 to 2048"),
    "a type without ecs": (lambda: new_instance(instance_type="g7.large"), "instance_type", "ecs.g7.large"),
    "months": (lambda: new_instance(period_months=13), "period_months", "Give one of 1, 2,"),
    "tags": (lambda: new_instance(tags=["a"]), "tags", "mapping"),
    "a short name": (lambda: new_instance(name="x"), "name", "at least 2 characters"),
    "no instance": (lambda: ReplaceSystemDisk(5), "instance", "its id"),
    "a short time": (lambda: Command("x", timeout=5), "timeout", "from 10 to 86400"),
    "no script": (lambda: Command(""), "content", "something in it"),
    "a protocol": (lambda: NewFirewallRule("80", "TPC"), "protocol", "'TCP'"),
    "nothing": (lambda: new(NewInstance), "instance_type", "Give instance_type="),
    "a consent's kind": (lambda: new(Consent, kind="eras"), "kind", "'erase'"),
    "a consent without an id": (lambda: new(Consent.erase, 5), "resource_id", "a text"),
    "a consent of nothing": (lambda: Consent.erase(""), "resource_id", "something in it"),
    "a limit in words": (lambda: new(Consent.charges, max_monthly="x"), "max_monthly", "a number"),
    "no limit": (lambda: Consent.charges(max_monthly=float("nan")), "max_monthly", "a number"),
    "a limit of nothing": (lambda: Consent.charges(max_total=0), "max_total", "may be spent"),
    "True for a limit": (lambda: Consent.charges(max_monthly=True), "max_monthly", "a number"),
    "a key": (
        lambda: new(Client, "cn-hangzhou", access_key_id=5, access_key_secret="x"),
        "access_key_id",
        "a text",
    ),
    "a journal": (lambda: new(Client, "cn-hangzhou", journal=5), "journal", "path"),
}


@pytest.mark.parametrize("kind", WRONG)
def test_what_is_no_value_is_told_in_our_own_words(kind: str) -> None:
    call, field, says = WRONG[kind]
    with pytest.raises(InvalidArgument) as raised:
        call()
    assert raised.value.field == field
    text = str(raised.value)
    assert says in text
    for foreign in ("Input should", "validation error", "pydantic", "should match pattern", "Value error"):
        assert foreign not in text


def test_the_value_of_an_unknown_argument_is_not_repeated(world: tuple[Emulator, Any]) -> None:
    for call in (
        lambda: world[1].reset_server.plan("shop", "img-debian-12", pasword="Secret-1"),
        lambda: new_instance(pasword="Secret-1"),
    ):
        with pytest.raises(InvalidArgument, match="Did you mean 'password'") as raised:
            call()
        assert "Secret-1" not in f"{raised.value} {raised.value!r} {raised.value.value}"


def test_arguments_of_a_chain_are_told_in_our_own_words(world: tuple[Emulator, Any]) -> None:
    def roll_out(server: str, count: int = 1) -> Script[int]:
        yield from world[1].capture_image.part(server, "golden-2")
        return count

    chain = world[1].chain(roll_out)

    with pytest.raises(InvalidArgument, match="Did you mean 'server'"):
        chain.plan(sever="shop")
    with pytest.raises(InvalidArgument, match=r"count='x': roll_out does not take it\. Give a whole number"):
        chain.plan("shop", count="x")
    with pytest.raises(InvalidArgument, match="server=None: roll_out needs it"):
        chain.plan()


def test_a_consent_that_is_too_low_is_named_as_too_low(world: tuple[Emulator, Any]) -> None:
    plan = world[1].migrate_to_ecs.plan("shop", new_instance(), run_id="low")
    needed = plan.consents[0].max_monthly
    with pytest.raises(ConsentRequired) as raised:
        plan.apply(consent=Consent.charges(max_monthly=100))
    told = str(raised.value).splitlines()[0]
    assert f"too low: max_monthly=100 CNY was given, and {needed:g} CNY a month is needed" in told
    assert str(plan.consents[0]) in told
    with pytest.raises(ConsentRequired, match="no limit was given, and"):
        plan.apply(consent=Consent.charges(max_total=10_000))
    with pytest.raises(ConsentRequired) as missing:
        plan.apply(consent=[Consent.erase("i-1")])
    assert "too low" not in str(missing.value)


def test_a_consent_is_written_so_that_it_can_be_given() -> None:
    """Rounded down it would be too low, and an exponent is no sum."""
    for amount in (0.004, 123.4564, 1_234_567.89, 424.0):
        written = str(Consent.charges(max_monthly=amount))
        assert eval(written, {"Consent": Consent}).covers(Consent.charges(max_monthly=amount)), written
        assert "e+" not in written


def test_what_is_far_from_everything_is_not_guessed() -> None:
    assert nearest("mail", ["shop", "wiki"]) is None
    assert nearest("SHOP ", ["shop", "wiki"]) == "shop"
    assert nearest("", []) is None


def test_a_long_value_is_cut_in_a_message(world: tuple[Emulator, Any]) -> None:
    with pytest.raises(SwasliftError) as raised:
        Consent.erase(world[1].servers.get("shop"))
    assert len(str(raised.value)) < 400
