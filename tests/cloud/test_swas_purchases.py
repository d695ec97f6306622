"""SWAS: what is sold, what is bought, and the firewall and tags of servers, through the door."""

from __future__ import annotations

import json
from contextlib import nullcontext

import pytest

from swaslift import NewFirewallRule
from swaslift.cloud import Cloud
from swaslift.emulator import Emulator
from swaslift.errors import ConflictError, NoAnswerError, NotFoundError, QuotaError, ServerError
from tests.cloud.doors import REGION, door
from tests.cloud.oracle import Field, body, compare, pairs

PLAN = "swas.s.c2m2s50b3"
PLAN_FIELDS: dict[str, Field] = {
    "id": "PlanId",
    "cpu": "Core",
    "memory": "Memory",
    "disk_size": "DiskSize",
    "disk_type": "DiskType",
    "bandwidth": "Bandwidth",
    "traffic": "Flow",
    "price": lambda p: float(p["OriginPrice"]),
    "currency": "Currency",
    "platforms": lambda p: tuple(json.loads(p["SupportPlatform"])),
    "kind": "PlanType",
}
RULE_FIELDS: dict[str, Field] = {
    "id": "RuleId",
    "protocol": "RuleProtocol",
    "port": "Port",
    "source": "SourceCidrIp",
    "policy": "Policy",
    "remark": "Remark",
    "tags": pairs("Tags", "Key", "Value"),
}


@pytest.fixture
def client(cloud: Emulator) -> Cloud:
    return door(cloud)


def server(client: Cloud) -> str:
    return next(client.swas.list_instances(REGION, name="shop")).id


def stock_image(client: Cloud, platform: str = "Linux") -> str:
    images = body(client, "swas", "ListImages", ImageType="system")["Images"]
    return str(next(i["ImageId"] for i in images if i["Platform"] == platform))


def test_plans_are_what_the_service_sells(client: Cloud) -> None:
    assert client.swas.count_databases(REGION) == 0
    plans = list(client.swas.list_plans(REGION))
    assert {p.region_id for p in plans} == {REGION}
    items = body(client, "swas", "ListPlans")["Plans"]
    compare(plans, items, {**PLAN_FIELDS, "region_id": lambda _: REGION}, where=False)


def test_servers_are_bought_once_for_one_token(cloud: Emulator, client: Cloud) -> None:
    image = stock_image(client)

    def order() -> tuple[str, ...]:
        return client.swas.create_instances(
            REGION,
            image,
            PLAN,
            period_months=3,
            amount=2,
            data_disk_size=40,
            auto_renew=True,
            auto_renew_months=6,
            token="once",
        )

    made = order()
    assert order() == made
    assert len(set(made)) == 2
    client.clock.sleep(600)
    for bought in client.swas.list_instances(REGION, ids=made):
        assert (bought.status, bought.plan_id, bought.image_id) == ("Running", PLAN, image)
        assert [d.size for d in bought.data_disks] == [40]
    assert [c.params for c in cloud.log.writes()] == [
        {
            "RegionId": REGION,
            "ImageId": image,
            "PlanId": PLAN,
            "Period": 3,
            "Amount": 2,
            "DataDiskSize": 40,
            "AutoRenew": True,
            "AutoRenewPeriod": 6,
            "ClientToken": "once",
        }
    ]
    one = client.swas.create_instances(REGION, image, PLAN, period_months=1, token="other")
    assert len(one) == 1
    assert not {"DataDiskSize", "AutoRenew", "AutoRenewPeriod"} & set(cloud.log.writes()[-1].params)


@pytest.mark.parametrize("fault", ["lost", "failed", "lost once"])
def test_an_order_is_sent_again_only_for_so_long(cloud: Emulator, client: Cloud, fault: str) -> None:
    if fault == "lost":
        cloud.faults.lose_answer("CreateInstances", times=60)
    elif fault == "failed":
        cloud.faults.fail("CreateInstances", 500, "InternalError", times=60)
    else:
        cloud.faults.lose_answer("CreateInstances")
    image = stock_image(client)
    expected = pytest.raises(ServerError if fault == "failed" else NoAnswerError)
    with nullcontext() if fault == "lost once" else expected:
        client.swas.create_instances(REGION, image, PLAN, period_months=1, token="t", within=3.0)
    calls = cloud.log.of("CreateInstances")
    # Tries begin 1 to 2 and 2 to 4 seconds apart; the last one is decided on within the time.
    assert len(calls) == (2 if fault == "lost once" else 3)
    assert len(cloud.log.writes()) == (0 if fault == "failed" else 1)


