"""Custom images: their making, sharing and end."""

from __future__ import annotations

from typing import Any, Literal

import pytest

from swaslift.emulator import Emulator, Quirks
from swaslift.emulator.inventory import default
from tests.emulator.sdk import Sdk, refusal
from tests.emulator.swas_steps import BATCH, EDGE, LONG, OLD_BLOG, PARTNER, SHOP, WIKI, WINDOWS, Steps


def test_an_image_is_made_from_a_snapshot(swas: Steps) -> None:
    snapshot = swas.snapshot(SHOP, "before")
    image = swas.begin_image(SHOP, "golden", snapshot, Description="as it was")
    assert swas.image_now(image) is None
    swas.cloud.clock.advance(5)
    row = swas.image_now(image)
    assert row is not None
    assert row["Status"] == "4"
    swas.cloud.clock.advance(LONG)
    row = swas.image_now(image)
    assert row is not None
    assert row["Status"] == "1"
    assert (row["Name"], row["InstanceId"], row["InstanceName"]) == ("golden", SHOP, "shop")
    assert (row["SystemSnapshotId"], row["SystemSnapshotName"]) == (snapshot, "before")
    assert (row["RequiredSystemDiskSize"], row["RequiredDataDiskSize"]) == (40, 0)
    assert (row["SourceImageName"], row["SourceImageVersion"], row["OsType"]) == ("Ubuntu", "22.04", "Linux")
    assert (row["InShare"], row["InShareUser"], row["UserId"]) == (False, False, 1234567890123456)


def test_an_image_can_hold_the_data_disk_too(swas: Steps) -> None:
    system, data = swas.snapshot(WIKI, "sys"), swas.snapshot(WIKI, "data", "data")
    row = swas.image_now(swas.image(WIKI, snapshot=system, DataSnapshotId=data))
    assert row is not None
    assert (row["DataSnapshotId"], row["DataSnapshotName"], row["RequiredDataDiskSize"]) == (data, "data", 60)


def test_counts_are_texts_in_this_list_alone(swas: Steps) -> None:
    swas.image()
    answer = swas.do("ListCustomImages")
    assert (answer["TotalCount"], answer["PageNumber"], answer["PageSize"]) == ("1", "1", "10")


def test_images_are_filtered(swas: Steps) -> None:
    first = swas.image(SHOP, "first", Tag__1__Key="run", Tag__1__Value="1")
    second = swas.image(WIKI, "second")
    snapshot = swas.cloud.world.swas.images[second].system_snapshot_id

    def ids(**query: Any) -> set[str]:
        return {i["ImageId"] for i in swas.do("ListCustomImages", **query)["CustomImages"]}

    assert ids() == {first, second}
    assert ids(ImageNames='["first"]') == {first}
    assert ids(InstanceId=WIKI) == {second}
    assert ids(SystemSnapshotId=snapshot) == {second}
    assert ids(DataSnapshotId="s-nothing") == set()
    assert ids(Tag__1__Key="run", Tag__1__Value="2") == set()
    assert ids(Tag__1__Key="run") == {first}
    assert ids(RegionId="ap-southeast-1") == set()
    stock = swas.do("ListImages", ImageType="custom")["Images"]
    assert {i["ImageId"] for i in stock} == {first, second}


@pytest.mark.parametrize("name", ["x", "_x", "a.b", "http://x", "n" * 129])
def test_a_name_that_breaks_the_rule_is_refused(swas: Steps, name: str) -> None:
    assert refusal(lambda: swas.begin_image(name=name, snapshot="s")) == (
        400,
        "InvalidParam.IllegalImageName",
    )


@pytest.mark.parametrize("name", ["1st", "a:b_c-d", "镜像", "n" * 128])
def test_a_name_that_keeps_the_rule_is_taken(swas: Steps, name: str) -> None:
    assert swas.begin_image(name=name, snapshot=swas.snapshot())


