"""Snapshots: their states, quotas, names and what stands in the way of deleting them."""

from __future__ import annotations

from typing import Any

import pytest

from swaslift.emulator import Emulator, Quirks
from swaslift.emulator.inventory import default
from tests.emulator.sdk import refusal
from tests.emulator.swas_steps import BATCH, EDGE, LONG, OLD_BLOG, SHOP, WIKI, WINDOWS, Steps


def test_a_snapshot_makes_progress_by_itself(swas: Steps) -> None:
    taken = swas.begin_snapshot()
    assert swas.snapshot_now(taken) is None
    seen: list[tuple[str, int]] = []
    for _ in range(60):
        swas.cloud.clock.advance(30)
        row = swas.snapshot_now(taken)
        assert row is not None
        seen.append((row["Status"], int(row["Progress"].rstrip("%"))))
    percents = [percent for _, percent in seen]
    assert percents == sorted(percents)
    assert seen[-1] == ("accomplished", 100)
    assert all((status == "accomplished") == (percent == 100) for status, percent in seen)
    assert len(set(percents)) > 10


def test_polling_does_not_change_when_a_snapshot_is_done(cloud: Emulator) -> None:
    def finished_after(step: float) -> bool:
        with Emulator(speed=None, seed=5) as other:
            swas = Steps(other)
            taken = swas.begin_snapshot()
            for _ in range(int(540 / step)):
                other.clock.advance(step)
                row = swas.snapshot_now(taken)
            assert row is not None
            return bool(row["Status"] == "accomplished")

    assert finished_after(540) == finished_after(10)


def test_a_snapshot_tells_its_disk_and_server(swas: Steps) -> None:
    system, data = swas.snapshot(WIKI, "sys"), swas.snapshot(WIKI, "data", "data")
    of_system, of_data = swas.snapshot_now(system), swas.snapshot_now(data)
    assert of_system is not None
    assert of_data is not None
    assert (of_system["SourceDiskType"], of_system["InstanceId"]) == ("system", WIKI)
    assert of_data["SourceDiskType"] == "data"
    assert "InstanceId" not in of_data


def test_snapshots_are_filtered(swas: Steps) -> None:
    mine, other = (
        swas.snapshot(WIKI, "wiki-1", Tag__1__Key="run", Tag__1__Value="1"),
        swas.snapshot(SHOP, "shop-1"),
    )
    data = swas.snapshot(WIKI, "wiki-2", "data")

    def ids(**query: Any) -> set[str]:
        return {s["SnapshotId"] for s in swas.do("ListSnapshots", **query)["Snapshots"]}

    assert ids() == {mine, other, data}
    assert ids(InstanceId=WIKI) == {mine, data}
    assert ids(DiskId=swas.disk(WIKI, "data")) == {data}
    assert ids(SourceDiskType="system") == {mine, other}
    assert ids(InstanceId=WIKI, SnapshotIds=f'["{other}"]') == set()
    assert ids(Tag__1__Key="run") == {mine}
    assert ids(RegionId="ap-southeast-1") == set()
    assert refusal(lambda: ids(InstanceId="nobody")) == (404, "InvalidInstanceId.NotFound")
    assert refusal(lambda: ids(DiskId="d-nothing")) == (404, "InvalidDiskId.NotFound")
    assert refusal(lambda: ids(SourceDiskType="floppy")) == (403, "InvalidParam")


def test_one_snapshot_at_a_time_is_made_of_a_disk(swas: Steps) -> None:
    swas.begin_snapshot(WIKI, "first")
    assert refusal(lambda: swas.begin_snapshot(WIKI, "second")) == (
        403,
        "IncorrectDiskStatus.CreatingSnapshot",
    )
    swas.begin_snapshot(WIKI, "data", "data")
    swas.cloud.clock.advance(LONG)
    swas.begin_snapshot(WIKI, "second")


@pytest.mark.parametrize("name", ["x", "1st", "_x", "a b", "http://x", "n" * 51])
def test_a_name_that_breaks_the_rule_is_refused(swas: Steps, name: str) -> None:
    assert refusal(lambda: swas.begin_snapshot(name=name)) == (400, "InvalidSnapshotName.ValueNotSupported")


@pytest.mark.parametrize("name", ["ab", "a:b_c.d-e", "快照", "n" * 50])
def test_a_name_that_keeps_the_rule_is_taken(swas: Steps, name: str) -> None:
    assert swas.begin_snapshot(name=name)


def test_a_name_serves_once_in_a_region(swas: Steps) -> None:
    swas.snapshot(SHOP, "same")
    assert refusal(lambda: swas.snapshot(WIKI, "same")) == (400, "InvalidSnapshotName.Duplicate")
    assert swas.snapshot(EDGE, "same", RegionId="ap-southeast-1")


def test_a_server_has_at_most_three_snapshots(swas: Steps) -> None:
    for name in ("one", "two"):
        swas.snapshot(WIKI, name)
    swas.snapshot(WIKI, "three", "data")
    assert refusal(lambda: swas.snapshot(WIKI, "four")) == (403, "SnapshotLimitExceed")
    assert swas.snapshot(SHOP, "four")


def test_failed_snapshots_count_too(swas: Steps) -> None:
    swas.cloud.faults.fail_resource("swas_snapshot", times=3)
    for name in ("one", "two", "three"):
        swas.snapshot(SHOP, name)
    assert refusal(lambda: swas.snapshot(SHOP, "four")) == (403, "SnapshotLimitExceed")


