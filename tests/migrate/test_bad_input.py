"""Bad input: refused before anything changes, with the field, the value and the remedy."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from swaslift import Client, Consent, Disk, ReplaceSystemDisk, Secret
from swaslift.emulator import Emulator
from swaslift.emulator.world import Timeline
from swaslift.errors import (
    AuthError,
    ConnectError,
    ConsentRequired,
    CredentialsMissing,
    InvalidArgument,
    PreflightError,
    RunConflict,
    RunExists,
    RunPaused,
)
from swaslift.targets import Target
from tests.proof import everything
from tests.support import client_of, new_instance

SHOP = "8a1f0c2d4e5b46f79a0b1c2d3e4f5a60"
ANY_PRICE = Consent.charges(max_monthly=100_000, max_total=100_000)
ALL = [ANY_PRICE, Consent.erase("i-emulator-web-old"), Consent.erase("i-emulator-locked")]


@pytest.fixture(autouse=True)
def nothing_written(request: pytest.FixtureRequest) -> Iterator[None]:
    """Whatever a test of this file asks for, no write reaches the cloud and nothing changes there."""
    if "cloud" not in request.fixturenames or request.node.get_closest_marker("writes"):
        yield
        return
    cloud: Emulator = request.getfixturevalue("cloud")
    before = everything(cloud)
    yield
    assert cloud.log.attempted_writes() == []
    if not request.node.get_closest_marker("arranged"):
        assert everything(cloud) == before


def server_of(cloud: Emulator) -> Any:
    return cloud.world.swas.servers[SHOP]


def expire(cloud: Emulator) -> None:
    server_of(cloud).expires = cloud.clock.now() - timedelta(days=2)


def disable(cloud: Emulator) -> None:
    server_of(cloud).status = Timeline((cloud.clock.now(), "Disabled"))


def reset(cloud: Emulator) -> None:
    server_of(cloud).status = Timeline((cloud.clock.now(), "Resetting"))


def second_data_disk(cloud: Emulator) -> None:
    state = cloud.world.swas
    wiki = next(s for s in state.servers.values() if s.name == "wiki")
    data = next(d for d in state.disks.values() if d.server_id == wiki.server_id and d.kind == "data")
    state.disks["d-second"] = dataclasses.replace(data, disk_id="d-second", device="/dev/xvdc")
    wiki.disk_ids.append("d-second")


# What is asked for, and the field, value and remedy of the refusal.
PREFLIGHT: dict[str, tuple[Callable[[Emulator], None] | None, str, Target, dict[str, Any], str, object, str]] = {
    "expired server": (expire, "shop", new_instance(), {}, "server", "shop", "Renew it"),
    "disabled server": (disable, "shop", new_instance(), {}, "server", "shop", "Lift the lock"),
    "resetting server": (reset, "shop", new_instance(), {}, "server", "shop", "Wait until it is Running"),
    "two data disks": (second_data_disk, "wiki", new_instance(), {}, "server", "wiki", 'data_disks="leave"'),
    "unknown vSwitch": (None, "shop", new_instance(vswitch_id="vsw-no"), {}, "target.vswitch_id", "vsw-no", "vsw-emulator-hz-i"),
    "unknown security group": (None, "shop", new_instance(security_group_id="sg-no"), {}, "target.security_group_id", "sg-no", "sg-emulator-hz-web"),
    "vSwitch in another VPC than the security group": (
        None, "shop", new_instance(security_group_id="sg-emulator-hz-other"), {}, "target.security_group_id",
        "sg-emulator-hz-other", "sg-emulator-hz-web",
    ),
    "vSwitch of another region": (None, "shop", new_instance(vswitch_id="vsw-emulator-sgp-a"), {}, "target.vswitch_id", "vsw-emulator-sgp-a", "vSwitches there"),
    "no such instance type": (None, "shop", new_instance(instance_type="ecs.nothing.large"), {}, "target.instance_type", "ecs.nothing.large", "Sold in"),
    "type not sold in the zone": (
        None, "shop", new_instance(instance_type="ecs.t6-c1m1.large", vswitch_id="vsw-emulator-hz-h", system_disk=Disk("cloud_efficiency")), {},
        "target.instance_type", "ecs.t6-c1m1.large", "cn-hangzhou-i",
    ),
    "type sold out": (None, "shop", new_instance(instance_type="ecs.c6.large"), {}, "target.instance_type", "ecs.c6.large", "In stock there"),
    "disk category that the type does not take": (
        None, "shop", new_instance(system_disk=Disk("cloud_efficiency")), {}, "target.system_disk.category",
        "cloud_efficiency", "cloud_essd",
    ),
    "disk smaller than the image": (None, "shop", new_instance(system_disk=Disk("cloud_essd", 30)), {}, "target.system_disk.size", 30, "at least 40"),
    "disk of the server's size, too small for its performance level": (
        None, "shop", new_instance(system_disk=Disk(performance_level="PL3")), {}, "target.system_disk.size", 40, "size=1261",
    ),
    "instance name that breaks the rules": (None, "shop", new_instance(name="9 lives"), {}, "target.name", "9 lives", "2 to 128"),
    "instance name that starts as an address": (None, "shop", new_instance(name="http://x"), {}, "target.name", "http://x", "2 to 128"),
    "image name that breaks the rules": (None, "shop", new_instance(), {"image_name": "-x"}, "image_name", "-x", "2 to 128"),
    "image name that is taken": (None, "shop", new_instance(), {"image_name": "base-2026-05"}, "image_name", "base-2026-05", "another"),
    "unknown key pair": (None, "shop", new_instance(key_pair="nokey"), {}, "target.key_pair", "nokey", "ops"),
    "key pair for Windows": (None, "legacy-win", new_instance(), {}, "target.key_pair", "ops", "password"),
    "instance elsewhere": (None, "shop", ReplaceSystemDisk("i-emulator-sgp"), {}, "target.instance", "i-emulator-sgp", "region="),
    "instance under a lock": (None, "shop", ReplaceSystemDisk("i-emulator-locked"), {}, "target.instance", "i-emulator-locked", "lift the lock"),
    "new disk smaller than the old one": (None, "shop", ReplaceSystemDisk("i-emulator-web-old", size=20), {}, "target.size", 20, "at least 40"),
    "server with a data disk onto an existing instance": (
        None, "wiki", ReplaceSystemDisk("i-emulator-web-old"), {}, "data_disks", "include", 'data_disks="leave"',
    ),
}  # fmt: skip


@pytest.mark.arranged
@pytest.mark.parametrize("case", PREFLIGHT)
def test_the_preflight_names_field_value_and_remedy(cloud: Emulator, lift: Client, case: str) -> None:
    arrange, server, target, more, field, value, remedy = PREFLIGHT[case]
    if arrange:
        arrange(cloud)
    with pytest.raises(PreflightError) as caught:
        lift.migrate_to_ecs(server, target, consent=ALL, **more)
    found = [c for c in caught.value.checks if c.field == field and c.value == value]
    assert found, caught.value
    assert remedy in found[0].remedy
    assert "nothing was changed" in str(caught.value)
    plan = lift.migrate_to_ecs.plan(server, target, **more)
    assert found[0] in plan.blockers, "the plan shows what stands in the way"
    assert "blocked" in str(plan)
    assert lift.runs.list() == []


# An argument that no plan can be made of, and the field and remedy of the refusal.
ARGUMENTS: dict[str, tuple[Callable[[Any], Any], str, str]] = {
    "unknown server": (lambda lift: lift.migrate_to_ecs("shoop", new_instance()), "server", "shop ("),
    "server of a wrong type": (lambda lift: lift.migrate_to_ecs(7, new_instance()), "server", "name"),
    "unknown region": (lambda lift: lift.migrate_to_ecs("shop", new_instance(), region="cn-atlantis"), "region", "cn-hangzhou"),
    "unknown target region": (lambda lift: lift.migrate_to_ecs("shop", new_instance(region="mars-1")), "target.region", "cn-hangzhou"),
    "target of a wrong type": (lambda lift: lift.migrate_to_ecs("shop", "ecs.g7.large"), "target", "NewInstance"),
    "consent of a wrong type": (lambda lift: lift.migrate_to_ecs("shop", new_instance(), consent=True), "consent", "plan.consents"),
    "consent that is none": (lambda lift: lift.migrate_to_ecs("shop", new_instance(), consent=["yes"]), "consent", "plan.consents"),
    "unknown thing to keep": (lambda lift: lift.migrate_to_ecs("shop", new_instance(), keep=["cat"]), "keep", "swas_image"),
    "keep as a word": (lambda lift: lift.migrate_to_ecs("shop", new_instance(), keep="share"), "keep", "list"),
    "unknown verification": (lambda lift: lift.migrate_to_ecs("shop", new_instance(), verify="hope"), "verify", "cloud_assistant"),
    "unknown choice for data disks": (lambda lift: lift.migrate_to_ecs("shop", new_instance(), data_disks="some"), "data_disks", "leave"),
    "run id that is none": (lambda lift: lift.migrate_to_ecs("shop", new_instance(), run_id="a b"), "run_id", "48"),
    "no own image across regions": (lambda lift: lift.migrate_to_ecs("shop", new_instance(region="ap-southeast-1"), own_image=False), "own_image", "own_image"),
    "own_image that is no truth value": (lambda lift: lift.migrate_to_ecs("shop", new_instance(), own_image="no"), "own_image", ""),
    "instance type that is none": (lambda lift: new_instance(instance_type="large"), "instance_type", ""),
    "bandwidth out of range": (lambda lift: new_instance(bandwidth=1000), "bandwidth", ""),
    "bandwidth of a wrong type": (lambda lift: new_instance(bandwidth="fast"), "bandwidth", ""),
    "field that does not exist": (lambda lift: new_instance(flavour="mint"), "flavour", "instance_type"),
    "key pair and password": (lambda lift: new_instance(password=Secret.env("X")), "password", "one of them"),
    "password in clear": (lambda lift: new_instance(key_pair=None, password="hunter2"), "password", ""),
    "disk category that does not exist": (lambda lift: Disk("floppy"), "category", ""),
    "image name of a wrong type": (lambda lift: lift.migrate_to_ecs("shop", new_instance(), image_name=5), "image_name", "Give a text"),
    "region of a wrong type": (lambda lift: lift.migrate_to_ecs("shop", new_instance(), region=5), "region", "cn-hangzhou"),
    "empty region": (lambda lift: lift.migrate_to_ecs("shop", new_instance(), region=""), "region", "leave it out"),
    "region that is not the record's": (
        lambda lift: lift.migrate_to_ecs(lift.servers.get("shop"), new_instance(), region="cn-shanghai"), "region", "in cn-hangzhou. Leave it out",
    ),
    "things to keep of several types": (lambda lift: lift.migrate_to_ecs("shop", new_instance(), keep=["share", 1]), "keep", "swas_image"),
    "list to keep in a list": (lambda lift: lift.migrate_to_ecs("shop", new_instance(), keep=[[]]), "keep", "swas_image"),
    "again that is no truth value": (lambda lift: lift.migrate_to_ecs("shop", new_instance(), again="x"), "again", "True or False"),
    "empty region of a target": (lambda lift: new_instance(region=""), "region", "something in it"),
    "empty key pair": (lambda lift: new_instance(key_pair=""), "key_pair", "something in it"),
    "empty region of an existing target": (lambda lift: ReplaceSystemDisk("i-1", region=""), "region", "something in it"),
    "backup in a word": (lambda lift: ReplaceSystemDisk("i-1", backup="no"), "backup", "True or False"),
    "size in a word": (lambda lift: ReplaceSystemDisk("i-1", size="x"), "size", "whole number"),
    "empty key pair of an existing target": (lambda lift: ReplaceSystemDisk("i-1", key_pair=""), "key_pair", "something in it"),
    "disk too small for PL2": (lambda lift: Disk(size=460, performance_level="PL2"), "size", "461 GiB at least"),
    "disk too small for PL3": (lambda lift: Disk("cloud_essd", 40, performance_level="PL3"), "size", "another performance_level"),
    "performance level that the category has not": (lambda lift: Disk("cloud_auto", performance_level="PL1"), "performance_level", "use cloud_essd"),
    "no server at all": (lambda lift: lift.servers.get(""), "server", "name"),
}  # fmt: skip


@pytest.mark.parametrize("case", ARGUMENTS)
def test_an_argument_that_makes_no_sense_is_refused_by_name(cloud: Emulator, lift: Client, case: str) -> None:
    call, field, remedy = ARGUMENTS[case]
    with pytest.raises(InvalidArgument) as caught:
        call(lift)
    assert caught.value.field == field
    assert remedy in f"{caught.value.problem}. {caught.value.remedy}"
    assert "hunter2" not in str(caught.value)


def test_a_password_that_the_service_would_refuse_is_refused_before(
    cloud: Emulator, lift: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = new_instance(key_pair=None, password=Secret.env("ECS_PASSWORD"))
    with pytest.raises(PreflightError, match="ECS_PASSWORD holds the secret and is not set"):
        lift.migrate_to_ecs("shop", target, consent=ALL)
    monkeypatch.setenv("ECS_PASSWORD", "weakling")
    with pytest.raises(PreflightError, match="three of upper case") as caught:
        lift.migrate_to_ecs("shop", target, consent=ALL)
    assert "weakling" not in str(caught.value)


@pytest.mark.arranged
@pytest.mark.writes
@pytest.mark.parametrize("quota", ["snapshots of the server", "images"])
def test_a_full_quota_says_what_could_be_freed(cloud: Emulator, lift: Client, quota: str) -> None:
    shop = lift.servers.get("shop")
    swas, region = lift.cloud.swas, shop.region_id
    if quota == "images":
        # All of the account's 15 images, made of one snapshot each of two servers.
        for name in ("shop", "wiki", "batch", "legacy-win"):
            server = lift.servers.get(name)
            snapshot = swas.create_snapshot(region, server.system_disk.id, f"of-{name}", tags={}, token=name)
            cloud.clock.advance(3600)
            for i in range(4):
                made = len(list(swas.list_custom_images(region)))
                if made < 15:
                    swas.create_custom_image(
                        region, server.id, f"{name}-{i}", snapshot, tags={}, token=f"{name}{i}"
                    )
                    cloud.clock.advance(3600)
    else:
        for i in range(3):
            swas.create_snapshot(region, shop.system_disk.id, f"old-{i}", tags={}, token=f"t{i}")
            cloud.clock.advance(3600)
    cloud.log.clear()
    before = everything(cloud)
    with pytest.raises(PreflightError) as caught:
        lift.migrate_to_ecs("shop", new_instance(), consent=ALL)
    if quota == "images":
        field, value = "quota.images", "15 of 15 in the account, 15 of 15 in cn-hangzhou"
        newest = "legacy-win-2, legacy-win-1, legacy-win-0, batch-3, batch-2"
        remedy = f"Delete what is no longer needed, e.g. {newest}"
    else:
        field, value = "quota.snapshots_per_server", "3 of 3"
        three = sorted(swas.list_snapshots(region, disk_id=shop.system_disk.id), key=lambda s: s.id)
        assert {s.name for s in three} == {"old-0", "old-1", "old-2"}
        rows = "; ".join(f"{s.name} ({s.id}, 2026-11-01 UTC)" for s in three)
        remedy = f"Delete one that no image was made from: {rows}"
    (check,) = (c for c in caught.value.checks if c.field == field)
    assert (check.value, check.remedy) == (value, remedy)
    assert cloud.log.attempted_writes() == []
    assert everything(cloud) == before


@pytest.mark.arranged
@pytest.mark.writes
def test_a_quota_that_is_full_under_one_reading_alone_is_a_warning(cloud: Emulator, lift: Client) -> None:
    edge = lift.servers.get("edge-sg", region="ap-southeast-1")
    swas = lift.cloud.swas
    snapshot = swas.create_snapshot(edge.region_id, edge.system_disk.id, "one", tags={}, token="s")
    cloud.clock.advance(3600)
    for i in range(3):
        swas.create_custom_image(edge.region_id, edge.id, f"image-{i}", snapshot, tags={}, token=f"i{i}")
        cloud.clock.advance(3600)
    cloud.log.clear()
    target = new_instance(
        region="ap-southeast-1", vswitch_id="vsw-emulator-sgp-a", security_group_id="sg-emulator-sgp-web"
    )
    plan = lift.migrate_to_ecs.plan("edge-sg", target, region="ap-southeast-1")
    assert not plan.blockers
    assert any(
        c.field == "quota.images" and c.level == "warning" and "region" in c.problem for c in plan.checks
    )


@pytest.mark.arranged
def test_a_server_that_expires_soon_is_a_warning(cloud: Emulator, lift: Client) -> None:
    server_of(cloud).expires = cloud.clock.now() + timedelta(days=1)
    plan = lift.migrate_to_ecs.plan("shop", new_instance())
    assert any(c.field == "server" and c.level == "warning" and "expires" in c.problem for c in plan.checks)


def test_a_missing_consent_shows_the_plan_and_names_itself(cloud: Emulator, lift: Client) -> None:
    with pytest.raises(ConsentRequired) as caught:
        lift.migrate_to_ecs("shop", new_instance())
    assert "Consent.charges(max_monthly=" in str(caught.value)
    assert "snapshot of the system disk" in str(caught.value)
    with pytest.raises(ConsentRequired):
        lift.migrate_to_ecs("shop", new_instance(), consent=[Consent.charges(max_monthly=1)])
    over = ReplaceSystemDisk("i-emulator-web-old")
    with pytest.raises(ConsentRequired, match=r'Consent\.erase\("i-emulator-web-old"\)'):
        lift.migrate_to_ecs("shop", over, consent=[ANY_PRICE, Consent.erase("i-emulator-idle")])
    assert lift.runs.list() == []


def test_no_credentials_tell_what_was_tried(cloud: Emulator) -> None:
    with (
        Client("cn-hangzhou", endpoint_url=cloud.endpoint_url) as lift,
        pytest.raises(CredentialsMissing) as caught,
    ):
        lift.migrate_to_ecs("shop", new_instance(), consent=ALL)
    for tried in ("ALIBABA_CLOUD_ACCESS_KEY_ID", ".aliyun/config.json", "credentials"):
        assert tried in str(caught.value)


def test_an_endpoint_that_cannot_be_reached_is_named(cloud: Emulator) -> None:
    gone = "http://127.0.0.1:9"
    with (
        client_of(cloud, endpoint_url=gone) as lift,
        pytest.raises(ConnectError, match="swaslift emulator") as caught,
    ):
        lift.migrate_to_ecs("shop", new_instance(), consent=ALL)
    assert gone in str(caught.value)


def test_a_clock_that_is_off_is_told_from_a_wrong_key(cloud: Emulator, lift: Client) -> None:
    cloud.faults.fail("GetCallerIdentity", 400, "IllegalTimestamp", "The timestamp is out of range.")
    with pytest.raises(AuthError, match=r"clock.*timedatectl"):
        lift.migrate_to_ecs("shop", new_instance(), consent=ALL)


def test_a_wrong_secret_is_told(cloud: Emulator) -> None:
    with client_of(cloud, access_key_secret="wrong") as lift, pytest.raises(AuthError, match="secret"):
        lift.migrate_to_ecs("shop", new_instance(), consent=ALL)


@pytest.mark.writes
def test_the_same_run_with_other_arguments_is_refused(cloud: Emulator, lift: Client) -> None:
    cloud.faults.fail("CreateCustomImage", 400, "CustomImageQuotaLimit", "full")
    with pytest.raises(RunPaused):
        lift.migrate_to_ecs("shop", new_instance(), consent=ALL, run_id="night")
    cloud.log.clear()
    other = new_instance(instance_type="ecs.c7.large")
    with pytest.raises(RunConflict) as caught:
        lift.migrate_to_ecs("shop", other, consent=ALL, run_id="night")
    assert set(caught.value.differences) == {"target"}
    with pytest.raises(RunConflict):
        lift.migrate_to_ecs("wiki", new_instance(), consent=ALL, run_id="night")
    assert cloud.log.attempted_writes() == []


@pytest.mark.writes
def test_the_same_call_joins_an_unfinished_run_and_never_repeats_a_finished_one(
    cloud: Emulator, lift: Client
) -> None:
    cloud.faults.fail("CreateCustomImage", 400, "CustomImageQuotaLimit", "full")
    with pytest.raises(RunPaused):
        lift.migrate_to_ecs("shop", new_instance(), consent=ALL)
    done = lift.migrate_to_ecs("shop", new_instance())
    assert [c.action for c in cloud.log.writes()].count("RunInstances") == 1
    cloud.log.clear()
    with pytest.raises(RunExists, match="to do the same once more, call with again=True"):
        lift.migrate_to_ecs("shop", new_instance(), consent=ALL)
    other = new_instance(instance_type="ecs.c7.large")
    with pytest.raises(RunExists) as caught:
        lift.migrate_to_ecs("shop", other, consent=ALL)
    assert str(caught.value).partition("other arguments:")[2].splitlines() == [
        "",
        "  - target.instance_type: that run had 'ecs.g7.large', this call has 'ecs.c7.large'",
        (
            f"Its result is lift.runs.get({done.run.id!r}). To carry out this call as well, give another run_id, "
            f"or again=True, which calls it '{done.run.id}-2'"
        ),
    ]
    assert cloud.log.attempted_writes() == []
    more = lift.migrate_to_ecs("shop", new_instance(), consent=ALL, again=True)
    assert more.run.id == f"{done.run.id}-2"


@pytest.mark.writes
@pytest.mark.parametrize(
    ("target", "why"),
    [
        (new_instance(instance_type="ecs.g8y.large"), "the type is ARM, the image x86_64"),
        (new_instance(instance_type="ecs.g7.large"), "dry run"),
    ],
)
def test_what_only_ecs_can_say_pauses_at_the_gate_with_nothing_charged(
    cloud: Emulator, lift: Client, target: Target, why: str
) -> None:
    if why == "dry run":
        cloud.faults.fail("RunInstances", 400, "QuotaExceed.AfterpayInstance", "The quota is used up.")
    balance = cloud.world.balance("1234567890123456")
    with pytest.raises(RunPaused, match=why) as caught:
        lift.migrate_to_ecs("shop", target, consent=ALL, run_id="gate")
    assert "amend" in caught.value.remedy
    assert {c.action for c in cloud.log.writes()} == {
        "CreateSnapshot",
        "CreateCustomImage",
        "ModifyImageShareStatus",
    }
    assert cloud.world.balance("1234567890123456") == balance
    cheaper = new_instance(instance_type="ecs.c7.large")
    done = lift.runs.resume("gate", amend=cheaper, consent=ALL)
    assert done.instance.instance_type == "ecs.c7.large"


@pytest.mark.writes
def test_an_amendment_that_does_not_fit_is_refused(cloud: Emulator, lift: Client) -> None:
    with pytest.raises(RunPaused):
        lift.migrate_to_ecs("shop", new_instance(instance_type="ecs.g8y.large"), consent=ALL, run_id="gate")
    cloud.log.clear()
    with pytest.raises(InvalidArgument, match="another region"):
        lift.runs.resume("gate", amend=new_instance(region="ap-southeast-1"))
    with pytest.raises(InvalidArgument, match="another kind"):
        lift.runs.resume("gate", amend=ReplaceSystemDisk("i-emulator-web-old"))
    with pytest.raises(PreflightError, match="no such instance type"):
        lift.runs.resume("gate", amend=new_instance(instance_type="ecs.nothing.large"))
    with pytest.raises(ConsentRequired, match=r"Consent\.charges\(max_monthly="):
        lift.runs.resume("gate", amend=new_instance(instance_type="ecs.g7.2xlarge"))
    assert cloud.log.attempted_writes() == []
    assert lift.runs.get("gate").status == "paused"


@pytest.mark.writes
def test_a_run_of_another_account_is_not_touched(cloud: Emulator, lift: Client) -> None:
    from swaslift.errors import RunError

    second = client_of(
        cloud, access_key_id="LTAIemulator0001", access_key_secret="emulator-secret-of-the-second-account"
    )
    cloud.faults.fail("CreateSnapshot", 403, "SnapshotLimitExceed", "full")
    with pytest.raises(RunPaused):
        lift.migrate_to_ecs("shop", new_instance(), consent=ALL, run_id="mine")
    with pytest.raises(RunError, match="belongs to account 1234567890123456"):
        second.runs.resume("mine")
    second.close()


def test_a_disk_may_just_be_as_small_as_its_performance_level_allows(lift: Client) -> None:
    for level, least in (("PL1", 40), ("PL2", 461), ("PL3", 1261)):
        disk = Disk(size=least, performance_level=level)
        assert not lift.migrate_to_ecs.plan("shop", new_instance(system_disk=disk)).blockers
    assert not lift.migrate_to_ecs.plan(
        "shop", new_instance(system_disk=Disk(performance_level="PL1"))
    ).blockers
