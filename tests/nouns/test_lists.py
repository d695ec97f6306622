"""Every noun lists and finds: one region, several, all; by id, by name, by record."""

from __future__ import annotations

from itertools import islice
from typing import Any

import pytest

from swaslift import Client
from swaslift.emulator import Emulator
from swaslift.errors import ApiError, InvalidArgument
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


@pytest.mark.parametrize("path", ["servers", "images", "ecs.instances", "ecs.images"])
def test_an_error_of_one_region_is_raised(cloud: Emulator, lift: Client, path: str) -> None:
    action = {
        "servers": "ListInstances",
        "images": "ListCustomImages",
        "ecs.instances": "DescribeInstances",
        "ecs.images": "DescribeImages",
    }[path]
    cloud.faults.fail(action, 403, "Forbidden.RAM")
    with pytest.raises(ApiError, match=r"Forbidden\.RAM"):
        list(noun(lift, path).list("*"))


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
