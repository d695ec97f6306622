"""A server moves: onto a new instance, onto an existing one, into another region, under every quirk."""

from __future__ import annotations

from random import Random
from typing import Any, get_args, get_type_hints

import pytest
from allpairspy import AllPairs

from swaslift import Client, Migration, ReplaceSystemDisk
from swaslift.emulator import Emulator, Quirks
from swaslift.targets import Target
from tests.conftest import START
from tests.proof import assert_only_announced, assert_report_tells_all, assert_unharmed, everything
from tests.support import client_of, new_instance

THERE = new_instance(
    region="ap-southeast-1", vswitch_id="vsw-emulator-sgp-a", security_group_id="sg-emulator-sgp-web"
)
OVER = ReplaceSystemDisk("i-emulator-web-old")

KINDS: dict[str, tuple[str, Target]] = {
    "new": ("shop", new_instance()),
    "new with data disk": ("wiki", new_instance()),
    "replaced": ("shop", OVER),
    "another region": ("wiki", THERE),
}

# The pairwise set covers every pair of settings of these, and each numeric switch at both of its ends.
NUMBERS: dict[str, tuple[float, ...]] = {
    "calls_per_minute": (1000, 10),
    "token_lifetime": (86_400.0, 5.0),
    "usable_lag": (20.0, 0.0),
    "visible_lag": (2.0, 0.0),
}


def settings_of(name: str, hint: Any) -> list[Any]:
    return [True, False] if hint is bool else list(NUMBERS.get(name) or get_args(hint))


HINTS = get_type_hints(Quirks)
PAIRWISE = [
    dict(zip([*HINTS, "kind"], row, strict=True))
    for row in AllPairs([*(settings_of(n, h) for n, h in HINTS.items()), list(KINDS)])
]


def migrate(cloud: Emulator, lift: Client, kind: str) -> Migration:
    """Migrate, and prove what every migration has to prove."""
    server, target = KINDS[kind]
    before = everything(cloud)
    plan = lift.migrate_to_ecs.plan(server, target)
    assert not cloud.log.attempted_writes(), "a plan only reads"
    done = plan.apply(consent=plan.consents)
    after = everything(cloud)
    given_up = {"i-emulator-web-old", "d-emulator-web-old"} if target is OVER else set()
    assert_unharmed(before, after, but=given_up)
    assert_only_announced(cloud, plan.writes)
    assert_report_tells_all(before, after, done.report)
    assert done.report.state == "finished"
    assert done.instance is not None
    assert done.instance.status == "Running"
    return done


def test_the_plan_for_another_region_says_what_is_asked_only_after_the_copies(lift: Client) -> None:
    gates = {s.name: s.title for s in lift.migrate_to_ecs.plan("wiki", THERE).steps if s.kind == "gate"}
    assert gates == {
        "gate": (
            "compare the image with the target; what only ECS in ap-southeast-1 can say is asked after the copies "
            "(gate-there)"
        ),
        "gate-there": (
            "ask ECS in ap-southeast-1: quotas, stock and a dry run; it can be asked there only now, after the copies"
        ),
    }
    near = [s.title for s in lift.migrate_to_ecs.plan("wiki", new_instance()).steps if s.kind == "gate"]
    assert near == ["ask ECS whether the target takes the image"]


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_target_finishes_with_the_defaults(cloud: Emulator, lift: Client, kind: str) -> None:
    done = migrate(cloud, lift, kind)
    assert done.image.account_id == "1234567890123456"
    assert [i.id for i in lift.ecs.images.list(done.image.region_id) if i.id == done.image.id]


@pytest.mark.parametrize("row", PAIRWISE, ids=lambda row: f"pair{PAIRWISE.index(row)}")
def test_every_pair_of_unsettled_behaviours_is_met(row: dict[str, Any]) -> None:
    quirks = Quirks(**{k: v for k, v in row.items() if k != "kind"})
    with (
        Emulator(speed=None, start=START, seed=7, quirks=quirks) as cloud,
        client_of(cloud, random=Random(7)) as lift,
    ):
        migrate(cloud, lift, row["kind"])


def test_the_pairwise_set_covers_every_pair() -> None:
    names = [*HINTS, "kind"]
    values = {**{n: settings_of(n, h) for n, h in HINTS.items()}, "kind": list(KINDS)}
    seen = {(a, row[a], b, row[b]) for row in PAIRWISE for a in names for b in names if a < b}
    wanted = {(a, x, b, y) for a in names for b in names if a < b for x in values[a] for y in values[b]}
    assert seen == wanted


def test_the_data_disk_comes_along_and_may_be_left(cloud: Emulator, lift: Client) -> None:
    plan = lift.migrate_to_ecs.plan("wiki", new_instance())
    assert any("not taken at one instant" in r for r in plan.remarks)
    done = plan.apply(consent=plan.consents)
    assert sorted((d.kind, d.size) for d in done.disks) == [("data", 60), ("system", 40)]
    plan = lift.migrate_to_ecs.plan("wiki", new_instance(), data_disks="leave", again=True)
    done = plan.apply(consent=plan.consents)
    assert [d.kind for d in done.disks] == ["system"]
    assert any("(60 GiB)" in line and "Left behind" in line for line in done.left)