def test_an_account_has_at_most_15_snapshots() -> None:
    quirks = Quirks(swas_image_quota_scope="region")  # of images
    inventory = default()
    servers = inventory["swas"]["servers"]
    servers += [servers[0] | {"name": f"more-{n}", "id": f"more-{n}"} for n in range(4)]
    servers.append(servers[5] | {"name": "edge-2", "id": "edge-2"})
    with Emulator(inventory, speed=None, quirks=quirks) as cloud:
        swas = Steps(cloud)
        for n in range(15):
            swas.snapshot(f"more-{n % 4}" if n < 12 else BATCH, f"snapshot-{n}")
        assert refusal(lambda: swas.snapshot(SHOP, "one-more")) == (403, "SnapshotLimitExceed")
        refused = refusal(lambda: swas.snapshot(EDGE, "elsewhere", RegionId="ap-southeast-1"))
        assert refused == (403, "SnapshotLimitExceed")


def test_a_server_that_starts_or_is_expired_cannot_be_snapshotted(swas: Steps) -> None:
    assert swas.begin_snapshot(BATCH, "while-stopped")
    assert refusal(lambda: swas.begin_snapshot(OLD_BLOG)) == (400, "IncorrectStatus")
    swas.do("RebootInstance", InstanceId=SHOP)
    assert refusal(lambda: swas.begin_snapshot(SHOP)) == (400, "IncorrectStatus")


def test_an_unknown_disk_is_not_found(swas: Steps) -> None:
    refused = refusal(lambda: swas.do("CreateSnapshot", DiskId="d-nothing", SnapshotName="before"))
    assert refused == (404, "InvalidDiskId.NotFound")


@pytest.mark.parametrize("tag", ["aliyun-x", "acs:x", "http://x", "k" * 65])
def test_a_bad_tag_is_refused(swas: Steps, tag: str) -> None:
    assert refusal(lambda: swas.begin_snapshot(Tag__1__Key=tag)) == (403, "InvalidParam")
    assert swas.cloud.world.swas.snapshots == {}


def test_a_snapshot_can_be_made_to_fail(swas: Steps) -> None:
    swas.cloud.faults.fail_resource("swas_snapshot")
    failed, good = swas.snapshot(SHOP, "bad"), swas.snapshot(SHOP, "good")
    row, fine = swas.snapshot_now(failed), swas.snapshot_now(good)
    assert row is not None
    assert fine is not None
    assert row["Status"] == "failed"
    assert 0 < int(row["Progress"].rstrip("%")) < 100
    assert fine["Status"] == "accomplished"


def test_a_snapshot_can_be_made_to_stall(swas: Steps) -> None:
    swas.cloud.faults.stall("swas_snapshot")
    taken = swas.begin_snapshot()
    swas.cloud.clock.advance(10 * LONG)
    row = swas.snapshot_now(taken)
    assert row is not None
    assert row["Status"] == "progressing"


def test_a_deleted_snapshot_is_gone(swas: Steps) -> None:
    taken = swas.snapshot()
    swas.do("DeleteSnapshot", SnapshotId=taken)
    assert swas.snapshot_now(taken) is None
    assert refusal(lambda: swas.do("DeleteSnapshot", SnapshotId=taken)) == (404, "InvalidSnapshotId.NotFound")


def test_a_snapshot_in_progress_is_not_deleted(swas: Steps) -> None:
    taken = swas.begin_snapshot()
    assert refusal(lambda: swas.do("DeleteSnapshot", SnapshotId=taken)) == (403, "InvalidParam")


def test_a_snapshot_behind_an_image_is_not_deleted(swas: Steps) -> None:
    system, data = swas.snapshot(WIKI, "sys"), swas.snapshot(WIKI, "data", "data")
    image = swas.image(WIKI, snapshot=system, DataSnapshotId=data)
    for taken in (system, data):
        assert refusal(swas.do, "DeleteSnapshot", SnapshotId=taken) == (
            403,
            "InvalidParam",
        )
    swas.do("DeleteCustomImage", ImageId=image)
    swas.do("DeleteSnapshots", SnapshotIds=f'["{system}","{data}"]')
    assert swas.do("ListSnapshots")["TotalCount"] == 0


def test_several_snapshots_are_deleted_all_or_none(swas: Steps) -> None:
    taken = swas.snapshot(WINDOWS, "win")
    refused = refusal(lambda: swas.do("DeleteSnapshots", SnapshotIds=f'["{taken}","s-nothing"]'))
    assert refused == (404, "InvalidSnapshotId.NotFound")
    assert swas.snapshot_now(taken) is not None
    swas.do("DeleteSnapshots", SnapshotIds=f'["{taken}"]')
    assert swas.snapshot_now(taken) is None


def test_snapshots_go_with_their_server() -> None:
    inventory = default()
    inventory["swas"]["servers"][0]["expires_in_days"] = 1
    with Emulator(inventory, speed=None) as cloud:
        swas = Steps(cloud)
        taken = swas.snapshot()
        cloud.clock.advance(86400)
        assert swas.snapshot_now(taken) is not None
        cloud.clock.advance(15 * 86400)
        assert swas.snapshot_now(taken) is None
        assert refusal(lambda: swas.do("DeleteSnapshot", SnapshotId=taken)) == (
            404,
            "InvalidSnapshotId.NotFound",
        )