def test_a_name_serves_once_in_a_region(swas: Steps) -> None:
    snapshot = swas.snapshot()
    swas.image(name="same", snapshot=snapshot)
    assert refusal(lambda: swas.image(name="same", snapshot=snapshot)) == (400, "ImageNameAlreadyExist")
    assert swas.image(EDGE, "same", RegionId="ap-southeast-1")


def test_only_an_accomplished_snapshot_of_the_servers_system_disk_will_do(swas: Steps) -> None:
    foreign, data = swas.snapshot(SHOP, "shop"), swas.snapshot(WIKI, "data", "data")
    early = swas.begin_snapshot(WIKI, "early")
    for snapshot, code in (
        ("s-nothing", "NotFound"),
        (foreign, "NotFound"),
        (data, "NotSupport"),
        (early, "NotSupport"),
    ):
        refused = refusal(swas.begin_image, WIKI, snapshot=snapshot)
        assert refused == (400, f"InvalidParam.SystemSnapshotId{code}")


def test_without_a_snapshot_the_server_itself_is_imaged(swas: Steps) -> None:
    image = swas.do("CreateCustomImage", InstanceId=WIKI, ImageName="bare")["ImageId"]
    swas.cloud.clock.advance(LONG)
    [row] = swas.do("ListCustomImages", ImageIds=f'["{image}"]')["CustomImages"]
    assert (str(row["Status"]), row.get("SystemSnapshotId", "")) == ("1", "")


@pytest.mark.parametrize("said", ["refused", "accepted"])
def test_an_image_in_the_making_is_shared_and_deleted_as_the_quirk_says(
    said: Literal["refused", "accepted"],
) -> None:
    with Emulator(speed=None, quirks=Quirks(unfinished_swas_image=said)) as cloud:
        swas = Steps(cloud)
        image = {"ImageId": swas.do("CreateCustomImage", InstanceId=SHOP, ImageName="early")["ImageId"]}
        for action, operation in (
            ("ModifyImageShareStatus", {"Operation": "Share"}),
            ("ModifyImageShareStatus", {"Operation": "UnShare"}),
            ("DeleteCustomImage", {}),
        ):
            if said == "accepted" or operation == {"Operation": "UnShare"}:
                swas.do(action, **image, **operation)
            else:
                assert refusal(lambda a=action, o=operation: swas.do(a, **image, **o)) == (
                    403,
                    "InvalidParam",
                )


def test_only_an_accomplished_snapshot_of_the_servers_data_disk_will_do(swas: Steps) -> None:
    system = swas.snapshot(WIKI, "sys")
    early = swas.begin_snapshot(WIKI, "early", "data")
    for data, expected in (
        ("s-nothing", (400, "InvalidParam.DataSnapshotIdNotFound")),
        (system, (400, "InvalidParam.DataSnapshotIdNotFound")),
        (early, (403, "InvalidParam")),
    ):
        refused = refusal(swas.begin_image, WIKI, snapshot=system, DataSnapshotId=data)
        assert refused == expected


def test_an_unknown_server_is_not_found(swas: Steps) -> None:
    refused = refusal(lambda: swas.begin_image("nobody", snapshot="s"))
    assert refused == (404, "InvalidInstanceId.NotFound")


def test_an_expired_server_makes_no_image() -> None:
    inventory = default()
    inventory["swas"]["servers"][0]["expires_in_days"] = 1
    with Emulator(inventory, speed=None) as cloud:
        swas = Steps(cloud)
        snapshot = swas.snapshot()
        cloud.clock.advance(86400)
        refused = refusal(lambda: swas.begin_image(snapshot=snapshot))
        assert refused == (403, "IncorrectInstanceStatus")


def test_an_image_of_a_long_expired_server_is_refused(swas: Steps) -> None:
    assert refusal(lambda: swas.begin_image(OLD_BLOG, snapshot="s")) == (403, "IncorrectInstanceStatus")


@pytest.mark.parametrize("text", ["x", "http://example.com", "x" * 257])
def test_a_bad_description_is_refused(swas: Steps, text: str) -> None:
    snapshot = swas.snapshot()
    assert refusal(lambda: swas.begin_image(snapshot=snapshot, Description=text)) == (403, "InvalidParam")