def test_without_an_own_image_the_share_stays_and_the_plan_says_what_that_costs(
    cloud: Emulator, lift: Client
) -> None:
    before = everything(cloud)
    plan = lift.migrate_to_ecs.plan("shop", new_instance(), own_image=False)
    assert any("cannot be re-initialised" in r for r in plan.remarks)
    assert "CopyImage" not in plan.writes
    done = plan.apply(consent=plan.consents)
    image = next(iter(lift.images.list()))
    assert image.shared_to_ecs
    assert any(image.id in line for line in done.left)
    assert_report_tells_all(before, everything(cloud), done.report)


@pytest.mark.parametrize(
    ("keep", "images", "snapshots", "shared"),
    [
        ([], 0, 0, False),
        (["swas_snapshots"], 0, 1, False),
        (["swas_image"], 1, 1, False),
        (["share"], 1, 1, True),
    ],
)
def test_what_is_kept_is_kept(
    cloud: Emulator, lift: Client, keep: list[Any], images: int, snapshots: int, shared: bool
) -> None:
    before = everything(cloud)
    plan = lift.migrate_to_ecs.plan("shop", new_instance(), keep=keep)
    done = plan.apply(consent=plan.consents)
    cloud.clock.advance(10)
    found = list(lift.images.list())
    assert len(found) == images
    assert len(list(lift.snapshots.list())) == snapshots
    assert any(i.shared_to_ecs for i in found) is shared
    assert_report_tells_all(before, everything(cloud), done.report)


def test_the_copies_of_the_way_to_another_region_may_be_kept(cloud: Emulator, lift: Client) -> None:
    before = everything(cloud)
    plan = lift.migrate_to_ecs.plan("shop", THERE, keep=["copies"])
    done = plan.apply(consent=plan.consents)
    names = {line.region_id for line in done.report.kept if line.what == "ECS image"}
    assert names == {"cn-hangzhou", "ap-southeast-1"}
    assert_report_tells_all(before, everything(cloud), done.report)


def test_a_replaced_system_keeps_address_and_key_pair_and_has_a_backup(cloud: Emulator, lift: Client) -> None:
    old = lift.ecs.instances.get("i-emulator-web-old")
    plan = lift.migrate_to_ecs.plan("shop", OVER)
    done = plan.apply(consent=plan.consents)
    assert done.instance is not None
    assert (done.instance.id, done.instance.public_ip, done.instance.key_pair) == (
        old.id,
        old.public_ip,
        "ops",
    )
    assert [c.params.get("StoppedMode") for c in cloud.log if c.action == "StopInstance"] == ["KeepCharging"]
    backup = next(line for line in done.report.kept if line.what == "ECS snapshot")
    order = [c.action for c in cloud.log.writes()]
    assert order.index("StopInstance") < order.index("ReplaceSystemDisk") < order.index("StartInstance")
    assert any(line.id == "d-emulator-web-old" and line.fate == "destroyed" for line in done.report.gone)
    assert backup.billed


def test_a_subscription_is_paid_once_and_its_price_is_consented_to(cloud: Emulator, lift: Client) -> None:
    target = new_instance(billing="PrePaid", period_months=3)
    plan = lift.migrate_to_ecs.plan("shop", target)
    assert plan.cost is not None
    assert plan.cost.total is not None
    done = plan.apply(consent=plan.consents)
    assert done.instance is not None
    assert done.instance.charge_type == "PrePaid"


def test_a_new_instance_may_have_a_password_which_nobody_sees(
    cloud: Emulator, lift: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    from swaslift import Secret

    monkeypatch.setenv("ECS_PASSWORD", "Tr0ub4dor&3xyz")
    target = new_instance(key_pair=None, password=Secret.env("ECS_PASSWORD"))
    plan = lift.migrate_to_ecs.plan("shop", target)
    done = plan.apply(consent=plan.consents)
    seen = f"{plan}{plan.to_json()}{target!r}{done.report.to_html()}{done.run!r}"
    for path in (tmp_path / "state").glob("journal.db*"):
        assert b"Tr0ub4dor" not in path.read_bytes()
    assert "Tr0ub4dor" not in seen


def test_a_windows_server_moves_too(cloud: Emulator, lift: Client) -> None:
    plan = lift.migrate_to_ecs.plan("legacy-win", new_instance(key_pair=None))
    done = plan.apply(consent=plan.consents)
    assert done.instance is not None
    assert done.instance.os_type.lower() == "windows"


def test_a_stopped_server_moves_and_stays_stopped(cloud: Emulator, lift: Client) -> None:
    before = everything(cloud)
    plan = lift.migrate_to_ecs.plan("batch", new_instance())
    plan.apply(consent=plan.consents)
    assert_unharmed(before, everything(cloud))
