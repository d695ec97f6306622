"""Resets, tags, key pairs and commands."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization

from swaslift.emulator import Emulator
from swaslift.emulator.inventory import default
from swaslift.emulator.keys import new_key_pair
from tests.emulator.sdk import Sdk, refusal
from tests.emulator.swas_steps import BATCH, EDGE, LONG, OLD_BLOG, SHOP, WIKI, WINDOWS, Steps

PUBLIC_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA me@example.com"


def test_a_reset_installs_the_image_and_spoils_older_snapshots(swas: Steps) -> None:
    old = swas.snapshot()
    swas.do("ResetSystem", InstanceId=SHOP, ImageId="img-debian-12")
    assert swas.status(SHOP) == "Resetting"
    swas.cloud.clock.advance(LONG)
    [row] = swas.servers(InstanceIds=f'["{SHOP}"]')
    assert (row["Status"], row["ImageId"], row["Image"]["ImageName"]) == (
        "Running",
        "img-debian-12",
        "Debian",
    )
    assert swas.snapshot_now(old) is not None
    swas.do("StopInstance", InstanceId=SHOP)
    swas.cloud.clock.advance(60)
    refused = refusal(lambda: swas.do("ResetDisk", DiskId=swas.disk(SHOP), SnapshotId=old))
    assert refused == (403, "InvalidParam")


def test_a_reset_without_image_installs_the_same_again(swas: Steps) -> None:
    swas.do("ResetSystem", InstanceId=BATCH, LoginCredentials__KeyPairName="ops")
    swas.cloud.clock.advance(LONG)
    assert swas.status(BATCH) == "Running"
    assert swas.cloud.world.swas.servers[BATCH].key_pair == "ops"


def test_a_reset_refuses_images_that_do_not_fit(swas: Steps) -> None:
    image_of_shop = swas.image(SHOP, "shop")
    big = swas.image(WINDOWS, "win")
    with_data = swas.image(
        WIKI, "wiki", swas.snapshot(WIKI, "sys"), DataSnapshotId=swas.snapshot(WIKI, "data", "data")
    )
    for server, image in ((SHOP, image_of_shop), (SHOP, big), (SHOP, with_data)):
        refused = refusal(swas.do, "ResetSystem", InstanceId=server, ImageId=image)
        assert refused == (400, "InvalidImageId.NotSupport")
    refused = refusal(lambda: swas.do("ResetSystem", InstanceId=SHOP, ImageId="img-nothing"))
    assert refused == (404, "InvalidImageId.NotFound")
    [copy] = swas.buy(with_data, DataDiskSize=60)
    swas.cloud.clock.advance(LONG)
    refused = refusal(lambda: swas.do("ResetSystem", InstanceId=copy, ImageId="img-debian-12"))
    assert refused == (400, "InvalidImageId.NotSupport")


def test_outside_the_mainland_a_reset_keeps_the_platform(swas: Steps) -> None:
    abroad = {"InstanceId": EDGE, "RegionId": "ap-southeast-1", "ImageId": "img-windows-2022"}
    assert refusal(lambda: swas.do("ResetSystem", **abroad)) == (400, "InvalidImageId.NotSupport")
    swas.do("ResetSystem", InstanceId=WINDOWS, ImageId="img-debian-12")


def test_a_reset_needs_a_server_that_runs_or_is_stopped(swas: Steps) -> None:
    refused = refusal(lambda: swas.do("ResetSystem", InstanceId=OLD_BLOG))
    assert refused == (403, "IncorrectInstanceStatus")
    refused = refusal(lambda: swas.do("ResetSystem", InstanceId=SHOP, LoginCredentials__KeyPairName="none"))
    assert refused == (403, "InvalidParam")


def test_a_disk_is_rolled_back_while_its_server_is_stopped(swas: Steps) -> None:
    taken = swas.snapshot()
    back = {"DiskId": swas.disk(SHOP), "SnapshotId": taken}
    assert refusal(lambda: swas.do("ResetDisk", **back)) == (403, "IncorrectInstanceStatus.ResetDisk")
    swas.do("StopInstance", InstanceId=SHOP)
    swas.cloud.clock.advance(60)
    swas.do("ResetDisk", **back)
    [disk] = swas.do("ListDisks", InstanceId=SHOP)["Disks"]
    assert disk["Status"] == "ReIniting"
    row = swas.snapshot_now(taken)
    assert row is not None
    assert row["RollbackTime"]
    swas.cloud.clock.advance(LONG)
    [disk] = swas.do("ListDisks", InstanceId=SHOP)["Disks"]
    assert disk["Status"] == "In_use"
    for wrong, code in (
        ({"DiskId": "d-nothing"}, "InvalidDiskId"),
        ({"SnapshotId": "s-nothing"}, "InvalidSnapshotId"),
    ):
        refused = refusal(swas.do, "ResetDisk", **(back | wrong))
        assert refused == (404, f"{code}.NotFound")
    other = swas.snapshot(WIKI, "other")
    refused = refusal(lambda: swas.do("ResetDisk", **(back | {"SnapshotId": other})))
    assert refused == (404, "InvalidSnapshotId.NotFound")
    early = swas.begin_snapshot(SHOP, "early")
    refused = refusal(lambda: swas.do("ResetDisk", **(back | {"SnapshotId": early})))
    assert refused == (403, "InvalidParam")


def tags(swas: Steps, kind: str, resource: str) -> dict[str, str]:
    rows = swas.do("ListTagResources", ResourceType=kind, ResourceId__1=resource)["TagResources"][
        "TagResource"
    ]
    return {row["TagKey"]: row["TagValue"] for row in rows}


def test_every_kind_of_resource_can_be_tagged(swas: Steps) -> None:
    image = swas.image()
    rule = next(iter(swas.cloud.world.swas.servers[SHOP].firewall))
    for kind, resource in (
        ("instance", SHOP),
        ("disk", swas.disk(SHOP)),
        ("snapshot", swas.cloud.world.swas.images[image].system_snapshot_id),
        ("customimage", image),
        ("firewallrule", rule),
        ("command", "c-emulator-disk-use"),
    ):
        swas.do(
            "TagResources", ResourceType=kind, ResourceId__1=resource, Tag__1__Key="run", Tag__1__Value="1"
        )
        swas.do(
            "TagResources", ResourceType=kind, ResourceId__1=resource, Tag__1__Key="run", Tag__1__Value=""
        )
        assert tags(swas, kind, resource)["run"] == ""
        swas.do("UntagResources", ResourceType=kind, ResourceId__1=resource, TagKey__1="run")
        assert "run" not in tags(swas, kind, resource)


def test_all_tags_go_only_when_all_is_said(swas: Steps) -> None:
    untag = {"ResourceType": "instance", "ResourceId__1": SHOP}
    swas.do("UntagResources", **untag)
    assert len(tags(swas, "instance", SHOP)) == 2
    swas.do("UntagResources", All=True, TagKey__1="team", **untag)
    assert tags(swas, "instance", SHOP) == {"env": "production"}
    swas.do("UntagResources", All=True, **untag)
    assert tags(swas, "instance", SHOP) == {}


def test_tags_are_listed_over_several_pages(swas: Steps) -> None:
    many = {f"Tag__{n}__Key": f"k{n}" for n in range(1, 18)}
    for server in (SHOP, WIKI, BATCH):
        swas.do("TagResources", ResourceType="instance", ResourceId__1=server, **many)
    first = swas.do("ListTagResources", ResourceType="instance")
    second = swas.do("ListTagResources", ResourceType="instance", NextToken=first["NextToken"])
    rows = [answer["TagResources"]["TagResource"] for answer in (first, second)]
    assert [len(page) for page in rows] == [50, 17 * 3 + 3 - 50]
    assert second["NextToken"] == ""
    refused = refusal(lambda: swas.do("ListTagResources", ResourceType="instance", NextToken="x"))
    assert refused == (403, "InvalidParam")


def test_tags_are_found_by_key_and_value(swas: Steps) -> None:
    answer = swas.do(
        "ListTagResources", ResourceType="instance", Tag__1__Key="env", Tag__1__Value="production"
    )
    assert {row["ResourceId"] for row in answer["TagResources"]["TagResource"]} == {SHOP, WIKI}


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("instance", (404, "InvalidInstanceId.NotFound")),
        ("disk", (404, "InvalidDiskId.NotFound")),
        ("snapshot", (404, "InvalidSnapshotId.NotFound")),
        ("customimage", (404, "InvalidImageId.NotFound")),
        ("firewallrule", (403, "InvalidParam")),
        ("coffee", (403, "InvalidParam")),
    ],
)
def test_what_is_not_there_cannot_be_tagged(swas: Steps, kind: str, expected: tuple[int, str]) -> None:
    tag = {"ResourceType": kind, "ResourceId__1": "x", "Tag__1__Key": "run"}
    assert refusal(lambda: swas.do("TagResources", **tag)) == expected


def test_more_than_20_tags_are_refused(swas: Steps) -> None:
    many = {f"Tag__{n}__Key": f"k{n}" for n in range(1, 22)}
    tag: dict[str, Any] = {"ResourceType": "instance", "ResourceId__1": BATCH}
    assert refusal(lambda: swas.do("TagResources", **tag, **many)) == (403, "InvalidParam")
    del many["Tag__21__Key"]
    swas.do("TagResources", **tag, **many)
    assert refusal(lambda: swas.do("TagResources", **tag, Tag__1__Key="more")) == (403, "InvalidParam")
    ids = {f"ResourceId__{n}": f"i{n}" for n in range(1, 52)}
    refused = refusal(lambda: swas.do("ListTagResources", ResourceType="instance", **ids))
    assert refused == (403, "InvalidParam")


def test_a_created_key_pair_is_a_real_one(swas: Steps) -> None:
    made = swas.do("CreateKeyPair", KeyPairName="night")
    private = serialization.load_pem_private_key(made["PrivateKeyBody"].encode(), None)
    public = private.public_key().public_bytes(
        serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH
    )
    [row] = swas.sdk.call("ListKeyPairs", method="GET", RegionId="cn-hangzhou", KeyPairName="night")[
        "KeyPairs"
    ]
    assert row["PublicKey"] == public.decode()
    assert "PRIVATE" not in str(swas.cloud.log[0])


def test_key_pairs_have_2048_bits_and_pem_lines_of_64() -> None:
    pem, public = new_key_pair()
    key: Any = serialization.load_pem_private_key(pem.encode(), None)
    assert key.key_size == 2048
    assert {len(line) for line in pem.splitlines()[1:-2]} == {64}
    assert public.startswith("ssh-rsa ")


def test_a_key_pair_is_bound_replaced_and_unbound(swas: Steps) -> None:
    swas.do("ImportKeyPair", KeyPairName="night", PublicKeyBody=PUBLIC_KEY)
    bound = swas.do("AttachKeyPair", KeyPairName="night", InstanceIds__1=SHOP, InstanceIds__2=WINDOWS)
    assert (bound["TotalCount"], bound["FailCount"]) == (2, 1)
    assert {r["InstanceId"]: r["Success"] for r in bound["Results"]} == {SHOP: "true", WINDOWS: "false"}
    pairs = swas.cloud.world.swas.key_pairs
    assert pairs["1234567890123456", "cn-hangzhou", "ops"].server_ids == []
    refused = refusal(lambda: swas.do("DeleteKeyPairs", KeyPairNames__1="night"))
    assert refused == (400, "InvalidParameter.KeypairAlreadyAttachedInstance")
    refused = refusal(lambda: swas.do("DetachKeyPair", KeyPairName="ops", InstanceIds__1=SHOP))
    assert refused == (400, "InvalidParameter.KeypairNotAttachedInstance")
    swas.do("DetachKeyPair", KeyPairName="night", InstanceIds__1=SHOP)
    swas.do("DeleteKeyPairs", KeyPairNames__1="night")
    refused = refusal(lambda: swas.do("AttachKeyPair", KeyPairName="night", InstanceIds__1=SHOP))
    assert refused == (403, "InvalidParam")
    refused = refusal(lambda: swas.do("AttachKeyPair", KeyPairName="ops", InstanceIds__1="nobody"))
    assert refused == (404, "InvalidInstanceId.NotFound")


def test_key_pairs_have_names_and_a_limit(swas: Steps) -> None:
    body = {"PublicKeyBody": PUBLIC_KEY}
    refused = refusal(lambda: swas.do("ImportKeyPair", KeyPairName="ops", **body))
    assert refused == (400, "KeyPairNameAlreadyExist")
    assert refusal(lambda: swas.do("ImportKeyPair", KeyPairName="1st", **body)) == (403, "InvalidParam")
    refused = refusal(lambda: swas.do("ImportKeyPair", KeyPairName="bad", PublicKeyBody="hello"))
    assert refused == (403, "InvalidParam")
    for n in range(9):
        swas.do("ImportKeyPair", KeyPairName=f"key-{n}", **body)
    assert refusal(lambda: swas.do("ImportKeyPair", KeyPairName="more", **body)) == (403, "InvalidParam")


def run(swas: Steps, content: str, server: str = SHOP, kind: str = "RunShellScript", **query: Any) -> str:
    script = {"InstanceId": server, "Type": kind, "Name": "check", "CommandContent": content}
    return str(swas.do("RunCommand", **(script | query))["InvokeId"])


def result(swas: Steps, invoke_id: str, server: str = SHOP) -> dict[str, Any]:
    answer = swas.do("DescribeInvocationResult", InstanceId=server, InvokeId=invoke_id)
    return dict(answer["InvocationResult"])


def test_a_command_runs_and_ends(swas: Steps) -> None:
    invoke_id = run(swas, "sync")
    first = result(swas, invoke_id)
    assert (first["InvocationStatus"], first["InvokeRecordStatus"]) == ("Pending", "Running")
    assert "StartTime" not in first
    swas.cloud.clock.advance(1)
    assert result(swas, invoke_id)["InvocationStatus"] == "Running"
    swas.cloud.clock.advance(60)
    last = result(swas, invoke_id)
    assert (last["InvocationStatus"], last["InvokeRecordStatus"], last["ExitCode"]) == (
        "Success",
        "Finished",
        0,
    )
    assert (last["InvokeUser"], last["Output"]) == ("root", "")


def test_a_server_answers_as_the_inventory_says() -> None:
    inventory = default()
    inventory["swas"]["servers"][0]["command_replies"] = [
        {"contains": "uname", "output": "Linux 5.15\n"},
        {"contains": "mount", "output": "no such disk\n", "exit_code": 3},
        {"contains": "sleep", "seconds": 600},
    ]
    with Emulator(inventory, speed=None) as cloud:
        swas = Steps(cloud)
        good, bad, slow = (
            run(swas, "uname -sr"),
            run(swas, "mount {{what}}"),
            run(swas, "sleep 600", Timeout=30),
        )
        cloud.clock.advance(60)
        assert base64.b64decode(result(swas, good)["Output"]) == b"Linux 5.15\n"
        failed = result(swas, bad)
        assert (failed["InvocationStatus"], failed["ExitCode"]) == ("Failed", 3)
        assert (failed["ErrorCode"], failed["InvokeRecordStatus"]) == ("ExitCodeNonzero", "Failed")
        late = result(swas, slow)
        assert (late["InvocationStatus"], late["ErrorCode"]) == ("Timeout", "ExecutionTimeout")
        assert "ExitCode" not in late


def test_a_script_that_does_not_fit_the_platform_is_invalid(swas: Steps) -> None:
    shown = result(swas, run(swas, "dir", SHOP, "RunBatScript"))
    assert (shown["InvocationStatus"], shown["ErrorCode"]) == ("Invalid", "CommandNotApplicable")
    on_windows = run(swas, "dir", WINDOWS, "RunPowerShellScript")
    swas.cloud.clock.advance(60)
    assert result(swas, on_windows, WINDOWS)["InvokeUser"] == "system"


def test_a_command_needs_a_running_server_and_sound_parameters(swas: Steps) -> None:
    assert refusal(lambda: run(swas, "sync", BATCH)) == (403, "IncorrectInstanceStatus")
    assert refusal(lambda: run(swas, "sync", "nobody")) == (404, "InvalidInstanceId.NotFound")
    assert refusal(lambda: run(swas, "sync", kind="RunPerl")) == (403, "InvalidParam")
    assert refusal(lambda: run(swas, "sync", Timeout=5)) == (403, "InvalidParam")
    assert refusal(lambda: result(swas, "t-nothing")) == (403, "InvalidParam")


def test_a_command_is_at_most_16_kilobytes_in_base64(swas: Steps) -> None:
    assert run(swas, "x" * 12288)
    refused = refusal(lambda: run(swas, "x" * 12289))
    assert refused == (403, "InvalidParam")


def test_a_stored_command_runs_on_several_servers(swas: Steps) -> None:
    order = {"CommandId": "c-emulator-disk-use", "Parameters": '{"path": "/srv"}'}
    invoke_id = swas.do("InvokeCommand", InstanceIds=f'["{SHOP}","{WIKI}"]', **order)["InvokeId"]
    swas.cloud.clock.advance(60)
    assert {result(swas, invoke_id, s)["InvocationStatus"] for s in (SHOP, WIKI)} == {"Success"}
    assert {i.content for i in swas.cloud.world.swas.invocations.values()} == {"df -h /srv"}
    refused = refusal(lambda: swas.do("InvokeCommand", InstanceIds=f'["{BATCH}"]', **order))
    assert refused == (403, "IncorrectInstanceStatus")
    other = Sdk(swas.cloud, "LTAIemulator0001")
    refused = refusal(lambda: Steps(swas.cloud, other).do("InvokeCommand", InstanceIds="[]", **order))
    assert refused == (403, "InvalidParam")
