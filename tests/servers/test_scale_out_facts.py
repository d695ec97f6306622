"""What the plan of a purchase reads: data disks of plans, the quota, and the region of what was bought."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from swaslift import Client, Consent
from swaslift.cloud.endpoints import region_of_host
from swaslift.emulator import Emulator, Quirks
from swaslift.emulator.inventory import default
from swaslift.errors import RunPaused
from swaslift.models import CustomImage, ServerPlan
from swaslift.planning.server_plans import smallest_data_disk
from tests.images.conftest import make_image
from tests.support import client_of

PLAN = "swas.s.c2m2s40b4"
LEAVE = Consent.charges(max_total=100_000)


@pytest.fixture
def image(cloud: Emulator, lift: Client) -> CustomImage:
    return make_image(cloud, lift, "golden")


def sold(cloud: Emulator, **changes: Any) -> None:
    plans = cloud.world.swas.plans
    plans[PLAN] = replace(plans[PLAN], **changes)


@pytest.mark.parametrize(
    ("disk_type", "currency", "held", "smallest"),
    [
        ("ESSD", "CNY", 20, 40),
        ("ESSD", "CNY", 50, 60),
        ("ESSD", "CNY", 0, 0),
        ("ESSD", "USD", 20, 20),
        ("SSD", "CNY", 20, 20),
    ],
)
def test_the_data_disk_is_as_large_as_the_plan_sells_it(
    disk_type: str, currency: str, held: int, smallest: int
) -> None:
    plan = ServerPlan(id="p", region_id="cn-hangzhou", disk_type=disk_type, currency=currency)
    image = CustomImage(
        account_id="1", region_id="cn-hangzhou", id="m", name="m", status="1", data_disk_size=held
    )
    assert smallest_data_disk(image, plan) == smallest


def test_a_data_disk_below_what_an_essd_plan_sells_is_refused(lift: Client, image: CustomImage) -> None:
    [found] = lift.scale_out.plan(image, 1, PLAN, data_disk_size=20).blockers
    assert (found.field, "40 GiB at least" in found.problem) == ("data_disk_size", True)


@pytest.mark.parametrize("taken", [True, False], ids=["allowed", "refused"])
def test_a_plan_with_a_standard_ssd_may_go_without_a_data_disk(taken: bool) -> None:
    quirks = Quirks(ssd_plan_without_data_disk="allowed" if taken else "refused")
    with Emulator(speed=None, quirks=quirks) as cloud, client_of(cloud) as lift:
        sold(cloud, disk_type="SSD")
        plan = lift.scale_out.plan(make_image(cloud, lift, "golden"), 1, PLAN)
        assert not plan.blockers
        if taken:
            assert len(plan.apply(consent=[LEAVE]).ready) == 1
            return
        balance = cloud.world.balance("1234567890123456")
        with pytest.raises(RunPaused, match="DataDiskSize must be 20"):
            plan.apply(consent=[LEAVE])
        assert cloud.world.balance("1234567890123456") == balance


@pytest.fixture
def with_databases() -> Iterator[tuple[Emulator, Client]]:
    data = default()
    data["swas"]["databases"] = [{"id": f"db-{n}", "region_id": "cn-hangzhou"} for n in range(40)]
    with Emulator(speed=None, inventory=data) as cloud, client_of(cloud) as lift:
        yield cloud, lift


def test_databases_count_against_the_quota_of_servers(with_databases: tuple[Emulator, Client]) -> None:
    cloud, lift = with_databases
    plan = lift.scale_out.plan(make_image(cloud, lift, "golden"), 20, PLAN)
    [found] = plan.blockers
    assert "40 databases" in found.problem
    assert "light load balancers" in found.problem


def test_who_may_not_list_databases_may_buy(cloud: Emulator, lift: Client, image: CustomImage) -> None:
    cloud.faults.fail("DescribeDatabaseInstances", 403, "Forbidden.RAM", "no", times=9)
    assert not lift.scale_out.plan(image, 1, PLAN).blockers


@pytest.mark.parametrize(
    ("host", "region"),
    [
        ("swas.cn-beijing.aliyuncs.com", "cn-beijing"),
        ("ecs-cn-hangzhou.aliyuncs.com", "cn-hangzhou"),
        ("ecs-vpc.cn-beijing.aliyuncs.com", "cn-beijing"),
        ("ecs.ap-southeast-1.aliyuncs.com", "ap-southeast-1"),
        ("swas-open.aliyuncs.com", None),
        ("ecs.aliyuncs.com", None),
        ("127.0.0.1", None),
    ],
)
def test_hosts_of_one_region_are_known(host: str, region: str | None) -> None:
    assert region_of_host(host) == region


def test_the_host_of_another_region_is_a_blocker(
    lift: Client, image: CustomImage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("swaslift.planning.regions.region_of_host", lambda _: "cn-beijing")
    [found] = lift.scale_out.plan(image, 1, PLAN).blockers
    assert (found.field, "cn-beijing" in found.problem) == ("endpoint_url", True)


def test_servers_that_were_made_in_another_region_stop_the_run(
    cloud: Emulator, lift: Client, image: CustomImage, monkeypatch: pytest.MonkeyPatch
) -> None:
    from swaslift.emulator.swas import describe

    real = describe.server
    monkeypatch.setattr(
        describe, "server", lambda world, one, now: real(world, one, now) | {"RegionId": "cn-beijing"}
    )
    plan = lift.scale_out.plan(image, 21, PLAN, run_id="fleet")
    with pytest.raises(RunPaused, match="bought in cn-beijing, though cn-hangzhou was asked for"):
        plan.apply(consent=[LEAVE])
    assert [c.action for c in cloud.log.writes() if c.action in {"CreateInstances", "TagResources"}] == [
        "CreateInstances"
    ]
    left = " ".join(lift.runs.get("fleet").undo().left)
    assert "cannot be given back" in left