@pytest.mark.parametrize("scope", ["account", "region"])
def test_images_are_at_most_three_times_the_servers(scope: Literal["account", "region"]) -> None:
    inventory = default()
    servers = inventory["swas"]["servers"]
    inventory["swas"]["servers"] = [servers[0], servers[5]]
    quirks = Quirks(swas_image_quota_scope=scope)
    with Emulator(inventory, speed=None, quirks=quirks) as cloud:
        swas = Steps(cloud)
        snapshot = swas.snapshot()
        limit = 6 if scope == "account" else 3
        for n in range(limit):
            swas.image(name=f"golden-{n}", snapshot=snapshot)
        assert refusal(lambda: swas.image(name="more", snapshot=snapshot)) == (400, "CustomImageQuotaLimit")
        elsewhere = {"server": EDGE, "name": "edge", "RegionId": "ap-southeast-1"}
        if scope == "account":
            assert refusal(lambda: swas.image(**elsewhere)) == (400, "CustomImageQuotaLimit")
        else:
            assert swas.image(**elsewhere)


def test_images_are_at_most_15(swas: Steps) -> None:
    snapshot = swas.snapshot()
    for n in range(15):
        swas.begin_image(name=f"golden-{n}", snapshot=snapshot)
    assert refusal(lambda: swas.begin_image(name="more", snapshot=snapshot)) == (400, "CustomImageQuotaLimit")


def test_an_image_can_be_made_to_fail_or_stall(swas: Steps) -> None:
    snapshot = swas.snapshot()
    swas.cloud.faults.fail_resource("swas_image")
    swas.cloud.faults.stall("swas_image")
    failed, stalled = swas.image(name="bad", snapshot=snapshot), swas.image(name="slow", snapshot=snapshot)
    for image, status in ((failed, "3"), (stalled, "4")):
        row = swas.image_now(image)
        assert row is not None
        assert row["Status"] == status
    for image in (failed, stalled):
        refused = refusal(swas.do, "ModifyImageShareStatus", ImageId=image, Operation="Share")
        assert refused == (403, "InvalidParam")
    swas.do("DeleteCustomImage", ImageId=failed)
    assert refusal(lambda: swas.do("DeleteCustomImage", ImageId=stalled)) == (403, "InvalidParam")


def test_a_share_with_ecs_is_set_and_withdrawn(swas: Steps) -> None:
    image = swas.image()

    def shared() -> Any:
        row = swas.image_now(image)
        assert row is not None
        return row["InShare"]

    for operation, expected in (("Share", True), ("Share", True), ("UnShare", False), ("UnShare", False)):
        swas.do("ModifyImageShareStatus", ImageId=image, Operation=operation)
        assert shared() is expected
    refused = refusal(lambda: swas.do("ModifyImageShareStatus", ImageId=image, Operation="share"))
    assert refused == (400, "InvalidParam.OperationIllegal")
    refused = refusal(lambda: swas.do("ModifyImageShareStatus", ImageId="m-nothing", Operation="Share"))
    assert refused == (404, "InvalidImageId.NotFound")


def test_the_images_in_ecs_are_the_shared_ones(swas: Steps) -> None:
    image = swas.image()
    state, now = swas.cloud.world.swas, swas.cloud.clock.now
    assert state.images_in_ecs("1234567890123456", "cn-hangzhou", now()) == []
    swas.do("ModifyImageShareStatus", ImageId=image, Operation="Share")
    shared = state.images_in_ecs("1234567890123456", "cn-hangzhou", now())
    assert [i.image_id for i in shared] == [image]
    assert state.images_in_ecs("1234567890123456", "ap-southeast-1", now()) == []
    assert state.images_in_ecs(str(PARTNER), "cn-hangzhou", now()) == []


