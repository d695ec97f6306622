"""What lists leave out when they are told to, and the reads beside them."""

from __future__ import annotations

import pytest

from swaslift import Client
from swaslift.emulator import Emulator
from swaslift.errors import InvalidArgument
from tests.images.conftest import make_image
from tests.support import OTHER_ACCOUNT, client_of_other


def test_disks_of_a_server(lift: Client) -> None:
    wiki = lift.servers.get("wiki")
    assert tuple(lift.servers.disks(wiki)) == wiki.disks
    assert tuple(lift.servers.disks("wiki")) == wiki.disks
    with pytest.raises(InvalidArgument):
        lift.servers.disks("nowhere")


def test_snapshots_of_a_disk_and_with_tags(cloud: Emulator, lift: Client) -> None:
    wiki = lift.servers.get("wiki")
    for disk in wiki.disks:
        lift.cloud.swas.create_snapshot(
            wiki.region_id, disk.id, disk.kind, tags={"kind": disk.kind}, token=disk.id
        )
    cloud.clock.advance(3600)
    system = wiki.system_disk
    assert [s.name for s in lift.snapshots.list(disk=system)] == ["system"]
    assert [s.name for s in lift.snapshots.list(disk=system.id)] == ["system"]
    assert [s.name for s in lift.snapshots.list(tags={"kind": "data"})] == ["data"]
    assert len(list(lift.snapshots.list())) == 2


def test_plans_that_fit_an_image(cloud: Emulator, lift: Client) -> None:
    image = make_image(cloud, lift, "golden")
    everything = list(lift.server_plans.list())
    fitting = list(lift.server_plans.list(image=image))
    assert list(lift.server_plans.list(image="golden")) == fitting
    assert fitting == [
        p for p in everything if p.disk_size >= image.system_disk_size and "Linux" in p.platforms
    ]
    assert 0 < len(fitting) < len(everything)
    assert all(p.price > 0 and p.currency for p in fitting)
    with pytest.raises(InvalidArgument, match="one region"):
        lift.server_plans.list("*", image="golden")


def test_stock_images(lift: Client) -> None:
    kinds = {i.kind for i in lift.images.stock()}
    assert kinds == {"system", "app"}
    systems = list(lift.images.stock(kind="system"))
    assert systems == [i for i in lift.images.stock() if i.kind == "system"]
    assert {i.region_id for i in lift.images.stock(["cn-hangzhou", "cn-shanghai"])} == {
        "cn-hangzhou",
        "cn-shanghai",
    }


def test_regions_and_what_they_offer(lift: Client) -> None:
    regions = {r.id: r for r in lift.regions.list()}
    assert {r for r, it in regions.items() if it.swas} == set(lift.cloud.swas.list_regions())
    assert {r for r, it in regions.items() if it.ecs} == set(lift.cloud.ecs.describe_regions())
    assert lift.regions.get("cn-hangzhou") == regions["cn-hangzhou"]
    with pytest.raises(InvalidArgument, match="cn-hangzhou"):
        lift.regions.get("cn-hangzhu")


def test_disks_and_instances_of_ecs(lift: Client) -> None:
    idle = lift.ecs.instances.get("idle")
    disks = list(lift.ecs.disks.list(instance=idle))
    assert {d.instance_id for d in disks} == {idle.id}
    assert list(lift.ecs.disks.list(instance=idle.id, kind="data")) == [d for d in disks if d.kind == "data"]
    base = lift.ecs.images.get("m-emulator-base-hz")
    everything = list(lift.ecs.instances.list())
    assert list(lift.ecs.instances.list(image=base)) == [i for i in everything if i.image_id == base.id]
    assert [i.id for i in lift.ecs.instances.list(image=idle.image_id)] == [
        i.id for i in everything if i.image_id == idle.image_id
    ]


