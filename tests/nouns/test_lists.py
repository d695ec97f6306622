"""Every noun lists and finds: one region, several, all; by id, by name, by record."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import Any

import pytest

from swaslift import Client
from swaslift.emulator import Emulator
from swaslift.errors import ApiError, InvalidArgument, LookupIncomplete
from tests.images.conftest import make_image
from tests.support import client_of_other

FAR = "ap-southeast-1"
LISTED = {
    "servers": ("8a1f0c2d4e5b46f79a0b1c2d3e4f5a60", "shop"),
    "disks": ("", ""),
    "snapshots": ("", "golden"),
    "images": ("", "golden"),
    "server_plans": ("swas.s.c2m2s50b3", ""),
    "key_pairs": ("ops", "ops"),
    "ecs.instances": ("i-emulator-idle", "idle"),
    "ecs.images": ("m-emulator-base-hz", ""),
    "ecs.disks": ("d-emulator-idle", ""),
    "ecs.snapshots": ("", ""),
    "ecs.security_groups": ("sg-emulator-hz-web", "web"),
    "ecs.vswitches": ("vsw-emulator-hz-i", ""),
    "ecs.key_pairs": ("ops", "ops"),
}
"""Nouns, and what the default inventory holds of each; an empty key is looked up."""


def noun(lift: Client, path: str) -> Any:
    for part in path.split("."):
        lift = getattr(lift, part)
    return lift


@pytest.fixture
def golden(cloud: Emulator, lift: Client) -> None:
    make_image(cloud, lift, "golden")


def key_of(record: Any) -> str:
    return str(getattr(record, "id", None) or record.name)


@pytest.mark.usefixtures("golden")
@pytest.mark.parametrize("path", LISTED)
def test_what_is_listed_is_found_by_id_by_name_and_by_record(
    cloud: Emulator, lift: Client, path: str
) -> None:
    things, (known, name) = noun(lift, path), LISTED[path]
    here = list(things.list())
    assert {t.region_id for t in here} == {"cn-hangzhou"}
    keys = [key_of(t) for t in here]
    assert len(set(keys)) == len(keys) > 0
    assert not known or known in keys
    for record in here:
        assert things.get(key_of(record)) == record
        if path != "server_plans":
            assert things.get(record) == record
    named = [t for t in here if name and t.name == name]
    assert [things.get(name)] == named if named else not name or name == known
    assert [c.action for c in cloud.log.writes()] == ["CreateSnapshot", "CreateCustomImage"]


@pytest.mark.usefixtures("golden")
@pytest.mark.parametrize("path", LISTED)
def test_several_regions_and_all_of_them(lift: Client, path: str) -> None:
    things = noun(lift, path)
    here, there = list(things.list()), list(things.list(FAR))
    assert {t.region_id for t in there} <= {FAR}
    assert list(things.list(["cn-hangzhou", FAR])) == here + there
    assert list(things.list((FAR, "cn-hangzhou"))) == there + here
    everywhere = list(things.list("*"))
    assert all(t in everywhere for t in here + there)
    if path not in {"server_plans", "key_pairs", "ecs.key_pairs"}:  # which have the same key everywhere
        assert things.get(key_of(here[0]), region="*") == here[0]
        assert things.get(key_of(here[0]), region=[FAR, "cn-hangzhou"]) == here[0]
        with pytest.raises(InvalidArgument, match=FAR):
            things.get(key_of(here[0]), region=FAR)


@pytest.mark.parametrize("path", LISTED)
def test_what_is_not_there_is_told_with_what_is(lift: Client, path: str) -> None:
    things = noun(lift, path)
    with pytest.raises(InvalidArgument, match="no such") as raised:
        things.get("nowhere")
    assert raised.value.value == "nowhere"
    assert raised.value.remedy
    for wrong in ("", None, 7):
        with pytest.raises(InvalidArgument):
            things.get(wrong)


@pytest.mark.parametrize("path", LISTED)
def test_a_region_that_is_not_offered_is_refused(cloud: Emulator, lift: Client, path: str) -> None:
    things = noun(lift, path)
    for wrong in ("cn-nowhere", ["cn-hangzhou", "cn-nowhere"]):
        with pytest.raises(InvalidArgument) as raised:
            list(things.list(wrong))
        assert (raised.value.field, raised.value.value) == ("region", "cn-nowhere")
    for wrong_list in ([], "", ["cn-hangzhou", "cn-hangzhou"]):
        with pytest.raises(InvalidArgument):
            list(things.list(wrong_list))
    asked = {c.action for c in cloud.log}
    assert asked <= {"ListRegions", "DescribeRegions", "GetCallerIdentity"}


ACTIONS = {
    "servers": "ListInstances",
    "disks": "ListDisks",
    "snapshots": "ListSnapshots",
    "images": "ListCustomImages",
    "server_plans": "ListPlans",
    "key_pairs": "ListKeyPairs",
    "ecs.instances": "DescribeInstances",
    "ecs.images": "DescribeImages",
    "ecs.disks": "DescribeDisks",
    "ecs.snapshots": "DescribeSnapshots",
    "ecs.security_groups": "DescribeSecurityGroups",
    "ecs.vswitches": "DescribeVSwitches",
    "ecs.key_pairs": "DescribeKeyPairs",
}


@pytest.mark.usefixtures("golden")
@pytest.mark.parametrize("path", LISTED)
def test_a_region_that_cannot_be_asked_is_named_and_spoils_no_other(
    cloud: Emulator, lift: Client, path: str
) -> None:
    things, action = noun(lift, path), ACTIONS[path]
    here = list(things.list())
    cloud.faults.fail(action, 403, "Forbidden.RAM", times=100, region_id=FAR)
    for several in ("*", [FAR, "cn-hangzhou"]):
        listing = things.list(several)
        assert [(u.product, u.region_id) for u in listing.unasked] == [(things.product, FAR)]
        assert f"{FAR} could not be asked: {action}" in str(listing)
        assert f"{FAR} could not be asked: {action}" in listing._repr_html_()
        found = list(listing)
        assert [one for one in found if one.region_id == "cn-hangzhou"] == here
        assert all(one.region_id != FAR for one in found)
    assert things.get(key_of(here[0]), region=["cn-hangzhou", FAR]) == here[0]
    with pytest.raises(LookupIncomplete, match=rf"no such .*{FAR} could not be asked") as raised:
        things.get("nowhere", region="*")
    assert [u.region_id for u in raised.value.unasked] == [FAR]
    for where in (FAR, [FAR]):
        with pytest.raises(ApiError, match=r"Forbidden\.RAM"):
            list(things.list(where))


@pytest.mark.parametrize("path", LISTED)
def test_the_error_is_raised_where_no_region_can_be_asked(cloud: Emulator, lift: Client, path: str) -> None:
    cloud.faults.fail(ACTIONS[path], 403, "Forbidden.RAM", times=100)
    with pytest.raises(ApiError, match=r"Forbidden\.RAM"):
        noun(lift, path).list("*")


def test_what_is_changed_by_name_needs_every_region_and_by_id_its_own(
    cloud: Emulator, lift: Client, caplog: pytest.LogCaptureFixture
) -> None:
    cloud.faults.fail("ListInstances", 403, "Forbidden.RAM", times=100, region_id=FAR)
    wiki = lift.servers.get("wiki", region="*")
    assert f"the only server of this name where the service answered; SWAS in {FAR}" in caplog.text
    for change in (
        lift.servers.stop,
        lift.servers.reboot,
        lambda key, region: lift.servers.tag(key, {"a": "b"}, region),
    ):
        with pytest.raises(LookupIncomplete, match="whether another server has it too is not known"):
            change("wiki", "*")
    assert cloud.log.writes() == []
    assert lift.servers.stop(wiki.id, "*") is True


@pytest.mark.parametrize(("call", "product"), [("ListRegions", "swas"), ("DescribeRegions", "ecs")])
def test_the_list_of_regions_is_had_from_another_region_where_one_is_down(
    cloud: Emulator, lift: Client, call: str, product: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = lift.cloud.caller._clients.client
    urls = {"cn-hangzhou": "http://127.0.0.1:9"}

    def of(wanted: Any, region_id: str) -> Any:
        return replace(client(wanted, region_id), url=urls.get(region_id, cloud.endpoint_url))

    monkeypatch.setattr(lift.cloud.caller._clients, "client", of)
    cloud.faults.cut(call, 5)
    where = lift.cloud.swas.list_regions() if product == "swas" else lift.cloud.ecs.describe_regions()
    assert FAR in where


def test_lists_are_fetched_as_they_are_read(cloud: Emulator, lift: Client) -> None:
    servers = lift.servers.list()
    assert [c.action for c in cloud.log] == []
    assert len(list(islice(servers, 1))) == 1
    assert [c.action for c in cloud.log].count("ListInstances") == 1


def test_a_record_of_another_account_is_refused(cloud: Emulator, lift: Client) -> None:
    shop = lift.servers.get("shop")
    with client_of_other(cloud) as other, pytest.raises(InvalidArgument, match="1234567890123456"):
        other.servers.get(shop)


def test_a_name_that_two_have_is_refused(lift: Client) -> None:
    lift.servers.rename("wiki", "shop")
    with pytest.raises(InvalidArgument, match="2 servers have this name") as raised:
        lift.servers.get("shop")
    assert all(s.id in raised.value.remedy for s in lift.servers.list() if s.name == "shop")


def test_a_record_is_a_table_in_a_notebook(lift: Client) -> None:
    shop = lift.servers.get("shop")
    page = shop.model_copy(update={"name": "<shop>"})._repr_html_()
    assert f">{shop.id}<" in page
    assert ">&lt;shop&gt;<" in page
    assert "disable_reason" not in page  # which is empty