def test_a_shared_image_cannot_be_deleted(swas: Steps) -> None:
    image = swas.image()
    swas.do("ModifyImageShareStatus", ImageId=image, Operation="Share")
    assert refusal(lambda: swas.do("DeleteCustomImage", ImageId=image)) == (400, "CustomImageInShare")
    swas.do("ModifyImageShareStatus", ImageId=image, Operation="UnShare")
    swas.do("AddCustomImageShareAccount", ImageId=image, Account__1=PARTNER)
    refused = refusal(lambda: swas.do("DeleteCustomImages", ImageIds=f'["{image}"]'))
    assert refused == (400, "CustomImageInShare")
    swas.do("RemoveCustomImageShareAccount", ImageId=image, Account__1=PARTNER)
    swas.do("DeleteCustomImage", ImageId=image)
    assert swas.image_now(image) is None
    assert refusal(lambda: swas.do("DeleteCustomImage", ImageId=image)) == (404, "InvalidImageId.NotFound")


def test_several_images_are_deleted_all_or_none(swas: Steps) -> None:
    image = swas.image()
    refused = refusal(lambda: swas.do("DeleteCustomImages", ImageIds=f'["{image}","m-nothing"]'))
    assert refused == (404, "InvalidImageId.NotFound")
    assert swas.image_now(image) is not None
    many = "[" + ",".join(f'"m-{n}"' for n in range(16)) + "]"
    assert refusal(lambda: swas.do("DeleteCustomImages", ImageIds=many)) == (403, "InvalidParam")


def test_another_account_can_use_a_shared_image_and_no_more(cloud: Emulator, swas: Steps) -> None:
    system, data = swas.snapshot(WIKI, "sys"), swas.snapshot(WIKI, "data", "data")
    image = swas.image(WIKI, snapshot=system, DataSnapshotId=data)
    partner = Steps(cloud, Sdk(cloud, "LTAIemulator0001"))
    order = {"image": image, "plan": "swas.s.c2m2s40b4"}
    assert refusal(lambda: partner.buy(**order)) == (404, "InvalidImageId.NotFound")
    swas.do("AddCustomImageShareAccount", ImageId=image, Account__1=PARTNER)
    mine, theirs = swas.image_now(image), partner.image_now(image)
    assert mine is not None
    assert theirs is not None
    assert mine["InShareUser"] is True
    assert theirs["UserId"] == 1234567890123456
    # The data disk is not shared, and what only the owner may know is not told.
    assert theirs["RequiredDataDiskSize"] == 0
    assert "SystemSnapshotId" not in theirs
    assert image in {i["ImageId"] for i in partner.do("ListImages", ImageType="custom")["Images"]}
    assert partner.image_now(image, Share=False) is None
    assert partner.buy(**order)
    for action, extra in (
        ("DeleteCustomImage", {}),
        ("ModifyImageShareStatus", {"Operation": "Share"}),
        ("AddCustomImageShareAccount", {"Account__1": 7}),
        ("ListCustomImageShareAccounts", {}),
    ):
        refused = refusal(partner.do, action, ImageId=image, **extra)
        assert refused == (404, "InvalidImageId.NotFound")
    swas.do("RemoveCustomImageShareAccount", ImageId=image, Account__1=PARTNER)
    assert partner.image_now(image) is None
    assert refusal(lambda: partner.buy(**order)) == (404, "InvalidImageId.NotFound")


def test_a_received_image_is_seen_in_its_region_only(cloud: Emulator, swas: Steps) -> None:
    image = swas.image()
    swas.do("AddCustomImageShareAccount", ImageId=image, Account__1=PARTNER)
    partner = Steps(cloud, Sdk(cloud, "LTAIemulator0001"))
    assert partner.image_now(image, RegionId="ap-southeast-1") is None