def test_snapshots_of_a_cloud_disk(cloud: Emulator, lift: Client) -> None:
    lift.cloud.ecs.create_snapshot("cn-hangzhou", "d-emulator-idle", "one", tags={"a": "b"}, token="t")
    cloud.clock.advance(3600)
    disk = lift.ecs.disks.get("d-emulator-idle")
    assert [s.name for s in lift.ecs.snapshots.list(disk=disk)] == ["one"]
    assert [s.name for s in lift.ecs.snapshots.list(disk=disk.id)] == ["one"]
    assert [s.name for s in lift.ecs.snapshots.list(tags={"a": "b"})] == ["one"]
    assert len(list(lift.ecs.snapshots.list())) == 2


def test_networks_of_a_vpc_and_a_zone(lift: Client) -> None:
    groups, switches = list(lift.ecs.security_groups.list()), list(lift.ecs.vswitches.list())
    vpc = lift.ecs.security_groups.get("sg-emulator-hz-web").vpc_id
    assert list(lift.ecs.security_groups.list(vpc_id=vpc)) == [g for g in groups if g.vpc_id == vpc]
    assert list(lift.ecs.vswitches.list(vpc_id=vpc)) == [v for v in switches if v.vpc_id == vpc]
    zone = [v for v in switches if v.zone_id == "cn-hangzhou-h"]
    assert list(lift.ecs.vswitches.list(zone_id="cn-hangzhou-h")) == zone
    assert 0 < len(zone) < len(switches)


def test_instance_types_that_fit(cloud: Emulator, lift: Client) -> None:
    types = {t.id: t for t in lift.ecs.instance_types.list()}
    large = {t.id for t in lift.ecs.instance_types.list(cpu=4, memory=32)}
    assert large == {t for t, it in types.items() if it.cpu >= 4 and it.memory >= 32} != set()
    arm = {t.id for t in lift.ecs.instance_types.list(architecture="ARM")}
    assert arm == {t for t, it in types.items() if it.architecture == "ARM"} != set()
    zone = "cn-hangzhou-i"
    sold = {t.id for t in lift.ecs.instance_types.list(zone_id=zone)}
    assert "ecs.g7.large" in sold
    cloud.faults.no_stock("ecs.g7.large", zone)
    assert {t.id for t in lift.ecs.instance_types.list(zone_id=zone)} == sold - {"ecs.g7.large"}
    boots = {t.id for t in lift.ecs.instance_types.list(image="m-emulator-base-hz")}
    assert boots == set(types) - arm
    both = {t.id for t in lift.ecs.instance_types.list(image="m-emulator-base-hz", zone_id=zone)}
    assert both == boots & (sold - {"ecs.g7.large"})
    assert lift.ecs.instance_types.get("ecs.g7.large") == types["ecs.g7.large"]
    with pytest.raises(InvalidArgument, match="no such instance type"):
        lift.ecs.instance_types.get("ecs.none")


def test_images_that_others_share(cloud: Emulator, lift: Client) -> None:
    image = make_image(cloud, lift, "golden")
    lift.share_to_ecs(image)
    lift.share_with_account(image, OTHER_ACCOUNT)
    assert [a.account_id for a in lift.images.accounts("golden")] == [OTHER_ACCOUNT]
    assert [i.name for i in lift.ecs.images.received()] == ["golden"]
    seen = lift.ecs.images.get("golden", region=["cn-hangzhou", "cn-shanghai"])
    assert seen.owner_alias == "others"
    with client_of_other(cloud) as other:
        assert [i.id for i in other.images.received("*")] == [image.id]
        assert list(lift.images.received()) == []


def test_a_region_beside_a_record_of_another_is_refused(cloud: Emulator, lift: Client) -> None:
    server, disk = lift.servers.get("shop"), next(lift.disks.list())
    for call in (
        lambda where: lift.servers.get(server, where),
        lambda where: list(lift.snapshots.list(where, disk=disk)),
        lambda where: list(lift.firewall_rules.list(server, where)),
    ):
        call("cn-hangzhou")
        with pytest.raises(InvalidArgument, match="is in cn-hangzhou") as caught:
            call("cn-shanghai")
        assert (caught.value.field, caught.value.value) == ("region", "cn-shanghai")
    assert lift.servers.get(server, "*") == lift.servers.get(server, ["cn-shanghai", "cn-hangzhou"]) == server