def test_an_order_that_was_throttled_waits_as_long_as_it_takes(cloud: Emulator, client: Cloud) -> None:
    cloud.faults.throttle("CreateInstances", times=2, lockout=True)
    made = client.swas.create_instances(
        REGION, stock_image(client), PLAN, period_months=1, token="t", within=3.0
    )
    assert len(made) == 1


def test_orders_that_the_service_refuses(client: Cloud) -> None:
    image = stock_image(client)
    with pytest.raises(NotFoundError):
        client.swas.create_instances(REGION, "m-nowhere", PLAN, period_months=1, token="t1")
    with pytest.raises(NotFoundError):
        client.swas.create_instances(REGION, image, "swas.none", period_months=1, token="t2")
    for i in range(2):
        client.swas.create_instances(REGION, image, PLAN, period_months=1, amount=20, token=f"many-{i}")
    with pytest.raises(QuotaError):
        client.swas.create_instances(REGION, image, PLAN, period_months=1, amount=20, token="t3")


def test_firewall_rules(cloud: Emulator, client: Cloud) -> None:
    shop = server(client)
    wanted = [
        NewFirewallRule("8080", remark="the shop"),
        NewFirewallRule("5000/5100", "UDP", source="10.0.0.0/8"),
        NewFirewallRule("-1/-1", "ICMP"),
    ]
    made = client.swas.create_firewall_rules(REGION, shop, wanted, tags={"made-by": "a test"}, token="t1")
    rules = list(client.swas.list_firewall_rules(REGION, shop))
    assert {r.server_id for r in rules} == {shop}
    items = body(client, "swas", "ListFirewallRules", InstanceId=shop, PageSize=100)["FirewallRules"]
    plain = {"server_id": lambda _: shop}
    compare(rules, items, {**RULE_FIELDS, **plain})
    assert [r.id for r in client.swas.list_firewall_rules(REGION, shop, tags={"made-by": "a test"})] == list(
        made
    )
    assert [r.id for r in client.swas.list_firewall_rules(REGION, shop, rule_id=made[1])] == [made[1]]
    with pytest.raises(ConflictError):
        client.swas.create_firewall_rules(REGION, shop, wanted[:1], token="t2")
    client.swas.delete_firewall_rules(REGION, shop, made[:2], token="t3")
    assert {r.id for r in rules} - {r.id for r in client.swas.list_firewall_rules(REGION, shop)} == set(
        made[:2]
    )


def test_tags_are_set_removed_and_read(client: Cloud) -> None:
    shop = server(client)
    other = next(s.id for s in client.swas.list_instances(REGION) if s.id != shop)
    many = {f"k{i:02}": f"v{i}" for i in range(17)}
    client.swas.tag_resources(REGION, "instance", [shop, other], {**many, "empty": ""}, token="t1")
    read = client.swas.list_tag_resources(REGION, "instance", ids=[shop, other])
    assert read[other].items() >= {**many, "empty": ""}.items()
    assert set(read) == {shop, other}
    client.swas.untag_resources(REGION, "instance", [other], ["k00", "none"], token="t2")
    read = client.swas.list_tag_resources(REGION, "instance", tags={"k00": "v0"})
    assert set(read) == {shop}
    assert read[shop]["k16"] == "v16"


def test_tags_beyond_one_page_are_read(client: Cloud) -> None:
    disks = [d.id for d in client.swas.list_disks(REGION)]
    client.swas.tag_resources(REGION, "disk", disks, {f"k{i:02}": "v" for i in range(18)}, token="t")
    read = client.swas.list_tag_resources(REGION, "disk")
    assert set(read) == set(disks)
    assert sum(map(len, read.values())) == 18 * len(disks) > 50
