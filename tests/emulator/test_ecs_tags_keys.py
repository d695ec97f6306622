"""Tags and key pairs."""

from __future__ import annotations

from typing import Any

import pytest

from swaslift.emulator import Emulator
from tests.emulator.ecs_steps import BASE, GROUP, IDLE, SGP, WEB, Ecs

RSA = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAQQC7 me@example.com"
ONE = {"Key": "run", "Value": "7"}


def _tags(ecs: Ecs, kind: str, resource: str) -> dict[str, str]:
    found = ecs.do("ListTagResources", ResourceType=kind, ResourceId=[resource])["TagResources"][
        "TagResource"
    ]
    return {t["TagKey"]: t["TagValue"] for t in found}


@pytest.mark.parametrize(
    ("kind", "resource"),
    [
        ("instance", IDLE),
        ("disk", "d-emulator-idle"),
        ("image", BASE),
        ("securitygroup", GROUP),
        ("keypair", "ops"),
    ],
)
def test_whatever_can_carry_tags_is_tagged_and_untagged(cloud: Emulator, kind: str, resource: str) -> None:
    ecs = Ecs(cloud)
    before = _tags(ecs, kind, resource)
    ecs.do("TagResources", ResourceType=kind, ResourceId=[resource], Tag=[ONE])
    ecs.do("TagResources", ResourceType=kind, ResourceId=[resource], Tag=[ONE | {"Value": "8"}])
    assert _tags(ecs, kind, resource) == before | {"run": "8"}
    ecs.do("UntagResources", ResourceType=kind, ResourceId=[resource], TagKey=["run"])
    assert _tags(ecs, kind, resource) == before
    ecs.do("UntagResources", ResourceType=kind, ResourceId=[resource], All=True)
    assert _tags(ecs, kind, resource) == {}


@pytest.mark.parametrize(
    ("action", "change", "refusal"),
    [
        ("Tag", {"ResourceType": "cat"}, (404, "InvalidResourceType.NotFound")),
        ("Tag", {"ResourceId": ["i-unknown"]}, (404, "InvalidResourceId.NotFound")),
        ("Tag", {"ResourceId": [SGP]}, (404, "InvalidResourceId.NotFound")),
        ("Tag", {"ResourceId": [f"i-{n}" for n in range(51)]}, (400, "NumberExceed.ResourceIds")),
        ("Tag", {"Tag": [{"Key": f"k{n}", "Value": ""} for n in range(21)]}, (400, "NumberExceed.Tags")),
        ("Tag", {"Tag": [ONE, ONE]}, (400, "Duplicate.TagKey")),
        ("Tag", {"Tag": [{"Key": "aliyun-x", "Value": ""}]}, (400, "InvalidTagKey.Malformed")),
        ("Tag", {"Tag": [{"Key": "x", "Value": "http://y"}]}, (400, "InvalidTagValue.Malformed")),
        ("Tag", {"Tag": [{"Key": f"k{n}", "Value": ""} for n in range(19)]}, (403, "QuotaExceed.Tags")),
        ("Untag", {}, (404, "MissingParameter.Tags")),
        ("Untag", {"TagKey": ["a"], "All": True}, (403, "Param.Conflict")),
        ("Untag", {"TagKey": [f"k{n}" for n in range(21)]}, (400, "NumberExceed.Tags")),
        ("Untag", {"TagKey": ["a"], "ResourceId": ["i-unknown"]}, (404, "InvalidResourceId.NotFound")),
    ],
)
def test_wrong_tags_are_refused(
    cloud: Emulator, action: str, change: dict[str, Any], refusal: tuple[int, str]
) -> None:
    good: dict[str, Any] = {"ResourceType": "instance", "ResourceId": [WEB]}
    if action == "Tag":
        good["Tag"] = [ONE]
    assert Ecs(cloud).refused(f"{action}Resources", **(good | change)) == refusal