def test_an_image_is_shared_with_at_most_ten_accounts(swas: Steps) -> None:
    image = swas.image()
    ten = {f"Account__{n}": 1000000000000000 + n for n in range(1, 11)}
    swas.do("AddCustomImageShareAccount", ImageId=image, **ten)
    # Sharing again changes nothing; an eleventh is one too many.
    swas.do("AddCustomImageShareAccount", ImageId=image, Account__1=1000000000000001)
    refused = refusal(lambda: swas.do("AddCustomImageShareAccount", ImageId=image, Account__1=PARTNER))
    assert refused == (403, "InvalidParam")
    answer = swas.do("ListCustomImageShareAccounts", ImageId=image, PageSize=4, PageNumber=3)
    assert (answer["TotalCount"], len(answer["ImageShareUsers"])) == (10, 2)
    assert answer["ImageShareUsers"][0]["SharedTime"].endswith(".0")
    refused = refusal(lambda: swas.do("ListCustomImageShareAccounts", ImageId=image, PageSize=51))
    assert refused == (403, "InvalidParam")


def test_an_image_is_not_shared_with_its_own_account(swas: Steps) -> None:
    image = swas.image()
    share = {"ImageId": image, "Account__1": 1234567890123456}
    assert refusal(lambda: swas.do("AddCustomImageShareAccount", **share)) == (403, "InvalidParam")
    refused = refusal(lambda: swas.do("AddCustomImageShareAccount", ImageId=image))
    assert refused == (400, "MissingParameter")


def test_an_image_goes_with_its_server() -> None:
    inventory = default()
    inventory["swas"]["servers"][0]["expires_in_days"] = 1
    with Emulator(inventory, speed=None) as cloud:
        swas = Steps(cloud)
        image = swas.image()
        swas.do("ModifyImageShareStatus", ImageId=image, Operation="Share")
        cloud.clock.advance(86400)
        assert swas.image_now(image) is not None
        cloud.clock.advance(15 * 86400)
        assert swas.image_now(image) is None
        assert cloud.world.swas.images_in_ecs("1234567890123456", "cn-hangzhou", cloud.clock.now()) == []
        assert refusal(lambda: swas.buy(image)) == (404, "InvalidImageId.NotFound")


def test_servers_are_bought_from_an_image(swas: Steps) -> None:
    image = swas.image()
    servers = swas.buy(image, Amount=2)
    swas.cloud.clock.advance(LONG)
    row = swas.image_now(image)
    assert row is not None
    assert sorted(row["CreateInstances"]) == sorted(servers)
    [server] = swas.servers(InstanceIds=f'["{servers[0]}"]')
    assert (server["ImageId"], server["Image"]["ImageName"]) == (image, "golden")
    assert (server["Image"]["ImageType"], server["Image"]["OsType"]) == ("custom", "Linux")


def test_a_server_must_fit_the_image_it_is_bought_from(swas: Steps) -> None:
    system, data = swas.snapshot(WIKI, "sys"), swas.snapshot(WIKI, "data", "data")
    early = swas.begin_image(WIKI, "early", system)
    assert refusal(lambda: swas.buy(early)) == (403, "InvalidParam")
    image = swas.image(WIKI, "with-data", system, DataSnapshotId=data)
    small: dict[str, Any] = {"image": image, "plan": "swas.s.c1m1s20b1", "DataDiskSize": 60}
    assert refusal(lambda: swas.buy(**small)) == (400, "InvalidPlanIdSize.ValueNotSupported")
    refused = refusal(lambda: swas.buy(image, DataDiskSize=40))
    assert refused == (400, "InvalidDataDiskSize.ValueNotSupported")
    assert swas.buy(image, DataDiskSize=60)
    windows = swas.image(WINDOWS, "win")
    assert refusal(lambda: swas.buy(windows)) == (400, "PlatformNotMatch")
    assert swas.buy(windows, "swas.s.c2m4s60b5")


def test_an_image_of_an_image_keeps_its_source(swas: Steps) -> None:
    [server] = swas.buy(swas.image())
    swas.cloud.clock.advance(LONG)
    row = swas.image_now(swas.image(server, "second"))
    assert row is not None
    assert (row["SourceImageName"], row["SourceImageVersion"]) == ("Ubuntu", "22.04")


def test_a_stopped_server_makes_an_image(swas: Steps) -> None:
    row = swas.image_now(swas.image(BATCH, "batch"))
    assert row is not None
    assert row["Status"] == "1"