def test_tags_are_listed_by_key_and_by_part_of_a_key(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    found = ecs.do("ListTagResources", ResourceType="instance", Tag=[{"Key": "team", "Value": "ops"}])
    assert [t["ResourceId"] for t in found["TagResources"]["TagResource"]] == [WEB]
    part = ecs.do("ListTagResources", ResourceType="instance", TagFilter=[{"TagKey": "tea*"}])
    assert [t["TagKey"] for t in part["TagResources"]["TagResource"]] == ["team"]
    nothing = {"ResourceType": "instance"}
    assert ecs.refused("ListTagResources", **nothing) == (403, "BothEmpty.TagsAndResources")
    both = nothing | {"Tag": [ONE], "TagFilter": [{"TagKey": "x"}]}
    assert ecs.refused("ListTagResources", **both) == (403, "InvalidTagFilter.Malformed")
    wrong = nothing | {"Tag": [ONE], "NextToken": "x"}
    assert ecs.refused("ListTagResources", **wrong) == (403, "Invalid.NextToken")


# Key pairs.


def test_a_key_pair_is_imported_and_listed(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    made = ecs.do("ImportKeyPair", KeyPairName="mine", PublicKeyBody=RSA, Tag=[ONE])
    assert len(made["KeyPairFingerPrint"]) == 32
    ecs.wait(5)
    found = ecs.do("DescribeKeyPairs", KeyPairName="mi*", IncludePublicKey=True)["KeyPairs"]["KeyPair"]
    assert [(k["KeyPairName"], k["PublicKey"]) for k in found] == [("mine", RSA)]
    query = {"KeyPairFingerPrint": made["KeyPairFingerPrint"]}
    assert ecs.do("DescribeKeyPairs", **query)["TotalCount"] == 1
    assert ecs.do("DescribeKeyPairs", Tag=[ONE])["TotalCount"] == 1
    assert "PublicKey" not in ecs.do("DescribeKeyPairs", KeyPairName="mine")["KeyPairs"]["KeyPair"][0]


def test_a_key_pair_is_created_and_told_once(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    made = ecs.do("CreateKeyPair", KeyPairName="fresh")
    assert made["PrivateKeyBody"].startswith("-----BEGIN PRIVATE KEY-----")
    assert ecs.refused("CreateKeyPair", KeyPairName="fresh") == (400, "KeyPair.AlreadyExist")


@pytest.mark.parametrize(
    ("action", "change", "refusal"),
    [
        ("ImportKeyPair", {"KeyPairName": "!"}, (400, "InvalidKeyPairName.Malformed")),
        ("ImportKeyPair", {"KeyPairName": "ops"}, (400, "KeyPair.AlreadyExist")),
        ("ImportKeyPair", {"PublicKeyBody": "my key"}, (400, "InvalidPublicKeyBody.Malformed")),
        ("ImportKeyPair", {"PublicKeyBody": "telnet AAAA"}, (400, "InvalidPublicKeyBody.Malformed")),
        ("CreateKeyPair", {"KeyPairName": "!"}, (400, "InvalidKeyPairName.Malformed")),
        ("CreateKeyPair", {"Tag": [{"Key": "acs:x", "Value": ""}]}, (400, "InvalidTagKey.Malformed")),
    ],
)
def test_a_wrong_key_pair_is_refused(
    cloud: Emulator, action: str, change: dict[str, Any], refusal: tuple[int, str]
) -> None:
    good = {"KeyPairName": "mine"} | ({"PublicKeyBody": RSA} if action == "ImportKeyPair" else {})
    assert Ecs(cloud).refused(action, **(good | change)) == refusal


def test_so_many_key_pairs_a_region(cloud: Emulator) -> None:
    ecs = Ecs(cloud)
    for n in range(499):
        ecs.do("ImportKeyPair", KeyPairName=f"k{n}", PublicKeyBody=RSA)
    order = {"KeyPairName": "more", "PublicKeyBody": RSA}
    assert ecs.refused("ImportKeyPair", **order) == (403, "QuotaExceed.KeyPair")
